"""Wagner-Whitin against the book, against every plan of short horizons, and its refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from spareverse.optimisation.single_item.lot_sizing import wagner_whitin


def test_textbook_examples() -> None:
    """Snyder & Shen (2019), example 3.9 and problem 3.29."""
    found = wagner_whitin([90, 120, 80, 70], 500, 2)
    assert (found.orders, found.cost) == ((210, 0, 150, 0), 1380)
    late = wagner_whitin([730, 580, 445, 650, 880], 100, 0.1)
    assert (late.orders, late.cost) == ((1310, 0, 1095, 0, 880), pytest.approx(423))


@pytest.mark.parametrize("seed", range(12))
def test_every_plan_of_a_short_horizon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    periods = 7
    demand = rng.integers(0, 4, periods) * rng.integers(1, 50, periods)
    fixed, holding, price = rng.uniform(1, 80, periods), rng.uniform(0.05, 2, periods), rng.uniform(1, 4, periods)
    found = wagner_whitin(demand.tolist(), fixed.tolist(), holding.tolist(), price.tolist())

    def cost_of(orders: np.ndarray) -> float:
        left = np.cumsum(orders) - np.cumsum(demand)
        assert left.min() >= -1e-9
        return float(fixed @ (orders > 0) + price @ orders + holding @ left)

    plans = []
    for chosen in itertools.product((False, True), repeat=periods):
        orders = np.zeros(periods)
        latest = None
        for t in range(periods):
            latest = t if chosen[t] else latest
            if latest is not None:
                orders[latest] += demand[t]
            elif demand[t]:
                break
        else:
            plans.append(cost_of(orders))
    assert found.cost == pytest.approx(min(plans))
    assert cost_of(np.array(found.orders)) == pytest.approx(found.cost)


def test_nothing_is_ordered_for_nothing() -> None:
    assert wagner_whitin([0, 0, 0], 10, 1).cost == 0.0
    assert wagner_whitin([0, 0, 5, 0], 10, 1).orders == (0, 0, 5, 0)


def test_senseless_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="demand must not be negative in any period"):
        wagner_whitin([5, -1], 10, 1)
    with pytest.raises(ValueError, match="holding cost is given for 3 periods, demand for 2"):
        wagner_whitin([5, 1], 10, [1, 2, 3])
    with pytest.raises(ValueError, match="at least one period"):
        wagner_whitin([], 10, 1)
    with pytest.raises(ValueError, match="fixed cost must not be negative"):
        wagner_whitin([5], -10, 1)
