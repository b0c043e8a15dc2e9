"""How much a demand asks for: each item's own sizes, leaning on those of its group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.statistics.demand import size_concentration

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_CONCENTRATION = 1e3


@dataclass(frozen=True)
class OrderSizes:
    """Dirichlet-process posterior of sizes: own sizes count 1 each, the group's law counts ``concentration``."""

    sizes: Floats
    """Sizes of all items end to end [pieces]."""
    starts: Integers
    """[items + 1]"""
    group: Integers
    """[items]"""
    group_sizes: Floats
    """Distinct sizes of the groups end to end, with their chances and each group's start."""
    group_chances: Floats
    group_starts: Integers
    concentration: Floats
    """[groups]"""

    def __len__(self) -> int:
        return len(self.group)

    def mean(self) -> Floats:
        """[items] expected size [pieces]."""
        count = np.diff(self.starts)
        sums = np.concatenate([[0.0], np.cumsum(self.sizes)])
        own = sums[self.starts[1:]] - sums[self.starts[:-1]]
        number = np.repeat(np.arange(len(self.concentration)), np.diff(self.group_starts))
        group = np.bincount(number, self.group_sizes * self.group_chances, len(self.concentration))
        weight = self.concentration[self.group]
        mean: Floats = (own + weight * group[self.group]) / (count + weight)
        return mean


def group_order_sizes(
    sizes: Floats, starts: Integers, group: Integers, member: Integers, member_group: Integers, groups: int
) -> OrderSizes:
    """Learn every group's law of sizes and how alike the sizes of one item are.

    ``group`` [items] is the group an item leans on; ``member``, ``member_group`` name all members of every group, also
    those that lean on a finer one. An item with n sizes counts n / (n + concentration) in its group: a hundred
    orders of one item say little of what the next item is asked for.
    """
    rows, member_starts = _gather(starts, member)
    length = np.diff(member_starts)
    concentration = size_concentration(
        np.log(sizes[rows]), np.repeat(np.arange(len(member)), length), member_group, groups
    )
    concentration = np.minimum(concentration, LARGEST_CONCENTRATION)
    of = np.repeat(member_group, length)
    weight = 1.0 / (np.repeat(length, length) + concentration[of])
    order = np.lexsort((sizes[rows], of))
    of, value, weight = of[order], sizes[rows][order], weight[order]
    first = np.ones(len(of), dtype=np.bool_)
    first[1:] = (of[1:] != of[:-1]) | (value[1:] != value[:-1])
    place = np.flatnonzero(first)
    chance = np.add.reduceat(weight, place) if len(place) else weight
    of, value = of[place], value[place]
    chance = chance / np.bincount(of, chance, groups)[of]
    # A group without any demand: one piece.
    silent = np.setdiff1d(np.arange(groups), of)
    of = np.concatenate([of, silent])
    order = np.argsort(of, kind="stable")
    bounds = np.zeros(groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(of, minlength=groups), out=bounds[1:])
    return OrderSizes(
        np.ascontiguousarray(sizes, dtype=np.float64),
        np.ascontiguousarray(starts, dtype=np.int64),
        np.ascontiguousarray(group, dtype=np.int64),
        np.concatenate([value, np.ones(len(silent))])[order],
        np.concatenate([chance, np.ones(len(silent))])[order],
        bounds,
        concentration,
    )


def _gather(starts: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """Row numbers of the chosen items' sizes end to end, and their new starts."""
    length = starts[chosen + 1] - starts[chosen]
    fresh = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(length, out=fresh[1:])
    return np.arange(fresh[-1]) - np.repeat(fresh[:-1], length) + np.repeat(starts[chosen], length), fresh
