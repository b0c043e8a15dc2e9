"""Parts that another part replaces: their demand is the other's from now on, their stock is used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.history.items import counted
from spareverse.history.planning_data import PlanningData

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


def with_demand_moved(data: PlanningData, substitutes: Mapping[str, str] | None = None) -> PlanningData:
    """Demand of superseded parts (and of those in ``substitutes``: part -> part) becomes their successor's, per place.

    Call it before the demand is modelled. A successor that is not there at that place leaves the demand where it is,
    which is said in the notices. InputRejected where parts supersede one another in a circle.
    """
    successor, lost = _successors(data, substitutes or {})
    moved = successor >= 0
    if not moved.any() and not lost:
        return data
    notices = list(data.notices)
    if moved.any():
        parts = counted(int(moved.sum()), "superseded part", "superseded parts")
        notices.append(f"Demand of {parts} is planned as the successors'.")
    if lost:
        parts = counted(lost, "part is", "parts are")
        notices.append(f"{parts} superseded by parts that are not stocked there: planned as before.")
    known_from, known_steps, gaps = _known(data, successor)
    starts, step, pieces = _events(data, np.where(moved, successor, np.arange(len(data))))
    return replace(
        data,
        event_starts=starts,
        event_step=step,
        event_pieces=pieces,
        known_from=known_from,
        known_steps=known_steps,
        gap_starts=gaps[0],
        gap_from=gaps[1],
        gap_until=gaps[2],
        notices=notices,
    )


def is_superseded(data: PlanningData) -> Booleans:
    """[items] whether the item's demand has moved to a successor: it is not bought again."""
    silent = np.diff(data.event_starts) == 0
    successor, _ = _successors(data, {})
    superseded: Booleans = silent & (successor >= 0)
    return superseded


def with_replaced_stock(stock: pl.DataFrame, data: PlanningData) -> pl.DataFrame:
    """Rows as of ``actions`` (one per item) with ``replaced_stock`` and ``serves_successor``.

    Pieces of parts that the item replaces serve its demand first, and are worth their place as long as there is any:
    ``most_pieces_a_year`` of a replaced part becomes its successor's. What its successor counts on of a replaced part
    is wanted where it is; only what lifts the successor above its top, its own orders cut first, is not.
    """
    successor = np.where(is_superseded(data), _successors(data, {})[0], -1)
    replaced = np.flatnonzero(successor >= 0)
    shelf = stock.select(
        (pl.col("on_hand") + pl.col("on_order").fill_null(0.0) - pl.col("backordered").fill_null(0.0))
        .clip(lower_bound=0.0)
        .fill_null(0.0)
    ).to_series()
    pieces = np.bincount(successor[replaced], shelf.to_numpy()[replaced], len(data))
    most = stock["most_pieces_a_year"].to_numpy().copy()
    most[replaced] = most[successor[replaced]]
    top = stock.select(
        pl.when(pl.col("reorder_point") >= 0).then(pl.col("reorder_point") + pl.col("order_quantity")).otherwise(0.0)
    ).to_series()
    # the successor's own orders can be cut; what lies on its shelf is there
    on_hand = stock.select((pl.col("on_hand") - pl.col("backordered").fill_null(0.0)).fill_null(0.0)).to_series()
    wanted = (top.to_numpy() - on_hand.to_numpy()).clip(0.0, pieces)
    share = np.divide(wanted, pieces, out=np.zeros(len(pieces)), where=pieces > 0)
    serves = np.zeros(len(stock))
    serves[replaced] = np.ceil(shelf.to_numpy()[replaced] * share[successor[replaced]])
    return stock.with_columns(
        pl.Series("replaced_stock", pieces),
        pl.Series("serves_successor", serves),
        pl.Series("most_pieces_a_year", most),
    )


