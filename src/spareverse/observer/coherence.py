"""Structural coherence: would the incentives, followed, lead the company near its own best?

Within a box of some steps about today's setting of all levers, the agents come to rest where nobody gains by turning
its own levers for its own pay; the enterprise has its best point there. Coherence is the cost at the best point over
the cost at the point of rest, both simulated on random numbers that the search did not see. It is 1 where the pay of
all leads to the best point, and as low as the best cost over the worst in the box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.observer.agents import Agent, agents_of, with_agents
from spareverse.observer.coherence_tables import tables_of
from spareverse.observer.levers import Steps, levers_of, turns
from spareverse.observer.sample import Sample, sampled
from spareverse.observer.setting_search import Found, SettingSearch
from spareverse.observer.trials import Outcomes, Trials

Floats = NDArray[np.float64]
PARTS, REPLICATIONS = 1_000, 32
FIRST_SHARE = 0.375
"""Of the replications, in the first answer."""
SCORE_SEED = 7_919
"""Added to the seed for the random numbers of scores, and again for those of the refinement."""


@dataclass(frozen=True)
class Scored:
    """Points of each box, and what came of them on fresh random numbers."""

    found: dict[float, Found]
    outcomes: Outcomes
    trials: Trials
    agents: Sequence[Agent]
    sample: Sample
    seed: int

    def at(self, point: Steps) -> int:
        """Which of the outcomes is of this point."""
        return int(np.abs(self.outcomes.points - point).max(axis=1, initial=0.0).argmin())


def coherence(
    network: Network,
    *,
    rhos: Sequence[float] = (1, 2),
    parts: int = PARTS,
    replications: int = REPLICATIONS,
    scores: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    on_first: Callable[[dict[str, pl.DataFrame]], None] | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> dict[str, pl.DataFrame]:
    """Tables COHERENCE, AGENT_MOVES and EXTERNALITIES of a checked network, for boxes of ``rhos`` steps.

    parts
        Simulated at most; of a larger network a sample, the error of which is in the intervals.
    replications
        Of the search for where agents come to rest.
    scores
        Fresh replications that scores, and so their limits, are made of; as many as the search has, if not given.
    on_first
        Is handed a first answer, made of FIRST_SHARE of the replications.

    Raises InputRejected where no lever turns anything, or where cost is not above zero; Cancelled.
    """
    whole = with_distances(with_agents(network))
    sample = sampled(whole, parts, seed)
    levers = tuple(lever for lever in levers_of(sample.network) if turns(sample.network, lever))
    if not levers:
        problem = Problem("No lever of any agent turns anything.", "Declare levers for what the network has.", "levers")
        raise InputRejected("There is nothing to find out about incentives.", [problem])
    agents = agents_of(whole)
    planned = _planned(len(levers), len(agents), len(rhos), replications)
    trials = Trials(sample.network, levers, planned, progress, cancel, threads)
    return assessed(
        trials, agents, sample, rhos=rhos, replications=replications, scores=scores, seed=seed, on_first=on_first
    )


def assessed(
    trials: Trials,
    agents: Sequence[Agent],
    sample: Sample,
    *,
    rhos: Sequence[float] = (1, 2),
    replications: int = REPLICATIONS,
    scores: int | None = None,
    seed: int = 1,
    on_first: Callable[[dict[str, pl.DataFrame]], None] | None = None,
) -> dict[str, pl.DataFrame]:
    """The same for agents paid in some way, with levers tried before: what is known already is not simulated again."""
    scores = replications if scores is None else scores
    first, first_scores = (max(round(number * FIRST_SHARE), 4) for number in (replications, scores))
    search = SettingSearch(trials, agents, max(rhos), first, seed)
    _above_zero(search.outcomes)
    for _ in range(2):
        search.add([point for rho in rhos for point in search.proposals(rho, search.found(rho))])
    found = {rho: search.found(rho) for rho in rhos}
    scored = trials.run(_points(found), replications=first_scores, seed=seed + SCORE_SEED)
    if on_first is not None:
        on_first(tables_of(Scored(found, scored, trials, agents, sample, seed)))
    if replications > first:
        search.deepen(replications - first)
        for _ in range(2):
            search.add([point for rho in rhos for point in search.proposals(rho, search.found(rho))])
        found = {rho: search.found(rho) for rho in rhos}
        scored = trials.run(_points(found), replications=first_scores, seed=seed + SCORE_SEED)
    if scores > first_scores:
        more = trials.run(_points(found), replications=scores - first_scores, seed=seed + 2 * SCORE_SEED)
        scored = scored.more_replications(more)
    return tables_of(Scored(found, scored, trials, agents, sample, seed))


def _planned(levers: int, agents: int, boxes: int, replications: int) -> int:
    """Runs to come, about."""
    of_boxes = boxes * (agents + 3)
    return (1 + 2 * levers + levers * (levers - 1) // 2 + 3 * of_boxes) * replications


def _points(found: dict[float, Found]) -> list[Steps]:
    """Points to be scored, each once; the first of all is today's setting."""
    wanted = [np.zeros_like(next(iter(found.values())).best)]
    for one in found.values():
        wanted += [one.drift.steps, one.best, one.worst, *one.own.values()]
    return _distinct(wanted)


def _distinct(points: Sequence[Steps]) -> list[Steps]:
    return [np.array(point) for point in dict.fromkeys(tuple(point.tolist()) for point in points)]


def _above_zero(outcomes: Outcomes) -> None:
    least = float(outcomes.cost.mean(axis=1).min())
    if least <= 0.0:
        reason = f"The controllable cost of the network goes down to {least:,.2f} a day."
        remedy = "Give the costs that are missing; prices below the value of parts (parts.unit_cost) count as savings."
        raise InputRejected("Coherence compares costs, which must be above zero.", [Problem(reason, remedy)])
