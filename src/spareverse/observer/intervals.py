"""Intervals of means and of quotients of means, the replications paired; what the sample of parts leaves open added."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from spareverse.special import student_quantile

Floats = NDArray[np.float64]
RESAMPLES = 2_000


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % limits."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    def within(self, least: float, most: float) -> Interval:
        """Limits cut off where the figure cannot be."""
        return Interval(self.value, max(self.low, least), min(self.high, most))

    def widened(self, error: float) -> Interval:
        """With a further standard error, independent of what the limits hold already."""
        further = 1.96 * error
        below, above = math.hypot(self.value - self.low, further), math.hypot(self.high - self.value, further)
        return Interval(self.value, self.value - below, self.value + above)


def bootstrap(values: Floats, statistic: Callable[[Floats], Floats], seed: int) -> Interval:
    """Percentile interval of a statistic of means, resampling replications of all settings together.

    values
        [settings, R]; the statistic takes means [settings, n] and returns [n].

    The levels are moved out as far as Student's quantile is beyond the normal one, which a plain bootstrap of few
    replications lacks (Hesterberg 2015, The American Statistician 69(4) 371).
    """
    count = values.shape[1]
    drawn = np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count))
    found = statistic(values[:, drawn].mean(axis=2))
    tail = float(ndtr(-math.sqrt(count / (count - 1)) * float(student_quantile(count - 1, 0.975))))
    low, high = np.quantile(found, [tail, 1.0 - tail])
    value = float(statistic(values.mean(axis=1)[:, None])[0])
    return Interval(value, min(float(low), value), max(float(high), value))


def mean(values: Floats) -> Interval:
    """Mean of values [R] with Student's limits."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return Interval(math.nan, math.nan, math.nan)
    middle = float(known.mean())
    half = float(student_quantile(len(known) - 1, 0.975)) * float(known.std(ddof=1)) / len(known) ** 0.5
    return Interval(middle, middle - half, middle + half)
