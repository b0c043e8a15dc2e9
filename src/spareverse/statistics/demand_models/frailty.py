"""How rates spread around what the group makes one expect, learnt from the counts of all parts (empirical Bayes).

The rate of a part is its group's mean times a frailty. The frailty's law is a mixture of gamma laws centred at
powers of three, its weights fitted by maximum likelihood (EM; Laird 1978, Journal of the American Statistical
Association 73): it may have any spread, many parts that hardly ever move and a few that move all the time, where
a single gamma law must trade one for the other. Given a part's count and exposure the posterior is again such a
mixture. With demand per period the odds of an event take the place of the rate, and beta laws that of gamma.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.demand_models.occurrence import Occurrence

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FACTORS: Floats = (3.0 ** np.arange(-6, 5)).astype(np.float64)
SHAPE = 3.0
"""Of every gamma law of the mixture: neighbours blend into one another."""
PRIOR_PARTS = 2.0
"""Weight of the assumed spread, in parts, where a group is small."""
GROUP_PRIOR_PARTS = 5.0
"""Weight of the whole portfolio's spread in that of a group, in parts."""
ROUNDS = 25


@kernel
def log_likelihood(count: float, exposure: float, centre: float, periodic: bool) -> float:
    """ln chance of the count (less what does not depend on the centre) for one gamma or beta law of the rate."""
    if not periodic:
        expected = centre * exposure
        value = -SHAPE * math.log1p(expected / SHAPE)
        if count > 0.0:
            value += count * math.log(expected / (SHAPE + expected))
        return value
    alpha, beta = beta_parameters(centre)
    return (
        math.lgamma(alpha + count)
        - math.lgamma(alpha)
        + math.lgamma(beta + exposure - count)
        - math.lgamma(beta)
        - math.lgamma(alpha + beta + exposure)
        + math.lgamma(alpha + beta)
    )


@kernel
def beta_parameters(odds: float) -> tuple[float, float]:
    chance = odds / (1.0 + odds)
    strength = SHAPE / min(chance, 1.0 - chance)
    return chance * strength, (1.0 - chance) * strength


@kernel
def _em_step(
    weight: Floats, likelihood: Floats, parts: Floats, start: Floats, prior_parts: float, fresh: Floats
) -> float:
    """One EM step from ``weight`` to ``fresh``; the penalised log likelihood of ``weight``."""
    size = len(weight)
    value = 0.0
    for k in range(size):
        fresh[k] = prior_parts * start[k]
        value += prior_parts * start[k] * math.log(max(weight[k], 1e-300))
    everything = prior_parts
    for i in range(len(parts)):
        total = 0.0
        for k in range(size):
            total += weight[k] * likelihood[i, k]
        value += parts[i] * math.log(total)
        everything += parts[i]
        share = parts[i] / total
        for k in range(size):
            fresh[k] += share * weight[k] * likelihood[i, k]
    for k in range(size):
        fresh[k] /= everything
    return value


@kernel
def fit_weights(
    counts: Floats,
    exposure: Floats,
    centre: Floats,
    parts: Floats,
    factors: Floats,
    start: Floats,
    prior_parts: float,
    periodic: bool,
    rounds: int,
) -> Floats:
    """Weights of the factors; ``parts``: how many parts are alike; ``start``: assumed weights.

    EM is slow where many parts never moved: squared extrapolation (Varadhan & Roland 2008, Scandinavian Journal of
    Statistics 35) speeds it, and is taken back where it lowers the likelihood.
    """
    rows = len(counts)
    size = len(factors)
    likelihood = np.empty((rows, size))
    for i in range(rows):
        largest = -math.inf
        for k in range(size):
            likelihood[i, k] = log_likelihood(counts[i], exposure[i], centre[i] * factors[k], periodic)
            largest = max(largest, likelihood[i, k])
        for k in range(size):
            likelihood[i, k] = math.exp(likelihood[i, k] - largest)
    weight = start.copy()
    one = np.empty(size)
    two = np.empty(size)
    far = np.empty(size)
    for _ in range(rounds):
        _em_step(weight, likelihood, parts, start, prior_parts, one)
        reached = _em_step(one, likelihood, parts, start, prior_parts, two)
        first = 0.0
        second = 0.0
        for k in range(size):
            first += (one[k] - weight[k]) ** 2
            second += (two[k] - 2.0 * one[k] + weight[k]) ** 2
        if first < 1e-14:
            break
        stride = max(1.0, math.sqrt(first / max(second, 1e-300)))
        total = 0.0
        for k in range(size):
            step = one[k] - weight[k]
            bend = two[k] - one[k] - step
            far[k] = max(weight[k] + 2.0 * stride * step + stride * stride * bend, 1e-12)
            total += far[k]
        for k in range(size):
            far[k] /= total
        # one more step from where the leap landed, unless it landed lower than it set off
        landed = _em_step(far, likelihood, parts, start, prior_parts, one)
        weight[:] = one if landed >= reached else two
    return weight


