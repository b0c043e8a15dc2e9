"""How often an item is demanded: posterior of its rate as a mixture, and the law of its count over a lead time.

Order lines by day are Poisson with a gamma rate: the count over L days is negative binomial. With demand per period
at most one event falls in a period, its chance is beta: the count over L periods is beta-binomial. A mixture of such
posteriors covers portfolios with any spread of rates; what its weights leave of 1 is the chance that the item is
never demanded again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.special import gamma_cdf, wilson_hilferty

Floats = NDArray[np.float64]

CERTAIN = 1e9
"""Strength from which on a rate counts as known: Poisson, or binomial."""
NEGLIGIBLE = 1e-9
LOWEST_START = 1e-250


@dataclass(frozen=True)
class Occurrence:
    """Posterior of each item's rate. Arrays are [items, parts of the mixture]."""

    weight: Floats
    """Chance of each part of the mixture; what is missing from 1: never demanded again."""
    mean: Floats
    """Its mean: events per step, or the chance of an event in a period."""
    strength: Floats
    """Its shape (gamma) or the sum of its two parameters (beta); ``CERTAIN`` and more: the rate is known."""
    periodic: bool

    def __len__(self) -> int:
        return len(self.weight)

    def take(self, chosen: NDArray[np.int64]) -> Occurrence:
        return Occurrence(self.weight[chosen], self.mean[chosen], self.strength[chosen], self.periodic)

    def expected(self) -> Floats:
        """[items] events per step."""
        total: Floats = (self.weight * self.mean).sum(axis=1)
        return total

    def seen_by_events(self) -> Occurrence:
        """The posterior of the rate where an event happens: each rate weighed by itself."""
        share = self.weight * self.mean
        total = share.sum(axis=1, keepdims=True)
        weight = np.divide(share, total, out=np.zeros_like(share), where=total > 0.0)
        uncertain = self.strength < CERTAIN
        strength = np.where(uncertain, self.strength + 1.0, self.strength)
        if self.periodic:
            mean = np.where(uncertain, (self.mean * self.strength + 1.0) / strength, self.mean)
        else:
            mean = np.where(uncertain, self.mean * strength / self.strength, self.mean)
        return Occurrence(weight, mean, strength, self.periodic)

    def chance_of_any(self, steps: float) -> Floats:
        """[items] chance of at least one event within ``steps``."""
        quiet = np.empty(len(self))
        _quiet_chances(self.weight, self.mean, self.strength, self.periodic, steps, quiet)
        return 1.0 - quiet

    def limits(self, probability: float) -> Floats:
        """[items] quantile of the posterior rate [events per step]."""
        quantile = np.empty(len(self))
        run_in_chunks(
            lambda first, last: _rate_quantiles(
                self.weight, self.mean, self.strength, self.periodic, probability, first, last, quantile
            ),
            len(self),
        )
        return quantile

    def sample(self, random: np.random.Generator) -> Floats:
        """[items] one draw of every item's rate [events per step]."""
        part = (random.random(len(self))[:, None] > np.cumsum(self.weight, axis=1)).sum(axis=1)
        silent = part == self.weight.shape[1]
        row = np.arange(len(self))
        part = np.where(silent, 0, part)
        mean, strength = self.mean[row, part], np.minimum(self.strength[row, part], CERTAIN)
        if self.periodic:
            inside = np.clip(mean, 1e-12, 1.0 - 1e-12)
            drawn = random.beta(inside * strength, (1.0 - inside) * strength)
        else:
            drawn = random.standard_gamma(strength) * mean / strength
        return np.where(silent, 0.0, drawn)


@kernel
def log_no_event(mean: float, strength: float, periodic: bool, steps: float) -> float:
    """ln of the chance of no event within ``steps``."""
    if not periodic:
        if strength >= CERTAIN:
            return -mean * steps
        return -strength * math.log1p(mean * steps / strength)
    chance = min(mean, 1.0 - 1e-12)
    if strength >= CERTAIN:
        return steps * math.log1p(-chance)
    other = (1.0 - chance) * strength
    return math.lgamma(other + steps) - math.lgamma(other) - math.lgamma(strength + steps) + math.lgamma(strength)


