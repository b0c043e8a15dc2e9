"""Where a stream changed, if it did: the best split in two, with the chance of so good a split without a change.

Counts: the likelihood ratio of two rates against one, at the split where it is largest. Given how many events there
were in all, their places in time no longer depend on the rate, so that the chance can be added up exactly, path by
path, over all splits; what crosses a boundary is added up, not taken from one, and small chances keep their digits.
Counts that scatter more than Poisson are negative binomial, given the total Dirichlet-multinomial.

Measured streams: Pettitt's test on ranks, free of any law; correlation between neighbours, seen in the first half, is
taken out of the statistic as it is for charts.

Sources: Worsley 1983 (exact chances, by recursion); Pettitt 1979.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.monitors.counts import LEAST_EVENTS, CountStreams, count_moments, dispersions
from spareverse.statistics.monitors.scores import LEAST

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

EDGE = 3
"""Periods either side has at the least."""
WORTH_A_LOOK = 3.5
"""Splits with a smaller log likelihood ratio happen by chance in every other stream; their p-value is given as 1."""
MANY = 5000
"""Totals beyond are taken as Poisson with so many events at the most, the ratio over the dispersion: its law no longer
depends on the total."""


@dataclass(frozen=True)
class Splits:
    """The best split of each watched stream."""

    stream: Integers
    at: Integers
    """First period (observation, counted within its stream) after the change."""
    upward: NDArray[np.bool_]
    statistic: Floats
    """Log likelihood ratio over the dispersion; of measured streams Pettitt's K."""
    p_value: Floats


