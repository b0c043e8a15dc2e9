"""Everything as it is at the start: empty queues, full servers' time, stock, orders under way, customers waiting."""

from __future__ import annotations

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.assets import begin_asset
from spareverse.engine.calendar import schedule
from spareverse.engine.customers import begin_customer
from spareverse.engine.expediting import expedite
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.receipts import serve_queue
from spareverse.engine.sampling import sample
from spareverse.engine.sourcing import TRAIL_SIZE, TRAILS_HEAD
from spareverse.engine.stocks import begin_stock
from spareverse.engine.streams import seed_stream
from spareverse.engine.tickets import join, new_ticket
from spareverse.jit import lean_kernel


@lean_kernel
def begin_shared(m: Whole, f: Floats) -> None:
    """What groups of entities have in common: servers, money, markets, trails."""
    m[a.STOPPAGE_COUNT] = 0
    for i in range(m[a.STATION_COUNT]):
        station = m[a.STATIONS_AT] + i * a.STATION_SIZE
        for slot in range(2 * m[at(station + a.SERVERS)]):
            m[at(m[at(station + a.FREE_AT)] + slot)] = 0
    for i in range(m[a.BUDGET_COUNT]):
        budget = m[a.BUDGETS_AT] + i * a.BUDGET_SIZE
        m[at(budget + a.BALANCE)] = m[at(budget + a.AMOUNT)]
        m[at(budget + a.BUDGET_PERIOD)] = 0
        m[at(budget + a.BUDGET_FIRST)] = -1
        m[at(budget + a.BUDGET_LAST)] = -1
    for i in range(m[a.MARKET_COUNT]):
        market = m[a.MARKETS_AT] + i * a.MARKET_SIZE
        m[at(market + a.MARKET_SHARE)] = m[at(market + a.SHARE_AT_START)]
        for field in range(a.MARKET_MONTH, a.MARKET_SIZE):
            m[at(market + field)] = 0
    for i in range(m[a.TRAIL_COUNT]):
        trail = m[a.TRAILS] + TRAILS_HEAD + TRAIL_SIZE * i
        f[at(trail)] = 1.0
        f[at(trail + 1)] = 0.0


@lean_kernel
def seed_stock(m: Whole, u: Streams, stock: int, keys: Streams, seed: np.uint64) -> None:
    """Start the streams of a stock point's sources and of its choice among them."""
    replication = m[a.REPLICATION]
    for source in range(m[at(stock + a.SOURCES)], m[at(stock + a.SOURCES_END)], a.SOURCE_SIZE):
        stream = m[at(source + a.SOURCE_STREAM)]
        seed_stream(u, stream, seed, replication, keys[stream, 0], a.FOR_LEAD)
    if m[at(stock + a.EXPEDITE)] >= 0:
        stream = m[at(m[at(stock + a.EXPEDITE)] + a.SOURCE_STREAM)]
        seed_stream(u, stream, seed, replication, keys[stream, 0], a.FOR_EXPEDITE)
    if m[at(stock + a.SOURCING_RULE)] == a.BY_TRAIL:
        stream = m[at(stock + a.RULE_STREAM)]
        seed_stream(u, stream, seed, replication, keys[stream, 0], a.FOR_RULE)


@lean_kernel
def begin_under_way(m: Whole, f: Floats, u: Streams, row: int, keys: Streams, seed: np.uint64) -> None:
    """An order under way at the start, as if it had been sent when it was ordered."""
    stock = m[at(row + a.ORDER_STOCK)]
    source = m[at(row + a.ORDER_SOURCE)]
    pieces = m[at(row + a.ORDER_PIECES)]
    since = m[at(row + a.ORDER_SINCE)]
    stream = m[at(row + a.ORDER_STREAM)]
    seed_stream(u, stream, seed, m[a.REPLICATION], keys[stream, 0], a.FOR_LEAD)
    due = sample(f, m[at(row + a.ORDER_DUE)], u, stream)
    ticket = new_ticket(m, stock, a.NONE, pieces, since, a.REGULAR)
    bought = m[at(source + a.ABOVE)] < 0
    sent = due if bought else since
    m[at(ticket + a.TICKET_SOURCE)] = source
    for field in (a.RELEASED, a.GIVEN, a.GIVEN_FREE):
        m[at(ticket + field)] = since
    m[at(ticket + a.WORKED)] = due - since if bought else 0
    m[at(ticket + a.ON_THE_WAY)] = 0 if bought else due - since
    for field in (a.READY, a.DEPARTED_FREE, a.DEPARTED):
        m[at(ticket + field)] = sent
    for field in (a.ARRIVED, a.USABLE):
        m[at(ticket + field)] = due
    m[at(stock + a.ON_ORDER)] += pieces
    m[at(stock + a.REPLENISHING)] += pieces
    schedule(m, due, a.DELIVERY, stock, ticket)


