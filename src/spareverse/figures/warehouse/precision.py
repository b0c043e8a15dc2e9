"""A run under way: how sure the availability of each option is by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import at_end, room
from spareverse.figures.style import LIGHT
from spareverse.figures.warehouse.comparison import Comparison


def shrinking(
    steps: Mapping[str, Sequence[tuple[int, float]]], comparison: Comparison, *, wanted: float | None = None
) -> Figure:
    """Half-width of the 95 % interval of availability against runs made; ``steps``: option -> (runs, half-width)."""
    drawn = {name: sorted(dict(steps[name]).items()) for name in comparison.names if steps.get(name)}
    if not drawn:
        return not_enough("precision", "The first runs are under way; nothing is known yet.", "It takes a few seconds.")
    lines = {
        comparison.title(name): style.line(
            name,
            style.points([n for n, _ in points], [100 * half for _, half in points]),
            comparison.colour(name),
            showSymbol=True,
            symbol="circle",
            symbolSize=5,
        )
        for name, points in drawn.items()
    }
    highest = max([100 * half for points in drawn.values() for _, half in points] + [100 * (wanted or 0)])
    end = style.nice_end(1.2 * highest)
    series = at_end(lines, end, 132)
    if wanted:
        rule = style.marker(100 * wanted, "wanted", LIGHT.muted, axis="y", dashed=True, position="insideStartTop")
        series[0]["markLine"] = style.markers([rule])
    picture = style.chart(
        series,
        grid=style.grid(top=34, right=room(lines)),
        xAxis=style.axis("value", "Runs of each option, runs", min=0, minInterval=1),
        yAxis=style.axis("value", "Half-width, percentage points", vertical=True, min=0, max=end),
    )
    last = {name: points[-1][1] for name, points in drawn.items()}
    worst = max(last, key=lambda name: last[name])
    runs = numbers.count(max(points[-1][0] for points in drawn.values()), "run")
    title = f"After {runs} every availability is known to ±{numbers.digits(100 * last[worst], 2)} points or better"
    data = pl.DataFrame(
        [(name, n, half) for name, points in drawn.items() for n, half in points],
        schema={"option": pl.String, "runs": pl.Int64, "half_width": pl.Float64},
        orient="row",
    )
    return Figure("precision", title, picture, data, "", 230)
