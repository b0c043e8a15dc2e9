"""Laws made of observed values, or of other laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from spareverse.network.distributions.distribution import Distribution, Floats, floats, number, times
from spareverse.network.distributions.inversion import bisect, choose

LEAST_SHARE = 1e-9
"""Of a law that must lie within the limits of a truncation."""


@dataclass(frozen=True)
class Empirical(Distribution):
    """Each of the observed ``values`` is as likely; a value given twice counts twice. Kept in order of size."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("empirical needs at least one value: empirical(12, 15, 15, 40)")
        for value in self.values:
            times("empirical", value)
        object.__setattr__(self, "values", tuple(sorted(map(float, self.values))))

    @cached_property
    def steps(self) -> Floats:
        """P(X <= value) of each value."""
        return np.arange(1, len(self.values) + 1) / len(self.values)

    @property
    def mean(self) -> float:
        return math.fsum(self.values) / len(self.values)

    @property
    def variance(self) -> float:
        return math.fsum((value - self.mean) ** 2 for value in self.values) / len(self.values)

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        values, counts = np.unique(self.values, return_counts=True)
        return tuple(zip(values.tolist(), (counts / len(self.values)).tolist(), strict=True))

    def cdf(self, x: ArrayLike) -> Floats:
        return floats(np.searchsorted(self.values, floats(x), side="right") / len(self.values))

    def density(self, x: ArrayLike) -> Floats:
        return np.zeros_like(floats(x))

    def quantile(self, probability: ArrayLike) -> Floats:
        chosen = np.searchsorted(self.steps, floats(probability), side="left")
        return floats(self.values)[np.minimum(chosen, len(self.values) - 1)]

    def partial_moment(self, order: int, x: float) -> float:
        return math.fsum(value**order for value in self.values if value <= x) / len(self.values)

    def scaled(self, factor: float) -> Empirical:
        return Empirical(tuple(value * factor for value in self.values))

    @property
    def expression(self) -> str:
        return f"empirical({', '.join(map(number, self.values))})"


@dataclass(frozen=True)
class Mixture(Distribution):
    """One of the ``laws``, chosen with its weight; weights add up to 1."""

    weights: tuple[float, ...]
    laws: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        total = math.fsum(self.weights)
        if not self.laws or len(self.weights) != len(self.laws):
            raise ValueError("mixture needs a weight for each law: mixture(0.8: uniform(20, 40), 0.2: 90)")
        if not all(weight > 0.0 for weight in self.weights) or not abs(total - 1.0) <= 1e-6:
            given = ", ".join(map(number, self.weights))
            raise ValueError(f"mixture needs weights above 0 that add up to 1, got {given} (sum {total:g})")
        if abs(total - 1.0) > 1e-14:
            object.__setattr__(self, "weights", tuple(weight / total for weight in self.weights))

    def weighted(self, of: Callable[[Distribution], float]) -> float:
        """Weighted sum of a figure of each law."""
        return math.fsum(weight * of(law) for weight, law in zip(self.weights, self.laws, strict=True))

    @property
    def mean(self) -> float:
        return self.weighted(lambda law: law.mean)

    @property
    def variance(self) -> float:
        return self.weighted(lambda law: law.variance + (law.mean - self.mean) ** 2)

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        found: dict[float, float] = {}
        for weight, law in zip(self.weights, self.laws, strict=True):
            for value, probability in law.atoms:
                found[value] = found.get(value, 0.0) + weight * probability
        return tuple(sorted(found.items()))

    def cdf(self, x: ArrayLike) -> Floats:
        parts = [weight * law.cdf(x) for weight, law in zip(self.weights, self.laws, strict=True)]
        return floats(np.minimum(np.sum(parts, axis=0), 1.0))

    def survival(self, x: ArrayLike) -> Floats:
        parts = [weight * law.survival(x) for weight, law in zip(self.weights, self.laws, strict=True)]
        return floats(np.minimum(np.sum(parts, axis=0), 1.0))

    def density(self, x: ArrayLike) -> Floats:
        return floats(
            np.sum([weight * law.density(x) for weight, law in zip(self.weights, self.laws, strict=True)], axis=0)
        )

    def quantile(self, probability: ArrayLike) -> Floats:
        ends = np.array([law.quantile(probability) for law in self.laws])
        return bisect(self.cdf, floats(probability), ends.min(axis=0), ends.max(axis=0))

    def draw(self, u: ArrayLike) -> Floats:
        return self.draw_between(u, 0.0, math.inf)

    def draw_between(self, u: ArrayLike, lower: float, upper: float) -> Floats:
        """The first digits of ``u`` choose the law, the rest draw from it."""
        chosen, rest = choose(
            [
                weight * law.probability_between(lower, upper)
                for weight, law in zip(self.weights, self.laws, strict=True)
            ],
            u,
        )
        values = np.empty_like(rest)
        for i, law in enumerate(self.laws):
            mine = chosen == i
            unlimited = lower <= 0.0 and upper == math.inf
            values[mine] = law.draw(rest[mine]) if unlimited else law.draw_between(rest[mine], lower, upper)
        return values

    def partial_moment(self, order: int, x: float) -> float:
        return self.weighted(lambda law: law.partial_moment(order, x))

    def scaled(self, factor: float) -> Mixture:
        return Mixture(self.weights, tuple(law.scaled(factor) for law in self.laws))

    @property
    def expression(self) -> str:
        parts = (f"{number(weight)}: {law.expression}" for weight, law in zip(self.weights, self.laws, strict=True))
        return f"mixture({', '.join(parts)})"


