"""Reorder cycles: each purchase line from emission to delivery, and the demand that fell inside it.

Source: Sirri et al. 2023, section 3: RC_LT = delivery - emission; SC = pieces ordered by customers in
[emission, delivery). Cycles of a part may overlap, so its safety covers are not independent.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.window import Window
from spareverse.jit import kernel
from spareverse.network.results import CYCLE_RESULTS

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def sum_inside(
    item: Integers,
    start: Integers,
    end: Integers,
    sale_starts: Integers,
    sale_day: Integers,
    sale_total: Floats,
    cover: Floats,
    lines: Integers,
) -> None:
    """Demand of each cycle's item with day in [start, end).

    Sales of item i are ``sale_starts[i]:sale_starts[i + 1]``, by day; ``sale_total`` are running totals with a
    leading zero. Both ends are found by bisection.
    """
    for c in range(len(item)):
        first = sale_starts[item[c]]
        last = sale_starts[item[c] + 1]
        low = first
        high = last
        while low < high:
            middle = (low + high) // 2
            if sale_day[middle] < start[c]:
                low = middle + 1
            else:
                high = middle
        begin = low
        high = last
        while low < high:
            middle = (low + high) // 2
            if sale_day[middle] < end[c]:
                low = middle + 1
            else:
                high = middle
        lines[c] = low - begin
        cover[c] = sale_total[low] - sale_total[begin]


@kernel
def _order_of(keys: Integers, before: Integers, largest: int, out: Integers) -> None:
    """One stable counting pass: the rows in ``before`` by ascending key (0 .. largest)."""
    place = np.zeros(largest + 2, dtype=np.int64)
    for row in before:
        place[keys[row] + 1] += 1
    for key in range(largest + 1):
        place[key + 1] += place[key]
    for row in before:
        key = keys[row]
        out[place[key]] = row
        place[key] += 1


def sales_by_item(demand: pl.DataFrame, items: int) -> tuple[Integers, Integers, Floats]:
    """(starts, day, running total) of demand sorted by item and day; ``demand`` has columns item, ordered_on."""
    days = demand["ordered_on"].to_physical().to_numpy().astype(np.int64)
    item = demand["item"].to_numpy().astype(np.int64)
    starts = np.zeros(items + 1, dtype=np.int64)
    np.cumsum(np.bincount(item, minlength=items), out=starts[1:])
    # Two counting passes, the day first: linear in the lines, where a comparison sort is not.
    by_day, order = np.empty_like(item), np.empty_like(item)
    first = int(days.min()) if len(days) else 0
    _order_of(days - first, np.arange(len(days)), int(days.max()) - first if len(days) else 0, by_day)
    _order_of(item, by_day, max(items - 1, 0), order)
    total = np.zeros(len(item) + 1)
    np.cumsum(demand["quantity"].to_numpy()[order], out=total[1:])
    return starts, days[order], total


def safety_cover(lines: pl.DataFrame, demand: pl.DataFrame, items: int, end: pl.Series) -> tuple[Floats, Integers]:
    """Pieces and demand lines inside each purchase line's cycle [ordered_on, end)."""
    starts, day, total = sales_by_item(demand, items)
    cover = np.empty(lines.height)
    count = np.empty(lines.height, dtype=np.int64)
    sum_inside(
        lines["item"].to_numpy().astype(np.int64),
        lines["ordered_on"].to_physical().to_numpy().astype(np.int64),
        end.to_physical().to_numpy().astype(np.int64),
        starts,
        day,
        total,
        cover,
        count,
    )
    return cover, count


def reorder_cycles(lines: pl.DataFrame, demand: pl.DataFrame, items: int, window: Window) -> pl.DataFrame:
    """Cycles of the window (schema CYCLE_RESULTS plus ``item``), in the order of the lines."""
    chosen = lines.filter(pl.col("ordered_on").is_between(window.since, window.until, closed="left"))
    end = chosen.select(pl.col("received_on").fill_null(window.as_of))["received_on"]
    cover, count = safety_cover(chosen, demand, items, end)
    days = (end - chosen["ordered_on"]).dt.total_days()
    return chosen.with_columns(
        days.cast(pl.Float64).alias("lead_time_days"),
        (pl.col("promised_on") - pl.col("ordered_on"))
        .dt.total_days()
        .cast(pl.Float64)
        .alias("promised_lead_time_days"),
        (pl.col("received_on") - pl.col("promised_on")).dt.total_days().cast(pl.Float64).alias("slip_days"),
        pl.col("received_on").is_null().alias("open"),
        pl.Series("safety_cover", cover),
        pl.Series("sales_lines", count),
    ).select(*CYCLE_RESULTS.names, "item")
