"""The declared tables of a warehouse-options study: what a package is, and what a run of it produces."""

from __future__ import annotations

import math

from spareverse.network.schema import Column, Table

STUDY_LINES = Table(
    "lines",
    "Package",
    "One row per tag and part: the spare part lines of a SPIR package",
    (
        Column("tag", "text", "Tag of the equipment the part sits in", required=True),
        Column("asset_id", "text", "What stops when the part fails; several tags may share it; default: the tag"),
        Column("part_id", "text", "Part; tags with the same part draw on one stock", required=True),
        Column("interchange_group", "text", "Parts of one group replace one another and share one stock"),
        Column("description", "text", "Name of the part"),
        Column("vendor", "text", "Vendor"),
        Column("installed_quantity", "integer", "Pieces at work in the tag", "pieces", default=1),
        Column("needed_quantity", "integer", "Pieces the asset needs to work (k of n); default: all", "pieces"),
        Column("criticality", "text", "Consequence of a failure", choices=("low", "medium", "high"), default="medium"),
        Column(
            "spare_class",
            "text",
            "Row of the risk matrix; default by rate and price",
            choices=("first_line", "not_frequent", "capital"),
        ),
        Column("failures_per_year", "number", "Failures of one piece per year of work", "1/year"),
        Column("rate_source", "text", "Where the rate comes from", choices=("vendor", "records", "history", "assumed")),
        Column("record_failures", "number", "Failures of such pieces on earlier platforms", "failures"),
        Column("record_hours", "number", "Hours of work in which they happened", "h"),
        Column("life", "text", "Law of the time to failure, scaled to the rate's mean: exponential, weibull(shape=2)"),
        Column(
            "warning", "text", "Hours by which a warning precedes the failure, as a distribution; empty: no warning"
        ),
        Column("replacement", "text", "Hours of the replacement, as a number or a distribution", "h", default="8 h"),
        Column("unit_price", "number", "Price of a piece", "currency"),
        Column("lead_time", "text", "Lead time of the conventional supply, as a number of days or a distribution"),
        Column("digital_lead_time", "text", "Lead time of a printed piece, as a number of days or a distribution"),
        Column("digital_price", "number", "Price of a printed piece; empty: unit_price", "currency"),
        Column("am_qualified", "boolean", "The part qualifies for additive manufacture"),
        Column("weight_kg", "number", "Weight of a piece", "kg"),
        Column("shelf_life_months", "number", "A piece in stock is scrapped after this time; empty: never", "months"),
        Column("downtime_cost_per_h", "number", "Cost of an hour in which the asset is down", "currency/h"),
    ),
    identity=("tag", "part_id"),
)

STUDY_STOCK = Table(
    "stock_levels",
    "Stock levels",
    "Stock of a part under an option, where it differs from the option's policy",
    (
        Column("option", "text", "Option", required=True),
        Column("part_id", "text", "Part (or interchange group)", required=True),
        Column("place", "text", "Where", choices=("site", "central"), default="site"),
        Column("initial_stock", "integer", "Pieces at commissioning", "pieces"),
        Column("reorder_point", "integer", "Reorder point", "pieces"),
        Column("order_quantity", "integer", "Pieces per order", "pieces"),
        Column("order_up_to", "integer", "Order-up-to level", "pieces"),
    ),
    identity=("option", "part_id", "place"),
)

COST_KINDS = (
    "parts",
    "ordering",
    "expedite",
    "transport",
    "holding",
    "fee",
    "investment",
    "co2",
    "downtime",
    "scrap",
)
"""Kinds of cost: ``scrap`` is income and negative; ``co2`` is CO2 times its price; ``parts`` includes pay-per-use."""

