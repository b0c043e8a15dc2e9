"""Demand per period of many series, end to end: series i is values[starts[i] : starts[i + 1]].

A value is the demand of one period [pieces]. NaN is a missing period, of which nothing is known: it is no demand and
no period without demand either, and intervals are counted over known periods only. Negative and infinite values cannot
be demand; a series that holds one gets NaN from every method and its own class.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

IMPOSSIBLE = -1
"""What ``count_demands`` says of a series with a negative or infinite value."""


def ragged(values: ArrayLike, starts: ArrayLike) -> tuple[Floats, Integers]:
    """Both as contiguous arrays. ValueError unless ``starts`` ascends from 0 to the number of values."""
    flat = np.ascontiguousarray(values, dtype=np.float64)
    bounds = np.ascontiguousarray(starts, dtype=np.int64)
    if flat.ndim != 1 or bounds.ndim != 1 or len(bounds) == 0:
        raise ValueError("values and starts are one-dimensional, and starts has one entry more than there are series")
    if bounds[0] != 0 or bounds[-1] != len(flat) or (np.diff(bounds) < 0).any():
        raise ValueError(f"starts must ascend from 0 to the number of values, {len(flat)}")
    return flat, bounds


def per_series(parameter: ArrayLike, series: int, name: str) -> Floats:
    """A smoothing constant, one per series. ValueError outside (0, 1]; NaN passes and makes its series' answer NaN."""
    constants = np.ascontiguousarray(np.broadcast_to(np.asarray(parameter, dtype=np.float64), (series,)))
    if ((constants <= 0.0) | (constants > 1.0)).any():
        raise ValueError(f"{name} must lie above 0 and at most at 1")
    return constants


@kernel
def count_demands(values: Floats, first: int, last: int) -> int:
    """Periods with demand among values[first:last], or IMPOSSIBLE."""
    demands = 0
    for k in range(first, last):
        if values[k] < 0.0 or math.isinf(values[k]):
            return IMPOSSIBLE
        if values[k] > 0.0:
            demands += 1
    return demands


@kernel
def known_periods(values: Floats, first: int, last: int, known: Floats) -> int:
    """Copy the known periods of values[first:last] to the front of ``known``; their number."""
    count = 0
    for k in range(first, last):
        if not math.isnan(values[k]):
            known[count] = values[k]
            count += 1
    return count
