"""The network of the example in docs/background/causes.md: one valve, one maker, a strike of 20 days."""

from __future__ import annotations

import polars as pl

from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network


def strike() -> Network:
    """Five valves wanted in the depot; every wait can be reckoned by hand."""
    valve = pl.lit("VALVE").alias("part_id")
    tables = {
        "settings": pl.DataFrame({"horizon_days": [365.0], "warm_up_days": [0.0]}),
        "places": pl.DataFrame({"place_id": ["HUB", "DEPOT"]}),
        "suppliers": pl.DataFrame({"supplier_id": ["MAKER"], "lines": [1], "work_time": ["5"]}),
        "links": pl.DataFrame(
            {"link_id": ["MAKER HUB", "HUB DEPOT"], "from_id": ["MAKER", "HUB"], "to_id": ["HUB", "DEPOT"],
             "transit_time": ["3", "2"]}
        ),
        "parts": pl.DataFrame({"part_id": ["VALVE"]}),
        "sourcing": pl.DataFrame(
            {"place_id": ["HUB", "DEPOT"], "source_id": ["MAKER", "HUB"], "lead_time": ["10", "0"],
             "planned_lead_time_days": [15.0, 0.0]}
        ).with_columns(valve),
        "stock": pl.DataFrame(
            {"place_id": ["HUB", "DEPOT"], "policy": ["base_stock", "base_stock"], "order_up_to": [1, 1]}
        ).with_columns(valve),
        "customers": pl.DataFrame({"customer_id": ["OSLO"]}),
        "demand_traces": pl.DataFrame({"day": [10.0, 11.0, 20.0, 21.0, 22.0], "pieces": [1] * 5}).with_columns(
            valve, place_id=pl.lit("DEPOT"), customer_id=pl.lit("OSLO")
        ),
        "disturbances": pl.DataFrame(
            {"disturbance_id": ["strike"], "kind": ["outage"], "target_id": ["MAKER"], "start_day": [16.0],
             "days": [20.0]}
        ),
    }  # fmt: skip
    return checked_network(tables, name="strike")
