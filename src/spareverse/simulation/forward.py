"""A network run forward from its opening state, many times: when each stock point first fails a customer, what it
costs, who is served late, what is spent.

What is not yet known is drawn anew in every path: the next demands, what is left of the lead times of open orders
(``opening_orders.due_in`` is given their age), outages to come.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities
from spareverse.engine.memory import Floats, Whole
from spareverse.engine.outcome import Outcome
from spareverse.engine.run import Simulator, Stopped
from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.simulation.universe.compile import CompiledUniverse, compile_universe
from spareverse.simulation.universe.counterfactuals import without_limits
from spareverse.simulation.universe.laws import DAY
from spareverse.simulation.universe.results import CENTS, value_ledger
from spareverse.simulation.universe.scenario_run import asking
from spareverse.simulation.universe_run import threads_available

Days = NDArray[np.float32]
NOT_FILLED, RECEIPTS = (a.R_STOCK_OUT,), (a.R_DELIVERY, a.R_TRANSFER)


@dataclass(frozen=True)
class Futures:
    """What paths of a network bring; times are days from the start, infinite where it does not happen in time."""

    points: pl.DataFrame
    """part_id, place_id of the rows below"""
    first_unfilled: Days
    """[points, paths] first demand that is not served whole at once"""
    first_receipt: Days
    """[points, paths] first goods that come in"""
    waiting: Days
    """[points, paths] piece-days of waiting of customers"""
    money: Days
    """[points, paths] waiting and penalties as they accrue, lost sales and emergencies"""
    customers: pl.DataFrame
    """customer_id of the rows below"""
    late: NDArray[np.bool_]
    """[customers, paths] whether pieces came later than the contract allows, or are still awaited then"""
    penalty: Floats
    """[customers] as it accrues, mean"""
    budgets: list[str]
    spent: Floats
    """[budgets, paths] money of the purchases that were paid from it"""
    events: int

    @property
    def paths(self) -> int:
        return int(self.first_unfilled.shape[1])

    def chance(self, days: float) -> Floats:
        """[points] share of the paths with a demand not filled within so many days."""
        return np.asarray((self.first_unfilled <= days).mean(axis=1))


def run_forward(
    network: Network,
    *,
    days: float,
    paths: int,
    seed: int = 1,
    budgets: bool = True,
    compiled: CompiledUniverse | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Futures:
    """``paths`` futures of a checked network, with distances, over ``days`` from its opening state.

    budgets
        Whether purchases wait for money.
    compiled
        What ``compile_universe`` made of ``looking_ahead(network, days)``, where that is there already.

    The same seed draws the same futures whatever is changed in the network. Raises Cancelled.
    """
    stop = threading.Event()

    def work() -> Futures:
        made = compiled or compile_universe(looking_ahead(network, days))
        if not budgets:
            made = replace(made, entities=without_limits(made.entities, ("budget",)))
        return _run(network, made, paths, seed, threads or threads_available(), progress, stop)

    return asking(work, cancel, stop)


def looking_ahead(network: Network, days: float) -> Network:
    """The network with a run of so many days, all of them counted, in one period."""
    settings = network["settings"].with_columns(
        horizon_days=pl.lit(float(days)), period_days=pl.lit(float(days)), warm_up_days=pl.lit(0.0)
    )
    return Network({**network.tables, "settings": settings}, network.name, network.notices)


def _run(
    network: Network, compiled: CompiledUniverse, paths: int, seed: int, threads: int, progress: Progress | None,
    stop: threading.Event,
) -> Futures:  # fmt: skip
    gathered = _Gathered(compiled, network, paths)
    own, lock, done = threading.local(), threading.Lock(), [0]

    def one(path: int) -> None:
        if stop.is_set():
            raise Stopped
        if not hasattr(own, "simulator"):
            own.simulator = Simulator(compiled.entities, log=True)
        rows = gathered.rows(path)
        outcome = own.simulator.run(
            value_ledger(compiled), seed, path, path + 1, rows=rows, going_on=lambda _: not stop.is_set()
        )
        with lock:
            gathered.add(path, outcome)
            done[0] += 1
            if progress is not None:
                progress(done[0] / paths, "Looking ahead")

    with ThreadPoolExecutor(min(threads, paths)) as pool:
        for _ in pool.map(one, range(paths)):
            pass
    return gathered.futures()


class _Gathered:
    """What the paths have brought so far."""

    def __init__(self, compiled: CompiledUniverse, network: Network, paths: int) -> None:
        self._compiled = compiled
        points = compiled.stocks.height
        self.first_unfilled = np.full((points, paths), np.inf, np.float32)
        self.first_receipt = np.full((points, paths), np.inf, np.float32)
        names = compiled.customers["customer_id"].fill_null("")
        self.customers = names.unique().sort()
        self._customer = names.replace_strict(
            self.customers, np.arange(len(self.customers)), return_dtype=pl.Int64
        ).to_numpy().astype(np.int64)  # fmt: skip
        first = self._of_customers(*_owed_at_the_start(compiled))
        self._first = tuple(np.repeat(of[:, None], paths, axis=1) for of in first)
        self.late, self.penalty = (of.copy() for of in self._first)
        self.budgets = network["budgets"]["budget_id"].sort().to_list()
        self._budget = _budgets_of(compiled, network, self.budgets)
        self.spent = np.zeros((len(self.budgets), paths))
        self._opening = _owed_money(compiled)
        self.waiting = np.zeros((points, paths), np.float32)
        self.money = np.tile(self._opening[:, None], (1, paths))
        self._waiting_cost = compiled.waiting_cost.astype(np.float32)
        self.events, self._paths = 0, paths

    def rows(self, path: int) -> Callable[[Whole, Whole], None]:
        """Takes the event record of a path, piece by piece, in time."""

        def take(log: Whole, charges: Whole) -> None:
            if not len(log) and not len(charges):  # memory was too small: it comes again from the start
                self.first_unfilled[:, path] = self.first_receipt[:, path] = np.inf
                self.money[:, path] = self._opening
                self.late[:, path], self.penalty[:, path] = (of[:, path] for of in self._first)
            kind = log[:, 2]
            row, *waits = _waits(self._compiled, log)
            cents = _cents(self._compiled, log)
            cents += np.bincount(row, _late(self._compiled.entities, *waits), len(log))
            self.money[:, path] += np.bincount(log[:, 3], cents, len(self.money)) / CENTS
            for of, more in zip((self.late, self.penalty), self._of_customers(*waits), strict=True):
                of[:, path] += more
            for kinds, first in ((NOT_FILLED, self.first_unfilled), (RECEIPTS, self.first_receipt)):
                found = np.isin(kind, kinds)
                np.minimum.at(first[:, path], log[found, 3], (log[found, 1] / DAY).astype(np.float32))

        return take

    def _of_customers(self, customer: Whole, pieces: Whole, waited: Whole) -> tuple[Floats, Floats]:
        """[customers] pieces that waited longer than the contract allows, and their penalty."""
        terms, group = self._compiled.entities.customers[customer], self._customer[customer]
        over = (terms[:, a.COMMITMENT] >= 0) & (waited > terms[:, a.COMMITMENT])
        penalty = _late(self._compiled.entities, customer, pieces, waited) / CENTS
        groups = len(self.customers)
        late, cost = (np.bincount(group, values, groups).astype(np.float64) for values in (pieces * over, penalty))
        return late, cost

    def add(self, path: int, outcome: Outcome) -> None:
        stocks = outcome.stock_totals[0]
        self.waiting[:, path] = stocks[:, a.WAITING_SECONDS] / DAY
        has = self._budget >= 0
        spent = stocks[has, a.SPENT_CENTS] / CENTS
        self.spent[:, path] = np.bincount(self._budget[has], spent, len(self.budgets))
        self.events += int(outcome.events[0])

    def futures(self) -> Futures:
        money = self.money + self._waiting_cost[:, None] * self.waiting
        return Futures(
            self._compiled.stocks.select("part_id", "place_id"), self.first_unfilled, self.first_receipt,
            self.waiting, money, self.customers.alias("customer_id").to_frame(),
            self.late > 0, self.penalty.mean(axis=1), self.budgets, self.spent, self.events,
        )  # fmt: skip


def _cents(compiled: CompiledUniverse, log: Whole) -> Floats:
    """What each event adds to the money but for penalties."""
    given = compiled.entities
    kind, quantity, customer, source = (log[:, k] for k in (2, 5, 8, 9))
    cents = np.zeros(len(log))
    hurried = kind == a.R_EMERGENCY_ORDER
    cents[hurried] = given.sources[source[hurried], a.EMERGENCY_COST]
    lost = (kind == a.R_LOST) & (customer >= 0)
    cents[lost] = quantity[lost] * given.customers[customer[lost], a.LOST_COST]
    return cents


def _waits(compiled: CompiledUniverse, log: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Row of the record, customer, pieces and seconds of waits as each event changes them: who starts to wait is taken
    to wait until the end, and who is served or leaves no longer than that, which takes the longer wait back."""
    end = int(compiled.entities.bounds[-1])
    time, kind, quantity, duration, customer = (log[:, k] for k in (1, 2, 5, 7, 8))
    lost = (kind == a.R_LOST) & (customer >= 0)
    begins = np.flatnonzero((kind == a.R_STOCK_OUT) & (customer >= 0))
    ends = np.flatnonzero(lost | ((kind == a.R_ISSUE) & (customer >= 0) & (duration > 0)))
    served = ends[~lost[ends]]
    row = np.concatenate([begins, ends, served])
    pieces = np.concatenate([quantity[begins], -quantity[ends], quantity[served]])
    waited = np.concatenate([end - time[begins], end - time[ends] + duration[ends], duration[served]])
    return row, customer[row], pieces, waited


