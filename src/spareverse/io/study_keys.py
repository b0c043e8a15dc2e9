"""What a study file may say: every section and key, declared once for reading, writing, hints and documentation."""

from __future__ import annotations

from typing import get_args

from spareverse.io.study_schema import Key, Section
from spareverse.network.study import Basis, Charged, Covered, Emergency, PolicyKind, Warehouse

MOST_PIECES = 1_000_000
"""Of a part in a stock."""


def _money(name: str, meaning: str, unit: str, default: str = "0", field: str = "") -> Key:
    return Key(name, "number", meaning, unit, field=field, default=default, least=0.0)


STUDY = Section(
    "study",
    "What is studied",
    (
        Key("name", "text", "Name of the study", required=True),
        Key(
            "lines", "text", "File with the package (Excel, CSV or Parquet), in the folder of the study file", field=""
        ),
        Key("sheet", "text", "Sheet of the workbook; else every sheet with tags and parts is read"),
        Key("stock_levels", "text", "File with stock levels; else the sheet `stock_levels` of the package workbook"),
        Key("decimal", "text", "Decimal sign of a text file, where its numbers do not tell", choices=(".", ",")),
        Key("currency", "text", "Currency of every price", default="EUR", always=True),
        Key("horizon_years", "span", "Time studied", "years", "horizon_h", "20", above=0.0, always=True),
        Key("warm_up_years", "span", "First part of it, which is simulated but not counted", "years", "warm_up_h", "0"),
        Key("period_months", "span", "Length of an accounting period", "months", "period_h", "12", above=0.0),
        Key(
            "emergency",
            "text",
            "What an asset does at a failure without a spare: take the first piece to arrive, wait for a piece of its"
            " own, or wait for the ordinary replenishment",
            choices=get_args(Emergency),
            default="first_arrival",
            always=True,
        ),
        Key(
            "rates_pooled",
            "boolean",
            "The rates of the lines already include records and history (so in files that Spareverse wrote)",
            default="false",
        ),
        Key("notes", "texts", "Remarks shown with every result"),
    ),
)

ECONOMICS = Section(
    "economics",
    "Prices that do not depend on the option",
    (
        Key("discount_rate", "number", "Discount rate", "per year", default="0", least=0.0, below=1.0),
        Key(
            "co2_price_per_tonne",
            "number",
            "Price of emissions",
            "currency/t",
            "co2_price_per_kg",
            "0",
            least=0.0,
            scale=0.001,
        ),
        _money("downtime_cost_per_h", "Down time of an asset whose lines name no cost of their own", "currency/h"),
        Key(
            "downtime_season",
            "numbers",
            "Factor on the cost of down time in each month, January first",
            lengths=(0, 12),
            least=0.0,
            default="[]",
        ),
    ),
)

SEASONS = Section(
    "seasons",
    "How the failure rate varies over the year",
    (
        Key(
            "failure_factors",
            "numbers",
            "Factor on the failure rate in each month, January first",
            field="season",
            lengths=(12,),
            least=0.0,
            required=True,
        ),
    ),
)

CAMPAIGN = Section(
    "campaign",
    "A stretch of time with another failure rate",
    (
        Key("start_months", "span", "Its start", "months", "start", required=True),
        Key("end_months", "span", "Its end", "months", "end", required=True),
        Key("factor", "number", "Factor on the failure rate", required=True, least=0.0),
    ),
    repeated=True,
)

BURSTS = Section(
    "bursts",
    "Stretches at random times with another failure rate",
    (
        Key("gap_days", "span", "Mean time between them, exponential", "days", "burst_gap_h", required=True, above=0.0),
        Key("length_days", "span", "Mean length, exponential", "days", "burst_length_h", required=True, above=0.0),
        Key("factor", "number", "Factor on the failure rate", field="burst_factor", required=True, least=0.0),
    ),
)

ACCESS = Section(
    "access",
    "When work on the asset can start",
    (
        Key(
            "visit_interval_days", "span", "Work starts only at visits, this far apart", "days", "visit_interval_h", "0"
        ),
        Key(
            "open_mean_h",
            "numbers",
            "Mean length of a stretch of weather that allows work: one value, or one a month",
            "h",
            default="[]",
            lengths=(0, 1, 12),
            above=0.0,
        ),
        Key(
            "closed_mean_h",
            "numbers",
            "Mean length of a stretch of weather that does not: one value, or one a month",
            "h",
            default="[]",
            lengths=(0, 1, 12),
            above=0.0,
        ),
        Key("must_fit", "boolean", "Whether the work must end within the stretch of open weather", default="false"),
    ),
)

TARGET = Section(
    "target",
    "What the questions about the smallest stock aim at",
    (
        Key(
            "availability",
            "number",
            "Availability to reach, as a share",
            field="target_availability",
            required=True,
            above=0.0,
            below=1.0,
        ),
    ),
)

