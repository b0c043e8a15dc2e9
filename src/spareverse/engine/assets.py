"""Assets: parts age with the asset's duty, fail, wait for a piece and for access, and are replaced."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.calendar import schedule
from spareverse.engine.expediting import expedite
from spareverse.engine.lots import are_followed, take
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.rates import profile_clock, profile_moment
from spareverse.engine.sampling import sample
from spareverse.engine.supply import order
from spareverse.engine.tickets import accrue_stock, ask_review, count, join, new_ticket, record
from spareverse.engine.windows import next_start
from spareverse.jit import inner_kernel, lean_kernel


@inner_kernel
def accrue_asset(m: Whole, asset: int, now: int) -> None:
    """Charge the time since the last charge to what the asset was doing; down time also to the part that began it."""
    spent = now - m[at(asset + a.ASSET_SINCE)]
    if spent <= 0:
        return
    m[at(asset + a.ASSET_SINCE)] = now
    measure = a.UP_SECONDS
    if m[at(asset + a.DOWN_BLOCKS)] > 0:
        count(m, m[at(asset + a.CAUSE)], a.DOWN_SECONDS, spent)
        measure = a.REPLACING_SECONDS
        if m[at(asset + a.LACKING)] > 0:
            measure = a.LACKING_SECONDS
        elif m[at(asset + a.BLOCKED)] > 0:
            measure = a.ACCESS_SECONDS
    m[at(asset + a.ASSET_TOTALS + measure)] += spent


@inner_kernel
def note_stoppage(m: Whole, asset: int, until: int) -> None:
    """Keep from when to when a critical asset was down, where there are several of them."""
    if m[at(asset + a.CRITICAL)] == 0 or m[a.STOPPAGE_ROOM] == 0:
        return
    count = m[a.STOPPAGE_COUNT]
    if count >= m[a.STOPPAGE_ROOM]:
        m[a.STATUS] = a.STOPPAGES_FULL
        return
    m[at(m[a.STOPPAGES] + 2 * count)] = m[at(asset + a.DOWN_SINCE)]
    m[at(m[a.STOPPAGES] + 2 * count + 1)] = until
    m[a.STOPPAGE_COUNT] = count + 1


@inner_kernel
def duty(m: Whole, f: Floats, asset: int, now: int) -> int:
    """Seconds of duty so far; time counts by the rate profile, and not while a stopping asset is down."""
    clock_then = m[at(asset + a.CLOCK)]
    if m[at(asset + a.STOPS)] == 1 and m[at(asset + a.DOWN_BLOCKS)] > 0:
        return int(clock_then)
    since = m[at(asset + a.CLOCK_SINCE)]
    profile = m[at(asset + a.PROFILE)]
    if profile < 0:
        return int(clock_then + now - since)
    return int(clock_then + profile_clock(m, f, profile, now) - profile_clock(m, f, profile, since))


@inner_kernel
def schedule_mark(m: Whole, f: Floats, asset: int, now: int) -> None:
    """Find the asset's next failure or warning; an earlier schedule is void by its stamp."""
    m[at(asset + a.STAMP)] += 1
    if m[at(asset + a.STOPS)] == 1 and m[at(asset + a.DOWN_BLOCKS)] > 0:
        return
    least = a.NEVER
    position = m[at(asset + a.POSITIONS)]
    chosen = position
    while position < m[at(asset + a.POSITIONS_END)]:
        mark = min(m[at(position + a.DUE)], m[at(position + a.WARN)])
        if mark < least:
            least = mark
            chosen = position
        position += a.POSITION_SIZE
    if least == a.NEVER:
        return
    m[at(asset + a.NEXT)] = chosen
    left = max(least - duty(m, f, asset, now), 0)
    profile = m[at(asset + a.PROFILE)]
    time = now + left
    if profile >= 0:
        time = max(now, profile_moment(m, f, profile, profile_clock(m, f, profile, now) + left))
    if time <= m[a.HORIZON]:
        schedule(m, time, a.MARK, asset, m[at(asset + a.STAMP)])


@inner_kernel
def install(m: Whole, f: Floats, u: Streams, position: int, passed: int) -> None:
    """A new piece begins to age at ``passed`` seconds of duty."""
    stream = m[at(position + a.POSITION_STREAM)]
    life = sample(f, m[at(position + a.LIFE)], u, stream)
    m[at(position + a.DUE)] = passed + life
    m[at(position + a.WARN)] = a.NEVER
    m[at(position + a.WARNED)] = 0
    if m[at(position + a.WARNING)] >= 0:
        ahead = sample(f, m[at(position + a.WARNING)], u, stream + 1)
        m[at(position + a.WARN)] = passed + max(life - ahead, 0)


