"""Alarms on their way to the table: what a family of streams found, and rows with all its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.observer_tables import ALARMS
from spareverse.statistics.monitors.chart import Charts
from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.false_discoveries import q_values

Integers = NDArray[np.int64]

NO_PLACE = pl.lit(None, pl.String).alias("place_id")


@dataclass(frozen=True)
class Found:
    """Alarms of one monitor over streams of one kind; their q-values weigh them against all of these."""

    rows: pl.DataFrame
    """Schema ALARMS."""
    tests: int
    """Charts that were held against chance."""
    too_few: int
    """Streams with too little in them to tell a change from chance."""
    seasonal: int = 0
    """Streams a season was taken out of."""


def complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of ALARMS in their order; what they lack is empty."""
    lacking = [pl.lit(None, kind).alias(name) for name, kind in ALARMS.schema.items() if name not in rows.columns]
    return rows.with_columns(lacking).select(pl.col(name).cast(kind) for name, kind in ALARMS.schema.items())


def charted(
    monitor: str, both: Sequence[Charts], told: Callable[[Integers, Integers, Integers], pl.DataFrame],
    false_discovery_rate: float, too_few: int, seasonal: int = 0,
) -> Found:  # fmt: skip
    """Alarms of charts upwards and downwards, one family.

    told
        Subjects, levels and dates of (stream, since, raised).
    """
    q = q_values(np.concatenate([charts.p_value for charts in both]))
    rows = []
    for direction, charts, own in zip(("up", "down"), both, np.split(q, 2), strict=True):
        chosen = np.flatnonzero((charts.raised != NEVER) & (own <= false_discovery_rate))
        rows.append(
            told(charts.stream[chosen], charts.since[chosen], charts.raised[chosen]).with_columns(
                pl.lit(monitor).alias("monitor"), pl.lit(direction).alias("direction"),
                pl.Series("statistic", charts.statistic[chosen]), pl.Series("limit", charts.limit[chosen]),
                pl.Series("run_length", charts.run_length[chosen]), pl.Series("p_value", charts.p_value[chosen]),
                pl.Series("q_value", own[chosen]),
            )
        )  # fmt: skip
    return Found(complete(pl.concat(rows)), len(q), too_few, seasonal)
