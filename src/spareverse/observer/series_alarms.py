"""The same monitors over a simulated run: demand, orders, receipts, waiting, stock; of each place and all together.

Periods of a run that depend on one another (stock, waiting) have their correlation taken out of the charts, seen in
the first half of the run; a run that starts far from its steady state is best given a warm-up first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import UsageError
from spareverse.observer.alarm_rows import NO_PLACE, Found
from spareverse.observer.count_alarms import Counted, count_alarms
from spareverse.observer.value_alarms import Measured, value_alarms
from spareverse.statistics.monitors.counts import CountStreams

Integers = NDArray[np.int64]
NETWORK = "all places"
MEASURED = {
    "orders": ("pieces_ordered", "pieces/period"),
    "receipts": ("pieces_received", "pieces/period"),
    "waiting": ("waiting_piece_days", "piece d/period"),
    "stock": ("stock_value", "currency"),
}


@dataclass(frozen=True)
class Days:
    """Periods of a run by their first days, and the day on which the last one ends."""

    bounds: NDArray[np.float64]

    def columns(self, stream: Integers, since: Integers, raised: Integers) -> list[pl.Series]:
        """A change began with a period; what a period tells is known at its end."""
        return [pl.Series("since_day", self.bounds[since]), pl.Series("raised_day", self.bounds[raised + 1])]


def series_alarms(
    series: pl.DataFrame, *, false_discovery_rate: float, run_length: float, scenario: str | None, replication: int
) -> list[Found]:
    """Alarms of one replication of one scenario (by default the first) of a run's table ``series``."""
    chosen = series["scenario"][0] if scenario is None and series.height else scenario
    rows = series.filter((pl.col("scenario") == chosen) & (pl.col("replication") == replication))
    if rows.is_empty():
        raise UsageError(f"The run has no replication {replication} of the scenario {chosen!r}.")
    columns = ["demands", *(column for column, _ in MEASURED.values())]
    whole = rows.group_by("period", "start_day", "days").agg(pl.col(columns).sum())
    found: list[Found] = []
    for subjects, own in (
        (_subject("place", sorted(rows["place_id"].unique())), rows),
        (_subject("network", [NETWORK]), whole.with_columns(pl.lit(NETWORK).alias("place_id"))),
    ):
        sorted_rows = own.sort("place_id", "period")
        found += _alarms(sorted_rows, subjects, false_discovery_rate, run_length)
    return found


def _subject(kind: str, names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"subject_kind": kind, "subject_id": names}).with_columns(NO_PLACE)


def _alarms(rows: pl.DataFrame, subjects: pl.DataFrame, false_discovery_rate: float, run_length: float) -> list[Found]:
    periods = rows.height // subjects.height
    first = rows.head(periods)
    bounds = np.append(first["start_day"].to_numpy(), first["start_day"][-1] + first["days"][-1])
    streams = panel_counts(rows["demands"].to_numpy().reshape(-1, periods))
    counted = Counted(streams, subjects, "demand", "lines/period", Days(bounds), np.zeros(subjects.height, np.bool_))
    found = count_alarms(counted, false_discovery_rate=false_discovery_rate, run_length=run_length)
    every = periods * np.arange(subjects.height + 1)
    for name, (column, unit) in MEASURED.items():
        values = rows[column].cast(pl.Float64).fill_null(0.0).to_numpy()
        closed = np.zeros(len(values), np.bool_)
        measured = Measured(every, values, closed, rows["start_day"], subjects, name, unit)
        found += value_alarms(measured, false_discovery_rate=false_discovery_rate, run_length=run_length)
    return found


def panel_counts(table: NDArray[np.generic]) -> CountStreams:
    """Streams of a table [streams, periods] of counts."""
    streams, periods = table.shape
    counts = table.astype(np.int64).ravel()
    at = np.flatnonzero(counts)
    starts = np.searchsorted(at, periods * np.arange(streams + 1)).astype(np.int64)
    return CountStreams(starts, at % periods, counts[at], np.zeros(streams, np.int64), periods)
