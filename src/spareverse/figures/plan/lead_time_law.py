"""One part's demand over its lead time, and where the reorder point stands in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT

_NEGLIGIBLE = 1e-3


def lead_time_law(mass: ArrayLike, step: float, row: dict[str, Any], *, single_part: float | None = None) -> Figure:
    """Chances of each demand over the lead time with the plan's reorder point; ``row`` is one of PLAN.

    mass
        [points] P(D = x step); what is missing from 1 lies beyond.
    step
        [pieces] per point.
    """
    chance = np.asarray(mass, dtype=np.float64)
    if chance.ndim != 1 or not chance.sum() > 0:
        return not_enough("lead_time_law", "The demand over the lead time is not known.", "Make a plan first.")
    point = row["reorder_point"]
    beyond = np.cumsum(chance[::-1])[::-1]
    last = int(np.searchsorted(-beyond, -_NEGLIGIBLE))
    shown = min(max(last, int((point or 0) / step) + 2, 4), len(chance))
    x = step * np.arange(shown)
    below = np.cumsum(chance)
    data = [
        {"value": style.points([at], [100 * share])[0],
         "name": f"{numbers.pieces(at)} pieces: {numbers.percent(share)}\nat most so many: {numbers.percent(total)}",
         "itemStyle": {"color": LIGHT.data if at <= point else LIGHT.stock_out}}
        for at, share, total in zip(x.tolist(), chance[:shown].tolist(), below[:shown].tolist(), strict=True)
    ]  # fmt: skip
    rules = [style.marker(_behind(point, step), f"plan {numbers.pieces(point)}", LIGHT.proposed)] if point >= 0 else []
    if numbers.known(single_part) and single_part != point:
        alone = float(single_part or 0.0)
        text = f"part alone {numbers.pieces(alone)}"
        rules.append(style.marker(_behind(alone, step), text, LIGHT.today, dashed=True, position="insideEndTop"))
    bars = {"id": "mass", "type": "bar", "data": data, "barWidth": "86%", "markLine": style.markers(rules)}
    picture = style.chart(
        [bars],
        grid=style.grid(top=38, right=26),
        xAxis=style.axis("value", "Demand over the lead time, pieces", min=-step / 2, max=float(x[-1] + step / 2),
                         lines=False, axisLabel={"showMinLabel": False, "showMaxLabel": False}, minInterval=1),
        yAxis=style.axis("value", "Chance, %", vertical=True, min=0),
    )  # fmt: skip
    frame = pl.DataFrame({"pieces": x, "chance": chance[:shown], "at_most": below[:shown]})
    note = "Demand, lead time and their parameters are all uncertain here. Orange: more than the reorder point covers."
    return Figure(
        "lead_time_law", _title(row, float(1.0 - below[_index(point, step, len(below))])), picture, frame, note
    )


def _behind(point: float, step: float) -> float:
    """Between the last bar that a reorder point covers and the next."""
    return (math.floor(point / step) + 0.5) * step


def _index(point: float, step: float, points: int) -> int:
    return int(min(max(point / step, 0), points - 1))


def _title(row: dict[str, Any], more: float) -> str:
    point = row["reorder_point"]
    if point < 0:
        return "The plan does not stock this part: it is bought when it is demanded"
    chance = numbers.percent(max(more, 0.0))
    return f"Reordered at {numbers.pieces(point)}, the demand over a lead time exceeds it {chance} of the time"
