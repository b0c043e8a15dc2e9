"""Figures of a warehouse study: what every one keeps, and what single ones say and draw."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from typing import Any

import polars as pl
import pytest

from spareverse.errors import NotFound
from spareverse.figures import numbers, page
from spareverse.figures.figure import Figure
from spareverse.figures.labels import at_end
from spareverse.figures.style import DARK_OF, LIGHT
from spareverse.figures.warehouse.comparison import Comparison, leaders
from spareverse.figures.warehouse.comparison_table import comparison_rows
from spareverse.figures.warehouse.gallery import NAMES, Gallery
from spareverse.figures.warehouse.options import KIND_COLOURS, option_comparison
from spareverse.figures.warehouse.precision import shrinking
from spareverse.figures.warehouse.stock import stock_against_time
from spareverse.network.study import HOURS_PER_MONTH, Access, Option, Study
from spareverse.network.study_answers import NOT_ENOUGH, PART_BY_PART
from spareverse.network.study_tables import COST_KINDS
from tests import fixtures_study as made
from tests.unit.figures.test_figure import walk

UNIT = re.compile(
    r", (%|days|years|lines|stocks|runs|percentage points|factor|(million )?[A-Z]{3}(/(year|h|month))?|kg/year)"
    r"|pieces|all of"
)


def gallery(study: Study) -> Gallery:
    tables = made.tables(study)
    return Gallery(study, tables, made.study_answers(study, tables))


@pytest.fixture(scope="module")
def platform() -> Gallery:
    return gallery(made.study())


@pytest.fixture(scope="module")
def package() -> Gallery:
    return gallery(made.study(lines=60))


@pytest.fixture(scope="module")
def farm() -> Gallery:
    study = made.study(("physical", "hybrid"), lines=3, period_h=HOURS_PER_MONTH)
    season = tuple(1 + 0.4 * (month in (0, 1, 11)) for month in range(12))
    access = Access(open_mean_h=tuple(60.0 + 10 * month for month in range(12)), closed_mean_h=(60.0,))
    return gallery(
        dataclasses.replace(
            study, access=access, economics=dataclasses.replace(study.economics, downtime_season=season)
        )
    )


@pytest.fixture(scope="module")
def figures(platform: Gallery, package: Gallery, farm: Gallery) -> dict[str, Figure]:
    """One of every kind, with data."""
    drawn = {name: platform.figure(name) for name in NAMES}
    drawn |= {name: package.figure(name) for name in ("package", "risk-matrix")} | {"seasons": farm.figure("seasons")}
    steps = {name: [(n, 0.1 / n**0.5) for n in (32, 64, 128)] for name in platform.comparison.names}
    return drawn | {"precision": shrinking(steps, platform.comparison, wanted=0.002)}


EVERY = (*NAMES, "precision")


def series(figure: Figure, id_: str) -> dict[str, Any]:
    return next(one for one in figure.options["series"] if one["id"] == id_)


@pytest.mark.parametrize("name", EVERY)
def test_options_are_plain_json_in_the_palette(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    assert figure.drawn
    assert json.loads(figure.json())["options"] == figure.options
    for key, _value in walk(figure.options):
        assert not key.startswith(":"), "a function in disguise"
    colours = {v for _, v in walk(figure.options) if isinstance(v, str) and v.startswith("#")}
    assert colours <= set(DARK_OF)


@pytest.mark.parametrize("name", EVERY)
def test_the_title_is_a_finding_with_a_number(figures: dict[str, Figure], name: str) -> None:
    title = figures[name].title
    assert title[0].isupper() or title[0].isdigit()
    assert re.search(r"\d", title) or name == "options", title
    assert "not known" not in title
    assert "nan" not in title.lower().split()


@pytest.mark.parametrize("name", EVERY)
def test_value_axes_carry_units(figures: dict[str, Figure], name: str) -> None:
    titles = {text for _, text in made.TITLES.items()}
    for side in ("xAxis", "yAxis"):
        axes = figures[name].options[side]
        for one in axes if isinstance(axes, list) else [axes]:
            if one["type"] == "value" and one["axisLabel"].get("show", True) and one["name"]:
                plain = one["name"].split(" (")[0]
                assert UNIT.search(one["name"]) or plain in titles, one["name"]


@pytest.mark.parametrize("name", EVERY)
def test_csv_holds_the_numbers(figures: dict[str, Figure], name: str) -> None:
    assert figures[name].csv().count("\n") > 1
    assert "<figure>" in page.chart(figures[name])


@pytest.mark.parametrize("name", NAMES)
def test_without_results_there_is_a_sentence_and_a_next_step(name: str) -> None:
    figure = Gallery(made.study(), {}, {}).figure(name)
    assert not figure.drawn
    assert len(figure.title) > 30
    assert figure.note.endswith(".")


def test_an_unknown_figure_is_not_found(platform: Gallery) -> None:
    with pytest.raises(NotFound, match="portrait"):
        platform.figure("portrait")


def test_all_leaves_out_what_cannot_be_drawn(platform: Gallery, farm: Gallery) -> None:
    assert "seasons" not in platform.all()
    assert "seasons" in farm.all()


def test_sections_hold_every_figure_once(farm: Gallery) -> None:
    held = [figure.name for figures in farm.sections().values() for figure in figures]
    assert held == [figure.name for figure in farm.all().values()]


def test_an_option_has_one_colour_everywhere(platform: Gallery) -> None:
    who = platform.comparison
    assert len({who.colour(name) for name in who.names}) == 4
    for name, id_ in (
        ("cumulative", "hybrid"),
        ("downtime", "hybrid"),
        ("stock", "hybrid"),
        ("availability", "hybrid"),
    ):
        assert series(platform.figure(name), id_)["itemStyle"]["color"] == who.colour("hybrid")
    assert set(KIND_COLOURS) == set(COST_KINDS)


def test_nine_options_are_drawn_and_colours_begin_again() -> None:
    options = tuple(Option(f"o{i}", "physical") for i in range(9))
    who = Comparison.of(dataclasses.replace(made.study(), options=options))
    assert who.colour("o8") == who.colour("o0") == LIGHT.option0


def test_bars_carry_the_interval_of_the_mean_and_of_single_runs(platform: Gallery) -> None:
    figure = platform.figure("options")
    row = platform.comparison.rows(platform.tables["options"], "total_cost", per_year=True)[0]
    yearly = platform.tables["options"].filter(pl.col("measure") == "total_cost", pl.col("option") == "physical")
    assert row["mean"] == pytest.approx(yearly["mean"][0] / 20)
    for id_, low in (("total_cost_mean", row["low"]), ("total_cost_runs", row["run_low"])):
        start = series(figure, id_)["markLine"]["data"][0][0]["coord"]
        assert start[0] == pytest.approx(low, rel=1e-4)


def test_axes_reach_the_ends_of_single_runs(farm: Gallery) -> None:
    options = farm.figure("options").options
    strokes = {one["id"]: one for one in options["series"] if one["id"].endswith("_runs")}
    for stroke in strokes.values():
        end = options["xAxis"][stroke["xAxisIndex"]]["max"]
        assert stroke["markLine"]["data"]
        assert all(high["coord"][0] <= end for _, high in stroke["markLine"]["data"])


def test_what_one_asset_may_live_through_is_said_of_one_asset_only(platform: Gallery, package: Gallery) -> None:
    assert "one asset may live through" in platform.figure("options").note
    assert "one asset" not in package.figure("options").note


def test_the_comparison_says_of_how_many_assets_its_availability_is(platform: Gallery, package: Gallery) -> None:
    alone, many = ([row[0] for row in comparison_rows(one.study, one.tables["options"])] for one in (platform, package))
    assert alone[0] == "availability"
    assert "all critical assets at once" not in alone
    assert many[0].startswith("availability (mean of ")
    assert many[1] == "all critical assets at once"


def test_options_that_cannot_be_told_apart_share_the_lead(platform: Gallery) -> None:
    rows = platform.comparison.rows(platform.tables["options"], "availability")
    assert set(leaders(rows, largest=True)) == {"enhanced", "hybrid"}
    clear = pl.DataFrame(
        {"option": ["hybrid"], "against": ["enhanced"], "measure": ["availability"], "low": [1e-5], "high": [2e-5]}
    )
    assert len(leaders(rows, clear, largest=True)) == 1
    title = option_comparison(platform.tables["options"], platform.comparison).title
    assert "are equally most available" in title
    assert title.endswith("Physical warehouse costs least (83,600 NOK/year)")


def test_kinds_of_cost_add_up_to_the_total(platform: Gallery) -> None:
    figure = platform.figure("costs")
    stacked = [one for one in figure.options["series"] if one.get("stack") == "cost"]
    totals = platform.comparison.rows(platform.tables["options"], "total_cost", per_year=True)
    for place, row in enumerate(totals):
        assert sum(one["data"][place]["value"] for one in stacked) == pytest.approx(row["mean"], rel=1e-3)


def test_histograms_count_every_run(platform: Gallery) -> None:
    data = platform.figure("availability").data
    assert data.group_by("option").agg(pl.col("runs").sum())["runs"].to_list() == [60] * 4


def test_rules_stand_where_the_cheapest_option_changes(platform: Gallery) -> None:
    figure = platform.figure("downtime")
    rules = [rule["xAxis"] for rule in series(figure, "hover")["markLine"]["data"]]
    switches = platform.answers["downtime_switches"].drop_nulls("rank").sort("rank")["from_cost"].to_list()
    assert rules == pytest.approx([*switches[1:], 40.0], rel=1e-4)
    assert figure.title.startswith("Digital warehouse is cheapest up to 13.6")
    unsure = platform.answers["downtime_switches"].with_columns(verdict=pl.lit(NOT_ENOUGH))
    again = Gallery(platform.study, platform.tables, {**platform.answers, "downtime_switches": unsure}).figure(
        "downtime"
    )
    assert series(again, "hover")["markLine"]["data"][0]["lineStyle"]["type"] == "dashed"


def test_the_fee_chart_marks_the_break_even_fee(platform: Gallery) -> None:
    figure = platform.figure("fees", against="enhanced")
    assert "against Enhanced physical warehouse" in figure.title
    line = series(figure, "hybrid_even")["data"]
    assert line[-1][1] == pytest.approx(2200 * 20 * 12, rel=1e-3)
    chart = platform.answers["fee_chart"].filter(pl.col("kind") != "covered")
    whole = Gallery(platform.study, platform.tables, {**platform.answers, "fee_chart": chart}).figure("fees")
    assert set(whole.data["kind"]) == {"total"}, "fees that cover nothing are compared with nothing but in the total"
    never = platform.answers["break_even"].with_columns(verdict=pl.lit("never"), value=pl.lit(None, pl.Float64))
    again = Gallery(platform.study, platform.tables, {**platform.answers, "break_even": never}).figure("fees")
    assert "even without its fee" in again.title
    assert not [one for one in again.options["series"] if one["id"].endswith("_even")]


def test_stock_steps_follow_the_log_and_stock_outs_are_marked(platform: Gallery) -> None:
    events = platform.tables["events"].filter(pl.col("option") == "physical", pl.col("replication") == 0)
    figure = stock_against_time(events, platform.tables["line_results"], platform.comparison)
    outs = events.filter(pl.col("kind") == "stock_out").height
    assert len(series(figure, "physical_out")["data"]) == outs
    assert f"ran out {outs} times" in figure.title
    steps = series(figure, "physical")["data"]
    assert steps[0] == [0.0, 3.0]
    assert [height for _, height in steps[1:-1]] == events["on_hand"].to_list()
    assert not stock_against_time(events, platform.tables["line_results"], platform.comparison, "nobody").drawn


def test_beaten_options_are_hollow(platform: Gallery) -> None:
    figure = platform.figure("pareto")
    beaten = platform.answers["pareto"].filter(pl.col("verdict") == "dominated")["option"].to_list()
    for name in platform.comparison.names:
        hollow = series(figure, name)["data"][0]["itemStyle"]["color"] == LIGHT.surface
        assert hollow == (name in beaten)


def test_the_package_counts_every_line_once(package: Gallery) -> None:
    figure = package.figure("package")
    counted = sum(item["value"] for id_ in ("clear", "unclear") for item in series(figure, id_)["data"])
    assert counted == 60
    assert "60 stocks" in figure.title


def test_what_is_recommended_for_each_part_stands_beside_the_options(package: Gallery, platform: Gallery) -> None:
    mixture = package.answers["part_by_part"].filter(measure="total_cost")["value"][0] / 20
    for name, ids in (("options", ("availability", "total_cost")), ("package", ("cost",))):
        figure = package.figure(name)
        for id_ in ids:
            last = series(figure, id_)["data"][-1]
            assert last["name"].startswith("Recommended for each part")
            assert last["itemStyle"]["color"] == LIGHT.proposed
    assert series(package.figure("costs"), "parts")["data"][-1]["value"] > 0
    assert "saves" in package.figure("package").title
    text = series(package.figure("package"), "cost")["data"][-1]["name"]
    assert text == f"Recommended for each part: {numbers.rough(mixture / 1e6, 'million NOK/year')}"
    assert "Recommended" not in package.figure("options").title, "options of the study are told apart in pairs"
    assert len(series(platform.figure("options"), "availability")["data"]) == 4
    alone = Gallery(package.study, package.tables, {**package.answers, "part_by_part": PART_BY_PART.empty()})
    assert alone.figure("package").note.endswith("the one recommended, added up.")


def test_the_package_counts_what_the_target_asks_for(package: Gallery) -> None:
    study = dataclasses.replace(package.study, target_availability=0.98)
    counted = {
        item["name"].split(":")[0]: item["value"]
        for id_ in ("clear", "unclear")
        for item in series(Gallery(study, package.tables, package.answers).figure("package"), id_)["data"]
        if item["value"]
    }
    assert set(counted) <= {"Enhanced physical warehouse", "Hybrid warehouse"}


def test_the_matrix_has_nine_cells_and_counts_the_lines(package: Gallery) -> None:
    figure = package.figure("risk-matrix")
    cells = series(figure, "cells")["data"]
    assert len(cells) == 9
    assert sum(cell["value"][2] for cell in cells) == 60


def test_seasons_show_the_weather_and_the_price_of_an_hour(farm: Gallery) -> None:
    figure = farm.figure("seasons")
    closed = [item["value"] for item in series(figure, "closed")["data"]]
    assert closed[0] == pytest.approx(50.0)
    assert closed[-1] == pytest.approx(100 * 60 / (60 + 170), rel=1e-3)
    assert next(item["value"] for item in series(figure, "price")["data"]) == 1.4
    assert len(series(figure, "hybrid")["data"]) == 12


def test_labels_at_line_ends_keep_their_distance(platform: Gallery) -> None:
    lines = {f"line {i}": {"data": [[0, 0], [1, 50.0 + 0.1 * i]], "lineStyle": {"color": "#000000"}} for i in range(5)}
    placed = at_end(lines, 100.0, 200.0)
    heights = sorted(200 * (1 - one["data"][-1][1] / 100) + one["endLabel"]["offset"][1] for one in placed)
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 13.5


def test_names_cannot_become_markup(platform: Gallery) -> None:
    evil = "{a|<b>x</b>}"
    study = dataclasses.replace(
        platform.study,
        options=tuple(dataclasses.replace(option, title=evil + option.name) for option in platform.study.options),
    )
    figure = Gallery(study, platform.tables, platform.answers).figure("options")
    for axis in figure.options["yAxis"]:
        assert all(label.count("{") == 2 for label in axis["data"])


@pytest.mark.parametrize(
    ("value", "low", "high", "share", "said"),
    [
        (0.9843, 0.98401, 0.98459, True, "98.43 % [98.40-98.46]"),
        (67_255.0, 66_900.0, 67_611.0, False, "67,300 NOK [66,900-67,600]"),
        (2_200.0, 2_150.0, 2_260.0, False, "2,200 NOK [2,150-2,260]"),
        (-12.0, -20.0, -4.0, False, "-12 NOK [-20 to -4]"),
        (5.0, None, None, False, "5 NOK"),
        (3_700.0, 2_800.0, 40_000.0, False, "3,700 NOK [2,800-40,000]"),
        (20.0, 0.4, 40.0, False, "20 NOK [0.40-40]"),
        (None, 1.0, 2.0, False, "not known"),
        (12_345.6789, 12_345.6788, 12_345.6790, False, "12,346 NOK"),
        (104.261, 104.258, 104.264, False, "104.3 NOK"),
        (0.123456, 0.123455, 0.123457, False, "0.1235 NOK"),
        (104.26, 104.16, 104.36, False, "104.3 NOK [104.2-104.4]"),
        (0.0909, -0.18, 0.362, True, "9 % [-18 to 36]"),
        (0.99998712, 0.99998612, 0.99998812, True, "99.9987 % [99.9986-99.9988]"),
    ],
)
def test_no_digit_beyond_what_the_interval_carries(
    value: float | None, low: float | None, high: float | None, share: bool, said: str
) -> None:
    assert numbers.measured(value, low, high, "NOK", share=share) == said
