"""The declared tables of a simulated network: what a run of a scenario leaves behind.

Counts are whole and add up exactly; times are days, waits piece-days, money in the network's currency. Every table
has a row per scenario; ``replication`` is there where replications are kept apart.
"""

from __future__ import annotations

from spareverse.network.schema import Column, Table

CAUSES = (
    "not ordered", "cover here", "cover above", "budget", "capacity queue", "disruption", "lead time in plan",
    "lead time beyond plan", "in stock above", "transport queue", "link closed", "transport in plan",
    "transport beyond plan", "quality hold",
)  # fmt: skip
"""What a customer's wait is charged to. 'not ordered', 'lead time in plan', 'in stock above' and 'transport in plan'
occur in the timeline only, 'cover here' and 'cover above' in the critical path only."""

ENTITY_KINDS = ("place", "supplier", "link", "budget")
"""What a cause happens at."""

EVENT_KINDS = (
    "failure", "warning", "stock_out", "issue", "order", "emergency_order", "delivery", "transfer",
    "replacement_start", "replacement_end", "expiry", "review", "demand", "lost", "shipment", "budget_wait", "purchase",
)  # fmt: skip

COST_KINDS = (
    "holding", "ordering", "transport", "emergency", "price_variance", "waiting", "penalty", "lost_sales", "co2",
    "purchases",
)  # fmt: skip
"""'purchases' is money that passes through; all others are controllable and make up the total cost."""

_SCENARIO = Column("scenario", "text", "Scenario", required=True)
_REPLICATION = Column("replication", "integer", "Replication", required=True)
_PERIOD = Column("period", "integer", "Period, from 0", required=True)
_PLACE = Column("place_id", "text", "Place", required=True)
_COUNTS = (
    Column("demands", "integer", "Demands (lines) of customers and failures"),
    Column("filled", "integer", "Of them served whole at once"),
    Column("pieces_demanded", "integer", "Pieces they wanted", "pieces"),
    Column("pieces_filled", "integer", "Of them handed over at once", "pieces"),
    Column("pieces_lost", "integer", "Not sold, since nobody waits so long", "pieces"),
    Column("pieces_late", "integer", "Handed over after the commitment of the contract", "pieces"),
    Column("waiting_piece_days", "number", "Waiting of customers in the period", "piece d"),
    Column("late_piece_days", "number", "Of them beyond the commitment, of pieces handed over", "piece d"),
    Column("orders", "integer", "Replenishment orders"),
    Column("emergency_orders", "integer", "Emergency orders"),
    Column("pieces_ordered", "integer", "Pieces ordered, emergencies included", "pieces"),
    Column("pieces_received", "integer", "Pieces received", "pieces"),
    Column("on_hand_piece_days", "number", "Stock on hand over time", "piece d"),
    Column("end_on_hand", "integer", "On hand at the end of the period", "pieces"),
)

SERIES = Table(
    "series",
    "Series",
    "What happened at each place in each period of each replication",
    (_SCENARIO, _REPLICATION, _PLACE, _PERIOD, Column("start_day", "number", "First day of the period", "d"),
     Column("days", "number", "Length of the period", "d"), *_COUNTS,
     Column("stock_value", "number", "Mean value on hand", "currency"),
     *(Column(f"{kind}_cost", "number", f"Cost: {kind}", "currency") for kind in COST_KINDS),
     Column("co2_kg", "number", "Emissions of transport", "kg")),
    identity=("scenario", "replication", "place_id", "period"),
)  # fmt: skip
POINTS = Table(
    "points",
    "Stock points",
    "Per part and place, means over the replications of the totals of the counted time",
    (_SCENARIO, Column("part_id", "text", "Part", required=True), _PLACE,
     *(Column(c.name, "number", c.meaning, c.unit) for c in _COUNTS),
     *(Column(f"{kind}_cost", "number", f"Cost: {kind}", "currency") for kind in COST_KINDS),
     Column("co2_kg", "number", "Emissions of transport", "kg")),
    identity=("scenario", "part_id", "place_id"),
)  # fmt: skip
CUSTOMER_RESULTS = Table(
    "customers",
    "Customers",
    "Per customer and replication, totals of the counted time",
    (_SCENARIO, _REPLICATION, Column("customer_id", "text", "Customer", required=True),
     *_COUNTS[:8], Column("penalty_cost", "number", "Contract penalties", "currency"),
     Column("lost_sales_cost", "number", "Lost sales", "currency")),
    identity=("scenario", "replication", "customer_id"),
)  # fmt: skip
CAUSE_TABLE = Table(
    "causes",
    "Causes of waiting",
    "Waits of customers charged to causes by both ledgers, whole seconds x pieces; sums are equal",
    (_SCENARIO, Column("part_id", "text", "Part that was waited for", required=True), _PLACE,
     Column("customer_id", "text", "Who waited; empty: an asset or nobody in particular"),
     Column("period", "integer", "Period in which the wait ended", required=True),
     Column("cause", "text", "Cause", choices=CAUSES, required=True),
     Column("entity_kind", "text", "Kind of what it happened at", choices=ENTITY_KINDS),
     Column("entity_id", "text", "What it happened at"),
     Column("timeline_seconds", "integer", "What was happening during the wait", "piece s"),
     Column("critical_seconds", "integer", "What the delay came from", "piece s"),
     Column("waits", "integer", "Waits of which it is the main cause")),
)  # fmt: skip
EVENTS = Table(
    "events",
    "Event record",
    "Every event of one replication, in order",
    (_SCENARIO, _REPLICATION, Column("day", "number", "When", "d", required=True),
     Column("kind", "text", "What", choices=EVENT_KINDS, required=True),
     Column("part_id", "text", "Part", required=True), _PLACE,
     Column("customer_id", "text", "Customer, where one is concerned"),
     Column("source_id", "text", "Supplier or place the goods come from"),
     Column("link_id", "text", "Link they travel on"),
     Column("quantity", "integer", "Pieces", "pieces"),
     Column("on_hand", "integer", "On hand after it", "pieces"),
     Column("days", "number", "Lead time, wait or transit it ends or begins", "d"),
     Column("cost", "number", "Money it cost", "currency"),
     Column("co2_kg", "number", "What it emitted", "kg")),
)  # fmt: skip
MEASURES_TABLE = Table(
    "measures",
    "Measures",
    "Each measure of each scenario, mean over the replications with its 95 % interval",
    (_SCENARIO, Column("measure", "text", "Measure", required=True), Column("unit", "text", "Unit"),
     Column("mean", "number", "Mean"), Column("low", "number", "Lower limit"), Column("high", "number", "Upper limit")),
    identity=("scenario", "measure"),
)  # fmt: skip
DIFFERENCES = Table(
    "differences",
    "Differences",
    "Each scenario against the first, paired by replication, with the 95 % interval of the mean difference",
    (_SCENARIO, Column("measure", "text", "Measure", required=True), Column("unit", "text", "Unit"),
     Column("difference", "number", "Mean difference"), Column("low", "number", "Lower limit"),
     Column("high", "number", "Upper limit"),
     Column("variance_ratio", "number", "Variance of unpaired over that of paired differences")),
    identity=("scenario", "measure"),
)  # fmt: skip

SIMULATION_TABLES: tuple[Table, ...] = (
    SERIES, POINTS, CUSTOMER_RESULTS, CAUSE_TABLE, EVENTS, MEASURES_TABLE, DIFFERENCES,
)  # fmt: skip
