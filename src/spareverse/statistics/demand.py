"""Demand rates and order sizes that borrow strength over the parts of a group.

Rates: orders of a part are Poisson, rates of a group's parts are gamma, so that the posterior rate is gamma
(the gamma-Poisson model; Carlin & Louis 2009, section 5.3). Sizes: a Dirichlet process around the group's
pooled size distribution (Ferguson 1973); two orders of one part are correlated by 1 / (1 + concentration), which
gives the concentration. Swings of demand in time beyond Poisson are measured by one figure per group, the
dispersion: Var(count) = mu + mu^2 * dispersion over a lead time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_SHAPE = 1e4
LEAST_CONCENTRATION = 0.5
LARGEST_CONCENTRATION = 1e5


@kernel
def _negative_binomial_likelihood(counts: Integers, weights: Integers, shape: float, mean: float) -> float:
    total = 0.0
    for k in range(len(counts)):
        n = counts[k]
        total += weights[k] * (
            math.lgamma(shape + n)
            - math.lgamma(shape)
            + shape * math.log(shape / (shape + mean))
            + (n * math.log(mean / (shape + mean)) if n > 0 else 0.0)
        )
    return total


@kernel
def rate_prior(counts: Integers, weights: Integers) -> tuple[float, float]:
    """Gamma shape and mean count of a group, by maximum likelihood.

    ``counts`` are the distinct numbers of orders in the window, ``weights`` how many parts had each.
    """
    parts = 0
    total = 0.0
    for k in range(len(counts)):
        parts += weights[k]
        total += weights[k] * counts[k]
    if parts == 0:
        return 0.5, 0.0
    # A group that never ordered: half an order over all its parts (Jeffreys).
    if total == 0.0:
        return 0.5, 0.5 / parts
    mean = total / parts
    low = math.log(1e-3)
    high = math.log(1e4)
    golden = 0.5 * (math.sqrt(5.0) - 1.0)
    a = high - golden * (high - low)
    b = low + golden * (high - low)
    fa = _negative_binomial_likelihood(counts, weights, math.exp(a), mean)
    fb = _negative_binomial_likelihood(counts, weights, math.exp(b), mean)
    for _ in range(40):
        if fa > fb:
            high = b
            b = a
            fb = fa
            a = high - golden * (high - low)
            fa = _negative_binomial_likelihood(counts, weights, math.exp(a), mean)
        else:
            low = a
            a = b
            fa = fb
            b = low + golden * (high - low)
            fb = _negative_binomial_likelihood(counts, weights, math.exp(b), mean)
    return math.exp(0.5 * (low + high)), mean


def rate_priors(counts: Integers, group: Integers, groups: int) -> tuple[Floats, Floats]:
    """Gamma shape and mean order count per group; ``counts`` one entry per part, zeros included."""
    shape = np.empty(groups)
    mean = np.empty(groups)
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(groups + 1))
    for g in range(groups):
        values, weights = np.unique(counts[order[bounds[g] : bounds[g + 1]]], return_counts=True)
        shape[g], mean[g] = rate_prior(values.astype(np.int64), weights.astype(np.int64))
    return shape, mean


def rate_posterior(
    counts: Floats,
    exposure_days: float,
    dispersion: Floats,
    mean_lead_time: Floats,
    prior_shape: Floats,
    prior_mean: Floats,
) -> tuple[Floats, Floats]:
    """Shape and rate [days] of each part's gamma posterior of orders a day.

    Where demand swings from one lead time to the next, a window of E / L lead times tells less than its
    order count suggests; counts and exposure are then weighed down alike.
    """
    weight = 1.0 / (1.0 + counts * dispersion * mean_lead_time / exposure_days)
    prior_exposure = np.where(prior_mean > 0, prior_shape / prior_mean, 0.0) * exposure_days
    return prior_shape + weight * counts, prior_exposure + weight * exposure_days


def dispersion_by_group(counts: Floats, expected: Floats, share: Floats, group: Integers, groups: int) -> Floats:
    """Dispersion of order counts over completed cycles, by moments, one figure per group.

    counts, expected (rate times lead time) and share (lead time / window) have one entry per cycle. The rate
    was estimated from a window that contains the cycle, which takes ``share`` off the Poisson variance.
    """
    weight = 1.0 / (1.0 + expected) ** 2
    surplus = np.bincount(
        group, weight * ((counts - expected) ** 2 - expected * (1.0 - np.minimum(share, 1.0))), groups
    )
    scale = np.bincount(group, weight * expected**2, groups)
    return np.where(scale > 0, np.maximum(surplus / np.maximum(scale, 1e-300), 0.0), 0.0)


def size_concentration(log_sizes: Floats, part: Integers, group_of_part: Integers, groups: int) -> Floats:
    """Concentration of each group's Dirichlet process, from the intraclass correlation of log sizes.

    One-way analysis of variance with unequal samples (Searle, Casella & McCulloch 1992, section 3.6).
    """
    parts = len(group_of_part)
    n = np.bincount(part, minlength=parts).astype(float)
    mean = np.bincount(part, log_sizes, parts) / np.maximum(n, 1)
    within = np.bincount(group_of_part, np.bincount(part, (log_sizes - mean[part]) ** 2, parts), groups)
    total = np.bincount(group_of_part, n, groups)
    used = np.bincount(group_of_part, (n > 0).astype(float), groups)
    grand = np.bincount(group_of_part, n * mean, groups) / np.maximum(total, 1)
    between = np.bincount(group_of_part, n * (mean - grand[group_of_part]) ** 2, groups)
    squares = np.bincount(group_of_part, n * n, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_within = within / (total - used)
        size = (total - squares / total) / (used - 1)
        variance = np.maximum((between / (used - 1) - mean_within) / size, 0.0)
        correlation = variance / (variance + mean_within)
        concentration = (1.0 - correlation) / correlation
    concentration = np.where(np.isnan(concentration), 10.0, concentration)
    return np.clip(concentration, LEAST_CONCENTRATION, LARGEST_CONCENTRATION)
