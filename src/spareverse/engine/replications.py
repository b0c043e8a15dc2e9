"""The event loop: replications of a network, coupled group by coupled group, and what they add up to.

Groups share no asset, stock point or station, so that simulating them one after the other gives the same record as
one common calendar would, with shorter heaps. The weather and the bursts they share are drawn once per replication.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.assets import (
    access_opens,
    accrue_asset,
    begin_asset,
    note_stoppage,
    reach_mark,
    receive,
    replaced,
)
from spareverse.engine.calendar import KIND_SHIFT, remove_first, schedule
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.profiles import Profiles, realise_profile
from spareverse.engine.stocks import accrue_stock, begin_stock, expire, record, review, station_done
from spareverse.engine.streams import seed_stream
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
    stations: Whole
    profiles: Profiles
    calendars: Calendars
    bounds: Whole
    """Ends of the accounting periods, the first is 0, the last the horizon [seconds]."""


class Ledger(NamedTuple):
    """What a count costs: entry e turns measure ``measure[e]`` of stock point k into ``weight[k, e]`` of cost kind
    ``kind[e]``; a second of down time of asset a in period p costs ``downtime[a, p]`` of kind ``downtime_kind``."""

    measure: Whole
    kind: Whole
    weight: Floats
    downtime: Floats
    downtime_kind: int
    kinds: int


class Outcome(NamedTuple):
    """What a batch of replications produced; rows are replications unless said otherwise."""

    stock_totals: Whole
    """[replications, stock points, measures], counted periods only."""
    asset_totals: Whole
    """[replications, assets, measures]"""
    up_seconds: Whole
    """[replications, periods], all assets"""
    on_hand_seconds: Whole
    """[replications, periods], all stock points"""
    money: Floats
    """[replications, periods, cost kinds]"""
    asset_up: Whole
    """[assets, periods], summed over the replications"""
    system_down: Whole
    """[replications] counted seconds in which some critical asset is down; 0 where there are fewer than two."""
    events: Whole
    """[replications]"""


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
def accrue_group(m: Whole, group: int, assets: Whole, stocks: Whole, now: int) -> None:
    """Charge everything in the group up to ``now``."""
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        accrue_stock(m, stocks[k], now)
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        accrue_asset(m, assets[i], now)


@inner_kernel
def act(m: Whole, f: Floats, u: Streams, now: int, kind: int, entity: int, detail: int) -> None:
    """Carry out one event, then look at the policies it touched; their orders may touch the stock points above."""
    if kind == a.MARK:
        reach_mark(m, f, u, now, entity)
    elif kind == a.REPLACED:
        replaced(m, f, u, now, entity)
    elif kind <= a.STATION_DONE:
        if kind == a.STATION_DONE:
            station_done(m, f, u, now, entity)
        receive(m, f, u, now, detail)
    elif kind == a.ACCESS:
        access_opens(m, now, entity, detail)
    elif kind == a.EXPIRY:
        expire(m, now, entity, detail)
    else:
        record(m, now, a.R_REVIEW, entity, a.NONE, a.ZERO, a.ZERO)
        review(m, f, u, now, entity, a.ONE)
        schedule(m, now + m[at(entity + a.REVIEW_EVERY)], a.REVIEW, entity, a.ZERO)
    review_touched(m, f, u, now)


@inner_kernel
def review_touched(m: Whole, f: Floats, u: Streams, now: int) -> None:
    """Review the stock points that asked for it."""
    while m[a.REVIEW_COUNT] > 0:
        m[a.REVIEW_COUNT] -= 1
        review(m, f, u, now, m[at(m[a.REVIEWS] + m[a.REVIEW_COUNT])], a.ZERO)


@lean_kernel
def begin_group(m: Whole, f: Floats, u: Streams, group: int, net: Network, seed: np.uint64) -> None:
    """The group as at commissioning, its streams started."""
    m[a.HEAP_SIZE] = 0
    m[a.SEQUENCE] = 0
    m[a.FREE_TICKET] = -1
    m[a.TICKETS_USED] = 0
    m[a.REVIEW_COUNT] = 0
    m[a.PERIOD] = 0
    keys = net.stream_keys
    replication = m[a.REPLICATION]
    for i in range(m[at(group + a.GROUP_STATIONS)], m[at(group + a.GROUP_STATIONS_END)]):
        m[at(net.stations[i] + a.BUSY)] = 0
        m[at(net.stations[i] + a.STATION_FIRST)] = -1
        m[at(net.stations[i] + a.STATION_LAST)] = -1
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        first = m[at(net.stocks[k] + a.STOCK_STREAM)]
        seed_stream(u, first, seed, replication, keys[first, 0], a.FOR_LEAD)
        if m[at(net.stocks[k] + a.EXPEDITE)] >= 0:
            seed_stream(u, first + 1, seed, replication, keys[first, 0], a.FOR_EXPEDITE)
        begin_stock(m, net.stocks[k])
    review_touched(m, f, u, a.ZERO)
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        asset = net.assets[i]
        for position in range(m[at(asset + a.POSITIONS)], m[at(asset + a.POSITIONS_END)], a.POSITION_SIZE):
            first = m[at(position + a.POSITION_STREAM)]
            seed_stream(u, first, seed, replication, keys[first, 0], a.FOR_LIFE)
            if m[at(position + a.WARNING)] >= 0:
                seed_stream(u, first + 1, seed, replication, keys[first, 0], a.FOR_WARNING)
            seed_stream(u, first + 2, seed, replication, keys[first, 0], a.FOR_REPLACEMENT)
        begin_asset(m, f, u, asset)


@lean_kernel
def simulate_group(m: Whole, f: Floats, u: Streams, group: int, assets: Whole, stocks: Whole, bounds: Whole) -> int:
    """Events of one group from 0 to the horizon; returns how many. The status tells what ran full, if anything."""
    horizon = m[a.HORIZON]
    bound = bounds[1]
    events = 0
    heap = m[a.HEAP]
    while m[a.HEAP_SIZE] > 0 and m[a.STATUS] == a.OK:
        now = m[at(heap + a.TIME)]
        if now > horizon:
            break
        kind = m[at(heap + a.ORDER_KEY)] >> KIND_SHIFT
        entity = m[at(heap + a.ENTITY)]
        detail = m[at(heap + a.DETAIL)]
        remove_first(m)
        if kind != a.MARK or detail == m[at(entity + a.STAMP)]:
            while now > bound:
                accrue_group(m, group, assets, stocks, bound)
                m[a.PERIOD] += 1
                bound = bounds[m[a.PERIOD] + 1]
            events += 1
            act(m, f, u, now, kind, entity, detail)
    while bound < horizon:
        accrue_group(m, group, assets, stocks, bound)
        m[a.PERIOD] += 1
        bound = bounds[m[a.PERIOD] + 1]
    accrue_group(m, group, assets, stocks, horizon)
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        if m[at(assets[i] + a.DOWN_BLOCKS)] > 0:
            note_stoppage(m, assets[i], horizon)
    return events


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
def add_up(m: Whole, net: Network, ledger: Ledger, group: int, first_period: int, row: int, outcome: Outcome) -> None:
    """Fold one group's replication into row ``row`` of the outcome; periods before ``first_period`` are warm-up."""
    periods = m[a.PERIODS]
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        stock = net.stocks[k]
        last = stock + a.STOCK_TOTALS + (periods - 1) * a.STOCK_COUNTS
        m[at(last + a.END_ON_HAND)] = m[at(stock + a.ON_HAND)]
        m[at(last + a.END_ON_ORDER)] = m[at(stock + a.ON_ORDER)]
        for p in range(first_period, periods):
            totals = stock + a.STOCK_TOTALS + p * a.STOCK_COUNTS
            for measure in range(a.STOCK_COUNTS):
                outcome.stock_totals[row, k, measure] += m[at(totals + measure)]
            outcome.on_hand_seconds[row, p] += m[at(totals + a.ON_HAND_SECONDS)]
            for e in range(ledger.measure.shape[0]):
                if ledger.weight[k, e] != 0.0:
                    outcome.money[row, p, ledger.kind[e]] += ledger.weight[k, e] * m[at(totals + ledger.measure[e])]
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        for p in range(first_period, periods):
            totals = net.assets[i] + a.ASSET_TOTALS + p * a.ASSET_COUNTS
            for measure in range(a.ASSET_COUNTS):
                outcome.asset_totals[row, i, measure] += m[at(totals + measure)]
            up = m[at(totals + a.UP_SECONDS)]
            outcome.up_seconds[row, p] += up
            outcome.asset_up[i, p] += up
            down = net.bounds[p + 1] - net.bounds[p] - up
            outcome.money[row, p, ledger.downtime_kind] += ledger.downtime[i, p] * down


@lean_kernel
def replicate(
    m: Whole,
    f: Floats,
    u: Streams,
    net: Network,
    ledger: Ledger,
    seed: np.uint64,
    first: int,
    last: int,
    first_period: int,
    outcome: Outcome,
) -> None:
    """Replications [first, last), row r - first of the outcome each, on copies of the network's memories.

    When the status at the end is not OK, something ran full and the outcome is worthless: make it larger and run the
    batch again; the same seed and replication give the same events.
    """
    for replication in range(first, last):
        m[a.REPLICATION] = replication
        draw_shared(m, f, u, net.profiles, net.calendars, net.stream_keys, seed)
        m[a.STOPPAGE_COUNT] = 0
        events = 0
        for index in range(m[a.GROUP_COUNT]):
            group = m[a.GROUPS] + index * a.GROUP_SIZE
            if m[a.STATUS] == a.OK:
                begin_group(m, f, u, group, net, seed)
                events += simulate_group(m, f, u, group, net.assets, net.stocks, net.bounds)
                add_up(m, net, ledger, group, first_period, replication - first, outcome)
        outcome.system_down[replication - first] = system_down(m, net.bounds[first_period])
        outcome.events[replication - first] = events
