"""Columns of a SPIR sheet: how they are called, how wide they are, and what they mean.

The columns of the published worksheet (El-Thalji 2025, Table 4) are all among them: warehouse type, consequence,
demand rate, location, price per unit, delivery time, quantity at commissioning, quantity operational, reorder point.
"""

from __future__ import annotations

from dataclasses import dataclass

from spareverse.network.schema import Column, Kind, Table


@dataclass(frozen=True)
class SpirColumn:
    """One column; ``band`` is the heading above a group of columns, ``style`` the number format."""

    name: str
    heading: str
    band: str
    kind: Kind
    meaning: str
    width: int = 11
    style: str = ""
    unit: str = ""
    wrap: bool = False
    folded: bool = False
    """Behind a + above the sheet and not printed; so is every column without a value."""
    of_option: tuple[str, str] | None = None
    """Heading and meaning on the sheet of one option, where they differ."""


_COUNT, _MONEY, _RATE, _DAYS, _SHARE = "#,##0", "#,##0.00", "0.000", "#,##0.0", "0.00%"
_WHAT, _DEMAND, _SUPPLY, _QUANTITY, _ADVICE = "Equipment and part", "Demand", "Supply", "Quantities", "Recommendation"
_CENTRAL = "Central stock"
EXPLAINED = (_QUANTITY, _ADVICE)
"""Bands whose columns are explained on the sheet of assumptions: a printed sheet shows no comments."""

