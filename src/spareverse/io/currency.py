"""Prices in other currencies -> the twin's currency, by the rates table."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from spareverse.io.findings import Findings

PRICES = {
    "purchases": ("unit_cost", "ordered_on"),
    "sales": ("unit_price", "ordered_on"),
    "parts": ("unit_cost", None),
    "price_breaks": ("unit_cost", None),
}
"""Table -> its price and the date whose rate holds."""


@dataclass(frozen=True)
class Conversion:
    """Rows with prices in the twin's currency, and how many were converted from which one."""

    rows: pl.DataFrame
    converted: dict[str, int]


def convert_prices(
    table: str, rows: pl.DataFrame, rates: pl.DataFrame, currency: str, findings: Findings
) -> Conversion:
    """Convert by the newest rate on or before the line's date; a line without such a rate is quarantined.

    rates
        Table ``rates``: twin currency per unit of the other currency, from a day on (no day = always).
    """
    if table not in PRICES:
        return Conversion(rows, {})
    price, day = PRICES[table]
    code = rows["currency"].str.to_uppercase()
    foreign = (code.is_not_null() & (code != currency) & rows[price].is_not_null()).fill_null(value=False)
    if not foreign.any():
        return Conversion(rows.with_columns(currency=pl.lit(currency)), {})
    on = rows[day] if day else pl.repeat(None, rows.height, dtype=pl.Date, eager=True)
    rate = _rates_of(code, on, rates)
    lacking = foreign & rate.is_null()
    reason = pl.DataFrame({"code": code}).select(
        pl.format("no rate for {} to {} on or before the day", pl.col("code").fill_null(""), pl.lit(currency))
    )
    remedy = "Import a rates table with this currency, then import the file again."
    findings.add("unreadable", lacking, reason.to_series(), column="currency", value=code, remedy=remedy)
    counted = code.filter(foreign & rate.is_not_null()).value_counts(sort=True)
    converted = rows.with_columns(
        pl.when(foreign).then(pl.col(price) * rate).otherwise(pl.col(price)).alias(price),
        currency=pl.lit(currency),
    )
    return Conversion(converted, dict(counted.rows()))


def _rates_of(code: pl.Series, on: pl.Series, rates: pl.DataFrame) -> pl.Series:
    """The rate of every row; null where there is none. A line without a date takes the newest rate."""
    far = pl.date(9999, 12, 31)
    wanted = pl.DataFrame({"currency": code, "on": on}).with_row_index("index")
    wanted = wanted.with_columns(pl.col("on").fill_null(far)).sort("on")
    known = rates.select(
        pl.col("currency").str.to_uppercase(), pl.col("on").fill_null(pl.date(1900, 1, 1)), "rate"
    ).sort("on")
    found = wanted.join_asof(known, on="on", by="currency", strategy="backward", check_sortedness=False)
    return found.sort("index")["rate"]
