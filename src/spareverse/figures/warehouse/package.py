"""The package at a glance: for how many stocks each option is recommended, and what choosing stock by stock saves."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import LONGEST, money_scale, plain, room
from spareverse.figures.style import Options
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.network.study_answers import NOT_ENOUGH
from spareverse.optimisation.warehouse.part_by_part import MIXTURE

_COST = pl.col("supply_cost").fill_null(0.0) + pl.col("downtime_cost").fill_null(0.0)


def package_overview(
    chosen: pl.DataFrame, lines: pl.DataFrame, comparison: Comparison, results: pl.DataFrame
) -> Figure:
    """Stocks by recommended option (pale: not clear of noise); yearly cost of one option for all, or of each its own.

    chosen
        ``part_id, option, verdict``: what is recommended for each part.
    lines, results
        Rows of LINE_RESULTS and OPTION_RESULTS, among the latter those of what is recommended for each part, if it was
        simulated; else the costs of the parts are added up.
    """
    if chosen.is_empty():
        return not_enough("package", "No line has been compared yet, so no option is recommended.", "Run the study.")
    names = [name for name in comparison.names if name != MIXTURE]
    money, each = _money(chosen, lines, comparison), _own(chosen, lines, comparison, results)
    series = [_count(chosen, names, clear, comparison) for clear in (True, False)]
    size, unit = money_scale([*money.values()], comparison.currency)
    costs = [cost / size for cost in (*money.values(), each)]
    labels = [*(comparison.title(name) for name in names if name in money), MIXTURE.capitalize()]
    shades = [*(comparison.colour(name) for name in names if name in money), comparison.colour(MIXTURE)]
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
            style.axis("value", "Recommended for so many, stocks", min=0, minInterval=1),
            style.axis("value", f"Cost of the package, {unit}/year", min=0, gridIndex=1),
        ],
        yAxis=[_names([comparison.title(name) for name in names], 0), _names(labels, 1)],
    )
    added = "" if MIXTURE in comparison.names else ", added up"
    note = f"Pale: not clear of noise. Below: one option for all stocks, or for each the one recommended{added}."
    height = second + 28 * len(costs) + 56
    return Figure("package", _title(chosen, money, each, comparison), picture, chosen, note, height)


def _names(labels: list[str], place: int) -> Options:
    look = {"interval": 0}
    words = [plain(label, LONGEST) for label in labels]
    return style.axis("category", data=words, inverse=True, lines=False, gridIndex=place, axisLabel=look)


def _count(chosen: pl.DataFrame, names: list[str], clear: bool, comparison: Comparison) -> Options:
    unsure = pl.col("verdict") == NOT_ENOUGH
    wins = dict(chosen.filter(~unsure if clear else unsure).group_by("option").len().iter_rows())
    words = "clear" if clear else "not clear of noise"
    data = [
        {"value": wins.get(name, 0), "itemStyle": {"color": comparison.colour(name), "opacity": 1.0 if clear else 0.35},
         "name": f"{comparison.title(name)}: {numbers.count(wins.get(name, 0), 'stock')}, {words}"}
        for name in names
    ]  # fmt: skip
    return {"id": "clear" if clear else "unclear", "type": "bar", "stack": "lines", "barWidth": 13, "data": data}


def _money(chosen: pl.DataFrame, lines: pl.DataFrame, comparison: Comparison) -> dict[str, float]:
    """Yearly cost of the stocks compared, were one option chosen for all."""
    own = lines.join(chosen, on="part_id", how="semi")
    found = dict(own.group_by("option").agg(_COST.sum() / comparison.years).iter_rows())
    return {name: found[name] for name in comparison.names if name in found}


def _own(chosen: pl.DataFrame, lines: pl.DataFrame, comparison: Comparison, results: pl.DataFrame) -> float:
    """Yearly cost of each stock under its own option: as simulated together, else added up."""
    together = comparison.rows(results, "total_cost", per_year=True)
    for row in together:
        if row["option"] == MIXTURE:
            return float(row["mean"])
    return float(lines.join(chosen, on=["part_id", "option"], how="semi").select(_COST.sum()).item() / comparison.years)


def _title(chosen: pl.DataFrame, money: dict[str, float], each: float, comparison: Comparison) -> str:
    if chosen.height == 1:
        cost = numbers.rough(each, f"{comparison.currency}/year")
        return f"{comparison.title(chosen['option'][0])} is recommended for the one line of this package: {cost}"
    wins = chosen.group_by("option").len().sort("len", "option", descending=[True, False])
    first, count = wins.row(0)
    text = f"{comparison.title(first)} is recommended for {count:,} of {chosen.height:,} stocks"
    if money and min(money.values()) > each:
        single = min(money, key=lambda name: money[name])
        saved = numbers.rough(money[single] - each, f"{comparison.currency}/year")
        text += f"; choosing stock by stock saves {saved} against {comparison.title(single)} for all"
    return text
