"""Closing the last gap: the options near the margin, one per item, by the maintained solver HiGHS.

A plan better than the best known one cannot use an option that loses more against its item's best, at the prices of
the limits, than the gap. What is left is small, and solving it exactly solves the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.optimisation.portfolio.limits import SLACK, bound_of, floor_measure, use_of
from spareverse.optimisation.portfolio.measures import factors, gains, scale
from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.optimisation.portfolio.solver import ACCURACY, chosen_options
from spareverse.optimisation.portfolio.steps import (
    MEASURES,
    ON_HAND,
    Grids,
    bounds,
    candidates_of,
    candidates_room,
    gain_of,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_OPTIONS = 2000
"""Options handed to the solver; those that lose most are left out first."""
ROUNDS = 6
GROWTH = 5.0
CLOSED = 1e-9


@dataclass(frozen=True)
class Options:
    """Some reorder points of each item, item by item."""

    item: Integers
    reorder_point: Integers
    option: Integers
    performance: Floats
    loss: Floats
    """Against the item's best, at the prices of the limits, in the measure."""


@dataclass(frozen=True)
class Prices:
    """[items] what a unit of gain and a line fill rate of 1 count, and what money and a piece on hand cost, in gain."""

    gain: Floats
    line: Floats
    money: Floats
    piece: Floats
    limits: Floats
    """Price of the budget, then of each limit."""


def prices_of(problem: PortfolioProblem, measure: Measure, limits: Floats) -> Prices:
    """Prices per item from those of the budget and of the limits."""
    count = len(problem)
    gain, line, money, piece = np.ones(count), np.zeros(count), np.full(count, limits[0]), np.zeros(count)
    counts = factors(problem)
    for limit, price in zip(problem.limits, limits[1:], strict=True):
        members = np.unique(limit.members)
        if limit.kind == "stock_value":
            money[members] += price
        elif limit.kind == "volume":
            piece[members] += price * problem.volume[members]
        elif limit.kind == "pieces":
            piece[members] += price
        elif floor_measure(measure) == measure:
            gain[members] += price * scale(counts, measure)
        else:
            line[members] += price * counts["lines"][members]
    return Prices(gain, line, money, piece, limits)


@kernel
def affordable(step_item: Integers, step_value: Floats, room: float, points: Integers) -> None:
    """Move ``points`` (hull point of each item) along the steps, in their order, that ``room`` [money] still buys."""
    blocked = np.zeros(len(points), dtype=np.bool_)
    for k in range(len(step_item)):
        i = step_item[k]
        if blocked[i]:
            continue
        if step_value[k] <= room:
            room -= step_value[k]
            points[i] += 1
        else:
            blocked[i] = True


@kernel
def _near_range(
    mass: Grids,
    before_line: Grids,
    with_line: Grids,
    step: Floats,
    mean: Floats,
    line_mean: Floats,
    least: Integers,
    most: Integers,
    option_starts: Integers,
    quantity: Integers,
    unit_cost: Floats,
    measure: int,
    gain: Floats,
    line: Floats,
    money: Floats,
    piece: Floats,
    tolerance: float,
    first: int,
    last: int,
    highest: Floats,
) -> Floats:
    """Rows (item, option, reorder point, performance, loss) of the options that lose at most ``tolerance``.

    ``highest``: profit of each item's best option.
    """
    options = np.max(option_starts[first + 1 : last + 1] - option_starts[first:last])
    sums, points = candidates_room(mass.shape[1], options)
    profit = np.empty(len(points))
    found = np.empty((4 * (last - first) + len(points), 8))
    total = 0
    for i in range(first, last):
        count = candidates_of(
            i, mass, before_line, with_line, step, mean, line_mean, least, most, option_starts, quantity, sums, points
        )
        best = -np.inf
        for k in range(count):
            price = unit_cost[option_starts[i] + int(points[k, 0])] * money[i] + piece[i]
            profit[k] = gain[i] * gain_of(measure, points[k, 2:]) + line[i] * points[k, 3] - price * points[k, 2]
            best = max(best, profit[k])
        highest[i] = best
        if total + count > len(found):
            wider = np.empty((2 * len(found) + count, 8))
            wider[:total] = found[:total]
            found = wider
        for k in range(count):
            if best - profit[k] <= tolerance:
                found[total, 0] = i
                found[total, 1] = option_starts[i] + points[k, 0]
                found[total, 2:7] = points[k, 1:]
                found[total, 7] = best - profit[k]
                total += 1
    return found[:total].copy()


