"""The inputs a sensitivity moves: how far, and what moving them does to a study or to the money of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from spareverse.network.study import HOURS_PER_YEAR, Option, Policy, Study
from spareverse.network.study_answers import FACTORS
from spareverse.network.study_tables import COST_KINDS
from spareverse.optimisation.warehouse.break_even import charged_pieces
from spareverse.optimisation.warehouse.estimates import Floats
from spareverse.optimisation.warehouse.runs import Run, measured
from spareverse.simulation.laws import read_law

PHYSICS = FACTORS[:4]
"""Change what happens; the others only what it costs."""


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high``: factors on the input, or pieces added to it (``whole``)."""

    low: float
    high: float
    whole: bool = False

    @property
    def still(self) -> float:
        """The setting that leaves the input as it is."""
        return 0.0 if self.whole else 1.0


RANGES: Mapping[str, Range] = {
    "demand_rate": Range(0.7, 1.3),
    "lead_time": Range(0.7, 1.3),
    "reorder_point": Range(-1, 1, whole=True),
    "order_quantity": Range(-1, 1, whole=True),
    "unit_price": Range(0.8, 1.2),
    "fee": Range(0.5, 1.5),
    "holding": Range(0.5, 1.5),
    "co2_price": Range(0.5, 1.5),
    "downtime_cost": Range(0.5, 1.5),
}
"""Ours: what is commonly uncertain before commissioning. A study may bring its own."""


def moved(study: Study, settings: Mapping[str, float]) -> Study:
    """The study with the physical factors at these settings; a factor that is not named stays."""
    rate, lead = settings.get("demand_rate", 1.0), settings.get("lead_time", 1.0)
    level, batch = round(settings.get("reorder_point", 0.0)), round(settings.get("order_quantity", 0.0))
    lines = study.lines.with_columns(
        pl.col("failures_per_year") * rate,
        *(_longer(study.lines[name], lead) for name in ("lead_time", "digital_lead_time")),
    )
    stock = study.stock.with_columns(
        (pl.col("initial_stock") + level).clip(lower_bound=0),
        (pl.col("reorder_point") + level).clip(lower_bound=pl.min_horizontal("reorder_point", 0)),
        (pl.col("order_quantity") + batch).clip(lower_bound=1),
        (pl.col("order_up_to") + level + batch).clip(lower_bound=pl.min_horizontal("order_up_to", 1)),
    )
    options = tuple(
        replace(
            option,
            policy=_restocked(option.policy, level, batch),
            lead_time=None if option.lead_time is None else option.lead_time.scaled(lead),
        )
        for option in study.options
    )
    return replace(study, lines=lines, stock=stock, options=options)


def _longer(texts: pl.Series, factor: float) -> pl.Series:
    """Lead times of the package, in days where they name no unit, times a factor."""
    if factor == 1.0:
        return texts
    found = {text: read_law(text, "d").scaled(factor).text for text in texts.drop_nulls().unique()}
    return texts.replace(found)


def _restocked(policy: Policy, level: int, batch: int) -> Policy:
    """Reorder point moved together with the initial stock; base stock has no batch, on demand has neither."""
    if policy.kind == "on_demand":
        return policy
    more = 0 if policy.kind == "base_stock" else batch
    return replace(
        policy,
        initial_stock=max(0, policy.initial_stock + level),
        reorder_point=max(min(0, policy.reorder_point), policy.reorder_point + level),
        order_quantity=max(1, policy.order_quantity + batch),
        order_up_to=max(min(1, policy.order_up_to), policy.order_up_to + level + more),
    )


def repriced(run: Run, settings: Mapping[str, float]) -> Floats:
    """Total cost of each replication and option at these prices, (replications, options): costs are linear in them.

    The share of holding that follows the unit price is that of the means over the parts.
    """
    cost = dict(zip(COST_KINDS, measured(run, [f"{kind}_cost" for kind in COST_KINDS]), strict=True))
    price, fee = settings.get("unit_price", 1.0), settings.get("fee", 1.0)
    used = charged_pieces(run) * np.array([option.fee.pay_per_use for option in run.study.options])
    tied = np.array([_rate_share(run, option) for option in run.study.options])
    cost["parts"] = (cost["parts"] - used) * price + used * fee
    cost["scrap"] = cost["scrap"] * price
    cost["fee"] = cost["fee"] * fee
    cost["holding"] = cost["holding"] * (1.0 + tied * (price - 1.0)) * settings.get("holding", 1.0)
    cost["co2"] = cost["co2"] * settings.get("co2_price", 1.0)
    cost["downtime"] = cost["downtime"] * settings.get("downtime_cost", 1.0)
    total: Floats = np.sum(list(cost.values()), axis=0)
    return total


def _rate_share(run: Run, option: Option) -> float:
    """Share of an option's holding cost that is a rate on the unit price."""
    if option.holding_rate_per_year == 0.0 or option.holding_per_piece_h == 0.0:
        return float(option.holding_rate_per_year > 0.0)
    parts = run.tables["line_results"].filter(pl.col("option") == option.name)
    stock = parts["mean_stock"].fill_null(0.0).to_numpy()
    rated = float(stock @ parts["unit_price"].fill_null(0.0).to_numpy()) * option.holding_rate_per_year / HOURS_PER_YEAR
    flat = float(stock.sum()) * option.holding_per_piece_h
    return rated / (rated + flat) if rated + flat > 0.0 else 0.0
