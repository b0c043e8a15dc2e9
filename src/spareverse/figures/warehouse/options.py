"""The options beside one another: availability, cost and CO2 with their intervals; the cost by kind."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import join, legend, money_scale, room, two_lines, whiskers
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison, Row, leaders
from spareverse.network.study_tables import COST_KINDS
from spareverse.optimisation.warehouse.part_by_part import MIXTURE

_ROW, _HEAD, _FOOT = 38, 10, 58
_SEEN = 0.003
"""Share of the largest total below which a kind of cost is not drawn."""
KIND_COLOURS = {
    "parts": LIGHT.parts,
    "ordering": LIGHT.ordering,
    "expedite": LIGHT.late,
    "transport": LIGHT.transport,
    "holding": LIGHT.holding,
    "fee": LIGHT.fee,
    "investment": LIGHT.investment,
    "co2": LIGHT.co2,
    "downtime": LIGHT.stock_out,
    "scrap": LIGHT.scrap,
}
KIND_WORDS = {"co2": "CO2", "downtime": "down time", "fee": "fees", "scrap": "scrap value"}
TOGETHER = " Recommended for each part: all parts, each under its own option, simulated as one package."
NO_RUN = "Run the study: it takes seconds to minutes."


@dataclass(frozen=True)
class _Panel:
    measure: str
    name: str
    share: bool = False
    yearly: bool = True
    unit: str = ""
    size: float = 1.0


def _divided(rows: list[Row], by: float) -> list[Row]:
    limits = ("mean", "low", "high", "run_low", "run_high")
    return [row | {key: None if row[key] is None else row[key] / by for key in limits} for row in rows]


def option_comparison(options: pl.DataFrame, comparison: Comparison, differences: pl.DataFrame | None = None) -> Figure:
    """Availability, cost and CO2 of every option; rows of OPTION_RESULTS and DIFFERENCE_RESULTS."""
    if options.is_empty():
        return not_enough("options", "No option has been simulated yet, so there is nothing to compare.", NO_RUN)
    costs = comparison.rows(options, "total_cost", per_year=True)
    size, unit = money_scale([row["mean"] for row in costs], comparison.currency)
    panels = [
        _Panel("availability", "Availability, %", share=True, yearly=False),
        _Panel("total_cost", f"Cost, {unit}/year", unit=f"{unit}/year", size=size),
        _Panel("co2_kg", "CO2 of transport, kg/year", unit="kg/year"),
    ]
    found = [
        (panel, _divided(comparison.rows(options, panel.measure, per_year=panel.yearly), panel.size))
        for panel in panels
    ]
    drawn = [(panel, rows) for panel, rows in found if any(row["mean"] for row in rows)]
    heights = [_ROW * len(rows) for _, rows in drawn]
    tops = [_HEAD + sum(heights[:i]) + i * _FOOT for i in range(len(drawn))]
    series = [one for place, (panel, rows) in enumerate(drawn) for one in _series(place, panel, rows, comparison)]
    left = room(map(comparison.title, comparison.names), 150)
    picture = style.chart(
        series,
        grid=[
            {"left": left, "right": 36, "top": top, "height": height} for top, height in zip(tops, heights, strict=True)
        ],
        xAxis=[_across(place, panel, rows) for place, (panel, rows) in enumerate(drawn)],
        yAxis=[_down(place, panel, rows, comparison) for place, (panel, rows) in enumerate(drawn)],
    )
    data = options.filter(pl.col("measure").is_in([panel.measure for panel in panels]))
    note = "Thin stroke: 95 % interval of the mean. Broad grey stroke: 95 % of single runs"
    note += ", which one asset may live through." if comparison.assets == 1 else "."
    note += TOGETHER if MIXTURE in comparison.names else ""
    height = tops[-1] + heights[-1] + _FOOT
    return Figure("options", _title(found, differences, comparison, f"{unit}/year"), picture, data, note, height)


def _series(place: int, panel: _Panel, rows: list[Row], comparison: Comparison) -> list[Options]:
    scale = 100.0 if panel.share else 1.0
    axes = {"xAxisIndex": place, "yAxisIndex": place}
    items: list[Options] = []
    single, mean = [], []
    for at, row in enumerate(rows):
        colour = comparison.colour(row["option"])
        text = f"{comparison.title(row['option'])}\n{_value(panel, row)}{_runs(panel, row)}"
        # x alone for a bar, x and row for a dot
        value = [style.rounded(scale * row["mean"]), at]
        items.append({"value": value, "name": text, "itemStyle": {"color": colour}})
        single.append((*_ends(row, "run_", scale), at, LIGHT.today))
        mean.append((*_ends(row, "", scale), at, LIGHT.ink))
    look: Options = {"id": panel.measure, "data": items, **axes}
    look |= {"type": "scatter", "symbolSize": 10} if panel.share else {"type": "bar", "barWidth": 12}
    pale = whiskers(f"{panel.measure}_runs", single, width=5, **axes)
    pale["markLine"]["lineStyle"]["opacity"] = 0.6
    pale["z"] = 3
    return [look, pale, whiskers(f"{panel.measure}_mean", mean, **axes)]


def _ends(row: Row, of: str, scale: float) -> tuple[float, float]:
    """Limits of the mean, or of single runs (``run_``); NaN where there are none, so that no stroke is drawn."""
    low, high = (row[f"{of}{end}"] for end in ("low", "high"))
    return (math.nan, math.nan) if low is None or high is None else (scale * low, scale * high)


def _across(place: int, panel: _Panel, rows: list[Row]) -> Options:
    if panel.share:
        lowest = min(row["mean"] if row["run_low"] is None else row["run_low"] for row in rows)
        limits: Options = {"min": style.rounded(_floor(100 * lowest)), "max": 100}
    else:  # a stroke that ends beyond the axis would not be drawn at all
        limits = {"min": 0, "max": style.nice_end(max(max(row["mean"], row["run_high"] or 0.0) for row in rows))}
    return style.axis("value", panel.name, gridIndex=place, splitNumber=5, **limits)


def _floor(percent: float) -> float:
    """A round start of the axis below the lowest availability, so that differences near 100 % can be seen."""
    for step in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0):
        start = step * (percent // step)
        if 100.0 - start <= 8 * step:
            return start
    return 0.0


def _down(place: int, panel: _Panel, rows: list[Row], comparison: Comparison) -> Options:
    values = [numbers.measured(row["mean"], row["low"], row["high"], share=panel.share) for row in rows]
    labels = two_lines([comparison.title(row["option"]) for row in rows], values)
    return style.axis("category", gridIndex=place, inverse=True, lines=False, **labels)


def _value(panel: _Panel, row: Row) -> str:
    return numbers.measured(row["mean"], row["low"], row["high"], panel.unit, share=panel.share)


def _runs(panel: _Panel, row: Row) -> str:
    if row["run_low"] is None:
        return ""
    said = numbers.percent if panel.share else numbers.digits
    return f"\nsingle runs {said(row['run_low'])} to {said(row['run_high'])} {panel.unit}".rstrip()


def _title(
    found: list[tuple[_Panel, list[Row]]], differences: pl.DataFrame | None, comparison: Comparison, unit: str
) -> str:
    # the options of the study are told apart in pairs; what is recommended for each part is a mixture of them
    rows = {panel.measure: [row for row in rows if row["option"] != MIXTURE] for panel, rows in found}
    up = leaders(rows["availability"], differences, largest=True)
    cheap = leaders(rows["total_cost"], differences)
    by_name = {(row["measure"], row["option"]): row for _, many in found for row in many}
    most = _told(by_name["availability", up[0]], share=True)
    least = _told(by_name["total_cost", cheap[0]], unit)
    if up == cheap and len(up) == 1:
        return f"{comparison.title(up[0])} is both the most available ({most}) and the cheapest ({least})"
    first = join([comparison.title(name) for name in up])
    last = join([comparison.title(name) for name in cheap])
    stays = "is" if len(up) == 1 else "are equally"
    costs = "costs least" if len(cheap) == 1 else "cost least, as far as can be told"
    return f"{first} {stays} most available ({most}); {last} {costs} ({least})"


def _told(row: Row, unit: str = "", *, share: bool = False) -> str:
    return numbers.measured(row["mean"], row["low"], row["high"], unit, share=share, limits=False)


def cost_by_kind(options: pl.DataFrame, comparison: Comparison) -> Figure:
    """Each option's yearly cost, stacked by kind; scrap value is income and stands left of zero."""
    raw = comparison.rows(options, "total_cost", per_year=True)
    size, unit = money_scale([row["mean"] for row in raw], comparison.currency)
    rows = {kind: _divided(comparison.rows(options, f"{kind}_cost", per_year=True), size) for kind in COST_KINDS}
    totals = _divided(raw, size)
    largest = max((abs(row["mean"]) for row in totals), default=0.0)
    least = _SEEN * largest
    given = [kind for kind in COST_KINDS if any(row["mean"] for row in rows[kind])]
    kinds = [kind for kind in given if any(abs(row["mean"]) > least for row in rows[kind])]
    if not kinds or not totals:
        return not_enough("costs", "No option has a cost yet, so there is nothing to add up.", NO_RUN)
    names = [row["option"] for row in totals]
    series = [_stack(kind, rows[kind], f"{unit}/year") for kind in kinds]
    error = [(row["low"], row["high"], at, LIGHT.ink) for at, row in enumerate(totals)]
    labels = two_lines(
        [comparison.title(name) for name in names],
        [numbers.measured(row["mean"], row["low"], row["high"]) for row in totals],
    )
    wide = room(map(comparison.title, names), 150)
    key, top = legend([KIND_WORDS.get(kind, kind) for kind in kinds])
    income = any(row["mean"] < 0 for kind in kinds for row in rows[kind])
    lowest: Options = {} if income else {"min": 0}
    picture = style.chart(
        [*series, whiskers("total", error)],
        legend=key,
        grid={"left": wide, "right": 36, "top": top, "height": 44 * len(names)},
        xAxis=style.axis("value", f"Cost, {unit}/year", **lowest),
        yAxis=style.axis("category", inverse=True, lines=False, **labels),
    )
    data = pl.DataFrame(
        [{"option": row["option"], "kind": kind, **{k: row[k] * size for k in ("mean", "low", "high")}}
         for kind in given for row in rows[kind]]
    )  # fmt: skip
    left = [KIND_WORDS.get(kind, kind) for kind in given if kind not in kinds]
    note = "Stroke: 95 % interval of the total. Yearly means over the horizon, not discounted."
    note += f" Too small to see: {join(left)}." if left else ""
    return Figure("costs", _largest(rows, kinds, totals, comparison), picture, data, note, top + 64 + 44 * len(names))


