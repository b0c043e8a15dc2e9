"""Removals of a fleet of known ages over a horizon, as a law of their number.

A unit of age a that will work h fails within h with chance 1 - S(a + h) / S(a); what replaces it starts at age 0 and
may fail again. Numbers of units are independent given the life, so a fleet's number is their convolution (without
replacement Poisson-binomial); lives are mixed over draws of their parameters. Where counts scatter more than
independent units allow (units fail in batches, checks come in campaigns), the variance is multiplied by the measured
dispersion and the law is negative binomial with that mean and variance. Renewals: Barlow & Proschan, Mathematical
Theory of Reliability (1965), chapter 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.lives import ParameterDraws

Floats = NDArray[np.float64]

STEPS = 32
"""Steps of the horizon on which renewals are summed; first failures are exact."""
MOST_REMOVALS = 48
"""Of one unit within the horizon; beyond, a part is a consumable and not aged."""
_NEGLIGIBLE = 1e-10
_TAIL = 8.0
"""Standard deviations of the number that the law's grid reaches beyond its mean."""


@dataclass(frozen=True)
class Fleet:
    """Units at work: age now and the work of each within the horizon, in the unit of the life (hours, days)."""

    age: Floats
    work: Floats

    def __post_init__(self) -> None:
        if len(self.age) != len(self.work) or np.any(self.age < 0) or np.any(self.work < 0):
            raise ValueError("a fleet needs an age and a work to come per unit, none below 0")

    def __len__(self) -> int:
        return len(self.age)

    def grown(self, work: Floats) -> Fleet:
        """With new units that will work so much of the horizon."""
        return Fleet(np.concatenate([self.age, np.zeros(len(work))]), np.concatenate([self.work, work]))


@dataclass(frozen=True)
class RemovalForecast:
    """The law of a number of removals: ``mass[n]`` = P(n)."""

    mass: Floats

    @property
    def mean(self) -> float:
        return float(np.arange(len(self.mass)) @ self.mass)

    @property
    def standard_deviation(self) -> float:
        return math.sqrt(max(float(np.arange(len(self.mass)) ** 2 @ self.mass) - self.mean**2, 0.0))

    def quantile(self, level: float) -> int:
        """Least number with at least that chance of not being exceeded."""
        return min(int(np.searchsorted(np.cumsum(self.mass), level - 1e-12)), len(self.mass) - 1)

    def interval(self, chance: float) -> tuple[int, int]:
        """Central interval that holds the number with at least that chance."""
        return self.quantile(0.5 * (1.0 - chance)), self.quantile(0.5 * (1.0 + chance))


@kernel
def _renewals(longest: float, shape: float, scale: float, table: Floats) -> int:
    """table[k, j]: chance that a new position sees k removals or more in j steps of ``longest``; returns the most k."""
    steps = table.shape[1] - 1
    for j in range(steps + 1):
        table[0, j] = 1.0
        table[1, j] = -math.expm1(-((longest * j / steps / scale) ** shape))
    most = 1
    while most + 1 < table.shape[0] and table[most, steps] >= _NEGLIGIBLE:
        table[most + 1, 0] = 0.0
        for j in range(1, steps + 1):
            chance = 0.0
            for i in range(j):
                below = 0.5 * (table[most, j - i] + table[most, j - i - 1])
                chance += (table[1, i + 1] - table[1, i]) * below
            table[most + 1, j] = chance
        most += 1
    return most


@kernel
def _reached(
    age: float, work: float, longest: float, shape: float, scale: float, table: Floats, most: int, out: Floats
) -> None:
    """out[k]: chance that a position whose unit has that age sees k removals or more; k = 1 .. ``most`` + 1."""
    steps = table.shape[1] - 1
    begin = (age / scale) ** shape
    out[0] = 1.0
    for k in range(1, most + 2):
        out[k] = 0.0
    out[1] = -math.expm1(begin - ((age + work) / scale) ** shape)
    if work <= 0.0 or most == 0:
        return
    before = 1.0
    for i in range(steps):
        after = math.exp(begin - ((age + work * (i + 1) / steps) / scale) ** shape)
        # What is left of the horizon, in steps of the table, at the middle of this one.
        left = work * (steps - i - 0.5) / longest
        low = min(int(left), steps - 1)
        part = left - low
        for k in range(1, most + 1):
            out[k + 1] += (before - after) * ((1.0 - part) * table[k, low] + part * table[k, low + 1])
        before = after


