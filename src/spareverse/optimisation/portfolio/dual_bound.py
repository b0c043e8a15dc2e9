"""Prices of limits: the Lagrangian dual, a bound no plan exceeds (Everett 1963; cutting planes of Kelley 1960)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from spareverse.optimisation.portfolio.limits import uses
from spareverse.optimisation.portfolio.measures import factors, gains, scale
from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.optimisation.portfolio.steps import ON_HAND, Hulls

Floats = NDArray[np.float64]

MOST_ROUNDS = 120
ACCURACY = 1e-9


@dataclass(frozen=True)
class Dual:
    """Best prices found; ``bound`` holds for every plan within the limits, whatever the rounds."""

    prices: Floats
    """[limits] gain per unit of a limit."""
    bound: float
    """The relaxation: steps may be taken in part."""


@dataclass(frozen=True)
class Priced:
    """Gain per unit of the budget and of each limit, the bound they prove, and the limits that have a price."""

    prices: Floats
    bound: float
    binding: tuple[str, ...]


def priced(problem: PortfolioProblem, hulls: Hulls, measure: Measure, budget: float) -> Priced:
    """Prices of a budget and of the problem's limits."""
    steps = np.ones(len(hulls.reorder_point), dtype=bool)
    steps[hulls.starts[:-1]] = False
    after, first = np.flatnonzero(steps), hulls.starts[:-1]
    item = np.repeat(np.arange(len(problem)), np.diff(hulls.starts))
    value = problem.options.unit_cost[hulls.option] * hulls.performance[:, ON_HAND]
    gained = gains(problem, hulls.performance, item)[measure] / scale(factors(problem), measure)
    used = uses(problem, hulls, measure, after)
    dual = dual_bound(
        gained[after] - gained[after - 1],
        np.vstack([value[after] - value[after - 1], used.of_step]),
        float(gained[first].sum()),
        np.concatenate([[value[first].sum()], used.base]),
        np.concatenate([[budget], used.bound]),
    )
    binding = [name for name, price in zip(used.names, dual.prices[1:], strict=True) if price > 0.0]
    return Priced(dual.prices, dual.bound, tuple(binding))


def dual_bound(gain: Floats, use: Floats, base_gain: float, base_use: Floats, bound: Floats) -> Dual:
    """The least over prices >= 0 of: gain of the base + what steps gain above their price + the limits at their price.

    gain: [steps]; use: [limits, steps], limits read as use <= bound. Steps of an item fall in gain for any such prices,
    so they may be taken one by one. Where limits contradict one another the bound falls below any gain.
    """
    size = np.maximum(np.maximum(np.abs(bound), np.abs(base_use)), np.abs(use).sum(axis=1) * 1e-6)
    size[size == 0.0] = 1.0
    use, base_use, bound = use / size[:, None], base_use / size, bound / size
    reach = max(float(np.abs(gain).sum()), 1e-12)
    highest = np.full(len(bound), 1e3 * reach)
    prices = np.full(len(bound), 1e-3 * reach)
    best = Dual(prices, np.inf)
    planes: list[tuple[float, Floats]] = []
    for _ in range(MOST_ROUNDS):
        surplus = gain - prices @ use
        taken = (surplus > 0.0).astype(np.float64)
        value = base_gain + float(surplus @ taken) + float(prices @ (bound - base_use))
        if value < best.bound:
            best = Dual(prices, value)
        slope = bound - base_use - use @ taken
        planes.append((value - float(slope @ prices), slope))
        matrix = np.array([[*plane[1], -1.0] for plane in planes])
        limits = [*((0.0, top) for top in highest), (None, None)]
        found = linprog([*np.zeros(len(bound)), 1.0], matrix, [-plane[0] for plane in planes], bounds=limits)
        if not found.success or best.bound - found.fun <= ACCURACY * reach:
            break
        prices = np.maximum(found.x[:-1], 0.0)
    return Dual(best.prices / size, best.bound)
