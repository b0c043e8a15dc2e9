"""Lead-time demand from a series' own periods: the bootstrap, carried to its limit of endlessly many resamples.

The empirical bootstrap draws every period of the lead time from the known periods, each as likely as the others.
Willemain, Smart & Schwarz (2004) draw whether a period has demand from a two-state Markov chain, and its size from
the sizes seen, jittered so that sizes nobody has seen yet can come. Both are drawn by simulation there. Here the law
that such a simulation approaches is computed, period by period, so there is neither noise nor a seed. The parameters
are taken as known: with few demands the laws are too narrow.

Chances of the chain come from the steps between known periods next to one another; each of the two states is given one
more step, which leads to demand with the share of periods that have it, so that a state seen only at the end, or never
left, is not stuck.

Jittering: a size X becomes 1 + [X + Z sqrt(X)], [ ] the integer part (floor) and Z standard normal, and stays X where
that would be 0 or less. It therefore counts whole pieces, and adds half a piece to the mean size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spareverse.jit import Cancel, kernel, run_in_chunks
from spareverse.statistics.forecasting.series import Floats, Integers, count_demands, ragged
from spareverse.statistics.grid import add_size, nice_step

FARTHEST = 6.0
"""Standard deviations above the mean up to which a grid is laid, and jitter spread."""


@dataclass(frozen=True)
class BootstrapLaws:
    """Laws of lead-time demand, one row per series; NaN for a series without demand or with impossible demand."""

    mass: Floats
    """[series, points] P(D = x step); what is missing from 1 lies beyond the grid."""
    with_line: Floats
    """[series, points] P(D + J = x step), J the size of a demand in the period after the lead time."""
    step: Floats
    """[series] pieces per grid point."""
    mean: Floats
    """[series] E D [pieces], what lies beyond the grid included."""
    chance: Floats
    """[series] chance of demand in the period after the lead time."""


def empirical_laws(
    values: ArrayLike,
    starts: ArrayLike,
    horizons: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    points: int = 128,
    cancel: Cancel | None = None,
) -> BootstrapLaws:
    """Laws of the demand over lead times of whole periods, by the empirical bootstrap.

    horizons
        [series] or [series, K] lead times [periods], 0 and more.
    weights
        [K] chance of each of the K lead times, the same for all series; alike unless given.
    points
        Points of the grid; its step is the smallest of 1, 2, 5, 10, ... pieces that lets it reach six standard
        deviations above the mean, and twice the largest demand.

    Series as in ``series``; ValueError for arrays that do not fit together.
    """
    return _laws(values, starts, horizons, weights, points, cancel, chained=False)


def willemain_laws(
    values: ArrayLike,
    starts: ArrayLike,
    horizons: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    points: int = 128,
    cancel: Cancel | None = None,
) -> BootstrapLaws:
    """The same by Willemain, Smart & Schwarz, from the state of the last known period on.

    Missing periods after it are steps of the chain whose outcome is unknown. Arguments as for ``empirical_laws``.
    """
    return _laws(values, starts, horizons, weights, points, cancel, chained=True)


def _laws(
    values: ArrayLike,
    starts: ArrayLike,
    horizons: ArrayLike,
    weights: ArrayLike | None,
    points: int,
    cancel: Cancel | None,
    *,
    chained: bool,
) -> BootstrapLaws:
    flat, bounds = ragged(values, starts)
    series = len(bounds) - 1
    periods = np.asarray(horizons, dtype=np.float64)
    periods = periods.reshape(len(periods), -1) if periods.ndim else np.full((series, 1), periods)
    shares = np.full(periods.shape[1], 1.0 / periods.shape[1]) if weights is None else np.asarray(weights, np.float64)
    if len(periods) != series or len(shares) != periods.shape[1]:
        raise ValueError("horizons has one row per series and weights one entry per column of horizons")
    if (
        not ((periods >= 0.0) & (periods % 1.0 == 0.0)).all()
        or (shares < 0.0).any()
        or abs(shares.sum() - 1.0) > 1e-9
        or points < 2
    ):
        raise ValueError("horizons are whole and 0 or more, weights 0 or more with sum 1, points 2 or more")
    whole = np.ascontiguousarray(periods, dtype=np.int64)
    mass, with_line = np.full((2, series, points), np.nan)
    mean, chance = np.full((2, series), np.nan)
    laws = BootstrapLaws(mass, with_line, np.ones(series), mean, chance)
    run_in_chunks(
        lambda a, b: _bootstrap_many(
            flat, bounds, a, b, whole, shares, chained, laws.mass, laws.with_line, laws.step, laws.mean, laws.chance
        ),
        series,
        chunk=64,
        cancel=cancel,
    )
    return laws


@kernel
def _chain(values: Floats, first: int, last: int, demands: int, chained: bool, chances: Floats) -> None:
    """chances = chance of demand after a period without, after one with, and in the period before the lead time."""
    known = 0
    for k in range(first, last):
        known += not math.isnan(values[k])
    share = demands / known
    chances[:] = share
    if not chained:
        return
    left = np.ones(2)
    led = np.full(2, share)
    state = share
    for k in range(first, last):
        if math.isnan(values[k]):
            continue
        if k > first and not math.isnan(values[k - 1]):
            before = int(values[k - 1] > 0.0)
            left[before] += 1.0
            led[before] += values[k] > 0.0
    chances[0] = led[0] / left[0]
    chances[1] = led[1] / left[1]
    for k in range(first, last):
        if math.isnan(values[k]):
            state = chances[0] + state * (chances[1] - chances[0])
        else:
            state = 1.0 if values[k] > 0.0 else 0.0
    chances[2] = state


@kernel
def _jitter(size: float, step: float, weight: float, sizes: Floats) -> float:
    """Put a jittered size on the grid with its ``weight``; the mean of what was put there, times the weight."""
    deviation = math.sqrt(size)
    lowest = max(1, int(size - FARTHEST * deviation))
    highest = int(size + FARTHEST * deviation) + 2
    # far above the step, every piece would be more than the grid can show
    stride = max(1, int(0.25 * step))
    # kept as it is, with what lies beyond six deviations
    kept = 1.0
    mean = 0.0
    left = 0.5 * math.erfc((size - (lowest - 1)) / (deviation * math.sqrt(2.0)))
    piece = lowest
    while piece <= highest:
        right = 0.5 * math.erfc((size - (piece + stride - 1)) / (deviation * math.sqrt(2.0)))
        middle = piece + 0.5 * (stride - 1)
        add_size(sizes, middle, step, weight * (right - left))
        kept -= right - left
        mean += (right - left) * middle
        left = right
        piece += stride
    add_size(sizes, size, step, weight * kept)
    return weight * (mean + kept * size)


@kernel
def _size_law(values: Floats, first: int, last: int, demands: int, jittered: bool, step: float, sizes: Floats) -> float:
    """Law of the size of a demand on the grid; its mean [pieces]."""
    sizes[:] = 0.0
    mean = 0.0
    for k in range(first, last):
        if values[k] > 0.0:
            if jittered:
                mean += _jitter(values[k], step, 1.0 / demands, sizes)
            else:
                add_size(sizes, values[k], step, 1.0 / demands)
                mean += values[k] / demands
    return mean


@kernel
def _step_of(values: Floats, first: int, last: int, demands: int, periods: int, points: int) -> float:
    """Pieces per grid point."""
    known = 0
    largest = 0.0
    mean = 0.0
    square = 0.0
    for k in range(first, last):
        if not math.isnan(values[k]):
            known += 1
            largest = max(largest, values[k])
            mean += values[k]
            square += values[k] * values[k]
    mean /= known
    # a period's variance, its size jittered
    variance = square / known - mean * mean + mean
    reach = max(2.0 * largest, periods * mean + FARTHEST * math.sqrt(max(periods, 1) * variance))
    return nice_step(reach / (points - 1))


@kernel
def _add_line(demand: Floats, sizes: Floats, weight: float, law: Floats) -> None:
    """law += weight times the law of the sum of a demand and a size; what passes the grid is lost."""
    points = len(law)
    for j in range(points):
        share = weight * sizes[j]
        if share > 0.0:
            for x in range(points - j):
                law[x + j] += share * demand[x]


@kernel
def _bootstrap_many(
    values: Floats,
    starts: Integers,
    a: int,
    b: int,
    horizons: Integers,
    weights: Floats,
    chained: bool,
    mass: Floats,
    with_line: Floats,
    steps: Floats,
    means: Floats,
    chance: Floats,
) -> None:
    points = mass.shape[1]
    chances = np.empty(3)
    sizes = np.empty(points)
    for i in range(a, b):
        demands = count_demands(values, starts[i], starts[i + 1])
        if demands <= 0:
            continue
        _chain(values, starts[i], starts[i + 1], demands, chained, chances)
        steps[i] = _step_of(values, starts[i], starts[i + 1], demands, horizons[i].max(), points)
        size = _size_law(values, starts[i], starts[i + 1], demands, chained, steps[i], sizes)
        mass[i] = 0.0
        with_line[i] = 0.0
        means[i], chance[i] = _walk(chances, sizes, size, horizons[i], weights, mass[i], with_line[i])


@kernel
def _walk(
    chances: Floats, sizes: Floats, size: float, horizons: Integers, weights: Floats, mass: Floats, with_line: Floats
) -> tuple[float, float]:
    """Walk the lead time period by period, with the law of the demand so far apart for the two states.

    Fills both laws; the mean demand, and the chance of demand in the period after the lead time.
    """
    points = len(mass)
    idle = np.zeros(points)
    moved = np.zeros(points)
    coming = np.empty(points)
    state = chances[2]
    idle[0] = 1.0 - state
    moved[0] = state
    so_far = 0.0
    mean = 0.0
    chance = 0.0
    for period in range(horizons.max() + 1):
        following = chances[0] + state * (chances[1] - chances[0])
        for x in range(points):
            coming[x] = idle[x] * chances[0] + moved[x] * chances[1]
        for node in range(len(horizons)):
            if horizons[node] == period:
                mass += weights[node] * (idle + moved)
                _add_line(coming, sizes, weights[node], with_line)
                mean += weights[node] * so_far
                chance += weights[node] * following
        idle += moved - coming
        moved[:] = 0.0
        _add_line(coming, sizes, 1.0, moved)
        so_far += following * size
        state = following
    with_line /= chance
    return mean, chance
