"""From a probability to a value, where no formula leads there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.network.distributions.distribution import Floats, floats


def bisect(cdf: Callable[[Floats], Floats], probability: Floats, low: Floats, high: Floats) -> Floats:
    """Smallest x in [low, high] with cdf(x) >= probability, to the last digit."""
    high = floats(np.where(cdf(low) >= probability, low, high))
    for _ in range(1100):  # a double can be halved about as often
        with np.errstate(invalid="ignore"):
            middle = floats(np.where(np.isfinite(high), low + 0.5 * (high - low), high))
        open_still = (middle > low) & (middle < high)
        if not np.any(open_still):
            break
        enough = cdf(middle) >= probability
        high = np.where(open_still & enough, middle, high)
        low = np.where(open_still & ~enough, middle, low)
    return high


def choose(shares: ArrayLike, u: ArrayLike) -> tuple[NDArray[np.intp], Floats]:
    """Which share each ``u`` falls on, and where within it: again uniform on (0, 1)."""
    ends = cumulative(shares)
    chosen = np.searchsorted(ends, floats(u), side="left")
    starts = np.concatenate([[0.0], ends[:-1]])
    with np.errstate(invalid="ignore"):
        rest = (floats(u) - starts[chosen]) / (ends[chosen] - starts[chosen])
    return chosen, np.clip(np.nan_to_num(rest), 1e-16, 1.0 - 1e-16)


def cumulative(shares: ArrayLike) -> Floats:
    """Running sum of shares, ending in exactly 1."""
    ends = np.cumsum(floats(shares))
    ends /= ends[-1]
    return ends
