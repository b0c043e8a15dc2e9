"""The tables people bring. Mappings translate any other file into these columns."""

from __future__ import annotations

from spareverse.network.planning_tables import LIMITS, PRICE_BREAKS, SUBSTITUTES
from spareverse.network.schema import Column, Table

_PART = Column("part_id", "text", "Identifier of the part, kept as text (leading zeros count)", required=True)
_PLACE = Column(
    "place_id",
    "text",
    "Warehouse or plant that stocks the part; empty where the company has one stock",
    consequence="Everything is computed per part, over all places together.",
)
_LINE = Column("line", "text", "Line of the order")
_CURRENCY = Column("currency", "text", "Currency of the price; empty = the twin's currency")
_STATUS = Column(
    "status",
    "text",
    "State of the line",
    choices=("open", "closed", "cancelled"),
    consequence="Cancelled lines cannot be told from open ones; loss of orders is not estimated.",
)

PURCHASES = Table(
    "purchases",
    "Purchase lines",
    "Purchase, production, repair and transfer order lines, one row per line or per receipt of a line",
    (
        _PART,
        _PLACE,
        Column(
            "supplier_id", "text", "Who delivers", consequence="No supplier ranking; lead times are pooled by category."
        ),
        Column(
            "order_id",
            "text",
            "Order number; with line it identifies the line, so that newer imports replace older ones",
            consequence="Lines are known by file and row; split deliveries cannot be joined.",
        ),
        _LINE,
        Column(
            "kind",
            "text",
            "Kind of order",
            default="purchase",
            choices=("purchase", "production", "repair", "transfer"),
        ),
        Column("ordered_on", "date", "Day the order was placed (emission)", required=True),
        Column(
            "promised_on",
            "date",
            "Day the supplier promised",
            consequence="Expected lead time comes from the parts table, else is missing; no on-time figures.",
        ),
        Column(
            "received_on",
            "date",
            "Day of receipt; empty while the line is open",
            consequence="Every line counts as open; lead times cannot be fitted.",
        ),
        Column("quantity", "number", "Ordered quantity", "pieces", required=True),
        Column("received_quantity", "number", "Quantity of this receipt; empty = all of it", "pieces"),
        Column(
            "unit_cost",
            "number",
            "Purchase price of one piece",
            "currency/piece",
            consequence="Cost comes from the parts table, else the median of the category (an assumption).",
        ),
        _CURRENCY,
        _STATUS,
    ),
    identity=("order_id", "line"),
)

SALES = Table(
    "sales",
    "Sales lines",
    "Customer order lines (demand), one row per line or per delivery of a line",
    (
        _PART,
        _PLACE,
        Column("customer_id", "text", "Who ordered", consequence="Customers are not counted."),
        Column("country", "text", "Country of the customer", consequence="Countries are not counted."),
        Column("order_id", "text", "Order number", consequence="Lines are known by file and row."),
        _LINE,
        Column("ordered_on", "date", "Day the customer ordered", required=True),
        Column("promised_on", "date", "Day promised to the customer", consequence="No customer on-time figures."),
        Column("delivered_on", "date", "Day of delivery; empty while open", consequence="No days-to-customer figures."),
        Column("quantity", "number", "Ordered quantity", "pieces", required=True),
        Column("unit_price", "number", "Sales price of one piece", "currency/piece"),
        _CURRENCY,
        _STATUS,
    ),
    identity=("order_id", "line"),
)

CONSUMPTION = Table(
    "consumption",
    "Goods issues",
    "Issues of parts to work orders, for operators without customers; usable wherever sales are",
    (
        _PART,
        _PLACE,
        Column("asset_id", "text", "Asset that used the part"),
        Column("work_order", "text", "Work order"),
        Column("required_on", "date", "Day the part was needed"),
        Column("issued_on", "date", "Day of issue", required=True),
        Column("quantity", "number", "Quantity issued; negative = return", "pieces", required=True),
        Column("kind", "text", "Why it was used", choices=("corrective", "preventive", "project")),
    ),
)

DEMAND = Table(
    "demand",
    "Demand per period",
    "Pieces demanded per part and month (week, quarter), where order lines are not known",
    (
        _PART,
        _PLACE,
        Column("period", "date", "First day of the month, week or quarter", required=True),
        Column("quantity", "number", "Pieces demanded; 0 = none, empty = not known", "pieces"),
        Column(
            "period_unit",
            "text",
            "How long the period is; as its name says, else as the first days of the periods lie apart",
            choices=("day", "week", "month", "quarter", "year"),
        ),
        Column(
            "absent",
            "text",
            "What a period of the file without a row of the part means",
            choices=("zero", "missing"),
        ),
    ),
    identity=("part_id", "place_id", "period"),
)

