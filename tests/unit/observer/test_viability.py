"""Points of the map: figures a year, margins to limits on either side, verdicts, the centre."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.figures.viability.words import margin_words
from spareverse.network.agent_tables import LIMITS
from spareverse.observer.viability import (
    Estimate,
    Point,
    centre,
    checked_limits,
    default_limits,
    errors_beside,
    figures,
    point,
    viability_tables,
)
from tests.unit.observer.test_homeostasis import CALM, series


def limits(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in LIMITS.names} for row in rows], schema=LIMITS.schema)


def now(**values: tuple[float, float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [{"measure": name, "unit": "", "value": mean, "value_low": low, "value_high": high}
         for name, (mean, low, high) in values.items()]
    )  # fmt: skip


def placed(found: pl.DataFrame, held: pl.DataFrame, name: str = "now") -> Point:
    return point(name, "now", found, held, coherence=Estimate(0.8, 0.7, 0.9), homeostasis=None, basis="simulated")


FLOOR = {"measure": "fill_rate", "side": "service", "at_least": 0.9}
CEILING = {"measure": "total_cost", "side": "money", "at_most": 1000.0}


def test_sums_are_told_for_a_year_and_scaled_to_the_whole() -> None:
    """40 days with two emergency orders, 20 lines of which none is filled, and a stock of 100."""
    run = pl.concat([series("none", number, **{**CALM, "holding_cost": [10.0] * 4}) for number in range(2)])
    one = {row["measure"]: row for row in figures(run).iter_rows(named=True)}
    assert one["total_cost"]["value"] == pytest.approx(40.0 * 365 / 40)
    assert one["total_cost"]["unit"] == "currency/year"
    assert one["stock_value"]["value"] == pytest.approx(100.0)
    assert one["expedites_per_week"]["value"] == pytest.approx(7 / 40)
    assert one["exceptions_per_week"]["value"] == pytest.approx(21 * 7 / 40)
    five = {row["measure"]: row["value"] for row in figures(run, 5.0).iter_rows(named=True)}
    for name in ("total_cost", "stock_value", "exceptions_per_week"):
        assert five[name] == pytest.approx(5 * one[name]["value"])
    assert five["wait_days"] == one["wait_days"]["value"]


@pytest.mark.parametrize(
    ("fill", "viable"),
    [((0.95, 0.92, 0.98), "yes"), ((0.91, 0.88, 0.94), "unsure"), ((0.85, 0.82, 0.88), "no")],
)
def test_a_point_is_viable_where_no_interval_crosses_a_limit(fill: tuple[float, float, float], viable: str) -> None:
    found = placed(now(fill_rate=fill, total_cost=(500.0, 480.0, 520.0)), limits(FLOOR, CEILING))
    assert found.row["viable"] == viable
    assert found.row["margin"] == pytest.approx((fill[0] - 0.9) / 0.9)
    assert found.row["margin_low"] == pytest.approx((fill[1] - 0.9) / 0.9)
    assert "covariance" not in found.row


def test_margins_on_both_sides_take_the_nearer_limit() -> None:
    both = {**FLOOR, "at_most": 0.96}
    row = placed(now(fill_rate=(0.95, 0.93, 0.97)), limits(both)).measures.row(0, named=True)
    assert row["margin"] == pytest.approx((0.96 - 0.95) / 0.96)
    assert row["margin_low"] == pytest.approx((0.96 - 0.97) / 0.96)
    assert row["margin_high"] == pytest.approx((0.96 - 0.93) / 0.96)


def test_without_limits_nothing_is_judged() -> None:
    found = placed(now(fill_rate=(0.95, 0.93, 0.97)), limits())
    assert "viable" not in found.row
    assert viability_tables([found])["viability"]["viable"].to_list() == [None]
    assert centre(viability_tables([found])["viability"]) is None


def test_the_centre_lies_farthest_from_the_limits() -> None:
    points = [
        placed(now(fill_rate=fill), limits(FLOOR), name)
        for name, fill in (("now", (0.92, 0.91, 0.93)), ("plan", (0.97, 0.96, 0.98)))
    ]
    tables = viability_tables(points)
    assert centre(tables["viability"]) == "plan"
    assert tables["viability_measures"]["point"].to_list() == ["now", "plan"]


def test_defaults_are_a_tenth_worse_than_today() -> None:
    found = default_limits(now(fill_rate=(0.9, 0.9, 0.9), total_cost=(200.0, 1.0, 1.0), stock_value=(0.0, 0.0, 0.0)))
    assert found.select("measure", "at_least", "at_most").rows() == [
        ("fill_rate", pytest.approx(0.81), None),
        ("total_cost", None, pytest.approx(220.0)),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [({**FLOOR, "measure": "fil_rate"}, "fill_rate"), ({**FLOOR, "at_least": None}, "at_least, at_most or both")],
)
def test_limits_that_limit_nothing_are_refused(row: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked_limits(limits(FLOOR, row))
    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0].remedy


def test_limits_taken_from_today_leave_today_inside_however_well_it_is_known() -> None:
    today = now(total_cost=(100.0, 60.0, 140.0))
    held = default_limits(today)
    itself = pl.DataFrame({"measure": ["total_cost"], "below": [0.0], "above": [0.0]})
    usual = point("now", "now", today, held, coherence=None, homeostasis=None, basis="")
    taken = point("now", "now", today, held, coherence=None, homeostasis=None, basis="", beside=itself)
    assert (usual.row["viable"], taken.row["viable"]) == ("unsure", "default")
    margin = pytest.approx(1 / 11)
    assert (taken.row["margin"], taken.row["margin_low"], taken.row["margin_high"]) == (margin, margin, margin)
    assert taken.measures["value_high"].to_list() == [140.0]


def test_a_scenario_is_as_sure_beside_today_as_its_paired_runs_make_it() -> None:
    """Costs that differ by a factor of three from run to run, and by exactly a fifth between scenario and today."""
    runs = [{**CALM, "holding_cost": [cost] * 4} for cost in (10.0, 30.0, 20.0)]
    today = pl.concat([series("none", number, **run) for number, run in enumerate(runs)])
    dearer = today.with_columns(pl.col("holding_cost") * 1.2)
    beside = errors_beside(dearer, today)
    row = beside.row(by_predicate=pl.col("measure") == "holding_cost", named=True)
    assert (row["below"], row["above"]) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.0, abs=1e-12))
    found = figures(dearer).filter(pl.col("measure") == "holding_cost")
    limit = limits({"measure": "holding_cost", "side": "money", "at_most": 1.1 * found["value"][0] / 1.2})
    placed = point("dearer", "scenario", found, limit, coherence=None, homeostasis=None, basis="", beside=beside)
    assert (placed.row["viable"], placed.row["margin"]) == ("default", pytest.approx(1 - 1.2 / 1.1))
    assert placed.row["beyond"] == "holding_cost"


def test_a_margin_to_a_limit_of_nothing_is_in_the_unit_of_the_measure() -> None:
    none = {"measure": "expedites_per_week", "side": "workload", "at_most": 0.0}
    found = now(fill_rate=(0.95, 0.93, 0.97), expedites_per_week=(3.0, 2.0, 4.0)).with_columns(unit=pl.lit("1/week"))
    placed_there = placed(found, limits(FLOOR, none))
    assert (placed_there.row["viable"], placed_there.row["beyond"]) == ("no", "expedites_per_week")
    margin = {name: placed_there.row[name] for name in ("margin", "margin_low", "margin_high", "margin_unit")}
    assert margin == {"margin": -3.0, "margin_low": -4.0, "margin_high": -2.0, "margin_unit": "1/week"}
    units = dict(placed_there.measures.select("measure", "margin_unit").rows())
    assert units == {"fill_rate": "share", "expedites_per_week": "1/week"}
    assert margin_words(placed_there.row, "EUR") == "-3.0 a week [-4.0 to -2.0]"
    assert margin_words(placed(found, limits(FLOOR)).row, "EUR").startswith("6 % [")
