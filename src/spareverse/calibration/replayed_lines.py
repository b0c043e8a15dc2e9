"""Order and demand lines of a stretch of time, alike from a record and a simulation, so that one measure fits both.

``Lines`` know days from the start of the stretch; what was not received before its end is open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from spareverse.calibration.demands_from_history import grouped, usual_delivery
from spareverse.calibration.points_from_history import NO_PLACE, NO_SUPPLIER, ONE_PLACE, Tables, deliveries_known
from spareverse.history.lines import compares_places, demand_lines, purchase_lines, with_place
from spareverse.network.network import Network

POINT = ("part_id", "place_id")
NO_GROUP = "no category"


@dataclass(frozen=True)
class Lines:
    """What happened within ``days`` days."""

    days: float
    orders: pl.DataFrame
    """part_id, place_id, source_id, day, lead_days (null: open at the end), on_time (null: no promise)."""
    demands: pl.DataFrame
    """part_id, place_id, day, pieces, late (null: not known)."""


def lines_of_record(tables: Tables, since: date, until: date) -> Lines:
    """Lines ordered in [since, until), with what was known of them before ``until``.

    A customer was served late who got a part more than the usual days of delivery and the promise's slack after
    ordering it (``demands_from_history.usual_delivery``).
    """
    as_of = until - timedelta(days=1)
    bought = purchase_lines(tables["purchases"], as_of)
    sold = deliveries_known(demand_lines(tables["sales"], tables["consumption"], as_of), until)
    by_place = compares_places(bought, sold)
    empty = NO_PLACE if by_place else ONE_PLACE
    inside = pl.col("ordered_on").is_between(since, until, closed="left")
    bought, sold = (
        with_place(frame, by_place)
        .filter(inside)
        .with_columns(
            pl.col("place_id").replace("", empty),
            (pl.col("ordered_on") - pl.lit(since)).dt.total_days().cast(pl.Float64).alias("day"),
        )
        for frame in (bought, sold)
    )
    open_late = pl.col("promised_on") < until
    promised = pl.col("promised_on") > pl.col("ordered_on")
    orders = bought.filter(pl.col("flag").is_null() & (pl.col("quantity") > 0)).select(
        *POINT,
        pl.col("supplier_id").fill_null(NO_SUPPLIER).alias("source_id"),
        "day",
        (pl.col("received_on") - pl.col("ordered_on")).dt.total_days().cast(pl.Float64).alias("lead_days"),
        pl.when(promised & pl.col("received_on").is_not_null()).then(pl.col("received_on") <= pl.col("promised_on"))
        .when(promised & open_late).then(pl.lit(value=False)).alias("on_time"),
    )  # fmt: skip
    return Lines(float((until - since).days), orders, _demands(sold, until))


def _demands(sold: pl.DataFrame, until: date) -> pl.DataFrame:
    lines = grouped(sold)
    usual = usual_delivery(lines)
    took = (pl.col("delivered_on").fill_null(until) - pl.col("ordered_on")).dt.total_days()
    late = took > pl.col("days") + pl.col("slack")
    known = pl.col("delivered_on").is_not_null() | late
    return lines.join(usual, on=["place_id", "group"], how="left", maintain_order="left").select(
        *POINT, "day", pl.col("quantity").alias("pieces"), pl.when(known).then(late).alias("late")
    )


def lines_of_events(events: pl.DataFrame, network: Network, days: float) -> Lines:
    """Lines of one replication from its event record (schema EVENTS).

    Orders are those at suppliers. A delivery says how long its order took; the orders that no delivery belongs to by
    the end are open, the newest ones of their source. An order is on time within the lead time planned for it.
    """
    at = (*POINT, "source_id")
    suppliers = network["suppliers"]["supplier_id"].implode()
    outside = events.filter(pl.col("source_id").is_in(suppliers) & (pl.col("day") < days))
    came = outside.filter(pl.col("kind") == "delivery").select(
        *at, (pl.col("day") - pl.col("days")).alias("day"), pl.col("days").alias("lead_days")
    )
    placed = outside.filter(pl.col("kind").is_in(["order", "emergency_order"])).select(*at, "day")
    received = came.filter(pl.col("day") >= -1e-6).group_by(at).len("received")
    rank = pl.col("day").rank("ordinal").over(at)
    still_open = (
        placed.join(received, on=at, how="left", maintain_order="left")
        .filter(rank > pl.col("received").fill_null(0))
        .select(*at, "day", pl.lit(None, pl.Float64).alias("lead_days"))
    )
    planned = planned_lead_times(network)
    orders = (
        pl.concat([came.filter(pl.col("day") >= -1e-6), still_open])
        .join(planned, on=at, how="left", maintain_order="left")
        .with_columns((pl.col("lead_days").fill_null(np.inf) <= pl.col("planned")).alias("on_time"))
        .drop("planned")
    )
    wanted = events.filter((pl.col("kind") == "demand") & (pl.col("day") < days))
    demands = wanted.select(
        *POINT, "day", pl.col("quantity").cast(pl.Float64).alias("pieces"), pl.lit(None, pl.Boolean).alias("late")
    )
    return Lines(days, orders, demands)


def planned_lead_times(network: Network) -> pl.DataFrame:
    """part_id, place_id, source_id, planned: from order to receipt [days]; null where no plan is known."""
    links = network["links"].select("link_id", pl.col("planned_transit_days").alias("transit"), "transit_time")
    constant = pl.col("transit_time").str.extract(r"^\s*([\d.]+)(?: d)?\s*$").cast(pl.Float64)
    return (
        network["sourcing"]
        .join(links, on="link_id", how="left", maintain_order="left")
        .select(
            *POINT,
            "source_id",
            (pl.col("planned_lead_time_days") + pl.coalesce("transit", constant, pl.lit(0.0))).alias("planned"),
        )
    )


def altered_lead_times(lines: Lines, where: pl.Expr, factor: float) -> Lines:
    """The lines with lead times of some orders ``factor`` times as long; what then came after the end is open."""
    longer = pl.when(where).then((pl.col("lead_days") * factor).round()).otherwise("lead_days")
    orders = lines.orders.with_columns(longer.alias("lead_days"))
    orders = orders.with_columns(
        pl.when(pl.col("day") + pl.col("lead_days") < lines.days).then("lead_days").alias("lead_days")
    )
    return replace(lines, orders=orders)


def altered_demand(lines: Lines, where: pl.Expr, change: float, seed: int) -> Lines:
    """The lines with a share ``change`` of some demand lines added again at random, or taken away where negative."""
    random = np.random.default_rng([seed, 53])
    drawn = pl.lit(pl.Series("drawn", random.random(lines.demands.height) < abs(change)))
    chosen = where.fill_null(value=False) & drawn
    if change > 0:
        return replace(lines, demands=pl.concat([lines.demands, lines.demands.filter(chosen)]))
    return replace(lines, demands=lines.demands.filter(~chosen))
