"""Kernels of CUSUM charts of counts on a lattice: chances of an alarm under an uncertain rate, and the charts.

Sums are whole multiples of 1 / q: up S = max(0, S + q X - r), down S = max(0, S + r - q X), alarm at S >= h. Nothing
is rounded, so what adds up to the limit reaches it. Where counts are large, chances are of counts in units of several
events (then q = 1, and r and h are in these units).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEVER = -1
"""Period of an alarm that was not raised."""


@kernel
def chances_of_counts(mean: float, dispersion: float, unit: int) -> tuple[int, Floats, Floats]:
    """(first, P(X = first + i), P(X >= first + i)) in units of so many events, rounded to the nearest.

    Poisson or negative binomial, within nine standard deviations.
    """
    spread = math.sqrt(mean * dispersion)
    lowest = max(0, int(mean - 9.0 * spread - 2.0))
    largest = int(mean + 9.0 * spread + 25.0 * dispersion) + 1
    first = (lowest + unit // 2) // unit
    chance = np.zeros((largest + unit // 2) // unit - first + 1)
    shape = mean / (dispersion - 1.0) if dispersion > 1.0 else 0.0
    for x in range(lowest, largest + 1):
        if dispersion <= 1.0:
            log = x * math.log(mean) - mean - math.lgamma(x + 1.0)
        else:
            log = math.lgamma(x + shape) - math.lgamma(shape) - math.lgamma(x + 1.0)
            log += x * math.log1p(-1.0 / dispersion) - shape * math.log(dispersion)
        chance[(x + unit // 2) // unit - first] += math.exp(log)
    beyond = np.empty(len(chance))
    total = 0.0
    for i in range(len(chance) - 1, -1, -1):
        total += chance[i]
        beyond[i] = total
    return first, chance, beyond


@kernel
def chance_of_alarm(
    mean: float, dispersion: float, unit: int, r: int, q: int, h: int, periods: int, upward: bool, here: Floats,
    there: Floats,
) -> float:  # fmt: skip
    """P(S reaches h within so many periods), begun at zero; ``here`` and ``there`` are room for h numbers.

    What crosses is added up, not taken from one: small chances keep their digits.
    """
    first, chance, beyond = chances_of_counts(mean, dispersion, unit)
    here[:h] = 0.0
    here[0] = 1.0
    crossed = 0.0
    top = 0
    for _ in range(periods):
        there[:h] = 0.0
        reached = 0
        for s in range(top + 1):
            mass = here[s]
            if mass < 1e-60:
                continue
            for i in range(len(chance)):
                move = q * (first + i) - r
                if upward:
                    to = s + move
                    if to >= h:
                        crossed += mass * beyond[i]
                        break
                    weight = mass * chance[i]
                else:
                    to = s - move
                    if to <= 0:
                        there[0] += mass * beyond[i]
                        break
                    weight = mass * chance[i]
                    if to >= h:
                        crossed += weight
                        continue
                to = max(to, 0)
                there[to] += weight
                reached = max(reached, to)
        top = reached
        here, there = there, here
    return min(crossed, 1.0)


@kernel
def predicted_chance(
    rates: Floats, weights: Floats, dispersion: float, unit: int, r: int, q: int, h: int, periods: int,
    upward: bool, here: Floats, there: Floats,
) -> float:  # fmt: skip
    """Chance of an alarm averaged over what is not known of the rate."""
    total = 0.0
    for node in range(len(rates)):
        if weights[node] > 1e-30:
            total += weights[node] * chance_of_alarm(
                rates[node], dispersion, unit, r, q, h, periods, upward, here, there
            )
    return min(total, 1.0)


@kernel
def limits_of_charts(
    rates: Floats, weights: Floats, dispersion: Floats, unit: Integers, r: Integers, q: Integers, periods: Integers,
    upward: bool, wanted: Floats, highest: int, first: int, last: int, limits: Integers, chances: Floats,
) -> None:  # fmt: skip
    """Per chart the smallest h whose predicted chance of an alarm is at most ``wanted``, and that chance.

    rates, weights: [charts, nodes]. The search stops at ``highest``.
    """
    here, there = np.empty(highest + 1), np.empty(highest + 1)
    for c in range(first, last):
        low, high = 0, max(1, 2 * (q[c] if upward else r[c]))
        while high < highest:
            chances[c] = predicted_chance(
                rates[c], weights[c], dispersion[c], unit[c], r[c], q[c], high, periods[c], upward, here, there
            )
            if chances[c] <= wanted[c]:
                break
            low, high = high, min(2 * high, highest)
        while high - low > 1:
            middle = (low + high) // 2
            found = predicted_chance(
                rates[c], weights[c], dispersion[c], unit[c], r[c], q[c], middle, periods[c], upward, here, there
            )
            if found <= wanted[c]:
                high = middle
                chances[c] = found
            else:
                low = middle
        limits[c] = high


@kernel
def chances_of_excursions(
    chart: Integers, height: Integers, rates: Floats, weights: Floats, dispersion: Floats, unit: Integers, r: Integers,
    q: Integers, periods: Integers, upward: bool, highest: int, first: int, last: int, p_values: Floats,
) -> None:  # fmt: skip
    """p-values of excursions: predicted chance that a chart reaches so high; those above ``highest`` count as that."""
    here, there = np.empty(highest + 1), np.empty(highest + 1)
    for e in range(first, last):
        c = chart[e]
        h = min(height[e], highest)
        p_values[e] = predicted_chance(
            rates[c], weights[c], dispersion[c], unit[c], r[c], q[c], h, periods[c], upward, here, there
        )


@kernel
def walk_up(
    starts: Integers, period: Integers, count: Integers, begin: Integers, r: Integers, q: Integers, limit: Integers,
    first: int, last: int, highest: Integers, since: Integers, raised: Integers, noticed: Integers,
) -> None:  # fmt: skip
    """Upward charts from period ``begin`` on: the highest sum, where the climb to it began and crossed the limit.

    ``noticed``: where any climb crossed it first.
    """
    for i in range(first, last):
        s = 0
        at = climb = begin[i]
        crossed = NEVER
        highest[i], since[i], raised[i], noticed[i] = 0, NEVER, NEVER, NEVER
        for e in range(starts[i], starts[i + 1]):
            if period[e] < begin[i]:
                continue
            s -= r[i] * (period[e] - at)
            if s <= 0:
                s = 0
                climb, crossed = period[e], NEVER
            s = max(0, s + q[i] * count[e] - r[i])
            at = period[e] + 1
            if s >= limit[i] and crossed == NEVER:
                crossed = period[e]
                if noticed[i] == NEVER:
                    noticed[i] = crossed
            if s > highest[i]:
                highest[i], since[i], raised[i] = s, climb, crossed


@kernel
def walk_down(
    starts: Integers, period: Integers, count: Integers, begin: Integers, end: int, r: Integers, q: Integers,
    limit: Integers, first: int, last: int, highest: Integers, since: Integers, raised: Integers, noticed: Integers,
) -> None:  # fmt: skip
    """Downward charts until period ``end``: as ``walk_up``; the sum climbs where nothing happens."""
    for i in range(first, last):
        s = 0
        at = climb = begin[i]
        crossed = NEVER
        highest[i], since[i], raised[i], noticed[i] = 0, NEVER, NEVER, NEVER
        for e in range(starts[i], starts[i + 1] + 1):
            until = end if e == starts[i + 1] else period[e]
            if until < begin[i]:
                continue
            if s == 0:
                climb, crossed = at, NEVER
            if until > at:
                if crossed == NEVER and s + r[i] * (until - at) >= limit[i]:
                    crossed = at + (limit[i] - s + r[i] - 1) // r[i] - 1
                    if noticed[i] == NEVER:
                        noticed[i] = crossed
                s += r[i] * (until - at)
                if s > highest[i]:
                    highest[i], since[i], raised[i] = s, climb, crossed
            if e == starts[i + 1]:
                break
            s = max(0, s + r[i] - q[i] * count[e])
            if s >= limit[i] and crossed == NEVER:
                crossed = period[e]
                if noticed[i] == NEVER:
                    noticed[i] = crossed
            if s > highest[i]:
                highest[i], since[i], raised[i] = s, climb, crossed
            at = period[e] + 1
