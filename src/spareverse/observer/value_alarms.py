"""Alarms of measured streams, of a record or of a simulated run: CUSUM, EWMA and change points, free of any law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.observer.alarm_rows import Found, charted, complete
from spareverse.special import student_quantile
from spareverse.statistics.monitors.change_points import split_values
from spareverse.statistics.monitors.false_discoveries import q_values
from spareverse.statistics.monitors.scores import LEAST, watch_values

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """Streams of measurements in the order of time, one after another."""

    starts: Integers
    values: Floats
    open_ended: NDArray[np.bool_]
    """Whether a value is only known to be larger than given."""
    when: pl.Series
    """Date (or day of a simulated run) of each value."""
    subjects: pl.DataFrame
    """Row by row: subject_kind, subject_id, place_id."""
    name: str
    unit: str
    relative: bool = False
    """Values are logarithms, told as ratios."""


def value_alarms(measured: Measured, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of all three monitors, each a family of its own."""
    charts = watch_values(measured.starts, measured.values, measured.open_ended, run_length=run_length)
    too_few = int((np.diff(measured.starts) < LEAST).sum())

    def told(stream: Integers, since: Integers, raised: Integers) -> pl.DataFrame:
        begin = measured.starts[stream]
        return _levelled(measured, stream, begin + since, begin + raised)

    found = [
        charted(monitor, [charts[monitor, way] for way in ("up", "down")], told, false_discovery_rate, too_few)
        for monitor in ("CUSUM", "EWMA")
    ]
    splits = split_values(measured.starts, measured.values)
    q = q_values(splits.p_value)
    chosen = np.flatnonzero(q <= false_discovery_rate)
    stream, at = splits.stream[chosen], splits.at[chosen]
    last = measured.starts[stream + 1] - 1
    rows = _levelled(measured, stream, measured.starts[stream] + at, last).with_columns(
        pl.lit("change point").alias("monitor"),
        pl.Series("direction", np.where(splits.upward[chosen], "up", "down"), pl.String),
        pl.Series("statistic", splits.statistic[chosen]), pl.Series("p_value", splits.p_value[chosen]),
        pl.Series("q_value", q[chosen]),
    )  # fmt: skip
    return [*found, Found(complete(rows), len(q), too_few)]


def _levelled(measured: Measured, stream: Integers, since: Integers, raised: Integers) -> pl.DataFrame:
    """Subjects with the means before and since the change; ``since`` and ``raised`` count over all values."""
    begin, end = measured.starts[stream], measured.starts[stream + 1]
    sides = {
        "before": [level(measured.values[a:b], measured.relative) for a, b in zip(begin, since, strict=True)],
        "after": [level(measured.values[a:b], measured.relative) for a, b in zip(since, end, strict=True)],
    }
    open_lines = [int(measured.open_ended[a:b].sum()) for a, b in zip(since, end, strict=True)]
    of_record = measured.when.dtype == pl.Date
    return measured.subjects[stream].with_columns(
        pl.lit(measured.name).alias("stream"), pl.lit(measured.unit).alias("unit"),
        measured.when[since].alias("since" if of_record else "since_day"),
        measured.when[raised].alias("raised" if of_record else "raised_day"),
        *(
            pl.Series(side + suffix, [one[n] for one in found], pl.Float64)
            for side, found in sides.items()
            for n, suffix in enumerate(("", "_low", "_high"))
        ),
        pl.Series("remark", [f"{n} of them open: they count as what they have become" if n else None
                             for n in open_lines], pl.String),
    )  # fmt: skip


def level(values: Floats, relative: bool) -> tuple[float | None, float | None, float | None]:
    """Mean with Student's 95 % limits; of logarithms as a ratio. Empty without observations."""
    if not len(values):
        return None, None, None
    mean = float(values.mean())
    if len(values) < 2:
        return (float(np.exp(mean)) if relative else mean), None, None
    half = float(student_quantile(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / len(values) ** 0.5
    low, high = mean - half, mean + half
    return (float(np.exp(mean)), float(np.exp(low)), float(np.exp(high))) if relative else (mean, low, high)
