"""A constructed observation: every table of the Observer, with names that try to be markup."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from spareverse.network import observer_tables as declared
from spareverse.network.reply_tables import FOLLOW_UPS

HOSTILE = "<img src=x onerror=alert(1)>{b|P-9}"
CAUTION = "would take stock value out of its limit: 838,000 against 835,000 EUR"
Row = dict[str, Any]


def around(name: str, value: float, half: float) -> Row:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def viability(past: int = 18) -> pl.DataFrame:
    rows: list[Row] = []
    for month in range(past):
        since = date(2021, 1, 1) + timedelta(days=31 * month)
        axes = {**around("coherence", 0.7 - 0.0005 * month, 0.02), **around("homeostasis", 0.6 - 0.012 * month, 0.02)}
        rows.append({"point": f"window {month}", "kind": "past", "since": since, "until": since + timedelta(days=365),
                     **axes, "covariance": 1e-5, "basis": "stand-ins of the record"})  # fmt: skip
    points = (
        ("now", "now", 0.82, 0.44, "unsure", 0.02), ("quay-closed", "scenario", 0.84, 0.3, "no", -0.3),
        ("plan 7", "plan", 0.9, 0.52, "yes", 0.1),
    )  # fmt: skip
    for point, kind, coherence, homeostasis, viable, margin in points:
        rows.append({"point": point, "kind": kind, **around("coherence", coherence, 0.04), "covariance": 0.0,
                     **around("homeostasis", homeostasis, 0.05), "basis": "simulated", "viable": viable,
                     **around("margin", margin, 0.05)})  # fmt: skip
    return _table(declared.VIABILITY, rows)


def measures() -> pl.DataFrame:
    named = (
        ("service", "fill_rate", "share of lines", 0.9, 0.02, 0.95, None),
        ("money", "total_cost", "currency/year", 812_000.0, 30_000.0, None, 900_000.0),
        ("money", "stock_value", "currency", 1_450_000.0, 40_000.0, None, None),
        ("workload", "exceptions_per_week", "1/week", 3.2, 0.4, None, 4.0),
    )
    rows = []
    for point in ("now", "quay-closed", "plan 7"):
        for side, measure, unit, value, half, least, most in named:
            margin = (value - least) / least if least else (most - value) / most if most else None
            margins = {} if margin is None else around("margin", margin, half / value)
            rows.append({"point": point, "side": side, "measure": measure, "unit": unit, "at_least": least,
                         "at_most": most, **around("value", value, half), **margins})  # fmt: skip
    return _table(declared.VIABILITY_MEASURES, rows)


def coherence() -> pl.DataFrame:
    rows = [
        {"rho": rho, **around("coherence", index, 0.03), **around("price", price, 20.0), "floor": 0.5,
         **around("cost_now", 2200.0, 60.0), **around("cost_drift", 2200.0 + price, 60.0), "runs": 400,
         **around("cost_best", 2150.0, 60.0), "replications": 24, "parts": 200, "parts_in_all": 200, "settled": settled}
        for rho, index, price, settled in ((1.0, 0.82, 148.0, "yes"), (2.0, 0.66, 337.0, "no"))
    ]  # fmt: skip
    return _table(declared.COHERENCE, rows)


def externalities() -> pl.DataFrame:
    agents = ("planner", "buyer", "finance")
    gains = {("planner", "enterprise"): -0.41, ("planner", "planner"): 0.32, ("buyer", "planner"): -0.13}
    rows = [
        {"rho": 1.0, "mover": mover, "on": on, "measure": "total_cost" if on == "enterprise" else "stock_value",
         "unit": "currency/d" if on == "enterprise" else "currency", "share_of_range": gains.get((mover, on), 0.0),
         **around("change", -110.0 * gains.get((mover, on), 0.0), 8.0),
         "clear": "yes" if (mover, on) in gains else "no"}
        for mover in agents for on in ("enterprise", *agents)
    ]  # fmt: skip
    return _table(declared.EXTERNALITIES, rows)


def moves() -> pl.DataFrame:
    rows = [{"rho": 1.0, "agent_id": "planner", "lever": "stock_level at CENTRAL", "own_steps": -1.0,
             "drift_steps": -1.0, "best_steps": 1.0, "identifiable": "yes"}]  # fmt: skip
    return _table(declared.AGENT_MOVES, rows)


def homeostasis() -> pl.DataFrame:
    rows = []
    for place, disturbance in enumerate(("pulse", "outage", "lead-time", "closure", "capacity", "none")):
        names = ("waiting", "firefighting", "amplification")
        for at, component in enumerate(
            names if disturbance == "none" else ("loss", "recovery", "swing", "firefighting")
        ):
            h = 0.9 - 0.1 * at - 0.08 * place
            unit = {"loss": "days of demand waited per day of disturbance", "recovery": "d"}.get(component, "share")
            rows.append({"disturbance": disturbance, "component": component, "unit": unit, "reference": 1.0,
                         **around("value", (1 - h) / h, 0.1), **around("h", h, 0.04),
                         "worst": "yes" if (disturbance, at) == ("capacity", 3) else "no"})  # fmt: skip
    return _table(declared.HOMEOSTASIS, rows)


def recovery() -> pl.DataFrame:
    rows = [
        {"disturbance": name, "day": 10.0 * period + 5, **around("stock", -5000.0, 900.0),
         **around("waiting", 60.0 * 0.8**period, 2.0 + 0.3 * period if name == "pulse" else 1e-9)}
        for name in ("pulse", "outage", "closure") for period in range(44)
    ]  # fmt: skip
    return _table(declared.RECOVERY, rows)


def alarms() -> pl.DataFrame:
    rows = [
        {"stream": "lead time", "subject_kind": "supplier", "subject_id": subject, "monitor": monitor, "since": since,
         "raised": since + timedelta(days=120), "direction": direction, "run_length": 1000.0, "p_value": 1e-6,
         "q_value": q, "unit": "d", **around("before", 12.0, 1.0), **around("after", 20.0, 3.0)}
        for subject, monitor, since, direction, q in (
            ("S-1", "CUSUM", date(2022, 2, 1), "up", 0.02), ("S-1", "EWMA", date(2022, 3, 1), "up", 0.05),
            (HOSTILE, "CUSUM", date(2021, 2, 1), "down", 1e-9),
        )
    ]  # fmt: skip
    lane = rows[0] | {"subject_kind": "lane", "place_id": "OSLO", "q_value": 0.04}
    numbered = [row | {"trouble": 1 if row["subject_id"] == HOSTILE else 2} for row in (*rows, lane)]
    return _table(declared.ALARMS, numbered)


def troubles() -> pl.DataFrame:
    heads = alarms().sort("q_value").unique("trouble", keep="first").sort("trouble").to_dicts()
    rows = [
        {**row, "alarms": count, "evidence": evidence}
        for row, count, evidence in zip(heads, (1, 3), ("lead time: 1 supplier", "lead time: 1 supplier, 1 lane"),
                                        strict=True)
    ]  # fmt: skip
    return _table(declared.TROUBLES, rows)


def noticed() -> pl.DataFrame:
    rows = [
        {"scenario": "outage", "disturbance": "outage", "begins_day": 365.0, "watched_days": 182.0, "stream": stream,
         "subject_kind": "place", "subject_id": subject, "monitor": "EWMA", "direction": direction, "runs": 10,
         "noticed": count, "false_alarms": 1, "delay_days": days, "delay_days_low": 10.0, "delay_days_high": 60.0,
         "run_length": 1000.0}
        for stream, subject, direction, count, days in (
            ("stock", HOSTILE, "down", 9, 40.0), ("waiting", "OSLO", "up", 7, 20.0), ("orders", "OSLO", "up", 1, 50.0),
        )
    ]  # fmt: skip
    return _table(declared.NOTICED, rows)


def warnings(count: int = 30) -> pl.DataFrame:
    rows: list[Row] = [
        {"warning_id": f"stock_out:P-{at}:OSLO", "kind": "stock_out", "part_id": f"P-{at}" if at else HOSTILE,
         "place_id": "OSLO", "within_weeks": 8, **around("chance", 0.9 - 0.02 * at, 0.05), "method": "simulated",
         "expected_money": 4000.0 / (at + 1), "money_basis": "penalties", "days_left": 3.0 + 2 * at, "paths": 200,
         "on_hand": 2, "under_way": 4, "demand": 5.5, "source_id": "S-1", "due_day": 30.0,
         "reason": "what is under way comes late", "rank": at + 1,
         "action": "expedite the open order of 4 from S-1" if at < 2 else None}
        for at in range(count)
    ]  # fmt: skip
    rows.append({"warning_id": "contract_breach:C-1", "kind": "contract_breach", "customer_id": "C-1",
                 "rank": count + 1, "within_weeks": 8, **around("chance", 0.2, 0.05), "method": "simulated",
                 "paths": 200, "expected_money": 1500.0, "reason": "served late",
                 "action": "for P-1 at OSLO: expedite the open order of 4 from S-1"})  # fmt: skip
    return _table(declared.WARNINGS, rows)


def expedites() -> pl.DataFrame:
    rows = [{"part_id": "P-1", "place_id": "OSLO", "source_id": "S-1", "quantity": 4, "ordered_days_ago": 20.0,
             "due_day": 30.0, "sooner_day": 12.0, "chance_before": 0.88, **around("chance_change", -0.3, 0.08),
             **around("waiting_change", -40.0, 9.0), **around("money_change", -900.0, 200.0), "rank": 1}]  # fmt: skip
    return _table(declared.EXPEDITES, rows)


def steps() -> pl.DataFrame:
    """As ``warnings`` tells them: the open order of the second helps, another order of the third does not."""
    tried = [
        {"warning_id": f"stock_out:P-{at}:OSLO", "part_id": f"P-{at}" if at else HOSTILE, "place_id": "OSLO",
         "step": step, "title": title, "source_id": "S-1", "quantity": 4, "arrives_day": 12.0, "chance_before": 0.88,
         **around("chance_change", -0.3 if helps else -0.01, 0.08),
         **around("waiting_change", -40.0 if helps else 0.0, 9.0),
         **around("money_change", -900.0 if helps else -20.0, 200.0), "verdict": "helps" if helps else "not clear"}
        for at, step, title, helps in (
            (0, "expedite", "expedite the open order of 4 from S-1", True),
            (1, "expedite", "expedite the open order of 4 from S-1", True),
            (1, "order", "order 4 now from S-1", False), (2, "order", "order 4 now from S-1", False),
        )
    ]  # fmt: skip
    giver = tried[1] | {"step": "move", "title": "move 1 from BERGEN", "source_id": "BERGEN",
                        **around("giver_change", 0.1, 0.02)}  # fmt: skip
    contract = tried[1] | {"warning_id": "contract_breach:C-1"}
    return _table(declared.STEPS, [*tried, giver, contract])


def recommendations() -> pl.DataFrame:
    rows = [
        {"nudge_id": f"nudge {at}", "kind": "stock_level", "title": title, "verdict": verdict, "rank": at + 1,
         **around("cost_change", -110.0 + 30 * at, 35.0), **around("fill_change", 0.03 - 0.012 * at, 0.005),
         **around("workload_change", -1.1 + 0.4 * at, 0.2), **around("stock_change", 79_000.0, 5_000.0),
         **around("margin_change", 0.02, 0.01), "side_effects": "stock value +10 %", "replications": 24,
         "one_off_cost": 500.0 if at else None, "change": 'title = "x"', "ranked_by": "money", "cost_today": 1888.0,
         "simulated_days": 730.0, "leaves_limits": "yes" if at == 1 else "no", "caution": CAUTION if at == 1 else None}
        for at, (title, verdict) in enumerate((
            ("Raise reorder points for Bearings by 40 %", "survives"),
            (f"Raise the reorder points of {HOSTILE} where waiting costs most, by 40 % and one piece", "survives"),
            ("Order 40 % larger batches", "not clear"), ("Close the central warehouse", "harms"),
        ))
    ]  # fmt: skip
    return _table(declared.RECOMMENDATIONS, rows)


def follow_ups() -> pl.DataFrame:
    rows = [
        {"nudge_id": "nudge 0", "accepted": date(2025, 1, 4), "holds_from": date(2025, 1, 1),
         "until": date(2025, 9, 1), "measure": measure, "unit": unit, "verdict": verdict,
         **around("promised", promised, abs(promised) / 4), **came}
        for measure, unit, promised, came, verdict in (
            ("fill", "share", 0.03, around("came", 0.025, 0.02), "kept"),
            ("workload", "1/week", -1.1, around("came", 0.4, 0.5), "missed"),
            ("cost", "currency/d", -110.0, {}, "not enough lines"),
        )
    ]  # fmt: skip
    return _table(FOLLOW_UPS, rows)


def tables() -> dict[str, pl.DataFrame]:
    """By the names of OBSERVER_TABLES, what people say of it left out."""
    return {
        "viability": viability(), "viability_measures": measures(), "coherence": coherence(),
        "externalities": externalities(), "agent_moves": moves(), "homeostasis": homeostasis(), "recovery": recovery(),
        "alarms": alarms(), "troubles": troubles(), "noticed": noticed(), "warnings": warnings(),
        "expedites": expedites(), "steps": steps(),
        "recommendations": recommendations(),
    }  # fmt: skip


def document(**more: Any) -> Row:
    """As an observation of a network is kept."""
    return {
        "version": "1", "inputs": {}, "network": "n", "scenarios": [], "weeks": 8, "seed": 1, "name": "Acme",
        "start": None, "made_at": "2026-11-22T10:00:00+00:00", "refined": False, "rescored": False, "seconds": 61.0,
        "runs": {"now": {"parts": 10, "parts_in_all": 10, "replications": 8, "events": 9, "left_out": []}},
        "centre": "plan 7", "currency": "EUR", "notices": ["Made up for a test."],
        "experimental": {"homeostasis": "Rank correlation 0.3 [0.1-0.5] over 50 companies, below 0.5."}, **more,
    }  # fmt: skip


def _table(table: Any, rows: list[Row]) -> pl.DataFrame:
    whole = [{name: row.get(name) for name in table.names} for row in rows]
    return pl.DataFrame(whole, schema=table.schema)
