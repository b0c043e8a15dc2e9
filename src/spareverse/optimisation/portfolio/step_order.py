"""The steps of all items in the order they are bought, and what the plans along that order add up to.

A catalogue has millions of steps. What a step adds is laid out in one row, so that walking along the order touches each
once; the order itself is sorted in pieces, one a core, and merged.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.optimisation.portfolio.measures import factors
from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.optimisation.portfolio.steps import BACKORDERS, LINE_FILL, MEASURES, ON_HAND, PIECE_FILL, Hulls

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

VALUE, LINES, PIECES, OWED, STOCKED = range(5)
"""Columns of a row of steps; those of ``MEASURES`` are gains, in their order."""
FIGURES = 5


@kernel
def _fill(
    starts: Integers,
    reorder: Integers,
    price: Floats,
    performance: Floats,
    lines: Floats,
    pieces: Floats,
    owed: Floats,
    measure: int,
    first: int,
    last: int,
    rows: Floats,
    ratio: Floats,
) -> None:
    for i in range(first, last):
        for k in range(starts[i], starts[i + 1]):
            row = rows[k]
            row[VALUE] = price[k] * performance[k, ON_HAND]
            row[LINES] = lines[i] * performance[k, LINE_FILL]
            row[PIECES] = pieces[i] * performance[k, PIECE_FILL]
            row[OWED] = -owed[i] * performance[k, BACKORDERS]
            row[STOCKED] = 1.0 if reorder[k] >= 0 else 0.0
        for k in range(starts[i + 1] - 1, starts[i], -1):
            for f in range(FIGURES):
                rows[k, f] -= rows[k - 1, f]
            ratio[k] = rows[k, 1 + measure] / rows[k, VALUE]
        ratio[starts[i]] = -np.inf


def steps_of(problem: PortfolioProblem, hulls: Hulls, measure: Measure) -> tuple[Floats, Floats]:
    """[points, FIGURES] what each hull point adds to the one before it, an item's first being itself; gain per money.

    Gain per money is -inf at the first point of an item, which is no choice.
    """
    points = len(hulls.option)
    rows, ratio = np.empty((points, FIGURES)), np.empty(points)
    counts = factors(problem)
    price = problem.options.unit_cost[hulls.option]

    def work(first: int, last: int) -> None:
        _fill(
            hulls.starts,
            hulls.reorder_point,
            price,
            hulls.performance,
            counts["lines"],
            counts["pieces"],
            counts["backorders"],
            MEASURES.index(measure),
            first,
            last,
            rows,
            ratio,
        )

    run_in_chunks(work, len(problem))
    return rows, ratio


def by_ratio(ratio: Floats) -> Integers:
    """Numbers of the steps, most gain per money first; alike ones in the order of their items."""
    pieces = max(1, min(os.cpu_count() or 1, 16, len(ratio) // 50_000))
    bounds = np.linspace(0, len(ratio), pieces + 1).astype(np.int64)
    order = np.empty(len(ratio), dtype=np.int64)

    def sort(first: int, _last: int) -> None:
        low, high = bounds[first], bounds[first + 1]
        order[low:high] = low + np.argsort(-ratio[low:high], kind="stable")

    run_in_chunks(sort, pieces, chunk=1)
    while len(bounds) > 2:
        order, bounds = _merged_pairs(ratio, order, bounds)
    return order[: np.count_nonzero(ratio > -np.inf)]


def _merged_pairs(ratio: Floats, order: Integers, bounds: Integers) -> tuple[Integers, Integers]:
    """Every two neighbouring pieces as one; the last stays alone where their number is odd."""
    merged = order.copy()

    def work(first: int, _last: int) -> None:
        low, middle = bounds[2 * first], bounds[2 * first + 1]
        _merge(ratio, order, low, middle, bounds[2 * first + 2], merged)

    run_in_chunks(work, (len(bounds) - 1) // 2, chunk=1)
    return merged, np.append(bounds[:-1:2], bounds[-1])


@kernel
def _merge(ratio: Floats, order: Integers, low: int, middle: int, high: int, merged: Integers) -> None:
    a = low
    b = middle
    for k in range(low, high):
        if b >= high or (a < middle and ratio[order[a]] >= ratio[order[b]]):
            merged[k] = order[a]
            a += 1
        else:
            merged[k] = order[b]
            b += 1


def along(rows: Floats, least: Floats, order: Integers, scales: Floats) -> Floats:
    """[FIGURES, steps + 1] sums of the plans along the order, from ``least`` on, over ``scales``; both [FIGURES]."""
    sums = np.empty((FIGURES, len(order) + 1))
    _walk(rows, least, order, sums)
    sums /= scales[:, None]
    return sums


@kernel
def _walk(rows: Floats, least: Floats, order: Integers, sums: Floats) -> None:
    value, lines, pieces, owed, stocked = least[0], least[1], least[2], least[3], least[4]
    for k in range(len(order) + 1):
        if k > 0:
            row = rows[order[k - 1]]
            value += row[VALUE]
            lines += row[LINES]
            pieces += row[PIECES]
            owed += row[OWED]
            stocked += row[STOCKED]
        sums[VALUE, k] = value
        sums[LINES, k] = lines
        sums[PIECES, k] = pieces
        sums[OWED, k] = owed
        sums[STOCKED, k] = stocked
