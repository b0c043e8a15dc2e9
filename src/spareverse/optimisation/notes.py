"""What an analysis assumes, what its reader should know, and its totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.history.history import History
from spareverse.history.items import counted
from spareverse.history.measures import COMPLETED, RECEIVED_AND_PROMISED, made_to_order
from spareverse.optimisation.costs import CostFile


def assumptions(parts: pl.DataFrame, costs: CostFile) -> list[str]:
    """What was taken for granted, in sentences."""
    default = costs.default
    listed = [
        (
            f"Carrying cost {default.carrying_rate:.0%} of unit cost a year, early supply {default.early_factor:g} "
            f"times that, stock-out {default.stock_out_factor:g} times that a day, {default.ordering_cost:g} an order "
            "(defaults of the cost file where it says nothing else)."
        )
    ]
    for source, text in (("category", "the median of their category"), ("assumed", "the median of all parts, or 1")):
        number = parts.filter(pl.col("unit_cost_source") == source).height
        if number:
            listed.append(f"{counted(number, 'part has', 'parts have')} no unit cost; {text} is assumed.")
    missing = parts.filter((pl.col("expected_lead_time_source") == "missing") & (pl.col("purchase_lines") > 0)).height
    if missing:
        parts_have = counted(missing, "part with purchases has", "parts with purchases have")
        listed.append(f"{parts_have} neither promises nor a planned lead time: no optimum.")
    listed.append("Order sizes and demand in different lead times of a part are taken as independent.")
    return listed


def notices(history: History, tables: Mapping[str, pl.DataFrame], cycles: pl.DataFrame) -> list[str]:
    """What a reader must know before using the result, in sentences."""
    found: list[str] = []
    earlier, both = made_to_order(history.lines, history.demand)
    if both and earlier / both >= 0.5:
        found.append(
            f"In {earlier:,} of {both:,} lines found on both sides the customer's request is not later than the "
            "purchase order: these parts are made to order. Safety cover counts demand after the purchase order is "
            "placed, so it does not contain the request that caused the order; the proposed stock would serve further "
            "requests only. "
            "Read the lead-time risks; do not stock by this table."
        )
    flagged = cycles.drop_nulls("flag").group_by("flag").len().sort("flag")
    found.extend(
        f"{count:,} purchase lines are flagged {flag.replace('_', ' ')} and kept out of the lead-time statistics."
        for flag, count in flagged.rows()
    )
    window = history.window
    if not tables["purchases"].height:
        found.append("There are no purchase lines yet: without lead times there is neither a risk nor an optimum.")
    if not cycles.height and not history.demand["ordered_on"].is_between(window.since, window.until, "left").any():
        found.append(f"No order line falls in the window from {window.since} to {window.until}.")
    if not tables["sales"].height and not tables["consumption"].height:
        found.append("There are no sales or goods issues yet: demand, risk and stock are guesses of the prior.")
    elif not tables["sales"].height:
        found.append("Demand is taken from goods issues (consumption), as there are no sales.")
    if not history.by_place and any(
        frame["place_id"].drop_nulls().len() for frame in (tables["purchases"], tables["sales"])
    ):
        found.append("Only one side names places; parts are analysed over all places together.")
    return found


def counts(history: History, cycles: pl.DataFrame) -> dict[str, Any]:
    """Lines, pieces and punctuality of the whole window."""
    window = history.window
    inside = history.demand.filter(pl.col("ordered_on").is_between(window.since, window.until, closed="left"))
    delivered = pl.col("delivered_on").is_not_null() & pl.col("promised_on").is_not_null()
    slip = cycles.filter(RECEIVED_AND_PROMISED)["slip_days"]
    cancelled = inside["status"].fill_null("") == "cancelled"
    on_time = inside.filter(delivered).select((pl.col("delivered_on") <= pl.col("promised_on")).mean()).item()
    return {
        "purchase_lines": cycles.height,
        "open_lines": int(cycles["open"].sum()),
        "cycles": cycles.filter(COMPLETED).height,
        "sales_lines": inside.height,
        "pieces_sold": float(inside["quantity"].sum()),
        "customers": inside["customer_id"].drop_nulls().n_unique(),
        "countries": inside["country"].drop_nulls().n_unique(),
        "supply_on_time": float((slip <= 0).mean()) if slip.len() else None,  # type: ignore[arg-type]
        "customer_on_time": on_time,
        # Without a single cancelled line the status is most likely not kept: nothing can be said then.
        "orders_lost": cancelled.mean() if cancelled.any() else None,
    }
