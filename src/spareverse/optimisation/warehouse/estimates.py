"""Means and ratios of replications with their 95 % limits."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.special import student_quantile
from spareverse.statistics.limits import limits_of_mean, standard_error

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value with its 95 % limits; NaN limits where there is one replication only."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the limits exclude zero, or there is no noise at all."""
        return self.low > 0.0 or self.high < 0.0 or self.low == self.high

    def above(self, limit: float) -> bool:
        return self.low >= limit

    def below(self, limit: float) -> bool:
        return self.high < limit


def mean_estimate(sample: ArrayLike, lowest: float = -math.inf, highest: float = math.inf) -> Estimate:
    """Mean of independent replications, which lie between ``lowest`` and ``highest``, as ``limits_of_mean`` has it."""
    return Estimate(*limits_of_mean(sample, lowest, highest))


def ratio_estimate(numerator: ArrayLike, denominator: ArrayLike) -> Estimate:
    """Ratio of two means over paired replications, with Fieller's limits (Fieller 1954; Cochran 1977, section 6.5).

    All ratios r for which the mean of numerator - r * denominator is within noise of zero. Where the denominator
    itself is within noise of zero there are no limits (NaN).
    """
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.broadcast_to(np.asarray(denominator, dtype=np.float64), top.shape)
    mean = float(bottom.mean())
    if mean == 0.0:
        return Estimate(np.nan, np.nan, np.nan)
    ratio = float(top.mean()) / mean
    if top.size < 2:
        return Estimate(ratio, np.nan, np.nan)
    # deviations from the ratio, so that noise common to both cancels before it is squared
    rest = top - ratio * bottom
    squared = student_quantile(top.size - 1, 0.975) ** 2 / top.size
    own, both, other = (squared * _covariance(x, y) for x, y in ((rest, rest), (rest, bottom), (bottom, bottom)))
    sure = mean**2 - other
    if sure <= 0.0:
        return Estimate(ratio, np.nan, np.nan)
    half = float(np.sqrt(max(both**2 + sure * own, 0.0)))
    return Estimate(ratio, ratio + (-both - half) / sure, ratio + (-both + half) / sure)


def _covariance(first: Floats, second: Floats) -> float:
    """Rounding dust of samples that do not vary counts as nothing."""
    if min(standard_error(first), standard_error(second)) == 0.0:
        return 0.0
    return float(((first - first.mean()) * (second - second.mean())).sum()) / (first.size - 1)


def columns(name: str, estimate: Estimate) -> dict[str, float | None]:
    """The estimate as three cells of an answer table; NaN becomes empty."""
    cells = zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True)
    return {column: float(value) if np.isfinite(value) else None for column, value in cells}