@dataclass(frozen=True)
class Truncated(Distribution):
    """``law``, given that it lies in [lower, upper]."""

    law: Distribution
    lower: float = 0.0
    upper: float = math.inf

    def __post_init__(self) -> None:
        times("truncated", self.lower)
        if not self.upper > self.lower:
            raise ValueError(
                f"truncated has its upper limit {number(self.upper)} not above its lower limit {number(self.lower)}; "
                "write truncated(law, lower, upper)"
            )
        if not self.share >= LEAST_SHARE:
            limits = f"{number(self.lower)} and {number(self.upper)}" if self.upper < math.inf else f"{self.lower} up"
            raise ValueError(f"{self.law.expression} has next to nothing between {limits}; widen the limits")

    @cached_property
    def share(self) -> float:
        """Probability of the limits under the law itself."""
        return self.law.probability_between(self.lower, self.upper)

    @cached_property
    def below(self) -> float:
        """The largest number below the lower limit: an atom on the limit stays."""
        return float(np.nextafter(self.lower, -math.inf))

    @property
    def mean(self) -> float:
        return self.partial_moment(1, self.upper)

    @property
    def variance(self) -> float:
        return max(0.0, self.partial_moment(2, self.upper) - self.mean**2)

    @property
    def atoms(self) -> tuple[tuple[float, float], ...]:
        return tuple((v, p / self.share) for v, p in self.law.atoms if self.lower <= v <= self.upper)

    def cdf(self, x: ArrayLike) -> Floats:
        inside = self.law.cdf(np.minimum(floats(x), self.upper)) - self.law.cdf(self.below)
        return np.clip(inside / self.share, 0.0, 1.0)

    def survival(self, x: ArrayLike) -> Floats:
        inside = self.law.survival(x) - self.law.survival(self.upper)
        return np.where(floats(x) < self.lower, 1.0, np.clip(inside / self.share, 0.0, 1.0))

    def density(self, x: ArrayLike) -> Floats:
        inside = (floats(x) >= self.lower) & (floats(x) <= self.upper)
        return np.where(inside, self.law.density(x) / self.share, 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        low = self.law.cdf(self.below)
        return np.clip(self.law.quantile(low + floats(probability) * self.share), self.lower, self.upper)

    def draw(self, u: ArrayLike) -> Floats:
        return self.law.draw_between(u, self.lower, self.upper)

    def draw_between(self, u: ArrayLike, lower: float, upper: float) -> Floats:
        return self.law.draw_between(u, max(lower, self.lower), min(upper, self.upper))

    def partial_moment(self, order: int, x: float) -> float:
        if x < self.lower:
            return 0.0
        whole = self.law.partial_moment(order, min(x, self.upper)) - self.law.partial_moment(order, self.below)
        return whole / self.share

    def scaled(self, factor: float) -> Truncated:
        return Truncated(self.law.scaled(factor), self.lower * factor, self.upper * factor)

    @property
    def expression(self) -> str:
        upper = "inf" if self.upper == math.inf else number(self.upper)
        return f"truncated({self.law.expression}, {number(self.lower)}, {upper})"
