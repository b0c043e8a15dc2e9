"""The figures of a simulated network: what every one keeps, and what single ones say."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from spareverse.errors import NotFound, UsageError
from spareverse.figures.figure import Figure
from spareverse.figures.network.causes import CAUSE_COLOURS, Drill, cause_stack
from spareverse.figures.network.gallery import NAMES, NetworkGallery
from spareverse.figures.network.hurt import hurt
from spareverse.figures.network.scenarios import Scenarios, interval
from spareverse.figures.network.series import link_series
from spareverse.figures.style import DARK_OF
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import CAUSES
from tests.unit.figures.network import made
from tests.unit.figures.test_figure import walk

SCENARIOS = (Scenario("today", "Today"), Scenario("storm", "Storm in July"))


@pytest.fixture(scope="module")
def gallery() -> NetworkGallery:
    return NetworkGallery(made.network(), made.tables(), SCENARIOS)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_travels_as_json_in_both_themes(gallery: NetworkGallery, name: str) -> None:
    figure = gallery.figure(name)
    assert figure.drawn
    assert figure.data.height
    document = json.loads(figure.json())
    assert document["title"]
    colours = {value for value in walk(figure.options) if isinstance(value, str) and value.startswith("#")}
    assert colours <= set(DARK_OF)
    ids = [one["id"] for one in figure.options["series"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_without_a_run_each_says_what_to_do(name: str) -> None:
    figure = NetworkGallery(made.network(), {}).figure(name)
    assert figure.note
    assert figure.drawn == (name in ("network-map", "network-layers"))


def test_an_unknown_figure_is_named(gallery: NetworkGallery) -> None:
    with pytest.raises(NotFound, match="pie"):
        gallery.figure("pie")


def test_a_map_needs_positions() -> None:
    figure = NetworkGallery(made.network(False), made.tables()).figure("network-map")
    assert not figure.drawn
    assert "coordinates" in figure.title


def test_lines_are_as_wide_as_what_travels(gallery: NetworkGallery) -> None:
    figure = gallery.figure("network-layers", scenario="today")
    lines = [line for one in figure.options["series"] if one["id"].startswith("links ") for line in one["data"]]
    widths = {line["id"]: line["lineStyle"]["width"] for line in lines}
    pieces = dict(figure.data.select("link_id", "pieces").iter_rows())
    assert max(widths, key=lambda link: widths[link]) == max(pieces, key=lambda link: pieces[link])


def test_both_ledgers_draw_the_same_waiting(gallery: NetworkGallery) -> None:
    for drill in (Drill(), Drill("entity"), Drill("part", cause="link closed"), Drill("place", entity="MILAN")):
        figure = gallery.figure("causes", scenario="storm", drill=drill)
        assert figure.drawn
        drawn = {ledger: sum(point["value"] for one in figure.options["series"] if one["id"].startswith(ledger)
                             for point in one["data"]) for ledger in ("timeline", "critical")}  # fmt: skip
        for ledger, total in drawn.items():
            assert total == pytest.approx(float(figure.data[ledger].sum()), rel=1e-3)


def test_a_link_is_followed_from_the_first_counted_day() -> None:
    network, events = made.network(), made.tables()["events"]
    settings = network["settings"].with_columns(warm_up_days=pl.lit(60.0), horizon_days=pl.lit(300.0))
    counted = Network({**network.tables, "settings": settings}, network.name, network.notices)
    figure = link_series(counted, events, Scenarios(("today", "storm")), "STAVANGER-P01")
    sent = events.filter((pl.col("kind") == "shipment") & (pl.col("link_id") == "STAVANGER-P01"))
    assert figure.data["pieces"].sum() == sent.filter(pl.col("day") >= 60.0)["quantity"].sum() < sent["quantity"].sum()
    assert figure.options["xAxis"]["data"][0] == "60"


def test_beyond_eight_shades_the_rest_is_together() -> None:
    causes = pl.concat(
        made.tables()["causes"].filter(pl.col("scenario") == "storm").with_columns(part_id=pl.lit(f"X{i}"))
        for i in range(12)
    )
    figure = cause_stack(causes, "storm", made.PERIOD, Drill("part"))
    assert figure.data["part"].n_unique() == 9
    assert float(figure.data["timeline"].sum()) == pytest.approx(float(causes["timeline_seconds"].sum()) / 86400)
    assert "came from X" in figure.title
    begins = cause_stack(causes, "storm", made.PERIOD, start_day=365.0).options["xAxis"][1]["data"]
    assert begins[:2] == ["365", "395"]


def test_every_cause_has_a_colour_of_its_own() -> None:
    assert set(CAUSE_COLOURS) == set(CAUSES)
    assert len(set(CAUSE_COLOURS.values())) == len(CAUSES)
    with pytest.raises(UsageError, match="colour"):
        Drill("colour")


def test_a_change_beyond_the_axis_is_told_in_words(gallery: NetworkGallery) -> None:
    figure = gallery.figure("scenarios")
    dots = next(one for one in figure.options["series"] if one["id"] == "storm")["data"]
    axis = figure.options["xAxis"]
    assert all(axis["min"] <= dot["value"][0] <= axis["max"] for dot in dots)
    beyond = [dot for dot in dots if "label" in dot]
    assert len(beyond) == 1
    assert beyond[0]["label"]["formatter"].endswith("%")
    assert figure.title.startswith("Storm in July: waiting of customers")
    assert figure.title.endswith("(worse)")


def test_customers_are_paired_by_run(gallery: NetworkGallery) -> None:
    figure = gallery.figure("hurt", scenario="storm")
    table = made.tables()["customers"].filter(pl.col("customer_id") == "OPERATOR-1").sort("replication")
    waits = {name: table.filter(pl.col("scenario") == name)["waiting_piece_days"].to_numpy() for name in made.SCENARIOS}
    mean, low, high = interval(waits["storm"] - waits["today"])
    row = figure.data.filter(pl.col("id") == "OPERATOR-1").row(0, named=True)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((mean, low, high))
    assert low < mean < high
    assert not gallery.figure("hurt", scenario="today").drawn


def test_an_interval_needs_two_runs() -> None:
    assert interval([3.0])[0] == 3.0
    assert np.isnan(interval([3.0])[1:]).all()
    # mean 2, standard error 1/sqrt(3), t = 4.303
    assert interval([1.0, 2.0, 3.0]) == pytest.approx((2.0, 2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), rel=1e-4)


def bands(figure: Figure, id_: str) -> np.ndarray:
    return np.array(next(one for one in figure.options["series"] if one["id"] == id_)["data"], float)[:, 1]


def test_a_band_holds_the_runs(gallery: NetworkGallery) -> None:
    figure = gallery.figure("place-series", place_id="P01")
    runs = made.tables()["series"].filter((pl.col("place_id") == "P01") & (pl.col("scenario") == "storm"))
    stock = runs.group_by("period").agg(pl.col("on_hand_piece_days") / made.PERIOD).sort("period")
    low = bands(figure, "storm stock_low")
    high = low + bands(figure, "storm stock_band")
    for at, values in enumerate(stock["on_hand_piece_days"].to_list()):
        assert min(values) - 1e-3 <= low[at] <= np.mean(values) <= high[at] <= max(values) + 1e-3
    assert "Platform 1" in figure.title


def test_the_first_scenario_is_grey_and_others_differ() -> None:
    found = Scenarios(("a", "b", "c"))
    assert len({found.colour(name) for name in found.names}) == 3


def test_parts_that_wait_as_long_in_both_scenarios_are_not_hurt_by_a_last_digit() -> None:
    random = np.random.default_rng(2)
    waits = pl.DataFrame({
        "part_id": [f"P-{number % 4}" for number in range(4000)], "waiting_piece_days": random.random(4000) * 1e3
    })  # fmt: skip
    scenarios = Scenarios(("today", "storm"))
    points = [waits.sample(fraction=1.0, shuffle=True, seed=seed) for seed in range(2)]
    both = pl.concat([
        one.with_columns(scenario=pl.lit(name)) for one, name in zip(points, scenarios.names, strict=True)
    ])  # fmt: skip
    customers = made.tables()["customers"].clear()
    assert not hurt(made.network(), both, customers, scenarios, "storm").drawn
