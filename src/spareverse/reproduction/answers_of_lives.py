"""Area 1, laws of lives: maximum likelihood with right censoring, and the rank regression it must not be taken for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from spareverse.figures.weibull_plot import plotting_positions
from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.statistics.alternatives import lead_time_alternatives
from spareverse.statistics.weibull import fit

Answer = dict[str, Any]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


def answer(case: CaseInputs) -> Answer:
    """Every figure of the law the case is about: gamma or log-normal where their parameters are asked for."""
    failures, alive = case.given["failures"], case.given.get("right_censored") or []
    times = np.array([*failures, *alive], dtype=np.float64)
    censored = np.arange(len(times)) >= len(failures)
    weibull = fit(times, censored)
    shape, scale = weibull.distribution.shape, weibull.distribution.scale
    fits = {model.name: model for model in lead_time_alternatives(times, censored)}
    gamma, log_normal = fits["gamma"], fits["log-normal"]
    likelihood = weibull.log_likelihood
    if case.asks("gamma_shape"):
        likelihood = gamma.log_likelihood
    elif case.asks("mu") or case.asks("sigma_mle"):
        likelihood = log_normal.log_likelihood
    better = log_normal.log_likelihood > weibull.log_likelihood
    found = {
        "shape": shape,
        "scale": scale,
        "loglik": likelihood,
        "log_scale_intercept": math.log(scale),
        "survreg_scale": 1.0 / shape,
        "mle": {"shape": shape, "scale": scale, "loglik": weibull.log_likelihood},
        "gamma_shape": gamma.parameters["shape"],
        "gamma_scale": gamma.parameters["scale"],
        "mu": log_normal.parameters["mu"],
        "sigma_mle": log_normal.parameters["sigma"],
        "sigma": log_normal.parameters["sigma"],
        "preferred_by_loglik": "lognormal over Weibull" if better else "Weibull over lognormal",
    }
    if case.asks("rank_regression_xony"):
        found["rank_regression_xony"] = _rank_regression(times, censored)
    if case.asks("generalised_gamma"):
        found["generalised_gamma"] = _generalised_gamma(times, censored)
    return found


def _rank_regression(times: Floats, censored: Booleans) -> Answer:
    """Weibull line through the plotting positions, the times regressed on the ranks."""
    days, level = plotting_positions(times, censored)
    x, y = np.log(days), np.log(-np.log1p(-level))
    slope = float(np.cov(x, y)[0, 1] / y.var(ddof=1))
    return {"shape": 1.0 / slope, "scale": math.exp(float(x.mean()) - slope * float(y.mean()))}


def _generalised_gamma(times: Floats, censored: Booleans) -> Answer:
    """Maximum likelihood in Prentice's parameters (1974), with the log-normal at lambda 0 and the Weibull at 1."""

    def loss(x: Floats) -> float:
        mu, sigma, form = float(x[0]), math.exp(x[1]), float(x[2])
        if abs(form) < 1e-6:
            return math.inf
        scale = math.exp(mu + math.log(form * form) * sigma / form)
        law = stats.gengamma(1.0 / form**2, form / sigma, scale=scale)
        return -float(law.logpdf(times[~censored]).sum() + law.logsf(times[censored]).sum())

    logs = np.log(times[~censored])
    start = [float(logs.mean()), math.log(max(float(logs.std()), 0.05)), 0.5]
    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 5000}
    found = optimize.minimize(loss, start, method="Nelder-Mead", options=options)
    return {"mu": float(found.x[0]), "sigma": math.exp(found.x[1]), "lambda_": float(found.x[2])}
