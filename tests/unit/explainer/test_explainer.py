"""Sentences: the decision first, every number traced, every gap said with its next step."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.explainer.analysis_report import analysis_report
from spareverse.explainer.decision import part_decision
from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check
from spareverse.explainer.reasons import percent_text, pieces_text, reason_expression, reason_narratives, worst_reasons
from spareverse.explainer.summaries import portfolio_summary, supplier_summary
from spareverse.figures import numbers
from spareverse.network.results import PART_RESULTS
from tests import fixtures_results as results


@pytest.fixture(scope="module")
def parts() -> pl.DataFrame:
    return results.part_results(400)


@pytest.fixture(scope="module")
def row(parts: pl.DataFrame) -> dict[str, Any]:
    published = {
        "optimal_cover": 16.0,
        "optimal_risk": 0.133,
        "optimal_risk_low": 0.08,
        "optimal_risk_high": 0.2,
        "optimal_cost": 2.16,
        "current_risk": 0.31,
        "unit_cost_source": "purchases",
    }
    return {**parts.row(0, named=True), **published}


def test_the_first_line_is_the_decision(row: dict[str, Any]) -> None:
    narrative = part_decision(row, "EUR")
    assert narrative.sentences[:2] == (
        "Hold 16 (today 9): stock-out risk 13 % [8-20] instead of 31 %, 2.16 EUR/day, order 10 at a time.",
        "Fair evidence: 11 cycles, 2 open.",
    )
    assert {fact.source for fact in narrative.facts} >= {"parts.optimal_cover", "parts.optimal_risk", "parts.cycles"}


def test_no_change_says_keep(row: dict[str, Any]) -> None:
    assert part_decision({**row, "current_cover": 16.0, "change": 0.0}, "EUR").headline.startswith(
        "Keep 16: stock-out risk 13 %"
    )


def test_today_not_known_is_said(row: dict[str, Any]) -> None:
    headline = part_decision({**row, "current_source": "none", "current_cover": None}, "EUR").headline
    assert headline.startswith("Hold 16: stock-out risk")
    assert headline.endswith("Today's reorder point and stock are not known.")


def test_stock_is_not_called_a_reorder_point(row: dict[str, Any]) -> None:
    assert "(today 9 in stock)" in part_decision({**row, "current_source": "stock"}, "EUR").headline


def test_missing_lead_time_is_said_with_the_next_step(parts: pl.DataFrame) -> None:
    narrative = part_decision(parts.row(1, named=True), "EUR")
    assert narrative.headline.startswith("No decision yet: the expected lead time is missing")
    assert narrative.sentences[1].startswith("Import purchase lines with promised dates")


def test_borrowed_evidence_names_the_group(parts: pl.DataFrame) -> None:
    text = part_decision(parts.row(3, named=True), "EUR").text
    assert "Borrowed evidence: no completed cycle" in text
    assert parts["lead_time_group"][3] in text


def test_an_unsupported_weibull_is_one_sentence(row: dict[str, Any]) -> None:
    assert "Weibull" not in part_decision(row, "EUR").text
    assert part_decision({**row, "weibull_p_value": 0.03}, "EUR").text.count("Weibull is not supported") == 1


def test_another_stock_level_reads_its_risk_from_the_curve(row: dict[str, Any]) -> None:
    narrative = part_decision(row, "EUR", cover=21, cost=2.31)
    assert narrative.headline.startswith(
        f"Hold 21 (today 9): stock-out risk {numbers.percent(row['risk_curve'][21])} ["
    )
    assert "2.31 EUR/day" in narrative.headline
    assert check(narrative.text, narrative.facts) == []


def test_an_empty_row_can_be_told() -> None:
    empty = {**dict.fromkeys(PART_RESULTS.names), "current_source": "none", "evidence": "borrowed"}
    assert part_decision(empty, "EUR").headline.startswith("No decision yet")


def test_the_checker_finds_numbers_of_nobody() -> None:
    facts = (Fact("risk", 0.133, "share", 0.08, 0.2), Fact("cost", 2.157, "EUR/day"), Fact("part", "000123"))
    assert check("000123: 13 % [8-20], 2.16 EUR/day.", facts) == []
    assert [each.text for each in check("14 % and 2.17 EUR/day, part 000124.", facts)] == ["14", "2.17", "000124"]
    assert check("1,234 pieces.", (Fact("n", 1234.4),)) == []
    assert check("<0.1 % and >99.9 %", (Fact("a", 0.0002, "share"), Fact("b", 0.9998, "share"))) == []
    assert [each.text for each in check("<0.1 %", (Fact("a", 0.2, "share"),))] == ["0.1"]


SHARE = st.one_of(st.none(), st.floats(0, 1))
AMOUNT = st.one_of(st.none(), st.floats(0, 1e7))
COUNT = st.integers(0, 100_000)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "optimal_cover": AMOUNT,
            "current_cover": st.floats(0, 1e6),
            "current_source": st.sampled_from(["policy", "stock", "none"]),
            "optimal_risk": st.floats(0, 1),
            "optimal_risk_low": SHARE,
            "optimal_risk_high": SHARE,
            "current_risk": SHARE,
            "late_risk": SHARE,
            "optimal_cost": AMOUNT,
            "order_quantity": AMOUNT,
            "saving": st.floats(-1e5, 1e5),
            "unit_cost": AMOUNT,
            "change": st.floats(-1e4, 1e4),
            "weibull_p_value": SHARE,
            "evidence": st.sampled_from(["strong", "fair", "weak", "borrowed"]),
            "cycles": COUNT,
            "open_lines": COUNT,
            "lead_time_group": st.sampled_from(["S001 x valve", "all 12 parts", "7", None]),
            "expected_lead_time_days": AMOUNT,
            "unit_cost_source": st.sampled_from(["purchases", "category", "assumed"]),
        }
    )
)
def test_every_number_of_a_decision_comes_from_a_fact(drawn: dict[str, Any]) -> None:
    row = {**dict.fromkeys(PART_RESULTS.names), "part_id": "A7", "place_id": "", **drawn}
    ends = row["optimal_risk_low"], row["optimal_risk_high"]
    if None not in ends:
        row["optimal_risk_low"], row["optimal_risk_high"] = sorted(ends)
    narrative = part_decision(row, "EUR")
    assert check(narrative.text, narrative.facts) == []
    assert "nan" not in narrative.text
    assert "None" not in narrative.text
    frame = pl.DataFrame([row], schema=PART_RESULTS.schema)
    (reason,) = reason_narratives(frame)
    assert check(reason.text, reason.facts) == []


def test_summaries_are_traced_and_tell_the_state(parts: pl.DataFrame) -> None:
    narrative = portfolio_summary(results.document(parts, "CHF"), parts)
    assert check(narrative.text, narrative.facts) == []
    assert "CHF/day are at risk" in narrative.headline
    for row in results.supplier_results(parts).iter_rows(named=True):
        told = supplier_summary(row, "CHF")
        assert check(told.text, told.facts) == []
    assert "where today is known, following the proposals saves" in narrative.text
    assert "neither rule nor stock of today is known" in narrative.text
    nothing = portfolio_summary(results.document(parts.clear()), parts.clear())
    assert nothing.headline.startswith("No part could be analysed")


def test_reasons_rank_by_money_and_say_why(parts: pl.DataFrame) -> None:
    worst = worst_reasons(parts, 10)
    assert worst["money_at_risk"].is_sorted(descending=True)
    assert worst["money_at_risk"][0] == parts["money_at_risk"].max()
    assert worst["reason"].null_count() == 0
    reasons = parts.select("part_id", reason_expression())
    assert reasons["reason"].null_count() == 0
    assert reasons.row(0)[1].startswith("With today's 9 the stock-out risk is 41 %, with 16 it is 13 %")
    assert reasons.row(1)[1].startswith("No expected lead time, so no proposal")
    assert reasons.row(2)[1].startswith("No reorder point or stock known")


def test_the_vectorised_writing_agrees_with_the_written_one() -> None:
    shares = [0.0, 0.0001, 0.004, 0.0099, 0.133, 0.5, 0.985, 0.9912, 0.9999, 1.0]
    frame = pl.DataFrame({"share": shares}).select(percent_text(pl.col("share")))
    assert frame["share" if "share" in frame.columns else frame.columns[0]].to_list() == [
        numbers.percent(x) for x in shares
    ]
    pieces = pl.DataFrame({"n": [0.0, 16.0, 12_345.0]}).select(pieces_text(pl.col("n"))).to_series().to_list()
    assert pieces == ["0", "16", "12345"]


def test_the_report_is_one_self_contained_page(parts: pl.DataFrame) -> None:
    described = parts.with_columns(description=pl.lit("<b>bold</b>"))
    text = analysis_report(
        "Spare parts of A & B",
        results.document(parts),
        described,
        results.cycle_results(parts),
        results.supplier_results(parts),
    )
    assert "<h1>Spare parts of A &amp; B</h1>" in text
    assert "<b>bold" not in text
    assert text.count('class="chart"') >= 8
    assert "What was assumed" in text
