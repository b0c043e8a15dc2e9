"""How much memory a run will take, before it takes it: a run that would outgrow the machine is refused at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from spareverse.engine import memory as a
from spareverse.errors import InputRejected, Problem
from spareverse.network.network import Network
from spareverse.network.simulation_tables import CUSTOMER_RESULTS, POINTS, SERIES
from spareverse.simulation.universe.compile import accounting_bounds

WORD = 8
GB = 1e9
TICKETS_PER_ROW = 4
COMPILED_BYTES = 900
"""Of a stock point, its source and its demand as tables and arrays before the run, as measured."""
CAUSE_BYTES = 160
"""Of a row of causes while the table is made: the sums, their keys and the table itself."""


@dataclass(frozen=True)
class RunSize:
    """What a run is made of, in numbers, and what it takes in bytes."""

    stocks: int
    sources: int
    streams: int
    places: int
    periods: int
    customers: int
    replications: int
    scenarios: int
    causes: bool

    @classmethod
    def of(cls, network: Network, *, replications: int, scenarios: int, causes: bool) -> RunSize:
        """``scenarios`` with the network as it is. A stock point has the sources of its part, else of its place."""
        sourcing = network["sourcing"]
        own = sourcing["part_id"].is_not_null()
        general = sourcing.filter(~own).group_by("place_id").len("each")
        shared = network["stock"].group_by("place_id").len("points").join(general, on="place_id")
        return cls(
            stocks=network["stock"].height,
            sources=int(own.sum()) + int((shared["points"] * shared["each"]).sum() or 0),
            streams=network["demands"].height + network["demand_traces"].select("part_id", "place_id").n_unique(),
            places=network["places"].height,
            periods=len(accounting_bounds(network)[0]) - 1,
            customers=pl.concat([network[name]["customer_id"] for name in ("demands", "demand_traces")]).n_unique(),
            replications=replications,
            scenarios=scenarios,
            causes=causes,
        )

    @property
    def compiled(self) -> int:
        """The network as arrays, once."""
        return COMPILED_BYTES * self.stocks + 2 * WORD * a.SOURCE_SIZE * self.sources + 150 * self.streams

    @property
    def each_thread(self) -> int:
        """The engine's memory, and what a replication adds up to."""
        rows = self.stocks + self.streams
        moving = a.TICKET_SIZE + a.FAR_SIZE + (a.LOT_SIZE if self.causes else 0)
        words = (
            self.stocks * (a.STOCK_SIZE + a.STOCK_COUNTS)
            + self.sources * a.SOURCE_SIZE
            + self.streams * (a.CUSTOMER_SIZE + a.CUSTOMER_COUNTS)
            + TICKETS_PER_ROW * rows * moving
            + 6 * (rows + self.sources)
            + self.places * self.periods * (a.STOCK_COUNTS + 1)
        )
        return WORD * words

    @property
    def results(self) -> int:
        """Result tables but for causes, which are known only when a replication has run."""
        runs = self.replications * self.scenarios
        series = 2 * WORD * len(SERIES.names) * self.places * self.periods * runs
        customers = 2 * WORD * len(CUSTOMER_RESULTS.names) * self.customers * runs
        points = WORD * (len(POINTS.names) + 4) * self.stocks * self.scenarios
        return series + customers + points

    def threads_that_fit(self, threads: int) -> int:
        """At most ``threads``, fewer where memory is short. InputRejected where not even one would fit."""
        available = memory_available()
        if available is None:
            return threads
        threads = min(threads, self.replications)
        room = available - self.compiled - self.results
        fits = min(threads, room // max(self.each_thread, 1))
        if fits >= 1:
            return int(fits)
        raise self._too_large(available)

    def check_causes(self, rows: int) -> None:
        """InputRejected where so many rows of causes, in each scenario, are certain to outgrow memory."""
        available = memory_available()
        needed = CAUSE_BYTES * rows * self.scenarios
        if available is not None and needed > available:
            remedy = "Simulate fewer replications or scenarios, use longer periods, or leave the causes out."
            reason = f"{needed / GB:,.1f} GB for {rows:,} causes of waiting in each of {self.scenarios:,} scenarios."
            raise InputRejected(_message(needed, available), [Problem(reason, remedy)])

    def _too_large(self, available: int) -> InputRejected:
        network = f"{self.stocks:,} stock points with {self.sources:,} sources and {self.streams:,} streams of demand"
        results = (
            f"results of {self.places:,} places in {self.periods:,} periods, {self.customers:,} customers and "
            f"{self.stocks:,} stock points, {self.replications:,} replications of {self.scenarios:,} scenarios"
        )
        fewer = "Simulate fewer replications or scenarios, or use longer periods."
        parts = [
            (self.compiled + self.each_thread, network, "Simulate fewer parts or places at a time."),
            (self.results, results, fewer),
        ]
        problems = [
            Problem(f"{size / GB:,.1f} GB for {what}.", remedy)
            for size, what, remedy in sorted(parts, key=lambda part: -part[0])
        ]
        return InputRejected(_message(self.compiled + self.each_thread + self.results, available), problems)


def _message(needed: int, available: int) -> str:
    return f"This run needs about {needed / GB:,.1f} GB of memory and {available / GB:,.1f} GB are free."


def memory_available() -> int | None:
    """Bytes this process may still take; None where the system does not say."""
    told = [found for found in (_free(), _left_in_group()) if found is not None]
    return min(told) if told else None


def _free() -> int | None:
    """What the system could give without swapping: Linux says so, elsewhere half of what is built in."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return None


def _left_in_group() -> int | None:
    """What a container's limit leaves; None without a limit."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit, used = (int((folder / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        return max(limit - used, 0)
    except (OSError, ValueError):
        return None
