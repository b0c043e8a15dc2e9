"""Probability distributions as values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Weibull:
    """S(t) = exp(-(t / scale) ** shape) for t >= 0; scale in the unit of t."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        if not (self.shape > 0 and self.scale > 0):
            raise ValueError(f"Weibull needs shape > 0 and scale > 0, got {self.shape} and {self.scale}")

    @property
    def mean(self) -> float:
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)

    def survival(self, t: ArrayLike) -> NDArray[np.float64]:
        """P(X > t)."""
        out: NDArray[np.float64] = np.exp(
            -np.power(np.maximum(np.asarray(t, dtype=float), 0.0) / self.scale, self.shape)
        )
        return out

    def density(self, t: ArrayLike) -> NDArray[np.float64]:
        z = np.asarray(t, dtype=float) / self.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            body = self.shape / self.scale * np.power(z, self.shape - 1.0) * np.exp(-np.power(z, self.shape))
        return np.where(z >= 0, body, 0.0)

    def quantile(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Smallest t with P(X <= t) >= probability."""
        out: NDArray[np.float64] = self.scale * np.power(
            -np.log1p(-np.asarray(probability, dtype=float)), 1.0 / self.shape
        )
        return out


class Distribution:
    """What every distribution of a duration offers; see ``parse`` for its text."""
