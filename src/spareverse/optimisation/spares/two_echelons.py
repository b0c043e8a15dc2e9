"""A depot that supplies bases: Poisson demand at the bases, one piece ordered per demand, first come, first served.

Of every demand of a base the share ``repair_fraction`` is made good at the base itself after ``repair_time``; the rest
is ordered from the depot, which orders it from outside after ``depot_time`` (repairs it, for repairables). Three models
of the pieces on order at a base:

* ``metric`` (Sherbrooke 1968): Poisson, with the mean delay at the depot added to the time of shipment.
* ``vari_metric`` (Graves 1985; Sherbrooke 1986): mean and variance, and a negative binomial law through both.
* ``exact`` (Simon 1971; Graves 1985): each piece that the depot owes belongs to a base by its share of the demand, so
  what it owes to the base is a binomial part of what it owes at all, to which the demand during shipment is added. For
  constant times of shipment; with ``depot_batch`` the depot orders batches and its position runs evenly from
  stock - batch + 1 to stock (Axsäter 1993).

Rates per any unit of time, times in it; stock in pieces. The depot's time may have any law (its mean is given) except
under ``exact`` with batches, where it is constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from spareverse.optimisation.spares import palm

Floats = NDArray[np.float64]

ENOUGH = 1e-15
"""Chance that a truncated law leaves out."""


@dataclass(frozen=True)
class Base:
    """What is asked of one place, and how long its ways take."""

    demand_rate: float
    ship_time: float
    repair_fraction: float = 0.0
    repair_time: float = 0.0

    @property
    def resupply_rate(self) -> float:
        """Demands that go to the depot."""
        return self.demand_rate * (1.0 - self.repair_fraction)


@dataclass(frozen=True)
class BaseLevels:
    """Pieces on order at a base: their mean, and backorders by stock level."""

    pipeline: float
    backorders: Floats
    """Expected, at stock 0, 1, 2 ..."""

    def on_hand(self, stock: int) -> float:
        return stock - self.pipeline + float(self.backorders[stock])


@dataclass(frozen=True)
class TwoEchelons:
    """A depot and its bases; ValueError for negative rates or times, or shares outside 0 to 1."""

    depot_time: float
    bases: tuple[Base, ...]
    depot_batch: int = 1

    def __post_init__(self) -> None:
        numbers = [self.depot_time, *(x for b in self.bases for x in (b.demand_rate, b.ship_time, b.repair_time))]
        shares = [base.repair_fraction for base in self.bases]
        if min(numbers) < 0 or not all(0 <= share <= 1 for share in shares) or self.depot_batch < 1:
            raise ValueError("rates and times must not be negative, shares lie from 0 to 1, a batch holds a piece")

    @property
    def depot_rate(self) -> float:
        return sum(base.resupply_rate for base in self.bases)

    @property
    def depot_pipeline(self) -> float:
        return self.depot_rate * self.depot_time

    def depot_positions(self, depot_stock: int) -> NDArray[np.int64]:
        """The depot's inventory positions, all equally likely."""
        return np.arange(depot_stock - self.depot_batch + 1, depot_stock + 1)

    def depot_backorders(self, depot_stock: int) -> float:
        """Expected pieces that the depot owes."""
        return float(palm.expected_backorders(self.depot_positions(depot_stock), self.depot_pipeline).mean())

    def depot_backorder_variance(self, depot_stock: int) -> float:
        """Variance of the pieces that the depot owes (depot batch of one)."""
        return float(palm.backorder_variance(depot_stock, self.depot_pipeline))

    def depot_on_hand(self, depot_stock: int) -> float:
        positions = self.depot_positions(depot_stock)
        return float(palm.mean_on_hand(positions, self.depot_pipeline).mean())

    def depot_delay(self, depot_stock: int) -> float:
        """Mean wait of an order at the depot."""
        return self.depot_backorders(depot_stock) / self.depot_rate if self.depot_rate else 0.0

    def pipeline(self, base: Base, depot_stock: int) -> float:
        """Mean pieces on order at a base."""
        local = base.demand_rate * base.repair_fraction * base.repair_time
        return local + base.resupply_rate * (base.ship_time + self.depot_delay(depot_stock))

    def metric(self, base: Base, depot_stock: int, most: int) -> BaseLevels:
        """Poisson pieces on order; stock levels 0 to ``most``."""
        mean = self.pipeline(base, depot_stock)
        return BaseLevels(mean, palm.expected_backorders(np.arange(most + 1), mean))

    def vari_metric(self, base: Base, depot_stock: int, most: int) -> BaseLevels:
        """Negative binomial pieces on order by mean and variance; Poisson where the two are equal."""
        mean = self.pipeline(base, depot_stock)
        share = base.resupply_rate / self.depot_rate if self.depot_rate else 0.0
        owed = self.depot_backorders(depot_stock)
        thinned = share * (1.0 - share) * owed + share**2 * self.depot_backorder_variance(depot_stock)
        variance = mean - share * owed + thinned
        if variance <= mean * (1.0 + 1e-12):
            return self.metric(base, depot_stock, most)
        return BaseLevels(mean, _mean_shortage(mean, _negative_binomial_tail(mean, variance, most)))

    def exact(self, base: Base, depot_stock: int, most: int) -> BaseLevels:
        """The law of the pieces on order itself. ValueError where a part of the demand is repaired at the base."""
        if any(each.repair_fraction for each in self.bases):
            raise ValueError("the exact law is known where everything is ordered from the depot")
        share = base.demand_rate / self.depot_rate if self.depot_rate else 0.0
        law = np.convolve(_binomial_part(self._owed(depot_stock), share), _poisson(base.demand_rate * base.ship_time))
        mean = float(law @ np.arange(len(law)))
        tail = 1.0 - np.cumsum(law)
        tail = np.concatenate([tail, np.zeros(max(0, most - len(tail)))])
        return BaseLevels(mean, _mean_shortage(mean, tail[:most]))

    def _owed(self, depot_stock: int) -> Floats:
        """Chances of 0, 1, 2 ... pieces owed by the depot."""
        orders = _poisson(self.depot_pipeline)
        positions = self.depot_positions(depot_stock)
        owed = np.zeros(len(orders) + max(0, -int(positions[0])))
        for position in positions:
            np.add.at(owed, np.maximum(np.arange(len(orders)) - position, 0), orders / len(positions))
        return owed


