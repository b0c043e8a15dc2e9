"""Prices of limits: the Lagrangian dual, a bound no plan exceeds (Everett 1963; cutting planes of Kelley 1960)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from spareverse.optimisation.portfolio.limits import Uses, uses
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


@dataclass(frozen=True)
class _Sums:
    """What the hull points of least stock hold, and what each step after them adds."""

    gain: float
    value: float
    of_gain: Floats
    of_value: Floats
    limits: Uses


def priced(problem: PortfolioProblem, hulls: Hulls, measure: Measure, budget: float) -> Priced:
    """Prices of a budget and of the problem's limits."""
    sums = _sums(problem, hulls, measure)
    used = sums.limits
    dual = dual_bound(
        sums.of_gain,
        np.vstack([sums.of_value, used.of_step]),
        sums.gain,
        np.concatenate([[sums.value], used.base]),
        np.concatenate([[budget], used.bound]),
    )
    return Priced(dual.prices, dual.bound, _binding(used, dual.prices))


def priced_target(problem: PortfolioProblem, hulls: Hulls, measure: Measure, target: float) -> Priced | None:
    """Prices where a target of the measure costs least stock; ``bound``: the stock value that no plan undercuts.

    One dual in place of a search over budgets: least money for a gain has the same prices as most gain for that money.
    None where the limits alone ask for more than the target: money then buys nothing of it.
    """
    sums = _sums(problem, hulls, measure)
    used = sums.limits
    dual = dual_bound(
        -sums.of_value,
        np.vstack([-sums.of_gain, used.of_step]),
        -sums.value,
        np.concatenate([[-sums.gain], used.base]),
        np.concatenate([[-target], used.bound]),
    )
    if dual.prices[0] <= 0.0:
        return None
    return Priced(np.array([1.0, *dual.prices[1:]]) / dual.prices[0], -dual.bound, _binding(used, dual.prices))


def _sums(problem: PortfolioProblem, hulls: Hulls, measure: Measure) -> _Sums:
    steps = np.ones(len(hulls.reorder_point), dtype=bool)
    steps[hulls.starts[:-1]] = False
    after, first = np.flatnonzero(steps), hulls.starts[:-1]
    item = np.repeat(np.arange(len(problem)), np.diff(hulls.starts))
    value = problem.options.unit_cost[hulls.option] * hulls.performance[:, ON_HAND]
    gained = gains(problem, hulls.performance, item)[measure] / scale(factors(problem), measure)
    return _Sums(
        float(gained[first].sum()),
        float(value[first].sum()),
        gained[after] - gained[after - 1],
        value[after] - value[after - 1],
        uses(problem, hulls, measure, after),
    )


def _binding(used: Uses, prices: Floats) -> tuple[str, ...]:
    return tuple(name for name, price in zip(used.names, prices[1:], strict=True) if price > 0.0)


def dual_bound(gain: Floats, use: Floats, base_gain: float, base_use: Floats, bound: Floats) -> Dual:
    """The least over prices >= 0 of: gain of the base + what steps gain above their price + the limits at their price.

    gain: [steps]; use: [limits, steps], limits read as use <= bound. Steps of an item fall in gain for any such prices,
    so they may be taken one by one. Where limits contradict one another the bound falls below any gain.
    """
    size = np.maximum(np.maximum(np.abs(bound), np.abs(base_use)), np.abs(use).sum(axis=1) * 1e-6)
    size[size == 0.0] = 1.0
    reach = max(float(np.abs(gain).sum()), 1e-12)
    use, base_use, bound = use / size[:, None], base_use / size, bound / size
    gain, base_gain = gain / reach, base_gain / reach
    highest = np.full(len(bound), 1e3)
    prices = np.full(len(bound), 1e-3)
    best = Dual(prices, np.inf)
    planes: list[tuple[float, Floats]] = []
    known: set[bytes] = set()
    for _ in range(MOST_ROUNDS):
        surplus = gain - prices @ use
        taken = (surplus > 0.0).astype(np.float64)
        value = base_gain + float(surplus @ taken) + float(prices @ (bound - base_use))
        if value < best.bound:
            best = Dual(prices, value)
        slope = bound - base_use - use @ taken
        # the same steps again: the planes are exact here, up to the accuracy of the solver
        if slope.tobytes() in known:
            break
        known.add(slope.tobytes())
        planes.append((value - float(slope @ prices), slope))
        matrix = np.array([[*plane[1], -1.0] for plane in planes])
        limits = [*((0.0, top) for top in highest), (None, None)]
        found = linprog([*np.zeros(len(bound)), 1.0], matrix, [-plane[0] for plane in planes], bounds=limits)
        if not found.success or best.bound - found.fun <= ACCURACY:
            break
        prices = np.maximum(found.x[:-1], 0.0)
    return Dual(best.prices * reach / size, best.bound * reach)
