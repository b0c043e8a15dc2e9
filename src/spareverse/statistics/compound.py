"""Demand over a random lead time: P(SC > x) of a compound Poisson (or negative binomial) sum.

Given the lead time the number of orders is Poisson or negative binomial. The Weibull lead time is integrated by
quadrature (the substitution F = u^2 (3 - 2u) flattens both ends of the integrand, which Gauss-Legendre then
resolves), which gives the chance of n orders; the convolution powers of the order size do the rest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_X, _W = np.polynomial.legendre.leggauss(24)
_U = 0.5 * (_X + 1.0)
LEAD_WEIGHTS = 3.0 * _W * _U * (1.0 - _U)
LOG_HAZARDS = np.log(-np.log1p(-(_U**2) * (3.0 - 2.0 * _U)))


@kernel
def lead_time_nodes(log_scale: float, log_shape: float, nodes: Floats) -> None:
    """Lead times [days] at the quadrature nodes of a Weibull."""
    inverse = math.exp(-log_shape)
    for k in range(len(LOG_HAZARDS)):
        nodes[k] = math.exp(log_scale + LOG_HAZARDS[k] * inverse)


@kernel
def _first_counts(rate: float, dispersion: float, nodes: Floats, chance: Floats, step: Floats) -> None:
    """Chance of no order at each lead time, and what the recursion over counts needs."""
    for k in range(len(nodes)):
        mean = rate * nodes[k]
        if dispersion > 0.0:
            step[k] = mean / (1.0 / dispersion + mean)
            chance[k] = math.exp(math.log1p(-step[k]) / dispersion)
        else:
            step[k] = mean
            chance[k] = math.exp(-mean)


@kernel
def _next_counts(n: int, dispersion: float, rate: float, nodes: Floats, chance: Floats, step: Floats) -> float:
    """Move ``chance`` from n - 1 to n orders; the mixture's chance of n orders."""
    if rate * nodes[len(nodes) - 1] > 600.0 and dispersion == 0.0:
        # exp(-mean) underflows: take the logarithm instead of the recursion.
        for k in range(len(nodes)):
            mean = rate * nodes[k]
            chance[k] = math.exp(n * math.log(mean) - mean - math.lgamma(n + 1.0))
    else:
        growth = (1.0 / dispersion + n - 1.0) / n if dispersion > 0.0 else 1.0 / n
        for k in range(len(nodes)):
            value = chance[k] * (step[k] * growth)
            # Numbers near underflow are slow and mean nothing.
            chance[k] = value if value > 1e-200 else 0.0
    even = 0.0
    odd = 0.0
    for k in range(0, len(nodes), 2):
        even += LEAD_WEIGHTS[k] * chance[k]
        odd += LEAD_WEIGHTS[k + 1] * chance[k + 1]
    return even + odd


@kernel
def _add_scaled(weight: float, source: Floats, first: int, target: Floats) -> None:
    """target += weight * source from index ``first`` on; views that start at 0 let the loop run on vectors."""
    a = source[first:]
    b = target[first:]
    for x in range(len(a)):
        b[x] += weight * a[x]


@kernel
def _convolve(sizes: Floats, smallest: int, largest: int, power: Floats, first: int, out: Floats) -> float:
    """out = sizes * power, cut at the grid; power is zero below ``first``. Returns the mass left on the grid."""
    points = len(power)
    for x in range(points):
        out[x] = 0.0
    for j in range(smallest, min(largest, points - 1 - first) + 1):
        weight = sizes[j]
        if weight > 1e-7:
            a = power[first : points - j]
            b = out[first + j :]
            for x in range(len(a)):
                b[x] += weight * a[x]
    left = 0.0
    for x in range(points):
        left += out[x]
    return left


@kernel
def safety_cover_tails(
    rates: Floats, dispersions: Floats, lead: Integers, nodes: Floats, tilts: Floats, sizes: Floats, tails: Floats
) -> None:
    """tails[e, x] = P(SC > x) on the grid for settings e = 0 .. len(rates) - 1 that share one size distribution.

    rates [orders/day]; dispersions: 0 = Poisson counts, else negative binomial with Var = mu + dispersion mu^2;
    lead[e]: which row of ``nodes`` (lead times, days) holds; sizes[j]: chance that an order is of j grid steps
    (mass missing from 1 always exceeds the grid); tilts[e]: sizes are reweighted by exp(tilt j), which for a sum of
    n orders is again a reweighting, so that one set of convolution powers serves all settings.
    """
    settings, points = tails.shape
    count = nodes.shape[1]
    chance = np.empty((settings, count))
    step = np.empty((settings, count))
    left = np.ones(settings)
    shrink = np.ones(settings)
    mass = 0.0
    largest = 0
    for j in range(points):
        mass += sizes[j]
        if sizes[j] > 1e-7:
            largest = j
    power = np.zeros(points)
    spare = np.zeros(points)
    power[0] = 1.0
    for e in range(settings):
        _first_counts(rates[e], dispersions[e], nodes[lead[e]], chance[e], step[e])
        none = 0.0
        for k in range(count):
            none += LEAD_WEIGHTS[k] * chance[e, k]
        for x in range(points):
            tails[e, x] = 0.0
        tails[e, 0] = none
        left[e] = 1.0 - none
        if tilts[e] != 0.0:
            tilted = 0.0
            for j in range(points):
                tilted += sizes[j] * math.exp(tilts[e] * j)
            shrink[e] = mass / tilted
    scale = np.ones(settings)
    lowest = 0
    smallest = 0
    while smallest < points - 1 and sizes[smallest] <= 0.0:
        smallest += 1
    n = 0
    while n < 1_000_000:
        n += 1
        lowest += smallest
        if lowest >= points:
            break
        open_settings = 0
        # So many orders always exceed the grid: further ones change nothing on it.
        if _convolve(sizes, smallest, largest, power, lowest - smallest, spare) < 1e-7:
            break
        power, spare = spare, power
        for e in range(settings):
            if left[e] < 1e-7:
                continue
            open_settings += 1
            mixture = _next_counts(n, dispersions[e], rates[e], nodes[lead[e]], chance[e], step[e])
            left[e] -= mixture
            scale[e] *= shrink[e]
            _add_scaled(mixture * scale[e], power, lowest, tails[e])
        if open_settings == 0:
            break
    for e in range(settings):
        total = 0.0
        for x in range(points):
            total += tails[e, x] * math.exp(tilts[e] * x)
            tails[e, x] = max(0.0, 1.0 - total)