def _stack(kind: str, rows: list[Row], unit: str) -> Options:
    word = KIND_WORDS.get(kind, kind)
    data = [
        {"value": style.rounded(row["mean"]),
         "name": f"{word}: {numbers.measured(row['mean'], row['low'], row['high'], unit)}"}
        for row in rows
    ]  # fmt: skip
    look = {"color": KIND_COLOURS[kind]}
    return {"id": kind, "name": word, "type": "bar", "stack": "cost", "barWidth": 18, "data": data, "itemStyle": look}


def _largest(rows: dict[str, list[Row]], kinds: list[str], totals: list[Row], comparison: Comparison) -> str:
    own = [row for row in totals if row["option"] != MIXTURE]
    cheapest = min(own, key=lambda row: row["mean"])
    dearest = max(own, key=lambda row: row["mean"])
    means = {(kind, row["option"]): row["mean"] for kind in kinds for row in rows[kind]}

    def main(option: str) -> tuple[str, float]:
        kind = max(kinds, key=lambda kind: means.get((kind, option), 0.0))
        return KIND_WORDS.get(kind, kind), means[kind, option]

    word, part = main(cheapest["option"])
    share = numbers.percent(part / cheapest["mean"])
    text = f"{comparison.title(cheapest['option'])} costs least; {share} of it is {word}"
    if dearest is cheapest:
        return text
    word, part = main(dearest["option"])
    share = numbers.percent(part / dearest["mean"])
    return f"{text}. {comparison.title(dearest['option'])} costs most, {share} of it {word}"
