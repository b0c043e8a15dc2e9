"""The predictive law of a lead time: a Weibull whose parameters are themselves uncertain, as quadrature nodes.

With m = ln(scale) and s = ln(shape) normal around their posterior mean, F(t) = E[1 - exp(-(t e^-m)^(e^s))]. The
expectation is a 5 x 5 Gauss-Hermite rule along the Cholesky axes of the posterior; the nodes are the quantiles of F
at the fixed chances behind ``compound.LEAD_WEIGHTS``, so every item shares one set of weights.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.compound import LEAD_WEIGHTS, LOG_HAZARDS
from spareverse.statistics.pooling import LEAST_LOG_SHAPE, MOST_LOG_SHAPE, Posterior

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# No lead time of a spare part is longer than ten years; without a bound, a part about which nothing is known would
# put its mean where nobody has seen one.
LONGEST_DAYS = 3650.0
_X, _W = np.polynomial.hermite.hermgauss(5)
_NORMAL, _CHANCE = np.sqrt(2.0) * _X, _W / math.sqrt(math.pi)
_SURVIVALS = np.exp(-np.exp(LOG_HAZARDS))


@kernel
def _predict(mean: Floats, covariance: Floats, first: int, last: int, nodes: Floats) -> None:
    """Rows first..last-1 of ``nodes`` [days]: quantiles of the predictive law, by safeguarded Newton steps in ln t."""
    points = len(_NORMAL)
    scale = np.empty(points * points)
    shape = np.empty(points * points)
    for i in range(first, last):
        a = math.sqrt(max(covariance[i, 0], 0.0))
        b = covariance[i, 1] / a if a > 0.0 else 0.0
        c = math.sqrt(max(covariance[i, 2] - b * b, 0.0))
        for p in range(points):
            for q in range(points):
                scale[p * points + q] = mean[i, 0] + a * _NORMAL[p]
                s = mean[i, 1] + b * _NORMAL[p] + c * _NORMAL[q]
                shape[p * points + q] = math.exp(min(max(s, LEAST_LOG_SHAPE), MOST_LOG_SHAPE))
        for k in range(len(LOG_HAZARDS)):
            # The quantile of a mixture lies between those of its parts.
            low = math.inf
            high = -math.inf
            for j in range(points * points):
                own = scale[j] + LOG_HAZARDS[k] / shape[j]
                low = min(low, own)
                high = max(high, own)
            x = mean[i, 0] + LOG_HAZARDS[k] / math.exp(min(max(mean[i, 1], LEAST_LOG_SHAPE), MOST_LOG_SHAPE))
            x = min(max(x, low), high)
            for _ in range(60):
                survival = 0.0
                density = 0.0
                for p in range(points):
                    for q in range(points):
                        j = p * points + q
                        z = shape[j] * (x - scale[j])
                        hazard = math.exp(min(z, 50.0))
                        part = _CHANCE[p] * _CHANCE[q] * math.exp(-hazard)
                        survival += part
                        density += part * hazard * shape[j]
                excess = survival - _SURVIVALS[k]
                if excess > 0.0:
                    low = x
                else:
                    high = x
                step = excess / density if density > 1e-300 else math.inf
                after = x + step
                if not low <= after <= high:
                    after = 0.5 * (low + high)
                moved = abs(after - x)
                x = after
                if moved < 1e-8:
                    break
            nodes[i, k] = min(math.exp(x), LONGEST_DAYS)


def predictive_nodes(posterior: Posterior) -> Floats:
    """[parts, 24] lead times [days] whose weights are ``compound.LEAD_WEIGHTS``."""
    every = np.concatenate([posterior.mean, posterior.covariance], axis=1)
    # Parts without cycles share their group's law.
    distinct, case = np.unique(every, axis=0, return_inverse=True)
    mean, covariance = np.ascontiguousarray(distinct[:, :2]), np.ascontiguousarray(distinct[:, 2:])
    nodes = np.empty((len(distinct), len(LEAD_WEIGHTS)))
    run_in_chunks(lambda first, last: _predict(mean, covariance, first, last, nodes), len(distinct), chunk=256)
    found: Floats = nodes[case.reshape(-1)]
    return found
