"""Workload: exceptions per planner and week, how much plans change from run to run, expedites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from spareverse.network.observer_tables import WORKLOAD as WORKLOAD_TABLE
from spareverse.simulation.universe.measures import Measure

WEEK_DAYS = 7.0
_WEEKS = pl.col("days") / pl.col("place_id").n_unique() / WEEK_DAYS
WORKLOAD: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "exceptions_per_week", "1/week", "Lines that could not be served whole at once, and emergency orders",
            pl.col("demands") - pl.col("filled") + pl.col("emergency_orders"), _WEEKS, "less",
        ),
        Measure("expedites_per_week", "1/week", "Emergency orders", pl.col("emergency_orders"), _WEEKS, "less"),
        Measure(
            "orders_per_week", "1/week", "Replenishment and emergency orders",
            pl.col("orders") + pl.col("emergency_orders"), _WEEKS, "less",
        ),
    )
}  # fmt: skip
"""Measures of a simulated network that somebody has to work on."""


WEEKS_TOLD = 104


def workload_table(
    purchases: pl.DataFrame, policies: pl.DataFrame, plans: Sequence[tuple[date, pl.DataFrame]]
) -> pl.DataFrame:
    """Schema WORKLOAD: the last two years of the record, and every plan beside the one before it.

    ``plans``: day and rows of each plan, oldest first.
    """
    found = recorded_workload(purchases, policies).cast({"late": pl.Float64, "expedited": pl.Float64})
    found = found.with_columns(exceptions=pl.col("late") + pl.col("expedited"))
    named = found.rename({"late": "late lines", "expedited": "expedited lines"})
    weeks = named.unpivot(index=["planner", "week"], variable_name="measure", value_name="value")
    last = weeks["week"].max()
    if isinstance(last, date):
        weeks = weeks.filter(pl.col("week") > last - timedelta(weeks=WEEKS_TOLD))
    changes = [
        {"planner": "", "week": day, "measure": "plan nervousness", "value": nervousness(before, after)}
        for (_, before), (day, after) in pairwise(plans)
    ]
    rows = pl.DataFrame(changes, schema=weeks.schema) if changes else weeks.clear()
    unit = pl.when(pl.col("measure") == "plan nervousness").then(pl.lit("share")).otherwise(pl.lit("1/week"))
    return pl.concat([weeks, rows]).with_columns(unit=unit).select(WORKLOAD_TABLE.names).cast(WORKLOAD_TABLE.schema)


def recorded_workload(purchases: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Exceptions of the record per planner and ISO week: planner, week (its Monday), late, expedited, exceptions.

    ``purchases`` and ``policies`` as imported. *Late*: a receipt after its promise, in the week it was promised for;
    *expedited*: a receipt in less than half the time that was promised. Planner "" where the rules name none.
    """
    named = policies.filter(pl.col("planner").is_not_null()).select(
        "part_id", pl.col("place_id").fill_null(""), "planner"
    )
    planners = named.unique(["part_id", "place_id"], keep="last", maintain_order=True)
    promised, taken = ((pl.col(name) - pl.col("ordered_on")).dt.total_days() for name in ("promised_on", "received_on"))
    rows = purchases.filter(pl.col("promised_on") > pl.col("ordered_on")).with_columns(
        late=(pl.col("received_on") > pl.col("promised_on")).fill_null(value=False),
        expedited=((taken >= 0) & (2 * taken < promised)).fill_null(value=False),
        place_id=pl.col("place_id").fill_null(""),
        week=pl.col("promised_on").dt.truncate("1w"),
    )
    counted = rows.join(planners, on=["part_id", "place_id"], how="left", maintain_order="left")
    return (
        counted.group_by(pl.col("planner").fill_null(""), "week")
        .agg(pl.col("late", "expedited").sum().cast(pl.Int64))
        .with_columns(exceptions=pl.col("late") + pl.col("expedited"))
        .sort("week", "planner")
    )


def nervousness(before: pl.DataFrame, after: pl.DataFrame) -> float | None:
    """Change of proposed stock between two plans, as a share of the value proposed before; None without common rows.

    Both with part_id, place_id, reorder_point and unit_cost; rows are weighted by the value of a piece.
    """
    place = pl.col("place_id").fill_null("")
    both = before.select("part_id", place, pl.col("unit_cost").alias("cost"), "reorder_point").join(
        after.select("part_id", place, pl.col("reorder_point").alias("then")), on=["part_id", "place_id"]
    )
    weight = pl.col("cost").fill_null(1.0)
    changed, stood = both.select(
        changed=(weight * (pl.col("then") - pl.col("reorder_point")).abs()).sum(),
        stood=(weight * pl.col("reorder_point").clip(lower_bound=0)).sum(),
    ).row(0)
    return float(changed) / float(stood) if both.height and stood else None
