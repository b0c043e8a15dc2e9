"""Order lines made ready: split deliveries joined, truncated at the extract date, keyed by item.

An *item* is a part at a place, or a part where places are not given.
"""

from __future__ import annotations

from datetime import date

import polars as pl

LINE = ("part_id", "place_id", "order_id", "line")
# An order that is still open this long after its promise was most likely never closed in the books.
STALE_DAYS = 730
OPEN_FOR_YEARS = "open_for_years"
# Contradictions that make a lead time worthless; others (a promise before the order, say) leave it standing.
NO_RECEIPTS = "no_receipts_recorded"
SPOILING = ("delivered_before_ordered", "future_date", OPEN_FOR_YEARS, NO_RECEIPTS)


def with_place(frame: pl.DataFrame, by_place: bool) -> pl.DataFrame:
    """Place as text: empty where unknown, and everywhere when places are not compared."""
    place = pl.col("place_id").fill_null("") if by_place else pl.lit("")
    return frame.with_columns(place.alias("place_id"))


def compares_places(purchases: pl.DataFrame, demand: pl.DataFrame) -> bool:
    """Whether both sides name places; otherwise a place on one side would hide the other side's lines."""
    return all(
        frame.height == 0 or frame["place_id"].null_count() < frame.height for frame in (purchases, demand)
    ) and any(frame.height for frame in (purchases, demand))


def purchase_lines(purchases: pl.DataFrame, as_of: date, receipt: str = "complete") -> pl.DataFrame:
    """One row per purchase line: the receipt that completes it (or the first), empty while open.

    Several rows of one order line are its receipts. If each states how much was received and all state the same
    ordered quantity, that is the line's quantity; otherwise the rows are schedule lines and add up.
    """
    known = purchases.with_columns(
        pl.when(pl.col("received_on") <= as_of).then(pl.col("received_on")).alias("received_on"),
        # pieces of a receipt that was still to come were not known either
        pl.when((pl.col("received_on") <= as_of).fill_null(value=True)).then("received_quantity"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("_row"),
    ).filter(pl.col("ordered_on") <= as_of)
    single = pl.col("order_id").is_null() | (pl.len().over(LINE) == 1)
    known = known.with_columns(single.alias("_single"))
    singles = known.filter(pl.col("_single"))
    short = (
        pl.col("received_quantity").is_not_null()
        & (pl.col("received_quantity") < pl.col("quantity"))
        & (pl.col("status").fill_null("") != "closed")
    )
    if receipt == "complete":
        singles = singles.with_columns(pl.when(~short).then(pl.col("received_on")).alias("received_on"))
    several = known.filter(~pl.col("_single"))
    if several.height:
        several = _join_receipts(several, receipt)
    lines = pl.concat([singles, several.select(singles.columns)] if several.height else [singles])
    stale = pl.col("received_on").is_null() & (
        pl.lit(as_of) - pl.coalesce("promised_on", "ordered_on") > pl.duration(days=STALE_DAYS)
    )
    # Without a single receipt known by then, a line past its promise is not late: receipts are not kept in the books.
    overdue = pl.coalesce("promised_on", "ordered_on") < as_of
    unrecorded = pl.lit(known["received_on"].null_count() == known.height) & overdue & ~stale
    flags = pl.concat_str(
        [pl.when(_flagged(name)).then(pl.lit(name)) for name in SPOILING[:2]]
        + [pl.when(stale).then(pl.lit(OPEN_FOR_YEARS))]
        + [pl.when(unrecorded).then(pl.lit(NO_RECEIPTS))],
        separator="; ",
        ignore_nulls=True,
    )
    return lines.sort("_row").drop("_row", "_single").with_columns(pl.when(flags != "").then(flags).alias("flag"))


def _flagged(name: str) -> pl.Expr:
    """Whether the import found this contradiction; a row may carry several, separated by "; "."""
    return pl.col("flag").fill_null("").str.split("; ").list.contains(name)


def _join_receipts(several: pl.DataFrame, receipt: str) -> pl.DataFrame:
    states_receipts = pl.col("received_quantity").is_not_null().all() & (pl.col("quantity").n_unique() == 1)
    received = pl.col("received_quantity").filter(pl.col("received_on").is_not_null()).sum()
    done = (
        pl.when(states_receipts)
        .then((received >= pl.col("quantity").first()) | (pl.col("status").fill_null("") == "closed").any())
        .otherwise(pl.col("received_on").is_not_null().all())
    )
    day = pl.col("received_on").min() if receipt == "first" else pl.when(done).then(pl.col("received_on").max())
    others = [
        name for name in several.columns if name not in {*LINE, "quantity", "received_quantity", "received_on", "flag"}
    ]
    return several.group_by(LINE, maintain_order=True).agg(
        *(pl.col(name).first() for name in others),
        pl.when(states_receipts).then(pl.col("quantity").first()).otherwise(pl.col("quantity").sum()).alias("quantity"),
        received.alias("received_quantity"),
        day.alias("received_on"),
        pl.col("flag").drop_nulls().unique().sort().str.join("; ").replace("", None).alias("flag"),
    )


def demand_lines(sales: pl.DataFrame, consumption: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Demand up to the extract date: sales lines, or goods issues where there are no sales.

    A return takes its pieces back from the demand; what a part returned beyond its issues is dropped.
    """
    if sales.height or not consumption.height:
        return sales.filter((pl.col("ordered_on") <= as_of) & (pl.col("quantity") > 0))
    issues = consumption.filter(pl.col("issued_on") <= as_of)
    return issues.select(
        "part_id",
        "place_id",
        pl.col("asset_id").alias("customer_id"),
        pl.lit(None, dtype=pl.String).alias("country"),
        pl.col("work_order").alias("order_id"),
        pl.lit(None, dtype=pl.String).alias("line"),
        pl.coalesce("required_on", "issued_on").alias("ordered_on"),
        pl.col("required_on").alias("promised_on"),
        pl.col("issued_on").alias("delivered_on"),
        _net_of_returns().alias("quantity"),
        pl.lit(None, dtype=pl.String).alias("status"),
        pl.col("flag"),
    ).filter(pl.col("quantity") > 0)


def _net_of_returns() -> pl.Expr:
    key = ("part_id", "place_id", "work_order")
    positive = pl.col("quantity").clip(lower_bound=0)
    returned = (-pl.col("quantity")).clip(lower_bound=0).sum().over(key)
    # The earliest issues of a work order give up their pieces first.
    before = positive.cum_sum().over(key) - positive
    return positive - (returned - before).clip(lower_bound=0).clip(upper_bound=positive)
