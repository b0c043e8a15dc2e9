"""Run lengths of charts of counts, Poisson or negative binomial: of CUSUMs exactly, their sums live on a lattice.

Up: S = max(0, S + X - k); down: S = max(0, S + k - X); alarm at S >= h. With k a fraction p / q the sums are multiples
of 1 / q, a Markov chain whose run length solves one linear system.

Sources: Brook & Evans 1972; Lucas 1985 (counts, head start); Borror, Champ & Rigdon 1998 (EWMA of counts).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FINEST = 200
"""Largest q: a k that is no such fraction is taken to the nearest."""
MOST_STATES = 3000
LONGEST = 1e12
"""Longer mean run lengths cannot be told from infinite ones."""


def count_chances(mean: float, dispersion: float = 1.0) -> Floats:
    """P(X = 0, 1, ...) up to where less than 1e-15 is left; Poisson, or negative binomial.

    dispersion
        Variance over mean of a count; 1: Poisson.
    """
    if not (mean > 0.0 and dispersion >= 1.0):
        raise ValueError(f"a mean above zero and a dispersion of at least 1, got {mean:g} and {dispersion:g}")
    top = math.ceil(mean + 12.0 * math.sqrt(mean * dispersion) + 40.0 * dispersion)
    counts = np.arange(top + 1)
    if dispersion - 1.0 < 1e-9:
        steps = np.log(mean) - np.log(np.maximum(counts, 1))
        first = -mean
    else:
        shape, extra = mean / (dispersion - 1.0), (dispersion - 1.0) / dispersion
        steps = np.log(extra * (shape + counts - 1.0)[1:] / counts[1:])
        steps = np.concatenate([[0.0], steps])
        first = -shape * math.log(dispersion)
    steps[0] = first
    chances: Floats = np.exp(np.cumsum(steps))
    return chances


def best_reference(mean: float, ratio: float) -> float:
    """The k that is best against a Poisson mean of ``ratio`` times ``mean``: where both explain a count alike."""
    if not (mean > 0.0 and ratio > 0.0 and ratio != 1.0):
        raise ValueError(f"a mean above zero and a ratio other than 1, got {mean:g} and {ratio:g}")
    return mean * (ratio - 1.0) / math.log(ratio)


def count_cusum_run_length(
    chances: Floats, k: float, h: float, *, headstart: float = 0.0, upward: bool = True
) -> float:
    """Mean run length, in periods, of a CUSUM of counts with P(X = x) = ``chances[x]``."""
    if not (h > 0.0 and 0.0 <= headstart < h):
        raise ValueError(f"a limit above zero and a head start below it, got {h:g} and {headstart:g}")
    reference = Fraction(k).limit_denominator(FINEST)
    q = reference.denominator
    states = math.ceil(h * q - 1e-9)
    if states > MOST_STATES:
        raise ValueError(f"a chart of {states} states is not offered; take a k with a smaller denominator")
    moves = np.arange(len(chances)) * q - reference.numerator
    system = np.eye(states)
    here = np.arange(states)
    for move, chance in zip(moves if upward else -moves, chances, strict=True):
        there = np.maximum(here + move, 0)
        stays = there < states
        np.subtract.at(system, (here[stays], there[stays]), chance)
    solved = np.linalg.solve(system, np.ones(states))
    # further counts than are listed alarm at once
    begin = min(round(headstart * q), states - 1)
    return float(solved[begin]) if solved[begin] > 0.0 else math.inf


def count_cusum_limit(chances: Floats, k: float, run_length: float, *, upward: bool = True) -> float:
    """The smallest h on the lattice whose in-control run length is at least ``run_length``."""
    q = Fraction(k).limit_denominator(FINEST).denominator
    low, high = 0, 1
    while count_cusum_run_length(chances, k, high / q, upward=upward) < run_length:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        found = count_cusum_run_length(chances, k, middle / q, upward=upward)
        low, high = (middle, high) if found < run_length else (low, middle)
    return high / q


def count_ewma_run_length(chances: Floats, mean: float, weight: float, h: float, *, states: int = 400) -> float:
    """Mean run length, in periods, of an upward EWMA of counts with P(X = x) = ``chances[x]``.

    Z = max(mean, (1 - weight) Z + weight X) from ``mean`` on, alarm at Z > h; a Markov chain of so many states between
    (Borror, Champ & Rigdon 1998), each standing for the Z in its middle.
    """
    if not (0.0 < weight <= 1.0 and h > mean > 0.0):
        raise ValueError(f"a weight in (0, 1] and a limit above a mean above zero, got {weight:g}, {h:g}, {mean:g}")
    width = (h - mean) / states
    middles = np.concatenate([[mean], mean + width * (np.arange(states) + 0.5)])
    there = (1.0 - weight) * middles[:, None] + weight * np.arange(len(chances))
    state = np.where(there <= mean, 0, 1 + np.floor((there - mean) / width)).astype(np.int64)
    system = np.eye(states + 1)
    here = np.broadcast_to(np.arange(states + 1)[:, None], state.shape)
    stays = there <= h
    chance = np.broadcast_to(chances, state.shape)
    np.subtract.at(system, (here[stays], np.minimum(state[stays], states)), chance[stays])
    found = float(np.linalg.solve(system, np.ones(states + 1))[0])
    return found if 0.0 < found < LONGEST else math.inf
