"""Answers of a run as short tables: break-even prices, the five questions, the lines that differ from the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.warehouse.risk_matrix import CLASS_WORDS, HOLDING_WORDS
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import Cell, card, notes, table, text

Row = dict[str, Any]
VERDICTS = {
    "not_enough_replications": "not clear of noise",
    "exact_only": "by the closed form",
    "no_option": "no such option in the study",
}
QUESTIONS = {
    1: "Uptime without stock, conventional supply",
    2: "Smallest stock that reaches the target, conventional supply",
    3: "Uptime without stock, digital supply",
    4: "Smallest stock that reaches the target, digital supply",
    5: "Is digital supply cheaper, and up to which fee",
}
UNANSWERED = {
    2: "No target availability is given, or no option has conventional supply.",
    4: "No target availability is given, or no option has digital supply.",
    5: "The study has no digital option to compare.",
}
QUANTITIES = {
    "total_cost": "cost, less that of the other",
    "fee_per_month": "fee per month",
    "pay_per_use": "price per piece, beside the fee",
    "pay_per_use_alone": "price per piece, instead of the fee",
}
MOST = 40


def verdict(row: Row) -> str:
    words = str(row["verdict"] or "")
    return VERDICTS.get(words, words.replace("_", " "))


def option(run: SavedRun, column: str = "option") -> Callable[[Row], str]:
    """The option of a row in words."""
    who = run.gallery.comparison
    return lambda row: who.title(row[column]) if row[column] else ""


def limited(row: Row, name: str, unit: str = "", *, share: bool = False) -> str:
    value = row[name]
    if value is None:
        return ""
    return numbers.measured(value, row.get(f"{name}_low"), row.get(f"{name}_high"), unit, share=share)


def whole(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("part_id").fill_null("") == "")


def break_even_table(run: SavedRun, against: str | None) -> None:
    """The fee or price at which an option costs as much as the one compared with, for the whole package."""
    rows = whole(run.tables["break_even"]).filter(pl.col("against") == (against or "")).to_dicts()
    if not rows:
        return
    cells = [
        Cell("Option", option(run)),
        Cell("What is moved", _quantity("lever")),
        Cell("Down time", lambda r: "counted" if r["includes_downtime"] else "not counted"),
        Cell("Today", lambda r: numbers.digits(r["today"]), right=True),
        Cell("Break-even", lambda r: limited(r, "value"), right=True),
        Cell("Unit", lambda r: str(r["unit"] or "")),
        Cell("Verdict", verdict),
    ]
    with card(f"Break-even against {option(run, 'against')(rows[0])}", "below it the option is the cheaper one"):
        table(rows[:MOST], cells, mark="break-even")


def questions_tables(run: SavedRun) -> None:
    """The five questions, answered for the whole package where they can be, else part by part."""
    frame = run.tables["questions"]
    if frame.is_empty():
        with card("Five questions"):
            text("This run answered no questions. Give the study a target availability and run it again.", "quiet")
        return
    for number, words in QUESTIONS.items():
        asked = frame.filter(pl.col("question") == number)
        own = whole(asked)
        rows = (own if own.height else asked).to_dicts()
        cells = [
            Cell("Part", lambda r: str(r["part_id"] or ""), nowrap=True),
            Cell("Option", option(run)),
            Cell("Against", option(run, "against")),
            Cell("What", _quantity("quantity")),
            Cell("Simulated", _value, right=True),
            Cell("Closed form", _exact, right=True),
            Cell("Verdict", lambda r: verdict(r) + (f": {r['limit']} keeps it out of reach" if r["limit"] else "")),
        ]
        filled = [cell for cell in cells if any(cell.show(row) for row in rows)]
        with card(f"{number}. {words}") as holder:
            holder.props(f"data-question={number}")
            if not rows:
                text(UNANSWERED.get(number, "The study has no option of this kind."), "quiet")
                continue
            table(rows[:MOST], filled, mark=f"question-{number}")
            if len(rows) > MOST:
                text(f"The first {MOST} of {len(rows):,} rows; the tables of the run have them all.", "quiet small")
            methods = dict.fromkeys(str(row["method"]) for row in rows if row["method"])
            notes([f"Closed form: {method}." for method in list(methods)[:3]])


def _quantity(column: str) -> Callable[[Row], str]:
    return lambda row: QUANTITIES.get(row[column], str(row[column] or "").replace("_", " "))


def _value(row: Row) -> str:
    return limited(row, "value", str(row["unit"] or ""), share=row["quantity"] == "availability")


def _exact(row: Row) -> str:
    if row["exact"] is None:
        return ""
    value = f"{100 * row['exact']:.1f} %" if row["quantity"] == "availability" else numbers.digits(row["exact"])
    return f"about {value}" if "approximation" in str(row["method"] or "") else value


def matrix_table(run: SavedRun) -> None:
    """Parts whose cheapest option is clearly another than the matrix's, most money first."""
    frame = run.tables["matrix_lines"].filter(pl.col("verdict") == "differs")
    currency = run.definition.currency
    with card("Parts that are cheaper otherwise", "most money first, over the horizon"):
        if frame.is_empty():
            text("None: where the study has the matrix's option, no other is clearly cheaper.", "quiet")
            return
        cells = [
            Cell("Part", lambda r: str(r["part_id"]), nowrap=True),
            Cell("Description", lambda r: str(r["description"] or "")),
            Cell("Class", lambda r: CLASS_WORDS.get(r["spare_class"], "")),
            Cell("Consequence", lambda r: str(r["criticality"] or "")),
            Cell("Matrix says", lambda r: HOLDING_WORDS.get(r["holding"], r["holding"] or "")),
            Cell("Cheapest", option(run, "best_option")),
            Cell("Saves", lambda r: limited(r, "money"), currency, right=True),
            Cell("Availability", _points, "points", right=True),
        ]
        table(frame.sort("money", descending=True).head(MOST).to_dicts(), cells, mark="matrix-lines")
        if frame.height > MOST:
            text(f"The first {MOST} of {frame.height:,}.", "quiet small")


def _points(row: Row) -> str:
    value, low, high = (row[f"availability_difference{end}"] for end in ("", "_low", "_high"))
    if value is None:
        return ""
    ends = (None if low is None else 100 * low, None if high is None else 100 * high)
    return numbers.measured(100 * value, *ends)
