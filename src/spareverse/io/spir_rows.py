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
    parts = _parts(study.lines)
    results = results.select(
        stock_part="part_id", option="option", follows=pl.coalesce("follows", "option"), verdict="verdict",
        unit_price="unit_price", lead_time_days="lead_time_days", policy="policy", at_site="initial_stock",
        central="central_stock", reorder_point="reorder_point", order_quantity="order_quantity",
        order_up_to="order_up_to", first_fill="first_fill", two_year="two_year", insurance="insurance",
        availability="availability", class_found="spare_class",
    )  # fmt: skip
    rows = parts.join(results, on="stock_part", how="left", maintain_order="left")
    return _finished(rows, study, answers)


def _parts(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per part: its tags with the pieces in each, its demand over all of them."""
    pieces = pl.col("installed_quantity").cast(pl.String)
    tag = pl.when(pl.col("installed_quantity") == 1).then("tag").otherwise(pl.format("{} ({})", "tag", pieces))
    rank = pl.col("criticality").replace_strict(_RANK, return_dtype=pl.Int64)
    return (
        lines.with_columns(stock_part=pl.coalesce("interchange_group", "part_id"), __tag=tag, __rank=rank)
        .group_by("stock_part", "part_id", maintain_order=True)
        .agg(
            pl.col("description", "vendor", "interchange_group", "spare_class").drop_nulls().first(),
            tags=pl.col("__tag").str.join(", "),
            criticality=pl.col("criticality").sort_by("__rank").last(),
            demand_per_year=(pl.col("failures_per_year") * pl.col("installed_quantity")).sum(),
            installed_quantity=pl.col("installed_quantity").sum(),
        )
        .with_columns(item=pl.int_range(1, pl.len() + 1), demand_per_month=pl.col("demand_per_year") / MONTHS)
    )


def _finished(rows: pl.DataFrame, study: Study, answers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    names = list(TABLE.names)
    kinds = {option.name: option.warehouse for option in study.options}
    titles = {option.name: option.title or option.name for option in study.options}
    derived = answers.get("matrix_lines")
    classes = dict(derived.select("part_id", "spare_class").drop_nulls().iter_rows()) if derived is not None else {}
    warehouse = pl.col("follows").replace_strict(kinds, default=None, return_dtype=pl.String)
    site, central = pl.col("at_site").fill_null(0), pl.col("central").fill_null(0)
    first = pl.int_range(pl.len()).over("stock_part") == 0
    owner = pl.col("item").first().over("stock_part")
    levels = ("at_site", "reorder_point", "order_quantity", "order_up_to", "first_fill", "two_year", "insurance")
    on_demand = pl.col("policy") == "on_demand"
    found = rows.with_columns(
        warehouse=warehouse,
        location=_location(site, central, warehouse),
        commissioning=site + central,
        spare_class=pl.coalesce(
            "spare_class",
            "class_found",
            pl.col("stock_part").replace_strict(classes, default=None, return_dtype=pl.String),
        ),
        remark=_remark(first, owner, titles),
        option=pl.col("follows"),
        **{name: pl.when(~on_demand).then(name) for name in ("reorder_point", "order_quantity", "order_up_to")},
    )
    found = found.with_columns(pl.when(first).then(name).alias(name) for name in ("commissioning", *levels))
    return found.select(names).cast(dict(TABLE.schema))  # type: ignore[arg-type]


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


def _remark(first: pl.Expr, owner: pl.Expr, titles: Mapping[str, str]) -> pl.Expr:
    follows = pl.col("follows").replace_strict(dict(titles), default=None, return_dtype=pl.String)
    remarks = (
        pl.when(~first).then(pl.format("stock kept under item {}", owner)),
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
