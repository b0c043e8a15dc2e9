"""Limits of a Weibull survival probability that hold in small samples.

Under the right-Haar prior (flat in ln scale, 1/shape in the shape) posterior limits of a quantile, and so of S(x)
at a fixed x, have exact frequentist coverage for complete samples (location-scale family; Severini, Mukerjee &
Ghosh 2002, Biometrika 89). Given the shape, scale^-shape is gamma, so one quadrature over the shape remains.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.special import gamma_cdf, wilson_hilferty

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]

GRID = 33


@kernel
def limits_range(
    values: Floats,
    censored: Booleans,
    starts: Integers,
    shape: Floats,
    x: Floats,
    levels: Floats,
    first: int,
    last: int,
    out: Floats,
) -> None:
    """out[i, k]: the ``levels[k]`` posterior quantile of S(x[i]) for samples first..last-1."""
    log_density = np.empty(GRID)
    beta = np.empty(GRID)
    log_total = np.empty(GRID)
    for i in range(first, last):
        failures = 0
        sum_logs = 0.0
        top = -math.inf
        for j in range(starts[i], starts[i + 1]):
            if values[j] > 0.0:
                y = math.log(values[j])
                top = max(top, y)
                if not censored[j]:
                    failures += 1
                    sum_logs += y
        if failures < 2 or math.isnan(shape[i]):
            for k in range(len(levels)):
                out[i, k] = math.nan
            continue
        # The shape is known to about 0.8 / sqrt(failures) on the log scale; the left tail is the heavier one.
        reach = 0.9 / math.sqrt(failures)
        peak = -math.inf
        for p in range(GRID):
            u = -7.0 + 12.0 * p / (GRID - 1)
            beta[p] = shape[i] * math.exp(reach * u * (1.0 if u > 0.0 else 1.2))
            total = 0.0
            for j in range(starts[i], starts[i + 1]):
                if values[j] > 0.0:
                    total += math.exp(beta[p] * (math.log(values[j]) - top))
            log_total[p] = math.log(total)
            log_density[p] = (
                (failures - 1.0) * math.log(beta[p]) + beta[p] * (sum_logs - failures * top) - failures * log_total[p]
            )
            peak = max(peak, log_density[p])
        mass = 0.0
        for p in range(GRID):
            u = -7.0 + 12.0 * p / (GRID - 1)
            log_density[p] = math.exp(log_density[p] - peak) * (1.0 if u > 0.0 else 1.2)
            mass += log_density[p]
        distance = math.log(x[i]) - top if x[i] > 0.0 else -math.inf
        for k in range(len(levels)):
            # P(S <= exp(-e^v)) falls in v; bisect v.
            low = -40.0
            high = 10.0
            for _ in range(34):
                v = 0.5 * (low + high)
                chance = 0.0
                for p in range(GRID):
                    if log_density[p] > 1e-9 * mass:
                        g = math.exp(min(v + log_total[p] - beta[p] * distance, 700.0))
                        below = gamma_cdf(float(failures), g) if failures < 25 else wilson_hilferty(float(failures), g)
                        chance += log_density[p] * (1.0 - below)
                if chance / mass > levels[k]:
                    low = v
                else:
                    high = v
            out[i, k] = math.exp(-math.exp(0.5 * (low + high)))


def survival_quantiles(
    values: Floats, censored: Booleans, starts: Integers, shape: Floats, x: Floats, levels: tuple[float, ...]
) -> Floats:
    """Posterior quantiles (samples x levels) of S(x); ``shape`` = maximum likelihood shapes, NaN in, NaN out."""
    out = np.empty((len(x), len(levels)))
    chosen = np.array(levels)
    run_in_chunks(
        lambda first, last: limits_range(values, censored, starts, shape, x, chosen, first, last, out),
        len(x),
        chunk=32,
    )
    return out
