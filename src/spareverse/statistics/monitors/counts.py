"""CUSUM charts of counts per period (demand lines of parts, say), very many streams at once.

Each stream's own past, its reference, says what is usual; the rest is watched. A reference is short, so the usual rate
is known badly, and a chart that trusts the estimate raises several times the alarms it was designed for. Here limits
and p-values are predictive: chances are averaged over the gamma law of the rate given the reference, with one event
added for upward charts and none for downward ones, which makes the test of the plain totals exact (the binomial test
given both totals) and errs to the safe side.

Counts that scatter more than Poisson are negative binomial with a dispersion (variance over mean) of at least one,
each stream's own estimate, within reference and watch apart, drawn to that of streams as busy as it.

Sources: Page 1954; Lucas 1985; Clopper & Pearson 1934 (the two rates); Gandy & Kvaløy 2013 (estimated charts).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.special import gamma_quantile
from spareverse.statistics.monitors.chart import Charts
from spareverse.statistics.monitors.excursions import (
    NEVER,
    chances_of_excursions,
    limits_of_charts,
    walk_down,
    walk_up,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_REFERENCE = 12
"""Periods of reference at the least."""
LEAST_EVENTS = 6
"""Streams with fewer events in all cannot tell a change from chance, and are not watched."""
RUN_LENGTH = 1000.0
"""Periods between false alarms of one chart, by default."""
NODES = 10
UNITS_A_DEVIATION = 6.0
"""Large counts are taken in units of a sixth of their deviation; rounding adds 1 in 400 to the variance."""
STEPS_OF_K = 4.0
"""Lattice steps of the reference value k, where it is small."""
HIGHEST = 20_000
RATIO_STEP = 1.25
"""Dispersions are taken up to the next power of this: streams that are alike share a chart."""


@dataclass(frozen=True)
class CountStreams:
    """Counts per period of many streams, zeros left out."""

    starts: Integers
    """[streams + 1] where a stream's events begin."""
    period: Integers
    """[events] ascending within a stream, no period twice."""
    count: Integers
    """[events] > 0"""
    first: Integers
    """[streams] first period that is known."""
    periods: int
    """Periods in all; the last one is periods - 1."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def total(self) -> Integers:
        """[streams] events in all."""
        return self.between(np.zeros(len(self), np.int64), np.full(len(self), self.periods))

    def between(self, begin: Integers, end: Integers) -> Integers:
        """[streams] events in periods [begin, end)."""
        stream = np.repeat(np.arange(len(self)), np.diff(self.starts))
        inside = (self.period >= begin[stream]) & (self.period < end[stream])
        return np.bincount(stream[inside], self.count[inside], len(self)).astype(np.int64)


def watch_counts(
    streams: CountStreams,
    *,
    upward: bool,
    reference_share: float = 0.5,
    reference: Integers | None = None,
    run_length: float = RUN_LENGTH,
    ratio: float | None = None,
) -> Charts:
    """Charts of all streams with enough events and known periods.

    reference_share
        Share of a stream's known periods that is its reference.
    reference
        Instead: so many of each stream's known periods, LEAST_REFERENCE at the least.
    run_length
        Wanted periods between false alarms.
    ratio
        Change of the rate the charts are best at; by default what 1.5 standard deviations of a count amount to,
        between a quarter and a tripling.
    """
    known = streams.periods - streams.first
    wanted = np.round(known * reference_share).astype(np.int64) if reference is None else reference
    split = np.maximum(LEAST_REFERENCE, wanted)
    watched = np.flatnonzero((known - split >= 1) & (streams.total() >= LEAST_EVENTS))
    begin = streams.first + split
    end = np.full(len(streams), streams.periods)
    usual, before = count_moments(streams.starts, streams.period, streams.count, streams.first, begin, watched)
    later, after = count_moments(streams.starts, streams.period, streams.count, begin, end, watched)
    dispersion = dispersions(usual + later, before + after, known[watched])
    keys = np.stack([_rounded(usual), split[watched], known[watched] - split[watched], dispersion], axis=1)
    charts, which = np.unique(keys, axis=0, return_inverse=True)
    design = _design(charts, upward=upward, ratio=ratio, run_length=run_length)
    unit, q = design.unit[which], design.q[which]
    r, limit = unit * design.r[which], unit * design.limit[which]
    highest, since, raised, noticed = out = tuple(np.empty(len(watched), np.int64) for _ in range(4))
    inner = _chosen(streams, watched)
    if upward:
        run_in_chunks(lambda a, b: walk_up(*inner, begin[watched], r, q, limit, a, b, *out), len(watched))
    else:
        run_in_chunks(
            lambda a, b: walk_down(*inner, begin[watched], streams.periods, r, q, limit, a, b, *out), len(watched)
        )
    p_value = np.ones(len(watched))
    over = np.flatnonzero(raised != NEVER)
    p_value[over] = design.p_values(which[over], highest[over] // unit[over], upward=upward)
    steps = q.astype(np.float64)
    return Charts(watched, highest / steps, limit / steps, design.run_length[which], p_value, since, raised, noticed)


@dataclass(frozen=True)
class _Design:
    """Charts that differ in what they know of the rate, or in how long they watch."""

    rates: Floats
    weights: Floats
    dispersion: Floats
    unit: Integers
    """Events; above one the chances are of counts rounded to this."""
    r: Integers
    q: Integers
    periods: Integers
    limit: Integers
    chance: Floats

    @property
    def run_length(self) -> Floats:
        return np.where(self.chance > 0.0, self.periods / np.maximum(self.chance, 1e-300), math.inf)

    def p_values(self, chart: Integers, height: Integers, *, upward: bool) -> Floats:
        # equal excursions of equal charts have equal chances
        pairs, which = np.unique(np.stack([chart, height], axis=1), axis=0, return_inverse=True)
        chart, height = np.ascontiguousarray(pairs.T)
        found = np.ones(len(chart))
        highest = int(min(HIGHEST, 8 * self.limit.max())) if len(chart) else 0
        run_in_chunks(
            lambda a, b: chances_of_excursions(
                chart, height, self.rates, self.weights, self.dispersion, self.unit, self.r, self.q, self.periods,
                upward, highest, a, b, found,
            ),
            len(chart), chunk=16,
        )  # fmt: skip
        return found[which]


def _design(charts: Floats, *, upward: bool, ratio: float | None, run_length: float) -> _Design:
    usual, reference, periods, dispersion = charts.T
    mean = (usual + 0.5) / reference
    jump = np.clip(1.0 + 1.5 * np.sqrt(dispersion / mean), 1.25, 3.0) if ratio is None else np.full(len(mean), ratio)
    jump = jump if upward else 1.0 / jump
    k = mean * (jump - 1.0) / np.log(jump)
    unit = np.maximum(1, np.round(np.sqrt(mean * dispersion) / UNITS_A_DEVIATION)).astype(np.int64)
    q = np.maximum(1, np.round(STEPS_OF_K / k)).astype(np.int64)
    r = np.maximum(1, np.round(k * q / unit)).astype(np.int64)
    shape = usual / dispersion + (1.0 if upward else 0.0)
    rates, weights = _gamma_nodes(np.maximum(shape, 1e-3), reference / dispersion)
    limit, chance = np.empty(len(charts), np.int64), np.empty(len(charts))
    length = periods.astype(np.int64)
    wanted = np.minimum(periods / run_length, 0.5)
    run_in_chunks(
        lambda a, b: limits_of_charts(
            rates, weights, dispersion, unit, r, q, length, upward, wanted, HIGHEST, a, b, limit, chance
        ),
        len(charts), chunk=8,
    )  # fmt: skip
    return _Design(rates, weights, dispersion, unit, r, q, length, limit, chance)


def _gamma_nodes(shape: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """[charts, NODES] Gauss-Laguerre nodes and weights of gamma laws (Golub & Welsch 1969)."""
    steps = np.arange(NODES)
    matrices = np.zeros((len(shape), NODES, NODES))
    matrices[:, steps, steps] = 2.0 * steps + shape[:, None]
    beside = np.sqrt(steps[1:] * (steps[1:] - 1.0 + shape[:, None]))
    matrices[:, steps[1:], steps[:-1]] = beside
    nodes, vectors = np.linalg.eigh(matrices)
    return np.maximum(nodes, 1e-12) / rate[:, None], np.ascontiguousarray(vectors[:, 0, :] ** 2)


@kernel
def count_moments(
    starts: Integers, period: Integers, count: Integers, begin: Integers, end: Integers, chosen: Integers
) -> tuple[Floats, Floats]:
    """Events of each chosen stream in [begin, end), and Pearson's sum of squares about their mean."""
    total, deviance = np.zeros(len(chosen)), np.zeros(len(chosen))
    for n in range(len(chosen)):
        i = chosen[n]
        squares = 0
        events = 0
        for e in range(starts[i], starts[i + 1]):
            if begin[i] <= period[e] < end[i]:
                events += count[e]
                squares += count[e] * count[e]
        total[n] = events
        if events > 0:
            deviance[n] = squares * (end[i] - begin[i]) / events - events
    return total, deviance


