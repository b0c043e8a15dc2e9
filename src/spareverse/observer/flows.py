"""Expected flows: how many pieces a year each place gets of each part from each source, over which link."""

from __future__ import annotations

import polars as pl

from spareverse.network.distributions import parse
from spareverse.network.network import Network

YEAR_DAYS = 365.25
MOST_ECHELONS = 20
_POINT = ["part_id", "place_id"]


def expected_flows(network: Network) -> pl.DataFrame:
    """Columns part_id, place_id, source_id, link_id, pieces_per_year: demand passed up along the preferred sources.

    A place that shares its orders out shares its flow; otherwise all comes from the source of the lowest rank.
    """
    ways = _ways(network)
    need = expected_demand(network)
    found = []
    for _ in range(MOST_ECHELONS):
        if need.is_empty():
            break
        moved = need.join(ways, on=_POINT).with_columns(pieces_per_year=pl.col("pieces_per_year") * pl.col("part"))
        found.append(moved.select(*_POINT, "source_id", "link_id", "pieces_per_year"))
        need = moved.group_by("part_id", pl.col("source_id").alias("place_id"), maintain_order=True).agg(
            pl.col("pieces_per_year").sum()
        )
    schema: dict[str, pl.DataType] = dict.fromkeys((*_POINT, "source_id", "link_id"), pl.String()) | {
        "pieces_per_year": pl.Float64()
    }
    if not found:
        return pl.DataFrame(schema=schema)
    return pl.concat(found).group_by([*_POINT, "source_id", "link_id"], maintain_order=True).agg(pl.all().sum())


def expected_demand(network: Network) -> pl.DataFrame:
    """Columns part_id, place_id, pieces_per_year: of customers, streams and recorded demands together."""
    demands = network["demands"]
    gaps, pieces = (_means(demands[name], unit) for name, unit in (("gap", "d"), ("pieces", None)))
    per_year = pl.coalesce("per_year", YEAR_DAYS / pl.col("gap").replace_strict(gaps, default=None))
    each = pl.col("pieces").replace_strict(pieces, default=None).fill_null(1.0)
    streams = demands.select(*_POINT, (per_year.fill_null(0.0) * each).alias("pieces_per_year"))
    run_days = float(network.setting("horizon_days")) + float(network.setting("warm_up_days"))
    recorded = network["demand_traces"].select(*_POINT, pl.col("pieces") * YEAR_DAYS / max(run_days, 1.0))
    together = pl.concat([streams, recorded.rename({"pieces": "pieces_per_year"})])
    return together.group_by(_POINT, maintain_order=True).agg(pl.col("pieces_per_year").sum())


def _means(texts: pl.Series, unit: str | None) -> dict[str | None, float]:
    """Mean of each law, in days where it is a time."""
    laws: dict[str | None, float] = {}
    for text in texts.drop_nulls().unique():
        laws[text] = parse(text, unit="d").mean / 24.0 if unit else parse(text).mean
    return laws or {None: 1.0}


def _ways(network: Network) -> pl.DataFrame:
    """Sources of each stock point with the part of its flow that comes from each: ``part``."""
    points = network["stock"].select(*_POINT, "sourcing_rule")
    rows = network["sourcing"].select("part_id", "place_id", "source_id", "link_id", "rank", "share").with_columns(
        pl.col("part_id").fill_null("")
    )  # fmt: skip
    own = points.join(rows, on=_POINT)
    general = rows.filter(pl.col("part_id") == "").drop("part_id")
    others = points.join(own.select(_POINT).unique(), on=_POINT, how="anti").join(general, on="place_id")
    ways = pl.concat([own.select(others.columns), others]).sort("rank", "source_id", "link_id")
    links = network["links"].select(
        pl.col("from_id").alias("source_id"), pl.col("to_id").alias("place_id"), pl.col("link_id").alias("usual")
    )
    usual = links.unique(["source_id", "place_id"], keep="first", maintain_order=True)
    ways = ways.join(usual, on=["source_id", "place_id"], how="left", maintain_order="left").with_columns(
        link_id=pl.coalesce("link_id", "usual")
    )
    shared = pl.col("sourcing_rule") == "share"
    first = pl.int_range(pl.len()).over(_POINT) == 0
    part = pl.when(shared).then(pl.col("share") / pl.col("share").sum().over(_POINT)).otherwise(first.cast(pl.Float64))
    return ways.with_columns(part=part).filter(pl.col("part") > 0).select(*_POINT, "source_id", "link_id", "part")


def main_supplier(network: Network, flows: pl.DataFrame) -> str | None:
    """The supplier most pieces are expected from; None without one."""
    suppliers = network["suppliers"]["supplier_id"]
    return _largest(flows.filter(pl.col("source_id").is_in(suppliers.implode())), "source_id")


def main_link(network: Network, flows: pl.DataFrame) -> str | None:
    """The link most pieces travel on between two places; where there is none, from a supplier. None without links."""
    inner = flows.filter(pl.col("source_id").is_in(network["places"]["place_id"].implode()))
    return _largest(inner, "link_id") or _largest(flows, "link_id")


def _largest(flows: pl.DataFrame, column: str) -> str | None:
    sums = flows.filter(pl.col(column).is_not_null(), pl.col("pieces_per_year") > 0).group_by(column).agg(
        pl.col("pieces_per_year").sum()
    )  # fmt: skip
    found = sums.sort("pieces_per_year", column, descending=[True, False])[column]
    return str(found[0]) if len(found) else None
