"""The memory of the engine: two flat arrays, whole numbers ``m`` and floats ``f``, and the random streams.

An entity (asset, position, stock point, ...) is a row of ``m`` and is named by where the row begins; a field is a
constant to add: ``m[stock + ON_HAND]``. Parameters, state and totals of an entity lie side by side. Laws (see
``sampling``) and realised rate profiles are rows of ``f``. One flat array is chosen for speed: a kernel that takes
sixty arrays spends a hundred times longer on handing them over than on the event (docs/design/engine.md).

Times are whole seconds, quantities whole pieces; -1 means "none".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import inner_kernel

NEVER = 4_000_000_000_000_000_000

ZERO, ONE, NONE = 0, 1, -1
"""Literals in a call compile the callee again for each value; names do not."""

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Streams = NDArray[np.uint64]


@inner_kernel
def at(place: int) -> int:
    """A place in the memory as an unsigned number: the compiler then need not ask whether it counts from the end,
    which at every access would cost a third of an event."""
    return np.uint64(place)  # type: ignore[return-value]


# ---- the head of m: where things are, and counters
(
    STATUS, EVENTS, REPLICATION, PERIOD, HORIZON,
    PERIODS, GROUPS, GROUP_COUNT, PROFILES, PROFILE_COUNT, CALENDARS, CALENDAR_COUNT,
    HEAP, HEAP_ROOM, HEAP_SIZE, SEQUENCE,
    TICKETS, TICKET_ROOM, TICKETS_USED, FREE_TICKET,
    REVIEWS, REVIEW_COUNT,
    LOG, LOG_ROOM, LOGGED,
    STOPPAGES, STOPPAGE_ROOM, STOPPAGE_COUNT,  # of critical assets: from, until
    HEAD_SIZE,
) = range(29)  # fmt: skip

OK, HEAP_FULL, TICKETS_FULL, PIECES_FULL, LOG_FULL, STOPPAGES_FULL = range(6)

# ---- group: entities that share an asset, a stock point or a station; rows of one kind are neighbours
GROUP_ASSETS, GROUP_ASSETS_END, GROUP_STOCKS, GROUP_STOCKS_END, GROUP_STATIONS, GROUP_STATIONS_END, GROUP_SIZE = range(
    7
)

# ---- asset
(
    POSITIONS, POSITIONS_END,
    PROFILE,  # how its failure rate varies
    CALENDAR,  # when work on it can start
    STOPS,  # 1: parts age only while the asset works
    CRITICAL,  # 1: the system works only while it does
    ASSET_SINCE,  # charged until
    DOWN_BLOCKS,
    LACKING,  # positions without a piece
    BLOCKED,  # positions without access
    CLOCK, CLOCK_SINCE,  # seconds of duty at a moment
    NEXT,  # position of the next mark
    STAMP,  # of the mark that is still valid
    CAUSE,  # stock point whose part took the asset down
    DOWN_SINCE,
    ASSET_TOTALS,
) = range(17)  # fmt: skip

# ---- block: k of n positions of an asset
NEEDED, BLOCK_WORKING, BLOCK_SIZE = range(3)

# ---- position
(
    ASSET, BLOCK, STOCK, LIFE, REPLACEMENT, WARNING,
    DEMANDS_ON,  # 1: a customer, who goes on demanding while waiting
    POSITION_STREAM, POSITION_NUMBER,
    CONDITION, DUE, WARN, WARNED,
    POSITION_SIZE,
) = range(14)  # fmt: skip
WORKING, WAITING, HELD_UP, IN_WORK = range(4)

# ---- stock point
(
    STOCK_NUMBER, STOCK_STREAM, INITIAL,
    POLICY, REORDER_AT, BATCH, UP_TO, ON_HAND_BASIS, EMERGENCY_RULE,
    ANTICIPATES,  # 1: a warning counts as a demand
    UPSTREAM, STATION, LEAD, EXPEDITE,
    SHELF_LIFE,  # 0: unlimited
    REVIEW_EVERY,
    SERVICE_PPM, DEMAND_EVERY, USUAL_LEAD,  # what the adaptive policy starts from
    STOCK_SINCE, ON_HAND, ON_ORDER,
    REPLENISHING,  # the part of it that ordinary orders brought about
    QUEUED,  # pieces owed to the queue
    WANTING,  # demands without a piece, own pieces included
    ANTICIPATED, RECEIVED, GONE,
    QUEUE_FIRST, QUEUE_LAST,
    SEEN_DEMANDS, SEEN_DELIVERIES, SEEN_LEAD,
    STOCK_TOTALS,
) = range(34)  # fmt: skip
POLICY_KINDS = ("reorder_point", "order_up_to", "base_stock", "periodic", "adaptive")
ON_REORDER_POINT, ON_ORDER_UP_TO, ON_BASE_STOCK, ON_PERIODIC, ON_ADAPTIVE = range(5)
EMERGENCY_RULES = ("none", "first_arrival", "own_piece")
NO_EMERGENCY, FIRST_ARRIVAL, OWN_PIECE = range(3)

# ---- station: servers and a FIFO queue
SERVERS, BUSY, STATION_FIRST, STATION_LAST, STATION_SIZE = range(5)

# ---- ticket: a demand that waits, an order under way, an order from below that waits for goods
TICKET_STOCK, TICKET_POSITION, QUANTITY, ORDERED_AT, FLAVOUR, FOLLOWING, TICKET_SIZE = range(7)
REGULAR, EMERGENCY, OWN, DEMAND = range(4)

# ---- realised rate profile: pieces of constant factor; starts in m, integral and factor in f
PIECES, PIECE_ROOM, STARTS, INTEGRALS, FACTORS, PROFILE_STREAM, PROFILE_SIZE = range(7)

# ---- realised calendar: open windows
VISIT_EVERY, MUST_FIT, WINDOWS, WINDOW_ROOM, OPENS, CLOSES, CALENDAR_STREAM, CALENDAR_SIZE = range(8)

# ---- calendar of events: heap rows
TIME, ORDER_KEY, ENTITY, DETAIL, EVENT_SIZE = range(5)
# kinds of events; at one moment goods come first, then work, then what consumes, then reviews
DELIVERY, STATION_DONE, REPLACED, ACCESS, EXPIRY, MARK, REVIEW = range(7)

# ---- the event record (rows of the log)
RECORD = ("replication", "time", "kind", "stock", "position", "quantity", "on_hand", "duration")
RECORD_SIZE = len(RECORD)
RECORD_KINDS = (
    "failure", "warning", "stock_out", "issue", "order", "emergency_order", "delivery", "transfer",
    "replacement_start", "replacement_end", "expiry", "review",
)  # fmt: skip
(
    R_FAILURE, R_WARNING, R_STOCK_OUT, R_ISSUE, R_ORDER, R_EMERGENCY_ORDER, R_DELIVERY, R_TRANSFER,
    R_START, R_END, R_EXPIRY, R_REVIEW,
) = range(12)  # fmt: skip

# ---- what is counted, per accounting period
STOCK_MEASURES = (
    "demands", "stock_outs", "orders", "emergency_orders", "pieces_ordered", "deliveries", "transfers",
    "pieces_received", "pieces_issued", "pieces_sent", "pieces_expired", "lead_seconds", "on_hand_seconds",
    "waiting_seconds", "down_seconds", "end_on_hand", "end_on_order",
)  # fmt: skip
(
    DEMANDS, STOCK_OUTS, ORDERS, EMERGENCY_ORDERS, PIECES_ORDERED, DELIVERIES, TRANSFERS,
    PIECES_RECEIVED, PIECES_ISSUED, PIECES_SENT, PIECES_EXPIRED, LEAD_SECONDS, ON_HAND_SECONDS,
    WAITING_SECONDS, DOWN_SECONDS, END_ON_HAND, END_ON_ORDER, STOCK_COUNTS,
) = range(18)  # fmt: skip
ASSET_MEASURES = ("up_seconds", "waiting_seconds", "access_seconds", "replacing_seconds", "stops")
UP_SECONDS, LACKING_SECONDS, ACCESS_SECONDS, REPLACING_SECONDS, STOP_COUNT, ASSET_COUNTS = range(6)

# ---- purposes of the random streams of an entity; leads and expedites, lives, warnings and replacements are neighbours
FOR_LIFE, FOR_WARNING, FOR_REPLACEMENT, FOR_LEAD, FOR_EXPEDITE, FOR_BURSTS, FOR_WEATHER = range(7)
STREAMS_OF_STOCK = 2
STREAMS_OF_POSITION = 3
