"""What the answer hangs on: one input at a time (tornado), and all inputs at once (Sobol' indices)."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import whiskers
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison, Row
from spareverse.network.study_answers import NOT_ENOUGH

FACTOR_WORDS = {
    "demand_rate": "failure rate",
    "lead_time": "lead time",
    "reorder_point": "reorder point",
    "order_quantity": "order quantity",
    "unit_price": "price of a piece",
    "fee": "fee",
    "holding": "holding cost",
    "co2_price": "CO2 price",
    "downtime_cost": "cost of down time",
}
MEASURE_WORDS = {"availability": "availability", "total_cost": "cost", "co2_kg": "CO2"}
_PIECES = ("reorder_point", "order_quantity")


def tornado(table: pl.DataFrame, comparison: Comparison, option: str, measure: str = "total_cost") -> Figure:
    """Change of one option's measure with each input low and high, widest first; rows of TORNADO."""
    own = table.filter((pl.col("option") == option) & (pl.col("measure") == measure))
    rows = own.filter(pl.col("swing") > 0).sort("swing", descending=True).to_dicts()
    if not rows:
        return not_enough(
            "tornado",
            f"No sensitivity of {comparison.title(option)} has been computed.",
            "Run the study: every input is then moved down and up.",
        )
    scale, unit = _scale(measure, comparison)
    series: list[Options] = []
    for side, colour in (("low", LIGHT.data), ("high", LIGHT.proposed)):
        bars = [_bar(row, side, scale, unit) for row in rows]
        look = {"type": "bar", "stack": "swing", "barWidth": 15, "itemStyle": {"color": colour}}
        series.append({"id": side, "name": f"input {'lower' if side == 'low' else 'higher'}", "data": bars, **look})
        ends = [
            (_of(row, f"at_{side}_low", scale), _of(row, f"at_{side}_high", scale), at, LIGHT.ink)
            for at, row in enumerate(rows)
        ]
        series.append(whiskers(f"{side}_error", ends, width=1.5))
    labels = [_label(row) for row in rows]
    picture = style.chart(
        series,
        legend=style.legend(["input lower", "input higher"]),
        grid={"left": 206, "right": 36, "top": 30, "bottom": 48},
        xAxis=style.axis("value", f"Change of {MEASURE_WORDS.get(measure, measure)}, {unit}", **_reach(rows, scale)),
        yAxis=style.axis(
            "category", data=labels, inverse=True, lines=False, axisLabel={"interval": 0}, axisLine={"onZero": False}
        ),
    )
    unclear = [row for row in rows if row["verdict"] != "clear"]
    note = "Paired with the study as it stands under the same random numbers. Stroke: 95 % interval."
    if unclear:
        note += f" Not clear of noise: {', '.join(FACTOR_WORDS.get(r['factor'], r['factor']) for r in unclear)}."
    return Figure(
        "tornado", _title(rows, comparison, option, measure, unit, scale), picture, own, note, 90 + 26 * len(rows)
    )


def _scale(measure: str, comparison: Comparison) -> tuple[float, str]:
    """Shares as points of a percent, totals as yearly figures."""
    if measure == "availability":
        return 100.0, "percentage points"
    unit = (
        f"{comparison.currency}/year" if measure.endswith("_cost") else "kg/year" if measure == "co2_kg" else "a year"
    )
    return 1.0 / comparison.years, unit


def _reach(rows: list[Row], scale: float) -> Options:
    """Ends of the axis that hold every interval."""
    ends = [row[f"at_{side}{end}"] for row in rows for side in ("low", "high") for end in ("", "_low", "_high")]
    known = [scale * end for end in ends if end is not None] + [0.0]
    low, high = min(known), max(known)
    wide = style.nice_end(max(-low, high))
    return {"min": -wide if low < -0.1 * high else 0, "max": wide if high > -0.1 * low else 0, "interval": wide / 2}


def _of(row: Row, name: str, scale: float) -> float:
    value = row[name]
    return float("nan") if value is None else float(value) * scale


def _bar(row: Row, side: str, scale: float, unit: str) -> Options:
    change = _of(row, f"at_{side}", scale)
    moved = _setting(row, side)
    told = numbers.measured(change, _of(row, f"at_{side}_low", scale), _of(row, f"at_{side}_high", scale), unit)
    return {"value": style.rounded(change), "name": f"{FACTOR_WORDS.get(row['factor'], row['factor'])} {moved}: {told}"}


def _setting(row: Row, side: str) -> str:
    value = row[f"{side}_setting"]
    if value is None:
        return ""
    if row["factor"] in _PIECES:
        return f"{value:+.0f}"
    return f"{100 * (value - 1):+.0f} %"


