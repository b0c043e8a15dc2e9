"""Croston's method and its kin: sizes of demands and the time between them, smoothed apart.

Croston (1972) smooths size z and interval p at each demand and forecasts z / p; Syntetos & Boylan (2005, "SBA") take
the upward bias of a ratio back with 1 - alpha_time / 2; Teunter, Syntetos & Babai (2011, "TSB") smooth the chance of
demand at every period instead of the interval, so that a forecast fades when demand stops.

Beginnings: z is the first demand, p the number of that demand's period (1 = first known period), and the chance of TSB
is 1 or 0 as the first known period has demand or not. All count known periods only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.forecasting.series import Floats, Integers, count_demands, per_series, ragged


@dataclass(frozen=True)
class Forecasts:
    """Flat forecasts; all NaN for a series without demand or with impossible demand."""

    size: Floats
    """[series] size of a demand [pieces]."""
    chance: Floats
    """[series] chance of demand in a period: 1 / interval, or what TSB smooths."""
    rate: Floats
    """[series] demand a period [pieces], with the method's correction of bias."""
    origins: Floats
    """[values] forecast of every period from those before it, also of missing ones; NaN up to the first demand. Empty
    unless asked for."""


def croston(
    values: ArrayLike,
    starts: ArrayLike,
    alpha_size: ArrayLike = 0.1,
    alpha_time: ArrayLike | None = None,
    *,
    origins: bool = False,
) -> Forecasts:
    """Croston's forecast. Constants: one, or one per series, in (0, 1]; that of the interval is that of the size unless
    given. Constants fitted to each series come from ``smoothing.best_constants``. Series as in ``series``.
    """
    return _forecast(values, starts, alpha_size, alpha_time, origins, corrected=False, by_chance=False)


def sba(
    values: ArrayLike,
    starts: ArrayLike,
    alpha_size: ArrayLike = 0.1,
    alpha_time: ArrayLike | None = None,
    *,
    origins: bool = False,
) -> Forecasts:
    """The Syntetos-Boylan approximation; arguments as for ``croston``."""
    return _forecast(values, starts, alpha_size, alpha_time, origins, corrected=True, by_chance=False)


def tsb(
    values: ArrayLike,
    starts: ArrayLike,
    alpha_size: ArrayLike = 0.2,
    alpha_chance: ArrayLike = 0.1,
    *,
    origins: bool = False,
) -> Forecasts:
    """Teunter, Syntetos & Babai's forecast; arguments as for ``croston``."""
    return _forecast(values, starts, alpha_size, alpha_chance, origins, corrected=False, by_chance=True)


def _forecast(
    values: ArrayLike,
    starts: ArrayLike,
    alpha_size: ArrayLike,
    alpha_time: ArrayLike | None,
    origins: bool,
    *,
    corrected: bool,
    by_chance: bool,
) -> Forecasts:
    flat, bounds = ragged(values, starts)
    series = len(bounds) - 1
    of_size = per_series(alpha_size, series, "alpha_size")
    of_time = of_size if alpha_time is None else per_series(alpha_time, series, "the constant of the time")
    factor = 1.0 - 0.5 * of_time if corrected else np.ones(series)
    found = np.full((3, series), np.nan)
    path = np.full(len(flat) if origins else 0, np.nan)
    many = _tsb_many if by_chance else _croston_many
    run_in_chunks(lambda a, b: many(flat, bounds, a, b, of_size, of_time, factor, found, path), series)
    size, chance, rate = found
    return Forecasts(size, chance, rate, path)


@kernel
def _croston_many(
    values: Floats,
    starts: Integers,
    a: int,
    b: int,
    alpha_size: Floats,
    alpha_time: Floats,
    factor: Floats,
    found: Floats,
    path: Floats,
) -> None:
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) <= 0:
            continue
        size = math.nan
        interval = math.nan
        begun = False
        since = 0
        for k in range(starts[i], starts[i + 1]):
            if len(path) > 0:
                path[k] = factor[i] * size / interval
            if math.isnan(values[k]):
                continue
            since += 1
            if values[k] > 0.0:
                if begun:
                    size += alpha_size[i] * (values[k] - size)
                    interval += alpha_time[i] * (since - interval)
                else:
                    size = values[k]
                    interval = float(since)
                    begun = True
                since = 0
        found[0, i] = size
        found[1, i] = 1.0 / interval
        found[2, i] = factor[i] * size / interval


@kernel
def _tsb_many(
    values: Floats,
    starts: Integers,
    a: int,
    b: int,
    alpha_size: Floats,
    alpha_chance: Floats,
    factor: Floats,
    found: Floats,
    path: Floats,
) -> None:
    for i in range(a, b):
        if count_demands(values, starts[i], starts[i + 1]) <= 0:
            continue
        size = math.nan
        chance = math.nan
        moved = False
        begun = False
        for k in range(starts[i], starts[i + 1]):
            if len(path) > 0:
                path[k] = factor[i] * size * chance
            if math.isnan(values[k]):
                continue
            happened = 1.0 if values[k] > 0.0 else 0.0
            chance = chance + alpha_chance[i] * (happened - chance) if begun else happened
            begun = True
            if happened > 0.0:
                size = size + alpha_size[i] * (values[k] - size) if moved else values[k]
                moved = True
        found[0, i] = size
        found[1, i] = chance
        found[2, i] = factor[i] * size * chance
