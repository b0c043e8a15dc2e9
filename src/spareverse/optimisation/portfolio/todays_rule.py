"""Today's rule of every part, what it does, and the parts on which a plan can be held against it.

Orders that fill up to a level are another policy than orders in lots: after an order the position is S itself, so it is
not uniform between s + 1 and S. Its chances are those of a renewal process of the sizes of the demands (Axsäter 2015,
chapter 6; ``single_item.order_up_to`` has the same law for one item).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.jit import kernel, run_in_chunks
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.portfolio.measures import factors, price_at, totals
from spareverse.optimisation.portfolio.problem import PlanPoint, PortfolioProblem
from spareverse.optimisation.portfolio.steps import ON_HAND, WIDTH, Grids, cumulate, performance, sum_below
from spareverse.statistics.demand_models.order_sizes import OrderSizes, fill_line
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

MOST_POSITIONS = 1024
"""Of a larger span between s and S every second, third ... position stands for its neighbours."""


@dataclass(frozen=True)
class TodaysRule:
    """Arrays are [items]. Where no rule is known nothing is claimed of today: such parts are in no comparison."""

    known: Booleans
    reorder_point: Integers
    """-1: bought on demand; so it is where no rule is known."""
    order_quantity: Integers
    """1 where bought on demand."""
    fills_up: Booleans
    """Orders go up to reorder_point + order_quantity; else they are multiples of the quantity."""


@dataclass(frozen=True)
class Comparison:
    """A plan beside today's rule, both on the parts whose rule is known; and what the plan keeps of the others."""

    parts: int
    """How many have a known rule."""
    lines_share: float
    """Share of the demand lines that are theirs."""
    today: dict[str, float]
    """stock_value, fill_rate, fill_rate_pieces, expected_backorders"""
    plan: dict[str, float]
    unknown_parts: int
    unknown_stocked: int
    """Parts without a known rule that the plan keeps in stock, at ``unknown_stock_value`` [currency]."""
    unknown_stock_value: float


def todays_rule(data: PlanningData) -> TodaysRule:
    """The company's rules in the plan's words."""
    known = data.items["current_reorder_point"].is_not_null().to_numpy()
    point = data.items["current_reorder_point"].fill_null(-1.0).clip(lower_bound=-1.0).floor()
    quantity = data.items["current_order_quantity"].fill_null(1.0).clip(lower_bound=1.0).ceil()
    fills_up = data.items["current_fills_up"].fill_null(value=False).to_numpy()
    return TodaysRule(
        known, point.cast(pl.Int64).to_numpy(), np.where(known, quantity.cast(pl.Int64).to_numpy(), 1), known & fills_up
    )


def rule_performance(rule: TodaysRule, law: LeadTimeDemand, sizes: OrderSizes) -> Floats:
    """[items, WIDTH] pieces on hand, line fill rate, piece fill rate, pieces owed; ``sizes`` of a demand line."""
    found = performance(law, rule.reorder_point, rule.order_quantity)
    chosen = np.flatnonzero(rule.fills_up)
    found[chosen] = _fill_up_performance(
        law.take(chosen), sizes, chosen, rule.reorder_point[chosen], rule.order_quantity[chosen]
    )
    return found


def compared(rule: TodaysRule, problem: PortfolioProblem, models: DemandModels, point: PlanPoint) -> Comparison | None:
    """The plan beside today's rule on the parts whose rule is known; None where none of them is kept in stock."""
    known = rule.known
    if not (rule.reorder_point[known] >= 0).any():
        return None
    today = rule_performance(rule, problem.demand, models.sizes)
    planned = performance(problem.demand, point.reorder_point, point.order_quantity)
    lines = factors(problem)["lines"]
    value = point.unit_cost * planned[:, ON_HAND]
    return Comparison(
        parts=int(known.sum()),
        lines_share=float(lines[known].sum() / lines.sum()) if lines.sum() > 0 else float("nan"),
        today=_figures(problem, today, price_at(problem, rule.order_quantity), known),
        plan=_figures(problem, planned, point.unit_cost, known),
        unknown_parts=int((~known).sum()),
        unknown_stocked=int((~known & (point.reorder_point >= 0)).sum()),
        unknown_stock_value=float(value[~known].sum()),
    )


def _figures(problem: PortfolioProblem, found: Floats, price: Floats, chosen: Booleans) -> dict[str, float]:
    reached = totals(problem, found, chosen)
    return {
        "stock_value": float(price[chosen] @ found[chosen, ON_HAND]),
        "fill_rate": reached["lines"],
        "fill_rate_pieces": reached["pieces"],
        "expected_backorders": -reached["backorders"],
    }


def _fill_up_performance(
    law: LeadTimeDemand, sizes: OrderSizes, items: Integers, reorder_point: Integers, span: Integers
) -> Floats:
    """Performance of (s, S), S = s + span, of some ``items``; ``law`` is theirs."""
    found = np.empty((len(items), WIDTH))

    def work(first: int, last: int) -> None:
        _fill_up_range(
            law.mass,
            law.before_line,
            law.with_line,
            law.step,
            law.mean,
            law.line_mean,
            *sizes.arrays(),
            items,
            reorder_point,
            span,
            first,
            last,
            found,
        )

    run_in_chunks(work, len(items), chunk=256)
    return found


@kernel
def _position_chances(size: Floats, chances: Floats) -> None:
    """chances[j]: long-run chance of the position S - j; size[j]: chance of a demand of j steps, 0 among them."""
    total = 0.0
    for j in range(len(chances)):
        renewed = 1.0 if j == 0 else 0.0
        for i in range(1, j + 1):
            renewed += size[i] * chances[j - i]
        chances[j] = renewed / (1.0 - size[0])
        total += chances[j]
    chances /= total


@kernel
def _fill_up_range(
    mass: Grids,
    before_line: Grids,
    with_line: Grids,
    step: Floats,
    mean: Floats,
    line_mean: Floats,
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: Floats,
    items: Integers,
    reorder: Integers,
    span: Integers,
    first: int,
    last: int,
    found: Floats,
) -> None:
    """Performance of (s, S) of rows first .. last - 1; row r is item items[r] of the sizes."""
    sums = np.empty((3, 3, mass.shape[1]))
    size = np.empty(MOST_POSITIONS)
    chances = np.empty(MOST_POSITIONS)
    for r in range(first, last):
        cumulate(mass[r], step[r], sums[0])
        cumulate(before_line[r], step[r], sums[1])
        cumulate(with_line[r], step[r], sums[2])
        apart = (span[r] + MOST_POSITIONS - 1) // MOST_POSITIONS
        count = (span[r] + apart - 1) // apart
        i = items[r]
        g = group[i]
        fill_line(
            i,
            sizes,
            weights,
            starts,
            g,
            group_sizes,
            group_chances,
            group_starts,
            concentration[g],
            float(apart),
            size[:count],
        )
        _position_chances(size[:count], chances[:count])
        out = found[r]
        out[:] = 0.0
        position = 0.0
        for j in range(count):
            y = reorder[r] + span[r] - j * apart
            position += chances[j] * y
            out[0] += chances[j] * sum_below(sums[0], step[r], 1, y)
            out[1] += chances[j] * (sum_below(sums[2], step[r], 1, y + 1) - sum_below(sums[2], step[r], 1, y))
            out[2] += chances[j] * (sum_below(sums[1], step[r], 1, y) - sum_below(sums[2], step[r], 1, y))
        out[1] = min(out[1], 1.0)
        out[2] = min(out[2] / line_mean[r], 1.0) if line_mean[r] > 0.0 else 0.0
        out[3] = max(mean[r] - position + out[0], 0.0)
