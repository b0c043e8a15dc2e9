"""The rows of a plan as people decide on them, in the grid and in Excel: what is added, the headings, the states."""

from __future__ import annotations

from spareverse.network.plan_tables import PLAN, POLICY_KEY, PROMISES
from spareverse.network.schema import Column, Table

OPEN, CHANGED, ACCEPTED, REJECTED, OWN, AS_TODAY = (
    "open", "changed since", "accepted", "rejected", "own figure", "as today",
)  # fmt: skip
STATES = (OPEN, CHANGED, ACCEPTED, REJECTED, OWN, AS_TODAY)
"""Where a decision stands; *changed since*: it was taken when the plan said something else."""
ACTED = ("buy", "move", "cut", "scrap")
"""Actions that somebody has to take."""

DECISION_COLUMNS = tuple(PLAN.column(name) for name in ("accept", "override_reorder_point", "comment"))
ADDED = (
    Column("kind", "text", "What the plan does to today's rule", choices=PROMISES.column("kind").choices),
    Column("change", "number", "Reorder point less today's; empty where today's is unknown", "pieces"),
    Column(
        "lines_gained",
        "number",
        "Demand lines a year met at once more than under today's rule; empty where that is unknown",
        "/year",
    ),
    Column(
        "value_change",
        "number",
        "Mean stock on hand at unit cost, less today's; empty where that is unknown",
        "currency",
    ),
    Column(
        "worth",
        "number",
        "Value of the pieces to buy, move, cut or scrap now; where nothing is to be done, of the change of stock",
        "currency",
    ),
    Column("small", "boolean", "Whether what is to be done now is worth less than the least worth of an action"),
    Column("effect", "text", "What the change does, in words"),
    Column("state", "text", "Where the decision stands", choices=STATES),
    Column("decided_reorder_point", "number", "Reorder point that was proposed when it was decided", "pieces"),
)

_DECISIONS = frozenset(column.name for column in DECISION_COLUMNS)
PLAN_LIST = Table(
    "plan_list",
    "Change list of a plan",
    "One row per part and place: what the plan proposes, what it does, and where the decision stands",
    (*(column for column in PLAN.columns if column.name not in _DECISIONS), *ADDED, *DECISION_COLUMNS),
    identity=POLICY_KEY,
)

HEADINGS = {
    "part_id": "Part",
    "place_id": "Place",
    "supplier_id": "Supplier",
    "from_place_id": "From place",
    "current_reorder_point": "Today",
    "reorder_point": "Plan",
    "single_part_reorder_point": "Alone",
    "order_quantity": "Order quantity",
    "current_order_quantity": "Order quantity today",
    "fill_rate": "Met at once",
    "fill_rate_low": "Met at once, low",
    "fill_rate_high": "Met at once, high",
    "current_fill_rate": "Met today",
    "lines_gained": "Lines gained",
    "value_change": "Stock, change",
    "stock_value": "Stock",
    "current_stock_value": "Stock today",
    "action": "Do now",
    "action_pieces": "Pieces now",
    "action_money": "Money",
    "state": "Decision",
    "accept": "Accept",
    "override_reorder_point": "Own figure",
    "enters_at": "Enters at",
    "decided_reorder_point": "Decided on",
}
"""What a column is called where people read it; the others by their names."""


def heading(name: str) -> str:
    """The heading of a column of PLAN_LIST."""
    return HEADINGS.get(name) or name.replace("_", " ").capitalize()


def heading_with_unit(name: str, currency: str) -> str:
    """The heading with its unit in brackets, where the heading does not say it."""
    unit = PLAN_LIST.column(name).unit.replace("currency", currency)
    said, what = heading(name), unit.partition("/")[0]
    return said if not unit or (what and what in said.lower()) else f"{said} [{unit}]"
