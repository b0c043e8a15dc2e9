"""Stock points: policies and their reviews, what comes in, who is served, what expires."""

from __future__ import annotations

import math

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.lots import append_lot, are_followed, new_lot, take
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.supply import order
from spareverse.engine.tickets import accrue_stock, ask_review, count, record
from spareverse.jit import inner_kernel, lean_kernel
from spareverse.special import normal_quantile

MILLION = 1_000_000.0
MOST_BY_SUM = 500.0
"""Pieces beyond which the Poisson law is as good as normal, and exp(-mean) comes near the least number there is."""


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
    if are_followed(m):
        take(m, stock, scrapped, a.NONE)
    record(m, now, a.R_EXPIRY, stock, a.NONE, a.NONE, a.NONE, scrapped, a.ZERO)
    ask_review(m, stock)


@lean_kernel
def begin_stock(m: Whole, stock: int) -> None:
    """The stock point as at commissioning."""
    for field in range(a.STOCK_SINCE, a.STOCK_SIZE):
        m[at(stock + field)] = 0
    for queue in range(stock + a.QUEUES, stock + a.LOT_FIRST):
        m[at(queue)] = -1
    initial = m[at(stock + a.INITIAL)]
    m[at(stock + a.LOT_FIRST)] = -1
    m[at(stock + a.RECEIVED)] = initial
    put_in_stock(m, a.ZERO, stock, initial)
    if initial > 0 and are_followed(m):
        append_lot(m, stock + a.LOT_FIRST, stock + a.LOT_LAST, new_lot(m, initial, a.NONE, a.NONE))
    for source in range(m[at(stock + a.SOURCES)], m[at(stock + a.SOURCES_END)], a.SOURCE_SIZE):
        m[at(source + a.SENT)] = 0
    if m[at(stock + a.POLICY)] == a.ON_PERIODIC:
        schedule(m, m[at(stock + a.REVIEW_EVERY)], a.REVIEW, stock, a.ZERO)
    else:
        ask_review(m, stock)
