"""Measures of order and demand lines, and what a network's laws expect of them without simulation."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from spareverse.calibration.replayed_lines import NO_GROUP, POINT, Lines, planned_lead_times
from spareverse.network.calibration_table import SUBJECT
from spareverse.network.distributions import Distribution, parse
from spareverse.network.network import Network

YEAR_DAYS = 365.0
HOURS = 24.0
SPREADS = 3.0
"""A lead time counts up to its supplier's mean and so many standard deviations: then no line is cut by the end."""
_FIGURES = ("lines", "value")


def measured(lines: Lines, network: Network, longest: pl.DataFrame) -> pl.DataFrame:
    """Every measure of the lines: the columns of SUBJECT, lines, value.

    longest
        source_id, limit: only orders older than that at the end count, and each with that lead time at most, so that
        neither those still open nor those just placed tilt the mean.
    """
    old = lines.orders.join(longest, on="source_id", maintain_order="left").filter(
        pl.col("day") < lines.days - pl.col("limit")
    )
    lead = pl.min_horizontal(pl.col("lead_days").fill_null(np.inf), pl.col("limit")).mean()
    supplier = {"supplier_id": pl.col("source_id")}
    lane = {**supplier, "place_id": pl.col("place_id")}
    group = network["parts"].select("part_id", pl.col("category").fill_null(NO_GROUP).alias("group"))
    demands = lines.demands.join(group, on="part_id", maintain_order="left")
    of_group = {"place_id": pl.col("place_id"), "group": pl.col("group")}
    at_place = {"place_id": pl.col("place_id")}
    yearly = YEAR_DAYS / lines.days
    known = demands.filter(pl.col("late").is_not_null())
    pieces = pl.col("pieces")
    bought = lines.orders.filter(pl.col("source_id").is_in(longest["source_id"].implode()))
    return pl.concat(
        [
            _rows("lead time of a supplier", old, supplier, lead),
            _rows("lead time of a lane", old, lane, lead),
            _rows("supply on time", old.drop_nulls("on_time"), supplier, pl.col("on_time").mean()),
            _rows("demand of a group", demands, of_group, pl.len() * yearly),
            _rows("pieces of a group", demands, of_group, pieces.sum() * yearly),
            _rows("orders of a place", bought, at_place, pl.len() * yearly),
            _rows("served in time", known, at_place, 1.0 - (pieces * pl.col("late")).sum() / pieces.sum()),
        ]
    )


def _rows(measure: str, frame: pl.DataFrame, keys: dict[str, pl.Expr], value: pl.Expr) -> pl.DataFrame:
    """One row per subject of a measure."""
    found = frame.group_by(_named(keys)).agg(
        pl.len().cast(pl.Int64).alias("lines"), value.cast(pl.Float64).alias("value")
    )
    absent = [pl.lit(None, pl.String).alias(name) for name in SUBJECT[1:] if name not in keys]
    return found.with_columns(pl.lit(measure).alias("measure"), *absent).select(*SUBJECT, *_FIGURES).sort(SUBJECT)


def longest_lead_times(network: Network, days: float) -> pl.DataFrame:
    """source_id, limit [days] of every supplier; a third of the replayed time at most."""
    laws = source_laws(network)
    limit = (pl.col("mean") + SPREADS * pl.col("sd")).mean().clip(upper_bound=days / 3.0)
    suppliers = network["suppliers"]["supplier_id"].implode()
    return laws.filter(pl.col("source_id").is_in(suppliers)).group_by("source_id").agg(limit.alias("limit"))


@lru_cache(maxsize=200_000)
def _law(text: str) -> Distribution:
    """The law in the unit of its column: days, or pieces."""
    return parse(text, unit="d").scaled(1.0 / HOURS)


def source_laws(network: Network) -> pl.DataFrame:
    """part_id, place_id, source_id, lead_time, transit, mean, sd: the supplier's law, transport and both [days]."""
    links = network["links"].select("link_id", "transit_time")
    rows = network["sourcing"].join(links, on="link_id", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("transit_time").fill_null("0"))
    texts = pl.concat([rows["lead_time"], rows["transit_time"]]).unique()
    moments = pl.DataFrame(
        [(text, _law(text).mean, _law(text).variance) for text in texts],
        schema={"text": pl.String, "mean": pl.Float64, "variance": pl.Float64},
        orient="row",
    )
    both = rows.join(moments, left_on="lead_time", right_on="text", how="left", maintain_order="left").join(
        moments, left_on="transit_time", right_on="text", how="left", maintain_order="left", suffix="_transit"
    )
    return both.select(
        *POINT, "source_id", "lead_time",
        pl.col("mean_transit").alias("transit"),
        (pl.col("mean") + pl.col("mean_transit")).alias("mean"),
        (pl.col("variance") + pl.col("variance_transit")).sqrt().alias("sd"),
    )  # fmt: skip


