"""Every wait charged to causes, by two ledgers: what was happening meanwhile, and what the delay came from.

The *timeline* cuts the wait by the states of the pieces that ended it. The *critical path* charges time beyond plan
wherever in the pieces' life, as far as it delayed what came after; what is left is cover too low, above or here.
Whole seconds times pieces; both add up to the wait exactly (docs/design/causes.md).
"""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole, at
from spareverse.engine.tickets import planned_lead
from spareverse.jit import inner_kernel, lean_kernel

ALWAYS = -a.NEVER


@inner_kernel
def write_charge(
    m: Whole, stock: int, customer: int, cause: int, entity: int, timeline: int, critical: int, main: int
) -> None:
    n = m[a.CHARGED]
    if n >= m[a.CHARGE_ROOM]:
        m[a.STATUS] = a.CHARGES_FULL
        return
    row = m[a.CHARGES] + n * a.CHARGE_SIZE
    m[at(row)] = m[a.REPLICATION]
    m[at(row + 1)] = m[a.PERIOD]
    m[at(row + 2)] = m[at(stock + a.STOCK_NUMBER)]
    m[at(row + 3)] = m[at(customer + a.CUSTOMER_NUMBER)] if customer >= 0 else -1
    m[at(row + 4)] = cause
    m[at(row + 5)] = entity
    m[at(row + 6)] = timeline
    m[at(row + 7)] = critical
    m[at(row + 8)] = main
    m[a.CHARGED] = n + 1


@inner_kernel
def usable_since(m: Whole, lot: int) -> int:
    """When the pieces of a lot could be used where they are."""
    shipment = m[at(lot + a.SHIPMENT)]
    return int(m[at(shipment + a.USABLE)]) if shipment >= 0 else ALWAYS


@inner_kernel
def cut(
    m: Whole, stock: int, customer: int, pieces: int, end: int, start: int, floor: int, cause: int, entity: int
) -> int:
    """Charge the timeline from ``start`` (not before ``floor``) to ``end``; returns where it goes on backwards."""
    begin = max(start, floor)
    if begin >= end:
        return end
    write_charge(m, stock, customer, cause, entity, pieces * (end - begin), a.ZERO, a.ZERO)
    return begin


@lean_kernel
def charge_timeline(m: Whole, stock: int, customer: int, lot: int, asked: int, until: int, pieces: int) -> None:
    """Cut the wait from ``asked`` to ``until`` backwards by what the pieces of the lot went through."""
    end = until
    place = m[at(stock + a.PLACE)]
    while end > asked and lot >= 0 and m[at(lot + a.SHIPMENT)] >= 0 and m[a.STATUS] == a.OK:
        ticket = m[at(lot + a.SHIPMENT)]
        source = m[at(ticket + a.TICKET_SOURCE)]
        link = m[at(source + a.LINK_NUMBER)]
        supplier = m[at(source + a.SUPPLIER_NUMBER)]
        place = m[at(m[at(ticket + a.TICKET_STOCK)] + a.PLACE)]
        departed = m[at(ticket + a.DEPARTED)]
        way = m[at(ticket + a.ON_THE_WAY)]
        end = cut(m, stock, customer, pieces, end, m[at(ticket + a.ARRIVED)], asked, a.QUALITY_HOLD, supplier)
        end = cut(m, stock, customer, pieces, end, departed + way, asked, a.DISRUPTION, link)
        planned = departed + min(way, m[at(source + a.PLAN_TRANSIT)])
        end = cut(m, stock, customer, pieces, end, planned, asked, a.TRANSPORT_BEYOND_PLAN, link)
        end = cut(m, stock, customer, pieces, end, departed, asked, a.TRANSPORT_IN_PLAN, link)
        end = cut(m, stock, customer, pieces, end, m[at(ticket + a.DEPARTED_FREE)], asked, a.LINK_CLOSED, link)
        end = cut(m, stock, customer, pieces, end, m[at(ticket + a.READY)], asked, a.TRANSPORT_QUEUE, link)
        given = m[at(ticket + a.GIVEN)]
        ordered = m[at(ticket + a.ORDERED_AT)]
        released = m[at(ticket + a.RELEASED)]
        parent = m[at(lot + a.PARENT)]
        if m[at(source + a.ABOVE)] < 0:
            worked = m[at(ticket + a.WORKED)]
            end = cut(m, stock, customer, pieces, end, given + worked, asked, a.DISRUPTION, supplier)
            planned = given + min(worked, planned_lead(m, ticket))
            end = cut(m, stock, customer, pieces, end, planned, asked, a.LEAD_BEYOND_PLAN, supplier)
            end = cut(m, stock, customer, pieces, end, given, asked, a.LEAD_IN_PLAN, supplier)
            end = cut(m, stock, customer, pieces, end, m[at(ticket + a.GIVEN_FREE)], asked, a.DISRUPTION, supplier)
            end = cut(m, stock, customer, pieces, end, released, asked, a.CAPACITY_QUEUE, supplier)
            end = cut(m, stock, customer, pieces, end, ordered, asked, a.BUDGET_BLOCK, budget_of(m, ticket))
        elif parent >= 0:
            above = m[at(m[at(source + a.ABOVE)] + a.PLACE)]
            end = cut(
                m, stock, customer, pieces, end, max(usable_since(m, parent), ALWAYS), asked, a.IN_STOCK_ABOVE, above
            )
        lot = parent
    cut(m, stock, customer, pieces, end, asked, asked, a.NOT_ORDERED, place)


