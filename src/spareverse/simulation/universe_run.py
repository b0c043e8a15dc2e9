"""Run a network under scenarios: replications side by side with common random numbers, result tables at the end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import polars as pl

from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import DIFFERENCES, MEASURES_TABLE
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.event_store import EventStore
from spareverse.simulation.universe.measures import MEASURES, measured, per_replication, with_limits
from spareverse.simulation.universe.scenario_run import Finished, Order, asking, run_scenario
from spareverse.simulation.universe.size import RunSize

BASE = "as it is"


class UniverseTables(Mapping[str, pl.DataFrame]):
    """The result tables by name. The event record may be larger than memory: ``scan`` reads it piece by piece."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], records: Sequence[EventStore] = ()) -> None:
        self._tables, self._records = dict(tables), records

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._tables and name in self:
            self._tables[name] = self.scan(name).collect()
        return self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables or (name == "events" and bool(self._records))

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._tables if name != "events")
        if "events" in self:
            yield "events"

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def scan(self, name: str) -> pl.LazyFrame:
        """A table to be read lazily, as long as this object lives. KeyError for one there is not."""
        if name in self._tables or not self._records or name != "events":
            return self._tables[name].lazy()
        return pl.concat([record.table() for record in self._records])


@dataclass(frozen=True)
class UniverseRun:
    """A network simulated as it is and under scenarios; how it was made is part of it."""

    tables: UniverseTables
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
    Fewer ``threads`` work where memory is short. Raises Cancelled within a second when ``cancel`` says so, while what
    is under way ends behind; InputRejected when a scenario does not fit, or the run does not fit into memory.
    """
    network = with_distances(network)
    size = RunSize.of(network, replications=replications, scenarios=len(scenarios) + 1, causes=causes)
    workers = size.threads_that_fit(threads or threads_available())
    order = Order(size, workers, seed, log, causes, each_record, progress, threading.Event())
    # before anything runs, so that a scenario that does not fit is told at once; tables nobody touches are shared
    named = asking(lambda: [(BASE, network, ()), *(_named(network, each) for each in scenarios)], cancel, order.stop)
    done: list[Finished] = []
    try:
        for number, (name, changed, switched_off) in enumerate(named):
            work = partial(run_scenario, name, number, partial(_as_made, changed), switched_off, order)
            done.append(asking(work, cancel, order.stop))
        tables = asking(lambda: _tables(done), cancel, order.stop)
    except BaseException:
        for one in done:
            if one.record is not None:
                one.record.close()
        raise
    events = sum(one.events for one in done)
    return UniverseRun(tables, network, tuple(scenarios), seed, replications, events, network.notices)


def run_variants(
    variants: Sequence[tuple[str, Callable[[], Network]]],
    *,
    replications: int,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> tuple[dict[str, pl.DataFrame], int]:
    """Networks by name, checked and with distances, under the same random numbers: series, points and customers
    (``scenario`` is the name), without causes and events; and how many events were simulated.

    What compares many settings of one network uses it: nothing is checked again, and each network is made when its
    turn comes. Raises Cancelled; InputRejected where a run does not fit into memory.
    """
    size = RunSize.of(variants[0][1](), replications=replications, scenarios=len(variants), causes=False)
    workers = size.threads_that_fit(threads or threads_available())
    order = Order(size, workers, seed, False, False, None, progress, threading.Event())
    done = [
        asking(partial(run_scenario, name, number, make, (), order), cancel, order.stop)
        for number, (name, make) in enumerate(variants)
    ]
    tables = {name: pl.concat([one.tables[name] for one in done]) for name in ("series", "points", "customers")}
    return tables, sum(one.events for one in done)


def _named(network: Network, scenario: Scenario) -> tuple[str, Network, tuple[str, ...]]:
    return scenario.name, apply_scenario(network, scenario), scenario.switched_off


def _as_made(network: Network) -> Network:
    return network


def _tables(done: Sequence[Finished]) -> UniverseTables:
    tables = {name: pl.concat([one.tables.pop(name) for one in done]) for name in list(done[0].tables)}
    tables["measures"] = _measures(tables["series"])
    tables["differences"] = _differences(tables["series"])
    return UniverseTables(tables, [one.record for one in done if one.record is not None])


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
        spread = paired.group_by("scenario", maintain_order=True).agg(
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
