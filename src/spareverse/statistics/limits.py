"""95 % limits of a mean that stay where the mean can be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.special import gamma_quantile, student_quantile

DUST = 1e-12
"""Values that differ by less, relative to the largest, do not vary: rounding."""

MANY = 20.0
"""Squared distance of the mean from an end of the range, in standard errors: about the number of events seen."""


def standard_error(values: ArrayLike) -> float:
    """Of the mean of independent values; NaN for fewer than two, 0 where they differ by rounding only."""
    sample = np.asarray(values, dtype=np.float64)
    if sample.size < 2:
        return math.nan
    if np.ptp(sample) <= DUST * np.abs(sample).max():
        return 0.0
    return float(sample.std(ddof=1)) / math.sqrt(sample.size)


def limits_of_mean(
    values: ArrayLike, lowest: float = -math.inf, highest: float = math.inf
) -> tuple[float, float, float]:
    """Mean of independent values with 95 % limits that stay in the possible range: Student's, or those of rare events.

    Where few runs differ from an end of the range (few with a stock-out, few with down time), Student's limits leave it
    and miss the truth too often on the other side. The values' distances from that end are then taken as a weighted
    sum of Poisson counts (Fay & Feuer 1997), the next event as twice the largest so far, because sizes are random too;
    such limits hold the truth in 92 to 98 of 100 cases. What passes an end of the range is cut there, which loses
    nothing: no mean lies beyond.

    lowest, highest
        Ends of the range that the values, and so their mean, cannot leave.

    Returns mean, low, high; the limits are NaN for a single value.
    """
    sample = np.asarray(values, dtype=np.float64)
    mean, error = float(sample.mean()), standard_error(sample)
    if sample.size < 2:
        return mean, math.nan, math.nan
    half = student_quantile(sample.size - 1, 0.975) * error
    low, high = mean - half, mean + half
    if 0.0 < (mean - lowest) ** 2 < MANY * error**2:
        near, far = _rare_limits(sample - lowest, error)
        low, high = lowest + near, max(high, lowest + far)
    elif 0.0 < (highest - mean) ** 2 < MANY * error**2:
        near, far = _rare_limits(highest - sample, error)
        low, high = min(low, highest - far), highest - near
    return mean, max(low, lowest), min(high, highest)


def _rare_limits(distances: NDArray[np.float64], error: float) -> tuple[float, float]:
    """Gamma limits of the mean of values of 0 and above, most of them 0 (Fay & Feuer 1997)."""
    mean, variance, next_event = float(distances.mean()), error**2, 2.0 * float(distances.max()) / distances.size
    low = variance / mean * gamma_quantile(mean**2 / variance, 0.025)
    wide = variance + next_event**2
    high = wide / (mean + next_event) * gamma_quantile((mean + next_event) ** 2 / wide, 0.975)
    return low, high
