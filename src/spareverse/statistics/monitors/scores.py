"""Charts of measured streams (lead times, delays), free of any law: CUSUM and EWMA of sequential normal scores.

An observation's rank among all of its stream so far is, as long as nothing changes, uniform and independent of the
ranks before it, whatever the law of the observations. Ranks become normal scores; so nothing is estimated, and the run
lengths of normal charts hold as they stand. The price: what has changed slowly becomes part of the past.

An open observation (a delivery still to come) is known to be larger than a bound: it counts with the score it is then
expected to have, which leaves the mean of the chart at zero and makes it calmer.

Sources: McDonald 1990; Hawkins 1987 (charts that start by themselves); Lombard & van Zyl 2018 (sequential ranks).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.special import normal_quantile
from spareverse.statistics.monitors.chart import Charts
from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.run_length import (
    cusum_limit,
    cusum_run_lengths,
    ewma_limit,
    ewma_run_lengths,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WARM_UP = 10
"""Observations that only serve as a past."""
LEAST = 25
"""Streams with fewer observations are not watched."""
K = 0.25
"""Best against shifts of half a standard deviation."""
WEIGHT = 0.1
RUN_LENGTH = 1000.0


def watch_values(
    starts: Integers,
    values: Floats,
    open_ended: NDArray[np.bool_],
    *,
    run_length: float = RUN_LENGTH,
    past: Integers | None = None,
) -> dict[tuple[str, str], Charts]:
    """Charts (CUSUM and EWMA, up and down) of streams ``values[starts[i]:starts[i + 1]]`` in their order of time.

    open_ended
        Whether a value is only known to be larger than given.
    run_length
        Wanted observations between false alarms of one chart.
    past
        So many of each stream's first observations only serve as its past, WARM_UP at the least.
    """
    lengths = np.diff(starts)
    watched = np.flatnonzero(lengths >= LEAST)
    begin = np.full(len(watched), WARM_UP) if past is None else np.maximum(past[watched], WARM_UP)
    scores = np.zeros(len(values))
    run_in_chunks(lambda a, b: score(watched, starts, values, open_ended, a, b, scores), len(watched), chunk=64)
    limits = {"CUSUM": cusum_limit(K, run_length), "EWMA": ewma_limit(WEIGHT, run_length, two_sided=False)}
    unit = math.sqrt(WEIGHT / (2.0 - WEIGHT))
    tables = {"CUSUM": cusum_run_lengths(K, 24.0), "EWMA": ewma_run_lengths(WEIGHT, 6.0)}
    found = {}
    for monitor, limit in limits.items():
        for direction, sign in (("up", 1.0), ("down", -1.0)):
            highest, since, raised, noticed = np.empty(len(watched)), *np.empty((3, len(watched)), np.int64)
            weight, bound = (WEIGHT, limit * unit) if monitor == "EWMA" else (0.0, limit)
            run_in_chunks(
                lambda a, b, sign=sign, weight=weight, bound=bound, out=(highest, since, raised, noticed): (  # type: ignore[misc]
                    walk_scores(watched, starts, begin, scores, sign, K, weight, bound, a, b, *out)
                ),
                len(watched),
            )
            statistic = highest / unit if monitor == "EWMA" else highest
            p_value = _p_values(statistic, np.maximum(lengths[watched] - begin, 1), *tables[monitor])
            p_value[raised == NEVER] = 1.0
            found[monitor, direction] = Charts(
                watched, statistic, np.full(len(watched), limit), np.full(len(watched), run_length), p_value, since,
                raised, noticed,
            )  # fmt: skip
    return found


def _p_values(statistic: Floats, observations: Integers, limits: Floats, logs: Floats) -> Floats:
    """Chance of so high a value within so many observations: run lengths are nearly geometric.

    Charts begin at zero, where an alarm is farther than on average, so that the chance is a little overstated. Beyond
    the table the logarithm of the run length goes on as a straight line.
    """
    slope = (logs[-1] - logs[-2]) / (limits[-1] - limits[-2])
    log = np.interp(statistic, limits, logs) + slope * np.maximum(statistic - limits[-1], 0.0)
    found: Floats = -np.expm1(observations * np.log1p(-np.exp(-np.maximum(log, 1e-9))))
    return found


@kernel
def score(
    watched: Integers, starts: Integers, values: Floats, open_ended: NDArray[np.bool_], first: int, last: int,
    scores: Floats,
) -> None:  # fmt: skip
    """Sequential normal scores of variance one, those of the warm-up zero; calmed where neighbours go together."""
    for n in range(first, last):
        begin, end = starts[watched[n]], starts[watched[n] + 1]
        own = values[begin:end]
        order = np.argsort(own, kind="mergesort")
        place = np.empty(len(own), np.int64)
        # values that are equal share a place
        k = 0
        for j in range(len(own)):
            if j > 0 and own[order[j]] != own[order[j - 1]]:
                k += 1
            place[order[j]] = k
        below = np.zeros(k + 2, np.int64)
        alike = np.zeros(k + 1, np.int64)
        for t in range(len(own)):
            less = 0
            b = place[t]
            while b > 0:
                less += below[b]
                b -= b & -b
            u = (less + 0.5 * alike[place[t]] + 0.5) / (t + 1)
            if t >= WARM_UP:
                z = normal_quantile(u)
                if open_ended[begin + t]:
                    z = math.exp(-0.5 * z * z) / (math.sqrt(2.0 * math.pi) * (1.0 - u))
                scores[begin + t] = z / math.sqrt(_variance(t + 1))
            alike[place[t]] += 1
            b = place[t] + 1
            while b < len(below):
                below[b] += 1
                b += b & -b
        _calm(scores[begin:end])


@kernel
def _variance(count: int) -> float:
    """Of the normal scores of ``count`` equally likely ranks; from 400 on by its limit, to 0.1 %."""
    if count > 400:
        return 1.0 - 1.3 / count
    total = 0.0
    for j in range(count):
        z = normal_quantile((j + 0.5) / count)
        total += z * z
    return total / count


@kernel
def _calm(scores: Floats) -> None:
    """Divide by what correlation between neighbours adds to the deviation of their sums, seen in the first half."""
    half = WARM_UP + max(LEAST - WARM_UP, (len(scores) - WARM_UP) // 2)
    half = min(half, len(scores))
    both, squares = 0.0, 0.0
    for t in range(WARM_UP, half):
        squares += scores[t] * scores[t]
        if t > WARM_UP:
            both += scores[t] * scores[t - 1]
    if squares <= 0.0:
        return
    # half a standard error less, or streams without correlation would be calmed by chance
    correlation = min(both / squares - 0.5 / math.sqrt(half - WARM_UP), 0.9)
    if correlation > 0.0:
        factor = math.sqrt((1.0 - correlation) / (1.0 + correlation))
        for t in range(len(scores)):
            scores[t] *= factor


@kernel
def walk_scores(
    watched: Integers, starts: Integers, past: Integers, scores: Floats, sign: float, k: float, weight: float,
    limit: float, first: int, last: int, highest: Floats, since: Integers, raised: Integers, noticed: Integers,
) -> None:  # fmt: skip
    """One-sided charts: a CUSUM where ``weight`` is zero, else an EWMA that does not fall below zero."""
    for n in range(first, last):
        begin, end = starts[watched[n]], starts[watched[n] + 1]
        s = 0.0
        climb, crossed = 0, NEVER
        highest[n], since[n], raised[n], noticed[n] = 0.0, NEVER, NEVER, NEVER
        for t in range(past[n], end - begin):
            if s <= 0.0:
                climb, crossed = t, NEVER
            z = sign * scores[begin + t]
            s = max(0.0, (1.0 - weight) * s + weight * z if weight > 0.0 else s + z - k)
            if s > limit and crossed == NEVER:
                crossed = t
                if noticed[n] == NEVER:
                    noticed[n] = t
            if s > highest[n]:
                highest[n], since[n], raised[n] = s, climb, crossed
