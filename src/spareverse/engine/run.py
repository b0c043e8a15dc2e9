"""Batches of replications: arrays of the right size, and larger ones again when a batch did not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities, Room, lay_out
from spareverse.engine.memory import Whole
from spareverse.engine.outcome import Ledger, Outcome
from spareverse.engine.replications import replicate

Rows = Callable[[Whole, Whole], None]
"""Takes rows of the event record [n, RECORD] and of the charges [n, CHARGE], in order."""

EVENTS_AT_ONCE = 1_000_000
"""Events after which the loop comes back to ask whether it should go on."""


class Stopped(Exception):
    """The run was asked to stop; nothing of the batch counts."""


class Simulator:
    """The memories of a network, for batch after batch in one thread."""

    def __init__(self, given: Entities, *, log: bool = False, causes: bool = False) -> None:
        self.given = given
        self.room = Room.first_guess(given, log=log, causes=causes)
        self.outcome: Outcome | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        self.net = lay_out(self.given, self.room)
        self.m, self.f = self.net.m, self.net.f
        self.streams = np.zeros((len(self.net.stream_keys), 4), np.uint64)

    def run(
        self,
        ledger: Ledger,
        seed: int,
        first: int,
        last: int,
        *,
        rows: Rows | None = None,
        going_on: Callable[[float], bool] | None = None,
    ) -> Outcome:
        """Replications [first, last): their outcome, the same bits whatever ran before and in whichever thread.

        The outcome lasts until the next run of as many replications, which takes over its arrays: memory the system
        has yet to give costs as much as the events of a large network.

        ``rows`` gets the event record and the charges piece by piece; where memory was too small they come again from
        the start, announced by empty arrays. ``going_on`` is asked now and then, with the share of the batch that is
        done. Raises Stopped when it says no.
        """
        while True:
            m = self.m
            outcome = self._begun_anew(ledger.kinds, last - first)
            m[a.STATUS], m[a.REPLICATION], m[a.GROUP_AT], m[a.BEGUN] = a.OK, first, 0, 0
            m[a.LOGGED] = m[a.CHARGED] = m[a.EVENTS] = 0
            m[a.EVENT_LIMIT] = EVENTS_AT_ONCE if going_on is not None else a.NEVER
            status = self._replicate(ledger, seed, first, last, outcome, rows, going_on)
            if status == a.OK:
                return outcome
            self.room = self.room.after(status)
            self._lay_out()
            if rows is not None:
                rows(np.zeros((0, a.RECORD_SIZE), np.int64), np.zeros((0, a.CHARGE_SIZE), np.int64))

    def _begun_anew(self, kinds: int, replications: int) -> Outcome:
        """Nothing counted yet."""
        kept = self.outcome
        if kept is None or kept.events.shape[0] != replications or kept.money.shape[-1] != kinds:
            self.outcome = kept = _empty(self.given, kinds, replications)
        else:
            for counted in kept:
                counted.fill(0)
        return kept

    def _replicate(
        self, ledger: Ledger, seed: int, first: int, last: int, outcome: Outcome, rows: Rows | None,
        going_on: Callable[[float], bool] | None,
    ) -> int:  # fmt: skip
        m = self.m
        while True:
            with np.errstate(over="ignore"):
                replicate(m, self.f, self.streams, self.net, ledger, np.uint64(seed), first, last, outcome)
            status = int(m[a.STATUS])
            if status in (a.OK, a.PAUSED) and rows is not None:
                self._hand_out(rows)
            if status != a.PAUSED:
                return status
            m[a.STATUS], m[a.EVENTS] = a.OK, 0
            if going_on is not None and not going_on(self._share_done(first, last)):
                raise Stopped

    def _hand_out(self, rows: Rows) -> None:
        m = self.m
        log = m[m[a.LOG] : m[a.LOG] + m[a.LOGGED] * a.RECORD_SIZE].reshape(-1, a.RECORD_SIZE)
        charges = m[m[a.CHARGES] : m[a.CHARGES] + m[a.CHARGED] * a.CHARGE_SIZE].reshape(-1, a.CHARGE_SIZE)
        if len(log) or len(charges):
            rows(log.copy(), charges.copy())
        m[a.LOGGED] = m[a.CHARGED] = 0

    def _share_done(self, first: int, last: int) -> float:
        m = self.m
        in_group = m[a.PERIOD] / max(m[a.PERIODS], 1) if m[a.BEGUN] else 0.0
        in_replication = (m[a.GROUP_AT] + in_group) / max(m[a.GROUP_COUNT], 1)
        return float((m[a.REPLICATION] - first + in_replication) / (last - first))


def run_batch(
    given: Entities, ledger: Ledger, seed: int, first: int, last: int, *, first_period: int = 0, log: bool = False
) -> tuple[Outcome, Whole]:
    """Replications [first, last): their outcome and, with ``log``, the event record [n, fields of memory.RECORD].

    Periods before ``first_period`` are simulated and not counted.
    """
    if first_period:
        given = replace(given, counted_from=int(given.bounds[first_period]))
    pieces: list[Whole] = [np.zeros((0, a.RECORD_SIZE), np.int64)]

    def keep(log_rows: Whole, charges: Whole) -> None:
        if not len(log_rows) and not len(charges):
            pieces.clear()
        pieces.append(log_rows)

    outcome = Simulator(given, log=log).run(ledger, seed, first, last, rows=keep if log else None)
    return outcome, np.concatenate(pieces)


def _empty(given: Entities, kinds: int, replications: int) -> Outcome:
    periods = len(given.bounds) - 1
    return Outcome(
        stock_totals=np.zeros((replications, len(given.stocks), a.STOCK_COUNTS), np.int64),
        asset_totals=np.zeros((replications, len(given.assets), a.ASSET_COUNTS), np.int64),
        customer_totals=np.zeros((replications, len(given.customers), a.CUSTOMER_COUNTS), np.int64),
        series=np.zeros((replications, given.places, periods, a.STOCK_COUNTS), np.int64),
        up_seconds=np.zeros((replications, periods), np.int64),
        money=np.zeros((replications, given.places, periods, kinds)),
        asset_up=np.zeros((len(given.assets), periods), np.int64),
        system_down=np.zeros(replications, np.int64),
        events=np.zeros(replications, np.int64),
    )