def _successors(data: PlanningData, substitutes: Mapping[str, str]) -> tuple[Integers, int]:
    """[items] last successor in the chain, -1 without; and how many name one that is not there."""
    key = data.items.select("item", "part_id", pl.col("place_id").fill_null(""), "superseded_by")
    if substitutes:
        given = pl.col("part_id").replace_strict(dict(substitutes), default=None, return_dtype=pl.String)
        key = key.with_columns(pl.coalesce(given, "superseded_by").alias("superseded_by"))
    named = key.filter(pl.col("superseded_by").is_not_null() & (pl.col("superseded_by") != ""))
    found = named.join(
        key.select(pl.col("part_id").alias("superseded_by"), "place_id", pl.col("item").alias("next")),
        on=["superseded_by", "place_id"],
        how="left",
        maintain_order="left",
    )
    following = np.full(len(data), -1)
    known = found.drop_nulls("next")
    following[known["item"].to_numpy()] = known["next"].to_numpy()
    last = following.copy()
    # A chain of n parts is resolved in n rounds; what still moves then runs in a circle.
    for _ in range(64):
        further = (last >= 0) & (following[np.maximum(last, 0)] >= 0)
        if not further.any():
            return last, found.height - known.height
        last[further] = following[last[further]]
    circle = data.items["part_id"].gather(np.flatnonzero(further)).unique().sort()
    remedy = "Correct superseded_by in the parts table."
    raise InputRejected(
        "Parts supersede one another in a circle.",
        [Problem("superseded in a circle", remedy, column="superseded_by", value=part) for part in circle.head(20)],
    )


def _events(data: PlanningData, owner: Integers) -> tuple[Integers, Integers, NDArray[np.float64]]:
    """Events under their new owners; with demand per period, those of one period are one."""
    item = owner[np.repeat(np.arange(len(data)), np.diff(data.event_starts))]
    order = np.lexsort((data.event_step, item))
    item, step, pieces = item[order], data.event_step[order], data.event_pieces[order]
    if not data.continuous and len(item):
        first = np.concatenate([[True], (np.diff(item) != 0) | (np.diff(step) != 0)])
        pieces = np.add.reduceat(pieces, np.flatnonzero(first))
        item, step = item[first], step[first]
    counts = np.bincount(item, minlength=len(data))
    return np.concatenate([[0], np.cumsum(counts)]), step, pieces


def _known(data: PlanningData, successor: Integers) -> tuple[Integers, Integers, tuple[Integers, Integers, Integers]]:
    """known_from, known_steps and gaps: a successor is known wherever one of those it replaces is."""
    known_from, known_steps = data.known_from.copy(), data.known_steps.copy()
    gaps = {
        int(item): (data.gap_from[first:last], data.gap_until[first:last])
        for item in np.flatnonzero(np.diff(data.gap_starts))
        for first, last in [data.gap_starts[item : item + 2]]
    }
    replaced = np.flatnonzero(successor >= 0)
    for heir in np.unique(successor[replaced]):
        known = np.zeros(data.steps, dtype=bool)
        for item in [heir, *replaced[successor[replaced] == heir]]:
            mine = np.zeros(data.steps, dtype=bool)
            mine[known_from[item] :] = True
            for begin, end in zip(*gaps.get(int(item), ((), ())), strict=True):
                mine[begin:end] = False
            known |= mine
        begin = int(np.argmax(known)) if known.any() else data.steps
        known_from[heir], known_steps[heir] = begin, int(known.sum())
        edges = np.flatnonzero(np.diff(np.concatenate([[True], known[begin:], [True]]).astype(np.int8))) + begin
        gaps[int(heir)] = (edges[0::2], edges[1::2])
    lengths = np.zeros(len(data), dtype=np.int64)
    for item, pair in gaps.items():
        lengths[item] = len(pair[0])
    ordered = [gaps[item] for item in sorted(gaps)]
    flat = [
        np.concatenate([pair[k] for pair in ordered] or [np.empty(0, dtype=np.int64)]).astype(np.int64)
        for k in range(2)
    ]
    return known_from, known_steps, (np.concatenate([[0], np.cumsum(lengths)]), flat[0], flat[1])
