"""What holds for every portfolio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.optimisation.portfolio.frontier import CLOSE, efficient_frontier
from spareverse.optimisation.portfolio.problem import PortfolioProblem
from spareverse.statistics.lead_time_demand import LeadTimeDemand

quick = settings(max_examples=40, deadline=None)


@st.composite
def portfolios(draw: st.DrawFn) -> PortfolioProblem:
    """One to eight items with any law of demand on a small grid, some fixed, some with floors."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items, points = draw(st.integers(1, 8)), draw(st.sampled_from([4, 9, 16]))
    mass = random.dirichlet(np.full(points, 0.5), items) * random.uniform(0.9, 1.0, (items, 1))
    size = random.dirichlet(np.ones(3), items)
    line = np.stack([np.convolve(m, [0.0, *s])[:points] for m, s in zip(mass, size, strict=True)])
    law = LeadTimeDemand(
        mass.astype(np.float32),
        mass.astype(np.float32),
        line.astype(np.float32),
        random.choice([1.0, 2.0, 5.0], items),
        (mass @ np.arange(points)) * 5.0,
        size @ np.arange(1, 4),
        random.lognormal(0.0, 2.0, items),
        np.ones(items),
    )
    return PortfolioProblem(
        law,
        random.lognormal(2.0, 2.0, items),
        random.integers(1, 9, items),
        random.choice([0.0, 1.0, 3.0], items) + 1e-3,
        random.choice([-1, -1, 0, 2], items),
        np.full(items, 50),
        random.choice([-2, -2, -2, -1, 4], items),
        np.zeros(items),
    )


@given(portfolios(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@quick
def test_more_budget_never_fills_less(problem: PortfolioProblem, one: float, other: float) -> None:
    frontier = efficient_frontier(problem)
    least, most = frontier.stock_value[0], frontier.stock_value[-1]
    low, high = (frontier.at_budget(least + share * (most - least)) for share in sorted((one, other)))
    assert low.fill_rate <= high.fill_rate + CLOSE
    assert low.stock_value <= least + min(one, other) * (most - least) + 1e-6 * most
    for point in (low, high):
        assert point.gap <= CLOSE


@given(portfolios(), st.floats(0.0, 1.0))
@quick
def test_floors_and_decisions_are_kept(problem: PortfolioProblem, share: float) -> None:
    frontier = efficient_frontier(problem)
    point = frontier.at_budget(frontier.stock_value[0] + share * (frontier.stock_value[-1] - frontier.stock_value[0]))
    free = problem.fixed == -2
    assert (point.reorder_point[free] >= problem.least[free]).all()
    assert (point.reorder_point[free] <= problem.most[free]).all()
    assert (point.reorder_point[~free] == problem.fixed[~free]).all()


@given(portfolios(), st.randoms(use_true_random=False))
@quick
def test_the_order_of_the_parts_does_not_matter(problem: PortfolioProblem, shuffle: object) -> None:
    order = np.arange(len(problem))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    names = ("unit_cost", "order_quantity", "weight", "least", "most", "fixed", "volume")
    mixed = replace(
        problem, demand=problem.demand.take(order), **{name: getattr(problem, name)[order] for name in names}
    )
    one, other = efficient_frontier(problem), efficient_frontier(mixed)
    assert other.stock_value == pytest.approx(one.stock_value, rel=1e-9)
    assert other.fill_rate == pytest.approx(one.fill_rate, abs=1e-9)


@given(portfolios(), st.floats(0.0, 1.0))
@quick
def test_a_target_is_reached_with_the_least_value_along_the_curve(problem: PortfolioProblem, share: float) -> None:
    frontier = efficient_frontier(problem)
    target = frontier.fill_rate[0] + share * (frontier.fill_rate[-1] - frontier.fill_rate[0])
    point = frontier.at_fill_rate(min(target, 1.0))
    assert point.fill_rate >= target - 1e-8
    cheaper = frontier.stock_value < point.stock_value * (1 - 1e-9)
    assert (frontier.fill_rate[cheaper] < target).all()


@given(portfolios())
@quick
def test_the_curve_rises_ever_more_slowly(problem: PortfolioProblem) -> None:
    frontier = efficient_frontier(problem)
    assert (np.diff(frontier.stock_value) >= 0).all()
    assert (np.diff(frontier.fill_rate) >= 0).all()
    assert (np.diff(frontier.gain_per_money[1:]) <= 1e-9 * frontier.gain_per_money[1:-1]).all()
    assert frontier.fill_rate[-1] <= 1.0 + 1e-9