@kernel
def _quiet_chances(weight: Floats, mean: Floats, strength: Floats, periodic: bool, steps: float, quiet: Floats) -> None:
    for i in range(len(quiet)):
        left = 1.0
        total = 0.0
        for m in range(weight.shape[1]):
            if weight[i, m] > 0.0:
                left -= weight[i, m]
                total += weight[i, m] * math.exp(log_no_event(mean[i, m], strength[i, m], periodic, steps))
        quiet[i] = min(1.0, max(0.0, total + max(left, 0.0)))


@kernel
def count_ratio(n: int, mean: float, strength: float, periodic: bool, steps: float) -> float:
    """P(n events) / P(n - 1 events) within ``steps``."""
    if not periodic:
        expected = mean * steps
        if strength >= CERTAIN:
            return expected / n
        return (strength + n - 1.0) / n * expected / (strength + expected)
    if n > steps:
        return 0.0
    chance = min(mean, 1.0 - 1e-12)
    if strength >= CERTAIN:
        return (steps - n + 1.0) / n * chance / (1.0 - chance)
    return (steps - n + 1.0) / n * (chance * strength + n - 1.0) / ((1.0 - chance) * strength + steps - n)


@kernel
def add_counts(share: float, mean: float, strength: float, periodic: bool, steps: float, chance: Floats) -> int:
    """chance[n] += share P(n events within ``steps``); the number of counts reached. Periods must be whole."""
    log_value = log_no_event(mean, strength, periodic, steps)
    value = math.exp(log_value)
    reached = 1
    chance[0] += share * value
    total = value
    for n in range(1, len(chance)):
        ratio = count_ratio(n, mean, strength, periodic, steps)
        if ratio <= 0.0 or share * (1.0 - total) < NEGLIGIBLE:
            break
        if value < LOWEST_START:
            # The first chances of a fast mover underflow: climb by logarithms.
            log_value += math.log(ratio)
            value = math.exp(log_value)
        else:
            value *= ratio
        total += value
        chance[n] += share * value
        reached = n + 1
        if ratio < 1.0 and share * value * ratio / (1.0 - ratio) < NEGLIGIBLE:
            break
    return reached


@kernel
def count_chances(
    weight: Floats,
    mean: Floats,
    strength: Floats,
    periodic: bool,
    lead: Floats,
    lead_weight: Floats,
    chance: Floats,
) -> int:
    """Fill chance[n] with the law of the count over the lead time; the number of counts with any chance.

    A lead time between two whole periods is either, in proportion.
    """
    for n in range(len(chance)):
        chance[n] = 0.0
    left = 1.0
    reached = 1
    for m in range(len(weight)):
        if weight[m] <= 0.0:
            continue
        left -= weight[m]
        for k in range(len(lead)):
            share = weight[m] * lead_weight[k]
            if share <= 0.0:
                continue
            if periodic:
                whole = math.floor(lead[k] + 1e-9)
                part = max(lead[k] - whole, 0.0)
                if part < 1.0:
                    reached = max(reached, add_counts(share * (1.0 - part), mean[m], strength[m], True, whole, chance))
                if part > 1e-9:
                    reached = max(reached, add_counts(share * part, mean[m], strength[m], True, whole + 1.0, chance))
            else:
                reached = max(reached, add_counts(share, mean[m], strength[m], False, lead[k], chance))
    if left > 0.0:
        chance[0] += left
    return reached


@kernel
def count_moments(
    weight: Floats, mean: Floats, strength: Floats, periodic: bool, lead: Floats, lead_weight: Floats
) -> tuple[float, float]:
    """Mean and variance of the count over the lead time, from moments alone."""
    first_lead = 0.0
    second_lead = 0.0
    for k in range(len(lead)):
        first_lead += lead_weight[k] * lead[k]
        second_lead += lead_weight[k] * lead[k] * lead[k]
        if periodic:
            whole = math.floor(lead[k] + 1e-9)
            part = max(lead[k] - whole, 0.0)
            second_lead += lead_weight[k] * part * (1.0 - part)
    first = 0.0
    second = 0.0
    for m in range(len(weight)):
        if weight[m] <= 0.0:
            continue
        square = mean[m] * mean[m]
        if periodic:
            square += mean[m] * (1.0 - mean[m]) / (strength[m] + 1.0)
            pairs = second_lead - first_lead
        else:
            square += mean[m] * mean[m] / strength[m]
            pairs = second_lead
        first += weight[m] * mean[m] * first_lead
        second += weight[m] * (mean[m] * first_lead + square * pairs)
    return first, max(second - first * first, 0.0)


