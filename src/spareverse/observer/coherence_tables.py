"""Scores of settings as the declared tables of coherence, moves and externalities, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.observer_tables import AGENT_MOVES, COHERENCE, EXTERNALITIES
from spareverse.network.schema import Table
from spareverse.observer.intervals import Interval, bootstrap, mean
from spareverse.observer.pay import ENTERPRISE, means, pay
from spareverse.observer.trials import COST
from spareverse.simulation.universe.measures import MEASURES

if TYPE_CHECKING:
    from spareverse.observer.agents import Agent
    from spareverse.observer.coherence import Scored
    from spareverse.observer.setting_search import Found

Floats = NDArray[np.float64]
Row = dict[str, object]
CURRENCY_PER_DAY = "currency/d"


def tables_of(scored: Scored) -> dict[str, pl.DataFrame]:
    """COHERENCE, AGENT_MOVES and EXTERNALITIES, a box after the other."""
    boxes = scored.found.items()
    return {
        COHERENCE.name: _frame(COHERENCE, [_index(scored, rho, found) for rho, found in boxes]),
        AGENT_MOVES.name: _frame(AGENT_MOVES, [row for rho, found in boxes for row in _moves(scored, rho, found)]),
        EXTERNALITIES.name: _frame(
            EXTERNALITIES, [row for rho, found in boxes for row in _externalities(scored, rho, found)]
        ),
    }


def _frame(table: Table, rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=table.schema, orient="row")


def _limits(name: str, interval: Interval) -> Row:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _index(scored: Scored, rho: float, found: Found) -> Row:
    """Candidates for the best are the best found and the point of rest, of narrower boxes too, and today's setting.

    So a wider box has no dearer best and no cheaper worst. Its price may be lower all the same: rest is one point, not
    the worst, and may be a cheaper one where agents go further.
    """
    drift, now = scored.at(found.drift.steps), scored.at(np.zeros_like(found.best))
    inside = [of for width, of in scored.found.items() if width <= rho]
    candidates = list(dict.fromkeys([*(scored.at(at) for of in inside for at in (of.best, of.drift.steps)), now]))
    cost = scored.outcomes.cost
    worst = max(float(cost[scored.at(at)].mean()) for of in inside for at in (of.worst, of.drift.steps))
    values = cost[[*candidates, drift, now]]
    least = candidates[int(cost[candidates].mean(axis=1).argmin())]
    seed, count, up = scored.seed, len(candidates), scored.sample.factor
    of_part = scored.outcomes.of_parts

    def error(per_part: Floats) -> float:
        return scored.sample.error(scored.trials.part_ids, per_part)

    index = bootstrap(values, lambda m: m[:count].min(axis=0) / m[count], seed)
    drift_cost = mean(cost[drift])
    price = bootstrap(values, lambda m: m[count] - m[:count].min(axis=0), seed).times(up)
    best_cost = bootstrap(values, lambda m: m[:count].min(axis=0), seed).times(up)
    return {
        "rho": rho,
        **_limits("coherence", index.widened(
            error(of_part[least] - index.value * of_part[drift]) / (up * drift_cost.value)).within(0.0, 1.0)),
        **_limits("price", price.widened(error(of_part[drift] - of_part[least])).within(0.0, np.inf)),
        "floor": index.value * drift_cost.value / worst,
        **_limits("cost_now", mean(cost[now]).times(up).widened(error(of_part[now]))),
        **_limits("cost_drift", drift_cost.times(up).widened(error(of_part[drift]))),
        **_limits("cost_best", best_cost.widened(error(of_part[least]))),
        **_limits("fill_drift", mean(scored.outcomes.measures["fill_rate"][drift]).within(0.0, 1.0)),
        "simulated_days": float(scored.trials.network.setting("horizon_days")),
        "replications": cost.shape[1], "runs": scored.trials.runs, "events": scored.trials.events,
        "parts": scored.sample.parts, "parts_in_all": scored.sample.parts_in_all,
        "settled": "yes" if found.drift.settled else "no",
        "remark": scored.sample.remark,
    }  # fmt: skip


def _moves(scored: Scored, rho: float, found: Found) -> list[Row]:
    return [
        {
            "rho": rho, "agent_id": lever.agent, "lever": lever.name,
            "own_steps": float(found.own[lever.agent][number]), "drift_steps": float(found.drift.steps[number]),
            "best_steps": float(found.best[number]),
            "identifiable": "yes" if found.identifiable[lever.agent] else "no",
        }
        for number, lever in enumerate(scored.trials.levers)
    ]  # fmt: skip


def _externalities(scored: Scored, rho: float, found: Found) -> list[Row]:
    now = scored.at(np.zeros_like(found.best))
    cost = scored.outcomes.cost
    inside = np.abs(scored.outcomes.points).max(axis=1, initial=0.0) <= rho + 1e-9
    spread = float(np.ptp(cost[inside].mean(axis=1)))
    rows = []
    for mover in scored.agents:
        moved = scored.at(found.own[mover.name])
        saved = -(cost[moved] - cost[now])
        rows.append(
            {"rho": rho, "mover": mover.name, "on": ENTERPRISE, **_change(scored, COST, moved, now),
             "share_of_range": float(saved.mean()) / spread if spread > 0 else 0.0}
        )  # fmt: skip
        for other in scored.agents:
            rows += _on_agent(scored, rho, found, mover.name, other, moved, now)
    return rows


def _on_agent(scored: Scored, rho: float, found: Found, mover: str, other: Agent, moved: int, now: int) -> list[Row]:
    """A row for each measure the other is paid for; the gain is that of its pay."""
    measures = scored.outcomes.measures
    today = means({name: values[now] for name, values in measures.items()})
    least, most = found.ranges[other.name]
    paid = pay(other, {name: values[[now, moved]] for name, values in measures.items()}, today).mean(axis=1)
    gain = float(paid[1] - paid[0]) / (most - least) if most > least else 0.0
    return [
        {"rho": rho, "mover": mover, "on": other.name, **_change(scored, name, moved, now), "share_of_range": gain}
        for name in (other.weights or {COST: -1.0})
    ]


def _change(scored: Scored, name: str, moved: int, now: int) -> Row:
    values = scored.outcomes.measures[name]
    change = mean(values[moved] - values[now])
    unit = CURRENCY_PER_DAY if name.endswith("_cost") else MEASURES[name].unit
    adds_up = not unit.startswith("share") and unit != "d/piece"
    clear = change.low > 0.0 or change.high < 0.0
    if adds_up:
        change = change.times(scored.sample.factor)
    return {"measure": name, "unit": unit, **_limits("change", change), "clear": "yes" if clear else "no"}
