"""Demand as events on a grid of whole steps, and the gaps in which nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.periods import Periods

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class DemandEvents:
    """Events and gaps of all items; fields as in ``PlanningData``."""

    event_starts: Integers
    event_step: Integers
    event_pieces: Floats
    known_from: Integers
    known_steps: Integers
    gap_starts: Integers
    gap_from: Integers
    gap_until: Integers


def starts_of(item: Integers, items: int) -> Integers:
    """Where each item's rows begin in an array sorted by item; one entry more than items."""
    starts = np.zeros(items + 1, dtype=np.int64)
    np.cumsum(np.bincount(item, minlength=items), out=starts[1:])
    return starts


def events_of_lines(demand: pl.DataFrame, items: int, first: date, until: date) -> DemandEvents:
    """One event per demand line ordered in [first, until); steps of a day. Lines know no gaps.

    ``demand`` with columns item, ordered_on, quantity.
    """
    inside = (
        demand.filter(pl.col("ordered_on").is_between(first, until, closed="left") & (pl.col("quantity") > 0))
        .select("item", (pl.col("ordered_on") - pl.lit(first)).dt.total_days().alias("step"), "quantity")
        .sort("item", "step", maintain_order=True)
    )
    steps = (until - first).days
    none = np.zeros(items, dtype=np.int64)
    empty = np.zeros(0, dtype=np.int64)
    return DemandEvents(
        starts_of(inside["item"].to_numpy(), items),
        inside["step"].to_numpy().astype(np.int64),
        inside["quantity"].to_numpy().astype(np.float64),
        none,
        np.full(items, steps, dtype=np.int64),
        np.zeros(items + 1, dtype=np.int64),
        empty,
        empty,
    )


def events_of_periods(
    demand: pl.DataFrame, items: int, periods: Periods, begin: int, end: int, *, introduced: bool = True
) -> DemandEvents:
    """One event per period with demand in periods [begin, end), numbered from ``begin``; what is not known is a gap.

    demand
        Columns item, period, quantity (null = not known), absent ("zero": periods without a row had no demand; else
        they are not known). Several rows of an item and period add up.
    introduced
        Periods before the first known one are no gap: the item was not there yet.
    """
    steps = end - begin
    cells = (
        demand.select("item", (periods.number("period") - begin).alias("step"), "quantity")
        .filter(pl.col("step").is_between(0, steps, closed="left"))
        .group_by("item", "step")
        .agg(pl.when(pl.col("quantity").is_not_null().all()).then(pl.col("quantity").sum()).alias("quantity"))
        .sort("item", "step")
    )
    unknown = _unknown(cells, _absent_means_zero(demand, items), steps)
    leading = unknown.filter(pl.col("from") == 0)
    known_from = np.zeros(items, dtype=np.int64)
    if introduced:
        known_from[leading["item"].to_numpy()] = leading["until"].to_numpy()
        unknown = unknown.filter(pl.col("from") > 0)
    gap_item, gap_from, gap_until = (unknown[name].to_numpy() for name in ("item", "from", "until"))
    lost = np.bincount(gap_item, gap_until - gap_from, minlength=items).astype(np.int64)
    events = cells.filter(pl.col("quantity") > 0)
    return DemandEvents(
        starts_of(events["item"].to_numpy(), items),
        events["step"].to_numpy(),
        events["quantity"].to_numpy().astype(np.float64),
        known_from,
        steps - known_from - lost,
        starts_of(gap_item, items),
        gap_from,
        gap_until,
    )


def _absent_means_zero(demand: pl.DataFrame, items: int) -> NDArray[np.bool_]:
    """Per item whether periods without a row had no demand; an item without rows goes by all others."""
    zero = (pl.col("absent") == "zero").fill_null(value=False).all().alias("zero")
    said = demand.group_by("item").agg(zero)
    out = np.full(items, bool(demand.height and demand.select(zero).item()))
    out[said["item"].to_numpy()] = said["zero"].to_numpy()
    return out


def _unknown(cells: pl.DataFrame, zero: NDArray[np.bool_], steps: int) -> pl.DataFrame:
    """Runs of steps without information: columns item, from, until, sorted."""
    sparse = pl.Series(zero)
    said = cells.with_columns(sparse.gather(cells["item"]).alias("zero"))
    # Where absence means zero, only cells that say "not known" are unknown.
    empty = said.filter(pl.col("zero") & pl.col("quantity").is_null()).with_columns(
        (pl.col("step") - pl.int_range(pl.len()).over("item")).alias("run")
    )
    named = empty.group_by("item", "run").agg(
        pl.col("step").min().alias("from"), (pl.col("step").max() + 1).alias("until")
    )
    # Elsewhere everything is unknown but the known cells; two walls stand for both ends.
    dense = np.flatnonzero(~zero)
    walls = pl.DataFrame({"item": np.tile(dense, 2), "step": np.repeat(np.array([-1, steps]), len(dense))})
    known = said.filter(~pl.col("zero") & pl.col("quantity").is_not_null()).select("item", "step")
    between = (
        pl.concat([known.cast({"item": pl.Int64}), walls])
        .sort("item", "step")
        .with_columns((pl.col("step").shift(1).over("item") + 1).alias("from"))
        .filter(pl.col("from") < pl.col("step"))
        .select("item", "from", pl.col("step").alias("until"))
    )
    return pl.concat([named.select("item", "from", "until").cast(between.schema), between]).sort("item", "from")
