"""How many pieces to order at a time: economic, within what the supplier accepts, at prices that fall with quantity."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.portfolio.problem import OrderOptions
from spareverse.optimisation.single_item.eoq import order_quantity_column

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DAYS_A_YEAR = 365.0
LONGEST_SUPPLY_YEARS = 2.0
"""An order lasts at most so long, unless the least quantity alone lasts longer."""
INDIFFERENT = 0.01
"""Quantities whose yearly cost is within this share of the cheapest are left to the plan, which weighs their stock."""
LARGEST_QUANTITY = 1e6
ASSUMED_PRICES = ("given", "assumed")
"""Sources of a unit cost that say nothing of the part itself."""


def order_quantities(data: PlanningData, pieces_a_year: Floats) -> Integers:
    """[items] economic order quantity, at most two years of demand, at least the minimum, in whole packs.

    Where the price is assumed nothing is economic: orders are as small as the supplier takes them.
    """
    return _quantities(data.items, pieces_a_year, pl.lit(1.0))


def _quantities(items: pl.DataFrame, pieces_a_year: Floats, from_quantity: pl.Expr) -> Integers:
    """Economic quantities of rows with unit_cost, holding_cost, ordering_cost, min_order_quantity, pack_size."""
    pack = pl.col("pack_size").clip(lower_bound=1.0).fill_null(1.0).ceil()
    economic = order_quantity_column(
        pl.col("__pieces") / DAYS_A_YEAR, pl.col("ordering_cost"), pl.col("holding_cost"), pl.lit(1.0), pack
    )
    # Holding that costs nothing would order without end.
    longest = (pl.min_horizontal(pl.col("__pieces") * LONGEST_SUPPLY_YEARS, LARGEST_QUANTITY) / pack).ceil()
    least = (pl.max_horizontal(pl.col("min_order_quantity").fill_null(1.0), from_quantity) / pack).ceil()
    wanted = pl.min_horizontal(economic.fill_nan(1.0) / pack, longest)
    priced = ~pl.col("unit_cost_source").is_in(ASSUMED_PRICES).fill_null(value=False)
    packs = pl.max_horizontal(pl.when(priced).then(wanted), least, 1.0)
    frame = items.with_columns(pl.Series("__pieces", pieces_a_year))
    return frame.select((packs * pack).round().cast(pl.Int64).alias("quantity"))["quantity"].to_numpy()


def quantity_options(data: PlanningData, pieces_a_year: Floats, price_breaks: pl.DataFrame) -> OrderOptions:
    """Order options where the price falls with the quantity.

    ``price_breaks``: item, from_quantity, unit_cost; the part's own price holds below the first break. Of the economic
    quantities at each price those are kept whose yearly cost (purchase, orders, holding) is the least, or within 1 % of
    it.
    """
    items = data.items.with_columns(pl.Series("__pieces", pieces_a_year), pl.lit(1.0).alias("__from"))
    broken = items.join(
        price_breaks.select("item", pl.col("from_quantity").alias("__least"), pl.col("unit_cost").alias("__price")),
        on="item",
    )
    # The cost of holding a piece moves with its price.
    broken = broken.with_columns(
        pl.col("__least").alias("__from"),
        pl.col("__price").alias("unit_cost"),
        pl.col("holding_cost") * pl.col("__price") / pl.col("unit_cost"),
    ).drop("__least", "__price")
    offered = pl.concat([items, broken], how="vertical_relaxed")
    quantity = _quantities(offered, offered["__pieces"].to_numpy(), pl.col("__from"))
    pieces = pl.col("__pieces")
    cost = (
        pieces * pl.col("unit_cost")
        + pieces / pl.col("quantity") * pl.col("ordering_cost")
        + 0.5 * DAYS_A_YEAR * pl.col("holding_cost") * pl.col("quantity")
    )
    kept = (
        offered.with_columns(pl.Series("quantity", quantity))
        # an order large enough for the next break is paid at that break's price
        .with_columns(pl.col("unit_cost").min().over("item", "quantity"))
        .unique(["item", "quantity"], keep="first", maintain_order=True)
        .with_columns(cost.alias("__cost"))
        .filter(pl.col("__cost") <= (1.0 + INDIFFERENT) * pl.col("__cost").min().over("item"))
        .sort("item", "quantity")
    )
    counts = np.bincount(kept["item"].to_numpy(), minlength=len(data))
    return OrderOptions(
        np.concatenate([[0], np.cumsum(counts)]), kept["quantity"].to_numpy(), kept["unit_cost"].to_numpy()
    )
