"""The smallest stock that reaches a target in fill rate, ready rate, backorders, waiting time or cost.

Each service measure improves with the reorder point, so the smallest is found by doubling and bisection; cost is convex
in it, so a target in cost is met between two levels or nowhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from spareverse.optimisation.single_item.checks import not_negative, positive
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw
from spareverse.optimisation.single_item.reorder_point import (
    ONE_PIECE,
    Performance,
    best_reorder_point,
    evaluate_reorder_point,
)

Measure = Literal["fill_rate", "line_fill_rate", "ready_rate", "expected_backorders", "waiting_time"]
SHARES = ("fill_rate", "line_fill_rate", "ready_rate")


@dataclass(frozen=True)
class Target:
    """The smallest reorder point that reaches the target with its order quantity; base stock is one above it."""

    reorder_point: int
    order_quantity: int
    performance: Performance

    @property
    def base_stock(self) -> int:
        """Highest inventory position; the base stock level where one piece is ordered for each one demanded."""
        return self.reorder_point + self.order_quantity


def smallest_reorder_point(
    measure: Measure,
    target: float,
    lead_time_demand: DiscreteLaw,
    demand_rate: float,
    *,
    order_quantity: int = 1,
    line_sizes: DiscreteLaw = ONE_PIECE,
    most: int = 10_000_000,
) -> Target:
    """Smallest r >= -Q whose (r, Q) has at least the target share, or at most the target backorders or waiting time.

    waiting_time is in the unit of time of demand_rate [pieces/time]. ValueError for a target nothing can reach.
    """
    positive(demand_rate=demand_rate)
    if measure in SHARES:
        if not 0.0 <= target < 1.0:
            raise ValueError(
                f"a target {measure.replace('_', ' ')} lies between 0 and 1, got {target:g}"
                + (": demand is random, no finite stock meets all of it for certain" if target == 1.0 else "")
            )
    else:
        not_negative(**{f"target {measure}": target})
        if target == 0.0:
            raise ValueError(f"a {measure.replace('_', ' ')} of zero needs unlimited stock; name a small one instead")

    def performance(level: int) -> Performance:
        return evaluate_reorder_point(level, order_quantity, lead_time_demand, demand_rate, line_sizes=line_sizes)

    def reached(level: int) -> bool:
        found = getattr(performance(level), measure)
        return bool(found >= target - 1e-15 if measure in SHARES else found <= target)

    low, high = -order_quantity - 1, max(0, lead_time_demand.first)
    while not reached(high):
        if high >= most:
            raise ValueError(f"more than {most:,} pieces would be needed for {measure.replace('_', ' ')} {target:g}")
        low, high = high, min(max(1, 2 * high), most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return Target(high, order_quantity, performance(high))


def base_stock_at_cost(
    target: float,
    lead_time_demand: DiscreteLaw,
    demand_rate: float,
    holding_cost: float,
    stockout_cost: float,
) -> Target:
    """The largest base stock, and so the best service, whose holding and shortage cost stays within the target.

    ValueError naming the least cost where no stock is that cheap.
    """
    positive(target_cost=target, demand_rate=demand_rate, holding_cost=holding_cost, stockout_cost=stockout_cost)
    tiny = math.ulp(1.0)
    best = best_reorder_point(lead_time_demand, demand_rate, tiny, holding_cost, stockout_cost, most=1)

    def performance(level: int) -> Performance:
        return evaluate_reorder_point(level, 1, lead_time_demand, demand_rate)

    least = performance(best.reorder_point).cost(0.0, holding_cost, stockout_cost)
    if least > target:
        raise ValueError(f"no stock costs {target:g} or less: the least possible is {least:.6g}")
    low = best.reorder_point
    high = low + math.ceil(target / holding_cost + lead_time_demand.mean) + 1
    while high - low > 1:
        middle = (low + high) // 2
        cheap = performance(middle).cost(0.0, holding_cost, stockout_cost) <= target
        low, high = (middle, high) if cheap else (low, middle)
    return Target(low, 1, performance(low))
