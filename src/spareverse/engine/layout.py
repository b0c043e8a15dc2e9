"""Lay tables of entities out in the engine's memory: numbers of entities become the places of their rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Streams, Whole
from spareverse.engine.profiles import MONTH, Profiles
from spareverse.engine.replications import Network
from spareverse.engine.windows import Calendars

GIVEN_OF_ASSET = slice(a.POSITIONS, a.CRITICAL + 1)
GIVEN_OF_POSITION = slice(a.ASSET, a.DEMANDS_ON + 1)
GIVEN_OF_STOCK = slice(a.INITIAL, a.USUAL_LEAD + 1)


@dataclass(frozen=True)
class Entities:
    """What a network consists of. Rows are entities, columns the fields that ``memory`` calls given, in its order.

    They refer to one another by row number (-1: none), and to laws by their row in ``laws``. Rows are sorted by
    group; positions by asset.
    """

    groups: Whole
    """[G, 6] first and end row of its assets, stock points, stations."""
    assets: Whole
    """[A, 6] POSITIONS (first row), POSITIONS_END, PROFILE, CALENDAR, STOPS, CRITICAL"""
    blocks: Whole
    """[B] pieces needed of the positions in the block"""
    positions: Whole
    """[P, 7] ASSET ... DEMANDS_ON"""
    stocks: Whole
    """[K, 17] INITIAL ... USUAL_LEAD"""
    stations: Whole
    """[S] servers"""
    position_keys: Streams
    stock_keys: Streams
    """What names the entity's random streams; equal under every option of a study."""
    laws: Floats
    profiles: Profiles
    calendars: Calendars
    bounds: Whole
    """Ends of the accounting periods, from 0 to the horizon [seconds]."""


