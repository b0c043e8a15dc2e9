"""What fees cover, through time: cumulative cost of parts against subscriptions (El-Thalji 2025, figure 11)."""

from __future__ import annotations

import polars as pl

from spareverse.network.study import Study
from spareverse.network.study_answers import FEE_CHART
from spareverse.network.study_tables import COST_KINDS
from spareverse.optimisation.warehouse.runs import Run

SHOWN = ("parts", "holding", "fee", "covered", "total")


def fee_chart(run: Run) -> pl.DataFrame:
    """Schema FEE_CHART: means, by option, kind of cost and accounting period.

    Period 0 holds what is spent before the first period ends and in none of them: first stock and investment.
    ``covered``: the kinds that the study's fees cover, which is what a fee has to be compared with; where they cover
    nothing it stays at zero, and only totals can be compared.
    """
    periods = run.tables["periods"].select("option", "period", "until_h", *(f"{kind}_cost" for kind in COST_KINDS))
    every = pl.concat([_opening(run, periods), periods]).sort("option", "period")
    summed = every.with_columns(
        *(pl.col(f"{kind}_cost").fill_null(0.0).cum_sum().over("option").alias(kind) for kind in COST_KINDS)
    ).with_columns(
        pl.sum_horizontal(pl.lit(0.0), *sorted(covered_kinds(run.study))).alias("covered"),
        pl.sum_horizontal(COST_KINDS).alias("total"),
    )
    limits = run.tables["periods"].select(
        "option", "period", "cumulative_low", "cumulative_high", pl.lit("total").alias("kind")
    )
    return (
        summed.unpivot(SHOWN, index=["option", "period", "until_h"], variable_name="kind", value_name="cumulative")
        .join(limits, on=["option", "period", "kind"], how="left", maintain_order="left")
        .select(FEE_CHART.names)
        .cast(FEE_CHART.schema)
    )


def covered_kinds(study: Study) -> frozenset[str]:
    """What the fees of any option cover."""
    return frozenset().union(*(option.fee.covers for option in study.options))


def _opening(run: Run, periods: pl.DataFrame) -> pl.DataFrame:
    """Per option what the horizon's totals hold and the periods do not."""
    costs = [f"{kind}_cost" for kind in COST_KINDS]
    totals = run.tables["replications"].group_by("option", maintain_order=True).agg(pl.col(costs).mean())
    counted = periods.group_by("option", maintain_order=True).agg(pl.col(costs).sum())
    left = totals.join(counted, on="option", suffix="_counted")
    return left.select(
        "option",
        pl.lit(0, dtype=pl.Int64).alias("period"),
        pl.lit(0.0).alias("until_h"),
        # Sums of many periods leave rounding dust.
        *(
            pl.when((pl.col(cost) - pl.col(f"{cost}_counted")).abs() > 1e-9 * pl.col(cost).abs())
            .then(pl.col(cost) - pl.col(f"{cost}_counted"))
            .otherwise(0.0)
            .alias(cost)
            for cost in costs
        ),
    )
