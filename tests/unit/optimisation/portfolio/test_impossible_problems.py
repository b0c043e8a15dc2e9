"""Portfolios that no plan can fit are refused with all that is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.errors import InputRejected
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.problem import GroupLimit
from unit.optimisation.portfolio.conftest import poisson_law, problem_of


def test_all_troubles_in_one_report() -> None:
    problem = problem_of(
        poisson_law(np.full(4, 1.0)),
        np.array([1.0, 0.0, -3.0, np.nan]),
        order_quantity=np.array([0, 1, 1, 1]),
        least=np.array([5, -1, -1, -1]),
        most=np.array([3, 9, 9, -7]),
        weight=np.array([1.0, 1.0, -1.0, 1.0]),
        limits=(
            GroupLimit("A", np.array([0, 9]), "fill_rate", 1.2),
            GroupLimit("B", np.array([], dtype=np.int64), "volume", -1.0),
        ),
    )
    with pytest.raises(InputRejected) as trouble:
        efficient_frontier(problem)
    found = [(problem.column, problem.row) for problem in trouble.value.problems]
    assert found == [
        ("unit_cost", 1),
        ("unit_cost", 2),
        ("unit_cost", 3),
        ("order_quantity", 0),
        ("least", 0),
        ("least", 3),
        ("least", 3),
        ("weight", 2),
        ("limits.A", None),
        ("limits.A", None),
        ("limits.B", None),
        ("limits.B", None),
    ]


def test_many_alike_are_counted() -> None:
    with pytest.raises(InputRejected) as trouble:
        efficient_frontier(problem_of(poisson_law(np.full(50, 1.0)), np.zeros(50)))
    assert len(trouble.value.problems) == 21
    assert "30 parts more" in trouble.value.problems[-1].reason


def test_an_empty_portfolio_and_arrays_of_other_lengths() -> None:
    with pytest.raises(InputRejected, match="no part"):
        efficient_frontier(problem_of(poisson_law(np.ones(1)).take(np.array([], dtype=np.int64)), np.empty(0)))
    with pytest.raises(InputRejected) as trouble:
        efficient_frontier(problem_of(poisson_law(np.ones(3)), np.ones(3), weight=np.ones(2)))
    assert trouble.value.problems[0].column == "weight"
