"""What the closed forms need to know of each stocked part under an option: its assets, their lives and its supply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.distributions import Distribution
from spareverse.network.study import HOURS_PER_YEAR, Access, Option, Study
from spareverse.optimisation.spares.fleet import Fleet
from spareverse.optimisation.spares.palm import expected_backorders
from spareverse.simulation.laws import read_law
from spareverse.simulation.study_network import followed_option, lead_time, stocked_lines

CONVENTIONAL, DIGITAL = "conventional", "digital"
MOST_STAGES = 4
"""Erlang stages that stand for a lead time in a Markov chain: more change little and cost time."""


@dataclass(frozen=True)
class PartSupply:
    """A stocked part: the identical assets it stops, and how a piece reaches them.

    ``pieces`` and ``needed``: of one asset, k of n; ``fleet`` has one row of pieces per asset where all are needed,
    else one per piece.
    """

    part_id: str
    failures_per_year: float
    """Of all pieces, working always."""
    assets: int
    pieces: int
    needed: int
    caveats: tuple[str, ...]
    """In what the part differs from what the closed forms take it to be."""
    fleet: Fleet

    @property
    def lead_time_days(self) -> float:
        return self.fleet.mean_lead_time_h / 24.0

    @property
    def replacement_ceiling(self) -> float:
        """Availability with ample spares and access at once."""
        return self.fleet.mean_life_h / (self.fleet.mean_life_h + self.fleet.mean_replacement_h)


def supply_options(study: Study) -> dict[str, str]:
    """The first option with conventional supply and the first that prints, where the study has them."""
    found: dict[str, str] = {}
    for option in study.options:
        found.setdefault(CONVENTIONAL if option.warehouse == "physical" else DIGITAL, option.name)
    return found


def part_supplies(study: Study, option: Option) -> list[PartSupply]:
    """One entry per stocked part that really follows the option, in the order of the lines."""
    parts = (
        stocked_lines(study)
        .with_columns((pl.col("failures_per_year") * pl.col("installed_quantity")).alias("rate"))
        .group_by("stock_part", maintain_order=True)
        .agg(
            pl.col("rate").sum(),
            pl.col("asset_id").n_unique().alias("assets"),
            pl.col("installed_quantity").max().alias("pieces"),
            pl.col("needed_quantity").max().alias("needed"),
            pl.col("installed_quantity").sum().alias("all_pieces"),
            pl.col("lead_time", "digital_lead_time", "replacement").drop_nulls().first(),
            pl.col("am_qualified").fill_null(value=False).any().alias("qualified"),
            (~pl.col("life").fill_null("exponential").str.starts_with("exponential")).any().alias("ages"),
        )
    )
    access = mean_access(study.access) if study.access is not None else 0.0
    return [
        _supply(study, option, access, row)
        for row in parts.iter_rows(named=True)
        if followed_option(study, option, row["stock_part"], row["qualified"]).name == option.name
    ]


def _supply(study: Study, option: Option, access: float, row: dict[str, Any]) -> PartSupply:
    positions = row["all_pieces"] if row["needed"] < row["pieces"] else row["assets"]
    lead = lead_time(option, row)
    replacement = 0.0 if row["replacement"] is None else read_law(row["replacement"], "h").mean
    hurried = option.expedite_lead_time
    fleet = Fleet(
        positions,
        HOURS_PER_YEAR * positions / row["rate"] if row["rate"] > 0.0 else np.inf,
        lead.mean,
        replacement,
        study.emergency,
        None if hurried is None else hurried.mean,
        _stages(lead),
        access,
    )
    if option.central is not None and option.transfer is not None:
        fleet = replace(fleet, mean_lead_time_h=option.transfer.mean + _central_delay(option, fleet))
    caveats = _caveats(study, option, row["ages"])
    return PartSupply(row["stock_part"], row["rate"], row["assets"], row["pieces"], row["needed"], caveats, fleet)


def _caveats(study: Study, option: Option, ages: bool) -> tuple[str, ...]:
    found = {
        "life as if exponential": ages,
        "access as its mean wait": study.access is not None,
        "failure rate as if steady": study.profile is not None,
        "central stock as a mean delay": option.central is not None,
        "order on warning left out": option.order_on_warning,
    }
    return tuple(text for text, holds in found.items() if holds)


def _central_delay(option: Option, fleet: Fleet) -> float:
    """Mean wait of the site's orders at the central stock: METRIC (Sherbrooke 1968)."""
    stock = option.central.initial_stock if option.central is not None else 0
    demand = fleet.demand_per_h
    return float(expected_backorders(stock, demand * fleet.mean_lead_time_h)) / demand if demand > 0.0 else 0.0


def _stages(lead: Distribution) -> int:
    if lead.mean == 0.0:
        return 1
    if lead.variance <= 0.0:
        return MOST_STAGES
    return int(np.clip(round(lead.mean**2 / lead.variance), 1, MOST_STAGES))


def mean_access(access: Access) -> float:
    """Mean wait of a failure for a visit and for the weather, hours; failures at any time alike (an approximation)."""
    closed = np.asarray(access.closed_mean_h, dtype=np.float64)
    opened = np.asarray(access.open_mean_h, dtype=np.float64)
    weather = float(np.mean(closed / (opened + closed) * closed)) if closed.size and opened.size else 0.0
    return access.visit_interval_h / 2.0 + weather
