"""Months of a record as periods of counts; for demand with a season, periods of equal expectation instead.

Where January expects half of a usual month, it is half a period; where June expects two, it is two. Counts in such
periods are, without a change, as those of a stream without a season, so that every chart holds as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.periods import Periods
from spareverse.history.window import Window
from spareverse.statistics.monitors.counts import CountStreams
from spareverse.statistics.monitors.seasons import YEAR

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_NEARLY = 1e-9


@dataclass(frozen=True)
class Months:
    """Whole months of a window: number 0 begins on ``periods.first``."""

    periods: Periods
    count: int

    @classmethod
    def of(cls, window: Window) -> Months:
        """Months that lie within the window and were over on its extract date."""
        first = window.since.replace(day=1)
        begins = first if first == window.since else Periods(first, "month", 1).first_day(1)
        periods = Periods(begins, "month", 1)
        return cls(periods, max(0, periods.number_of(min(window.until, window.as_of + timedelta(days=1)))))

    @property
    def first_days(self) -> list[date]:
        """Of each month, and of the one after the last."""
        return [self.periods.first_day(number) for number in range(self.count + 1)]


@dataclass(frozen=True)
class SeasonalMonths:
    """Months of streams that may have a season; a ``Clock``."""

    months: Months
    shares: Floats
    """[streams, 12] of the month that the window begins with, the next, ...; 1 everywhere: no season."""

    @property
    def seasonal(self) -> NDArray[np.bool_]:
        """[streams] whether there is a season."""
        found: NDArray[np.bool_] = (self.shares != 1.0).any(axis=1)
        return found

    def spread(self, streams: CountStreams) -> CountStreams:
        """Counts per month as counts per period; the lines of a month are spread evenly over it."""
        seasonal = self.seasonal
        if not seasonal.any():
            return streams
        stream = np.repeat(np.arange(len(streams)), np.diff(streams.starts))
        moved = seasonal[stream]
        cell = np.repeat(np.flatnonzero(moved), streams.count[moved])
        place = np.arange(len(cell)) - np.searchsorted(cell, cell)
        within = (place + 0.5) / streams.count[cell]
        began, length = self._begun(stream[cell], streams.period[cell])
        period = np.minimum((began + within * length + _NEARLY).astype(np.int64), self.months.count - 1)
        kept = ~moved
        key = np.concatenate([stream[kept], stream[cell]]) * self.months.count
        key += np.concatenate([streams.period[kept], period])
        found, which = np.unique(key, return_inverse=True)
        count = np.bincount(which, np.concatenate([streams.count[kept], np.ones(len(cell))])).astype(np.int64)
        of, when = np.divmod(found, self.months.count)
        starts = np.searchsorted(of, np.arange(len(streams) + 1)).astype(np.int64)
        return CountStreams(starts, when, count, streams.first, streams.periods)

    def columns(self, stream: Integers, since: Integers, raised: Integers) -> list[pl.Series]:
        """A change began on the first day of a period; what a period tells is known on its last."""
        begins = self._days(stream, since)
        ends = self._days(stream, raised + 1) - np.timedelta64(1, "D")
        ends = np.maximum(ends, begins)
        return [pl.Series("since", begins).cast(pl.Date), pl.Series("raised", ends).cast(pl.Date)]

    def _days(self, stream: Integers, period: Integers) -> NDArray[np.datetime64]:
        """First days of periods, 0 .. count."""
        firsts = np.array(self.months.first_days, "datetime64[D]")
        begun, _ = self._begun(stream[:, None], np.arange(self.months.count))
        month = np.maximum((begun <= period[:, None] + _NEARLY).sum(axis=1) - 1, 0)
        began, length = self._begun(stream, month)
        days = (firsts[month + 1] - firsts[month]).astype(np.float64)
        passed = np.clip(np.ceil((period - began) / length * days - _NEARLY), 0.0, days)
        found: NDArray[np.datetime64] = firsts[month] + passed.astype("timedelta64[D]")
        return found

    def _begun(self, stream: Integers, month: Integers) -> tuple[Floats, Floats]:
        """Where in the periods a month begins, and how many it takes."""
        years, phase = np.divmod(month, YEAR)
        until = np.concatenate([np.zeros((len(self.shares), 1)), np.cumsum(self.shares, axis=1)], axis=1)
        whole = self._whole()[stream]
        return (years * YEAR + until[stream, phase]) * whole, self.shares[stream, phase] * whole

    def _whole(self) -> Floats:
        """[streams] so that all months together take as many periods as there are months."""
        years, rest = divmod(self.months.count, YEAR)
        found: Floats = self.months.count / (years * YEAR + self.shares[:, :rest].sum(axis=1))
        return found
