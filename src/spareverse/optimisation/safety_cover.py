"""The reliability-based cost of safety cover and the cover that costs least.

Source: Sirri et al. 2023. Holding x pieces when a purchase order is placed costs a day

    C1(x) = b E[(SC - x)+] L      stock-out while supply is late
    C2(x) = h_e x E               additional inventory while supply is early
    C3(x) = h x                   inventory of supply on time

with L = P(RC_LT > T) and E = P(RC_LT < T) (lateness "probability"), or L = E[(RC_LT - T)+] / T and
E = E[(T - RC_LT)+] / T (lateness "duration"). The article prints no formula; both agree with its figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel
from spareverse.special import gamma_cdf

Floats = NDArray[np.float64]
Lateness = Literal["probability", "duration"]


@dataclass(frozen=True)
class UnitCosts:
    """Cost of one piece for one day [currency/piece/day]."""

    holding: float
    early_holding: float
    stock_out: float


@dataclass(frozen=True)
class CostCurve:
    """The three costs at each cover [currency/day]."""

    cover: Floats
    stock_out: Floats
    early: Floats
    holding: Floats

    @property
    def total(self) -> Floats:
        return self.stock_out + self.early + self.holding

    @property
    def optimum(self) -> int:
        """Index of the cheapest cover; the smallest of several."""
        return int(np.argmin(self.total))

    def shares(self, index: int) -> tuple[float, float, float]:
        """Shares of C1, C2, C3 in the cost at ``index``."""
        total = float(self.total[index])
        if total <= 0:
            return 0.0, 0.0, 0.0
        return (
            float(self.stock_out[index]) / total,
            float(self.early[index]) / total,
            float(self.holding[index]) / total,
        )


def cost_curve(
    risk: ArrayLike, step: float, costs: UnitCosts, late: float, early: float, shortage_beyond: float = 0.0
) -> CostCurve:
    """Costs at x = 0, step, 2 step, ... from the risk curve P(SC > x) on that grid.

    E[(SC - x)+] is the integral of the risk above x, a sum on the grid; ``shortage_beyond`` [pieces] is the part of
    that integral above the last grid point.
    """
    tail: Floats = np.asarray(risk, dtype=np.float64)
    shortage: Floats = np.cumsum(tail[::-1])[::-1] * step + shortage_beyond
    cover: Floats = np.arange(len(tail), dtype=np.float64) * step
    return CostCurve(
        cover, costs.stock_out * shortage * late, costs.early_holding * cover * early, costs.holding * cover
    )


@kernel
def lateness_weights(log_scale: float, log_shape: float, expected: float, duration: bool) -> tuple[float, float]:
    """(L, E) of a Weibull lead time against the expected lead time [days].

    E[(R - T)+] = scale / shape * Gamma(1 / shape, (T / scale)^shape), the upper incomplete gamma function.
    """
    shape = math.exp(log_shape)
    hazard = math.exp(min(shape * (math.log(expected) - log_scale), 700.0)) if expected > 0.0 else 0.0
    if not duration:
        late = math.exp(-hazard)
        return late, 1.0 - late
    inverse = 1.0 / shape
    scale = math.exp(log_scale)
    mean = scale * math.exp(math.lgamma(1.0 + inverse))
    over = mean * (1.0 - gamma_cdf(inverse, hazard))
    return over / expected, (expected - mean + over) / expected


def weights(shape: float, scale_days: float, expected_days: float, lateness: Lateness) -> tuple[float, float]:
    """(L, E) of a Weibull(shape, scale_days) lead time against ``expected_days``."""
    return lateness_weights(math.log(scale_days), math.log(shape), expected_days, lateness == "duration")
