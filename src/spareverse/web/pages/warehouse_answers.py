"""Answers of a run as short tables: break-even prices, the five questions, the lines that differ from the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from spareverse.explainer.warehouse_questions import LIMITS, five_questions
from spareverse.figures import numbers
from spareverse.figures.warehouse.risk_matrix import CLASS_WORDS, HOLDING_WORDS
from spareverse.network.study_answers import NOT_ENOUGH
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import Cell, card, note_bar, notes, table, text
from spareverse.web.pages.wording import number

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
STOCK_QUESTIONS = (2, 4)


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
    told = five_questions(run.definition, frame)
    for asked_for, words in QUESTIONS.items():
        asked = frame.filter(pl.col("question") == asked_for)
        own = whole(asked)
        rows = (own if own.height else asked).to_dicts()
        cells = [
            Cell("Part", lambda r: str(r["part_id"] or ""), nowrap=True),
            Cell("Option", option(run)),
            Cell("Against", option(run, "against")),
            Cell("What", _quantity("quantity")),
            Cell("Simulated", _value, right=True),
            Cell("Closed form", _exact, right=True),
            Cell("Verdict", _with_limit),
        ]
        filled = [cell for cell in cells if any(cell.show(row) for row in rows)]
        with card(f"{asked_for}. {words}") as holder:
            holder.props(f"data-question={asked_for}")
            if asked_for in told:
                text(told[asked_for].text, tag="p").style("margin-bottom: 8px")
            if asked_for in STOCK_QUESTIONS and rows:
                rows, filled = _stock_rows(asked), _stock_cells(run)
            if not rows:
                text(UNANSWERED.get(asked_for, "The study has no option of this kind."), "quiet")
                continue
            table(rows[:MOST], filled, mark=f"question-{asked_for}")
            if len(rows) > MOST:
                text(f"The first {MOST} of {len(rows):,} rows; the tables of the run have them all.", "quiet small")
            methods = dict.fromkeys(str(row["method"]) for row in rows if row["method"])
            notes([f"Closed form: {method}." for method in list(methods)[:3]])


def _stock_rows(asked: pl.DataFrame) -> list[Row]:
    """One row for each part with its pieces, reorder point and availability; what cannot be reached first."""
    parts = asked.filter(pl.col("quantity") == "initial_stock").with_columns(pieces=pl.coalesce("value", "exact"))
    for name in ("reorder_point", "availability"):
        ends = {f"{name}_low": "value_low", f"{name}_high": "value_high"}
        found = asked.filter(pl.col("quantity") == name)
        found = found.select("part_id", "option", pl.coalesce("value", "exact").alias(name), **ends)
        parts = parts.join(found, on=["part_id", "option"], how="left", maintain_order="left")
    late = parts["verdict"] != "unreachable"
    return parts.with_columns(late=late).sort("late", "pieces", descending=[False, True]).to_dicts()


def _stock_cells(run: SavedRun) -> list[Cell]:
    def reached(row: Row) -> bool:
        return bool(row["verdict"] != "unreachable")

    def reorder(row: Row) -> str:
        point = row["reorder_point"]
        return "" if point is None or not reached(row) else "no stock" if point < 0 else f"{point:.0f}"

    return [
        Cell("Part", lambda r: str(r["part_id"] or ""), nowrap=True),
        Cell("Option", option(run)),
        Cell(
            "Smallest stock", lambda r: number(r["pieces"]) if reached(r) else "none reaches it", "pieces", right=True
        ),
        Cell("Reorder point", reorder, "pieces", right=True),
        Cell("Availability", lambda r: limited(r, "availability", share=True), right=True),
        Cell("Verdict", _with_limit),
    ]


def _with_limit(row: Row) -> str:
    return verdict(row) + (f": {LIMITS[row['limit']]}" if row["limit"] else "")


def still_open(run: SavedRun) -> None:
    """Say for how many parts the runs were too few to tell the best option."""
    parts = run.tables["best_options"].filter(pl.col("part_id").fill_null("") != "")
    count = parts.filter(pl.col("verdict") == NOT_ENOUGH).height
    if not count or parts.height == 1:
        return
    runs = int(run.document.get("replications") or 0)
    words = (
        f"For {count:,} of {parts.height:,} parts {runs:,} runs are too few to tell the best option from the second."
    )
    note_bar(f"{words} More runs settle more of them.").props("data-still-open")


def recommendation_rule(run: SavedRun) -> str:
    """By what an option is recommended for a part, in the workbook and on the pages."""
    study = run.definition
    if study.target_availability is not None:
        goal = f"reaches {100 * study.target_availability:.6g} % availability"
    elif any(option.target_availability is not None for option in study.options):
        goal = "reaches its own target of availability"
    else:
        return "The cheapest option, down time included."
    return f"The cheapest option that {goal}, down time included; the most available where none does."


def against_one_for_all(run: SavedRun, *, short: bool = False) -> str:
    """What each part under its own option costs beside one option for all; empty where it was not simulated."""
    for row in run.tables["part_by_part"].filter(measure="total_cost").iter_rows(named=True):
        years, one = run.gallery.comparison.years, option(run, "against")(row)
        value, *limits = (row[f"difference{end}"] for end in ("", "_low", "_high"))
        if None in limits or limits[0] <= 0.0 <= limits[1]:
            return "costs about the same" if short else f"costs about what {one} for all costs"
        low, high = sorted(abs(end) / years for end in limits)
        told = numbers.measured(abs(value) / years, low, high, f"{run.definition.currency}/year", limits=not short)
        saves = value < 0
        if short:
            return f"saves {told}" if saves else f"costs {told} more"
        return f"costs {told} {'less' if saves else 'more'} than {one} for all"
    return ""


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
