"""Quantities of a SPIR package: first fill, two years of operation, insurance spares.

First fill: the fewest pieces that last over a lead time; two years: over two years of work. Demand is Poisson at the
part's rate. Where the rate rests on few recorded failures it is itself uncertain: gamma with shape failures + 1/2
(Jeffreys) around the same mean, so that demand is negative binomial (Gelman et al. 2013, section 2.6).

Insurance spares are capital spares held against a rare but costly wait: pieces are added while the down-time cost
the next one avoids over the horizon (Palm's expected backorders) exceeds what it costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betainc, pdtr

from spareverse.network.spare_class import spare_class
from spareverse.network.study import HOURS_PER_YEAR, Option, Study
from spareverse.network.study_answers import QUANTITIES
from spareverse.optimisation.spares.palm import expected_backorders
from spareverse.optimisation.warehouse.estimates import Floats
from spareverse.optimisation.warehouse.runs import counted_hours
from spareverse.simulation.study_network import stocked_lines

DAYS_PER_YEAR = HOURS_PER_YEAR / 24.0
MOST_INSURANCE = 20


@dataclass(frozen=True)
class ServiceLevels:
    """Wanted chance that a quantity lasts, by consequence of a failure. Ours; a company sets its own."""

    first_fill: Mapping[str, float] = field(default_factory=lambda: {"low": 0.80, "medium": 0.90, "high": 0.98})
    two_year: Mapping[str, float] = field(default_factory=lambda: {"low": 0.50, "medium": 0.80, "high": 0.95})


def fill_quantities(
    study: Study, line_results: pl.DataFrame, option: str, service: ServiceLevels | None = None
) -> pl.DataFrame:
    """Schema QUANTITIES of one option: one row per part.

    ``line_results``: schema LINE_RESULTS, which knows rates, prices and lead times under the option. First fill: on
    site and in the central warehouse together; a part supplied on demand has none.
    """
    wanted = service or ServiceLevels()
    parts = line_results.filter(pl.col("option") == option).with_columns(
        pl.coalesce("spare_class", spare_class()).alias("spare_class"), pl.col("criticality").fill_null("medium")
    )
    parts = parts.join(_evidence(study), on="part_id", how="left", maintain_order="left").with_columns(
        (pl.col("failures_per_year") * pl.col("lead_time_days") / DAYS_PER_YEAR).alias("lead_time_demand"),
        (pl.col("failures_per_year") * 2.0).alias("two_year_demand"),
        pl.col("criticality").replace_strict(dict(wanted.first_fill), default=None).alias("first_fill_service"),
        pl.col("criticality").replace_strict(dict(wanted.two_year), default=None).alias("two_year_service"),
    )
    kept = ((parts["policy"] != "on_demand") | (parts["central_stock"].fill_null(0) > 0)).to_numpy()
    first = _quantile_column(parts, "lead_time_demand", "first_fill_service")
    two_years = _quantile_column(parts, "two_year_demand", "two_year_service")
    insurance, saving = _insurance(study, study.option(option), parts)
    return parts.with_columns(
        pl.Series("first_fill", np.where(kept, first, 0)),
        pl.Series("two_year", two_years),
        pl.Series("insurance", insurance),
        pl.Series("insurance_saving", saving),
    ).select(QUANTITIES.names)


def demand_quantile(mean: Floats, shape: Floats, probability: Floats) -> NDArray[np.int64]:
    """Smallest n with P(D <= n) >= probability, elementwise; D Poisson, or gamma-Poisson where ``shape`` is finite."""
    low = np.full(mean.shape, -1, dtype=np.int64)
    high = np.ones(mean.shape, dtype=np.int64)
    while (short := _demand_cdf(high, mean, shape) < probability).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = _demand_cdf(middle, mean, shape) >= probability
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _demand_cdf(count: NDArray[np.int64], mean: Floats, shape: Floats) -> Floats:
    known = np.isfinite(shape)
    spread = np.where(known, shape, 1.0)
    with np.errstate(invalid="ignore"):
        mixed = betainc(spread, np.maximum(count, 0) + 1.0, spread / (spread + mean))
        found: Floats = np.where(known & (mean > 0), mixed, pdtr(np.maximum(count, 0), mean))
    return np.where(count < 0, 0.0, found)


def _quantile_column(parts: pl.DataFrame, mean: str, service: str) -> NDArray[np.int64]:
    return demand_quantile(
        parts[mean].fill_null(0.0).to_numpy(), parts["shape"].to_numpy(), parts[service].to_numpy().astype(np.float64)
    )


def _evidence(study: Study) -> pl.DataFrame:
    """Per stocked part: gamma shape of its rate (NaN: taken as known), and cost of an hour without it."""
    lines = stocked_lines(study)
    return lines.group_by(pl.col("stock_part").alias("part_id")).agg(
        pl.when(pl.col("record_failures").is_not_null().any())
        .then(pl.col("record_failures").sum() + 0.5)
        .otherwise(float("nan"))
        .alias("shape"),
        pl.col("downtime_cost_per_h").fill_null(study.economics.downtime_cost_per_h).mean().alias("cost_per_h"),
    )


def _insurance(study: Study, option: Option, parts: pl.DataFrame) -> tuple[NDArray[np.int64], Floats]:
    """Pieces of each capital spare that pay, and what they save over the horizon."""
    hours = counted_hours(study)
    capital = (parts["spare_class"] == "capital").to_numpy()
    price = parts["unit_price"].fill_null(0.0).to_numpy()
    rent = option.holding_per_piece_h + option.holding_rate_per_year * price / HOURS_PER_YEAR
    piece = price * (1.0 - option.scrap_share) + rent * hours
    pipeline = parts["lead_time_demand"].fill_null(0.0).to_numpy()
    stock = np.arange(MOST_INSURANCE + 1)[None, :]
    waiting = expected_backorders(stock, pipeline[:, None]) * hours
    avoided = (waiting[:, :1] - waiting) * parts["cost_per_h"].fill_null(0.0).to_numpy()[:, None]
    net = avoided - stock * piece[:, None]
    best = np.where(capital, net.argmax(axis=1), 0)
    return best.astype(np.int64), net[np.arange(parts.height), best]
