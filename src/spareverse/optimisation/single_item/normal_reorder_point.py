"""(r, Q) when the demand over the lead time is normal: exact cost and optimum, and the usual approximations.

Zheng (1992) and Snyder & Shen (2019), chapter 5: the cost is (K D + integral of G over r .. r + Q) / Q, and at the
optimum G(r) = G(r + Q) = cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from spareverse.optimisation.single_item.checks import not_negative, positive
from spareverse.optimisation.single_item.eoq import backorder_quantity, economic_order_quantity
from spareverse.optimisation.single_item.newsvendor import newsvendor_normal
from spareverse.optimisation.single_item.stock_cost import (
    normal_shortage,
    normal_shortage_integral,
    normal_stock_cost,
)
from spareverse.special import normal_quantile


@dataclass(frozen=True)
class NormalPolicy:
    """Reorder point and order quantity in pieces, not rounded; cost per unit of time."""

    reorder_point: float
    order_quantity: float
    cost: float
    """Exact, except for ``expected_inventory_level``, which has a cost of its own."""


@dataclass(frozen=True)
class NormalStock:
    """One item. demand_mean [pieces/time], demand_sd [pieces/sqrt(time)], lead_time [time]; costs as elsewhere."""

    demand_mean: float
    demand_sd: float
    lead_time: float
    fixed_cost: float
    holding_cost: float
    stockout_cost: float

    def __post_init__(self) -> None:
        positive(
            mean_demand=self.demand_mean,
            fixed_cost=self.fixed_cost,
            holding_cost=self.holding_cost,
            stockout_cost=self.stockout_cost,
        )
        not_negative(standard_deviation=self.demand_sd, lead_time=self.lead_time)

    @property
    def mean(self) -> float:
        """Mean demand over the lead time."""
        return self.demand_mean * self.lead_time

    @property
    def sd(self) -> float:
        """Standard deviation of the demand over the lead time."""
        return self.demand_sd * math.sqrt(self.lead_time)

    def cost(self, reorder_point: float, order_quantity: float) -> float:
        """Exact cost of any (r, Q)."""
        positive(order_quantity=order_quantity)
        end = reorder_point + order_quantity
        short = self._shortage_until(reorder_point, end)
        net = 0.5 * (end - self.mean) ** 2 - 0.5 * (reorder_point - self.mean) ** 2
        stock = self.holding_cost * (net + short) + self.stockout_cost * short
        return (self.fixed_cost * self.demand_mean + stock) / order_quantity

    def best_reorder_point(self, order_quantity: float) -> float:
        """The r that is best with a given Q: G(r) = G(r + Q), by bisection; the difference rises with r."""
        high = newsvendor_normal(self.mean, self.sd, self.holding_cost, self.stockout_cost).level
        low = high - order_quantity
        return _root(lambda r: self._level(r + order_quantity) - self._level(r), low, high)

    def best(self) -> NormalPolicy:
        """The exact optimum: Q G(r(Q)) - integral of G - K D rises with Q and is zero there."""
        high = 2.0 * self._backorder_quantity() + 4.0 * self.sd
        while self._excess(high) < 0.0:
            high *= 2.0
        return self._with(_root(self._excess, 0.0, high))

    def eoq_with_backorders(self) -> NormalPolicy:
        """Q of the deterministic model with backorders, then its best r (Zheng 1992): never 12.5 % off the optimum."""
        return self._with(self._backorder_quantity())

    def eoq_with_safety_stock(self) -> NormalPolicy:
        """Q of the plain EOQ, r the newsvendor's level."""
        quantity = economic_order_quantity(self.fixed_cost, self.holding_cost, self.demand_mean).quantity
        point = newsvendor_normal(self.mean, self.sd, self.holding_cost, self.stockout_cost).level
        return NormalPolicy(point, quantity, self.cost(point, quantity))

    def expected_inventory_level(self) -> NormalPolicy:
        """Hadley & Whitin's iteration (EIL): stock r - mean + Q / 2, and stockout_cost per piece short, not per time.

        Its cost is that of its own approximation. ValueError where a piece short costs less than holding it.
        """
        quantity, point = self._eoq(0.0), 0.0
        for _ in range(1000):
            risk = quantity * self.holding_cost / (self.stockout_cost * self.demand_mean)
            if risk >= 1.0:
                raise ValueError("the shortage cost is so low that this approximation never holds stock")
            before = (quantity, point)
            point = self.mean + self.sd * normal_quantile(1.0 - risk)
            quantity = self._eoq(normal_shortage(point, self.mean, self.sd))
            if abs(quantity - before[0]) + abs(point - before[1]) <= 1e-13 * (quantity + abs(point)):
                break
        short = normal_shortage(point, self.mean, self.sd)
        cost = self.holding_cost * (point - self.mean + 0.5 * quantity)
        cost += (self.fixed_cost + self.stockout_cost * short) * self.demand_mean / quantity
        return NormalPolicy(point, quantity, cost)

    def _with(self, quantity: float) -> NormalPolicy:
        point = self.best_reorder_point(quantity)
        return NormalPolicy(point, quantity, self.cost(point, quantity))

    def _eoq(self, short: float) -> float:
        return economic_order_quantity(
            self.fixed_cost + self.stockout_cost * short, self.holding_cost, self.demand_mean
        ).quantity

    def _backorder_quantity(self) -> float:
        return backorder_quantity(self.fixed_cost, self.holding_cost, self.stockout_cost, self.demand_mean).quantity

    def _level(self, position: float) -> float:
        return normal_stock_cost(position, self.mean, self.sd, self.holding_cost, self.stockout_cost)

    def _shortage_until(self, start: float, end: float) -> float:
        return normal_shortage_integral(start, self.mean, self.sd) - normal_shortage_integral(end, self.mean, self.sd)

    def _excess(self, quantity: float) -> float:
        if quantity == 0.0:
            return -self.fixed_cost * self.demand_mean
        point = self.best_reorder_point(quantity)
        return quantity * (self._level(point) - self.cost(point, quantity))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(rising, low, high, xtol=1e-12, rtol=1e-14))
