"""Run a network under scenarios: replications side by side with common random numbers, result tables at the end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from spareverse.engine.memory import Whole
from spareverse.engine.run import Simulator, Stopped
from spareverse.errors import Cancelled
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import DIFFERENCES, MEASURES_TABLE
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.compile import CompiledUniverse, compile_universe
from spareverse.simulation.universe.events import EventRecord
from spareverse.simulation.universe.measures import MEASURES, measured, per_replication, with_limits
from spareverse.simulation.universe.results import ScenarioResults, value_ledger

BASE = "as it is"


@dataclass(frozen=True)
class UniverseRun:
    """A network simulated as it is and under scenarios; how it was made is part of it."""

    tables: dict[str, pl.DataFrame]
    network: Network
    scenarios: tuple[Scenario, ...]
    seed: int
    replications: int
    events: int
    """Events simulated, over all scenarios and replications."""
    notices: tuple[str, ...] = field(default=())

    def measure(
        self, name: str, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
        per: Literal["month", "period"] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Mean and 95 % limits of a measure of ``measures.MEASURES``, per scenario and what ``by`` names."""
        return measured(self.tables["series"], name, by=by, where=where, per=per)


def run_universe(
    network: Network,
    scenarios: Sequence[Scenario] = (),
    *,
    replications: int = 10,
    seed: int = 1,
    log: bool = False,
    causes: bool = True,
    threads: int | None = None,
    each_record: Callable[[int, pl.DataFrame], None] | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> UniverseRun:
    """The network as it is, then each scenario: ``replications`` runs each, paired by common random numbers.

    ``log`` keeps the event record of the first replication of each scenario; ``causes`` charges waits to causes.
    ``each_record`` is handed the event record of every replication (its number, schema EVENTS) and keeps what it wants.
    Raises Cancelled within about a second when ``cancel`` says so; InputRejected when a scenario does not fit.
    """
    network = with_distances(network)
    named: list[tuple[str, Network, tuple[str, ...]]] = [(BASE, network, ())]
    named += [(scenario.name, apply_scenario(network, scenario), scenario.switched_off) for scenario in scenarios]
    results, records = [], []
    workers = threads or threads_available()
    for number, (name, changed, switched_off) in enumerate(named):
        share = _Share(progress, number, len(named), replications, name)
        compiled = compile_universe(changed, switched_off)
        run = _ScenarioRun(
            name, changed, compiled, replications, seed, log, causes, workers, share, cancel, each_record
        )
        results.append(run.results)
        records.append(run.record)
        run.go()
    tables = _tables(results, records, log=log)
    events = sum(result.events for result in results)
    return UniverseRun(tables, network, tuple(scenarios), seed, replications, events, network.notices)


class _Share:
    """Progress of one scenario among all."""

    def __init__(self, progress: Progress | None, number: int, count: int, replications: int, name: str) -> None:
        self._progress, self._number, self._count, self._name = progress, number, count, name
        self._done = [0.0] * replications
        self._lock = threading.Lock()

    def reached(self, replication: int, share: float) -> None:
        with self._lock:
            self._done[replication] = share
            whole = sum(self._done) / max(len(self._done), 1)
        if self._progress is not None:
            self._progress((self._number + whole) / self._count, f"Simulating: {self._name}")


@dataclass
class _ScenarioRun:
    """Replications of one scenario, each thread with memories of its own."""

    name: str
    network: Network
    compiled: CompiledUniverse
    replications: int
    seed: int
    log: bool
    causes: bool
    workers: int
    share: _Share
    cancel: Callable[[], bool] | None
    each_record: Callable[[int, pl.DataFrame], None] | None

    def __post_init__(self) -> None:
        self.results = ScenarioResults(self.name, self.network, self.compiled, self.replications)
        self.record = EventRecord(self.name, self.compiled)
        self._ledger = value_ledger(self.compiled)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._stopping = False

    def go(self) -> None:
        """All replications; the first that fails stops the others."""
        with ThreadPoolExecutor(min(self.workers, self.replications)) as pool:
            waiting = {pool.submit(self._one, replication) for replication in range(self.replications)}
            failed: BaseException | None = None
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                failed = failed or self._failure(done)
                if failed is not None:
                    self._stopping = True
        if isinstance(failed, Stopped):
            raise Cancelled("Stopped on request; nothing was saved.")
        if failed is not None:
            raise failed

    @staticmethod
    def _failure(done: set[Future[None]]) -> BaseException | None:
        return next((error for future in done if (error := future.exception()) is not None), None)

    def _going_on(self, replication: int, share: float) -> bool:
        self.share.reached(replication, share)
        return not (self._stopping or (self.cancel is not None and self.cancel()))

    def _one(self, replication: int) -> None:
        logged = self.log and replication == 0
        if not self._going_on(replication, 0.0):
            raise Stopped
        own = None if self.each_record is None else EventRecord(self.name, self.compiled)
        simulator = self._simulator(log=logged or own is not None)

        def rows(log: Whole, charges: Whole) -> None:
            with self._lock:
                if not len(log) and not len(charges):
                    self.results.restart_charges(replication)
                    if logged:
                        self.record.restart()
                    if own is not None:
                        own.restart()
                if len(charges):
                    self.results.add_charges(replication, charges)
                if logged:
                    self.record.add(log)
            if own is not None:
                own.add(log)

        outcome = simulator.run(
            self._ledger, self.seed, replication, replication + 1, rows=rows,
            going_on=lambda share: self._going_on(replication, share),
        )  # fmt: skip
        with self._lock:
            self.results.add(replication, outcome)
            if own is not None and self.each_record is not None:
                self.each_record(replication, own.table().collect())
        self.share.reached(replication, 1.0)

    def _simulator(self, *, log: bool) -> Simulator:
        if log:
            return Simulator(self.compiled.entities, log=True, causes=self.causes)
        if not hasattr(self._own, "simulator"):
            self._own.simulator = Simulator(self.compiled.entities, causes=self.causes)
        simulator: Simulator = self._own.simulator
        return simulator


def _tables(results: list[ScenarioResults], records: list[EventRecord], *, log: bool) -> dict[str, pl.DataFrame]:
    tables = {
        "series": pl.concat([result.series() for result in results]),
        "points": pl.concat([result.points() for result in results]),
        "customers": pl.concat([result.customers() for result in results]),
        "causes": pl.concat([result.causes() for result in results]),
    }
    if log:
        tables["events"] = pl.concat([record.table() for record in records]).collect()
    tables["measures"] = _measures(tables["series"])
    tables["differences"] = _differences(tables["series"])
    return tables


def _measures(series: pl.DataFrame) -> pl.DataFrame:
    rows = [measured(series, name).with_columns(pl.lit(name).alias("measure")) for name in MEASURES]
    return pl.concat(rows).select(MEASURES_TABLE.names).cast(MEASURES_TABLE.schema)


def _differences(series: pl.DataFrame) -> pl.DataFrame:
    """Every scenario against the network as it is, by measure."""
    tables = []
    for name, measure in MEASURES.items():
        values = per_replication(series, name)
        base = values.filter(pl.col("scenario") == BASE).select("replication", pl.col("value").alias("base"))
        paired = values.filter(pl.col("scenario") != BASE).join(base, on="replication").with_columns(
            apart=pl.col("value")
        )  # fmt: skip
        paired = paired.with_columns(value=pl.col("value") - pl.col("base"))
        limits = with_limits(paired, ["scenario"]).rename({"mean": "difference"})
        spread = paired.group_by("scenario").agg(
            pl.when(pl.col("value").var() > 0)
            .then((pl.col("apart").var() + pl.col("base").var()) / pl.col("value").var())
            .alias("variance_ratio")
        )
        tables.append(
            limits.join(spread, on="scenario", how="left").with_columns(
                pl.lit(name).alias("measure"), pl.lit(measure.unit).alias("unit")
            )
        )
    return pl.concat(tables).select(DIFFERENCES.names).cast(DIFFERENCES.schema)


def threads_available() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