def expected(lines: Lines, network: Network, longest: pl.DataFrame) -> pl.DataFrame:
    """Mean and standard deviation of the measures by the network's laws alone: SUBJECT, mean, sd.

    Lead times are those of the orders that were placed, each by the law of its source (suppliers without a queue,
    transport taken at its mean); demands are Poisson. Stock and service need simulation and are not here.
    """
    return pl.concat([_expected_lead_times(lines, network, longest), _expected_demand(network, lines.days)])


def _expected_lead_times(lines: Lines, network: Network, longest: pl.DataFrame) -> pl.DataFrame:
    laws = (
        source_laws(network).join(planned_lead_times(network), on=[*POINT, "source_id"]).join(longest, on="source_id")
    )
    cases = laws.select("lead_time", "transit", "limit", "planned").unique()
    within = [_within(*case) for case in cases.iter_rows()]
    cut = cases.with_columns(pl.DataFrame(within, schema=["cut_mean", "cut_variance", "in_time"], orient="row"))
    laws = laws.join(cut, on=["lead_time", "transit", "limit", "planned"], nulls_equal=True)
    old = lines.orders.join(longest, on="source_id", maintain_order="left").filter(
        pl.col("day") < lines.days - pl.col("limit")
    )
    each = old.join(laws.drop("limit"), on=[*POINT, "source_id"])
    mean, sd = pl.col("cut_mean").mean(), pl.col("cut_variance").sum().sqrt() / pl.len()
    chance = pl.col("in_time")
    supplier = {"supplier_id": pl.col("source_id")}
    lane = {**supplier, "place_id": pl.col("place_id")}
    promised = each.filter(pl.col("on_time").is_not_null() & chance.is_not_null())
    return pl.concat([
        _laws("lead time of a supplier", each, supplier, mean, sd),
        _laws("lead time of a lane", each, lane, mean, sd),
        _laws("supply on time", promised, supplier, chance.mean(), (chance * (1.0 - chance)).sum().sqrt() / pl.len()),
    ])  # fmt: skip


def _within(text: str, transit: float, limit: float, planned: float | None) -> tuple[float, float, float | None]:
    """Mean and variance of a lead time cut at the limit, and its chance to be within the planned one."""
    law, room = _law(text), max(limit - transit, 0.0)
    beyond = float(law.survival(room))
    first = law.partial_moment(1, room) + room * beyond
    second = law.partial_moment(2, room) + room * room * beyond
    in_time = None if planned is None else float(law.cdf(planned - transit))
    return transit + first, max(second - first * first, 0.0), in_time


def _expected_demand(network: Network, days: float) -> pl.DataFrame:
    texts = network["demands"]["pieces"].fill_null("1")
    sizes = pl.DataFrame(
        [(text, _law(text).mean, _law(text).variance) for text in texts.unique()],
        schema={"pieces": pl.String, "size": pl.Float64, "variance": pl.Float64},
        orient="row",
    )
    group = network["parts"].select("part_id", pl.col("category").fill_null(NO_GROUP).alias("group"))
    streams = network["demands"].with_columns(texts).join(sizes, on="pieces").join(group, on="part_id")
    keys = {"place_id": pl.col("place_id"), "group": pl.col("group")}
    rate, size = pl.col("per_year"), pl.col("size")
    years = days / YEAR_DAYS
    square = (rate * (pl.col("variance") + size**2)).sum()
    return pl.concat([
        _laws("demand of a group", streams, keys, rate.sum(), (rate.sum() / years).sqrt()),
        _laws("pieces of a group", streams, keys, (rate * size).sum(), (square / years).sqrt()),
    ])  # fmt: skip


def _named(keys: dict[str, pl.Expr]) -> list[pl.Expr]:
    return [key.alias(name) for name, key in keys.items()]


def _laws(measure: str, frame: pl.DataFrame, keys: dict[str, pl.Expr], mean: pl.Expr, sd: pl.Expr) -> pl.DataFrame:
    found = frame.group_by(_named(keys)).agg(mean.alias("mean"), sd.alias("sd"))
    absent = [pl.lit(None, pl.String).alias(name) for name in SUBJECT[1:] if name not in keys]
    return found.with_columns(pl.lit(measure).alias("measure"), *absent).select(*SUBJECT, "mean", "sd").sort(SUBJECT)
