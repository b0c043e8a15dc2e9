"""The demand model of every item, chosen on what it foretold, and the laws a plan is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.jit import Cancel
from spareverse.optimisation.demand_groups import DAYS_A_YEAR, make_cells
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.optimisation.demand_table import demand_table
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.lead_time_demand import LeadTimeDemand, lead_time_laws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class DemandModels:
    """Every item's demand: its law over the lead time, what is known of its rate, and which model says so."""

    law: LeadTimeDemand
    table: pl.DataFrame
    """Columns of ``DEMAND_RESULTS`` and ``item``."""
    models: tuple[str, ...]
    """Names of the candidates."""
    occurrence: Occurrence
    """Posterior of each item's rate [events per step]."""
    sizes: OrderSizes
    drift: Floats
    """Mean and standard deviation of the change of the whole portfolio's demand in a year, in the logarithm."""
    origins: int
    """Rolling origins the choice rests on; 0: not chosen."""
    step_days: float

    def sampled_rates(self, samples: int, seed: int = 0, years: float = 1.0) -> Floats:
        """[samples, items] draws of every item's events per step over the coming ``years``.

        Items are drawn from their own posteriors; each sample shifts all of them by one common drift.
        """
        random = np.random.default_rng(np.random.SeedSequence([seed, 41]))
        factor = self.sampled_drift(samples, seed, years)
        return np.stack([self.occurrence.sample(random) * factor[k] for k in range(samples)])

    def sampled_drift(self, samples: int, seed: int = 0, years: float = 1.0) -> Floats:
        """[samples] factors on all rates on average over the coming ``years``: what no single item's history shows."""
        random = np.random.default_rng(np.random.SeedSequence([seed, 43]))
        spread = self.drift[1] * math.sqrt(years / 3.0 + 0.25)
        return np.asarray(np.exp(spread * random.standard_normal(samples) - 0.5 * spread**2))


def model_demand(
    data: PlanningData,
    *,
    choose: bool = True,
    progress: Callable[[float, str], None] | None = None,
    cancel: Cancel | None = None,
    seed: int = 0,
) -> DemandModels:
    """Model the demand of every item at the end of ``data``."""
    history = DemandHistory.of(data)
    cells = make_cells(data)
    occurrence, _ = history.pooled(data.steps, cells, math.inf)
    sizes = history.order_sizes(data.steps, cells)
    law = lead_time_laws(
        occurrence,
        sizes,
        data.lead_nodes,
        data.lead_weights,
        DAYS_A_YEAR / data.step_days,
        progress=None if progress is None else lambda share: progress(share, "Laws of demand over the lead time"),
        cancel=cancel,
    )
    names = np.full(len(data), "pooled")
    table = demand_table(data, history, cells, law, occurrence, sizes, names, np.full(len(data), np.nan))
    return DemandModels(law, table, ("pooled",), occurrence, sizes, np.array([0.0, 0.1]), 0, data.step_days)
