"""Customers: demand arrives, is served as far as stock goes, waits, or goes elsewhere; markets remember."""

from __future__ import annotations

import math

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.causes import charge_never_served, charge_wait
from spareverse.engine.expediting import expedite
from spareverse.engine.lots import are_followed, free_ticket, take, take_from_first
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.profiles import MONTH
from spareverse.engine.rates import profile_moment
from spareverse.engine.sampling import quantile, sample
from spareverse.engine.streams import uniform
from spareverse.engine.tickets import accrue_stock, ask_review, count, join, new_ticket, record
from spareverse.jit import inner_kernel, lean_kernel

DAY = 86_400
MILLION = 1_000_000


@inner_kernel
def tally(m: Whole, customer: int, measure: int, amount: int) -> None:
    """Add to a total of a customer in the current period."""
    m[at(customer + a.CUSTOMER_TOTALS + measure)] += amount


@lean_kernel
def next_arrival(m: Whole, f: Floats, u: Streams, customer: int) -> None:
    """Schedule the customer's next demand."""
    trace = m[at(customer + a.TRACE_AT)]
    if m[at(customer + a.GAP)] < 0:
        if trace < m[at(customer + a.TRACE_END)]:
            schedule(m, m[at(trace)], a.ARRIVAL, customer, m[at(trace + 1)])
            m[at(customer + a.TRACE_AT)] = trace + 2
        return
    stream = m[at(customer + a.CUSTOMER_STREAM)]
    m[at(customer + a.DEMAND_CLOCK)] += sample(f, m[at(customer + a.GAP)], u, stream)
    time = m[at(customer + a.DEMAND_CLOCK)]
    if m[at(customer + a.DEMAND_PROFILE)] >= 0:
        time = profile_moment(m, f, m[at(customer + a.DEMAND_PROFILE)], time)
    if time <= m[a.HORIZON]:
        schedule(m, time, a.ARRIVAL, customer, a.ZERO)


@lean_kernel
def begin_customer(m: Whole, f: Floats, u: Streams, customer: int) -> None:
    for field in range(a.DEMAND_CLOCK, a.CUSTOMER_SIZE):
        m[at(customer + field)] = 0
    m[at(customer + a.TRACE_AT)] = m[at(customer + a.TRACE)]
    next_arrival(m, f, u, customer)


@inner_kernel
def pieces_wanted(m: Whole, f: Floats, u: Streams, customer: int) -> int:
    law = m[at(customer + a.SIZE)]
    if law < 0:
        return 1
    drawn = quantile(f, law, uniform(u, m[at(customer + a.CUSTOMER_STREAM)] + 1))
    return max(1, math.ceil(drawn - 1e-6))