@inner_kernel
def budget_of(m: Whole, ticket: int) -> int:
    """Number of the budget that pays an order; -1 where none does."""
    budget = m[at(m[at(ticket + a.TICKET_STOCK)] + a.BUDGET)]
    return int(m[at(budget + a.BUDGET_NUMBER)]) if budget >= 0 else -1


@inner_kernel
def entry(m: Whole, place: int, count: int, cause: int, entity: int, seconds: int) -> int:
    """Add an entry to the list that begins at ``place``; returns how many it has then."""
    if seconds <= 0:
        return count
    row = place + a.ENTRY * count
    m[at(row)] = cause
    m[at(row + 1)] = entity
    m[at(row + 2)] = seconds
    return count + 1


@lean_kernel
def squeeze(m: Whole, place: int, count: int, limit: int) -> int:
    """Scale the entries of a list down to at most ``limit`` in all, pro rata, the remainder to the largest; returns
    their sum then."""
    total = 0
    largest = place
    for i in range(count):
        row = place + a.ENTRY * i
        total += m[at(row + 2)]
        if m[at(row + 2)] > m[at(largest + 2)]:
            largest = row
    if total <= limit:
        return total
    given = 0
    for i in range(count):
        row = place + a.ENTRY * i
        # products of two times may leave 64 bits: the floor of a float ratio serves, the remainder makes it exact
        m[at(row + 2)] = int(float(m[at(row + 2)]) / float(total) * float(limit))
        given += m[at(row + 2)]
    m[at(largest + 2)] += limit - given
    return limit


