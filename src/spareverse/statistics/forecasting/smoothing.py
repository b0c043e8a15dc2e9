"""Simple exponential smoothing, and the smoothing constant with the least squared error one step ahead.

The level starts at the first value, which is therefore not scored.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.forecasting.series import (
    Floats,
    Integers,
    count_demands,
    known_periods,
    per_series,
    ragged,
)

Stream = Literal["periods", "sizes", "intervals", "occurrences"]
"""What of a series is smoothed: the demand of each known period, the sizes of the demands, the intervals between them
(the first from the beginning), or whether there was demand (1 or 0)."""

BOUNDS = (0.1, 0.3)
"""Range in which constants are sought, as statsforecast does: beyond it short series follow noise."""
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
FINE = 1e-6
"""Width [units of the constant] at which the search ends."""


def exponential_smoothing(values: ArrayLike, starts: ArrayLike, alpha: ArrayLike = 0.1) -> Floats:
    """[series] Level after the last known period [pieces a period], with one ``alpha`` or one per series.

    A series that never moved is forecast as 0, because that is what smoothing zeros gives; NaN without any known period
    or with impossible demand. Series as in ``series``.
    """
    flat, bounds = ragged(values, starts)
    series = len(bounds) - 1
    constants = per_series(alpha, series, "alpha")
    level = np.full(series, np.nan)
    run_in_chunks(lambda a, b: _smooth_many(flat, bounds, a, b, constants, level), series)
    return level


def best_constants(
    values: ArrayLike, starts: ArrayLike, stream: Stream, bounds: tuple[float, float] = BOUNDS
) -> Floats:
    """[series] Smoothing constant of a stream with the least squared error one step ahead (golden section search).

    Where every constant fits alike (a stream whose values differ at most in the last) it is the middle of the bounds;
    NaN for a series without demand or with impossible demand. Series as in ``series``.
    """
    low, high = checked_bounds(bounds)
    flat, limits = ragged(values, starts)
    series = len(limits) - 1
    constants = np.full(series, np.nan)
    kind = get_args(Stream).index(stream)
    run_in_chunks(lambda a, b: _best_many(flat, limits, a, b, kind, low, high, constants), series)
    return constants


def checked_bounds(bounds: tuple[float, float]) -> tuple[float, float]:
    """Lowest and highest constant of a search; ValueError unless they ascend within (0, 1]."""
    low, high = bounds
    if not 0.0 < low <= high <= 1.0:
        raise ValueError("bounds of a smoothing constant ascend within 0 and 1, 0 left out")
    return low, high


@kernel
def smooth(stream: Floats, count: int, alpha: float) -> float:
    """Level after the first ``count`` (1 or more) values of a stream."""
    level = stream[0]
    for k in range(1, count):
        level += alpha * (stream[k] - level)
    return float(level)


@kernel
def squared_error(stream: Floats, count: int, alpha: float) -> float:
    """Sum of squared errors one step ahead."""
    level = stream[0]
    total = 0.0
    for k in range(1, count):
        error = stream[k] - level
        total += error * error
        level += alpha * error
    return float(total)


@kernel
def best_alpha(stream: Floats, count: int, low: float, high: float) -> float:
    """The constant in [low, high] with the least squared error; the middle where every constant fits alike."""
    inner = high - GOLDEN * (high - low)
    outer = low + GOLDEN * (high - low)
    error_inner = squared_error(stream, count, inner)
    error_outer = squared_error(stream, count, outer)
    middle = 0.5 * (low + high)
    if error_inner == error_outer == squared_error(stream, count, middle):
        return middle
    while high - low > FINE:
        if error_inner <= error_outer:
            high, outer, error_outer = outer, inner, error_inner
            inner = high - GOLDEN * (high - low)
            error_inner = squared_error(stream, count, inner)
        else:
            low, inner, error_inner = inner, outer, error_outer
            outer = low + GOLDEN * (high - low)
            error_outer = squared_error(stream, count, outer)
    return 0.5 * (low + high)


@kernel
def take_stream(values: Floats, first: int, last: int, kind: int, stream: Floats) -> int:
    """Copy the asked stream of values[first:last] to the front of ``stream``; its length."""
    count = known_periods(values, first, last, stream)
    if kind == 0:
        return count
    if kind == 3:
        for k in range(count):
            stream[k] = 1.0 if stream[k] > 0.0 else 0.0
        return count
    demands = 0
    since = 0
    for k in range(count):
        since += 1
        if stream[k] > 0.0:
            stream[demands] = stream[k] if kind == 1 else float(since)
            demands += 1
            since = 0
    return demands


@kernel
def _smooth_many(values: Floats, starts: Integers, a: int, b: int, alpha: Floats, level: Floats) -> None:
    longest = 0
    for i in range(a, b):
        longest = max(longest, starts[i + 1] - starts[i])
    known = np.empty(longest)
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) >= 0:
            count = known_periods(values, starts[i], starts[i + 1], known)
            if count > 0:
                level[i] = smooth(known, count, alpha[i])


@kernel
def _best_many(
    values: Floats, starts: Integers, a: int, b: int, kind: int, low: float, high: float, constants: Floats
) -> None:
    longest = 0
    for i in range(a, b):
        longest = max(longest, starts[i + 1] - starts[i])
    stream = np.empty(longest)
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) > 0:
            count = take_stream(values, starts[i], starts[i + 1], kind, stream)
            constants[i] = best_alpha(stream, count, low, high)
