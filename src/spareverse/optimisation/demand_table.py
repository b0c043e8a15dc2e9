"""One row per item on its demand: class, model, rate with limits, lead-time demand, remarks."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import DEMAND_RESULTS
from spareverse.optimisation.demand_groups import DAYS_A_YEAR, Cells
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.forecasting.classes import INTERVAL_LIMIT, VARIATION_LIMIT
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Names = NDArray[np.str_]

LEAST_DEMANDS = 3


def demand_table(
    data: PlanningData,
    history: DemandHistory,
    cells: Cells,
    law: LeadTimeDemand,
    occurrence: Occurrence,
    sizes: OrderSizes,
    model: Names,
    score: Floats,
) -> pl.DataFrame:
    """Columns of ``DEMAND_RESULTS`` and ``item``."""
    year = DAYS_A_YEAR / data.step_days
    counts, adi, cv2, name = demand_classes_of(history, data.steps)
    view = history.seen(data.steps)
    size = sizes.mean()
    low, high = occurrence.limits(0.025), occurrence.limits(0.975)
    span = (data.steps - data.known_from).astype(np.int64)
    missing = span - data.known_steps
    lead = (data.lead_nodes * data.lead_weights).sum(axis=1)
    points = np.arange(law.mass.shape[1])
    mean_on_grid = law.mass @ points
    square_on_grid = law.mass @ (points.astype(np.float64) ** 2)
    on_grid = np.maximum(law.mass.sum(axis=1), 1e-9)
    spread = np.sqrt(np.maximum(square_on_grid / on_grid - (mean_on_grid / on_grid) ** 2, 0.0)) * law.step
    frame = data.items.select("item", "part_id", "place_id").with_columns(
        pl.Series("periods", data.known_steps),
        pl.Series("missing_periods", missing),
        pl.Series("demand_periods", counts),
        pl.Series("pieces", view.pieces),
        pl.Series("adi", adi, nan_to_null=True),
        pl.Series("cv2", cv2, nan_to_null=True),
        pl.Series("demand_class", name),
        pl.Series("model", model),
        pl.Series("score", score, nan_to_null=True),
        pl.Series("group", cells.labels, dtype=pl.String).gather(cells.cell),
        pl.Series("rate", law.lines_a_year * size),
        pl.Series("rate_low", low * size * year),
        pl.Series("rate_high", high * size * year),
        pl.Series("chance_of_demand", law.chance_of_demand.astype(np.float64)),
        pl.Series("lead_time_days", lead * data.step_days),
        pl.Series("lead_time_demand", law.mean),
        pl.Series("lead_time_demand_sd", spread),
        _remarks(counts, missing),
    )
    return frame.select("item", *(column.name for column in DEMAND_RESULTS.columns))


def demand_classes_of(history: DemandHistory, until: int) -> tuple[NDArray[np.int64], Floats, Floats, Names]:
    """Periods with demand before ``until``, mean interval, variation and class; days are summed to months."""
    items = len(history)
    length = 1 if history.periodic else max(1, round(history.steps_a_year / 12.0))
    before = history.step < until
    item = np.repeat(np.arange(items), np.diff(history.starts))[before]
    period = (until - 1 - history.step[before]) // length
    order = np.lexsort((period, item))
    item, period, pieces = item[order], period[order], history.pieces[before][order]
    first = np.ones(len(item), dtype=np.bool_)
    first[1:] = (item[1:] != item[:-1]) | (period[1:] != period[:-1])
    place = np.flatnonzero(first)
    total = np.add.reduceat(pieces, place) if len(place) else pieces
    item = item[place]
    counts = np.bincount(item, minlength=items)
    sums, squares = np.bincount(item, total, items), np.bincount(item, total**2, items)
    known = np.maximum(np.ceil(history.known_between(0, np.full(items, until)) / length), counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        adi = known / counts
        mean = sums / counts
        cv2 = np.where(counts > 1, (squares - counts * mean**2) / (counts - 1) / mean**2, np.nan)
    adi[counts == 0] = np.nan
    rare, uneven = adi > INTERVAL_LIMIT, cv2 > VARIATION_LIMIT
    name = np.select(
        [counts == 0, counts < LEAST_DEMANDS, rare & uneven, rare, uneven],
        ["never moved", "too few demands", "lumpy", "intermittent", "erratic"],
        "smooth",
    )
    return counts.astype(np.int64), adi, cv2, name


def _remarks(counts: NDArray[np.int64], missing: NDArray[np.int64]) -> pl.Series:
    frame = pl.DataFrame({"counts": counts, "missing": missing})
    return frame.select(
        pl.concat_str(
            pl.when(pl.col("counts") == 0).then(pl.lit("No demand yet: expected from its group alone.")),
            pl.when(pl.col("counts") == 1).then(pl.lit("One demand only: expected mostly from its group.")),
            pl.when(pl.col("missing") > 0).then(
                pl.format("{} periods without information are left out, not taken as zero.", "missing")
            ),
            separator=" ",
            ignore_nulls=True,
        ).alias("remarks")
    ).to_series()
