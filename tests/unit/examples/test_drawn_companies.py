"""Drawn companies and the one of split incentives: right, reproducible, each another."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.examples import NETWORKS, incentives
from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.network_checks import check_network
from spareverse.simulation.scenarios import apply_scenario


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_drawn_company_is_a_right_network(seed: int) -> None:
    network = drawn_company(seed, parts=40)
    assert check_network(network.tables) == []
    assert network.notices == ()
    assert 2 <= network["suppliers"].height <= 4
    assert network["sourcing"].filter(pl.col("part_id") == "P001")["share"].sum() == pytest.approx(1.0, abs=0.01)


def test_the_same_seed_draws_the_same_company() -> None:
    once, again, other = drawn_company(3), drawn_company(3), drawn_company(4)
    assert all(table.equals(again[name]) for name, table in once.tables.items())
    assert not once["demands"].equals(other["demands"])


def test_split_incentives_name_who_is_paid_for_what() -> None:
    network, scenarios = NETWORKS["split-incentives"]()
    pay = {(row[0], row[1]): row[2] for row in network["incentives"].select("agent_id", "measure", "weight").rows()}
    assert pay[incentives.PLANNER, "stock_value"] < 0
    assert pay[incentives.BUYER, "price_index"] < 0
    assert network["levers"].height == 6
    for scenario in scenarios:
        shares = apply_scenario(network, scenario)["agents"]["enterprise_share"]
        assert shares.max() in (0.5, 1.0)
