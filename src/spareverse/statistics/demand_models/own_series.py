"""What a series of demand per period says by itself: moments, and the fit of many zeros.

Series as in ``forecasting.series``: end to end, NaN where a period is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_PARAMETER = 0.999


@dataclass(frozen=True)
class Moments:
    """Arrays are [series]."""

    mean: Floats
    """Demand a known period [pieces]; 0 without any."""
    logarithmic: Floats
    """Parameter of the logarithmic law that gives a negative binomial demand of the same mean and variance; 0 where
    the variance is not above the mean (Poisson)."""


def series_moments(values: Floats, starts: Integers) -> Moments:
    known, total, squares, _ = _sums(values, starts)
    mean = total / np.maximum(known, 1.0)
    variance = (squares - known * mean**2) / np.maximum(known - 1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parameter = np.where(variance > mean, 1.0 - mean / variance, 0.0)
    return Moments(mean, np.minimum(parameter, MOST_PARAMETER))


def zero_inflated(values: Floats, starts: Integers) -> tuple[Floats, Floats]:
    """Maximum likelihood of the zero-inflated Poisson law (Lambert 1992): chance that a period can have demand, and
    its mean demand [pieces] then."""
    known, total, _, demands = _sums(values, starts)
    size = np.where(demands > 0, total / np.maximum(demands, 1.0), 1.0)
    # mean of a Poisson law without its zero: solve size = m / (1 - exp(-m))
    mean = np.maximum(size - 0.5, 0.05)
    for _ in range(60):
        none = np.exp(-mean)
        mean = np.maximum(mean - (mean / (1.0 - none) - size) / ((1.0 - none - mean * none) / (1.0 - none) ** 2), 0.01)
    chance = demands / np.maximum(known, 1.0) / -np.expm1(-mean)
    # fewer zeros than a Poisson law has: no inflation
    plain = chance > 1.0
    return np.where(plain, 1.0, chance), np.where(plain, total / np.maximum(known, 1.0), mean)


def _sums(values: Floats, starts: Integers) -> tuple[Floats, Floats, Floats, Floats]:
    """Per series: known periods, sum, sum of squares, periods with demand."""
    series = len(starts) - 1
    of = np.repeat(np.arange(series), np.diff(starts))
    seen = np.nan_to_num(values)
    known, total, square, demanded = (
        np.bincount(of, each, series).astype(float) for each in (~np.isnan(values), seen, seen**2, seen > 0.0)
    )
    return known, total, square, demanded
