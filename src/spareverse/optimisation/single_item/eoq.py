"""Economic order quantities: plain, with backorders, made at a finite rate, in whole packs, at discounted prices.

Harris (1913); Taft (1918) for the production rate; Hadley & Whitin (1963), chapter 2, for backorders and discounts.
Any one unit of time; costs in one currency.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from spareverse.optimisation.single_item.checks import in_order, not_negative, positive


@dataclass(frozen=True)
class OrderQuantity:
    """What to order each time, and what that costs per unit of time (the purchase itself only where said)."""

    quantity: float
    cost: float
    cycle_time: float
    """Time between orders."""
    stockout_fraction: float = 0.0
    """Share of the demand that is backordered."""
    unit_cost: float | None = None
    """Price paid, where prices depend on the quantity."""


def economic_order_quantity(
    fixed_cost: float,
    holding_cost: float,
    demand_rate: float,
    *,
    production_rate: float | None = None,
    least: float = 0.0,
    most: float | None = None,
    pack: float | None = None,
) -> OrderQuantity:
    """sqrt(2 K D / h'), h' = h (1 - D / P) when made at rate P; within [least, most] and in whole packs where given.

    fixed_cost [currency/order], holding_cost [currency/piece/time], demand_rate [pieces/time]. Cost excludes the
    purchase. The best whole pack is exact, not rounded. ValueError for what makes no sense.
    """
    positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate)
    if production_rate is not None and production_rate <= demand_rate:
        raise ValueError(
            f"the production rate of {production_rate:g} must exceed the demand rate of {demand_rate:g}: "
            "otherwise production never stops"
        )
    slope = holding_cost if production_rate is None else holding_cost * (1.0 - demand_rate / production_rate)
    quantity = allowed_quantity(math.sqrt(2.0 * fixed_cost * demand_rate / slope), least, most, pack)
    return OrderQuantity(quantity, cycle_cost(quantity, fixed_cost, slope, demand_rate), quantity / demand_rate)


def backorder_quantity(
    fixed_cost: float, holding_cost: float, stockout_cost: float, demand_rate: float
) -> OrderQuantity:
    """EOQ with planned backorders at stockout_cost [currency/piece/time]."""
    positive(fixed_cost=fixed_cost, holding_cost=holding_cost, stockout_cost=stockout_cost, demand_rate=demand_rate)
    both = holding_cost + stockout_cost
    blended = holding_cost * stockout_cost / both
    quantity = math.sqrt(2.0 * fixed_cost * demand_rate / blended)
    cost = math.sqrt(2.0 * fixed_cost * demand_rate * blended)
    return OrderQuantity(quantity, cost, quantity / demand_rate, holding_cost / both)


def cycle_cost(quantity: float, fixed_cost: float, holding_cost: float, demand_rate: float) -> float:
    """Ordering and holding per unit of time with any quantity: K D / Q + h Q / 2."""
    positive(order_quantity=quantity)
    return fixed_cost * demand_rate / quantity + 0.5 * holding_cost * quantity


def allowed_quantity(best: float, least: float = 0.0, most: float | None = None, pack: float | None = None) -> float:
    """The cheapest quantity allowed when ``best`` would be the cheapest of all and cost is K D / Q + h Q / 2.

    n packs cost less than n + 1 just when n (n + 1) pack^2 >= best^2, so the cheapest number of packs is known.
    """
    not_negative(minimum_order_quantity=least)
    in_order(least, most, "order quantity")
    if pack is None:
        return max(least, best if most is None else min(best, most))
    positive(pack_size=pack)
    number = max(1, math.ceil(math.sqrt(0.25 + (best / pack) ** 2) - 0.5 - 1e-12), math.ceil(least / pack - 1e-12))
    if most is not None and number * pack > most:
        number = math.floor(most / pack + 1e-12)
        if number < 1 or number * pack < least:
            raise ValueError(f"no whole number of packs of {pack:g} lies between {least:g} and {most:g}")
    return number * pack


def order_quantity_column(
    pieces_a_day: pl.Expr, ordering_cost: pl.Expr, holding_cost: pl.Expr, least: pl.Expr, pack: pl.Expr
) -> pl.Expr:
    """``allowed_quantity`` of a whole table: whole pieces, at least ``least`` and one, in whole packs.

    pieces_a_day: D; ordering_cost: K [currency/order]; holding_cost: h [currency/piece/day]; least, pack: pieces or
    null.
    """
    size = pl.when(pack.fill_null(1.0) > 0).then(pack.fill_null(1.0)).otherwise(1.0)
    best = (2.0 * pieces_a_day * ordering_cost / holding_cost).sqrt()
    number = ((0.25 + (best / size) ** 2).sqrt() - 0.5 - 1e-12).ceil()
    return pl.max_horizontal(number, (least.fill_null(1.0) / size - 1e-12).ceil(), pl.lit(1.0)) * size


def discounted_quantity(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
    *,
    incremental: bool = False,
    least: float = 0.0,
    most: float | None = None,
    pack: float | None = None,
) -> OrderQuantity:
    """Cheapest quantity, purchase included, when the price falls at each breakpoint.

    ``unit_costs[j]`` holds from ``breakpoints[j]`` (the first is 0) up to the next: for all pieces of the order, or,
    ``incremental``, only for those beyond the breakpoint. holding_cost_rate: share of the price per unit of time.
    """
    positive(fixed_cost=fixed_cost, holding_cost_rate=holding_cost_rate, demand_rate=demand_rate)
    _check_prices(breakpoints, unit_costs)
    in_order(least, most, "order quantity")
    found: list[OrderQuantity] = []
    extra = 0.0
    for j, (start, price) in enumerate(zip(breakpoints, unit_costs, strict=True)):
        if incremental and j:
            # what an order pays beyond ``price`` a piece for the pieces before this breakpoint
            extra += (unit_costs[j - 1] - price) * start
        end = breakpoints[j + 1] if j + 1 < len(breakpoints) else math.inf
        order_cost, slope = fixed_cost + extra, holding_cost_rate * price
        best = math.sqrt(2.0 * order_cost * demand_rate / slope)
        quantity = _within(best, max(start, least), end, most, pack)
        if quantity is not None:
            cost = (
                price * demand_rate + 0.5 * holding_cost_rate * extra
                + cycle_cost(quantity, order_cost, slope, demand_rate)
            )  # fmt: skip
            paid = price + extra / quantity
            found.append(OrderQuantity(quantity, cost, quantity / demand_rate, unit_cost=paid))
    if not found:
        raise ValueError(f"no order quantity is allowed: at least {least:g}, at most {most}, packs of {pack}")
    return min(found, key=lambda choice: choice.cost)


def _within(best: float, least: float, end: float, most: float | None, pack: float | None) -> float | None:
    """The cheapest quantity of one price range [least, end), None when the range holds none that is allowed."""
    # at the end itself the next, lower price holds, so a quantity pushed up against it is never the answer
    upper = end if most is None else min(end, most)
    if least >= end or upper < least:
        return None
    try:
        quantity = allowed_quantity(best, least, None if math.isinf(upper) else upper, pack)
    except ValueError:
        return None
    return quantity if quantity < end else None


def _check_prices(breakpoints: Sequence[float], unit_costs: Sequence[float]) -> None:
    if len(breakpoints) != len(unit_costs) or not unit_costs:
        raise ValueError(f"each breakpoint needs one price, got {len(breakpoints)} and {len(unit_costs)}")
    if breakpoints[0] != 0:
        raise ValueError(f"the first price holds from quantity 0, got {breakpoints[0]:g}")
    if any(after <= before for before, after in pairwise(breakpoints)):
        raise ValueError("breakpoints must rise")
    if any(after > before for before, after in pairwise(unit_costs)):
        raise ValueError("prices must not rise with the quantity")
    for price in unit_costs:
        positive(price=price)
