"""Laws of a whole number of pieces: demand of a period, of a lead time, of one order line.

Compound Poisson by Panjer's recursion (1981). Chances below 1e-18 of the mass are left out, and what is kept is scaled
to one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel
from spareverse.optimisation.single_item.checks import not_negative, positive, whole

Floats = NDArray[np.float64]

_NEGLIGIBLE = 1e-18


@dataclass(frozen=True, eq=False)
class DiscreteLaw:
    """P(D = first + i) = mass[i]. ValueError when chances are negative or do not add up to one."""

    first: int
    mass: Floats

    def __post_init__(self) -> None:
        mass = np.ascontiguousarray(self.mass, dtype=np.float64)
        if mass.ndim != 1 or not len(mass) or not np.all(np.isfinite(mass)) or mass.min() < 0.0:
            raise ValueError("the chances of a demand law must be finite and not negative")
        total = float(mass.sum())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the chances of a demand law must add up to one, got {total:.9g}")
        if self.first < 0:
            raise ValueError(f"demand must not be negative, got a law that starts at {self.first}")
        object.__setattr__(self, "mass", mass / total)

    @property
    def last(self) -> int:
        """Largest demand."""
        return self.first + len(self.mass) - 1

    @cached_property
    def mean(self) -> float:
        return self.first + float(self.mass @ np.arange(len(self.mass)))

    @cached_property
    def variance(self) -> float:
        return float(self.mass @ (self.first + np.arange(len(self.mass)) - self.mean) ** 2)

    @cached_property
    def _until(self) -> Floats:
        """P(D <= first + i)."""
        return np.minimum(np.cumsum(self.mass), 1.0)

    @cached_property
    def _beyond(self) -> Floats:
        """P(D > first + i), summed from the far end: precise where it is small."""
        beyond: Floats = np.append(np.cumsum(self.mass[:0:-1])[::-1], 0.0)
        return beyond

    @cached_property
    def _short(self) -> Floats:
        """E(D - first - i)+."""
        short: Floats = np.append(np.cumsum(self._beyond[-2::-1])[::-1], 0.0)
        return short

    @cached_property
    def _left(self) -> Floats:
        """E(first + i - D)+."""
        left: Floats = np.concatenate([[0.0], np.cumsum(self._until[:-1])])
        return left

    def cdf(self, stock: ArrayLike) -> Floats:
        """P(D <= stock)."""
        at = np.asarray(stock, dtype=np.int64) - self.first
        found: Floats = np.where(at < 0, 0.0, self._until[np.clip(at, 0, len(self.mass) - 1)])
        return found

    def shortage(self, stock: ArrayLike) -> Floats:
        """E(D - stock)+."""
        level = np.asarray(stock, dtype=np.int64)
        at = np.clip(level - self.first, 0, len(self.mass) - 1)
        found: Floats = np.where(level < self.first, self.mean - level, self._short[at])
        return found

    def surplus(self, stock: ArrayLike) -> Floats:
        """E(stock - D)+."""
        level = np.asarray(stock, dtype=np.int64)
        at = np.clip(level - self.first, 0, len(self.mass) - 1)
        found: Floats = np.where(level > self.last, level - self.mean, self._left[at])
        return found

    def quantile(self, probability: float) -> int:
        """Smallest k with P(D <= k) >= probability; ValueError outside [0, 1]."""
        if not 0.0 <= probability <= 1.0:
            raise ValueError(f"a probability lies between 0 and 1, got {probability:g}")
        # the slack is that of adding up chances: where the law reaches the probability exactly, it must be seen to
        return self.first + min(int(np.searchsorted(self._until, probability - 1e-14)), len(self.mass) - 1)

    def plus(self, other: DiscreteLaw) -> DiscreteLaw:
        """Law of the sum of two independent demands."""
        return _trimmed(self.first + other.first, np.convolve(self.mass, other.mass))

    def times(self, periods: int) -> DiscreteLaw:
        """Law of the demand of so many independent periods."""
        whole(0, number_of_periods=periods)
        total, power = certain(0), self
        while periods:
            total = total.plus(power) if periods % 2 else total
            periods //= 2
            power = power.plus(power) if periods else power
        return total

    def over(self, periods: DiscreteLaw) -> DiscreteLaw:
        """Law of the demand of a random number of periods, independent of the demand."""
        total = np.zeros(periods.last * self.last + 1)
        power = self.times(periods.first)
        for number, chance in enumerate(periods.mass):
            power = power.plus(self) if number else power
            total[power.first : power.last + 1] += chance * power.mass
        return _trimmed(0, total)


def certain(pieces: int) -> DiscreteLaw:
    """Always the same demand."""
    return DiscreteLaw(pieces, np.ones(1))


def from_chances(chances: Mapping[int, float]) -> DiscreteLaw:
    """Law from P(D = value) by value; values are whole and not negative."""
    if not chances:
        raise ValueError("a demand law needs at least one value")
    for value in chances:
        whole(0, demand=value)
    first, last = int(min(chances)), int(max(chances))
    mass = np.zeros(last - first + 1)
    for value, chance in chances.items():
        mass[int(value) - first] += chance
    return DiscreteLaw(first, mass)


def poisson(mean: float) -> DiscreteLaw:
    """Poisson demand with the given mean >= 0."""
    not_negative(mean_demand=mean)
    if mean == 0.0:
        return certain(0)
    first, mass = poisson_mass(mean)
    return DiscreteLaw(first, mass)


def negative_binomial(mean: float, variance: float) -> DiscreteLaw:
    """Counts with variance above the mean: a Poisson demand whose mean is gamma distributed."""
    positive(mean_demand=mean)
    if not (math.isfinite(variance) and variance > mean):
        raise ValueError(f"a negative binomial needs a variance above its mean of {mean:g}, got {variance:g}")
    shape = mean * mean / (variance - mean)
    return _trimmed(0, _negative_binomial_mass(shape, mean))


def compound_poisson(orders: float, sizes: DiscreteLaw) -> DiscreteLaw:
    """Poisson number of order lines with mean ``orders``, each of an independent size of at least one piece."""
    not_negative(mean_number_of_orders=orders)
    if sizes.first < 1:
        raise ValueError("an order line is of at least one piece")
    if orders == 0.0:
        return certain(0)
    spread = math.sqrt(orders * (sizes.variance + sizes.mean**2))
    points = int(orders * sizes.mean + 12.0 * spread + 40.0 * sizes.last) + 1
    return _trimmed(0, _panjer(orders, sizes.first, sizes.mass, points))


def _trimmed(first: int, mass: Floats) -> DiscreteLaw:
    kept = np.flatnonzero(mass > _NEGLIGIBLE)
    mass = mass[kept[0] : kept[-1] + 1]
    return DiscreteLaw(first + int(kept[0]), mass / mass.sum())


@kernel
def poisson_mass(mean: float) -> tuple[int, Floats]:
    """First count worth keeping and the chances from there on, by ratios from the mode outwards."""
    mode = int(mean)
    peak = math.exp(mode * math.log(mean) - mean - math.lgamma(mode + 1.0))
    low = mode
    chance = peak
    while low > 0 and chance > 1e-20:
        chance *= low / mean
        low -= 1
    high = mode
    chance = peak
    while chance > 1e-20:
        high += 1
        chance *= mean / high
    mass = np.empty(high - low + 1)
    mass[mode - low] = peak
    for k in range(mode, low, -1):
        mass[k - 1 - low] = mass[k - low] * k / mean
    for k in range(mode + 1, high + 1):
        mass[k - low] = mass[k - 1 - low] * mean / k
    return low, mass / mass.sum()


@kernel
def _negative_binomial_mass(shape: float, mean: float) -> Floats:
    success = mean / (shape + mean)
    spread = math.sqrt(mean + mean * mean / shape)
    points = int(mean + 12.0 * spread + 45.0 / -math.log(success)) + 2
    mass = np.empty(points)
    front = shape * math.log1p(-success) - math.lgamma(shape)
    for k in range(points):
        mass[k] = math.exp(front + math.lgamma(shape + k) - math.lgamma(k + 1.0) + k * math.log(success))
    return mass


@kernel
def _panjer(orders: float, smallest: int, sizes: Floats, points: int) -> Floats:
    """Chances but for a common factor: they start from 1 and are made smaller whenever they grow out of bounds."""
    mass = np.zeros(points)
    mass[0] = 1.0
    for x in range(1, points):
        total = 0.0
        for i in range(min(len(sizes), x - smallest + 1)):
            if sizes[i] > 0.0:
                total += (smallest + i) * sizes[i] * mass[x - smallest - i]
        mass[x] = orders / x * total
        if mass[x] > 1e200:
            for i in range(x + 1):
                mass[i] *= 1e-200
    mass /= mass.sum()
    return mass