PARTS = Table(
    "parts",
    "Parts",
    "The catalogue: one row per part",
    (
        _PART,
        Column("description", "text", "Name of the part"),
        Column(
            "category",
            "text",
            "Group of similar parts",
            consequence="Weak parts borrow from all parts instead of their kind.",
        ),
        Column("criticality", "text", "Criticality class (A, B, C or low, medium, high)"),
        Column("unit_cost", "number", "Cost of one piece", "currency/piece"),
        _CURRENCY,
        Column("weight_kg", "number", "Weight of one piece", "kg"),
        Column("supplier_id", "text", "Usual supplier"),
        Column("expected_lead_time_days", "number", "Planned lead time", "days"),
        Column("min_order_quantity", "number", "Least quantity that can be ordered", "pieces"),
        Column("pack_size", "number", "Orders come in multiples of this", "pieces"),
        Column("superseded_by", "text", "Part that replaces this one"),
        Column("contract", "text", "Service contract the part is promised under; a group of limits"),
        Column("volume_m3", "number", "Room one piece takes in the store, for limits of volume", "m3"),
        Column("last_order_on", "date", "Last day the part can be ordered: the last-time buy"),
        Column("needed_until", "date", "End of service: no demand after this day"),
        Column(
            "salvage_value", "number", "What a piece left at the end brings; negative: disposal costs", "currency/piece"
        ),
        Column(
            "shortage_cost",
            "number",
            "Cost of a piece that is asked for when the last-time buy has run out",
            "currency/piece",
        ),
    ),
    identity=("part_id",),
)

STOCK = Table(
    "stock",
    "Stock",
    "Stock on hand on a day",
    (
        _PART,
        _PLACE,
        Column("as_of", "date", "Day of the snapshot"),
        Column("on_hand", "number", "Pieces on hand", "pieces", required=True),
        Column("on_order", "number", "Pieces on order", "pieces"),
        Column("backordered", "number", "Pieces owed to customers", "pieces"),
    ),
    identity=("part_id", "place_id", "as_of"),
)

POLICIES = Table(
    "policies",
    "Policies",
    "The company's stocking rule today",
    (
        _PART,
        _PLACE,
        Column("planner", "text", "Planner responsible"),
        Column("policy", "text", "Rule", choices=("sQ", "sS", "base_stock", "periodic", "on_demand")),
        Column("reorder_point", "number", "Order when stock falls to this", "pieces"),
        Column("order_up_to", "number", "Order up to this", "pieces"),
        Column("order_quantity", "number", "Quantity of an order", "pieces"),
        Column("safety_stock", "number", "Safety stock", "pieces"),
        Column("planned_lead_time_days", "number", "Planned lead time", "days"),
        Column("valid_from", "date", "First day the rule holds"),
    ),
    identity=("part_id", "place_id", "valid_from"),
)

INSTALLED = Table(
    "installed",
    "Installed base",
    "Which asset carries which part",
    (
        Column("asset_id", "text", "Asset", required=True),
        Column("tag", "text", "Functional location"),
        _PART,
        Column("quantity", "number", "Installed quantity", "pieces", required=True),
        _PLACE,
        Column("since", "date", "In service since"),
        Column("redundancy", "text", "Redundancy, as k-of-n"),
        Column("downtime_cost_per_h", "number", "Cost of an hour of down time", "currency/h"),
    ),
    identity=("asset_id", "tag", "part_id"),
)

RATES = Table(
    "rates",
    "Currency rates",
    "Price of one unit of a currency in the twin's currency, from a day on",
    (
        Column("currency", "text", "Currency code", required=True),
        Column("on", "date", "First day of the rate"),
        Column("rate", "number", "Twin currency per unit of this currency", required=True),
    ),
    identity=("currency", "on"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PURCHASES,
        SALES,
        CONSUMPTION,
        DEMAND,
        PARTS,
        STOCK,
        POLICIES,
        INSTALLED,
        RATES,
        LIMITS,
        PRICE_BREAKS,
        SUBSTITUTES,
    )
}
