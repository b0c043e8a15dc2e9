"""One order against one uncertain demand, and base stock reviewed every period, which is the same problem.

Arrow, Harris & Marschak (1951); Snyder & Shen (2019), chapter 4. Under periodic review what is ordered now arrives
``lead_time`` periods later and must last until the next order arrives, so its demand is that of lead_time + 1 periods;
holding and shortage are counted at the end of each period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from spareverse.network.distributions import Distribution
from spareverse.optimisation.single_item.checks import not_negative, positive
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw
from spareverse.optimisation.single_item.stock_cost import cheapest_position, normal_stock_cost, stock_cost
from spareverse.special import normal_quantile


@dataclass(frozen=True)
class BaseStock:
    """Stock to raise the inventory position to, and its expected cost per period."""

    level: float
    cost: float
    chance_enough: float
    """P(demand <= level)."""


def newsvendor(law: DiscreteLaw, holding_cost: float, stockout_cost: float, *, level: int | None = None) -> BaseStock:
    """Best whole stock against any discrete demand, the smallest y with P(D <= y) >= b / (b + h); or what ``level``
    costs: h E(level - D)+ + b E(D - level)+."""
    positive(holding_cost=holding_cost, stockout_cost=stockout_cost)
    level = cheapest_position(law, holding_cost, stockout_cost) if level is None else level
    cost = float(stock_cost(level, law, holding_cost, stockout_cost))
    return BaseStock(level, cost, float(law.cdf(level)))


def newsvendor_normal(
    mean: float, sd: float, holding_cost: float, stockout_cost: float, *, level: float | None = None
) -> BaseStock:
    """Best stock against normal demand, or what ``level`` costs."""
    positive(holding_cost=holding_cost, stockout_cost=stockout_cost)
    not_negative(mean_demand=mean, standard_deviation=sd)
    ratio = stockout_cost / (stockout_cost + holding_cost)
    if level is None:
        level, chance = mean + sd * normal_quantile(ratio), ratio
    else:
        chance = 0.5 * math.erfc((mean - level) / (sd * math.sqrt(2.0))) if sd else float(level >= mean)
    return BaseStock(level, normal_stock_cost(level, mean, sd, holding_cost, stockout_cost), chance)


def newsvendor_continuous(law: Distribution, holding_cost: float, stockout_cost: float) -> BaseStock:
    """Best stock against any demand with a density: log-normal, gamma, Weibull ... in pieces instead of hours."""
    positive(holding_cost=holding_cost, stockout_cost=stockout_cost)
    ratio = stockout_cost / (stockout_cost + holding_cost)
    level = float(law.quantile(ratio))
    left = level * float(law.cdf(level)) - law.partial_moment(1, level)
    cost = holding_cost * left + stockout_cost * (law.mean - level + left)
    return BaseStock(level, cost, float(law.cdf(level)))


def margins(revenue: float, purchase_cost: float, salvage_value: float = 0.0) -> tuple[float, float]:
    """(holding, stockout) cost of a piece too many and a piece too few: c - v and r - c."""
    positive(purchase_cost=purchase_cost)
    if not salvage_value < purchase_cost < revenue:
        raise ValueError(
            f"needs salvage value < purchase cost < revenue, got {salvage_value:g}, {purchase_cost:g} and {revenue:g}"
        )
    return purchase_cost - salvage_value, revenue - purchase_cost


def base_stock(demand: DiscreteLaw, lead_time_periods: int, holding_cost: float, stockout_cost: float) -> BaseStock:
    """Periodic review, each period's demand independent with law ``demand``; costs per period."""
    return newsvendor(demand.times(lead_time_periods + 1), holding_cost, stockout_cost)


def base_stock_normal(
    mean: float, sd: float, lead_time_periods: float, holding_cost: float, stockout_cost: float
) -> BaseStock:
    """Periodic review with normal demand of ``mean`` and ``sd`` per period; costs per period."""
    not_negative(lead_time=lead_time_periods)
    periods = lead_time_periods + 1.0
    return newsvendor_normal(mean * periods, sd * math.sqrt(periods), holding_cost, stockout_cost)
