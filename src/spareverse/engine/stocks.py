"""Stock points: orders, supplies, shipments, reviews; a FIFO queue of tickets where stock is short."""

from __future__ import annotations

import math

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.sampling import sample
from spareverse.jit import inner_kernel, lean_kernel
from spareverse.special import normal_quantile

MILLION = 1_000_000.0
MOST_BY_SUM = 500.0
"""Pieces beyond which the Poisson law is as good as normal, and exp(-mean) comes near the least number there is."""


@inner_kernel
def record(m: Whole, time: int, kind: int, stock: int, position: int, quantity: int, duration: int) -> None:
    """Write one event to the log, if there is one."""
    if m[a.LOG_ROOM] == 0:
        return
    n = m[a.LOGGED]
    if n >= m[a.LOG_ROOM]:
        m[a.STATUS] = a.LOG_FULL
        return
    row = m[a.LOG] + n * a.RECORD_SIZE
    m[at(row)] = m[a.REPLICATION]
    m[at(row + 1)] = time
    m[at(row + 2)] = kind
    m[at(row + 3)] = m[at(stock + a.STOCK_NUMBER)]
    m[at(row + 4)] = m[at(position + a.POSITION_NUMBER)] if position >= 0 else -1
    m[at(row + 5)] = quantity
    m[at(row + 6)] = m[at(stock + a.ON_HAND)]
    m[at(row + 7)] = duration
    m[a.LOGGED] = n + 1


@inner_kernel
def count(m: Whole, stock: int, measure: int, amount: int) -> None:
    """Add to a total of a stock point in the current period."""
    m[at(stock + a.STOCK_TOTALS + m[a.PERIOD] * a.STOCK_COUNTS + measure)] += amount


@inner_kernel
def accrue_stock(m: Whole, stock: int, now: int) -> None:
    """Charge the levels, unchanged since they were last charged, to the current period."""
    held = now - m[at(stock + a.STOCK_SINCE)]
    if held > 0:
        totals = stock + a.STOCK_TOTALS + m[a.PERIOD] * a.STOCK_COUNTS
        m[at(totals + a.ON_HAND_SECONDS)] += m[at(stock + a.ON_HAND)] * held
        m[at(totals + a.WAITING_SECONDS)] += m[at(stock + a.WANTING)] * held
        m[at(stock + a.STOCK_SINCE)] = now


@inner_kernel
def new_ticket(m: Whole, stock: int, position: int, quantity: int, ordered_at: int, flavour: int) -> int:
    """A free ticket filled in; the first one, and a status, when none is left."""
    ticket = m[a.FREE_TICKET]
    if ticket >= 0:
        m[a.FREE_TICKET] = m[at(ticket + a.FOLLOWING)]
    else:
        used = m[a.TICKETS_USED]
        if used >= m[a.TICKET_ROOM]:
            m[a.STATUS] = a.TICKETS_FULL
            used = 0
        m[a.TICKETS_USED] = used + 1
        ticket = m[a.TICKETS] + used * a.TICKET_SIZE
    m[at(ticket + a.TICKET_STOCK)] = stock
    m[at(ticket + a.TICKET_POSITION)] = position
    m[at(ticket + a.QUANTITY)] = quantity
    m[at(ticket + a.ORDERED_AT)] = ordered_at
    m[at(ticket + a.FLAVOUR)] = flavour
    m[at(ticket + a.FOLLOWING)] = -1
    return int(ticket)


@inner_kernel
def free_ticket(m: Whole, ticket: int) -> None:
    m[at(ticket + a.FOLLOWING)] = m[a.FREE_TICKET]
    m[a.FREE_TICKET] = ticket


@inner_kernel
def join(m: Whole, ends: int, ticket: int) -> None:
    """Put a ticket at the end of the FIFO whose first and last are at ``ends`` and ``ends + 1``."""
    if m[at(ends)] < 0:
        m[at(ends)] = ticket
    else:
        m[at(m[at(ends + 1)] + a.FOLLOWING)] = ticket
    m[at(ends + 1)] = ticket


@inner_kernel
def leave(m: Whole, ends: int) -> int:
    """Take the first ticket from a FIFO; -1 when it is empty."""
    ticket = m[at(ends)]
    if ticket >= 0:
        m[at(ends)] = m[at(ticket + a.FOLLOWING)]
        m[at(ticket + a.FOLLOWING)] = -1
    return int(ticket)


