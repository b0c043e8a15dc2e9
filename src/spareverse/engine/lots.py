"""Lots: which shipment the pieces of a stock came with, and which lot above they were taken from.

Stock leaves in the order in which it came. Followed only where waits are charged to causes; what happens does not
depend on it.
"""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole, at
from spareverse.jit import inner_kernel, lean_kernel


@inner_kernel
def are_followed(m: Whole) -> bool:
    return bool(m[a.CHARGE_ROOM] > 0)


@inner_kernel
def free_ticket(m: Whole, ticket: int) -> None:
    m[at(ticket + a.SERIAL)] += 1
    m[at(ticket + a.FOLLOWING)] = m[a.FREE_TICKET]
    m[a.FREE_TICKET] = ticket


@lean_kernel
def new_lot(m: Whole, quantity: int, shipment: int, parent: int) -> int:
    """A lot of a shipment (-1: there from the start), taken from the lot ``parent`` (-1: made for it)."""
    lot = m[a.FREE_LOT]
    if lot >= 0:
        m[a.FREE_LOT] = m[at(lot + a.NEXT_LOT)]
    else:
        used = m[a.LOTS_USED]
        if used >= m[a.LOT_ROOM]:
            m[a.STATUS] = a.LOTS_FULL
            used = 0
        m[a.LOTS_USED] = used + 1
        lot = m[a.LOTS] + used * a.LOT_SIZE
    m[at(lot + a.LOT_QUANTITY)] = quantity
    m[at(lot + a.SHIPMENT)] = shipment
    m[at(lot + a.PARENT)] = parent
    m[at(lot + a.CHILDREN)] = 0
    m[at(lot + a.NEXT_LOT)] = -1
    if shipment >= 0:
        m[at(shipment + a.HOLDERS)] += 1
    if parent >= 0:
        m[at(parent + a.CHILDREN)] += 1
    return int(lot)


@inner_kernel
def append_lot(m: Whole, first: int, last: int, lot: int) -> None:
    """Put a lot at the end of the list whose ends are kept at ``first`` and ``last``."""
    if m[at(first)] < 0:
        m[at(first)] = lot
    else:
        m[at(m[at(last)] + a.NEXT_LOT)] = lot
    m[at(last)] = lot


@lean_kernel
def forget_lot(m: Whole, lot: int) -> None:
    """Give back a lot that is used up, and what only it still needed: its shipment, the lots above."""
    while lot >= 0 and m[at(lot + a.LOT_QUANTITY)] == 0 and m[at(lot + a.CHILDREN)] == 0:
        shipment = m[at(lot + a.SHIPMENT)]
        parent = m[at(lot + a.PARENT)]
        if shipment >= 0:
            m[at(shipment + a.HOLDERS)] -= 1
            if m[at(shipment + a.HOLDERS)] == 0:
                free_ticket(m, shipment)
        if parent >= 0:
            m[at(parent + a.CHILDREN)] -= 1
        m[at(lot + a.NEXT_LOT)] = m[a.FREE_LOT]
        m[a.FREE_LOT] = lot
        lot = parent


@lean_kernel
def take(m: Whole, stock: int, quantity: int, shipment: int) -> None:
    """Pieces leave the stock, the oldest first, with a shipment or for good (-1)."""
    left = quantity
    lot = m[at(stock + a.LOT_FIRST)]
    while left > 0 and lot >= 0 and m[a.STATUS] == a.OK:
        part = min(left, m[at(lot + a.LOT_QUANTITY)])
        left -= part
        if shipment >= 0:
            append_lot(m, shipment + a.TICKET_LOTS, shipment + a.TICKET_LAST_LOT, new_lot(m, part, shipment, lot))
        lot = take_from_first(m, stock, part)


@inner_kernel
def take_from_first(m: Whole, stock: int, part: int) -> int:
    """Take pieces from the stock's first lot; returns the lot that is first then."""
    lot = m[at(stock + a.LOT_FIRST)]
    m[at(lot + a.LOT_QUANTITY)] -= part
    if m[at(lot + a.LOT_QUANTITY)] == 0:
        m[at(stock + a.LOT_FIRST)] = m[at(lot + a.NEXT_LOT)]
        forget_lot(m, lot)
    return int(m[at(stock + a.LOT_FIRST)])


@lean_kernel
def put(m: Whole, stock: int, ticket: int, quantity: int) -> None:
    """The lots of a shipment join those of the stock."""
    lot = m[at(ticket + a.TICKET_LOTS)]
    if lot < 0:
        lot = new_lot(m, quantity, ticket, a.NONE)
    while lot >= 0 and m[a.STATUS] == a.OK:
        following = m[at(lot + a.NEXT_LOT)]
        m[at(lot + a.NEXT_LOT)] = -1
        append_lot(m, stock + a.LOT_FIRST, stock + a.LOT_LAST, lot)
        lot = following
