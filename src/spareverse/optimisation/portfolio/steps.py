"""What each reorder point of each item does, and which of them are worth their money (Fox 1966).

(s, nQ) policies: position y uniform on s + 1 .. s + Q, pieces on hand (y - D)+, owed (D - y)+, a line of J pieces met
whole if D + J <= y (Hadley & Whitin 1963, chapter 4; Axsäter 2015, chapter 5). A reorder point of -1 means "bought when
demanded": nothing on the shelf, Q = 1. Of an item's points only those on the upper concave hull of gain against stock
value can be part of an efficient plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress, kernel, run_in_chunks
from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Grids = NDArray[np.float32]

MEASURES: tuple[Measure, ...] = ("lines", "pieces", "backorders")
ON_HAND, LINE_FILL, PIECE_FILL, BACKORDERS = range(4)
WIDTH = 4
"""Columns of a performance row."""
NEGLIGIBLE = 1e-6
"""Share of lines the next piece could still help at which more pieces are not looked at."""


@dataclass(frozen=True)
class Hulls:
    """The points of all items that can be part of an efficient plan, by stock value within each item.

    Items own points ``starts[i]`` to ``starts[i + 1]``; the first is what must be held in any case.
    """

    starts: Integers
    reorder_point: Integers
    option: Integers
    """Number of the order option."""
    performance: Floats
    """[points, WIDTH] pieces on hand, line fill rate, piece fill rate, pieces owed."""


@kernel
def cumulate(mass: Grids, step: float, sums: Floats) -> None:
    """Rows of ``sums`` at the grid points y: P(X <= y), E(y - X)+ = sum of it below y, and the sum of that below y."""
    cdf = 0.0
    for k in range(len(mass)):
        sums[1, k] = sums[1, k - 1] + step * cdf if k > 0 else 0.0
        sums[2, k] = sums[2, k - 1] + step * sums[1, k - 1] + 0.5 * cdf * step * (step - 1.0) if k > 0 else 0.0
        cdf += mass[k]
        sums[0, k] = cdf


@kernel
def sum_below(sums: Floats, step: float, row: int, y: int) -> float:
    """Sum over z = 0 .. y - 1 of the cdf (row 1) or of E(z - X)+ (row 2); mass beyond the grid stays beyond y."""
    if y <= 0:
        return 0.0
    k = min(int(y / step), sums.shape[1] - 1)
    rest = y - k * step
    if row == 1:
        return float(sums[1, k] + rest * sums[0, k])
    return float(sums[2, k] + rest * sums[1, k] + 0.5 * sums[0, k] * rest * (rest - 1.0))


@kernel
def _perform(
    sums: Floats, step: float, mean: float, line_mean: float, reorder: int, quantity: int, out: Floats
) -> None:
    """Fill ``out`` with the performance of (s, nQ); ``sums`` are those of D, of D' and of D' + J."""
    demand, before, line = sums[0], sums[1], sums[2]
    low = reorder + 1
    high = reorder + quantity + 1
    on_hand = (sum_below(demand, step, 2, high) - sum_below(demand, step, 2, low)) / quantity
    found = (sum_below(before, step, 2, high) - sum_below(before, step, 2, low)) / quantity
    left = (sum_below(line, step, 2, high) - sum_below(line, step, 2, low)) / quantity
    met = (sum_below(line, step, 1, high) - sum_below(line, step, 1, low)) / quantity
    out[0] = on_hand
    out[1] = min(met, 1.0)
    out[2] = min((found - left) / line_mean, 1.0) if line_mean > 0.0 else 0.0
    out[3] = max(mean - 0.5 * (low + high - 1) + on_hand, 0.0)


@kernel
def _candidates(
    sums: Floats,
    step: float,
    mean: float,
    line_mean: float,
    least: int,
    most: int,
    quantities: Integers,
    points: Floats,
) -> int:
    """Fill ``points`` with (option, reorder point, performance) of every reorder point worth a look; their number.

    On a coarse grid only the first position of each cell is looked at: the others hold more and meet no more.
    """
    line = sums[2]
    top = line.shape[1] - 1
    enough = line[0, top] - NEGLIGIBLE
    count = 0
    for k in range(len(quantities)):
        s = least
        while True:
            if s >= 0 or k == 0:
                points[count, 0] = k
                points[count, 1] = s
                quantity = quantities[k] if s >= 0 else 1
                _perform(sums, step, mean, line_mean, s, quantity, points[count, 2:])
                count += 1
            cell = int((s + 1) / step)
            if s >= most or cell >= top or line[0, cell] >= enough:
                break
            s = min(int((cell + 1) * step) - 1, most)
    return count


@kernel
def gain_of(measure: int, row: Floats) -> float:
    """Gain of a performance row in a measure, up to the item's own factor."""
    return float(row[1] if measure == 0 else (row[2] if measure == 1 else -row[3]))


@kernel
def _below(values: Floats, gains: Floats, count: int, value: float, gain: float) -> bool:
    """Whether the last of the points lies on or below the line from the one before it to (value, gain)."""
    last = count - 1
    if last == 0:
        return False
    rise = (gains[last] - gains[last - 1]) * (value - values[last])
    return bool(rise <= (gain - gains[last]) * (values[last] - values[last - 1]))


