"""Random sums: a count of demands over the lead time, each of a random size.

The chances of the counts are mixed over lead times and parameters first; the convolution powers of one size law then
serve all of them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.statistics.demand_models.occurrence import count_chances, count_moments
from spareverse.statistics.demand_models.order_sizes import fill_line, size_moments
from spareverse.statistics.grid import add_size

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Kinds = NDArray[np.int8]
Grids = NDArray[np.float32]

MOST_COUNTS = 20_000
NEGLIGIBLE = 1e-8
SPREADS = 5.0
"""The grid reaches this many standard deviations beyond the mean of D + J ..."""
LARGE_SIZE = 0.998
"""... with sizes cut at this quantile: so large a line is met by no stock worth keeping."""
LINES, LOGARITHMIC, POISSON = 0, 1, 2
"""What the events that make up D are: demands of the item's sizes, or of a logarithmic or a Poisson size."""


@kernel
def spans(
    weight: Floats,
    mean: Floats,
    strength: Floats,
    periodic: bool,
    nodes: Floats,
    lead_weights: Floats,
    kind: Kinds,
    parameter: Floats,
    chosen: Integers,
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: Floats,
    size_mean: Floats,
    first: int,
    last: int,
    span: Floats,
    expected: Floats,
) -> None:
    """span[r]: pieces the grid must hold; expected[r]: E D [pieces]; row r is item chosen[r]."""
    for r in range(first, last):
        i = chosen[r]
        g = group[i]
        line, square, largest = size_moments(
            i, sizes, weights, starts, g, group_sizes, group_chances, group_starts, concentration[g], LARGE_SIZE
        )
        count, variance = count_moments(weight[r], mean[r], strength[r], periodic, nodes[r], lead_weights)
        line_variance = max(square - line * line, 0.0)
        one = line
        one_variance = line_variance
        expected[r] = count * size_mean[i]
        if kind[r] != LINES:
            one, one_variance = _piece_moments(kind[r], parameter[r])
            expected[r] = count * one
        spread = math.sqrt(count * one_variance + variance * one * one + line_variance)
        span[r] = max(count * one + line + SPREADS * spread, count * one + largest)


@kernel
def _piece_moments(kind: int, parameter: float) -> tuple[float, float]:
    """Mean and variance of a logarithmic or Poisson size; a logarithmic law with parameter 0 is a single piece."""
    if kind == POISSON:
        return parameter, parameter
    if parameter <= 0.0:
        return 1.0, 0.0
    mean = -parameter / (math.log1p(-parameter) * (1.0 - parameter))
    return mean, mean / (1.0 - parameter) - mean * mean


@kernel
def _fill_pieces(kind: int, parameter: float, step: float, chances: Floats) -> None:
    """The same law on the grid."""
    chances[:] = 0.0
    if kind == LOGARITHMIC and parameter <= 0.0:
        add_size(chances, 1.0, step, 1.0)
        return
    value = math.exp(-parameter) if kind == POISSON else -parameter / math.log1p(-parameter)
    j = 0 if kind == POISSON else 1
    left = 1.0
    while j <= len(chances) * step and left > NEGLIGIBLE:
        add_size(chances, float(j), step, value)
        left -= value
        j += 1
        value *= parameter / j if kind == POISSON else parameter * (j - 1.0) / j


@kernel
def _convolve(law: Floats, largest: int, power: Floats, out: Floats) -> float:
    """out = law * power on the grid; ``largest``: last index where ``law`` is not zero. Returns the mass left."""
    points = len(power)
    out[:] = 0.0
    for j in range(largest + 1):
        share = law[j]
        if share > 1e-12:
            a = power[: points - j]
            b = out[j:]
            for x in range(len(a)):
                b[x] += share * a[x]
    left = 0.0
    for x in range(points):
        left += out[x]
    return left


@kernel
def _last_index(law: Floats) -> int:
    largest = 0
    for j in range(len(law)):
        if law[j] > 1e-12:
            largest = j
    return largest


@kernel
def fill_laws(
    weight: Floats,
    mean: Floats,
    strength: Floats,
    periodic: bool,
    nodes: Floats,
    lead_weights: Floats,
    kind: Kinds,
    parameter: Floats,
    chosen: Integers,
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: Floats,
    size_mean: Floats,
    seen_weight: Floats,
    seen_mean: Floats,
    seen_strength: Floats,
    first: int,
    last: int,
    step: Floats,
    mass: Grids,
    before_line: Grids,
    with_line: Grids,
) -> None:
    """Laws of rows first .. last - 1; row r is item chosen[r]. ``seen_``: the rates where events happen."""
    points = mass.shape[1]
    chance = np.empty(MOST_COUNTS)
    seen_chance = np.empty(MOST_COUNTS)
    line = np.empty(points)
    piece = np.empty(points)
    total = np.empty(points)
    seen_total = np.empty(points)
    power = np.empty(points)
    spare = np.empty(points)
    for r in range(first, last):
        i = chosen[r]
        g = group[i]
        fill_line(
            i, sizes, weights, starts, g, group_sizes, group_chances, group_starts, concentration[g], step[r], line
        )
        if kind[r] == LINES:
            piece[:] = line
        else:
            _fill_pieces(kind[r], parameter[r], step[r], piece)
        counts = count_chances(weight[r], mean[r], strength[r], periodic, nodes[r], lead_weights, chance)
        seen_counts = count_chances(
            seen_weight[r], seen_mean[r], seen_strength[r], periodic, nodes[r], lead_weights, seen_chance
        )
        largest = _last_index(piece)
        power[:] = 0.0
        power[0] = 1.0
        total[:] = 0.0
        total[0] = chance[0]
        seen_total[:] = 0.0
        seen_total[0] = seen_chance[0]
        for n in range(1, max(counts, seen_counts)):
            # So many demands always exceed the grid: further ones change nothing on it.
            if _convolve(piece, largest, power, spare) < NEGLIGIBLE:
                break
            power, spare = spare, power
            share = chance[n]
            seen_share = seen_chance[n]
            for x in range(points):
                total[x] += share * power[x]
                seen_total[x] += seen_share * power[x]
        _convolve(line, _last_index(line), seen_total, spare)
        for x in range(points):
            mass[r, x] = total[x]
            before_line[r, x] = seen_total[x]
            with_line[r, x] = spare[x]
