"""Laws between two known values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spareverse.network.distributions.distribution import Distribution, Floats, floats, number, times

GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True)
class Constant(Distribution):
    """Always ``value``."""

    value: float

    def __post_init__(self) -> None:
        times("a constant", self.value)

    @property
    def mean(self) -> float:
        return self.value

    @property
    def variance(self) -> float:
        return 0.0

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        return ((self.value, 1.0),)

    def cdf(self, x: ArrayLike) -> Floats:
        return np.where(floats(x) >= self.value, 1.0, 0.0)

    def density(self, x: ArrayLike) -> Floats:
        return np.zeros_like(floats(x))

    def quantile(self, probability: ArrayLike) -> Floats:
        return np.full_like(floats(probability), self.value)

    def partial_moment(self, order: int, x: float) -> float:
        return self.value**order if x >= self.value else 0.0

    def scaled(self, factor: float) -> Constant:
        return Constant(self.value * factor)

    @property
    def expression(self) -> str:
        return number(self.value)


@dataclass(frozen=True)
class Triangular(Distribution):
    """Density rises from ``minimum`` to ``mode`` and falls to ``maximum``."""

    minimum: float
    mode: float
    maximum: float

    def __post_init__(self) -> None:
        times("triangular", self.minimum, self.mode, self.maximum)
        written = f"triangular({number(self.minimum)}, {number(self.mode)}, {number(self.maximum)})"
        if self.maximum < self.minimum:
            raise ValueError(f"{written} has its maximum below its minimum; write triangular(minimum, mode, maximum)")
        if not self.minimum <= self.mode <= self.maximum:
            raise ValueError(f"{written} has its mode outside; write triangular(minimum, mode, maximum)")
        if self.minimum == self.maximum:
            raise ValueError(f"{written} has no width; write {number(self.mode)} alone")

    @property
    def mean(self) -> float:
        return (self.minimum + self.mode + self.maximum) / 3.0

    @property
    def variance(self) -> float:
        left, right = self.mode - self.minimum, self.maximum - self.mode
        return (left**2 + left * right + right**2) / 18.0

    def cdf(self, x: ArrayLike) -> Floats:
        x = np.clip(floats(x), self.minimum, self.maximum)
        width = self.maximum - self.minimum
        rising = (x - self.minimum) ** 2 / (width * ((self.mode - self.minimum) or 1.0))
        falling = 1.0 - (self.maximum - x) ** 2 / (width * ((self.maximum - self.mode) or 1.0))
        return np.where(x < self.mode, rising, falling)

    def density(self, x: ArrayLike) -> Floats:
        x = floats(x)
        rising = (x - self.minimum) / ((self.mode - self.minimum) or 1.0)
        falling = (self.maximum - x) / ((self.maximum - self.mode) or 1.0)
        height = np.where(x < self.mode, rising, np.where(x > self.mode, falling, 1.0))
        inside = (x >= self.minimum) & (x <= self.maximum)
        return np.where(inside, 2.0 * height / (self.maximum - self.minimum), 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        p = floats(probability)
        width, left, right = self.maximum - self.minimum, self.mode - self.minimum, self.maximum - self.mode
        rising = self.minimum + np.sqrt(p * width * left)
        return np.where(p * width < left, rising, self.maximum - np.sqrt((1.0 - p) * width * right))

    def partial_moment(self, order: int, x: float) -> float:
        return polynomial_moment(self, order, (self.minimum, self.mode, self.maximum), x)

    def scaled(self, factor: float) -> Triangular:
        return Triangular(self.minimum * factor, self.mode * factor, self.maximum * factor)

    @property
    def expression(self) -> str:
        return f"triangular({number(self.minimum)}, {number(self.mode)}, {number(self.maximum)})"


@dataclass(frozen=True)
class Uniform(Distribution):
    """Every duration from ``minimum`` to ``maximum`` is as likely as any other."""

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        times("uniform", self.minimum, self.maximum)
        written = f"uniform({number(self.minimum)}, {number(self.maximum)})"
        if self.maximum < self.minimum:
            raise ValueError(f"{written} has its maximum below its minimum; write uniform(minimum, maximum)")
        if self.maximum == self.minimum:
            raise ValueError(f"{written} has no width; write {number(self.minimum)} alone")

    @property
    def mean(self) -> float:
        return 0.5 * (self.minimum + self.maximum)

    @property
    def variance(self) -> float:
        return (self.maximum - self.minimum) ** 2 / 12.0

    def cdf(self, x: ArrayLike) -> Floats:
        return np.clip((floats(x) - self.minimum) / (self.maximum - self.minimum), 0.0, 1.0)

    def density(self, x: ArrayLike) -> Floats:
        inside = (floats(x) >= self.minimum) & (floats(x) <= self.maximum)
        return np.where(inside, 1.0 / (self.maximum - self.minimum), 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        return self.minimum + floats(probability) * (self.maximum - self.minimum)

    def partial_moment(self, order: int, x: float) -> float:
        return polynomial_moment(self, order, (self.minimum, self.maximum), x)

    def scaled(self, factor: float) -> Uniform:
        return Uniform(self.minimum * factor, self.maximum * factor)

    @property
    def expression(self) -> str:
        return f"uniform({number(self.minimum)}, {number(self.maximum)})"


def polynomial_moment(law: Distribution, order: int, ends: tuple[float, ...], x: float) -> float:
    """Partial moment where the density is a straight line between ``ends``: three Gauss points a piece are exact."""
    total = 0.0
    for start, end in zip(ends[:-1], np.minimum(ends[1:], x), strict=True):
        if end > start:
            at = 0.5 * (start + end) + 0.5 * (end - start) * GAUSS_NODES
            total += 0.5 * (end - start) * float(np.sum(GAUSS_WEIGHTS * at**order * law.density(at)))
    return total