@lean_kernel
def begin_asset(m: Whole, f: Floats, u: Streams, asset: int) -> None:
    """All positions of the asset start at work with new pieces."""
    for field in range(a.ASSET_SINCE, a.ASSET_SIZE):
        m[at(asset + field)] = 0
    for position in range(m[at(asset + a.POSITIONS)], m[at(asset + a.POSITIONS_END)], a.POSITION_SIZE):
        m[at(m[at(position + a.BLOCK)] + a.BLOCK_WORKING)] = 0
    for position in range(m[at(asset + a.POSITIONS)], m[at(asset + a.POSITIONS_END)], a.POSITION_SIZE):
        m[at(m[at(position + a.BLOCK)] + a.BLOCK_WORKING)] += 1
        m[at(position + a.CONDITION)] = a.WORKING
        install(m, f, u, position, a.ZERO)
    schedule_mark(m, f, asset, a.ZERO)


@inner_kernel
def work_starts(m: Whole, now: int, position: int, duration: int) -> None:
    """The technician is there and has the piece."""
    m[at(position + a.CONDITION)] = a.IN_WORK
    record(m, now, a.R_START, m[at(position + a.STOCK)], position, a.NONE, a.NONE, a.ONE, duration)
    schedule(m, now + duration, a.REPLACED, position, a.ZERO)


@lean_kernel
def access_opens(m: Whole, now: int, position: int, duration: int) -> None:
    """The visit or weather the position waited for has come."""
    asset = m[at(position + a.ASSET)]
    accrue_asset(m, asset, now)
    m[at(asset + a.BLOCKED)] -= 1
    work_starts(m, now, position, duration)


@lean_kernel
def access_from(m: Whole, calendar: int, now: int, duration: int) -> int:
    """First moment from now on at which the calendar lets work of this duration start."""
    n = m[at(calendar + a.WINDOWS)]
    opens = m[at(calendar + a.OPENS)]
    closes = m[at(calendar + a.CLOSES)]
    return next_start(
        m[at(calendar + a.VISIT_EVERY)],
        m[at(calendar + a.MUST_FIT)],
        m[opens : opens + n],
        m[closes : closes + n],
        n,
        now,
        duration,
    )


@inner_kernel
def give_piece(m: Whole, f: Floats, u: Streams, now: int, position: int, asked_at: int) -> None:
    """A piece for the position: work starts at once, or when the calendar of the asset lets it."""
    stock = m[at(position + a.STOCK)]
    count(m, stock, a.PIECES_ISSUED, a.ONE)
    record(m, now, a.R_ISSUE, stock, position, a.NONE, a.NONE, a.ONE, now - asked_at)
    asset = m[at(position + a.ASSET)]
    accrue_asset(m, asset, now)
    if m[at(position + a.CONDITION)] == a.WAITING:
        m[at(asset + a.LACKING)] -= 1
    duration = sample(f, m[at(position + a.REPLACEMENT)], u, m[at(position + a.POSITION_STREAM)] + 2)
    calendar = m[at(asset + a.CALENDAR)]
    start = now
    if calendar >= 0:
        start = access_from(m, calendar, now, duration)
    if start == now:
        work_starts(m, now, position, duration)
        return
    m[at(position + a.CONDITION)] = a.HELD_UP
    m[at(asset + a.BLOCKED)] += 1
    if start <= m[a.HORIZON]:
        schedule(m, start, a.ACCESS, position, duration)


