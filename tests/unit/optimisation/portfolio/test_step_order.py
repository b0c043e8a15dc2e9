"""Steps in the order they are bought: the same as a plain sort, however many pieces are sorted apart."""

from __future__ import annotations

import os

import numpy as np
import pytest

from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.problem import PortfolioProblem
from spareverse.optimisation.portfolio.step_order import STOCKED, VALUE, by_ratio, steps_of
from spareverse.optimisation.portfolio.steps import ON_HAND, efficient_points
from unit.optimisation.portfolio.conftest import poisson_law, problem_of


@pytest.mark.parametrize("cores", [1, 2, 3, 5])
def test_pieces_sorted_apart_are_merged_as_one_stable_sort(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    random = np.random.default_rng(4)
    ratio = random.integers(0, 2_000, 510_000) / 7.0
    ratio[random.integers(0, len(ratio), 9_000)] = -np.inf
    expected = np.argsort(-ratio, kind="stable")[: np.isfinite(ratio).sum()]
    assert np.array_equal(by_ratio(ratio), expected)


def test_steps_add_up_to_the_points_they_lead_to(company: PortfolioProblem) -> None:
    hulls = efficient_points(company)
    rows, ratio = steps_of(company, hulls, "lines")
    for i in (0, 17, 39):
        own = slice(hulls.starts[i], hulls.starts[i + 1])
        value = company.unit_cost[i] * hulls.performance[own, ON_HAND]
        assert np.cumsum(rows[own, VALUE]) == pytest.approx(value)
        assert np.cumsum(rows[own, STOCKED]).tolist() == (hulls.reorder_point[own] >= 0).tolist()
        assert ratio[own][0] == -np.inf
        assert (np.diff(ratio[own][1:]) < 0).all()


def test_sums_along_a_long_curve_are_those_of_its_plans() -> None:
    """Thousands of parts, so that the order is sorted in pieces; the sums still belong to the plans."""
    random = np.random.default_rng(6)
    problem = problem_of(
        poisson_law(random.lognormal(-1.0, 1.0, 12_000), points=40), random.lognormal(3.0, 1.0, 12_000)
    )
    frontier = efficient_frontier(problem)
    assert len(frontier) > 80_000
    assert (np.diff(frontier.gain_per_money[1:]) <= 0).all()
    for entry in (1, len(frontier) // 3, len(frontier) - 1):
        point = frontier.at(entry)
        assert frontier.stock_value[entry] == pytest.approx(point.stock_value)
        assert frontier.fill_rate[entry] == pytest.approx(point.fill_rate)
        assert frontier.parts_stocked[entry] == (point.reorder_point >= 0).sum()
