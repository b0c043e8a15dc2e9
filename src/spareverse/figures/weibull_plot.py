"""Lead times on Weibull probability paper: a Weibull is a straight line of slope shape.

Plotting positions under censoring: Johnson's adjusted ranks with Benard's approximation of the median rank,
(i - 0.3) / (n + 0.4) [Abernethy, The New Weibull Handbook, 2006, ch. 2].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options
from spareverse.network.distributions import Weibull

_LEVELS = (1, 2, 5, 10, 20, 30, 50, 63.2, 80, 90, 95, 99)
"""Percentages written on the paper's vertical axis."""
_POINTS = 41
_MOST_DRAWN = 1000
_LEAST = 1e-4
"""Lower limits below this lie under the paper."""


@dataclass(frozen=True)
class FitBand:
    """Limits of P(RC_LT <= t) at ``days``."""

    days: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def plotting_positions(
    days: NDArray[np.float64], still_open: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sorted completed lead times [days] and their estimated F (median ranks, adjusted for open lines)."""
    order = np.lexsort((still_open, days))
    n, rank = len(days), 0.0
    kept, levels = [], []
    for place, index in enumerate(order):
        if still_open[index]:
            continue
        rank += (n + 1 - rank) / (n - place + 1)
        kept.append(days[index])
        levels.append((rank - 0.3) / (n + 0.4))
    return np.array(kept), np.array(levels)


def weibull_plot(
    cycles: pl.DataFrame,
    *,
    own: Weibull | None,
    pooled: Weibull | None = None,
    band: FitBand | None = None,
    p_value: float | None = None,
) -> Figure:
    """Completed cycles as points, the part's own fit and the pooled one as lines; columns of CYCLE_RESULTS."""
    counted = cycles.filter(pl.col("flag").fill_null("") == "").drop_nulls("lead_time_days")
    # received the day it was ordered: known only to lie within the first day
    days = np.maximum(counted["lead_time_days"].to_numpy(), 0.5)
    times, levels = plotting_positions(days, counted["open"].to_numpy())
    if len(times) < 2:
        return not_enough(
            "weibull_plot",
            f"A probability plot needs at least 2 completed cycles; this part has {numbers.whole(len(times))}.",
            "Its lead times are borrowed from its group; a longer time window may hold more cycles.",
            counted,
        )
    fits = [fit for fit in (own, pooled) if fit is not None]
    first = 0.8 * min([float(times[0]), *(float(fit.quantile(0.02)) for fit in fits)])
    last = 1.25 * max([float(times[-1]), *(float(fit.quantile(0.985)) for fit in fits)])
    series = [_rules(first, last)]
    if band is not None:
        inside = (band.days >= first) & (band.days <= last) & (band.low > _LEAST) & (band.high < 1 - 1e-6)
        low, high = (_height(limits[inside]) for limits in (band.low, band.high))
        series += style.band("interval", np.log(band.days[inside]), low, high, LIGHT.holding)
    t = np.geomspace(first, last, _POINTS)
    if pooled is not None:
        series.append(_fit("pooled with its group", pooled, t, LIGHT.today, dashed=True))
    if own is not None:
        series.append(_fit("this part alone", own, t, LIGHT.holding))
    series.append(_dots(times, levels))
    heights = _height(np.array([_LEVELS[0], _LEVELS[-1]]) / 100)
    options = style.chart(
        series,
        legend=style.legend([one["name"] for one in series if one["id"].startswith("fit ")]),
        grid={"left": 52, "right": 24, "top": 52, "bottom": 56},
        xAxis=_bare("Lead time, days (log scale)", math.log(first), math.log(last), vertical=False),
        yAxis=_bare("Received, %", float(heights[0]), float(heights[1]), vertical=True),
    )
    data = pl.DataFrame({"lead_time_days": times, "estimated_share_received": levels})
    note = _note(len(days) - len(times), band)
    return Figure("weibull_plot", _title(own, pooled, len(times), p_value), options, data, note)


def _height(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a share received stands on the paper: ln(-ln(1 - F))."""
    return np.log(-np.log1p(-np.clip(share, 1e-9, 1 - 1e-12)))


def _fit(name: str, fit: Weibull, t: NDArray[np.float64], colour: str, *, dashed: bool = False) -> Options:
    height = fit.shape * np.log(t / fit.scale)
    data = style.points(np.log(t), height)
    look = {"color": colour, "width": 2, "type": "dashed" if dashed else "solid"}
    return style.line(f"fit {name}", data, colour, name=name) | {"lineStyle": look}


def _dots(times: NDArray[np.float64], levels: NDArray[np.float64]) -> Options:
    keep = style.thin(times, _MOST_DRAWN)
    data = [
        {"value": point, "name": f"{numbers.digits(float(t))} days\n{numbers.percent(float(f))} received by then"}
        for point, t, f in zip(
            style.points(np.log(times[keep]), _height(levels[keep])), times[keep], levels[keep], strict=True
        )
    ]
    look = {"color": LIGHT.proposed, "borderColor": LIGHT.surface, "borderWidth": 1}
    return {
        "id": "cycles",
        "name": "completed cycles",
        "type": "scatter",
        "data": data,
        "symbolSize": 9,
        "itemStyle": look,
    }


def _bare(name: str, first: float, last: float, *, vertical: bool) -> Options:
    """An axis in transformed units without labels of its own; ``_rules`` writes days and percentages."""
    ends = {"min": style.rounded(first), "max": style.rounded(last), "axisLabel": {"show": False}}
    return style.axis("value", name, vertical=vertical, lines=False, **ends)


def _rules(first: float, last: float) -> Options:
    """The ruling of the paper with its labels, one silent series: percentages lie unevenly, days by their logarithm."""
    look = {"lineStyle": {"color": LIGHT.line, "width": 1, "type": "solid"}}
    label = {"position": "start", "color": LIGHT.muted, "fontSize": 11}
    shares = [
        {
            "yAxis": style.rounded(float(_height(np.array(level / 100)))),
            **look,
            "label": {**label, "formatter": f"{level:g}"},
        }
        for level in _LEVELS
    ]
    days = [
        {"xAxis": style.rounded(math.log(day)), **look, "label": {**label, "formatter": numbers.digits(day)}}
        for day in _round_days(first, last)
    ]
    return {"id": "paper", "type": "line", "data": [], "markLine": style.markers([*shares, *days]) | {"z": 0}}


def _round_days(first: float, last: float) -> list[float]:
    """1, 2, 5, 10, ... within the ends; every whole multiple where the span is short."""
    decades = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
    steps = (1, 2, 5) if last / first > 8 else (1, 1.5, 2, 3, 4, 5, 6, 8)
    days = [step * 10.0**decade for decade in decades for step in steps]
    return [day for day in days if first <= day <= last]


def _title(own: Weibull | None, pooled: Weibull | None, completed: int, p_value: float | None) -> str:
    fit = own or pooled
    if fit is None:
        return f"{numbers.count(completed, 'completed cycle')}, too few to fit a Weibull"
    text = (
        f"Lead times follow a Weibull of shape {numbers.digits(fit.shape)} and scale {numbers.digits(fit.scale)} days"
    )
    if p_value is not None and p_value < 0.05:
        return f"A Weibull does not describe these lead times (Anderson-Darling p = {numbers.digits(p_value, 2)})"
    if p_value is not None and math.isfinite(p_value):
        text += f" (Anderson-Darling p = {numbers.digits(p_value, 2)})"
    return text


def _note(still_open: int, band: FitBand | None) -> str:
    parts = []
    if band is not None:
        parts.append("Band: 95 % interval.")
    if still_open:
        parts.append(f"{numbers.count(still_open, 'open line')} not drawn, counted as longer than its age.")
    return " ".join(parts)
