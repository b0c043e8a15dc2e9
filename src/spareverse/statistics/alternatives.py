"""Other models of the same data, compared by AICc (Hurvich & Tsai 1989).

Lead times and lives: Weibull, exponential, gamma, log-normal, all with right censoring and delayed entry. Demand over
completed cycles: Poisson, negative binomial and compound Poisson with geometric order sizes (Polya-Aeppli), the mean
growing with the length of the cycle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from spareverse.errors import NotEnoughData
from spareverse.statistics.weibull import fit as fit_weibull

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

MOST_PIECES = 2000


@dataclass(frozen=True)
class Alternative:
    """One fitted model; parameters in the unit of the data (days or pieces), rates per day."""

    name: str
    parameters: dict[str, float]
    log_likelihood: float
    aicc: float
    """Infinite where there are too few observations for the number of parameters."""


def lead_time_alternatives(
    values: Floats, censored: Booleans | None = None, entry: Floats | None = None
) -> list[Alternative]:
    """Fits of times > 0 [days], best first; ``entry`` is the age at which each came under observation.

    NotEnoughData as for the Weibull.
    """
    values = np.asarray(values, dtype=np.float64)
    flags = np.zeros(len(values), dtype=np.bool_) if censored is None else np.asarray(censored, dtype=np.bool_)
    began = np.zeros(len(values)) if entry is None else np.asarray(entry, dtype=np.float64)
    kept = values > began
    values, flags, began = values[kept], flags[kept], began[kept]
    weibull = fit_weibull(values, flags, began)
    failed, alive = values[~flags], values[flags]
    size = len(failed)
    shape, scale = weibull.distribution.shape, weibull.distribution.scale
    rate = size / (values - began).sum()
    late = began[began > 0]
    found = [
        _alternative("Weibull", {"shape": shape, "scale": scale}, weibull.log_likelihood, size),
        _alternative("exponential", {"mean": 1.0 / rate}, size * math.log(rate) - size, size),
    ]

    def gamma(x: Floats) -> float:
        a, b = np.exp(x)
        density = (a - 1) * np.log(failed) - failed / b - a * math.log(b) - special.gammaln(a)
        return float(
            density.sum() + _log(special.gammaincc(a, alive / b)).sum() - _log(special.gammaincc(a, late / b)).sum()
        )

    def log_normal(x: Floats) -> float:
        mu, sigma = x[0], math.exp(x[1])
        z = (np.log(failed) - mu) / sigma
        density = -0.5 * z**2 - np.log(failed) - x[1] - 0.5 * math.log(2 * math.pi)
        outlived, entered = (special.log_ndtr(-(np.log(ages) - mu) / sigma).sum() for ages in (alive, late))
        return float(density.sum() + outlived - entered)

    spread = max(float(np.log(failed).std()), 0.05)
    x, height = _maximum(gamma, [math.log(1 / spread**2), math.log(failed.mean() * spread**2)])
    found.append(_alternative("gamma", {"shape": math.exp(x[0]), "scale": math.exp(x[1])}, height, size))
    x, height = _maximum(log_normal, [float(np.log(failed).mean()), math.log(spread)])
    found.append(_alternative("log-normal", {"mu": float(x[0]), "sigma": math.exp(x[1])}, height, size))
    return sorted(found, key=lambda model: (model.aicc, -model.log_likelihood))


def demand_alternatives(pieces: Floats, days: Floats) -> list[Alternative]:
    """Fits of the pieces sold in completed cycles of ``days`` > 0, best first. NotEnoughData below two cycles."""
    pieces, days = np.asarray(pieces, dtype=np.float64), np.asarray(days, dtype=np.float64)
    kept = days > 0
    pieces, days = np.round(pieces[kept]), days[kept]
    if len(pieces) < 2 or pieces.sum() == 0:
        raise NotEnoughData("Comparing demand models needs two completed cycles, one of them with a sale.")
    rate = float(pieces.sum() / days.sum())
    size = len(pieces)
    poisson = float((pieces * np.log(rate * days) - rate * days - special.gammaln(pieces + 1)).sum())
    found = [_alternative("Poisson", {"rate": rate}, poisson, size)]

    def negative_binomial(x: Floats) -> float:
        mean, k = math.exp(x[0]) * days, math.exp(x[1])
        chances = special.gammaln(k + pieces) - special.gammaln(k) - special.gammaln(pieces + 1)
        return float((chances + k * np.log(k / (k + mean)) + pieces * np.log(mean / (k + mean))).sum())

    x, height = _maximum(negative_binomial, [math.log(rate), 0.0])
    parameters = {"rate": math.exp(x[0]), "dispersion": math.exp(-x[1])}
    found.append(_alternative("negative binomial", parameters, height, size))
    if pieces.max() <= MOST_PIECES:

        def polya_aeppli(x: Floats) -> float:
            mean_size = 1.0 + math.exp(x[1])
            return float(_log(_polya_aeppli(pieces, math.exp(x[0]) / mean_size * days, 1.0 - 1.0 / mean_size)).sum())

        x, height = _maximum(polya_aeppli, [math.log(rate), 0.0])
        mean_size = 1.0 + math.exp(x[1])
        parameters = {"order_rate": math.exp(x[0]) / mean_size, "order_size": mean_size}
        found.append(_alternative("compound Poisson", parameters, height, size))
    return sorted(found, key=lambda model: (model.aicc, -model.log_likelihood))


def _polya_aeppli(pieces: Floats, orders: Floats, repeat: float) -> Floats:
    """Chance of each number of pieces given its mean number of orders; sizes geometric on 1, 2, ...

    Recursion of Johnson, Kemp & Kotz, Univariate Discrete Distributions (3rd ed. 2005), section 9.6.
    """
    top = int(pieces.max())
    chances = np.empty((top + 1, len(orders)))
    chances[0] = np.exp(-orders)
    for x in range(1, top + 1):
        before = chances[x - 2] if x > 1 else 0.0
        chances[x] = (
            (orders * (1 - repeat) + 2 * repeat * (x - 1)) * chances[x - 1] - repeat**2 * (x - 2) * before
        ) / x
    out: Floats = chances[pieces.astype(np.int64), np.arange(len(orders))]
    return out


def _maximum(likelihood: Callable[[Floats], float], start: list[float]) -> tuple[Floats, float]:
    options = {"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000}
    with np.errstate(all="ignore"):
        best = optimize.minimize(
            lambda x: -likelihood(x) if np.isfinite(likelihood(x)) else 1e300,
            start,
            method="Nelder-Mead",
            options=options,
        )
    return best.x, -float(best.fun)


def _log(values: Floats) -> Floats:
    out: Floats = np.log(np.maximum(values, 1e-300))
    return out


def _alternative(name: str, parameters: dict[str, float], log_likelihood: float, size: int) -> Alternative:
    k = len(parameters)
    correction = 2.0 * k * (k + 1) / (size - k - 1) if size > k + 1 else math.inf
    return Alternative(name, parameters, log_likelihood, 2.0 * k - 2.0 * log_likelihood + correction)
