"""Stocking rules replayed against demand and lead times that really happened.

Not a simulation: demand is what came. Every item walks alone through its own demand lines; an order takes one of the
lead times its item's (else its supplier's) orders really had, picked by item and number of the order: contenders that
order alike wait alike. Stock is reviewed after every demand, which for demand per period is the end of the period: such
an order is on the shelf before the demand of period t + L + 1. The rule has been in force for ``warm_steps`` before the
part that is scored, so that its orders are under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.calibration.rules import Rules
from spareverse.jit import Cancel, kernel, run_in_chunks

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

COUNTS = ("lines", "lines_met", "pieces", "pieces_met", "waited", "stock", "owed", "orders")
LINES, LINES_MET, PIECES, PIECES_MET, WAITED, STOCK, OWED, ORDERS = range(len(COUNTS))
"""What is counted per item; waited: steps until a line is whole, summed over lines; stock and owed: mean pieces."""


@dataclass(frozen=True)
class Track:
    """What really happened to each item, before and after the scored part begins at step 0."""

    event_starts: Integers
    """[items + 1]"""
    event_step: Integers
    """[events] ascending within an item; negative before the scored part."""
    event_pieces: Floats
    gap_starts: Integers
    """[items + 1] where an item's gaps begin"""
    gap_from: Integers
    gap_until: Integers
    """[gaps] steps without information: they are not scored."""
    lead_from: Integers
    lead_until: Integers
    """[items] where an item's real lead times lie in ``lead_times``; at least one each, items may share them."""
    lead_times: Floats
    """[steps]"""
    steps: int
    """Length of the scored part."""
    warm_steps: int
    """How long before it the rule is in force already."""
    review_steps: int
    """0: reviewed at every demand; 1: at the end of every period."""


@kernel
def _pick(item: int, order: int, count: int) -> int:
    """Which of ``count`` lead times the order takes: evenly spread over them, alike in every replay."""
    turn = (item * 0.7548776662466927 + order * 0.6180339887498949) % 1.0
    return min(int(turn * count), count - 1)


@kernel
def _seen_time(begin: float, end: float, gap_from: Integers, gap_until: Integers, first: int, last: int) -> float:
    """Length of [begin, end) outside the gaps and after step 0."""
    begin = max(begin, 0.0)
    seen = max(end - begin, 0.0)
    for g in range(first, last):
        seen -= max(min(end, gap_until[g]) - max(begin, gap_from[g]), 0.0)
    return max(seen, 0.0)


@kernel
def replay_range(
    event_starts: Integers,
    event_step: Integers,
    event_pieces: Floats,
    gap_starts: Integers,
    gap_from: Integers,
    gap_until: Integers,
    lead_from: Integers,
    lead_until: Integers,
    lead_times: Floats,
    steps: int,
    warm_steps: int,
    review_steps: int,
    reorder_point: Integers,
    order_quantity: Integers,
    order_up_to: Booleans,
    first_item: int,
    last_item: int,
    counts: Floats,
) -> None:
    """Replay items [first_item, last_item); counts[i] as COUNTS."""
    for i in range(first_item, last_item):
        s = float(reorder_point[i])
        q = float(order_quantity[i])
        events = event_starts[i + 1] - event_starts[i]
        arrives = np.empty(events + 1)
        comes = np.empty(events + 1)
        under_way = 0
        wants = np.empty(events + 1)
        since = np.empty(events + 1)
        scored = np.zeros(events + 1, dtype=np.bool_)
        head = 0
        tail = 0
        orders = 0
        on_hand = s + q
        position = on_hand
        owed = 0.0
        now = -float(warm_steps)
        event = event_starts[i]
        while event < event_starts[i + 1] and event_step[event] < -warm_steps:
            event += 1
        g0 = gap_starts[i]
        g1 = gap_starts[i + 1]
        total = _seen_time(0.0, float(steps), gap_from, gap_until, g0, g1)
        while True:
            due = float(steps)
            is_demand = False
            if event < event_starts[i + 1] and event_step[event] < steps:
                due = float(event_step[event])
                is_demand = True
            soonest = -1
            for k in range(under_way):
                if arrives[k] <= due and (soonest < 0 or arrives[k] < arrives[soonest]):
                    soonest = k
            if soonest >= 0:
                due = arrives[soonest]
                is_demand = False
            if due >= steps and soonest < 0 and not is_demand:
                due = float(steps)
            spent = _seen_time(now, min(due, float(steps)), gap_from, gap_until, g0, g1)
            counts[i, STOCK] += on_hand * spent
            counts[i, OWED] += owed * spent
            now = due
            if now >= steps:
                break
            if soonest >= 0:
                on_hand += comes[soonest]
                under_way -= 1
                arrives[soonest] = arrives[under_way]
                comes[soonest] = comes[under_way]
                while head < tail and on_hand > 0.0:
                    given = min(on_hand, wants[head])
                    on_hand -= given
                    owed -= given
                    wants[head] -= given
                    if wants[head] <= 0.0:
                        if scored[head]:
                            counts[i, WAITED] += now - since[head]
                        head += 1
                continue
            pieces = event_pieces[event]
            event += 1
            given = min(on_hand, pieces)
            on_hand -= given
            if now >= 0.0:
                counts[i, LINES] += 1.0
                counts[i, PIECES] += pieces
                counts[i, PIECES_MET] += given
                if given == pieces:
                    counts[i, LINES_MET] += 1.0
            if given < pieces:
                wants[tail] = pieces - given
                since[tail] = now
                scored[tail] = now >= 0.0
                owed += pieces - given
                tail += 1
            position -= pieces
            if position <= s:
                if order_up_to[i]:
                    ordered = s + q - position
                else:
                    ordered = q * (np.floor((s - position) / q) + 1.0)
                if ordered > 0.0:
                    position += ordered
                    own = lead_from[i] + _pick(i, orders, lead_until[i] - lead_from[i])
                    arrives[under_way] = now + review_steps + lead_times[own]
                    orders += 1
                    comes[under_way] = ordered
                    under_way += 1
                    if now >= 0.0:
                        counts[i, ORDERS] += 1.0
        for k in range(head, tail):
            if scored[k]:
                counts[i, WAITED] += steps - since[k]
        if total > 0.0:
            counts[i, STOCK] /= total
            counts[i, OWED] /= total


def replay(track: Track, rules: Sequence[Rules], cancel: Cancel | None = None) -> Floats:
    """[rules, items, COUNTS] of every contender at every setting; line waits still open at the end count until then."""
    items = len(track.event_starts) - 1
    counts = np.zeros((len(rules), items, len(COUNTS)))

    def work(rule: Rules, out: Floats, first: int, last: int) -> None:
        replay_range(
            track.event_starts,
            track.event_step,
            track.event_pieces,
            track.gap_starts,
            track.gap_from,
            track.gap_until,
            track.lead_from,
            track.lead_until,
            track.lead_times,
            track.steps,
            track.warm_steps,
            track.review_steps,
            rule.reorder_point,
            rule.order_quantity,
            np.full(items, rule.order_up_to, dtype=np.bool_),
            first,
            last,
            out,
        )

    for number, rule in enumerate(rules):
        run_in_chunks(
            lambda first, last, rule=rule, out=counts[number]: work(rule, out, first, last),  # type: ignore[misc]
            items,
            chunk=4096,
            cancel=cancel,
        )
    return counts
