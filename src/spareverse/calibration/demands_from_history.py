"""Who demands parts, how often and how much, by the demand models of the record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from spareverse.calibration.law_texts import size_texts
from spareverse.calibration.points_from_history import Recorded

MOST_GROUPS = 12
OTHERS = "other countries"
NO_COUNTRY = "no country named"
CUSTOMERS = "customers"
LEAST_SLACK_DAYS = 7.0
"""A customer waits for stock, not for transport, who got a part so much later than usual."""
POINT = ("part_id", "place_id")


@dataclass(frozen=True)
class Demands:
    """Tables of a network."""

    customers: pl.DataFrame
    demands: pl.DataFrame
    notices: tuple[str, ...]


def grouped(sold: pl.DataFrame) -> pl.DataFrame:
    """Demand lines with the group of their customer: its country where countries are named, the largest ones apart."""
    if "country" not in sold.columns or not sold["country"].is_not_null().any():
        return sold.with_columns(pl.lit(CUSTOMERS).alias("group"))
    largest = (
        sold.drop_nulls("country").group_by("country").len().sort("len", "country", descending=[True, False])
        .head(MOST_GROUPS)["country"]
    )  # fmt: skip
    country = pl.col("country")
    group = pl.when(country.is_null()).then(pl.lit(NO_COUNTRY)).when(country.is_in(largest.implode())).then(country)
    return sold.with_columns(group.otherwise(pl.lit(OTHERS)).alias("group"))


def usual_delivery(lines: pl.DataFrame) -> pl.DataFrame:
    """What is usual on the way to a group of customers: place_id, group, days to deliver, slack the promise leaves.

    ``days``: median from order to delivery; ``slack``: median promise beyond that, at least LEAST_SLACK_DAYS.
    """
    took = (pl.col("delivered_on") - pl.col("ordered_on")).dt.total_days()
    promised = (pl.col("promised_on") - pl.col("ordered_on")).dt.total_days()
    return (
        lines.filter(pl.col("delivered_on") >= pl.col("ordered_on"))
        .group_by("place_id", "group")
        .agg(took.median().alias("days"), (promised.median() - took.median()).alias("slack"))
        .with_columns(pl.col("slack").fill_null(LEAST_SLACK_DAYS).clip(lower_bound=LEAST_SLACK_DAYS))
    )


def demands_of(known: Recorded) -> Demands:
    """A stream per stock point and group of customers; a point without a line of its own serves nobody in particular.

    Rates are the expected ones of the demand models, shared among the groups as the lines were.
    """
    points, data = known.points, known.data
    sizes = size_texts(known.models.sizes, points["item"].to_numpy().astype(np.int64))
    streams = points.select(*POINT, "per_year", "lines").with_columns(sizes.alias("pieces")).filter(
        pl.col("per_year") > 1e-6
    )  # fmt: skip
    lines = grouped(known.sold)
    shares = (
        lines.filter(pl.col("ordered_on") >= data.first)
        .group_by(*POINT, pl.col("group").alias("customer_id"))
        .len()
        .with_columns((pl.col("len") / pl.col("len").sum().over(POINT)).alias("share"))
        .sort(*POINT, "customer_id")
    )
    demands = streams.join(shares, on=POINT, how="left", maintain_order="left").select(
        *POINT,
        "customer_id",
        (pl.col("per_year") * pl.col("share").fill_null(1.0)).round_sig_figs(5).alias("per_year"),
        "pieces",
    )
    customers = pl.DataFrame(schema={"customer_id": pl.String, "name": pl.String, "commitment_days": pl.Float64})
    said = []
    if lines.height:
        slack = usual_delivery(lines).group_by("group").agg(pl.col("slack").max()) if _delivers(lines) else None
        customers = lines.select(pl.col("group").alias("customer_id")).unique().sort("customer_id").with_columns(
            pl.col("customer_id").alias("name"),
            pl.when(~pl.col("customer_id").is_in([OTHERS, NO_COUNTRY, CUSTOMERS])).then("customer_id").alias("country"),
        )  # fmt: skip
        if slack is not None:
            customers = customers.join(slack.rename({"group": "customer_id", "slack": "commitment_days"}),
                                       on="customer_id", how="left", maintain_order="left")  # fmt: skip
            said.append(
                "A customer is served late who waits at the shelf for longer than the promise leaves beyond the usual "
                f"days of delivery, and for {LEAST_SLACK_DAYS:g} days at least; the way to the customer is not in the "
                "network, and no penalties are known."
            )
    silent = demands.filter(pl.col("customer_id").is_null())
    per_year = float(demands["per_year"].sum())
    said += [
        (
            f"{demands.height:,} streams of demand, {per_year:,.0f} demands a year: rates of the demand models without "
            "season and growth, sizes as twenty equally likely ones of the part's own and its group's."
        ),
        "Customers wait for as long as it takes: lost sales are in no record.",
    ]
    if silent.height:
        said.append(
            f"{silent.height:,} stock points without a demand line have the rate of their group "
            f"({silent['per_year'].sum():,.0f} demands a year)."
        )
    return Demands(customers, demands, tuple(said))


def _delivers(lines: pl.DataFrame) -> bool:
    return "delivered_on" in lines.columns and bool(lines["delivered_on"].is_not_null().any())
