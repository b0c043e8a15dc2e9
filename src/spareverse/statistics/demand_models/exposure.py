"""Counts of demands and the time they were seen in, older ones at a discount.

With half-life h a demand (and a step without one) that lies a steps back counts 2^(-a / h): the steady model of a
drifting rate (Smith 1979, Journal of the Royal Statistical Society B 41). Gaps and the time before an item's
introduction count nowhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """What was seen of every item up to a step. Arrays are [items]."""

    counts: Floats
    """Demands, discounted."""
    exposure: Floats
    """Steps with information, discounted."""
    pieces: Floats
    """Pieces, discounted."""
    squares: Floats
    """Sum of squared sizes, discounted."""
    quiet: Floats
    """Steps with information since the last demand (since the first step known, if there was none)."""


@kernel
def _seen(
    starts: Integers,
    step: Integers,
    pieces: Floats,
    known_from: Integers,
    gap_starts: Integers,
    gap_from: Integers,
    gap_until: Integers,
    until: int,
    log_keep: float,
    counts: Floats,
    exposure: Floats,
    total: Floats,
    squares: Floats,
    quiet: Floats,
) -> None:
    for i in range(len(counts)):
        counts[i] = 0.0
        total[i] = 0.0
        squares[i] = 0.0
        last = known_from[i]
        for e in range(starts[i], starts[i + 1]):
            if step[e] >= until:
                break
            share = math.exp(log_keep * (until - 1 - step[e]))
            counts[i] += share
            total[i] += share * pieces[e]
            squares[i] += share * pieces[e] * pieces[e]
            last = step[e] + 1
        exposure[i] = _discounted_steps(known_from[i], until, until, log_keep)
        quiet[i] = max(until - last, 0)
        for k in range(gap_starts[i], gap_starts[i + 1]):
            first = max(gap_from[k], known_from[i])
            exposure[i] -= _discounted_steps(first, gap_until[k], until, log_keep)
            quiet[i] -= max(min(gap_until[k], until) - max(first, last), 0)
        exposure[i] = max(exposure[i], 0.0)


@kernel
def _known_between(
    known_from: Integers,
    gap_starts: Integers,
    gap_from: Integers,
    gap_until: Integers,
    first: int,
    last: Integers,
    known: Floats,
) -> None:
    for i in range(len(known)):
        begin = max(first, known_from[i])
        steps = max(last[i] - begin, 0)
        for g in range(gap_starts[i], gap_starts[i + 1]):
            steps -= max(min(gap_until[g], last[i]) - max(gap_from[g], begin), 0)
        known[i] = steps


def known_between(
    known_from: Integers, gaps: tuple[Integers, Integers, Integers], first: int, last: Integers
) -> Floats:
    """[items] steps with information in first .. last[item] - 1."""
    known = np.empty(len(known_from))
    _known_between(known_from, *gaps, first, last, known)
    return known


@kernel
def _discounted_steps(first: int, last: int, until: int, log_keep: float) -> float:
    """Sum of the weights of steps first .. last - 1, seen from ``until``."""
    last = min(last, until)
    if last <= first:
        return 0.0
    if log_keep == 0.0:
        return float(last - first)
    return math.exp(log_keep * (until - last)) * math.expm1(log_keep * (last - first)) / math.expm1(log_keep)


def seen(
    starts: Integers,
    step: Integers,
    pieces: Floats,
    known_from: Integers,
    gaps: tuple[Integers, Integers, Integers],
    until: int,
    half_life: float = math.inf,
) -> Seen:
    """What was seen before step ``until``; events ascend within an item, ``half_life`` in steps.

    ``gaps``: where each item's gaps begin [items + 1], their first steps and the steps after their last.
    """
    items = len(starts) - 1
    result = Seen(*(np.empty(items) for _ in range(5)))
    _seen(
        starts,
        step,
        pieces,
        known_from,
        *gaps,
        until,
        0.0 if math.isinf(half_life) else -math.log(2.0) / half_life,
        result.counts,
        result.exposure,
        result.pieces,
        result.squares,
        result.quiet,
    )
    return result


@kernel
def _demand_between(
    starts: Integers, step: Integers, pieces: Floats, first: int, last: Integers, lines: Floats, total: Floats
) -> None:
    for i in range(len(lines)):
        lines[i] = 0.0
        total[i] = 0.0
        for e in range(starts[i], starts[i + 1]):
            if first <= step[e] < last[i]:
                lines[i] += 1.0
                total[i] += pieces[e]


def demand_between(
    starts: Integers, step: Integers, pieces: Floats, first: int, last: Integers
) -> tuple[Floats, Floats]:
    """[items] demands and pieces in steps first .. last[item] - 1."""
    lines, total = np.empty(len(starts) - 1), np.empty(len(starts) - 1)
    _demand_between(starts, step, pieces, first, last, lines, total)
    return lines, total


@kernel
def _period_values(
    starts: Integers,
    step: Integers,
    pieces: Floats,
    known_from: Integers,
    gap_starts: Integers,
    gap_from: Integers,
    gap_until: Integers,
    items: Integers,
    first: int,
    period: int,
    count: int,
    values: Floats,
) -> None:
    missing = np.empty(count, dtype=np.int64)
    for row in range(len(items)):
        i = items[row]
        missing[:] = 0
        for k in range(count):
            missing[k] = min(max(known_from[i] - first - k * period, 0), period)
        for g in range(gap_starts[i], gap_starts[i + 1]):
            for k in range(max((gap_from[g] - first) // period, 0), count):
                begin = max(gap_from[g], first + k * period, known_from[i])
                end = min(gap_until[g], first + (k + 1) * period)
                missing[k] += max(end - begin, 0)
                if gap_until[g] <= first + (k + 1) * period:
                    break
        line = values[row * count : (row + 1) * count]
        for k in range(count):
            line[k] = math.nan if missing[k] >= period else 0.0
        for e in range(starts[i], starts[i + 1]):
            if step[e] >= first + count * period:
                break
            if step[e] >= first:
                k = (step[e] - first) // period
                line[k] = pieces[e] + (0.0 if math.isnan(line[k]) else line[k])


def period_values(
    starts: Integers,
    step: Integers,
    pieces: Floats,
    known_from: Integers,
    gaps: tuple[Integers, Integers, Integers],
    items: Integers,
    first: int,
    period: int,
    count: int,
) -> tuple[Floats, Integers]:
    """Pieces in ``count`` periods of ``period`` steps from ``first``, of the chosen items end to end, and their starts.

    NaN where no step of a period is known.
    """
    values = np.empty(len(items) * count)
    _period_values(starts, step, pieces, known_from, *gaps, items, first, period, count, values)
    return values, np.arange(len(items) + 1) * count
