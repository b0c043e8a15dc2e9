"""What is known of an item beside its lines: main supplier, today's rule and stock, price, expected lead time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from spareverse.history.history import History
from spareverse.history.items import KEY, numbered
from spareverse.history.lines import with_place
from spareverse.history.measures import PROMISED
from spareverse.network.sums import steady_sum


def with_supplier(items: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """The supplier with most lines in the window wins over the usual one of the parts table."""
    main = (
        cycles.drop_nulls("supplier_id")
        .group_by("item", "supplier_id")
        .len()
        .sort("len", "supplier_id", descending=[True, False])
        .unique("item", keep="first", maintain_order=True)
        .select("item", pl.col("supplier_id").alias("_main"))
    )
    return (
        items.join(main, on="item", how="left", maintain_order="left")
        .with_columns(pl.coalesce("_main", "supplier_id").alias("supplier_id"))
        .drop("_main")
    )


def rules_in_force(policies: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The newest rule of every part and place that held on the day; a rule without a day always held."""
    return (
        policies.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of))
        .sort("valid_from", nulls_last=False)
        .unique(KEY, keep="last", maintain_order=True)
    )


def newest_stock(stock: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The newest snapshot of every part and place up to the day; one without a day counts as the oldest."""
    return (
        stock.filter(pl.col("as_of").is_null() | (pl.col("as_of") <= as_of))
        .sort("as_of", nulls_last=False)
        .unique(KEY, keep="last", maintain_order=True)
    )


def rules_and_stock(
    tables: Mapping[str, pl.DataFrame], items: pl.DataFrame, as_of: date, *, by_place: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per item the rule in force on the day and the newest stock; places add up where they are not compared."""
    ruled = (
        numbered(with_place(rules_in_force(tables["policies"], as_of), by_place), items)
        .group_by("item")
        .agg(
            total("reorder_point").alias("current_reorder_point"),
            total("order_quantity").alias("current_order_quantity"),
            total("order_up_to").alias("current_order_up_to"),
            pl.col("policy").drop_nulls().first().alias("current_policy"),
            pl.col("planner").drop_nulls().first(),
        )
    )
    held = (
        numbered(with_place(newest_stock(tables["stock"], as_of), by_place), items)
        .group_by("item")
        .agg(total("on_hand"), total("on_order"), total("backordered"))
    )
    return ruled, held


def total(name: str) -> pl.Expr:
    """Sum of the known values, null when none is known."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum())


def with_expected_lead_time(items: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Median promise of the window's lines, else the planned lead time of the parts table; and which of the two."""
    promised = cycles.group_by("item").agg(PROMISED.median().alias("_promise"))
    return (
        items.join(promised, on="item", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("_promise", "expected_lead_time_days").alias("expected_lead_time_days"),
            pl.when(pl.col("_promise").is_not_null())
            .then(pl.lit("promise"))
            .when(pl.col("expected_lead_time_days").is_not_null())
            .then(pl.lit("master"))
            .otherwise(pl.lit("missing"))
            .alias("expected_lead_time_source"),
        )
        .drop("_promise")
    )


def prices_paid(history: History) -> pl.DataFrame:
    """Mean price paid per piece in the window, per item that was bought: columns item, paid."""
    window = history.window
    return (
        history.lines.filter(
            pl.col("ordered_on").is_between(window.since, window.until, closed="left") & (pl.col("unit_cost") > 0)
        )
        .group_by("item")
        .agg((steady_sum(pl.col("unit_cost") * pl.col("quantity")) / steady_sum(pl.col("quantity"))).alias("paid"))
    )


def with_unit_cost(items: pl.DataFrame, paid: pl.DataFrame, given: float | None = None) -> pl.DataFrame:
    """Price paid, else master data, else ``given``, else the median of the category, else of all parts, else 1.

    ``items`` with columns item, master_cost, category; ``paid`` as of ``prices_paid``.
    """
    assumed = pl.lit(given, dtype=pl.Float64)
    known = (
        items.join(paid, on="item", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("master_cost") > 0).then("master_cost").alias("_listed"))
        .with_columns(pl.coalesce("paid", "_listed").alias("_known"))
    )
    return (
        known.with_columns(pl.col("_known").median().over("category").alias("_typical"))
        .with_columns(
            pl.coalesce("_known", assumed, "_typical", pl.col("_known").median(), pl.lit(1.0)).alias("unit_cost"),
            pl.when(pl.col("paid").is_not_null())
            .then(pl.lit("purchases"))
            .when(pl.col("_listed").is_not_null())
            .then(pl.lit("parts"))
            .when(assumed.is_not_null())
            .then(pl.lit("given"))
            .when(pl.col("_typical").is_not_null())
            .then(pl.lit("category"))
            .otherwise(pl.lit("assumed"))
            .alias("unit_cost_source"),
        )
        .drop("paid", "_listed", "_known", "_typical")
    )
