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
    """One run: the asset, its stock, its orders, and what a study wants to know of them.

    Hours up and waiting, failures, stock-outs, orders, deliveries and their lead times, piece-hours in stock.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.random = random.Random(seed)
        self.environment = simpy.Environment()
        self.stock = simpy.Container(self.environment, init=scenario.batch)
        self.batch_under_way = False
        self.up_h = self.waiting_h = self.lead_h = self.piece_h = self.since = 0.0
        self.failures = self.stock_outs = self.orders = self.deliveries = 0
        self.environment.process(self.asset())

    def asset(self) -> Generator[simpy.Event, None, None]:
        environment = self.environment
        while True:
            begin = environment.now
            life = self.random.expovariate(1.0 / MEAN_LIFE_H)
            self.up_h += min(life, HORIZON_H - begin)
            yield environment.timeout(life)
            self.failures += 1
            self.charge_stock()
            failed_at = environment.now
            if self.stock.level == 0:
                self.stock_outs += 1
                environment.process(self.delivery(1, batch=False))
            taken = self.stock.get(1)
            if self.scenario.batch and self.stock.level <= self.scenario.reorder_point and not self.batch_under_way:
                self.batch_under_way = True
                environment.process(self.delivery(self.scenario.batch, batch=True))
            yield taken
            self.waiting_h += environment.now - failed_at
            yield environment.timeout(REPLACEMENT_H)

    def delivery(self, pieces: int, *, batch: bool) -> Generator[simpy.Event, None, None]:
        low, mode, high = self.scenario.lead_time_h
        self.orders += 1
        lead = self.random.triangular(low, high, mode)
        yield self.environment.timeout(lead)
        self.deliveries += 1
        self.lead_h += lead
        self.charge_stock()
        if batch:
            self.batch_under_way = False
        yield self.stock.put(pieces)

    def charge_stock(self) -> None:
        """Piece-hours at the level that has stood since the last change."""
        self.piece_h += self.stock.level * (self.environment.now - self.since)
        self.since = self.environment.now

    def run(self) -> float:
        """Availability over the horizon."""
        self.environment.run(until=HORIZON_H)
        return self.up_h / HORIZON_H
