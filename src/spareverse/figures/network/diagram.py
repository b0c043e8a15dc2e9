"""What is drawn of a network: its suppliers and places as nodes by echelon, and the links between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.network.geography import positions
from spareverse.network.network import Network

MOST_SUPPLIERS = 60
"""More suppliers than these are drawn as one node per country."""
_SWEEPS = 8


@dataclass(frozen=True)
class Diagram:
    """``nodes``: id, kind, name, latitude, longitude, level (0: suppliers), rank in its level (0 to 1, top to bottom).

    ``links``: link_id, from_id, to_id, mode, one row per line drawn. ``drawn_as`` names the node of every supplier.
    """

    nodes: pl.DataFrame
    links: pl.DataFrame
    drawn_as: Mapping[str, str]

    @classmethod
    def of(cls, network: Network) -> Diagram:
        """Of a network with or without coordinates."""
        used = _links(network)
        where = positions(network).filter(pl.col("kind") != "customer")
        ends = {*used["from_id"], *used["to_id"]}
        where = where.filter((pl.col("kind") != "supplier") | pl.col("id").is_in(list(ends)))
        where, drawn_as = _merged(where)
        known = pl.col("from_id").is_in(where["id"].to_list()) & pl.col("to_id").is_in(where["id"].to_list())
        used = used.with_columns(pl.col("from_id").replace(drawn_as)).filter(known)
        links = used.unique(["from_id", "to_id", "mode"], keep="first", maintain_order=True)
        level = _levels(where, zip(links["from_id"], links["to_id"], strict=True))
        rank = _ranks(where, level, list(zip(links["from_id"], links["to_id"], strict=True)))
        ids = where["id"].to_list()
        nodes = where.with_columns(
            pl.Series("level", [level[name] for name in ids], pl.Int64),
            pl.Series("rank", [rank[name] for name in ids], pl.Float64),
        )
        return cls(nodes, links, drawn_as)

    @property
    def levels(self) -> int:
        """Number of echelons."""
        deepest = self.nodes["level"].max()
        return 1 + deepest if isinstance(deepest, int) else 0

    def tallest(self) -> int:
        """Nodes of the fullest echelon."""
        return int(self.nodes["level"].value_counts()["count"].max() or 0) if self.nodes.height else 0  # type: ignore[arg-type]

    @property
    def on_map(self) -> bool:
        """Whether enough of it has a position: every place, and two nodes at least."""
        spots = self.nodes.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
        places = self.nodes.filter(pl.col("kind") != "supplier").height
        return spots.height >= 2 and spots.filter(pl.col("kind") != "supplier").height == places

    def named(self) -> dict[str, str]:
        """Name shown of every node."""
        return dict(zip(self.nodes["id"], self.nodes["name"], strict=True))

    def link_of(self, events: pl.DataFrame) -> pl.Series:
        """Row in ``links`` that each event travels on, by its link or else by its ends; null where none is drawn."""
        drawn = self.links.with_row_index("link")
        by_pair = drawn.unique(["from_id", "to_id"], keep="first").select("from_id", "to_id", pair="link")
        found = (
            events.select("link_id", from_id=pl.col("source_id").replace(self.drawn_as), to_id="place_id")
            .join(drawn.select("link_id", "link"), on="link_id", how="left", maintain_order="left")
            .join(by_pair, on=["from_id", "to_id"], how="left", maintain_order="left")
        )
        return found.select(pl.coalesce("link", "pair").alias("link")).to_series()


def _links(network: Network) -> pl.DataFrame:
    """Links as written, and pairs of a source and a place that no link joins."""
    columns = ["link_id", "from_id", "to_id", "mode"]
    written = network["links"].select(columns)
    sourced = network["sourcing"].select(from_id="source_id", to_id="place_id").unique(maintain_order=True)
    rest = sourced.drop_nulls().join(written, on=["from_id", "to_id"], how="anti", maintain_order="left")
    named = rest.with_columns(link_id=pl.format("{} > {}", "from_id", "to_id"), mode=pl.lit("")).select(columns)
    return pl.concat([written, named])


def _merged(where: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Suppliers of a country as one node where there are too many."""
    suppliers = where.filter(pl.col("kind") == "supplier")
    if suppliers.height <= MOST_SUPPLIERS:
        return where, {name: name for name in suppliers["id"]}
    country = pl.col("country").replace("", None).fill_null("elsewhere")
    node = suppliers.with_columns(country.alias("country"), pl.format("suppliers {}", country).alias("node"))
    together = node.group_by("node", "country", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("latitude", "longitude").median(), pl.col("assumed").any()
    )
    rows = together.select(
        pl.col("node").alias("id"),
        pl.lit("supplier").alias("kind"),
        pl.format("{} {}, {}", "count", pl.when(pl.col("count") > 1).then(pl.lit("suppliers"))
                  .otherwise(pl.lit("supplier")), "country").alias("name"),
        "country", "latitude", "longitude", "assumed",
    )  # fmt: skip
    drawn_as = dict(zip(node["id"], node["node"], strict=True))
    return pl.concat([rows, where.filter(pl.col("kind") != "supplier")]), drawn_as


def _levels(where: pl.DataFrame, pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Longest way from a supplier, in links; a link that closes a circle does not count."""
    feeders: dict[str, list[str]] = defaultdict(list)
    for start, end in pairs:
        feeders[end].append(start)
    least = {row["id"]: int(row["kind"] != "supplier") for row in where.iter_rows(named=True)}
    found: dict[str, int] = {}
    under_way: set[str] = set()

    def level(name: str) -> int:
        if name not in found:
            under_way.add(name)
            above = [level(feeder) + 1 for feeder in feeders[name] if feeder not in under_way]
            under_way.discard(name)
            found[name] = max([least[name], *above])
        return found[name]

    for name in least:
        level(name)
    return found


def _ranks(where: pl.DataFrame, level: Mapping[str, int], pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Height of each node in its level so that links cross little: each near the mean of its neighbours, repeatedly."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for start, end in pairs:
        neighbours[start].append(end)
        neighbours[end].append(start)
    north = where.sort(pl.col("latitude").fill_null(0.0), descending=True, maintain_order=True)["id"].to_list()
    columns: dict[int, list[str]] = defaultdict(list)
    for name in north:
        columns[level[name]].append(name)
    rank = _spread(columns)
    for _ in range(_SWEEPS):
        for column in columns.values():
            wish = {n: sum(rank[o] for o in neighbours[n]) / len(neighbours[n]) if neighbours[n] else rank[n]
                    for n in column}  # fmt: skip
            column.sort(key=wish.__getitem__)
            rank = _spread(columns)
    return rank


def _spread(columns: Mapping[int, list[str]]) -> dict[str, float]:
    return {name: (at + 0.5) / len(column) for column in columns.values() for at, name in enumerate(column)}
