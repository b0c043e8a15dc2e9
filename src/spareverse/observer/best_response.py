"""Where agents go when each turns its own levers for its own pay, and where the enterprise would go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.observer.agents import Agent
from spareverse.observer.pay import pay
from spareverse.observer.surrogate import Surrogate
from spareverse.observer.trials import COST
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
Value = Callable[[Floats], Floats]
"""Points [n, levers] -> values [n, R], one for each replication; more is better."""
GRID = 9
"""Positions of a lever looked at, from one side of the box to the other."""
ROUNDS, DAMPED_AFTER = 40, 8
CLOSE = 0.01
"""Levers that move by no more than this share of the box have come to rest."""


@dataclass(frozen=True)
class Rest:
    """Where the agents come to rest, and whether they do."""

    steps: Floats
    settled: bool


def pay_of(agent: Agent, surrogate: Surrogate) -> Value:
    """Pay of an agent over the surface."""
    today = {name: float(values.mean()) for name, values in surrogate.measures(_origin(surrogate)).items()}
    return lambda points: pay(agent, surrogate.measures(points), today)


def saving(surrogate: Surrogate) -> Value:
    """The cost of the enterprise over the surface, less being better."""
    return lambda points: -surrogate.measures(points)[COST]


def _origin(surrogate: Surrogate) -> Floats:
    return np.zeros((1, surrogate.levers))


def best(value: Value, start: Floats, levers: Sequence[int], width: float) -> Floats:
    """The best point when only these levers move, each within ``width`` of today: lever by lever from several sides."""
    grid = np.linspace(-width, width, GRID)
    own = np.array(levers)
    corners = np.array(np.meshgrid(*[(-width, 0.0, width)] * min(len(own), 3))).reshape(min(len(own), 3), -1).T
    starts = np.repeat(start[None, :], len(corners) + 1, axis=0)
    starts[1:, own[:3]] = corners
    for _ in range(len(own) + 2):
        before = starts.copy()
        for lever in own:
            tried = np.repeat(starts[:, None, :], GRID, axis=1)
            tried[:, :, lever] = grid
            values = value(tried.reshape(-1, starts.shape[1])).mean(axis=1).reshape(len(starts), GRID)
            starts[:, lever] = grid[values.argmax(axis=1)]
        if np.array_equal(before, starts):
            break
    found: Floats = starts[value(starts).mean(axis=1).argmax()]
    return found


def gains(value: Value, point: Floats, over: Floats) -> bool:
    """Whether a point is better than another beyond noise, the replications paired."""
    both = value(np.vstack([point, over]))
    return beyond_noise(both[0] - both[1])


def beyond_noise(differences: Floats) -> bool:
    """Whether the mean of paired differences is above zero, at 95 % (Student)."""
    count = len(differences)
    error = float(differences.std(ddof=1)) / count**0.5
    return bool(differences.mean() > float(student_quantile(count - 1, 0.95)) * error + 1e-12)


def response(value: Value, at: Floats, levers: Sequence[int], width: float) -> Floats:
    """An agent's best response to the others; it stays at today's setting where that does not pay beyond noise."""
    stay = at.copy()
    stay[list(levers)] = 0.0
    to = best(value, at, levers, width)
    return to if gains(value, to, stay) else stay


def rest(values: Sequence[Value], owned: Sequence[Sequence[int]], count: int, width: float) -> Rest:
    """All respond in turn until nobody moves; damped when that takes long, given up after ROUNDS.

    values, owned
        Pay and levers of each agent.
    count
        Levers in all.
    """
    at = np.zeros(count)
    for number in range(ROUNDS):
        before = at.copy()
        for value, levers in zip(values, owned, strict=True):
            if levers:
                to = response(value, at, levers, width)
                at = to if number < DAMPED_AFTER else 0.5 * (at + to)
        if np.abs(at - before).max(initial=0.0) <= CLOSE * width:
            return Rest(at, settled=True)
    return Rest(at, settled=False)
