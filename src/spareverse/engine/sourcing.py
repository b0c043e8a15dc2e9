"""Where an order goes: by rank, by share, by price, or by the trails that punctual deliveries leave."""

from __future__ import annotations

import math

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.rates import is_open
from spareverse.engine.streams import uniform
from spareverse.engine.tickets import planned_lead
from spareverse.jit import inner_kernel, lean_kernel

MILLION = 1_000_000

EVAPORATION, PENALTY, FLOOR, ALPHA, BETA, TRAILS_HEAD = range(6)
"""What all trails share, at the head of their memory: loss per second, share lost on an overdue promise, least
trail, weights of trail and price."""
TRAIL_SIZE = 2


@inner_kernel
def unit_price(m: Whole, source: int, quantity: int) -> int:
    """Cents a piece at this quantity."""
    price = m[at(source + a.PRICE)]
    row = m[at(source + a.BREAKS)]
    while row < m[at(source + a.BREAKS_END)] and m[at(row)] <= quantity:
        price = m[at(row + 1)]
        row += 2
    return int(price)


@inner_kernel
def rounded(m: Whole, source: int, quantity: int) -> int:
    """The least order of the source that is not below the quantity."""
    wanted = max(quantity, m[at(source + a.LEAST)])
    pack = m[at(source + a.PACK)]
    if pack > 1:
        wanted = (wanted + pack - 1) // pack * pack
    return int(wanted)


@inner_kernel
def is_reachable(m: Whole, f: Floats, source: int, now: int) -> bool:
    """Whether a buyer can see that supplier and link work at present."""
    return is_open(m, f, m[at(source + a.SUPPLIER_SPEED)], now) and is_open(m, f, m[at(source + a.LINK_GATE)], now)


@lean_kernel
def landed_price(m: Whole, source: int, stock: int, quantity: int) -> float:
    """Cents a piece with freight."""
    grams = float(m[at(stock + a.WEIGHT)])
    freight = m[at(source + a.FREIGHT_FIXED)] / quantity + grams * m[at(source + a.FREIGHT_PER_TONNE)] / MILLION
    return float(unit_price(m, source, quantity) + freight)


@inner_kernel
def trail_now(m: Whole, f: Floats, source: int, now: int) -> float:
    """Strength of the trail on the lane of a source, evaporated up to now and written back."""
    trail = m[at(source + a.TRAIL)]
    shared = m[a.TRAILS]
    left = f[at(trail)] * math.exp(-f[at(shared + EVAPORATION)] * (now - f[at(trail + 1)]))
    f[at(trail)] = max(left, f[at(shared + FLOOR)])
    f[at(trail + 1)] = now
    return float(f[at(trail)])


@inner_kernel
def attraction(m: Whole, f: Floats, source: int, stock: int, quantity: int, now: int) -> float:
    shared = m[a.TRAILS]
    price = max(landed_price(m, source, stock, quantity), 1.0)
    return float(
        math.pow(trail_now(m, f, source, now), f[at(shared + ALPHA)]) * math.pow(1e4 / price, f[at(shared + BETA)])
    )


@lean_kernel
def choose_source(m: Whole, f: Floats, u: Streams, now: int, stock: int, quantity: int) -> int:
    """The source of an ordinary order, by the rule of the stock point and by what it can see."""
    first = m[at(stock + a.SOURCES)]
    end = m[at(stock + a.SOURCES_END)]
    rule = m[at(stock + a.SOURCING_RULE)]
    chosen = first
    if rule == a.BY_RANK:
        for source in range(first, end, a.SOURCE_SIZE):
            if is_reachable(m, f, source, now):
                return source
        return int(first)
    if rule == a.BY_SHARE:
        total = quantity
        for source in range(first, end, a.SOURCE_SIZE):
            total += m[at(source + a.SENT)]
        most = -1.0
        for source in range(first, end, a.SOURCE_SIZE):
            lack = float(total) * m[at(source + a.SHARE_PPM)] - float(m[at(source + a.SENT)]) * MILLION
            if lack > most:
                most = lack
                chosen = source
        return int(chosen)
    if rule == a.BY_PRICE:
        least = math.inf
        for source in range(first, end, a.SOURCE_SIZE):
            price = landed_price(m, source, stock, rounded(m, source, quantity))
            if price < least:
                least = price
                chosen = source
        return int(chosen)
    whole = 0.0
    for source in range(first, end, a.SOURCE_SIZE):
        whole += attraction(m, f, source, stock, rounded(m, source, quantity), now)
    mark = uniform(u, m[at(stock + a.RULE_STREAM)]) * whole
    for source in range(first, end, a.SOURCE_SIZE):
        chosen = source
        mark -= attraction(m, f, source, stock, rounded(m, source, quantity), now)
        if mark <= 0.0:
            break
    return int(chosen)


@inner_kernel
def watch_promise(m: Whole, now: int, stock: int, source: int, ticket: int) -> None:
    """An adaptive buyer looks at the promise of its order when it is due."""
    if m[at(stock + a.SOURCING_RULE)] == a.BY_TRAIL and m[at(source + a.TRAIL)] >= 0:
        due = now + planned_lead(m, ticket) + m[at(source + a.PLAN_TRANSIT)] + 1
        schedule(m, due, a.OVERDUE, ticket, m[at(ticket + a.SERIAL)])


@lean_kernel
def promise_due(m: Whole, f: Floats, now: int, ticket: int, serial: int) -> None:
    """An overdue promise cuts the trail at once."""
    if m[at(ticket + a.SERIAL)] != serial or m[at(ticket + a.USABLE)] <= now:
        return
    source = m[at(ticket + a.TICKET_SOURCE)]
    left = trail_now(m, f, source, now) * (1.0 - f[at(m[a.TRAILS] + PENALTY)])
    f[at(m[at(source + a.TRAIL)])] = max(left, f[at(m[a.TRAILS] + FLOOR)])


@inner_kernel
def reinforce(m: Whole, f: Floats, now: int, ticket: int) -> None:
    """An order that came as promised strengthens the trail of its lane."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    if m[at(source + a.TRAIL)] < 0:
        return
    if now - m[at(ticket + a.ORDERED_AT)] <= planned_lead(m, ticket) + m[at(source + a.PLAN_TRANSIT)]:
        f[at(m[at(source + a.TRAIL)])] = trail_now(m, f, source, now) + 1.0
