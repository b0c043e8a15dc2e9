"""The estimator 'paper' of safety cover: a Weibull on the covers of completed cycles, cycles without a sale apart.

P(SC > x) = (1 - p0) S(x), p0 the share of completed cycles without a sale (Sirri et al. 2023 fit the Weibull; the
hurdle is ours, because a Weibull has no zeros). Limits: Jeffreys limits of 1 - p0 and exact limits of S(x),
combined on the log scale (MOVER; Zou & Donner 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from spareverse.statistics.survival import survival_quantiles
from spareverse.statistics.weibull import fit_many

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEVELS = (0.025, 0.5, 0.975)
TINY = 1e-300


@dataclass(frozen=True)
class HurdleWeibulls:
    """Per sample: number of cycles, those with a sale, and the Weibull of the covers > 0 (NaN without a fit)."""

    cycles: Integers
    positive: Integers
    shape: Floats
    scale: Floats
    covers: Floats
    starts: Integers

    @property
    def no_sale(self) -> Floats:
        """p0; NaN without cycles."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.cycles > 0, 1.0 - self.positive / self.cycles, np.nan)

    def risk(self, x: Floats) -> Floats:
        """P(SC > x), one x [pieces] per sample; NaN without a fit."""
        with np.errstate(invalid="ignore", over="ignore"):
            return (1.0 - self.no_sale) * np.exp(-((x / self.scale) ** self.shape))

    def limits(self, x: Floats) -> tuple[Floats, Floats]:
        """95 % limits of P(SC > x); NaN with fewer than two covers > 0: not enough data."""
        survival = survival_quantiles(
            self.covers, np.zeros(len(self.covers), dtype=np.bool_), self.starts, self.shape, x, LEVELS
        )
        share = np.stack(
            [betaincinv(self.positive + 0.5, self.cycles - self.positive + 0.5, level) for level in LEVELS], axis=1
        )
        # A survival too small for a float keeps its place at the end of the scale: inf - inf says nothing.
        log_s, log_q = np.log(np.maximum(survival, TINY)), np.log(np.maximum(share, TINY))
        centre = log_s[:, 1] + log_q[:, 1]
        down = np.hypot(log_s[:, 1] - log_s[:, 0], log_q[:, 1] - log_q[:, 0])
        up = np.hypot(log_s[:, 2] - log_s[:, 1], log_q[:, 2] - log_q[:, 1])
        return np.exp(centre - down), np.minimum(np.exp(centre + up), 1.0)


def fit_hurdles(covers: Floats, starts: Integers) -> HurdleWeibulls:
    """``covers`` [pieces] of completed cycles end to end, zeros included."""
    positive = covers > 0
    sample = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    count = np.bincount(sample[positive], minlength=len(starts) - 1)
    kept = np.zeros(len(starts), dtype=np.int64)
    np.cumsum(count, out=kept[1:])
    fits = fit_many(covers[positive], np.zeros(int(kept[-1]), dtype=np.bool_), kept)
    return HurdleWeibulls(np.diff(starts), count, fits.shape, fits.scale, covers[positive], kept)
