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

LONGEST_DRAIN = 10 * 365 * 86_400
"""After the horizon those who wait are served for so long at most; who waits then, is not served at all."""

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
    STATUS, EVENTS, REPLICATION, PERIOD, HORIZON, COUNTED_FROM,
    PERIODS, GROUPS, GROUP_COUNT, GROUP_AT, BEGUN, PROFILES, PROFILE_COUNT, CALENDARS, CALENDAR_COUNT,
    HEAP, HEAP_ROOM, HEAP_SIZE, SEQUENCE,
    FAR, FAR_ROOM, FAR_USED, FREE_FAR, FAR_COUNT, BUCKETS, BUCKET_COUNT, BUCKET, BUCKET_WIDTH, NEAR_END,
    AHEAD, AHEAD_CUSTOMER, AHEAD_TICKET, AHEAD_STOCK, AHEAD_SOURCE, AHEAD_ABOVE,  # what is fetched; -1: nothing
    TICKETS, TICKET_ROOM, TICKETS_USED, FREE_TICKET,
    LOTS, LOT_ROOM, LOTS_USED, FREE_LOT,
    REVIEWS, REVIEW_COUNT,
    LOG, LOG_ROOM, LOGGED,
    CHARGES, CHARGE_ROOM, CHARGED,  # room 0: lots are not followed, waits not charged to causes
    STOPPAGES, STOPPAGE_ROOM, STOPPAGE_COUNT,  # of critical assets: from, until
    OPEN,  # demands that wait
    DRAINING,  # 1: after the horizon, until those who wait are served
    EVENT_LIMIT,  # the loop comes back after so many events
    SCRATCH,
    UNDER_WAY_AT, WAITING_AT, STATIONS_AT, STATION_COUNT, BUDGETS_AT, BUDGET_COUNT, MARKETS_AT, MARKET_COUNT,
    TRAILS, TRAIL_COUNT,  # in f
    HEAD_SIZE,
) = range(69)  # fmt: skip

OK, HEAP_FULL, TICKETS_FULL, PIECES_FULL, LOG_FULL, STOPPAGES_FULL, FAR_FULL, LOTS_FULL, CHARGES_FULL, PAUSED = range(
    10
)

# ---- group: entities that share something; rows of one kind are neighbours
(
    GROUP_ASSETS, GROUP_ASSETS_END, GROUP_STOCKS, GROUP_STOCKS_END, GROUP_CUSTOMERS, GROUP_CUSTOMERS_END,
    GROUP_UNDER_WAY, GROUP_UNDER_WAY_END, GROUP_WAITING, GROUP_WAITING_END, GROUP_SIZE,
) = range(11)  # fmt: skip

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
    POSITION_STREAM, POSITION_NUMBER,
    CONDITION, DUE, WARN, WARNED,
    POSITION_SIZE,
) = range(13)  # fmt: skip
WORKING, WAITING, HELD_UP, IN_WORK = range(4)

# ---- customer: a stream of demand at a stock point
(
    CUSTOMER_STOCK,
    GAP,  # law between demands, in seconds of its profile; -1: recorded demands
    SIZE,  # law of the pieces; -1: one
    DEMAND_PROFILE,
    CLASS,  # 0 is served first
    PATIENCE,  # -1: waits for ever; 0: does not wait
    MARKET,
    COMMITMENT,  # -1: none
    PENALTY,  # cents per 1,000 pieces and day beyond it
    LOST_COST,  # cents per piece
    TRACE, TRACE_END,  # its rows of recorded demands: time, pieces
    CUSTOMER_STREAM, CUSTOMER_NUMBER,
    DEMAND_CLOCK, TRACE_AT,
    CUSTOMER_TOTALS,
) = range(17)  # fmt: skip

