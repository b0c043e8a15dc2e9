"""The event loop: replications of a network, coupled group by coupled group, and what they add up to.

Groups share nothing, so that simulating them one after the other gives the same record as one common calendar would,
with shorter heaps. The weather, bursts and disturbances they share are drawn once per replication.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.assets import access_opens, accrue_asset, note_stoppage, reach_mark, replaced
from spareverse.engine.beginning import begin_group, begin_shared
from spareverse.engine.budgets import money_comes
from spareverse.engine.calendar import KIND_SHIFT, next_bucket, remove_first, schedule
from spareverse.engine.customers import customer_leaves, demand_arrives, settle_open
from spareverse.engine.fetching import look_ahead
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.outcome import Ledger, Outcome, fold, fold_open_waits
from spareverse.engine.profiles import Profiles, realise_profile
from spareverse.engine.receipts import receive
from spareverse.engine.shipping import dispatch
from spareverse.engine.sourcing import promise_due
from spareverse.engine.stocks import expire, review
from spareverse.engine.streams import seed_stream
from spareverse.engine.tickets import accrue_stock, record
from spareverse.engine.windows import Calendars, realise_windows
from spareverse.jit import inner_kernel, lean_kernel


class Network(NamedTuple):
    """What is given: the memories before the first event, and where their parts are. Never written to."""

    m: Whole
    f: Floats
    stream_keys: Streams
    """[streams, 1]: key of the entity that draws from it."""
    assets: Whole
    """Where each asset's row begins."""
    stocks: Whole
    customers: Whole
    profiles: Profiles
    calendars: Calendars
    bounds: Whole
    """Ends of the accounting periods, the first is 0, the last the horizon [seconds]."""


@lean_kernel
def draw_shared(
    m: Whole, f: Floats, u: Streams, profiles: Profiles, calendars: Calendars, keys: Streams, seed: np.uint64
) -> None:
    """Draw the rate profiles and access windows of one replication."""
    replication = m[a.REPLICATION]
    horizon = m[a.HORIZON]
    for i in range(m[a.PROFILE_COUNT]):
        row = m[a.PROFILES] + i * a.PROFILE_SIZE
        stream = m[at(row + a.PROFILE_STREAM)]
        seed_stream(u, stream, seed, replication, keys[stream, 0], a.FOR_BURSTS)
        room = m[at(row + a.PIECE_ROOM)]
        starts = m[at(row + a.STARTS)]
        integrals = m[at(row + a.INTEGRALS)]
        factors = m[at(row + a.FACTORS)]
        m[at(row + a.PIECES)] = realise_profile(
            profiles,
            i,
            u,
            stream,
            horizon,
            m[starts : starts + room],
            f[integrals : integrals + room],
            f[factors : factors + room],
        )
        if m[at(row + a.PIECES)] < 0:
            m[a.STATUS] = a.PIECES_FULL
    for i in range(m[a.CALENDAR_COUNT]):
        row = m[a.CALENDARS] + i * a.CALENDAR_SIZE
        stream = m[at(row + a.CALENDAR_STREAM)]
        seed_stream(u, stream, seed, replication, keys[stream, 0], a.FOR_WEATHER)
        room = m[at(row + a.WINDOW_ROOM)]
        opens = m[at(row + a.OPENS)]
        closes = m[at(row + a.CLOSES)]
        m[at(row + a.WINDOWS)] = realise_windows(
            calendars, i, u, stream, horizon, m[opens : opens + room], m[closes : closes + room]
        )
        if m[at(row + a.WINDOWS)] < 0:
            m[a.STATUS] = a.PIECES_FULL


