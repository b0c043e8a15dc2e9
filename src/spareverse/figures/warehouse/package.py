"""The package at a glance: how many stocks each option wins, clearly or not, and what choosing stock by stock saves."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import LONGEST, money_scale, plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison


def package_overview(best: pl.DataFrame, lines: pl.DataFrame, comparison: Comparison) -> Figure:
    """Stocks by best option (pale: not clear of noise); yearly cost of one option for all, or of the best of each line.

    Rows of BEST_OPTIONS and LINE_RESULTS.
    """
    parts = best.filter(pl.col("part_id").fill_null("") != "").drop_nulls("best_option")
    if parts.is_empty():
        return not_enough("package", "No line has been compared yet, so no option wins any.", "Run the study.")
    names = list(comparison.names)
    money = _money(parts, lines, comparison)
    series = [_count(parts, names, clear, comparison) for clear in (True, False)]
    one_each = float(parts["total_cost"].sum()) / comparison.years
    size, unit = money_scale([*money.values()], comparison.currency)
    costs = [cost / size for cost in (*money.values(), one_each)]
    labels = [*(comparison.title(name) for name in names if name in money), "best option of each stock"]
    shades = [*(comparison.colour(name) for name in names if name in money), LIGHT.proposed]
    left = room(labels)
    bars = [
        {"value": style.rounded(cost), "name": f"{label}: {numbers.rough(cost, f'{unit}/year')}",
         "itemStyle": {"color": shade}}
        for cost, label, shade in zip(costs, labels, shades, strict=True)
    ]  # fmt: skip
    top, height = 30, 28 * len(names)
    second = top + height + 76
    picture = style.chart(
        [*series, {"id": "cost", "type": "bar", "data": bars, "barWidth": 13, "xAxisIndex": 1, "yAxisIndex": 1}],
        grid=[
            {"left": left, "right": 28, "top": top, "height": height},
            {"left": left, "right": 28, "top": second, "height": 28 * len(costs)},
        ],
        xAxis=[
            style.axis("value", "Cheapest for so many, stocks", min=0, minInterval=1),
            style.axis("value", f"Cost of the package, {unit}/year", min=0, gridIndex=1),
        ],
        yAxis=[_names([comparison.title(name) for name in names], 0), _names(labels, 1)],
    )
    note = "Pale: cheapest, but not clear of noise. Below: one option for all stocks, or the best of each."
    height = second + 28 * len(costs) + 56
    return Figure("package", _title(parts, money, one_each, comparison), picture, parts, note, height)


def _names(labels: list[str], place: int) -> Options:
    look = {"interval": 0}
    words = [plain(label, LONGEST) for label in labels]
    return style.axis("category", data=words, inverse=True, lines=False, gridIndex=place, axisLabel=look)


def _count(parts: pl.DataFrame, names: list[str], clear: bool, comparison: Comparison) -> Options:
    sure = pl.col("verdict").is_in(["clear", "only"])
    wins = dict(parts.filter(sure if clear else ~sure).group_by("best_option").len().iter_rows())
    words = "clear" if clear else "not clear of noise"
    data = [
        {"value": wins.get(name, 0), "itemStyle": {"color": comparison.colour(name), "opacity": 1.0 if clear else 0.35},
         "name": f"{comparison.title(name)}: {numbers.count(wins.get(name, 0), 'stock')}, {words}"}
        for name in names
    ]  # fmt: skip
    return {"id": "clear" if clear else "unclear", "type": "bar", "stack": "lines", "barWidth": 13, "data": data}


def _money(parts: pl.DataFrame, lines: pl.DataFrame, comparison: Comparison) -> dict[str, float]:
    """Yearly cost of the lines compared, were one option chosen for all."""
    own = lines.filter(pl.col("part_id").is_in(parts["part_id"].to_list()))
    cost = (pl.col("supply_cost").fill_null(0.0) + pl.col("downtime_cost").fill_null(0.0)).sum() / comparison.years
    found = dict(own.group_by("option").agg(cost).iter_rows())
    return {name: found[name] for name in comparison.names if name in found}


def _title(parts: pl.DataFrame, money: dict[str, float], one_each: float, comparison: Comparison) -> str:
    if parts.height == 1:
        row = parts.row(0, named=True)
        cost = numbers.rough(row["total_cost"] / comparison.years, f"{comparison.currency}/year")
        return f"{comparison.title(row['best_option'])} is cheapest for the one line of this package: {cost}"
    wins = parts.group_by("best_option").len().sort("len", "best_option", descending=[True, False])
    first, count = wins.row(0)
    text = f"{comparison.title(first)} is cheapest for {count:,} of {parts.height:,} stocks"
    if money and min(money.values()) > one_each:
        single = min(money, key=lambda name: money[name])
        saved = numbers.rough(money[single] - one_each, f"{comparison.currency}/year")
        text += f"; choosing stock by stock saves {saved} against {comparison.title(single)} for all"
    return text
