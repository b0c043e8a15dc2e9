"""The cheapest option for the package and for every part, and how sure that is."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.network.study_answers import BEST_OPTIONS, NOT_ENOUGH
from spareverse.optimisation.warehouse.estimates import columns, mean_estimate
from spareverse.optimisation.warehouse.runs import Run, by_replication, option_names

NORMAL = 1.959963984540054


def line_costs(run: Run) -> pl.DataFrame:
    """LINE_RESULTS with ``total_cost`` of each part under each option that it really follows.

    Where a part falls back on another option, the row of that option stands for both. ``cost_error``: null where not
    known.
    """
    lines = run.tables["line_results"].filter(pl.col("follows").is_null() | (pl.col("follows") == pl.col("option")))
    known = pl.col("cost_error") if "cost_error" in lines.columns else pl.lit(None, dtype=pl.Float64)
    return lines.with_columns((pl.col("supply_cost") + pl.col("downtime_cost")).alias("total_cost"), known)


def best_options(run: Run) -> pl.DataFrame:
    """Schema BEST_OPTIONS: the package first, then the parts in the order of the results."""
    return pl.concat([_package(run), _parts(run)])


def _package(run: Run) -> pl.DataFrame:
    names = option_names(run)
    cost, availability = by_replication(run, "total_cost"), by_replication(run, "availability")
    order = np.argsort(cost.mean(axis=0), kind="stable")
    row: dict[str, object] = {
        "part_id": "",
        "description": run.study.name,
        "best_option": names[order[0]],
        "total_cost": float(cost[:, order[0]].mean()),
        "availability": float(availability[:, order[0]].mean()),
        "most_available": names[int(np.argmax(availability.mean(axis=0)))],
        "verdict": "only",
    }
    if len(names) > 1:
        saving = mean_estimate(cost[:, order[1]] - cost[:, order[0]])
        verdict = "clear" if saving.low > 0.0 else NOT_ENOUGH
        row |= {"runner_up": names[order[1]], **columns("saving", saving), "verdict": verdict}
    return pl.DataFrame([row], schema=BEST_OPTIONS.schema)


def _parts(run: Run) -> pl.DataFrame:
    """Errors of two options are added as if unpaired: common random numbers only make the true one smaller."""
    ranked = line_costs(run).sort("total_cost", maintain_order=True)
    half = NORMAL * (pl.col("cost_error") ** 2 + pl.col("second_cost_error") ** 2).sqrt()
    saving = pl.col("second_total_cost") - pl.col("total_cost")
    return (
        ranked.group_by("part_id", maintain_order=True)
        .agg(
            pl.col("option", "description", "total_cost", "availability", "cost_error").first(),
            pl.col("option", "total_cost", "cost_error").get(1, null_on_oob=True).name.prefix("second_"),
            pl.col("option").get(pl.col("availability").arg_max()).alias("most_available"),
        )
        .with_columns(
            saving.alias("saving"),
            (saving - half).alias("saving_low"),
            (saving + half).alias("saving_high"),
        )
        .with_columns(
            pl.when(pl.col("second_option").is_null())
            .then(pl.lit("only"))
            .when(pl.col("saving_low") > 0.0)
            .then(pl.lit("clear"))
            .otherwise(pl.lit(NOT_ENOUGH))
            .alias("verdict")
        )
        .rename({"option": "best_option", "second_option": "runner_up"})
        .join(order_of_parts(run), on="part_id", maintain_order="right")
        .select(BEST_OPTIONS.names)
    )


def order_of_parts(run: Run) -> pl.DataFrame:
    """Each part once, in the order of the results."""
    return run.tables["line_results"].select("part_id").unique(maintain_order=True)
