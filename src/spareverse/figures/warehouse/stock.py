"""Stock on hand against time: one simulated run of one part under every option, from the event log."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.network.study import HOURS_PER_YEAR

MOST_PANELS = 6
MOST_POINTS = 4000
FIRST_YEARS = 3.0
_PANEL, _GAP, _HEAD = 74, 30, 26


def stock_against_time(
    events: pl.DataFrame,
    lines: pl.DataFrame,
    comparison: Comparison,
    part_id: str | None = None,
    *,
    replication: int = 0,
) -> Figure:
    """Steps of the stock on site with every stock-out marked; rows of STUDY_EVENTS and LINE_RESULTS.

    ``part_id`` None: the part with most events. The whole horizon is there; the first years are shown.
    """
    log = events.filter((pl.col("replication") == replication) & (pl.col("place") != "central"))
    if log.is_empty():
        return not_enough(
            "stock", "No run was logged, so there is no stock to follow.", "Run the study with its log on."
        )
    part = part_id or str(log["part_id"].drop_nulls().mode().sort()[0])
    own = log.filter((pl.col("part_id") == part) & pl.col("on_hand").is_not_null())
    if own.is_empty():
        return not_enough("stock", f"Nothing happened to {part} in the logged run.", "Choose another part.")
    present = set(own["option"].unique())
    names = [name for name in comparison.names if name in present][:MOST_PANELS]
    held = {row["option"]: row for row in lines.filter(pl.col("part_id") == part).iter_rows(named=True)}
    end = _years(own["time_h"].max())
    series = [
        one
        for panel, name in enumerate(names)
        for one in _panel(panel, own.filter(pl.col("option") == name), name, held.get(name, {}), comparison, end)
    ]
    tops = [_HEAD + panel * (_PANEL + _GAP) for panel in range(len(names))]
    last = len(names) - 1
    picture = style.chart(
        series,
        grid=[{"left": 48, "right": 28, "top": top, "height": _PANEL} for top in tops],
        xAxis=[
            style.axis(
                "value",
                "Time since commissioning, years" if panel == last else "",
                gridIndex=panel,
                min=0,
                max=style.rounded(end),
                lines=panel == last,
                axisLabel={"show": panel == last},
            )
            for panel in range(len(names))
        ],
        yAxis=[
            _pieces(panel, own.filter(pl.col("option") == name), name, comparison) for panel, name in enumerate(names)
        ],
        dataZoom=_zoom(len(names), end, tops[-1] + _PANEL + 46),
    )
    note = "Dot: a failure that found no spare. Dashed: mean stock over all runs. Drag the bar to see other years."
    data = own.select("option", "time_h", "kind", "on_hand").filter(pl.col("option").is_in(names))
    return Figure("stock", _title(own, held, names, comparison, part), picture, data, note, tops[-1] + _PANEL + 84)


def _years(hours: Any) -> float:
    return max(float(np.ceil(float(hours) / HOURS_PER_YEAR - 1e-6)), 1.0)


def _panel(
    panel: int, log: pl.DataFrame, name: str, held: dict[str, Any], comparison: Comparison, end: float
) -> list[Options]:
    colour = comparison.colour(name)
    axes: Options = {"xAxisIndex": panel, "yAxisIndex": panel}
    steps = log.head(MOST_POINTS)
    start = held.get("initial_stock")
    x = [0.0, *(steps["time_h"] / HOURS_PER_YEAR).to_list()]
    y = [float(start if start is not None else steps["on_hand"][0]), *steps["on_hand"].cast(pl.Float64).to_list()]
    if steps.height == log.height:
        x, y = [*x, end], [*y, y[-1]]
    stairs = style.line(name, style.points(x, y), colour, width=1.2, **axes)
    stairs |= {"step": "end", "areaStyle": {"color": colour, "opacity": 0.12}}
    mean: float | None = held.get("mean_stock")
    if mean is not None and numbers.known(mean):
        stairs["markLine"] = style.markers([style.marker(mean, "", colour, axis="y", dashed=True)])
    out = steps.filter(pl.col("kind") == "stock_out")
    data = [
        {"value": [style.rounded(at / HOURS_PER_YEAR), 0], "name": f"No spare after {at / HOURS_PER_YEAR:.2f} years"}
        for at in out["time_h"]
    ]
    dots = {"id": f"{name}_out", "type": "scatter", "data": data, "symbolSize": 6, "z": 6, **axes}
    return [stairs, {**dots, "itemStyle": {"color": LIGHT.stock_out}}]


def _pieces(panel: int, log: pl.DataFrame, name: str, comparison: Comparison) -> Options:
    highest = log["on_hand"].max()
    top = 2 * -(-max(highest if isinstance(highest, int) else 1, 1) // 2)
    return style.axis(
        "value",
        f"{plain(comparison.title(name))}, pieces on hand",
        vertical=True,
        gridIndex=panel,
        min=0,
        max=top,
        interval=top // 2,
        nameTextStyle={"color": LIGHT.ink, "padding": [0, 0, 0, -40]},
    )


def _zoom(panels: int, end: float, top: float) -> list[Options]:
    """One bar that moves all panels together."""
    every = {"xAxisIndex": list(range(panels)), "startValue": 0, "endValue": min(FIRST_YEARS, end)}
    look = {
        "borderColor": LIGHT.line,
        "fillerColor": LIGHT.line,
        "handleStyle": {"color": LIGHT.surface, "borderColor": LIGHT.muted},
        "moveHandleStyle": {"color": LIGHT.muted},
        "dataBackground": {"lineStyle": {"opacity": 0}, "areaStyle": {"opacity": 0}},
        "selectedDataBackground": {"lineStyle": {"opacity": 0}, "areaStyle": {"opacity": 0}},
    }
    bar = {
        "type": "slider",
        "top": top,
        "height": 16,
        "left": 48,
        "right": 28,
        "showDetail": False,
        "brushSelect": False,
    }
    return [{**bar, **every, **look, "filterMode": "none"}]


def _title(
    own: pl.DataFrame, held: dict[str, dict[str, Any]], names: list[str], comparison: Comparison, part: str
) -> str:
    out = {name: own.filter((pl.col("option") == name) & (pl.col("kind") == "stock_out")).height for name in names}
    worst, best = max(names, key=lambda n: out[n]), min(names, key=lambda n: out[n])
    described = next((row["description"] for row in held.values() if row.get("description")), "")
    thing = f"{part} {described}".strip()
    if out[worst] == 0:
        return f"{thing} never ran out in this run, under any option"
    text = f"{thing} ran out {numbers.count(out[worst], 'time')} in one run with {comparison.title(worst)}"
    return text if worst == best else f"{text}, {out[best] or 'never'} with {comparison.title(best)}"
