"""The demand history of all items as arrays, seen from any step, and what it says of their rates and sizes there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_groups import DAYS_A_YEAR, Cells
from spareverse.statistics.demand_models import calibration
from spareverse.statistics.demand_models.exposure import Seen, demand_between, known_between, period_values, seen
from spareverse.statistics.demand_models.frailty import frailty_weights, rate_posterior
from spareverse.statistics.demand_models.group_rates import cell_rates, rate_dispersion
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes, group_order_sizes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SIZE_MEMORY = 3.0
"""Sizes change more slowly than rates: their half-life is so many times that of the rates."""
CORRECTION_YEARS = 0.5
"""Half-life of what earlier forecasts teach."""


@dataclass(frozen=True)
class RateModel:
    """What every item's rate is learnt from at one step: its own count and exposure, its group's mean and frailties."""

    counts: Floats
    exposure: Floats
    centre: Floats
    spread: Integers
    weights: Floats
    periodic: bool

    def posterior(self, items: Integers | None = None) -> Occurrence:
        of = slice(None) if items is None else items
        return rate_posterior(
            self.counts[of], self.exposure[of], self.centre[of], self.spread[of], self.weights, self.periodic
        )


@dataclass(frozen=True)
class DemandHistory:
    """Events of every item, ascending in time; arrays as in ``PlanningData``."""

    starts: Integers
    step: Integers
    pieces: Floats
    known_from: Integers
    gaps: tuple[Integers, Integers, Integers]
    periodic: bool
    steps_a_year: float

    @classmethod
    def of(cls, data: PlanningData) -> DemandHistory:
        return cls(
            data.event_starts,
            data.event_step,
            data.event_pieces,
            data.known_from,
            (data.gap_starts, data.gap_from, data.gap_until),
            not data.continuous,
            DAYS_A_YEAR / data.step_days,
        )

    def __len__(self) -> int:
        return len(self.known_from)

    def seen(self, until: int, half_life: float = math.inf) -> Seen:
        return seen(self.starts, self.step, self.pieces, self.known_from, self.gaps, until, half_life)

    def between(self, first: int, last: Integers) -> tuple[Floats, Floats]:
        """[items] demands and pieces in steps first .. last[item] - 1."""
        return demand_between(self.starts, self.step, self.pieces, first, last)

    def known_between(self, first: int, last: Integers) -> Floats:
        """[items] steps with information in first .. last[item] - 1."""
        return known_between(self.known_from, self.gaps, first, last)

    def values(self, items: Integers, until: int, period: int) -> tuple[Floats, Integers]:
        """Demand per period of the chosen items end to end, and their starts; NaN where no step is known.

        Periods count back from ``until``, so that the last one is whole; what is left over at the beginning is dropped.
        """
        count = until // period
        return period_values(
            self.starts,
            self.step,
            self.pieces,
            self.known_from,
            self.gaps,
            items,
            until - count * period,
            period,
            count,
        )

    def order_sizes(self, until: int, cells: Cells, half_life: float = math.inf) -> OrderSizes:
        """Sizes of the demands before step ``until``; ``half_life`` is that of the rates."""
        before = self.step < until
        item = np.repeat(np.arange(len(self)), np.diff(self.starts))
        starts = np.zeros(len(self) + 1, dtype=np.int64)
        np.cumsum(np.bincount(item[before], minlength=len(self)), out=starts[1:])
        weights = 0.5 ** ((until - 1 - self.step[before]) / (SIZE_MEMORY * half_life))
        groups = cells.sizes
        return group_order_sizes(
            self.pieces[before], weights, starts, groups.number, groups.member, groups.member_group, len(groups)
        )

    def rate_model(self, until: int, cells: Cells, half_life: float) -> RateModel:
        """The group's means and spreads, and what was seen of every item, as of step ``until``."""
        view = self.seen(until, half_life)
        counts, exposure = view.counts, view.exposure
        dispersion = 5.0
        rate = np.empty(0)
        for _ in range(2):
            rate = cell_rates(counts, exposure, cells.cell, cells.factors, dispersion)[cells.cell]
            dispersion = rate_dispersion(counts, exposure, rate)
        # chances per period are spread by their odds
        centre = rate / (1.0 - np.minimum(rate, 0.95)) if self.periodic else rate
        weights = frailty_weights(counts, exposure, centre, cells.spread, cells.spreads, self.periodic)
        return RateModel(counts, exposure, centre, cells.spread, weights, self.periodic)

    def corrections(
        self, cells: Cells, half_life: float, origins: list[int], models: dict[int, RateModel]
    ) -> list[Floats]:
        """[items] factors on the rates at every origin, learnt from the windows between earlier ones."""
        comparisons: list[calibration.Comparison] = []
        factors = [np.ones(len(self))]
        for first, last in pairwise(origins):
            until = np.full(len(self), last)
            expected = models[first].posterior().expected() * self.known_between(first, until)
            came, _ = self.between(first, until)
            state = calibration.states(self.seen(first), self.steps_a_year)
            comparisons.append(calibration.Comparison.of(expected, came, state, cells.band, cells.bands))
            keep = 0.5 ** ((last - first) / (CORRECTION_YEARS * self.steps_a_year))
            factor = calibration.correction(comparisons, keep, cells.bands)
            factors.append(factor[calibration.states(self.seen(last), self.steps_a_year), cells.band])
        return factors
