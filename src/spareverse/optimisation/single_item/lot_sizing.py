"""Lot sizes for a known demand that differs from period to period (Wagner & Whitin 1958).

An order arrives at once, at the start of its period; what is left at the end of a period pays holding. In an optimal
plan nothing is left when an order arrives, so a plan is a choice of the periods that order: dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class LotPlan:
    """Pieces to order in each period, and the cost of all periods together."""

    orders: tuple[float, ...]
    cost: float


def wagner_whitin(
    demand: Sequence[float],
    fixed_cost: float | Sequence[float],
    holding_cost: float | Sequence[float],
    purchase_cost: float | Sequence[float] = 0.0,
) -> LotPlan:
    """The cheapest plan, exactly. Costs hold for all periods or are given for each.

    fixed_cost [currency/order], holding_cost [currency/piece left at the end of the period], purchase_cost
    [currency/piece]. ValueError for no period, negative figures and lists of different lengths.
    """
    pieces = _per_period("demand", demand, len(demand))
    if not len(pieces):
        raise ValueError("a lot plan needs at least one period")
    fixed, holding, price = (
        _per_period(name, values, len(pieces))
        for name, values in (
            ("fixed cost", fixed_cost), ("holding cost", holding_cost), ("purchase cost", purchase_cost),
        )
    )  # fmt: skip
    until, cost = _plan(pieces, fixed, holding, price)
    orders = np.zeros(len(pieces))
    period = 0
    while period < len(pieces):
        orders[period] = pieces[period : until[period]].sum()
        period = int(until[period])
    return LotPlan(tuple(orders.tolist()), cost)


def _per_period(name: str, values: float | Sequence[float], periods: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    array = np.full(periods, float(array)) if array.ndim == 0 else array
    if len(array) != periods:
        raise ValueError(f"{name} is given for {len(array)} periods, demand for {periods}")
    if not np.all(np.isfinite(array)) or (array < 0.0).any():
        raise ValueError(f"{name} must not be negative in any period")
    return array


@kernel
def _plan(demand: Floats, fixed: Floats, holding: Floats, price: Floats) -> tuple[Integers, float]:
    """until[t]: the period in which the next order falls when period t orders; and the cost of all periods."""
    periods = len(demand)
    best = np.zeros(periods + 1)
    until = np.empty(periods, dtype=np.int64)
    for t in range(periods - 1, -1, -1):
        best[t] = np.inf
        cost = 0.0
        carry = 0.0
        ordered = False
        for end in range(t + 1, periods + 1):
            last = end - 1
            if last > t:
                carry += holding[last - 1]
            if demand[last] > 0.0 and not ordered:
                cost += fixed[t]
                ordered = True
            cost += (price[t] + carry) * demand[last]
            if cost + best[end] < best[t]:
                best[t] = cost + best[end]
                until[t] = end
    return until, best[0]
