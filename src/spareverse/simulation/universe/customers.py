"""Customers: streams of demand, and demands as recorded, with the terms of whom they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Streams, Whole
from spareverse.engine.sampling import LAW_SIZE
from spareverse.network.network import Network
from spareverse.simulation.universe.keys import name_keys, numbered
from spareverse.simulation.universe.laws import DAY, LawTable
from spareverse.simulation.universe.rates import RateTable

YEAR_S = 365 * DAY
CENTS = 100
NOBODY = 2
"""Priority of who is nobody in particular."""


@dataclass(frozen=True)
class Customers:
    """Rows of customers, sorted by stock point; laws by text are still numbers until ``with_laws``."""

    given: Whole
    """[C, 12] CUSTOMER_STOCK ... TRACE_END"""
    names: pl.DataFrame
    """customer_id; part_id and place_id of its stock point"""
    keys: Streams
    traces: Whole

    def reordered(self, order: Whole) -> Customers:
        """For stock points in another order, which become the order of the customers."""
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        given = self.given.copy()
        given[:, a.CUSTOMER_STOCK] = place[given[:, a.CUSTOMER_STOCK]]
        rows = np.argsort(given[:, a.CUSTOMER_STOCK], kind="stable")
        return replace(self, given=given[rows], names=self.names[rows], keys=self.keys[rows])


def compile_customers(network: Network, stock: pl.DataFrame, laws: LawTable, rates: RateTable) -> Customers:
    """All streams of demand and all recorded demands, by stock point and customer."""
    points = stock.select("part_id", "place_id", "category").with_row_index("stock").cast({"stock": pl.Int64})
    streams = network["demands"].with_columns(recorded=pl.lit(value=False))
    traces = network["demand_traces"].sort("part_id", "place_id", "customer_id", "day", "pieces").with_row_index("row")
    recorded = (
        traces.group_by("part_id", "place_id", "customer_id", maintain_order=True)
        .agg(pl.col("row").min().cast(pl.Int64).alias("first"), (pl.col("row").max().cast(pl.Int64) + 1).alias("end"))
        .with_columns(recorded=pl.lit(value=True))
    )
    waiting = network["opening_backorders"].select("part_id", "place_id", "customer_id").unique()
    known = pl.concat([streams, recorded], how="diagonal").select("part_id", "place_id", "customer_id")
    silent = waiting.join(known, on=waiting.columns, how="anti", nulls_equal=True).with_columns(
        recorded=pl.lit(value=True), first=pl.lit(0, pl.Int64), end=pl.lit(0, pl.Int64)
    )
    rows = (
        pl.concat([streams, recorded, silent], how="diagonal")
        .join(points, on=["part_id", "place_id"], how="inner")
        .join(network["customers"], on="customer_id", how="left")
        .sort("stock", "customer_id", "recorded")
    )
    by_rate = rows["gap"].is_null().to_numpy() & ~rows["recorded"].to_numpy()
    per_year = rows["per_year"].fill_null(0.0).to_numpy()
    quiet = by_rate & (per_year <= 0.0)
    gap = laws.numbers(rows["gap"])
    which = laws.set_exponentials(np.where(by_rate & ~quiet, YEAR_S / np.where(per_year > 0.0, per_year, 1.0), 1.0))
    gap_rows = np.where(by_rate, which * LAW_SIZE, laws.rows(gap))
    profile = rates.of_demands(rows)
    patience = rows["patience_days"].is_null().to_numpy()
    commitment = rows["commitment_days"].is_null().to_numpy()

    def scaled(column: str, scale: float) -> Whole:
        return np.rint(rows[column].fill_null(0.0).to_numpy() * scale).astype(np.int64)

    columns: dict[int, Whole] = {
        a.CUSTOMER_STOCK: rows["stock"].to_numpy(),
        a.GAP: np.where(rows["recorded"].to_numpy() | quiet, -1, gap_rows),
        a.SIZE: laws.rows(laws.numbers(rows["pieces"], "pieces")),
        a.DEMAND_PROFILE: profile,
        a.CLASS: np.clip(rows["priority"].fill_null(NOBODY).to_numpy(), 1, a.CLASSES) - 1,
        a.PATIENCE: np.where(patience, -1, scaled("patience_days", DAY)),
        a.MARKET: numbered(rows["market_id"], network["markets"]["market_id"].sort()),
        a.COMMITMENT: np.where(commitment, -1, scaled("commitment_days", DAY)),
        a.PENALTY: scaled("penalty_per_piece_day", CENTS * 1000.0),
        a.LOST_COST: scaled("lost_sale_cost", CENTS),
        a.TRACE: rows["first"].fill_null(0).to_numpy(),
        a.TRACE_END: rows["end"].fill_null(0).to_numpy(),
    }
    given = np.zeros((rows.height, a.TRACE_END + 1), np.int64)
    for column, values in columns.items():
        given[:, column] = values
    keys = name_keys("customer", *(rows[name] for name in ("part_id", "place_id", "customer_id")))
    seconds = traces.select((pl.col("day") * DAY).round().cast(pl.Int64), "pieces").to_numpy().astype(np.int64)
    return Customers(given, rows.select("customer_id", "part_id", "place_id"), keys, seconds.reshape(-1, 2))