SPIR_COLUMNS: tuple[SpirColumn, ...] = (
    SpirColumn("item", "Item no", _WHAT, "integer", "Number of the line", 8, _COUNT),
    SpirColumn(
        "tags", "Tag(s)", _WHAT, "text", "Tags it sits in; in brackets the pieces in each, if not 1", 18, wrap=True
    ),
    SpirColumn(
        "installed_quantity", "Installed qty", _WHAT, "integer", "Pieces at work in all tags", 8, _COUNT, "pieces"
    ),
    SpirColumn("part_id", "Part no", _WHAT, "text", "Part", 14),
    SpirColumn("description", "Description", _WHAT, "text", "Name of the part", 27, wrap=True),
    SpirColumn("vendor", "Manufacturer / vendor", _WHAT, "text", "Vendor", 15, wrap=True),
    SpirColumn(
        "interchange_group",
        "Interchangeability group",
        _WHAT,
        "text",
        "Parts of one group share one stock",
        16,
        wrap=True,
    ),
    SpirColumn("unit_of_measure", "Unit of measure", _WHAT, "text", "What one piece of a quantity is", 9, folded=True),
    SpirColumn("criticality", "Consequence", _DEMAND, "text", "Highest consequence of a failure among its tags", 12),
    SpirColumn("spare_class", "Spare class", _DEMAND, "text", "First-line, not frequent or capital spare", 11),
    SpirColumn(
        "demand_per_month", "Demand rate", _DEMAND, "number", "Failures of all its pieces", 8, _RATE, "per month"
    ),
    SpirColumn(
        "demand_per_year",
        "Demand rate",
        _DEMAND,
        "number",
        "Failures of all its pieces",
        9,
        _RATE,
        "per year",
        folded=True,
    ),
    SpirColumn(
        "rate_source", "Rate from", _DEMAND, "text", "Vendor, records of earlier platforms, or history", 9, folded=True
    ),
    SpirColumn("warehouse", "Warehouse type", _SUPPLY, "text", "Warehouse of the option that the part follows", 10),
    SpirColumn(
        "location", "Location", _SUPPLY, "text", "Where its stock lies, or where it comes from on demand", 9, wrap=True
    ),
    SpirColumn(
        "unit_price", "Unit price", _SUPPLY, "number", "Price of a piece under the option", 11, _MONEY, "currency"
    ),
    SpirColumn(
        "total_price",
        "Total price",
        _SUPPLY,
        "number",
        "Price of the quantity at commissioning",
        12,
        _MONEY,
        "currency",
    ),
    SpirColumn(
        "lead_time_days", "Delivery time", _SUPPLY, "number", "Mean time from order to delivery", 9, _DAYS, "days"
    ),
    SpirColumn("weight_kg", "Weight", _SUPPLY, "number", "Weight of a piece", 9, "#,##0.##", "kg", folded=True),
    SpirColumn(
        "shelf_life_months", "Shelf life", _SUPPLY, "number", "Time a piece keeps", 8, "#,##0.#", "months", folded=True
    ),
    SpirColumn("am_qualified", "Printable", _SUPPLY, "boolean", "Qualifies for additive manufacture", 9),
    SpirColumn(
        "commissioning",
        "Quantity at commissioning",
        _QUANTITY,
        "integer",
        "Stock the study starts with",
        14,
        _COUNT,
        "pieces",
    ),
    SpirColumn("at_site", "of these at site", _QUANTITY, "integer", "Stock on site at the start", 7, _COUNT, "pieces"),
    SpirColumn(
        "first_fill",
        "First fill by service",
        _QUANTITY,
        "integer",
        "Pieces that last one lead time",
        9,
        _COUNT,
        "pieces",
    ),
    SpirColumn(
        "two_year",
        "Quantity operational, two years",
        _QUANTITY,
        "integer",
        "Pieces that last two years of operation",
        12,
        _COUNT,
        "pieces",
    ),
    SpirColumn(
        "insurance",
        "Insurance spares",
        _QUANTITY,
        "integer",
        "Capital spares held against a rare wait",
        10,
        _COUNT,
        "pieces",
    ),
    SpirColumn(
        "reorder_point", "Reorder point", _QUANTITY, "integer", "Stock on site at which one orders", 8, _COUNT, "pieces"
    ),
    SpirColumn("order_quantity", "Order quantity", _QUANTITY, "integer", "Pieces per order", 9, _COUNT, "pieces"),
    SpirColumn("order_up_to", "Order up to", _QUANTITY, "integer", "Level an order fills up to", 8, _COUNT, "pieces"),
    SpirColumn(
        "central_reorder_point",
        "Central reorder point",
        _CENTRAL,
        "integer",
        "Stock in the central warehouse at which it orders",
        9,
        _COUNT,
        "pieces",
    ),
    SpirColumn(
        "central_order_quantity", "Central order quantity", _CENTRAL, "integer", "Pieces per order", 9, _COUNT, "pieces"
    ),
    SpirColumn(
        "central_order_up_to", "Central order up to", _CENTRAL, "integer", "Level it fills up to", 9, _COUNT, "pieces"
    ),
    SpirColumn(
        "option",
        "Recommended option",
        _ADVICE,
        "text",
        "Cheapest option that reaches the target, down time included; the most available where none does",
        13,
        wrap=True,
        of_option=("Supplied by", "The option shown, or the one that the part falls back on"),
    ),
    SpirColumn(
        "availability",
        "Availability of its tags, if all follow this option",
        _ADVICE,
        "number",
        "Mean over the assets the part serves when the whole package follows the option",
        13,
        _SHARE,
    ),
    SpirColumn(
        "availability_low",
        "Availability, low",
        _ADVICE,
        "number",
        "Lower 95 % limit of the mean",
        11,
        _SHARE,
        folded=True,
    ),
    SpirColumn(
        "availability_high",
        "Availability, high",
        _ADVICE,
        "number",
        "Upper 95 % limit of the mean",
        11,
        _SHARE,
        folded=True,
    ),
    SpirColumn("remark", "Remark", _ADVICE, "text", "What one should know about the line", 22, wrap=True),
)

TABLE = Table(
    "spir",
    "SPIR",
    "One row per part: the filled spare parts and interchangeability record",
    tuple(
        Column(column.name, column.kind, column.meaning, column.unit, required=column.name in ("tags", "part_id"))
        for column in SPIR_COLUMNS
    ),
    identity=("part_id",),
)


def heading(column: SpirColumn, currency: str, *, of_option: bool = False) -> str:
    """Heading with its unit in brackets, as the sheet shows it; ``of_option``: on the sheet of one option."""
    words = column.of_option[0] if of_option and column.of_option else column.heading
    unit = column.unit.replace("currency", currency)
    return f"{words} [{unit}]" if unit and unit != "pieces" else words


def meaning(column: SpirColumn, *, of_option: bool = False) -> str:
    """What the comment on the heading says."""
    return column.of_option[1] if of_option and column.of_option else column.meaning
