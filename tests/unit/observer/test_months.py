"""Periods of equal expectation: run lengths hold, changes and their days are found, no season changes nothing."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from spareverse.history.history import History, prepare
from spareverse.history.periods import Periods
from spareverse.history.window import Window
from spareverse.observer import demand_alarms
from spareverse.observer.monitoring import Watch, watch_history
from spareverse.observer.months import Months, SeasonalMonths
from spareverse.statistics.monitors.counts import watch_counts
from spareverse.statistics.monitors.excursions import NEVER
from tests.company import tables
from tests.drawn_streams import drawn

MONTHS = Months(Periods(date(2017, 1, 1), "month", 1), 72)
STRONG = np.array([0.2, 0.2, 0.4, 0.8, 1.2, 1.6, 2.4, 2.2, 1.4, 0.8, 0.5, 0.3])
STRONG = STRONG / STRONG.mean()


@pytest.mark.parametrize("rate", [0.5, 3.0, 25.0])
def test_run_lengths_hold_when_the_season_is_taken_out(rate: float) -> None:
    """3,000 streams of 72 months: at most the 3.6 % of a run length of 1,000, with three standard errors."""
    streams = drawn(np.full((3000, 72), rate) * np.tile(STRONG, 6), int(rate * 7) + 1)
    spread = SeasonalMonths(MONTHS, np.tile(STRONG, (3000, 1))).spread(streams)
    assert (spread.total() == streams.total()).all()
    for upward in (True, False):
        found = watch_counts(spread, upward=upward)
        assert np.mean(found.raised != NEVER) <= 0.036 + 3.0 * math.sqrt(0.036 / len(found.stream))


def test_a_season_that_is_left_in_hides_a_change() -> None:
    """Eight lines a month, 1.6 times as many from month 48 on: next to never seen among the scatter of the season
    (its p-value below 1 in 1,000), nearly always with the season taken out."""
    mean = np.full((300, 72), 8.0) * np.tile(STRONG, 6)
    mean[:, 48:] *= 1.6
    streams = drawn(mean, 5)
    taken_out = SeasonalMonths(MONTHS, np.tile(STRONG, (300, 1))).spread(streams)
    assert np.mean(watch_counts(streams, upward=True).p_value < 1e-3) < 0.1
    assert np.mean(watch_counts(taken_out, upward=True).p_value < 1e-3) > 0.9


def test_without_a_season_nothing_is_touched() -> None:
    streams = drawn(np.full((50, 72), 2.0), 1)
    clock = SeasonalMonths(MONTHS, np.ones((50, 12)))
    assert clock.spread(streams) is streams
    since, raised = clock.columns(np.zeros(2, np.int64), np.array([0, 40]), np.array([0, 71]))
    assert since.to_list() == [date(2017, 1, 1), date(2020, 5, 1)]
    assert raised.to_list() == [date(2017, 1, 31), date(2022, 12, 31)]


def test_periods_of_a_season_begin_in_their_months_and_fill_the_window() -> None:
    clock = SeasonalMonths(MONTHS, STRONG[None, :])
    every = np.arange(72)
    since, raised = clock.columns(np.zeros(72, np.int64), every, every)
    assert (since[0], raised[71]) == (date(2017, 1, 1), date(2022, 12, 31))
    assert since.is_sorted()
    gaps = since[1:] - (raised[:-1] + timedelta(days=1))
    assert gaps.dt.total_days().abs().max() == 0
    strong = since.filter(since.dt.month() == 7).len() / 6
    assert strong == pytest.approx(STRONG[6], abs=0.5)


def company(step: float) -> History:
    """60 parts of two lines a month with a strong season; the first of them ``step`` times as many from 2021 on."""
    random = np.random.default_rng(8)
    sales = []
    for part in range(60):
        for month in range(72):
            first = MONTHS.periods.first_day(month)
            mean = 2.0 * STRONG[month % 12] * (step if part == 0 and month >= 48 else 1.0)
            days = random.integers(0, 28, random.poisson(mean))
            sales += [
                {"part_id": f"P{part:02d}", "ordered_on": (first - date(2017, 1, 1)).days + int(d), "quantity": 1.0}
                for d in days
            ]
    made = tables(sales=sales)
    shift = pl.col("ordered_on") - pl.col("ordered_on").min() + pl.lit(date(2017, 1, 1))
    made["sales"] = made["sales"].with_columns(shift)
    return prepare(made, Window(date(2017, 1, 1), date(2023, 1, 1), date(2022, 12, 31)))


def demand(watch: Watch) -> pl.DataFrame:
    return watch.alarms.filter(pl.col("stream").is_in(["demand", "dispersion"]))


def test_a_season_without_a_change_raises_nothing() -> None:
    watch = watch_history(company(1.0))
    assert demand(watch).height <= 1
    assert watch.seasonal == 61


def test_a_change_in_seasonal_demand_is_found_and_dated(monkeypatch: pytest.MonkeyPatch) -> None:
    history = company(3.0)
    found = demand(watch_history(history)).filter(pl.col("subject_id") == "P00")
    charts = found.filter(pl.col("monitor") == "CUSUM").row(0, named=True)
    assert charts["direction"] == "up"
    assert date(2020, 11, 1) <= charts["since"] <= date(2021, 6, 30)
    assert charts["remark"] == "its season is taken out"
    assert charts["after"] / charts["before"] == pytest.approx(3.0, rel=0.3)
    monkeypatch.setattr(demand_alarms, "_seasons", lambda _streams, towards: towards)
    left_in = demand(watch_history(history)).filter(pl.col("subject_id") == "P00", pl.col("monitor") == "CUSUM")
    assert left_in.is_empty() or left_in["p_value"][0] > 10.0 * charts["p_value"]
