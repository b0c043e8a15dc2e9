"""Order sizes and risk curves on an even grid of pieces."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def add_size(chances: Floats, size: float, step: float, weight: float) -> None:
    """Put an order size on the grid, keeping its mean; sizes beyond the grid always exceed it."""
    position = size / step
    below = int(position)
    share = position - below
    if below < len(chances):
        chances[below] += weight * (1.0 - share)
    if share > 0.0 and below + 1 < len(chances):
        chances[below + 1] += weight * share


@kernel
def tilt_to_mean(chances: Floats, mean: float, target: float) -> float:
    """Exponent of the tilt that moves the mean of the sizes on the grid [steps] to ``target``."""
    tilt = 0.0
    bound = 20.0 / len(chances)
    for _ in range(8):
        mass = 0.0
        first = 0.0
        second = 0.0
        factor = math.exp(tilt)
        power = 1.0
        for j in range(len(chances)):
            w = chances[j] * power
            mass += w
            first += w * j
            second += w * j * j
            power *= factor
        spread = second / mass - (first / mass) ** 2
        if spread <= 1e-12:
            break
        move = (target - first / mass) / spread
        tilt = max(-bound, min(bound, tilt + max(-0.5, min(0.5, move))))
        if abs(move) < 1e-6:
            break
    return tilt


@kernel
def crossing_of(tail: Floats, points: int, ratio: float) -> float:
    """Grid position where the risk falls to ``ratio``, between grid points by the logarithm of the risk."""
    floor = 1e-12
    ratio = max(ratio, floor)
    index = points
    for x in range(points):
        if tail[x] <= ratio:
            index = x
            break
    if index == points:
        return float(points)
    left = max(index - 1, 0)
    here = math.log(max(tail[left], floor))
    there = math.log(max(tail[left + 1], floor)) if left + 1 < points else here
    slope = here - there
    if slope <= 1e-9:
        return float(index) - (1.0 if index == 0 else 0.0)
    return max(left + (here - math.log(ratio)) / slope, -5.0)


@kernel
def logit(p: float) -> float:
    p = min(max(p, 1e-9), 1.0 - 1e-9)
    return math.log(p / (1.0 - p))


@kernel
def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@kernel
def nice_step(size: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, ... that is not below ``size``."""
    step = 1.0
    while True:
        for factor in (1.0, 2.0, 5.0):
            if step * factor >= size:
                return step * factor
        step *= 10.0


@kernel
def fill_sizes(
    i: int,
    sizes: Floats,
    size_starts: Integers,
    group: int,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: float,
    step: float,
    chances: Floats,
) -> None:
    for j in range(len(chances)):
        chances[j] = 0.0
    n = size_starts[i + 1] - size_starts[i]
    weight = 1.0 / (n + concentration)
    for j in range(size_starts[i], size_starts[i + 1]):
        add_size(chances, sizes[j], step, weight)
    for j in range(group_starts[group], group_starts[group + 1]):
        add_size(chances, group_sizes[j], step, weight * concentration * group_chances[j])
