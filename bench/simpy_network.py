"""A two-echelon network as a practised SimPy user writes it: the peer of the universe benchmark.

A centre feeds regions; base stock everywhere, Poisson demand in the regions, who finds no piece waits. The supplier
works on one piece at a time on each of its lines; goods for a region pass its dock, one shipment at a time.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field

import simpy

YEAR_DAYS = 365.0
WORK_DAYS = 0.0005
LEAD_SHAPE, LEAD_MEAN_DAYS = 2.0, 18.0
SEA_DAYS, ROAD_DAYS = 2.0, 3.0


@dataclass
class Point:
    """One part at one place: pieces on hand, and who waits for one."""

    on_hand: int
    waiting: deque[simpy.Event] = field(default_factory=deque)


class TwoEchelons:
    """One run: stock levels per part, demand a year in each region, lines of the supplier (None: no queues at all)."""

    def __init__(
        self, centre: list[int], regions: list[list[int]], per_year: list[float], lines: int | None, seed: int
    ) -> None:
        self.environment = simpy.Environment()
        self.random = random.Random(seed)
        self.supplier = simpy.Resource(self.environment, lines) if lines else None
        self.docks = [simpy.Resource(self.environment, 1) for _ in regions[0]] if lines else None
        self.demands = self.filled = 0
        self.waited_days = 0.0
        for part, rate in enumerate(per_year):
            above = Point(centre[part])
            for region, level in enumerate(regions[part]):
                self.environment.process(self.demand(above, Point(level), region, rate / YEAR_DAYS))

    def demand(self, above: Point, here: Point, region: int, per_day: float) -> Generator[simpy.Event, None, None]:
        while True:
            yield self.environment.timeout(self.random.expovariate(per_day))
            self.demands += 1
            self.filled += here.on_hand > 0
            self.environment.process(self.customer(here))
            self.environment.process(self.order(above, here, region))

    def customer(self, here: Point) -> Generator[simpy.Event, None, None]:
        asked = self.environment.now
        yield from self.take(here)
        self.waited_days += self.environment.now - asked

    def take(self, point: Point) -> Generator[simpy.Event, None, None]:
        """A piece, at once or when one comes; first come, first served."""
        if point.on_hand:
            point.on_hand -= 1
            return
        turn = self.environment.event()
        point.waiting.append(turn)
        yield turn

    @staticmethod
    def receive(point: Point) -> None:
        if point.waiting:
            point.waiting.popleft().succeed()
        else:
            point.on_hand += 1

    def order(self, above: Point, here: Point, region: int) -> Generator[simpy.Event, None, None]:
        """The region's order at the centre, which orders one in turn."""
        self.environment.process(self.supply(above))
        yield from self.take(above)
        if self.docks is not None:
            with self.docks[region].request() as turn:
                yield turn
        yield self.environment.timeout(ROAD_DAYS)
        self.receive(here)

    def supply(self, above: Point) -> Generator[simpy.Event, None, None]:
        if self.supplier is not None:
            with self.supplier.request() as turn:
                yield turn
                yield self.environment.timeout(WORK_DAYS)
        lead = self.random.gammavariate(LEAD_SHAPE, LEAD_MEAN_DAYS / LEAD_SHAPE)
        yield self.environment.timeout(lead + SEA_DAYS)
        self.receive(above)

    def run(self) -> float:
        """Share of demands served at once over a year."""
        self.environment.run(until=YEAR_DAYS)
        return self.filled / self.demands
