"""Failure rates of the lines: from the vendor, pooled with records of earlier platforms, or from a twin's history.

Pooling. The rate of a part has a gamma prior of shape 1/2 whose mean is the vendor's rate: the constrained
noninformative prior, which takes a generic rate for its mean and as little else as possible (Atwood 1996, Reliability
Engineering & System Safety 53; NUREG/CR-6823). After k failures in T years of work the posterior is
gamma with shape 1/2 + k and rate 1/(2 x prior mean) + T; its mean is used. A part without a vendor's rate takes for
its prior mean the pooled rate of the recorded parts of its kind (first word of the description), else of all.
"""

from __future__ import annotations

import polars as pl

from spareverse.io.study_sections import rounded_column
from spareverse.io.study_table import Rows
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR

PRIOR_SHAPE = 0.5
HISTORY = "the part results of a twin"
_DAYS_PER_YEAR = HOURS_PER_YEAR / 24
_LISTED = 5


def with_rates(rows: Rows, *, history: pl.DataFrame | None, pooled: bool) -> None:
    """Give every line one ``failures_per_year`` and its ``rate_source``; problems and remarks go to the rows."""
    source = pl.col("rate_source")
    if pooled:
        rows.reject(pl.col("failures_per_year").is_null(), "failures_per_year", "The line has no failure rate.")
        rows.frame = rows.frame.with_columns(source.fill_null("vendor"))
        return
    _check_records(rows)
    if (rows.frame["rate_source"] == "history").any():
        _from_history(rows, history)
    recorded = pl.col("record_hours").is_not_null() & (source != "history").fill_null(value=True)
    if rows.frame.select(recorded.any()).item():
        _pool(rows, recorded)
    missing = pl.col("failures_per_year").is_null() & (source != "history").fill_null(value=True)
    remedy = "Fill in one of failures_per_year, failures_per_month, mtbf_h, or record_failures and record_hours."
    rows.reject(missing, "failures_per_year", "The line has no failure rate.", remedy)
    rows.frame = rows.frame.with_columns(source.fill_null("vendor"))


def convert_rates(rows: Rows) -> None:
    """``failures_per_year`` from whichever of its three ways a line uses; a line that uses two is rejected."""
    given = pl.sum_horizontal(
        pl.col(name).is_not_null() for name in ("failures_per_year", "failures_per_month", "mtbf_h")
    )
    reason = "The line gives its failure rate in more than one way."
    rows.reject(given > 1, "failures_per_year", reason, "Keep one of failures_per_year, failures_per_month, mtbf_h.")
    per_year = pl.coalesce(
        pl.col("failures_per_year"),
        pl.col("failures_per_month") * (HOURS_PER_YEAR / HOURS_PER_MONTH),
        pl.when(pl.col("mtbf_h") > 0).then(HOURS_PER_YEAR / pl.col("mtbf_h")),
    )
    rows.frame = rows.frame.with_columns(rounded_column(rows.frame.select(failures_per_year=per_year).to_series()))


def _check_records(rows: Rows) -> None:
    failures, hours = pl.col("record_failures"), pl.col("record_hours")
    remedy = "Fill in both record_failures and record_hours, or neither."
    rows.reject(failures.is_null() & hours.is_not_null(), "record_failures", "Hours without their failures.", remedy)
    rows.reject(hours.is_null() & failures.is_not_null(), "record_hours", "Failures without their hours.", remedy)
    none = (pl.col("rate_source") == "records") & hours.is_null() & failures.is_null()
    rows.reject(none, "rate_source", "The line has no records.", remedy)


def _pool(rows: Rows, recorded: pl.Expr) -> None:
    failures, years = pl.col("record_failures"), pl.col("record_hours") / HOURS_PER_YEAR
    kind = pl.col("description").str.to_lowercase().str.extract(r"^([^\s,;:]+)").fill_null("")
    parts = rows.frame.filter(recorded & failures.is_not_null()).unique("part_id", maintain_order=True)
    parts = parts.with_columns(__years=years, __kind=kind)
    of_kind = (failures.sum() + PRIOR_SHAPE) / pl.col("__years").sum()
    vendor = pl.when(pl.col("failures_per_year") > 0).then(pl.col("failures_per_year"))
    alone = pl.len().over("__kind") < 2
    prior = pl.coalesce(vendor, pl.when(~alone).then(of_kind.over("__kind")), of_kind)
    shape, rate = PRIOR_SHAPE + failures, PRIOR_SHAPE / prior + pl.col("__years")
    found = parts.select("part_id", __mean=shape / rate, __shape=shape, __rate=rate, __vendor=vendor.is_not_null())
    rows.frame = (
        rows.frame.join(found.select("part_id", "__mean"), on="part_id", how="left", maintain_order="left")
        .with_columns(
            failures_per_year=pl.when(recorded).then(pl.col("__mean")).otherwise(pl.col("failures_per_year")),
            rate_source=pl.when(recorded).then(pl.lit("records")).otherwise(pl.col("rate_source")),
        )
        .drop("__mean")
    )
    rows.notes.append(_said(found))


def _said(found: pl.DataFrame) -> str:
    """What pooling did, with the 95 % intervals of the first parts."""
    from spareverse.special import gamma_quantile  # loads the compiler, which only a run needs

    listed = []
    for part, mean, shape, rate, _ in found.head(_LISTED).rows():
        low, high = (gamma_quantile(shape, p) / rate for p in (0.025, 0.975))
        listed.append(f"{part} {mean:.3g} [{low:.2g}-{high:.2g}]")
    own = int((~found["__vendor"]).sum())
    prior = "the vendor's rate" if not own else f"the vendor's rate (for {own} parts without one, that of their kind)"
    more = f" and {found.height - _LISTED} more" if found.height > _LISTED else ""
    return (
        f"Failure rates of {found.height:,} parts pool records of earlier platforms with {prior} as mean of a gamma"
        f" prior of shape 1/2 (Atwood 1996); posterior means per year with 95 % intervals: {', '.join(listed)}{more}."
    )


def _from_history(rows: Rows, history: pl.DataFrame | None) -> None:
    """Rate of one piece = pieces of the part a year over the pieces installed, from a twin's order rates."""
    wanted = pl.col("rate_source") == "history"
    if history is None:
        remedy = "Run the study in a twin, or fill in a rate."
        rows.reject(wanted, "rate_source", f"The rate is to come from {HISTORY}, and there are none here.", remedy)
        return
    per_year = (pl.col("order_rate") * pl.col("order_size")).sum() * _DAYS_PER_YEAR
    pieces = history.group_by("part_id").agg(__pieces=per_year)
    rows.frame = rows.frame.join(pieces, on="part_id", how="left", maintain_order="left").with_columns(
        failures_per_year=pl.when(wanted)
        .then(pl.col("__pieces") / pl.col("installed_quantity").sum().over("part_id"))
        .otherwise(pl.col("failures_per_year"))
    )
    unknown = wanted & pl.col("failures_per_year").is_null()
    rows.reject(unknown, "part_id", f"The part is not in {HISTORY}.", "Correct the part, or fill in a rate.")
    count = rows.frame.filter(wanted)["part_id"].n_unique()
    rows.notes.append(f"Failure rates of {count:,} parts come from the twin's orders over the pieces installed.")
    rows.frame = rows.frame.drop("__pieces")