@kernel
def _posteriors(
    counts: Floats,
    exposure: Floats,
    centre: Floats,
    group: Integers,
    weights: Floats,
    factors: Floats,
    periodic: bool,
    first: int,
    last: int,
    weight: Floats,
    mean: Floats,
    strength: Floats,
) -> None:
    size = len(factors)
    for i in range(first, last):
        largest = -math.inf
        for k in range(size):
            odds = centre[i] * factors[k]
            value = log_likelihood(counts[i], exposure[i], odds, periodic)
            prior = weights[group[i], k]
            weight[i, k] = value + math.log(prior) if prior > 0.0 else -math.inf
            largest = max(largest, weight[i, k])
            if periodic:
                alpha, beta = beta_parameters(odds)
                strength[i, k] = alpha + beta + exposure[i]
                mean[i, k] = (alpha + counts[i]) / strength[i, k]
            else:
                strength[i, k] = SHAPE + counts[i]
                mean[i, k] = strength[i, k] / (SHAPE / odds + exposure[i])
        total = 0.0
        for k in range(size):
            weight[i, k] = math.exp(weight[i, k] - largest)
            if weight[i, k] < 1e-5:
                weight[i, k] = 0.0
            total += weight[i, k]
        for k in range(size):
            weight[i, k] /= total


def assumed_weights() -> Floats:
    """A wide spread of frailties, for groups too small to tell: normal in the logarithm, standard deviation ln 6."""
    weights = np.exp(-0.5 * (np.log(FACTORS) / math.log(6.0)) ** 2)
    weights /= weights.sum()
    return np.asarray(weights)


def frailty_weights(
    counts: Floats, exposure: Floats, centre: Floats, group: Integers, groups: int, periodic: bool
) -> Floats:
    """[groups, factors] weights of every group's frailties; each group leans lightly on all parts together."""
    rows = np.stack([group.astype(np.float64), counts, exposure, centre], axis=1)
    distinct, parts = _alike(rows)
    overall = fit_weights(
        distinct[:, 1], distinct[:, 2], distinct[:, 3], parts, FACTORS, assumed_weights(), PRIOR_PARTS, periodic, ROUNDS
    )
    weights = np.empty((groups, len(FACTORS)))
    bounds = np.searchsorted(distinct[:, 0], np.arange(groups + 1))

    def fit(first: int, last: int) -> None:
        for g in range(first, last):
            of = slice(bounds[g], bounds[g + 1])
            counted, time, middle = distinct[of, 1], distinct[of, 2], distinct[of, 3]
            weights[g] = fit_weights(
                counted, time, middle, parts[of], FACTORS, overall, GROUP_PRIOR_PARTS, periodic, ROUNDS
            )

    run_in_chunks(fit, groups, chunk=8)
    return weights


def _alike(rows: Floats) -> tuple[Floats, Floats]:
    """Distinct rows, sorted, and how often each comes."""
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    place = np.flatnonzero(first)
    return np.ascontiguousarray(rows[place]), np.diff(np.append(place, len(rows))).astype(np.float64)


def rate_posterior(
    counts: Floats, exposure: Floats, centre: Floats, group: Integers, weights: Floats, periodic: bool
) -> Occurrence:
    """Posterior of every part's rate given its count and exposure, its group's mean and frailties."""
    shape = (len(counts), len(FACTORS))
    posterior = Occurrence(np.empty(shape), np.empty(shape), np.empty(shape), periodic)
    run_in_chunks(
        lambda first, last: _posteriors(
            counts,
            exposure,
            centre,
            group,
            weights,
            FACTORS,
            periodic,
            first,
            last,
            posterior.weight,
            posterior.mean,
            posterior.strength,
        ),
        len(counts),
        chunk=8192,
    )
    return posterior
