"""A plan's rules in a network: by place, by the only place, on demand; and that it may be what is there already."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.observer.planned import with_plan
from tests.unit.network.small_network import small_network


@pytest.fixture(scope="module")
def network() -> Network:
    return checked_network(small_network())


def plan(place: str | None, reorder_point: float, quantity: float, part: str = "PUMP") -> pl.DataFrame:
    rows = {"part_id": [part], "place_id": [place], "reorder_point": [reorder_point], "order_quantity": [quantity]}
    return pl.DataFrame(rows, schema_overrides={"place_id": pl.String})


def rules(network: Network) -> list[tuple[object, ...]]:
    return network["stock"].select("place_id", "policy", "reorder_point", "order_quantity").rows()


def test_the_rule_of_a_place(network: Network) -> None:
    changed = with_plan(network, plan("HUB", 7.0, 4.0))
    assert changed is not None
    assert rules(changed) == [("HUB", "reorder_point", 7, 4), *rules(network)[1:]]
    on_demand = with_plan(network, plan("HUB", -1.0, 1.0))
    assert on_demand is not None
    assert rules(on_demand)[0][1] == "on_demand"


def test_a_plan_that_is_followed_already_or_is_of_other_parts_changes_nothing(network: Network) -> None:
    assert with_plan(network, plan("HUB", 2.0, 3.0)) is None
    assert with_plan(network, plan("HUB", 9.0, 9.0, part="OTHER")) is None
    # two places keep the part: which one is meant?
    assert with_plan(network, plan(None, 9.0, 9.0)) is None


def test_without_a_place_it_is_the_only_one(network: Network) -> None:
    alone = Network({**network.tables, "stock": network["stock"].head(1)})
    changed = with_plan(alone, plan(None, 9.0, 5.0))
    assert changed is not None
    assert rules(changed) == [("HUB", "reorder_point", 9, 5)]
