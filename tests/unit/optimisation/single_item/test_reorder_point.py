"""Exact (r, Q) against enumeration, published tables and a simulation with order lines of several pieces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.optimisation.single_item.demand_laws import (
    DiscreteLaw,
    certain,
    compound_poisson,
    from_chances,
    negative_binomial,
    poisson,
)
from spareverse.optimisation.single_item.reorder_point import best_reorder_point, evaluate_reorder_point

SIZES = from_chances({1: 0.6, 2: 0.1, 6: 0.3})


def enumerated(
    law: DiscreteLaw, rate: float, fixed: float, holding: float, stockout: float, sizes: DiscreteLaw
) -> float:
    """Least cost of all (r, Q) within a wide range, each evaluated on its own."""
    return min(
        evaluate_reorder_point(r, q, law, rate, line_sizes=sizes).cost(fixed, holding, stockout)
        for r in range(-20, 22)
        for q in range(1, 36)
    )


@pytest.mark.parametrize(
    ("law", "rate", "sizes"),
    [
        (poisson(3.0), 1.5, certain(1)),
        (poisson(0.02), 0.01, certain(1)),
        (negative_binomial(4.0, 15.0), 2.0, certain(1)),
        (compound_poisson(1.2, SIZES), 0.6 * SIZES.mean, SIZES),
        (certain(4), 2.0, certain(1)),
    ],
)
@pytest.mark.parametrize("costs", [(100, 20, 150), (0.5, 1, 200), (60, 5, 4), (300, 2, 30)])
def test_optimum_is_the_best_of_all(
    law: DiscreteLaw, rate: float, sizes: DiscreteLaw, costs: tuple[float, float, float]
) -> None:
    fixed, holding, stockout = costs
    best = best_reorder_point(law, rate, fixed, holding, stockout, line_sizes=sizes, most=35)
    own = evaluate_reorder_point(best.reorder_point, best.order_quantity, law, rate, line_sizes=sizes)
    assert best.cost == pytest.approx(own.cost(fixed, holding, stockout), rel=1e-9)
    assert best.cost == pytest.approx(enumerated(law, rate, fixed, holding, stockout, sizes), rel=1e-9)


def test_packs_and_limits_against_enumeration() -> None:
    law = poisson(3.0)
    for step, least, most in ((4, 1, None), (3, 7, None), (1, 9, 12), (5, 1, 5)):
        best = best_reorder_point(law, 1.5, 100, 20, 150, pack=step, least=least, most=most)
        costs = {
            (r, q): evaluate_reorder_point(r, q, law, 1.5).cost(100, 20, 150)
            for q in range(step, 40, step)
            if q >= least and (most is None or q <= most)
            for r in range(-10, 15)
        }
        assert best.cost == pytest.approx(min(costs.values()), rel=1e-12)
        assert (best.reorder_point, best.order_quantity) == min(costs, key=lambda key: costs[key])


def test_snyder_and_shen_example_5_8() -> None:
    best = best_reorder_point(poisson(3.0), 1.5, 100, 20, 150)
    assert (best.reorder_point, best.order_quantity) == (3, 5)
    assert best.cost == pytest.approx(107.9235806331498, rel=1e-10)


def test_transformers_of_rossetti() -> None:
    """Published row of the table at Q = 5: r = 9, backorders .1202, fill rate .8990, on hand 4.6202, cost 7397."""
    found = evaluate_reorder_point(9, 5, poisson(7.5), 45)
    figures = (found.expected_backorders, found.fill_rate, found.mean_on_hand)
    assert figures == pytest.approx((0.1202, 0.8990, 4.6202), abs=6e-5)
    assert found.cost(220, 950, 8550) == pytest.approx(7397, abs=0.6)


def test_lines_of_several_pieces_against_a_simulation() -> None:
    """Compound Poisson demand followed line by line; 4 standard errors over 50 batches."""
    r, q, rate, lead, count = 5, 7, 0.8, 2.0, 100_000
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.exponential(1 / rate, count))
    lines = rng.choice([1, 2, 6], size=count, p=[0.6, 0.1, 0.3])
    position, arrivals, orders = r + q, [], 0
    before = np.empty(count)
    on_hand_net, waiting = float(r + q), 0
    for i in range(count):
        while waiting < len(arrivals) and arrivals[waiting][0] <= times[i]:
            on_hand_net += arrivals[waiting][1]
            waiting += 1
        before[i] = on_hand_net
        on_hand_net -= lines[i]
        position -= lines[i]
        if position <= r:
            batches = (r - position) // q + 1
            position += batches * q
            arrivals.append((times[i] + lead, batches * q))
            orders += 1
    exact = evaluate_reorder_point(r, q, compound_poisson(rate * lead, SIZES), rate * SIZES.mean, line_sizes=SIZES)
    shipped = np.minimum(np.maximum(before, 0), lines)
    samples = {
        "line_fill_rate": (before >= lines).astype(float),
        "fill_rate": shipped / lines.mean(),
        # a line finds the stock as it is at any time
        "ready_rate": (before >= 0).astype(float),
        "mean_on_hand": np.maximum(before, 0),
        "expected_backorders": np.maximum(-before, 0),
    }
    for name, values in samples.items():
        error = np.array([block.mean() for block in np.array_split(values, 50)]).std(ddof=1) / math.sqrt(50)
        assert getattr(exact, name) == pytest.approx(values.mean(), abs=4 * error), name
    assert exact.orders == pytest.approx(orders / times[-1], rel=0.01)
    assert exact.waiting_time == pytest.approx(exact.expected_backorders / (rate * SIZES.mean))


def test_senseless_inputs_are_refused() -> None:
    law = poisson(3.0)
    with pytest.raises(ValueError, match="demand rate must be above zero, got -1"):
        best_reorder_point(law, -1, 100, 20, 150)
    with pytest.raises(ValueError, match="holding cost must be above zero, got 0"):
        best_reorder_point(law, 1.5, 100, 0, 150)
    with pytest.raises(ValueError, match="minimum order quantity of 9 lies above the maximum of 8"):
        best_reorder_point(law, 1.5, 100, 20, 150, least=9, most=8)
    with pytest.raises(ValueError, match="no whole number of packs of 5 lies between 6 and 9"):
        best_reorder_point(law, 1.5, 100, 20, 150, least=6, most=9, pack=5)
    with pytest.raises(ValueError, match="order quantity must be a whole number of at least 1, got 0"):
        evaluate_reorder_point(3, 0, law, 1.5)
