"""Assets: parts age with the asset's duty, fail, wait for a piece and for access, and are replaced."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.memory import Floats, Streams, Whole
from spareverse.engine.profiles import clock, moment
from spareverse.engine.sampling import sample
from spareverse.engine.stocks import (
    accrue_stock,
    ask_review,
    count,
    free_ticket,
    join,
    leave,
    new_ticket,
    order,
    put_in_stock,
    record,
    ship,
)
from spareverse.engine.windows import next_start
from spareverse.jit import inner_kernel


@inner_kernel
def accrue_asset(m: Whole, asset: int, now: int) -> None:
    """Charge the time since the last charge to what the asset was doing; down time also to the part that began it."""
    spent = now - m[asset + a.ASSET_SINCE]
    if spent <= 0:
        return
    m[asset + a.ASSET_SINCE] = now
    measure = a.UP_SECONDS
    if m[asset + a.DOWN_BLOCKS] > 0:
        count(m, m[asset + a.CAUSE], a.DOWN_SECONDS, spent)
        measure = a.REPLACING_SECONDS
        if m[asset + a.LACKING] > 0:
            measure = a.LACKING_SECONDS
        elif m[asset + a.BLOCKED] > 0:
            measure = a.ACCESS_SECONDS
    m[asset + a.ASSET_TOTALS + m[a.PERIOD] * a.ASSET_COUNTS + measure] += spent


@inner_kernel
def profile_clock(m: Whole, f: Floats, profile: int, time: int) -> int:
    """Seconds of duty from 0 to ``time`` of an asset that always works under this rate profile."""
    n = m[profile + a.PIECES]
    starts = m[profile + a.STARTS]
    integrals = m[profile + a.INTEGRALS]
    factors = m[profile + a.FACTORS]
    return clock(m[starts : starts + n], f[integrals : integrals + n], f[factors : factors + n], n, time)


@inner_kernel
def profile_moment(m: Whole, f: Floats, profile: int, amount: int) -> int:
    """The inverse of ``profile_clock``."""
    n = m[profile + a.PIECES]
    starts = m[profile + a.STARTS]
    integrals = m[profile + a.INTEGRALS]
    factors = m[profile + a.FACTORS]
    return moment(m[starts : starts + n], f[integrals : integrals + n], f[factors : factors + n], n, amount)


@inner_kernel
def duty(m: Whole, f: Floats, asset: int, now: int) -> int:
    """Seconds of duty so far; time counts by the rate profile, and not while a stopping asset is down."""
    clock_then = m[asset + a.CLOCK]
    if m[asset + a.STOPS] == 1 and m[asset + a.DOWN_BLOCKS] > 0:
        return int(clock_then)
    since = m[asset + a.CLOCK_SINCE]
    profile = m[asset + a.PROFILE]
    if profile < 0:
        return int(clock_then + now - since)
    return int(clock_then + profile_clock(m, f, profile, now) - profile_clock(m, f, profile, since))


@inner_kernel
def schedule_mark(m: Whole, f: Floats, asset: int, now: int) -> None:
    """Find the asset's next failure or warning; an earlier schedule is void by its stamp."""
    m[asset + a.STAMP] += 1
    if m[asset + a.STOPS] == 1 and m[asset + a.DOWN_BLOCKS] > 0:
        return
    least = a.NEVER
    position = m[asset + a.POSITIONS]
    chosen = position
    while position < m[asset + a.POSITIONS_END]:
        mark = min(m[position + a.DUE], m[position + a.WARN])
        if mark < least:
            least = mark
            chosen = position
        position += a.POSITION_SIZE
    if least == a.NEVER:
        return
    m[asset + a.NEXT] = chosen
    left = max(least - duty(m, f, asset, now), 0)
    profile = m[asset + a.PROFILE]
    time = now + left
    if profile >= 0:
        time = max(now, profile_moment(m, f, profile, profile_clock(m, f, profile, now) + left))
    if time <= m[a.HORIZON]:
        schedule(m, time, a.MARK, asset, m[asset + a.STAMP])


@inner_kernel
def install(m: Whole, f: Floats, u: Streams, position: int, passed: int) -> None:
    """A new piece begins to age at ``passed`` seconds of duty."""
    stream = m[position + a.POSITION_STREAM]
    life = sample(f, m[position + a.LIFE], u, stream)
    m[position + a.DUE] = passed + life
    m[position + a.WARN] = a.NEVER
    m[position + a.WARNED] = 0
    if m[position + a.WARNING] >= 0:
        ahead = sample(f, m[position + a.WARNING], u, stream + 1)
        m[position + a.WARN] = passed + max(life - ahead, 0)