@inner_kernel
def act(m: Whole, f: Floats, u: Streams, now: int, kind: int, entity: int, detail: int) -> None:
    """Carry out one event, then look at the policies it touched; their orders may touch the stock points above."""
    if kind == a.ARRIVAL:
        demand_arrives(m, f, u, now, entity, detail)
    elif kind == a.MARK:
        reach_mark(m, f, u, now, entity)
    elif kind == a.REPLACED:
        replaced(m, f, u, now, entity)
    elif kind == a.DELIVERY:
        receive(m, f, u, now, detail)
    elif kind == a.GOODS_READY:
        dispatch(m, f, now, detail)
    elif kind == a.ACCESS:
        access_opens(m, now, entity, detail)
    elif kind == a.EXPIRY:
        expire(m, now, entity, detail)
    elif kind == a.REVIEW:
        record(m, now, a.R_REVIEW, entity, a.NONE, a.NONE, a.NONE, a.ZERO, a.ZERO)
        review(m, f, u, now, entity, a.ONE)
        schedule(m, now + m[at(entity + a.REVIEW_EVERY)], a.REVIEW, entity, a.ZERO)
    else:
        act_rarely(m, f, u, now, kind, entity, detail)
    review_touched(m, f, u, now)


@lean_kernel
def act_rarely(m: Whole, f: Floats, u: Streams, now: int, kind: int, entity: int, detail: int) -> None:
    if kind == a.MONEY:
        money_comes(m, f, u, now, entity)
    elif kind == a.LEAVES:
        customer_leaves(m, now, entity, detail)
    else:
        promise_due(m, f, now, entity, detail)


@inner_kernel
def review_touched(m: Whole, f: Floats, u: Streams, now: int) -> None:
    """Review the stock points that asked for it."""
    while m[a.REVIEW_COUNT] > 0:
        m[a.REVIEW_COUNT] -= 1
        stock = m[at(m[a.REVIEWS] + m[a.REVIEW_COUNT])]
        m[at(stock + a.ASKED)] = 0
        review(m, f, u, now, stock, a.ZERO)


@inner_kernel
def has_room(m: Whole) -> bool:
    """Whether the logs have room for the rows of another event: a quarter of them, however many that takes."""
    return bool(
        (m[a.LOG_ROOM] == 0 or 4 * m[a.LOGGED] < 3 * m[a.LOG_ROOM])
        and (m[a.CHARGE_ROOM] == 0 or 4 * m[a.CHARGED] < 3 * m[a.CHARGE_ROOM])
    )


@lean_kernel
def run_until(m: Whole, f: Floats, u: Streams, until: int) -> int:
    """Events of the group up to a moment; returns how many.

    Comes back early, with the status PAUSED, when the logs are nearly full or enough events have happened, and when
    after the horizon nobody waits any more; called again it goes on where it stopped.
    """
    before = m[a.EVENTS]
    heap = m[a.HEAP]
    while m[a.STATUS] == a.OK:
        if m[a.HEAP_SIZE] == 0:
            next_bucket(m)
            if m[a.HEAP_SIZE] == 0:
                break
        now = m[at(heap + a.TIME)]
        if now > until or (m[a.DRAINING] == 1 and m[a.OPEN] == 0):
            break
        if m[a.EVENTS] >= m[a.EVENT_LIMIT] or not has_room(m):
            m[a.STATUS] = a.PAUSED
            break
        kind = m[at(heap + a.ORDER_KEY)] >> KIND_SHIFT
        entity = m[at(heap + a.ENTITY)]
        detail = m[at(heap + a.DETAIL)]
        remove_first(m)
        if m[a.BUCKET_COUNT] > 0:
            look_ahead(m, f, u)
        if kind != a.MARK or detail == m[at(entity + a.STAMP)]:
            m[a.EVENTS] += 1
            act(m, f, u, now, kind, entity, detail)
    return int(m[a.EVENTS] - before)


