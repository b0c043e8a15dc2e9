"""Monitors over six years of 300,000 parts: charts, change points and dispersion, beside loops over parts."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
from measuring import Measurement, timed
from numpy.typing import NDArray

from spareverse.history.history import History, prepare
from spareverse.history.window import Window
from spareverse.network.tables import TABLES
from spareverse.observer.monitoring import watch_history
from spareverse.statistics.monitors.change_points import split_counts
from spareverse.statistics.monitors.counts import CountStreams, watch_counts

Integers = NDArray[np.int64]
MONTHS = 72
SINCE, UNTIL = date(2017, 1, 1), date(2023, 1, 1)
LINES_A_YEAR = 0.65
"""Of a part; with 300,000 the demand of the demo company, 195,000 lines a year."""
SOME = 500
"""Parts the plain loops are timed on."""


def measure(*, quick: bool) -> Iterator[Measurement]:
    parts = 3_000 if quick else 300_000
    table, _ = _counts(parts, lines_a_year=4.0)
    streams = _streams(table)
    for name, work in (("CUSUM up", True), ("CUSUM down", False)):
        wall, cpu, found = timed(lambda upward=work: watch_counts(streams, upward=upward), repeat=2)
        seconds = _loop_of_charts(table, upward=work) * parts / SOME
        remark = f"{len(found.stream):,} watched; limits and p-values ours only"
        yield Measurement(f"{name}, {parts:,} parts", wall, "s", "NumPy loop, chart only", seconds, cpu_seconds=cpu,
                          remark=remark)  # fmt: skip
    wall, cpu, splits = timed(lambda: split_counts(streams), repeat=2)
    seconds = _loop_of_splits(table) * parts / SOME
    yield Measurement(f"change points, {parts:,} parts", wall, "s", "NumPy loop, split only", seconds, cpu_seconds=cpu,
                      remark=f"{len(splits.stream):,} watched; exact p-values ours only")  # fmt: skip
    table, changed = _counts(parts, lines_a_year=LINES_A_YEAR)
    history = _history(table)
    wall, cpu, watch = timed(lambda: watch_history(history), repeat=1)
    shown = watch.alarms.filter((pl.col("monitor") == "CUSUM") & (pl.col("subject_kind") == "part"))
    shown = shown.filter(pl.col("stream") == "demand")
    true = shown["subject_id"].cast(pl.Int64).is_in(changed.tolist())
    remark = (
        f"{history.demand.height:,} + {history.lines.height:,} lines, {watch.tests:,} tests; of {len(changed):,} "
        f"planted {int(true.sum()):,} found, {100.0 * float((~true).mean() or 0.0):.0f} % of reports false"
    )
    yield Measurement(f"all monitors of a record, {parts:,} parts", wall, "s", "the aim we set", 10.0, cpu_seconds=cpu,
                      remark=remark)  # fmt: skip


def _counts(parts: int, *, lines_a_year: float) -> tuple[Integers, Integers]:
    """Demand lines of parts x months, most parts hardly any; 1 % of those with more than half a line a month triple at
    month 48: these are returned, too."""
    random = np.random.default_rng(20)
    rate = random.gamma(0.1, lines_a_year / 12.0 / 0.1, parts)
    moving = np.flatnonzero(rate > 0.5)
    changed = random.choice(moving, max(1, len(moving) // 100), replace=False)
    means = np.repeat(rate[:, None], MONTHS, axis=1)
    moving = np.flatnonzero(rate > 0.5)
    changed = random.choice(moving, max(1, len(moving) // 100), replace=False)
    means[changed, 48:] *= 3.0
    return random.poisson(means), np.sort(changed)


def _streams(table: Integers) -> CountStreams:
    part, month = np.nonzero(table)
    starts = np.concatenate([[0], np.cumsum(np.bincount(part, minlength=len(table)))]).astype(np.int64)
    return CountStreams(starts, month.astype(np.int64), table[part, month], np.zeros(len(table), np.int64), MONTHS)


def _loop_of_charts(table: Integers, *, upward: bool) -> float:
    """Seconds for charts of some parts, one part and month after another."""
    begin = time.perf_counter()
    for row in table[:SOME]:
        mean = (row[:36].sum() + 0.5) / 36.0
        jump = 2.0 if upward else 0.5
        k = mean * (jump - 1.0) / math.log(jump)
        s = highest = 0.0
        for x in row[36:]:
            s = max(0.0, s + (x - k if upward else k - x))
            highest = max(highest, s)
    return time.perf_counter() - begin


def _loop_of_splits(table: Integers) -> float:
    """Seconds for the best split of some parts, all months of a part at once."""
    shares = np.arange(3, MONTHS - 2) / MONTHS
    begin = time.perf_counter()
    for row in table[:SOME]:
        total = row.sum()
        before = np.cumsum(row)[2 : MONTHS - 3].astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(before > 0, before * np.log(before / (total * shares)), 0.0)
            rest = total - before
            ratio += np.where(rest > 0, rest * np.log(rest / (total * (1.0 - shares))), 0.0)
        ratio.argmax()
    return time.perf_counter() - begin


def _history(table: Integers) -> History:
    """The counts as sales lines, with 200 suppliers and a sixth as many purchase lines."""
    random = np.random.default_rng(21)
    part, month = np.nonzero(table)
    lines = np.repeat(np.arange(len(part)), table[part, month])
    day = np.array(date(2017, 1, 1), "datetime64[M]") + month[lines]
    sold = day.astype("datetime64[D]") + random.integers(0, 28, len(lines))
    sales = pl.DataFrame({"part_id": part[lines], "ordered_on": sold, "quantity": 1.0})
    bought = sales.sample(fraction=1 / 6, seed=1)
    lead = np.ceil(random.weibull(2.0, bought.height) * 60.0).astype(np.int64)
    bought = bought.with_columns(
        pl.format("S{}", pl.col("part_id") % 200).alias("supplier_id"), pl.lit(20.0).alias("unit_cost"),
        pl.int_range(pl.len()).cast(pl.String).alias("order_id"), pl.lit("1").alias("line"),
        (pl.col("ordered_on") + pl.duration(days=50)).alias("promised_on"),
        (pl.col("ordered_on") + pl.duration(days=pl.Series(lead))).alias("received_on"),
    )  # fmt: skip
    parts = pl.DataFrame({"part_id": np.arange(len(table)), "unit_cost": 20.0}).with_columns(
        pl.format("C{}", pl.col("part_id") % 20).alias("category")
    )
    tables = {
        name: table_.empty().with_columns(pl.lit(None, pl.String).alias("flag")) for name, table_ in TABLES.items()
    }
    for name, frame in (("parts", parts), ("sales", sales), ("purchases", bought)):
        kinds = {**TABLES[name].schema, "flag": pl.String()}
        lacking = [pl.lit(None, kind).alias(column) for column, kind in kinds.items() if column not in frame.columns]
        tables[name] = frame.with_columns(lacking).select(pl.col(column).cast(kind) for column, kind in kinds.items())
    return prepare(tables, Window(SINCE, UNTIL, date(2022, 12, 31)))
