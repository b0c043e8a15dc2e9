"""Demand of a record that is no longer what it was: demand lines a month of parts, categories and the company.

A part's reference is the first half of what is known of it; the second half is watched, upwards and downwards. Beside
the charts stand the best split of the whole time, and the variance over mean of its halves. Where the record shows a
season it is taken out first: the company's own, a category's drawn to the company's, a part's drawn to its category's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.history import History
from spareverse.observer.alarm_rows import NO_PLACE, Found
from spareverse.observer.count_alarms import Counted, count_alarms
from spareverse.observer.months import Months, SeasonalMonths
from spareverse.statistics.monitors.counts import LEAST_REFERENCE, CountStreams
from spareverse.statistics.monitors.seasons import LEAST_EVENTS, YEAR, seasons

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
COMPANY = "all parts"


@dataclass(frozen=True)
class _Family:
    """Streams of one kind of subject."""

    subjects: pl.DataFrame
    lines: pl.DataFrame
    """Demand lines with the subject's row as ``number``."""
    group: Integers
    """Row of each subject's group in the family before; -1: the company."""


def demand_alarms(history: History, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of the company, categories and parts (x places); each kind is a family of its own."""
    months = Months.of(history.window)
    if months.count <= LEAST_REFERENCE:
        return []
    found = []
    shares = company = np.ones((1, YEAR))
    for family in _families(history):
        streams = demand_streams(family.lines, "number", family.subjects.height, months)
        towards = np.where((family.group < 0)[:, None], company, shares[family.group])
        shares = _seasons(streams, towards)
        company = shares if family.subjects["subject_kind"][0] == "company" else company
        clock = SeasonalMonths(months, shares)
        counted = Counted(clock.spread(streams), family.subjects, "demand", "lines/month", clock, clock.seasonal)
        found += count_alarms(counted, false_discovery_rate=false_discovery_rate, run_length=run_length)
    return found


def _seasons(streams: CountStreams, towards: Floats) -> Floats:
    """[streams, 12] season of each stream; those with few lines have that of their group."""
    busy = np.flatnonzero(streams.total() >= LEAST_EVENTS)
    shares = towards.copy()
    table = np.zeros((len(busy), streams.periods))
    row = np.full(len(streams), -1)
    row[busy] = np.arange(len(busy))
    stream = np.repeat(row, np.diff(streams.starts))
    own = stream >= 0
    table[stream[own], streams.period[own]] = streams.count[own]
    shares[busy] = seasons(table, towards[busy])
    return shares


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


def _families(history: History) -> list[_Family]:
    """The company, its categories where there are several, and the parts, whose group is the family before."""
    items = history.items
    company = pl.DataFrame({"subject_kind": ["company"], "subject_id": [COMPANY]}).with_columns(NO_PLACE)
    whole = history.demand.select("ordered_on", pl.lit(0, pl.Int64).alias("number"))
    found = [_Family(company, whole, np.full(1, -1))]
    named = items.select("category").drop_nulls().unique().sort("category").with_row_index("number")
    group = np.zeros(items.height, np.int64)
    if named.height > 1:
        of = items.select("item", "category").join(
            named.with_columns(pl.col("number").cast(pl.Int64)), on="category", how="left", maintain_order="left"
        )
        subjects = named.select(pl.lit("category").alias("subject_kind"), subject_id="category").with_columns(NO_PLACE)
        lines = history.demand.join(of.drop_nulls("number").select("item", "number"), on="item")
        found.append(_Family(subjects, lines.select("ordered_on", "number"), np.full(named.height, -1)))
        group = of["number"].fill_null(-1).to_numpy()
    parts = items.select(
        pl.lit("part").alias("subject_kind"), pl.col("part_id").alias("subject_id"),
        pl.col("place_id").replace("", None),
    )  # fmt: skip
    return [*found, _Family(parts, history.demand.select("ordered_on", pl.col("item").alias("number")), group)]
