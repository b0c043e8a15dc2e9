"""One stock point, Poisson demand, one piece ordered per demand, ample supply.

Palm 1938 (Sherbrooke 2004, chapter 2): pieces on order X are Poisson with mean demand rate x mean lead time, whatever
the law of the lead times. With s pieces in the system, backorders are (X - s)+.
All functions take arrays that broadcast; stock in pieces, ``pipeline`` = E[X] in pieces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, pdtr, pdtrc, xlogy

Floats = NDArray[np.float64]


def poisson_mass(count: ArrayLike, mean: ArrayLike) -> Floats:
    """P(X = count); zero below 0."""
    k = np.asarray(count, dtype=np.float64)
    m = np.asarray(mean, dtype=np.float64)
    kept = np.maximum(k, 0.0)
    mass: Floats = np.where(k >= 0, np.exp(xlogy(kept, m) - m - gammaln(kept + 1.0)), 0.0)
    return mass


def poisson_cdf(count: ArrayLike, mean: ArrayLike) -> Floats:
    """P(X <= count); zero below 0."""
    k = np.asarray(count, dtype=np.float64)
    cdf: Floats = np.where(k >= 0, pdtr(np.maximum(k, 0.0), mean), 0.0)
    return cdf


def poisson_tail(count: ArrayLike, mean: ArrayLike) -> Floats:
    """P(X > count), precise where it is small; one below 0."""
    k = np.asarray(count, dtype=np.float64)
    tail: Floats = np.where(k >= 0, pdtrc(np.maximum(k, 0.0), mean), 1.0)
    return tail


def poisson_quantile(probability: float, mean: float) -> int:
    """Smallest k with P(X <= k) >= ``probability``; ValueError unless 0 <= probability < 1 and mean >= 0."""
    if not (0.0 <= probability < 1.0 and 0.0 <= mean < np.inf):
        raise ValueError(f"a Poisson quantile needs 0 <= probability < 1 and mean >= 0, got {probability} and {mean}")
    high = 1
    while pdtr(high, mean) < probability:
        high *= 2
    reached: NDArray[np.bool_] = pdtr(np.arange(high + 1), mean) >= probability
    return int(np.argmax(reached))


def expected_backorders(stock: ArrayLike, pipeline: ArrayLike) -> Floats:
    """E[(X - s)+] = m P(X > s - 1) - s P(X > s); negative stock adds backorders one by one."""
    s = np.asarray(stock, dtype=np.float64)
    m = np.asarray(pipeline, dtype=np.float64)
    short: Floats = np.where(s <= 0, m - s, m * poisson_tail(s - 1, m) - s * poisson_tail(s, m))
    return np.maximum(short, 0.0)


def backorder_variance(stock: ArrayLike, pipeline: ArrayLike) -> Floats:
    """Var (X - s)+, from E[(X - s)+^2] = m^2 P(X > s-2) - (2s - 1) m P(X > s-1) + s^2 P(X > s)."""
    s = np.asarray(stock, dtype=np.float64)
    m = np.asarray(pipeline, dtype=np.float64)
    square = m**2 * poisson_tail(s - 2, m) - (2 * s - 1) * m * poisson_tail(s - 1, m) + s**2 * poisson_tail(s, m)
    return np.maximum(np.where(s <= 0, m, square - expected_backorders(s, m) ** 2), 0.0)


def fill_rate(stock: ArrayLike, pipeline: ArrayLike) -> Floats:
    """Share of demands met at once: P(X <= s - 1), as a demand sees the pipeline just before itself."""
    return poisson_cdf(np.asarray(stock, dtype=np.float64) - 1, pipeline)


def ready_rate(stock: ArrayLike, pipeline: ArrayLike) -> Floats:
    """Share of time without a backorder: P(X <= s)."""
    return poisson_cdf(stock, pipeline)


def mean_on_hand(stock: ArrayLike, pipeline: ArrayLike) -> Floats:
    """E[(s - X)+] = s - m + EBO(s)."""
    s = np.asarray(stock, dtype=np.float64)
    return np.maximum(s - np.asarray(pipeline, dtype=np.float64) + expected_backorders(s, pipeline), 0.0)