@inner_kernel
def begin_asset(m: Whole, f: Floats, u: Streams, asset: int) -> None:
    """All positions of the asset start at work with new pieces."""
    for field in range(a.ASSET_SINCE, a.ASSET_TOTALS + m[a.PERIODS] * a.ASSET_COUNTS):
        m[asset + field] = 0
    for position in range(m[asset + a.POSITIONS], m[asset + a.POSITIONS_END], a.POSITION_SIZE):
        m[m[position + a.BLOCK] + a.BLOCK_WORKING] = 0
    for position in range(m[asset + a.POSITIONS], m[asset + a.POSITIONS_END], a.POSITION_SIZE):
        m[m[position + a.BLOCK] + a.BLOCK_WORKING] += 1
        m[position + a.CONDITION] = a.WORKING
        install(m, f, u, position, a.ZERO)
    schedule_mark(m, f, asset, a.ZERO)


@inner_kernel
def work_starts(m: Whole, now: int, position: int, duration: int) -> None:
    """The technician is there and has the piece."""
    m[position + a.CONDITION] = a.IN_WORK
    record(m, now, a.R_START, m[position + a.STOCK], position, a.ONE, duration)
    schedule(m, now + duration, a.REPLACED, position, a.ZERO)


@inner_kernel
def access_opens(m: Whole, now: int, position: int, duration: int) -> None:
    """The visit or weather the position waited for has come."""
    asset = m[position + a.ASSET]
    accrue_asset(m, asset, now)
    m[asset + a.BLOCKED] -= 1
    work_starts(m, now, position, duration)


@inner_kernel
def access_from(m: Whole, calendar: int, now: int, duration: int) -> int:
    """First moment from now on at which the calendar lets work of this duration start."""
    n = m[calendar + a.WINDOWS]
    opens = m[calendar + a.OPENS]
    closes = m[calendar + a.CLOSES]
    return next_start(
        m[calendar + a.VISIT_EVERY],
        m[calendar + a.MUST_FIT],
        m[opens : opens + n],
        m[closes : closes + n],
        n,
        now,
        duration,
    )


@inner_kernel
def give_piece(m: Whole, f: Floats, u: Streams, now: int, position: int, asked_at: int) -> None:
    """A piece for the position: work starts at once, or when the calendar of the asset lets it."""
    stock = m[position + a.STOCK]
    count(m, stock, a.PIECES_ISSUED, a.ONE)
    record(m, now, a.R_ISSUE, stock, position, a.ONE, now - asked_at)
    if m[position + a.DEMANDS_ON] == 1:
        return
    asset = m[position + a.ASSET]
    accrue_asset(m, asset, now)
    if m[position + a.CONDITION] == a.WAITING:
        m[asset + a.LACKING] -= 1
    duration = sample(f, m[position + a.REPLACEMENT], u, m[position + a.POSITION_STREAM] + 2)
    calendar = m[asset + a.CALENDAR]
    start = now
    if calendar >= 0:
        start = access_from(m, calendar, now, duration)
    if start == now:
        work_starts(m, now, position, duration)
        return
    m[position + a.CONDITION] = a.HELD_UP
    m[asset + a.BLOCKED] += 1
    if start <= m[a.HORIZON]:
        schedule(m, start, a.ACCESS, position, duration)


