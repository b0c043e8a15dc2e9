"""The law of an item's demand over its lead time, and of what an arriving demand needs on top of it.

D is a random sum: the count of demands over a random lead time (``demand_models.occurrence``) and their sizes
(``demand_models.order_sizes``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import Cancel, run_in_chunks
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.demand_models.random_sums import LINES, fill_laws, spans
from spareverse.statistics.grid import nice_step

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Grids = NDArray[np.float32]

FEWEST_POINTS = 64
MOST_POINTS = 256


@dataclass(frozen=True)
class LeadTimeDemand:
    """Predictive laws on a grid per item: demand, lead time and parameters are all uncertain.

    With position y (stock + on order - owed) a lead time ago, the pieces on hand are (y - D)+ and those owed (D - y)+.
    A line that arrives now, of size J, is met whole if D' + J <= y. It tells of a busy item: D' is the demand over a
    lead time of the items that lines arrive at, each rate weighed by itself; D' = D only where the rate is known.
    """

    mass: Grids
    """[items, points] P(D = x step); what is missing from 1 lies beyond the grid."""
    before_line: Grids
    """[items, points] P(D' = x step)."""
    with_line: Grids
    """[items, points] P(D' + J = x step)."""
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
            self.before_line[chosen],
            self.with_line[chosen],
            self.step[chosen],
            self.mean[chosen],
            self.line_mean[chosen],
            self.lines_a_year[chosen],
            self.chance_of_demand[chosen],
        )


@dataclass(frozen=True)
class Pieces:
    """Where a model does not build D of the item's own sizes: what its events are. Arrays are [items]."""

    kind: NDArray[np.int8]
    """LINES, LOGARITHMIC or POISSON."""
    parameter: Floats

    @classmethod
    def of_lines(cls, items: int) -> Pieces:
        return cls(np.full(items, LINES, dtype=np.int8), np.zeros(items))


def lead_time_laws(
    occurrence: Occurrence,
    sizes: OrderSizes,
    lead_nodes: Floats,
    lead_weights: Floats,
    steps_a_year: float,
    *,
    items: Integers | None = None,
    pieces: Pieces | None = None,
    points: int | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Cancel | None = None,
) -> LeadTimeDemand:
    """The laws of all items, or of the ``items`` (their numbers in ``sizes``) that the other arrays hold.

    lead_nodes: [items, K] lead times [steps] with ``lead_weights`` [K]; with demand per period a lead time between
    two whole periods is either, in proportion. ``pieces``: where D is not made of the item's sizes. ``points``: grid
    points; None takes from 64 to 256, as the items need. Items that are alike are computed once.
    """
    items = np.arange(len(occurrence)) if items is None else items
    pieces = Pieces.of_lines(len(items)) if pieces is None else pieces
    lead_nodes = np.ascontiguousarray(lead_nodes)
    chosen, case = _distinct(occurrence, sizes, items, lead_nodes, pieces)
    count = len(chosen)
    line_mean = sizes.mean()
    rates = occurrence.take(chosen)
    inputs = (
        np.ascontiguousarray(rates.weight),
        np.ascontiguousarray(rates.mean),
        np.ascontiguousarray(rates.strength),
        occurrence.periodic,
        lead_nodes[chosen],
        lead_weights,
        pieces.kind[chosen],
        pieces.parameter[chosen],
        items[chosen],
        *sizes.arrays(),
        line_mean,
    )
    span, mean = np.empty(count), np.empty(count)
    run_in_chunks(lambda first, last: spans(*inputs, first, last, span, mean), count, cancel=cancel)
    points = _points_for(span[case]) if points is None else points
    values, place = np.unique(span, return_inverse=True)
    step = np.array([nice_step(value / (points - 1)) for value in values])[place]
    mass = np.empty((count, points), dtype=np.float32)
    before_line = np.empty((count, points), dtype=np.float32)
    with_line = np.empty((count, points), dtype=np.float32)
    seen = rates.seen_by_events()
    biased = (
        np.ascontiguousarray(seen.weight),
        np.ascontiguousarray(seen.mean),
        np.ascontiguousarray(seen.strength),
    )
    run_in_chunks(
        lambda first, last: fill_laws(*inputs, *biased, first, last, step, mass, before_line, with_line),
        count,
        chunk=512,
        progress=progress,
        cancel=cancel,
    )
    return LeadTimeDemand(
        mass[case],
        before_line[case],
        with_line[case],
        step[case],
        mean[case],
        line_mean[items],
        occurrence.expected() * steps_a_year,
        rates.chance_of_any(steps_a_year)[case],
    )


def _points_for(span: Floats) -> int:
    """Grid points that hold nearly all items at steps of one piece: 64, 128 or 256."""
    needed = float(np.quantile(span, 0.98)) + 1.0 if len(span) else FEWEST_POINTS
    points = FEWEST_POINTS
    while points < min(needed, MOST_POINTS):
        points *= 2
    return points


def _distinct(
    occurrence: Occurrence, sizes: OrderSizes, items: Integers, nodes: Floats, pieces: Pieces
) -> tuple[Integers, Integers]:
    """Rows to compute, and for every row the number of the one that stands for it.

    Items without sizes of their own differ only in what they lean on: most of a catalogue.
    """
    own = np.diff(sizes.starts)[items] > 0
    columns = [occurrence.weight, occurrence.mean, occurrence.strength, nodes]
    columns += [pieces.kind[:, None].astype(np.float64), pieces.parameter[:, None]]
    # Two fixed projections tell rows apart that differ anywhere.
    directions = np.random.default_rng(20).random((2, sum(column.shape[1] for column in columns)))
    keys = np.zeros((2, len(items)))
    offset = 0
    for column in columns:
        keys += directions[:, offset : offset + column.shape[1]] @ column.T
        offset += column.shape[1]
    identity = np.where(own, np.arange(len(items)), -1 - sizes.group[items])
    order = np.lexsort((keys[1], keys[0], identity))
    changed = np.ones(len(items), dtype=np.bool_)
    changed[1:] = (
        (identity[order][1:] != identity[order][:-1])
        | (keys[0][order][1:] != keys[0][order][:-1])
        | (keys[1][order][1:] != keys[1][order][:-1])
    )
    case = np.empty(len(items), dtype=np.int64)
    case[order] = np.cumsum(changed) - 1
    return order[changed].astype(np.int64), case