_POLICY_KEYS = (
    Key("kind", "text", "The policy", default="reorder_point", choices=get_args(PolicyKind), always=True),
    Key(
        "initial_stock",
        "integer",
        "Stock at commissioning",
        "pieces",
        default="`order_up_to`, or `reorder_point` + `order_quantity`",
        least=0,
        most=MOST_PIECES,
        always=True,
    ),
    Key(
        "reorder_point",
        "integer",
        "An order is placed at or below it",
        "pieces",
        default="0",
        least=0,
        most=MOST_PIECES,
        always=True,
    ),
    Key("order_quantity", "integer", "Pieces per order", "pieces", default="1", least=1, most=MOST_PIECES, always=True),
    Key(
        "order_up_to",
        "integer",
        "Level an order fills the stock up to",
        "pieces",
        default="0",
        least=0,
        most=MOST_PIECES,
        always=True,
    ),
    Key(
        "basis",
        "text",
        "What is compared with the reorder point: stock on hand and on order less what is owed, or stock on hand with"
        " no further order while one is out",
        choices=get_args(Basis),
        default="position",
    ),
    Key("review_interval_days", "span", "Time between reviews (`periodic`)", "days", "review_interval_h", "0"),
    Key(
        "service_level",
        "number",
        "Chance of no stock-out while an order is out (`adaptive`)",
        default="0.95",
        above=0.0,
        below=1.0,
    ),
)
POLICY = Section("policy", "Stock on site; a row of the stock levels wins", _POLICY_KEYS)
CENTRAL = Section("central", "Stock in a central warehouse that supplies the site", _POLICY_KEYS)

FEE = Section(
    "fee",
    "What a digital warehouse charges",
    (
        _money("per_month", "Subscription for the whole package", "currency/month"),
        _money("pay_per_use", "Fee for each printed piece", "currency/piece"),
        Key("covers", "texts", "What the subscriber does not pay besides", choices=get_args(Covered), default="[]"),
        Key("escalation_per_year", "number", "Growth of the fees", "per year", default="0", above=-1.0, below=1.0),
    ),
)

_TRANSPORT_KEYS = (
    Key("mode", "text", "Mode of transport (see the list below); gives the emission factor", default=""),
    Key("distance_km", "number", "Distance; without one a shipment emits nothing", "km", default="0", least=0.0),
    Key(
        "co2_kg_per_tonne_km",
        "number",
        "Emission factor; wins over that of the mode",
        "kg/t-km",
        default="that of the mode",
        least=0.0,
    ),
    Key("co2_source", "text", "Where that factor comes from", default="that of the mode"),
    Key("well_to_tank", "boolean", "Add the emissions of making the fuel to the mode's factor", default="false"),
    _money("cost_per_shipment", "Cost of a shipment", "currency"),
    _money("cost_per_kg", "Cost of its weight", "currency/kg"),
    Key(
        "shipment_weight_kg",
        "number",
        "Weight of a shipment; else that of its pieces",
        "kg",
        default="weight of the pieces",
        least=0.0,
    ),
)
TRANSPORT = Section("transport", "From the supplier or printer to the first stock", _TRANSPORT_KEYS)
TRANSFER = Section(
    "transfer",
    "From the central stock to the site",
    (
        Key("time_days", "duration", "Time it takes", "days", "transfer", required=True),
        *_TRANSPORT_KEYS,
    ),
)

EXPEDITE = Section(
    "expedite",
    "Emergency orders",
    (
        Key(
            "lead_time_days",
            "duration",
            "Lead time of an emergency order",
            "days",
            "expedite_lead_time",
            "the ordinary lead time",
        ),
        _money("price", "Paid per emergency order on top", "currency", field="expedite_price"),
    ),
)

HOLDING = Section(
    "holding",
    "Cost of holding a piece in stock; the two add up",
    (
        _money("cost_per_piece_h", "Per piece and hour", "currency", field="holding_per_piece_h"),
        Key(
            "share_of_price_per_year",
            "number",
            "Share of the unit price per year",
            "per year",
            "holding_rate_per_year",
            "0",
            least=0.0,
        ),
    ),
)

OPTION = Section(
    "option",
    "One way to keep and supply the package",
    (
        Key("name", "text", "Short name, used in every table", required=True),
        Key("title", "text", "Name for people", default="the name"),
        Key("warehouse", "text", "Kind of warehouse", choices=get_args(Warehouse), required=True),
        Key(
            "lead_time_days",
            "duration",
            "Lead time of the supplier or printer",
            "days",
            "lead_time",
            "the line's `lead_time`; of a digital or hybrid option its `digital_lead_time`",
        ),
        _money("unit_price", "Price of a piece", "currency", default="the line's"),
        Key("price_factor", "number", "Factor on the price of a piece", default="1", least=0.0),
        _money("order_cost", "Cost of placing an order", "currency"),
        Key(
            "parts_charged",
            "text",
            "When a piece is paid",
            choices=get_args(Charged),
            default="on_purchase",
        ),
        _money("investment", "Paid once, before commissioning", "currency"),
        Key(
            "scrap_share", "number", "Share of its price an unused piece brings back", default="0", least=0.0, most=1.0
        ),
        Key(
            "shelf_life_months",
            "span",
            "A piece in stock is scrapped after this time",
            "months",
            "shelf_life_h",
            "the line's",
            above=0.0,
        ),
        Key("order_on_warning", "boolean", "Order when a failure is announced, not when it happens", default="false"),
        Key("qualified_only", "boolean", "Only parts with `am_qualified` take the option", default="false"),
        Key("fallback", "text", "Option that the other parts follow"),
        Key(
            "target_availability",
            "number",
            "Stock of each part is the smallest that reaches it, not that of the policy",
            above=0.0,
            below=1.0,
        ),
    ),
    sections=(POLICY, CENTRAL, FEE, TRANSPORT, TRANSFER, EXPEDITE, HOLDING),
    repeated=True,
)

SECTIONS = (STUDY, ECONOMICS, SEASONS, CAMPAIGN, BURSTS, ACCESS, TARGET, OPTION)
TABLE_SECTIONS = {"line": "lines", "stock": "stock_levels"}
"""Tables that may stand in the study file itself, as ``[[line]]`` and ``[[stock]]``."""
