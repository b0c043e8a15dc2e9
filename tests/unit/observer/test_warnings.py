"""Warnings: the screen against exact chances, stated chances against futures, orders worth hurrying."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from spareverse.examples import beer_game
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.observer_tables import EXPEDITES, STEPS, WARNINGS
from spareverse.observer.expediting import LEAST_WAITING, worth
from spareverse.observer.paths import is_shared, of_parts
from spareverse.observer.screen import recalibrated, screened
from spareverse.observer.steps import effect
from spareverse.observer.warnings import (
    FREE_LAST,
    LEAST_CHANCE,
    LIKELIEST,
    LIKELY,
    PRIOR_PATHS,
    RANKED,
    RANKED_BY_TIME,
    RANKED_MONEY_FIRST,
    cut_words,
    free_contracts_words,
    paths_worth,
    ranked_warnings,
    ranking_words,
    warn,
)
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
    assert table["reason"].null_count() == 0
    warned = outlook.chances.filter(pl.col("chance") >= LEAST_CHANCE).height
    assert table.filter(pl.col("kind") == "stock_out").height == warned
    again = warn(store(), weeks=8, paths=60, seed=1)
    assert again.warnings.equals(table)


def test_a_list_that_leaves_stock_outs_out_says_so_and_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spareverse.observer.warnings.MOST_ROWS", 5)
    outlook = warn(store(), weeks=8, paths=60, seed=1)
    warned = outlook.chances.filter(pl.col("chance") >= LEAST_CHANCE).height
    assert warned > outlook.warnings.height == 5
    assert outlook.notices[1] == f"{warned} stock points have a chance of 10% or more: the 5 likeliest are listed."
    assert ranking_words(outlook.warnings).endswith(LIKELIEST)
    assert cut_words(outlook.warnings.head(4)) == ""


def test_hurrying_an_order_lowers_the_chance_where_it_comes_too_late() -> None:
    outlook = warn(store(), weeks=8, paths=60, seed=1)
    assert outlook.expedites.height > 0
    orders = outlook.expedites
    assert ((orders["chance_change_high"] < 0) | (orders["waiting_change"] <= -LEAST_WAITING)).all()
    assert (orders["chance_change_high"] < 0).any()
    assert (orders["sooner_day"] < orders["due_day"]).all()


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


def test_what_is_likelier_than_not_comes_first_then_what_costs_most_per_day_left() -> None:
    rows = pl.DataFrame(
        {
            "warning_id": ["nearly sure", "likely and dear", "dear and far", "dear and near", "of a contract"],
            "kind": ["stock_out"] * 4 + ["contract_breach"],
            "chance": [0.999, 0.6, 0.25, 0.25, 0.3],
            "expected_money": [10.0, 400.0, 900.0, 900.0, None],
            "days_left": [2.0, 20.0, 36.0, 3.0, None],
            "within_weeks": [8] * 5,
        }
    )
    ranked = ranked_warnings(rows)
    order = ["likely and dear", "nearly sure", "dear and near", "dear and far", "of a contract"]
    assert ranked["warning_id"].to_list() == order
    assert ranked["rank"].to_list() == [1, 2, 3, 4, 5]
    assert ranking_words(ranked) == f"{RANKED} {FREE_LAST}"


def test_contracts_without_a_penalty_come_after_what_costs_money() -> None:
    rows = pl.DataFrame(
        {
            "warning_id": ["free", "unpriced", "small", "penalty", "unlikely free"],
            "kind": ["contract_breach", "contract_breach", "stock_out", "contract_breach", "contract_breach"],
            "chance": [0.998, 0.998, 0.12, 0.6, 0.2],
            "expected_money": [0.0, None, 3.0, 50.0, 0.0],
            "days_left": [None, None, 30.0, None, None],
            "within_weeks": [8] * 5,
        }
    )
    ranked = ranked_warnings(rows)
    assert ranked["warning_id"].to_list() == ["penalty", "small", "free", "unpriced", "unlikely free"]
    assert ranking_words(ranked) == f"{RANKED} {FREE_LAST}"
    assert free_contracts_words(ranked) == "2 contracts without a penalty are likely to be missed too."
    kept_before = ranked.with_columns(rank=6 - pl.col("rank"))
    assert ranking_words(kept_before) == RANKED
    few = ranked.filter(pl.col("warning_id") == "penalty")
    assert (ranking_words(few), free_contracts_words(few)) == (RANKED, "")


def test_without_a_price_of_waiting_the_soonest_comes_first_and_no_money_is_told() -> None:
    found = warn(store(), weeks=8, paths=60, seed=1).warnings  # nobody pays for waiting there
    assert found["expected_money"].null_count() == found.height
    assert (found["value_short"] > 0).all()
    assert ranking_words(found) == RANKED_BY_TIME
    contract = {"warning_id": "c", "kind": "contract_breach", "within_weeks": 8, "chance": 0.99, "expected_money": 5.0}
    both = ranked_warnings(pl.concat([found, pl.DataFrame([contract])], how="diagonal_relaxed"))
    assert both["warning_id"][0] == "c"
    assert ranking_words(both) == RANKED_MONEY_FIRST
    for likely in (True, False):
        own = found.filter((pl.col("chance") >= LIKELY) == likely)
        assert own["days_left"].is_sorted()
    assert (found["chance"] >= LIKELY).to_list() == sorted((found["chance"] >= LIKELY).to_list(), reverse=True)


def test_what_to_do_is_a_step_that_was_tried_and_helps() -> None:
    outlook = warn(store(), weeks=8, paths=60, seed=1)
    steps = outlook.steps
    assert steps.schema == STEPS.schema
    helping = steps.filter(pl.col("verdict") == "helps")
    told = outlook.warnings.drop_nulls("action").select(
        "warning_id", title=pl.col("action").str.replace(r" \(.*\)$", "")
    )
    assert told.height > 0
    assert told.join(helping, on=["warning_id", "title"], how="anti").is_empty()
    silent = outlook.warnings.filter(pl.col("action").is_null())
    assert silent.join(helping, on="warning_id", how="semi").is_empty()
    # the list of orders to expedite says the same
    points = ["part_id", "place_id"]
    listed = set(outlook.expedites.select(points).rows())
    assert set(helping.filter(pl.col("step") == "expedite").select(points).rows()) == listed


def two_places(*, second: int) -> Network:
    """A part that is owed at one place, and lies at another; its supplier is far away."""
    at = ["A", "B"]
    return checked_network(
        {
            "settings": pl.DataFrame({"horizon_days": [365.0]}),
            "places": pl.DataFrame({"place_id": at}),
            "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
            "parts": pl.DataFrame({"part_id": ["P"], "unit_cost": [10.0]}),
            "sourcing": pl.DataFrame({"place_id": at, "source_id": ["F"] * 2, "lead_time": ["200"] * 2}),
            "stock": pl.DataFrame({"part_id": ["P"] * 2, "place_id": at, "policy": ["reorder_point"] * 2,
                                   "reorder_point": [1, 1], "order_quantity": [1, 1], "initial_stock": [0, second]}),
            "demands": pl.DataFrame({"part_id": ["P"] * 2, "place_id": at, "per_year": [12.0, 12.0],
                                     "pieces": ["1"] * 2}),
        },
        name="two places",
    )  # fmt: skip


def test_pieces_are_moved_where_they_are_spare_and_what_is_missing_there_counts() -> None:
    rich = warn(two_places(second=20), weeks=8, paths=60, seed=1)
    first = rich.warnings.filter(pl.col("place_id") == "A").to_dicts()[0]
    assert first["action"].startswith("move 2 from B (chance -")
    assert first["action"].endswith("piece-days of waiting)")
    moved = rich.steps.filter(pl.col("step") == "move").to_dicts()[0]
    assert moved["chance_change_high"] < 0
    assert moved["waiting_change_high"] < 0
    assert moved["giver_change"] == 0.0
    ordered = rich.steps.filter(pl.col("step") == "order", pl.col("place_id") == "A").to_dicts()[0]
    assert ordered["verdict"] == "not clear"  # it comes after the weeks looked at
    poor = warn(two_places(second=3), weeks=8, paths=60, seed=1)
    given = poor.steps.filter(pl.col("step") == "move").to_dicts()[0]
    assert given["giver_change"] > 0.2


def test_a_place_whose_stock_is_not_given_gives_of_what_its_rule_fills_up_to() -> None:
    network = two_places(second=20)
    stock = network["stock"].with_columns(
        initial_stock=pl.when(pl.col("place_id") == "A").then("initial_stock"),
        order_quantity=pl.Series([1, 20]),
    )
    found = warn(checked_network({**network.tables, "stock": stock}, name="not given"), weeks=8, paths=60, seed=1)
    assert found.warnings.filter(pl.col("place_id") == "A")["action"].str.starts_with("move 2 from B (").all()


def test_who_waits_already_is_helped_by_a_step_that_shortens_the_wait() -> None:
    """The chance of a line not filled stays at one; the wait does not."""
    network = two_places(second=0)
    tables = {
        **network.tables,
        "opening_orders": pl.DataFrame({"part_id": ["P"], "place_id": ["A"], "source_id": ["F"], "quantity": [9],
                                        "ordered_days_ago": [1.0], "due_in": ["40"]}),
        "opening_backorders": pl.DataFrame({"part_id": ["P"], "place_id": ["A"], "quantity": [5],
                                            "waiting_days": [9.0]}),
    }  # fmt: skip
    outlook = warn(checked_network(tables, name="owed"), weeks=8, paths=60, seed=1)
    first = outlook.warnings.filter(pl.col("place_id") == "A").to_dicts()[0]
    assert first["action"].startswith("expedite the open order of 9 from F (")
    assert (first["owed"], first["on_hand"]) == (5, 0)
    assert first["reason"] == "customers are waiting for 5 pieces already; more will wait"
    assert outlook.expedites["waiting_change"][0] < -50.0  # five pieces, twenty days sooner


def test_the_contract_is_helped_by_the_steps_of_its_parts() -> None:
    network = two_places(second=20)
    tables = {
        **network.tables,
        "customers": pl.DataFrame({"customer_id": ["C"], "commitment_days": [0.0], "penalty_per_piece_day": [7.0]}),
        "demands": network["demands"].with_columns(customer_id=pl.lit("C")),
    }
    outlook = warn(checked_network(tables, name="contract"), weeks=8, paths=60, seed=1)
    broken = outlook.warnings.filter(pl.col("kind") == "contract_breach").to_dicts()[0]
    assert broken["action"].startswith("for P at A: move 2 from B (chance -")
    assert outlook.steps.filter(pl.col("warning_id") == broken["warning_id"])["verdict"].unique().to_list() == ["helps"]
    assert outlook.steps["money_change"].null_count() == 0


def test_the_form_counts_for_as_many_paths_as_the_paths_bear_it_out() -> None:
    """True chances drawn about the stated ones as if those rested on 40 paths, and stated ones that are exact."""
    rng = np.random.default_rng(7)
    stated = rng.uniform(0.05, 0.6, 2_000)
    true = rng.beta(40 * stated, 40 * (1 - stated))
    assert paths_worth(stated, rng.binomial(64, true).astype(np.float64), 64.0) == pytest.approx(40, rel=0.3)
    assert paths_worth(stated, rng.binomial(64, stated).astype(np.float64), 64.0) > 200
    assert paths_worth(stated[:10], np.zeros(10), 64.0) == PRIOR_PATHS


def test_a_step_that_clearly_raises_the_chance_is_not_worth_it_though_waiting_falls() -> None:
    frame = pl.DataFrame({
        "chance_change_low": [0.07, -0.02, -0.2], "chance_change_high": [0.25, 0.02, -0.1],
        "waiting_change": [-9.0, -9.0, 4.0], "waiting_change_low": [-12.0, -12.0, 2.0],
        "waiting_change_high": [-6.0, -6.0, 6.0],
    })  # fmt: skip
    assert frame.select(worth()).to_series().to_list() == [False, True, False]


def test_what_a_step_does_is_told_where_it_is_clear() -> None:
    frame = pl.DataFrame({
        "chance_change": [-0.052, 0.0], "chance_change_low": [-0.09, 0.0], "chance_change_high": [-0.0001, 0.0],
        "waiting_change": [-1.0, -12.4], "waiting_change_high": [0.5, -3.0],
    })  # fmt: skip
    assert frame.select(effect()).to_series().to_list() == [
        "chance -5.2 points [-9 to 0]", "-12 piece-days of waiting"
    ]  # fmt: skip
