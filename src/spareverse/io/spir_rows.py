"""Rows of a SPIR sheet from the results of a study: one per part, under one option or under the best for each."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.io.spir_columns import TABLE
from spareverse.network.study import Option, Study
from spareverse.network.study_answers import NOT_ENOUGH

MONTHS = 12.0
_RANK = {"low": 0, "medium": 1, "high": 2}


def best_options(lines: pl.DataFrame, answers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``part_id, option, verdict`` of each stocked part: the answer of the study, else the cheapest by the means."""
    best = answers.get("best_options")
    if best is not None and best.height:
        parts = best.filter(pl.col("part_id").fill_null("") != "")
        return parts.select("part_id", "verdict", option="best_option")
    cost = pl.col("supply_cost").fill_null(0.0) + pl.col("downtime_cost").fill_null(0.0)
    cheapest = lines.sort(cost, maintain_order=True).unique("part_id", keep="first", maintain_order=True)
    return cheapest.select("part_id", pl.lit("").alias("verdict"), "option")


def spir_rows(
    study: Study, line_results: pl.DataFrame, answers: Mapping[str, pl.DataFrame], option: str | None = None
) -> pl.DataFrame:
    """The sheet's rows, in the order of the package (schema ``spir_columns.TABLE``).

    option
        Every part under this option; else each under its best.
    """
    best = best_options(line_results, answers)
    chosen = best if option is None else best.with_columns(pl.lit(option).alias("option"), verdict=pl.lit(""))
    results = line_results.join(chosen, on=["part_id", "option"], how="inner")
    quantities = answers.get("quantities")
    if quantities is not None and quantities.height:
        wanted = quantities.select("option", "part_id", "first_fill", "two_year", "insurance")
        results = results.join(wanted, on=["option", "part_id"], how="left")
    else:
        results = results.with_columns(
            pl.lit(None, pl.Int64).alias(name) for name in ("first_fill", "two_year", "insurance")
        )
    results = results.select(
        "option",
        "verdict",
        "unit_price",
        "lead_time_days",
        "policy",
        "reorder_point",
        "order_quantity",
        "order_up_to",
        "first_fill",
        "two_year",
        "insurance",
        "availability",
        "availability_low",
        "availability_high",
        stock_part="part_id",
        follows=pl.coalesce("follows", "option"),
        at_site=pl.col("initial_stock").fill_null(0),
        central=pl.col("central_stock").fill_null(0),
        class_found="spare_class",
    )
    rows = _parts(study.lines).join(results, on="stock_part", how="left", maintain_order="left")
    rows = _with_levels(rows).with_columns(spare_class=_spare_class(answers))
    return _with_supply(rows, study).select(TABLE.names).cast(dict(TABLE.schema))  # type: ignore[arg-type]


