"""The search for settings: a design about today's, surfaces through it, the points they propose, simulated in turn.

Nothing found here is scored here: the search has its random numbers, the scores have others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from spareverse.observer.agents import Agent
from spareverse.observer.best_response import Rest, Value, best, gains, pay_of, response, rest, saving
from spareverse.observer.levers import Steps
from spareverse.observer.pay import means, pay
from spareverse.observer.surrogate import Surrogate
from spareverse.observer.trials import Outcomes, Trials

Floats = NDArray[np.float64]
MOST_PAIRS = 28
FURTHER_SEED = 104_729
"""Added to the seed for further random numbers."""
NEAR = 0.05
"""Of two settings nearer than this, in half-widths of the box, one is enough."""


@dataclass(frozen=True)
class Found:
    """Points of the levers within one box."""

    own: dict[str, Steps]
    """Where each agent goes alone."""
    identifiable: dict[str, bool]
    """Whether its pay changes beyond noise by that."""
    drift: Rest
    best: Steps
    worst: Steps
    ranges: dict[str, tuple[float, float]]
    """Least and most pay of each agent met in the box, in per cent from today."""


def design(levers: int, width: float, seed: int) -> list[Steps]:
    """Today's setting, every lever both ways, and pairs of levers, each to a corner drawn at random."""
    points = [np.zeros(levers)]
    for lever in range(levers):
        for side in (-width, width):
            points.append(np.zeros(levers))
            points[-1][lever] = side
    random = np.random.default_rng([seed, levers])
    pairs = np.array(np.triu_indices(levers, 1)).T
    for first, second in random.permutation(pairs)[:MOST_PAIRS]:
        points.append(np.zeros(levers))
        points[-1][[first, second]] = random.choice([-width, width], 2)
    return points


@dataclass
class SettingSearch:
    """Settings simulated for the search so far, ``replications`` times, and what came of them."""

    trials: Trials
    agents: Sequence[Agent]
    width: float
    replications: int
    seed: int
    outcomes: Outcomes = field(init=False)

    def __post_init__(self) -> None:
        """Simulate the design for boxes up to ``width``."""
        self._batches = [(self.replications, self.seed)]
        self.outcomes = self._outcomes(design(len(self.trials.levers), self.width, self.seed))

    def add(self, points: Sequence[Steps]) -> None:
        """Simulate those that are new."""
        known = list(self.outcomes.points)
        for point in points:
            if np.abs(np.array(known) - point).max(axis=1, initial=0.0).min() > NEAR * self.width:
                known.append(point)
        self.outcomes = self._outcomes(known)

    def deepen(self, replications: int) -> None:
        """Simulate all of them so many times more, under other random numbers."""
        self._batches.append((replications, self.seed + len(self._batches) * FURTHER_SEED))
        self.outcomes = self._outcomes(list(self.outcomes.points))

    def _outcomes(self, points: Sequence[Steps]) -> Outcomes:
        runs = [self.trials.run(points, replications=count, seed=seed) for count, seed in self._batches]
        return reduce(Outcomes.more_replications, runs)

    def found(self, rho: float) -> Found:
        """What the surfaces through all outcomes propose within a box, and the best and worst simulated in it."""
        surrogate = Surrogate(self.outcomes, self.width)
        values = [pay_of(agent, surrogate) for agent in self.agents]
        owned = [self._levers_of(agent) for agent in self.agents]
        now = np.zeros(len(self.trials.levers))
        own, moves = {}, {}
        for agent, value, levers in zip(self.agents, values, owned, strict=True):
            own[agent.name] = response(value, now, levers, rho) if levers else now
            moves[agent.name] = gains(value, own[agent.name], now)
        inside = np.flatnonzero(np.abs(self.outcomes.points).max(axis=1, initial=0.0) <= rho + 1e-9)
        cost = self.outcomes.cost.mean(axis=1)[inside]
        return Found(
            own, moves, rest(values, owned, len(now), rho),
            best=self.outcomes.points[inside[cost.argmin()]],
            worst=self.outcomes.points[inside[cost.argmax()]],
            ranges=self._ranges(inside),
        )  # fmt: skip

    def proposals(self, rho: float, found: Found) -> list[Steps]:
        """Points worth simulating next: moves, the point of rest, and the best and worst of the surface."""
        value = saving(Surrogate(self.outcomes, self.width))
        return [*found.own.values(), found.drift.steps, self._most(value, rho), self._most(lambda x: -value(x), rho)]

    def _most(self, value: Value, rho: float) -> Steps:
        levers = range(len(self.trials.levers))
        inside = self.outcomes.points[np.abs(self.outcomes.points).max(axis=1, initial=0.0) <= rho + 1e-9]
        start = inside[value(inside).mean(axis=1).argmax()]
        return best(value, start, levers, rho)

    def _levers_of(self, agent: Agent) -> list[int]:
        return [number for number, lever in enumerate(self.trials.levers) if lever.agent == agent.name]

    def _ranges(self, inside: NDArray[np.int64]) -> dict[str, tuple[float, float]]:
        today = means({name: values[0] for name, values in self.outcomes.measures.items()})
        ranges = {}
        for agent in self.agents:
            paid = pay(agent, self.outcomes.measures, today)[inside].mean(axis=1)
            ranges[agent.name] = (float(paid.min()), float(paid.max()))
        return ranges