MEASURES: dict[str, tuple[str, str]] = {
    "availability": ("Share of time an asset works, mean over assets", ""),
    "system_availability": ("Share of time all assets of high criticality work at once", ""),
    "up_hours": ("Hours of work per asset", "h"),
    "failures": ("Failures (demands)", ""),
    "stock_outs": ("Demands that found no spare", ""),
    "fill_rate": ("Share of demands met from stock at once", ""),
    "wait_hours": ("Mean wait of a demand for its piece, all demands", "h"),
    "stock_out_wait_hours": ("Mean wait of a demand that found no spare", "h"),
    "access_hours": ("Hours down waiting for a visit or weather, per asset", "h"),
    "replacing_hours": ("Hours down in replacement, per asset", "h"),
    "lead_time_hours": ("Mean lead time of the supplier's deliveries", "h"),
    "orders": ("Orders, emergency orders included", ""),
    "emergency_orders": ("Emergency orders", ""),
    "pieces_bought": ("Pieces ordered, first stock not included", "pieces"),
    "shipments": ("Shipments received from suppliers", ""),
    "global_shipments": ("Shipments that emit CO2 (distance given)", ""),
    "transfers": ("Shipments from central stock to site", ""),
    "mean_stock": ("Mean stock on hand, site and central", "pieces"),
    "unused_pieces": ("Pieces on hand at the end: bought and never used", "pieces"),
    "unused_value": ("Their value at the price paid", "currency"),
    "expired_pieces": ("Pieces scrapped at the end of their shelf life", "pieces"),
    "co2_kg": ("CO2 of transport", "kg"),
    **{f"{kind}_cost": (f"Cost: {kind}", "currency") for kind in COST_KINDS},
    "total_cost": ("Sum of all costs", "currency"),
    "net_present_cost": ("Sum of all costs, discounted", "currency"),
}
"""Measure -> meaning, unit. Totals are over the counted horizon (after the warm-up) and over all lines."""


def measure_range(measure: str, counted_h: float) -> tuple[float, float]:
    """Between which values a measure lies in every run; ``counted_h``: length of the time it is about."""
    if measure in ("availability", "system_availability", "fill_rate"):
        return 0.0, 1.0
    if measure in ("up_hours", "access_hours", "replacing_hours"):
        return 0.0, counted_h
    if measure in ("total_cost", "net_present_cost"):
        return -math.inf, math.inf
    return (-math.inf, 0.0) if measure == "scrap_cost" else (0.0, math.inf)


def _estimate() -> tuple[Column, ...]:
    return (
        Column("mean", "number", "Mean over the replications"),
        Column("low", "number", "Lower 95 % limit of the mean"),
        Column("high", "number", "Upper 95 % limit of the mean"),
        Column("run_low", "number", "2.5 % quantile of one run"),
        Column("run_high", "number", "97.5 % quantile of one run"),
    )


OPTION_RESULTS = Table(
    "options",
    "Options compared",
    "One row per option and measure",
    (
        Column("option", "text", "Option"),
        Column("measure", "text", "Measure", choices=tuple(MEASURES)),
        *_estimate(),
        Column("unit", "text", "Unit"),
    ),
    identity=("option", "measure"),
)

DIFFERENCE_RESULTS = Table(
    "differences",
    "Differences between options",
    "Paired under common random numbers: measure of ``option`` less that of ``against``",
    (
        Column("option", "text", "Option"),
        Column("against", "text", "The option compared with"),
        Column("measure", "text", "Measure", choices=tuple(MEASURES)),
        Column("mean", "number", "Mean difference"),
        Column("low", "number", "Lower 95 % limit of the mean difference"),
        Column("high", "number", "Upper 95 % limit of the mean difference"),
        Column("variance_ratio", "number", "Variance of unpaired over paired differences; above 1 the pairing helps"),
    ),
    identity=("option", "against", "measure"),
)

