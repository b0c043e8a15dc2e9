"""Histograms of lead times and slips, and how lead times moved from quarter to quarter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

_REMEDY = "Widen the time window, or import purchase lines with their receipt dates."

_FEWEST_BINS, _MOST_BINS = 6, 40


def _completed(cycles: pl.DataFrame) -> pl.DataFrame:
    return cycles.filter((pl.col("flag").fill_null("") == "") & ~pl.col("open"))


def lead_time_histogram(cycles: pl.DataFrame, promised_days: float | None = None) -> Figure:
    """Lead times of completed cycles [days]; those beyond the promise in the colour of lateness."""
    days = _completed(cycles)["lead_time_days"].drop_nulls().to_numpy()
    if not len(days):
        return not_enough("lead_times", "No completed cycle: there is no lead time to show.", _REMEDY)
    counts, edges = _bins(days)
    median = float(np.median(days))
    title = f"Half of the supplies took longer than {numbers.digits(median)} days"
    if promised_days is not None:
        late = float(np.mean(days > promised_days))
        title += f"; {numbers.percent(late)} took longer than the expected {numbers.digits(promised_days)}"
    rules = [(median, f"median {numbers.digits(median)}", LIGHT.ink, False)]
    if promised_days is not None:
        rules.append((promised_days, f"expected {numbers.digits(promised_days)}", LIGHT.proposed, True))
    options = _histogram(counts, edges, rules, promised_days, "Lead time of completed cycles, days")
    return Figure("lead_times", title, options, _table(counts, edges, "lead_time_days"), _count_note(days), height=280)


def slip_histogram(cycles: pl.DataFrame) -> Figure:
    """Received minus promised [days] of completed cycles; after the promise in the colour of lateness."""
    days = _completed(cycles)["slip_days"].drop_nulls().to_numpy()
    if not len(days):
        return not_enough("slips", "No receipt with a promised date: there is no slip to show.", _REMEDY)
    counts, edges = _bins(days)
    late, median = float(np.mean(days > 0)), float(np.median(days))
    side = "after" if median > 0 else "before"
    title = f"{numbers.percent(late)} of the receipts came after the promise"
    title += (
        f"; the median is {numbers.digits(abs(median))} days {side} it" if median else "; the median came on the day"
    )
    rules = [(0.0, "promised", LIGHT.proposed, True)]
    options = _histogram(counts, edges, rules, 0.0, "Received minus promised, days")
    return Figure("slips", title, options, _table(counts, edges, "slip_days"), _count_note(days), height=280)


def _bins(days: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Round bin edges by the rule of Freedman and Diaconis (1981); the rarest 1 % at each end share the outer bins."""
    first, last = (
        (float(np.quantile(days, q)) for q in (0.01, 0.99))
        if len(days) > 200
        else (float(days.min()), float(days.max()))
    )
    spread = float(np.subtract(*np.quantile(days, [0.75, 0.25])))
    wanted = max(
        min(2 * spread / len(days) ** (1 / 3), (last - first) / _FEWEST_BINS), (last - first) / _MOST_BINS, 1.0
    )
    magnitude = 10.0 ** math.floor(math.log10(wanted))
    width = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= wanted - 1e-9)
    edges = np.arange(math.floor(first / width), math.floor(last / width) + 2) * width
    counts, _ = np.histogram(np.clip(days, edges[0], edges[-1] - width / 2), edges)
    return counts.astype(np.int64), edges.astype(np.float64)


def _histogram(
    counts: NDArray[np.int64],
    edges: NDArray[np.float64],
    rules: list[tuple[float, str, str, bool]],
    late_after: float | None,
    unit: str,
) -> Options:
    """Bars drawn as steps over a value axis, so that rules stand where they belong."""
    share = 100 * counts / max(int(counts.sum()), 1)
    series = [_steps("early", edges, share, LIGHT.data, until=late_after)]
    if late_after is not None:
        series.append(_steps("late", edges, share, LIGHT.late, since=late_after))
    lines = []
    for place, (at, text, colour, dashed) in enumerate(sorted(rules)):
        lines.append(style.marker(at, text, colour, dashed=dashed, distance=style.ABOVE_NAME + 15 * (place % 2)))
    middle = (edges[:-1] + edges[1:]) / 2
    texts = [
        f"{numbers.digits(a)} to {numbers.digits(b)} days\n{numbers.count(n, 'receipt')}, {numbers.percent(s / 100)}"
        for a, b, n, s in zip(edges[:-1], edges[1:], counts, share, strict=True)
    ]
    carrier = style.hover_series(middle, share, texts) | {"markLine": style.markers(lines), "z": 5}
    return style.chart(
        [carrier, *series],
        hover="axis",
        grid=style.grid(top=66),
        xAxis=style.axis("value", unit, lines=False, min=float(edges[0]), max=float(edges[-1])),
        yAxis=style.axis("value", "Receipts, %", vertical=True, min=0),
    )


