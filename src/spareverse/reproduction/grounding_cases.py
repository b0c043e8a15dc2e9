"""Ten narratives on constructed rows, the matter of the grounding test; everything in them is invented."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.explainer.facts import Fact, Narrative
from spareverse.explainer.narratives.comparison import comparison_narrative
from spareverse.explainer.narratives.director import director_narrative
from spareverse.explainer.narratives.part import part_narrative
from spareverse.explainer.narratives.plan import plan_narrative
from spareverse.explainer.narratives.run import run_narrative
from spareverse.explainer.narratives.viability import viability_narrative
from spareverse.explainer.narratives.warning import warning_narrative
from spareverse.network import observer_tables as observer
from spareverse.network import simulation_answers as answers
from spareverse.network import simulation_tables as simulated
from spareverse.network.results import PART_RESULTS
from spareverse.network.schema import Table

Row = dict[str, Any]
CURRENCY = "EUR"
BASE, OUTAGE, SECOND = "as it is", "Norsk Forge stops", "second source Delta"
Estimate = tuple[float, float, float]
_MEASURES: dict[str, tuple[str, dict[str, Estimate]]] = {
    "fill_rate": ("share of lines", {BASE: (0.942, 0.938, 0.946), OUTAGE: (0.871, 0.862, 0.880),
                                     SECOND: (0.915, 0.907, 0.923)}),
    "late_share": ("share of pieces", {BASE: (0.031, 0.028, 0.034), OUTAGE: (0.088, 0.079, 0.097),
                                       SECOND: (0.052, 0.046, 0.058)}),
    "wait_days": ("d/piece", {BASE: (1.42, 1.31, 1.53), OUTAGE: (4.63, 4.21, 5.05), SECOND: (2.74, 2.48, 3.00)}),
    "total_cost": ("currency", {BASE: (412_600, 405_100, 420_100), OUTAGE: (498_300, 486_700, 509_900),
                                SECOND: (455_200, 446_000, 464_400)}),
    "penalty_cost": ("currency", {BASE: (37_800, 34_100, 41_500), OUTAGE: (112_400, 104_300, 120_500),
                                  SECOND: (61_700, 56_500, 66_900)}),
    "stock_value": ("currency", {BASE: (1_284_000, 1_279_000, 1_289_000), OUTAGE: (1_197_000, 1_188_000, 1_206_000),
                                 SECOND: (1_241_000, 1_233_000, 1_249_000)}),
    "emergency_orders": ("orders", {BASE: (118, 109, 127), OUTAGE: (264, 247, 281), SECOND: (171, 160, 182)}),
}  # fmt: skip
_CHANGES: dict[str, dict[str, Estimate]] = {
    OUTAGE: {"fill_rate": (-0.071, -0.080, -0.062), "late_share": (0.057, 0.048, 0.066),
             "wait_days": (3.21, 2.83, 3.59), "total_cost": (85_700, 77_200, 94_200),
             "stock_value": (-87_000, -95_000, -79_000), "emergency_orders": (146, 131, 161)},
    SECOND: {"fill_rate": (-0.027, -0.035, -0.019), "late_share": (0.021, 0.015, 0.027),
             "wait_days": (1.32, 1.11, 1.53), "total_cost": (42_600, 36_900, 48_300),
             "stock_value": (-43_000, -50_000, -36_000), "emergency_orders": (53, 44, 62)},
}  # fmt: skip
_WHY: dict[str, list[tuple[str, str, str, float, float]]] = {
    BASE: [("capacity queue", "supplier", "Norsk Forge", 0.22, 0.38), ("cover here", "place", "Bergen", 0.0, 0.27),
           ("lead time beyond plan", "supplier", "Delta Seals", 0.31, 0.19)],
    OUTAGE: [("disruption", "supplier", "Norsk Forge", 0.47, 0.61),
             ("capacity queue", "supplier", "Norsk Forge", 0.18, 0.17),
             ("cover here", "place", "Bergen", 0.0, 0.12)],
}  # fmt: skip


def measures() -> pl.DataFrame:
    rows = [
        {"scenario": scenario, "measure": name, "unit": unit, "mean": mean, "low": low, "high": high}
        for name, (unit, values) in _MEASURES.items()
        for scenario, (mean, low, high) in values.items()
    ]
    return _frame(simulated.MEASURES_TABLE, rows)


def differences() -> pl.DataFrame:
    rows = [
        {
            "scenario": scenario,
            "measure": name,
            "unit": _MEASURES[name][0],
            "difference": mean,
            "low": low,
            "high": high,
        }
        for scenario, changes in _CHANGES.items()
        for name, (mean, low, high) in changes.items()
    ]
    return _frame(simulated.DIFFERENCES, rows)


def run(scenario: str, *, expert: bool) -> Narrative:
    names = ("cause", "entity_kind", "entity_id", "timeline_share", "critical_share")
    why = [dict(zip(names, row, strict=True)) for row in _WHY[scenario]]
    removed = {"scenario": OUTAGE, "cause": "disruption", "switched_off": "yes", "removed_days": 18_240.0,
               "low": 16_900.0, "high": 19_580.0}  # fmt: skip
    return run_narrative(
        measures(), _frame(answers.WHY, why), _frame(answers.COUNTERFACTUALS, [removed]), scenario=scenario,
        currency=CURRENCY, days=1095, replications=40, expert=expert,
    )  # fmt: skip


def comparison(scenario: str, *, expert: bool) -> Narrative:
    return comparison_narrative(
        differences(), measures(), scenario=scenario, base=BASE, currency=CURRENCY, replications=40, expert=expert
    )


VALVE: Row = {
    "part_id": "GV-2041", "place_id": "Bergen", "description": "Gate valve 4 in", "supplier_id": "Norsk Forge",
    "evidence": "fair", "open_lines": 2, "cycles": 11, "sales_lines": 46, "pieces_sold": 83.0,
    "expected_lead_time_days": 65.0, "late_risk": 0.42, "late_risk_low": 0.31, "late_risk_high": 0.54,
    "current_cover": 9.0, "current_source": "policy", "current_risk": 0.31, "current_risk_low": 0.22,
    "current_risk_high": 0.41, "optimal_cover": 16.0, "optimal_cover_low": 12.0, "optimal_cover_high": 21.0,
    "optimal_risk": 0.13, "optimal_risk_low": 0.08, "optimal_risk_high": 0.2, "change": 7.0, "order_quantity": 10.0,
    "saving": 3.47, "money_at_risk": 5.92,
}  # fmt: skip
SEAL: Row = VALVE | {
    "part_id": "SK-118", "description": "Seal kit", "supplier_id": "Delta Seals", "evidence": "strong", "open_lines": 4,
    "cycles": 34, "sales_lines": 127, "pieces_sold": 352.0, "expected_lead_time_days": 28.0, "late_risk": 0.17,
    "late_risk_low": 0.11, "late_risk_high": 0.24, "current_cover": 58.0, "current_risk": 0.024,
    "current_risk_low": 0.012, "current_risk_high": 0.043, "optimal_cover": 37.0, "optimal_cover_low": 33.0,
    "optimal_cover_high": 42.0, "optimal_risk": 0.061, "optimal_risk_low": 0.044, "optimal_risk_high": 0.082,
    "change": -21.0, "order_quantity": 24.0, "saving": 1.18, "money_at_risk": 0.74,
}  # fmt: skip
PUMP: Row = VALVE | {
    "part_id": "PU-7", "place_id": "Tromso", "description": "Pump", "supplier_id": "Arctic Pumps",
    "evidence": "borrowed",
    "open_lines": 1, "cycles": 0, "sales_lines": 3, "pieces_sold": 4.0, "expected_lead_time_days": 140.0,
    "late_risk": 0.36, "late_risk_low": 0.18, "late_risk_high": 0.58, "current_cover": None, "current_source": "none",
    "current_risk": None, "current_risk_low": None, "current_risk_high": None, "optimal_cover": 2.0,
    "optimal_cover_low": 1.0, "optimal_cover_high": 4.0, "optimal_risk": 0.19, "optimal_risk_low": 0.07,
    "optimal_risk_high": 0.35, "change": 2.0, "order_quantity": 1.0, "saving": None, "money_at_risk": 41.6,
}  # fmt: skip


def warnings() -> pl.DataFrame:
    common = {"within_weeks": 8, "method": "simulated", "paths": 128}
    rows = [
        common | {"warning_id": "w1", "kind": "stock_out", "part_id": "GV-2041", "place_id": "Bergen", "chance": 0.64,
                  "chance_low": 0.55, "chance_high": 0.72, "expected_money": 23_400.0, "days_left": 19.0, "on_hand": 3,
                  "under_way": 10, "demand": 11.0, "source_id": "Norsk Forge", "due_day": 37.0,
                  "reason": "The open order is overdue", "action": "expedite the open order", "rank": 1},
        common | {"warning_id": "w2", "kind": "stock_out", "part_id": "SK-118", "place_id": "Tromso", "chance": 0.27,
                  "chance_low": 0.2, "chance_high": 0.35, "expected_money": 6_150.0, "days_left": 41.0, "on_hand": 14,
                  "under_way": 24, "demand": 32.0, "source_id": "Delta Seals", "due_day": 12.0,
                  "reason": "Demand has grown", "action": "order now", "rank": 2},
        common | {"warning_id": "w3", "kind": "contract_breach", "customer_id": "Halten Drilling", "chance": 0.38,
                  "chance_low": 0.3, "chance_high": 0.47, "expected_money": 15_800.0, "days_left": 33.0,
                  "reason": "Two parts of the contract are short", "action": "move stock from Bergen to Tromso",
                  "rank": 3},
    ]  # fmt: skip
    return _frame(observer.WARNINGS, rows)


def warning(rank: int, *, expert: bool) -> Narrative:
    return warning_narrative(warnings().row(rank - 1, named=True), CURRENCY, expert=expert)


PLAN: Row = {
    "summary": {"currency": CURRENCY, "parts": 1_840, "parts_stocked": 612, "stock_value": 1_146_000.0,
                "fill_rate": 0.93, "today": {"stock_value": 1_284_000.0, "fill_rate": 0.88}},
    "proof": {"verdict": "kept", "promised_fill_rate": 0.92, "promised_fill_rate_low": 0.9,
              "promised_fill_rate_high": 0.94, "fill_rate": 0.91, "fill_rate_low": 0.895, "fill_rate_high": 0.926,
              "lines": 4_310, "fit_until": "2025-03-01", "cause": None},
}  # fmt: skip


def observed() -> dict[str, pl.DataFrame]:
    """The Observer's tables."""
    return {
        "warnings": warnings(),
        "viability": _frame(observer.VIABILITY, [
            {"point": "today", "kind": "now", "viable": "no", "coherence": 0.71, "coherence_low": 0.66,
             "coherence_high": 0.77, "homeostasis": 0.58, "homeostasis_low": 0.53, "homeostasis_high": 0.63}]),
        "viability_measures": _frame(observer.VIABILITY_MEASURES, [
            {"point": "today", "side": "service", "measure": "late_share", "margin": -0.12, "margin_low": -0.17,
             "margin_high": -0.07}]),
        "coherence": _frame(observer.COHERENCE, [
            {"rho": 1.0, "price": 486.0, "price_low": 402.0, "price_high": 570.0, "replications": 60, "parts": 1_000,
             "parts_in_all": 18_400}]),
        "externalities": _frame(observer.EXTERNALITIES, [
            {"rho": 1.0, "mover": "buyer", "on": "enterprise", "measure": "total_cost", "change": 291.0,
             "change_low": 228.0, "change_high": 354.0, "clear": "yes"}]),
        "homeostasis": _frame(observer.HOMEOSTASIS, [
            {"disturbance": "supplier outage", "component": "firefighting", "unit": "", "value": 0.34,
             "value_low": 0.29, "value_high": 0.39, "h": 0.42, "h_low": 0.37, "h_high": 0.47}]),
        "recommendations": _frame(observer.RECOMMENDATIONS, [
            {"nudge_id": "n1", "kind": "incentive", "verdict": "survives", "rank": 1,
             "title": "pay the buyer for the cost of the whole enterprise", "agent_id": "buyer", "cost_change": -257.0,
             "cost_change_low": -318.0, "cost_change_high": -196.0, "fill_change": 0.011, "fill_change_low": 0.006,
             "fill_change_high": 0.016, "side_effects": "list prices paid rise"}]),
    }  # fmt: skip


