"""The risk matrix with its digital column, and the parts whose best option differs from what it recommends.

El-Thalji 2025, table 3 (after NORSOK Z-008): class of spare x consequence of a failure -> recommended holding.
"""

from __future__ import annotations

import polars as pl

from spareverse.network.spare_class import ClassThresholds, spare_class
from spareverse.network.study_answers import MATRIX_LINES, NOT_ENOUGH, RISK_MATRIX
from spareverse.optimisation.warehouse.best_options import NORMAL, line_costs, order_of_parts
from spareverse.optimisation.warehouse.runs import Run

MATRIX: dict[tuple[str, str], str] = {
    ("first_line", "low"): "digital_no_stock",
    ("first_line", "medium"): "central_minimum",
    ("first_line", "high"): "site_and_central",
    ("not_frequent", "low"): "digital_no_stock",
    ("not_frequent", "medium"): "digital_no_stock",
    ("not_frequent", "high"): "central_minimum",
    ("capital", "low"): "digital_no_stock",
    ("capital", "medium"): "digital_no_stock",
    ("capital", "high"): "case_by_case",
}

_CELLS = pl.DataFrame(
    [(row, column, holding) for (row, column), holding in MATRIX.items()],
    schema={"spare_class": pl.String, "criticality": pl.String, "holding": pl.String},
    orient="row",
)


def matrix_lines(run: Run, thresholds: ClassThresholds | None = None) -> pl.DataFrame:
    """Schema MATRIX_LINES: one row per part, in the order of the results.

    Several options may hold as the matrix says: the cheapest of them stands for it, so that the difference is that of
    the holding. A case-by-case assessment is what the simulation does: it agrees with the best option.
    """
    costs = _classified(run, thresholds)
    best = costs.sort("total_cost", maintain_order=True).unique("part_id", keep="first", maintain_order=True)
    fitting = costs.with_columns(_fits(run).alias("fit")).filter(pl.col("fit").is_not_null())
    chosen = fitting.sort("fit", "total_cost", maintain_order=True).unique("part_id", keep="first", maintain_order=True)
    compared = ("option", "total_cost", "cost_error", "availability", "availability_half", "downtime_cost")
    rows = (
        order_of_parts(run)
        .join(best, on="part_id", how="left", maintain_order="left")
        .join(chosen.select("part_id", *compared), on="part_id", how="left", suffix="_matrix", maintain_order="left")
    )
    money_half = NORMAL * (pl.col("cost_error") ** 2 + pl.col("cost_error_matrix") ** 2).sqrt()
    share_half = (pl.col("availability_half") ** 2 + pl.col("availability_half_matrix") ** 2).sqrt()
    same = pl.col("option") == pl.col("option_matrix")
    money = pl.col("total_cost_matrix") - pl.col("total_cost")
    share = pl.col("availability") - pl.col("availability_matrix")
    return rows.with_columns(
        pl.col("option").alias("best_option"),
        pl.col("option_matrix").alias("matrix_option"),
        *_limits("money", money, money_half, same),
        *_limits("availability_difference", share, share_half, same),
        (pl.col("downtime_cost") - pl.col("downtime_cost_matrix")).alias("downtime_difference"),
        pl.when(pl.col("option_matrix").is_null())
        .then(pl.lit("no_option"))
        .when(same | (money == 0.0))
        .then(pl.lit("agrees"))
        .when(money - money_half > 0.0)
        .then(pl.lit("differs"))
        .otherwise(pl.lit(NOT_ENOUGH))
        .alias("verdict"),
    ).select(MATRIX_LINES.names)


def risk_matrix(lines: pl.DataFrame) -> pl.DataFrame:
    """Schema RISK_MATRIX: the nine cells, with the parts of ``matrix_lines`` that lie in each."""
    counted = lines.group_by("spare_class", "criticality").agg(
        pl.len().cast(pl.Int64).alias("parts"),
        (pl.col("verdict") == "differs").sum().cast(pl.Int64).alias("differing"),
        pl.col("money").filter(pl.col("verdict") == "differs").sum(),
    )
    return (
        _CELLS.join(counted, on=["spare_class", "criticality"], how="left", maintain_order="left")
        .with_columns(pl.col("parts", "differing").fill_null(0), pl.col("money").fill_null(0.0))
        .select(RISK_MATRIX.names)
    )


def _classified(run: Run, thresholds: ClassThresholds | None) -> pl.DataFrame:
    """Costs of each part under each option, with class, consequence and the holding the matrix recommends."""
    costs = line_costs(run)
    parts = (
        costs.unique("part_id", keep="first", maintain_order=True)
        .with_columns(
            pl.col("spare_class").is_null().alias("derived"),
            pl.coalesce("spare_class", spare_class(thresholds)).alias("spare_class"),
            pl.col("criticality").fill_null("medium"),
        )
        .select("part_id", "spare_class", "criticality", "derived")
    )
    return (
        costs.drop("spare_class", "criticality")
        .join(parts, on="part_id", maintain_order="left")
        .join(_CELLS, on=["spare_class", "criticality"], how="left", maintain_order="left")
        .with_columns(
            pl.when("derived").then(pl.lit("derived")).otherwise(pl.lit("given")).alias("class_source"),
            ((pl.col("availability_high") - pl.col("availability_low")) / 2.0).alias("availability_half"),
        )
    )


def _fits(run: Run) -> pl.Expr:
    """How well the option's holding is the matrix's: 0 exactly, 1 the nearest there is, null not at all."""
    printed = [option.name for option in run.study.options if option.warehouse != "physical"]
    site, central = pl.col("initial_stock") > 0, pl.col("central_stock").fill_null(0) > 0
    holding = pl.col("holding")
    return (
        pl.when(holding == "case_by_case")
        .then(pl.lit(0))
        .when((holding == "digital_no_stock") & ~site & ~central & pl.col("option").is_in(printed))
        .then(pl.lit(0))
        .when((holding == "central_minimum") & central)
        .then(site.cast(pl.Int32))
        .when((holding == "site_and_central") & site)
        .then((~central).cast(pl.Int32))
        .otherwise(None)
    )


def _limits(name: str, value: pl.Expr, half: pl.Expr, same: pl.Expr) -> list[pl.Expr]:
    """Value and limits; an option does not differ from itself."""
    none = pl.when(same).then(0.0)
    return [
        none.otherwise(value).alias(name),
        none.otherwise(value - half).alias(f"{name}_low"),
        none.otherwise(value + half).alias(f"{name}_high"),
    ]
