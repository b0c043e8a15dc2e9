"""Suppliers beside each other."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options


def supplier_comparison(suppliers: pl.DataFrame, chosen: str | None = None, *, most: int = 15) -> Figure:
    """Chance of late supply with its 95 % interval as whiskers; rows of SUPPLIER_RESULTS, most lines first chosen."""
    usable = suppliers.drop_nulls("late_risk")
    if usable.is_empty():
        return not_enough(
            "suppliers",
            "No supplier has both a promise and a receipt: lateness cannot be compared.",
            "Import purchase lines with promised and received dates.",
        )
    kept = usable.sort(pl.col("supplier_id") != (chosen or ""), pl.col("lines"), descending=[False, True]).head(most)
    rows = kept.sort("late_risk", descending=True).to_dicts()
    points: list[Options] = []
    whiskers: list[list[Options]] = []
    for place, row in enumerate(rows):
        shade = LIGHT.proposed if row["supplier_id"] == chosen else LIGHT.late
        value = [style.rounded(100 * row["late_risk"]), place]
        points.append({"value": value, "name": _text(row), "itemStyle": {"color": shade}})
        if row["late_risk_low"] is not None and row["late_risk_high"] is not None:
            ends: list[Options] = [
                {"coord": [style.rounded(100 * row[f"late_risk_{side}"]), place]} for side in ("low", "high")
            ]
            whiskers.append([{**ends[0], "lineStyle": {"color": shade}}, ends[1]])
    labels = [row["supplier_id"] or "not given" for row in rows]
    options = style.chart(
        [_dots(points, whiskers)],
        grid=style.grid(top=8, right=28),
        xAxis=style.axis("value", "Chance that supply takes longer than promised, %", min=0, max=min(100, _end(kept))),
        yAxis=style.axis("category", data=labels, inverse=True, axisLabel={"width": 150, "overflow": "truncate"}),
    )
    note = "Whiskers: 95 % intervals."
    if kept.height < usable.height:
        note += f" Shown: {kept.height} of {numbers.whole(usable.height)} suppliers, those with most purchase lines."
    return Figure("suppliers", _title(rows, chosen), options, kept, note, height=80 + 24 * len(rows))


def _end(kept: pl.DataFrame) -> float:
    highest = kept.select(pl.max_horizontal("late_risk", "late_risk_high").max()).item()
    return style.nice_end(100 * float(highest))


def _dots(points: list[Options], whiskers: list[list[Options]]) -> Options:
    mark = {
        "symbol": ["none", "none"],
        "lineStyle": {"type": "solid", "width": 2},
        "data": whiskers,
        "silent": True,
        "animation": False,
    }
    return {
        "id": "late",
        "type": "scatter",
        "data": points,
        "symbolSize": 11,
        "z": 4,
        "markLine": {**mark, "label": {"show": False}},
    }


def _text(row: dict[str, Any]) -> str:
    risk = numbers.percent_interval(row["late_risk"], row["late_risk_low"], row["late_risk_high"])
    lines = [
        f"{row['supplier_id'] or 'not given'}: late {risk}",
        numbers.count(row["lines"], "purchase line"),
        f"median lead time {numbers.digits(row['lead_time_median_days'])} days",
    ]
    return "\n".join(lines)


def _title(rows: list[dict[str, Any]], chosen: str | None) -> str:
    for row in rows:
        if row["supplier_id"] == chosen:
            worse = sum(other["late_risk"] < row["late_risk"] for other in rows)
            late = f"{chosen} is late {numbers.percent(row['late_risk'])} of the time"
            return f"{late}; {worse} of the {len(rows) - 1} others shown are better"
    worst, best = (
        f"{numbers.percent(row['late_risk'])} ({row['supplier_id'] or 'not given'})" for row in (rows[0], rows[-1])
    )
    return f"The chance of late supply runs from {best} to {worst}"
