"""Parts that may stand in for others: whose demand is planned as whose.

Parts of which each may serve for every other are one part in all but name: their demand is pooled into the cheapest.
Where a part may stand in for another but not the other way round, pooling is right only if the better part is also no
dearer and no slower; else both are planned apart, and what the better one meets of the other's demand comes on top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from spareverse.history.items import counted
from spareverse.history.planning_data import PlanningData
from spareverse.network.planning_tables import SUBSTITUTES

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

NAMED = 3


@dataclass(frozen=True)
class _Standing:
    """Which items may stand in for which: ``part`` [pairs] is asked for, ``other`` [pairs] serves."""

    part: Integers
    other: Integers


def with_substitutes(data: PlanningData, substitutes: pl.DataFrame, on: date) -> PlanningData:
    """Items whose ``superseded_by`` names the part that their demand is planned as; table ``substitutes`` as of a day.

    Both parts must be stocked at the place. What may stand in for a substitute may stand in for the part too. What is
    pooled, what is left apart and what could not be used is said in the notices and in the remarks of the items.
    """
    valid = SUBSTITUTES.completed(substitutes).filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= on))
    if valid.is_empty():
        return data
    pairs = _pairs(data, valid)
    replaced = pairs.filter(pl.col("kind") == "superseded").unique("item", keep="last", maintain_order=True)
    named = data.items["superseded_by"].is_not_null() & (data.items["superseded_by"] != "")
    heir = np.full(len(data), -1)
    heir[replaced["item"].to_numpy()] = replaced["other"].to_numpy()
    replaced_here = (heir >= 0) | named.to_numpy()
    standing = _standing(pairs, replaced_here)
    group, pooled = _pooled(data, standing)
    heir = np.where(heir >= 0, heir, pooled)
    apart = _left_apart(standing, group, pooled)
    return replace(
        data,
        items=_told(data.items, heir, replaced_here, apart),
        notices=[*data.notices, *_said(data, valid, pairs, int(((pooled >= 0) & ~replaced_here).sum()), apart)],
    )


def _pairs(data: PlanningData, valid: pl.DataFrame) -> pl.DataFrame:
    """Items of both parts at one place: item, other, kind."""
    stocked = data.items.select("item", "part_id", pl.col("place_id").fill_null(""))
    others = stocked.rename({"item": "other", "part_id": "substitute_id"})
    kind = pl.col("kind").fill_null("one_way")
    return (
        valid.select("part_id", "substitute_id", kind)
        .join(stocked, on="part_id", maintain_order="left")
        .join(others, on=["substitute_id", "place_id"], maintain_order="left")
        .filter(pl.col("item") != pl.col("other"))
        .select("item", "other", "kind")
    )


def _standing(pairs: pl.DataFrame, replaced: NDArray[np.bool_]) -> _Standing:
    """One-way pairs, and two-way pairs in both directions; without parts that are not bought any more."""
    both = pairs.filter(pl.col("kind") == "two_way")
    one = pairs.filter(pl.col("kind") != "superseded")
    part = np.concatenate([one["item"].to_numpy(), both["other"].to_numpy()])
    other = np.concatenate([one["other"].to_numpy(), both["item"].to_numpy()])
    alive = ~(replaced[part] | replaced[other])
    return _Standing(part[alive], other[alive])


def _pooled(data: PlanningData, standing: _Standing) -> tuple[Integers, Integers]:
    """[items] number of the group of parts that may all serve for one another; whom the demand is planned as, or -1.

    Each group's cheapest part (then the fastest, then the first by name) is its head; the head's demand goes on to a
    group whose head may serve for it, is no dearer and no slower.
    """
    count = len(data)
    edges = csr_array((np.ones(len(standing.part)), (standing.part, standing.other)), shape=(count, count))
    _, group = connected_components(edges, directed=True, connection="strong")
    cost = data.items["unit_cost"].to_numpy()
    days = data.items["expected_lead_time_days"].cast(pl.Float64).to_numpy()
    slow = np.where(np.isnan(days), np.inf, days)
    name = data.items["part_id"].rank("dense").to_numpy()
    order = np.lexsort((name, slow, cost))
    head_of = np.full(int(group.max()) + 1, -1)
    head_of[group[order[::-1]]] = order[::-1]
    head = head_of[group]
    pooled = np.where(head != np.arange(count), head, -1)
    onward = head[standing.part], head[standing.other]
    better = (onward[0] != onward[1]) & (cost[onward[1]] <= cost[onward[0]]) & (slow[onward[1]] <= slow[onward[0]])
    mine, best = onward[0][better], onward[1][better]
    # of several the cheapest is written last
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    by_rank = np.argsort(-rank[best], kind="stable")
    pooled[mine[by_rank]] = best[by_rank]
    return group, pooled


def _left_apart(standing: _Standing, group: Integers, pooled: Integers) -> _Standing:
    """One-way pairs whose demand is planned apart."""
    left = (group[standing.part] != group[standing.other]) & (pooled[standing.part] < 0)
    return _Standing(standing.part[left], standing.other[left])


def _told(items: pl.DataFrame, heir: Integers, replaced: NDArray[np.bool_], apart: _Standing) -> pl.DataFrame:
    """The items with whom they are planned as, and remarks."""
    names = items["part_id"]
    heirs = pl.Series("heir", [None if k < 0 else names[k] for k in heir.tolist()], dtype=pl.String)
    first = dict(zip(apart.part.tolist(), apart.other.tolist(), strict=True))
    helper = pl.Series("helper", [None if k not in first else names[first[k]] for k in range(len(items))], pl.String)
    said = [
        pl.when(pl.col("remarks") != "").then("remarks"),
        pl.when(pl.Series(replaced) & heirs.is_not_null()).then(pl.format("superseded by {}", heirs)),
        pl.when(~pl.Series(replaced) & heirs.is_not_null()).then(
            pl.format("planned together with {}, which may serve for it", heirs)
        ),
        pl.when(helper.is_not_null()).then(
            pl.format("{} may serve for it as well: its fill rate is a lower limit", helper)
        ),
    ]
    return items.with_columns(
        pl.concat_str(said, separator="; ", ignore_nulls=True).alias("remarks"),
        pl.coalesce(heirs, pl.col("superseded_by")).alias("superseded_by"),
    )


def _said(data: PlanningData, valid: pl.DataFrame, pairs: pl.DataFrame, pooled: int, apart: _Standing) -> list[str]:
    said = []
    if pooled:
        said.append(
            f"Demand of {counted(pooled, 'part', 'parts')} is planned together with that of a substitute that is no "
            "dearer; what is on the shelf is used up first. Own lead times and order quantities count no more."
        )
    if len(apart.part):
        parts = len(np.unique(apart.part))
        said.append(
            f"{counted(parts, 'part has', 'parts have')} a substitute that is dearer or slower: planned apart, with a "
            "fill rate that is a lower limit, since the substitute may serve as well."
        )
    known = pairs.select(
        part_id=data.items["part_id"].gather(pairs["item"]), substitute_id=data.items["part_id"].gather(pairs["other"])
    )
    unused = valid.join(known, on=["part_id", "substitute_id"], how="anti")
    if unused.height:
        named = ", ".join(f"{a} by {b}" for a, b in unused.select("part_id", "substitute_id").head(NAMED).rows())
        said.append(f"{unused.height:,} substitutes are not stocked where their part is ({named}); they are not used.")
    return said
