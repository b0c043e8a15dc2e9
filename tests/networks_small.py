"""A small chain and an outage of its factory: seconds to simulate, with queues, transport, contract and lost sales."""

from __future__ import annotations

import polars as pl

from spareverse.network.network import Network
from spareverse.network.scenario import Scenario


def chain() -> Network:
    """A factory of one line, a central warehouse, a site, one customer; a part that nobody asks for."""
    return Network.of(
        {
            "settings": pl.DataFrame({"horizon_days": [365.0], "warm_up_days": [60.0], "period_days": [30.5]}),
            "places": pl.DataFrame(
                {
                    "place_id": ["C", "S"],
                    "name": ["Centre", "Site"],
                    "country": ["NO", "NO"],
                    "latitude": [59.9, 60.4],
                    "longitude": [10.7, 5.3],
                    "order_cost": [20.0, 5.0],
                    "holding_rate_per_year": [0.3, 0.25],
                }
            ),
            "suppliers": pl.DataFrame(
                {
                    "supplier_id": ["F"],
                    "name": ["Factory"],
                    "country": ["IT"],
                    "latitude": [45.5],
                    "longitude": [9.2],
                    "lines": [1],
                    "work_time": ["4"],
                }
            ),
            "links": pl.DataFrame(
                {
                    "link_id": ["FC", "CS"],
                    "from_id": ["F", "C"],
                    "to_id": ["C", "S"],
                    "distance_km": [2100.0, 460.0],
                    "transit_time": ["5", "uniform(1, 3)"],
                    "capacity_kg_per_day": [None, 1.0],
                    "cost_per_kg": [0.2, 0.4],
                    "cost_per_shipment": [10.0, 3.0],
                }
            ),
            "parts": pl.DataFrame(
                {"part_id": ["p", "q", "idle"], "unit_cost": [100.0, 7.5, 40.0], "weight_kg": [2.0, 0.5, 1.0]}
            ),
            "sourcing": pl.DataFrame(
                {"place_id": ["C", "S"], "source_id": ["F", "C"], "lead_time": ["gamma(shape=2, mean=20)", "0"]}
            ),
            "stock": pl.DataFrame(
                {
                    "part_id": ["p", "p", "q", "q", "idle"],
                    "place_id": ["C", "S", "C", "S", "C"],
                    "policy": ["base_stock"] * 5,
                    "order_up_to": [3, 2, 5, 3, 4],
                }
            ),
            "customers": pl.DataFrame(
                {
                    "customer_id": ["n"],
                    "name": ["Northern"],
                    "commitment_days": [2.0],
                    "penalty_per_piece_day": [3.0],
                    "patience_days": [40.0],
                    "lost_sale_cost": [11.0],
                }
            ),
            "demands": pl.DataFrame(
                {"part_id": ["p", "q"], "place_id": ["S", "S"], "customer_id": ["n", "n"], "per_year": [30.0, 60.0]}
            ),
        },
        name="chain",
    )


OUTAGE = Scenario(
    "outage",
    "The factory stops for six weeks",
    disturbances=({"disturbance_id": "stop", "kind": "outage", "target_id": "F", "start_day": 150.0, "days": 42.0},),
)
OUTAGE_TEXT = """
[scenario]
name = "outage"
title = "The factory stops for six weeks"

[[disturbance]]
disturbance_id = "stop"
kind = "outage"
target_id = "F"
start_day = 150.0
days = 42.0
"""
