"""Warnings: how likely, how dear, and how soon."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, plain, whiskers
from spareverse.figures.style import LIGHT, Options

Row = dict[str, Any]
MOST, MOST_STROKES, NAMED, LONGEST = 400, 20, 5, 24
EXPECTED, IN_PIECES = "Expected money", "Value of the pieces of a line times the chance"
WIDE = 30.0
"""Largest over smallest amount from which on the axis is logarithmic."""
_NARROW, _PLOT, _LETTER, _LINE = 600.0, 264.0, 6.2, 15.0
"""Plotting area where the figure is narrow, and a letter and a line of a name [px]."""
TIMES: tuple[tuple[str, float, str], ...] = (
    ("within a week", 7.0, LIGHT.stock_out),
    ("within four weeks", 28.0, LIGHT.late),
    ("later", float("inf"), LIGHT.data),
)
"""Words, days left at most, and colour."""
NO_TIME = "time not known"
NO_STEP_HELPS = "no step that was tried clearly helps"


def warning_scatter(warnings: pl.DataFrame, currency: str) -> Figure:
    """Rows of WARNINGS: chance by expected money, colour by the time left; the first of the list.

    Where waiting has no price, by the value of the pieces.
    """
    priced = bool((warnings["expected_money"].fill_null(0.0) > 0).any())
    if not priced:
        warnings = warnings.with_columns(expected_money="value_short")
    known = warnings.drop_nulls(["chance", "expected_money"]).filter(pl.col("expected_money") > 0)
    if known.is_empty():
        lacking = "Nothing is warned of." if warnings.is_empty() else "No warning has money to its name."
        return not_enough("warnings", lacking, "Observe again after the next import.", warnings)
    rows = known.sort("rank").head(MOST).to_dicts()
    named = _named(rows)
    groups = [(words, colour, [row for row in rows if _when(row) == words]) for words, _, colour in TIMES]
    groups.append((NO_TIME, LIGHT.today, [row for row in rows if _when(row) == NO_TIME]))
    series: list[Options] = []
    for words, colour, own in groups:
        if own:
            data = [_dot(row, currency, priced=priced, named=row["rank"] in named) for row in own]
            series.append(
                {
                    "id": words,
                    "name": words,
                    "type": "scatter",
                    "data": data,
                    "symbolSize": 9,
                    "z": 6,
                    "itemStyle": {"color": colour, "opacity": 0.85},
                }
            )
    strokes = [
        (100 * row["chance_low"], 100 * row["chance_high"], style.rounded(row["expected_money"]), LIGHT.today)
        for row in rows[:MOST_STROKES] if numbers.known(row["chance_low"]) and numbers.known(row["chance_high"])
    ]  # fmt: skip
    series.append(whiskers("intervals", strokes, width=1) | {"z": 2})
    key, head = legend([words for words, _, own in groups if own])
    picture = style.chart(
        series,
        legend=key | {"icon": "circle"},
        grid=style.grid(top=head + 24, right=40, bottom=46),
        xAxis=style.axis("value", f"Chance within {rows[0]['within_weeks']} weeks, %", min=0, max=100),
        yAxis=_money_axis(f"{EXPECTED if priced else IN_PIECES}, {currency}", [row["expected_money"] for row in rows]),
    )  # fmt: skip
    note = f"Colour: median time left. Stroke: 95 % of the chance, for the first {min(len(rows), MOST_STROKES)}."
    if warnings.height > len(rows):
        note += f" Shown are the first {len(rows):,} of {warnings.height:,}."
    return Figure("warnings", _title(warnings, rows, currency if priced else None), picture, warnings, note, 360)


def _money_axis(words: str, amounts: list[float]) -> Options:
    """With room above the highest for its name."""
    highest = max(amounts)
    if highest / min(amounts) > WIDE:
        return style.axis("log", words, vertical=True, max=10.0 ** math.ceil(math.log10(2 * highest)))
    return style.axis("value", words, vertical=True, min=0, max=style.nice_end(1.1 * highest))


def _when(row: Row) -> str:
    days = row["days_left"]
    if days is None:
        return NO_TIME
    return next(words for words, most, _ in TIMES if days <= most)


def subject_words(row: Row) -> str:
    """What a warning is of: ``P-1 at Oslo``, ``customer C-1``, ``budget B-1``."""
    if row["part_id"]:
        return f"{row['part_id']} at {row['place_id']}" if row["place_id"] else str(row["part_id"])
    return f"customer {row['customer_id']}" if row["customer_id"] else f"budget {row['budget_id']}"


def out_already(row: Mapping[str, Any]) -> bool:
    """Whether a stock-out is no longer to come: customers wait, or nothing is on hand."""
    return row["kind"] == "stock_out" and (bool(row.get("owed")) or row["on_hand"] == 0)


def time_left(row: Mapping[str, Any]) -> tuple[str, str]:
    """How soon, and what that is: ``12 days`` left, ``15 pieces`` owed already, ``none`` on hand."""
    if row.get("owed"):
        return numbers.count(row["owed"], "piece"), "owed already"
    if out_already(row):
        return "none", "on hand"
    left = numbers.EMPTY if row["days_left"] is None else numbers.count(round(row["days_left"]), "day")
    return left, "left"


def _named(rows: list[Row]) -> set[int]:
    """Ranks of the first warnings whose names meet no name before them, where the figure is narrow."""
    amounts = [row["expected_money"] for row in rows]
    wide = max(amounts) / min(amounts) > WIDE
    heights = [math.log10(amount) if wide else amount for amount in amounts]
    span = ((max(heights) - min(heights)) if wide else style.nice_end(1.1 * max(heights))) or 1.0
    taken: list[tuple[float, float, float]] = []
    named: set[int] = set()
    for row, height in list(zip(rows, heights, strict=True))[:NAMED]:
        right, up = _NARROW * row["chance"], _PLOT * height / span
        left = right - _LETTER * len(plain(subject_words(row), LONGEST))
        if all(abs(up - y) > _LINE or right < start or end < left for start, end, y in taken):
            taken.append((left, right, up))
            named.add(row["rank"])
    return named


def _dot(row: Row, currency: str, *, priced: bool, named: bool) -> Options:
    chance = numbers.percent_interval(row["chance"], row["chance_low"], row["chance_high"])
    left = "" if row["days_left"] is None and not out_already(row) else f", {' '.join(time_left(row))}"
    told = [f"{row['rank']}. {subject_words(row)}", f"chance {chance}{left}",
            f"{numbers.rough(row['expected_money'], currency)} {'expected' if priced else 'in pieces'}"]  # fmt: skip
    dot: Options = {"value": [style.rounded(100 * row["chance"]), style.rounded(row["expected_money"])],
                    "name": "\n".join([*told, str(row["reason"] or "")]).strip()}  # fmt: skip
    if named:
        dot["label"] = {"show": True, "position": "top", "align": "right",
                        "formatter": plain(subject_words(row), LONGEST), "color": LIGHT.ink, "fontSize": 11,
                        "textBorderColor": LIGHT.surface, "textBorderWidth": 2}  # fmt: skip
    return dot


def _title(warnings: pl.DataFrame, rows: list[Row], currency: str | None) -> str:
    first = rows[0]
    if currency is None:
        return f"{numbers.count(warnings.height, 'warning')}; first: {subject_words(first)}"
    # penalties of a contract are among what its stock-outs cost, and what goes beyond a budget is no cost
    stock_outs = warnings.filter(pl.col("kind") == "stock_out")
    total = float(stock_outs["expected_money"].fill_null(0.0).sum())
    share = first["expected_money"] / total if total and first["kind"] == "stock_out" else 0.0
    told = numbers.count(warnings.height, "warning")
    told += f", {numbers.rough(total, currency)} expected" if total else ""
    return f"{told}; first: {subject_words(first)}" + (f", {numbers.percent(share)} of it" if share >= 0.1 else "")
