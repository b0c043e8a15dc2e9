"""Which stock points can influence one another: those that supply one another, or share a queue, a budget, a market or
a trail."""

from __future__ import annotations

import numpy as np

from spareverse.engine.memory import Whole
from spareverse.simulation.compile_network import coupled


def coupled_stocks(count: int, shared: list[tuple[Whole, Whole]], above: tuple[Whole, Whole]) -> Whole:
    """Group of each of ``count`` stock points, numbered by first member.

    ``shared``: per kind of thing shared, stock points and what they use (-1: none); ``above``: stock points and those
    above them.
    """
    starts, ends = [above[0]], [above[1]]
    size = count
    for stock, used in shared:
        uses = used >= 0
        starts.append(stock[uses])
        ends.append(size + used[uses])
        size += int(used.max(initial=-1)) + 1
    group = coupled(size, np.concatenate(starts), np.concatenate(ends))[:count]
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def bounds_of(group_of: Whole, groups: int) -> tuple[Whole, Whole]:
    """First and end row of each group among rows sorted by group."""
    ends = np.searchsorted(group_of, np.arange(groups + 1))
    return ends[:-1], ends[1:]
