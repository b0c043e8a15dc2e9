"""Efficient plans beside the enumeration of every plan."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.errors import UsageError
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.optimisation.spares.reorder_policies import reorder_point
from unit.optimisation.portfolio.conftest import every_plan, lumpy_problem, poisson_law, problem_of

MEASURES: tuple[Measure, ...] = ("lines", "pieces", "backorders")


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", range(6))
def test_no_plan_beats_an_efficient_one(seed: int, measure: Measure) -> None:
    problem = lumpy_problem(seed, 3)
    plans = every_plan(problem, 15)
    frontier = efficient_frontier(problem, measure)
    assert len(frontier) > 6
    for value, gain in zip(frontier.stock_value, frontier.gain, strict=True):
        within = plans.stock_value <= value * (1 + 1e-9) + 1e-9
        assert gain == pytest.approx(plans.gain[measure][within].max(), abs=1e-6)
    bound = np.interp(plans.stock_value, frontier.stock_value, frontier.gain)
    assert (plans.gain[measure] <= bound + 1e-6).all()


@pytest.mark.parametrize("quantity", [1, 4, 15])
def test_reorder_points_under_poisson_demand_as_in_the_closed_form(quantity: int) -> None:
    problem = problem_of(poisson_law(np.array([3.7])), np.array([2.0]), order_quantity=np.array([quantity]))
    frontier = efficient_frontier(problem)
    for s in range(-1, 9):
        point = frontier.evaluate(np.array([s]), np.array([quantity]))
        exact = reorder_point(s, quantity, 3.7, 1.0)
        assert point.stock_value == pytest.approx(2.0 * exact.mean_on_hand, abs=1e-6)
        assert (point.fill_rate, point.fill_rate_pieces) == pytest.approx((exact.fill_rate, exact.fill_rate), abs=1e-6)
        assert point.expected_backorders == pytest.approx(exact.expected_backorders, abs=1e-6)


def test_points_of_the_curve_are_what_their_plan_does(company: PortfolioProblem) -> None:
    frontier = efficient_frontier(company)
    for entry in (0, 1, 17, len(frontier) - 1):
        point = frontier.at(entry)
        again = frontier.evaluate(point.reorder_point)
        assert (again.stock_value, again.fill_rate) == pytest.approx((point.stock_value, point.fill_rate), abs=1e-9)
        assert again.expected_backorders == pytest.approx(point.expected_backorders, abs=1e-9)
        assert again.gap == pytest.approx(0.0, abs=1e-9)


def test_targets_are_reached_with_the_least_value_along_the_curve(company: PortfolioProblem) -> None:
    frontier = efficient_frontier(company)
    point = frontier.at_fill_rate(0.9)
    assert point.fill_rate >= 0.9
    assert frontier.fill_rate[np.searchsorted(frontier.stock_value, point.stock_value) - 1] < 0.9
    assert frontier.at_budget(point.stock_value).reorder_point.tolist() == point.reorder_point.tolist()


def test_what_nothing_reaches_is_refused(company: PortfolioProblem) -> None:
    frontier = efficient_frontier(company)
    with pytest.raises(UsageError, match="between 0 and 1"):
        frontier.at_fill_rate(1.2)
    with pytest.raises(UsageError, match="installed assets"):
        frontier.at_availability(0.9)
    with pytest.raises(UsageError, match="below what the plan cannot avoid"):
        frontier.at_budget(-1.0)
