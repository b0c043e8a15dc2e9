"""The risk matrix with its digital column, and where simulation disagrees with it."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison

CLASS_WORDS = {"first_line": "First-line spares", "not_frequent": "Not frequent", "capital": "Capital spares"}
HOLDING_WORDS = {
    "digital_no_stock": "digital, no stock",
    "central_minimum": "central, minimum stock",
    "site_and_central": "site minimum, rest central",
    "case_by_case": "case by case",
}
_LEVELS = ("low", "medium", "high")
_SHADES = {
    "digital_no_stock": LIGHT.age0,
    "central_minimum": LIGHT.age1,
    "site_and_central": LIGHT.age2,
    "case_by_case": LIGHT.line,
}


def risk_matrix(matrix: pl.DataFrame, comparison: Comparison) -> Figure:
    """Class of spare by consequence: what the matrix recommends, how many parts, how many differ. RISK_MATRIX."""
    if matrix.is_empty() or not matrix["parts"].sum():
        return not_enough(
            "risk_matrix",
            "No part has both a class and a consequence, so the risk matrix is empty.",
            "Give spare_class and criticality in the package table.",
        )
    rows = matrix.to_dicts()
    classes = [name for name in CLASS_WORDS if any(row["spare_class"] == name for row in rows)]
    data = [_cell(row, classes, comparison) for row in rows if row["spare_class"] in classes]
    picture = style.chart(
        [{"id": "cells", "type": "heatmap", "data": data, "z": 2, "emphasis": {"disabled": True}}],
        grid={"left": 118, "right": 20, "top": 34, "height": 92 * len(classes)},
        xAxis=style.axis(
            "category",
            "",
            data=[f"{level} consequence" for level in _LEVELS],
            lines=False,
            position="top",
            axisLabel={"interval": 0, "color": LIGHT.ink, "fontSize": 12},
            axisLine={"show": False},
        ),
        yAxis=style.axis(
            "category",
            data=[CLASS_WORDS[name] for name in classes],
            inverse=True,
            lines=False,
            axisLabel={"interval": 0, "color": LIGHT.ink, "fontSize": 12},
        ),
    )
    note = "In each cell: what the matrix recommends, parts of the package, and how many are clearly cheaper otherwise."
    return Figure("risk_matrix", _title(matrix, comparison), picture, matrix, note, 50 + 92 * len(classes))


def _cell(row: dict[str, Any], classes: list[str], comparison: Comparison) -> Options:
    holding = HOLDING_WORDS.get(row["holding"], row["holding"])
    parts, differing = row["parts"] or 0, row["differing"] or 0
    lines = [
        *(f"{{what|{words.strip()}}}" for words in holding.replace(", ", ",|").split("|")),
        f"{{count|{numbers.count(parts, 'part')}}}" if parts else "{what|no parts}",
    ]
    told = f"{CLASS_WORDS.get(row['spare_class'])}, {row['criticality']} consequence: {holding}"
    if differing:
        money = numbers.money(row["money"] / comparison.years, comparison.currency, "year")
        lines.append(f"{{apart|{differing:,} cheaper otherwise}}")
        told += f"\n{numbers.count(differing, 'part')} of {parts:,} cheaper otherwise: {money}"
    dark = row["holding"] == "site_and_central"
    ink = LIGHT.surface if dark else LIGHT.ink
    rich = {
        "what": {"color": ink, "fontSize": 11.5, "lineHeight": 18},
        "count": {"color": ink, "fontSize": 15, "fontWeight": "bold", "lineHeight": 22},
        "apart": {"color": ink, "fontSize": 11.5, "lineHeight": 18},
    }
    return {
        "value": [_LEVELS.index(row["criticality"]), classes.index(row["spare_class"]), parts],
        "name": told,
        "itemStyle": {"color": _SHADES.get(row["holding"], LIGHT.line), "borderColor": LIGHT.surface, "borderWidth": 3},
        "label": {"show": True, "formatter": "\n".join(lines), "rich": rich, "overflow": "none"},
    }


def _title(matrix: pl.DataFrame, comparison: Comparison) -> str:
    parts, differing = int(matrix["parts"].sum()), int(matrix["differing"].sum() or 0)
    money = float(matrix["money"].sum() or 0.0) / comparison.years
    if not differing:
        which = "the one part" if parts == 1 else f"all {parts:,} parts"
        return f"Simulation agrees with the risk matrix on {which}, as far as can be told"
    saved = numbers.rough(money, f"{comparison.currency}/year")
    if parts == 1:
        return f"The 1 part is cheaper otherwise than the matrix says, by {saved}"
    verb = "is" if differing == 1 else "are"
    return f"{differing:,} of {parts:,} parts {verb} cheaper otherwise than the matrix says, by {saved}"
