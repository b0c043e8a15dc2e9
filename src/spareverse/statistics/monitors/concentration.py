"""Does money pile up with few suppliers or lanes? Herfindahl's index of the shares, later against earlier.

The chance of so large a change is found by dealing whole periods anew to the two sides: what happens within a period
stays together, and no law is assumed. Dealing ends as soon as the answer is clear.

Sources: Herfindahl 1950; Besag & Clifford 1991 (sequential Monte Carlo p-values).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_PERIODS = 12
"""With money, of either side."""
MOST_DEALS, ENOUGH = 9_999, 40
"""Deals at the most, and how many must be as extreme to end earlier."""


@dataclass(frozen=True)
class ConcentrationChange:
    """Herfindahl's index on both sides, 1 where one has all."""

    before: tuple[float, float, float]
    """Value, lower, upper 95 % limit (leaving out one period at a time)."""
    after: tuple[float, float, float]
    p_value: float
    """Of a change in either direction."""
    gained: int
    """Whose share grew most."""
    share_before: float
    share_after: float


def herfindahl(amounts: Floats) -> float:
    """Sum of squared shares; NaN where there is nothing to share."""
    total = float(amounts.sum())
    return float(((amounts / total) ** 2).sum()) if total > 0.0 else math.nan


def compare_concentrations(amounts: Floats, split: int, seed: int = 0) -> ConcentrationChange | None:
    """``amounts`` [periods, holders] before and from period ``split`` on; None with too few periods of money.

    Periods without money are left out.
    """
    spent = amounts.sum(axis=1) > 0.0
    first = int(spent[:split].sum())
    kept = np.ascontiguousarray(amounts[spent])
    if first < LEAST_PERIODS or len(kept) - first < LEAST_PERIODS:
        return None
    apart = herfindahl(kept[first:].sum(axis=0)) - herfindahl(kept[:first].sum(axis=0))
    extreme, deals = deal_anew(kept, abs(apart), np.random.default_rng(seed).random((MOST_DEALS, first)))
    shares = [side.sum(axis=0) / side.sum() for side in (kept[:first], kept[first:])]
    gained = int(np.argmax(shares[1] - shares[0]))
    p_value = (extreme + 1.0) / (deals + 1.0) if deals == MOST_DEALS else extreme / deals
    return ConcentrationChange(
        _limits(kept[:first]), _limits(kept[first:]), p_value, gained, float(shares[0][gained]),
        float(shares[1][gained]),
    )  # fmt: skip


def _limits(side: Floats) -> tuple[float, float, float]:
    """Jackknife on the logarithm over periods; an index lies within one over the holders and 1."""
    value, whole = herfindahl(side.sum(axis=0)), side.sum(axis=0)
    without = np.log([herfindahl(np.maximum(whole - row, 0.0)) for row in side])
    count = len(side)
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    half = float(student_quantile(count - 1, 0.975)) * error
    return value, value * math.exp(-half), min(1.0, value * math.exp(half))


@kernel
def deal_anew(amounts: Floats, apart: float, draws: Floats) -> tuple[int, int]:
    """(deals whose two indices are at least so far apart, deals); ``draws`` [deals, earlier periods] are uniform."""
    first = draws.shape[1]
    periods, holders = amounts.shape
    order = np.arange(periods)
    whole = np.zeros(holders)
    for t in range(periods):
        whole += amounts[t]
    extreme = 0
    for deal in range(1, MOST_DEALS + 1):
        # the first places of a partial shuffle are a sample without replacement
        one = np.zeros(holders)
        for t in range(first):
            other = t + int(draws[deal - 1, t] * (periods - t))
            order[t], order[other] = order[other], order[t]
            one += amounts[order[t]]
        sums = np.zeros(2)
        squares = np.zeros(2)
        for k in range(holders):
            rest = max(whole[k] - one[k], 0.0)
            sums[0] += one[k]
            sums[1] += rest
            squares[0] += one[k] * one[k]
            squares[1] += rest * rest
        found = abs(squares[1] / sums[1] ** 2 - squares[0] / sums[0] ** 2)
        if found >= apart * (1.0 - 1e-12):
            extreme += 1
            if extreme == ENOUGH:
                return extreme, deal
    return extreme, MOST_DEALS
