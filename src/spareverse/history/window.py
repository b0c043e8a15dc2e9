"""The time window of a figure: which lines count, and until when their fate is known."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from spareverse.errors import NotEnoughData, UsageError


@dataclass(frozen=True)
class Window:
    """Lines ordered in [since, until) count; receipts and sales count up to and including ``as_of``."""

    since: date
    until: date
    as_of: date

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise UsageError(f"The window is empty: it starts on {self.since} and ends before {self.until}.")

    @property
    def days(self) -> int:
        return (self.until - self.since).days


def months_before(day: date, months: int) -> date:
    """The same day of the month, ``months`` earlier; the last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_known_day(purchases: pl.DataFrame, sales: pl.DataFrame) -> date:
    """Extract date of the history: the last day on which anything happened, flagged rows apart."""
    last: date | None = None
    for frame, columns in ((purchases, ("ordered_on", "received_on")), (sales, ("ordered_on", "delivered_on"))):
        sound = frame.filter(pl.col("flag").is_null()) if "flag" in frame.columns else frame
        for column in columns:
            if column not in sound.columns:
                continue
            day = sound[column].max()
            if isinstance(day, date) and (last is None or day > last):
                last = day
    if last is None:
        raise NotEnoughData("There are no order lines with a date yet. Import purchases and sales first.")
    return last


def choose_window(
    purchases: pl.DataFrame,
    sales: pl.DataFrame,
    since: date | None,
    until: date | None,
    as_of: date | None,
    months: int = 36,
) -> Window:
    """The user's window; what is left open is the last ``months`` before the extract date."""
    extract = as_of or last_known_day(purchases, sales)
    until = until or extract + timedelta(days=1)
    return Window(since or months_before(until, months), until, extract)
