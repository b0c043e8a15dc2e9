"""Classes of demand by how often it comes and how much it varies (Syntetos, Boylan & Croston 2005)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.forecasting.series import (
    IMPOSSIBLE,
    Floats,
    Integers,
    count_demands,
    ragged,
)

Codes = NDArray[np.int8]

INTERVAL_LIMIT = 1.32
"""Mean interval between demands [periods] above which demand is intermittent or lumpy."""
VARIATION_LIMIT = 0.49
"""Squared coefficient of variation of the sizes above which demand is erratic or lumpy."""
LEAST_DEMANDS = 3
"""With two demands the variation rests on a single difference, and one large order decides the class."""

LABELS = (
    "no information",
    "impossible demand",
    "never moved",
    "too few demands",
    "smooth",
    "intermittent",
    "erratic",
    "lumpy",
)
NO_INFORMATION, IMPOSSIBLE_DEMAND, NEVER_MOVED, TOO_FEW, SMOOTH, INTERMITTENT, ERRATIC, LUMPY = range(len(LABELS))


@dataclass(frozen=True)
class Classes:
    """Per series: what the class rests on, and the class."""

    periods: Integers
    """Known periods."""
    demands: Integers
    """Periods with demand; 0 where demand is impossible."""
    adi: Floats
    """Mean interval between demands [periods], the first counted from the beginning; NaN without demand."""
    adi_periods: Floats
    """Known periods per demand: the second usual definition, which also counts the time after the last demand."""
    cv2: Floats
    """Squared coefficient of variation of the sizes, variance with n - 1; NaN with fewer than two demands."""
    cv2_population: Floats
    """The same with n; NaN with fewer than two demands, where it would say 0 whatever the sizes are."""
    code: Codes
    """Place in LABELS."""

    @property
    def label(self) -> NDArray[np.str_]:
        return np.array(LABELS)[self.code]

    def __len__(self) -> int:
        return len(self.code)


def demand_classes(values: ArrayLike, starts: ArrayLike, *, least_demands: int = LEAST_DEMANDS) -> Classes:
    """Class of every series, by ``adi`` and ``cv2``; both limits belong to the calmer class.

    Instead of a class: "no information" (no known period), "impossible demand" (a negative or infinite value), "never
    moved" (no demand) and "too few demands" (fewer than ``least_demands``, at least 2). Series as in ``series``.
    """
    if least_demands < 2:
        raise ValueError("a variation needs two demands: least_demands must be 2 or more")
    flat, bounds = ragged(values, starts)
    series = len(bounds) - 1
    counts = np.zeros((series, 2), dtype=np.int64)
    measures = np.full((series, 4), np.nan)
    code = np.zeros(series, dtype=np.int8)
    run_in_chunks(lambda a, b: _classify(flat, bounds, a, b, least_demands, counts, measures, code), series)
    interval, periods, sample, population = measures.T
    return Classes(counts[:, 0], counts[:, 1], interval, periods, sample, population, code)


@kernel
def _classify(
    values: Floats,
    starts: Integers,
    a: int,
    b: int,
    least_demands: int,
    counts: Integers,
    measures: Floats,
    code: Codes,
) -> None:
    for i in range(a, b):
        first, last = starts[i], starts[i + 1]
        for k in range(first, last):
            counts[i, 0] += not math.isnan(values[k])
        demands = count_demands(values, first, last)
        counts[i, 1] = max(demands, 0)
        if demands > 0:
            _measure(values, first, last, demands, measures[i])
        if demands == IMPOSSIBLE:
            code[i] = IMPOSSIBLE_DEMAND
        elif counts[i, 0] == 0:
            code[i] = NO_INFORMATION
        elif demands == 0:
            code[i] = NEVER_MOVED
        elif demands < least_demands:
            code[i] = TOO_FEW
        else:
            rare = measures[i, 0] > INTERVAL_LIMIT
            uneven = measures[i, 2] > VARIATION_LIMIT
            code[i] = SMOOTH + rare + 2 * uneven


@kernel
def _measure(values: Floats, first: int, last: int, demands: int, measures: Floats) -> None:
    """Both intervals and both squared coefficients of variation of a series with demand."""
    total = 0.0
    periods = 0
    last_demand = 0
    for k in range(first, last):
        if math.isnan(values[k]):
            continue
        periods += 1
        total += values[k]
        if values[k] > 0.0:
            last_demand = periods
    measures[0] = last_demand / demands
    measures[1] = periods / demands
    if demands < 2:
        return
    mean = total / demands
    squares = 0.0
    for k in range(first, last):
        if values[k] > 0.0:
            # relative to the mean, so that the square of a large order stays finite
            squares += (values[k] / mean - 1.0) ** 2
    measures[2] = squares / (demands - 1)
    measures[3] = squares / demands