@lean_kernel
def comes_to_us(m: Whole, u: Streams, customer: int, now: int) -> bool:
    """Whether a demand of the market comes to us; its share moves once a month by the service it saw: lines served
    at once, or within the commitment where there is a contract."""
    market = m[at(customer + a.MARKET)]
    if market < 0:
        return True
    month = now // MONTH
    if month > m[at(market + a.MARKET_MONTH)]:
        share = m[at(market + a.MARKET_SHARE)]
        seen = m[at(market + a.MARKET_SEEN)]
        missed = 0
        if seen > 0:
            missed = max(m[at(market + a.TARGET)] - m[at(market + a.MARKET_FILLED)] * MILLION // seen, 0)
        if missed > 0:
            share -= share * (m[at(market + a.LOSS)] * missed // MILLION) // MILLION
        else:
            share += (MILLION - share) * m[at(market + a.RECOVERY)] // MILLION
        m[at(market + a.MARKET_SHARE)] = share
        m[at(market + a.MARKET_MONTH)] = month
        m[at(market + a.MARKET_SEEN)] = 0
        m[at(market + a.MARKET_FILLED)] = 0
    return bool(uniform(u, m[at(customer + a.CUSTOMER_STREAM)] + 2) * MILLION < m[at(market + a.MARKET_SHARE)])


@lean_kernel
def demand_arrives(m: Whole, f: Floats, u: Streams, now: int, customer: int, recorded: int) -> None:
    """A customer asks for pieces; what is there is handed over, the rest waits or is lost."""
    if m[a.DRAINING] == 1:
        return
    next_arrival(m, f, u, customer)
    pieces = recorded if recorded > 0 else pieces_wanted(m, f, u, customer)
    if not comes_to_us(m, u, customer, now):
        return
    stock = m[at(customer + a.CUSTOMER_STOCK)]
    accrue_stock(m, stock, now)
    m[at(stock + a.SEEN_DEMANDS)] += pieces
    given = min(pieces, m[at(stock + a.ON_HAND)])
    count(m, stock, a.DEMANDS, a.ONE)
    count(m, stock, a.PIECES_DEMANDED, pieces)
    count(m, stock, a.PIECES_FILLED, given)
    count(m, stock, a.PIECES_ISSUED, given)
    tally(m, customer, a.C_DEMANDS, a.ONE)
    tally(m, customer, a.C_PIECES, pieces)
    tally(m, customer, a.C_PIECES_FILLED, given)
    m[at(stock + a.ON_HAND)] -= given
    m[at(stock + a.GONE)] += given
    if given > 0 and are_followed(m):
        take(m, stock, given, a.NONE)
    record(m, now, a.R_DEMAND, stock, a.NONE, customer, a.NONE, pieces, a.ZERO)
    market = m[at(customer + a.MARKET)]
    if market >= 0:
        m[at(market + a.MARKET_SEEN)] += 1
    if given == pieces:
        tally(m, customer, a.C_FILLED, a.ONE)
        if market >= 0:
            m[at(market + a.MARKET_FILLED)] += 1
    else:
        count(m, stock, a.STOCK_OUTS, a.ONE)
        wait(m, f, u, now, stock, customer, pieces - given)
    ask_review(m, stock)


@lean_kernel
def wait(m: Whole, f: Floats, u: Streams, now: int, stock: int, customer: int, pieces: int) -> None:
    """Pieces that are not there: the customer waits, for a while or for ever, or goes."""
    record(m, now, a.R_STOCK_OUT, stock, a.NONE, customer, a.NONE, pieces, a.ZERO)
    patience = m[at(customer + a.PATIENCE)]
    if patience == 0:
        lose(m, now, stock, customer, now, pieces)
        return
    ticket = new_ticket(m, stock, customer, pieces, now, a.CUSTOMER)
    join(m, stock + a.QUEUES + 2 * m[at(customer + a.CLASS)], ticket)
    m[at(stock + a.QUEUED)] += pieces
    m[at(stock + a.WANTING)] += pieces
    m[a.OPEN] += 1
    if patience > 0:
        schedule(m, now + patience, a.LEAVES, ticket, m[at(ticket + a.SERIAL)])
    expedite(m, f, u, now, stock, pieces)


@inner_kernel
def lose(m: Whole, now: int, stock: int, customer: int, asked: int, pieces: int) -> None:
    """Pieces the customer does not take from us, after a wait or at once."""
    cents = pieces * m[at(customer + a.LOST_COST)]
    count(m, stock, a.PIECES_LOST, pieces)
    count(m, stock, a.LOST_CENTS, cents)
    tally(m, customer, a.C_LOST, pieces)
    tally(m, customer, a.C_LOST_CENTS, cents)
    record(m, now, a.R_LOST, stock, a.NONE, customer, a.NONE, pieces, now - asked)


@lean_kernel
def customer_leaves(m: Whole, now: int, ticket: int, serial: int) -> None:
    """Patience is over. The ticket keeps its place, to charge the wait to the pieces that would have ended it."""
    if m[at(ticket + a.SERIAL)] != serial or m[at(ticket + a.FLAVOUR)] != a.CUSTOMER:
        return
    stock = m[at(ticket + a.TICKET_STOCK)]
    customer = m[at(ticket + a.ASKER)]
    pieces = m[at(ticket + a.QUANTITY)]
    accrue_stock(m, stock, now)
    m[at(stock + a.QUEUED)] -= pieces
    m[at(stock + a.WANTING)] -= pieces
    m[at(ticket + a.FLAVOUR)] = a.LEFT
    m[at(ticket + a.USABLE)] = now
    tally_wait(m, now, customer, m[at(ticket + a.ORDERED_AT)], pieces)
    lose(m, now, stock, customer, m[at(ticket + a.ORDERED_AT)], pieces)
    ask_review(m, stock)


@inner_kernel
def tally_wait(m: Whole, now: int, customer: int, asked: int, pieces: int) -> None:
    """A wait has ended: it counts for the customer, as far as it lies in the counted time."""
    waited = min(now, m[a.HORIZON]) - max(asked, m[a.COUNTED_FROM])
    if waited > 0:
        tally(m, customer, a.C_WAITING, pieces * waited)


@inner_kernel
def settle(m: Whole, now: int, stock: int, customer: int, asked: int, pieces: int) -> None:
    """Pieces are handed over after a wait: what was late beyond the contract costs a penalty."""
    tally_wait(m, now, customer, asked, pieces)
    commitment = m[at(customer + a.COMMITMENT)]
    if commitment < 0 or m[a.DRAINING] == 1:
        return
    late = now - asked - commitment
    if late > 0:
        days, seconds = divmod(pieces * late, DAY)  # their product with the penalty may leave 64 bits
        penalty = m[at(customer + a.PENALTY)]
        cents = (days * penalty + seconds * penalty // DAY) // 1000
        count(m, stock, a.PIECES_LATE, pieces)
        count(m, stock, a.LATE_SECONDS, pieces * late)
        count(m, stock, a.PENALTY_CENTS, cents)
        tally(m, customer, a.C_LATE, pieces)
        tally(m, customer, a.C_LATE_SECONDS, pieces * late)
        tally(m, customer, a.C_PENALTY, cents)


@lean_kernel
def charge_lots(m: Whole, stock: int, customer: int, asked: int, now: int, pieces: int) -> None:
    """Charge a wait to the stock's first lots, from which the pieces are taken."""
    left = pieces
    lot = m[at(stock + a.LOT_FIRST)]
    while left > 0 and lot >= 0 and m[a.STATUS] == a.OK:
        part = min(left, m[at(lot + a.LOT_QUANTITY)])
        charge_wait(m, stock, customer, lot, asked, now, part)
        left -= part
        lot = take_from_first(m, stock, part)


@lean_kernel
def hand_over(m: Whole, now: int, stock: int, ticket: int, pieces: int) -> None:
    """Pieces for a customer who waited."""
    customer = m[at(ticket + a.ASKER)]
    asked = m[at(ticket + a.ORDERED_AT)]
    m[at(stock + a.WANTING)] -= pieces
    m[at(stock + a.GONE)] += pieces
    count(m, stock, a.PIECES_ISSUED, pieces)
    if are_followed(m):
        charge_lots(m, stock, customer, asked, now, pieces)
    settle(m, now, stock, customer, asked, pieces)
    market = m[at(customer + a.MARKET)]
    if market >= 0 and m[at(ticket + a.QUANTITY)] == 0 and now - asked <= m[at(customer + a.COMMITMENT)]:
        m[at(market + a.MARKET_FILLED)] += 1
    record(m, now, a.R_ISSUE, stock, a.NONE, customer, a.NONE, pieces, now - asked)


@lean_kernel
def drop_left(m: Whole, stock: int, ticket: int) -> None:
    """The turn of a customer who has left: nothing is handed over, the wait is charged."""
    if are_followed(m) and m[at(stock + a.LOT_FIRST)] >= 0:
        charge_wait(
            m, stock, m[at(ticket + a.ASKER)], m[at(stock + a.LOT_FIRST)], m[at(ticket + a.ORDERED_AT)],
            m[at(ticket + a.USABLE)], m[at(ticket + a.QUANTITY)],
        )  # fmt: skip
    m[a.OPEN] -= 1
    free_ticket(m, ticket)


@lean_kernel
def settle_open(m: Whole, stock: int) -> None:
    """Waits that nothing has ended when the run is over."""
    for number in range(a.CLASSES):
        ticket = m[at(stock + a.QUEUES + 2 * number)]
        while ticket >= 0:
            flavour = m[at(ticket + a.FLAVOUR)]
            asked = m[at(ticket + a.ORDERED_AT)]
            pieces = m[at(ticket + a.QUANTITY)]
            until = m[at(ticket + a.USABLE)] if flavour == a.LEFT else m[a.HORIZON]
            customer = m[at(ticket + a.ASKER)] if flavour != a.DEMAND else -1
            if flavour == a.CUSTOMER:
                settle(m, m[a.HORIZON], stock, customer, asked, pieces)
            if are_followed(m) and (flavour == a.CUSTOMER or flavour == a.LEFT or flavour == a.DEMAND):
                charge_never_served(m, stock, customer, asked, until, pieces)
            ticket = m[at(ticket + a.FOLLOWING)]
