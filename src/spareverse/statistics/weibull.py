"""Two-parameter Weibull by maximum likelihood under right censoring and delayed entry, many samples in one call.

Samples lie end to end: sample i is ``values[starts[i]:starts[i + 1]]``. Times are in days, or hours of work.
S(t) = exp(-(t / scale) ** shape). Source: Lawless, Statistical Models and Methods for Lifetime Data
(2nd ed. 2003), section 5.2: the scale is profiled out and the shape is the root of one equation. Delayed entry
(left truncation, section 2.4): what is only seen because it had reached an age when observation began counts from
that age on, so t^shape becomes t^shape - entry^shape throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import NotEnoughData
from spareverse.jit import kernel, run_in_chunks
from spareverse.network.distributions import Weibull

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]

FITTED, NO_FAILURE, NO_SPREAD = 0, 1, 2
NO_ENTRY: Floats = np.empty(0)
"""Everything was observed from its beginning."""
LEAST_SHAPE, MOST_SHAPE = 0.02, 200.0
"""Under delayed entry the likelihood may rise towards a shape of nought or without bound: beyond these, no fit."""


@dataclass(frozen=True)
class WeibullFits:
    """Maximum likelihood fits of many samples; NaN where ``status`` is not FITTED."""

    shape: Floats
    scale: Floats
    log_likelihood: Floats
    status: Integers


@dataclass(frozen=True)
class WeibullFit:
    """The fit of one sample."""

    distribution: Weibull
    log_likelihood: float
    failures: int
    censored: int


@kernel
def _profile(logs: Floats, count: int, entered: int, top: float, shape: float) -> tuple[float, float, float]:
    """Sums of t^shape, t^shape ln t, t^shape (ln t)^2 with times relative to the largest, less those of the entries.

    ``logs`` holds ``count`` times from its beginning and ``entered`` ages at entry from its end.
    """
    s0 = 0.0
    s1 = 0.0
    s2 = 0.0
    for j in range(count):
        y = logs[j] - top
        weight = math.exp(shape * y)
        s0 += weight
        s1 += weight * y
        s2 += weight * y * y
    for j in range(len(logs) - entered, len(logs)):
        y = logs[j] - top
        weight = math.exp(shape * y)
        s0 -= weight
        s1 -= weight * y
        s2 -= weight * y * y
    return s0, s1, s2


@kernel
def fit_range(
    values: Floats,
    censored: Booleans,
    entry: Floats,
    starts: Integers,
    first: int,
    last: int,
    out: Floats,
    status: Integers,
) -> None:
    """Fit samples first..last-1; out rows are (shape, scale, log-likelihood)."""
    delayed = len(entry) > 0
    longest = 0
    for i in range(first, last):
        longest = max(longest, starts[i + 1] - starts[i])
    logs = np.empty(2 * longest if delayed else longest)
    for i in range(first, last):
        n = 0
        entered = 0
        failures = 0
        top = -math.inf
        mean = 0.0
        square = 0.0
        for j in range(starts[i], starts[i + 1]):
            if values[j] <= 0.0 or (delayed and entry[j] >= values[j]):
                continue
            y = math.log(values[j])
            logs[n] = y
            if delayed and entry[j] > 0.0:
                entered += 1
                logs[len(logs) - entered] = math.log(entry[j])
            n += 1
            top = max(top, y)
            if not censored[j]:
                failures += 1
                mean += y
                square += y * y
        out[i, 0] = math.nan
        out[i, 1] = math.nan
        out[i, 2] = math.nan
        if failures == 0:
            status[i] = 1
            continue
        sum_logs = mean
        mean /= failures
        # Without spread below the largest time the likelihood grows without bound in the shape.
        if mean >= top - 1e-12:
            status[i] = 2
            continue
        spread = math.sqrt(max(square / failures - mean * mean, 0.0)) if failures > 1 else 0.0
        shape = 1.2 / spread if spread > 1e-3 else 1.0
        target = mean - top
        s0 = 1.0
        for _ in range(200):
            s0, s1, s2 = _profile(logs, n, entered, top, shape)
            ratio = s1 / s0
            error = ratio - 1.0 / shape - target
            slope = s2 / s0 - ratio * ratio + 1.0 / (shape * shape)
            step = -error / slope
            # Ages at entry may bend the equation: then go where the likelihood rises, in bounded steps.
            if entered > 0 and (slope <= 0.0 or step > shape):
                step = shape if error < 0.0 else -0.5 * shape
            if shape + step <= 0.0:
                step = -0.5 * shape
            if entered > 0 and not LEAST_SHAPE < shape + step < MOST_SHAPE:
                status[i] = 2
                break
            status[i] = 0
            shape += step
            # Newton squares the error: a step this small leaves nothing for a further pass.
            if abs(step) <= 1e-6 * shape:
                s0 += step * (s1 + 0.5 * step * s2)
                break
        if status[i] != 0:
            continue
        log_scale = top + math.log(s0 / failures) / shape
        out[i, 0] = shape
        out[i, 1] = math.exp(log_scale)
        out[i, 2] = failures * (math.log(shape) - shape * log_scale) + (shape - 1.0) * sum_logs - failures


def fit_many(values: Floats, censored: Booleans, starts: Integers, entry: Floats = NO_ENTRY) -> WeibullFits:
    """Fit every sample. ``values`` [days] and ``censored`` have one entry per observation,
    ``starts`` one more than there are samples; ``entry`` [days], where given, is the age at which observation began.
    Times <= 0 are left out (see ``pooling`` for them), and so are times at or before their entry."""
    count = len(starts) - 1
    out = np.empty((count, 3))
    status = np.empty(count, dtype=np.int64)
    run_in_chunks(
        lambda first, last: fit_range(values, censored, entry, starts, first, last, out, status), count, chunk=8192
    )
    return WeibullFits(out[:, 0], out[:, 1], out[:, 2], status)


def fit(values: Floats, censored: Booleans | None = None, entry: Floats = NO_ENTRY) -> WeibullFit:
    """Fit one sample; NotEnoughData says why a sample cannot be fitted."""
    values = np.ascontiguousarray(values, dtype=np.float64)
    flags = (
        np.zeros(len(values), dtype=np.bool_) if censored is None else np.ascontiguousarray(censored, dtype=np.bool_)
    )
    fits = fit_many(values, flags, np.array([0, len(values)], dtype=np.int64), entry)
    failures = int(np.sum(~flags & (values > 0)))
    if fits.status[0] == NO_FAILURE:
        raise NotEnoughData("A Weibull fit needs at least one completed observation; all are censored or zero.")
    if fits.status[0] == NO_SPREAD:
        raise NotEnoughData(
            "A Weibull fit needs observations that differ; all completed ones equal the largest, or the ages at which "
            "they came under observation leave the shape open."
        )
    distribution = Weibull(float(fits.shape[0]), float(fits.scale[0]))
    return WeibullFit(distribution, float(fits.log_likelihood[0]), failures, int(flags.sum()))