@kernel
def _hull(measure: int, prices: Floats, points: Floats, order: Integers, hull: Integers) -> int:
    """Numbers of the points on the upper concave hull of gain against value, from the cheapest on; their number."""
    count = 0
    values = np.empty(len(order))
    gains = np.empty(len(order))
    for at in order:
        value = prices[int(points[at, 0])] * points[at, 2]
        gain = gain_of(measure, points[at, 2:])
        if count > 0 and gain <= gains[count - 1] + 1e-12:
            continue
        while count > 0 and (value <= values[count - 1] or _below(values, gains, count, value, gain)):
            count -= 1
        values[count] = value
        gains[count] = gain
        hull[count] = at
        count += 1
    return count


@kernel
def candidates_room(points: int, options: int) -> tuple[Floats, Floats]:
    """Scratch for ``candidates_of``: sums of the laws, and rows (option, reorder point, performance)."""
    return np.empty((3, 3, points)), np.empty(((points + 2) * options, 6))


@kernel
def candidates_of(
    i: int,
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
    sums: Floats,
    points: Floats,
) -> int:
    """Candidates of item i in the rows of ``points``; their number."""
    cumulate(mass[i], step[i], sums[0])
    cumulate(before_line[i], step[i], sums[1])
    cumulate(with_line[i], step[i], sums[2])
    offered = quantity[option_starts[i] : option_starts[i + 1]]
    return _candidates(sums, step[i], mean[i], line_mean[i], least[i], most[i], offered, points)


@kernel
def _hull_range(
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
    first: int,
    last: int,
    counts: Integers,
) -> tuple[Integers, Integers, Floats]:
    """Hull points of items first .. last - 1 end to end: reorder points, options, performance; fills ``counts``."""
    width = mass.shape[1] + 2
    options = np.max(option_starts[first + 1 : last + 1] - option_starts[first:last])
    sums, points = candidates_room(mass.shape[1], options)
    hull = np.empty(width * options, dtype=np.int64)
    reorder = np.empty(16 * (last - first) + width * options, dtype=np.int64)
    option = np.empty(len(reorder), dtype=np.int64)
    found = np.empty((len(reorder), 4))
    total = 0
    for i in range(first, last):
        count = candidates_of(
            i, mass, before_line, with_line, step, mean, line_mean, least, most, option_starts, quantity, sums, points
        )
        prices = unit_cost[option_starts[i] : option_starts[i + 1]]
        order = np.arange(count)
        if len(prices) > 1:
            values = np.empty(count)
            for k in range(count):
                values[k] = prices[int(points[k, 0])] * points[k, 2]
            order = np.argsort(values, kind="mergesort")
        count = _hull(measure, prices, points, order, hull)
        if total + count > len(reorder):
            room = 2 * len(reorder) + count
            reorder = np.append(reorder, np.empty(room, dtype=np.int64))
            option = np.append(option, np.empty(room, dtype=np.int64))
            wider = np.empty((len(reorder), 4))
            wider[:total] = found[:total]
            found = wider
        for k in range(count):
            reorder[total + k] = int(points[hull[k], 1])
            option[total + k] = option_starts[i] + int(points[hull[k], 0])
            found[total + k] = points[hull[k], 2:]
        total += count
        counts[i] = count
    return reorder[:total].copy(), option[:total].copy(), found[:total].copy()


@kernel
def _perform_range(
    mass: Grids,
    before_line: Grids,
    with_line: Grids,
    step: Floats,
    mean: Floats,
    line_mean: Floats,
    reorder: Integers,
    quantity: Integers,
    first: int,
    last: int,
    found: Floats,
) -> None:
    sums = np.empty((3, 3, mass.shape[1]))
    for i in range(first, last):
        cumulate(mass[i], step[i], sums[0])
        cumulate(before_line[i], step[i], sums[1])
        cumulate(with_line[i], step[i], sums[2])
        _perform(sums, step[i], mean[i], line_mean[i], reorder[i], quantity[i], found[i])


def bounds(problem: PortfolioProblem) -> tuple[Integers, Integers]:
    """[items] least and largest reorder point: floors and ceilings, both the planner's own figure where one is set."""
    decided = problem.fixed >= -1
    return np.where(decided, problem.fixed, problem.least), np.where(decided, problem.fixed, problem.most)


def efficient_points(
    problem: PortfolioProblem,
    measure: Measure = "lines",
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Hulls:
    """Reorder points of every item that some efficient plan may choose. Gain of ``backorders``: fewer pieces owed."""
    law, options = problem.demand, problem.options
    least, most = bounds(problem)
    counts = np.zeros(len(problem), dtype=np.int64)
    pieces: dict[int, tuple[Integers, Integers, Floats]] = {}

    def work(first: int, last: int) -> None:
        pieces[first] = _hull_range(
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
            first,
            last,
            counts,
        )

    told = None if progress is None else (lambda share: progress(share, "Steps of every part"))
    run_in_chunks(work, len(problem), progress=told, cancel=cancel)
    ordered = [pieces[first] for first in sorted(pieces)]
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Hulls(starts, *(np.concatenate([piece[k] for piece in ordered]) for k in range(3)))


def performance(law: LeadTimeDemand, reorder_point: Integers, order_quantity: Integers) -> Floats:
    """[items, WIDTH] pieces on hand, line fill rate, piece fill rate, pieces owed of given (s, nQ) rules, s >= -1."""
    found = np.empty((len(law), WIDTH))

    def work(first: int, last: int) -> None:
        _perform_range(
            law.mass,
            law.before_line,
            law.with_line,
            law.step,
            law.mean,
            law.line_mean,
            reorder_point,
            order_quantity,
            first,
            last,
            found,
        )

    run_in_chunks(work, len(law))
    return found
