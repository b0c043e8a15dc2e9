"""Warnings: the screen against exact chances, stated chances against futures, orders worth hurrying."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from spareverse.examples import beer_game
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.observer_tables import EXPEDITES, WARNINGS
from spareverse.observer.paths import is_shared, of_parts
from spareverse.observer.screen import recalibrated, screened
from spareverse.observer.warnings import LEAST_CHANCE, warn
from spareverse.simulation.forward import run_forward

PARTS = 120


def store() -> Network:
    """Many parts at one place, with little and with much on hand; every third with an order under way."""
    rng = np.random.default_rng(11)
    names = [f"P{number:03}" for number in range(PARTS)]
    on_hand = rng.integers(0, 7, PARTS)
    some = np.arange(0, PARTS, 3)
    return checked_network(
        {
            "settings": pl.DataFrame({"horizon_days": [365.0]}),
            "places": pl.DataFrame({"place_id": ["S"]}),
            "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
            "parts": pl.DataFrame({"part_id": names, "unit_cost": rng.uniform(5, 500, PARTS).round(2)}),
            "sourcing": pl.DataFrame({"place_id": ["S"], "source_id": ["F"], "lead_time": ["gamma(shape=4, mean=45)"]}),
            "stock": pl.DataFrame({"part_id": names, "place_id": ["S"] * PARTS, "policy": ["reorder_point"] * PARTS,
                                   "reorder_point": on_hand, "order_quantity": [3] * PARTS, "initial_stock": on_hand}),
            "demands": pl.DataFrame({"part_id": names, "place_id": ["S"] * PARTS,
                                     "per_year": rng.uniform(2, 40, PARTS), "pieces": ["1"] * PARTS}),
            "opening_orders": pl.DataFrame({"part_id": [names[k] for k in some], "place_id": ["S"] * len(some),
                                            "source_id": ["F"] * len(some), "quantity": [4] * len(some),
                                            "ordered_days_ago": [5.0] * len(some),
                                            "due_in": ["uniform(20, 60)"] * len(some)}),
        },
        name="store",
    )  # fmt: skip


def test_the_screen_ranks_and_the_recalibrated_screen_is_right() -> None:
    network = store()
    screen = screened(network, 56.0)
    seen = run_forward(network, days=56.0, paths=800, seed=2).chance(56.0)[screen.points["row"].to_numpy()]
    assert stats.spearmanr(screen.chance, seen).statistic > 0.97
    fitted = recalibrated(screen.chance, screen.chance, seen)
    assert fitted.mean() == pytest.approx(seen.mean(), abs=2e-3)  # never said to be certain
    assert np.abs(fitted - seen).mean() < 0.05


def test_a_recalibrated_chance_is_monotone_and_never_certain() -> None:
    said, seen = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 0.3, 0.2, 1.0])
    fitted = recalibrated(np.array([0.0, 0.25, 0.9]), said, seen)
    assert (np.diff(fitted) >= 0).all()
    assert fitted[0] == pytest.approx(0.1)
    assert fitted[1] == pytest.approx(0.25)
    assert fitted[2] == pytest.approx(0.9)


def test_stated_chances_hold_in_futures_not_used_for_them() -> None:
    network = store()
    outlook = warn(network, weeks=8, paths=100, seed=1)
    fresh = run_forward(network, days=56.0, paths=1000, seed=77).chance(56.0)
    chance = outlook.chances["chance"].to_numpy()
    inside = (outlook.chances["low"].to_numpy() <= fresh) & (fresh <= outlook.chances["high"].to_numpy())
    assert inside.mean() > 0.88  # 120 cells: 95 % less three standard errors and the noise of the fresh paths
    assert chance.mean() == pytest.approx(fresh.mean(), abs=0.01)


def test_the_list_is_ranked_complete_and_named() -> None:
    outlook = warn(store(), weeks=8, paths=60, seed=1)
    table = outlook.warnings
    assert table.schema == WARNINGS.schema
    assert outlook.expedites.schema == EXPEDITES.schema
    assert table["rank"].to_list() == list(range(1, table.height + 1))
    assert table["warning_id"].is_unique().all()
    assert (table["chance"] >= LEAST_CHANCE).all()
    assert table.filter(pl.col("reason").is_null() | pl.col("action").is_null()).is_empty()
    warned = outlook.chances.filter(pl.col("chance") >= LEAST_CHANCE).height
    assert table.filter(pl.col("kind") == "stock_out").height == warned
    again = warn(store(), weeks=8, paths=60, seed=1)
    assert again.warnings.equals(table)


def test_hurrying_an_order_lowers_the_chance_where_it_comes_too_late() -> None:
    outlook = warn(store(), weeks=8, paths=60, seed=1)
    assert outlook.expedites.height > 0
    assert (outlook.expedites["chance_change_high"] < 0).all()
    assert (outlook.expedites["sooner_day"] < outlook.expedites["due_day"]).all()


def test_parts_that_share_nothing_are_simulated_alone() -> None:
    network = store()
    assert not is_shared(network)
    few = of_parts(network, ["P001", "P003"])
    assert few["stock"].height == 2
    assert few["sourcing"].height == 1  # the row of the place is for all parts
    limited = network["suppliers"].with_columns(lines=pl.lit(2, pl.Int64))
    assert is_shared(Network({**network.tables, "suppliers": limited}, "store"))
    # the same futures, whoever is beside
    alone, beside = (run_forward(one, days=56.0, paths=20, seed=6) for one in (few, network))
    row = beside.points.with_row_index("row").filter(pl.col("part_id") == "P001")["row"][0]
    assert (alone.first_unfilled[0] == beside.first_unfilled[row]).all()


def test_recorded_demand_happens_as_written_and_warns_of_nothing() -> None:
    """No stock point has streams of demand, so that nobody is left to look ahead for."""
    found = warn(beer_game.network(), weeks=8)
    assert found.warnings.is_empty()
    assert found.chances.is_empty()
