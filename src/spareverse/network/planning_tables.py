"""Tables people bring for a plan alone: limits on groups of parts, price breaks, parts that stand in for others."""

from __future__ import annotations

from spareverse.network.schema import Column, Table

GROUPS = (
    "all", "part", "place", "supplier", "planner", "category", "criticality", "contract", "demand_class",
)  # fmt: skip
MEASURES = ("stock_value", "volume", "pieces", "fill_rate", "pieces_each")

LIMITS = Table(
    "limits",
    "Limits",
    "What a plan must keep to for groups of parts: money, room, service, and pieces of each part",
    (
        Column("group", "text", "By what parts are grouped; all: every part", required=True, choices=GROUPS),
        Column("value", "text", "The group's own name, such as A or WAREHOUSE-2; empty where the group is all"),
        Column(
            "measure",
            "text",
            "What is limited: mean stock at unit cost, mean storage volume, mean pieces on hand, share of demand lines "
            "met at once, or pieces_each = the pieces of every single part (kept at least; reorder point + order "
            "quantity at most)",
            required=True,
            choices=MEASURES,
        ),
        Column("at_least", "number", "Lower limit; for fill_rate (0.95 = 95 %) and pieces_each", "as measured"),
        Column("at_most", "number", "Upper limit; for all but fill_rate", "as measured"),
        Column("comment", "text", "Why there is this limit"),
    ),
    identity=("group", "value", "measure"),
)

PRICE_BREAKS = Table(
    "price_breaks",
    "Price breaks",
    "Prices that fall with the quantity ordered: from this quantity on, all pieces of an order cost so much",
    (
        Column("part_id", "text", "Identifier of the part, kept as text (leading zeros count)", required=True),
        Column("supplier_id", "text", "Who offers it; empty: the part's supplier, whoever that is"),
        Column("from_quantity", "number", "Least quantity of an order at this price; 1 = list price", "pieces", True),
        Column("unit_cost", "number", "Cost of one piece at that quantity", "currency/piece", required=True),
        Column("currency", "text", "Currency of the price; empty = the twin's currency"),
    ),
    identity=("part_id", "supplier_id", "from_quantity"),
)

SUBSTITUTES = Table(
    "substitutes",
    "Substitutes",
    "Parts that may stand in for others",
    (
        Column("part_id", "text", "Part that is asked for, kept as text (leading zeros count)", required=True),
        Column("substitute_id", "text", "Part that may be handed over instead", required=True),
        Column(
            "kind",
            "text",
            "one_way: the substitute may serve for the part; two_way: each for the other; superseded: the part is not "
            "bought any more",
            default="one_way",
            choices=("one_way", "two_way", "superseded"),
        ),
        Column("valid_from", "date", "First day; empty: always"),
    ),
    identity=("part_id", "substitute_id"),
)
