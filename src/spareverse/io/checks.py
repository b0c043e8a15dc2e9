"""Lines that read well: which of them do not apply, and which contradict themselves and get a flag."""

from __future__ import annotations

from datetime import date

import polars as pl

from spareverse.io.findings import Findings
from spareverse.io.plan_checks import planning_lines
from spareverse.network.tables import TABLES

EVENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "purchases": (("ordered_on", "promised_on"), ("ordered_on", "received_on")),
    "sales": (("ordered_on", "promised_on"), ("ordered_on", "delivered_on")),
    "policies": (),
}
"""Per table, pairs of dates of which the first comes first."""

DELIVERY = {"purchases": "received_on", "sales": "delivered_on"}
PAST_DATES = {
    "purchases": ("ordered_on", "received_on"),
    "sales": ("ordered_on", "delivered_on"),
    "consumption": ("issued_on",),
    "demand": ("period",),
}
"""Dates of things that have happened."""

_RELATIVE_SLACK = 1e-9


def lines_that_do_not_apply(table: str, rows: pl.DataFrame, raw: pl.DataFrame, findings: Findings) -> None:
    """Cancelled purchases, returns, empty lines and repeated lines: counted apart, each with its reason.

    A negative purchase or sales line is a return, no order; it would distort demand and lead times. A cancelled
    sales line stays, with a flag: it was demand, and it tells how many orders are lost. Issues may be negative.
    """
    if table in ("purchases", "sales"):
        findings.add("not applicable", rows["quantity"] < 0, "negative quantity (a return)", column="quantity")
        findings.add("not applicable", rows["quantity"] == 0, "quantity is zero", column="quantity")
    if table == "consumption":
        findings.add("not applicable", rows["quantity"] == 0, "quantity is zero", column="quantity")
    if table == "demand":
        remedy = "Write the pieces demanded; returns belong to the period they are taken back from."
        findings.add("unreadable", rows["quantity"] < 0, "demand is negative", column="quantity", remedy=remedy)
    if table == "rates":
        remedy = "Write how much of the twin's currency one unit is worth."
        findings.add("unreadable", rows["rate"] <= 0, "rate is not above zero", column="rate", remedy=remedy)
    if table == "purchases":
        findings.add("not applicable", rows["status"] == "cancelled", "cancelled", column="status")
    planning_lines(table, rows, findings)
    identity = list(TABLES[table].identity)
    if table in ("purchases", "sales"):
        known = rows["order_id"].is_not_null() & rows["line"].is_not_null()
        cells = [name for name in raw.columns if not name.startswith("__")]
        repeated = ~raw.select(pl.struct(cells).is_first_distinct()).to_series() if known.any() else ~known & False
        findings.add("not applicable", known & repeated, "duplicate of an earlier row")
    elif identity:
        last = rows.select(pl.struct(identity).is_last_distinct()).to_series()
        # unreadable rows must not push out readable ones, so they are no candidates
        clean = findings.clean()
        if not clean.all():
            index = pl.int_range(rows.height, eager=True)
            kept = rows.select(identity).with_columns(index=index).filter(clean)
            last = index.is_in(kept.filter(pl.struct(identity).is_last_distinct())["index"].implode())
        findings.add("not applicable", clean & ~last, "replaced by a later row of the file")


def flags(table: str, rows: pl.DataFrame, today: date) -> pl.Series:
    """Why a line contradicts itself; several reasons are joined with '; ', null = it does not."""
    tests: dict[str, pl.Expr] = {}
    if delivered := DELIVERY.get(table):
        tests["delivered_before_ordered"] = pl.col(delivered) < pl.col("ordered_on")
        tests["promised_before_ordered"] = pl.col("promised_on") < pl.col("ordered_on")
    if past := PAST_DATES.get(table):
        tests["future_date"] = pl.any_horizontal(pl.col(name) > today for name in past)
    if table == "purchases":
        received = pl.col("received_quantity").fill_null(0.0)
        line = ["order_id", "line", "part_id"]
        known = pl.col("order_id").is_not_null() & pl.col("line").is_not_null()
        total = pl.when(known).then(received.sum().over(line)).otherwise(received)
        tests["received_more_than_ordered"] = total > pl.col("quantity") * (1 + _RELATIVE_SLACK)
        if rows["received_quantity"].null_count() == rows.height:
            del tests["received_more_than_ordered"]
    if table == "sales":
        tests["cancelled"] = pl.col("status") == "cancelled"
    if table in ("parts", "policies", "stock", "installed"):
        # disposal may cost money
        amounts = [c.name for c in TABLES[table].columns if c.kind == "number" and c.name != "salvage_value"]
        tests["negative_amount"] = pl.any_horizontal(pl.col(name) < 0 for name in amounts)
    if table == "parts":
        tests["last_order_after_end_of_service"] = pl.col("last_order_on") > pl.col("needed_until")
        tests["salvage_value_above_cost"] = pl.col("salvage_value") >= pl.col("unit_cost")
    if not tests:
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    marks = rows.select(pl.when(test).then(pl.lit(name)).alias(name) for name, test in tests.items())
    joined = marks.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).replace("", None).alias("flag"))
    return joined["flag"]
