"""The curve of efficient plans: which share of the demand lines is met at once for how much stock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import money_scale
from spareverse.figures.style import LIGHT, Options

Row = dict[str, Any]
Floats = NDArray[np.float64]
MOST_POINTS = 200
MEASURES = ("fill_rate", "fill_rate_low", "fill_rate_high", "availability", "parts_stocked", "expected_backorders")


@dataclass(frozen=True)
class EfficientPlans:
    """The curve as arrays by growing stock value, to be read at any of them. PLAN_CURVE, kind ``efficient``."""

    stock_value: Floats
    measures: Mapping[str, Floats]
    """Name of ``MEASURES`` -> values; NaN where there is none."""

    @classmethod
    def of(cls, curve: pl.DataFrame, most: int = MOST_POINTS) -> EfficientPlans:
        """Of at most so many points, thinned where they lie close in fill rate."""
        found = curve.filter(pl.col("kind") == "efficient").sort("stock_value").drop_nulls(["stock_value", "fill_rate"])
        kept = found[_spread(found["stock_value"].to_numpy(), found["fill_rate"].to_numpy(), most).tolist()]
        values = {name: kept[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in MEASURES}
        return cls(kept["stock_value"].to_numpy(), values)

    def at(self, stock_value: float) -> Row:
        """What the plan of that stock value reaches, between the points of the curve."""
        read = {name: float(np.interp(stock_value, self.stock_value, values)) for name, values in self.measures.items()}
        return {"stock_value": stock_value, **read}

    def document(self) -> dict[str, list[float | None]]:
        """The arrays for a page that moves along the curve by itself."""
        arrays = {"stock_value": self.stock_value, **self.measures}
        return {name: [style.rounded(value) for value in values.tolist()] for name, values in arrays.items()}


def _spread(value: Floats, fill: Floats, most: int) -> NDArray[np.int64]:
    """Points evenly along the drawn line, first and last among them."""
    if len(value) <= most:
        return np.arange(len(value))
    steps = np.hypot(np.diff(value) / max(value[-1], 1e-300), np.diff(fill) / max(float(fill.max()), 1e-300))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return np.unique(np.searchsorted(along, np.linspace(0.0, along[-1], most)).clip(0, len(value) - 1))


def special(curve: pl.DataFrame, kind: str) -> Row | None:
    """Today's or the chosen point; None where there is none."""
    found = curve.filter(pl.col("kind") == kind).drop_nulls(["stock_value", "fill_rate"])
    return found.row(0, named=True) if found.height else None


def plan_curve(curve: pl.DataFrame, currency: str, *, partly: bool = False, limited: bool = False) -> Figure:
    """Fill rate against stock value with its band, today's point and the chosen one; rows of PLAN_CURVE.

    partly
        Today's rule is known of some parts only; its point has the plan's stock of the others.
    limited
        The chosen plan keeps limits, which the curve leaves aside.
    """
    plans = EfficientPlans.of(curve)
    if not len(plans.stock_value):
        return not_enough(
            "plan_curve",
            "There is no plan yet, so there is no curve to draw.",
            "Make a plan from the imported history.",
        )
    today, chosen = special(curve, "today"), special(curve, "chosen")
    end = _end(plans, today, chosen)
    size, unit = money_scale([end], currency)
    x = plans.stock_value / size
    shares = {name: 100 * plans.measures[name] for name in ("fill_rate", "fill_rate_low", "fill_rate_high")}
    texts = [_hover(plans, at, unit, size) for at in range(len(x))]
    series: list[Options] = [style.hover_series(x, shares["fill_rate"], texts)]
    if np.isfinite(shares["fill_rate_low"]).all() and np.isfinite(shares["fill_rate_high"]).all():
        series += style.band("band", x, shares["fill_rate_low"], shares["fill_rate_high"], LIGHT.proposed)
    series.append(style.line("efficient", style.points(x, shares["fill_rate"]), LIGHT.proposed, name="Efficient plans"))
    series += [
        _point(kind, words, row, size, unit, shade)
        for kind, words, row, shade in (
            ("today", "today", today, LIGHT.today),
            ("chosen", "this plan", chosen, LIGHT.early),
        )
        if row
    ]
    picture = style.chart(
        series,
        hover="axis",
        grid=style.grid(top=34, right=40),
        xAxis=style.axis("value", f"Mean stock on hand, {unit}", min=0, max=style.rounded(end / size)),
        yAxis=style.axis("value", "Demand lines met at once, %", vertical=True, min=0, max=100, interval=20),
    )
    note = "Band: 95 % interval, the demand rates being uncertain."
    if today:
        note += " Today: the company's rule where it is known, elsewhere the plan's, under the same demand."
    if limited:
        note += " The plan keeps its limits; the curve leaves them aside."
    data = curve.filter(pl.col("kind").is_not_null()).sort("kind", "stock_value")
    return Figure("plan_curve", _title(plans, today, chosen, currency, partly=partly), picture, data, note, 360)


