"""Holding and shortage cost of a stock position, the function every single-item optimum rests on.

G(y) = h E(y - D)+ + b E(D - y)+ is convex in y, D the demand until what is ordered now can be used.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw

Floats = NDArray[np.float64]

_CERTAIN = 38.0
"""Standard deviations beyond which a normal chance is no number above zero."""


def stock_cost(position: ArrayLike, law: DiscreteLaw, holding_cost: float, stockout_cost: float) -> Floats:
    """G at whole positions [currency per unit of time]."""
    return holding_cost * law.surplus(position) + stockout_cost * law.shortage(position)


def cheapest_position(law: DiscreteLaw, holding_cost: float, stockout_cost: float) -> int:
    """Smallest y that minimises G: P(D <= y) >= b / (b + h)."""
    return law.quantile(stockout_cost / (stockout_cost + holding_cost))


def cost_table(law: DiscreteLaw, holding_cost: float, stockout_cost: float) -> Floats:
    """G at first .. last of the law; outside it G is a straight line (``cost_at``)."""
    return costs_of_mass(law.mass, holding_cost, stockout_cost)


@kernel
def costs_of_mass(mass: Floats, holding_cost: float, stockout_cost: float) -> Floats:
    """G from the smallest to the largest demand of a law; stock and shortage are each summed from their thin end."""
    points = len(mass)
    table = np.zeros(points)
    beyond = 0.0
    short = 0.0
    for i in range(points - 1, 0, -1):
        beyond += mass[i]
        short += beyond
        table[i - 1] += stockout_cost * short
    until = 0.0
    left = 0.0
    for i in range(points - 1):
        until += mass[i]
        left += until
        table[i + 1] += holding_cost * left
    return table


@kernel
def cost_at(y: int, first: int, table: Floats, mean: float, holding_cost: float, stockout_cost: float) -> float:
    """G(y) from its table."""
    at = y - first
    if at < 0:
        return stockout_cost * (mean - y)
    if at >= len(table):
        return holding_cost * (y - mean)
    return float(table[at])


def normal_shortage(stock: float, mean: float, sd: float) -> float:
    """E(D - stock)+ of normal demand."""
    short = mean - stock
    if abs(short) >= _CERTAIN * sd:
        return max(short, 0.0)
    z = -short / sd
    return sd * (_density(z) - z * _beyond(z))


def normal_shortage_integral(stock: float, mean: float, sd: float) -> float:
    """Integral of E(D - y)+ over y above ``stock``: half of E[((D - stock)+)^2]."""
    short = mean - stock
    if abs(short) >= _CERTAIN * sd:
        return 0.5 * (short * short + sd * sd) if short > 0.0 else 0.0
    z = -short / sd
    return 0.5 * sd * sd * ((1.0 + z * z) * _beyond(z) - z * _density(z))


def normal_stock_cost(position: float, mean: float, sd: float, holding_cost: float, stockout_cost: float) -> float:
    """G of normal demand."""
    short = normal_shortage(position, mean, sd)
    return holding_cost * (position - mean + short) + stockout_cost * short


def normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _beyond(z: float) -> float:
    return normal_cdf(-z)


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
