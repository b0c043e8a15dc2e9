"""Does the Weibull fit? Anderson-Darling with its null distribution by parametric bootstrap.

For complete samples the null distribution of the statistic depends on the sample size only (the Weibull is a
location-scale family in ln t; Stephens 1977), so one bootstrap per size serves every sample of that size.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.statistics.weibull import fit_many

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_SAMPLE = 5
REPETITIONS = 2000
# The distribution hardly changes beyond; sizes between are rounded to the nearest of these.
SIZES = np.array([*range(5, 21), 25, 30, 40, 50, 75, 100, 200])


@kernel
def anderson_darling(values: Floats, starts: Integers, shape: Floats, scale: Floats, out: Floats) -> None:
    """A^2 of every sample against its own Weibull; NaN where there is no fit. Times must be positive and
    sorted within their sample."""
    for i in range(len(starts) - 1):
        out[i] = math.nan
        n = starts[i + 1] - starts[i]
        if n == 0 or math.isnan(shape[i]):
            continue
        total = 0.0
        for j in range(n):
            # ln F of the j-th smallest plus ln S of the j-th largest.
            small = max((values[starts[i] + j] / scale[i]) ** shape[i], 1e-300)
            large = (values[starts[i + 1] - 1 - j] / scale[i]) ** shape[i]
            total += (2 * j + 1) * (math.log(-math.expm1(-small)) - large)
        out[i] = -n - total / n


@lru_cache(maxsize=64)
def _null_distribution(size: int) -> Floats:
    generator = np.random.default_rng(size)
    values = np.sort(generator.weibull(1.0, (REPETITIONS, size)), axis=1).ravel()
    starts = np.arange(0, REPETITIONS * size + 1, size, dtype=np.int64)
    fits = fit_many(values, np.zeros(len(values), dtype=np.bool_), starts)
    out = np.empty(REPETITIONS)
    anderson_darling(values, starts, fits.shape, fits.scale, out)
    return np.sort(out)


def weibull_p_values(values: Floats, starts: Integers) -> Floats:
    """Bootstrapped p-value per sample of completed, positive times; NaN below LEAST_SAMPLE observations."""
    sizes = np.diff(starts)
    values = values[np.lexsort((values, np.repeat(np.arange(len(sizes)), sizes)))]
    fits = fit_many(values, np.zeros(len(values), dtype=np.bool_), starts)
    statistic = np.empty(len(sizes))
    anderson_darling(values, starts, fits.shape, fits.scale, statistic)
    p = np.full(len(sizes), np.nan)
    enough = (sizes >= LEAST_SAMPLE) & ~np.isnan(statistic)
    nearest = SIZES[np.abs(SIZES[None, :] - np.unique(sizes[enough])[:, None]).argmin(axis=1)]
    lookup = dict(zip(np.unique(sizes[enough]).tolist(), nearest.tolist(), strict=True))
    for size, standard in lookup.items():
        rows = enough & (sizes == size)
        null = _null_distribution(standard)
        above = REPETITIONS - np.searchsorted(null, statistic[rows], side="left")
        p[rows] = (above + 1) / (REPETITIONS + 1)
    return p