def least_backorders(network: TwoEchelons, total_stock: int) -> tuple[float, int, tuple[int, ...]]:
    """Fewest expected backorders of ``total_stock`` pieces by METRIC: (backorders, depot stock, stock of each base).

    For each depot stock the rest goes piece by piece where it helps most, which is exact as backorders are convex in
    the stock of a base; over the depot's stock they are not, so every one is tried (Sherbrooke 1968).
    """
    best: tuple[float, int, tuple[int, ...]] | None = None
    for depot_stock in range(total_stock + 1):
        rest = total_stock - depot_stock
        curves = [network.metric(base, depot_stock, rest + 1).backorders for base in network.bases]
        stock = [0] * len(curves)
        for _ in range(rest):
            gains = [curve[level] - curve[level + 1] for curve, level in zip(curves, stock, strict=True)]
            stock[int(np.argmax(gains))] += 1
        short = float(sum(curve[level] for curve, level in zip(curves, stock, strict=True)))
        if best is None or short < best[0] - 1e-12:
            best = (short, depot_stock, tuple(stock))
    if best is None:
        raise ValueError(f"stock must be 0 or more, got {total_stock}")
    return best


def total_cost(
    network: TwoEchelons, depot_stock: int, base_stock: Sequence[int], depot_holding: float,
    base_holding: float, shortage: float,
) -> float:  # fmt: skip
    """Exact holding and shortage cost per unit of time; goods on the way are not charged.

    Costs in currency per piece and unit of time. Levels may be -1 or less: then nothing is kept and orders wait for
    so many others.
    """
    cost = depot_holding * network.depot_on_hand(depot_stock)
    for base, stock in zip(network.bases, base_stock, strict=True):
        levels = network.exact(base, depot_stock, max(stock, 0))
        owed = float(levels.backorders[max(stock, 0)]) + max(-stock, 0)
        cost += base_holding * (stock - levels.pipeline + owed) + shortage * owed
    return cost


def _poisson(mean: float) -> Floats:
    """Chances of 0, 1, 2 ..., up to where hardly anything is left."""
    last = palm.poisson_quantile(1.0 - ENOUGH, mean) + 5
    return palm.poisson_mass(np.arange(last + 1), mean)


def _binomial_part(law: Floats, share: float) -> Floats:
    """Law of the part of a random number of pieces of which each belongs to it with chance ``share``."""
    part = np.zeros(len(law))
    chances = np.ones(1)
    for mass in law:
        part[: len(chances)] += mass * chances
        chances = np.append(chances * (1.0 - share), 0.0) + np.append(0.0, chances * share)
    return part


def _mean_shortage(mean: float, tail: ArrayLike) -> Floats:
    """E(X - s)+ at s = 0, 1, 2 ...: each piece of stock takes P(X > s - 1) away."""
    return np.maximum(mean - np.concatenate([[0.0], np.cumsum(tail)]), 0.0)


def _negative_binomial_tail(mean: float, variance: float, count: int) -> Floats:
    """P(X > 0), P(X > 1) ... of the law with this mean and variance."""
    chance = mean / variance
    tail: Floats = 1.0 - betainc(mean * chance / (1.0 - chance), np.arange(count) + 1.0, chance)
    return tail