@lean_kernel
def charge_critical_path(m: Whole, stock: int, customer: int, lot: int, wait: int, pieces: int) -> None:
    """Lay a wait on what delayed the pieces of the lot, stage by stage from the supplier down."""
    path = m[a.SCRATCH]
    excess = path + a.DEEPEST
    cover = excess + a.ENTRY * a.MOST_ENTRIES
    stages = 0
    while lot >= 0 and m[at(lot + a.SHIPMENT)] >= 0 and stages < a.DEEPEST - 1:
        m[at(path + stages)] = m[at(lot + a.SHIPMENT)]
        stages += 1
        lot = m[at(lot + a.PARENT)]
    late = 0
    short = 0
    for stage in range(stages - 1, -1, -1):
        ticket = m[at(path + stage)]
        source = m[at(ticket + a.TICKET_SOURCE)]
        link = m[at(source + a.LINK_NUMBER)]
        supplier = m[at(source + a.SUPPLIER_NUMBER)]
        given = m[at(ticket + a.GIVEN)]
        released = m[at(ticket + a.RELEASED)]
        if m[at(source + a.ABOVE)] >= 0:
            waited = given - released
            rest = waited - squeeze(m, excess, late, waited)
            rest -= squeeze(m, cover, short, rest)
            short = entry(m, cover, short, a.COVER_ABOVE, m[at(m[at(source + a.ABOVE)] + a.PLACE)], rest)
        else:
            worked = m[at(ticket + a.WORKED)]
            free = m[at(ticket + a.GIVEN_FREE)]
            late = entry(m, excess, late, a.BUDGET_BLOCK, budget_of(m, ticket), released - m[at(ticket + a.ORDERED_AT)])
            late = entry(m, excess, late, a.CAPACITY_QUEUE, supplier, free - released)
            late = entry(m, excess, late, a.DISRUPTION, supplier, m[at(ticket + a.READY)] - free - worked)
            late = entry(m, excess, late, a.LEAD_BEYOND_PLAN, supplier, worked - planned_lead(m, ticket))
        departed = m[at(ticket + a.DEPARTED)]
        way = m[at(ticket + a.ON_THE_WAY)]
        arrived = m[at(ticket + a.ARRIVED)]
        closed = departed - m[at(ticket + a.DEPARTED_FREE)]
        late = entry(
            m, excess, late, a.TRANSPORT_QUEUE, link, m[at(ticket + a.DEPARTED_FREE)] - m[at(ticket + a.READY)]
        )
        late = entry(m, excess, late, a.LINK_CLOSED, link, closed)
        late = entry(m, excess, late, a.TRANSPORT_BEYOND_PLAN, link, way - m[at(source + a.PLAN_TRANSIT)])
        late = entry(m, excess, late, a.DISRUPTION, link, arrived - departed - way)
        late = entry(m, excess, late, a.QUALITY_HOLD, supplier, m[at(ticket + a.USABLE)] - arrived)
    rest = wait - squeeze(m, excess, late, wait)
    rest -= squeeze(m, cover, short, rest)
    short = entry(m, cover, short, a.COVER_HERE, m[at(stock + a.PLACE)], rest)
    write_entries(m, stock, customer, excess, late, cover, short, pieces)


@inner_kernel
def write_entries(
    m: Whole, stock: int, customer: int, excess: int, late: int, cover: int, short: int, pieces: int
) -> None:
    """Write both lists as charges; the largest entry is marked as the main cause of the wait."""
    main = excess if late > 0 else cover
    for i in range(late + short):
        row = excess + a.ENTRY * i if i < late else cover + a.ENTRY * (i - late)
        if m[at(row + 2)] > m[at(main + 2)]:
            main = row
    for i in range(late + short):
        row = excess + a.ENTRY * i if i < late else cover + a.ENTRY * (i - late)
        if m[at(row + 2)] > 0:
            critical = pieces * m[at(row + 2)]
            first = 1 if row == main else 0
            write_charge(m, stock, customer, m[at(row)], m[at(row + 1)], a.ZERO, critical, first)


@lean_kernel
def charge_wait(m: Whole, stock: int, customer: int, lot: int, asked: int, now: int, pieces: int) -> None:
    """Charge a wait of so many pieces that pieces of the lot ended; only what lies in the counted time."""
    since = max(asked, m[a.COUNTED_FROM])
    until = min(now, m[a.HORIZON])
    if until <= since:
        return
    charge_timeline(m, stock, customer, lot, since, until, pieces)
    charge_critical_path(m, stock, customer, lot, until - since, pieces)


@lean_kernel
def charge_never_served(m: Whole, stock: int, customer: int, asked: int, now: int, pieces: int) -> None:
    """Charge a wait that no pieces ended: nothing was ordered, and the cover is too low."""
    since = max(asked, m[a.COUNTED_FROM])
    until = min(now, m[a.HORIZON])
    if until <= since:
        return
    place = m[at(stock + a.PLACE)]
    write_charge(m, stock, customer, a.NOT_ORDERED, place, pieces * (until - since), a.ZERO, a.ZERO)
    write_charge(m, stock, customer, a.COVER_HERE, place, a.ZERO, pieces * (until - since), a.ONE)
