"""A network as a plan would have it: its reorder points and order quantities instead of today's."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from spareverse.network.network import Network

_POINT = ["part_id", "place_id"]
ON_DEMAND = -1.0
"""Reorder point of a plan that means: bought when it is asked for."""


def with_plan(network: Network, plan: pl.DataFrame) -> Network | None:
    """The network with the rules of a plan (part_id, place_id, reorder_point, order_quantity); None if it has them.

    Rows without a place are of the only place that keeps the part. What the network does not have is left out.
    """
    stock = network["stock"].with_row_index("row")
    alone = stock.filter(pl.len().over("part_id") == 1).select("part_id", pl.col("place_id").alias("only"))
    rows = plan.join(alone, on="part_id", how="left", maintain_order="left").with_columns(
        place_id=pl.coalesce(pl.when(pl.col("place_id") != "").then("place_id"), "only")
    )
    rules = rows.select(
        *_POINT, pl.col("reorder_point").alias("planned"), pl.col("order_quantity").alias("quantity")
    ).drop_nulls()  # fmt: skip
    joined = stock.join(rules.unique(_POINT), on=_POINT, how="left", maintain_order="left")
    has, kept = pl.col("planned").is_not_null(), pl.col("planned") > ON_DEMAND
    changed = joined.with_columns(
        policy=pl.when(has & kept)
        .then(pl.lit("reorder_point"))
        .when(has)
        .then(pl.lit("on_demand"))
        .otherwise("policy"),
        reorder_point=pl.when(has & kept).then(pl.col("planned").cast(pl.Int64)).otherwise("reorder_point"),
        order_quantity=pl.when(has & kept)
        .then(pl.max_horizontal(pl.col("quantity").cast(pl.Int64), 1))
        .otherwise("order_quantity"),
    ).select(network["stock"].columns)
    same = pl.col("policy", "reorder_point", "order_quantity")
    if changed.select(same).equals(network["stock"].select(same)):
        return None
    return replace(network, tables={**network.tables, "stock": changed})