def split_counts(streams: CountStreams) -> Splits:
    """Best splits of streams with enough events."""
    known = streams.periods - streams.first
    watched = np.flatnonzero((known >= 2 * EDGE) & (streams.total() >= LEAST_EVENTS))
    at, statistic, upward = np.empty(len(watched), np.int64), np.empty(len(watched)), np.empty(len(watched), np.bool_)
    events = (streams.starts, streams.period, streams.count, streams.first)
    run_in_chunks(
        lambda a, b: best_splits(*events, streams.periods, watched, a, b, at, statistic, upward), len(watched)
    )
    total, scatter = np.zeros(len(watched)), np.zeros(len(watched))
    # about the means of thirds: about those of the best split the scatter would look too small
    for third in range(3):
        begin, end = (streams.first + known * (third + k) // 3 for k in (0, 1))
        some, about = count_moments(streams.starts, streams.period, streams.count, begin, end, watched)
        total, scatter = total + some, scatter + about
    dispersion = dispersions(total, scatter, known[watched], pieces=3)
    p_value = np.ones(len(watched))
    look = np.flatnonzero(statistic >= WORTH_A_LOOK * dispersion)
    # the scatter of streams that are alike is alike, so that many share a question
    asked = np.stack([total[look], known[watched][look].astype(np.float64), dispersion[look], statistic[look]], axis=1)
    questions, which = np.unique(asked, axis=0, return_inverse=True)
    answers = np.ones(len(questions))
    run_in_chunks(lambda a, b: chances_of_splits(questions, a, b, answers), len(questions), chunk=64)
    p_value[look] = answers[which]
    return Splits(watched, at, upward, statistic / dispersion, p_value)


@kernel
def log_ratio(before: float, total: float, share: float) -> float:
    """Log likelihood ratio of two Poisson rates to one: ``before`` of ``total`` events in ``share`` of the time."""
    found = 0.0
    if before > 0.0:
        found += before * math.log(before / (total * share))
    if before < total:
        found += (total - before) * math.log((total - before) / (total * (1.0 - share)))
    return found


@kernel
def best_splits(
    starts: Integers, period: Integers, count: Integers, known_from: Integers, periods: int, watched: Integers,
    first: int, last: int, at: Integers, statistic: Floats, upward: NDArray[np.bool_],
) -> None:  # fmt: skip
    """The split of each stream with the largest likelihood ratio; between events it is largest at an end."""
    for n in range(first, last):
        i = watched[n]
        total = 0
        for e in range(starts[i], starts[i + 1]):
            if period[e] >= known_from[i]:
                total += count[e]
        length = periods - known_from[i]
        before = 0
        at[n], statistic[n] = known_from[i] + EDGE, -1.0
        e = starts[i]
        while e < starts[i + 1] and period[e] < known_from[i]:
            e += 1
        for split in range(1, length):
            while e < starts[i + 1] and period[e] - known_from[i] < split:
                before += count[e]
                e += 1
            if EDGE <= split <= length - EDGE:
                found = log_ratio(before, total, split / length)
                if found > statistic[n]:
                    statistic[n], at[n] = found, known_from[i] + split
                    upward[n] = before * length < total * split


@kernel
def _log_chance(x: int, mean: float, dispersion: float) -> float:
    if dispersion <= 1.0:
        return x * math.log(mean) - mean - math.lgamma(x + 1.0)
    shape = mean / (dispersion - 1.0)
    log = math.lgamma(x + shape) - math.lgamma(shape) - math.lgamma(x + 1.0)
    return log + x * math.log1p(-1.0 / dispersion) - shape * math.log(dispersion)


@kernel
def _within(total: int, share: float, ratio: float) -> tuple[int, int]:
    """(least, most) events before a split whose likelihood ratio stays below ``ratio``."""
    middle = min(max(int(total * share + 0.5), 0), total)
    low, high = -1, middle
    while high - low > 1:
        between = (low + high) // 2
        if log_ratio(between, total, share) < ratio:
            high = between
        else:
            low = between
    least = high
    low, high = middle, total + 1
    while high - low > 1:
        between = (low + high) // 2
        if log_ratio(between, total, share) < ratio:
            low = between
        else:
            high = between
    return least, low


@kernel
def chance_of_split(total: int, periods: int, dispersion: float, ratio: float) -> float:
    """P(some split's likelihood ratio reaches ``ratio`` | ``total`` events), all periods alike."""
    mean = total / periods
    spread = math.sqrt(mean * dispersion)
    fewest = max(0, int(mean - 9.0 * spread - 2.0))
    most = min(total, int(mean + 9.0 * spread + 25.0 * dispersion) + 1)
    step = np.empty(most + 1)
    for x in range(most + 1):
        step[x] = math.exp(_log_chance(x, mean, dispersion))
    whole = _log_chance(total, total * 1.0, dispersion)
    here, there, rest = np.zeros(total + 1), np.zeros(total + 1), np.zeros(total + 1)
    here[0] = 1.0
    low, high = 0, 0
    crossed = 0.0
    # a little below, so that the split itself counts as reached
    ratio *= 1.0 - 1e-9
    for split in range(1, periods - EDGE + 1):
        reach = min(total, high + most)
        least, largest = 0, total
        if split >= EDGE:
            least, largest = _within(total, split / periods, ratio)
        for c in range(low, reach + 1):
            there[c] = 0.0
            if c < least or c > largest:
                rest[c] = math.exp(_log_chance(total - c, mean * (periods - split), dispersion) - whole)
        for c in range(low, high + 1):
            mass = here[c]
            if mass < 1e-200:
                continue
            for x in range(fewest, min(most, total - c) + 1):
                to = c + x
                if to < least or to > largest:
                    crossed += mass * step[x] * rest[to]
                else:
                    there[to] += mass * step[x]
        low, high = max(low, least), min(reach, largest)
        here, there = there, here
        if low > high:
            break
    return min(crossed, 1.0)


@kernel
def chances_of_splits(questions: Floats, first: int, last: int, answers: Floats) -> None:
    """Chances of rows (total, periods, dispersion, likelihood ratio)."""
    for k in range(first, last):
        total, dispersion, ratio = questions[k, 0], questions[k, 2], questions[k, 3]
        if total > MANY:
            total, ratio, dispersion = min(total / dispersion, MANY), ratio / dispersion, 1.0
        answers[k] = chance_of_split(int(total), int(questions[k, 1]), dispersion, ratio)


def split_values(starts: Integers, values: Floats) -> Splits:
    """Best splits of measured streams ``values[starts[i]:starts[i + 1]]`` by ranks, and Pettitt's p-values."""
    lengths = np.diff(starts)
    watched = np.flatnonzero(lengths >= LEAST)
    at, statistic, upward = np.empty(len(watched), np.int64), np.empty(len(watched)), np.empty(len(watched), np.bool_)
    run_in_chunks(
        lambda a, b: rank_splits(starts, values, watched, a, b, at, statistic, upward), len(watched), chunk=64
    )
    n = lengths[watched].astype(np.float64)
    p_value = np.minimum(1.0, 2.0 * np.exp(-6.0 * statistic**2 / (n**3 + n**2)))
    return Splits(watched, at, upward, statistic, p_value)


@kernel
def rank_splits(
    starts: Integers, values: Floats, watched: Integers, first: int, last: int, at: Integers, statistic: Floats,
    upward: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Where the sum of the ranks so far is farthest from what it would be without a change."""
    for n in range(first, last):
        own = values[starts[watched[n]] : starts[watched[n] + 1]]
        length = len(own)
        order = np.argsort(own, kind="mergesort")
        rank = np.empty(length)
        k = 0
        while k < length:
            j = k
            while j + 1 < length and own[order[j + 1]] == own[order[k]]:
                j += 1
            for m in range(k, j + 1):
                rank[order[m]] = 0.5 * (k + j) + 1.0
            k = j + 1
        both, squares = 0.0, 0.0
        for t in range(1, length // 2):
            both += (rank[t] - 0.5 * (length + 1)) * (rank[t - 1] - 0.5 * (length + 1))
            squares += (rank[t] - 0.5 * (length + 1)) ** 2
        correlation = min(max(both / squares, 0.0), 0.9) if squares > 0.0 else 0.0
        total = 0.0
        at[n], statistic[n] = 1, -1.0
        for t in range(length - 1):
            total += 2.0 * rank[t] - (length + 1)
            if abs(total) > statistic[n]:
                statistic[n], at[n], upward[n] = abs(total), t + 1, total < 0.0
        statistic[n] *= math.sqrt((1.0 - correlation) / (1.0 + correlation))
