"""The declared tables of a network that people write: places, suppliers, links, parts, stock, customers, agents.

One table per kind of component; a workbook has one sheet per table, a folder one file. Distributions are texts
(``network.distributions.parse``) in the unit of the column. Everything reads these declarations: validation,
templates, typo hints, documentation, REST schema.
"""

from __future__ import annotations

from spareverse.network.agent_tables import AGENT_TABLES
from spareverse.network.schema import Column, Table

PLACE_KINDS = ("warehouse", "distribution centre", "site", "port", "repair shop", "factory")
POLICIES = ("reorder_point", "order_up_to", "base_stock", "periodic", "adaptive", "on_demand")
SOURCING_RULES = ("first", "share", "cheapest", "adaptive")
DISTURBANCES = (
    "outage",
    "capacity_loss",
    "lead_time_stretch",
    "demand_surge",
    "link_closure",
    "quality_hold",
)
TARGET_KINDS = ("supplier", "link", "place", "customer", "group")
"""What a disturbance can be aimed at; ``group`` is that of parts, their category."""

MODES_OF_TRANSPORT = ("road", "rail", "sea", "air", "parcel")
"""Of links; ``geography`` knows their ways and emissions."""

_PART = Column("part_id", "text", "Part", required=True)
_PLACE = Column("place_id", "text", "Place", required=True)
_SUPPLIER = Column("supplier_id", "text", "Supplier or factory", required=True)
_LATITUDE = Column("latitude", "number", "Degrees north", "degrees")
_LONGITUDE = Column("longitude", "number", "Degrees east", "degrees")
_COUNTRY = Column("country", "text", "Country")
_NAME = Column("name", "text", "Name shown")
ORDER_LINE = (
    Column("order_id", "text", "Order number; empty where it is not known"),
    Column("line", "text", "Line of the order"),
)
"""Which purchase order it is: names for people, of which nothing that is simulated depends."""

