"""Demand that is no longer what it was: CUSUM charts of the demand lines a month, of every part, place and category.

A part's reference is the first half of what is known of it; the second half is watched, upwards and downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.history import History
from spareverse.history.periods import Periods
from spareverse.history.window import Window
from spareverse.network.observer_tables import ALARMS
from spareverse.statistics.monitors.counts import (
    LEAST_REFERENCE,
    RUN_LENGTH,
    CountAlarms,
    CountStreams,
    rate_limits,
    watch_counts,
)
from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.false_discoveries import q_values

Integers = NDArray[np.int64]
SUBJECT = ("subject_kind", "subject_id", "place_id")


@dataclass(frozen=True)
class Months:
    """Whole months of a window: number 0 begins on ``periods.first``."""

    periods: Periods
    count: int

    @classmethod
    def of(cls, window: Window) -> Months:
        """Months that lie within the window and were over on its extract date."""
        since = window.since
        begins = since if since.day == 1 else Periods(since.replace(day=1), "month", 1).first_day(1)
        periods = Periods(begins, "month", 1)
        end = min(window.until, date.fromordinal(window.as_of.toordinal() + 1))
        return cls(periods, max(0, periods.number_of(end)))

    def first_days(self, numbers: Integers) -> list[date]:
        return [self.periods.first_day(int(number)) for number in numbers]


@dataclass(frozen=True)
class Found:
    """Alarms of one kind of stream, before they are weighed against those of all streams."""

    rows: pl.DataFrame
    """Schema ALARMS, q_value of this family."""
    tests: int
    """Streams x directions that were watched."""
    too_few: int
    """Streams with too few events to tell a change from chance."""


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


def demand_alarms(history: History, *, false_discovery_rate: float, run_length: float = RUN_LENGTH) -> list[Found]:
    """Alarms of parts (x places), categories and the whole portfolio; each kind is a family of its own."""
    months = Months.of(history.window)
    if months.count <= LEAST_REFERENCE:
        return []
    return [
        _family(demand_streams(lines, "number", subjects.height, months), subjects, months, false_discovery_rate,
                run_length)
        for subjects, lines in _families(history)
    ]  # fmt: skip


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
        subjects = named.select(pl.lit("category").alias("subject_kind"), "subject_id", _NO_PLACE)
        of = groups.join(named.with_columns(pl.col("number").cast(pl.Int64)), on="subject_id")
        yield subjects, history.demand.join(of.select("item", "number"), on="item").select("ordered_on", "number")
    whole = pl.DataFrame({"subject_kind": ["company"], "subject_id": ["all parts"]}).with_columns(_NO_PLACE)
    yield whole, history.demand.select("ordered_on", pl.lit(0, pl.Int64).alias("number"))


_NO_PLACE = pl.lit(None, pl.String).alias("place_id")


def _family(
    streams: CountStreams, subjects: pl.DataFrame, months: Months, false_discovery_rate: float, run_length: float
) -> Found:
    up, down = (watch_counts(streams, upward=upward, run_length=run_length) for upward in (True, False))
    q = q_values(np.concatenate([up.p_value, down.p_value]))
    rows = [
        _rows(found, q_found, direction, streams, subjects, months, false_discovery_rate)
        for found, q_found, direction in ((up, q[: len(up.stream)], "up"), (down, q[len(up.stream) :], "down"))
    ]
    return Found(pl.concat(rows), len(q), len(streams) - len(up.stream))


def _rows(
    found: CountAlarms, q: NDArray[np.float64], direction: str, streams: CountStreams, subjects: pl.DataFrame,
    months: Months, false_discovery_rate: float,
) -> pl.DataFrame:  # fmt: skip
    chosen = np.flatnonzero((found.raised != NEVER) & (q <= false_discovery_rate))
    stream, since = found.stream[chosen], found.since[chosen]
    first = streams.first[stream]
    levels = _levels(streams, stream, first, since)
    rows = subjects[stream].with_columns(
        pl.lit("demand").alias("stream"), pl.lit("CUSUM").alias("monitor"), pl.lit(direction).alias("direction"),
        pl.Series("since", months.first_days(since), pl.Date),
        # a month's lines are known on its last day
        pl.Series("raised", months.first_days(found.raised[chosen] + 1), pl.Date) - pl.duration(days=1),
        pl.Series("statistic", found.statistic[chosen]), pl.Series("limit", found.limit[chosen]),
        pl.Series("run_length", found.run_length[chosen]), pl.Series("p_value", found.p_value[chosen]),
        pl.Series("q_value", q[chosen]), pl.lit("lines/month").alias("unit"), *levels,
    )  # fmt: skip
    return complete(rows)


def _levels(streams: CountStreams, stream: Integers, first: Integers, since: Integers) -> list[pl.Series]:
    """Lines a month before and since the change, each with exact limits."""
    chosen = np.zeros(len(streams), np.int64)
    chosen[stream] = since
    before = streams.between(streams.first, chosen)[stream].astype(np.float64)
    after = streams.between(chosen, np.full(len(streams), streams.periods))[stream].astype(np.float64)
    levels = []
    for name, events, periods in (
        ("before", before, np.maximum(since - first, 1)),
        ("after", after, np.maximum(streams.periods - since, 1)),
    ):
        for suffix, values in zip(("", "_low", "_high"), rate_limits(events, periods.astype(np.float64)), strict=True):
            levels.append(pl.Series(f"{name}{suffix}", values))
    return levels


def complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of ALARMS in their order; what they lack is empty."""
    lacking = [pl.lit(None, kind).alias(name) for name, kind in ALARMS.schema.items() if name not in rows.columns]
    return rows.with_columns(lacking).select(pl.col(name).cast(kind) for name, kind in ALARMS.schema.items())