def near_options(
    problem: PortfolioProblem, measure: Measure, prices: Prices, tolerance: float
) -> tuple[Options, float]:
    """Options of every item that lose at most ``tolerance`` [measure] against its best; the profit of the best."""
    law, options = problem.demand, problem.options
    least, most = bounds(problem)
    counts = factors(problem)
    unit = counts[measure] / scale(counts, measure) * prices.gain
    pieces: dict[int, Floats] = {}
    highest = np.empty(len(problem))

    def work(first: int, last: int) -> None:
        pieces[first] = _near_range(
            law.mass,
            law.before_line,
            law.with_line,
            law.step,
            law.mean,
            law.line_mean,
            least,
            most,
            options.starts,
            options.quantity,
            options.unit_cost,
            MEASURES.index(measure),
            unit,
            prices.line,
            prices.money,
            prices.piece,
            tolerance,
            first,
            last,
            highest,
        )

    run_in_chunks(work, len(problem))
    rows = np.concatenate([pieces[first] for first in sorted(pieces)])
    whole = rows[:, :3].astype(np.int64)
    return Options(whole[:, 0], whole[:, 2], whole[:, 1], rows[:, 3:7], rows[:, 7]), float(highest.sum())


@dataclass(frozen=True)
class Choice:
    """The best plan found: reorder point and order option per item."""

    reorder_point: Integers
    option: Integers
    score: float
    """Of a budget: what is gained; of a target: minus the stock value, at the price of money in gain."""
    bound: float
    """No plan within the limits scores more."""


@dataclass(frozen=True)
class Aim:
    """Most gain within a budget, or the least stock value that gains a target; within all limits."""

    prices: Prices
    amount: float
    """The budget [currency], or the target [measure]."""
    least_stock: bool = False

    def relaxed(self, problem: PortfolioProblem, measure: Measure, profit: float) -> float:
        """What no plan scores more, from the profit of every item's best option at the prices."""
        limits = np.array([bound_of(problem, limit, measure) for limit in problem.limits])
        money, *others = self.prices.limits
        return profit + float(limits @ np.array(others)) + (-1.0 if self.least_stock else money) * self.amount

    def scores(self, gain: Floats, value: Floats) -> tuple[Floats, Floats, float]:
        """[options] what each scores, what it uses of the budget or the target, and how much of that there is."""
        if self.least_stock:
            enough = self.amount + 2.0 * ACCURACY * abs(self.amount)  # a target is reached, not all but
            return -float(self.prices.limits[0]) * value, -gain, -enough
        return gain, value, self.amount


def best_choice(problem: PortfolioProblem, measure: Measure, aim: Aim, tolerance: float) -> Choice | None:
    """The plan that scores most within all limits, from the options that lose little at the prices.

    ``tolerance``: loss up to which options are looked at first. It grows until the best plan found is proven best, or
    more options come near than the solver is given. None where no plan is found.
    """
    best, least = None, np.inf
    for _ in range(ROUNDS):
        near, profit = near_options(problem, measure, aim.prices, tolerance)
        relaxed = aim.relaxed(problem, measure, profit)
        kept, reach = _few(near, tolerance)
        found = _solved(problem, measure, near, kept, aim)
        least = min(least, relaxed)
        if found is not None:
            # A better plan would have to use an option left out, and lose all of its loss.
            least = min(least, max(found[3], relaxed - reach))
            best = found if best is None or found[2] > best[2] else best
        if reach < tolerance or not np.isfinite(tolerance) or (best is not None and least <= best[2] + CLOSED):
            break
        tolerance *= GROWTH
    return None if best is None else Choice(best[0], best[1], best[2], max(least, best[2]))


def _few(near: Options, tolerance: float) -> tuple[Integers, float]:
    """Numbers of the options for the solver, and the loss up to which all are among them."""
    losses = near.loss[near.loss > 0.0]
    if len(losses) <= MOST_OPTIONS:
        return np.arange(len(near.item)), tolerance
    reach = float(np.partition(losses, MOST_OPTIONS)[MOST_OPTIONS])
    return np.flatnonzero((near.loss < reach) | (near.loss <= 0.0)), reach


def _solved(
    problem: PortfolioProblem, measure: Measure, near: Options, kept: Integers, aim: Aim
) -> tuple[Integers, Integers, float, float] | None:
    """Reorder points, options, score and the solver's bound; items with one option take no part in the solving."""
    item, performance = near.item[kept], near.performance[kept]
    counts = factors(problem)
    gain = gains(problem, performance, item)[measure] / scale(counts, measure)
    price = problem.options.unit_cost[near.option[kept]]
    score, first, most = aim.scores(gain, price * performance[:, ON_HAND])
    use = np.array([first, *(use_of(problem, limit, measure, performance, item, price) for limit in problem.limits)])
    bound = np.array([most, *(bound_of(problem, limit, measure) for limit in problem.limits)])
    free = np.bincount(item, minlength=len(problem))[item] > 1
    rest = bound - use[:, ~free].sum(axis=1)
    chosen = ~free
    proven = float(score[~free].sum())
    if free.any():
        _, row = np.unique(item[free], return_inverse=True)
        solved = chosen_options(score[free], use[:, free], row, rest, np.maximum(np.abs(bound), 1e-300))
        if solved is None:
            return None
        chosen[free] = solved[0]
        proven += solved[1]
    elif (rest < -SLACK * np.maximum(np.abs(bound), 1.0)).any():
        return None
    picked = kept[chosen]
    return near.reorder_point[picked], near.option[picked], float(score[chosen].sum()), proven