@kernel
def expected_range(age: Floats, work: Floats, shape: Floats, scale: Floats, first: int, last: int, out: Floats) -> None:
    """Expected removals of positions first..last-1, each with a life of its own; an infinite scale never fails."""
    table = np.empty((MOST_REMOVALS + 1, STEPS + 1))
    reached = np.empty(MOST_REMOVALS + 2)
    for i in range(first, last):
        out[i] = 0.0
        if work[i] <= 0.0 or not math.isfinite(scale[i]):
            continue
        most = _renewals(work[i], shape[i], scale[i], table)
        _reached(age[i], work[i], work[i], shape[i], scale[i], table, most, reached)
        for k in range(1, most + 2):
            out[i] += reached[k]


@kernel
def law_range(
    age: Floats,
    work: Floats,
    shape: Floats,
    scale: Floats,
    replaced: bool,
    first: int,
    last: int,
    moments: Floats,
    mass: Floats,
) -> None:
    """moments (mean, variance) and mass of the fleet's number for the draws first..last-1.

    A mass without columns asks for the moments alone; what lies beyond its last column is added there.
    """
    longest = 0.0
    for i in range(len(work)):
        longest = max(longest, work[i])
    table = np.empty((MOST_REMOVALS + 1, STEPS + 1))
    reached = np.empty(MOST_REMOVALS + 2)
    size = mass.shape[1]
    before = np.empty(size)
    for d in range(first, last):
        most = _renewals(longest, shape[d], scale[d], table) if replaced and longest > 0.0 else 0
        moments[d, 0] = 0.0
        moments[d, 1] = 0.0
        mass[d] = 0.0
        if size > 0:
            mass[d, 0] = 1.0
        top = 0
        for i in range(len(age)):
            # Units of one age and work, which lie together, share their law.
            if i == 0 or age[i] != age[i - 1] or work[i] != work[i - 1]:
                _reached(age[i], work[i], longest, shape[d], scale[d], table, most, reached)
            mean = 0.0
            square = 0.0
            for k in range(1, most + 2):
                mean += reached[k]
                square += (2 * k - 1) * reached[k]
            moments[d, 0] += mean
            moments[d, 1] += square - mean * mean
            if size == 0:
                continue
            before[: top + 1] = mass[d, : top + 1]
            grown = min(top + most + 1, size - 1)
            mass[d, : grown + 1] = 0.0
            for k in range(most + 2):
                chance = reached[k] - (reached[k + 1] if k <= most else 0.0)
                if chance <= 0.0:
                    continue
                for n in range(top + 1):
                    mass[d, min(n + k, size - 1)] += chance * before[n]
            while grown > 0 and mass[d, grown] < 1e-18:
                grown -= 1
            top = grown


def expected_removals(age: Floats, work: Floats, shape: Floats, scale: Floats) -> Floats:
    """Expected removals per position, renewals included, each with a life of its own (all arrays one per position)."""
    out = np.empty(len(age))
    run_in_chunks(lambda first, last: expected_range(age, work, shape, scale, first, last, out), len(age))
    return out


def forecast(fleet: Fleet, draws: ParameterDraws, *, dispersion: float = 1.0, replaced: bool = True) -> RemovalForecast:
    """The number of removals of a fleet over its work to come.

    draws
        Of the life's parameters (``lives.parameter_draws``); a single pair leaves their uncertainty out.
    dispersion
        Variance of counts against that of independent units (``lives.dispersion``), 1 or more.
    replaced
        Whether a removed unit is replaced by one of the same kind, which may be removed in turn.
    """
    if not len(fleet):
        return RemovalForecast(np.ones(1))
    order = np.lexsort((fleet.work, fleet.age))
    age, work, count = fleet.age[order], fleet.work[order], len(draws.shape)
    moments = np.empty((count, 2))

    def fill(mass: Floats) -> Floats:
        run_in_chunks(
            lambda first, last: law_range(age, work, draws.shape, draws.scale, replaced, first, last, moments, mass),
            count,
            chunk=8,
        )
        return mass

    fill(np.empty((count, 0)))
    mean, variance = moments[:, 0], dispersion * moments[:, 1]
    size = int((mean + _TAIL * np.sqrt(np.maximum(variance, mean))).max()) + 12
    wide = variance > mean * (1.0 + 1e-9)
    # Chances near 1 scatter so little that even the dispersion leaves them below a Poisson stay as they are.
    scattered = wide & (dispersion > 1.0)
    laws = np.empty((count, size)) if scattered.all() else fill(np.empty((count, size)))
    laws[scattered] = _negative_binomial(mean[scattered], variance[scattered], size)
    law = laws.mean(axis=0)
    return RemovalForecast(law / law.sum())


def _negative_binomial(mean: Floats, variance: Floats, size: int) -> Floats:
    """[draws, size] chances with those moments."""
    repeat = mean / variance
    out: Floats = stats.nbinom.pmf(np.arange(size), (mean * repeat / (1.0 - repeat))[:, None], repeat[:, None])
    return out