def _owed_at_the_start(compiled: CompiledUniverse) -> tuple[Whole, Whole, Whole]:
    """Customer, pieces and seconds of the waits of the start, if they went on until the end."""
    customer, pieces, since = compiled.entities.waiting.T
    return customer, pieces, int(compiled.entities.bounds[-1]) - since


def _owed_money(compiled: CompiledUniverse) -> Days:
    """[points] what they would cost."""
    given = compiled.entities
    customer, pieces, waited = _owed_at_the_start(compiled)
    money = _late(given, customer, pieces, waited) / CENTS
    stock = given.customers[customer, a.CUSTOMER_STOCK]
    return np.bincount(stock, money, compiled.stocks.height).astype(np.float32)


def _late(given: Entities, customer: Whole, pieces: Whole, waited: Whole) -> Floats:
    """Cents of penalty for pieces that have waited so many seconds."""
    terms = given.customers[customer]
    late = np.maximum(waited - terms[:, a.COMMITMENT], 0) * (terms[:, a.COMMITMENT] >= 0)
    return np.asarray(pieces * late * terms[:, a.PENALTY] / (1000.0 * DAY))


def _budgets_of(compiled: CompiledUniverse, network: Network, budgets: list[str]) -> Whole:
    """Number of the budget of each stock point, whether it is switched off or not; -1 for none."""
    named = compiled.stocks.select("part_id", "place_id").join(
        network["stock"].select("part_id", "place_id", "budget_id"), on=["part_id", "place_id"], how="left",
        maintain_order="left",
    )  # fmt: skip
    numbers = named["budget_id"].replace_strict(budgets, range(len(budgets)), default=-1, return_dtype=pl.Int64)
    return np.asarray(numbers.fill_null(-1).to_numpy())
