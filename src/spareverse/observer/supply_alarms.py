"""Suppliers, lanes and parts whose deliveries take longer (or shorter) than they did, and whose promises fail.

*Lead time*: the logarithm of each purchase line's lead time less that of its part, in the order the lines were placed.
*Lateness*: days received after the promise, in the order of the promises. Open lines count as what they have become so
far, so that a supplier who has stopped delivering is seen before he delivers. Lines of a supplier placed (promised) on
one day share a fate and count as one observation, their mean.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.history.history import History
from spareverse.observer.alarm_rows import NO_PLACE, Found
from spareverse.observer.value_alarms import Measured, value_alarms

SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("supplier", ("supplier_id",)),
    ("lane", ("supplier_id", "place_id")),
    ("part", ("part_id", "place_id")),
)
LEAST_DAYS = 0.5
"""A line received on the day of its order."""
_SPREAD = 1.4826
"""Of the median distance from the median, to be a standard deviation where the law is normal."""


def supply_alarms(history: History, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of suppliers, lanes (where places are compared) and parts; each kind is a family of its own."""
    found = []
    streams = (
        ("lead time", "times the usual", lead_time_residuals(history), True),
        ("lateness", "days", lateness(history), False),
    )
    for name, unit, values, relative in streams:
        for kind, key in SUBJECTS:
            observed = observations(values.drop_nulls(key[0]), key)
            if observed.height and (kind != "lane" or history.by_place):
                measured = _measured(observed, kind, key, name, unit, relative)
                found += value_alarms(measured, false_discovery_rate=false_discovery_rate, run_length=run_length)
                if name == "lead time":
                    spread = _spread(measured, key, observed)
                    found += value_alarms(spread, false_discovery_rate=false_discovery_rate, run_length=run_length)
    return found


def _measured(
    observed: pl.DataFrame, kind: str, key: tuple[str, ...], name: str, unit: str, relative: bool
) -> Measured:
    counted = observed.group_by(key, maintain_order=True).agg(pl.len().alias("observations"))
    place = pl.col("place_id").replace("", None) if "place_id" in key else NO_PLACE
    subjects = counted.select(
        pl.lit(kind).alias("subject_kind"), pl.col(key[0]).alias("subject_id"), place.alias("place_id")
    )
    starts = np.concatenate([[0], np.cumsum(counted["observations"].to_numpy())]).astype(np.int64)
    return Measured(
        starts, observed["value"].to_numpy(), observed["open"].to_numpy(), observed["day"], subjects, name, unit,
        relative,
    )  # fmt: skip


def _spread(measured: Measured, key: tuple[str, ...], observed: pl.DataFrame) -> Measured:
    """How far lead times lie from the middle of their stream, as a standard deviation of their logarithm.

    An open line is not farther below the middle than it is old, so it counts only once it is above.
    """
    apart = pl.col("value") - pl.col("value").median().over(key)
    away = observed.with_columns(apart.alias("apart")).filter(~pl.col("open") | (pl.col("apart") > 0.0))
    away = away.with_columns((pl.col("apart").abs() * _SPREAD).alias("value"))
    kind = str(measured.subjects["subject_kind"][0])
    return _measured(away, kind, key, "spread of lead times", "of the logarithm", relative=False)


def lead_time_residuals(history: History) -> pl.DataFrame:
    """Columns part_id, place_id, supplier_id, day, value, open: log lead time less the mean of the item's lines."""
    window = history.window
    taken = (pl.col("received_on").fill_null(window.as_of) - pl.col("ordered_on")).dt.total_days().cast(pl.Float64)
    lines = history.lines.filter(
        pl.col("flag").is_null() & pl.col("ordered_on").is_between(window.since, window.until, closed="left")
    ).with_columns(
        pl.max_horizontal(taken, pl.lit(LEAST_DAYS)).log().alias("log"), pl.col("received_on").is_null().alias("open")
    )
    complete_only = pl.when(~pl.col("open")).then("log")
    usual = complete_only.mean().over("item").fill_null(complete_only.mean().over("supplier_id"))
    return lines.select(
        "part_id", "place_id", "supplier_id", pl.col("ordered_on").alias("day"), (pl.col("log") - usual).alias("value"),
        "open",
    ).drop_nulls("value")  # fmt: skip


def lateness(history: History) -> pl.DataFrame:
    """The same columns: days after the promise, of lines whose promise has come due."""
    window = history.window
    late = (pl.col("received_on").fill_null(window.as_of) - pl.col("promised_on")).dt.total_days().cast(pl.Float64)
    due = pl.col("promised_on").is_between(window.since, window.as_of) & (pl.col("promised_on") >= pl.col("ordered_on"))
    return history.lines.filter(pl.col("flag").is_null() & due).select(
        "part_id", "place_id", "supplier_id", pl.col("promised_on").alias("day"), late.alias("value"),
        pl.col("received_on").is_null().alias("open"),
    )  # fmt: skip


def observations(values: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """One observation per subject and day, by subject and day; open where one of its lines is."""
    return (
        values.group_by(*key, "day")
        .agg(pl.col("value").mean(), pl.col("open").any(), pl.len().alias("lines"))
        .sort(*key, "day", nulls_last=True)
    )
