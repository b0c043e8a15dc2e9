"""What holding x pieces costs a day: stock-out, early supply and holding, and where the sum is least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

if TYPE_CHECKING:
    from spareverse.optimisation.safety_cover import CostCurve

_MOST_POINTS = 160
_SHARES = (
    ("holding", "holding", LIGHT.holding),
    ("early", "early supply", LIGHT.early),
    ("stock_out", "stock-out", LIGHT.stock_out),
)


def cost_curve(
    curve: CostCurve | None,
    currency: str,
    *,
    optimum: float | None,
    low: float | None = None,
    high: float | None = None,
    today: float | None = None,
    chosen: float | None = None,
) -> Figure:
    """The three shares stacked with their total; covers in pieces, money in currency/day."""
    if curve is None or optimum is None or not len(curve.cover):
        return not_enough(
            "cost_curve",
            "There is no cost curve: without an expected lead time nobody can say how often supply is late.",
            "Import purchase lines with a promised date, or a parts table with expected_lead_time_days.",
        )
    end = _end(curve, optimum, high, today, chosen)
    keep = style.thin(curve.cover[:end], _MOST_POINTS)
    x = curve.cover[keep]
    texts = [_hover(curve, int(k), currency) for k in keep]
    last, highest = style.nice_end(float(x[-1])), _ceiling(curve, optimum, today, end)
    areas = [_area(id_, name, colour, x, getattr(curve, id_)[keep]) for id_, name, colour in _SHARES]
    options = style.chart(
        [
            style.hover_series(x, curve.total[keep], texts),
            *areas,
            style.line("total", style.points(x, curve.total[keep]), LIGHT.ink, name="total", z=4),
            _points(curve, currency, optimum, today, (last, highest)),
            cost_marker(chosen if chosen is not None else optimum),
            _band(optimum, low, high),
        ],
        hover="axis",
        legend=style.legend([name for _, name, _ in _SHARES]),
        grid=style.grid(top=52),
        xAxis=style.axis("value", "Safety cover held at the order, pieces", lines=False, max=last),
        yAxis=style.axis("value", f"Cost, {currency}/day", vertical=True, min=0, max=highest),
    )
    shares = {name: getattr(curve, name)[:end] for name in ("cover", "stock_out", "early", "holding", "total")}
    note = "Shaded: 95 % interval of the optimum." if low is not None and high is not None else ""
    return Figure("cost_curve", _title(curve, currency, optimum, low, high, today), options, pl.DataFrame(shares), note)


def cost_marker(chosen: float) -> Options:
    """The rule of the chosen cover: the one series that moves with the slider (merge it with ``setOption``)."""
    rule = style.marker(chosen, "", LIGHT.proposed)
    return {"id": "chosen", "type": "line", "data": [], "markLine": style.markers([rule])}


def cost_at(curve: CostCurve, cover: float) -> int:
    """Index of the grid point nearest to ``cover``."""
    return int(np.argmin(np.abs(curve.cover - cover)))


def _end(curve: CostCurve, *covers: float | None) -> int:
    """Grid points to draw: twice the largest cover that matters, but at least ten."""
    largest = max((cover for cover in covers if cover is not None), default=0.0)
    end = int(np.searchsorted(curve.cover, 1.9 * largest, side="right")) + 1
    end = min(max(end, 10), len(curve.cover))
    # up to the round end of the axis, so that the picture has no empty strip at the right
    return int(np.searchsorted(curve.cover, style.nice_end(float(curve.cover[end - 1])) + 1e-9, side="right"))


def _ceiling(curve: CostCurve, optimum: float, today: float | None, end: int) -> float:
    """Cut off the steep left flank, where nobody holds stock, unless today's point lies there."""
    least = float(curve.total[cost_at(curve, optimum)])
    shown = max(
        float(curve.total[end - 1]), float(curve.total[cost_at(curve, today)]) if today is not None else 0.0, least
    )
    return style.nice_end(1.05 * min(float(curve.total[:end].max()), 2.2 * shown))


def _area(id_: str, name: str, colour: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Options:
    look = {"color": colour, "opacity": 0.35}
    return style.line(id_, style.points(x, y), colour, name=name, width=1, stack="cost", areaStyle=look)


def _points(curve: CostCurve, currency: str, optimum: float, today: float | None, ends: tuple[float, float]) -> Options:
    """Optimum and today's cover with their labels, kept inside the ``ends`` of the axes and off the total."""

    def point(cover: float, text: str, colour: str, place: Options) -> Options:
        at = cost_at(curve, cover)
        label = {"show": True, "formatter": "{b}", "color": colour, "fontSize": 12, "fontWeight": "bold", **place}
        label |= {"textBorderColor": LIGHT.surface, "textBorderWidth": 3}
        value = [style.rounded(cover), style.rounded(float(curve.total[at]))]
        name = f"{text} {numbers.pieces(cover)}: {_money(curve.total[at], currency)}"
        return {"value": value, "name": name, "itemStyle": {"color": colour}, "label": label}

    low = curve.total[cost_at(curve, optimum)] < 0.15 * ends[1]
    along = optimum / ends[0]
    side = "left" if along < 0.25 else "right" if along > 0.75 else "center"
    below = {"position": "top" if low else "bottom", "align": side, "distance": 8}
    data = [point(optimum, "optimum", LIGHT.proposed, below)]
    if today is not None and today != optimum:
        # above the total and on its falling side, where there is room
        side = "left" if today < optimum and today < 0.6 * ends[0] else "right"
        data.insert(0, point(today, "today", LIGHT.today, {"position": "top", "align": side, "distance": 8}))
    return {"id": "points", "type": "scatter", "data": data, "symbolSize": 10, "z": 6, "silent": True}


def _band(optimum: float, low: float | None, high: float | None) -> Options:
    if low is None or high is None:
        return {"id": "interval", "type": "line", "data": []}
    area = {"silent": True, "itemStyle": {"color": LIGHT.proposed, "opacity": 0.1}, "animation": False}
    ends: list[list[dict[str, Any]]] = [[{"xAxis": style.rounded(low)}, {"xAxis": style.rounded(max(high, low))}]]
    return {"id": "interval", "type": "line", "data": [], "markArea": {**area, "data": ends}}


def _hover(curve: CostCurve, k: int, currency: str) -> str:
    shares = [f"{name}: {_money(getattr(curve, id_)[k], currency)}" for id_, name, _ in _SHARES[::-1]]
    return "\n".join([f"{numbers.pieces(float(curve.cover[k]))} pieces: {_money(curve.total[k], currency)}", *shares])


def _money(value: float, currency: str) -> str:
    return numbers.money(float(value), currency, "day")


def _title(
    curve: CostCurve, currency: str, optimum: float, low: float | None, high: float | None, today: float | None
) -> str:
    held = numbers.interval(optimum, low, high, "pieces")
    text = f"The cost is least with {held}: {_money(curve.total[cost_at(curve, optimum)], currency)}"
    if today is None:
        return text
    if today == optimum:
        return f"{text}, which is what is held today"
    return f"{text}; with today's {numbers.pieces(today)} it is {_money(curve.total[cost_at(curve, today)], currency)}"