def _steps(
    id_: str,
    edges: NDArray[np.float64],
    share: NDArray[np.float64],
    colour: str,
    *,
    since: float | None = None,
    until: float | None = None,
) -> Options:
    """The bars between two days; a bar in which the promise lies is cut there."""
    first, last = (edges[0] if since is None else since), (edges[-1] if until is None else until)
    inside = (edges[:-1] < last) & (edges[1:] > first)
    look: dict[str, Any] = {"step": "end", "areaStyle": {"color": colour, "opacity": 0.65}}
    if not inside.any():
        return style.line(id_, [], colour, width=1, **look)
    corners = np.append(np.maximum(edges[:-1][inside], first), min(last, edges[1:][inside][-1]))
    return style.line(id_, style.points(corners, np.append(share[inside], share[inside][-1])), colour, width=1, **look)


def _table(counts: NDArray[np.int64], edges: NDArray[np.float64], name: str) -> pl.DataFrame:
    return pl.DataFrame({f"{name}_from": edges[:-1], f"{name}_to": edges[1:], "receipts": counts})


def _count_note(days: NDArray[np.float64]) -> str:
    text = f"{numbers.count(len(days), 'receipt')}."
    return text + " The rarest 1 % at each end are counted in the outer bars." if len(days) > 200 else text


def lead_time_trend(cycles: pl.DataFrame) -> Figure:
    """By quarter of the order: median lead time with its 10-90 % range, promised median, and share late."""
    quarters = (
        _completed(cycles)
        .with_columns(quarter=pl.col("ordered_on").dt.truncate("1q"))
        .group_by("quarter")
        .agg(
            receipts=pl.len(),
            median=pl.median("lead_time_days"),
            p10=pl.col("lead_time_days").quantile(0.1),
            p90=pl.col("lead_time_days").quantile(0.9),
            promised=pl.median("promised_lead_time_days"),
            late=(pl.col("slip_days") > 0).mean(),
        )
        .drop_nulls("median")
        .sort("quarter")
    )
    if quarters.height < 3:
        return not_enough(
            "trend", f"A trend needs at least 3 quarters with receipts; there are {quarters.height}.", _REMEDY, quarters
        )
    x = quarters["quarter"].to_list()
    promised = quarters.drop_nulls("promised")
    below = {"xAxisIndex": 1, "yAxisIndex": 1}
    late = quarters.drop_nulls("late")
    bars = {
        "id": "late",
        "type": "bar",
        "data": style.points(late["quarter"], late["late"] * 100),
        "silent": True,
        "barWidth": "60%",
    }
    options = style.chart(
        [
            style.hover_series(x, quarters["median"].to_list(), [_quarter_text(row) for row in quarters.to_dicts()]),
            *style.band("range", x, quarters["p10"].to_list(), quarters["p90"].to_list(), LIGHT.holding),
            style.line(
                "promised",
                style.points(promised["quarter"], promised["promised"]),
                LIGHT.proposed,
                name="promised, median",
            )
            | {"lineStyle": {"color": LIGHT.proposed, "width": 1.5, "type": "dashed"}},
            style.line(
                "median", style.points(x, quarters["median"]), LIGHT.holding, name="actual, median", showSymbol=True
            )
            | {"symbolSize": 5},
            {**bars, **below, "itemStyle": {"color": LIGHT.late, "opacity": 0.8}},
        ],
        hover="axis",
        axisPointer={"link": [{"xAxisIndex": "all"}]},
        legend=style.legend(["promised, median", "actual, median"]),
        grid=[{"left": 52, "right": 24, "top": 46, "height": 150}, {"left": 52, "right": 24, "top": 240, "height": 80}],
        xAxis=[
            style.axis("time", lines=False, axisLabel={"show": False}),
            style.axis(
                "time",
                "Quarter of the order",
                gridIndex=1,
                lines=False,
                axisLabel={"formatter": {"year": "{yyyy}", "month": "{yyyy}-{MM}"}},
            ),
        ],
        yAxis=[
            style.axis("value", "Lead time, days", vertical=True, min=0, splitNumber=4),
            style.axis("value", "Received late, %", vertical=True, gridIndex=1, min=0, max=100, interval=50),
        ],
    )
    note = "Band: 10 % to 90 % quantile of the receipts. Recent quarters hold only what has already been received."
    return Figure("trend", _trend_title(quarters), options, quarters, note, height=380)


def _quarter_text(row: dict[str, Any]) -> str:
    quarter = f"{row['quarter'].year} Q{(row['quarter'].month + 2) // 3}"
    most = f"{numbers.digits(row['p10'])}-{numbers.digits(row['p90'])}"
    lines = [
        f"Ordered in {quarter}: {numbers.count(row['receipts'], 'receipt')}",
        f"Lead time {numbers.digits(row['median'])} days, 10-90 %: {most}",
    ]
    if row["promised"] is not None:
        lines.append(f"Promised {numbers.digits(row['promised'])} days; late {numbers.percent(row['late'])}")
    return "\n".join(lines)


def _trend_title(quarters: pl.DataFrame) -> str:
    """Compares the first and the last quarter of the time span, weighting no quarter twice."""
    span = max(1, quarters.height // 4)
    first, last = (float(np.median(part["median"].to_numpy())) for part in (quarters.head(span), quarters.tail(span)))
    change = f"from {numbers.digits(first)} to {numbers.digits(last)} days"
    if last >= 1.1 * first:
        return f"Lead times rose {change}"
    if last <= first / 1.1:
        return f"Lead times fell {change}"
    return f"Lead times stayed near {numbers.digits(last)} days"
