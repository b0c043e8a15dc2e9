"""What the window shows before any model: counts, lead times, punctuality."""

from __future__ import annotations

import polars as pl

from spareverse.history.window import Window

COMPLETED = ~pl.col("open") & pl.col("flag").is_null()
# A promise before the order promises nothing.
RECEIVED_AND_PROMISED = COMPLETED & (pl.col("promised_lead_time_days") >= 0) & pl.col("slip_days").is_not_null()
# A promise on the day of the order or before it promises nothing.
PROMISED = pl.col("promised_lead_time_days").filter(pl.col("promised_lead_time_days") > 0)


def purchase_measures(cycles: pl.DataFrame, key: str | list[str]) -> pl.DataFrame:
    """Per part, supplier or lane: counts, lead times, punctuality of supply."""
    actual = pl.col("lead_time_days").filter(COMPLETED)
    slip = pl.col("slip_days").filter(RECEIVED_AND_PROMISED)
    return cycles.group_by(key).agg(
        pl.len().cast(pl.Int64).alias("purchase_lines"),
        pl.col("open").sum().cast(pl.Int64).alias("open_lines"),
        COMPLETED.sum().cast(pl.Int64).alias("cycles"),
        actual.mean().alias("lead_time_mean_days"),
        actual.median().alias("lead_time_median_days"),
        actual.quantile(0.9, "linear").alias("lead_time_p90_days"),
        PROMISED.median().alias("promised_median_days"),
        (slip <= 0).mean().alias("on_time"),
        slip.median().alias("slip_median_days"),
        slip.quantile(0.9, "linear").alias("slip_p90_days"),
    )


def overdue_lines(cycles: pl.DataFrame, key: str | list[str], window: Window) -> pl.DataFrame:
    """Open lines past their promise, per key."""
    late = pl.col("open") & (pl.col("promised_on") < window.as_of)
    return cycles.group_by(key).agg(late.sum().cast(pl.Int64).alias("overdue_lines"))


def demand_measures(demand: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Per item: demand lines of the window, pieces, customers, countries, service to the customer."""
    inside = demand.filter(pl.col("ordered_on").is_between(window.since, window.until, closed="left"))
    delivered = pl.col("delivered_on").is_not_null() & (pl.col("delivered_on") <= window.as_of)
    sound = delivered & (pl.col("delivered_on") >= pl.col("ordered_on"))
    return inside.group_by("item").agg(
        pl.len().cast(pl.Int64).alias("sales_lines"),
        pl.col("quantity").sum().alias("pieces_sold"),
        pl.col("customer_id").drop_nulls().n_unique().cast(pl.Int64).alias("customers"),
        pl.col("country").drop_nulls().n_unique().cast(pl.Int64).alias("countries"),
        (pl.col("delivered_on") <= pl.col("promised_on"))
        .filter(sound & pl.col("promised_on").is_not_null())
        .mean()
        .alias("customer_on_time"),
        (pl.col("delivered_on") - pl.col("ordered_on")).dt.total_days().filter(sound).mean().alias("days_to_customer"),
    )


def made_to_order(purchases: pl.DataFrame, demand: pl.DataFrame) -> tuple[int, int]:
    """(lines whose customer request is not later than the purchase order, lines found on both sides).

    A line is found on both sides when part, order and line agree.
    """
    key = ["part_id", "order_id", "line"]
    both = (
        purchases.drop_nulls(key)
        .select(*key, "ordered_on")
        .join(demand.drop_nulls(key).select(*key, pl.col("ordered_on").alias("requested_on")), on=key)
    )
    return both.filter(pl.col("requested_on") <= pl.col("ordered_on")).height, both.height
