"""Levers turn what they say, by how much they say, and the same rows every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from spareverse.examples import incentives
from spareverse.examples.drawn_companies import CENTRAL, drawn_company
from spareverse.network.network import Network
from spareverse.network.network_checks import check_network
from spareverse.observer.agents import ASSUMED, agents_of, with_agents
from spareverse.observer.levers import Lever, levers_of, turned, turns

NETWORK = incentives.network()
LEVERS = levers_of(NETWORK)


def _turned(kind: str, steps: float, **of: str | None) -> Network:
    given = {"category": None, "place": None, "place_kind": None, "supplier": None, **of}
    return turned(NETWORK, [Lever("someone", kind, **given, step=0.1)], np.array([steps]))  # type: ignore[arg-type]


def test_steps_of_zero_change_nothing() -> None:
    assert turned(NETWORK, LEVERS, np.zeros(len(LEVERS))).tables == NETWORK.tables


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
@pytest.mark.parametrize("steps", [-2.0, 0.7, 2.0])
def test_a_turned_network_still_passes_every_check(lever: Lever, steps: float) -> None:
    tables = turned(NETWORK, [lever], np.array([steps])).tables
    assert check_network(tables) == []
    assert turns(NETWORK, lever)


def test_levels_change_by_the_factor_in_the_mean_and_only_there() -> None:
    high = _turned("stock_level", 2.0, place=CENTRAL)["stock"]
    before = NETWORK["stock"]
    here = before["place_id"] == CENTRAL
    kept = (before.filter(here)["reorder_point"] + 1).sum()
    assert (high.filter(here)["reorder_point"] + 1).sum() == pytest.approx(1.21 * kept, rel=0.01)
    assert high.filter(~here).equals(before.filter(~here))


def test_small_levels_are_rounded_at_random_but_always_the_same() -> None:
    of_ones = NETWORK["stock"].with_columns(order_up_to=pl.lit(1, pl.Int64))
    network = replace(NETWORK, tables={**NETWORK.tables, "stock": of_ones})
    lever = Lever("someone", "stock_level", None, None, "warehouse", None, 0.1)
    once, again, more = (turned(network, [lever], np.array([x]))["stock"]["order_up_to"] for x in (1.0, 1.0, 2.0))
    warehouses = of_ones.height - 200
    assert once.equals(again)
    assert (once - 1).sum() == pytest.approx(0.1 * warehouses, rel=0.25)
    assert (more >= once).all(), "a little more of a lever moves a few rows more, and the same ones"


def test_shares_move_by_points_and_still_make_one() -> None:
    name = "SUPPLIER-A"
    moved = _turned("source_share", 1.5, supplier=name)["sourcing"].filter(pl.col("place_id") == CENTRAL)
    share = moved.group_by("part_id").agg(
        whole=pl.col("share").sum(), mine=pl.col("share").filter(pl.col("source_id") == name).sum()
    )
    assert share["whole"].to_numpy() == pytest.approx(1.0)
    assert share["mine"].to_numpy() == pytest.approx(0.65)
    others = moved.filter(pl.col("part_id") == moved["part_id"][0], pl.col("source_id") != name)["share"]
    assert others[0] / others[1] == pytest.approx(4.0), "the others keep their proportions"


def test_categories_keep_a_lever_to_their_parts() -> None:
    batches = _turned("batch", 3.0, category="Valves")["stock"]
    changed = batches.filter(batches["order_quantity"] != NETWORK["stock"]["order_quantity"])["part_id"].unique()
    valves = NETWORK["parts"].filter(pl.col("category") == "Valves")["part_id"]
    assert len(changed) > 10
    assert changed.is_in(valves.implode()).all()


def test_budgets_and_capacity() -> None:
    assert _turned("budget", 2.0)["budgets"]["amount"][0] == pytest.approx(1.21 * NETWORK["budgets"]["amount"][0])
    lines = dict(
        _turned("capacity", 10.0, supplier="SUPPLIER-A")["suppliers"].select("supplier_id", "lines").iter_rows()
    )
    before = dict(NETWORK["suppliers"].select("supplier_id", "lines").iter_rows())
    assert lines["SUPPLIER-A"] > 2 * before["SUPPLIER-A"]
    assert lines["SUPPLIER-B"] == before["SUPPLIER-B"]


def test_without_a_name_the_largest_supplier_is_meant() -> None:
    rows = NETWORK["levers"].with_columns(supplier_id=pl.lit(None, pl.String))
    levers = levers_of(replace(NETWORK, tables={**NETWORK.tables, "levers": rows}))
    assert next(lever for lever in levers if lever.kind == "source_share").supplier == "SUPPLIER-A"


def test_networks_without_agents_get_the_usual_four() -> None:
    network = with_agents(drawn_company(3, parts=20))
    assert [agent.name for agent in agents_of(network)] == ["planner", "buyer", "service", "finance"]
    assert ASSUMED in network.notices
    assert all(turns(network, lever) for lever in levers_of(network))
    assert check_network(network.tables) == []
    assert with_agents(NETWORK) is NETWORK
