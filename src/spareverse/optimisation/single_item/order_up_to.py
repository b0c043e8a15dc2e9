"""(s, S) under periodic review: at or below s after a period's demand, order up to S.

Renewal theory gives the cost of any (s, S); Zheng & Federgruen (1991) find the best one with hardly more work. With
p_j the chance of a period's demand j, m the renewal density of the periods between two orders, and G the cost at the
end of the period in which an order of now becomes usable (demand of lead time + 1 periods),

    m(0) = 1 / (1 - p_0),  m(j) = (p_1 m(j - 1) + ... + p_j m(0)) / (1 - p_0),  M(n) = m(0) + ... + m(n - 1),
    c(s, S) = (K + sum over j < S - s of m(j) G(S - j)) / M(S - s).

Power approximation: Ehrhardt & Mosier (1984).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.optimisation.single_item.checks import not_negative, positive
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw
from spareverse.optimisation.single_item.newsvendor import newsvendor_normal
from spareverse.optimisation.single_item.reorder_point import Performance
from spareverse.optimisation.single_item.stock_cost import cheapest_position, cost_at, cost_table, stock_cost

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OrderUpTo:
    """The policy and its expected cost per period."""

    reorder_point: int
    order_up_to: int
    cost: float


def best_order_up_to(
    demand: DiscreteLaw,
    fixed_cost: float,
    holding_cost: float,
    stockout_cost: float,
    lead_time_periods: int = 0,
) -> OrderUpTo:
    """The cheapest (s, S), exactly; ``demand`` is the law of a period, costs are per period.

    fixed_cost [currency/order], holding_cost, stockout_cost [currency/piece/period].
    """
    positive(holding_cost=holding_cost, stockout_cost=stockout_cost)
    not_negative(fixed_cost=fixed_cost)
    sizes, busy = _sizes(demand)
    protected = demand.times(lead_time_periods + 1)
    table = cost_table(protected, holding_cost, stockout_cost)
    start = cheapest_position(protected, holding_cost, stockout_cost)
    found = search_levels(
        sizes, busy, protected.first, table, protected.mean, holding_cost, stockout_cost, fixed_cost, start
    )
    return OrderUpTo(*found)


def order_up_to_cost(
    reorder_point: int,
    order_up_to: int,
    demand: DiscreteLaw,
    fixed_cost: float,
    holding_cost: float,
    stockout_cost: float,
    lead_time_periods: int = 0,
) -> float:
    """Expected cost per period of any (s, S)."""
    positive(holding_cost=holding_cost, stockout_cost=stockout_cost)
    not_negative(fixed_cost=fixed_cost)
    position, chance, orders = position_after_review(reorder_point, order_up_to, demand)
    level = stock_cost(position, demand.times(lead_time_periods + 1), holding_cost, stockout_cost)
    return fixed_cost * orders + float(chance @ level)


def evaluate_order_up_to(
    reorder_point: int, order_up_to: int, demand: DiscreteLaw, lead_time_periods: int = 0
) -> Performance:
    """Performance at the ends of periods: stock, backorders, share of a period's pieces met from stock.

    ``line_fill_rate`` is the share of periods with demand whose whole demand is met; ``ready_rate`` the share of
    periods that end without a backorder.
    """
    position, chance, orders = position_after_review(reorder_point, order_up_to, demand)
    before, protected = demand.times(lead_time_periods), demand.times(lead_time_periods + 1)
    short = protected.shortage(position)
    idle = float(demand.cdf(0))
    met = protected.cdf(position) - idle * before.cdf(position)
    expected = float(chance @ short)
    return Performance(
        expected,
        1.0 - float(chance @ (short - before.shortage(position))) / demand.mean,
        float(chance @ met) / (1.0 - idle),
        float(chance @ protected.cdf(position)),
        float(chance @ protected.surplus(position)),
        orders,
        expected / demand.mean,
    )


def position_after_review(
    reorder_point: int, order_up_to: int, demand: DiscreteLaw
) -> tuple[NDArray[np.int64], Floats, float]:
    """Positions S, S - 1 .. s + 1 just after a review, their long-run chances, and the chance that a review orders."""
    if reorder_point >= order_up_to:
        raise ValueError(f"(s, S) needs s < S, got {reorder_point} and {order_up_to}")
    renewals = _renewals(*_sizes(demand), order_up_to - reorder_point)
    total = float(renewals.sum())
    return np.arange(order_up_to, reorder_point, -1), renewals / total, 1.0 / total


def power_approximation(
    demand_mean: float,
    demand_sd: float,
    fixed_cost: float,
    holding_cost: float,
    stockout_cost: float,
    lead_time_periods: float = 0.0,
    *,
    capped: bool = False,
) -> tuple[float, float]:
    """(s, S) from the mean and standard deviation of a period's demand alone.

    ``capped``: where an order covers less than one and a half periods, neither exceeds the base stock level, as its
    authors advise.
    """
    positive(
        mean_demand=demand_mean, standard_deviation=demand_sd, fixed_cost=fixed_cost,
        holding_cost=holding_cost, stockout_cost=stockout_cost,
    )  # fmt: skip
    not_negative(lead_time=lead_time_periods)
    mean = demand_mean * (lead_time_periods + 1.0)
    sd = demand_sd * math.sqrt(lead_time_periods + 1.0)
    quantity = 1.30 * demand_mean**0.494 * (fixed_cost / holding_cost) ** 0.506
    quantity *= (1.0 + (sd / demand_mean) ** 2) ** 0.116
    z = math.sqrt(quantity / sd * holding_cost / stockout_cost)
    low = 0.973 * mean + sd * (0.183 / z + 1.063 - 2.192 * z)
    high = low + quantity
    if capped and quantity <= 1.5 * demand_mean:
        level = newsvendor_normal(mean, sd, holding_cost, stockout_cost).level
        return min(low, level), min(high, level)
    return low, high


def _sizes(demand: DiscreteLaw) -> tuple[Floats, float]:
    """``sizes_when_busy``; ValueError where there is never a demand."""
    if demand.last == 0:
        raise ValueError("without any demand there is nothing to order")
    return sizes_when_busy(demand.first, demand.mass)


@kernel
def sizes_when_busy(first: int, mass: Floats) -> tuple[Floats, float]:
    """Chances of a demand of 1, 2 ... pieces where there is one, and the chance of one: precise where it is rare."""
    sizes = np.zeros(first + len(mass) - 1)
    busy = 0.0
    for i in range(len(mass)):
        if first + i > 0:
            sizes[first + i - 1] = mass[i]
            busy += mass[i]
    return sizes / busy, busy


@kernel
def _renewal(sizes: Floats, busy: float, renewals: Floats, j: int) -> float:
    """m(j) from those before it."""
    if j == 0:
        return 1.0 / busy
    total = 0.0
    for i in range(min(j, len(sizes))):
        total += sizes[i] * renewals[j - 1 - i]
    return total


@kernel
def _renewals(sizes: Floats, busy: float, count: int) -> Floats:
    renewals = np.empty(count)
    for j in range(count):
        renewals[j] = _renewal(sizes, busy, renewals, j)
    return renewals


@kernel
def _cost(
    s: int, top: int, renewals: Floats, first: int, table: Floats, mean: float, h: float, b: float, fixed: float
) -> float:
    """c(s, top); ``renewals`` holds at least top - s entries."""
    cost = fixed
    periods = 0.0
    for j in range(top - s):
        cost += renewals[j] * cost_at(top - j, first, table, mean, h, b)
        periods += renewals[j]
    return cost / periods


@kernel
def search_levels(
    sizes: Floats, busy: float, first: int, table: Floats, mean: float, h: float, b: float, fixed: float, start: int
) -> tuple[int, int, float]:
    """Zheng & Federgruen's algorithm from the cheapest position ``start``."""
    renewals = np.empty(64)
    # the best s for S = start: widen until ordering is no dearer than staying
    cost = fixed
    periods = 0.0
    count = 0
    best = np.inf
    while True:
        if count == len(renewals):
            renewals = np.concatenate((renewals, np.empty(count)))
        renewals[count] = _renewal(sizes, busy, renewals, count)
        cost += renewals[count] * cost_at(start - count, first, table, mean, h, b)
        periods += renewals[count]
        count += 1
        best = cost / periods
        if best <= cost_at(start - count, first, table, mean, h, b):
            break
    s = start - count
    best_s = s
    best_top = start
    top = start + 1
    while cost_at(top, first, table, mean, h, b) <= best:
        while top - s > count:
            if count == len(renewals):
                renewals = np.concatenate((renewals, np.empty(count)))
            renewals[count] = _renewal(sizes, busy, renewals, count)
            count += 1
        found = _cost(s, top, renewals, first, table, mean, h, b, fixed)
        if found < best:
            while s + 1 < top and found <= cost_at(s + 1, first, table, mean, h, b):
                s += 1
                found = _cost(s, top, renewals, first, table, mean, h, b, fixed)
            best = found
            best_s = s
            best_top = top
        top += 1
    return best_s, best_top, best
