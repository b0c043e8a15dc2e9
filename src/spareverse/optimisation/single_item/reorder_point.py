"""(r, Q) under continuous review: at or below r, order Q (or the least multiple of Q that brings the position above r).

The position is uniform on r + 1 .. r + Q and independent of the lead-time demand D that follows (Hadley & Whitin 1963,
chapter 4; Zipkin 2000, chapter 6), so the cost is

    c(r, Q) = (K x orders placed per time x Q + sum of G(y) over y = r + 1 .. r + Q) / Q.

The best r for a given Q takes the Q cheapest positions, which are neighbours as G is convex; adding the next cheapest
position until it costs more than the best mean so far finds the optimum (Federgruen & Zheng 1992). A line of J pieces
places an order from a position i above r when J >= i, so orders come at rate x E min(J, Q) / Q.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.optimisation.single_item.checks import in_order, positive, whole
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw, certain
from spareverse.optimisation.single_item.stock_cost import cheapest_position, cost_at, cost_table

Floats = NDArray[np.float64]

ONE_PIECE = certain(1)
"""Order lines of one piece each."""


@dataclass(frozen=True)
class ReorderPoint:
    """The policy and its cost per unit of time."""

    reorder_point: int
    order_quantity: int
    cost: float


@dataclass(frozen=True)
class Performance:
    """Long-run means of one stock. Rates per unit of time."""

    expected_backorders: float
    fill_rate: float
    """Share of pieces met at once."""
    line_fill_rate: float
    """Share of order lines met whole at once."""
    ready_rate: float
    """Share of time without a backorder."""
    mean_on_hand: float
    orders: float
    """Orders placed per unit of time."""
    waiting_time: float
    """Mean wait of a piece, those met at once included (Little's law)."""

    def cost(self, fixed_cost: float, holding_cost: float, stockout_cost: float) -> float:
        """K x orders + h x on hand + b x backorders."""
        return fixed_cost * self.orders + holding_cost * self.mean_on_hand + stockout_cost * self.expected_backorders


def best_reorder_point(
    lead_time_demand: DiscreteLaw,
    demand_rate: float,
    fixed_cost: float,
    holding_cost: float,
    stockout_cost: float,
    *,
    line_sizes: DiscreteLaw = ONE_PIECE,
    least: int = 1,
    most: int | None = None,
    pack: int = 1,
) -> ReorderPoint:
    """The cheapest (r, Q), exactly, Q a multiple of ``pack`` in [least, most].

    demand_rate [pieces/time]; fixed_cost [currency/order]; holding_cost, stockout_cost [currency/piece/time].
    """
    positive(demand_rate=demand_rate, fixed_cost=fixed_cost, holding_cost=holding_cost, stockout_cost=stockout_cost)
    whole(1, minimum_order_quantity=least, pack_size=pack)
    in_order(least, most, "order quantity")
    first_allowed = -(-least // pack) * pack
    if most is not None and first_allowed > most:
        raise ValueError(f"no whole number of packs of {pack} lies between {least} and {most}")
    start = cheapest_position(lead_time_demand, holding_cost, stockout_cost)
    table = cost_table(lead_time_demand, holding_cost, stockout_cost)
    order_cost = fixed_cost * demand_rate / line_sizes.mean
    tails = 1.0 - line_sizes.cdf(np.arange(line_sizes.last))
    low, quantity, cost = search_window(
        lead_time_demand.first, table, lead_time_demand.mean, holding_cost, stockout_cost, start, order_cost, tails,
        first_allowed, pack, -1 if most is None else most,
    )  # fmt: skip
    return ReorderPoint(low - 1, quantity, cost)


@kernel
def search_window(
    first: int, table: Floats, mean: float, holding_cost: float, stockout_cost: float,
    start: int, order_cost: float, size_tails: Floats, least: int, pack: int, most: int,
) -> tuple[int, int, float]:  # fmt: skip
    """Lowest position, quantity and cost of the best window; size_tails[i] = P(line > i)."""
    low = start
    high = start
    total = cost_at(start, first, table, mean, holding_cost, stockout_cost)
    left = cost_at(low - 1, first, table, mean, holding_cost, stockout_cost)
    right = cost_at(high + 1, first, table, mean, holding_cost, stockout_cost)
    ordering = 0.0
    best = np.inf
    best_low = start
    best_quantity = 0
    quantity = 1
    while True:
        if quantity <= len(size_tails):
            ordering += order_cost * size_tails[quantity - 1]
        if quantity >= least and quantity % pack == 0:
            cost = (ordering + total) / quantity
            if cost < best:
                best = cost
                best_low = low
                best_quantity = quantity
        if quantity == most or min(left, right) >= best:
            return best_low, best_quantity, best
        if left <= right:
            low -= 1
            total += left
            left = cost_at(low - 1, first, table, mean, holding_cost, stockout_cost)
        else:
            high += 1
            total += right
            right = cost_at(high + 1, first, table, mean, holding_cost, stockout_cost)
        quantity += 1


def evaluate_reorder_point(
    reorder_point: int,
    order_quantity: int,
    lead_time_demand: DiscreteLaw,
    demand_rate: float,
    *,
    line_sizes: DiscreteLaw = ONE_PIECE,
) -> Performance:
    """Exact performance of any (r, Q); base stock S is (S - 1, 1).

    ``lead_time_demand`` must be the demand an order line finds before it: Poisson or compound Poisson over a lead time
    independent of it. demand_rate [pieces/time]. ValueError for Q < 1.
    """
    whole(1, order_quantity=order_quantity)
    positive(demand_rate=demand_rate)
    position = np.arange(reorder_point + 1, reorder_point + order_quantity + 1)
    with_line = lead_time_demand.plus(line_sizes)
    left = lead_time_demand.surplus(position)
    short = float(lead_time_demand.shortage(position).mean())
    shipped = float((left - with_line.surplus(position)).mean())
    lines = demand_rate / line_sizes.mean
    batch = np.arange(min(order_quantity, line_sizes.last))
    return Performance(
        short,
        shipped / line_sizes.mean,
        float(with_line.cdf(position).mean()),
        float(lead_time_demand.cdf(position).mean()),
        float(left.mean()),
        lines * float((1.0 - line_sizes.cdf(batch)).sum()) / order_quantity,
        short / demand_rate,
    )
