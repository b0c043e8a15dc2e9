"""The five questions in sentences: closed form beside simulation, out of reach with its reason, noise called noise."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.explainer.grounding import check
from spareverse.explainer.warehouse_questions import five_questions
from spareverse.network.study import Option, Study
from spareverse.network.study_answers import NOT_ENOUGH, QUESTIONS
from spareverse.network.study_tables import STUDY_LINES

STUDY = Study(
    "platform",
    STUDY_LINES.empty(),
    (Option("shelf", "physical", "Shelf on site"), Option("print", "digital", "Printed on demand")),
    currency="NOK",
    target_availability=0.98,
)


def asked(*rows: dict[str, Any]) -> pl.DataFrame:
    defaults = {"part_id": "", "option": "shelf", "verdict": "answered"}
    filled = [{name: {**defaults, **row}.get(name) for name in QUESTIONS.names} for row in rows]
    return pl.DataFrame(filled, schema=QUESTIONS.schema)


def test_uptime_without_stock_is_told_both_ways() -> None:
    row = {"question": 1, "quantity": "availability", "exact": 0.375885, "method": "renewal", "value": 0.3752,
           "value_low": 0.3741, "value_high": 0.3763}  # fmt: skip
    told = five_questions(STUDY, asked(row))[1]
    assert told.headline.startswith("Uptime without stock under conventional supply: 37.59 % by renewal, 37.52 % [")
    assert check(told.text, told.facts) == []
    rough = five_questions(STUDY, asked({**row, "method": "renewal: for one asset (approximation)"}))[1]
    assert "about 38 % by renewal (approximation), 37.52 % [" in rough.headline
    assert check(rough.text, rough.facts) == []
    exact_only = five_questions(STUDY, asked({**row, "value": None, "value_low": None, "value_high": None}))[1]
    assert "simulated" not in exact_only.text


def test_the_smallest_stock_of_one_part_is_told_in_full() -> None:
    one = {"question": 4, "part_id": "P", "option": "print"}
    rows = asked(
        {**one, "quantity": "initial_stock", "value": 3.0},
        {**one, "quantity": "reorder_point", "value": 2.0},
        {**one, "quantity": "availability", "value": 0.9831, "value_low": 0.9829, "value_high": 0.9833},
    )
    told = five_questions(STUDY, rows)[4]
    assert told.headline.startswith(
        "Smallest stock for 98 % availability under digital supply: 3 pieces, ordering at 2 (98.31 %"
    )
    assert check(told.text, told.facts) == []


def test_a_package_is_added_up_and_what_is_out_of_reach_is_counted() -> None:
    parts = [
        {"question": 2, "part_id": name, "quantity": "initial_stock", "exact": float(stock), "verdict": "exact_only"}
        for name, stock in (("A", 2), ("B", 5))
    ]
    lost = {"question": 2, "part_id": "C", "quantity": "initial_stock", "verdict": "unreachable", "limit": "access"}
    told = five_questions(STUDY, asked(*parts, lost))[2]
    assert "conventional supply: each part alone reaches it with 7 pieces over 2 parts" in told.headline
    assert told.sentences[1] == (
        "1 part cannot reach it with any stock, because the asset cannot be reached often enough (1)."
    )
    assert check(told.text, told.facts) == []
    alone = five_questions(STUDY, asked(lost))[2]
    assert alone.headline.endswith("none reaches it, because the asset cannot be reached often enough.")


@pytest.mark.parametrize(
    ("verdict", "value", "words"),
    [
        ("yes", -150.0, "Printed on demand costs 150 NOK [100-200] less than Shelf on site"),
        ("no", 150.0, "Printed on demand costs 150 NOK [100-200] more than Shelf on site"),
        (NOT_ENOUGH, -5.0, "Printed on demand and Shelf on site cannot be told apart by cost"),
    ],
)
def test_is_digital_cheaper(verdict: str, value: float, words: str) -> None:
    pair = {"question": 5, "option": "print", "against": "shelf", "verdict": verdict}
    rows = asked(
        {**pair, "quantity": "total_cost", "value": value, "value_low": value - 50.0, "value_high": value + 50.0},
        {**pair, "quantity": "fee_per_month", "value": 2_000.0, "value_low": 1_900.0, "value_high": 2_100.0},
    )
    told = five_questions(STUDY, rows)[5]
    assert told.headline.startswith(words)
    assert "at a fee of 2,000 NOK/month [1,900-2,100]" in told.headline
    assert check(told.text, told.facts) == []


def test_nothing_asked_nothing_told() -> None:
    assert five_questions(STUDY, QUESTIONS.empty()) == {}
