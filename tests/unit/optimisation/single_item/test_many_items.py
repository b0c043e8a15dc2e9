"""Many items in one call are the single items, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.optimisation.single_item.demand_laws import poisson
from spareverse.optimisation.single_item.many_items import (
    best_reorder_points,
    poisson_order_up_to,
    poisson_reorder_points,
)
from spareverse.optimisation.single_item.order_up_to import best_order_up_to
from spareverse.optimisation.single_item.reorder_point import best_reorder_point
from spareverse.statistics.lead_time_demand import LeadTimeDemand

ITEMS = 60
RNG = np.random.default_rng(2)
RATE, LEAD = np.exp(RNG.uniform(-3, 4, ITEMS)), RNG.uniform(0.1, 3.0, ITEMS)
FIXED, HOLDING = np.exp(RNG.uniform(0, 5, ITEMS)), np.exp(RNG.uniform(-2, 2, ITEMS))
STOCKOUT = HOLDING * np.exp(RNG.uniform(0, 5, ITEMS))


def test_reorder_points() -> None:
    found = poisson_reorder_points(RATE, LEAD, FIXED, HOLDING, STOCKOUT)
    for i in range(ITEMS):
        one = best_reorder_point(poisson(RATE[i] * LEAD[i]), RATE[i], FIXED[i], HOLDING[i], STOCKOUT[i])
        assert (found.reorder_point[i], found.upper[i]) == (one.reorder_point, one.order_quantity)
        assert found.cost[i] == pytest.approx(one.cost, rel=1e-9)


def test_order_up_to_levels() -> None:
    lead = RNG.integers(0, 3, ITEMS)
    found = poisson_order_up_to(RATE, FIXED, HOLDING, STOCKOUT, lead)
    for i in range(ITEMS):
        one = best_order_up_to(poisson(RATE[i]), FIXED[i], HOLDING[i], STOCKOUT[i], int(lead[i]))
        assert (found.reorder_point[i], found.upper[i]) == (one.reorder_point, one.order_up_to)
        assert found.cost[i] == pytest.approx(one.cost, rel=1e-9)


def test_laws_on_grids() -> None:
    """Steps of one piece and of four: the second is the first with everything counted in fours."""
    mass = np.zeros((2, 64), dtype=np.float32)
    law = poisson(5.0)
    mass[:, law.first : law.last + 1] = law.mass
    nothing = np.zeros(2)
    grids = LeadTimeDemand(mass, mass, mass, np.array([1.0, 4.0]), np.array([5.0, 20.0]), np.ones(2), *(nothing,) * 2)
    found = best_reorder_points(grids, [2.5, 10.0], 40.0, [2.0, 0.5], [30.0, 7.5])
    one = best_reorder_point(law, 2.5, 40.0, 2.0, 30.0)
    assert found.reorder_point.tolist() == [one.reorder_point, 4 * one.reorder_point]
    assert found.upper.tolist() == [one.order_quantity, 4 * one.order_quantity]
    assert found.cost == pytest.approx([one.cost, one.cost], rel=1e-5)
    assert len(best_reorder_points(grids, 2.5, 40.0, 2.0, 30.0).cost) == 2
    with pytest.raises(ValueError, match="broadcast"):
        best_reorder_points(grids, np.ones(3), 40.0, 2.0, 30.0)


def test_the_item_at_fault_is_named() -> None:
    with pytest.raises(ValueError, match="holding cost must be above zero, got -1 for item 2"):
        poisson_reorder_points(np.ones(4), 1.0, 5.0, [1.0, 1.0, -1.0, 1.0], 9.0)
    with pytest.raises(ValueError, match="lead time must not be negative"):
        poisson_order_up_to(np.ones(4), 5.0, 1.0, 9.0, -1)
