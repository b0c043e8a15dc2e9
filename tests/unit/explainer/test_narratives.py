"""Narratives of runs, scenarios, parts, warnings, plans, viability, the home page: grounded, at two levels, quick."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import polars as pl
import pytest

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check
from spareverse.explainer.narratives.advice import advice_narrative
from spareverse.explainer.narratives.comparison import comparison_narrative
from spareverse.explainer.narratives.director import director_narrative
from spareverse.explainer.narratives.limits import limit_narrative
from spareverse.explainer.narratives.part import part_narrative
from spareverse.explainer.narratives.plan import plan_narrative
from spareverse.explainer.narratives.run import run_narrative
from spareverse.explainer.narratives.telling import Telling, written
from spareverse.explainer.narratives.viability import DISTURBANCES, viability_narrative
from spareverse.explainer.narratives.warning import warning_narrative
from spareverse.network.observer_tables import RECOMMENDATIONS, WARNING_KINDS, WARNINGS
from spareverse.network.results import PART_RESULTS
from spareverse.network.scenario import Nature
from spareverse.network.simulation_tables import CAUSES
from spareverse.observer.battery import CAPACITY, CLOSURE, LEAD_TIME, OUTAGE, PULSE
from spareverse.observer.homeostasis import UNITS
from spareverse.reproduction import grounding_cases as cases
from tests import fixtures_observation as observed
from tests import fixtures_results as results


@pytest.mark.parametrize("expert", [False, True])
def test_the_ten_narratives_are_grounded_also_beside_the_facts_of_others(expert: bool) -> None:
    for name, told in cases.narratives(expert=expert).items():
        assert check(told.text, told.facts, expert=expert) == [], name
        assert check(told.text, cases.facts(name), expert=expert) == [], name


def test_experts_are_told_limits_and_planners_are_not() -> None:
    plain, expert = cases.narratives(), cases.narratives(expert=True)
    assert all("[" not in told.text for told in plain.values())
    assert sum("[" in told.text for told in expert.values()) == 10


def test_a_narrative_takes_less_than_fifty_milliseconds() -> None:
    cases.narratives()
    took = []
    for _ in range(5):
        began = time.thread_time()  # of this thread alone, however busy the machine is
        cases.warning(1, expert=True)
        took.append(time.thread_time() - began)
    assert min(took) < 0.05


def test_every_cause_has_an_advice() -> None:
    for cause in CAUSES:
        why = pl.DataFrame({"cause": [cause], "entity_kind": [None], "entity_id": [None], "critical_share": [1.0],
                            "timeline_share": [0.5]})  # fmt: skip
        told = run_narrative(cases.measures(), why, scenario="as it is", currency="EUR", days=365, replications=5)
        assert told.sentences[-2].endswith(".")
        assert len(told.sentences) >= 5
        assert check(told.text, told.facts) == []


@pytest.mark.parametrize(
    ("fill", "cost", "said"),
    [
        (0.02, -100.0, "does better than the network as it is in both"),
        (0.02, 100.0, "buys service with money"),
        (-0.02, -100.0, "saves money at the price of service"),
        (-0.02, 100.0, "is worse than the network as it is in both"),
        (0.02, 0.0, "gives more service than the network as it is; in cost they hardly differ"),
        (0.0, 100.0, "costs more than the network as it is; in service they hardly differ"),
        (0.0, 0.0, "cannot be told apart by service or by cost"),
    ],
)
def test_a_comparison_says_only_what_is_clear_of_noise(fill: float, cost: float, said: str) -> None:
    rows = [
        {"scenario": "s", "measure": "fill_rate", "unit": "share of lines", "difference": fill, "low": fill - 0.01,
         "high": fill + 0.01},
        {"scenario": "s", "measure": "total_cost", "unit": "currency", "difference": cost, "low": cost - 50.0,
         "high": cost + 50.0},
    ]  # fmt: skip
    levels = [
        {"scenario": "s", "measure": "fill_rate", "unit": "share of lines", "mean": 0.9, "low": 0.89, "high": 0.91}
    ]
    for expert in (False, True):
        told = comparison_narrative(pl.DataFrame(rows), pl.DataFrame(levels), scenario="s", base="as it is",
                                    currency="EUR", replications=20, expert=expert)  # fmt: skip
        assert said in told.headline
        assert check(told.text, told.facts, expert=expert) == []
    assert ("rises" in told.text or "falls" in told.text) == bool(fill or cost)


@pytest.mark.parametrize(
    ("fill", "cost", "said"),
    [
        (-0.000029, 6600.0, "hardly differs from the network as it is"),
        (-0.000029, 66000.0, "costs more than the network as it is; in service they hardly differ"),
        (-0.0029, 6600.0, "gives less service than the network as it is; in cost they hardly differ"),
        (-0.0029, 66000.0, "worse than the network as it is in both"),
    ],
)
def test_a_change_that_is_clear_but_slight_is_hardly_one(fill: float, cost: float, said: str) -> None:
    """The threshold: 0.1 percentage points of service, 0.1 % of all cost."""
    rows, levels = [], []
    for measure, unit, change, level in (
        ("fill_rate", "share of lines", fill, 0.9),
        ("total_cost", "currency", cost, 2e7),
    ):
        rows.append({"scenario": "s", "measure": measure, "unit": unit, "difference": change,
                     "low": change - abs(change) / 2, "high": change + abs(change) / 2})  # fmt: skip
        levels += [{"scenario": scenario, "measure": measure, "unit": unit, "mean": level, "low": None, "high": None}
                   for scenario in ("s", "as it is")]  # fmt: skip
    for expert in (False, True):
        told = comparison_narrative(pl.DataFrame(rows), pl.DataFrame(levels), scenario="s", base="as it is",
                                    currency="EUR", replications=20, nature="event", expert=expert)  # fmt: skip
        assert said in told.headline
        assert check(told.text, told.facts, expert=expert) == []
        assert ("below 0.1" in told.text) == ("hardly differs" in said)


def test_what_befalls_the_company_is_prepared_for_and_not_decided_on() -> None:
    rows = [
        {"scenario": "s", "measure": "fill_rate", "unit": "share of lines", "difference": -0.02, "low": -0.03,
         "high": -0.01},
        {"scenario": "s", "measure": "total_cost", "unit": "currency", "difference": -100.0, "low": -150.0,
         "high": -50.0},
    ]  # fmt: skip
    levels = [{"scenario": "s", "measure": "fill_rate", "unit": "share of lines", "mean": 0.9, "low": 0.8, "high": 1.0}]
    told_of: tuple[tuple[Nature, str], ...] = (
        ("choice", "Do it only if"), ("event", "prepare for it"), ("pay", "Observe it instead"),
    )  # fmt: skip
    for nature, said in told_of:
        told = comparison_narrative(pl.DataFrame(rows), pl.DataFrame(levels), scenario="s", base="as it is",
                                    currency="EUR", replications=20, days=730, nature=nature)  # fmt: skip
        assert said in told.text
        assert ("falls by 100 EUR over 2 years of simulated time" in told.text) == (nature != "pay")
        assert ("Do it" in told.text) == (nature == "choice")
        assert ("falls" in told.text) == (nature != "pay")
        assert check(told.text, told.facts) == []


def test_how_effects_of_changed_pay_are_meant_is_not_their_price() -> None:
    row: dict[str, Any] = dict.fromkeys(RECOMMENDATIONS.names) | {"title": "Pay", "side_effects": "Against all"}
    assert "At the price of: Against all." in advice_narrative(row | {"kind": "batch"}, "EUR", expert=True).text
    pay = advice_narrative(row | {"kind": "incentive"}, "EUR", expert=True).text
    assert "Against all." in pay
    assert "price" not in pay


CAUTION = "would take stock value out of its limit: 838,000 against 835,000 EUR; lowers the fill rate by 1.2 points"


def test_what_is_to_be_minded_of_advice_is_told_before_it() -> None:
    """With the time over which its money is a mean."""
    row: dict[str, Any] = dict.fromkeys(RECOMMENDATIONS.names) | {
        "title": "Raise the levels", "kind": "batch", "verdict": "survives", "rank": 1, "caution": CAUTION,
        "cost_change": -110.0, "cost_change_low": -140.0, "cost_change_high": -80.0, "simulated_days": 730.0,
        "cost_today": 1888.0,
    }  # fmt: skip
    tables = {"recommendations": pl.DataFrame([row], schema=RECOMMENDATIONS.schema)}
    for expert in (False, True):
        advice = advice_narrative(row, "EUR", expert=expert)
        director = director_narrative(cases.SUMMARY, tables, expert=expert)
        for told in (advice, viability_narrative(tables, "EUR", expert=expert), director):
            assert 0 <= told.text.index("would take stock value out of its limit") < told.text.index("Raise the levels")
            assert "730 days" in told.text or (told is advice and not expert)
            assert check(told.text, told.facts, expert=expert) == []


def test_a_rule_is_not_told_as_stock() -> None:
    row = next(row for row in results.part_results(60).iter_rows(named=True) if row["current_source"] == "policy")
    assert part_narrative(row, "EUR").headline.startswith("Today's reorder point of")
    assert "in stock today" in part_narrative(row | {"current_source": "stock"}, "EUR").headline


def test_parts_of_any_kind_can_be_told() -> None:
    for row in results.part_results(60).iter_rows(named=True):
        for expert in (False, True):
            told = part_narrative(row, "EUR", expert=expert)
            assert check(told.text, told.facts, expert=expert) == [], told.text
    nothing = part_narrative(dict.fromkeys(PART_RESULTS.names) | {"part_id": "A", "evidence": "borrowed"}, "EUR")
    assert "No proposal can be made" in nothing.text


@pytest.mark.parametrize("kind", WARNING_KINDS)
def test_warnings_of_every_kind(kind: str) -> None:
    row: dict[str, Any] = dict.fromkeys(WARNINGS.names) | {
        "kind": kind, "part_id": "A-1", "place_id": "Oslo", "customer_id": "Halten", "budget_id": "spares 2026",
        "within_weeks": 12, "chance": 0.3, "chance_low": 0.2, "chance_high": 0.4, "method": "screen",
    }  # fmt: skip
    told = warning_narrative(row, "EUR", expert=True)
    assert "30 % [20-40]" in told.headline
    assert "quick" not in told.text
    assert "keep it in sight" in told.text
    assert check(told.text, told.facts, expert=True) == []


@pytest.mark.parametrize("expert", [False, True])
def test_who_waits_already_is_told_first_and_no_shortage_is_foretold(*, expert: bool) -> None:
    row: dict[str, Any] = dict.fromkeys(WARNINGS.names) | {
        "kind": "stock_out", "part_id": "A-1", "place_id": "Oslo", "within_weeks": 8, "chance": 0.84, "on_hand": 0,
        "owed": 15, "under_way": 20, "demand": 3.9, "source_id": "Hub", "due_day": 18.2, "method": "simulated",
        "paths": 64, "days_left": 4.0,
    }  # fmt: skip
    told = warning_narrative(row, "EUR", expert=expert)
    assert "waiting for 15 pieces of A-1 at Oslo already; more will wait" in told.headline
    assert "may run out" not in told.text
    assert {"owed"} <= {fact.id for fact in told.facts}
    assert check(told.text, told.facts, expert=expert) == []
    empty = warning_narrative(row | {"owed": 0}, "EUR", expert=expert)
    assert "nothing on hand of A-1 at Oslo" in empty.text
    assert check(empty.text, empty.facts, expert=expert) == []


def test_a_receipt_is_told_only_where_something_is_under_way() -> None:
    row: dict[str, Any] = dict.fromkeys(WARNINGS.names) | {
        "kind": "stock_out", "part_id": "A-1", "place_id": "Oslo", "within_weeks": 8, "chance": 0.3, "on_hand": 3,
        "demand": 3.9, "source_id": "Hub", "due_day": 18.2, "method": "simulated", "paths": 64,
    }  # fmt: skip
    assert "next receipt" in warning_narrative(row | {"under_way": 2}, "EUR").text
    assert "next receipt" not in warning_narrative(row | {"under_way": 0}, "EUR").text


def test_a_failed_proof_comes_first() -> None:
    document = cases.PLAN | {"proof": cases.PLAN["proof"] | {"verdict": "missed", "cause": "demand came 30 % higher"}}
    told = plan_narrative(document, 3)
    assert told.headline.startswith("Its proof failed")
    assert "Demand came 30 % higher." in told.text
    assert told.sentences[-1].startswith("Until a later proof is kept")
    assert check(told.text, told.facts) == []


def test_viability_without_tables_says_so() -> None:
    assert viability_narrative({}, "EUR").headline == "No limits are set, so nothing can be called viable."


def test_viability_of_a_record_alone_claims_no_nudge_was_tried() -> None:
    point = {"kind": "past", "until": date(2026, 6, 30), "coherence": 0.67, "coherence_low": 0.5,
             "coherence_high": 0.85, "homeostasis": 0.34, "homeostasis_low": 0.3, "homeostasis_high": 0.4}  # fmt: skip
    for expert in (False, True):
        told = viability_narrative({"viability": pl.DataFrame([point])}, "EUR", expert=expert)
        assert "last year of the record" in told.headline
        assert "0.34" in told.headline
        assert "nudge" not in told.text
        assert check(told.text, told.facts, expert=expert) == []


@pytest.mark.parametrize("component", UNITS)
def test_every_component_of_homeostasis_is_grounded_in_its_own_unit(component: str) -> None:
    row = {"disturbance": "closure", "component": component, "h": 0.05, "h_low": 0.03, "h_high": 0.1,
           "value": 19.4, "value_low": 9.0, "value_high": 29.7, "unit": UNITS[component]}  # fmt: skip
    for expert in (False, True):
        told = viability_narrative({"homeostasis": pl.DataFrame([row])}, "EUR", expert=expert)
        assert "Shocks are felt most" in told.text
        assert check(told.text, told.facts, expert=expert) == [], told.text


def test_the_disturbances_of_the_battery_are_not_taken_for_one_another() -> None:
    row = {"component": "loss", "h": 0.05, "h_low": 0.03, "h_high": 0.1, "value": 19.4, "value_low": 9.0,
           "value_high": 29.7, "unit": UNITS["loss"]}  # fmt: skip
    assert set(DISTURBANCES) == {PULSE, OUTAGE, LEAD_TIME, CLOSURE, CAPACITY}
    for name in DISTURBANCES:
        told = viability_narrative({"homeostasis": pl.DataFrame([row | {"disturbance": name}])}, "EUR")
        assert f"after {DISTURBANCES[name]}" in told.text
        assert check(told.text, told.facts) == []
        for other in set(DISTURBANCES.values()) - {DISTURBANCES[name]}:
            assert check(told.text.replace(DISTURBANCES[name], other), told.facts), (name, other)
    calm = viability_narrative({"homeostasis": pl.DataFrame([row | {"disturbance": "none"}])}, "EUR")
    assert "even without a shock" in calm.text
    assert check(calm.text, calm.facts) == []


def test_a_level_to_be_set_is_never_rounded_to_its_limits() -> None:
    row = results.part_results(60).filter(pl.col("evidence") == "strong").row(0, named=True)
    row |= {"optimal_cover": 66, "optimal_cover_low": 40, "optimal_cover_high": 103}
    row |= {"current_cover": 31, "current_source": "table", "change": 35, "saving": 3.14}
    for expert in (False, True):
        told = part_narrative(row, "EUR", expert=expert)
        assert "by 35 pieces, to 66 pieces" in told.text
        assert check(told.text, told.facts, expert=expert) == []


def test_the_director_is_told_one_thing_to_do() -> None:
    tables = cases.observed()
    with_nudge = director_narrative(cases.SUMMARY, tables)
    assert "What to do first: pay the buyer" in with_nudge.text
    without = {name: frame for name, frame in tables.items() if name != "recommendations"}
    assert "What to do first: expedite the open order." in director_narrative(cases.SUMMARY, without).text
    decide = director_narrative(cases.SUMMARY, to_decide=57, worst=cases.VALVE)
    assert "decide on 57 changes, of which GV-2041 has most at risk, 5.92 EUR/day." in decide.text
    assert director_narrative(cases.SUMMARY).text.endswith("Nothing presses today.")
    for told in (with_nudge, decide):
        assert check(told.text, told.facts) == []
        assert told.text.count("What to do first") == 1


@pytest.mark.parametrize(
    ("fact", "plain", "limits"),
    [
        (Fact("n", 1, "pieces"), "1 piece", "1 piece"),
        (Fact("n", -7, "pieces"), "7 pieces", "7 pieces"),
        (Fact("n", -0.071, "points", -0.08, -0.062), "7.1 percentage points", "7.1 percentage points [6.2-8.0]"),
        (Fact("n", -3.0, "EUR/day", -8.0, 2.0), "3 EUR/day", "-3 EUR/day [-8 to 2]"),
        (Fact("n", "12", "part"), '"12"', '"12"'),
    ],
)
def test_figures_as_sentences_have_them(fact: Fact, plain: str, limits: str) -> None:
    assert (written(fact, limits=False), written(fact, limits=True)) == (plain, limits)


def test_a_sentence_without_its_facts_is_not_said() -> None:
    tell = Telling("run", "measures")
    tell.put("fill_rate", None, "share")
    tell.put("late_share", float("nan"), "share")
    tell.say("happened.service")
    tell.say("happened.late")
    assert tell.narrative().sentences == ()


def test_where_nobody_has_set_limits_no_measure_is_kept_or_missed() -> None:
    row = observed.measures().row(0, named=True)
    assert "that is missed" in limit_narrative(row, "EUR").text
    unset = limit_narrative(row, "EUR", unset=True).text
    assert unset == "Today the fill rate is 90 %; nobody has set a limit for it."


def test_a_margin_to_a_limit_of_nothing_is_told_in_the_unit_of_the_measure() -> None:
    margins = {"margin": -3.2, "margin_low": -3.6, "margin_high": -2.8, "margin_unit": "1/week"}
    rows = [{**row, **margins} if row["side"] == "workload" else row for row in observed.measures().to_dicts()]
    measures = pl.DataFrame(rows, schema=observed.measures().schema | {"margin_unit": pl.String})
    told = viability_narrative({**observed.tables(), "viability_measures": measures}, "EUR")
    assert "3.2" in told.text
    assert "exceptions/week" in told.text
