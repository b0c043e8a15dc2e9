"""Which open orders to expedite: the next one of every warned stock point, tried in runs paired with doing nothing."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel
from spareverse.network.components import OPENING_ORDERS
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.network.observer_tables import EXPEDITES
from spareverse.observer.paths import of_parts
from spareverse.observer.screen import POINT
from spareverse.simulation.forward import Futures, run_forward
from spareverse.special import student_quantile

PATHS, MOST_POINTS = 100, 1_000
LEAST_WAITING = 1.0
"""Piece-days of waiting that a step must spare to be worth it where it keeps no stock-out away."""
SOONER = 0.5
"""Of the time an order still takes, where its source names no emergency lead time."""


def tried_orders(
    network: Network, warned: pl.DataFrame, *, days: float, seed: int, threads: int | None = None,
    cancel: Cancel | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The next open order of every warned stock point, with what hurrying it changes: columns of EXPEDITES but the
    rank, and those of ``changes``.

    Both runs hold the parts concerned only, so that an order is judged by itself. Raises Cancelled.
    """
    orders = _next_orders(network, warned)
    if orders.is_empty():
        return orders
    own = of_parts(network, orders["part_id"].to_list())
    ahead = partial(run_forward, days=days, paths=PATHS, seed=seed, threads=threads, cancel=cancel)
    before, after = ahead(own), ahead(_hurried(own, orders))
    return orders.with_columns(changes(before, after, rows_of(before, orders.select(POINT)), days))


def expedites(tried: pl.DataFrame) -> pl.DataFrame:
    """Those that are worth it, by what hurrying them saves (schema EXPEDITES)."""
    if tried.is_empty():
        return EXPEDITES.empty()
    ranked = tried.filter(worth()).sort("money_change", "chance_change", *POINT)
    ranked = ranked.with_columns(rank=pl.int_range(1, pl.len() + 1))
    return EXPEDITES.completed(ranked).select(EXPEDITES.names).cast(EXPEDITES.schema)


def worth() -> pl.Expr:
    """Whether a step lowers the chance beyond noise, or shortens the wait beyond noise and by enough to be worth it,
    and raises neither beyond noise."""
    shorter = (pl.col("waiting_change_high") < 0) & (pl.col("waiting_change") <= -LEAST_WAITING)
    return ((pl.col("chance_change_high") < 0) | shorter) & no_worse("chance_change", "waiting_change")


def no_worse(*changes: str) -> pl.Expr:
    """Whether none of these rises beyond noise."""
    return pl.all_horizontal(pl.col(f"{name}_low") <= 0 for name in changes)


def rows_of(futures: Futures, points: pl.DataFrame) -> NDArray[np.int64]:
    """Row of each of the points (part_id, place_id) among the futures."""
    rows = futures.points.with_row_index("row").cast({"row": pl.Int64})
    return points.join(rows, on=list(POINT), how="left", maintain_order="left")["row"].to_numpy()


def changes(before: Futures, after: Futures, rows: NDArray[np.int64], days: float) -> list[pl.Series]:
    """chance_before, and paired differences with their limits: chance_change, waiting_change, money_change."""
    was, comes = (one.first_unfilled[rows] <= days for one in (before, after))
    differences = {
        "chance_change": comes.astype(np.float64) - was,
        "waiting_change": (after.waiting[rows] - before.waiting[rows]).astype(np.float64),
        "money_change": (after.money[rows] - before.money[rows]).astype(np.float64),
    }
    columns = [pl.Series("chance_before", was.mean(axis=1))]
    for name, change in differences.items():
        columns += estimated(name, change)
    return columns


def estimated(name: str, change: NDArray[np.float64]) -> list[pl.Series]:
    """Mean of [rows, paths] over the paths with its 95 % limits."""
    paths = change.shape[1]
    half = student_quantile(paths - 1, 0.975) * change.std(axis=1, ddof=1) / np.sqrt(paths)
    return [
        pl.Series(f"{name}{end}", change.mean(axis=1) + by) for end, by in (("", 0.0), ("_low", -half), ("_high", half))
    ]


def _next_orders(network: Network, warned: pl.DataFrame) -> pl.DataFrame:
    """One order per warned point: the one that is due first, with the days it takes as it is and if hurried."""
    due = {text: parse(text, unit="d").mean / 24.0 for text in network["opening_orders"]["due_in"].unique()}
    orders = (
        network["opening_orders"].with_row_index("order")
        .join(warned.select(POINT), on=list(POINT), how="semi")
        .with_columns(pl.col("due_in").replace_strict(due, default=0.0, return_dtype=pl.Float64).alias("due_day"))
        .sort(*POINT, "due_day").unique(POINT, keep="first", maintain_order=True)
    )  # fmt: skip
    return orders.join(quickest(network), on=list(POINT), how="left", maintain_order="left").with_columns(
        pl.min_horizontal(pl.col("due_day") * SOONER, pl.col("quick")).alias("sooner_day")
    )


def quickest(network: Network) -> pl.DataFrame:
    """part_id, place_id, quick: the shortest mean emergency lead time [d] of the sources that name one."""
    sourcing = network["sourcing"].filter(pl.col("emergency_lead_time").is_not_null())
    urgent = {text: parse(text, unit="d").mean / 24.0 for text in sourcing["emergency_lead_time"].unique()}
    named = pl.col("emergency_lead_time").replace_strict(urgent, default=None, return_dtype=pl.Float64)
    return sourcing.group_by(POINT).agg(named.min().alias("quick"))


def _hurried(network: Network, orders: pl.DataFrame) -> Network:
    """The network with those orders coming sooner."""
    table = network["opening_orders"]
    keys = OPENING_ORDERS.names
    sooner = orders.select(*keys, pl.format("{} d", pl.col("sooner_day").round(3)).alias("sooner"))
    hurried = table.join(sooner, on=keys, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.coalesce("sooner", "due_in").alias("due_in")
    )
    tables = {**network.tables, "opening_orders": hurried.select(table.columns)}
    return Network(tables, network.name, network.notices)
