"""Futures of a network against what is known of them, and a network stopped midway against one that goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.simulation.forward import run_forward
from spareverse.simulation.midway import states_after, with_residual_lead_times
from spareverse.simulation.universe_run import run_variants
from tests.networks_small import chain


def shelf(on_hand: int, due: str = "", *, per_year: float = 36.5, lead_time: str = "500") -> Network:
    """One stock point far from its supplier, with an order under way where ``due`` says so."""
    orders = {"part_id": ["p"], "place_id": ["S"], "source_id": ["F"], "quantity": [5], "due_in": [due],
              "ordered_days_ago": [10.0]}  # fmt: skip
    tables = {
        "settings": pl.DataFrame({"horizon_days": [365.0]}),
        "places": pl.DataFrame({"place_id": ["S"]}),
        "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
        "parts": pl.DataFrame({"part_id": ["p"], "unit_cost": [10.0]}),
        "sourcing": pl.DataFrame({"place_id": ["S"], "source_id": ["F"], "lead_time": [lead_time]}),
        "stock": pl.DataFrame({"part_id": ["p"], "place_id": ["S"], "policy": ["base_stock"],
                               "order_up_to": [on_hand], "initial_stock": [on_hand]}),
        "customers": pl.DataFrame({"customer_id": ["n"], "commitment_days": [2.0], "penalty_per_piece_day": [3.0]}),
        "demands": pl.DataFrame({"part_id": ["p"], "place_id": ["S"], "customer_id": ["n"], "per_year": [per_year]}),
    }  # fmt: skip
    if due:
        tables["opening_orders"] = pl.DataFrame(orders)
    return checked_network(tables, name="shelf")


@pytest.mark.parametrize("on_hand", [0, 2, 5])
def test_the_chance_of_failing_is_that_of_the_poisson_demand(on_hand: int) -> None:
    futures = run_forward(shelf(on_hand), days=56.0, paths=2000, seed=3)
    exact = stats.poisson.sf(on_hand, 5.6)
    assert futures.chance(56.0)[0] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 2000) + 1e-9)
    half = stats.poisson.sf(on_hand, 2.8)
    assert futures.chance(28.0)[0] == pytest.approx(half, abs=4 * np.sqrt(half * (1 - half) / 2000) + 1e-9)


def test_money_is_that_of_who_waits_until_the_end() -> None:
    """Nothing on hand, nothing comes: the n-th demand at time t pays 3 a day from t + 2 on."""
    futures = run_forward(shelf(0, per_year=73.0), days=40.0, paths=4000, seed=5)
    expected = 0.2 * 3.0 * (40.0 - 2.0) ** 2 / 2
    assert futures.money.mean(dtype=np.float64) == pytest.approx(expected, rel=0.04)
    # who still waits is late too: all but the paths without a demand before day 38
    assert futures.late.mean() == pytest.approx(1.0 - np.exp(-0.2 * 38.0), abs=4 * np.sqrt(5e-4 / 4000))
    assert futures.penalty[0] == pytest.approx(futures.money.mean(dtype=np.float64), rel=1e-5)


def test_a_piece_waited_for_costs_from_the_first_day_on_what_its_stock_point_says() -> None:
    """Beside the contract: the n-th demand at time t costs 7 a day from t on."""
    network = shelf(0, per_year=73.0)
    stock = network["stock"].with_columns(waiting_cost_per_piece_day=pl.lit(7.0))
    futures = run_forward(replace(network, tables={**network.tables, "stock": stock}), days=40.0, paths=4000, seed=5)
    contract = run_forward(network, days=40.0, paths=4000, seed=5).money.mean(dtype=np.float64)
    expected = 0.2 * 7.0 * 40.0**2 / 2
    assert futures.money.mean(dtype=np.float64) - contract == pytest.approx(expected, rel=0.04)


def test_goods_that_come_end_the_waiting_and_its_cost() -> None:
    without, with_order = (run_forward(shelf(0, due), days=40.0, paths=500, seed=5) for due in ("", "10 d"))
    assert (with_order.first_receipt == 10.0).all()
    assert np.isinf(without.first_receipt).all()
    assert with_order.money.mean() < without.money.mean()
    assert with_order.waiting.mean() < without.waiting.mean()


def test_the_same_seed_draws_the_same_futures_whatever_the_threads() -> None:
    one, two = (run_forward(chain_now(), days=60.0, paths=7, seed=9, threads=threads) for threads in (1, 2))
    assert (one.first_unfilled == two.first_unfilled).all()
    assert (one.money == two.money).all()


def chain_now() -> Network:
    """Without queues: those begin anew at a stop."""
    network = with_distances(checked_network(dict(chain().tables), name="chain"))
    free = {
        "settings": network["settings"].with_columns(warm_up_days=pl.lit(0.0)),
        "suppliers": network["suppliers"].with_columns(lines=pl.lit(None, pl.Int64)),
        "links": network["links"].with_columns(capacity_kg_per_day=pl.lit(None, pl.Float64)),
    }
    return Network({**network.tables, **free}, "chain")


def test_a_network_stopped_midway_goes_on_as_one_that_was_not_stopped() -> None:
    """Waiting, receipts and demand of days 180 to 270, from 60 states and without a stop: equal within noise."""
    network, paths = chain_now(), 60
    halves = network["settings"].with_columns(horizon_days=pl.lit(270.0), period_days=pl.lit(90.0))
    whole, _ = run_variants(
        [("whole", lambda: Network({**network.tables, "settings": halves}, "chain"))], replications=paths, seed=4
    )
    last = whole["series"].filter(pl.col("period") == 2)
    short = network["settings"].with_columns(horizon_days=pl.lit(90.0), period_days=pl.lit(90.0))
    states = states_after(network, 180.0, range(paths), seed=4)
    parts = []
    for number, state in enumerate(states):
        ahead = Network({**state.tables, "settings": short}, "chain")
        tables, _ = run_variants([("on", lambda ahead=ahead: ahead)], replications=1, seed=100 + number)
        parts.append(tables["series"].with_columns(replication=pl.lit(number)))
    resumed = pl.concat(parts)
    for column in ("waiting_piece_days", "on_hand_piece_days", "demands", "pieces_filled", "pieces_ordered"):
        ours, theirs = (
            table.group_by("replication").agg(pl.col(column).sum())[column].to_numpy() for table in (resumed, last)
        )
        error = np.sqrt(ours.var(ddof=1) / paths + theirs.var(ddof=1) / paths)
        assert abs(ours.mean() - theirs.mean()) < 3.5 * error + 1e-9, column


def test_no_piece_is_lost_at_the_stop() -> None:
    """What is on hand, under way and owed together is the inventory position that base stock keeps."""
    network = chain_now()
    state = states_after(network, 200.0, [0], seed=4)[0]
    assert state["stock"]["initial_stock"].min() >= 0
    for (part, place), level in {("p", "S"): 2, ("q", "S"): 3}.items():
        row = (pl.col("part_id") == part) & (pl.col("place_id") == place)
        on_hand = state["stock"].filter(row)["initial_stock"].sum()
        coming = state["opening_orders"].filter(row)["quantity"].sum()
        owed = state["opening_backorders"].filter(row)["quantity"].sum()
        assert on_hand + coming - owed == level


def test_what_is_left_of_a_lead_time_knows_the_age() -> None:
    network = shelf(1, "30 d", lead_time="uniform(20, 60)")
    text = with_residual_lead_times(network)["opening_orders"]["due_in"][0]
    # ten days old and not yet there: 10 to 50 days are left, and the mean of the ten values is 30
    days = [float(word) for word in text.removeprefix("empirical(").removesuffix(") d").split(",")]
    assert min(days) > 10.0
    assert max(days) < 50.0
    assert np.mean(days) == pytest.approx(30.0, abs=0.01)
    overdue = network["opening_orders"].with_columns(ordered_days_ago=pl.lit(80.0))
    late = with_residual_lead_times(Network({**network.tables, "opening_orders": overdue}, "shelf"))
    assert late["opening_orders"]["due_in"][0] == "4.00 d"
