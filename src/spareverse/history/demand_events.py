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

    ``demand`` with columns item, ordered_on, quantity. Lines of one day come in the order of their numbers (order_id,
    line) where there are any, the largest first else: the order of the rows of a file plays no part.
    """
    numbers = [name for name in ("order_id", "line") if name in demand.columns]
    inside = (
        demand.filter(pl.col("ordered_on").is_between(first, until, closed="left") & (pl.col("quantity") > 0))
        .select("item", (pl.col("ordered_on") - pl.lit(first)).dt.total_days().alias("step"), "quantity", *numbers)
        .sort("item", "step", *numbers, "quantity", descending=[False] * (2 + len(numbers)) + [True])
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


def told(demand: pl.DataFrame) -> pl.DataFrame:
    """Rows of the demand table about periods that have come; a plan for the future is no demand."""
    return demand.filter(~pl.col("flag").fill_null("").str.contains("future_date"))


def events_of_periods(
    demand: pl.DataFrame, items: int, periods: Periods, begin: int, end: int, *, introduced: bool = True
) -> DemandEvents:
    """One event per period with demand in periods [begin, end), numbered from ``begin``; what is not known is a gap.

    demand
        Columns item, period, quantity (null = not known), absent ("zero" in all rows of a period: an item without a
        row there had no demand; else it is not known). Several rows of an item and period add up.
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
    unknown = _unknown(cells, zero_where_absent(demand, periods, begin, steps), items)
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


def zero_where_absent(demand: pl.DataFrame, periods: Periods, begin: int, steps: int) -> NDArray[np.bool_]:
    """Per step whether an item without a row had no demand; a step that no row names goes by those around it."""
    said = demand.group_by((periods.number("period") - begin).alias("step")).agg(
        (pl.col("absent") == "zero").fill_null(value=False).all().alias("zero")
    )
    least = min(int(said["step"].min() or 0), 0)  # type: ignore[arg-type]
    every = pl.DataFrame({"step": pl.int_range(least, max(steps, int(said["step"].max() or 0) + 1), eager=True)})  # type: ignore[arg-type]
    zero = every.join(said, on="step", how="left", maintain_order="left").with_columns(
        (pl.col("zero").forward_fill() & pl.col("zero").backward_fill()).fill_null(value=False)
    )
    found: NDArray[np.bool_] = zero["zero"].to_numpy()[-least : steps - least]
    return found


def _unknown(cells: pl.DataFrame, zero: NDArray[np.bool_], items: int) -> pl.DataFrame:
    """Runs of steps without information: columns item, from, until, sorted."""
    steps = len(zero)
    walled = np.ones((items, steps + 2), dtype=np.bool_)
    walled[:, 1:-1] = zero
    walled[cells["item"].to_numpy(), cells["step"].to_numpy() + 1] = cells["quantity"].is_not_null().to_numpy()
    item, edge = np.nonzero(walled[:, 1:] != walled[:, :-1])
    # Edges come in pairs: where knowledge ends, and where it begins again.
    return pl.DataFrame(
        {"item": item[::2], "from": edge[::2], "until": edge[1::2]},
        schema={"item": pl.Int64, "from": pl.Int64, "until": pl.Int64},
    )
