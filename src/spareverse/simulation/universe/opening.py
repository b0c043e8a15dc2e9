"""The real state at the start: orders under way and customers waiting."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Streams, Whole
from spareverse.network.network import Network
from spareverse.simulation.universe.customers import Customers
from spareverse.simulation.universe.keys import name_keys
from spareverse.simulation.universe.laws import DAY, LawTable
from spareverse.simulation.universe.sources import Sources


def compile_under_way(network: Network, stock: pl.DataFrame, sources: Sources, laws: LawTable) -> tuple[Whole, Streams]:
    """[., 5] ORDER_STOCK to ORDER_DUE by stock point, and the keys of their streams. An order whose source is not
    named, or not one of the stock point, comes from the first."""
    points = stock.select("part_id", "place_id").with_row_index("stock").cast({"stock": pl.Int64})
    table = network["opening_orders"]
    rows = table.join(points, on=["part_id", "place_id"], how="inner").sort(
        "stock", "source_id", "ordered_days_ago", "quantity", "due_in"
    )
    ordinary = (
        pl.DataFrame({"stock": sources.stock}).with_columns(source_id=sources.names["source_id"]).with_row_index("row")
    )
    ordinary = ordinary.cast({"row": pl.Int64}).unique(["stock", "source_id"], keep="first", maintain_order=True)
    named = rows.join(ordinary, on=["stock", "source_id"], how="left", maintain_order="left")["row"].to_numpy()
    of_stock = rows["stock"].to_numpy().astype(np.int64)
    source = np.where(np.isnan(named.astype(np.float64)), sources.first[of_stock], named).astype(np.int64)
    given = np.column_stack(
        [
            of_stock,
            source,
            rows["quantity"].to_numpy(),
            -np.rint(rows["ordered_days_ago"].fill_null(0.0).to_numpy() * DAY),
            laws.rows(laws.numbers(rows["due_in"])),
        ]
    ).astype(np.int64)
    numbered = rows.with_columns(pl.int_range(pl.len()).over("stock").alias("n"))
    age = numbered["n"].cast(pl.String)
    return given.reshape(-1, 5), name_keys("under way", rows["part_id"], rows["place_id"], age)


def compile_waiting(network: Network, stock: pl.DataFrame, customers: Customers) -> Whole:
    """[., 3] WAIT_CUSTOMER to WAIT_SINCE, by stock point and, the longest waiting first, by age."""
    of_customer = customers.names.with_row_index("customer").cast({"customer": pl.Int64})
    of_customer = of_customer.with_columns(stock=pl.Series(customers.given[:, a.CUSTOMER_STOCK]))
    of_customer = of_customer.unique(["part_id", "place_id", "customer_id"], keep="first", maintain_order=True)
    rows = (
        network["opening_backorders"]
        .join(of_customer, on=["part_id", "place_id", "customer_id"], how="inner", nulls_equal=True)
        .sort("stock", "waiting_days", "customer", "quantity", descending=[False, True, False, False])
    )
    since = -np.rint(rows["waiting_days"].fill_null(0.0).to_numpy() * DAY)
    return (
        np.column_stack([rows["customer"].to_numpy(), rows["quantity"].to_numpy(), since])
        .astype(np.int64)
        .reshape(-1, 3)
    )