# ---- stock point
(
    STOCK_NUMBER, RULE_STREAM, PLACE, INITIAL,
    POLICY, REORDER_AT, BATCH, UP_TO, ON_HAND_BASIS, EMERGENCY_RULE,
    EXPEDITE_AT,  # pieces waiting at which those not yet expedited are; 0: every piece as soon as it lacks
    ANTICIPATES,  # 1: a warning counts as a demand
    SOURCES, SOURCES_END, EXPEDITE,  # source of emergency orders; -1: the first
    SOURCING_RULE, BUDGET, WEIGHT,  # grams a piece
    SHELF_LIFE,  # 0: unlimited
    REVIEW_EVERY,
    SERVICE_PPM, DEMAND_EVERY, USUAL_LEAD,  # what the adaptive policy starts from
    STOCK_SINCE, ON_HAND, ON_ORDER,
    REPLENISHING,  # the part of it that ordinary orders brought about
    EXPEDITED,  # emergency pieces under way
    QUEUED,  # pieces owed to the queues
    WANTING,  # demands without a piece, own pieces included
    ANTICIPATED, RECEIVED, GONE,
    ASKED,  # 1: a review is due when the present event is done
    QUEUES,  # first and last ticket of each class
) = range(35)  # fmt: skip
CLASSES = 3
LOT_FIRST = QUEUES + 2 * CLASSES
LOT_LAST, SEEN_DEMANDS, SEEN_DELIVERIES, SEEN_LEAD, STOCK_TOTALS = range(LOT_FIRST + 1, LOT_FIRST + 6)
POLICY_KINDS = ("reorder_point", "order_up_to", "base_stock", "periodic", "adaptive")
ON_REORDER_POINT, ON_ORDER_UP_TO, ON_BASE_STOCK, ON_PERIODIC, ON_ADAPTIVE = range(5)
EMERGENCY_RULES = ("none", "first_arrival", "own_piece")
NO_EMERGENCY, FIRST_ARRIVAL, OWN_PIECE = range(3)
SOURCING_RULES = ("first", "share", "cheapest", "adaptive")
BY_RANK, BY_SHARE, BY_PRICE, BY_TRAIL = range(4)
BELOW_CLASS = 1
"""Class in which orders from below wait."""

# ---- source: one way in which a stock point gets its pieces
(
    ABOVE,  # stock point above; -1: a supplier
    STATION,  # servers its orders pass; -1: without limit
    WORK, WORK_PER_PIECE,  # law; seconds of each further piece
    LEAD,  # law of the supplier's lead time after the work; -1: none
    TRANSIT,  # law of the time under way; -1: none
    SUPPLIER_SPEED, LINK_SPEED, LINK_GATE, HOLD,  # profiles; -1: always 1
    DOCK, DOCK_GRAMS_PER_DAY,  # station of the link and its rate
    PRICE, LIST_PRICE,  # cents a piece
    BREAKS, BREAKS_END,  # rows: from quantity, cents a piece
    LEAST, PACK,
    FREIGHT_FIXED, FREIGHT_PER_TONNE, CO2_MG_PER_KG,  # cents a shipment, cents, milligrams
    EMERGENCY_COST,  # cents an order
    SHARE_PPM,
    PLAN_LEAD, PLAN_PER_PIECE,  # seconds planned for the first piece of an order, and for each further one
    PLAN_TRANSIT,
    LEAD_MOST, TRANSIT_MOST,  # nothing takes longer, whatever is drawn
    TRAIL,  # in f
    SUPPLIER_NUMBER, LINK_NUMBER,  # entities that causes are laid on
    SOURCE_STREAM, SOURCE_NUMBER,
    SENT,  # pieces ordered so far
    SOURCE_SIZE,
) = range(35)  # fmt: skip

# ---- station: servers, first come first served
SERVERS, STATION_SPEED, FREE_AT, STATION_SIZE = range(4)
"""SERVERS: 0 means without limit. FREE_AT: where the moments begin at which each server becomes free, and would without
disturbances."""

# ---- budget: money per period; orders beyond it wait
AMOUNT, BUDGET_EVERY, BUDGET_NUMBER, BALANCE, BUDGET_PERIOD, BUDGET_FIRST, BUDGET_LAST, BUDGET_SIZE = range(8)

