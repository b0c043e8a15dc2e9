"""The law of an item's demand over its lead time, and of what an arriving demand needs on top of it.

D is a random sum: the count of demands over a random lead time (``demand_models.occurrence``) and their sizes
(``demand_models.order_sizes``). The count's law is mixed over lead times and parameters first; the convolution
powers of the size then serve all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import Cancel, kernel, run_in_chunks
from spareverse.statistics.demand_models.occurrence import Occurrence, count_chances, count_moments
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.grid import add_size, fill_sizes, nice_step

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Grids = NDArray[np.float32]

FEWEST_POINTS = 64
MOST_POINTS = 256
MOST_COUNTS = 20_000
NEGLIGIBLE = 1e-8
SPREADS = 5.0
"""The grid reaches this many standard deviations beyond the mean of D + J ..."""
LARGE_SIZE = 0.998
"""... with sizes cut at this quantile: so large a line is met by no stock worth keeping."""


@dataclass(frozen=True)
class LeadTimeDemand:
    """Predictive laws on a grid per item: demand, lead time and parameters are all uncertain.

    With position y (stock + on order - owed) a lead time ago, the pieces on hand are (y - D)+, those owed (D - y)+,
    and a line that arrives now is met whole if D + J <= y, J its size.
    """

    mass: Grids
    """[items, points] P(D = x step); what is missing from 1 lies beyond the grid."""
    with_line: Grids
    """[items, points] P(D + J = x step)."""
    step: Floats
    """[items] pieces per grid point; 1 where the grid holds the law at its own resolution."""
    mean: Floats
    """[items] E D [pieces], the tail beyond the grid included."""
    line_mean: Floats
    """[items] E J [pieces]."""
    lines_a_year: Floats
    """[items] expected demand lines (or periods with demand) in a year."""
    chance_of_demand: Floats
    """[items] chance of any demand within a year."""

    def __len__(self) -> int:
        return len(self.step)

    def take(self, chosen: Integers) -> LeadTimeDemand:
        return LeadTimeDemand(
            self.mass[chosen],
            self.with_line[chosen],
            self.step[chosen],
            self.mean[chosen],
            self.line_mean[chosen],
            self.lines_a_year[chosen],
            self.chance_of_demand[chosen],
        )


def lead_time_laws(
    occurrence: Occurrence,
    sizes: OrderSizes,
    lead_nodes: Floats,
    lead_weights: Floats,
    steps_a_year: float,
    *,
    logarithmic: Floats | None = None,
    points: int | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Cancel | None = None,
) -> LeadTimeDemand:
    """The laws of all items.

    lead_nodes: [items, K] lead times [steps] with ``lead_weights`` [K]; with demand per period a lead time between
    two whole periods is either, in proportion. ``logarithmic``: [items] parameter of a logarithmic law of the sizes
    that make up D (0: single pieces), NaN where D is made of the sizes themselves. ``points``: grid points; None
    takes from 64 to 256, as the items need. Items that are alike are computed once.
    """
    items = len(occurrence)
    shape = np.full(items, np.nan) if logarithmic is None else logarithmic
    lead_nodes = np.ascontiguousarray(lead_nodes)
    chosen, case = _distinct(occurrence, sizes, lead_nodes, shape)
    count = len(chosen)
    inputs = (
        np.ascontiguousarray(occurrence.weight[chosen]),
        np.ascontiguousarray(occurrence.mean[chosen]),
        np.ascontiguousarray(occurrence.strength[chosen]),
        occurrence.periodic,
        np.ascontiguousarray(lead_nodes[chosen]),
        lead_weights,
        shape[chosen],
        chosen,
        sizes.sizes,
        sizes.starts,
        sizes.group,
        sizes.group_sizes,
        sizes.group_chances,
        sizes.group_starts,
        sizes.concentration,
        sizes.mean(),
    )
    span, mean = np.empty(count), np.empty(count)
    run_in_chunks(lambda first, last: spans(*inputs, first, last, span, mean), count, cancel=cancel)
    if points is None:
        points = _points_for(span)
    step = np.array([nice_step(value / (points - 1)) for value in np.unique(span)])
    step = step[np.searchsorted(np.unique(span), span)] if count else step
    mass = np.empty((count, points), dtype=np.float32)
    with_line = np.empty((count, points), dtype=np.float32)
    run_in_chunks(
        lambda first, last: fill_laws(*inputs, first, last, step, mass, with_line),
        count,
        chunk=512,
        progress=progress,
        cancel=cancel,
    )
    return LeadTimeDemand(
        mass[case],
        with_line[case],
        step[case],
        mean[case],
        sizes.mean(),
        occurrence.expected() * steps_a_year,
        occurrence.take(chosen).chance_of_any(steps_a_year)[case],
    )


def _points_for(span: Floats) -> int:
    """Grid points that hold nearly all items at steps of one piece: 64, 128 or 256."""
    needed = float(np.quantile(span, 0.98)) + 1.0 if len(span) else FEWEST_POINTS
    points = FEWEST_POINTS
    while points < min(needed, MOST_POINTS):
        points *= 2
    return points


def _distinct(occurrence: Occurrence, sizes: OrderSizes, nodes: Floats, shape: Floats) -> tuple[Integers, Integers]:
    """Items to compute, and for every item the number of the one that stands for it.

    Items without sizes of their own differ only in what they lean on: most of a catalogue.
    """
    own = np.diff(sizes.starts) > 0
    columns = [occurrence.weight, occurrence.mean, occurrence.strength, nodes, np.nan_to_num(shape, nan=-1.0)[:, None]]
    # Two fixed projections tell rows apart that differ anywhere.
    directions = np.random.default_rng(20).random((2, sum(column.shape[1] for column in columns)))
    keys = np.zeros((2, len(own)))
    offset = 0
    for column in columns:
        keys += directions[:, offset : offset + column.shape[1]] @ column.T
        offset += column.shape[1]
    identity = np.where(own, np.arange(len(own)), -1 - sizes.group)
    order = np.lexsort((keys[1], keys[0], identity))
    changed = np.ones(len(own), dtype=np.bool_)
    changed[1:] = (
        (identity[order][1:] != identity[order][:-1])
        | (keys[0][order][1:] != keys[0][order][:-1])
        | (keys[1][order][1:] != keys[1][order][:-1])
    )
    case = np.empty(len(own), dtype=np.int64)
    case[order] = np.cumsum(changed) - 1
    return order[changed].astype(np.int64), case


@kernel
def size_moments(
    i: int,
    sizes: Floats,
    starts: Integers,
    group: int,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: float,
    quantile: float,
) -> tuple[float, float, float]:
    """Mean and second moment of the sizes of one item cut at their ``quantile``, and that quantile [pieces]."""
    own = np.sort(sizes[starts[i] : starts[i + 1]])
    first = group_starts[group]
    last = group_starts[group + 1]
    weight = 1.0 / (len(own) + concentration)
    mean = 0.0
    square = 0.0
    total = 0.0
    largest = 1.0
    a = 0
    b = first
    while a < len(own) or b < last:
        if b >= last or (a < len(own) and own[a] <= group_sizes[b]):
            largest = own[a]
            share = weight
            a += 1
        else:
            largest = group_sizes[b]
            share = weight * concentration * group_chances[b]
            b += 1
        total += share
        mean += share * largest
        square += share * largest * largest
        if total >= quantile:
            break
    return mean / total, square / total, largest


@kernel
def spans(
    weight: Floats,
    mean: Floats,
    strength: Floats,
    periodic: bool,
    nodes: Floats,
    lead_weights: Floats,
    shape: Floats,
    chosen: Integers,
    sizes: Floats,
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
            i, sizes, starts, g, group_sizes, group_chances, group_starts, concentration[g], LARGE_SIZE
        )
        count, variance = count_moments(weight[r], mean[r], strength[r], periodic, nodes[r], lead_weights)
        line_variance = max(square - line * line, 0.0)
        one = line
        one_variance = line_variance
        expected[r] = count * size_mean[i]
        if not math.isnan(shape[r]):
            one, one_variance = _logarithmic_moments(shape[r])
            expected[r] = count * one
        spread = math.sqrt(count * one_variance + variance * one * one + line_variance)
        span[r] = max(count * one + line + SPREADS * spread, count * one + largest)


@kernel
def _logarithmic_moments(parameter: float) -> tuple[float, float]:
    """Mean and variance of the logarithmic law."""
    if parameter <= 0.0:
        return 1.0, 0.0
    factor = -1.0 / math.log1p(-parameter)
    mean = factor * parameter / (1.0 - parameter)
    return mean, mean / (1.0 - parameter) - mean * mean


@kernel
def _fill_logarithmic(parameter: float, step: float, chances: Floats) -> None:
    chances[:] = 0.0
    if parameter <= 0.0:
        add_size(chances, 1.0, step, 1.0)
        return
    factor = -1.0 / math.log1p(-parameter)
    power = 1.0
    j = 1
    while j <= len(chances) * step:
        power *= parameter
        add_size(chances, float(j), step, factor * power / j)
        if power < NEGLIGIBLE:
            break
        j += 1


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
    shape: Floats,
    chosen: Integers,
    sizes: Floats,
    starts: Integers,
    group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: Floats,
    size_mean: Floats,
    first: int,
    last: int,
    step: Floats,
    mass: Grids,
    with_line: Grids,
) -> None:
    """Laws of rows first .. last - 1; row r is item chosen[r]."""
    points = mass.shape[1]
    chance = np.empty(MOST_COUNTS)
    line = np.empty(points)
    piece = np.empty(points)
    total = np.empty(points)
    power = np.empty(points)
    spare = np.empty(points)
    for r in range(first, last):
        i = chosen[r]
        g = group[i]
        fill_sizes(i, sizes, starts, g, group_sizes, group_chances, group_starts, concentration[g], step[r], line)
        if math.isnan(shape[r]):
            piece[:] = line
        else:
            _fill_logarithmic(shape[r], step[r], piece)
        counts = count_chances(weight[r], mean[r], strength[r], periodic, nodes[r], lead_weights, chance)
        largest = _last_index(piece)
        power[:] = 0.0
        power[0] = 1.0
        total[:] = 0.0
        total[0] = chance[0]
        for n in range(1, counts):
            # So many demands always exceed the grid: further ones change nothing on it.
            if _convolve(piece, largest, power, spare) < NEGLIGIBLE:
                break
            power, spare = spare, power
            share = chance[n]
            if share > 0.0:
                for x in range(points):
                    total[x] += share * power[x]
        _convolve(line, _last_index(line), total, spare)
        for x in range(points):
            mass[r, x] = total[x]
            with_line[r, x] = spare[x]
