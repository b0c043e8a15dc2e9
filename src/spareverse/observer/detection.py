"""Which monitor would have noticed a disturbance, and after how long: simulated runs watched as a record is.

Every disturbed run is watched from the period in which the disturbance begins, and so is its undisturbed twin under the
same random numbers: what alarms there is a false alarm. The past of either are undisturbed runs of other replications
and its own periods so far. Lead times are known from the one recorded replication; a delivery counts on the day it
comes, for nobody knows its lead time before, and has its own run as its past.

Change points and dispersion look back over the whole time and have no day on which they are raised; they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import UsageError
from spareverse.network.observer_tables import NOTICED
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import EVENTS
from spareverse.observer.battery import UNDISTURBED
from spareverse.observer.battery_runs import INNER, OUTER
from spareverse.observer.series_alarms import MEASURED, NETWORK, panel_counts
from spareverse.observer.supply_alarms import LEAST_DAYS
from spareverse.statistics.monitors.chart import Charts
from spareverse.statistics.monitors.counts import LEAST_REFERENCE, RUN_LENGTH, watch_counts
from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.scores import LEAST, WARM_UP, watch_values

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PAST_PERIODS = 48
"""Undisturbed runs of other replications are taken as the past until it is so long."""
WATCHED_DAYS = 182.0
"""From the beginning of a change; what alarms later has another cause."""
BATTERY_RUNS = 16
"""Replications of the battery that are watched."""
_IN_PLURAL = {OUTER: "buy from suppliers", INNER: "are sent to"}
FIRST_DAY = "what the scenario changes"
_ORDER = ["scenario", "begins_day", "lead", "delay_days", "stream", "subject_kind", "subject_id", "place_id", "monitor"]
_Noticed = dict[str, tuple[Floats, NDArray[np.bool_]]]
"""Monitor -> days from the beginning to the first alarm (nan: none) and whether it was upwards, [subjects, runs]."""


@dataclass(frozen=True)
class Change:
    """What begins in a scenario on a day of the run."""

    scenario: str
    name: str
    day: float


def changes(scenario: Scenario) -> list[Change]:
    """What begins on a day; without any such the scenario itself from the first day on.

    Random disturbances have no day known beforehand and cannot be waited for.
    """
    rows = [(str(row["disturbance_id"]), row.get("start_day")) for row in scenario.disturbances]
    dated = [Change(scenario.name, name, float(day)) for name, day in rows if day is not None]
    return dated or [Change(scenario.name, FIRST_DAY, 0.0)]


def detections(
    series: pl.DataFrame, events: pl.DataFrame, told: Sequence[Change], *, base: str, run_length: float = RUN_LENGTH
) -> pl.DataFrame:
    """What every monitor noticed of every change (schema NOTICED), the surest and quickest first.

    series, events
        Tables of a run, ``base`` the undisturbed scenario; without events no lead times are watched.

    UsageError for a single replication: it has no past to be judged by.
    """
    if series.filter(pl.col("scenario") == base)["replication"].n_unique() < 2:
        raise UsageError("Monitors of a simulation need two replications at the least: one is the past of another.")
    usual = _Panel.of(series, base)
    calm: dict[tuple[str, float, int], _Noticed] = {}
    rows: list[dict[str, object]] = []
    for name in dict.fromkeys(one.scenario for one in told):
        run = _Panel.of(series, name)
        deliveries = [_deliveries(events, each, base) for each in (name, base)]
        for change, begin, end in _stretches(usual, [one for one in told if one.scenario == name]):
            until = usual.bounds[end]
            about = {"scenario": name, "disturbance": change.name, "begins_day": change.day, "run_length": run_length,
                     "watched_days": until - max(change.day, usual.bounds[begin])}  # fmt: skip
            for stream in usual.streams:
                # as long as the disturbed one: in another scenario the next change may come sooner
                stretch = (stream, change.day, end)
                if stretch not in calm:
                    calm[stretch] = _watched(stream, usual, usual, change.day, begin, end, run_length)
                found = _watched(stream, run, usual, change.day, begin, end, run_length)
                rows += [about | row for row in _told(stream, run.subjects, found, calm[stretch])]
            rows += [about | row for row in _lead_times(deliveries, change.day, until, run_length)]
    table = pl.DataFrame(rows, schema=NOTICED.schema)
    # of few runs one alarm more says little
    lead = (pl.col("false_alarms") - pl.col("noticed")) / (pl.col("runs") + 2)
    return table.with_columns(lead=lead).sort(_ORDER, nulls_last=True).drop("lead")


def battery_noticed(series: pl.DataFrame) -> pl.DataFrame:
    """What monitors notice of the disturbances of the battery (schema NOTICED), from ``BatteryRuns.series``; empty
    for one replication."""
    few = series.filter(pl.col("replication") < BATTERY_RUNS)
    if few["replication"].n_unique() < 2:
        return NOTICED.empty()
    counted = float(few["start_day"].to_numpy().min())
    names = [name for name in few["scenario"].unique(maintain_order=True) if name != UNDISTURBED]
    found = detections(few, EVENTS.empty(), [Change(name, name, counted) for name in names], base=UNDISTURBED)
    of_place = pl.when(pl.col("subject_kind") == "place")
    return found.with_columns(
        subject_kind=of_place.then(pl.lit("places")).otherwise("subject_kind"),
        subject_id=of_place.then(pl.lit("the places that ") + pl.col("subject_id").replace(_IN_PLURAL)).otherwise(
            "subject_id"
        ),
    )


@dataclass(frozen=True)
class _Panel:
    """Streams of one scenario: [subjects, replications, periods]; of several places the last is all together."""

    subjects: list[tuple[str, str]]
    bounds: Floats
    """First days of the periods and the end of the last."""
    streams: dict[str, Floats]

    @classmethod
    def of(cls, series: pl.DataFrame, scenario: str) -> _Panel:
        rows = series.filter(pl.col("scenario") == scenario).sort("place_id", "replication", "period")
        places = rows["place_id"].unique().sort().to_list()
        runs, periods = rows["replication"].n_unique(), rows["period"].n_unique()
        first = rows.head(periods)
        bounds = np.append(first["start_day"].to_numpy(), first["start_day"][-1] + first["days"][-1])
        streams = {}
        for name, column in (("demand", "demands"), *((name, column) for name, (column, _) in MEASURED.items())):
            values = rows[column].cast(pl.Float64).fill_null(0.0).to_numpy().reshape(len(places), runs, periods)
            whole = values.sum(axis=0, keepdims=True)
            streams[name] = np.concatenate([values, whole]) if len(places) > 1 else values
        subjects = [*(("place", place) for place in places), ("network", NETWORK)]
        return cls(subjects if len(places) > 1 else subjects[:1], bounds, streams)


def _stretches(panel: _Panel, told: Sequence[Change]) -> Iterator[tuple[Change, int, int]]:
    """Changes with the periods they are watched in: until another begins, half a year is over, or the run ends."""
    periods = len(panel.bounds) - 1
    begins = np.maximum(np.searchsorted(panel.bounds, [one.day for one in told], side="right") - 1, 0)
    for change, begin in zip(told, begins, strict=True):
        if begin < periods:
            over = int(np.searchsorted(panel.bounds, change.day + WATCHED_DAYS))
            yield change, int(begin), int(min(*begins[begins > begin], max(over, begin + 1), periods, periods))


def _watched(
    stream: str, run: _Panel, usual: _Panel, day: float, begin: int, end: int, run_length: float
) -> _Noticed:  # fmt: skip
    """What the monitors of a stream noticed in every run; empty where the run is too short for them."""
    undisturbed, own = usual.streams[stream], run.streams[stream]
    subjects, runs, periods = undisturbed.shape
    blocks = min(runs - 1, -(-PAST_PERIODS // periods))
    others = [np.roll(undisturbed, -1 - block, axis=1) for block in range(blocks)]
    table = np.concatenate([*others, own[:, :, :end]], axis=2).reshape(subjects * runs, -1)
    before = blocks * periods
    if before + begin < LEAST_REFERENCE or before + end < LEAST:
        return {}
    found = {}
    for monitor, charts in _charts(stream, table, before + begin, run_length).items():
        first, up = _first(charts, len(table))
        days = usual.bounds[np.where(first == NEVER, 0, first - before + 1)] - max(day, 0.0)
        delay = np.where(first == NEVER, np.nan, days)
        found[monitor] = (delay.reshape(subjects, runs), up.reshape(subjects, runs))
    return found


def _charts(name: str, table: Floats, past: int, run_length: float) -> dict[str, list[Charts]]:
    """Charts up and down of every monitor that watches such a stream."""
    if name == "demand":
        streams, reference = panel_counts(table), np.full(len(table), past)
        both = [watch_counts(streams, upward=up, reference=reference, run_length=run_length) for up in (True, False)]
        return {"CUSUM": both}
    starts = table.shape[1] * np.arange(len(table) + 1)
    closed = np.zeros(table.size, np.bool_)
    found = watch_values(starts, table.ravel(), closed, run_length=run_length, past=np.full(len(table), past))
    return {monitor: [found[monitor, way] for way in ("up", "down")] for monitor in ("CUSUM", "EWMA")}


def _first(charts: Sequence[Charts], streams: int) -> tuple[Integers, NDArray[np.bool_]]:
    """First alarm of each stream in either direction, NEVER for none; and whether it was upwards."""
    late = np.iinfo(np.int64).max
    both = np.full((2, streams), late)
    for side, found in zip(both, charts, strict=True):
        side[found.stream] = np.where(found.first_raised == NEVER, late, found.first_raised)
    first = both.min(axis=0)
    return np.where(first == late, NEVER, first), both[0] <= both[1]


def _told(
    stream: str, subjects: Sequence[tuple[str | None, ...]], disturbed: _Noticed, undisturbed: _Noticed
) -> Iterator[dict[str, object]]:
    """Rows of NOTICED of the subjects (kind, id, perhaps place), counts of runs and delays in days."""
    for monitor, (delay, upward) in disturbed.items():
        for at, (kind, subject, *place) in enumerate(subjects):
            seen = ~np.isnan(delay[at])
            days, up = delay[at][seen], int(upward[at][seen].sum())
            middle, low, high = np.quantile(days, (0.5, 0.0, 1.0)).tolist() if len(days) else (None, None, None)
            yield {
                "stream": stream, "subject_kind": kind, "subject_id": subject, "place_id": place[0] if place else None,
                "monitor": monitor, "runs": len(seen), "noticed": len(days), "delay_days": middle,
                "direction": None if not len(days) else "up" if 2 * up >= len(days) else "down",
                "delay_days_low": low, "delay_days_high": high,
                "false_alarms": int((~np.isnan(undisturbed[monitor][0][at])).sum()),
            }  # fmt: skip


def _deliveries(events: pl.DataFrame, scenario: str, base: str) -> pl.DataFrame:
    """Deliveries of the recorded replication: day, source, place, and log lead time less the usual one."""
    if events.is_empty():
        events = EVENTS.empty()
    point = ["part_id", "place_id", "source_id"]
    came = events.filter((pl.col("kind") == "delivery") & pl.col("source_id").is_not_null() & (pl.col("days") > 0.0))
    took = came.with_columns(log=pl.col("days").clip(lower_bound=LEAST_DAYS).log())
    usual = took.filter(pl.col("scenario") == base).group_by(point, maintain_order=True).agg(
        pl.col("log").mean().alias("usual")
    )  # fmt: skip
    own = took.filter(pl.col("scenario") == scenario).join(usual, on=point, maintain_order="left")
    return own.select("day", "source_id", "place_id", (pl.col("log") - pl.col("usual")).alias("value"))


def _lead_times(
    deliveries: Sequence[pl.DataFrame], day: float, until: float, run_length: float
) -> Iterator[dict[str, object]]:
    """What the monitors of lead times noticed, by supplier (or place that serves others) and by lane.

    ``deliveries`` of the disturbed and the undisturbed run; who had too few in one of them is not watched.
    """
    for kind, key in (("supplier", ["source_id"]), ("lane", ["source_id", "place_id"])):
        rows = [_observations(own, key, day, until) for own in deliveries]
        rows = [own.join(other.select(key).unique(), on=key, how="semi", maintain_order="left")
                for own, other in (rows, rows[::-1])]  # fmt: skip
        if rows[0].is_empty():
            continue
        subjects = rows[0].select(key).unique(maintain_order=True).rows()
        disturbed, undisturbed = (_delays(own, key, day, run_length) for own in rows)
        yield from _told("lead time", [(kind, *subject) for subject in subjects], disturbed, undisturbed)


def _observations(own: pl.DataFrame, key: list[str], begin: float, until: float) -> pl.DataFrame:
    """One observation per subject and day, of subjects with enough before and in all."""
    rows = own.filter(pl.col("day") < until).sort(*key, "day", "value")
    rows = rows.group_by(*key, pl.col("day").floor(), maintain_order=True).agg(pl.col("value").mean())
    return rows.filter((pl.len().over(key) >= LEAST) & ((pl.col("day") < begin).sum().over(key) >= WARM_UP))


def _delays(rows: pl.DataFrame, key: list[str], begin: float, run_length: float) -> _Noticed:
    counted = rows.group_by(key, maintain_order=True).agg(pl.len().alias("all"), (pl.col("day") < begin).sum())
    starts = np.concatenate([[0], np.cumsum(counted["all"].to_numpy())]).astype(np.int64)
    charts = watch_values(
        starts, rows["value"].to_numpy(), np.zeros(rows.height, np.bool_), run_length=run_length,
        past=counted["day"].cast(pl.Int64).to_numpy(),
    )  # fmt: skip
    days = rows["day"].to_numpy()
    found = {}
    for monitor in ("CUSUM", "EWMA"):
        first, up = _first([charts[monitor, way] for way in ("up", "down")], counted.height)
        delay = np.where(first == NEVER, np.nan, days[starts[:-1] + np.maximum(first, 0)] + 1.0 - begin)
        found[monitor] = (delay[:, None], up[:, None])
    return found