# ---- orders under way and customers waiting at the start
ORDER_STOCK, ORDER_SOURCE, ORDER_PIECES, ORDER_SINCE, ORDER_DUE, ORDER_STREAM, UNDER_WAY_SIZE = range(7)
WAIT_CUSTOMER, WAIT_PIECES, WAIT_SINCE, WAIT_SIZE = range(4)

# ---- market: share of its demand that comes to us
(
    SHARE_AT_START, TARGET, LOSS, RECOVERY, MARKET_SHARE, MARKET_MONTH, MARKET_SEEN, MARKET_FILLED, MARKET_SIZE,
) = range(9)  # fmt: skip

# ---- ticket: a demand that waits, an order under way, an order from below that waits for goods
(
    TICKET_STOCK,
    ASKER,  # position or customer
    QUANTITY, ORDERED_AT, FLAVOUR, FOLLOWING,
    TICKET_SOURCE, RELEASED,
    GIVEN, GIVEN_FREE,  # work begun or goods assigned; and without disturbances
    WORKED,  # drawn work and lead time
    READY, DEPARTED_FREE, DEPARTED,
    ON_THE_WAY,  # drawn transit
    ARRIVED, USABLE,
    TICKET_LOTS, TICKET_LAST_LOT,  # the lots that make up the shipment
    HOLDERS,  # lots that came with it
    SERIAL,
    TICKET_SIZE,
) = range(22)  # fmt: skip
REGULAR, EMERGENCY, OWN, DEMAND, CUSTOMER, LEFT = range(6)

# ---- lot: pieces that came with one shipment, taken from one lot above
LOT_QUANTITY, SHIPMENT, PARENT, CHILDREN, NEXT_LOT, LOT_SIZE = range(6)

# ---- realised rate profile: pieces of constant factor; starts in m, integral and factor in f
PIECES, PIECE_ROOM, STARTS, INTEGRALS, FACTORS, PROFILE_STREAM, PROFILE_SIZE = range(7)

# ---- realised calendar: open windows
VISIT_EVERY, MUST_FIT, WINDOWS, WINDOW_ROOM, OPENS, CLOSES, CALENDAR_STREAM, CALENDAR_SIZE = range(8)

# ---- calendar of events: heap rows; a row of a far bucket has the place of the next one behind
TIME, ORDER_KEY, ENTITY, DETAIL, EVENT_SIZE = range(5)
FAR_SIZE = EVENT_SIZE + 1
# kinds of events; at one moment goods come first, then work, then what consumes, then reviews
(
    DELIVERY, GOODS_READY, MONEY, REPLACED, ACCESS, EXPIRY, MARK, ARRIVAL, LEAVES, OVERDUE, REVIEW,
) = range(11)  # fmt: skip

# ---- the event record (rows of the log)
RECORD = (
    "replication", "time", "kind", "stock", "position", "quantity", "on_hand", "duration", "customer", "source",
)  # fmt: skip
RECORD_SIZE = len(RECORD)
RECORD_KINDS = (
    "failure", "warning", "stock_out", "issue", "order", "emergency_order", "delivery", "transfer",
    "replacement_start", "replacement_end", "expiry", "review", "demand", "lost", "shipment", "budget_wait", "purchase",
)  # fmt: skip
(
    R_FAILURE, R_WARNING, R_STOCK_OUT, R_ISSUE, R_ORDER, R_EMERGENCY_ORDER, R_DELIVERY, R_TRANSFER,
    R_START, R_END, R_EXPIRY, R_REVIEW, R_DEMAND, R_LOST, R_SHIPMENT, R_BUDGET_WAIT, R_PURCHASE,
) = range(17)  # fmt: skip

