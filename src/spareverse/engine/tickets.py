"""Tickets, the queues they wait in, the event record, and what is counted."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole, at
from spareverse.jit import inner_kernel


@inner_kernel
def record(
    m: Whole, time: int, kind: int, stock: int, position: int, customer: int, source: int, quantity: int, duration: int
) -> None:
    """Write one event to the log, if there is one."""
    if m[a.LOG_ROOM] == 0 or m[a.DRAINING] == 1:
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
    m[at(row + 8)] = m[at(customer + a.CUSTOMER_NUMBER)] if customer >= 0 else -1
    m[at(row + 9)] = m[at(source + a.SOURCE_NUMBER)] if source >= 0 else -1
    m[a.LOGGED] = n + 1


@inner_kernel
def count(m: Whole, stock: int, measure: int, amount: int) -> None:
    """Add to a total of a stock point in the current period."""
    m[at(stock + a.STOCK_TOTALS + measure)] += amount


@inner_kernel
def accrue_stock(m: Whole, stock: int, now: int) -> None:
    """Charge the levels, unchanged since they were last charged, to the current period."""
    held = now - m[at(stock + a.STOCK_SINCE)]
    if held > 0:
        m[at(stock + a.STOCK_TOTALS + a.ON_HAND_SECONDS)] += m[at(stock + a.ON_HAND)] * held
        m[at(stock + a.STOCK_TOTALS + a.WAITING_SECONDS)] += m[at(stock + a.WANTING)] * held
        m[at(stock + a.STOCK_SINCE)] = now


@inner_kernel
def new_ticket(m: Whole, stock: int, asker: int, quantity: int, ordered_at: int, flavour: int) -> int:
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
    m[at(ticket + a.ASKER)] = asker
    m[at(ticket + a.QUANTITY)] = quantity
    m[at(ticket + a.ORDERED_AT)] = ordered_at
    m[at(ticket + a.FLAVOUR)] = flavour
    m[at(ticket + a.FOLLOWING)] = -1
    m[at(ticket + a.TICKET_LOTS)] = -1
    m[at(ticket + a.HOLDERS)] = 0
    return int(ticket)


@inner_kernel
def planned_lead(m: Whole, ticket: int) -> int:
    """Seconds of work and lead time planned for an order at its supplier."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    return int(m[at(source + a.PLAN_LEAD)] + (m[at(ticket + a.QUANTITY)] - 1) * m[at(source + a.PLAN_PER_PIECE)])


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
def first_queue(m: Whole, stock: int) -> int:
    """Where the ends of the most urgent queue lie in which somebody waits; -1 when nobody does."""
    for number in range(a.CLASSES):
        if m[at(stock + a.QUEUES + 2 * number)] >= 0:
            return stock + a.QUEUES + 2 * number
    return -1


@inner_kernel
def ask_review(m: Whole, stock: int) -> None:
    """Have the policy of a stock point looked at when the present event is done; once is enough."""
    if m[at(stock + a.ASKED)] == 0:
        m[at(stock + a.ASKED)] = 1
        m[at(m[a.REVIEWS] + m[a.REVIEW_COUNT])] = stock
        m[a.REVIEW_COUNT] += 1
