"""Plans in words: a failed proof first, every number traced, misses with their cause."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.explainer.grounding import check
from spareverse.explainer.plan import (
    after_a_failed_proof,
    backtest_summary,
    effect_expression,
    misses,
    part_in_plan,
    plan_summary,
)
from spareverse.optimisation.portfolio.plan_rows import ENDED, REPLACED
from tests import fixtures_plan as made


def document(proof: str) -> dict[str, Any]:
    today = {"stock_value": 320_000.0, "fill_rate": 0.74}
    summary = {"parts": 200, "parts_stocked": 110, "stock_value": 300_000.0, "fill_rate": 0.83, "currency": "EUR"}
    return made.plan_document(proof=proof) | {"summary": summary | {"today": today}}


@pytest.mark.parametrize(
    ("proof", "first"),
    [
        ("kept", "With 300,000 EUR of stock the plan meets 83 % of the demand lines at once"),
        ("missed", "The proof FAILED: made from what was known before 2022-03-01, it promised 83 % [80-86]"),
        ("no proof", "With 300,000 EUR of stock"),
    ],
)
def test_a_plan_says_first_what_must_be_known_first(proof: str, first: str) -> None:
    told = plan_summary(document(proof), 12)
    assert told.headline.startswith(first)
    assert "12 changes wait for a decision." in told.text
    assert check(told.text, told.facts) == []


def test_the_plan_is_held_against_today_on_the_parts_whose_rule_is_known() -> None:
    whole = document("kept")
    whole["summary"] |= {
        "beside_today": {"parts": 80, "fill_rate": 0.81, "stock_value": 210_000.0, "lines_share": 0.6},
        "without_rule": {"parts": 120, "parts_stocked": 40, "stock_value": 90_000.0},
    }
    told = plan_summary(whole)
    assert "Of 80 parts today's rule is known: there the plan meets 81 % with 210,000 EUR, today's rule" in told.text
    assert "today's rule 74 % with 320,000 EUR." in told.text
    assert "No rule is known of 120 parts: the plan stocks 40 of them, for 90,000 EUR." in told.text
    assert check(told.text, told.facts) == []
    whole["summary"]["without_rule"] = {"parts": 0, "parts_stocked": 0, "stock_value": 0.0}
    assert "; today's rule meets 74 % with 320,000 EUR." in plan_summary(whole).text


def test_a_failed_proof_names_its_cause() -> None:
    assert "lead times 30 % longer than expected." in plan_summary(document("missed")).headline


@pytest.mark.parametrize("kept", [True, False])
def test_a_backtest_says_its_verdict_first(kept: bool) -> None:
    whole = {"currency": "EUR", "proof": document("kept" if kept else "missed")["proof"]}
    told = backtest_summary(whole, made.backtest_results(kept=kept), made.backtest_equal())
    assert told.headline.startswith("Proved" if kept else "The proof FAILED")
    assert "Missed for parts of class lumpy." in told.text
    assert "To meet 80 % at once the company's rule holds 1.55 [1.44-1.67] times the plan's stock." in told.text
    assert check(told.text, told.facts) == []


def test_a_backtest_compares_on_the_parts_whose_rule_is_known() -> None:
    results = made.backtest_results()
    same = results.filter((pl.col("group") == "all") & (pl.col("policy") != "company"))
    known = results.filter(pl.col("group") == "all").with_columns(
        pl.lit("rule known").alias("group"), pl.lit(80).cast(pl.Int64).alias("parts")
    )
    others = results.filter((pl.col("group") != "all") & (pl.col("policy") != "company"))
    whole = {"currency": "EUR", "proof": document("kept")["proof"]}
    told = backtest_summary(whole, pl.concat([same, others, known]), made.backtest_equal())
    assert "On the 80 parts whose rule is known, the company's rule met" in told.text
    assert "rule known" not in told.text.replace("rule known,", "")
    assert check(told.text, told.facts) == []


def test_few_lines_prove_nothing() -> None:
    whole = {"currency": "EUR", "proof": document("not enough lines")["proof"]}
    told = backtest_summary(whole, made.backtest_results(), made.backtest_equal())
    assert told.headline.startswith("Not proved, as too few lines came")
    assert "12 lines" in told.headline
    assert check(told.text, told.facts) == []


def test_without_a_company_rule_nothing_is_said_against_it() -> None:
    results = made.backtest_results().filter(pl.col("policy") != "company")
    equal = made.backtest_equal().filter(pl.col("policy") != "company")
    told = backtest_summary({"currency": "EUR", "proof": document("kept")["proof"]}, results, equal)
    assert "The company's own rule is not known" in told.text
    assert "times the plan's stock" not in told.text


def test_each_miss_has_its_cause() -> None:
    told = misses(made.backtest_results())
    assert [one.headline.split(":")[0] for one in told] == ["Lumpy"]
    assert "demand lines 22 % fewer than expected." in told[0].text
    assert check(told[0].text, told[0].facts) == []


def test_a_part_is_shown_beside_what_it_alone_would_want() -> None:
    rows = made.plan().to_dicts()
    told = part_in_plan(rows[0], "EUR")
    assert told.headline.startswith("The plan reorders at 6, 5 at a time (the part alone wants 6, today 2)")
    assert check(told.text, told.facts) == []
    assert "does not stock this part" in part_in_plan(rows[1], "EUR").headline
    unknown = {**rows[0], "current_reorder_point": None, "current_fill_rate": None}
    assert "(the part alone wants 6, today's rule is not known): " in part_in_plan(unknown, "EUR").headline


def test_effects_are_said_for_many_rows_at_once() -> None:
    rows = made.plan(300).with_columns(effect_expression("EUR"))
    assert rows["effect"].null_count() == 0
    first, second = rows["effect"][0], rows["effect"][1]
    assert first.startswith("Raise 2 to 6: ")
    assert "instead of" in first
    assert second.startswith("Stock it no longer, buy on demand")
    money = rows.select(pl.col("effect").str.extract(r"(?:holds|frees) ([\d,]+) EUR", 1)).to_series().drop_nulls()
    assert money.str.contains(r"^\d{1,3}(,\d{3})*$").all()
    assert money.str.len_chars().max() > 4  # type: ignore[operator]


def test_effects_name_other_order_quantities_and_parts_that_are_bought_no_more() -> None:
    rows = made.plan(4).with_columns(
        reorder_point=pl.Series([8.0, -1.0, -1.0, 8.0]),
        current_reorder_point=pl.lit(8.0),
        order_quantity=pl.Series([7.0, 1.0, 1.0, 15.0]),
        current_order_quantity=pl.lit(15.0),
        reason=pl.Series(["", REPLACED, ENDED, ""]),
    )
    other, replaced, ended, same = rows.with_columns(effect_expression("EUR"))["effect"]
    assert other.startswith("Reorder at 8 as today: ")
    assert "instead of" in other
    assert "; orders 7 at a time instead of 15" in other
    assert replaced == "Bought no more: another part takes its demand, and what there is of it is used up first"
    assert ended == "Not planned any more: it can be ordered or is needed no longer"
    assert same.startswith("As today: ")


def test_a_failed_proof_says_what_to_do_and_a_kept_one_nothing() -> None:
    failed = {"verdict": "missed", "cause": "Worse than promised: lead times 53% longer than expected"}
    suppliers, replay = after_a_failed_proof(failed)
    assert "Suppliers" in suppliers
    assert "not its promise" in replay
    assert len(after_a_failed_proof(failed | {"cause": None})) == 1
    assert after_a_failed_proof(failed | {"verdict": "kept"}) == ()
