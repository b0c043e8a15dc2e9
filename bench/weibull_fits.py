"""Weibull maximum likelihood, samples of 11 observations: fits per CPU second beside SciPy."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator

import mpmath
import numpy as np
from measuring import Measurement, timed
from numpy.typing import NDArray

from spareverse.statistics.weibull import fit_many

OBSERVATIONS = 11


def measure(*, quick: bool) -> Iterator[Measurement]:
    samples, theirs = (20_000, 20) if quick else (400_000, 200)
    values = np.random.default_rng(7).weibull(2.12, samples * OBSERVATIONS) * 81.79
    starts = np.arange(samples + 1) * OBSERVATIONS
    scipy_rate = _scipy_rate(values[: theirs * OBSERVATIONS].reshape(theirs, OBSERVATIONS))
    for name, censored in (
        ("complete samples", np.zeros(len(values), dtype=np.bool_)),
        ("20 % censored", np.random.default_rng(8).random(len(values)) < 0.2),
    ):
        _, cpu, fits = timed(lambda censored=censored: fit_many(values, censored, starts))
        beside = "scipy.stats.weibull_min.fit" if not censored.any() else "the same, without censoring"
        yield Measurement(name, samples / cpu, "/s", beside, scipy_rate, higher_is_better=True, cpu_seconds=cpu)
        if not censored.any():
            exact = 20 if quick else 200
            worst = max(
                abs(float(shape) / _exact_shape(sample) - 1)
                for shape, sample in zip(fits.shape[:exact], values.reshape(-1, OBSERVATIONS), strict=False)
            )
            yield Measurement("worst relative error of the shape", worst, "", f"50-digit solution, {exact} samples")


def _scipy_rate(samples: NDArray[np.float64]) -> float:
    from scipy.stats import weibull_min

    begin = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample in samples:
            weibull_min.fit(sample, floc=0)
    return len(samples) / (time.process_time() - begin)


def _exact_shape(sample: NDArray[np.float64]) -> float:
    """Root of the profile likelihood equation in 50 digits."""
    with mpmath.workdps(50):
        logs = [mpmath.log(mpmath.mpf(float(value))) for value in sample]
        mean = sum(logs) / len(logs)

        def slope(shape: mpmath.mpf) -> mpmath.mpf:
            powers = [mpmath.exp(shape * (log - mean)) for log in logs]
            return sum(p * log for p, log in zip(powers, logs, strict=True)) / sum(powers) - 1 / shape - mean

        spread = mpmath.sqrt(sum((log - mean) ** 2 for log in logs) / len(logs))
        return float(mpmath.findroot(slope, 1.2 / spread))
