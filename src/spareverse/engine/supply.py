"""How orders come in: budgets, queues of suppliers and links, lead times, closures; and how a source is chosen."""

from __future__ import annotations

import math

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.lots import are_followed, take
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.rates import finished_at, is_open, opens_at
from spareverse.engine.sampling import sample
from spareverse.engine.streams import uniform
from spareverse.engine.tickets import accrue_stock, ask_review, count, join, leave, new_ticket, record
from spareverse.jit import inner_kernel, lean_kernel

DAY = 86_400
MILLION = 1_000_000

EVAPORATION, PENALTY, FLOOR, ALPHA, BETA, TRAILS_HEAD = range(6)
"""What all trails share, at the head of their memory: loss per second, share lost on an overdue promise, least
trail, weights of trail and price."""
TRAIL_SIZE = 2


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


@lean_kernel
def buy(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """An order reaches its supplier: it queues for a server, if there are few, and takes its work and lead time."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    stream = m[at(source + a.SOURCE_STREAM)]
    speed = m[at(source + a.SUPPLIER_SPEED)]
    station = m[at(source + a.STATION)]
    work = 0
    if station >= 0:
        if m[at(source + a.WORK)] >= 0:
            work = sample(f, m[at(source + a.WORK)], u, stream)
        work = min(
            work + (m[at(ticket + a.QUANTITY)] - 1) * m[at(source + a.WORK_PER_PIECE)], m[at(source + a.LEAD_MOST)]
        )
        done = pass_station(m, f, station, ticket, now, work)
    else:
        done = opens_at(m, f, speed, now)
        m[at(ticket + a.GIVEN)] = done
        m[at(ticket + a.GIVEN_FREE)] = now
    lead = 0
    if m[at(source + a.LEAD)] >= 0:
        lead = min(sample(f, m[at(source + a.LEAD)], u, stream), m[at(source + a.LEAD_MOST)] - work)
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
    """Goods stand at the dock of their link; it loads so many kilograms a day."""
    source = m[at(ticket + a.TICKET_SOURCE)]
    dock = m[at(source + a.DOCK)]
    grams = m[at(ticket + a.QUANTITY)] * m[at(m[at(ticket + a.TICKET_STOCK)] + a.WEIGHT)]
    work = grams * DAY // max(m[at(source + a.DOCK_GRAMS_PER_DAY)], 1)
    slots = m[at(dock + a.FREE_AT)]
    loaded = max(now, m[at(slots)]) + work
    gone = opens_at(m, f, m[at(source + a.LINK_GATE)], loaded)
    m[at(slots)] = gone
    free = undisturbed_start(m, dock, now, work) + work
    send(m, f, loaded, free, ticket)


@lean_kernel
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
        due = now + m[at(source + a.PLAN_LEAD)] + m[at(source + a.PLAN_TRANSIT)] + 1
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
    if now - m[at(ticket + a.ORDERED_AT)] <= m[at(source + a.PLAN_LEAD)] + m[at(source + a.PLAN_TRANSIT)]:
        f[at(m[at(source + a.TRAIL)])] = trail_now(m, f, source, now) + 1.0


@inner_kernel
def renew(m: Whole, budget: int, now: int) -> None:
    """Money of the periods that have begun since the budget was last looked at."""
    period = now // m[at(budget + a.BUDGET_EVERY)]
    begun = period - m[at(budget + a.BUDGET_PERIOD)]
    if begun > 0:
        amount = m[at(budget + a.AMOUNT)]
        m[at(budget + a.BALANCE)] = min(amount, m[at(budget + a.BALANCE)] + begun * amount)
        m[at(budget + a.BUDGET_PERIOD)] = period


@inner_kernel
def can_pay(m: Whole, budget: int, cost: int) -> bool:
    """Whether the balance covers it; an order dearer than a whole period passes a full balance and leaves a debt."""
    balance = m[at(budget + a.BALANCE)]
    return bool(balance >= cost or balance == m[at(budget + a.AMOUNT)])


@lean_kernel
def cost_of(m: Whole, ticket: int) -> int:
    """Cents that an order costs at its supplier."""
    quantity = m[at(ticket + a.QUANTITY)]
    return int(quantity * unit_price(m, m[at(ticket + a.TICKET_SOURCE)], quantity))


@lean_kernel
def pay_and_buy(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """The order is paid and goes out."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    source = m[at(ticket + a.TICKET_SOURCE)]
    quantity = m[at(ticket + a.QUANTITY)]
    count(m, stock, a.SPENT_CENTS, cost_of(m, ticket))
    count(m, stock, a.LIST_CENTS, quantity * m[at(source + a.LIST_PRICE)])
    m[at(ticket + a.RELEASED)] = now
    if m[at(source + a.PRICE)] > 0:
        record(m, now, a.R_PURCHASE, stock, a.NONE, a.NONE, source, quantity, a.ZERO)
    buy(m, f, u, now, ticket)


@lean_kernel
def place_at_supplier(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """An order to a supplier: at once, or when the budget allows; emergencies do not wait for money."""
    stock = m[at(ticket + a.TICKET_STOCK)]
    budget = m[at(stock + a.BUDGET)]
    if budget >= 0 and m[at(ticket + a.FLAVOUR)] == a.REGULAR:
        renew(m, budget, now)
        cost = cost_of(m, ticket)
        if m[at(budget + a.BUDGET_FIRST)] >= 0 or not can_pay(m, budget, cost):
            if m[at(budget + a.BUDGET_FIRST)] < 0:
                schedule(
                    m, (m[at(budget + a.BUDGET_PERIOD)] + 1) * m[at(budget + a.BUDGET_EVERY)], a.MONEY, budget, a.ZERO
                )
            join(m, budget + a.BUDGET_FIRST, ticket)
            source = m[at(ticket + a.TICKET_SOURCE)]
            record(m, now, a.R_BUDGET_WAIT, stock, a.NONE, a.NONE, source, m[at(ticket + a.QUANTITY)], a.ZERO)
            return
        m[at(budget + a.BALANCE)] -= cost
    pay_and_buy(m, f, u, now, ticket)


@lean_kernel
def money_comes(m: Whole, f: Floats, u: Streams, now: int, budget: int) -> None:
    """A new period: orders that waited go out, first come first served, as far as the money goes."""
    renew(m, budget, now)
    while m[at(budget + a.BUDGET_FIRST)] >= 0 and can_pay(m, budget, cost_of(m, m[at(budget + a.BUDGET_FIRST)])):
        ticket = leave(m, budget + a.BUDGET_FIRST)
        m[at(budget + a.BALANCE)] -= cost_of(m, ticket)
        pay_and_buy(m, f, u, now, ticket)
    if m[at(budget + a.BUDGET_FIRST)] >= 0:
        schedule(m, now + m[at(budget + a.BUDGET_EVERY)], a.MONEY, budget, a.ZERO)


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