@lean_kernel
def close_period(m: Whole, group: int, net: Network, ledger: Ledger, row: int, outcome: Outcome) -> None:
    """The end of an accounting period; that of the last is the horizon."""
    end = net.bounds[m[a.PERIOD] + 1]
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        accrue_stock(m, net.stocks[k], end)
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        accrue_asset(m, net.assets[i], end)
        if end == m[a.HORIZON] and m[at(net.assets[i] + a.DOWN_BLOCKS)] > 0:
            note_stoppage(m, net.assets[i], end)
    fold(m, group, net.stocks, net.assets, net.customers, net.bounds, ledger, row, outcome)
    if end == m[a.HORIZON]:
        m[a.DRAINING] = 1
    else:
        m[a.PERIOD] += 1


@lean_kernel
def close_group(m: Whole, group: int, net: Network, row: int, outcome: Outcome) -> None:
    """Waits that went on beyond the horizon."""
    if m[a.OPEN] > 0:
        for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
            settle_open(m, net.stocks[k])
    fold_open_waits(m, group, net.customers, row, outcome)
    m[a.BEGUN] = 0
    m[a.GROUP_AT] += 1


@lean_kernel
def system_down(m: Whole, counted_from: int) -> int:
    """Seconds from ``counted_from`` on in which at least one critical asset is down, whatever group it belongs to.

    The stoppages of all groups are put in order by the calendar, which has no events any more.
    """
    m[a.HEAP_SIZE] = 0
    m[a.SEQUENCE] = 0
    for i in range(m[a.STOPPAGE_COUNT]):
        row = m[a.STOPPAGES] + 2 * i
        start = max(m[at(row)], counted_from)
        if m[at(row + 1)] > start:
            schedule(m, start, a.MARK, a.NONE, m[at(row + 1)])
    down = 0
    reached = counted_from
    while m[a.HEAP_SIZE] > 0:
        start = m[at(m[a.HEAP] + a.TIME)]
        end = m[at(m[a.HEAP] + a.DETAIL)]
        remove_first(m)
        if end > reached:
            down += end - max(start, reached)
            reached = end
    return down


@lean_kernel
def replicate(
    m: Whole, f: Floats, u: Streams, net: Network, ledger: Ledger, seed: np.uint64, first: int, last: int,
    outcome: Outcome,
) -> None:  # fmt: skip
    """Replications [first, last), row r - first of the outcome each, on copies of the network's memories.

    Each group runs to the horizon, and on until those who wait are served where waits are charged to causes. Goes on
    where it stopped when the status was PAUSED. With any other status but OK something ran full and the outcome is
    worthless: make it larger and run the batch again; the same seed and replication give the same events.
    """
    while m[a.REPLICATION] < last and m[a.STATUS] == a.OK:
        row = m[a.REPLICATION] - first
        if m[a.GROUP_AT] == 0 and m[a.BEGUN] == 0:
            draw_shared(m, f, u, net.profiles, net.calendars, net.stream_keys, seed)
            begin_shared(m, f)
        while m[a.GROUP_AT] < m[a.GROUP_COUNT] and m[a.STATUS] == a.OK:
            group = m[a.GROUPS] + m[a.GROUP_AT] * a.GROUP_SIZE
            if m[a.BEGUN] == 0:
                begin_group(m, f, u, group, net.stocks, net.assets, net.customers, net.stream_keys, seed)
                review_touched(m, f, u, a.ZERO)
                m[a.BEGUN] = 1
            until = m[a.HORIZON] + a.LONGEST_DRAIN * min(m[a.CHARGE_ROOM], 1)
            if m[a.DRAINING] == 0:
                until = net.bounds[m[a.PERIOD] + 1]
            draining = m[a.DRAINING] == 1
            events = run_until(m, f, u, until)
            if not draining:
                outcome.events[row] += events
            if m[a.STATUS] == a.OK:
                if draining:
                    close_group(m, group, net, row, outcome)
                else:
                    close_period(m, group, net, ledger, row, outcome)
        if m[a.STATUS] == a.OK:
            outcome.system_down[row] = system_down(m, m[a.COUNTED_FROM])
            m[a.GROUP_AT] = 0
            m[a.REPLICATION] += 1