SUMMARY: Row = {
    "currency": CURRENCY, "money_at_risk": 1_320.0, "customer_on_time": 0.87,
    "evidence": {"strong": 214, "fair": 391, "weak": 602, "borrowed": 633},
}  # fmt: skip


def narratives(*, expert: bool = False) -> dict[str, Narrative]:
    """The ten, by name."""
    observer_tables = observed()
    return {
        "run as it is": run(BASE, expert=expert),
        "run with an outage": run(OUTAGE, expert=expert),
        "comparison": comparison(OUTAGE, expert=expert),
        "part to raise": part_narrative(_part(VALVE), CURRENCY, expert=expert),
        "part without a record": part_narrative(_part(PUMP), CURRENCY, expert=expert),
        "warning of a stock-out": warning(1, expert=expert),
        "warning of a contract": warning(3, expert=expert),
        "plan": plan_narrative(PLAN, 57, expert=expert),
        "viability": viability_narrative(observer_tables, CURRENCY, expert=expert),
        "director": director_narrative(
            SUMMARY,
            observer_tables,
            previous=SUMMARY | {"money_at_risk": 1_180.0},
            worst=VALVE,
            to_decide=57,
            expert=expert,
        ),
    }


def facts(case: str) -> list[Fact]:
    """What a text of a case may draw on: the facts of its narrative, and of another part, warning or scenario."""
    beside: dict[str, list[Narrative]] = {
        "comparison": [comparison(SECOND, expert=True)],
        "part to raise": [part_narrative(_part(SEAL), CURRENCY, expert=True)],
        "part without a record": [part_narrative(_part(VALVE), CURRENCY, expert=True)],
        "warning of a stock-out": [warning(2, expert=True)],
        "warning of a contract": [warning(1, expert=True)],
        "run with an outage": [run(BASE, expert=True)],
    }
    own = narratives(expert=True)[case]
    return [*own.facts, *(fact for other in beside.get(case, []) for fact in other.facts)]


def _part(row: Row) -> Row:
    return dict.fromkeys(PART_RESULTS.names) | row


def _frame(table: Table, rows: list[Row]) -> pl.DataFrame:
    """Rows of a declared table; columns that are not given are empty."""
    return pl.DataFrame([dict.fromkeys(table.names) | row for row in rows], schema=table.schema)
