"""Durations drawn by inversion: every law takes exactly one uniform number, so that streams stay in step.

A law is a row in the float memory, named by where the row begins.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.engine.memory import NEVER, at
from spareverse.engine.streams import uniform
from spareverse.jit import inner_kernel
from spareverse.special import normal_quantile

(
    CONSTANT, EXPONENTIAL, TRIANGULAR, WEIBULL, GAMMA, LOG_NORMAL, UNIFORM, EMPIRICAL, MIXTURE, KERNEL_DENSITY,
) = range(10)  # fmt: skip

KIND, A, B, C, LOW, SPAN, FIRST, LENGTH, LAW_SIZE = range(9)
"""Fields of a row. What a, b, c and the table of LENGTH entries from FIRST on hold depends on the kind (seconds):

constant: a value | exponential: a mean | triangular: a least, b mode, c most | Weibull: a 1 / shape, b scale |
log-normal: a median, b deviation of the logarithm | uniform: a least, b most | gamma: b scale, table of ln x at each
node, then its first, then its second derivatives | empirical: values, then weights | mixture: rows of simple laws,
then weights | kernel density: a bandwidth, b least, c most, table of points, then weights, then the probability of
each kernel below the least value, then that between least and most.
Weights are cumulative up to 1. A cut law takes its quantile at low + u * span.
"""

GAMMA_STEP = 1.0 / 16.0
GAMMA_NODES = 269
GAMMA_FIRST = -8.375
"""A gamma table's nodes: the standard normal values z = -8.375, -8.3125, ..., 8.375 of the probability."""

ALMOST_ONE = 1.0 - 2.0**-53

Floats = NDArray[np.float64]


@inner_kernel
def pick(f: Floats, first: int, length: int, u: float) -> int:
    """Place of the first cumulative weight that reaches ``u``; the weights begin at ``first``."""
    low = first
    high = first + length - 1
    while low < high:
        middle = (low + high) // 2
        if f[at(middle)] < u:
            low = middle + 1
        else:
            high = middle
    return low


@inner_kernel
def rescale(f: Floats, first: int, chosen: int, u: float) -> float:
    """Where ``u`` lies within the weight it fell on: again uniform on (0, 1)."""
    below = float(f[at(chosen - 1)]) if chosen > first else 0.0
    return min(max((u - below) / (float(f[at(chosen)]) - below), 1e-16), ALMOST_ONE)


@inner_kernel
def triangular_quantile(least: float, mode: float, most: float, u: float) -> float:
    """Inverse of the triangular distribution function."""
    width = most - least
    if u * width < mode - least:
        return least + math.sqrt(u * width * (mode - least))
    return most - math.sqrt((1.0 - u) * width * (most - mode))


@inner_kernel
def gamma_standard(f: Floats, first: int, u: float) -> float:
    """Quantile of a gamma law of scale 1 from its table: the fifth-degree curve through two nodes and their slopes."""
    place = (min(max(normal_quantile(u), GAMMA_FIRST), -GAMMA_FIRST) - GAMMA_FIRST) / GAMMA_STEP
    node = min(int(place), GAMMA_NODES - 2)
    t = place - node
    low = first + node
    y = float(f[at(low)])
    slope = float(f[at(low + GAMMA_NODES)]) * GAMMA_STEP
    bend = float(f[at(low + 2 * GAMMA_NODES)]) * GAMMA_STEP * GAMMA_STEP
    rise = float(f[at(low + 1)]) - y - slope - 0.5 * bend
    turn = float(f[at(low + GAMMA_NODES + 1)]) * GAMMA_STEP - slope - bend
    swing = float(f[at(low + 2 * GAMMA_NODES + 1)]) * GAMMA_STEP * GAMMA_STEP - bend
    cubic = 10.0 * rise - 4.0 * turn + 0.5 * swing
    quartic = -15.0 * rise + 7.0 * turn - swing
    quintic = 6.0 * rise - 3.0 * turn + 0.5 * swing
    return math.exp(y + t * (slope + t * (0.5 * bend + t * (cubic + t * (quartic + t * quintic)))))


@inner_kernel
def other_quantile(f: Floats, law: int, u: float) -> float:
    """Quantile of the laws that need a table or a special function; apart, to keep the common ones short."""
    kind = int(f[at(law + KIND)])
    a = float(f[at(law + A)])
    b = float(f[at(law + B)])
    first = int(f[at(law + FIRST)])
    if kind == WEIBULL:
        return b * math.pow(-math.log(1.0 - u), a)
    if kind == GAMMA:
        return b * gamma_standard(f, first, u)
    if kind == LOG_NORMAL:
        return a * math.exp(b * normal_quantile(u))
    if kind == UNIFORM:
        return a + u * (b - a)
    length = int(f[at(law + LENGTH)])
    chosen = pick(f, first + length, length, u)
    value = float(f[at(chosen - length)])
    if kind == EMPIRICAL:
        return value
    rest = rescale(f, first + length, chosen, u)
    x = value + a * normal_quantile(float(f[at(chosen + length)] + rest * f[at(chosen + 2 * length)]))
    return min(max(x, b), float(f[at(law + C)]))


@inner_kernel
def quantile(f: Floats, law: int, u: float) -> float:
    """Seconds drawn by ``u`` in (0, 1) from the law at row ``law`` of the float memory.

    The quantile of the law, except that a mixture and a kernel density use the first digits of ``u`` to choose the
    component and the rest within it. 1 - u is exact for the numbers ``uniform`` gives: a plain logarithm will do.
    """
    if f[at(law + KIND)] == MIXTURE:
        length = int(f[at(law + LENGTH)])
        weights = int(f[at(law + FIRST)]) + length
        chosen = pick(f, weights, length, u)
        u = rescale(f, weights, chosen, u)
        law = int(f[at(chosen - length)])
    kind = int(f[at(law + KIND)])
    if kind == CONSTANT:
        return float(f[at(law + A)])
    p = min(float(f[at(law + LOW)] + u * f[at(law + SPAN)]), ALMOST_ONE)
    if kind == EXPONENTIAL:
        return -float(f[at(law + A)]) * math.log(1.0 - p)
    if kind == TRIANGULAR:
        return triangular_quantile(float(f[at(law + A)]), float(f[at(law + B)]), float(f[at(law + C)]), p)
    return other_quantile(f, law, p)


@inner_kernel
def sample(f: Floats, law: int, states: NDArray[np.uint64], stream: int) -> int:
    """Whole seconds, never negative, of one draw; moves the stream on by one number."""
    return int(min(max(quantile(f, law, uniform(states, stream)), 0.0), float(NEVER)) + 0.5)