@inner_kernel
def ask_review(m: Whole, stock: int) -> None:
    """Have the policy of a stock point looked at when the present event is done; once is enough."""
    waiting = m[a.REVIEW_COUNT]
    for i in range(waiting):
        if m[at(m[a.REVIEWS] + i)] == stock:
            return
    m[at(m[a.REVIEWS] + waiting)] = stock
    m[a.REVIEW_COUNT] = waiting + 1


@inner_kernel
def supply(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """A supplier without limits delivers after the lead time; a station takes the order into its queue."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    station = m[at(stock + a.STATION)]
    urgent = m[at(ticket + a.FLAVOUR)] != a.REGULAR and m[at(stock + a.EXPEDITE)] >= 0
    law = m[at(stock + a.EXPEDITE)] if urgent else m[at(stock + a.LEAD)]
    if station >= 0:
        if m[at(station + a.BUSY)] >= m[at(station + a.SERVERS)]:
            join(m, station + a.STATION_FIRST, ticket)
            return
        m[at(station + a.BUSY)] += 1
    lead = sample(f, law, u, m[at(stock + a.STOCK_STREAM)] + (1 if urgent else 0))
    if station >= 0:
        schedule(m, now + lead, a.STATION_DONE, station, ticket)
    else:
        schedule(m, now + lead, a.DELIVERY, stock, ticket)


@inner_kernel
def station_done(m: Whole, f: Floats, u: Streams, now: int, station: int) -> None:
    """A server is free: it takes the next order of the queue."""
    m[at(station + a.BUSY)] -= 1
    ticket = leave(m, station + a.STATION_FIRST)
    if ticket >= 0:
        supply(m, f, u, now, ticket)


@lean_kernel
def ship(m: Whole, f: Floats, u: Streams, now: int, upstream: int, ticket: int) -> None:
    """Goods of an order from below leave the upstream stock point."""
    below = m[at(ticket + a.TICKET_STOCK)]
    quantity = m[at(ticket + a.QUANTITY)]
    m[at(upstream + a.GONE)] += quantity
    count(m, upstream, a.PIECES_SENT, quantity)
    transit = sample(f, m[at(below + a.LEAD)], u, m[at(below + a.STOCK_STREAM)])
    schedule(m, now + transit, a.DELIVERY, below, ticket)


@lean_kernel
def order(m: Whole, f: Floats, u: Streams, now: int, stock: int, quantity: int, flavour: int, position: int) -> None:
    """A stock point orders; where the stock point above is short, an emergency order goes on upwards."""
    going = True
    while going:
        going = False
        ticket = new_ticket(m, stock, position, quantity, now, flavour)
        if flavour == a.REGULAR:
            count(m, stock, a.ORDERS, a.ONE)
            m[at(stock + a.REPLENISHING)] += quantity
        else:
            count(m, stock, a.EMERGENCY_ORDERS, a.ONE)
        count(m, stock, a.PIECES_ORDERED, quantity)
        if flavour != a.OWN:
            m[at(stock + a.ON_ORDER)] += quantity
        record(m, now, a.R_ORDER if flavour == a.REGULAR else a.R_EMERGENCY_ORDER, stock, position, quantity, a.ZERO)
        above = m[at(stock + a.UPSTREAM)]
        if above < 0:
            supply(m, f, u, now, ticket)
        else:
            accrue_stock(m, above, now)
            ready = min(m[at(above + a.ON_HAND)], quantity)
            short = quantity - ready
            m[at(above + a.ON_HAND)] -= ready
            if short > 0:
                if ready > 0:
                    m[at(ticket + a.QUANTITY)] = short
                join(m, above + a.QUEUE_FIRST, ticket)
                m[at(above + a.QUEUED)] += short
                if ready > 0:
                    ticket = new_ticket(m, stock, position, ready, now, flavour)
            if ready > 0:
                ship(m, f, u, now, above, ticket)
            ask_review(m, above)
            if short > 0 and flavour != a.REGULAR and m[at(above + a.EMERGENCY_RULE)] != a.NO_EMERGENCY:
                stock = above
                quantity = short
                flavour = a.EMERGENCY
                position = -1
                going = True


@lean_kernel
def learned_reorder_point(m: Whole, stock: int, now: int) -> int:
    """Poisson quantile at the service level of the demand over the mean lead time, both as seen so far.

    The rate and the lead time assumed at commissioning count as one demand and one delivery.
    """
    rate = (1.0 + m[at(stock + a.SEEN_DEMANDS)]) / (m[at(stock + a.DEMAND_EVERY)] + now)
    lead = (m[at(stock + a.USUAL_LEAD)] + m[at(stock + a.SEEN_LEAD)]) / (1.0 + m[at(stock + a.SEEN_DELIVERIES)])
    mean = rate * lead
    level = m[at(stock + a.SERVICE_PPM)] / MILLION
    if mean > MOST_BY_SUM:
        return int(mean + normal_quantile(level) * math.sqrt(mean) + 0.5)
    term = math.exp(-mean)
    below = term
    point = 0
    while below < level and term > 0.0:
        point += 1
        term *= mean / point
        below += term
    return point


@inner_kernel
def review(m: Whole, f: Floats, u: Streams, now: int, stock: int, scheduled: int) -> None:
    """Order what the policy asks for; a periodic policy acts only at its own moments."""
    policy = m[at(stock + a.POLICY)]
    if policy == a.ON_PERIODIC and scheduled == 0:
        return
    on_hand = m[at(stock + a.ON_HAND)]
    position = on_hand + m[at(stock + a.ON_ORDER)] - m[at(stock + a.QUEUED)] - m[at(stock + a.ANTICIPATED)]
    point = m[at(stock + a.REORDER_AT)]
    batch = m[at(stock + a.BATCH)]
    if policy == a.ON_ADAPTIVE:
        point = learned_reorder_point(m, stock, now)
    by_batch = policy == a.ON_REORDER_POINT or policy == a.ON_ADAPTIVE
    wanted = 0
    if m[at(stock + a.ON_HAND_BASIS)] == 1:
        if on_hand <= point and m[at(stock + a.REPLENISHING)] == 0:
            wanted = batch if by_batch else m[at(stock + a.UP_TO)] - on_hand
    elif by_batch:
        if position <= point and batch > 0:
            wanted = batch * ((point - position) // batch + 1)
    elif policy == a.ON_BASE_STOCK or position <= point:
        wanted = m[at(stock + a.UP_TO)] - position
    if wanted > 0:
        order(m, f, u, now, stock, wanted, a.REGULAR, a.NONE)


@inner_kernel
def put_in_stock(m: Whole, now: int, stock: int, quantity: int) -> None:
    """Pieces nobody waits for; their shelf life begins."""
    m[at(stock + a.ON_HAND)] += quantity
    if quantity > 0 and m[at(stock + a.SHELF_LIFE)] > 0:
        schedule(m, now + m[at(stock + a.SHELF_LIFE)], a.EXPIRY, stock, m[at(stock + a.RECEIVED)])


@lean_kernel
def expire(m: Whole, now: int, stock: int, received: int) -> None:
    """Scrap what is left of all pieces up to the ``received``-th; the oldest leave first."""
    scrapped = received - m[at(stock + a.GONE)]
    if scrapped <= 0:
        return
    accrue_stock(m, stock, now)
    m[at(stock + a.ON_HAND)] -= scrapped
    m[at(stock + a.GONE)] += scrapped
    count(m, stock, a.PIECES_EXPIRED, scrapped)
    record(m, now, a.R_EXPIRY, stock, a.NONE, scrapped, a.ZERO)
    ask_review(m, stock)


@lean_kernel
def begin_stock(m: Whole, stock: int) -> None:
    """The stock point as at commissioning."""
    for field in range(a.STOCK_SINCE, a.STOCK_TOTALS + m[a.PERIODS] * a.STOCK_COUNTS):
        m[at(stock + field)] = 0
    m[at(stock + a.QUEUE_FIRST)] = -1
    m[at(stock + a.QUEUE_LAST)] = -1
    m[at(stock + a.RECEIVED)] = m[at(stock + a.INITIAL)]
    put_in_stock(m, a.ZERO, stock, m[at(stock + a.INITIAL)])
    if m[at(stock + a.POLICY)] == a.ON_PERIODIC:
        schedule(m, m[at(stock + a.REVIEW_EVERY)], a.REVIEW, stock, a.ZERO)
    else:
        ask_review(m, stock)
