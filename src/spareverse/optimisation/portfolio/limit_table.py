"""How binding the limits of a plan are: what it reaches of each, and what easing each would bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import PLAN_LIMITS
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.portfolio.dual_bound import priced
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.optimisation.portfolio.limits import bound_of, floor_measure, use_of
from spareverse.optimisation.portfolio.measures import factors, scale
from spareverse.optimisation.portfolio.problem import GroupLimit, Measure, PlanPoint
from spareverse.optimisation.portfolio.steps import performance
from spareverse.optimisation.portfolio.wanted_limits import EACH, Limit, members_of

Floats = NDArray[np.float64]

CLOSE = 1e-3
"""A limit is reached where less than this share of it is left: pieces are whole."""
WORTH: dict[Measure, str] = {"lines": "lines a year", "pieces": "pieces a year", "backorders": "pieces owed"}
BUDGET = "stock value of the whole plan"
THOUSAND = 1000.0
"""Money is eased by a thousand at a time: one unit of it brings next to nothing."""


def limit_table(
    data: PlanningData,
    models: DemandModels,
    frontier: Frontier,
    point: PlanPoint,
    limits: Sequence[Limit],
    currency: str,
) -> pl.DataFrame:
    """Schema PLAN_LIMITS: the plan's stock value first, then its limits in their order.

    Shadow prices are those of the Lagrangian dual at the plan's stock value: what one step more would bring in the
    plan's measure, exact where steps may be taken in part, and zero where a limit is not reached.
    """
    problem, measure = frontier.problem, frontier.measure
    unit = scale(factors(problem), measure)
    prices = _prices(frontier, point)
    rows = [_budget(point, float(prices[0]) * unit * THOUSAND, currency, len(data), WORTH[measure])]
    performed = performance(problem.demand, point.reorder_point, point.order_quantity)
    everyone = np.arange(len(problem))
    sums = iter(zip(problem.limits, prices[1:].tolist(), strict=True))
    for limit in limits:
        if limit.kind in EACH:
            rows.append(_each(data, models, point, limit) | {"comment": _sentence(limit.comment)})
            continue
        group, price = next(sums)
        use = float(use_of(problem, group, measure, performed, everyone, point.unit_cost).sum())
        row = _sum(frontier, group, use, price * unit, currency)
        rows.append(row | {"comment": " ".join(filter(None, (_sentence(limit.comment), row["comment"])))})
    frame = pl.DataFrame(rows, schema=PLAN_LIMITS.schema)
    return frame.with_columns(pl.col("bound", "reached", "shadow_price").fill_nan(None))


def _sentence(comment: str) -> str:
    """What a person wrote, so that a sentence can follow."""
    written = comment.strip()
    return f"{written}." if written and written[-1] not in ".!?:;" else written


def _prices(frontier: Frontier, point: PlanPoint) -> Floats:
    """Gain [measure] per unit of the stock value and of each limit."""
    if not frontier.problem.limits:
        last = point.gain_per_money / scale(factors(frontier.problem), frontier.measure)
        return np.array([last if np.isfinite(last) else np.nan])
    if len(point.prices):
        return point.prices
    return priced(frontier.problem, frontier.hulls, frontier.measure, point.stock_value).prices


def _budget(point: PlanPoint, price: float, currency: str, parts: int, worth: str) -> dict[str, Any]:
    return {
        "name": BUDGET,
        "parts": parts,
        "sense": "at most",
        "bound": point.stock_value,
        "reached": point.stock_value,
        "unit": currency,
        "binds": price > 0.0,
        "shadow_price": price,
        "step": f"1,000 {currency}",
        "worth": worth,
        "comment": "What the plan's last money brings.",
    }


def _sum(frontier: Frontier, group: GroupLimit, use: float, price: float, currency: str) -> dict[str, Any]:
    problem, measure = frontier.problem, frontier.measure
    bound = bound_of(problem, group, measure)
    unit, step = {
        "fill_rate": ("share", "1 percentage point"),
        "stock_value": (currency, f"1,000 {currency}"),
        "volume": ("m3", "1 m3"),
        "pieces": ("pieces", "1 piece"),
    }[group.kind]
    comment, reached = "", use
    if group.kind == "fill_rate":
        members = np.unique(group.members)
        asked = float(factors(problem)[floor_measure(measure)][members].sum())
        reached = -use / asked if asked > 0.0 else float("nan")
        price *= 0.01 * asked
        comment = "" if asked > 0.0 else "No demand is expected of these parts."
    elif group.kind == "stock_value":
        price *= THOUSAND
    near = use >= bound - CLOSE * abs(bound)
    if price > 0.0 and not near:
        comment = "The next piece of any part would pass it."
    return {
        "name": group.name,
        "parts": len(np.unique(group.members)),
        "sense": "at least" if group.kind == "fill_rate" else "at most",
        "bound": group.bound,
        "reached": reached,
        "unit": unit,
        "binds": price > 0.0,
        "shadow_price": price,
        "step": step,
        "worth": WORTH[measure],
        "comment": comment,
    }


def _each(data: PlanningData, models: DemandModels, point: PlanPoint, limit: Limit) -> dict[str, Any]:
    """A limit on each part: how many stand at it."""
    members = members_of(data, models, limit)
    reorder_point, quantity = point.reorder_point[members], point.order_quantity[members]
    floor = limit.kind == "floor"
    if floor:
        at = reorder_point == int(np.ceil(limit.bound)) - 1
    else:
        at = (reorder_point >= 0) & (reorder_point + quantity >= np.floor(limit.bound))
    return {
        "name": limit.name,
        "parts": len(members),
        "sense": "at least" if floor else "at most",
        "bound": limit.bound,
        "reached": float(at.sum()),
        "unit": "pieces of each part; reached: parts that stand at it",
        "binds": bool(at.any()),
        "shadow_price": None,
        "step": "1 piece",
        "worth": "",
    }
