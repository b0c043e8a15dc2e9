"""Last orders of parts that will be made no more: how many pieces last until the end of service.

Demand from the day of the plan until ``needed_until`` is what the plan's own model forecasts, with its uncertainty:
next year's rate, moved by the ages of the installed base where these tell, stays as it is, known with an error, and
the row says so; order sizes are those of the part and its group. The quantity is the cheapest
(``single_item.last_time_buy``) on top of what is on hand and on order today.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.items import counted
from spareverse.history.periods import first_day_of_step
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import LAST_ORDERS
from spareverse.optimisation.demand_choice import WEARS_OUT, DemandModels
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw
from spareverse.optimisation.single_item.last_time_buy import LastTimeBuy, last_time_buy, remaining_demand

Booleans = NDArray[np.bool_]

DAYS_A_YEAR = 365.0
SHORTAGE_FACTOR = 10.0
"""Cost of a missing piece over its unit cost, where nothing else is said: it must be made singly, or replaced."""
MOST_PERIODS = 40
"""Holding is summed over so many equal stretches at most."""
SIZES_DRAWN = 4000


def day_of_plan(data: PlanningData) -> date:
    """First day that the data do not know."""
    return first_day_of_step(data.first, data.step_days, data.steps)


def is_ended(data: PlanningData) -> Booleans:
    """[items] whether the item can be ordered no more, or is needed no more: no reorder rule helps it."""
    today = day_of_plan(data)
    over = (pl.col("last_order_on") < today) | (pl.col("needed_until") < today)
    ended: Booleans = data.items.select(over.fill_null(value=False).alias("ended"))["ended"].to_numpy()
    return ended


def last_orders(data: PlanningData, models: DemandModels) -> pl.DataFrame:
    """Schema LAST_ORDERS: what to order of each part with a last day to order, if ordered today; soonest first."""
    today = day_of_plan(data)
    chosen = data.items.filter(
        pl.col("last_order_on").is_not_null() & (pl.col("needed_until").is_null() | (pl.col("needed_until") >= today))
    )
    rows = [_row(data, models, item, today) for item in chosen.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=LAST_ORDERS.schema).sort("last_order_on", "part_id", "place_id")


def ended_notice(data: PlanningData) -> list[str]:
    """How many parts the plan leaves out because they can be ordered or are needed no more."""
    ended = int(is_ended(data).sum())
    said = (
        f"{counted(ended, 'part', 'parts')} can be ordered no more, or will be needed no more: no reorder rule helps, "
        "and the plan's figures leave them out. Last-time buys says how long their stock lasts."
    )
    return [said] if ended else []


def _row(data: PlanningData, models: DemandModels, item: dict[str, Any], today: date) -> dict[str, Any]:
    number = item["item"]
    known = {
        **{name: item[name] for name in ("part_id", "place_id", "description", "last_order_on", "needed_until")},
        "pieces_a_year": float(models.law.lines_a_year[number] * models.law.line_mean[number]),
    }
    held = [item[name] or 0.0 for name in ("on_hand", "on_order", "backordered")]
    stock = max(math.floor(held[0] + held[1] - held[2]), 0)
    remarks = ["today's stock is not known: none is counted"] if item["on_hand"] is None else []
    if item["needed_until"] is None:
        remarks.append("needed_until is missing: nothing says how long the pieces must last")
        return {**known, "stock": float(stock), "remarks": "; ".join(remarks)}
    days = (item["needed_until"] - today).days + 1
    periods = max(min(math.ceil(days / (DAYS_A_YEAR / 12.0)), MOST_PERIODS), 1)
    laws = _demand(data, models, number, days, periods)
    late = item["last_order_on"] < today
    if late:
        remarks.append("it can be ordered no more: this is how long the stock lasts")
    found, said = _bought(item, laws, stock, days / periods, late=late)
    remarks += [*said, *_rate_taken(models, number, days)]
    return {
        **known,
        "stock": float(stock),
        "demand": laws[-1].mean,
        "demand_low": float(found.demand_low),
        "demand_high": float(found.demand_high),
        "quantity": float(found.quantity),
        "money": found.quantity * item["unit_cost"],
        "chance_enough": found.chance_enough,
        "expected_left": found.expected_left,
        "expected_short": found.expected_short,
        "cost": found.cost,
        "remarks": "; ".join(remarks),
    }


def _rate_taken(models: DemandModels, item: int, days: int) -> list[str]:
    """What is taken for the years after the next, which no model of the plan forecasts."""
    if days <= DAYS_A_YEAR:
        return []
    if models.table["model"][item] == WEARS_OUT:
        return ["demand is next year's by the ages of the installed base, and taken to stay so after it"]
    return ["demand is taken to stay at today's rate: nothing sure is known of the ages of its installed base"]


def _demand(data: PlanningData, models: DemandModels, item: int, days: int, periods: int) -> tuple[DiscreteLaw, ...]:
    """Laws of the demand until the end of each stretch."""
    a_year = float(models.law.lines_a_year[item] * models.law.line_mean[item])
    sizes = models.sizes.sample(np.full(SIZES_DRAWN, item), np.random.default_rng(item))
    pieces_per_line = max(float((sizes**2).mean() / sizes.mean()), 1.0)
    own = models.occurrence.take(np.array([item]))
    rate, weight, strength = own.mean[0], own.weight[0], own.strength[0]
    mean = float(weight @ rate)
    spread = rate * (1.0 - rate) / (strength + 1.0) if own.periodic else rate**2 / strength
    square = float(weight @ (rate**2 + spread))
    drift = float(models.drift[1]) * math.sqrt(0.5 * (1.0 + days / DAYS_A_YEAR))
    variance = square / mean**2 * math.exp(drift**2) - 1.0 if mean > 0.0 else 0.0
    if own.periodic:
        # at most one demand falls in a period
        pieces_per_line = max(pieces_per_line - mean * float(sizes.mean()), 1.0)
    return remaining_demand([a_year * days / DAYS_A_YEAR / periods] * periods, max(variance, 0.0), pieces_per_line)


def _bought(
    item: dict[str, Any], laws: Sequence[DiscreteLaw], stock: int, period_days: float, *, late: bool
) -> tuple[LastTimeBuy, list[str]]:
    """The cheapest quantity as the supplier takes it, and what was assumed."""
    price, said = item["unit_cost"], []
    shortage = item["shortage_cost"]
    if shortage is None:
        shortage = SHORTAGE_FACTOR * price
        said.append(f"a missing piece is assumed to cost {SHORTAGE_FACTOR:g} times its unit cost")
    salvage = item["salvage_value"] or 0.0
    if salvage >= price:
        salvage = 0.0
        said.append("a salvage value above the unit cost is left out")
    costs = {
        "unit_cost": price,
        "shortage_cost": max(shortage, 0.0),
        "holding_cost": (item["holding_cost"] or 0.0) * period_days,
        "scrap_value": salvage,
        "stock": stock,
    }
    if late:
        return last_time_buy(laws, most=0, **costs), said
    found = last_time_buy(laws, **costs)
    pack = max(math.ceil(item["pack_size"] or 1.0), 1)
    taken = math.ceil(max(found.quantity, item["min_order_quantity"] or 0.0) / pack) * pack if found.quantity else 0
    if taken == found.quantity:
        return found, said
    # a minimum far above what is needed may cost more than doing without
    whole, none = (last_time_buy(laws, least=each, most=each, **costs) for each in (taken, 0))
    said.append(f"{found.quantity:,} would do; the supplier takes orders of {taken:,}")
    return (whole if whole.cost <= none.cost else none), said
