"""Stages in a row: one stage is the newsvendor, more are held against simulation and against counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from spareverse.optimisation.serial_stages import best_levels_of_counts, best_levels_of_normal_demand
from spareverse.optimisation.single_item.demand_laws import poisson


def test_one_stage_is_the_newsvendor() -> None:
    found = best_levels_of_normal_demand([3.0], [4.0], 15.0, 50.0, 8.0)
    z = stats.norm.ppf(15.0 / 18.0)
    assert found.levels[0] == pytest.approx(200.0 + 16.0 * z, abs=1e-5)
    assert found.cost == pytest.approx(18.0 * 16.0 * stats.norm.pdf(z), rel=1e-9)


def test_three_stages_of_snyder_and_shen() -> None:
    found = best_levels_of_normal_demand([3, 2, 2], [1, 1, 2], 37.12, 5, 1)
    assert found.levels == pytest.approx((6.49, 12.02, 22.71), abs=0.01)
    assert found.cost == pytest.approx(47.65, rel=1e-3)


def simulated(holding: list[float], leads: list[int], penalty: float, levels: tuple[float, ...]) -> tuple[float, float]:
    """Cost of the levels and its standard error: normal demand of 5, deviation 1, 60,000 independent samples."""
    rng = np.random.default_rng(4)
    position, cost = np.full(60_000, math.inf), np.zeros(60_000)
    for stage in reversed(range(len(leads))):
        demand = rng.normal(5.0 * leads[stage], math.sqrt(leads[stage]), 60_000)
        position = np.minimum(levels[stage], position) - demand
        cost += holding[stage] * position
    cost += (penalty + sum(holding)) * np.maximum(0.0, -position)
    return float(cost.mean()), float(cost.std() / math.sqrt(60_000))


def test_the_cost_is_that_of_the_levels_and_the_least() -> None:
    holding, leads, penalty = [1.0, 0.75, 0.25, 2.0], [1, 2, 1, 3], 20.0
    found = best_levels_of_normal_demand(holding, [float(lead) for lead in leads], penalty, 5.0, 1.0)
    mean, error = simulated(holding, leads, penalty, found.levels)
    assert abs(mean - found.cost) < 4 * error
    for stage in range(4):
        for step in (-0.8, 0.8):
            levels = tuple(level + step * (stage == n) for n, level in enumerate(found.levels))
            assert simulated(holding, leads, penalty, levels)[0] > mean


def test_a_stage_without_lead_time_only_adds_its_holding_cost() -> None:
    found = best_levels_of_normal_demand([3, 2, 2], [1, 0, 2], 37.12, 5, 1)
    near = best_levels_of_normal_demand([3, 2, 2], [1, 1e-4, 2], 37.12, 5, 1)
    assert found.cost == pytest.approx(near.cost, abs=0.02)


def test_many_pieces_are_nearly_normal() -> None:
    counts = best_levels_of_counts([3, 2, 2], [poisson(500), poisson(500), poisson(1000)], 37.12)
    normal = best_levels_of_normal_demand([3, 2, 2], [1, 1, 2], 37.12, 500, math.sqrt(500))
    assert counts.cost == pytest.approx(normal.cost, rel=2e-3)
    assert counts.levels == pytest.approx(normal.levels, abs=2.0)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="one lead time"):
        best_levels_of_normal_demand([1, 2], [1], 5, 5, 1)
    with pytest.raises(ValueError, match="above zero"):
        best_levels_of_normal_demand([1, -2], [1, 1], 5, 5, 1)
    with pytest.raises(ValueError, match="deviation"):
        best_levels_of_normal_demand([1], [1], 5, 5, 0)
