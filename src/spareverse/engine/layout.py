"""Lay tables of entities out in the engine's memory: numbers of entities become the places of their rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Streams, Whole
from spareverse.engine.profiles import MONTH, Profiles
from spareverse.engine.replications import Network
from spareverse.engine.sourcing import TRAIL_SIZE, TRAILS_HEAD
from spareverse.engine.windows import Calendars

GIVEN_OF_ASSET = slice(a.POSITIONS, a.CRITICAL + 1)
GIVEN_OF_POSITION = slice(a.ASSET, a.WARNING + 1)
GIVEN_OF_CUSTOMER = slice(a.CUSTOMER_STOCK, a.TRACE_END + 1)
GIVEN_OF_STOCK = slice(a.PLACE, a.USUAL_LEAD + 1)
GIVEN_OF_SOURCE = slice(a.ABOVE, a.LINK_NUMBER + 1)
PENDING_PER_BUCKET = 64
LEAST_ROWS = 1 << 12
"""Of the calendar and of tickets: what a small group never uses costs nothing, and too few mean running again."""
MOST_BUCKETS = 1 << 16
"""Buckets of the calendar: one per so many entities with an event pending, up to a number that stays in the cache."""


def _rows(size: int) -> Whole:
    return np.zeros((0, size), np.int64)


def _keys() -> Streams:
    return np.zeros(0, np.uint64)


@dataclass(frozen=True)
class Entities:
    """What a network consists of. Rows are entities, columns the fields that ``memory`` calls given, in its order.

    They refer to one another by row number (-1: none), and to laws by their row in ``laws``. Rows are sorted by
    group; positions by asset, sources by stock point.
    """

    groups: Whole
    """[G, 10] first and end row of its assets, stock points, customers, orders under way, customers waiting."""
    stocks: Whole
    """[K, 21] PLACE ... USUAL_LEAD"""
    sources: Whole
    """[S, 28] ABOVE ... LINK_NUMBER"""
    laws: Floats
    profiles: Profiles
    calendars: Calendars
    bounds: Whole
    """Ends of the accounting periods, from 0 to the horizon [seconds]."""
    stock_keys: Streams
    """What names the entity's random streams; equal under every option of a study, in every scenario."""
    source_keys: Streams
    assets: Whole = field(default_factory=lambda: _rows(6))
    """[A, 6] POSITIONS (first row), POSITIONS_END, PROFILE, CALENDAR, STOPS, CRITICAL"""
    blocks: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    """[B] pieces needed of the positions in the block"""
    positions: Whole = field(default_factory=lambda: _rows(6))
    """[P, 6] ASSET ... WARNING"""
    position_keys: Streams = field(default_factory=_keys)
    customers: Whole = field(default_factory=lambda: _rows(12))
    """[C, 12] CUSTOMER_STOCK ... TRACE_END"""
    customer_keys: Streams = field(default_factory=_keys)
    stations: Whole = field(default_factory=lambda: _rows(2))
    """[., 2] servers, profile of their speed"""
    budgets: Whole = field(default_factory=lambda: _rows(3))
    """[., 3] AMOUNT, BUDGET_EVERY, BUDGET_NUMBER"""
    markets: Whole = field(default_factory=lambda: _rows(4))
    """[., 4] SHARE_AT_START ... RECOVERY"""
    breaks: Whole = field(default_factory=lambda: _rows(2))
    """[., 2] from quantity, cents a piece"""
    traces: Whole = field(default_factory=lambda: _rows(2))
    """[., 2] second, pieces"""
    under_way: Whole = field(default_factory=lambda: _rows(5))
    """[., 5] ORDER_STOCK ... ORDER_DUE"""
    under_way_keys: Streams = field(default_factory=_keys)
    waiting: Whole = field(default_factory=lambda: _rows(3))
    """[., 3] WAIT_CUSTOMER ... WAIT_SINCE"""
    trails: int = 0
    trail_settings: Floats = field(default_factory=lambda: np.zeros(TRAILS_HEAD))
    """Loss per second, share lost on an overdue promise, least trail, alpha, beta."""
    places: int = 1
    counted_from: int = 0


