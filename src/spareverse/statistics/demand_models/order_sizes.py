"""How much a demand asks for: each item's own sizes, leaning on those of its group, older ones at a discount."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.statistics.demand import size_concentration
from spareverse.statistics.grid import add_size

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_CONCENTRATION = 1e3


@dataclass(frozen=True)
class OrderSizes:
    """Dirichlet-process posterior: each own size counts its weight, the group's law counts ``concentration``."""

    sizes: Floats
    """Sizes of all items end to end [pieces]."""
    weights: Floats
    """What each counts: 1, or less the older it is."""
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

    def arrays(self) -> tuple[Floats, Floats, Integers, Integers, Floats, Floats, Integers, Floats]:
        """All of it, in the order kernels take it."""
        return (
            self.sizes,
            self.weights,
            self.starts,
            self.group,
            self.group_sizes,
            self.group_chances,
            self.group_starts,
            self.concentration,
        )

    def mean(self) -> Floats:
        """[items] expected size [pieces]."""
        own, total = self._sums(self.weights), self._sums(self.weights * self.sizes)
        number = np.repeat(np.arange(len(self.concentration)), np.diff(self.group_starts))
        group = np.bincount(number, self.group_sizes * self.group_chances, len(self.concentration))
        weight = self.concentration[self.group]
        mean: Floats = (total + weight * group[self.group]) / (own + weight)
        return mean

    def _sums(self, values: Floats) -> Floats:
        sums: Floats = np.bincount(np.repeat(np.arange(len(self)), np.diff(self.starts)), values, len(self)).astype(
            float
        )
        return sums

    def sample(self, item: Integers, random: np.random.Generator) -> Floats:
        """A size for each demand, ``item`` telling whose it is [pieces]."""
        own, weight = self._sums(self.weights)[item], self.concentration[self.group[item]]
        from_group = random.random(len(item)) * (own + weight) >= own
        drawn = np.empty(len(item))
        first, last = self.starts[item], self.starts[item + 1]
        mine = ~from_group
        drawn[mine] = self.sizes[_pick(self.weights, first[mine], last[mine], random.random(mine.sum()))]
        group = self.group[item[from_group]]
        drawn[from_group] = self.group_sizes[
            _pick(self.group_chances, self.group_starts[group], self.group_starts[group + 1], random.random(len(group)))
        ]
        return drawn


@kernel
def _pick(weights: Floats, first: Integers, last: Integers, uniform: Floats) -> Integers:
    """One row between first and last - 1 for each uniform number, by the weights."""
    picked = np.empty(len(first), dtype=np.int64)
    for k in range(len(first)):
        left = uniform[k] * weights[first[k] : last[k]].sum()
        place = first[k]
        while place < last[k] - 1 and left >= weights[place]:
            left -= weights[place]
            place += 1
        picked[k] = place
    return picked


@kernel
def fill_line(
    i: int,
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: int,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: float,
    step: float,
    chances: Floats,
) -> None:
    """chances[j] = P(size of item i = j grid steps)."""
    chances[:] = 0.0
    own = 0.0
    for j in range(starts[i], starts[i + 1]):
        own += weights[j]
    share = 1.0 / (own + concentration)
    for j in range(starts[i], starts[i + 1]):
        add_size(chances, sizes[j], step, share * weights[j])
    for j in range(group_starts[group], group_starts[group + 1]):
        add_size(chances, group_sizes[j], step, share * concentration * group_chances[j])


@kernel
def size_moments(
    i: int,
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: int,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: float,
    quantile: float,
) -> tuple[float, float, float]:
    """Mean and second moment of the sizes of one item cut at their ``quantile``, and that quantile [pieces]."""
    order = np.argsort(sizes[starts[i] : starts[i + 1]])
    own = 0.0
    for j in range(starts[i], starts[i + 1]):
        own += weights[j]
    unit = 1.0 / (own + concentration)
    mean = 0.0
    square = 0.0
    total = 0.0
    largest = 1.0
    a = 0
    b = group_starts[group]
    last = group_starts[group + 1]
    while (a < len(order) or b < last) and total < quantile:
        mine = sizes[starts[i] + order[a]] if a < len(order) else math.inf
        if b >= last or mine <= group_sizes[b]:
            largest = mine
            share = unit * weights[starts[i] + order[a]]
            a += 1
        else:
            largest = group_sizes[b]
            share = unit * concentration * group_chances[b]
            b += 1
        total += share
        mean += share * largest
        square += share * largest * largest
    return mean / total, square / total, largest


def group_order_sizes(
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: Integers,
    member: Integers,
    member_group: Integers,
    groups: int,
) -> OrderSizes:
    """Learn every group's law of sizes and how alike the sizes of one item are.

    ``group`` [items] is the group an item leans on; ``member``, ``member_group`` name all members of every group, also
    those that lean on a finer one. An item whose sizes weigh n counts n / (n + concentration) in its group: a hundred
    orders of one item say little of what the next item is asked for.
    """
    rows, member_starts = _gather(starts, member)
    length = np.diff(member_starts)
    of = np.repeat(member_group, length)
    of_member = np.repeat(np.arange(len(member)), length)
    concentration = size_concentration(np.log(sizes[rows]), of_member, member_group, groups)
    concentration = np.minimum(concentration, LARGEST_CONCENTRATION)
    weight = weights[rows]
    weight = weight / (np.bincount(of_member, weight, len(member))[of_member] + concentration[of])
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
        np.ascontiguousarray(weights, dtype=np.float64),
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