def dispersions(events: Floats, deviance: Floats, periods: Integers, pieces: int = 2) -> Floats:
    """Each stream's variance over mean, drawn to that of streams as busy; at least 1, up to the next step.

    ``deviance`` is Pearson's sum about the means of so many pieces of the time, so that a change hardly adds to it. The
    weights follow the variance of Pearson's statistic, which grows where counts are small.
    """
    busy = np.floor(2.0 * np.log2(events + 1.0)).astype(np.int64)
    degrees = periods - float(pieces)
    pooled = np.maximum(np.bincount(busy, deviance) / np.maximum(np.bincount(busy, degrees), 1.0), 1.0)[busy]
    trust = degrees / (degrees + 30.0 + 15.0 * periods / events)
    mixed = np.maximum(trust * deviance / degrees + (1.0 - trust) * pooled, 1.0)
    steps = np.ceil(np.log(mixed) / math.log(RATIO_STEP) - 0.25)
    return np.maximum(RATIO_STEP**steps, 1.0)


def _rounded(events: Floats) -> Floats:
    """Events to one in thirty-two: large totals that differ by less share a chart."""
    exponent = np.maximum(np.floor(np.log2(np.maximum(events, 1.0))) - 5.0, 0.0)
    found: Floats = np.round(events / 2.0**exponent) * 2.0**exponent
    return found


def _chosen(streams: CountStreams, watched: Integers) -> tuple[Integers, Integers, Integers]:
    """Starts, period and count of the watched streams only."""
    lengths = np.diff(streams.starts)
    keep = np.zeros(len(streams), np.bool_)
    keep[watched] = True
    rows = np.repeat(keep, lengths)
    starts = np.concatenate([[0], np.cumsum(lengths[watched])]).astype(np.int64)
    return starts, streams.period[rows], streams.count[rows]


def rate_limits(events: Floats, periods: Floats) -> tuple[Floats, Floats, Floats]:
    """Rate per period and its exact 95 % limits (Garwood 1936)."""
    low = np.array([gamma_quantile(n, 0.025) if n > 0 else 0.0 for n in events])
    high = np.array([gamma_quantile(n + 1.0, 0.975) for n in events])
    return events / periods, low / periods, high / periods
