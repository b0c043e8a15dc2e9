"""Small networks for tests of the simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from spareverse.network.universe import ASSETS, POSITIONS, STATIONS, STOCK_POINTS, Universe


def assets(names: Sequence[str], *, ages: str = "while_working") -> pl.DataFrame:
    rows = [{"asset_id": name, "ages": ages, "profile": -1, "access": -1, "critical": True} for name in names]
    return pl.DataFrame(rows, schema=ASSETS.schema)


def position(asset: str, stock: str, life: str, **more: Any) -> dict[str, Any]:
    return {
        "position_id": f"{asset}/{stock}",
        "asset_id": asset,
        "block": stock,
        "needed": 1,
        "stock_id": stock,
        "life": life,
        "replacement": "0",
        "warning": None,
    } | more


def stock_point(name: str, **more: Any) -> dict[str, Any]:
    return {
        "stock_id": name,
        "part_id": name,
        "place_id": "site",
        "initial_stock": 0,
        "policy": "base_stock",
        "reorder_point": 0,
        "order_quantity": 0,
        "order_up_to": 0,
        "basis": "position",
        "emergency": "none",
        "anticipates": False,
        "lead_time": "10",
        "service_level": 0.95,
        "expected_rate_per_h": 1.0,
    } | more


def universe(
    of_assets: pl.DataFrame, positions: list[dict[str, Any]], stocks: list[dict[str, Any]], **more: Any
) -> Universe:
    stations = more.pop("stations", {})
    rows = [{"station_id": name, "servers": servers} for name, servers in stations.items()]
    return Universe(
        of_assets,
        pl.DataFrame(positions, schema=POSITIONS.schema),
        pl.DataFrame(stocks, schema=STOCK_POINTS.schema),
        pl.DataFrame(rows, schema=STATIONS.schema),
        **more,
    )
