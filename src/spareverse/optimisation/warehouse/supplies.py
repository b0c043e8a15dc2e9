"""What the closed forms need to know of each stocked part under an option: its assets, their lives and its supply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from spareverse.network.distributions import Distribution, parse
from spareverse.network.study import HOURS_PER_YEAR, Access, Option, Study
from spareverse.optimisation.spares.fleet import Fleet
from spareverse.optimisation.spares.palm import expected_backorders

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
    fleet: Fleet

    @property
    def lead_time_days(self) -> float:
        return self.fleet.mean_lead_time_h / 24.0

    @property
    def replacement_ceiling(self) -> float:
        """Availability with ample spares and access at once."""
        return self.fleet.mean_life_h / (self.fleet.mean_life_h + self.fleet.mean_replacement_h)


def stocked_part() -> pl.Expr:
    """The stock a line draws on: its interchange group, else its part."""
    return pl.coalesce(pl.col("interchange_group"), pl.col("part_id")).alias("part_id")


def followed(study: Study, option: Option) -> pl.DataFrame:
    """The lines that really follow an option: all, or those that qualify for it."""
    if not option.qualified_only or option.fallback is None:
        return study.lines
    return study.lines.filter(pl.col("am_qualified").fill_null(value=False))


def supply_options(study: Study) -> dict[str, str]:
    """The first option with conventional supply and the first that prints, where the study has them."""
    found: dict[str, str] = {}
    for option in study.options:
        found.setdefault(CONVENTIONAL if option.warehouse == "physical" else DIGITAL, option.name)
    return found


def part_supplies(study: Study, option: Option) -> list[PartSupply]:
    """One entry per stocked part that follows the option, in the order of the lines. Parts without failures too."""
    pieces = pl.col("installed_quantity").fill_null(1)
    lines = followed(study, option).with_columns(
        stocked_part(),
        pieces.alias("pieces"),
        pl.coalesce("needed_quantity", pieces).alias("needed"),
        pl.coalesce("asset_id", "tag").alias("asset_id"),
        (pl.col("failures_per_year").fill_null(0.0) * pieces).alias("rate"),
        pl.coalesce(*_lead_columns(option)).alias("lead"),
    )
    parts = lines.group_by("part_id", maintain_order=True).agg(
        pl.col("rate").sum(),
        pl.col("asset_id").n_unique().alias("assets"),
        pl.col("pieces", "needed").max(),
        pl.col("pieces").sum().alias("all_pieces"),
        pl.col("lead", "replacement").drop_nulls().first(),
    )
    access = mean_access(study.access) if study.access is not None else 0.0
    return [_supply(study, option, access, row) for row in parts.iter_rows(named=True)]


def _lead_columns(option: Option) -> Sequence[str]:
    return ("lead_time",) if option.warehouse == "physical" else ("digital_lead_time", "lead_time")


def _supply(study: Study, option: Option, access: float, row: dict[str, object]) -> PartSupply:
    rate, assets = float(str(row["rate"])), int(str(row["assets"]))
    pieces, needed = int(str(row["pieces"])), int(str(row["needed"]))
    one_by_one = needed < pieces
    positions = int(str(row["all_pieces"])) if one_by_one else assets
    lead = option.lead_time or _read(row["lead"], "d")
    hurried = option.expedite_lead_time
    fleet = Fleet(
        positions,
        HOURS_PER_YEAR * positions / rate if rate > 0.0 else np.inf,
        lead.mean if lead is not None else 0.0,
        _mean(_read(row["replacement"], "h")),
        study.emergency,
        None if hurried is None else hurried.mean,
        _stages(lead),
        access,
    )
    if option.central is not None and option.transfer is not None:
        fleet = replace(fleet, mean_lead_time_h=option.transfer.mean + _central_delay(option, fleet))
    return PartSupply(str(row["part_id"]), rate, assets, pieces, needed, fleet)


def _central_delay(option: Option, fleet: Fleet) -> float:
    """Mean wait of the site's orders at the central stock: METRIC (Sherbrooke 1968)."""
    stock = option.central.initial_stock if option.central is not None else 0
    demand = fleet.demand_per_h
    return float(expected_backorders(stock, demand * fleet.mean_lead_time_h)) / demand if demand > 0.0 else 0.0


@lru_cache(maxsize=10_000)
def _parsed(text: str, unit: str) -> Distribution:
    return parse(text, unit="d" if unit == "d" else "h")


def _read(text: object, unit: str) -> Distribution | None:
    return None if text is None else _parsed(str(text), unit)


def _mean(law: Distribution | None) -> float:
    return 0.0 if law is None else law.mean


def _stages(lead: Distribution | None) -> int:
    if lead is None or lead.mean == 0.0:
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