LINE_RESULTS = Table(
    "line_results",
    "Stock of each part",
    "One row per option and stocked part (interchange group): means over the replications, totals over the horizon",
    (
        Column("option", "text", "Option"),
        Column("follows", "text", "Option the part really follows (its fallback where it does not qualify)"),
        Column("part_id", "text", "Part, or interchange group"),
        Column("description", "text", "Name of the part"),
        Column("vendor", "text", "Vendor"),
        Column("criticality", "text", "Highest consequence among its tags"),
        Column("spare_class", "text", "Row of the risk matrix"),
        Column("tags", "text", "Tags that draw on it, separated by commas"),
        Column("installed_quantity", "integer", "Pieces at work", "pieces"),
        Column("failures_per_year", "number", "Failures a year of all its pieces, working always", "1/year"),
        Column("unit_price", "number", "Price paid under the option", "currency"),
        Column("lead_time_days", "number", "Mean lead time under the option", "days"),
        Column("policy", "text", "Policy kind on site"),
        Column("initial_stock", "integer", "Stock on site at commissioning", "pieces"),
        Column("reorder_point", "integer", "Reorder point on site", "pieces"),
        Column("order_quantity", "integer", "Pieces per order on site", "pieces"),
        Column("order_up_to", "integer", "Order-up-to level on site", "pieces"),
        Column("central_stock", "integer", "Stock in the central warehouse at commissioning", "pieces"),
        Column("central_policy", "text", "Policy kind in the central warehouse; empty: there is none"),
        Column("central_reorder_point", "integer", "Reorder point in the central warehouse", "pieces"),
        Column("central_order_quantity", "integer", "Pieces per order of the central warehouse", "pieces"),
        Column("central_order_up_to", "integer", "Order-up-to level in the central warehouse", "pieces"),
        Column("availability", "number", "Mean availability of the assets it serves"),
        Column("availability_low", "number", "Lower 95 % limit"),
        Column("availability_high", "number", "Upper 95 % limit"),
        Column("failures", "number", "Failures (demands)"),
        Column("stock_outs", "number", "Demands that found no spare"),
        Column("wait_hours", "number", "Mean wait of a demand", "h"),
        Column("orders", "number", "Orders, emergency orders included"),
        Column("emergency_orders", "number", "Emergency orders"),
        Column("pieces_bought", "number", "Pieces ordered, first stock not included", "pieces"),
        Column("mean_stock", "number", "Mean stock on hand", "pieces"),
        Column("unused_pieces", "number", "On hand at the end", "pieces"),
        Column("expired_pieces", "number", "Scrapped at the end of their shelf life", "pieces"),
        Column("co2_kg", "number", "CO2 of transport", "kg"),
        Column("supply_cost", "number", "All costs but down time", "currency"),
        Column("downtime_cost", "number", "Down time charged to the part's failures", "currency"),
        Column("cost_error", "number", "Standard error of the sum of the two; empty: not known", "currency"),
    ),
    identity=("option", "part_id"),
)

PERIOD_RESULTS = Table(
    "periods",
    "Options through time",
    "One row per option and accounting period, all lines together",
    (
        Column("option", "text", "Option"),
        Column("period", "integer", "Number of the period, from 1"),
        Column("until_h", "number", "End of the period", "h"),
        Column("availability", "number", "Mean availability in the period"),
        Column("availability_low", "number", "Lower 95 % limit of the mean"),
        Column("availability_high", "number", "Upper 95 % limit of the mean"),
        Column("mean_stock", "number", "Mean stock on hand", "pieces"),
        *(Column(f"{kind}_cost", "number", f"Cost in the period: {kind}", "currency") for kind in COST_KINDS),
        Column("cumulative_cost", "number", "All costs up to the end of the period, first stock included", "currency"),
        Column("cumulative_low", "number", "2.5 % quantile of one run", "currency"),
        Column("cumulative_high", "number", "97.5 % quantile of one run", "currency"),
    ),
    identity=("option", "period"),
)

REPLICATION_RESULTS = Table(
    "replications",
    "Single runs",
    "One row per option and replication; replication r uses the same random numbers under every option",
    (
        Column("option", "text", "Option"),
        Column("replication", "integer", "Number of the replication, from 0"),
        Column("events", "integer", "Events processed"),
        *(Column(name, "number", meaning, unit) for name, (meaning, unit) in MEASURES.items()),
    ),
    identity=("option", "replication"),
)

STUDY_EVENTS = Table(
    "events",
    "Event log",
    "What happened, in order, in the first replications of each option",
    (
        Column("option", "text", "Option"),
        Column("replication", "integer", "Replication"),
        Column("time_h", "number", "Time", "h"),
        Column(
            "kind",
            "text",
            "What happened",
            choices=(
                "failure",
                "warning",
                "stock_out",
                "issue",
                "order",
                "emergency_order",
                "delivery",
                "transfer",
                "replacement_start",
                "replacement_end",
                "expiry",
                "review",
            ),
        ),
        Column("part_id", "text", "Part, or interchange group"),
        Column("place", "text", "Stock point: site or central"),
        Column("asset_id", "text", "Asset, where one is concerned"),
        Column("quantity", "integer", "Pieces", "pieces"),
        Column("on_hand", "integer", "Stock on hand afterwards", "pieces"),
        Column("duration_h", "number", "Lead time of a delivery, wait of an issue, length of a replacement", "h"),
    ),
)

STUDY_TABLES: dict[str, Table] = {table.name: table for table in (STUDY_LINES, STUDY_STOCK)}
STUDY_RESULTS: dict[str, Table] = {
    table.name: table
    for table in (
        OPTION_RESULTS,
        DIFFERENCE_RESULTS,
        LINE_RESULTS,
        PERIOD_RESULTS,
        REPLICATION_RESULTS,
        STUDY_EVENTS,
    )
}
