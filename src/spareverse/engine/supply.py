"""Orders of stock points: to a supplier, or to the stock point above, which sends what it has and owes the rest."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.budgets import place_at_supplier
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.shipping import ship
from spareverse.engine.sourcing import choose_source, rounded, watch_promise
from spareverse.engine.tickets import accrue_stock, ask_review, count, join, new_ticket, record
from spareverse.jit import lean_kernel


@lean_kernel
def order(m: Whole, f: Floats, u: Streams, now: int, stock: int, quantity: int, flavour: int, asker: int) -> None:
    """A stock point orders; where the stock point above is short, an emergency order goes on upwards."""
    going = True
    while going:
        going = False
        source = m[at(stock + a.SOURCES)]
        if flavour != a.REGULAR:
            if m[at(stock + a.EXPEDITE)] >= 0:
                source = m[at(stock + a.EXPEDITE)]
        elif source + a.SOURCE_SIZE < m[at(stock + a.SOURCES_END)]:
            source = choose_source(m, f, u, now, stock, quantity)
        if flavour == a.REGULAR:
            quantity = rounded(m, source, quantity)
        ticket = new_ticket(m, stock, asker, quantity, now, flavour)
        m[at(ticket + a.TICKET_SOURCE)] = source
        m[at(ticket + a.RELEASED)] = now
        m[at(ticket + a.USABLE)] = a.NEVER
        m[at(source + a.SENT)] += quantity
        if flavour == a.REGULAR:
            count(m, stock, a.ORDERS, a.ONE)
            m[at(stock + a.REPLENISHING)] += quantity
            watch_promise(m, now, stock, source, ticket)
        else:
            count(m, stock, a.EMERGENCY_ORDERS, a.ONE)
            count(m, stock, a.EMERGENCY_CENTS, m[at(source + a.EMERGENCY_COST)])
        count(m, stock, a.PIECES_ORDERED, quantity)
        if flavour != a.OWN:
            m[at(stock + a.ON_ORDER)] += quantity
        if flavour == a.EMERGENCY:
            m[at(stock + a.EXPEDITED)] += quantity
        position = asker if flavour == a.OWN else a.NONE
        kind = a.R_ORDER if flavour == a.REGULAR else a.R_EMERGENCY_ORDER
        record(m, now, kind, stock, position, a.NONE, source, quantity, a.ZERO)
        above = m[at(source + a.ABOVE)]
        if above < 0:
            place_at_supplier(m, f, u, now, ticket)
        else:
            accrue_stock(m, above, now)
            ready = min(m[at(above + a.ON_HAND)], quantity)
            short = quantity - ready
            m[at(above + a.ON_HAND)] -= ready
            if short > 0:
                if ready > 0:
                    m[at(ticket + a.QUANTITY)] = short
                join(m, above + a.QUEUES + 2 * a.BELOW_CLASS, ticket)
                m[at(above + a.QUEUED)] += short
                if ready > 0:
                    ticket = part_of(m, ticket, ready)
            if ready > 0:
                ship(m, f, u, now, above, ticket)
            ask_review(m, above)
            if short > 0 and flavour != a.REGULAR and m[at(above + a.EMERGENCY_RULE)] != a.NO_EMERGENCY:
                stock = above
                quantity = short
                flavour = a.EMERGENCY
                asker = -1
                going = True


@lean_kernel
def part_of(m: Whole, ticket: int, quantity: int) -> int:
    """A ticket for a part of an order, which goes ahead of the rest."""
    part = new_ticket(
        m, m[at(ticket + a.TICKET_STOCK)], m[at(ticket + a.ASKER)], quantity, m[at(ticket + a.ORDERED_AT)],
        m[at(ticket + a.FLAVOUR)],
    )  # fmt: skip
    m[at(part + a.TICKET_SOURCE)] = m[at(ticket + a.TICKET_SOURCE)]
    m[at(part + a.RELEASED)] = m[at(ticket + a.RELEASED)]
    m[at(part + a.USABLE)] = a.NEVER
    return part
