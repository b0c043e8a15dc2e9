"""Has a stream of counts become more erratic? Its variance over its mean, of one stretch of time against another.

Variance over mean is free of the rate: more of the same demand is no alarm, demand in bursts is. Its logarithm has, for
negative binomial counts of mean m and dispersion f in n periods, the variance 2 / (n - 1) + (3 f - 4 + 1 / f) / (m n)
(delta method on the moments); the ratio of two is held against an F law with as many degrees of freedom as that says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, ndtri

from spareverse.statistics.monitors.counts import CountStreams, count_moments

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_PERIODS, LEAST_EVENTS = 12, 24
"""Of either side."""


@dataclass(frozen=True)
class DispersionChanges:
    """Variance over mean of each watched stream on both sides of its split, with 95 % limits."""

    stream: Integers
    at: Integers
    """First period of the later side."""
    ratio: Floats
    """Later over earlier."""
    p_value: Floats
    """Of a change in either direction."""
    before: tuple[Floats, Floats, Floats]
    """Value, lower, upper limit."""
    after: tuple[Floats, Floats, Floats]


def compare_dispersions(streams: CountStreams, later_share: float = 0.5) -> DispersionChanges:
    """The last ``later_share`` of each stream's known periods against what was before."""
    at = streams.periods - np.round((streams.periods - streams.first) * later_share).astype(np.int64)
    sides = ((streams.first, at), (at, np.full(len(streams), streams.periods)))
    enough = np.ones(len(streams), np.bool_)
    for begin, end in sides:
        enough &= (end - begin >= LEAST_PERIODS) & (streams.between(begin, end) >= LEAST_EVENTS)
    stream = np.flatnonzero(enough)
    values, logs = [], []
    for begin, end in sides:
        events, scatter = count_moments(streams.starts, streams.period, streams.count, begin, end, stream)
        periods = (end - begin)[stream].astype(np.float64)
        values.append(np.maximum(scatter / (periods - 1.0), 1e-9))
        logs.append((events, periods))
    weights = [periods - 1.0 for _, periods in logs]
    common = np.maximum((weights[0] * values[0] + weights[1] * values[1]) / (weights[0] + weights[1]), 1.0)
    variances = [_log_variance(common, events, periods) for events, periods in logs]
    ratio = values[1] / values[0]
    above = fdtrc(2.0 / variances[1], 2.0 / variances[0], ratio)
    below = fdtrc(2.0 / variances[0], 2.0 / variances[1], 1.0 / ratio)
    limits = [_limits(value, events, periods) for value, (events, periods) in zip(values, logs, strict=True)]
    p_value = np.minimum(1.0, 2.0 * np.minimum(above, below))
    return DispersionChanges(stream, at[stream], ratio, p_value, limits[0], limits[1])


def _log_variance(dispersion: Floats, events: Floats, periods: Floats) -> Floats:
    """Of the logarithm of variance over mean; ``events`` are the mean count times the periods."""
    return 2.0 / (periods - 1.0) + np.maximum(3.0 * dispersion - 4.0 + 1.0 / dispersion, 0.0) / events


def _limits(value: Floats, events: Floats, periods: Floats) -> tuple[Floats, Floats, Floats]:
    half = float(ndtri(0.975)) * np.sqrt(_log_variance(np.maximum(value, 1.0), events, periods))
    return value, value * np.exp(-half), value * np.exp(half)
