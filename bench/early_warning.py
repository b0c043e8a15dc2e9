"""Warnings for a whole portfolio from today: a screen for all, paths for the doubtful, or for all that share."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Measurement, peak_memory_mb

from spareverse.examples import world_network
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.observer.screen import screened
from spareverse.observer.warnings import warn

LIMIT_S = 60.0
PARTS = 300_000


def measure(*, quick: bool) -> Iterator[Measurement]:
    parts = 3_000 if quick else PARTS
    yield from _warned("one store, parts share nothing", store(parts))
    yield from _warned("demo company, parts share suppliers' capacity and a budget", _world(parts))


def _warned(case: str, network: Network) -> Iterator[Measurement]:
    warn(network, weeks=1, paths=2)  # kernels are compiled
    points = network["stock"].height
    begin, cpu = time.perf_counter(), time.process_time()
    screened(network, 56.0)
    yield Measurement(
        f"screen, {case}, {points:,} stock points", time.perf_counter() - begin, "s", "the limit of all", LIMIT_S,
        cpu_seconds=time.process_time() - cpu,
    )  # fmt: skip
    begin, cpu = time.perf_counter(), time.process_time()
    outlook = warn(network, weeks=8)
    yield Measurement(
        f"warnings, {case}", time.perf_counter() - begin, "s", "the limit", LIMIT_S,
        cpu_seconds=time.process_time() - cpu, memory_mb=peak_memory_mb(),
        remark=f"{outlook.notices[0]} {outlook.events:,} events, {outlook.warnings.height:,} warnings",
    )  # fmt: skip


def _world(parts: int) -> Network:
    """The world network short of stock, without a warm-up."""
    network = with_distances(world_network.network(parts=parts))
    stock = network["stock"].with_columns((pl.col("reorder_point") * 0.5).floor().cast(pl.Int64))
    return Network({**network.tables, "stock": stock}, network.name)


def store(parts: int) -> Network:
    """One place, one supplier; slow movers, some short of stock, a third with an order under way."""
    draw = np.random.default_rng(4)
    names = pl.Series("part_id", [f"P{number:06}" for number in range(parts)])
    on_hand = draw.integers(0, 9, parts)
    some = np.flatnonzero(draw.random(parts) < 0.33)
    place = pl.lit("S").alias("place_id")
    due = pl.Series("due_in", [f"{days:.0f} d" for days in draw.uniform(2, 90, len(some))])
    tables = {
        "settings": pl.DataFrame({"horizon_days": [365.0]}),
        "places": pl.DataFrame({"place_id": ["S"]}),
        "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
        "parts": pl.DataFrame({"part_id": names, "unit_cost": draw.lognormal(4.0, 1.2, parts).round(2)}),
        "sourcing": pl.DataFrame({"place_id": ["S"], "source_id": ["F"], "lead_time": ["gamma(shape=4, mean=50)"]}),
        "stock": pl.DataFrame({"part_id": names, "policy": "reorder_point", "reorder_point": on_hand // 2,
                               "order_quantity": 4, "initial_stock": on_hand}).with_columns(place),
        "demands": pl.DataFrame({"part_id": names, "per_year": draw.gamma(0.5, 8.0, parts) + 0.05}).with_columns(place),
        "opening_orders": pl.DataFrame({"part_id": names.gather(some), "quantity": 4, "ordered_days_ago": 20.0,
                                        "due_in": due}).with_columns(place, source_id=pl.lit("F")),
    }  # fmt: skip
    return Network.of(tables, name="store")
