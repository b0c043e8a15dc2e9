"""Exact (s, S) against enumeration, a dense Markov chain, published figures and simulated periods."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.optimisation.single_item.demand_laws import (
    DiscreteLaw,
    certain,
    from_chances,
    negative_binomial,
    poisson,
)
from spareverse.optimisation.single_item.order_up_to import (
    best_order_up_to,
    evaluate_order_up_to,
    order_up_to_cost,
    position_after_review,
    power_approximation,
)

LUMPY = from_chances({0: 0.7, 1: 0.1, 4: 0.15, 9: 0.05})


def test_textbook_examples() -> None:
    """Snyder & Shen (2019), example 4.7 and problem 4.31."""
    best = best_order_up_to(poisson(6), 5, 1, 4)
    assert (best.reorder_point, best.order_up_to) == (4, 10)
    assert best.cost == pytest.approx(8.034111561471644, rel=1e-10)
    assert order_up_to_cost(4, 10, poisson(4), 150, 40, 125) == pytest.approx(262.2755613772775, rel=1e-10)


@pytest.mark.parametrize("demand", [poisson(0.1), poisson(6), LUMPY, negative_binomial(2.0, 9.0), certain(3)])
@pytest.mark.parametrize("costs", [(5, 1, 4), (60, 1, 30), (0.01, 2, 3), (40, 5, 2)])
@pytest.mark.parametrize("lead", [0, 2])
def test_optimum_is_the_best_of_all(demand: DiscreteLaw, costs: tuple[float, float, float], lead: int) -> None:
    best = best_order_up_to(demand, *costs, lead)
    assert best.cost == pytest.approx(
        order_up_to_cost(best.reorder_point, best.order_up_to, demand, *costs, lead), rel=1e-10
    )
    least = min(
        order_up_to_cost(low, high, demand, *costs, lead) for low in range(-20, 24) for high in range(low + 1, low + 45)
    )
    assert best.cost <= least * (1 + 1e-12)
    if best.reorder_point >= -20:
        assert best.cost == pytest.approx(least, rel=1e-10)


def test_steady_demand_by_hand() -> None:
    """One piece every period, K = 8, h = 1: of S - s = n the cost is 8 / n + (n - 1) / 2, least at 4."""
    found = best_order_up_to(certain(1), 8.0, 1.0, 1000.0)
    assert found.order_up_to - found.reorder_point == 4
    assert found.cost == pytest.approx(3.5)


def test_positions_after_review_are_those_of_the_chain() -> None:
    low, high = 3, 15
    positions, chance, orders = position_after_review(low, high, LUMPY)
    move = np.zeros((high - low, high - low))
    for row, position in enumerate(positions):
        for pieces, probability in zip(range(10), LUMPY.mass, strict=True):
            after = position - pieces
            move[row, high - after if after > low else 0] += probability
    balance = np.vstack([move.T - np.eye(high - low), np.ones(high - low)])
    stationary = np.linalg.lstsq(balance, np.append(np.zeros(high - low), 1.0), rcond=None)[0]
    assert chance == pytest.approx(stationary, abs=1e-12)
    ordering = sum(c * (1 - float(LUMPY.cdf(p - low - 1))) for p, c in zip(positions, stationary, strict=True))
    assert orders == pytest.approx(ordering, abs=1e-12)


def test_performance_against_simulated_periods() -> None:
    """Each period: review and order, receipt after two periods, demand, count; 4 standard errors over 50 batches."""
    low, high, lead, periods = 4, 14, 2, 120_000
    demand = np.random.default_rng(9).choice([0, 1, 4, 9], size=periods, p=[0.7, 0.1, 0.15, 0.05])
    position, due = high, [0] * (lead + 1)
    net, ordered = np.empty(periods), np.zeros(periods)
    before = np.empty(periods)
    stock = high
    for t in range(periods):
        if position <= low:
            due[(t + lead) % (lead + 1)] = high - position
            ordered[t] = 1
            position = high
        stock += due[t % (lead + 1)]
        due[t % (lead + 1)] = 0
        before[t] = stock
        stock -= demand[t]
        position -= demand[t]
        net[t] = stock
    exact = evaluate_order_up_to(low, high, LUMPY, lead)
    busy = demand > 0
    samples = {
        "expected_backorders": np.maximum(-net, 0),
        "mean_on_hand": np.maximum(net, 0),
        "ready_rate": (net >= 0).astype(float),
        "orders": ordered,
        "fill_rate": np.minimum(np.maximum(before, 0), demand) / demand.mean(),
        "line_fill_rate": (before >= demand)[busy].astype(float),
    }
    for name, values in samples.items():
        error = np.array([block.mean() for block in np.array_split(values, 50)]).std(ddof=1) / math.sqrt(50)
        assert getattr(exact, name) == pytest.approx(values.mean(), abs=4 * error), name
    assert exact.cost(5, 1, 4) == pytest.approx(order_up_to_cost(low, high, LUMPY, 5, 1, 4, lead), rel=1e-10)


def test_power_approximation() -> None:
    """Example 4.8 and problem 4.32; capped it stays at the base stock level."""
    assert power_approximation(50, 8, 2.5, 0.18, 0.7) == pytest.approx((40.19461695647407, 74.29017010980579))
    assert power_approximation(190, 48, 60, 2, 36) == pytest.approx((226.6137928222839, 324.3797868133974))
    low, high = power_approximation(190, 48, 60, 2, 36, capped=True)
    assert high == pytest.approx(190 + 48 * 1.6197, abs=0.1)
    assert low == pytest.approx(226.6137928222839)
    assert power_approximation(50, 8, 2500, 0.18, 0.7, capped=True) == power_approximation(50, 8, 2500, 0.18, 0.7)


def test_senseless_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="s < S, got 5 and 5"):
        order_up_to_cost(5, 5, poisson(3), 1, 1, 1)
    with pytest.raises(ValueError, match="without any demand"):
        best_order_up_to(certain(0), 5, 1, 4)
    with pytest.raises(ValueError, match="fixed cost must not be negative, got -5"):
        best_order_up_to(poisson(6), -5, 1, 4)
    with pytest.raises(ValueError, match="number of periods must be a whole number"):
        best_order_up_to(poisson(6), 5, 1, 4, -2)
    with pytest.raises(ValueError, match="standard deviation must be above zero"):
        power_approximation(50, 0, 2.5, 0.18, 0.7)
