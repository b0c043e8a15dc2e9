"""The report of a warehouse study: the decision, the comparison, the answers as tables, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from spareverse.explainer.warehouse import decision, package
from spareverse.explainer.warehouse_questions import LIMITS, five_questions
from spareverse.figures import numbers
from spareverse.figures.figure import Figure
from spareverse.figures.report import Section
from spareverse.figures.warehouse.comparison_table import comparison_rows
from spareverse.figures.warehouse.risk_matrix import CLASS_WORDS, HOLDING_WORDS
from spareverse.network.study import Study
from spareverse.network.study_answers import NOT_ENOUGH
from spareverse.optimisation.warehouse.part_by_part import with_mixture

Row = dict[str, Any]
MOST = 60
"""Rows of a table in the report; a package may have thousands of lines."""
SHORTENED = "The first {most} of {height:,} rows, those of most money first; all in SPIR.xlsx."
LEVERS = {
    "fee_per_month": "subscription",
    "pay_per_use": "price per use, beside the subscription",
    "pay_per_use_alone": "price per use, no subscription",
}
VERDICTS = {NOT_ENOUGH: "not clear of noise", "exact_only": "by the closed form"}
FIGURES = {
    "Money": ("cumulative", "fees", "downtime", "pareto"),
    "Seasons": ("seasons",),
    "Single runs": ("availability", "lead-times", "waits", "stock"),
    "What the result hangs on": ("tornado", "sobol"),
    "The package": ("risk-matrix", "package"),
}
"""Sections that are figures alone."""


def study_sections(
    study: Study, tables: Mapping[str, pl.DataFrame], answers: Mapping[str, pl.DataFrame], figures: Mapping[str, Figure]
) -> list[Section]:
    """The report in order; ``tables`` of ``study_tables``, ``answers`` of ``study_answers``, ``figures`` by name."""
    titles = {option.name: option.title or option.name for option in study.options}
    options, results = with_mixture(study, tables["options"], answers)
    rows = list(comparison_rows(replace(study, options=options), results))
    heads = [option.title or option.name for option in options]
    compared = pl.DataFrame(rows, schema=["mean [95 % interval]", *heads], orient="row")
    told = five_questions(study, answers["questions"])
    questions = [f"{number}. {narrative.text}" for number, narrative in told.items()]
    worth = _worth(answers["best_options"])
    sections = [
        Section("Decision", items=decision(study, tables, answers).sentences),
        Section("Options", figures=[figures[n] for n in ("options", "costs") if n in figures], table=compared),
        Section("Five questions", items=questions),
        _table("Smallest stock that reaches the target", _smallest_stock(answers["smallest_stock"], titles, worth)),
        _table("Break-even fees and prices", _break_even(answers["break_even"], titles)),
        _table("Quantities to buy", _quantities(study, answers, titles, worth)),
        _table("Parts whose best option differs from the risk matrix", _against_matrix(study, answers, titles)),
    ]
    for title, names in FIGURES.items():
        sections.append(Section(title, figures=[figures[name] for name in names if name in figures]))
    return [section for section in sections if section.items or section.figures or section.table is not None]


def _table(title: str, rows: list[Row]) -> Section:
    """A section of one table, shortened; one without rows is left out of the report."""
    if not rows:
        return Section(title)
    left = SHORTENED.format(most=MOST, height=len(rows)) if len(rows) > MOST else ""
    return Section(title, table=pl.DataFrame(rows[:MOST], infer_schema_length=None), note=left)


def _worth(best: pl.DataFrame) -> dict[str, float]:
    """Part -> cost under its best option, down time included: how much the part matters."""
    costs = best.select("part_id", pl.col("total_cost").fill_null(0.0))
    return {part: cost for part, cost in costs.iter_rows() if part}


def _by_worth(frame: pl.DataFrame, worth: Mapping[str, float]) -> list[Row]:
    rows = frame.to_dicts()
    return sorted(rows, key=lambda row: -worth.get(row["part_id"], 0.0))


def _verdict(row: Row) -> str:
    words = str(row["verdict"] or "")
    return VERDICTS.get(words, words.replace("_", " "))


def _limited(row: Row, name: str, *, share: bool = False) -> str:
    return numbers.measured(row[name], row[f"{name}_low"], row[f"{name}_high"], share=share)


def _smallest_stock(found: pl.DataFrame, titles: Mapping[str, str], worth: Mapping[str, float]) -> list[Row]:
    """What cannot be reached first, then the parts that matter most."""
    rows = sorted(_by_worth(found, worth), key=lambda row: row["verdict"] != "unreachable")
    return [_stock_row(row, titles[row["option"]]) for row in rows]


def _stock_row(row: Row, title: str) -> Row:
    simulated = row["availability"] is not None
    reorder = row["reorder_point"] if row["initial_stock"] is not None else row["exact_reorder_point"]
    pieces = row["initial_stock"] if row["initial_stock"] is not None else row["exact_stock"]
    reached = row["verdict"] != "unreachable"
    limit = LIMITS.get(str(row["limit"]), "")
    return {
        "Option": title,
        "Part": row["part_id"],
        "Target": numbers.percent(row["target"]),
        "Smallest stock, pieces": pieces if reached else None,
        "Reorder point": "" if not reached or reorder is None else "no stock" if reorder < 0 else str(reorder),
        "Availability with it": _limited(row, "availability", share=True)
        if simulated
        else numbers.percent(row["exact_availability"]),
        "With stock without end": numbers.percent(row["reachable"]),
        "Verdict": f"{_verdict(row)}: {limit}" if limit else _verdict(row),
    }


def _break_even(prices: pl.DataFrame, titles: Mapping[str, str]) -> list[Row]:
    """Of the whole package: the fees and prices up to which an option is the cheaper one."""
    return [
        {
            "Option": titles[row["option"]],
            "Costs the same as": titles[row["against"]],
            "At a": LEVERS[row["lever"]],
            "Down time": "counted" if row["includes_downtime"] else "not counted",
            "Of": _limited(row, "value"),
            "Today": numbers.digits(row["today"]),
            "Unit": row["unit"],
            "Verdict": _verdict(row),
        }
        for row in package(prices).iter_rows(named=True)
    ]


def _quantities(
    study: Study, answers: Mapping[str, pl.DataFrame], titles: Mapping[str, str], worth: Mapping[str, float]
) -> list[Row]:
    """First fill, two years of operation, insurance: of one part under every option, else under each one's best."""
    found = answers["quantities"]
    if found["part_id"].n_unique() > 1:
        best = answers["best_options"].select("part_id", option="best_option")
        found = found.join(best, on=["part_id", "option"], how="semi")
    return [
        {
            "Part": row["part_id"],
            "Option": titles[row["option"]],
            "Class": CLASS_WORDS.get(row["spare_class"], ""),
            "Consequence": row["criticality"],
            "Pieces needed in a lead time": row["lead_time_demand"],
            "Pieces needed in two years": row["two_year_demand"],
            "First fill, pieces": row["first_fill"],
            "Two years of operation, pieces": row["two_year"],
            "Insurance, pieces": row["insurance"],
            f"Insurance saves, {study.currency}": row["insurance_saving"],
        }
        for row in _by_worth(found, worth)
    ]


def _against_matrix(study: Study, answers: Mapping[str, pl.DataFrame], titles: Mapping[str, str]) -> list[Row]:
    found = answers["matrix_lines"].filter(pl.col("verdict") == "differs")
    return [
        {
            "Part": row["part_id"],
            "Name": row["description"],
            "Class": CLASS_WORDS.get(row["spare_class"], ""),
            "Consequence": row["criticality"],
            "Matrix says": HOLDING_WORDS.get(row["holding"], row["holding"]),
            "Cheapest": titles[row["best_option"]],
            f"Saves over the horizon, {study.currency}": _limited(row, "money"),
        }
        for row in found.sort("money", descending=True, nulls_last=True).iter_rows(named=True)
    ]
