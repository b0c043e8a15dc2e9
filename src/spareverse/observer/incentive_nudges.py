"""Nudges of pay: half of one agent's pay follows the cost of the enterprise, and where all then come to rest.

Incentives change nothing today; they change where the company drifts. So a nudge of pay is held against the drift under
today's pay, both simulated on fresh random numbers, not against doing nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario
from spareverse.observer.agents import Agent, agents_of
from spareverse.observer.levers import Steps, levers_of, turned, turns
from spareverse.observer.nudges import Nudge
from spareverse.observer.setting_search import SettingSearch
from spareverse.observer.trials import Trials

RHO = 1.0
SHARE = 0.5
"""Of the pay that follows the enterprise, added to what does."""
SEARCH_REPLICATIONS, ROUNDS = 6, 2
REMARK = "Against where all follow today's pay, within one step of every lever; today's cost does not change at once."


@dataclass(frozen=True)
class PayNudges:
    """Nudges of pay, and the networks in which all have come to rest."""

    drift: Network
    """Under today's pay."""
    rests: dict[str, Network]
    """Under the pay of each nudge, by its id"""
    nudges: list[Nudge]
    agents: dict[str, str]
    """Whose pay each nudge changes"""
    runs: int
    events: int


def pay_nudges(
    network: Network, *, seed: int, threads: int | None = None, progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> PayNudges:  # fmt: skip
    """One nudge for every declared agent whose pay leads to another point of rest.

    None where a network declares no agents or no lever of theirs turns anything. Raises Cancelled.
    """
    agents = agents_of(network)
    levers = tuple(lever for lever in levers_of(network) if turns(network, lever)) if agents else ()
    if not levers:
        return PayNudges(network, {}, [], {}, 0, 0)
    trials = Trials(network, levers, 1, progress, cancel, threads)
    today = _rest(trials, agents, seed)
    rests, nudges, names = {}, [], {}
    for number, agent in enumerate(agents):
        if agent.enterprise_share >= 1.0:
            continue
        share = min(agent.enterprise_share + SHARE, 1.0)
        paid = [*agents[:number], replace(agent, enterprise_share=share), *agents[number + 1 :]]
        then = _rest(trials, paid, seed)
        if np.allclose(then, today):
            continue
        nudge = _nudge(agent, share)
        nudges.append(nudge)
        rests[nudge.id], names[nudge.id] = turned(network, levers, then), agent.name
    return PayNudges(turned(network, levers, today), rests, nudges, names, trials.runs, trials.events)


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
