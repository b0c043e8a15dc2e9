"""Run lengths of CUSUM and EWMA charts of independent normal observations, and limits for a wanted run length.

The run length is the number of observations up to and including the alarm; its mean from a given start solves an
integral equation of the second kind, here by Gauss-Legendre quadrature (Nystroem's method). Observations are in units
of their in-control standard deviation around their in-control mean; ``shift`` moves the mean, ``sd`` the deviation.

Sources: Page 1954; Crowder 1987 (EWMA); Lucas & Crosier 1982 (head start, both sides); Champ & Rigdon 1991.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_NODES = 2000
LONGEST = 1e12
"""Longer run lengths are not told apart: the equations lose their digits."""


def cusum_run_length(
    k: float, h: float, shift: float = 0.0, *, headstart: float = 0.0, sd: float = 1.0, two_sided: bool = False
) -> float:
    """Mean run length of S = max(0, S + x - k), alarm at S > h, begun at S = ``headstart``; x ~ N(shift, sd).

    Two-sided: with its mirror image, each begun at the head start; exact for head starts up to h / 2 + k, which lets
    no sum stand above zero when the other one alarms. ValueError for others, and for values that make no chart.
    """
    _check(h, sd)
    if not 0.0 <= headstart <= h:
        raise ValueError(f"a head start lies within 0 and the limit {h:g}, got {headstart:g}")
    up, up_from_zero = _one_sided(k, h, shift, headstart, sd)
    if not two_sided:
        return up
    if k < 0.0 or headstart > 0.5 * h + k:
        raise ValueError("a two-sided chart needs k >= 0 and a head start of at most h / 2 + k")
    down, down_from_zero = _one_sided(k, h, -shift, headstart, sd)
    if math.isinf(up_from_zero) or math.isinf(down_from_zero):
        return min(up, down)
    # each side alarms first, or must still run from zero when the other has alarmed
    shares = up / up_from_zero + down / down_from_zero - 1.0
    return shares / (1.0 / up_from_zero + 1.0 / down_from_zero)


def ewma_run_length(
    weight: float,
    limit: float,
    shift: float = 0.0,
    *,
    start: float = 0.0,
    sd: float = 1.0,
    two_sided: bool = True,
    reflected_at: float = 0.0,
) -> float:
    """Mean run length of z = (1 - weight) z + weight x, alarm beyond ``limit`` asymptotic standard deviations of z.

    start
        Value begun at, in the same standard deviations (a head start).
    reflected_at
        One-sided charts never fall below this value.
    """
    _check(limit, sd)
    if not 0.0 < weight <= 1.0:
        raise ValueError(f"the weight of an EWMA lies in (0, 1], got {weight:g}")
    unit = math.sqrt(weight / (2.0 - weight))
    low, high, begin = (value * unit for value in (-limit if two_sided else reflected_at, limit, start))
    if not low <= begin <= high:
        raise ValueError(f"an EWMA begins within its limits, got {start:g}")
    nodes, weights = _quadrature(low, high, weight * sd)

    def arrives(at: Floats) -> Floats:
        return _density((nodes - (1.0 - weight) * at[:, None]) / weight - shift, sd) / weight

    def reflects(at: Floats) -> Floats:
        if two_sided:
            return np.zeros(len(at))
        return _chance_below((low - (1.0 - weight) * at) / weight - shift, sd)

    return _solve(arrives, reflects, low, nodes, weights, np.array([begin]))[0]


@lru_cache(maxsize=64)
def cusum_limit(k: float, run_length: float, *, headstart_share: float = 0.0, two_sided: bool = False) -> float:
    """The h at which the in-control run length is ``run_length``; a head start is given as a share of h."""
    return _limit(lambda h: cusum_run_length(k, h, headstart=headstart_share * h, two_sided=two_sided), run_length)


@lru_cache(maxsize=64)
def ewma_limit(weight: float, run_length: float, *, two_sided: bool = True) -> float:
    """The limit, in asymptotic standard deviations, at which the in-control run length is ``run_length``."""
    return _limit(lambda limit: ewma_run_length(weight, limit, two_sided=two_sided), run_length)


@lru_cache(maxsize=64)
def cusum_run_lengths(k: float, highest: float, points: int = 60) -> tuple[Floats, Floats]:
    """(limits, logarithms of the one-sided in-control run lengths) up to ``highest``, to interpolate between."""
    limits = np.linspace(0.02, highest, points)
    return limits, np.log([cusum_run_length(k, float(h)) for h in limits])


@lru_cache(maxsize=64)
def ewma_run_lengths(weight: float, highest: float, points: int = 60) -> tuple[Floats, Floats]:
    """The same of a one-sided EWMA that does not fall below zero."""
    limits = np.linspace(0.02, highest, points)
    return limits, np.log([ewma_run_length(weight, float(limit), two_sided=False) for limit in limits])


def _one_sided(k: float, h: float, shift: float, headstart: float, sd: float) -> tuple[float, float]:
    """Run lengths from the head start and from zero."""
    nodes, weights = _quadrature(0.0, h, sd)

    def arrives(at: Floats) -> Floats:
        return _density(nodes - at[:, None] + k - shift, sd)

    def reflects(at: Floats) -> Floats:
        return _chance_below(k - shift - at, sd)

    found = _solve(arrives, reflects, 0.0, nodes, weights, np.array([headstart, 0.0]))
    return found[0], found[1]


def _solve(
    arrives: Callable[[Floats], Floats],
    reflects: Callable[[Floats], Floats],
    barrier: float,
    nodes: Floats,
    weights: Floats,
    wanted: Floats,
) -> list[float]:
    """L(u) = 1 + reflects(u) L(barrier) + integral of arrives(u, y) L(y): at the wanted points."""
    points = np.append(nodes, barrier)
    system = np.eye(len(points))
    system[:, :-1] -= arrives(points) * weights
    system[:, -1] -= reflects(points)
    try:
        solved = np.linalg.solve(system, np.ones(len(points)))
    except np.linalg.LinAlgError:
        return [math.inf] * len(wanted)
    if not (solved > 0.0).all() or solved.max() > LONGEST:
        return [math.inf] * len(wanted)
    return [float(value) for value in 1.0 + (arrives(wanted) * weights) @ solved[:-1] + reflects(wanted) * solved[-1]]


def _quadrature(low: float, high: float, width: float) -> tuple[Floats, Floats]:
    """Nodes and weights over [low, high], fine enough for a bell of standard deviation ``width``."""
    count = min(MOST_NODES, 30 + math.ceil(6.0 * (high - low) / width))
    x, w = _legendre(count)
    return low + 0.5 * (high - low) * (x + 1.0), 0.5 * (high - low) * w


@lru_cache(maxsize=16)
def _legendre(count: int) -> tuple[Floats, Floats]:
    x, w = np.polynomial.legendre.leggauss(count)
    return x, w


def _density(x: Floats, sd: float) -> Floats:
    return np.exp(-0.5 * (x / sd) ** 2) / (sd * math.sqrt(2.0 * math.pi))


def _chance_below(x: Floats, sd: float) -> Floats:
    return np.array([0.5 * math.erfc(-value / (sd * math.sqrt(2.0))) for value in x])


def _limit(run_length_at: Callable[[float], float], wanted: float) -> float:
    if not 1.0 < wanted <= 0.1 * LONGEST:
        raise ValueError(f"a wanted run length lies above 1 and below {0.1 * LONGEST:g}, got {wanted:g}")
    low, high = 1e-6, 1.0
    while run_length_at(high) < wanted:
        low, high = high, 2.0 * high
    if run_length_at(low) > wanted:
        raise ValueError(f"even without a limit the run length is above {wanted:g}")
    for _ in range(100):
        middle = 0.5 * (low + high)
        if high - low < 1e-10 * high:
            break
        low, high = (middle, high) if run_length_at(middle) < wanted else (low, middle)
    return 0.5 * (low + high)


def _check(limit: float, sd: float) -> None:
    if not (limit > 0.0 and sd > 0.0 and math.isfinite(limit)):
        raise ValueError(f"limit and standard deviation must be above zero, got {limit:g} and {sd:g}")
