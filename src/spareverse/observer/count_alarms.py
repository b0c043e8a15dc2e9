"""Alarms of counts per period, of a record or of a simulated run: CUSUM, change points, dispersion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.observer.alarm_rows import Found, charted, complete
from spareverse.statistics.monitors.change_points import split_counts
from spareverse.statistics.monitors.counts import CountStreams, rate_limits, watch_counts
from spareverse.statistics.monitors.dispersion import compare_dispersions
from spareverse.statistics.monitors.false_discoveries import q_values

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SEASONAL = "its season is taken out"


class Clock(Protocol):
    """What periods mean in time."""

    def columns(self, stream: Integers, since: Integers, raised: Integers) -> list[pl.Series]:
        """When changes of streams began (first moment of the period) and alarms were raised (last moment)."""


@dataclass(frozen=True)
class Counted:
    """Streams of counts and what they are about."""

    streams: CountStreams
    subjects: pl.DataFrame
    """Row by row: subject_kind, subject_id, place_id."""
    name: str
    unit: str
    """Of the levels."""
    clock: Clock
    seasonal: NDArray[np.bool_]
    """Stream by stream: whether a season was taken out."""


def count_alarms(counted: Counted, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of all three monitors, each a family of its own."""
    return [
        _cusum(counted, false_discovery_rate, run_length),
        _change_points(counted, false_discovery_rate),
        _dispersion(counted, false_discovery_rate),
    ]


def _cusum(counted: Counted, false_discovery_rate: float, run_length: float) -> Found:
    streams = counted.streams
    both = [watch_counts(streams, upward=upward, run_length=run_length) for upward in (True, False)]

    def told(stream: Integers, since: Integers, raised: Integers) -> pl.DataFrame:
        return _levelled(counted, stream, since).with_columns(counted.clock.columns(stream, since, raised))

    too_few = len(streams) - len(both[0].stream)
    return charted("CUSUM", both, told, false_discovery_rate, too_few, int(counted.seasonal.sum()))


def _change_points(counted: Counted, false_discovery_rate: float) -> Found:
    streams = counted.streams
    found = split_counts(streams)
    q = q_values(found.p_value)
    chosen = np.flatnonzero(q <= false_discovery_rate)
    stream, at = found.stream[chosen], found.at[chosen]
    rows = _levelled(counted, stream, at).with_columns(
        pl.lit("change point").alias("monitor"),
        pl.Series("direction", np.where(found.upward[chosen], "up", "down"), pl.String),
        *counted.clock.columns(stream, at, np.full(len(at), streams.periods - 1)),
        pl.Series("statistic", found.statistic[chosen]), pl.Series("p_value", found.p_value[chosen]),
        pl.Series("q_value", q[chosen]),
    )  # fmt: skip
    return Found(complete(rows), len(q), len(streams) - len(found.stream))


def _dispersion(counted: Counted, false_discovery_rate: float) -> Found:
    streams = counted.streams
    found = compare_dispersions(streams)
    q = q_values(found.p_value)
    chosen = np.flatnonzero(q <= false_discovery_rate)
    stream = found.stream[chosen]
    rows = counted.subjects[stream].with_columns(
        pl.lit("dispersion").alias("stream"), pl.lit("dispersion").alias("monitor"),
        pl.Series("direction", np.where(found.ratio[chosen] > 1.0, "up", "down"), pl.String),
        *counted.clock.columns(stream, found.at[chosen], np.full(len(chosen), streams.periods - 1)),
        pl.Series("statistic", found.ratio[chosen]), pl.Series("p_value", found.p_value[chosen]),
        pl.Series("q_value", q[chosen]), pl.lit("variance/mean").alias("unit"),
        *_columns("before", found.before, chosen), *_columns("after", found.after, chosen),
        pl.lit(f"{counted.name} in the later half of the time beside the earlier").alias("remark"),
    )  # fmt: skip
    return Found(complete(rows), len(q), len(streams) - len(found.stream))


def _levelled(counted: Counted, stream: Integers, since: Integers) -> pl.DataFrame:
    """Subjects with their counts per period before and since the change, each with exact limits."""
    streams = counted.streams
    split = streams.first.copy()
    split[stream] = since
    before = streams.between(streams.first, split)[stream].astype(np.float64)
    after = streams.between(split, np.full(len(streams), streams.periods))[stream].astype(np.float64)
    every = np.arange(len(stream))
    new = pl.Series(before == 0.0) & pl.Series(after > 0.0)
    return counted.subjects[stream].with_columns(
        pl.lit(counted.name).alias("stream"), pl.lit(counted.unit).alias("unit"),
        *_columns("before", rate_limits(before, np.maximum(since - streams.first[stream], 1.0)), every),
        *_columns("after", rate_limits(after, np.maximum(streams.periods - since, 1.0)), every),
        pl.select(
            pl.when(new).then(pl.lit("nothing before: new, or not in the record"))
            .when(pl.Series(counted.seasonal[stream])).then(pl.lit(SEASONAL)).alias("remark")
        ).to_series(),
    )  # fmt: skip


def _columns(name: str, values: tuple[Floats, Floats, Floats], chosen: Integers) -> list[pl.Series]:
    return [
        pl.Series(name + suffix, value[chosen]) for suffix, value in zip(("", "_low", "_high"), values, strict=True)
    ]
