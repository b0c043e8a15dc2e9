"""All parts at a glance: value against risk, and who carries the money at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

Colour = Literal["evidence", "criticality"]
_CLASSES: dict[Colour, tuple[tuple[str, str], ...]] = {
    "evidence": (
        ("strong", LIGHT.proposed),
        ("fair", LIGHT.holding),
        ("weak", LIGHT.data),
        ("borrowed", LIGHT.today),
    ),
    "criticality": (("A", LIGHT.stock_out), ("B", LIGHT.late), ("C", LIGHT.holding)),
}
_ALIASES = {"high": "A", "medium": "B", "low": "C"}
MOST_DOTS = 500
_SHOWN = (
    "part_id",
    "place_id",
    "description",
    "annual_value",
    "current_risk",
    "money_at_risk",
    "evidence",
    "criticality",
)


def portfolio_scatter(
    parts: pl.DataFrame, currency: str, *, colour: Colour = "evidence", most: int = MOST_DOTS
) -> Figure:
    """Annual value (log) against today's stock-out risk, area = money at risk; rows of PART_RESULTS.

    Only the ``most`` parts with the most money at risk are sent to the screen; the note says so.
    """
    usable = parts.select(_SHOWN).filter((pl.col("annual_value") > 0) & pl.col("current_risk").is_not_null())
    if usable.is_empty():
        return not_enough(
            "portfolio",
            "No part has both a yearly value and a stock-out risk of today: there is nothing to compare.",
            "Import sales and purchase lines, and today's reorder points or stock; a price is needed in one of them or "
            "in the parts table.",
        )
    worst = usable.top_k(min(most, usable.height), by=pl.col("money_at_risk").fill_null(0.0))
    classes = _classed(worst, colour)
    series = [
        _dots(classes.filter(pl.col("class") == name), name, shade, currency, worst)
        for name, shade in _shades(colour, classes)
    ]
    options = style.chart(
        series,
        legend={"top": 0, "right": 90, "textStyle": {"color": LIGHT.muted}, "icon": "circle", "itemWidth": 9}
        | {"data": [one["name"] for one in series]},
        grid=style.grid(left=16, right=44, top=52, bottom=48),
        xAxis=style.axis(
            "log", f"Value sold, {currency}/year (log scale)", lines=False, axisLabel={"hideOverlap": True}
        ),
        yAxis=style.axis("value", "Stock-out risk today, %", vertical=True, min=0, max=100, interval=25),
        brush=_brush(),
        toolbox={"right": 8, "top": 0, "itemSize": 13, "iconStyle": {"borderColor": LIGHT.muted}},
    )
    return Figure("portfolio", _title(parts, currency), options, worst, _note(parts, usable, worst), height=420)


def _brush() -> Options:
    """Choose dots with a rectangle; the page filters its grid by the chosen ranges."""
    look = {"borderColor": LIGHT.proposed, "color": LIGHT.proposed, "opacity": 0.08}
    buttons = {"toolbox": ["rect", "clear"], "brushMode": "single", "xAxisIndex": 0}
    patience = {"throttleType": "debounce", "throttleDelay": 200}
    return {**buttons, **patience, "brushStyle": look, "outOfBrush": {"colorAlpha": 0.15}}


def _classed(worst: pl.DataFrame, colour: Colour) -> pl.DataFrame:
    known = [name for name, _ in _CLASSES[colour]]
    label = pl.col(colour).fill_null("")
    if colour == "criticality":
        label = label.str.to_lowercase().replace(_ALIASES).str.to_uppercase()
    return worst.with_columns(pl.when(label.is_in(known)).then(label).otherwise(pl.lit("not given")).alias("class"))


def _shades(colour: Colour, classes: pl.DataFrame) -> list[tuple[str, str]]:
    present = set(classes["class"].unique())
    return [(name, shade) for name, shade in (*_CLASSES[colour], ("not given", LIGHT.co2)) if name in present]


def _dots(dots: pl.DataFrame, name: str, shade: str, currency: str, worst: pl.DataFrame) -> Options:
    largest = worst["money_at_risk"].max()
    top = float(largest) if isinstance(largest, float) and largest > 0 else 1.0
    size = 5 + 30 * (pl.col("money_at_risk").fill_null(0.0).clip(0) / top).sqrt()
    data = [_dot(row, currency) for row in dots.with_columns(size=size.round(1)).to_dicts()]
    look = {"color": shade, "opacity": 0.7, "borderColor": LIGHT.surface, "borderWidth": 0.5}
    return {"id": name, "name": name, "type": "scatter", "data": data, "itemStyle": look}


def _dot(row: dict[str, Any], currency: str) -> Options:
    place = f" at {row['place_id']}" if row["place_id"] else ""
    lines = [
        f"{row['part_id']}{place}: {row['description'] or 'no description'}",
        f"Sold {numbers.money(row['annual_value'], currency, 'year')}",
        f"Stock-out risk {numbers.percent(row['current_risk'])}",
        f"Money at risk {numbers.money(row['money_at_risk'], currency, 'day')}",
    ]
    text = "\n".join(lines)
    value = [
        style.rounded(row["annual_value"], 4),
        style.rounded(100 * row["current_risk"], 3),
        row["part_id"],
        row["place_id"] or "",
    ]
    return {"value": value, "symbolSize": row["size"], "name": text}


def _title(parts: pl.DataFrame, currency: str) -> str:
    ranked = parts["money_at_risk"].drop_nulls().sort(descending=True)
    total = float(ranked.sum())
    if total <= 0:
        return "No part has money at risk today"
    many = max(1, round(0.01 * len(ranked))) if len(ranked) >= 100 else min(3, len(ranked))
    share = float(ranked.head(many).sum()) / total
    return (
        f"{numbers.count(many, 'part')} of {numbers.whole(parts.height)} carry {numbers.percent(share)} "
        f"of the {numbers.money(total, currency, 'day')} at risk"
    )


def _note(parts: pl.DataFrame, usable: pl.DataFrame, worst: pl.DataFrame) -> str:
    text = "Area: money at risk."
    if worst.height < usable.height:
        drawn, of = numbers.whole(worst.height), numbers.whole(usable.height)
        text += f" Drawn: the {drawn} parts with the most money at risk of {of}."
    missing = parts.height - usable.height
    if missing:
        text += f" {numbers.whole(missing)} parts were not sold or have no risk and are not drawn."
    return text


def money_pareto(
    rows: pl.DataFrame, currency: str, *, by: Sequence[str], most: int = 15, name: str = "parts"
) -> Figure:
    """Bars of the rows with the most money at risk; ``by`` names the columns of the label (part_id, place_id)."""
    ranked = (
        rows.select(*by, "money_at_risk").filter(pl.col("money_at_risk") > 0).sort("money_at_risk", descending=True)
    )
    if ranked.is_empty():
        return not_enough(
            f"pareto_{name}", f"No money is at risk in these {name}.", "Nothing to do here.", rows.select(by)
        )
    shown = ranked.head(most)
    total, part = float(ranked["money_at_risk"].sum()), float(shown["money_at_risk"].sum())
    labels = [" / ".join(str(row[column]) for column in by if row[column]) or "not given" for row in shown.to_dicts()]
    money = shown["money_at_risk"].to_list()
    data: list[Options] = [
        {"value": style.rounded(value), "name": f"{label}: {numbers.money(value, currency, 'day')}"}
        for label, value in zip(labels, money, strict=True)
    ]
    bars = {
        "id": "money",
        "type": "bar",
        "data": data,
        "barCategoryGap": "25%",
        "itemStyle": {"color": LIGHT.stock_out},
    }
    ends = [numbers.digits(value) for value in money]
    for item, text in zip(data, ends, strict=True):
        item["label"] = {"show": True, "position": "right", "formatter": text, "color": LIGHT.muted, "fontSize": 11}
    options = style.chart(
        [bars],
        grid=style.grid(top=8, right=56),
        xAxis=style.axis("value", f"Money at risk, {currency}/day", min=0),
        yAxis=style.axis(
            "category", data=labels, inverse=True, lines=False, axisLabel={"width": 150, "overflow": "truncate"}
        ),
    )
    singular = name.removesuffix("s")
    carry = f"{numbers.count(shown.height, singular, name)} carry {numbers.percent(part / total)}"
    title = f"{carry} of the {numbers.money(total, currency, 'day')} at risk"
    return Figure(f"pareto_{name}", title, options, shown, "", height=70 + 24 * shown.height)
