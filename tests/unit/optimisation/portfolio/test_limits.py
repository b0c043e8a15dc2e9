"""Plans within a budget and limits of groups beside the enumeration of every plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.errors import UsageError
from spareverse.optimisation.portfolio import dual_bound
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.problem import GroupLimit, Measure, PortfolioProblem
from unit.optimisation.portfolio.conftest import Plans, every_plan, lumpy_problem

ITEMS = 4
MOST = 7
VOLUMES = np.array([3.0, 0.5, 2.0, 1.0])


def small(seed: int, *limits: GroupLimit) -> PortfolioProblem:
    return lumpy_problem(seed, ITEMS, points=6, limits=limits, volume=VOLUMES)


def limit(kind: str, bound: float, *members: int) -> GroupLimit:
    return GroupLimit(f"{kind} of {members}", np.array(members), kind, bound)  # type: ignore[arg-type]


def kept(problem: PortfolioProblem, plans: Plans) -> NDArray[np.bool_]:
    """Which plans keep all limits."""
    fine = np.ones(len(plans.stock_value), dtype=bool)
    lines = problem.weight * problem.demand.lines_a_year
    for each in problem.limits:
        if each.kind == "fill_rate":
            fill = plans.lines_of[:, each.members].sum(axis=1) / lines[each.members].sum()
            fine &= fill >= each.bound - 1e-9
        elif each.kind == "stock_value":
            fine &= plans.value_of[:, each.members].sum(axis=1) <= each.bound * (1 + 1e-9)
        else:
            fine &= (plans.on_hand_of * problem.volume)[:, each.members].sum(axis=1) <= each.bound * (1 + 1e-9)
    return fine


LIMITS = {
    "none": (),
    "a class's fill rate": (limit("fill_rate", 0.9, 0, 1),),
    "a site's value": (limit("stock_value", 9.0, 1, 2),),
    "both": (limit("fill_rate", 0.9, 0, 3), limit("stock_value", 9.0, 1, 2)),
    "volume": (limit("volume", 6.0, 0, 1, 2, 3),),
    "overlapping": (limit("fill_rate", 0.8, 0, 1, 2), limit("stock_value", 15.0, 1, 2, 3)),
    "volume and fill rate": (limit("volume", 25.0, 0, 1, 2, 3), limit("fill_rate", 0.6, 0, 1)),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("measure", ["lines", "backorders"])
@pytest.mark.parametrize("seed", range(3))
def test_the_best_plan_within_budget_and_limits(seed: int, measure: Measure, name: str) -> None:
    problem = small(seed, *LIMITS[name])
    plans = every_plan(problem, MOST)
    allowed = kept(problem, plans)
    frontier = efficient_frontier(problem, measure)
    top = float(np.quantile(plans.stock_value, 0.6))
    answered = 0
    for budget in np.linspace(0.05 * top, top, 9):
        possible = allowed & (plans.stock_value <= budget * (1 + 1e-9))
        if not possible.any():
            with pytest.raises(UsageError):
                frontier.at_budget(budget)
            continue
        best = plans.gain[measure][possible].max()
        point = frontier.at_budget(budget)
        chosen = np.flatnonzero((plans.reorder_point == point.reorder_point).all(axis=1))
        found = {"lines": point.fill_rate, "backorders": -point.expected_backorders}[measure]
        assert point.stock_value <= budget * (1 + 1e-6)
        assert not len(chosen) or possible[chosen[0]]
        assert found == pytest.approx(best, abs=2e-6)
        assert best <= found + point.gap + 2e-6
        answered += 1
    assert answered >= 2


def test_the_curve_alone_leaves_a_gap_that_its_bound_covers() -> None:
    problem = small(1)
    plans = every_plan(problem, MOST)
    frontier = efficient_frontier(problem)
    gaps = []
    for budget in np.linspace(1.0, 60.0, 40):
        best = plans.gain["lines"][plans.stock_value <= budget * (1 + 1e-9)].max()
        point = frontier.at_budget(budget, exact=False)
        assert point.fill_rate - 1e-6 <= best <= point.fill_rate + point.gap + 1e-6
        gaps.append(best - point.fill_rate)
    assert max(gaps) > 0.01


def test_the_least_value_for_a_fill_rate_where_the_curve_does_not_keep_the_limits() -> None:
    problem = small(2, *LIMITS["volume"])
    plans = every_plan(problem, MOST)
    allowed = kept(problem, plans)
    frontier = efficient_frontier(problem)
    target = 0.5 * (plans.gain["lines"][allowed].max() + plans.gain["lines"][allowed].min())
    point = frontier.at_fill_rate(target)
    least = plans.stock_value[allowed & (plans.gain["lines"] >= target)].min()
    assert point.fill_rate >= target - 1e-9
    assert least * (1 - 1e-6) <= point.stock_value <= least + frontier.stock_value[-1] / 1000


@pytest.mark.parametrize("seed", range(4))
def test_a_target_under_limits_is_solved_once_and_at_the_least_stock_value(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One search for prices and none over budgets: with 300,000 parts each of the dozen took half a minute."""
    problem = small(seed, *LIMITS["volume and fill rate"])
    plans = every_plan(problem, MOST)
    allowed = kept(problem, plans)
    searches = []
    solved = dual_bound.dual_bound

    def counted(*arguments: NDArray[np.float64]) -> dual_bound.Dual:
        searches.append(1)
        return solved(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(dual_bound, "dual_bound", counted)
    frontier = efficient_frontier(problem)
    for share in (0.4, 0.7, 0.9):
        target = share * float(plans.gain["lines"][allowed].max())
        searches.clear()
        point = frontier.at_fill_rate(target)
        least = plans.stock_value[allowed & (plans.gain["lines"] >= target)].min()
        assert target - 1e-9 <= point.fill_rate
        assert point.stock_value == pytest.approx(least, rel=1e-5)
        assert 0.0 <= point.gap < 1e-5
        assert len(searches) <= 1


@pytest.mark.parametrize("name", ["a site's value", "a class's fill rate", "both"])
@pytest.mark.parametrize("seed", range(3))
def test_a_target_where_limits_split_the_curve_is_reached_with_a_gap_that_holds(seed: int, name: str) -> None:
    """What a limit leaves out of the curve, other plans within it may still reach."""
    problem = small(seed, *LIMITS[name])
    plans = every_plan(problem, MOST)
    allowed = kept(problem, plans)
    most = float(plans.gain["lines"][allowed].max())
    frontier = efficient_frontier(problem)
    for target in (0.5 * most, 0.8 * most, 0.97 * most, most - 1e-5):
        point = frontier.at_fill_rate(target)
        assert point.fill_rate >= target - 1e-9
        chosen = np.flatnonzero((plans.reorder_point == point.reorder_point).all(axis=1))
        assert not len(chosen) or allowed[chosen[0]]
        beside = allowed & (plans.stock_value <= point.stock_value * (1 + 1e-9))
        assert plans.gain["lines"][beside].max() <= point.fill_rate + point.gap + 2e-6
    with pytest.raises(UsageError, match="no plan reaches"):
        frontier.at_fill_rate(min(1.0, most + 0.02))


def test_the_limit_that_cannot_be_kept_is_named() -> None:
    never = replace(small(0, limit("fill_rate", 0.9, 0, 1), limit("stock_value", 5.0, 2)), most=np.array([0, 0, 9, 9]))
    with pytest.raises(UsageError, match="1 limit cannot") as trouble:
        efficient_frontier(never)
    assert [problem.column for problem in trouble.value.problems] == ["limits.fill_rate of (0, 1)"]
    written = replace(never, limits=(replace(never.limits[0], file="limits.csv", row=7),))
    with pytest.raises(UsageError, match="1 limit cannot") as trouble:
        efficient_frontier(written)
    assert (trouble.value.problems[0].file, trouble.value.problems[0].row) == ("limits.csv", 7)
    share = float(trouble.value.problems[0].reason.split()[-2]) / 100
    efficient_frontier(replace(never, limits=(replace(never.limits[0], bound=share),)))
    floored = replace(small(0, limit("stock_value", 0.5, 2)), least=np.array([-1, -1, 3, -1]))
    with pytest.raises(UsageError) as trouble:
        efficient_frontier(floored)
    assert "Floors and decided reorder points" in trouble.value.problems[0].reason
    with pytest.raises(UsageError, match="contradict"):
        efficient_frontier(small(0, limit("fill_rate", 0.95, 0, 1), limit("stock_value", 0.3, 0, 1)))


def test_limits_that_bind_are_said_and_others_are_not() -> None:
    free = efficient_frontier(small(1))
    budget = float(free.stock_value[-1]) * 0.5
    loose = efficient_frontier(small(1, limit("stock_value", 1e6, 0, 1)))
    assert loose.at_budget(budget).remarks == ()
    assert loose.at_budget(budget).fill_rate == pytest.approx(free.at_budget(budget).fill_rate, abs=1e-6)
    tight = efficient_frontier(small(1, limit("volume", 2.0, 0, 1, 2, 3)))
    assert any("volume" in remark for remark in tight.at_budget(budget).remarks)
