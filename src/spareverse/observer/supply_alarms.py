"""Suppliers, lanes and parts whose deliveries take longer (or shorter) than they did, and whose promises fail.

*Lead time*: the logarithm of each purchase line's lead time less that of its part, in the order the lines were placed.
*Lateness*: days received after the promise, in the order of the promises. Open lines count as what they have become so
far, so that a supplier who has stopped delivering is seen before he delivers. Lines of a supplier placed (promised) on
one day share a fate and count as one observation, their mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.history import History
from spareverse.observer.alarm_rows import Found, complete
from spareverse.special import student_quantile
from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.false_discoveries import q_values
from spareverse.statistics.monitors.scores import LEAST, ScoreChart, watch_values

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("supplier", ("supplier_id",)),
    ("lane", ("supplier_id", "place_id")),
    ("part", ("part_id", "place_id")),
)
LEAST_DAYS = 0.5
"""A line received on the day of its order."""


@dataclass(frozen=True)
class Stream:
    """A kind of stream: its name and unit, and how a mean of it is told."""

    name: str
    unit: str
    relative: bool
    """Values are logarithms, told as ratios."""


LEAD_TIME = Stream("lead time", "times the usual", relative=True)
LATENESS = Stream("lateness", "days", relative=False)


def supply_alarms(history: History, *, false_discovery_rate: float, run_length: float) -> list[Found]:
    """Alarms of suppliers, lanes (where places are compared) and parts; each kind is a family of its own."""
    found = []
    for stream, values in ((LEAD_TIME, lead_time_residuals(history)), (LATENESS, lateness(history))):
        for kind, key in SUBJECTS:
            if kind == "lane" and not history.by_place:
                continue
            observed = observations(values.drop_nulls(key[0]), key)
            if observed.height:
                found.append(_family(stream, kind, key, observed, false_discovery_rate, run_length))
    return found


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


def _family(
    stream: Stream, kind: str, key: tuple[str, ...], observed: pl.DataFrame, false_discovery_rate: float,
    run_length: float,
) -> Found:  # fmt: skip
    subjects = observed.group_by(key, maintain_order=True).agg(pl.len().alias("observations"))
    starts = np.concatenate([[0], np.cumsum(subjects["observations"].to_numpy())]).astype(np.int64)
    values, open_ended = observed["value"].to_numpy(), observed["open"].to_numpy()
    charts = watch_values(starts, values, open_ended, run_length=run_length)
    rows = []
    for monitor in ("CUSUM", "EWMA"):
        both = [charts[monitor, direction] for direction in ("up", "down")]
        q = q_values(np.concatenate([chart.p_value for chart in both]))
        for direction, chart, own in zip(("up", "down"), both, np.split(q, 2), strict=True):
            chosen = np.flatnonzero((chart.raised != NEVER) & (own <= false_discovery_rate))
            named = _named(kind, key, subjects)[chart.stream[chosen]]
            rows.append(_rows(stream, monitor, direction, chart, chosen, own[chosen], named, observed, starts))
    watched = int((subjects["observations"] >= LEAST).sum())
    return Found(pl.concat(rows), 4 * watched, subjects.height - watched)


def _named(kind: str, key: tuple[str, ...], subjects: pl.DataFrame) -> pl.DataFrame:
    place = pl.col("place_id").replace("", None) if "place_id" in key else pl.lit(None, pl.String)
    return subjects.select(
        pl.lit(kind).alias("subject_kind"), pl.col(key[0]).alias("subject_id"), place.alias("place_id")
    )


def _rows(
    stream: Stream, monitor: str, direction: str, chart: ScoreChart, chosen: Integers, q: Floats,
    named: pl.DataFrame, observed: pl.DataFrame, starts: Integers,
) -> pl.DataFrame:  # fmt: skip
    begin, end = starts[chart.stream[chosen]], starts[chart.stream[chosen] + 1]
    since, raised = begin + chart.since[chosen], begin + chart.raised[chosen]
    values = observed["value"].to_numpy()
    before = [level(values[a:b], stream.relative) for a, b in zip(begin, since, strict=True)]
    after = [level(values[a:b], stream.relative) for a, b in zip(since, end, strict=True)]
    levels = [
        pl.Series(name + suffix, [one[n] for one in side], pl.Float64)
        for name, side in (("before", before), ("after", after))
        for n, suffix in enumerate(("", "_low", "_high"))
    ]
    still_open = [int(observed["open"][int(a) : int(b)].sum()) for a, b in zip(since, end, strict=True)]
    return complete(
        named.with_columns(
            pl.lit(stream.name).alias("stream"), pl.lit(monitor).alias("monitor"),
            pl.lit(direction).alias("direction"), pl.lit(stream.unit).alias("unit"),
            observed["day"][since].alias("since"), observed["day"][raised].alias("raised"),
            pl.Series("statistic", chart.statistic[chosen]), pl.lit(chart.limit).alias("limit"),
            pl.lit(chart.run_length).alias("run_length"), pl.Series("p_value", chart.p_value[chosen]),
            pl.Series("q_value", q), *levels,
            pl.Series("remark", [f"{n} open lines count as what they have become" if n else None for n in still_open],
                      pl.String),
        )
    )  # fmt: skip


def level(values: Floats, relative: bool) -> tuple[float | None, float | None, float | None]:
    """Mean with Student's 95 % limits; of logarithms as a ratio. Empty without observations."""
    if not len(values):
        return None, None, None
    mean = float(values.mean())
    if len(values) < 2:
        return (float(np.exp(mean)) if relative else mean), None, None
    half = float(student_quantile(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / len(values) ** 0.5
    found = (mean, mean - half, mean + half)
    return tuple(float(np.exp(one)) for one in found) if relative else found  # type: ignore[return-value]
