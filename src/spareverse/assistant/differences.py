"""A scenario beside the network as it is, in words: measure by measure, and whether the difference is beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.assistant.findings import POINTS, SHARE, written
from spareverse.explainer.facts import Fact, Narrative
from spareverse.simulation.universe.measures import MEASURES
from spareverse.simulation.universe_run import BASE

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

TOLD = {
    "fill_rate": "Demands served whole at once",
    "wait_days": "Mean wait of a piece",
    "total_cost": "Controllable cost of a run",
    "stock_value": "Stock on hand",
    "lost_share": "Pieces not sold",
    "late_share": "Pieces later than committed",
    "emergency_orders": "Emergency orders",
    "penalty_cost": "Penalties",
    "co2_kg": "Emissions",
}
"""Measures that are told, in this order; all of them are in the table."""
_UNITS = {"d/piece": "days", "orders": "orders", "kg": "kg"}


def under(scenario: str) -> str:
    """``under quay-closed``, ``in the network as it is``."""
    return "in the network as it is" if scenario == BASE else f"under {scenario}"


def compared(run: Simulation, scenario: str) -> Narrative:
    """What a scenario does to each measure; of the network as it is, what each measure is."""
    mine = _rows(run, "measures", scenario)
    base, changes = _rows(run, "measures", BASE), _rows(run, "differences", scenario)
    facts = [Fact("scenario", scenario, "scenario", source="simulation.scenarios")]
    facts += [Fact("as it is", BASE, "scenario", source="simulation.scenarios")]
    said, same = [], []
    for measure, name in TOLD.items():
        row, before = mine.get(measure), base.get(measure)
        if row is None or before is None or row["mean"] is None or (not row["mean"] and not before["mean"]):
            continue
        unit = _unit(run, measure)
        now = _told(facts, f"{scenario}.{measure}", row, "mean", unit, f"measures.{measure}")
        if scenario == BASE:
            said.append(f"{name}: {now}.")
            continue
        was = _told(facts, f"{BASE}.{measure}", before, "mean", unit, f"measures.{measure}")
        change = changes.get(measure)
        if change is None or change["difference"] is None:
            said.append(f"{name}: {now} under {scenario}, {was} as it is.")
        elif change["low"] is not None and change["low"] <= 0 <= change["high"]:
            same.append(name[0].lower() + name[1:])
            _told(facts, f"difference.{measure}", change, "difference", "", f"differences.{measure}")
        else:
            said.append(f"{name}: {now} under {scenario}, {was} as it is; {_change(facts, measure, change, unit)}.")
    if same:
        said.append(f"No difference beyond chance in: {', '.join(same)}.")
    runs = run.replications
    facts.append(Fact("replications", runs, "runs", source="simulation.replications"))
    said.append(f"From {runs} paired {'run' if runs == 1 else 'runs'} of each, in brackets the 95 % interval.")
    facts.append(Fact("level of the intervals", 0.95, SHARE, source="definition"))
    return Narrative(tuple(said), tuple(facts))


def _change(facts: list[Fact], measure: str, change: dict[str, Any], unit: str) -> str:
    """``5.1 points fewer [4.2-6.0]``: the size of a difference whose sign is known."""
    ends = sorted(abs(change[side]) for side in ("low", "high") if change[side] is not None)
    size, (low, high) = abs(change["difference"]), ends or (None, None)
    unit, more = POINTS if unit == SHARE else unit, change["difference"] > 0
    direction = 1 if more else -1
    facts.append(Fact(f"change.{measure}", size, unit, low, high, f"|differences.{measure}|", direction=direction))
    return f"{written(size, unit, low, high)} {'more' if more else 'less'}"


def _told(facts: list[Fact], id_: str, row: dict[str, Any], column: str, unit: str, source: str) -> str:
    value, low, high = row[column], row["low"], row["high"]
    if unit == SHARE and low is not None:  # an interval of a share stays within 0 and 1
        low, high = max(low, 0.0), min(high, 1.0)
    elif low is not None and value >= 0:
        low = max(low, 0.0)
    facts.append(Fact(id_, value, unit, low, high, source, {"scenario": id_.partition(".")[0]}))
    return written(value, unit, low, high)


def _unit(run: Simulation, measure: str) -> str:
    unit = MEASURES[measure].unit
    if unit.startswith("share"):
        return SHARE
    return _UNITS.get(unit, unit.replace("currency", str(run.document["currency"])))


def _rows(run: Simulation, table: str, scenario: str) -> dict[str, dict[str, Any]]:
    rows = run.table(table).filter(pl.col("scenario") == scenario)
    return {row["measure"]: row for row in rows.to_dicts()}
