"""Stock-out risk against safety cover, P(SC > x), as a part's row carries it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

Row = Mapping[str, Any]
"""One row of ``network.results.PART_RESULTS``."""
MOST_POINTS = 160


def curve(row: Row, name: str = "risk_curve") -> NDArray[np.float64]:
    """P(SC > x) at x = 0, step, 2 step, ...; empty when the row has none."""
    values = row.get(name)
    return np.array([] if values is None else values, dtype=np.float64)


def risk_at(row: Row, cover: float, name: str = "risk_curve") -> float | None:
    """P(SC > cover), read from the row's curve; beyond its end the last value; None without a curve."""
    values = curve(row, name)
    if not len(values):
        return None
    index = math.floor(cover / row["risk_step"] + 1e-9)
    return float(values[min(max(index, 0), len(values) - 1)])


def risk_text(row: Row, cover: float) -> str:
    """``13 % [8-20]`` at that cover."""
    names = ("risk_curve", "risk_curve_low", "risk_curve_high")
    return numbers.percent_interval(*(risk_at(row, cover, name) for name in names))


def end_of_interest(row: Row, *covers: float | None, below: float = 0.005) -> int:
    """Index where the curve has fallen below that risk, all given covers lying inside."""
    values = curve(row)
    reached = np.flatnonzero(values < below)
    end = int(reached[0]) if len(reached) else len(values) - 1
    wanted = [math.ceil(cover * 1.15 / row["risk_step"]) + 1 for cover in covers if cover is not None]
    return int(min(max([end, 4, *wanted]), max(len(values) - 1, 0)))


def risk_curve(row: Row) -> Figure:
    """The whole curve with its 95 % band, today's and the proposed cover marked."""
    values = curve(row)
    today, proposed = row["current_cover"], row["optimal_cover"]
    if not len(values):
        return not_enough(
            "risk_curve",
            "There is no stock-out risk to show: neither this part nor its group has lead times and demand.",
            "Import purchase and sales lines of this part, or give it a category.",
        )
    has_today = row["current_source"] != "none"
    end = end_of_interest(row, today if has_today else None, proposed)
    last = style.nice_end(end * row["risk_step"])
    end = min(round(last / row["risk_step"]), len(values) - 1)
    keep = style.thin(values[: end + 1], MOST_POINTS)
    x = keep * row["risk_step"]
    low, high = (curve(row, f"risk_curve_{side}")[keep] for side in ("low", "high"))
    texts = [
        f"Holding {numbers.pieces(at)} pieces\nStock-out risk {numbers.percent_interval(*risk)} a cycle"
        for at, *risk in zip(x, values[keep], low, high, strict=True)
    ]
    same = has_today and today == proposed
    lines = []
    if has_today and not same:
        lines.append(_rule("today", today, last, LIGHT.today, dashed=True))
    if proposed is not None:
        near = has_today and not same and abs(proposed - today) < 0.25 * last
        text = "today and proposed" if same else "proposed"
        lines.append(_rule(text, proposed, last, LIGHT.proposed, lift=15 if near else 0))
    drawn = style.line("risk", style.points(x, 100 * values[keep]), LIGHT.stock_out, step="end")
    options = style.chart(
        [
            style.hover_series(x, 100 * values[keep], texts),
            *style.band("interval", x, 100 * low, 100 * high, LIGHT.stock_out, step="end"),
            {**drawn, "z": 3, "markLine": style.markers(lines)},
        ],
        hover="axis",
        grid=style.grid(top=72),
        xAxis=style.axis("value", "Safety cover, pieces", lines=False, max=last),
        yAxis=style.axis("value", "Stock-out risk a cycle, %", vertical=True, min=0, max=100, interval=25),
    )
    data = pl.DataFrame({"safety_cover_pieces": x, "stock_out_risk": values[keep], "low": low, "high": high})
    return Figure("risk_curve", _title(row, has_today), options, data, "Band: 95 % interval.")


def _rule(text: str, cover: float, last: float, colour: str, *, lift: int = 0, dashed: bool = False) -> Options:
    """A marked cover, its label above the axis name and inside the picture."""
    side = "left" if cover < 0.1 * last else "right" if cover > 0.9 * last else "center"
    label = f"{text} {numbers.pieces(cover)}"
    return style.marker(cover, label, colour, dashed=dashed, distance=style.ABOVE_NAME + lift, align=side)


def _title(row: Row, has_today: bool) -> str:
    today, proposed = row["current_cover"], row["optimal_cover"]
    at_today = risk_text(row, today) if has_today else ""
    if proposed is None:
        if not has_today:
            return "No cover is proposed, and today's is not known"
        return f"With today's {numbers.pieces(today)} the stock-out risk is {at_today}"
    text = f"With {numbers.pieces(proposed)} pieces the stock-out risk is {risk_text(row, proposed)}"
    return f"{text}; with today's {numbers.pieces(today)} it is {at_today}" if has_today and today != proposed else text