def _label(row: Row) -> str:
    unit = " pieces" if row["factor"] in _PIECES else ""
    low, high = _setting(row, "low").removesuffix(" %"), _setting(row, "high")
    return f"{FACTOR_WORDS.get(row['factor'], row['factor'])} ({low} to {high}{unit})"


def _title(rows: list[Row], comparison: Comparison, option: str, measure: str, unit: str, scale: float) -> str:
    clear = [row for row in rows if row["verdict"] == "clear"]
    what = f"{MEASURE_WORDS.get(measure, measure)} of {comparison.title(option)}"
    if not clear:
        return f"None of {len(rows)} inputs moves the {what} clear of noise"
    first = clear[0]
    moved = numbers.rough(first["swing"] * scale, unit)
    return f"The {what} hangs most on the {FACTOR_WORDS.get(first['factor'], first['factor'])}: it moves by {moved}"


def sobol(table: pl.DataFrame, comparison: Comparison, option: str, measure: str = "total_cost") -> Figure:
    """First-order and total indices with their intervals, largest total first; rows of GLOBAL_SENSITIVITY."""
    own = table.filter((pl.col("option") == option) & (pl.col("measure") == measure))
    rows = own.sort("total", descending=True, nulls_last=True).to_dicts()
    if not rows:
        return not_enough(
            "sobol",
            f"No global sensitivity of {comparison.title(option)} has been computed.",
            "Run the study thoroughly: all inputs are then moved at once, over a few hundred settings.",
        )
    series: list[Options] = []
    for name, words, colour, offset in (
        ("first", "alone", LIGHT.data, "first"),
        ("total", "with interactions", LIGHT.proposed, "total"),
    ):
        data = [
            {"value": [style.rounded(row[offset]), at], "name": _index(row), "itemStyle": {"color": colour}}
            for at, row in enumerate(rows)
        ]
        ends = [(row[f"{offset}_low"], row[f"{offset}_high"], at, colour) for at, row in enumerate(rows)]
        look = {"type": "scatter", "symbolSize": 11, "z": 4, "itemStyle": {"color": colour}}
        look["symbol"] = "circle" if name == "first" else "diamond"
        series += [{"id": name, "name": words, "data": data, **look}, whiskers(f"{name}_error", ends)]
    highest = max([row["total_high"] or row["total"] or 0.0 for row in rows] + [0.1])
    lowest = min([row["first_low"] or 0.0 for row in rows] + [0.0])
    labels = [FACTOR_WORDS.get(row["factor"], row["factor"]) for row in rows]
    picture = style.chart(
        series,
        legend=style.legend(["alone", "with interactions"]),
        grid={"left": 132, "right": 36, "top": 30, "bottom": 48},
        xAxis=style.axis(
            "value", "Share of the variance, 1 = all of it", min=min(0, -style.nice_end(-lowest) if lowest < 0 else 0),
            max=style.nice_end(highest),
        ),
        yAxis=style.axis("category", data=labels, inverse=True, axisLabel={"interval": 0}),
    )  # fmt: skip
    return Figure(
        "sobol", _sobol_title(rows, comparison, option, measure), picture, own, _sobol_note(rows), 90 + 26 * len(rows)
    )


def _index(row: Row) -> str:
    alone = numbers.measured(row["first"], row["first_low"], row["first_high"])
    whole = numbers.measured(row["total"], row["total_low"], row["total_high"])
    return f"{FACTOR_WORDS.get(row['factor'], row['factor'])}\nalone {alone}\nwith interactions {whole}"


def _sobol_title(rows: list[Row], comparison: Comparison, option: str, measure: str) -> str:
    what = f"{MEASURE_WORDS.get(measure, measure)} of {comparison.title(option)}"
    first = rows[0]
    if first["verdict"] == "noise":
        return f"Noise hides what the {what} hangs on: {numbers.percent(first['noise_share'])} of its variance is noise"
    if first["verdict"] == NOT_ENOUGH:
        return f"{numbers.whole(first['runs'])} settings do not tell yet what the {what} hangs on"
    share = numbers.percent(first["total"])
    return f"{share} of the variance of the {what} comes with the {FACTOR_WORDS.get(first['factor'], first['factor'])}"


def _sobol_note(rows: list[Row]) -> str:
    noise = f" {numbers.percent(rows[0]['noise_share'])} of the variance is noise." if rows[0]["noise_share"] else ""
    ranges = [
        f"{FACTOR_WORDS.get(row['factor'], row['factor'])} {_setting(row, 'low')} to {_setting(row, 'high')}"
        for row in rows[:3]
    ]
    return f"All inputs moved at once, {numbers.whole(rows[0]['runs'])} settings: {'; '.join(ranges)}, ...{noise}"
