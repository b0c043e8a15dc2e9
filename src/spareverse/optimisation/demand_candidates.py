"""The models that compete for an item: each foretells its demand from what was known at one step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import Cancel
from spareverse.optimisation.demand_groups import Cells
from spareverse.optimisation.demand_history import DemandHistory, RateModel
from spareverse.statistics.demand_models.calibration import corrected
from spareverse.statistics.demand_models.occurrence import CERTAIN, Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.demand_models.own_series import Moments, series_moments, zero_inflated
from spareverse.statistics.demand_models.random_sums import LINES, LOGARITHMIC, POISSON
from spareverse.statistics.forecasting.aggregation import adida, imapa
from spareverse.statistics.forecasting.bootstrap import willemain_laws
from spareverse.statistics.forecasting.croston import croston, sba, tsb
from spareverse.statistics.lead_time_demand import LeadTimeDemand, Pieces, lead_time_laws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LONG_MEMORY = "pooled"
"""What parts that never moved always get: what is known of them is how long they have not moved. A discount forgets
that, and a score cannot tell, as nearly all of them go on not moving."""
HALF_LIVES = {
    LONG_MEMORY: math.inf,
    "pooled, half-life 24 months": 2.0,
    "pooled, half-life 12 months": 1.0,
    "pooled, half-life 6 months": 0.5,
    "pooled, half-life 3 months": 0.25,
}
"""Half-life of what is known, in years."""
USUAL = "pooled, half-life 24 months"
"""What items get without a choice."""
ZERO_INFLATED = "zero-inflated Poisson"
BOOTSTRAP = "Willemain bootstrap"
FORECASTS: dict[str, Callable[[Floats, Integers], Floats]] = {
    "Croston": lambda values, starts: croston(values, starts).rate,
    "SBA": lambda values, starts: sba(values, starts).rate,
    "TSB": lambda values, starts: tsb(values, starts).rate,
    "ADIDA": adida,
    "IMAPA": imapa,
}
"""Forecasts of the demand a period; their law is the negative binomial one of the series' own variance to mean."""
OWN = ("gamma-Poisson", "Poisson", "negative binomial", *FORECASTS, ZERO_INFLATED, BOOTSTRAP)
"""Models that know nothing but the item's own history."""


class Pooled:
    """A pooled model at one step: what every item's posterior and sizes follow from."""

    def __init__(self, rates: RateModel, factor: Floats, order_sizes: Callable[[], OrderSizes]) -> None:
        self._rates = rates
        self._factor = factor
        self._order_sizes = order_sizes

    def posterior(self, items: Integers | None = None) -> Occurrence:
        """Posterior of the rates of all items, or of some."""
        return corrected(self._rates.posterior(items), self._factor if items is None else self._factor[items])

    @cached_property
    def sizes(self) -> OrderSizes:
        return self._order_sizes()


def pooled_models(
    history: DemandHistory, cells: Cells, half_life_years: float, origins: list[int]
) -> dict[int, Pooled]:
    """The pooled model with that half-life at every origin, corrected by what the origins before it foretold."""
    half_life = half_life_years * history.steps_a_year
    rates = {origin: history.rate_model(origin, cells, half_life) for origin in origins}
    factors = history.corrections(cells, half_life, origins, rates)
    return {
        origin: Pooled(rates[origin], factor, partial(history.order_sizes, origin, cells, half_life))
        for origin, factor in zip(origins, factors, strict=True)
    }


@dataclass(frozen=True)
class OwnSeries:
    """The items' own demand per period up to one step, for the models that know nothing else."""

    items: Integers
    values: Floats
    starts: Integers
    period: float
    """Steps of a period: 1, or a month of days."""
    moments: Moments

    @classmethod
    def of(cls, history: DemandHistory, items: Integers, until: int) -> OwnSeries:
        period = 1 if history.periodic else max(1, round(history.steps_a_year / 12.0))
        values, starts = history.values(items, until, period)
        return cls(items, values, starts, float(period), series_moments(values, starts))

    def laws(
        self,
        name: str,
        history: DemandHistory,
        sizes: OrderSizes,
        nodes: Floats,
        lead_weights: Floats,
        points: int,
        until: int,
        cancel: Cancel | None = None,
    ) -> LeadTimeDemand:
        """Laws of the items under one of ``OWN``."""
        nodes = nodes[self.items]
        if name == BOOTSTRAP:
            return self._bootstrap(sizes, nodes, lead_weights, points, history.steps_a_year, cancel)
        if name == ZERO_INFLATED:
            nodes = nodes / self.period
        occurrence, pieces = self._occurrence(name, history, until)
        year = history.steps_a_year / (self.period if name == ZERO_INFLATED else 1.0)
        return lead_time_laws(
            occurrence, sizes, nodes, lead_weights, year, items=self.items, pieces=pieces, points=points, cancel=cancel
        )

    def _occurrence(self, name: str, history: DemandHistory, until: int) -> tuple[Occurrence, Pieces]:
        count = len(self.items)
        kind = np.full(count, LOGARITHMIC, dtype=np.int8)
        if name == "gamma-Poisson":
            view = history.seen(until)
            # Jeffreys' prior: half a demand more
            strength, exposure = view.counts[self.items] + 0.5, np.maximum(view.exposure[self.items], 1.0)
            mean = strength / (exposure + 1.0) if history.periodic else strength / exposure
            strength = exposure + 1.0 if history.periodic else strength
            return _single(mean, strength, history.periodic), Pieces(np.full(count, LINES, dtype=np.int8), mean)
        if name == ZERO_INFLATED:
            chance, size = zero_inflated(self.values, self.starts)
            return _single(chance, np.full(count, CERTAIN), True), Pieces(np.full(count, POISSON, dtype=np.int8), size)
        mean, parameter = self.moments.mean, self.moments.logarithmic
        if name == "Poisson":
            parameter = np.zeros(count)
        elif name != "negative binomial":
            mean = np.nan_to_num(FORECASTS[name](self.values, self.starts))
        # A logarithmic number of pieces per Poisson event makes the sum negative binomial.
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(parameter > 0.0, -np.log1p(-parameter) * (1.0 - parameter) / parameter, 1.0)
        return _single(mean * share / self.period, np.full(count, CERTAIN), False), Pieces(kind, parameter)

    def _bootstrap(
        self, sizes: OrderSizes, nodes: Floats, weights: Floats, points: int, year: float, cancel: Cancel | None
    ) -> LeadTimeDemand:
        horizons = np.maximum(np.rint(nodes / self.period), 0.0).astype(np.int64)
        laws = willemain_laws(self.values, self.starts, horizons, weights, points=points, cancel=cancel)
        known = ~np.isnan(laws.mean)
        nothing = np.zeros(points)
        nothing[0] = 1.0
        mass = np.where(known[:, None], laws.mass, nothing).astype(np.float32)
        with_line = np.where(known[:, None], laws.with_line, nothing).astype(np.float32)
        chance = np.nan_to_num(laws.chance)
        # what comes before a line is in the bootstrap's joint law already
        return LeadTimeDemand(
            mass,
            mass,
            with_line,
            np.where(known, laws.step, 1.0),
            np.nan_to_num(laws.mean),
            sizes.mean()[self.items],
            chance * year / self.period,
            -np.expm1(year / self.period * np.log1p(-np.minimum(chance, 1.0 - 1e-12))),
        )


def _single(mean: Floats, strength: Floats, periodic: bool) -> Occurrence:
    weight = np.where(mean > 0.0, 1.0, 0.0)
    return Occurrence(weight[:, None], np.maximum(mean, 1e-12)[:, None], strength[:, None], periodic)
