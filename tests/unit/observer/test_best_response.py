"""Best responses on surfaces whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.observer.best_response import Value, best, beyond_noise, response, rest
from spareverse.observer.surrogate import Surrogate
from spareverse.observer.trials import Outcomes

Floats = NDArray[np.float64]
NOISE = np.random.default_rng(3).normal(0.0, 0.05, 12)


def _value(of: object) -> Value:
    """A payoff of points, the same noise on every point's slope."""
    return lambda points: np.array([[of(x) * (1.0 + e) for e in NOISE] for x in points])  # type: ignore[operator]


def test_agents_rest_where_nobody_gains() -> None:
    """Payoffs -(x - y - .5)^2 and -(y - x / 2)^2 meet at x = 1, y = .5."""
    first, second = _value(lambda x: -((x[0] - x[1] - 0.5) ** 2)), _value(lambda x: -((x[1] - x[0] / 2) ** 2))
    found = rest([first, second], [[0], [1]], 2, 2.0)
    assert found.settled
    assert found.steps == pytest.approx([1.0, 0.5], abs=0.5)  # a step of the grid


def test_agents_that_chase_each_other_are_found_out() -> None:
    """One wants to be where the other is, the other where it is not: no rest at any corner."""
    same, other = _value(lambda x: x[0] * x[1]), _value(lambda x: -x[0] * x[1] + 0.3 * x[1])
    assert not rest([same, other], [[0], [1]], 2, 1.0).settled


def test_who_gains_nothing_beyond_noise_stays() -> None:
    slight: Value = lambda points: 0.001 * points[:, :1] + np.random.default_rng(8).normal(0, 1, (len(points), 12))  # noqa: E731
    clear = _value(lambda x: x[0])
    start = np.zeros(2)
    assert response(slight, start, [0], 2.0) == pytest.approx(start)
    assert response(clear, start, [0], 2.0) == pytest.approx([2.0, 0.0])


def test_only_own_levers_move() -> None:
    assert best(_value(lambda x: x.sum()), np.array([0.0, 0.5, -1.0]), [0, 2], 2.0) == pytest.approx([2.0, 0.5, 2.0])


def test_noise_alone_is_seldom_taken_for_a_gain() -> None:
    random = np.random.default_rng(11)
    taken = sum(beyond_noise(random.normal(0.0, 1.0, 10)) for _ in range(2_000))
    assert taken / 2_000 == pytest.approx(0.05, abs=0.015)  # three standard errors


def _outcomes(points: Floats) -> Outcomes:
    cost = np.exp(1.0 + 0.2 * points[:, 0] - 0.1 * points[:, 1] + 0.05 * points[:, 0] * points[:, 1])
    costs = cost[:, None] * np.array([1.0, 1.1, 0.9])
    return Outcomes(points, {"total_cost": costs, "price_index": np.where(costs > 0, np.nan, 1.0)}, costs)


def test_the_surface_goes_through_what_was_simulated_and_fits_between() -> None:
    random = np.random.default_rng(2)
    points = random.uniform(-2.0, 2.0, (14, 2))
    surface = Surrogate(_outcomes(points), 2.0)
    fresh = random.uniform(-1.5, 1.5, (20, 2))
    for at in (points, fresh):
        assert surface.measures(at)["total_cost"] == pytest.approx(_outcomes(at).cost, rel=0.02)
    assert (surface.measures(fresh)["price_index"] == 0.0).all(), "what was never measured is flat"