@kernel
def beta_cdf(alpha: float, beta: float, x: float) -> float:
    """P(B <= x) for B ~ Beta(alpha, beta): continued fraction (Abramowitz & Stegun 1964, 26.5.8)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (alpha + 1.0) / (alpha + beta + 2.0):
        return 1.0 - beta_cdf(beta, alpha, 1.0 - x)
    front = math.exp(
        math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta) + alpha * math.log(x) + beta * math.log1p(-x)
    )
    tiny = 1e-300
    c = 1.0
    d = 1.0 / max(1.0 - (alpha + beta) * x / (alpha + 1.0), tiny)
    fraction = d
    for m in range(1, 500):
        even = m * (beta - m) * x / ((alpha + 2.0 * m - 1.0) * (alpha + 2.0 * m))
        d = 1.0 / max(1.0 + even * d, tiny)
        c = max(1.0 + even / c, tiny)
        fraction *= d * c
        odd = -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2.0 * m) * (alpha + 2.0 * m + 1.0))
        d = 1.0 / max(1.0 + odd * d, tiny)
        c = max(1.0 + odd / c, tiny)
        fraction *= d * c
        if abs(d * c - 1.0) < 1e-12:
            break
    return min(1.0, front * fraction / alpha)


@kernel
def _rate_cdf(weight: Floats, mean: Floats, strength: Floats, periodic: bool, rate: float) -> float:
    left = 1.0
    total = 0.0
    for m in range(len(weight)):
        share = weight[m]
        if share <= 0.0:
            continue
        left -= share
        if strength[m] >= CERTAIN:
            total += share if rate >= mean[m] else 0.0
        elif periodic:
            total += share * beta_cdf(mean[m] * strength[m], (1.0 - mean[m]) * strength[m], rate)
        elif strength[m] > 25.0:
            total += share * wilson_hilferty(strength[m], rate / mean[m] * strength[m])
        else:
            total += share * gamma_cdf(strength[m], rate / mean[m] * strength[m])
    return total + max(left, 0.0)


@kernel
def _rate_quantiles(
    weight: Floats,
    mean: Floats,
    strength: Floats,
    periodic: bool,
    probability: float,
    first: int,
    last: int,
    quantile: Floats,
) -> None:
    """Bisection on the logarithm of the rate, to a thousandth."""
    for i in range(first, last):
        if i > first and _same_row(weight, mean, strength, i, i - 1):
            quantile[i] = quantile[i - 1]
            continue
        largest = 0.0
        for m in range(weight.shape[1]):
            if weight[i, m] > 0.0:
                largest = max(largest, mean[i, m] * (1.0 + 10.0 / math.sqrt(strength[i, m]) + 30.0 / strength[i, m]))
        if periodic:
            largest = min(largest, 1.0)
        high = math.log(largest) if largest > 0.0 else -math.inf
        low = high - 25.0
        if largest <= 0.0 or _rate_cdf(weight[i], mean[i], strength[i], periodic, math.exp(low)) >= probability:
            quantile[i] = 0.0
            continue
        while high - low > 1e-3:
            middle = 0.5 * (low + high)
            if _rate_cdf(weight[i], mean[i], strength[i], periodic, math.exp(middle)) >= probability:
                high = middle
            else:
                low = middle
        quantile[i] = math.exp(high)


@kernel
def _same_row(weight: Floats, mean: Floats, strength: Floats, a: int, b: int) -> bool:
    for m in range(weight.shape[1]):
        if weight[a, m] != weight[b, m] or mean[a, m] != mean[b, m] or strength[a, m] != strength[b, m]:
            return False
    return True
