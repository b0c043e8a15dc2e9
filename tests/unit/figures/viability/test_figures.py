"""The figures of the Observer: what every one keeps, and what single ones say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import NotFound
from spareverse.figures.figure import Figure
from spareverse.figures.style import DARK_OF, LIGHT
from spareverse.figures.viability.alarms import alarm_timeline, streams, subject_words, trouble_words, troubles
from spareverse.figures.viability.effects import promises_and_outcomes, recommendation_forest
from spareverse.figures.viability.externalities import externality_matrix
from spareverse.figures.viability.gallery import NAMES, ViabilityGallery
from spareverse.figures.viability.map import JOINT, viability_map
from spareverse.figures.viability.noticed import noticed_delays, of_use
from spareverse.figures.viability.noticed_strip import noticed_strip
from spareverse.figures.viability.recovery import calm_after, recovery_curves
from spareverse.figures.viability.warnings import warning_scatter
from spareverse.figures.viability.words import change, quantity, two_costs, verdict_words
from tests import fixtures_observation as made
from tests.unit.figures.test_figure import walk


@pytest.fixture(scope="module")
def gallery() -> ViabilityGallery:
    tables = {**made.tables(), "follow_ups": made.follow_ups()}
    return ViabilityGallery(tables, "EUR", "plan 7", {"homeostasis": "not proven"})


def series(figure: Figure, name: str) -> dict[str, Any]:
    return next(one for one in figure.options["series"] if one["id"] == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_travels_as_json_in_both_themes(gallery: ViabilityGallery, name: str) -> None:
    figure = gallery.figure(name)
    assert figure.drawn
    assert figure.data.height
    assert json.loads(figure.json())["title"]
    colours = {value for value in walk(figure.options) if isinstance(value, str) and value.startswith("#")}
    assert colours <= set(DARK_OF)
    ids = [one["id"] for one in figure.options["series"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_observed_says_what_to_do(name: str) -> None:
    figure = ViabilityGallery({}, "EUR").figure(name)
    assert not figure.drawn
    assert figure.note


def test_an_unknown_figure_is_named(gallery: ViabilityGallery) -> None:
    with pytest.raises(NotFound, match="pie"):
        gallery.figure("pie")


def test_the_map_says_where_today_stands_and_marks_what_is_experimental(gallery: ViabilityGallery) -> None:
    figure = gallery.map()
    assert figure.title == "Whether today lies inside the limits is not sure; plan 7 lies farther inside"
    assert figure.options["yAxis"]["name"] == "Bears shocks (dynamic homeostasis), 0 to 1 (experimental)"
    data = {dot["label"]["formatter"]: dot for dot in series(figure, "points")["data"]}
    assert list(data) == [
        "today: not sure", "quay-closed: outside the limits", "plan 7: inside the limits (centre)",
    ]  # fmt: skip
    looks = [(dot["itemStyle"]["color"], dot["symbol"]) for dot in data.values()]
    assert looks == [(LIGHT.late, "triangle"), (LIGHT.stock_out, "diamond"), (LIGHT.early, "circle")]
    assert "homeostasis falls" in figure.note


def test_words_of_points_side_by_side_do_not_meet() -> None:
    beside = made.viability(0).with_columns(homeostasis=0.44, homeostasis_low=0.4, homeostasis_high=0.48)
    labels = [dot["label"] for dot in series(viability_map(beside), "points")["data"]]
    assert len({(one["position"], one["distance"]) for one in labels}) == 3


def test_the_region_is_wider_than_either_interval_and_stays_on_the_scale() -> None:
    now = made.viability(0).filter(pl.col("kind") == "now").with_columns(coherence=0.99, coherence_high=1.0)
    outline = np.array(series(viability_map(now), "region now border")["data"])
    row = now.row(0, named=True)
    half = row["homeostasis_high"] - row["homeostasis"]
    assert outline[:, 1].max() == pytest.approx(row["homeostasis"] + JOINT * half, abs=1e-3)
    assert outline[:, 0].max() == pytest.approx(1.0)
    assert outline[:, 0].min() < row["coherence_low"]


def test_correlated_axes_tilt_the_region() -> None:
    now = made.viability(0).filter(pl.col("kind") == "now")
    spread = [(now[f"{axis}_high"][0] - now[f"{axis}_low"][0]) / 2 / 1.96 for axis in ("coherence", "homeostasis")]
    tilted = viability_map(now.with_columns(covariance=0.9 * spread[0] * spread[1]))
    outline = np.array(series(tilted, "region now border")["data"])
    right, left = outline[outline[:, 0].argmax(), 1], outline[outline[:, 0].argmin(), 1]
    assert right > now["homeostasis"][0] + 0.03 > now["homeostasis"][0] - 0.03 > left


def test_a_record_alone_shows_its_way_and_no_drift_within_noise() -> None:
    past = made.viability().filter(pl.col("kind") == "past")
    figure = viability_map(past)
    assert figure.title.startswith("The record drifts: homeostasis falls by")
    assert figure.options["xAxis"]["name"] == "Stands for structural coherence, 0 to 1"
    calm = past.with_columns(homeostasis_low=pl.lit(0.0), homeostasis_high=pl.lit(1.0), coherence_low=pl.lit(0.0))
    assert "no drift beyond noise" in viability_map(calm).title


def test_the_matrix_shades_only_what_is_clear() -> None:
    figure = externality_matrix(made.externalities(), "EUR")
    assert figure.title == "Planner costs the enterprise most: 45 EUR/day [37-53]"
    cells = {tuple(cell["value"][:2]): cell for cell in series(figure, "cells")["data"]}
    assert cells[0, 0]["itemStyle"]["color"] == LIGHT.stock_out
    assert cells[1, 0]["itemStyle"]["color"] == LIGHT.holding
    assert cells[3, 2]["itemStyle"]["color"] == LIGHT.line
    assert "-41 %" in cells[0, 0]["label"]["formatter"]
    assert "no change" in cells[3, 2]["label"]["formatter"]


def test_recovered_is_no_more_waiting_beyond_noise() -> None:
    rows = {str(name): part for (name,), part in made.recovery().group_by("disturbance", maintain_order=True)}
    assert calm_after(rows["pulse"]) == 115.0
    assert calm_after(rows["outage"]) is None
    assert calm_after(rows["pulse"].with_columns(waiting_low=pl.lit(-1.0))) == 0.0
    assert recovery_curves(made.recovery()).title == "More still wait after 435 days: supplier outage and closed link"


def test_a_stream_with_several_alarms_is_one_row() -> None:
    every = streams(made.alarms())
    assert [len(row["all"]) for row in every] == [1, 2, 1]
    figure = alarm_timeline(made.alarms())
    assert len(figure.options["yAxis"]["data"]) == 2
    assert figure.options["xAxis"]["min"] == "2021-02-01"
    assert figure.title == "2 troubles noticed; the surest: lead time, supplier " + made.HOSTILE


def test_alarms_of_one_trouble_are_one_row_under_their_widest_subject() -> None:
    one = made.alarms().filter(subject_kind="supplier").with_columns(trouble=pl.lit(1, pl.Int64))
    lanes = one.with_columns(subject_kind=pl.lit("lane"), place_id=pl.lit("OSLO"), q_value=pl.lit(1e-12))
    other = made.alarms().head(1).with_columns(subject_id=pl.lit("S-9"), trouble=pl.lit(2, pl.Int64))
    every = troubles(pl.concat([lanes, one.filter(pl.col("subject_id") == "S-1"), other]))
    assert [(trouble_words(row), len(row["all"])) for row in every] == [
        ("lead time, supplier S-1 and 2 more", 5), ("lead time, supplier S-9", 1),
    ]  # fmt: skip
    assert subject_words(lanes.row(0, named=True)) == "lane S-1 to OSLO"


def test_what_notices_first_is_the_title_and_chance_is_left_out() -> None:
    table = made.noticed().with_columns(subject_id=pl.lit("OSLO"))
    figure = noticed_delays(table)
    assert figure.title == "Supplier outage is noticed soonest, by waiting at OSLO: after 2.9 weeks (1.4 to 8.6)"
    assert [7.0 * dot["value"][0] for dot in series(figure, "noticed")["data"]] == pytest.approx([20.0, 40.0])
    assert figure.options["xAxis"]["max"] == 9, "the slowest run took 8.6 weeks"
    assert "alarms without it in 1 of 10 runs" in series(figure, "noticed")["data"][1]["name"]
    few = table.with_columns(noticed=pl.lit(4, pl.Int64), false_alarms=pl.lit(3, pl.Int64))
    assert of_use(few).is_empty(), "four of ten beside three of ten is chance"
    assert of_use(few.with_columns(runs=pl.lit(1, pl.Int64))).height == 3
    assert noticed_delays(table.filter(stream="orders")).title.startswith("No monitor noticed clearly more")


def test_alarms_stand_on_the_strip_of_time_within_their_disturbance() -> None:
    table = made.noticed().with_columns(subject_id=pl.lit("OSLO"))
    later = table.with_columns(disturbance=pl.lit("surge"), begins_day=pl.lit(600.0))
    figure = noticed_strip(pl.concat([table, later]))
    assert figure.title == "Outage is noticed after 2.9 weeks (1.4 to 8.6), by waiting at OSLO"
    alarms = series(figure, "alarms")
    assert [dot["value"][0] for dot in alarms["data"]] == [385.0, 405.0, 620.0, 640.0]
    assert [dot["symbolRotate"] for dot in alarms["data"]] == [0, 180, 0, 180], "waiting more, stock less"
    bands = [(begin["xAxis"], end["xAxis"], begin["name"]) for begin, end in alarms["markArea"]["data"]]
    assert bands == [(365.0, 547.0, "outage"), (600.0, 782.0, "surge")]
    assert figure.options["yAxis"]["data"][0] == "waiting at OSLO (EWMA)"
    together = noticed_strip(pl.concat([table, table.with_columns(disturbance=pl.lit("surge"))]))
    assert together.options["yAxis"]["data"][0].endswith("(outage)")
    assert noticed_strip(table.filter(stream="orders")).title.startswith("No monitor noticed clearly more")


def test_without_a_price_of_waiting_warnings_are_drawn_by_the_value_of_their_pieces() -> None:
    table = made.warnings(3).with_columns(expected_money=pl.lit(None, pl.Float64), value_short=pl.lit(50.0))
    figure = warning_scatter(table, "EUR")
    assert figure.drawn
    assert figure.title == f"4 warnings; first: {made.HOSTILE} at OSLO"
    assert figure.options["yAxis"]["name"].startswith("Value of the pieces")


def test_the_money_of_warnings_is_that_of_stock_outs() -> None:
    """4,000 + 2,000 of two stock-outs; the 1,500 of the contract are among it."""
    assert warning_scatter(made.warnings(2), "EUR").title.startswith("3 warnings, 6,000 EUR expected")


def test_warnings_are_coloured_by_the_time_left() -> None:
    figure = warning_scatter(made.warnings(), "EUR")
    count = {one["id"]: len(one["data"]) for one in figure.options["series"] if one["id"] != "intervals"}
    assert count == {"within a week": 3, "within four weeks": 10, "later": 17, "time not known": 1}
    none = warning_scatter(made.warnings().with_columns(expected_money=pl.lit(0.0)), "EUR")
    assert none.title == "No warning has money to its name."


def test_only_what_survives_is_shown() -> None:
    figure = recommendation_forest(made.recommendations(), "EUR")
    assert figure.title == "Raise reorder points for Bearings by 40 %: saves 110 EUR/day [80-140]"
    assert len(series(figure, "cost_change")["data"]) == 2
    assert [dot["itemStyle"]["color"] for dot in series(figure, "fill_change")["data"]] == [LIGHT.early] * 2
    names = figure.options["yAxis"][0]["data"]
    assert names[0].startswith("1. Raise")
    assert names[1].startswith("2. (!) Raise")
    assert "(!): leaves a limit or serves less" in figure.note
    worst = recommendation_forest(made.recommendations()[1:2], "EUR")
    assert worst.title.startswith("Would take stock value out of its limit: 838,000 against 835,000 EUR. Raise")
    lost = made.recommendations().filter(pl.col("verdict") != "survives")
    assert recommendation_forest(lost, "EUR").title == "2 nudges were tried; none does better than doing nothing."


def test_outcomes_stand_beside_their_promise() -> None:
    figure = promises_and_outcomes(made.follow_ups(), {"nudge 0": "Raise"}, "EUR")
    assert figure.title == "1 promise of 2 kept or exceeded, 1 missed"
    came = [dot["value"][0] for dot in series(figure, "came")["data"]]
    # each line on its own scale: the farthest end of promise and outcome is 1
    assert came == [pytest.approx(0.025 / 0.045, rel=1e-3), pytest.approx(0.4 / 1.375, rel=1e-3)]
    promised = [dot["value"][0] for dot in series(figure, "promised")["data"]]
    assert promised == [pytest.approx(0.03 / 0.045, rel=1e-3), pytest.approx(-1.1 / 1.375, rel=1e-3)]
    assert figure.options["xAxis"]["min"] < -1.0 < 1.0 < figure.options["xAxis"]["max"]


def test_errors_of_floats_are_told_as_nothing() -> None:
    assert change(1.39e-16, -1e-17, 3e-16, "share") == change(0.0, 0.0, 0.0, "share")
    assert change(1.39e-16, None, None, "share") == "0 points"


def test_two_costs_of_one_network_say_why_they_differ() -> None:
    """2,200 a day of 24 runs beside 812,000 a year of 8; a year with other prices is beyond chance."""
    told = two_costs(made.coherence(), made.measures(), made.document())
    assert told == (
        "Cost now is the mean of 24 runs; total cost beside the limits, 2,220 EUR/day [2,140-2,310], is that of 8 other"
        " runs over two years after one to settle. They differ by chance."
    )
    apart = made.coherence().with_columns(pl.col("cost_now", "cost_now_low", "cost_now_high") / 2, simulated_days=365.0)
    told = two_costs(apart, made.measures(), made.document())
    assert "24 runs over 1 year;" in told
    assert told.endswith("Other years are looked at.")
    assert two_costs(made.coherence().clear(), made.measures(), made.document()) == ""


def test_numbers_carry_sign_unit_and_interval() -> None:
    assert change(0.03, 0.02, 0.04, "share") == "+3.0 points [2.0-4.0]"
    assert change(-110.0, -150.0, -70.0, "currency/d", "NOK") == "-110 NOK/day [-150 to -70]"
    assert quantity(12.0, 10.0, 14.0, "d") == "12 days [10-14]"


def test_where_nobody_has_set_limits_no_point_is_inside_or_outside() -> None:
    """Points are held against today: within a tenth of it, clearly worse, or perhaps."""
    unset = made.viability(0).with_columns(
        viable=pl.lit("default"),
        beyond=pl.when(pl.col("point") == "quay-closed").then(pl.lit("stock_value, fill_rate")),
    )
    said = {row["point"]: verdict_words(row) for row in unset.to_dicts()}
    assert said == {
        "now": "no limits set",
        "quay-closed": "over a tenth worse than today on stock value and fill rate (limits not set)",
        "plan 7": "at most a tenth worse than today (limits not set)",
    }
    perhaps = unset.filter(point="plan 7").with_columns(margin_low=-0.01).row(0, named=True)
    assert verdict_words(perhaps, short=True) == "perhaps over a tenth worse than today"
    figure = viability_map(unset, centre="plan 7")
    assert figure.title == "No limits are set: a tenth worse than today is taken; plan 7 keeps farther from that"
    labels = [dot["label"]["formatter"] for dot in series(figure, "points")["data"]]
    assert labels[1] == "quay-closed: over a tenth worse than today"
    assert "inside the limits" not in json.dumps(figure.options) + figure.title
    assert "Nobody has set limits" in figure.note
