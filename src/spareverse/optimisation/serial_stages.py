"""Stages in a row: the echelon base-stock levels that cost least, and what they cost.

Stage 1 is downstream and meets the demand; every stage is replenished by the next one upstream after a fixed lead
time, the last one from ample supply. The echelon stock of a stage is what it and the stages below hold or have under
way, less the backorders. From downstream up, with D_j the demand of the lead time of stage j,

    C_j(y) = E[ h_j (y - D_j) + G_{j-1}(y - D_j) ],   G_j(x) = C_j(min(x, S_j)),   S_j = argmin C_j,

and G_0(x) = (b + h_1 + ... + h_n) max(0, -x). The cost of the best levels is C_n(S_n).

Source: Clark & Scarf 1960; Chen & Zheng 1994.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebval
from numpy.typing import NDArray

from spareverse.optimisation.single_item.demand_laws import DiscreteLaw

Floats = NDArray[np.float64]

FAR = 10.0
"""Standard deviations beyond which a normal demand is left out."""
_X, _W = np.polynomial.legendre.leggauss(64)
LEAST_NODES, MOST_NODES, NODES_A_DEVIATION = 64, 2000, 8


@dataclass(frozen=True)
class EchelonLevels:
    """Best echelon base-stock levels, downstream first, and the cost per unit of time."""

    levels: tuple[float, ...]
    cost: float


def best_levels_of_normal_demand(
    echelon_holding: Sequence[float], lead_times: Sequence[float], stockout_cost: float, mean: float, sd: float
) -> EchelonLevels:
    """Levels against normal demand of ``mean`` and ``sd`` per unit of time; sequences downstream first.

    Exact to the digits of the quadrature: on [far below, S_j] each cost is a smooth function, kept as a Chebyshev
    interpolant; below it is a straight line, above it is the constant C_j(S_j).
    """
    _check(echelon_holding, lead_times, stockout_cost)
    if not (sd > 0.0 and mean >= 0.0):
        raise ValueError(f"demand needs a mean of at least zero and a deviation above zero, got {mean:g} and {sd:g}")
    slope = stockout_cost + math.fsum(echelon_holding)
    passed = 0.0
    levels: list[float] = []
    below = _Branch(0.0, slope)
    for holding, lead_time in zip(echelon_holding, lead_times, strict=True):
        passed += lead_time
        middle, reach = mean * passed, FAR * sd * math.sqrt(passed)
        stage = _Stage(holding, mean * lead_time, sd * math.sqrt(lead_time), below)
        slope -= holding
        level = stage.lowest(middle - reach, middle + reach)
        levels.append(level)
        # below the middle less the reach all demand waits, and the cost is a straight line
        below = _Branch(level, slope, min(middle - reach, level), stage)
    return EchelonLevels(tuple(levels), below.least)


def best_levels_of_counts(
    echelon_holding: Sequence[float], lead_time_demands: Sequence[DiscreteLaw], stockout_cost: float
) -> EchelonLevels:
    """Whole levels against demand in pieces, the smallest where several cost the same; downstream first."""
    _check(echelon_holding, [1.0] * len(lead_time_demands), stockout_cost)
    slope = stockout_cost + math.fsum(echelon_holding)
    highest = sum(law.last for law in lead_time_demands) + 1
    below: Callable[[NDArray[np.int64]], Floats] = lambda x: slope * np.maximum(0, -x)  # noqa: E731
    levels: list[float] = []
    least = 0.0
    for holding, law in zip(echelon_holding, lead_time_demands, strict=True):
        demand = law.first + np.arange(len(law.mass))
        costs = np.array([law.mass @ (holding * (y - demand) + below(y - demand)) for y in range(highest + 1)])
        level = int(np.argmin(costs > costs.min() + 1e-12 * abs(costs.min())))
        slope -= holding
        least = float(costs[level])
        below = _floored(costs, level, slope)
        levels.append(float(level))
    return EchelonLevels(tuple(levels), least)


def _floored(costs: Floats, level: int, slope: float) -> Callable[[NDArray[np.int64]], Floats]:
    """G(x): the costs up to the level, constant from there, a straight line below zero, where all demand waits."""
    return lambda x: costs[np.clip(x, 0, level)] + slope * np.maximum(0, -x)


class _Branch:
    """G of the stages below: their cost from echelon stock x on, smooth between ``far`` and the level."""

    def __init__(self, level: float, slope: float, far: float = 0.0, stage: _Stage | None = None) -> None:
        self.level, self.slope, self.far = level, slope, far
        self.least = float(stage.cost(np.array([level]))[0]) if stage else 0.0
        self.count: int = stage.below.count if stage else LEAST_NODES
        if stage and stage.sd > 0.0:
            needed = LEAST_NODES + math.ceil(NODES_A_DEVIATION * (level - far) / stage.sd)
            self.count = max(self.count, min(needed, MOST_NODES))
        if stage and far < level:
            nodes = 0.5 * (far + level) + 0.5 * (level - far) * np.cos(
                np.pi * (np.arange(self.count) + 0.5) / self.count
            )
            self.series = _chebyshev(stage.cost(nodes))

    def __call__(self, x: Floats) -> Floats:
        """Values at x <= level."""
        if self.far == self.level:
            return self.least + self.slope * (self.level - x)
        inside = np.clip(x, self.far, self.level)
        place = (2.0 * inside - self.far - self.level) / (self.level - self.far)
        found: Floats = chebval(place, self.series) + self.slope * np.maximum(self.far - x, 0.0)
        return found


def _chebyshev(values: Floats) -> Floats:
    """Coefficients of the polynomial through the values at the Chebyshev nodes."""
    count = len(values)
    angles = np.pi * (np.arange(count) + 0.5) / count
    series: Floats = 2.0 / count * (np.cos(np.outer(np.arange(count), angles)) @ values)
    series[0] *= 0.5
    return series


@dataclass(frozen=True)
class _Stage:
    holding: float
    mean: float
    sd: float
    below: _Branch

    def cost(self, y: Floats) -> Floats:
        """C(y), the expectation over the normal demand of the lead time."""
        middle = y - self.mean
        if self.sd == 0.0:
            return self.holding * middle + self.below(np.minimum(middle, self.below.level))
        # x = y - D: from far below to where the branch becomes constant
        low = middle - FAR * self.sd
        high = np.clip(self.below.level, low, middle + FAR * self.sd)
        total = self.holding * middle + self.below.least * _above((high - middle) / self.sd)
        half = 0.25 * (high - low)
        for part in (1.0, 3.0):
            x = (low + part * half)[:, None] + half[:, None] * _X
            density = np.exp(-0.5 * ((x - middle[:, None]) / self.sd) ** 2) / (self.sd * math.sqrt(2.0 * math.pi))
            total = total + half * ((density * self.below(x)) @ _W)
        return total

    def lowest(self, low: float, high: float) -> float:
        """Where the convex cost is least, by sections that shrink towards it and a parabola at the end."""
        while high - low > 1e-3 * (self.sd or 1.0):
            grid = np.linspace(low, high, 17)
            best = int(np.argmin(self.cost(grid)))
            low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 16)])
        middle, step = 0.5 * (low + high), 0.5 * (high - low)
        left, centre, right = self.cost(np.array([middle - step, middle, middle + step]))
        bend = left - 2.0 * centre + right
        return middle + (0.5 * step * float((left - right) / bend) if bend > 0.0 else 0.0)


def _above(z: Floats) -> Floats:
    return np.array([0.5 * math.erfc(value / math.sqrt(2.0)) for value in z])


def _check(echelon_holding: Sequence[float], lead_times: Sequence[float], stockout_cost: float) -> None:
    if not len(echelon_holding) == len(lead_times) > 0:
        raise ValueError("each stage needs one echelon holding cost and one lead time")
    if min(echelon_holding) <= 0.0 or min(lead_times) < 0.0 or stockout_cost <= 0.0:
        raise ValueError("costs must be above zero and lead times must not be negative")
