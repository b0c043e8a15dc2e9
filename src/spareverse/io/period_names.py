"""The ways people name a month, week or quarter: 1998-01, Jan 1998, 01/1998, 2024-W05, Q1 2024."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from spareverse.io.date_formats import CENTURY_PIVOT, MONTH_NUMBER

_LETTERS = r"[^\W\d_]+"
_WEEK = r"(?:W|KW|CW|week ?)"
_DAY = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (1900 if number >= CENTURY_PIVOT else 2000)


def _month(year: str, month: str) -> date:
    return date(_year(year), int(month), 1)


def _named(name: str, year: str) -> date:
    return date(_year(year), int(MONTH_NUMBER[name.lower()]), 1)


def _quarter(year: str, quarter: str) -> date:
    return date(int(year), 3 * int(quarter) - 2, 1)


def _week(year: str, week: str) -> date:
    return date.fromisocalendar(int(year), int(week), 1)


_SHAPES: tuple[tuple[re.Pattern[str], Callable[..., date], str | None], ...] = tuple(
    (re.compile(f"^{shape}$", re.IGNORECASE), read, unit)
    for shape, read, unit in (
        (r"(\d{4})[-/. ](\d{1,2})", _month, "month"),
        (r"((?:19|20)\d{2})(\d{2})", _month, "month"),
        (r"(\d{4})[-/ ]?M(\d{1,2})", _month, "month"),
        (r"(\d{1,2})[-/. ](\d{4})", lambda month, year: _month(year, month), "month"),
        (rf"({_LETTERS})\.?[-/' ]*(\d{{4}}|\d{{2}})", _named, "month"),
        (rf"(\d{{4}})[-/ ]*({_LETTERS})\.?", lambda year, name: _named(name, year), "month"),
        (r"(\d{4})[-/ ]?Q([1-4])", _quarter, "quarter"),
        (r"Q([1-4])[-/ ]?(\d{4})", lambda quarter, year: _quarter(year, quarter), "quarter"),
        (rf"(\d{{4}})[-/ ]?{_WEEK}(\d{{1,2}})", _week, "week"),
        (rf"{_WEEK}(\d{{1,2}})[-/ ](\d{{4}})", lambda week, year: _week(year, week), "week"),
        # a date may begin anything
        (r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?", lambda y, m, d: date(int(y), int(m), int(d)), None),
    )
)


def period_named(text: str) -> date | None:
    """First day of the period a text names; None when it names none."""
    return _read(text)[0]


def unit_named(text: str) -> str | None:
    """month, quarter or week, where the text names one; None where it is a date, or no period."""
    return _read(text)[1]


def _read(text: str) -> tuple[date | None, str | None]:
    bare = text.strip()
    for shape, read, unit in _SHAPES:
        if found := shape.match(bare):
            try:
                return read(*found.groups()), unit
            except (ValueError, KeyError):
                continue
    return None, None


def periods_named(texts: Iterable[str]) -> dict[str, date]:
    """Texts that name periods, with their first days. First days of months may be written day or month first."""
    listed = list(texts)
    found = {text: day for text in listed if (day := period_named(text)) is not None}
    numbers = {text: tuple(map(int, match.groups())) for text in listed if (match := _DAY.match(text.strip()))}
    for place in (0, 1):
        if numbers and all(number[place] == 1 <= number[1 - place] <= 12 for number in numbers.values()):
            return found | {text: date(number[2], number[1 - place], 1) for text, number in numbers.items()}
    return found
