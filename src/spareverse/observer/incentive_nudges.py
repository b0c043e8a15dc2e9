"""Nudges of pay: half of one agent's pay follows the cost of the enterprise, and where all then come to rest.

Incentives change nothing today; they change where the company drifts. So a nudge of pay is held against the drift under
today's pay, both simulated on fresh random numbers, not against doing nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario
from spareverse.observer.agents import Agent, agents_of
from spareverse.observer.levers import Steps, levers_of, turns
from spareverse.observer.nudges import Nudge
from spareverse.observer.setting_search import SettingSearch
from spareverse.observer.trials import Trials

Floats = NDArray[np.float64]
RHO = 1.0
SHARE = 0.5
"""Of the pay that follows the enterprise, added to what does."""
SEARCH_REPLICATIONS, ROUNDS = 6, 2
REMARK = "Against where all follow today's pay, within one step of every lever; today's cost does not change at once."


@dataclass(frozen=True)
class PayNudge:
    """A nudge of pay and what its point of rest changes, each measure [replications]."""

    nudge: Nudge
    agent: str
    changes: dict[str, Floats]
    part_ids: pl.Series
    of_parts: Floats
    """Change of the mean cost per day, by part."""


def pay_nudges(
    network: Network, *, replications: int, seed: int, threads: int | None = None, progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> tuple[list[PayNudge], int, int]:  # fmt: skip
    """One nudge for every declared agent whose pay leads to another point of rest; runs and events simulated.

    None where a network declares no agents or no lever of theirs turns anything. Raises Cancelled.
    """
    agents = agents_of(network)
    levers = tuple(lever for lever in levers_of(network) if turns(network, lever)) if agents else ()
    if not levers:
        return [], 0, 0
    trials = Trials(network, levers, 1, progress, cancel, threads)
    today = _rest(trials, agents, seed)
    found = []
    for number, agent in enumerate(agents):
        if agent.enterprise_share >= 1.0:
            continue
        share = min(agent.enterprise_share + SHARE, 1.0)
        paid = [*agents[:number], replace(agent, enterprise_share=share), *agents[number + 1 :]]
        then = _rest(trials, paid, seed)
        if np.allclose(then, today):
            continue
        outcomes = trials.run([today, then], replications=replications, seed=seed + 1_000_003)
        changes = {name: values[1] - values[0] for name, values in outcomes.measures.items()}
        of_parts = outcomes.of_parts[1] - outcomes.of_parts[0]
        found.append(PayNudge(_nudge(agent, share), agent.name, changes, trials.part_ids, of_parts))
    return found, trials.runs, trials.events


def _rest(trials: Trials, agents: Sequence[Agent], seed: int) -> Steps:
    """Where agents paid like this come to rest."""
    search = SettingSearch(trials, agents, RHO, SEARCH_REPLICATIONS, seed)
    for _ in range(ROUNDS):
        search.add(search.proposals(RHO, search.found(RHO)))
    return search.found(RHO).drift.steps


def _nudge(agent: Agent, share: float) -> Nudge:
    title = f"Let {100 * share:.0f} % of the pay of {agent.name} follow the cost of the enterprise"
    title += f" (today {100 * agent.enterprise_share:.0f} %)"
    change = Override("agents", "enterprise_share", {"agent_id": agent.name}, value=share)
    return Nudge("incentive", title, Scenario(f"incentive {agent.name}", title, (change,)), remark=REMARK)
