"""A company with two places, transfers, open orders and customers who wait, whose network is known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from spareverse.calibration.replayed_lines import Lines
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from tests.company import tables

DAYS = 800
"""Nothing is recorded from this day on: it is day 0 of the network."""


def record(seed: int = 3) -> dict[str, pl.DataFrame]:
    """Part A is bought by CENTRE from two suppliers and sent on to NORTH; B and C are bought by CENTRE."""
    random = np.random.default_rng(seed)
    purchases: list[dict[str, Any]] = []
    sales: list[dict[str, Any]] = []

    def buy(part: str, place: str, supplier: str, pieces: float, when: int, scale: float, **more: Any) -> None:
        lead = max(1, round(scale * random.weibull(2.0)))
        line = {
            "part_id": part, "place_id": place, "supplier_id": supplier, "order_id": f"O{len(purchases)}", "line": "1",
            "ordered_on": when, "promised_on": when + 40, "quantity": pieces, "unit_cost": 5.0,
            "received_on": when + lead if when + lead < DAYS else None,
        }  # fmt: skip
        purchases.append(line | more)

    for when in range(0, 740, 10):
        buy("A", "CENTRE", "FIRST" if when % 40 else "SECOND", 30.0, when, 30.0)
        buy("B", "CENTRE", "FIRST", 10.0, when, 60.0)
        buy("A", "NORTH", "CENTRE", 5.0, when, 6.0, kind="transfer")
    # once, pieces went back; they are no source
    buy("A", "CENTRE", "NORTH", 2.0, 300, 6.0, kind="transfer", order_id="BACK")
    buy("B", "CENTRE", "FIRST", 10.0, 760, 60.0, received_on=None, order_id="OPEN", received_quantity=4.0)
    for part, place, gap in (("A", "CENTRE", 4), ("A", "NORTH", 9), ("B", "CENTRE", 12)):
        for when in np.unique(np.append(np.cumsum(1 + random.poisson(gap - 1, 400)), DAYS - 1)):
            if when < DAYS:
                sales.append({
                    "part_id": part, "place_id": place, "customer_id": f"K{when % 5}",
                    "country": "DE" if when % 3 else "FR", "order_id": f"Q{len(sales)}", "line": "1",
                    "ordered_on": int(when), "promised_on": int(when) + 6, "quantity": float(1 + when % 3),
                    "delivered_on": int(when) + 3 if when < DAYS - 2 else None,
                })  # fmt: skip
    held = {"as_of": DAYS, "on_hand": 7.0, "on_order": 0.0, "backordered": 0.0}
    return tables(
        parts=[
            {"part_id": part, "category": group, "unit_cost": 4.0, "weight_kg": 2.0, "pack_size": 5.0,
             "expected_lead_time_days": 45.0, "supplier_id": "FIRST"}
            for part, group in (("A", "pumps"), ("B", "seals"), ("C", "seals"), ("D", "seals"))
        ],
        purchases=purchases,
        sales=sales,
        stock=[
            held | {"part_id": "A", "place_id": "CENTRE"},
            held | {"part_id": "A", "place_id": "NORTH", "on_hand": 0.0, "backordered": 2.0},
            held | {"part_id": "B", "place_id": "CENTRE", "on_order": 26.0},
            held | {"part_id": "C", "place_id": "CENTRE", "on_hand": 3.0},
        ],
        policies=[
            {"part_id": "A", "place_id": "CENTRE", "policy": "sQ", "reorder_point": 12.0, "order_quantity": 30.0},
            {"part_id": "A", "place_id": "NORTH", "policy": "sS", "reorder_point": 2.0, "order_up_to": 7.0},
            {"part_id": "C", "place_id": "CENTRE", "policy": "on_demand"},
        ],
    )  # fmt: skip


def drawn_lines(network: Network, days: float, seed: int) -> Lines:
    """Lines drawn from a network's laws without its engine: orders of each source at a rate, demands as Poisson."""
    random = np.random.default_rng(seed)
    transit = {row["link_id"]: parse(row["transit_time"], unit="d").mean / 24.0 for row in network["links"].to_dicts()}
    orders: list[tuple[Any, ...]] = []
    for row in network["sourcing"].to_dicts():
        law = parse(row["lead_time"], unit="d")
        for when in np.sort(random.uniform(0.0, days, random.poisson(40.0))).tolist():
            lead = float(law.quantile(random.random())) / 24.0 + transit.get(row["link_id"], 0.0)
            orders.append((row["part_id"], row["place_id"], row["source_id"], when,
                           lead if when + lead < days else None, None))  # fmt: skip
    demands: list[tuple[Any, ...]] = []
    for row in network["demands"].to_dicts():
        law = parse(row["pieces"], unit="h")
        for when in random.uniform(0.0, days, random.poisson(row["per_year"] * days / 365.0)).tolist():
            pieces = float(law.quantile(random.random()))
            demands.append((row["part_id"], row["place_id"], when, pieces, None))
    names = {"part_id": pl.String, "place_id": pl.String}
    order_schema = names | {"source_id": pl.String, "day": pl.Float64, "lead_days": pl.Float64, "on_time": pl.Boolean}
    demand_schema = names | {"day": pl.Float64, "pieces": pl.Float64, "late": pl.Boolean}
    return Lines(
        days,
        pl.DataFrame(orders, schema=order_schema, orient="row"),
        pl.DataFrame(demands, schema=demand_schema, orient="row"),
    )
