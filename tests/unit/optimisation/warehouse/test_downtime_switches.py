"""The cost of down time at which the cheapest option changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spareverse.network.study import Economics, Study
from spareverse.network.study_answers import DOWNTIME_SWITCHES, NOT_ENOUGH
from spareverse.network.study_tables import STUDY_LINES
from spareverse.optimisation.warehouse.downtime_switches import common_cost, lower_envelope, switches

# El-Thalji 2025: totals [NOK] and up hours of 175,200 of the scenarios 1 to 4.
TOTALS = np.array([[1_345_124.0, 706_500.0, 2_005_577.0, 2_020_943.0]])
DOWN = 175_200.0 - np.array([[152_373.0, 125_906.0, 172_351.0, 172_575.0]])


def test_published_figures() -> None:
    found = switches(["1", "2", "3", "4"], TOTALS, DOWN)
    assert found["option"].to_list() == ["2", "1", "3", "4"]
    assert [round(cost, 1) for cost in found["from_cost"]] == [0.0, 24.1, 33.1, 68.6]
    assert found["to_cost"].to_list() == [*found["from_cost"].to_list()[1:], None]
    assert found["verdict"].unique().to_list() == [NOT_ENOUGH]  # one run has no interval


def test_limits_from_paired_replications() -> None:
    """The published figures with noise; over 300 samples of 30 the limits hold each switch in 92 to 98 %."""
    rng = np.random.default_rng(4)
    true = np.array([24.12907, 33.05902, 68.59821])
    covered = np.zeros(3)
    for _ in range(300):
        luck = rng.normal(0.0, 1.0, (30, 1))
        cost = TOTALS + 20_000.0 * luck + rng.normal(0.0, 2_000.0, (30, 4))
        down = DOWN + rng.normal(0.0, 8.0, (30, 4))
        found = switches(["1", "2", "3", "4"], cost, down)[1:]
        limits = found.select("from_cost_low", "from_cost_high").to_numpy()
        covered += (limits[:, 0] <= true) & (true <= limits[:, 1])
    assert ((covered / 300 > 0.92) & (covered / 300 < 0.98)).all()


def test_dear_and_idle_option_is_never_cheapest() -> None:
    rng = np.random.default_rng(0)
    cost = np.array([100.0, 200.0, 190.0]) + rng.normal(0.0, 1.0, (50, 1))
    down = np.array([30.0, 10.0, 25.0]) + rng.normal(0.0, 0.1, (50, 3))
    found = switches(["a", "b", "c"], cost, down)
    assert found.schema == DOWNTIME_SWITCHES.schema
    last = found.row(-1, named=True)
    assert (last["option"], last["rank"], last["support"], last["verdict"]) == ("c", None, 0.0, "clear")


def test_close_call_is_not_clear() -> None:
    """Where the middle option only just has a range, resampling sees it come and go."""
    rng = np.random.default_rng(0)
    cost = np.array([100.0, 150.5, 200.0]) + rng.normal(0.0, 10.0, (30, 3))
    down = np.array([30.0, 20.0, 10.0]) + rng.normal(0.0, 0.1, (30, 3))
    middle = switches(["a", "b", "c"], cost, down).filter(option="b").row(0, named=True)
    assert 0.05 < middle["support"] < 0.95
    assert middle["verdict"] == NOT_ENOUGH


def test_switch_between_options_as_long_down_has_no_limits() -> None:
    rng = np.random.default_rng(0)
    cost = np.array([100.0, 150.0]) + rng.normal(0.0, 1.0, (30, 2))
    down = np.array([30.0, 29.9]) + rng.normal(0.0, 2.0, (30, 2))
    down -= down.mean(axis=0) - np.array([30.0, 29.9])
    found = switches(["a", "b"], cost, down)
    assert found["to_cost"][0] == pytest.approx(500.0, rel=0.02)
    assert found["to_cost_low"][0] is None
    assert found["verdict"].unique().to_list() == [NOT_ENOUGH]


LINES = arrays(np.float64, (1, 5), elements=st.integers(0, 50).map(float))


@given(LINES, LINES)
def test_envelope_is_the_minimum_everywhere(cost: np.ndarray, hours: np.ndarray) -> None:
    order = lower_envelope(cost, hours)[0]
    order = order[order >= 0]
    assert len(set(order)) == len(order)
    edges = [(cost[0, b] - cost[0, a]) / (hours[0, a] - hours[0, b]) for a, b in pairwise(order)]
    assert edges == sorted(edges)
    for price in (0.0, *edges, *(0.5 * (a + b) for a, b in pairwise(edges)), 1e6):
        totals = cost[0] + hours[0] * price
        assert min(totals[order]) == pytest.approx(totals.min())


def test_an_hour_has_one_cost_only_where_assets_and_months_agree() -> None:
    lines = pl.DataFrame({"asset_id": ["A", "A", "B"], "downtime_cost_per_h": [None, 40.0, None]})
    lines = pl.concat([STUDY_LINES.empty(), lines], how="diagonal")
    study = Study("s", lines, (), economics=Economics(downtime_cost_per_h=40.0))
    assert common_cost(study) == 40.0
    assert common_cost(replace(study, economics=Economics(downtime_cost_per_h=50.0))) is None
    winter = Economics(downtime_cost_per_h=40.0, downtime_season=(1.5, *[1.0] * 11))
    assert common_cost(replace(study, economics=winter)) is None
    assert common_cost(Study("none", STUDY_LINES.empty(), ())) == 0.0
