"""Spares for several items under one budget: buy the next piece where a unit of money removes most backorders.

EBO(s) - EBO(s + 1) = P(X > s) falls with s, so the sum of backorders is separable and convex, and the greedy points are
exactly the efficient ones: none other has fewer backorders for its cost (Fox 1966; Sherbrooke 2004, chapter 2).

For repairable spares, whose every piece ties up money wherever it is, one ordered per demand. Consumed spares, ordered
in lots against stock on hand, are planned by ``optimisation.portfolio``.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from spareverse.optimisation.spares.palm import expected_backorders, poisson_tail


@dataclass(frozen=True)
class EfficientPoint:
    """A stock plan that no plan of its cost beats."""

    stock: tuple[int, ...]
    cost: float
    expected_backorders: float
    """Sum over the items."""


def efficient_points(
    pipelines: Sequence[float],
    unit_costs: Sequence[float],
    *,
    budget: float = float("inf"),
    target_backorders: float = 0.0,
    most: int = 100_000,
) -> list[EfficientPoint]:
    """Efficient plans from no stock at all until the budget, the target or ``most`` pieces are reached.

    ``pipelines``: mean pieces on order of each item. Of equally good items the first is bought first.
    ValueError when lengths differ, a cost is not positive or a pipeline is negative.
    """
    if len(pipelines) != len(unit_costs) or min(unit_costs, default=1.0) <= 0 or min(pipelines, default=0.0) < 0:
        raise ValueError("needs one pipeline >= 0 and one unit cost > 0 per item")
    stock = [0] * len(pipelines)
    cost = 0.0
    short = [float(expected_backorders(0, pipeline)) for pipeline in pipelines]
    points = [EfficientPoint(tuple(stock), cost, sum(short))]
    gains = [(-float(poisson_tail(0, pipelines[i])) / unit_costs[i], i) for i in range(len(pipelines))]
    heapq.heapify(gains)
    while gains and points[-1].expected_backorders > target_backorders and sum(stock) < most:
        gain, item = gains[0]
        if gain == 0.0 or cost + unit_costs[item] > budget:
            break
        stock[item] += 1
        cost += unit_costs[item]
        short[item] = float(expected_backorders(stock[item], pipelines[item]))
        heapq.heapreplace(gains, (-float(poisson_tail(stock[item], pipelines[item])) / unit_costs[item], item))
        points.append(EfficientPoint(tuple(stock), cost, sum(short)))
    return points