def _end(plans: EfficientPlans, today: Row | None, chosen: Row | None) -> float:
    """Where the axis ends: most of what can be reached is, and both points have room."""
    fill, value = plans.measures["fill_rate"], plans.stock_value
    enough = float(value[np.searchsorted(fill, 0.97 * float(fill.max())).clip(0, len(value) - 1)])
    points = [row["stock_value"] for row in (today, chosen) if row]
    return style.nice_end(min(max([enough, *(1.25 * point for point in points)]), max([float(value[-1]), *points])))


def _hover(plans: EfficientPlans, at: int, unit: str, size: float) -> str:
    fill, low, high = (float(plans.measures[name][at]) for name in ("fill_rate", "fill_rate_low", "fill_rate_high"))
    lines = [
        f"Stock {numbers.rough(plans.stock_value[at] / size, unit)}",
        f"Lines met at once {numbers.percent_interval(fill, low, high)}",
        f"{numbers.whole(plans.measures['parts_stocked'][at])} parts stocked",
    ]
    return "\n".join(lines)


def _point(kind: str, words: str, row: Row, size: float, unit: str, shade: str) -> Options:
    fill = numbers.percent_interval(row["fill_rate"], row["fill_rate_low"], row["fill_rate_high"])
    text = f"{words.capitalize()}: {numbers.rough(row['stock_value'] / size, unit)}, {fill}"
    place = [style.rounded(row["stock_value"] / size), style.rounded(100 * row["fill_rate"])]
    side = "bottom" if kind == "today" else "top"
    label = {"show": True, "formatter": words, "position": side, "color": shade, "fontSize": 12, "distance": 7}
    look = {"color": shade, "borderColor": LIGHT.surface, "borderWidth": 2}
    return {
        "id": kind,
        "name": words,
        "type": "scatter",
        "data": [{"value": place, "name": text}],
        "symbolSize": 14,
        "itemStyle": look,
        "label": label,
        "z": 6,
    }


def _title(plans: EfficientPlans, today: Row | None, chosen: Row | None, currency: str, *, partly: bool) -> str:
    if today is None:
        row = chosen or plans.at(float(plans.stock_value[-1]))
        money = numbers.rough(row["stock_value"], currency)
        return f"{money} of stock meet {numbers.percent(row['fill_rate'])} of the demand lines at once"
    same = plans.at(today["stock_value"])
    money = f"{numbers.rough(today['stock_value'], currency)} of stock"
    if partly:
        money += " (the plan's where no rule is known)"
    better = f"{numbers.percent(same['fill_rate'])} instead of {numbers.percent(today['fill_rate'])}"
    if same["fill_rate"] <= today["fill_rate"] + 0.0005:
        return f"{money} are spread today about as well as can be: {better} of the lines met at once"
    return f"{money}, spread better than today, would meet {better} of the demand lines at once"


def tried_point(row: Row, size: float, colour: str = LIGHT.stock_out) -> Options:
    """The point that moves along the curve: a budget that is tried. ``size``: unit of the axis [currency]."""
    value = [style.rounded(row["stock_value"] / size), style.rounded(100 * row["fill_rate"])]
    look = {"color": colour, "borderColor": LIGHT.surface, "borderWidth": 2}
    return {
        "id": "tried",
        "name": "tried",
        "type": "scatter",
        "data": [{"value": value, "name": "Tried"}],
        "silent": True,
        "symbolSize": 19,
        "itemStyle": look,
        "z": 8,
    }


def drawn_range(curve: pl.DataFrame, currency: str) -> tuple[float, float, float]:
    """Least and largest stock value on the drawn curve, and the unit of its axis [currency]."""
    plans = EfficientPlans.of(curve)
    end = _end(plans, special(curve, "today"), special(curve, "chosen"))
    least = float(plans.stock_value[0])
    return least, max(min(end, float(plans.stock_value[-1])), least), money_scale([end], currency)[0]
