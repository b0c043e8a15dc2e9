"""The demand history of all items as arrays, seen from any step, and the posterior of their rates there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_groups import Cells
from spareverse.statistics.demand_models.exposure import Seen, demand_between, seen
from spareverse.statistics.demand_models.frailty import frailty_weights, rate_posterior
from spareverse.statistics.demand_models.group_rates import cell_rates, rate_dispersion
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes, group_order_sizes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class DemandHistory:
    """Events of every item, ascending in time; arrays as in ``PlanningData``."""

    starts: Integers
    step: Integers
    pieces: Floats
    known_from: Integers
    gaps: tuple[Integers, Integers, Integers]
    periodic: bool

    @classmethod
    def of(cls, data: PlanningData) -> DemandHistory:
        return cls(
            data.event_starts,
            data.event_step,
            data.event_pieces,
            data.known_from,
            (data.gap_starts, data.gap_from, data.gap_until),
            not data.continuous,
        )

    def __len__(self) -> int:
        return len(self.known_from)

    def seen(self, until: int, half_life: float = math.inf) -> Seen:
        return seen(self.starts, self.step, self.pieces, self.known_from, self.gaps, until, half_life)

    def between(self, first: int, last: int) -> tuple[Floats, Floats]:
        """[items] demands and pieces in steps first .. last - 1."""
        return demand_between(self.starts, self.step, self.pieces, first, last)

    def order_sizes(self, until: int, cells: Cells) -> OrderSizes:
        """Sizes of the demands before step ``until``."""
        before = self.step < until
        item = np.repeat(np.arange(len(self)), np.diff(self.starts))
        starts = np.zeros(len(self) + 1, dtype=np.int64)
        np.cumsum(np.bincount(item[before], minlength=len(self)), out=starts[1:])
        groups = cells.sizes
        return group_order_sizes(
            self.pieces[before], starts, groups.number, groups.member, groups.member_group, len(groups)
        )

    def pooled(self, until: int, cells: Cells, half_life: float) -> tuple[Occurrence, Floats]:
        """Posterior of every item's rate, and the mean rate of its cell [events per step]."""
        view = self.seen(until, half_life)
        counts, exposure = view.counts, view.exposure
        dispersion = 5.0
        rate = np.empty(0)
        for _ in range(2):
            rate = cell_rates(counts, exposure, cells.cell, cells.factors, dispersion)[cells.cell]
            dispersion = rate_dispersion(counts, exposure, rate)
        centre = rate / (1.0 - np.minimum(rate, 0.95)) if self.periodic else rate
        weights = frailty_weights(counts, exposure, centre, cells.spread, cells.spreads, self.periodic)
        return rate_posterior(counts, exposure, centre, cells.spread, weights, self.periodic), rate
