"""Laws without a greatest value. Scales, means and medians are in the unit of the law."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spareverse.network.distributions.distribution import Distribution, Floats, floats, number


@dataclass(frozen=True)
class Weibull(Distribution):
    """S(t) = exp(-(t / scale) ** shape) for t >= 0; scale in the unit of t."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        if not (0.0 < self.shape < math.inf and 0.0 < self.scale < math.inf):
            raise ValueError(f"Weibull needs shape > 0 and scale > 0, got {self.shape} and {self.scale}")

    @property
    def mean(self) -> float:
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)

    @property
    def variance(self) -> float:
        return self.scale**2 * (math.gamma(1.0 + 2.0 / self.shape) - math.gamma(1.0 + 1.0 / self.shape) ** 2)

    def cdf(self, x: ArrayLike) -> Floats:
        return floats(-np.expm1(-np.power(np.maximum(floats(x), 0.0) / self.scale, self.shape)))

    def survival(self, x: ArrayLike) -> Floats:
        return floats(np.exp(-np.power(np.maximum(floats(x), 0.0) / self.scale, self.shape)))

    def density(self, x: ArrayLike) -> Floats:
        z = floats(x) / self.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            body = self.shape / self.scale * np.power(z, self.shape - 1.0) * np.exp(-np.power(z, self.shape))
        return np.where(z >= 0, body, 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return floats(self.scale * np.power(-np.log1p(-floats(probability)), 1.0 / self.shape))

    def partial_moment(self, order: int, x: float) -> float:
        from scipy.special import gammainc

        power = 1.0 + order / self.shape
        share = gammainc(power, (max(x, 0.0) / self.scale) ** self.shape)
        return float(self.scale**order * math.gamma(power) * share)

    def scaled(self, factor: float) -> Weibull:
        return Weibull(self.shape, self.scale * factor)

    @property
    def expression(self) -> str:
        return f"weibull(shape={number(self.shape)}, scale={number(self.scale)})"


@dataclass(frozen=True)
class Exponential(Distribution):
    """Time to the next event of a constant rate 1 / ``average``."""

    average: float

    def __post_init__(self) -> None:
        if not 0.0 < self.average < math.inf:
            raise ValueError(f"exponential needs mean > 0, got {self.average}")

    @property
    def mean(self) -> float:
        return self.average

    @property
    def variance(self) -> float:
        return self.average**2

    def cdf(self, x: ArrayLike) -> Floats:
        return floats(-np.expm1(-np.maximum(floats(x), 0.0) / self.average))

    def survival(self, x: ArrayLike) -> Floats:
        return floats(np.exp(-np.maximum(floats(x), 0.0) / self.average))

    def density(self, x: ArrayLike) -> Floats:
        return np.where(floats(x) >= 0.0, self.survival(x) / self.average, 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        with np.errstate(divide="ignore"):
            return floats(-self.average * np.log1p(-floats(probability)))

    def partial_moment(self, order: int, x: float) -> float:
        return Weibull(1.0, self.average).partial_moment(order, x)

    def scaled(self, factor: float) -> Exponential:
        return Exponential(self.average * factor)

    @property
    def expression(self) -> str:
        return f"exponential(mean={number(self.average)})"


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma law with mean ``shape * scale``."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        if not (0.0 < self.shape < math.inf and 0.0 < self.scale < math.inf):
            raise ValueError(f"gamma needs shape > 0 and scale > 0, got {self.shape} and {self.scale}")

    @property
    def mean(self) -> float:
        return self.shape * self.scale

    @property
    def variance(self) -> float:
        return self.shape * self.scale**2

    def cdf(self, x: ArrayLike) -> Floats:
        from scipy.special import gammainc

        return floats(gammainc(self.shape, np.maximum(floats(x), 0.0) / self.scale))

    def survival(self, x: ArrayLike) -> Floats:
        from scipy.special import gammaincc

        return floats(gammaincc(self.shape, np.maximum(floats(x), 0.0) / self.scale))

    def density(self, x: ArrayLike) -> Floats:
        from scipy.special import gammaln, xlogy

        z = floats(x) / self.scale
        safe = np.maximum(z, 0.0)
        body = np.exp(xlogy(self.shape - 1.0, safe) - safe - gammaln(self.shape)) / self.scale
        return np.where(z >= 0.0, body, 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        from scipy.special import gammaincinv

        return floats(self.scale * gammaincinv(self.shape, floats(probability)))

    def partial_moment(self, order: int, x: float) -> float:
        from scipy.special import gammainc, poch

        share = gammainc(self.shape + order, max(x, 0.0) / self.scale)
        return float(self.scale**order * poch(self.shape, order) * share)

    def scaled(self, factor: float) -> Gamma:
        return Gamma(self.shape, self.scale * factor)

    @property
    def expression(self) -> str:
        return f"gamma(shape={number(self.shape)}, scale={number(self.scale)})"


@dataclass(frozen=True)
class LogNormal(Distribution):
    """``median * exp(sigma * Z)`` with Z standard normal."""

    median: float
    sigma: float

    def __post_init__(self) -> None:
        if not (0.0 < self.median < math.inf and 0.0 < self.sigma < math.inf):
            raise ValueError(f"lognormal needs median > 0 and sigma > 0, got {self.median} and {self.sigma}")

    @property
    def mean(self) -> float:
        return self.median * math.exp(0.5 * self.sigma**2)

    @property
    def variance(self) -> float:
        return self.mean**2 * math.expm1(self.sigma**2)

    def standardised(self, x: ArrayLike) -> Floats:
        """The standard normal value that stands for ``x``."""
        with np.errstate(divide="ignore"):
            return floats(np.log(np.maximum(floats(x), 0.0) / self.median) / self.sigma)

    def cdf(self, x: ArrayLike) -> Floats:
        from scipy.special import ndtr

        return floats(ndtr(self.standardised(x)))

    def survival(self, x: ArrayLike) -> Floats:
        from scipy.special import ndtr

        return floats(ndtr(-self.standardised(x)))

    def density(self, x: ArrayLike) -> Floats:
        x = floats(x)
        inside = x > 0.0
        body = np.exp(-0.5 * self.standardised(x) ** 2) / (math.sqrt(2.0 * math.pi) * self.sigma)
        return np.where(inside, body / np.where(inside, x, 1.0), 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        from scipy.special import ndtri

        return floats(self.median * np.exp(self.sigma * ndtri(floats(probability))))

    def partial_moment(self, order: int, x: float) -> float:
        from scipy.special import ndtr

        whole = self.median**order * math.exp(0.5 * (order * self.sigma) ** 2)
        return float(whole * ndtr(self.standardised(x) - order * self.sigma))

    def scaled(self, factor: float) -> LogNormal:
        return LogNormal(self.median * factor, self.sigma)

    @property
    def expression(self) -> str:
        return f"lognormal(median={number(self.median)}, sigma={number(self.sigma)})"