@dataclass(frozen=True)
class Room:
    """Sizes that may turn out too small; ``heap`` and ``tickets`` in rows."""

    heap: int
    tickets: int
    pieces: int
    log: int
    stoppages: int

    @classmethod
    def first_guess(cls, given: Entities, *, log: bool) -> Room:
        """Enough for most networks."""
        assets, stocks = given.groups[:, 1] - given.groups[:, 0], given.groups[:, 3] - given.groups[:, 2]
        per_asset = -(-len(given.positions) // max(len(given.assets), 1))
        rows = 64 + 4 * int(np.max(assets * per_asset + stocks, initial=1))
        months = int(given.bounds[-1] // MONTH) + 2
        critical = int(given.assets[:, -1].sum())
        return cls(rows, rows, 64 + 16 * months, 1 << 16 if log else 0, 64 * critical if critical > 1 else 0)

    def after(self, status: int) -> Room:
        """More of what ran full."""
        name = {
            a.HEAP_FULL: "heap",
            a.TICKETS_FULL: "tickets",
            a.PIECES_FULL: "pieces",
            a.LOG_FULL: "log",
            a.STOPPAGES_FULL: "stoppages",
        }[status]
        return Room(**{**self.__dict__, name: 4 * getattr(self, name)})


def lay_out(given: Entities, room: Room) -> Network:
    """The network's memories before the first event."""
    periods = len(given.bounds) - 1
    counts = {
        "groups": (len(given.groups), a.GROUP_SIZE),
        "assets": (len(given.assets), a.ASSET_TOTALS + periods * a.ASSET_COUNTS),
        "blocks": (len(given.blocks), a.BLOCK_SIZE),
        "positions": (len(given.positions), a.POSITION_SIZE),
        "stocks": (len(given.stocks), a.STOCK_TOTALS + periods * a.STOCK_COUNTS),
        "stations": (len(given.stations), a.STATION_SIZE),
        "profiles": (len(given.profiles.key), a.PROFILE_SIZE),
        "calendars": (len(given.calendars.key), a.CALENDAR_SIZE),
        "starts": (len(given.profiles.key), room.pieces),
        "windows": (2 * len(given.calendars.key), room.pieces),
        "reviews": (len(given.stocks) + 1, 1),
        "heap": (room.heap, a.EVENT_SIZE),
        "tickets": (room.tickets, a.TICKET_SIZE),
        "log": (room.log, a.RECORD_SIZE),
        "stoppages": (room.stoppages, 2),
    }
    where: dict[str, int] = {}
    end = a.HEAD_SIZE
    for name, (count, size) in counts.items():
        where[name] = end
        end += count * size
    m = np.zeros(end, np.int64)

    def rows(name: str) -> Whole:
        count, size = counts[name]
        return m[where[name] : where[name] + count * size].reshape(count, size)

    def place(name: str, number: Whole) -> Whole:
        return np.where(number < 0, -1, where[name] + number * counts[name][1])

    rows("groups")[:] = given.groups
    assets = rows("assets")
    assets[:, GIVEN_OF_ASSET] = given.assets
    for field, name in ((a.POSITIONS, "positions"), (a.POSITIONS_END, "positions"), (a.PROFILE, "profiles"),
                        (a.CALENDAR, "calendars")):  # fmt: skip
        assets[:, field] = place(name, assets[:, field])
    rows("blocks")[:, a.NEEDED] = given.blocks
    positions = rows("positions")
    positions[:, GIVEN_OF_POSITION] = given.positions
    for field, name in ((a.ASSET, "assets"), (a.BLOCK, "blocks"), (a.STOCK, "stocks")):
        positions[:, field] = place(name, positions[:, field])
    stocks = rows("stocks")
    stocks[:, GIVEN_OF_STOCK] = given.stocks
    for field, name in ((a.UPSTREAM, "stocks"), (a.STATION, "stations")):
        stocks[:, field] = place(name, stocks[:, field])
    stocks[:, a.STOCK_NUMBER] = np.arange(len(stocks))
    positions[:, a.POSITION_NUMBER] = np.arange(len(positions))
    rows("stations")[:, a.SERVERS] = given.stations

    stock_streams = a.STREAMS_OF_STOCK * len(stocks)
    shared_streams = stock_streams + a.STREAMS_OF_POSITION * len(positions)
    stocks[:, a.STOCK_STREAM] = a.STREAMS_OF_STOCK * np.arange(len(stocks))
    positions[:, a.POSITION_STREAM] = stock_streams + a.STREAMS_OF_POSITION * np.arange(len(positions))
    keys = np.concatenate(
        [
            np.repeat(given.stock_keys, a.STREAMS_OF_STOCK),
            np.repeat(given.position_keys, a.STREAMS_OF_POSITION),
            given.profiles.key,
            given.calendars.key,
        ]
    ).astype(np.uint64)

    f = np.concatenate([given.laws, np.zeros(2 * len(given.profiles.key) * room.pieces)])
    profiles = rows("profiles")
    number = np.arange(len(profiles))
    profiles[:, a.PIECE_ROOM] = room.pieces
    profiles[:, a.STARTS] = where["starts"] + number * room.pieces
    profiles[:, a.INTEGRALS] = len(given.laws) + 2 * number * room.pieces
    profiles[:, a.FACTORS] = profiles[:, a.INTEGRALS] + room.pieces
    profiles[:, a.PROFILE_STREAM] = shared_streams + number
    calendars = rows("calendars")
    number = np.arange(len(calendars))
    calendars[:, a.VISIT_EVERY] = given.calendars.visit_interval
    calendars[:, a.MUST_FIT] = given.calendars.must_fit
    calendars[:, a.WINDOW_ROOM] = room.pieces
    calendars[:, a.OPENS] = where["windows"] + 2 * number * room.pieces
    calendars[:, a.CLOSES] = calendars[:, a.OPENS] + room.pieces
    calendars[:, a.CALENDAR_STREAM] = shared_streams + len(profiles) + number

    head = {
        a.HORIZON: int(given.bounds[-1]), a.PERIODS: periods, a.GROUPS: where["groups"],
        a.GROUP_COUNT: len(given.groups), a.PROFILES: where["profiles"], a.PROFILE_COUNT: len(profiles),
        a.CALENDARS: where["calendars"], a.CALENDAR_COUNT: len(calendars), a.HEAP: where["heap"],
        a.HEAP_ROOM: room.heap, a.TICKETS: where["tickets"], a.TICKET_ROOM: room.tickets,
        a.REVIEWS: where["reviews"], a.LOG: where["log"], a.LOG_ROOM: room.log,
        a.STOPPAGES: where["stoppages"], a.STOPPAGE_ROOM: room.stoppages,
    }  # fmt: skip
    for field, value in head.items():
        m[field] = value
    return Network(
        m=m,
        f=f,
        stream_keys=keys.reshape(-1, 1),
        assets=place("assets", np.arange(len(assets))),
        stocks=place("stocks", np.arange(len(stocks))),
        stations=place("stations", np.arange(len(given.stations))),
        profiles=given.profiles,
        calendars=given.calendars,
        bounds=given.bounds,
    )