def _parts(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per part: its tags with the pieces in each, its demand over all of them."""
    pieces = pl.col("installed_quantity").cast(pl.String)
    tag = pl.when(pl.col("installed_quantity") == 1).then("tag").otherwise(pl.format("{} ({})", "tag", pieces))
    rank = pl.col("criticality").replace_strict(_RANK, return_dtype=pl.Int64)
    return (
        lines.with_columns(stock_part=pl.coalesce("interchange_group", "part_id"), __tag=tag, __rank=rank)
        .group_by("stock_part", "part_id", maintain_order=True)
        .agg(
            pl.col("description", "vendor", "interchange_group", "spare_class", "rate_source").drop_nulls().first(),
            tags=pl.col("__tag").str.join(", "),
            criticality=pl.col("criticality").sort_by("__rank").last(),
            demand_per_year=(pl.col("failures_per_year") * pl.col("installed_quantity")).sum(),
            installed_quantity=pl.col("installed_quantity").sum(),
        )
        .with_columns(item=pl.int_range(1, pl.len() + 1), demand_per_month=pl.col("demand_per_year") / MONTHS)
    )


def _with_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """The levels that the policy of the part uses, once for each stock: on the first part of an interchange group."""
    policy, up_to = pl.col("policy"), pl.col("order_up_to")
    used = {
        "reorder_point": pl.when(policy == "base_stock")
        .then(pl.when(up_to > 0).then(up_to - 1))
        .when(policy != "on_demand")
        .then("reorder_point"),
        "order_quantity": pl.when(policy.is_in(["reorder_point", "adaptive"])).then("order_quantity"),
        "order_up_to": pl.when(policy.is_in(["order_up_to", "base_stock", "periodic"])).then("order_up_to"),
        "commissioning": pl.col("at_site") + pl.col("central"),
    }
    once = pl.int_range(pl.len()).over("stock_part") == 0
    quantities = (*used, "at_site", "first_fill", "two_year", "insurance")
    return rows.with_columns(**used).with_columns(
        *(pl.when(once).then(name).alias(name) for name in quantities),
        location_site="at_site",
        location_central="central",
        kept_under=pl.when(~once).then(pl.col("item").first().over("stock_part")),
    )


def _spare_class(answers: Mapping[str, pl.DataFrame]) -> pl.Expr:
    """The class the package gives, else the one that the risk matrix derived."""
    matrix = answers.get("matrix_lines")
    derived = {} if matrix is None else dict(matrix.select("part_id", "spare_class").drop_nulls().iter_rows())
    found = pl.col("stock_part").replace_strict(derived, default=None, return_dtype=pl.String)
    return pl.coalesce("spare_class", "class_found", found)


def _with_supply(rows: pl.DataFrame, study: Study) -> pl.DataFrame:
    kinds = {option.name: option.warehouse for option in study.options}
    titles = {option.name: option.title or option.name for option in study.options}
    warehouse = pl.col("follows").replace_strict(kinds, default=None, return_dtype=pl.String)
    return rows.with_columns(
        warehouse=warehouse,
        location=_location(pl.col("location_site"), pl.col("location_central"), warehouse),
        remark=_remark(titles),
        option=pl.col("follows"),
    )


def _location(site: pl.Expr, central: pl.Expr, warehouse: pl.Expr) -> pl.Expr:
    return (
        pl.when((site > 0) & (central > 0))
        .then(pl.lit("site and central"))
        .when(site > 0)
        .then(pl.lit("site"))
        .when(central > 0)
        .then(pl.lit("central"))
        .when(warehouse == "physical")
        .then(pl.lit("supplier"))
        .otherwise(pl.lit("digital"))
    )


def _remark(titles: Mapping[str, str]) -> pl.Expr:
    follows = pl.col("follows").replace_strict(dict(titles), default=None, return_dtype=pl.String)
    remarks = (
        pl.when(pl.col("kept_under").is_not_null()).then(pl.format("stock kept under item {}", "kept_under")),
        pl.when(pl.col("follows") != pl.col("option")).then(pl.format("does not qualify; follows {}", follows)),
        pl.when(pl.col("verdict") == NOT_ENOUGH).then(pl.lit("runner-up within the noise")),
    )
    return pl.concat_str(remarks, separator="; ", ignore_nulls=True)


def stock_value(rows: pl.DataFrame) -> float:
    """Money in the stock at commissioning."""
    return float((rows["commissioning"].fill_null(0) * rows["unit_price"].fill_null(0.0)).sum())


def options_summary(options: tuple[Option, ...], results: pl.DataFrame) -> pl.DataFrame:
    """One row per measure; for each option its mean and the 95 % limits of the mean."""
    measures = results.select("measure", "unit").unique("measure", maintain_order=True)
    for option in options:
        figures = results.filter(pl.col("option") == option.name)
        columns = {f"{option.name}: {words}": figures[name] for name, words in _FIGURES.items()}
        frame = pl.DataFrame({"measure": figures["measure"], **columns})
        measures = measures.join(frame, on="measure", how="left", maintain_order="left")
    return measures


_FIGURES = {"mean": "mean", "low": "95 % low", "high": "95 % high"}
