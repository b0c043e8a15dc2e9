"""What recommendations do, each effect with its interval; and what accepted ones promised beside what came."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain, room, whiskers
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import capital, change, clear, plain_name, three
from spareverse.network.observer_tables import SURVIVES
from spareverse.network.reply_tables import EXCEEDED, KEPT, MISSED

Row = dict[str, Any]
Values = tuple[float | None, float | None, float | None]
"""An estimate with its limits."""
MOST, _ROW, _HEAD = 12, 40, 34
EFFECTS: tuple[tuple[str, str, str, str, int], ...] = (
    ("cost_change", "Cost, {currency}/day", "currency/day", "cost", -1),
    ("fill_change", "Fill rate, points", "share", "fill rate", 1),
    ("workload_change", "Exceptions/week", "1/week", "exceptions", -1),
)
"""Column, heading, unit, word, and the good direction of each effect that is drawn."""
_COLUMNS = ("41%", "62%", "83%")
_WIDTH = "16%"
MINDED = "(!) "
"""Before what leaves a limit, or lowers service: the list says which."""
OUTCOMES = {"fill": "fill rate", "stock": "stock value", "workload": "exceptions"}
VERDICT_COLOURS: dict[str, str] = {KEPT: LIGHT.early, EXCEEDED: LIGHT.early, MISSED: LIGHT.stock_out}


def recommendation_forest(recommendations: pl.DataFrame, currency: str) -> Figure:
    """Rows of RECOMMENDATIONS that survive: cost, fill rate and workload, each against doing nothing."""
    rows = recommendations.filter(pl.col("verdict") == SURVIVES).sort("rank").head(MOST).to_dicts()
    if not rows:
        tried = numbers.count(recommendations.height, "nudge was", "nudges were")
        lacking = f"{tried} tried; none does better than doing nothing." if recommendations.height else "Nothing tried."
        return not_enough("recommendations", lacking, "Observe again when the record or the network has changed.")
    series: list[Options] = []
    scales = []
    for at, (column, _, unit, word, good) in enumerate(EFFECTS):
        scale = 100.0 if unit == "share" else 1.0
        scales.append(_half(rows, column, scale))
        series += _effect(at, rows, column, unit, word, good, scale, currency)
    height = _ROW * len(rows)
    headings = [
        {"text": heading.format(currency=currency), "left": left, "top": 5, "padding": 0,
         "textStyle": {"color": LIGHT.muted, "fontSize": 12, "fontWeight": "normal", "fontFamily": style.FONT}}
        for (_, heading, _, _, _), left in zip(EFFECTS, _COLUMNS, strict=True)
    ]  # fmt: skip
    names = [_wrapped(f"{row['rank']}. {MINDED if row['caution'] else ''}{row['title']}") for row in rows]
    look = {"interval": 0, "color": LIGHT.ink, "fontSize": 11.5, "lineHeight": 14, "align": "right"}
    picture = style.chart(
        series,
        title=headings,
        grid=[{"left": left, "width": _WIDTH, "top": _HEAD, "height": height} for left in _COLUMNS],
        xAxis=[style.axis("value", gridIndex=at, min=-half, max=half, interval=half) for at, half in enumerate(scales)],
        yAxis=[style.axis("category", gridIndex=at, data=names if not at else [""] * len(rows), inverse=True,
                          lines=False, axisLabel=look | {"show": not at}) for at in range(len(EFFECTS))],
    )  # fmt: skip
    note = "Simulated in pairs against doing nothing; stroke: 95 %. Teal: clearly better, orange: clearly worse."
    if any(row["caution"] for row in rows):
        note += f" {MINDED.strip()}: leaves a limit or serves less."
    return Figure("recommendations", _title(rows, currency), picture, recommendations, note, _HEAD + height + 40)


def _wrapped(words: str, most: int = 42) -> str:
    """In two lines at most."""
    text = plain(words.replace(" %", "\N{NO-BREAK SPACE}%"), 2 * most - 4)
    if len(text) <= most:
        return text
    cut = text.rfind(" ", 0, most + 1)
    return f"{text[:cut]}\n{text[cut + 1 :]}" if cut > 0 else text


def _half(rows: list[Row], column: str, scale: float) -> float:
    ends = [abs(scale * row[f"{column}{end}"]) for row in rows for end in ("", "_low", "_high")
            if numbers.known(row[f"{column}{end}"])]  # fmt: skip
    return style.nice_end(max(ends, default=1.0))


def _effect(
    at: int, rows: list[Row], column: str, unit: str, word: str, good: int, scale: float, currency: str
) -> list[Options]:
    data, ends = [], []
    for place, row in enumerate(rows):
        value, low, high = three(row, column)
        if value is None:
            continue
        better = clear(low, high) and (value > 0) == (good > 0)
        colour = LIGHT.early if better else LIGHT.stock_out if clear(low, high) else LIGHT.today
        told = f"{row['title']}\n{word} {change(value, low, high, unit, currency)}"
        data.append({"value": [style.rounded(scale * value), place], "name": told, "itemStyle": {"color": colour}})
        if low is not None and high is not None:
            ends.append((scale * low, scale * high, place, colour))
    axes: Options = {"xAxisIndex": at, "yAxisIndex": at}
    dots = {"id": column, "type": "scatter", "data": data, "symbolSize": 9, "z": 6, **axes}
    strokes = whiskers(f"{column} interval", ends, **axes)
    zero: list[Options] = [{"coord": [0, 0], "lineStyle": {"color": LIGHT.muted, "width": 1}},
                           {"coord": [0, len(rows) - 1]}]  # fmt: skip
    strokes["markLine"]["data"].append(zero)
    return [dots, strokes]


def _title(rows: list[Row], currency: str) -> str:
    first = rows[0]
    cost, low, high = three(first, "cost_change")
    minded = f"{capital(first['caution'])}. " if first["caution"] else ""
    told = plain(str(first["title"]), 90)
    if cost is None or low is None or high is None or not clear(low, high):
        return f"First: {minded}{told}"
    low, high = (-high, -low) if cost < 0 else (low, high)
    said = numbers.measured(abs(cost), low, high, f"{currency}/day")
    return f"{minded}{told}: {'saves' if cost < 0 else 'costs'} {said}"


def promises_and_outcomes(follow_ups: pl.DataFrame, titles: dict[str, str], currency: str) -> Figure:
    """Rows of FOLLOW_UPS: what was promised and what came, each measure on its own scale; ``titles`` by nudge."""
    known = follow_ups.filter(pl.col("came").is_not_null(), pl.col("promised").is_not_null())
    if known.is_empty():
        lacking = "Nothing has been accepted yet."
        if follow_ups.height:
            lacking = "It is too early to say what came of what was accepted."
        return not_enough("follow-ups", lacking, "Import the following months; promise and outcome are compared then.")
    rows = known.to_dicts()
    told = [plain(str(titles.get(row["nudge_id"]) or row["nudge_id"]), 44) for row in rows]
    names = [f"{title}\n{OUTCOMES.get(row['measure'], row['measure'])}" for title, row in zip(told, rows, strict=True)]
    scales = [_own_scale(row) for row in rows]
    promised, came = (
        [_scaled(three(row, name), scale) for row, scale in zip(rows, scales, strict=True)]
        for name in ("promised", "came")
    )
    series = _pair("promised", "Promised", rows, promised, [LIGHT.today] * len(rows), -0.18, currency)
    series += _pair(
        "came", "Came", rows, came, [VERDICT_COLOURS.get(row["verdict"], LIGHT.late) for row in rows], 0.18, currency
    )
    picture = style.chart(
        series,
        legend={"top": 0, "left": 8, "selectedMode": False, "data": ["Promised", "Came"], "icon": "circle",
                "textStyle": {"color": LIGHT.muted}},
        grid={"left": room(told, 120), "right": 30, "top": 30, "height": _ROW * len(rows)},
        xAxis=style.axis("value", "less   \N{LEFTWARDS ARROW}   no change   \N{RIGHTWARDS ARROW}   more", min=-1.05,
                         max=1.05, interval=1.05, axisLabel={"show": False}, nameGap=12),
        yAxis=[style.axis("category", data=names, inverse=True, lines=False,
                          axisLabel={"interval": 0, "lineHeight": 14}),
               {"type": "value", "inverse": True, "min": 0, "max": len(rows), "show": False}],
    )  # fmt: skip
    missed = sum(row["verdict"] == MISSED for row in rows)
    sure = sum(row["verdict"] in (KEPT, EXCEEDED) for row in rows)
    title = f"{numbers.count(sure, 'promise')} of {len(rows)} kept or exceeded" + (
        f", {missed} missed" if missed else ""
    )
    note = "Bands: 95 %. Each line has its own scale. Teal: kept or exceeded, orange: missed, amber: not clear."
    return Figure("follow-ups", title, picture, follow_ups, note, 72 + _ROW * len(rows))


def _own_scale(row: Row) -> float:
    """The farthest end of promise and outcome, so that both fit into -1 to 1."""
    ends = [abs(end) for name in ("promised", "came") for end in three(row, name) if numbers.known(end) and end]
    return max(ends, default=1.0)


def _scaled(values: Values, scale: float) -> Values:
    value, low, high = (None if one is None else one / scale for one in values)
    return value, low, high


def _pair(
    id_: str, words: str, rows: list[Row], values: list[Values], shades: list[str], shift: float,
    currency: str,
) -> list[Options]:  # fmt: skip
    data, ends = [], []
    for at, (row, (value, low, high), shade) in enumerate(zip(rows, values, shades, strict=True)):
        told = change(*three(row, id_), row["unit"], currency)
        place = at + 0.5 + shift
        data.append({"value": [style.rounded(value), place], "name": f"{plain_name(row['measure'])}\n{words} {told}",
                     "itemStyle": {"color": shade}})  # fmt: skip
        if low is not None and high is not None:
            ends.append((low, high, place, shade))
    colour = {"color": LIGHT.today if id_ == "promised" else LIGHT.early}
    dots = {"id": id_, "name": words, "type": "scatter", "data": data, "symbolSize": 11, "yAxisIndex": 1, "z": 6,
            "itemStyle": colour}  # fmt: skip
    return [dots, whiskers(f"{id_} band", ends, width=3, yAxisIndex=1)]
