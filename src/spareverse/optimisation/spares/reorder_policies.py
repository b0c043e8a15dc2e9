"""Exact performance of ordering policies under Poisson demand, one piece at a time, constant lead time, backorders.

Continuous review (Hadley & Whitin 1963, chapter 4; Zipkin 2000, chapter 6): the inventory position is uniform on
s + 1 .. s + Q and independent of the demand D over the lead time that follows, so net stock is position - D.
Periodic review: the position after a review forms a Markov chain; net stock u hours after the lead time that follows
a review is position - D(L + u), u from 0 to the review interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.optimisation.single_item.demand_laws import poisson
from spareverse.optimisation.single_item.order_up_to import position_after_review
from spareverse.optimisation.single_item.reorder_point import evaluate_reorder_point
from spareverse.optimisation.spares.palm import poisson_quantile, poisson_tail

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StockPerformance:
    """Long-run averages of one stock point."""

    expected_backorders: float
    fill_rate: float
    """Share of demands met at once."""
    ready_rate: float
    """Share of time without a backorder."""
    mean_on_hand: float
    orders_per_h: float


def reorder_point(reorder: int, quantity: int, demand_per_h: float, lead_time_h: float) -> StockPerformance:
    """(s, Q) on the inventory position. A lot for lot (s, S) is (s, S - s); base stock S is (S - 1, 1).

    ValueError unless quantity >= 1 and reorder >= -quantity.
    """
    if quantity < 1 or reorder < -quantity:
        raise ValueError(f"(s, Q) needs Q >= 1 and s >= -Q, got {reorder} and {quantity}")
    found = evaluate_reorder_point(reorder, quantity, poisson(demand_per_h * lead_time_h), demand_per_h)
    return StockPerformance(
        found.expected_backorders, found.fill_rate, found.ready_rate, found.mean_on_hand, found.orders
    )


def base_stock(level: int, demand_per_h: float, lead_time_h: float) -> StockPerformance:
    """(S - 1, S): one piece ordered per demand; here any law of the lead times gives the same (Palm)."""
    return reorder_point(level - 1, 1, demand_per_h, lead_time_h)


def periodic_review(
    interval_h: float, reorder: int, order_up_to: int, demand_per_h: float, lead_time_h: float
) -> StockPerformance:
    """(R, s, S): every R hours, at or below s, order up to S. ValueError unless s < S and R > 0."""
    if reorder >= order_up_to or interval_h <= 0:
        raise ValueError(f"(R, s, S) needs R > 0 and s < S, got {interval_h}, {reorder} and {order_up_to}")
    positions, chance, orders = position_after_review(reorder, order_up_to, poisson(demand_per_h * interval_h))
    levels = np.arange(min(reorder, 0), order_up_to + 1)
    until = _cdf_integral(levels, lead_time_h + interval_h, demand_per_h)
    # mean over the interval of P(D(L + u) <= y), each level y
    chance_within = (until - _cdf_integral(levels, lead_time_h, demand_per_h)) / interval_h
    # E[(y - D)+] is the sum of P(D <= i) over i below y
    stocked = np.concatenate([[0.0], np.cumsum(chance_within)])
    at = positions - int(levels[0])
    on_hand = float(chance @ stocked[at])
    mean_net = float(chance @ positions) - demand_per_h * (lead_time_h + 0.5 * interval_h)
    return StockPerformance(
        on_hand - mean_net,
        float(chance @ chance_within[at - 1]),
        float(chance @ chance_within[at]),
        on_hand,
        orders / interval_h,
    )


def _cdf_integral(count: NDArray[np.int64], hours: float, rate_per_h: float) -> Floats:
    """Integral of P(D(t) <= count) over t up to ``hours``: the sum over j = 0 .. count of P(D(hours) > j) / rate."""
    top = int(count.max(initial=0))
    total = np.cumsum(poisson_tail(np.arange(top + 1), rate_per_h * hours)) / rate_per_h
    found: Floats = np.where(count >= 0, total[np.maximum(count, 0)], 0.0)
    return found


def adaptive_limit(service_level: float, demand_per_h: float, mean_lead_time_h: float) -> int:
    """Where an adaptive reorder point settles: the Poisson quantile of the demand over the mean lead time."""
    return poisson_quantile(service_level, demand_per_h * mean_lead_time_h)