@lean_kernel
def begin_waiting(m: Whole, row: int) -> None:
    """A customer who waits at the start."""
    customer = m[at(row + a.WAIT_CUSTOMER)]
    stock = m[at(customer + a.CUSTOMER_STOCK)]
    pieces = m[at(row + a.WAIT_PIECES)]
    ticket = new_ticket(m, stock, customer, pieces, m[at(row + a.WAIT_SINCE)], a.CUSTOMER)
    join(m, stock + a.QUEUES + 2 * m[at(customer + a.CLASS)], ticket)
    m[at(stock + a.QUEUED)] += pieces
    m[at(stock + a.WANTING)] += pieces
    m[a.OPEN] += 1
    if m[at(customer + a.PATIENCE)] > 0:
        leaves = max(m[at(row + a.WAIT_SINCE)] + m[at(customer + a.PATIENCE)], 0)
        schedule(m, leaves, a.LEAVES, ticket, m[at(ticket + a.SERIAL)])


@lean_kernel
def serve_at_start(m: Whole, f: Floats, u: Streams, stock: int) -> None:
    """Who waits at the start gets what is there; emergency orders for the rest."""
    if m[at(stock + a.QUEUED)] == 0:
        return
    if m[at(stock + a.ON_HAND)] > 0:
        m[at(stock + a.ON_HAND)] = serve_queue(m, f, u, a.ZERO, stock, m[at(stock + a.ON_HAND)])
    if m[at(stock + a.QUEUED)] > 0:
        expedite(m, f, u, a.ZERO, stock, m[at(stock + a.QUEUED)])


@lean_kernel
def empty_calendar(m: Whole) -> None:
    """No events, tickets, lots or questions."""
    m[a.HEAP_SIZE] = 0
    m[a.SEQUENCE] = 0
    for bucket in range(m[a.BUCKETS], m[a.BUCKETS] + m[a.BUCKET_COUNT]):
        m[at(bucket)] = -1
    m[a.FAR_USED] = 0
    m[a.FREE_FAR] = -1
    m[a.FAR_COUNT] = 0
    m[a.BUCKET] = 0
    m[a.NEAR_END] = m[a.BUCKET_WIDTH]
    for step in range(a.AHEAD, a.AHEAD_ABOVE + 1):
        m[at(step)] = -1
    m[a.FREE_TICKET] = -1
    m[a.TICKETS_USED] = 0
    m[a.FREE_LOT] = -1
    m[a.LOTS_USED] = 0
    m[a.REVIEW_COUNT] = 0
    m[a.PERIOD] = 0
    m[a.OPEN] = 0
    m[a.DRAINING] = 0


@lean_kernel
def begin_group(
    m: Whole, f: Floats, u: Streams, group: int, stocks: Whole, assets: Whole, customers: Whole, keys: Streams,
    seed: np.uint64,
) -> None:  # fmt: skip
    """The group as at commissioning, its streams started."""
    empty_calendar(m)
    replication = m[a.REPLICATION]
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        seed_stock(m, u, stocks[k], keys, seed)
        begin_stock(m, stocks[k])
    for row in range(m[at(group + a.GROUP_UNDER_WAY)], m[at(group + a.GROUP_UNDER_WAY_END)]):
        begin_under_way(m, f, u, m[a.UNDER_WAY_AT] + row * a.UNDER_WAY_SIZE, keys, seed)
    for row in range(m[at(group + a.GROUP_WAITING)], m[at(group + a.GROUP_WAITING_END)]):
        begin_waiting(m, m[a.WAITING_AT] + row * a.WAIT_SIZE)
    if m[at(group + a.GROUP_WAITING)] < m[at(group + a.GROUP_WAITING_END)] and m[a.STATUS] == a.OK:
        for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
            serve_at_start(m, f, u, stocks[k])
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        asset = assets[i]
        for position in range(m[at(asset + a.POSITIONS)], m[at(asset + a.POSITIONS_END)], a.POSITION_SIZE):
            first = m[at(position + a.POSITION_STREAM)]
            seed_stream(u, first, seed, replication, keys[first, 0], a.FOR_LIFE)
            if m[at(position + a.WARNING)] >= 0:
                seed_stream(u, first + 1, seed, replication, keys[first, 0], a.FOR_WARNING)
            seed_stream(u, first + 2, seed, replication, keys[first, 0], a.FOR_REPLACEMENT)
        begin_asset(m, f, u, asset)
    for i in range(m[at(group + a.GROUP_CUSTOMERS)], m[at(group + a.GROUP_CUSTOMERS_END)]):
        first = m[at(customers[i] + a.CUSTOMER_STREAM)]
        seed_stream(u, first, seed, replication, keys[first, 0], a.FOR_GAPS)
        if m[at(customers[i] + a.SIZE)] >= 0:
            seed_stream(u, first + 1, seed, replication, keys[first, 0], a.FOR_SIZES)
        if m[at(customers[i] + a.MARKET)] >= 0:
            seed_stream(u, first + 2, seed, replication, keys[first, 0], a.FOR_SHARE)
        begin_customer(m, f, u, customers[i])
