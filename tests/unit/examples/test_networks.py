"""The example networks: right in every rule, the same each time, and what their descriptions promise."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.errors import NotFound, UsageError
from spareverse.examples import NETWORKS, beer_game, platform_basin, world_demand, world_network
from spareverse.io.network_files import read_network
from spareverse.io.scenario_files import read_scenarios
from spareverse.network.distributions import parse
from spareverse.network.geography import sea_route
from spareverse.network.network import Network
from spareverse.simulation.scenarios import apply_scenario
from spareverse.twin.network_examples import new_network_example

ASSUMPTIONS = ("Distances by ", "Emission by ")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_example_reads_back_as_made_and_every_scenario_applies(name: str, tmp_path: Path) -> None:
    files = new_network_example(name, tmp_path / "new")
    made, scenarios = NETWORKS[name]()
    read = read_network(files["network"])
    assert read.name == made.name == name
    for table in made.tables:
        assert_frame_equal(read[table], made[table], rel_tol=1e-14)  # a workbook keeps 16 digits
    assert read.notices == made.notices
    assert all(notice.startswith(ASSUMPTIONS) for notice in made.notices), made.notices
    written = read_scenarios(files["scenarios"])
    assert {each.name: each for each in written} == {each.name: each for each in scenarios}
    for scenario in scenarios:
        changed = apply_scenario(read, scenario)
        assert any(not changed[table].equals(read[table]) for table in read.tables), scenario.name
        assert changed.notices == read.notices


def test_an_example_goes_into_a_new_folder_only(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="beer-game"):
        new_network_example("bear-game", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError):
        new_network_example("beer-game", tmp_path)


def test_the_beer_game_is_at_rest_before_the_step() -> None:
    game = beer_game.network()
    assert game["stock"].height == 4
    under_way = game["opening_orders"].group_by("place_id").agg(pl.col("quantity").sum())
    position = under_way["quantity"] + beer_game.INITIAL_STOCK
    # reviews bring the position to the level less what was bought since: four cases a week
    assert (game["stock"]["order_up_to"][0] - position == beer_game.CASES_BEFORE).all()
    weekly = game["demand_traces"]["pieces"].to_list()
    assert weekly == [4] * 4 + [8] * 48
    holding = game["parts"]["unit_cost"][0] * game["places"]["holding_rate_per_year"][0] * 7 / 365.25
    assert holding == pytest.approx(0.5)
    assert game["customers"]["penalty_per_piece_day"][0] * 7 == pytest.approx(1.0)


def test_the_basin_is_what_it_promises() -> None:
    basin = platform_basin.network()
    places = basin["places"]
    assert places["kind"].value_counts(sort=True).rows() == [("site", 12), ("warehouse", 2)]
    assert basin["suppliers"]["country"].n_unique() == 8
    assert places["latitude"].is_between(56, 62).all()
    boats = basin["links"].filter(pl.col("mode") == "sea")
    assert boats["distance_km"].is_between(50, 350).all()
    assert set(basin["disturbances"]["kind"]) >= {"outage", "capacity_loss", "demand_surge", "link_closure"}
    assert len(platform_basin.scenarios()) == 4
    work = basin["customers"].filter(pl.col("customer_id").str.ends_with(" W"))
    assert work.height == basin["customers"].height - work.height == 12
    assert (work["commitment_days"] == 14.0).all()
    for table in ("budgets", "seasons", "disturbances", "customers"):
        assert basin[table].height


def test_the_basin_suppliers_can_keep_up() -> None:
    """Work on a year's orders from first sources fills their lines, but not more."""
    basin = platform_basin.network()
    mean_pieces = {text: parse(text).mean for text in basin["demands"]["pieces"].unique()}
    yearly = (
        basin["demands"].with_columns(
            # a draw is rounded up: half a piece more, where it is not whole
            pieces=pl.col("per_year") * pl.col("pieces").replace_strict(
                {text: mean if text == "1" else mean + 0.5 for text, mean in mean_pieces.items()})
        ).group_by("part_id").agg(pl.col("pieces").sum() / 2)
    )  # fmt: skip
    batch = basin["stock"].filter(pl.col("place_id").str.starts_with("BASE")).select(
        "part_id", "place_id", "order_quantity"
    )  # fmt: skip
    orders = (
        basin["sourcing"].filter(pl.col("rank") == 1, pl.col("part_id").is_not_null())
        .join(yearly, on="part_id").join(batch, on=["part_id", "place_id"])
        .group_by("source_id").agg(orders=(pl.col("pieces") / pl.col("order_quantity")).sum())
        .join(basin["suppliers"].filter(pl.col("lines").is_not_null()), left_on="source_id", right_on="supplier_id")
    )  # fmt: skip
    work = np.array([parse(text, unit="d").mean / 24 for text in orders["work_time"]])
    load = orders["orders"].to_numpy() * work / 365.25 / orders["lines"].to_numpy()
    assert load.max() < 0.95, dict(zip(orders["source_id"], load, strict=True))
    assert load.max() > 0.6


@pytest.fixture(scope="module")
def world() -> Network:
    return world_network.network(parts=1_500)


def test_the_world_is_what_it_promises(world: Network) -> None:
    assert world["parts"].height == world["stock"].filter(pl.col("place_id") == "BOLOGNA").height == 1_500
    assert world["places"].height == 40
    assert world["stock"]["place_id"].n_unique() == 40
    assert 1.8 <= world["stock"].height / 1_500 <= 3
    kept = world["stock"].select("part_id", "place_id")
    assert world["demands"].join(kept, on=["part_id", "place_id"], how="anti").is_empty()
    bought = world["sourcing"].filter(pl.col("part_id").is_not_null())["source_id"]
    assert (bought == world_demand.MAIN_SUPPLIER).mean() == pytest.approx(0.17, abs=0.05)
    assert set(world["links"]["mode"]) == {"road", "sea", "air"}
    works = world["suppliers"].filter(pl.col("supplier_id").str.starts_with("WORKS"))
    assert works["lines"].is_not_null().all()
    assert works.height == 2
    per_year = world["demands"]["per_year"].sum()
    assert per_year == pytest.approx(1_500 * 3.8, rel=0.05)


def test_the_world_is_the_same_for_the_same_seed(world: Network) -> None:
    again = world_network.network(parts=1_500)
    other = world_network.network(parts=1_500, seed=7)
    assert all(again[table].equals(world[table]) for table in world.tables)
    assert not other["stock"].equals(world["stock"])


def test_ways_by_sea_in_the_file_are_those_of_the_geography(world: Network) -> None:
    places = world["places"].rows_by_key("place_id", named=True, unique=True)
    (hub, centre) = (places[name] for name in ("BOLOGNA", "SINGAPORE"))
    found = sea_route(hub["latitude"], hub["longitude"], centre["latitude"], centre["longitude"]).km
    link = world["links"].filter(pl.col("link_id") == "BOLOGNA SINGAPORE")
    assert link["distance_km"][0] == pytest.approx(found, rel=0.01)


def test_the_world_has_limits() -> None:
    with pytest.raises(UsageError, match="100 to 1,000,000"):
        world_network.network(parts=10)


@pytest.mark.long
def test_a_hundred_thousand_parts_are_made_in_twenty_seconds() -> None:
    start = time.process_time()
    world = world_network.network()
    assert time.process_time() - start < 20
    assert world["parts"].height == 100_000
    assert world["stock"].height > 180_000
