"""Stock points: part x place, with policy, levels and what they pay from."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole
from spareverse.network.network import Network
from spareverse.simulation.universe.keys import numbered
from spareverse.simulation.universe.laws import DAY, LawTable
from spareverse.simulation.universe.sources import Sources

YEAR_S = 365 * DAY
GRAMS = 1_000


def sorted_stock(network: Network) -> pl.DataFrame:
    """The table of stock with the facts of its parts and the number of its place, by part and place."""
    places = network["places"].select("place_id").sort("place_id").with_row_index("place")
    parts = network["parts"].select("part_id", "category", "unit_cost", "weight_kg", "shelf_life_days")
    return (
        network["stock"]
        .join(parts, on="part_id", how="left", maintain_order="left")
        .join(places, on="place_id", how="left", maintain_order="left")
        .with_columns(pl.col("unit_cost").fill_null(0.0), pl.col("weight_kg").fill_null(1.0))
        .sort("part_id", "place_id")
    )


def compile_stocks(network: Network, stock: pl.DataFrame, sources: Sources, laws: LawTable) -> Whole:
    """Columns PLACE to USUAL_LEAD of the stock points."""
    policy = pl.col("policy")
    by_level = policy.is_in(["base_stock", "on_demand"])
    up_to = pl.when(policy == "on_demand").then(0).otherwise("order_up_to")
    kinds = [*a.POLICY_KINDS, "on_demand"]
    full = (
        pl.when(policy.is_in(["reorder_point", "adaptive"]))
        .then(pl.col("reorder_point") + pl.col("order_quantity"))
        .otherwise(up_to)
    )
    reorder_at = pl.when(by_level).then(up_to - 1).otherwise("reorder_point")
    values = stock.select(
        place=pl.col("place"),
        initial=pl.coalesce("initial_stock", full).clip(lower_bound=0),
        policy=policy.replace_strict(kinds, [*range(len(a.POLICY_KINDS)), a.ON_BASE_STOCK], return_dtype=pl.Int64),
        reorder_at=reorder_at,
        usual_order=pl.when(policy == "periodic").then(1).otherwise((full - reorder_at).clip(lower_bound=1)),
        batch=pl.col("order_quantity"),
        up_to=up_to,
        expedites=pl.col("expedite_at").is_not_null().cast(pl.Int64),
        expedite_at=pl.col("expedite_at").fill_null(0).clip(lower_bound=0),
        rule=pl.col("sourcing_rule").replace_strict(
            list(a.SOURCING_RULES), range(len(a.SOURCING_RULES)), return_dtype=pl.Int64
        ),
        weight=(pl.col("weight_kg") * GRAMS).round().cast(pl.Int64),
        shelf=(pl.col("shelf_life_days").fill_null(0.0) * DAY).round().cast(pl.Int64),
        review=(pl.col("review_interval_days").fill_null(7.0) * DAY).round().cast(pl.Int64).clip(lower_bound=1),
        service=(pl.col("service_level").fill_null(0.95) * 1_000_000).round().cast(pl.Int64),
        every=(YEAR_S / pl.col("expected_per_year").fill_null(1.0)).round().cast(pl.Int64),
    )
    columns: dict[int, Whole | pl.Series] = {
        a.PLACE: values["place"],
        a.INITIAL: values["initial"],
        a.POLICY: values["policy"],
        a.REORDER_AT: values["reorder_at"],
        a.BATCH: values["batch"],
        a.UP_TO: values["up_to"],
        a.EMERGENCY_RULE: values["expedites"],
        a.EXPEDITE_AT: np.maximum(values["expedite_at"].to_numpy(), 1),
        a.SOURCES: sources.first,
        a.SOURCES_END: sources.end,
        a.EXPEDITE: sources.emergency,
        a.SOURCING_RULE: values["rule"],
        a.BUDGET: numbered(stock["budget_id"], network["budgets"]["budget_id"].sort()),
        a.WEIGHT: values["weight"],
        a.SHELF_LIFE: values["shelf"],
        a.REVIEW_EVERY: values["review"],
        a.SERVICE_PPM: values["service"],
        a.DEMAND_EVERY: values["every"],
        a.USUAL_LEAD: sources.usual_lead(laws, values["usual_order"].to_numpy()),
    }
    given = np.zeros((stock.height, a.USUAL_LEAD + 1), np.int64)
    for column, of_stock in columns.items():
        given[:, column] = of_stock
    return given[:, a.PLACE :]
