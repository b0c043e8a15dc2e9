"""Which part of a network must be simulated to look ahead for some of its parts, and with how many paths."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from spareverse.network.network import Network

PART_TABLES = ("parts", "stock", "sourcing", "price_breaks", "demands", "demand_traces", "opening_orders",
               "opening_backorders")  # fmt: skip


def is_shared(network: Network) -> bool:
    """Whether parts meet: in queues of suppliers or links, in budgets, in markets that leave, in trails."""
    return bool(
        network["suppliers"]["lines"].is_not_null().any()
        or network["links"]["capacity_kg_per_day"].is_not_null().any()
        or network["stock"]["budget_id"].is_not_null().any()
        or network["customers"]["market_id"].is_not_null().any()
        or (network["stock"]["sourcing_rule"] == "adaptive").any()
    )


def of_parts(network: Network, parts: Collection[str]) -> Network:
    """The network with these parts only; what they share with others is theirs alone."""
    wanted = pl.Series(sorted(set(parts)), dtype=pl.String).implode()
    tables = dict(network.tables)
    for name in PART_TABLES:
        keep = pl.col("part_id").is_in(wanted)
        tables[name] = tables[name].filter(keep | pl.col("part_id").is_null() if name == "sourcing" else keep)
    return Network(tables, network.name, network.notices)