@inner_kernel
def request(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """A failed position asks its stock point for a piece."""
    stock = m[at(position + a.STOCK)]
    count(m, stock, a.DEMANDS, a.ONE)
    count(m, stock, a.PIECES_DEMANDED, a.ONE)
    m[at(stock + a.SEEN_DEMANDS)] += 1
    accrue_stock(m, stock, now)
    if m[at(stock + a.ON_HAND)] > 0:
        m[at(stock + a.ON_HAND)] -= 1
        m[at(stock + a.GONE)] += 1
        count(m, stock, a.PIECES_FILLED, a.ONE)
        if are_followed(m):
            take(m, stock, a.ONE, a.NONE)
        give_piece(m, f, u, now, position, now)
    else:
        count(m, stock, a.STOCK_OUTS, a.ONE)
        record(m, now, a.R_STOCK_OUT, stock, position, a.NONE, a.NONE, a.ONE, a.ZERO)
        m[at(stock + a.WANTING)] += 1
        asset = m[at(position + a.ASSET)]
        accrue_asset(m, asset, now)
        m[at(position + a.CONDITION)] = a.WAITING
        m[at(asset + a.LACKING)] += 1
        rule = m[at(stock + a.EMERGENCY_RULE)]
        if rule == a.OWN_PIECE:
            order(m, f, u, now, stock, a.ONE, a.OWN, position)
        else:
            join(m, stock + a.QUEUES, new_ticket(m, stock, position, a.ONE, now, a.DEMAND))
            m[at(stock + a.QUEUED)] += 1
            m[a.OPEN] += 1
            expedite(m, f, u, now, stock, a.ONE)
    ask_review(m, stock)


@inner_kernel
def fail(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """The piece has failed: its block loses it, the asset may stop, a spare is asked for."""
    asset = m[at(position + a.ASSET)]
    stock = m[at(position + a.STOCK)]
    record(m, now, a.R_FAILURE, stock, position, a.NONE, a.NONE, a.ONE, a.ZERO)
    if m[at(position + a.WARNED)] == 1:
        m[at(stock + a.ANTICIPATED)] -= m[at(stock + a.ANTICIPATES)]
    passed = duty(m, f, asset, now)
    m[at(position + a.DUE)] = a.NEVER
    m[at(position + a.WARN)] = a.NEVER
    m[at(position + a.WARNED)] = 0
    block = m[at(position + a.BLOCK)]
    m[at(block + a.BLOCK_WORKING)] -= 1
    if m[at(block + a.BLOCK_WORKING)] == m[at(block + a.NEEDED)] - 1:
        accrue_asset(m, asset, now)
        if m[at(asset + a.DOWN_BLOCKS)] == 0:
            m[at(asset + a.CLOCK)] = passed
            m[at(asset + a.CLOCK_SINCE)] = now
            m[at(asset + a.CAUSE)] = stock
            m[at(asset + a.DOWN_SINCE)] = now
            m[at(asset + a.ASSET_TOTALS + a.STOP_COUNT)] += 1
        m[at(asset + a.DOWN_BLOCKS)] += 1
    request(m, f, u, now, position)
    schedule_mark(m, f, asset, now)


@inner_kernel
def reach_mark(m: Whole, f: Floats, u: Streams, now: int, asset: int) -> None:
    """The asset's next warning or failure."""
    if m[a.DRAINING] == 1:
        return
    position = m[at(asset + a.NEXT)]
    if m[at(position + a.WARN)] > m[at(position + a.DUE)]:
        fail(m, f, u, now, position)
        return
    stock = m[at(position + a.STOCK)]
    m[at(position + a.WARN)] = a.NEVER
    m[at(position + a.WARNED)] = 1
    record(m, now, a.R_WARNING, stock, position, a.NONE, a.NONE, a.ONE, a.ZERO)
    if m[at(stock + a.ANTICIPATES)] == 1:
        m[at(stock + a.ANTICIPATED)] += 1
        ask_review(m, stock)
    schedule_mark(m, f, asset, now)


@inner_kernel
def replaced(m: Whole, f: Floats, u: Streams, now: int, position: int) -> None:
    """The new piece works; the asset does, if nothing else keeps it down."""
    asset = m[at(position + a.ASSET)]
    accrue_asset(m, asset, now)
    m[at(position + a.CONDITION)] = a.WORKING
    record(m, now, a.R_END, m[at(position + a.STOCK)], position, a.NONE, a.NONE, a.ONE, a.ZERO)
    passed = duty(m, f, asset, now)
    block = m[at(position + a.BLOCK)]
    m[at(block + a.BLOCK_WORKING)] += 1
    if m[at(block + a.BLOCK_WORKING)] == m[at(block + a.NEEDED)]:
        m[at(asset + a.DOWN_BLOCKS)] -= 1
        if m[at(asset + a.DOWN_BLOCKS)] == 0:
            m[at(asset + a.CLOCK)] = passed
            m[at(asset + a.CLOCK_SINCE)] = now
            note_stoppage(m, asset, now)
    install(m, f, u, position, passed)
    schedule_mark(m, f, asset, now)
