"""The last-time buy against direct sums and a simulation, and what makes no sense."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.optimisation.single_item.demand_laws import poisson
from spareverse.optimisation.single_item.last_time_buy import last_time_buy, remaining_demand
from spareverse.optimisation.single_item.newsvendor import newsvendor

FALLING = [4.0, 3.0, 2.0, 1.0, 0.5]


def test_without_holding_it_is_a_newsvendor() -> None:
    found = last_time_buy([poisson(10.5)], unit_cost=20, shortage_cost=150, scrap_value=2)
    expected = newsvendor(poisson(10.5), 18, 130)
    assert found.quantity == expected.level
    assert found.cost == pytest.approx(expected.cost + 20 * 10.5)
    assert found.chance_enough == pytest.approx(expected.chance_enough)


def test_cost_of_every_quantity_by_simulation() -> None:
    """Demand rate known to 30 %, the same in all years; 4 standard errors."""
    laws = remaining_demand(FALLING, relative_variance=0.09)
    found = last_time_buy(laws, unit_cost=20, shortage_cost=150, holding_cost=3, scrap_value=-1)
    rng = np.random.default_rng(4)
    rate = rng.gamma(1 / 0.09, 0.09, 200_000)
    until = np.cumsum(rng.poisson(rate[:, None] * np.array(FALLING)), axis=1)
    for quantity in (found.quantity, found.quantity + 1, found.quantity - 1, 3):
        left = np.maximum(quantity - until, 0)
        costs = 20 * quantity + 3 * left.sum(axis=1) + left[:, -1] + 150 * np.maximum(until[:, -1] - quantity, 0)
        own = last_time_buy(
            laws, unit_cost=20, shortage_cost=150, holding_cost=3, scrap_value=-1, least=quantity, most=quantity
        )
        assert own.cost == pytest.approx(costs.mean(), abs=4 * costs.std() / math.sqrt(len(costs)))
        assert own.cost >= found.cost
    assert (found.demand_low, found.demand_high) == pytest.approx(
        (np.quantile(until[:, -1], 0.025), np.quantile(until[:, -1], 0.975)), abs=1
    )


def test_stock_at_hand_counts() -> None:
    laws = remaining_demand(FALLING)
    bare = last_time_buy(laws, unit_cost=20, shortage_cost=150, holding_cost=3)
    stocked = last_time_buy(laws, unit_cost=20, shortage_cost=150, holding_cost=3, stock=5)
    assert stocked.quantity == bare.quantity - 5
    plenty = last_time_buy(laws, unit_cost=20, shortage_cost=150, stock=500)
    assert (plenty.quantity, plenty.chance_enough) == (0, 1.0)
    assert last_time_buy(laws, unit_cost=20, shortage_cost=10).quantity == 0
    assert last_time_buy(laws, unit_cost=20, shortage_cost=150, least=40).quantity == 40


def test_uncertain_rates_widen_the_remaining_demand() -> None:
    known, unknown = remaining_demand(FALLING)[-1], remaining_demand(FALLING, 0.5)[-1]
    assert known.mean == pytest.approx(unknown.mean)
    assert unknown.variance == pytest.approx(10.5 + 0.5 * 10.5**2)
    assert remaining_demand([0.0, 2.0], 0.5)[0].mean == 0.0


def test_senseless_inputs_are_refused() -> None:
    laws = remaining_demand(FALLING)
    with pytest.raises(ValueError, match="unit cost must be above zero, got 0"):
        last_time_buy(laws, unit_cost=0, shortage_cost=1)
    with pytest.raises(ValueError, match="scrap value of 30 must lie below the unit cost of 20"):
        last_time_buy(laws, unit_cost=20, shortage_cost=1, scrap_value=30)
    with pytest.raises(ValueError, match="minimum quantity of 9 lies above the maximum of 3"):
        last_time_buy(laws, unit_cost=20, shortage_cost=1, least=9, most=3)
    with pytest.raises(ValueError, match="at least one period"):
        last_time_buy([], unit_cost=20, shortage_cost=1)
    with pytest.raises(ValueError, match="at least one period"):
        remaining_demand([])
    with pytest.raises(ValueError, match="demand 1 must not be negative, got -2"):
        remaining_demand([1.0, -2.0])
