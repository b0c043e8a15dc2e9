"""Forecasts from demand summed over several periods, where intermittence fades.

ADIDA (Nikolopoulos, Syntetos, Boylan, Petropoulos & Assimakopoulos 2011) sums over as many periods as lie between
demands on average, IMAPA (Petropoulos & Kourentzes 2015) over 1, 2, ... up to that many and takes the mean of the
forecasts. The sums are smoothed exponentially, with a constant sought in [0.1, 0.3] as statsforecast does.

Sums count back from the last known period; what is left over at the beginning is not used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spareverse.jit import Cancel, kernel, run_in_chunks
from spareverse.statistics.forecasting.series import Floats, Integers, count_demands, known_periods, ragged
from spareverse.statistics.forecasting.smoothing import BOUNDS, best_alpha, checked_bounds, smooth


def adida(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float] = BOUNDS, *, cancel: Cancel | None = None
) -> Floats:
    """[series] Forecast of the demand a period [pieces]; NaN without demand or with impossible demand."""
    return _forecast(values, starts, bounds, cancel, every_level=False)


def imapa(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float] = BOUNDS, *, cancel: Cancel | None = None
) -> Floats:
    """[series] Forecast of the demand a period [pieces]; NaN without demand or with impossible demand."""
    return _forecast(values, starts, bounds, cancel, every_level=True)


def adida_origins(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float] = BOUNDS, *, cancel: Cancel | None = None
) -> Floats:
    """[values] Forecast of every period from those before it, also of missing ones; NaN up to the first demand.

    Level and constant are found anew at every origin, so the work grows with the square of the length.
    """
    return _at_origins(values, starts, bounds, cancel, every_level=False)


def imapa_origins(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float] = BOUNDS, *, cancel: Cancel | None = None
) -> Floats:
    """As ``adida_origins``, for IMAPA."""
    return _at_origins(values, starts, bounds, cancel, every_level=True)


def _forecast(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float], cancel: Cancel | None, *, every_level: bool
) -> Floats:
    flat, limits = ragged(values, starts)
    rate = np.full(len(limits) - 1, np.nan)
    low, high = checked_bounds(bounds)
    run_in_chunks(
        lambda a, b: _aggregate_many(flat, limits, a, b, every_level, low, high, rate), len(rate), cancel=cancel
    )
    return rate


def _at_origins(
    values: ArrayLike, starts: ArrayLike, bounds: tuple[float, float], cancel: Cancel | None, *, every_level: bool
) -> Floats:
    flat, limits = ragged(values, starts)
    path = np.full(len(flat), np.nan)
    low, high = checked_bounds(bounds)
    run_in_chunks(
        lambda a, b: _aggregate_origins(flat, limits, a, b, every_level, low, high, path),
        len(limits) - 1,
        chunk=128,
        cancel=cancel,
    )
    return path


@kernel
def _mean_interval(known: Floats, count: int) -> float:
    """Mean interval between demands, the first from the beginning; 0 without demand."""
    demands = 0
    last_demand = 0
    for k in range(count):
        if known[k] > 0.0:
            demands += 1
            last_demand = k + 1
    return last_demand / demands if demands else 0.0


@kernel
def _at_level(known: Floats, count: int, level: int, low: float, high: float, sums: Floats) -> float:
    """Forecast a period from sums over ``level`` periods."""
    blocks = count // level
    k = count - blocks * level
    for block in range(blocks):
        total = 0.0
        for _ in range(level):
            total += known[k]
            k += 1
        sums[block] = total
    return smooth(sums, blocks, best_alpha(sums, blocks, low, high)) / level


@kernel
def _aggregate(known: Floats, count: int, every_level: bool, low: float, high: float, sums: Floats) -> float:
    """ADIDA's or IMAPA's forecast from known periods with demand."""
    # a half goes to the even number, as in Python
    highest = round(_mean_interval(known, count))
    if not every_level:
        return _at_level(known, count, highest, low, high, sums)
    total = 0.0
    for level in range(1, highest + 1):
        total += _at_level(known, count, level, low, high, sums)
    return total / highest


@kernel
def _aggregate_many(
    values: Floats, starts: Integers, a: int, b: int, every_level: bool, low: float, high: float, rate: Floats
) -> None:
    longest = 0
    for i in range(a, b):
        longest = max(longest, starts[i + 1] - starts[i])
    known = np.empty(longest)
    sums = np.empty(longest)
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) > 0:
            count = known_periods(values, starts[i], starts[i + 1], known)
            rate[i] = _aggregate(known, count, every_level, low, high, sums)


@kernel
def _aggregate_origins(
    values: Floats, starts: Integers, a: int, b: int, every_level: bool, low: float, high: float, path: Floats
) -> None:
    longest = 0
    for i in range(a, b):
        longest = max(longest, starts[i + 1] - starts[i])
    known = np.empty(longest)
    sums = np.empty(longest)
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) <= 0:
            continue
        count = 0
        moved = False
        for k in range(starts[i], starts[i + 1]):
            if moved:
                path[k] = _aggregate(known, count, every_level, low, high, sums)
            if values[k] >= 0.0:
                known[count] = values[k]
                count += 1
                moved = moved or values[k] > 0.0
