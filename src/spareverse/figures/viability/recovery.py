"""Recovery curves: what waits beyond the undisturbed run after each disturbance of the battery."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import join
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.panels import Panels
from spareverse.figures.viability.words import NO_RUN, disturbance_words

_HEIGHT = 104


def recovery_curves(recovery: pl.DataFrame) -> Figure:
    """Rows of RECOVERY: pieces waiting beyond the undisturbed run, a panel per disturbance on one scale."""
    if recovery.is_empty():
        return not_enough("recovery", "The network has not been shaken yet, so there is nothing to recover.", NO_RUN)
    names = recovery["disturbance"].unique(maintain_order=True).to_list()
    panels = Panels([disturbance_words(name) for name in names], _HEIGHT, 44)
    series: list[Options] = []
    for at, name in enumerate(names):
        series += _curve(at, name, recovery.filter(pl.col("disturbance") == name))
    last = float(recovery.select(pl.col("day").max()).item())
    high = recovery.select(pl.max_horizontal("waiting_high", "waiting").max()).item()
    low = recovery.select(pl.min_horizontal("waiting_low", "waiting").min()).item()
    top = style.nice_end(max(float(high or 0.0), 1.0))
    step = top / 4
    bottom = -step * math.ceil(-float(low) / step) if low is not None and low < -0.1 * step else 0.0
    picture = style.chart(
        series,
        title=panels.headings,
        grid=panels.grids,
        xAxis=[
            style.axis("value", "Days since it began" if panels.in_last_row(at) else "", gridIndex=at, lines=False,
                       min=0, max=style.nice_end(last), axisLabel={"show": panels.in_last_row(at)})
            for at in range(len(names))
        ],
        yAxis=[style.axis("value", gridIndex=at, min=bottom, max=top, interval=step) for at in range(len(names))],
    )  # fmt: skip
    note = "Pieces waiting beyond the undisturbed run, one scale for all; line: mean of paired runs, band: 95 %."
    return Figure("recovery", _title(recovery), picture, recovery, note, panels.total)


def _curve(at: int, name: str, rows: pl.DataFrame) -> list[Options]:
    axes: Options = {"xAxisIndex": at, "yAxisIndex": at}
    x = rows["day"].to_list()
    found = rows.with_columns(
        pl.coalesce("waiting_low", "waiting").alias("low"), pl.coalesce("waiting_high", "waiting").alias("high")
    )
    band = style.band(name, x, found["low"].to_list(), found["high"].to_list(), LIGHT.stock_out, **axes)
    line = style.line(name, style.points(x, rows["waiting"].to_list()), LIGHT.stock_out, **axes)
    texts = [
        f"{disturbance_words(name)}, day {numbers.whole(row['day'])}\n"
        f"{numbers.measured(row['waiting'], row['waiting_low'], row['waiting_high'], 'pieces')} waiting more"
        for row in rows.iter_rows(named=True)
    ]
    dots = [{"value": pair, "name": text} for pair, text in zip(line["data"], texts, strict=True)]
    hidden = {"color": LIGHT.stock_out, "opacity": 0}
    return [*band, line, {"id": f"{name} hover", "type": "scatter", "data": dots, "symbolSize": 9, **axes,
                          "itemStyle": hidden, "emphasis": {"itemStyle": {"opacity": 1}}}]  # fmt: skip


def calm_after(rows: pl.DataFrame) -> float | None:
    """Days until no more waits than undisturbed, beyond noise, to the end of the window; None where it still does."""
    ordered = rows.sort("day")
    above = ordered.filter(pl.coalesce("waiting_low", "waiting") > 0)
    if above.is_empty():
        return 0.0
    if above["day"][-1] == ordered["day"][-1]:
        return None
    return float(ordered.filter(pl.col("day") > above["day"][-1])["day"][0])


def _title(recovery: pl.DataFrame) -> str:
    found: dict[str, Any] = {
        str(name): calm_after(rows) for (name,), rows in recovery.group_by("disturbance", maintain_order=True)
    }
    lasting = [disturbance_words(name).lower() for name, days in found.items() if days is None]
    if lasting:
        end = numbers.whole(recovery["day"].max())  # type: ignore[arg-type]
        return f"More still wait after {end} days: {join(lasting)}"
    slowest = max(found, key=lambda name: found[name])
    days = numbers.whole(found[slowest])
    return f"More wait than undisturbed for {days} days: {disturbance_words(slowest).lower()}"
