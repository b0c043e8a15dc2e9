"""The smallest stock for a target: it reaches it, and one piece less does not."""

from __future__ import annotations

import pytest

from spareverse.optimisation.single_item.demand_laws import compound_poisson, from_chances, poisson
from spareverse.optimisation.single_item.reorder_point import evaluate_reorder_point
from spareverse.optimisation.single_item.service_targets import (
    SHARES,
    Measure,
    base_stock_at_cost,
    smallest_reorder_point,
)
from spareverse.optimisation.spares.palm import fill_rate, ready_rate

SIZES = from_chances({1: 0.6, 4: 0.4})


@pytest.mark.parametrize(
    ("measure", "target"),
    [
        ("fill_rate", 0.95),
        ("fill_rate", 0.0),
        ("line_fill_rate", 0.9),
        ("ready_rate", 0.999),
        ("expected_backorders", 0.01),
        ("expected_backorders", 50.0),
        ("waiting_time", 0.05),
    ],
)
@pytest.mark.parametrize("quantity", [1, 6])
def test_one_piece_less_misses_the_target(measure: Measure, target: float, quantity: int) -> None:
    law, rate = compound_poisson(3.0, SIZES), 1.5 * SIZES.mean
    found = smallest_reorder_point(measure, target, law, rate, order_quantity=quantity, line_sizes=SIZES)
    reached = getattr(found.performance, measure)
    assert reached >= target if measure in SHARES else reached <= target
    if found.reorder_point > -quantity:
        less = evaluate_reorder_point(found.reorder_point - 1, quantity, law, rate, line_sizes=SIZES)
        missed = getattr(less, measure)
        assert missed < target if measure in SHARES else missed > target
    assert found.base_stock == found.reorder_point + quantity


def test_base_stock_is_palms() -> None:
    found = smallest_reorder_point("fill_rate", 0.95, poisson(2.0), 1.0)
    assert float(fill_rate(found.base_stock, 2.0)) >= 0.95 > float(fill_rate(found.base_stock - 1, 2.0))
    ready = smallest_reorder_point("ready_rate", 0.95, poisson(2.0), 1.0)
    assert float(ready_rate(ready.base_stock, 2.0)) >= 0.95 > float(ready_rate(ready.base_stock - 1, 2.0))
    assert ready.base_stock == found.base_stock - 1


def test_stock_within_a_cost() -> None:
    found = base_stock_at_cost(12.0, poisson(3.0), 1.5, 1.0, 20.0)
    assert found.performance.cost(0, 1.0, 20.0) <= 12.0
    assert evaluate_reorder_point(found.reorder_point + 1, 1, poisson(3.0), 1.5).cost(0, 1.0, 20.0) > 12.0
    with pytest.raises(ValueError, match="the least possible is"):
        base_stock_at_cost(1.0, poisson(3.0), 1.5, 1.0, 20.0)


def test_targets_out_of_reach_are_refused() -> None:
    law = poisson(3.0)
    with pytest.raises(ValueError, match="no finite stock meets all of it"):
        smallest_reorder_point("fill_rate", 1.0, law, 1.5)
    with pytest.raises(ValueError, match="between 0 and 1, got 95"):
        smallest_reorder_point("ready_rate", 95, law, 1.5)
    with pytest.raises(ValueError, match="unlimited stock"):
        smallest_reorder_point("waiting_time", 0.0, law, 1.5)
    with pytest.raises(ValueError, match="target expected backorders must not be negative, got -1"):
        smallest_reorder_point("expected_backorders", -1.0, law, 1.5)
    with pytest.raises(ValueError, match="more than 2 pieces would be needed"):
        smallest_reorder_point("fill_rate", 0.99, law, 1.5, most=2)
    with pytest.raises(ValueError, match="demand rate must be above zero"):
        smallest_reorder_point("fill_rate", 0.9, law, 0.0)
