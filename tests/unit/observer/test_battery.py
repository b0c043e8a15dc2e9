"""The battery fits every network: what it aims at, what it leaves out, and that it is a scenario like any other."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from spareverse.examples import beer_game
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.observer.battery import DAYS, battery_of, disturbed, for_battery
from spareverse.observer.flows import expected_demand, expected_flows, main_link, main_supplier
from spareverse.simulation.scenarios import apply_scenario
from tests.unit.network.small_network import added, small_network, table


@pytest.fixture(scope="module")
def network() -> Network:
    return checked_network(small_network())


def test_flows_are_demand_passed_up_to_the_supplier(network: Network) -> None:
    """Six lines a year of one piece in the mean, and one recorded piece in the two years of the run."""
    assert expected_demand(network).row(0) == ("PUMP", "SITE", pytest.approx(6.0 + 365.25 / 730.0))
    flows = expected_flows(network).select("place_id", "source_id", "link_id").rows()
    assert flows == [("SITE", "HUB", "boat"), ("HUB", "MAKER", "in")]
    assert expected_flows(network)["pieces_per_year"].n_unique() == 1


def test_gaps_are_rates_too(network: Network) -> None:
    demands = network["demands"].with_columns(per_year=None, gap=pl.lit("weibull(shape=2, mean=73.05)"))
    changed = replace(
        network, tables={**network.tables, "demands": demands, "demand_traces": network["demand_traces"][:0]}
    )
    assert expected_demand(changed)["pieces_per_year"][0] == pytest.approx(5.0)


def test_orders_are_shared_out_by_the_rule(network: Network) -> None:
    tables = added(small_network(), "suppliers", supplier_id="OTHER")
    tables = added(tables, "sourcing", place_id="HUB", source_id="OTHER", lead_time="5", rank=2, share=3.0)
    plain = checked_network(tables)
    assert main_supplier(plain, expected_flows(plain)) == "MAKER"
    tables["stock"] = tables["stock"].with_columns(sourcing_rule=pl.lit("share"))
    shared = checked_network(tables)
    assert main_supplier(shared, expected_flows(shared)) == "OTHER"


def test_the_main_link_lies_between_two_places_where_there_is_one(network: Network) -> None:
    flows = expected_flows(network)
    assert main_link(network, flows) == "boat"
    assert main_link(network, flows.filter(pl.col("link_id") != "boat")) == "in"
    assert main_link(network, flows[:0]) is None


def test_every_disturbance_can_be_run_as_a_scenario(network: Network) -> None:
    ready = for_battery(network)
    battery = battery_of(network)
    assert battery.names == tuple(DAYS)
    assert battery.left_out == ()
    for scenario in battery.scenarios:
        by_hand = apply_scenario(ready, scenario)
        assert disturbed(ready, scenario)["disturbances"].equals(by_hand["disturbances"])
        assert scenario.disturbances[0]["start_day"] == ready.setting("warm_up_days") == 365.0


def test_what_a_network_has_not_got_is_left_out_and_said() -> None:
    battery = battery_of(beer_game.network())
    assert battery.names == ("outage", "lead-time", "closure")
    assert [text.split(":")[0] for text in battery.left_out] == ["pulse", "capacity"]
    nothing = Network.of({"places": table({"place_id": "A"})})
    assert battery_of(nothing).names == ("lead-time",)