# ---- charges of waits to causes (rows)
CHARGE = ("replication", "period", "stock", "customer", "cause", "entity", "timeline", "critical", "waits")
CHARGE_SIZE = len(CHARGE)
(
    NOT_ORDERED, COVER_HERE, COVER_ABOVE, BUDGET_BLOCK, CAPACITY_QUEUE, DISRUPTION, LEAD_IN_PLAN, LEAD_BEYOND_PLAN,
    IN_STOCK_ABOVE, TRANSPORT_QUEUE, LINK_CLOSED, TRANSPORT_IN_PLAN, TRANSPORT_BEYOND_PLAN, QUALITY_HOLD,
) = range(14)  # fmt: skip
DEEPEST = 24
"""Stages of a chain of shipments that a wait is followed up."""
MOST_ENTRIES = 8 * DEEPEST
ENTRY = 3
"""Words of an entry of a ledger: cause, entity, seconds."""
SCRATCH_SIZE = DEEPEST + ENTRY * (MOST_ENTRIES + DEEPEST)

# ---- what is counted, per accounting period
STOCK_MEASURES = (
    "demands", "stock_outs", "orders", "emergency_orders", "pieces_ordered", "deliveries", "transfers",
    "pieces_received", "pieces_issued", "pieces_sent", "pieces_expired", "lead_seconds", "on_hand_seconds",
    "waiting_seconds", "down_seconds", "end_on_hand", "end_on_order", "pieces_demanded", "pieces_filled",
    "pieces_lost", "pieces_late", "late_seconds", "spent_cents", "list_cents", "freight_cents", "co2_mg",
    "emergency_cents", "penalty_cents", "lost_cents",
)  # fmt: skip
(
    DEMANDS, STOCK_OUTS, ORDERS, EMERGENCY_ORDERS, PIECES_ORDERED, DELIVERIES, TRANSFERS,
    PIECES_RECEIVED, PIECES_ISSUED, PIECES_SENT, PIECES_EXPIRED, LEAD_SECONDS, ON_HAND_SECONDS,
    WAITING_SECONDS, DOWN_SECONDS, END_ON_HAND, END_ON_ORDER, PIECES_DEMANDED, PIECES_FILLED,
    PIECES_LOST, PIECES_LATE, LATE_SECONDS, SPENT_CENTS, LIST_CENTS, FREIGHT_CENTS, CO2_MG,
    EMERGENCY_CENTS, PENALTY_CENTS, LOST_CENTS, STOCK_COUNTS,
) = range(30)  # fmt: skip
STOCK_SIZE = STOCK_TOTALS + STOCK_COUNTS
CUSTOMER_MEASURES = (
    "demands", "filled", "pieces_demanded", "pieces_filled", "pieces_lost", "pieces_late", "waiting_seconds",
    "late_seconds", "penalty_cents", "lost_cents",
)  # fmt: skip
(
    C_DEMANDS, C_FILLED, C_PIECES, C_PIECES_FILLED, C_LOST, C_LATE, C_WAITING, C_LATE_SECONDS, C_PENALTY, C_LOST_CENTS,
    CUSTOMER_COUNTS,
) = range(11)  # fmt: skip
CUSTOMER_SIZE = CUSTOMER_TOTALS + CUSTOMER_COUNTS
ASSET_MEASURES = ("up_seconds", "waiting_seconds", "access_seconds", "replacing_seconds", "stops")
UP_SECONDS, LACKING_SECONDS, ACCESS_SECONDS, REPLACING_SECONDS, STOP_COUNT, ASSET_COUNTS = range(6)
ASSET_SIZE = ASSET_TOTALS + ASSET_COUNTS

# ---- purposes of the random streams of an entity; lives, warnings and replacements are neighbours, and so are the
# gaps, sizes and choices of a customer
(
    FOR_LIFE, FOR_WARNING, FOR_REPLACEMENT, FOR_LEAD, FOR_EXPEDITE, FOR_BURSTS, FOR_WEATHER, FOR_GAPS, FOR_SIZES,
    FOR_SHARE, FOR_RULE,
) = range(11)  # fmt: skip
STREAMS_OF_POSITION = 3
STREAMS_OF_CUSTOMER = 3
