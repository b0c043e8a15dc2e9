"""One scenario of a run: its network made ready, its replications side by side, its result tables."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from spareverse.engine.memory import Whole
from spareverse.engine.run import Simulator, Stopped
from spareverse.errors import Cancelled
from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.simulation.universe.compile import compile_universe
from spareverse.simulation.universe.event_store import EventStore
from spareverse.simulation.universe.events import EventRecord
from spareverse.simulation.universe.results import ScenarioResults, value_ledger
from spareverse.simulation.universe.size import RunSize

ASK_EVERY_S = 0.1
"""How often ``cancel`` is asked."""
READY = 0.05
"""Share of a scenario's progress that is done when its network is ready to run."""
T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    """What all scenarios of a run have in common."""

    size: RunSize
    threads: int
    seed: int
    log: bool
    causes: bool
    each_record: Callable[[int, pl.DataFrame], None] | None
    progress: Progress | None
    stop: threading.Event
    """Set when the run is to end early."""


@dataclass(frozen=True)
class Finished:
    """A scenario that has been run; its network in arrays is not kept."""

    tables: dict[str, pl.DataFrame]
    record: EventStore | None
    events: int


def run_scenario(
    name: str, number: int, changed: Callable[[], Network], switched_off: tuple[str, ...], order: Order
) -> Finished:
    """All replications of scenario ``number``; ``changed`` makes its network. Raises Stopped, or what went wrong."""
    share = _Share(order, number, name)
    share.ready(0.0)
    network = changed()
    compiled = compile_universe(network, switched_off)
    results = ScenarioResults(name, network, compiled, causes=order.causes)
    share.ready(READY)
    replications = _Replications(results, order, share)
    try:
        replications.go()
        record = replications.record.store if order.log else None
        return Finished(results.tables(), record, results.events)
    except BaseException:
        replications.record.store.close()
        raise


def asking(work: Callable[[], T], cancel: Cancel | None, stop: threading.Event) -> T:
    """Do work in a thread, asking before it and meanwhile whether to go on; Cancelled at once, the work ends behind."""
    pool = ThreadPoolExecutor(1)
    try:
        _go_on(cancel)
        future = pool.submit(work)
        while not wait([future], timeout=ASK_EVERY_S).done:
            _go_on(cancel)
        return future.result()
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(wait=False)


def _go_on(cancel: Cancel | None) -> None:
    if cancel is not None and cancel():
        raise Cancelled("Stopped on request; nothing was saved.")


class _Share:
    """Progress of one scenario among all."""

    def __init__(self, order: Order, number: int, name: str) -> None:
        self._order, self._number, self._name = order, number, name
        self._done = [0.0] * order.size.replications
        self._lock = threading.Lock()

    def ready(self, share: float) -> None:
        if self._order.stop.is_set():
            raise Stopped
        if self._order.progress is not None:
            whole = (self._number + share) / self._order.size.scenarios
            self._order.progress(whole, f"Simulating: {self._name}")

    def reached(self, replication: int, share: float) -> None:
        with self._lock:
            self._done[replication] = share
            whole = sum(self._done) / max(len(self._done), 1)
        self.ready(READY + (1.0 - READY) * whole)


class _Replications:
    """Replications of one scenario, each thread with memories of its own."""

    def __init__(self, results: ScenarioResults, order: Order, share: _Share) -> None:
        self.results, self._order, self._share = results, order, share
        self.record = EventRecord(results.name, results.compiled)
        self._ledger = value_ledger(results.compiled)
        self._own = threading.local()
        self._handing = threading.Lock()
        self._stopping = False

    def go(self) -> None:
        """All replications; the first that fails stops the others."""
        replications = self._order.size.replications
        with ThreadPoolExecutor(min(self._order.threads, replications)) as pool:
            waiting = {pool.submit(self._one, replication) for replication in range(replications)}
            failed: BaseException | None = None
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                failed = failed or self._failure(done)
                if failed is not None:
                    self._stopping = True
        if failed is not None:
            raise failed

    @staticmethod
    def _failure(done: set[Future[None]]) -> BaseException | None:
        return next((error for future in done if (error := future.exception()) is not None), None)

    def _going_on(self, replication: int, share: float) -> bool:
        if self._stopping or self._order.stop.is_set():
            return False
        self._share.reached(replication, share)
        return True

    def _one(self, replication: int) -> None:
        if not self._going_on(replication, 0.0):
            raise Stopped
        records = [self.record] if self._order.log and replication == 0 else []
        own = None
        if self._order.each_record is not None:
            own = EventRecord(self.results.name, self.results.compiled)
            records.append(own)

        def rows(log: Whole, charges: Whole) -> None:
            if not len(log) and not len(charges):
                self.results.restart_charges(replication)
                for record in records:
                    record.store.clear()
            if len(charges):
                self.results.add_charges(replication, charges)
            for record in records:
                record.add(log)

        try:
            outcome = self._simulator(log=bool(records)).run(
                self._ledger, self._order.seed, replication, replication + 1, rows=rows,
                going_on=lambda share: self._going_on(replication, share),
            )  # fmt: skip
            self.results.add(replication, outcome)
            self._order.size.check_causes(self.results.cause_rows)
            if own is not None and self._order.each_record is not None:
                with self._handing:
                    self._order.each_record(replication, own.store.table().collect())
        finally:
            if own is not None:
                own.store.close()
        self._share.reached(replication, 1.0)

    def _simulator(self, *, log: bool) -> Simulator:
        """This thread's memories; others when the event record is wanted or no more wanted."""
        if getattr(self._own, "log", None) != log:
            self._own.simulator = None
            self._own.simulator = Simulator(self.results.compiled.entities, log=log, causes=self._order.causes)
            self._own.log = log
        simulator: Simulator = self._own.simulator
        return simulator
