"""Failure rates that vary in time: a piecewise-constant factor, its integral, and the way back.

Lives are drawn in operating seconds at factor 1. ``clock`` tells how many of them have passed at a moment, ``moment``
when a given number has. Months are a twelfth of 8,760 hours; time 0 is the start of January.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spareverse.engine.memory import LONGEST_DRAIN, NEVER
from spareverse.engine.streams import uniform
from spareverse.jit import inner_kernel, lean_kernel

MONTH = 730 * 3600


class Profiles(NamedTuple):
    """N profiles; times in seconds."""

    season: NDArray[np.float64]  # [N, 12] factor of each month
    seasonal: NDArray[np.bool_]
    first: NDArray[np.int64]  # its campaigns: first .. first + length
    length: NDArray[np.int64]
    campaign_start: NDArray[np.int64]
    campaign_end: NDArray[np.int64]
    campaign_factor: NDArray[np.float64]
    burst_gap: NDArray[np.float64]  # mean; 0 = no bursts
    burst_length: NDArray[np.float64]
    burst_factor: NDArray[np.float64]
    key: NDArray[np.uint64]


@inner_kernel
def spell(mean: float, states: NDArray[np.uint64], stream: int) -> int:
    """Whole seconds, at least one, of an exponential time with this mean."""
    return max(1, int(min(-mean * math.log(1.0 - uniform(states, stream)), 1e18) + 0.5))


@lean_kernel
def realise_profile(
    profiles: Profiles,
    index: int,
    states: NDArray[np.uint64],
    stream: int,
    horizon: int,
    starts: NDArray[np.int64],
    cumulative: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> int:
    """Write the factor of one replication as pieces; the last one goes on for ever.

    A factor of 0 at the horizon has its end, too: who waits for it then is served afterwards. ``cumulative[i]`` is the
    integral from 0 to ``starts[i]``. Returns the number of pieces, or -1 when the arrays are too small; the stream then
    stands where it stood.
    """
    s0, s1, s2, s3 = states[stream, 0], states[stream, 1], states[stream, 2], states[stream, 3]
    bursts = profiles.burst_gap[index] > 0.0 and profiles.burst_length[index] > 0.0
    burst = False
    toggle = spell(profiles.burst_gap[index], states, stream) if bursts else NEVER
    first = profiles.first[index]
    last = first + profiles.length[index]
    count = 0
    t = 0
    while t <= horizon or (factors[count - 1] <= 0.0 and t <= horizon + LONGEST_DRAIN):
        factor = profiles.season[index, (t // MONTH) % 12]
        change = (t // MONTH + 1) * MONTH if profiles.seasonal[index] else NEVER
        for i in range(first, last):
            if t < profiles.campaign_start[i]:
                change = min(change, profiles.campaign_start[i])
            elif t < profiles.campaign_end[i]:
                factor *= profiles.campaign_factor[i]
                change = min(change, profiles.campaign_end[i])
        if burst:
            factor *= profiles.burst_factor[index]
        if count == 0 or factor != factors[count - 1]:
            if count == len(starts):
                states[stream, 0], states[stream, 1], states[stream, 2], states[stream, 3] = s0, s1, s2, s3
                return -1
            starts[count] = t
            factors[count] = factor
            cumulative[count] = 0.0
            if count > 0:
                cumulative[count] = cumulative[count - 1] + factors[count - 1] * (t - starts[count - 1])
            count += 1
        t = min(change, toggle)
        if t == toggle:
            burst = not burst
            mean = profiles.burst_length[index] if burst else profiles.burst_gap[index]
            toggle = t + spell(mean, states, stream) if bursts else NEVER
    return count


@inner_kernel
def clock(
    starts: NDArray[np.int64], cumulative: NDArray[np.float64], factors: NDArray[np.float64], count: int, t: int
) -> int:
    """Whole operating seconds passed at second ``t``: the integral of the factor, rounded down."""
    low = 0
    high = count
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= t:
            low = middle
        else:
            high = middle
    return int(min(cumulative[low] + factors[low] * (t - starts[low]), float(NEVER)))


@inner_kernel
def moment(
    starts: NDArray[np.int64], cumulative: NDArray[np.float64], factors: NDArray[np.float64], count: int, amount: int
) -> int:
    """First second at which ``clock`` has reached ``amount``; NEVER when it never does."""
    if amount <= 0:
        return 0
    low = 0
    high = count
    while high - low > 1:
        middle = (low + high) // 2
        if cumulative[middle] < amount:
            low = middle
        else:
            high = middle
    start = starts[low]
    before = cumulative[low]
    factor = factors[low]
    if factor <= 0.0:
        return NEVER
    wait = (amount - before) / factor
    if wait >= NEVER - start:
        return NEVER
    t = start + int(wait)
    # rounding of the division: settle on the exact second
    while t > start and before + factor * (t - 1 - start) >= amount:
        t -= 1
    while before + factor * (t - start) < amount:
        t += 1
    return int(t)
