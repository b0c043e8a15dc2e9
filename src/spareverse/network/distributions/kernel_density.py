"""A smooth law from observed values (Rosenblatt 1956; bandwidth rule of Silverman 1986, eq. 3.31)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from spareverse.network.distributions.distribution import Distribution, Floats, floats, number, times
from spareverse.network.distributions.inversion import bisect, choose


@dataclass(frozen=True)
class KernelDensity(Distribution):
    """A normal law around each of the ``points``, cut at zero, all with the same weight and ``bandwidth``."""

    points: tuple[float, ...]
    bandwidth: float

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError("kde needs at least one point: kde(12, 15, 40; bandwidth=4)")
        for point in self.points:
            times("kde", point)
        if not 0.0 < self.bandwidth < math.inf:
            raise ValueError(f"kde needs bandwidth > 0, got {self.bandwidth}")
        object.__setattr__(self, "points", tuple(sorted(map(float, self.points))))

    @cached_property
    def heights(self) -> Floats:
        """Share of each kernel that lies above zero."""
        from scipy.special import ndtr

        return floats(ndtr(floats(self.points) / self.bandwidth))

    def standardised(self, x: ArrayLike) -> Floats:
        """[..., points] distance of ``x`` from each point in bandwidths; at zero where x is below."""
        return (np.maximum(floats(x), 0.0)[..., None] - floats(self.points)) / self.bandwidth

    @property
    def mean(self) -> float:
        return self.partial_moment(1, math.inf)

    @property
    def variance(self) -> float:
        return self.partial_moment(2, math.inf) - self.mean**2

    def cdf(self, x: ArrayLike) -> Floats:
        from scipy.special import ndtr

        below = ndtr(self.standardised(x)) - ndtr(self.standardised(0.0))
        return floats(np.where(floats(x) >= 0.0, np.mean(below / self.heights, axis=-1), 0.0))

    def survival(self, x: ArrayLike) -> Floats:
        from scipy.special import ndtr

        return floats(np.mean(ndtr(-self.standardised(x)) / self.heights, axis=-1))

    def density(self, x: ArrayLike) -> Floats:
        bells = np.exp(-0.5 * self.standardised(x) ** 2) / (math.sqrt(2.0 * math.pi) * self.bandwidth)
        return np.where(floats(x) >= 0.0, np.mean(bells / self.heights, axis=-1), 0.0)

    def quantile(self, probability: ArrayLike) -> Floats:
        p = floats(probability)
        ends = self.kernel_quantile(floats(self.points), p[..., None], 0.0, math.inf)
        return bisect(self.cdf, p, ends.min(axis=-1), ends.max(axis=-1))

    def shares(self, lower: float, upper: float) -> Floats:
        """Probability that each kernel puts on [lower, upper]."""
        from scipy.special import ndtr

        return floats((ndtr(self.standardised(upper)) - ndtr(self.standardised(lower))) / self.heights)

    def kernel_quantile(self, points: Floats, p: ArrayLike, lower: float, upper: float) -> Floats:
        """Quantile of the kernels around ``points``, cut to [lower, upper]."""
        from scipy.special import ndtr, ndtri

        low = ndtr((lower - points) / self.bandwidth)
        span = ndtr((upper - points) / self.bandwidth) - low
        return floats(np.clip(points + self.bandwidth * ndtri(low + floats(p) * span), lower, upper))

    def draw(self, u: ArrayLike) -> Floats:
        return self.draw_between(u, 0.0, math.inf)

    def draw_between(self, u: ArrayLike, lower: float, upper: float) -> Floats:
        """The first digits of ``u`` choose the kernel, the rest draw from it."""
        chosen, rest = choose(self.shares(lower, upper), u)
        return self.kernel_quantile(floats(self.points)[chosen], rest, max(lower, 0.0), upper)

    def partial_moment(self, order: int, x: float) -> float:
        from scipy.special import ndtr

        if x < 0.0:
            return 0.0
        points, h = floats(self.points), self.bandwidth
        start, end = self.standardised(0.0), self.standardised(x)
        finite = np.where(np.isfinite(end), end, 0.0)
        bell_start, bell_end = (np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) for z in (start, end))
        zeroth = ndtr(end) - ndtr(start)
        first = bell_start - bell_end
        second = zeroth + start * bell_start - finite * bell_end
        moments = (zeroth, points * zeroth + h * first, points**2 * zeroth + 2 * h * points * first + h * h * second)
        return float(np.mean(moments[order] / self.heights))

    def scaled(self, factor: float) -> KernelDensity:
        return KernelDensity(tuple(point * factor for point in self.points), self.bandwidth * factor)

    @property
    def expression(self) -> str:
        return f"kde({', '.join(map(number, self.points))}; bandwidth={number(self.bandwidth)})"


def rule_of_thumb(points: tuple[float, ...]) -> float:
    """Bandwidth by Silverman's rule. ValueError where the points do not spread."""
    if len(points) < 2 or min(points) == max(points):
        raise ValueError("kde needs a bandwidth when its points do not spread: kde(12, 12; bandwidth=4)")
    deviation = float(np.std(points, ddof=1))
    low, high = np.quantile(points, [0.25, 0.75])
    spread = min(deviation, float(high - low) / 1.34) if high > low else deviation
    return float(0.9 * spread * len(points) ** -0.2)
