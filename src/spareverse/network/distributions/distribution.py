"""What every distribution of a duration offers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def floats(x: ArrayLike) -> Floats:
    return np.asarray(x, dtype=np.float64)


def number(value: float) -> str:
    """Shortest text that reads back as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def times(law: str, *values: float) -> None:
    """ValueError unless every value is a finite time, not negative."""
    for value in values:
        if not (math.isfinite(value) and value >= 0.0):
            raise ValueError(f"{law} takes times of 0 or more, got {value:g}")


class Distribution(ABC):
    """A law of durations, never negative. Frozen, compared by value, in any unit of time (``text`` says hours).

    ``parse(law.text) == law`` for every law.
    """

    @property
    @abstractmethod
    def mean(self) -> float: ...

    @property
    @abstractmethod
    def variance(self) -> float: ...

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        """(value, probability) of the values that have one; the density covers the rest."""
        return ()

    @abstractmethod
    def cdf(self, x: ArrayLike) -> Floats:
        """P(X <= x)."""

    def survival(self, x: ArrayLike) -> Floats:
        """P(X > x)."""
        return floats(1.0 - self.cdf(x))

    @abstractmethod
    def density(self, x: ArrayLike) -> Floats:
        """Density of the continuous part; zero for a discrete law, whose ``atoms`` hold everything."""

    @abstractmethod
    def quantile(self, probability: ArrayLike) -> Floats:
        """Smallest x with P(X <= x) >= probability."""

    @abstractmethod
    def partial_moment(self, order: int, x: float) -> float:
        """E[X ** order; X <= x] for order 0, 1 or 2."""

    @abstractmethod
    def scaled(self, factor: float) -> Distribution:
        """The law of ``factor`` times X: a change of unit, or of the mean. ``factor`` > 0."""

    @property
    @abstractmethod
    def expression(self) -> str:
        """The text without its unit, as it stands inside another law."""

    @property
    def text(self) -> str:
        """The law as ``parse`` reads it, in hours."""
        return f"{self.expression} h"

    def probability_between(self, lower: float, upper: float) -> float:
        """P(lower <= X <= upper)."""
        return float(self.cdf(upper) - self.cdf(np.nextafter(lower, -math.inf)))

    def draw_between(self, u: ArrayLike, lower: float, upper: float) -> Floats:
        """Value for each uniform ``u``, given that it lies in [lower, upper]."""
        low = self.cdf(np.nextafter(lower, -math.inf))
        return np.clip(self.quantile(low + floats(u) * (self.cdf(upper) - low)), lower, upper)

    def draw(self, u: ArrayLike) -> Floats:
        """Value for each uniform ``u`` in (0, 1): the quantile, except where a law says otherwise."""
        return self.quantile(u)

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """``n`` independent values, one uniform number each."""
        return self.draw(generator.random(n))

    def __str__(self) -> str:
        return self.text
