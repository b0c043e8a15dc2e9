"""From where each stock point is supplied, how long that takes and what it costs, as the record shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.law_texts import weibull_texts
from spareverse.calibration.points_from_history import NO_SUPPLIER, Recorded
from spareverse.history.measures import COMPLETED
from spareverse.network.sums import steady_sum
from spareverse.optimisation.evidence import lead_time_evidence
from spareverse.statistics.compound import LEAD_WEIGHTS
from spareverse.statistics.lead_time_prediction import predictive_nodes

Floats = NDArray[np.float64]

ASSUMED_TRANSIT_DAYS = 3.0
MOST_TRANSIT_SHARE = 0.1
"""Of a lane's shortest mean lead time; the rest is the supplier's."""
LANE = ("source_id", "place_id")
KEY = ("part_id", "place_id", "source_id")


@dataclass(frozen=True)
class Sources:
    """Tables of a network, and the whole lead time of every source."""

    suppliers: pl.DataFrame
    links: pl.DataFrame
    sourcing: pl.DataFrame
    lead_times: pl.DataFrame
    """part_id, place_id, source_id, mean, sd: order to receipt [days]."""
    relays: pl.DataFrame
    """part_id, place_id of places that pass parts on without demand or stock of their own in the record."""
    notices: tuple[str, ...]


def sources_of(known: Recorded) -> Sources:
    """Every supplier or place that delivered a part within the supply window, else the usual one of the parts table."""
    used, said = _used(known)
    inside = pl.col("source_id").is_in(list(known.places))
    outside, internal = used.filter(~inside), used.filter(inside)
    relays = _relays(known, internal)
    fallback = _usual(known, used, relays)
    outside = pl.concat([outside, fallback], how="diagonal")
    lead = pl.concat([_lead_times(known, outside), _between_places(known, internal)])
    links = _links(lead, known.places)
    sourcing = _sourcing(known, pl.concat([outside, internal], how="diagonal"), lead, links)
    suppliers = outside.select(pl.col("source_id").alias("supplier_id")).unique().sort("supplier_id")
    said += _notices(fallback, internal, links, sourcing, relays)
    return Sources(suppliers, links.drop("transit"), sourcing, lead, relays, tuple(said))


def _used(known: Recorded) -> tuple[pl.DataFrame, list[str]]:
    """Sources of the lines: part_id, place_id, source_id, item, lines, pieces, unit_price; no circles of places."""
    priced = pl.col("unit_cost") > 0
    paid, weight = (pl.col(name).filter(priced) for name in ("unit_cost", "quantity"))
    source = pl.col("supplier_id").fill_null(NO_SUPPLIER).alias("source_id")
    lines = known.bought.filter((pl.col("ordered_on") >= known.since) & (pl.col("quantity") > 0))
    used = lines.with_columns(source).group_by(*KEY, "item").agg(
        pl.len().alias("lines"), steady_sum(pl.col("quantity")).alias("pieces"),
        (steady_sum(paid * weight) / steady_sum(weight)).fill_nan(None).alias("unit_price"),
    ).sort(KEY)  # fmt: skip
    sent = used.filter(pl.col("source_id").is_in(list(known.places)))
    balance = (
        pl.concat([
            sent.select(pl.col("source_id").alias("place"), "pieces"),
            sent.select(pl.col("place_id").alias("place"), -pl.col("pieces")),
        ]).group_by("place").agg(steady_sum(pl.col("pieces")).alias("net"))
        .sort("net", "place", descending=[True, False]).with_row_index("height")
    )  # fmt: skip
    # A place is sent to only from places that send more on balance: then no part goes round in circles.
    above = dict(zip(balance["place"], balance["height"], strict=True))
    height = [pl.col(name).replace_strict(above, default=-1, return_dtype=pl.Int64) for name in LANE]
    upward = pl.col("source_id").is_in(list(known.places)) & (height[0] >= height[1])
    against = used.filter(upward)
    said = []
    if against.height:
        said.append(
            f"{int(against['lines'].sum()):,} transfer lines ({against['pieces'].sum():,.0f} pieces) went from a place "
            "back to one that supplies it, or to itself: they are no source."
        )
    return used.filter(~upward), said


def _relays(known: Recorded, internal: pl.DataFrame) -> pl.DataFrame:
    senders = internal.select("part_id", pl.col("source_id").alias("place_id")).unique()
    return senders.join(known.points, on=["part_id", "place_id"], how="anti").sort("part_id", "place_id")


def _usual(known: Recorded, used: pl.DataFrame, relays: pl.DataFrame) -> pl.DataFrame:
    """Points without a purchase line in the window: the main supplier of the part, as far as one is named."""
    bare = known.points.select("part_id", "place_id", "item", "supplier_id").join(
        used, on=["part_id", "place_id"], how="anti"
    )
    main = known.points.select("part_id", "supplier_id").drop_nulls().unique("part_id", keep="first")
    passed = relays.join(main, on="part_id", how="left").with_columns(pl.lit(None, pl.Int64).alias("item"))
    both = pl.concat([bare, passed.select(bare.columns)])
    supplier = pl.col("supplier_id").fill_null(NO_SUPPLIER)
    # The usual supplier of a part can be a place only where transfers say so.
    named = pl.when(supplier.is_in(list(known.places))).then(pl.lit(NO_SUPPLIER)).otherwise(supplier)
    return both.select("part_id", "place_id", "item", named.alias("source_id")).with_columns(
        pl.lit(0, pl.UInt32).alias("lines"), pl.lit(0.0).alias("pieces")
    )


def _moments(nodes: Floats, weights: Floats) -> tuple[Floats, Floats]:
    mean = nodes @ weights
    return mean, np.sqrt(np.maximum(nodes**2 @ weights - mean**2, 0.0))


def _lead_times(known: Recorded, sources: pl.DataFrame) -> pl.DataFrame:
    """Mean and spread of each source's lead time as a new line of it would have: its own lines, its group's, and
    what is not known of both (the predictive law of the history's analysis, per part x place x supplier)."""
    category = known.points.select("part_id", "category").unique("part_id", keep="first")
    rows = (
        sources.select(KEY)
        .join(category, on="part_id", how="left", maintain_order="left")
        .with_row_index("number")
        .with_columns(pl.col("number").cast(pl.Int64), pl.col("source_id").alias("supplier_id"))
    )
    lines = _numbered(known.cycles, rows, KEY)
    if lines.filter(COMPLETED).is_empty():
        data = known.data
        mean, sd = _moments(data.lead_nodes * data.step_days, data.lead_weights)
        item = sources["item"].fill_null(0).to_numpy()
        return sources.select(KEY).with_columns(pl.Series("mean", mean[item]), pl.Series("sd", sd[item]))
    evidence = lead_time_evidence(lines, rows.with_columns(pl.col("number").alias("item")))
    mean, sd = _moments(predictive_nodes(evidence.posterior), LEAD_WEIGHTS)
    return sources.select(KEY).with_columns(pl.Series("mean", mean), pl.Series("sd", sd))


def _between_places(known: Recorded, internal: pl.DataFrame) -> pl.DataFrame:
    """Lead times of transfers, one law for each pair of places."""
    if internal.is_empty():
        return pl.DataFrame(schema={**internal.select(KEY).schema, "mean": pl.Float64, "sd": pl.Float64})
    pairs = internal.select(LANE).unique().sort(LANE).with_row_index("number").with_columns(
        pl.col("number").cast(pl.Int64), pl.lit("").alias("supplier_id"), pl.lit("").alias("category")
    )  # fmt: skip
    lines = _numbered(known.cycles, pairs, LANE)
    evidence = lead_time_evidence(lines, pairs.with_columns(pl.col("number").alias("item")))
    mean, sd = _moments(predictive_nodes(evidence.posterior), LEAD_WEIGHTS)
    laws = pairs.select(LANE).with_columns(pl.Series("mean", mean), pl.Series("sd", sd))
    return internal.select(KEY).join(laws, on=LANE, how="left", maintain_order="left")


def _numbered(cycles: pl.DataFrame, rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The lines of the rows, with the number of their row as ``item``."""
    source = pl.col("supplier_id").fill_null(NO_SUPPLIER).alias("source_id")
    return (
        cycles.drop("item").with_columns(source).join(rows.select(*key, "number"), on=key, how="inner")
        .rename({"number": "item"})
    )  # fmt: skip


def _links(lead: pl.DataFrame, places: tuple[str, ...]) -> pl.DataFrame:
    """One link per lane. Between places it takes the whole lead time; from a supplier a short assumed part of it."""
    inside = pl.col("source_id").is_in(list(places))
    lanes = lead.group_by(LANE).agg(pl.col("mean").min().alias("least"), pl.col("mean").first(), pl.col("sd").first())
    lanes = lanes.sort(LANE).with_columns(
        pl.min_horizontal(pl.lit(ASSUMED_TRANSIT_DAYS), MOST_TRANSIT_SHARE * pl.col("least"))
        .clip(lower_bound=0.01).round(2).alias("transit")
    )  # fmt: skip
    law = weibull_texts(lanes["mean"].to_numpy(), lanes["sd"].to_numpy())
    return lanes.select(
        pl.format("{} - {}", "source_id", "place_id").alias("link_id"),
        pl.col("source_id").alias("from_id"),
        pl.col("place_id").alias("to_id"),
        pl.when(inside).then(law).otherwise(pl.format("{} d", "transit")).alias("transit_time"),
        pl.when(inside).then(None).otherwise("transit").alias("transit"),
    )


def _sourcing(known: Recorded, sources: pl.DataFrame, lead: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The table of sourcing; the source with most pieces first, shares by pieces."""
    terms = known.points.select(
        "part_id", "place_id", "expected_lead_time_days", "min_order_quantity", "pack_size"
    ).unique(["part_id", "place_id"])
    lanes = links.select(pl.col("from_id").alias("source_id"), pl.col("to_id").alias("place_id"), "link_id", "transit")
    rows = (
        sources.join(lead, on=KEY, how="left")
        .join(terms, on=["part_id", "place_id"], how="left")
        .join(lanes, on=LANE, how="left")
        .sort("part_id", "place_id", "pieces", "source_id", descending=[False, False, True, False])
    )
    point = ("part_id", "place_id")
    transit = pl.col("transit").fill_null(0.0)
    mean = np.maximum((rows["mean"] - rows["transit"].fill_null(0.0)).to_numpy(), 0.01)
    law = weibull_texts(mean, rows["sd"].to_numpy())
    inside = pl.col("transit").is_null()
    pieces = pl.col("pieces").sum().over(point)
    positive = [
        pl.when(pl.col(name) >= 1).then(pl.col(name)).otherwise(1).ceil().cast(pl.Int64).alias(name)
        for name in ("min_order_quantity", "pack_size")
    ]
    return rows.select(
        *KEY,
        "link_id",
        pl.int_range(1, pl.len() + 1).over(point).alias("rank"),
        pl.when(pieces > 0).then((pl.col("pieces") / pieces).round(4)).otherwise(1.0).alias("share"),
        "unit_price",
        pl.when(inside).then(pl.lit("0")).otherwise(law).alias("lead_time"),
        pl.when(~inside & (pl.col("expected_lead_time_days") > transit))
        .then(pl.col("expected_lead_time_days") - transit)
        .alias("planned_lead_time_days"),
        *positive,
    )


def _notices(
    fallback: pl.DataFrame, internal: pl.DataFrame, links: pl.DataFrame, sourcing: pl.DataFrame, relays: pl.DataFrame
) -> list[str]:
    unnamed = int((fallback["source_id"] == NO_SUPPLIER).sum())
    several = sourcing.filter(pl.col("rank") == 2).height
    outside = links["transit"].drop_nulls()
    usual = float(outside.sum()) / max(outside.len(), 1)
    counted = (
        (fallback.height, ("stock points bought nothing in the last three years: they are supplied by the usual "
         "supplier of the part, with the lead times of its group")),
        (unnamed, f"of these have no usual supplier either: theirs is called {NO_SUPPLIER!r}"),
        (several, "stock points had more than one source: their orders are shared as the pieces were"),
        (internal.height, ("stock points are supplied by another place; the lead times of such transfers are those of "
         "the pair of places, and what stock above was waited for is in them")),
        (relays.height, "stock points pass a part on although the record knows no stock or demand of it there"),
        (outside.len(), (f"lanes from suppliers: the record does not say how long goods travel, so up to "
         f"{ASSUMED_TRANSIT_DAYS:g} days ({usual:.1f} on average) of the lead time are taken as "
         "transport by road without freight cost; give links of your own to change that")),
    )  # fmt: skip
    said = [f"{count:,} {text}." for count, text in counted if count]
    return [
        (
            "Lead times are Weibull laws with the mean and spread of the history's prediction for a further line: own "
            "lines, the group's, and what is not known of either."
        ),
        (
            "Suppliers and transport have no limit of capacity, and there are no emergency orders: the record tells of "
            "neither."
        ),
        *said,
    ]
