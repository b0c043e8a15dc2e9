"""The declared tables of a network to simulate: assets and their positions, stock points, stations.

A study is translated into these tables, and they into the engine's arrays; distributions are texts that
``network.distributions.parse`` reads, in hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from spareverse.network.schema import Column, Table
from spareverse.network.study import HOURS_PER_YEAR, Access, RateProfile

ASSETS = Table(
    "assets",
    "Assets",
    "What works, stops and is paid for while it stands still",
    (
        Column("asset_id", "text", "Asset", required=True),
        Column("ages", "text", "When its parts age", choices=("while_working", "always"), default="while_working"),
        Column("profile", "integer", "Rate profile it follows; -1: constant rates", default=-1),
        Column("access", "integer", "Calendar of when work can start; -1: at any time", default=-1),
        Column("critical", "boolean", "The system works only while all critical assets do", default=0),
    ),
    identity=("asset_id",),
)
POSITIONS = Table(
    "positions",
    "Positions",
    "One row per piece at work",
    (
        Column("position_id", "text", "Position; names its random streams", required=True),
        Column("asset_id", "text", "Asset it belongs to", required=True),
        Column("block", "text", "Positions of a block stand in for one another", required=True),
        Column("needed", "integer", "Pieces of the block the asset needs", "pieces", default=1),
        Column("stock_id", "text", "Stock point that serves it", required=True),
        Column("life", "text", "Time to failure in seconds of duty, as a distribution in hours", "h", required=True),
        Column("replacement", "text", "Time of the replacement", "h", required=True),
        Column("warning", "text", "Time by which a warning precedes the failure; empty: none", "h"),
    ),
    identity=("position_id",),
)
STOCK_POINTS = Table(
    "stock_points",
    "Stock points",
    "One row per part and place",
    (
        Column("stock_id", "text", "Stock point; names its random streams", required=True),
        Column("part_id", "text", "Part", required=True),
        Column("place_id", "text", "Place", required=True),
        Column("initial_stock", "integer", "Pieces at the start", "pieces", default=0),
        Column(
            "policy",
            "text",
            "Kind of policy",
            choices=("reorder_point", "order_up_to", "base_stock", "periodic", "adaptive"),
        ),
        Column("reorder_point", "integer", "Reorder point s", "pieces", default=0),
        Column("order_quantity", "integer", "Batch Q", "pieces", default=0),
        Column("order_up_to", "integer", "Order-up-to level S", "pieces", default=0),
        Column("basis", "text", "What is compared with s", choices=("position", "on_hand"), default="position"),
        Column(
            "emergency",
            "text",
            "What a demand without a spare does",
            choices=("none", "first_arrival", "own_piece"),
            default="none",
        ),
        Column("anticipates", "boolean", "A warning counts as a demand in the inventory position", default=0),
        Column("supplied_from", "text", "Stock point above; empty: a supplier without limits"),
        Column("station_id", "text", "Station its orders pass, for the lead time; empty: none"),
        Column("lead_time", "text", "From order (or shipment above) to receipt", "h", required=True),
        Column("expedite_lead_time", "text", "Of emergency orders; empty: the ordinary one", "h"),
        Column("shelf_life_h", "number", "A piece in stock is scrapped after; empty: never", "h"),
        Column("review_interval_h", "number", "Between the reviews of a periodic policy", "h"),
        Column("service_level", "number", "Of an adaptive policy"),
        Column("expected_rate_per_h", "number", "Demand an adaptive policy starts from", "1/h"),
    ),
    identity=("stock_id",),
)
STATIONS = Table(
    "stations",
    "Stations",
    "Servers with a queue that orders pass: a repair shop, a printer",
    (
        Column("station_id", "text", "Station", required=True),
        Column("servers", "integer", "Orders worked on at a time", required=True),
    ),
    identity=("station_id",),
)


@dataclass(frozen=True)
class Universe:
    """Everything the engine simulates, as tables of the schemas above."""

    assets: pl.DataFrame
    positions: pl.DataFrame
    stock_points: pl.DataFrame
    stations: pl.DataFrame = field(default_factory=STATIONS.empty)
    profiles: tuple[RateProfile, ...] = ()
    accesses: tuple[Access, ...] = ()
    horizon_h: float = 20 * HOURS_PER_YEAR
    warm_up_h: float = 0.0
    period_h: float = HOURS_PER_YEAR