@dataclass(frozen=True)
class Room:
    """Sizes that may turn out too small; all but ``pieces`` in rows."""

    heap: int
    far: int
    tickets: int
    lots: int
    pieces: int
    log: int
    charges: int
    stoppages: int

    @classmethod
    def first_guess(cls, given: Entities, *, log: bool, causes: bool = False) -> Room:
        """Enough for most networks."""
        ends, starts = given.groups[:, 1::2], given.groups[:, 0::2]
        assets, stocks, customers = (ends - starts)[:, :3].T if len(given.groups) else np.zeros((3, 1), np.int64)
        per_asset = -(-len(given.positions) // max(len(given.assets), 1))
        rows = max(4 * int(np.max(assets * per_asset + stocks + customers, initial=1)), LEAST_ROWS)
        months = int(given.bounds[-1] // MONTH) + 2
        critical = int(given.assets[:, -1].sum())
        return cls(
            heap=rows,
            far=rows if buckets(given) else 0,
            tickets=rows,
            lots=rows if causes else 0,
            pieces=64 + 16 * months,
            log=1 << 18 if log else 0,
            charges=1 << 18 if causes else 0,
            stoppages=64 * critical if critical > 1 else 0,
        )

    def after(self, status: int) -> Room:
        """More of what ran full."""
        name = {
            a.HEAP_FULL: "heap",
            a.FAR_FULL: "far",
            a.TICKETS_FULL: "tickets",
            a.LOTS_FULL: "lots",
            a.PIECES_FULL: "pieces",
            a.LOG_FULL: "log",
            a.CHARGES_FULL: "charges",
            a.STOPPAGES_FULL: "stoppages",
        }[status]
        return Room(**{**self.__dict__, name: max(4 * getattr(self, name), 64)})


def buckets(given: Entities) -> int:
    """Buckets of the calendar; none where few events are pending at a time."""
    sizes = given.groups[:, 1::2] - given.groups[:, 0::2]
    pending = int(sizes[:, :3].sum(axis=1).max(initial=0))
    return 0 if pending < 16 * PENDING_PER_BUCKET else min(pending // PENDING_PER_BUCKET, MOST_BUCKETS)


def lay_out(given: Entities, room: Room) -> Network:
    """The network's memories before the first event."""
    sheet = _Sheet(given, room)
    rows, place = sheet.rows, sheet.place
    rows("groups")[:] = given.groups
    _fill(sheet, "assets", GIVEN_OF_ASSET, given.assets, {
        a.POSITIONS: "positions", a.POSITIONS_END: "positions", a.PROFILE: "profiles",
        a.CALENDAR: "calendars"})  # fmt: skip
    rows("blocks")[:, a.NEEDED] = given.blocks
    _fill(sheet, "positions", GIVEN_OF_POSITION, given.positions, {
        a.ASSET: "assets", a.BLOCK: "blocks", a.STOCK: "stocks"})  # fmt: skip
    _fill(sheet, "stocks", GIVEN_OF_STOCK, given.stocks, {
        a.SOURCES: "sources", a.SOURCES_END: "sources", a.EXPEDITE: "sources", a.BUDGET: "budgets"})  # fmt: skip
    _fill(sheet, "sources", GIVEN_OF_SOURCE, given.sources, {
        a.ABOVE: "stocks", a.STATION: "stations", a.DOCK: "stations", a.BREAKS: "breaks", a.BREAKS_END: "breaks",
        a.SUPPLIER_SPEED: "profiles", a.LINK_SPEED: "profiles", a.LINK_GATE: "profiles",
        a.HOLD: "profiles"})  # fmt: skip
    _fill(sheet, "customers", GIVEN_OF_CUSTOMER, given.customers, {
        a.CUSTOMER_STOCK: "stocks", a.DEMAND_PROFILE: "profiles", a.MARKET: "markets", a.TRACE: "traces",
        a.TRACE_END: "traces"})  # fmt: skip
    _fill(sheet, "stations", slice(a.SERVERS, a.STATION_SPEED + 1), given.stations, {a.STATION_SPEED: "profiles"})
    slots = 2 * given.stations[:, 0]
    rows("stations")[:, a.FREE_AT] = sheet.where["slots"] + np.cumsum(slots) - slots
    rows("budgets")[:, : a.BUDGET_NUMBER + 1] = given.budgets
    rows("markets")[:, : a.RECOVERY + 1] = given.markets
    rows("breaks")[:] = given.breaks
    rows("traces")[:] = given.traces
    _fill(sheet, "under_way", slice(0, a.ORDER_DUE + 1), given.under_way, {
        a.ORDER_STOCK: "stocks", a.ORDER_SOURCE: "sources"})  # fmt: skip
    _fill(sheet, "waiting", slice(0, a.WAIT_SIZE), given.waiting, {a.WAIT_CUSTOMER: "customers"})
    keys = sheet.number_streams()
    f = sheet.lay_out_rates()
    sheet.write_head()
    return Network(
        m=sheet.m,
        f=f,
        stream_keys=keys.reshape(-1, 1),
        assets=place("assets", np.arange(len(given.assets))),
        stocks=place("stocks", np.arange(len(given.stocks))),
        customers=place("customers", np.arange(len(given.customers))),
        profiles=given.profiles,
        calendars=given.calendars,
        bounds=given.bounds,
    )


def _fill(sheet: _Sheet, name: str, fields: slice, given: Whole, refers: dict[int, str]) -> None:
    """Write the given fields of one kind of entity; numbers of other entities become their places."""
    rows = sheet.rows(name)
    rows[:, fields] = given
    for column, other in refers.items():
        rows[:, column] = sheet.place(other, rows[:, column])


class _Sheet:
    """The flat array of whole numbers, and where each kind of row begins in it."""

    def __init__(self, given: Entities, room: Room) -> None:
        self.given, self.room = given, room
        self.buckets = buckets(given)
        self.counts = {
            "groups": (len(given.groups), a.GROUP_SIZE),
            "assets": (len(given.assets), a.ASSET_SIZE),
            "blocks": (len(given.blocks), a.BLOCK_SIZE),
            "positions": (len(given.positions), a.POSITION_SIZE),
            "customers": (len(given.customers), a.CUSTOMER_SIZE),
            "stocks": (len(given.stocks), a.STOCK_SIZE),
            "sources": (len(given.sources), a.SOURCE_SIZE),
            "stations": (len(given.stations), a.STATION_SIZE),
            "slots": (2 * int(given.stations[:, 0].sum()), 1),
            "budgets": (len(given.budgets), a.BUDGET_SIZE),
            "markets": (len(given.markets), a.MARKET_SIZE),
            "breaks": (len(given.breaks), 2),
            "traces": (len(given.traces), 2),
            "under_way": (len(given.under_way), a.UNDER_WAY_SIZE),
            "waiting": (len(given.waiting), a.WAIT_SIZE),
            "profiles": (len(given.profiles.key), a.PROFILE_SIZE),
            "calendars": (len(given.calendars.key), a.CALENDAR_SIZE),
            "starts": (len(given.profiles.key), room.pieces),
            "windows": (2 * len(given.calendars.key), room.pieces),
            "reviews": (len(given.stocks) + 1, 1),
            "heap": (room.heap, a.EVENT_SIZE),
            "far": (room.far, a.FAR_SIZE),
            "buckets": (self.buckets, 1),
            "tickets": (room.tickets, a.TICKET_SIZE),
            "lots": (room.lots, a.LOT_SIZE),
            "log": (room.log, a.RECORD_SIZE),
            "charges": (room.charges, a.CHARGE_SIZE),
            "stoppages": (room.stoppages, 2),
            "scratch": (a.SCRATCH_SIZE, 1),
        }
        self.where: dict[str, int] = {}
        end = a.HEAD_SIZE
        for name, (count, size) in self.counts.items():
            self.where[name] = end
            end += count * size
        self.m = np.zeros(end, np.int64)

    def rows(self, name: str) -> Whole:
        """All rows of one kind, as a view."""
        count, size = self.counts[name]
        return self.m[self.where[name] : self.where[name] + count * size].reshape(count, size)

    def place(self, name: str, number: Whole) -> Whole:
        """Where the rows of these numbers begin; -1 for none."""
        return np.where(number < 0, -1, self.where[name] + number * self.counts[name][1])

    def number_streams(self) -> Streams:
        """Give every entity its streams and number; returns the key of each stream."""
        given, rows = self.given, self.rows
        keys: list[Streams] = []
        first = 0
        for name, of_entity, each, column in (
            ("stocks", given.stock_keys, 1, a.RULE_STREAM),
            ("sources", given.source_keys, 1, a.SOURCE_STREAM),
            ("positions", given.position_keys, a.STREAMS_OF_POSITION, a.POSITION_STREAM),
            ("customers", given.customer_keys, a.STREAMS_OF_CUSTOMER, a.CUSTOMER_STREAM),
            ("under_way", given.under_way_keys, 1, a.ORDER_STREAM),
            ("profiles", given.profiles.key, 1, a.PROFILE_STREAM),
            ("calendars", given.calendars.key, 1, a.CALENDAR_STREAM),
        ):
            count = len(rows(name))
            rows(name)[:, column] = first + each * np.arange(count)
            keys.append(np.repeat(of_entity, each))
            first += each * count
        for name, column in (
            ("stocks", a.STOCK_NUMBER),
            ("sources", a.SOURCE_NUMBER),
            ("positions", a.POSITION_NUMBER),
            ("customers", a.CUSTOMER_NUMBER),
        ):
            rows(name)[:, column] = np.arange(len(rows(name)))
        return np.concatenate(keys).astype(np.uint64)

    def lay_out_rates(self) -> Floats:
        """Rooms of the realised profiles and calendars; returns the float memory: laws, profiles, trails."""
        given, room, rows = self.given, self.room, self.rows
        trails = len(given.laws) + 2 * len(given.profiles.key) * room.pieces
        f = np.zeros(trails + TRAILS_HEAD + TRAIL_SIZE * given.trails)
        f[: len(given.laws)] = given.laws
        f[trails : trails + TRAILS_HEAD] = given.trail_settings
        self.where["trails"] = trails
        sources = rows("sources")
        sources[:, a.TRAIL] = np.where(
            sources[:, a.TRAIL] < 0, -1, trails + TRAILS_HEAD + TRAIL_SIZE * sources[:, a.TRAIL]
        )
        profiles = rows("profiles")
        number = np.arange(len(profiles))
        profiles[:, a.PIECE_ROOM] = room.pieces
        profiles[:, a.STARTS] = self.where["starts"] + number * room.pieces
        profiles[:, a.INTEGRALS] = len(given.laws) + 2 * number * room.pieces
        profiles[:, a.FACTORS] = profiles[:, a.INTEGRALS] + room.pieces
        calendars = rows("calendars")
        number = np.arange(len(calendars))
        calendars[:, a.VISIT_EVERY] = given.calendars.visit_interval
        calendars[:, a.MUST_FIT] = given.calendars.must_fit
        calendars[:, a.WINDOW_ROOM] = room.pieces
        calendars[:, a.OPENS] = self.where["windows"] + 2 * number * room.pieces
        calendars[:, a.CLOSES] = calendars[:, a.OPENS] + room.pieces
        return f

    def write_head(self) -> None:
        """Where everything is."""
        given, room, where, m = self.given, self.room, self.where, self.m
        horizon = int(given.bounds[-1])
        head = {
            a.HORIZON: horizon, a.PERIODS: len(given.bounds) - 1, a.COUNTED_FROM: given.counted_from,
            a.GROUPS: where["groups"], a.GROUP_COUNT: len(given.groups), a.PROFILES: where["profiles"],
            a.PROFILE_COUNT: len(given.profiles.key), a.CALENDARS: where["calendars"],
            a.CALENDAR_COUNT: len(given.calendars.key), a.HEAP: where["heap"], a.HEAP_ROOM: room.heap,
            a.FAR: where["far"], a.FAR_ROOM: room.far, a.BUCKETS: where["buckets"], a.BUCKET_COUNT: self.buckets,
            a.BUCKET_WIDTH: horizon // self.buckets + 1 if self.buckets else a.NEVER,
            a.TICKETS: where["tickets"], a.TICKET_ROOM: room.tickets, a.LOTS: where["lots"], a.LOT_ROOM: room.lots,
            a.REVIEWS: where["reviews"], a.LOG: where["log"], a.LOG_ROOM: room.log, a.CHARGES: where["charges"],
            a.CHARGE_ROOM: room.charges, a.STOPPAGES: where["stoppages"], a.STOPPAGE_ROOM: room.stoppages,
            a.EVENT_LIMIT: a.NEVER, a.SCRATCH: where["scratch"], a.UNDER_WAY_AT: where["under_way"],
            a.WAITING_AT: where["waiting"], a.STATIONS_AT: where["stations"], a.STATION_COUNT: len(given.stations),
            a.BUDGETS_AT: where["budgets"], a.BUDGET_COUNT: len(given.budgets), a.MARKETS_AT: where["markets"],
            a.MARKET_COUNT: len(given.markets), a.TRAILS: where["trails"], a.TRAIL_COUNT: given.trails,
        }  # fmt: skip
        for column, value in head.items():
            m[column] = value
