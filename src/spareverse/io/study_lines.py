"""The package of a study: lines as read -> lines checked, alike for one part, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from spareverse.io.study_rates import convert_rates, with_rates
from spareverse.io.study_sections import rounded_column
from spareverse.io.study_table import Form, Rows
from spareverse.network.life_laws import life_law
from spareverse.network.schema import Column
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR
from spareverse.network.study_tables import STUDY_LINES, STUDY_STOCK

MOST_LINES = 5_000
MOST_INSTALLED = 10_000
DEFAULT_REPLACEMENT = "8 h"
RATE_COLUMNS = ("failures_per_year", "failures_per_month", "mtbf_h")

_RATE = STUDY_LINES.names.index("failures_per_year") + 1
PACKAGE = replace(
    STUDY_LINES,
    columns=(
        *STUDY_LINES.columns[:_RATE],
        Column("failures_per_month", "number", "Failures of one piece per month of 730 h of work", "1/month"),
        Column("mtbf_h", "number", "Mean hours of work of one piece between failures", "h"),
        *STUDY_LINES.columns[_RATE:],
    ),
)
"""The package as people fill it in: one of three ways to give a rate."""

LINES_FORM = Form(
    PACKAGE,
    headings={
        "tag": ("tag no", "tag number", "tag id", "tags", "equipment tag", "equipment"),
        "asset_id": ("asset", "system"),
        "part_id": ("part", "part no", "part number", "material", "material no", "item code", "article"),
        "interchange_group": ("interchangeability", "interchangeability group", "group"),
        "description": ("part description", "material description", "name", "part name"),
        "vendor": ("manufacturer", "supplier", "manufacturer / vendor", "oem"),
        "installed_quantity": ("installed qty", "qty installed", "quantity installed", "qty", "quantity"),
        "needed_quantity": ("needed qty", "required quantity"),
        "criticality": ("consequence", "consequence class"),
        "failures_per_year": ("failure rate per year", "failures/year", "demand rate per year"),
        "failures_per_month": ("failure rate per month", "failures/month", "demand rate per month"),
        "mtbf_h": ("mtbf", "mttf", "mtbf hours"),
        "replacement": ("replacement time", "repair time", "mttr"),
        "unit_price": ("price", "unit cost", "price per unit"),
        "lead_time": ("delivery time", "delivery"),
        "digital_lead_time": ("print lead time", "printing time"),
        "digital_price": ("print price", "printed price"),
        "am_qualified": ("am", "printable", "qualified for am"),
        "weight_kg": ("weight",),
        "shelf_life_months": ("shelf life",),
        "downtime_cost_per_h": ("downtime cost", "cost of downtime"),
    },
    durations={"warning": "h", "replacement": "h", "lead_time": "days", "digital_lead_time": "days"},
    sheets=("Package", "lines"),
)
STOCK_FORM = Form(STUDY_STOCK, headings={"part_id": ("part", "part no", "interchange_group")}, sheets=("stock_levels",))

OF_A_PART = (
    *("unit_price", "lead_time", "digital_lead_time", "digital_price", "am_qualified", "weight_kg"),
    *("shelf_life_months", "interchange_group", "record_failures", "record_hours"),
    "failures_per_year",
)
"""What belongs to the part, whatever tag it sits in: the same on all its lines, and read from any of them."""
_NOT_NEGATIVE = (*RATE_COLUMNS, "record_failures", "unit_price", "digital_price", "weight_kg", "downtime_cost_per_h")
_POSITIVE = ("installed_quantity", "needed_quantity", "record_hours", "shelf_life_months")


def finished_lines(rows: Rows, *, history: pl.DataFrame | None, pooled: bool) -> pl.DataFrame:
    """Lines in the schema ``STUDY_LINES``; what is wrong or was assumed is with the rows.

    history
        Part results of a twin, for lines with ``rate_source`` history.
    pooled
        Whether the rates already include records and history.
    """
    if rows.frame.height > MOST_LINES:
        reason = f"The package has {rows.frame.height:,} lines; a study takes at most {MOST_LINES:,}."
        rows.reject(pl.int_range(pl.len()) == MOST_LINES, "tag", reason, "Split it by system or by vendor.")
    _check_cells(rows)
    _check_identity(rows)
    convert_rates(rows)
    _share_over_tags(rows)
    _fill_defaults(rows)
    with_rates(rows, history=history, pooled=pooled)
    lines = rows.frame.select(STUDY_LINES.names).cast(dict(STUDY_LINES.schema))  # type: ignore[arg-type]
    numbers = [column.name for column in STUDY_LINES.columns if column.kind == "number"]
    return lines.with_columns(rounded_column(lines[name]) for name in numbers)


def _check_cells(rows: Rows) -> None:
    rows.reject(
        pl.col("installed_quantity") > MOST_INSTALLED, "installed_quantity",
        f"More than {MOST_INSTALLED:,} pieces in one tag.", "Give groups of them tags of their own.",
    )  # fmt: skip
    for name in _NOT_NEGATIVE:
        rows.reject(pl.col(name) < 0, name, f"{name} cannot be negative.", "Write 0 or more.")
    for name in _POSITIVE:
        rows.reject(pl.col(name) <= 0, name, f"{name} must be above 0.")
    reason = "A shelf life is at least 1 h."
    rows.reject(pl.col("shelf_life_months") * HOURS_PER_MONTH < 1, "shelf_life_months", reason, "Check its unit.")
    per_hour = pl.max_horizontal(
        pl.col("failures_per_year") / HOURS_PER_YEAR, pl.col("failures_per_month") / HOURS_PER_MONTH
    )
    often = (per_hour > 1) | (pl.col("mtbf_h") < 1)
    rows.reject(
        often, "failures_per_year", "A piece fails more than once an hour of work.", "Check the unit of the rate."
    )
    rows.reject(pl.col("mtbf_h") == 0, "mtbf_h", "mtbf_h must be above 0.", "Leave it empty where it is not known.")
    reason = "The asset needs more pieces than are installed (k > n)."
    rows.reject(
        pl.col("needed_quantity") > pl.col("installed_quantity").fill_null(1), "needed_quantity", reason,
        "needed_quantity is at most installed_quantity.",
    )  # fmt: skip
    for text in rows.frame["life"].drop_nulls().unique(maintain_order=True):
        try:
            life_law(text, 1.0)
        except OverflowError:
            rows.reject(pl.col("life") == text, "life", "Its mean is too large to compute.", "Check its shape.")
        except ValueError as error:
            rows.reject(pl.col("life") == text, "life", f"{str(error).rstrip('.')}.", "For example weibull(shape=2).")


def _check_identity(rows: Rows) -> None:
    identity = list(STUDY_LINES.identity)
    again = pl.struct(identity).is_first_distinct().not_() & pl.all_horizontal(pl.col(identity).is_not_null())
    remedy = "Keep one line and add up installed_quantity."
    rows.reject(again, "part_id", "The same tag and part stand on an earlier line.", remedy)


def _share_over_tags(rows: Rows) -> None:
    """What is known of a part on one of its lines holds on all of them; two different values contradict."""
    filled: list[str] = []
    for name in OF_A_PART:
        different = rows.frame.group_by("part_id").agg(n=pl.col(name).drop_nulls().n_unique()).filter(pl.col("n") > 1)
        if different.height:
            first = pl.col(name).drop_nulls().first().over("part_id")
            apart = pl.col("part_id").is_in(different["part_id"].implode()) & (pl.col(name) != first)
            reason = f"The part has another {name} on an earlier line."
            remedy = "One part has one value; give the other a part_id of its own, or an interchange_group in common."
            rows.reject(apart, name, reason, remedy)
        known = pl.col(name).drop_nulls().first().over("part_id")
        gaps = rows.frame.select((pl.col(name).is_null() & known.is_not_null() & pl.col("part_id").is_not_null()).any())
        if gaps.item():
            filled.append(name)
            rows.frame = rows.frame.with_columns(pl.col(name).fill_null(known))
    if filled:
        rows.notes.append(f"Taken from another line of the same part where a line has none: {', '.join(filled)}.")


def _fill_defaults(rows: Rows) -> None:
    frame = rows.frame
    said: Mapping[str, tuple[str, pl.Expr]] = {
        "criticality": ("medium", pl.lit("medium")),
        "installed_quantity": ("1 piece", pl.lit(1)),
        "replacement": (DEFAULT_REPLACEMENT, pl.lit(DEFAULT_REPLACEMENT)),
        "am_qualified": ("no", pl.lit(value=False)),
    }
    for name, (words, value) in said.items():
        missing = frame[name].null_count()
        if missing:
            rows.notes.append(f"Assumed for {_count(missing, frame.height)}: {name} {words}.")
            frame = frame.with_columns(pl.col(name).fill_null(value))
    rows.frame = frame.with_columns(
        asset_id=pl.col("asset_id").fill_null(pl.col("tag")),
        needed_quantity=pl.col("needed_quantity").fill_null(pl.col("installed_quantity")),
        life=pl.col("life").fill_null("exponential"),
    )


def _count(lines: int, of: int) -> str:
    return "every line" if lines == of else f"{lines:,} of {of:,} lines"
