"""A year in which agents try things: each turns a lever a little now and then, and keeps what its pay seemed to like.

It shares with the index of coherence the levers and the engine, and nothing else: no box of best responses, no surface,
its own account of pay and its own random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import stream
from spareverse.network.network import Network
from spareverse.observer.agents import Agent
from spareverse.observer.levers import Lever, turned
from spareverse.simulation.universe.measures import per_replication
from spareverse.simulation.universe_run import run_variants

Floats = NDArray[np.float64]
ROUNDS = 12
"""Each agent tries something once a month."""
SMALLEST, LARGEST = 0.4, 1.0
"""Steps by which a lever is turned in a trial."""
WIDTH = 2.0
"""Nobody is let further from today's setting than this, in steps."""
YEAR_DAYS, WARM_UP_DAYS = 365.0, 180.0
FINAL_REPLICATIONS = 24


@dataclass(frozen=True)
class Drifted:
    """Where the agents got to, and the enterprise's cost per day before and after, on other random numbers."""

    steps: tuple[float, ...]
    cost_before: float
    cost_after: float
    cost_more: Floats
    """[R] cost after less cost before, paired."""


def drift(network: Network, levers: Sequence[Lever], agents: Sequence[Agent], seed: int) -> Drifted:
    """A year of hill-climbing from today's setting, and what the setting reached then costs."""
    days = {"horizon_days": YEAR_DAYS, "warm_up_days": WARM_UP_DAYS, "period_days": YEAR_DAYS}
    settings = network["settings"].with_columns(**{name: pl.lit(value) for name, value in days.items()})
    year = replace(network, tables={**network.tables, "settings": settings})
    random = stream(seed, "drift")
    reached = _climbed(year, levers, agents, random)
    points = [np.zeros(len(levers)), reached]
    found = _simulated(network, levers, points, FINAL_REPLICATIONS, int(random.integers(2**31)), ["total_cost"])
    before, after = (one["total_cost"] / float(network.setting("horizon_days")) for one in found)
    return Drifted(tuple(reached.tolist()), float(before.mean()), float(after.mean()), after - before)


def _climbed(year: Network, levers: Sequence[Lever], agents: Sequence[Agent], random: np.random.Generator) -> Floats:
    """Steps after a year of trials. Each month has its own chance; within it, trials are compared under the same."""
    names = sorted({name for agent in agents for name in agent.weights} | {"total_cost"})

    def lived(at: Floats, chance: int) -> dict[str, float]:
        seen = _simulated(year, levers, [at], 1, chance, names)[0]
        return {name: float(values[0]) for name, values in seen.items()}

    at = np.zeros(len(levers))
    for _ in range(ROUNDS):
        chance = int(random.integers(2**31))
        now = lived(at, chance)
        for number in random.permutation(len(agents)):
            agent = agents[number]
            own = [row for row, lever in enumerate(levers) if lever.agent == agent.name]
            if not own:
                continue
            trial = at.copy()
            trial[random.choice(own)] += random.choice([-1.0, 1.0]) * random.uniform(SMALLEST, LARGEST)
            trial = np.clip(trial, -WIDTH, WIDTH)
            then = lived(trial, chance)
            if _earned(agent, then, now) > 0.0:
                at, now = trial, then
    return at


def _earned(agent: Agent, seen: Mapping[str, float], today: Mapping[str, float]) -> float:
    """Per cent of change, as the agent reckons its pay."""

    def up(name: str) -> float:
        base = today[name]
        return 0.0 if np.isnan(seen[name]) or np.isnan(base) else 100.0 * (seen[name] - base) / (abs(base) or 1.0)

    whole = sum(abs(weight) for weight in agent.weights.values()) or 1.0
    own = sum(weight * up(name) for name, weight in agent.weights.items()) / whole
    return (1.0 - agent.enterprise_share) * own - agent.enterprise_share * up("total_cost")


def _simulated(
    network: Network, levers: Sequence[Lever], points: Sequence[Floats], replications: int, seed: int,
    names: Sequence[str],
) -> list[dict[str, Floats]]:  # fmt: skip
    """Measures [R] of each point; sums over the run where a measure is one."""
    variants = [(str(row), lambda at=point: turned(network, levers, at)) for row, point in enumerate(points)]
    tables, _ = run_variants(variants, replications=replications, seed=seed, threads=1)
    found: list[dict[str, Floats]] = []
    for row in range(len(points)):
        mine = tables["series"].filter(pl.col("scenario") == str(row))
        found.append({name: per_replication(mine, name)["value"].cast(pl.Float64).to_numpy() for name in names})
    return found
