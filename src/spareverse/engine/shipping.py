"""How orders come in: queues of suppliers and links, lead times, closures, holds."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.lots import are_followed, take
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.rates import finished_at, opens_at
from spareverse.engine.sampling import sample
from spareverse.engine.tickets import count, record
from spareverse.jit import inner_kernel, lean_kernel

DAY = 86_400
MILLION = 1_000_000


@lean_kernel
def first_free(m: Whole, slots: int, servers: int) -> int:
    """Where the moment lies at which the first of the servers becomes free."""
    first = slots
    for slot in range(slots + 1, slots + servers):
        if m[at(slot)] < m[at(first)]:
            first = slot
    return int(first)


@lean_kernel
def undisturbed_start(m: Whole, station: int, now: int, work: int) -> int:
    """When the work would begin if the station had never been disturbed; keeps the clock of that other world."""
    servers = m[at(station + a.SERVERS)]
    slot = first_free(m, m[at(station + a.FREE_AT)] + servers, servers)
    start = max(now, m[at(slot)])
    m[at(slot)] = start + work
    return int(start)


@lean_kernel
def pass_station(m: Whole, f: Floats, station: int, ticket: int, now: int, work: int) -> int:
    """Begin of the work at a station goes to the ticket; returns when it is done.

    First come, first served, and how much work it is, is known: begin and end are settled at once.
    """
    speed = m[at(station + a.STATION_SPEED)]
    if m[at(station + a.SERVERS)] == 0:
        m[at(ticket + a.GIVEN_FREE)] = now
        m[at(ticket + a.GIVEN)] = opens_at(m, f, speed, now)
        done = finished_at(m, f, speed, m[at(ticket + a.GIVEN)], work)
        return int(done)
    slot = first_free(m, m[at(station + a.FREE_AT)], m[at(station + a.SERVERS)])
    start = opens_at(m, f, speed, max(now, m[at(slot)]))
    done = finished_at(m, f, speed, start, work)
    m[at(slot)] = done
    m[at(ticket + a.GIVEN)] = start
    m[at(ticket + a.GIVEN_FREE)] = undisturbed_start(m, station, now, work)
    return int(done)


@inner_kernel
def time_under_way(m: Whole, f: Floats, u: Streams, source: int) -> int:
    """Draw the time of a transport."""
    if m[at(source + a.TRANSIT)] < 0:
        return 0
    drawn = sample(f, m[at(source + a.TRANSIT)], u, m[at(source + a.SOURCE_STREAM)])
    return int(min(drawn, m[at(source + a.TRANSIT_MOST)]))


@inner_kernel
def buy(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """An order reaches its supplier: it queues for a server, if there are few, and takes its work and lead time."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    stream = m[at(source + a.SOURCE_STREAM)]
    speed = m[at(source + a.SUPPLIER_SPEED)]
    station = m[at(source + a.STATION)]
    work = 0
    most = m[at(source + a.LEAD_MOST)]
    if station >= 0:
        if m[at(source + a.WORK)] >= 0:
            work = sample(f, m[at(source + a.WORK)], u, stream)
        further = m[at(ticket + a.QUANTITY)] - 1
        most += further * m[at(source + a.PLAN_PER_PIECE)]
        work = min(work + further * m[at(source + a.WORK_PER_PIECE)], most)
        done = pass_station(m, f, station, ticket, now, work)
    else:
        done = opens_at(m, f, speed, now)
        m[at(ticket + a.GIVEN)] = done
        m[at(ticket + a.GIVEN_FREE)] = now
    lead = 0
    if m[at(source + a.LEAD)] >= 0:
        lead = min(sample(f, m[at(source + a.LEAD)], u, stream), most - work)
    ready = finished_at(m, f, speed, done, lead)
    m[at(ticket + a.WORKED)] = work + lead
    m[at(ticket + a.ON_THE_WAY)] = time_under_way(m, f, u, source)
    m[at(ticket + a.READY)] = ready
    if m[at(source + a.DOCK)] >= 0:
        schedule(m, ready, a.GOODS_READY, source, ticket)
    else:
        send(m, f, ready, ready, ticket)


@lean_kernel
def dispatch(m: Whole, f: Floats, now: int, ticket: int) -> None:
    """Goods stand at the dock of their link; it loads so many kilograms a day, fewer while disturbed."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    dock = m[at(source + a.DOCK)]
    grams = m[at(ticket + a.QUANTITY)] * m[at(m[at(ticket + a.TICKET_STOCK)] + a.WEIGHT)]
    work = grams * DAY // max(m[at(source + a.DOCK_GRAMS_PER_DAY)], 1)
    slots = m[at(dock + a.FREE_AT)]
    loaded = finished_at(m, f, m[at(dock + a.STATION_SPEED)], max(now, m[at(slots)]), work)
    gone = opens_at(m, f, m[at(source + a.LINK_GATE)], loaded)
    m[at(slots)] = gone
    free = undisturbed_start(m, dock, now, work) + work
    send(m, f, loaded, free, ticket)


@inner_kernel
def send(m: Whole, f: Floats, loaded: int, free: int, ticket: int) -> None:
    """A loaded shipment departs when its link is open, travels, and is held where quality is in doubt."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    stock = m[at(ticket + a.TICKET_STOCK)]
    departed = opens_at(m, f, m[at(source + a.LINK_GATE)], loaded)
    arrived = finished_at(m, f, m[at(source + a.LINK_SPEED)], departed, m[at(ticket + a.ON_THE_WAY)])
    usable = opens_at(m, f, m[at(source + a.HOLD)], arrived)
    m[at(ticket + a.DEPARTED_FREE)] = free
    m[at(ticket + a.DEPARTED)] = departed
    m[at(ticket + a.ARRIVED)] = arrived
    m[at(ticket + a.USABLE)] = usable
    quantity = m[at(ticket + a.QUANTITY)]
    grams = quantity * m[at(stock + a.WEIGHT)]
    freight = m[at(source + a.FREIGHT_FIXED)] + grams * m[at(source + a.FREIGHT_PER_TONNE)] // MILLION
    count(m, stock, a.FREIGHT_CENTS, freight)
    count(m, stock, a.CO2_MG, grams * m[at(source + a.CO2_MG_PER_KG)] // 1000)
    if m[at(source + a.LINK_NUMBER)] >= 0:
        record(m, departed, a.R_SHIPMENT, stock, a.NONE, a.NONE, source, quantity, usable - departed)
    schedule(m, usable, a.DELIVERY, stock, ticket)


@lean_kernel
def ship(m: Whole, f: Floats, u: Streams, now: int, above: int, ticket: int) -> None:
    """Goods of an order from below leave the stock point above."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    quantity = m[at(ticket + a.QUANTITY)]
    m[at(above + a.GONE)] += quantity
    count(m, above, a.PIECES_SENT, quantity)
    if are_followed(m):
        take(m, above, quantity, ticket)
    m[at(ticket + a.GIVEN)] = now
    m[at(ticket + a.GIVEN_FREE)] = now
    m[at(ticket + a.WORKED)] = 0
    m[at(ticket + a.READY)] = now
    m[at(ticket + a.ON_THE_WAY)] = time_under_way(m, f, u, source)
    if m[at(source + a.DOCK)] >= 0:
        dispatch(m, f, now, ticket)
    else:
        send(m, f, now, now, ticket)
