"""Demand of a record that is no longer what it was: demand lines a month of parts, categories and the company.

A part's reference is the first half of what is known of it; the second half is watched, upwards and downwards. Beside
the charts stand the best split of the whole time, and the variance over mean of its halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.history import History
from spareverse.history.periods import Periods
from spareverse.history.window import Window
from spareverse.observer.alarm_rows import NO_PLACE, Found
from spareverse.observer.count_alarms import Counted, count_alarms
from spareverse.statistics.monitors.counts import LEAST_REFERENCE, CountStreams

Integers = NDArray[np.int64]
COMPANY = "all parts"


@dataclass(frozen=True)
class Months:
    """Whole months of a window: number 0 begins on ``periods.first``."""

    periods: Periods
    count: int

    @classmethod
    def of(cls, window: Window) -> Months:
        """Months that lie within the window and were over on its extract date."""
        first = window.since.replace(day=1)
        begins = first if first == window.since else Periods(first, "month", 1).first_day(1)
        periods = Periods(begins, "month", 1)
        return cls(periods, max(0, periods.number_of(min(window.until, window.as_of + timedelta(days=1)))))

    def columns(self, since: Integers, raised: Integers) -> list[pl.Series]:
        """A change began on the first day of a month; what a month tells is known on its last."""
        days = [self.periods.first_day(number) for number in range(self.count + 1)]
        firsts, lasts = days[:-1], [day - timedelta(days=1) for day in days[1:]]
        return [_picked("since", firsts, since), _picked("raised", lasts, raised)]


def _picked(name: str, days: list[date], numbers: Integers) -> pl.Series:
    return pl.Series(name, days, pl.Date)[numbers]


def demand_alarms(history: History, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of parts (x places), categories and the company; each kind is a family of its own."""
    months = Months.of(history.window)
    if months.count <= LEAST_REFERENCE:
        return []
    found = []
    for subjects, lines in _families(history):
        streams = demand_streams(lines, "number", subjects.height, months)
        counted = Counted(streams, subjects, "demand", "lines/month", months)
        found += count_alarms(counted, false_discovery_rate=false_discovery_rate, run_length=run_length)
    return found


def demand_streams(demand: pl.DataFrame, key: str, subjects: int, months: Months) -> CountStreams:
    """Demand lines a month of the subjects numbered 0 .. subjects - 1 in the column ``key``."""
    cells = (
        demand.select(key, months.periods.number("ordered_on").cast(pl.Int64).alias("period"))
        .filter(pl.col("period").is_between(0, months.count, closed="left"))
        .group_by(key, "period")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(key, "period")
    )
    starts = np.zeros(subjects + 1, np.int64)
    np.cumsum(np.bincount(cells[key].to_numpy(), minlength=subjects), out=starts[1:])
    first = np.zeros(subjects, np.int64)
    return CountStreams(starts, cells["period"].to_numpy(), cells["count"].to_numpy(), first, months.count)


def _families(history: History) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """(subjects, demand lines with the column ``number``) of each kind of stream."""
    items = history.items
    parts = items.select(
        pl.lit("part").alias("subject_kind"), pl.col("part_id").alias("subject_id"),
        pl.col("place_id").replace("", None),
    )  # fmt: skip
    yield parts, history.demand.select("ordered_on", pl.col("item").alias("number"))
    groups = items.select("item", pl.col("category").alias("subject_id")).drop_nulls()
    if groups["subject_id"].n_unique() > 1:
        named = groups.select("subject_id").unique().sort("subject_id").with_row_index("number")
        subjects = named.select(pl.lit("category").alias("subject_kind"), "subject_id", NO_PLACE)
        of = groups.join(named.with_columns(pl.col("number").cast(pl.Int64)), on="subject_id")
        yield subjects, history.demand.join(of.select("item", "number"), on="item").select("ordered_on", "number")
    whole = pl.DataFrame({"subject_kind": ["company"], "subject_id": [COMPANY]}).with_columns(NO_PLACE)
    yield whole, history.demand.select("ordered_on", pl.lit(0, pl.Int64).alias("number"))
