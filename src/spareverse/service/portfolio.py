"""The parts of one analysis as a grid shows them."""

from __future__ import annotations

import polars as pl

from spareverse.network.plan_list import DECISION_COLUMNS
from spareverse.network.results import PART_RESULTS
from spareverse.service.rows import Listing, Rows, View, Where

LONG_LEAD_DAYS = 90
_MOST_MONEY = ("-money_at_risk",)

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("all", "All parts", "Every part analysed, most money at risk first", (), _MOST_MONEY),
        View(
            "to_decide",
            "To decide",
            "A change is proposed and nobody has decided yet, largest saving first",
            (Where("change", "ne", "0"), Where("change", "filled"), Where("accept", "empty")),
            ("-saving",),
        ),
        View(
            "never_moved",
            "Never moved",
            "No purchase and no sale in the window, most stock value first",
            (Where("sales_lines", "eq", "0"), Where("purchase_lines", "eq", "0")),
            ("-stock_value_now",),
        ),
        View(
            "long_lead",
            "Long lead",
            f"Expected lead time of {LONG_LEAD_DAYS} days or more, longest first",
            (Where("expected_lead_time_days", "ge", str(LONG_LEAD_DAYS)),),
            ("-expected_lead_time_days",),
        ),
        View(
            "critical",
            "Criticality A",
            "The parts the company calls most critical, most money at risk first",
            (Where("criticality", "in", "A|a|high|High|1"),),
            _MOST_MONEY,
        ),
    )
}
PARTS = Listing(
    {column.name: column for column in (*PART_RESULTS.columns, *DECISION_COLUMNS) if column.kind != "numbers"},
    VIEWS,
    ("part_id", "description", "supplier_id"),
)


class Portfolio(Rows):
    """The part rows of one analysis with the planner's decisions beside them."""

    def __init__(self, parts: pl.DataFrame, decisions: pl.DataFrame | None = None) -> None:
        super().__init__(PARTS, parts, decisions)
