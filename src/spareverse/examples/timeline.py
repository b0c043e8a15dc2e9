"""The demo company's clock: its days, when customers order, and how far shocks stretch lead times.

Days are counted from ``FIRST_DAY``; the tables are an extract made on the morning of ``EXTRACT_DATE``.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

Days = NDArray[np.int64]
Numbers = NDArray[np.float64]

FIRST_DAY = date(2017, 1, 1)
EXTRACT_DATE = date(2023, 3, 1)
DAYS = (EXTRACT_DATE - FIRST_DAY).days
YEARS = DAYS / 365.25
HORIZON = DAYS + 3000
"""Receipts and promises may lie this far beyond the first day; only those before the extract are exported."""

GROWTH_PER_YEAR = 0.02
SUMMER_CLOSURE = (32, 33)  # ISO weeks in which customers and the works order little

# (from, stretch): lead times take this many times longer than usual from that day on
SHOCKS: dict[str, tuple[tuple[date, float], ...]] = {
    "europe": (
        (date(2020, 3, 9), 1.30),
        (date(2020, 9, 1), 1.05),
        (date(2021, 4, 1), 1.15),
        (date(2022, 2, 1), 1.75),
    ),
    "overseas": (
        (date(2020, 2, 3), 1.35),
        (date(2020, 10, 1), 1.10),
        (date(2021, 4, 1), 1.25),
        (date(2022, 2, 1), 1.80),
    ),
    "own works": (
        (date(2020, 3, 9), 1.30),
        (date(2020, 8, 1), 1.05),
        (date(2022, 2, 1), 1.60),
    ),
}
REGIONS = tuple(SHOCKS)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose, so that a change in one place leaves all others as they were."""
    return np.random.default_rng([seed, *purpose.encode()])


def day_number(day: date) -> int:
    return (day - FIRST_DAY).days


def dates(days: Days, known: NDArray[np.bool_] | None = None) -> pl.Series:
    """Day numbers as a date column; rows outside ``known`` are empty."""
    epoch = (FIRST_DAY - date(1970, 1, 1)).days
    column = pl.Series((days + epoch).astype(np.int32)).cast(pl.Date)
    if known is None:
        return column
    return pl.select(pl.when(pl.Series(known)).then(column)).to_series()


def _weekday(days: Days) -> Days:
    return (days + FIRST_DAY.weekday()) % 7


def next_business_day(days: Days) -> Days:
    """The day itself, or Monday where it falls on a weekend."""
    weekday = _weekday(days)
    return days + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))


def order_profile(season_peak: float, season_swing: float) -> Numbers:
    """Relative number of customer orders on each day up to the extract; zero on weekends.

    ``season_peak`` is the part of the year with most orders (0 to 1), ``season_swing`` its excess.
    """
    days = np.arange(DAYS)
    calendar = dates(days)
    season = 1 + season_swing * np.cos(2 * np.pi * (days / 365.25 - season_peak))
    profile: Numbers = np.exp(GROWTH_PER_YEAR * days / 365.25) * season * np.where(_weekday(days) < 5, 1.0, 0.0)
    profile[np.isin(calendar.dt.week().to_numpy(), SUMMER_CLOSURE)] *= 0.35
    turn_of_year = (calendar.dt.ordinal_day() <= 6) | (calendar.dt.ordinal_day() >= 358)
    profile[turn_of_year.to_numpy()] *= 0.2
    spring_2020 = (days >= day_number(date(2020, 3, 16))) & (days < day_number(date(2020, 5, 18)))
    profile[spring_2020] *= 0.75
    return profile


def progress(region: str) -> Numbers:
    """Nominal lead-time days worked off since the first day; one entry per day up to the horizon.

    A line ordered on day e that nominally takes w days arrives when the progress has grown by w: orders
    under way when a shock begins are stretched too.
    """
    pace = np.ones(HORIZON)
    for since, stretch in SHOCKS[region]:
        pace[day_number(since) :] = 1 / stretch
    return np.concatenate(([0.0], np.cumsum(pace)))


def arrival(emission: Days, nominal_days: Numbers, region: NDArray[np.int64]) -> Days:
    """Business day on which lines arrive that were ordered on ``emission`` and nominally take ``nominal_days``."""
    day = np.empty(len(emission), dtype=np.int64)
    for index, name in enumerate(REGIONS):
        here = region == index
        done = progress(name)
        day[here] = np.searchsorted(done, done[emission[here]] + nominal_days[here], side="left")
    return next_business_day(np.minimum(np.maximum(day, emission + 1), HORIZON))