PLACES = Table(
    "places",
    "Places",
    "Where stock is kept or used: warehouses, distribution centres, sites",
    (
        _PLACE,
        _NAME,
        Column("kind", "text", "Kind of place", choices=PLACE_KINDS, default="warehouse"),
        _COUNTRY,
        _LATITUDE,
        _LONGITUDE,
        Column("holding_rate_per_year", "number", "Cost of holding, as a share of the value", "1/year", default=0.2),
        Column("order_cost", "number", "Cost of placing one order", "currency/order", default=0.0),
    ),
    identity=("place_id",),
)
SUPPLIERS = Table(
    "suppliers",
    "Suppliers and factories",
    "Who makes or sells parts; with lines its capacity is finite and orders queue",
    (
        _SUPPLIER,
        _NAME,
        _COUNTRY,
        _LATITUDE,
        _LONGITUDE,
        Column("lines", "integer", "Orders worked on at a time; empty: without limit", "orders"),
        Column("work_time", "text", "Work on one order, as a distribution", "d", default="0"),
        Column("work_per_piece_days", "number", "Work on each further piece of an order", "d/piece", default=0.0),
    ),
    identity=("supplier_id",),
)
LINKS = Table(
    "links",
    "Links",
    "Transport from a place or supplier to a place, in the direction given",
    (
        Column("link_id", "text", "Link", required=True),
        Column("from_id", "text", "Place or supplier it leaves", required=True),
        Column("to_id", "text", "Place it reaches", required=True),
        Column("mode", "text", "Mode of transport (road, rail, sea, air, parcel)", default="road"),
        Column("distance_km", "number", "Distance; empty: computed from the coordinates by mode", "km"),
        Column("transit_time", "text", "Time under way, as a distribution", "d", required=True),
        Column("planned_transit_days", "number", "Time planned for; empty: the mean", "d"),
        Column("capacity_kg_per_day", "number", "What can leave per day; empty: without limit", "kg/d"),
        Column("cost_per_kg", "number", "Freight", "currency/kg", default=0.0),
        Column("cost_per_shipment", "number", "Fixed cost of a shipment", "currency", default=0.0),
        Column("co2_kg_per_tonne_km", "number", "Emission; empty: by mode, from the table of modes", "kg/(t km)"),
    ),
    identity=("link_id",),
)
NETWORK_PARTS = Table(
    "parts",
    "Parts",
    "What is stocked and used",
    (
        _PART,
        Column("description", "text", "Name of the part"),
        Column("category", "text", "Group of similar parts"),
        Column("criticality", "text", "Criticality class"),
        Column("unit_cost", "number", "Value of one piece", "currency/piece", default=0.0),
        Column("weight_kg", "number", "Weight of one piece", "kg", default=1.0),
        Column("shelf_life_days", "number", "A piece in stock is scrapped after; empty: never", "d"),
    ),
    identity=("part_id",),
)
SOURCING = Table(
    "sourcing",
    "Sourcing",
    "From where a place gets a part: one row per alternative. Empty part: holds for every part of the place without"
    " rows of its own",
    (
        Column("part_id", "text", "Part; empty: every part of the place"),
        _PLACE,
        Column("source_id", "text", "Supplier, or place that sends from its stock", required=True),
        Column("link_id", "text", "Link used; empty: the one between the two, else no transport"),
        Column("rank", "integer", "Preference; 1 is tried first", default=1),
        Column("share", "number", "Share of the pieces under the rule 'share'", default=1.0),
        Column("unit_price", "number", "Price of one piece; empty: the value of the part", "currency/piece"),
        Column("lead_time", "text", "Supplier's lead time before transport, as a distribution", "d", default="0"),
        Column("planned_lead_time_days", "number", "Lead time planned for, without transport; empty: the mean", "d"),
        Column("min_order_quantity", "integer", "Least quantity of an order", "pieces", default=1),
        Column("pack_size", "integer", "Orders are multiples of", "pieces", default=1),
        Column("emergency_lead_time", "text", "Lead time of emergency orders, transport included; empty: none", "d"),
        Column("emergency_cost", "number", "Extra cost of an emergency order", "currency/order", default=0.0),
    ),
    identity=("part_id", "place_id", "source_id", "link_id"),
)
BREAKS = Table(
    "price_breaks",
    "Price breaks",
    "Price of every piece of an order from a quantity on",
    (
        _PART,
        _SUPPLIER,
        Column("from_quantity", "integer", "From this quantity on", "pieces", required=True),
        Column("unit_price", "number", "Price of one piece", "currency/piece", required=True),
    ),
    identity=("part_id", "supplier_id", "from_quantity"),
)
STOCK = Table(
    "stock",
    "Stock and policies",
    "One row per part and place that keeps or passes on the part",
    (
        _PART,
        _PLACE,
        Column("policy", "text", "Kind of policy", choices=POLICIES, default="base_stock"),
        Column("reorder_point", "integer", "Reorder point s", "pieces", default=0),
        Column("order_quantity", "integer", "Batch Q", "pieces", default=1),
        Column("order_up_to", "integer", "Order-up-to level S", "pieces", default=0),
        Column("review_interval_days", "number", "Between the reviews of a periodic policy", "d"),
        Column("service_level", "number", "Of an adaptive policy"),
        Column("expected_per_year", "number", "Demand an adaptive policy starts from", "pieces/year"),
        Column("sourcing_rule", "text", "How a source is chosen", choices=SOURCING_RULES, default="first"),
        Column(
            "expedite_at", "integer", "Pieces waiting at which an emergency order is placed; empty: never", "pieces"
        ),
        Column("initial_stock", "integer", "On hand at the start; empty: as the policy would have it", "pieces"),
        Column("budget_id", "text", "Budget its purchases are paid from; empty: none"),
        Column(
            "waiting_cost_per_piece_day",
            "number",
            "Cost of a piece somebody waits for, contract or not",
            "currency/(piece d)",
            default=0.0,
        ),
    ),
    identity=("part_id", "place_id"),
)
CUSTOMERS = Table(
    "customers",
    "Customers",
    "Who demands parts, and on what terms",
    (
        Column("customer_id", "text", "Customer", required=True),
        _NAME,
        _COUNTRY,
        _LATITUDE,
        _LONGITUDE,
        Column("market_id", "text", "Market it belongs to; empty: none"),
        Column("priority", "integer", "1 is served first, 3 last", default=2),
        Column("patience_days", "number", "Waits so long, then the sale is lost; 0: no waiting; empty: for ever", "d"),
        Column("commitment_days", "number", "Contract: late after; empty: no contract", "d"),
        Column(
            "penalty_per_piece_day", "number", "Contract: per piece and day late", "currency/(piece d)", default=0.0
        ),
        Column("lost_sale_cost", "number", "Cost of a lost piece", "currency/piece", default=0.0),
    ),
    identity=("customer_id",),
)
DEMANDS = Table(
    "demands",
    "Demands",
    "Streams of demand: one row per part, place and customer",
    (
        _PART,
        _PLACE,
        Column("customer_id", "text", "Customer; empty: nobody in particular"),
        Column("per_year", "number", "Demands (order lines) per year", "1/year"),
        Column("gap", "text", "Time between demands as a distribution; empty: exponential with that rate", "d"),
        Column("pieces", "text", "Pieces per demand, as a distribution rounded up; empty: 1", "pieces"),
        Column("season_id", "text", "Season it follows; empty: none"),
        Column("growth_per_year", "number", "Growth of the rate: fleet or market", "1/year", default=0.0),
    ),
    identity=("part_id", "place_id", "customer_id"),
)
TRACES = Table(
    "demand_traces",
    "Recorded demands",
    "Demands that happen as written: history replayed, or a plan",
    (
        _PART,
        _PLACE,
        Column("customer_id", "text", "Customer; empty: nobody in particular"),
        Column("day", "number", "Day of the run", "d", required=True),
        Column("pieces", "integer", "Pieces demanded", "pieces", required=True),
    ),
)
SEASONS = Table(
    "seasons",
    "Seasons",
    "Factor on the rate of demand in each month of the year",
    (
        Column("season_id", "text", "Season", required=True),
        Column("month", "integer", "Month, 1 to 12", required=True),
        Column("factor", "number", "Factor on the rate", required=True),
    ),
    identity=("season_id", "month"),
)
MARKETS = Table(
    "markets",
    "Markets",
    "Customers who leave when service is poor and come back when it is good",
    (
        Column("market_id", "text", "Market", required=True),
        Column("share", "number", "Share of its demand that comes to us at the start", default=1.0),
        Column("target_fill_rate", "number", "Service the market expects", default=0.95),
        Column("loss_per_month", "number", "Share lost per month and point of fill rate missed, at most", default=0.5),
        Column("recovery_per_month", "number", "Share of what was lost that comes back per good month", default=0.05),
    ),
    identity=("market_id",),
)
BUDGETS = Table(
    "budgets",
    "Budgets",
    "Purchase money per period; orders beyond it wait for the next period",
    (
        Column("budget_id", "text", "Budget", required=True),
        Column("amount", "number", "Money per period", "currency", required=True),
        Column("period_days", "number", "Length of the period", "d", default=30.4167),
    ),
    identity=("budget_id",),
)
DISTURBANCE_TABLE = Table(
    "disturbances",
    "Disturbances",
    "What goes wrong: on days given, or at random",
    (
        Column("disturbance_id", "text", "Disturbance", required=True),
        Column("kind", "text", "Kind", choices=DISTURBANCES, required=True),
        Column(
            "target_id",
            "text",
            "Supplier, link, place (its demand), customer or part group concerned; * : all",
            required=True,
        ),
        Column("target_kind", "text", "Which of them, where the name has several", choices=TARGET_KINDS),
        Column("start_day", "number", "First day; empty: at random", "d"),
        Column("days", "number", "How long; the mean where it is random", "d", required=True),
        Column("every_days", "number", "Mean time between random ones; empty: scheduled", "d"),
        Column("factor", "number", "Capacity or speed left (0.5), lead time or demand times (1.8)"),
    ),
    identity=("disturbance_id",),
)
OPENING_ORDERS = Table(
    "opening_orders",
    "Orders under way",
    "Replenishment orders open at the start",
    (
        _PART,
        _PLACE,
        Column("source_id", "text", "Supplier or place it comes from"),
        *ORDER_LINE,
        Column("quantity", "integer", "Pieces still to come", "pieces", required=True),
        Column("ordered_days_ago", "number", "Age of the order at the start", "d", default=0.0),
        Column("due_in", "text", "Time from the start until it arrives, as a distribution", "d", required=True),
    ),
)
OPENING_BACKORDERS = Table(
    "opening_backorders",
    "Customers waiting",
    "Demands not yet served at the start",
    (
        _PART,
        _PLACE,
        Column("customer_id", "text", "Customer"),
        Column("quantity", "integer", "Pieces owed", "pieces", required=True),
        Column("waiting_days", "number", "How long they wait already", "d", default=0.0),
    ),
)
SETTINGS = Table(
    "settings",
    "Settings",
    "Of the run; one row",
    (
        Column("horizon_days", "number", "Length of the run that counts", "d", default=3 * 365.0),
        Column("warm_up_days", "number", "Simulated first and not counted", "d", default=0.0),
        Column("period_days", "number", "Length of the periods in which results are kept", "d", default=365.0 / 12),
        Column("currency", "text", "Currency of all money", default="EUR"),
        Column("co2_price_per_kg", "number", "Price of emissions", "currency/kg", default=0.0),
        Column("ants_evaporation_per_day", "number", "Adaptive sourcing: trail lost per day", "1/d", default=0.02),
        Column(
            "ants_penalty",
            "number",
            "Adaptive sourcing: share of the trail lost when a promise is overdue",
            default=0.6,
        ),
        Column("ants_floor", "number", "Adaptive sourcing: least trail", default=0.05),
        Column("ants_alpha", "number", "Adaptive sourcing: weight of the trail", default=1.0),
        Column("ants_beta", "number", "Adaptive sourcing: weight of a low price", default=6.0),
    ),
)

COMPONENTS: tuple[Table, ...] = (
    SETTINGS, PLACES, SUPPLIERS, LINKS, NETWORK_PARTS, SOURCING, BREAKS, STOCK, CUSTOMERS, DEMANDS, TRACES, SEASONS,
    MARKETS, BUDGETS, DISTURBANCE_TABLE, OPENING_ORDERS, OPENING_BACKORDERS,
    *AGENT_TABLES,
)  # fmt: skip
"""Every table of a network, in the order of the sheets."""
