"""The first guess at the engine's memory: what does not fit makes the whole network run again."""

from __future__ import annotations

import polars as pl

from spareverse.engine.run import Simulator
from spareverse.network.network import Network
from spareverse.simulation.universe.compile import compile_universe
from spareverse.simulation.universe.results import value_ledger


def test_a_small_group_with_many_orders_under_way_fits_at_once() -> None:
    """Two thousand demands a year, each ordered again at once, three hundred days on the way."""
    network = Network.of(
        {
            "settings": pl.DataFrame({"horizon_days": [365.0], "warm_up_days": [0.0], "period_days": [365.0]}),
            "places": pl.DataFrame({"place_id": ["C"]}),
            "suppliers": pl.DataFrame({"supplier_id": ["S"]}),
            "parts": pl.DataFrame({"part_id": ["p"], "unit_cost": [1.0]}),
            "sourcing": pl.DataFrame({"place_id": ["C"], "source_id": ["S"], "lead_time": ["300"]}),
            "stock": pl.DataFrame(
                {"part_id": ["p"], "place_id": ["C"], "policy": ["base_stock"], "order_up_to": [2500]}
            ),
            "demands": pl.DataFrame({"part_id": ["p"], "place_id": ["C"], "per_year": [2000.0]}),
        }
    )
    compiled = compile_universe(network)
    simulator = Simulator(compiled.entities, causes=True)
    guess = simulator.room
    outcome = simulator.run(value_ledger(compiled), 1, 0, 1)
    assert outcome.events[0] > 2_000
    assert simulator.room == guess