@inner_kernel
def request(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """A failed position asks its stock point for a piece."""
    stock = m[position + a.STOCK]
    count(m, stock, a.DEMANDS, a.ONE)
    m[stock + a.SEEN_DEMANDS] += 1
    accrue_stock(m, stock, now)
    if m[stock + a.ON_HAND] > 0:
        m[stock + a.ON_HAND] -= 1
        m[stock + a.GONE] += 1
        give_piece(m, f, u, now, position, now)
    else:
        count(m, stock, a.STOCK_OUTS, a.ONE)
        record(m, now, a.R_STOCK_OUT, stock, position, a.ONE, a.ZERO)
        m[stock + a.WANTING] += 1
        if m[position + a.DEMANDS_ON] == 0:
            asset = m[position + a.ASSET]
            accrue_asset(m, asset, now)
            m[position + a.CONDITION] = a.WAITING
            m[asset + a.LACKING] += 1
        rule = m[stock + a.EMERGENCY_RULE]
        if rule != a.OWN_PIECE:
            join(m, stock + a.QUEUE_FIRST, new_ticket(m, stock, position, a.ONE, now, a.DEMAND))
            m[stock + a.QUEUED] += 1
        if rule != a.NO_EMERGENCY:
            order(m, f, u, now, stock, a.ONE, a.OWN if rule == a.OWN_PIECE else a.EMERGENCY, position)
    ask_review(m, stock)


@inner_kernel
def fail(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """The piece has failed: its block loses it, the asset may stop, a spare is asked for."""
    asset = m[position + a.ASSET]
    stock = m[position + a.STOCK]
    record(m, now, a.R_FAILURE, stock, position, a.ONE, a.ZERO)
    if m[position + a.WARNED] == 1:
        m[stock + a.ANTICIPATED] -= m[stock + a.ANTICIPATES]
    passed = duty(m, f, asset, now)
    if m[position + a.DEMANDS_ON] == 1:
        install(m, f, u, position, passed)
    else:
        m[position + a.DUE] = a.NEVER
        m[position + a.WARN] = a.NEVER
        m[position + a.WARNED] = 0
        block = m[position + a.BLOCK]
        m[block + a.BLOCK_WORKING] -= 1
        if m[block + a.BLOCK_WORKING] == m[block + a.NEEDED] - 1:
            accrue_asset(m, asset, now)
            if m[asset + a.DOWN_BLOCKS] == 0:
                m[asset + a.CLOCK] = passed
                m[asset + a.CLOCK_SINCE] = now
                m[asset + a.CAUSE] = stock
                m[asset + a.ASSET_TOTALS + m[a.PERIOD] * a.ASSET_COUNTS + a.STOP_COUNT] += 1
            m[asset + a.DOWN_BLOCKS] += 1
    request(m, f, u, now, position)
    schedule_mark(m, f, asset, now)


@inner_kernel
def reach_mark(m: Whole, f: Floats, u: Streams, now: int, asset: int) -> None:
    """The asset's next warning or failure."""
    position = m[asset + a.NEXT]
    if m[position + a.WARN] > m[position + a.DUE]:
        fail(m, f, u, now, position)
        return
    stock = m[position + a.STOCK]
    m[position + a.WARN] = a.NEVER
    m[position + a.WARNED] = 1
    record(m, now, a.R_WARNING, stock, position, a.ONE, a.ZERO)
    if m[stock + a.ANTICIPATES] == 1:
        m[stock + a.ANTICIPATED] += 1
        ask_review(m, stock)
    schedule_mark(m, f, asset, now)


@inner_kernel
def replaced(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """The new piece works; the asset does, if nothing else keeps it down."""
    asset = m[position + a.ASSET]
    accrue_asset(m, asset, now)
    m[position + a.CONDITION] = a.WORKING
    record(m, now, a.R_END, m[position + a.STOCK], position, a.ONE, a.ZERO)
    passed = duty(m, f, asset, now)
    block = m[position + a.BLOCK]
    m[block + a.BLOCK_WORKING] += 1
    if m[block + a.BLOCK_WORKING] == m[block + a.NEEDED]:
        m[asset + a.DOWN_BLOCKS] -= 1
        if m[asset + a.DOWN_BLOCKS] == 0:
            m[asset + a.CLOCK] = passed
            m[asset + a.CLOCK_SINCE] = now
    install(m, f, u, position, passed)
    schedule_mark(m, f, asset, now)


@inner_kernel
def serve_queue(m: Whole, f: Floats, u: Streams, now: int, stock: int, quantity: int) -> int:
    """Give pieces to those who wait, first come first served; returns what is left."""
    left = quantity
    while left > 0 and m[stock + a.QUEUE_FIRST] >= 0:
        head = m[stock + a.QUEUE_FIRST]
        wanted = m[head + a.QUANTITY]
        given = min(left, wanted)
        left -= given
        m[stock + a.QUEUED] -= given
        if given == wanted:
            leave(m, stock + a.QUEUE_FIRST)
        if m[head + a.FLAVOUR] == a.DEMAND:
            m[stock + a.WANTING] -= 1
            m[stock + a.GONE] += 1
            free_ticket(m, head)
            give_piece(m, f, u, now, m[head + a.TICKET_POSITION], m[head + a.ORDERED_AT])
        else:
            part = head
            if given < wanted:
                m[head + a.QUANTITY] = wanted - given
                part = new_ticket(
                    m,
                    m[head + a.TICKET_STOCK],
                    m[head + a.TICKET_POSITION],
                    given,
                    m[head + a.ORDERED_AT],
                    m[head + a.FLAVOUR],
                )
            ship(m, f, u, now, stock, part)
    return int(left)


@inner_kernel
def receive(m: Whole, f: Floats, u: Streams, now: int, ticket: int) -> None:
    """Goods arrive: for the position that ordered its own piece, else for the queue, else for stock."""
    stock = m[ticket + a.TICKET_STOCK]
    quantity = m[ticket + a.QUANTITY]
    ordered_at = m[ticket + a.ORDERED_AT]
    flavour = m[ticket + a.FLAVOUR]
    position = m[ticket + a.TICKET_POSITION]
    free_ticket(m, ticket)
    accrue_stock(m, stock, now)
    transfer = m[stock + a.UPSTREAM] >= 0
    count(m, stock, a.TRANSFERS if transfer else a.DELIVERIES, a.ONE)
    count(m, stock, a.PIECES_RECEIVED, quantity)
    count(m, stock, a.LEAD_SECONDS, now - ordered_at)
    m[stock + a.SEEN_DELIVERIES] += 1
    m[stock + a.SEEN_LEAD] += now - ordered_at
    if flavour == a.OWN:
        m[stock + a.WANTING] -= 1
        give_piece(m, f, u, now, position, ordered_at)
    else:
        m[stock + a.ON_ORDER] -= quantity
        if flavour == a.REGULAR:
            m[stock + a.REPLENISHING] -= quantity
        m[stock + a.RECEIVED] += quantity
        put_in_stock(m, now, stock, serve_queue(m, f, u, now, stock, quantity))
    record(m, now, a.R_TRANSFER if transfer else a.R_DELIVERY, stock, position, quantity, now - ordered_at)
