"""Goods arrive: for the position that ordered its own piece, else for those who wait, else for stock."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.assets import give_piece
from spareverse.engine.customers import charge_lots, drop_left, hand_over
from spareverse.engine.lots import are_followed, free_ticket, put
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.shipping import ship
from spareverse.engine.sourcing import reinforce
from spareverse.engine.stocks import put_in_stock
from spareverse.engine.supply import part_of
from spareverse.engine.tickets import accrue_stock, count, first_queue, leave, record
from spareverse.jit import inner_kernel


@inner_kernel
def serve_queue(m: Whole, f: Floats, u: Streams, now: int, stock: int, quantity: int) -> int:
    """Give pieces to those who wait, by class and then first come first served; returns what is left.

    Here and wherever lists are followed: where memory ran full, a list may bite its own tail, and the run is void.
    """
    left = quantity
    queue = first_queue(m, stock)
    while left > 0 and queue >= 0 and m[a.STATUS] == a.OK:
        head = m[at(queue)]
        flavour = m[at(head + a.FLAVOUR)]
        if flavour == a.LEFT:
            leave(m, queue)
            drop_left(m, stock, head)
        else:
            wanted = m[at(head + a.QUANTITY)]
            given = min(left, wanted)
            left -= given
            m[at(stock + a.QUEUED)] -= given
            m[at(head + a.QUANTITY)] = wanted - given
            if given == wanted:
                leave(m, queue)
            if flavour == a.CUSTOMER:
                hand_over(m, now, stock, head, given)
                if given == wanted:
                    m[a.OPEN] -= 1
                    free_ticket(m, head)
            elif flavour == a.DEMAND:
                m[at(stock + a.WANTING)] -= 1
                m[at(stock + a.GONE)] += 1
                m[a.OPEN] -= 1
                if are_followed(m):
                    charge_lots(m, stock, a.NONE, m[at(head + a.ORDERED_AT)], now, given)
                free_ticket(m, head)
                give_piece(m, f, u, now, m[at(head + a.ASKER)], m[at(head + a.ORDERED_AT)])
            else:
                part = head
                if given < wanted:
                    part = part_of(m, head, given)
                m[at(part + a.QUANTITY)] = given
                ship(m, f, u, now, stock, part)
        queue = first_queue(m, stock)
    return int(left)


@inner_kernel
def receive(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """A shipment is there."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    quantity = m[at(ticket + a.QUANTITY)]
    ordered_at = m[at(ticket + a.ORDERED_AT)]
    flavour = m[at(ticket + a.FLAVOUR)]
    asker = m[at(ticket + a.ASKER)]
    source = m[at(ticket + a.TICKET_SOURCE)]
    accrue_stock(m, stock, now)
    transfer = m[at(source + a.ABOVE)] >= 0
    count(m, stock, a.TRANSFERS if transfer else a.DELIVERIES, a.ONE)
    count(m, stock, a.PIECES_RECEIVED, quantity)
    count(m, stock, a.LEAD_SECONDS, now - ordered_at)
    m[at(stock + a.SEEN_DELIVERIES)] += 1
    m[at(stock + a.SEEN_LEAD)] += now - ordered_at
    reinforce(m, f, now, ticket)
    if are_followed(m):
        put(m, stock, ticket, quantity)
    else:
        free_ticket(m, ticket)
    if flavour == a.OWN:
        m[at(stock + a.WANTING)] -= 1
        if are_followed(m):
            charge_lots(m, stock, a.NONE, ordered_at, now, quantity)
        give_piece(m, f, u, now, asker, ordered_at)
    else:
        m[at(stock + a.ON_ORDER)] -= quantity
        if flavour == a.REGULAR:
            m[at(stock + a.REPLENISHING)] -= quantity
        else:
            m[at(stock + a.EXPEDITED)] -= quantity
        m[at(stock + a.RECEIVED)] += quantity
        put_in_stock(m, now, stock, serve_queue(m, f, u, now, stock, quantity))
    kind = a.R_TRANSFER if transfer else a.R_DELIVERY
    record(m, now, kind, stock, asker if flavour == a.OWN else a.NONE, a.NONE, source, quantity, now - ordered_at)
