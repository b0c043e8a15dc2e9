"""One asset with spares as a practised SimPy user writes it: the peer of the engine benchmark.

Same rules as the study ``el-thalji-2025`` with ``first_arrival``: one batch is ordered when a demand leaves the
stock at or below the reorder point and no batch is under way; a failure without a spare orders one piece more, and the
waiting asset takes whichever piece comes first.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass

import simpy

HORIZON_H = 175_200.0
MEAN_LIFE_H = 730.0 / 1.5
REPLACEMENT_H = 8.0


@dataclass(frozen=True)
class Scenario:
    """Stock = batch, reorder point [pieces], lead time triangular [h]."""

    batch: int
    reorder_point: int
    lead_time_h: tuple[float, float, float]


class Platform:
    """One run: the asset, its stock, its orders. ``up_h`` is the time it worked."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.random = random.Random(seed)
        self.environment = simpy.Environment()
        self.stock = simpy.Container(self.environment, init=scenario.batch)
        self.batch_under_way = False
        self.up_h = 0.0
        self.failures = 0
        self.environment.process(self.asset())

    def asset(self) -> Generator[simpy.Event, None, None]:
        environment = self.environment
        while True:
            begin = environment.now
            life = self.random.expovariate(1.0 / MEAN_LIFE_H)
            self.up_h += min(life, HORIZON_H - begin)
            yield environment.timeout(life)
            self.failures += 1
            if self.stock.level == 0:
                environment.process(self.delivery(1, batch=False))
            taken = self.stock.get(1)
            if self.scenario.batch and self.stock.level <= self.scenario.reorder_point and not self.batch_under_way:
                self.batch_under_way = True
                environment.process(self.delivery(self.scenario.batch, batch=True))
            yield taken
            yield environment.timeout(REPLACEMENT_H)

    def delivery(self, pieces: int, *, batch: bool) -> Generator[simpy.Event, None, None]:
        low, mode, high = self.scenario.lead_time_h
        yield self.environment.timeout(self.random.triangular(low, high, mode))
        if batch:
            self.batch_under_way = False
        yield self.stock.put(pieces)

    def run(self) -> float:
        """Availability over the horizon."""
        self.environment.run(until=HORIZON_H)
        return self.up_h / HORIZON_H
