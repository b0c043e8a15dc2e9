"""Durations drawn by inversion: every law takes exactly one uniform number, so that streams stay in step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.engine.profiles import NEVER
from spareverse.engine.streams import uniform
from spareverse.jit import kernel
from spareverse.special import gamma_quantile, normal_quantile

CONSTANT = 0
EXPONENTIAL = 1
TRIANGULAR = 2
WEIBULL = 3
GAMMA = 4
LOG_NORMAL = 5
UNIFORM = 6
EMPIRICAL = 7
MIXTURE = 8
KERNEL_DENSITY = 9

ROOT_HALF = math.sqrt(0.5)


# a law is a row of these fields in the float memory; laws are named by where their row begins
KIND, A, B, C, LOW, SPAN, FIRST, LENGTH = range(8)
LAW_SIZE = 8
"""What a, b, c and the table hold depends on the kind; times are seconds:

constant: a value | exponential: a mean | triangular: a least, b mode, c most | Weibull: a shape, b scale |
gamma: a shape, b scale | log-normal: a, b mean and deviation of the logarithm | uniform: a least, b most |
empirical: values | mixture: values are the rows of simple laws | kernel density: values are points, a bandwidth,
b least, c most. A table is LENGTH values from FIRST on, then LENGTH cumulative weights up to 1. A cut law takes its
quantile at low + u * span.
"""


@kernel
def pick(weights: NDArray[np.float64], first: int, count: int, u: float) -> int:
    """Position of the first cumulative weight that reaches ``u``."""
    low = first
    high = first + count - 1
    while low < high:
        middle = (low + high) // 2
        if weights[middle] < u:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def rescale(weights: NDArray[np.float64], first: int, chosen: int, u: float) -> float:
    """Where ``u`` lies within the weight it fell on: again uniform on (0, 1)."""
    below = float(weights[chosen - 1]) if chosen > first else 0.0
    return min(max((u - below) / (float(weights[chosen]) - below), 1e-16), 1.0 - 1e-16)


@kernel
def triangular_quantile(least: float, mode: float, most: float, u: float) -> float:
    """Inverse of the triangular distribution function."""
    width = most - least
    if u * width < mode - least:
        return least + math.sqrt(u * width * (mode - least))
    return most - math.sqrt((1.0 - u) * width * (most - mode))


@kernel
def kernel_quantile(point: float, bandwidth: float, least: float, most: float, u: float) -> float:
    """Quantile of a normal law around ``point`` cut to [least, most], reckoned from the tail that keeps its digits."""
    if point >= least:
        below = 0.5 * math.erfc((point - least) / bandwidth * ROOT_HALF)
        beyond = 0.5 * math.erfc((most - point) / bandwidth * ROOT_HALF)
        x = point + bandwidth * normal_quantile(below + u * (1.0 - below - beyond))
    else:
        above = 0.5 * math.erfc((least - point) / bandwidth * ROOT_HALF)
        beyond = 0.5 * math.erfc((most - point) / bandwidth * ROOT_HALF)
        x = point - bandwidth * normal_quantile(above - u * (above - beyond))
    return min(max(x, least), most)


@kernel
def continuous_quantile(kind: int, a: float, b: float, c: float, u: float) -> float:
    """The rarer laws; a function of its own keeps the common ones short."""
    if kind == WEIBULL:
        return b * math.pow(-math.log1p(-u), 1.0 / a)
    if kind == GAMMA:
        return b * gamma_quantile(a, u)
    if kind == LOG_NORMAL:
        return math.exp(a + b * normal_quantile(u))
    if kind == TRIANGULAR:
        return triangular_quantile(a, b, c, u)
    if kind == UNIFORM:
        return a + u * (b - a)
    if kind == EXPONENTIAL:
        return -a * math.log1p(-u)
    return a


@kernel
def quantile(f: NDArray[np.float64], law: int, u: float) -> float:
    """Seconds drawn by ``u`` in (0, 1) from the law at row ``law`` of the float memory.

    The quantile of the law, except that a mixture and a kernel density use the first digits of ``u`` to choose the
    component and the rest within it.
    """
    kind = int(f[law + KIND])
    if kind == MIXTURE:
        first = int(f[law + FIRST])
        length = int(f[law + LENGTH])
        chosen = pick(f, first + length, length, u)
        u = rescale(f, first + length, chosen, u)
        law = int(f[chosen - length])
        kind = int(f[law + KIND])
    if kind == CONSTANT:
        return float(f[law + A])
    p = float(f[law + LOW] + u * f[law + SPAN])
    if kind == EXPONENTIAL:
        return -float(f[law + A]) * math.log1p(-p)
    if kind == TRIANGULAR:
        return triangular_quantile(f[law + A], f[law + B], f[law + C], p)
    if kind == EMPIRICAL or kind == KERNEL_DENSITY:
        first = int(f[law + FIRST])
        length = int(f[law + LENGTH])
        chosen = pick(f, first + length, length, p)
        if kind == EMPIRICAL:
            return float(f[chosen - length])
        p = rescale(f, first + length, chosen, p)
        return kernel_quantile(f[chosen - length], f[law + A], f[law + B], f[law + C], p)
    return continuous_quantile(kind, f[law + A], f[law + B], f[law + C], p)


@kernel
def sample(f: NDArray[np.float64], law: int, states: NDArray[np.uint64], stream: int) -> int:
    """Whole seconds, never negative, of one draw; moves the stream on by one number."""
    return int(min(max(quantile(f, law, uniform(states, stream)), 0.0), float(NEVER)) + 0.5)
