"""Batches of replications: arrays of the right size, and larger ones again when a batch did not fit."""

from __future__ import annotations

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities, Room, lay_out
from spareverse.engine.memory import Whole
from spareverse.engine.replications import Ledger, Outcome, replicate


def run_batch(
    given: Entities, ledger: Ledger, seed: int, first: int, last: int, *, first_period: int = 0, log: bool = False
) -> tuple[Outcome, Whole]:
    """Replications [first, last): their outcome and, with ``log``, the event record [n, fields of memory.RECORD].

    Pure: the same arguments give the same bits, whatever ran before, in whichever thread. Periods before
    ``first_period`` are simulated and not counted.
    """
    room = Room.first_guess(given, log=log)
    while True:
        net = lay_out(given, room)
        outcome = _empty(given, ledger.kinds, last - first)
        m = net.m.copy()
        streams = np.zeros((len(net.stream_keys), 4), np.uint64)
        with np.errstate(over="ignore"):
            replicate(m, net.f.copy(), streams, net, ledger, np.uint64(seed), first, last, first_period, outcome)
        if m[a.STATUS] == a.OK:
            rows = m[m[a.LOG] : m[a.LOG] + m[a.LOGGED] * a.RECORD_SIZE]
            return outcome, rows.reshape(-1, a.RECORD_SIZE)
        room = room.after(int(m[a.STATUS]))


def _empty(given: Entities, kinds: int, replications: int) -> Outcome:
    periods = len(given.bounds) - 1
    return Outcome(
        stock_totals=np.zeros((replications, len(given.stocks), a.STOCK_COUNTS), np.int64),
        asset_totals=np.zeros((replications, len(given.assets), a.ASSET_COUNTS), np.int64),
        up_seconds=np.zeros((replications, periods), np.int64),
        on_hand_seconds=np.zeros((replications, periods), np.int64),
        money=np.zeros((replications, periods, kinds)),
        asset_up=np.zeros((len(given.assets), periods), np.int64),
        system_down=np.zeros(replications, np.int64),
        events=np.zeros(replications, np.int64),
    )
