"""How far forecasts of rates were off before, for items in a like state; the next ones are corrected by it.

Parts are born and die: what never moved may be new, what has been quiet for a year may be gone. No law of rates fixed
in time knows, but earlier forecasts compared with what came do. States are what is known when the forecast is made:
how often an item moved and how long ago. Ratios of demands that came to demands expected are gamma-shrunk, a state's
to the whole portfolio's, a band's (of price) to its state's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.statistics.demand_models.exposure import Seen
from spareverse.statistics.demand_models.occurrence import Occurrence

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEW, MANY = 2, 5
"""Demands from which on an item counts as having moved a few times, and often."""
STATES = 10
PRIOR_DEMANDS = 10.0
"""Demands (times the dispersion) that the coarser ratio counts."""


def states(view: Seen, steps_a_year: float) -> Integers:
    """[items] 0: never moved; 1 .. 9: moved once, a few times, often, by half a year, a year or more of quiet.

    ``view`` without discount.
    """
    often = (view.counts >= FEW).astype(np.int64) + (view.counts >= MANY)
    quiet = (view.quiet >= 0.5 * steps_a_year).astype(np.int64) + (view.quiet >= steps_a_year)
    return np.where(view.counts > 0, 1 + 3 * often + quiet, 0)


@dataclass(frozen=True)
class Comparison:
    """Demands expected and come in one window, summed by state and band [states, bands]."""

    expected: Floats
    came: Floats
    dispersion: float
    """Variance of the counts over their expectation."""

    @classmethod
    def of(cls, expected: Floats, came: Floats, state: Integers, band: Integers, bands: int) -> Comparison:
        """expected, came, state, band: [items] of one window."""
        key = state * bands + band
        sums = [
            np.bincount(key, value, STATES * bands).reshape(STATES, bands).astype(float) for value in (expected, came)
        ]
        surplus = float(((came - expected) ** 2).sum() / max(expected.sum(), 1e-9))
        return cls(sums[0], sums[1], max(surplus, 1.0))


def correction(comparisons: list[Comparison], keep: float, bands: int) -> Floats:
    """[states, bands] factors on expected rates; each earlier window, oldest first, counts ``keep`` of the next."""
    expected, came, dispersion = np.zeros((STATES, bands)), np.zeros((STATES, bands)), 1.0
    for one in comparisons:
        expected = keep * expected + one.expected
        came = keep * came + one.came
        dispersion = 0.5 * (dispersion + one.dispersion)
    weight = PRIOR_DEMANDS * dispersion
    overall = (came.sum() + weight) / (expected.sum() + weight)
    by_state = (came.sum(axis=1) + weight * overall) / (expected.sum(axis=1) + weight)
    return np.asarray((came + weight * by_state[:, None]) / (expected + weight))


def corrected(occurrence: Occurrence, factor: Floats) -> Occurrence:
    """Rates times ``factor`` [items]; chances per period stay below 1."""
    factor = factor[:, None]
    mean = occurrence.mean * factor
    if occurrence.periodic:
        mean = np.minimum(mean, np.maximum(0.5 * (1.0 + occurrence.mean), occurrence.mean))
    return Occurrence(occurrence.weight, mean, occurrence.strength, occurrence.periodic)
