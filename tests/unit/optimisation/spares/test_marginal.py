"""Greedy points are efficient: no plan of at most their cost has fewer backorders."""

from __future__ import annotations

import itertools

import pytest

from spareverse.optimisation.spares.marginal import efficient_points
from spareverse.optimisation.spares.palm import expected_backorders

PIPELINES = (0.4, 1.7, 0.9)
COSTS = (3.0, 7.0, 2.0)


def test_no_plan_beats_an_efficient_one() -> None:
    plans = list(itertools.product(range(7), repeat=3))
    cost = {plan: sum(n * c for n, c in zip(plan, COSTS, strict=True)) for plan in plans}
    short = {
        plan: sum(float(expected_backorders(n, m)) for n, m in zip(plan, PIPELINES, strict=True)) for plan in plans
    }
    points = efficient_points(PIPELINES, COSTS, budget=40.0)
    assert len(points) > 8
    for point in points:
        assert point.expected_backorders == pytest.approx(short[point.stock], abs=1e-12)
        assert point.cost == pytest.approx(cost[point.stock])
        best = min(value for plan, value in short.items() if cost[plan] <= point.cost + 1e-9)
        assert point.expected_backorders == pytest.approx(best, abs=1e-12)


def test_it_stops_at_the_budget_the_target_or_when_nothing_helps() -> None:
    assert efficient_points(PIPELINES, COSTS, budget=2.5)[-1].cost == 2.0
    reached = efficient_points(PIPELINES, COSTS, target_backorders=0.5)
    assert reached[-1].expected_backorders <= 0.5 < reached[-2].expected_backorders
    assert len(efficient_points([0.0], [1.0])) == 1
    assert len(efficient_points([5.0], [1.0], most=4)) == 5


def test_wrong_items_are_refused() -> None:
    for pipelines, costs in (([1.0], []), ([-1.0], [1.0]), ([1.0], [0.0])):
        with pytest.raises(ValueError, match="one pipeline"):
            efficient_points(pipelines, costs)
