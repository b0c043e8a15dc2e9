"""Dates and periods in a text, in the ways people write them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.lexicon import alternatives, lexicon

MASK = "\ue001"
_ISO = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")


@dataclass(frozen=True)
class Period:
    """From one day to another, both counted; where in the text."""

    first: date
    last: date
    start: int = 0
    end: int = 0

    def touches(self, other: Period) -> bool:
        """Whether it is a name for the other, or for the day, month or year in which that begins or ends."""
        return self.first <= other.first <= self.last or self.first <= other.last <= self.last


def fact_period(fact: Fact) -> Period | None:
    """The dates of a fact: its period, or its value where that is a day."""
    if isinstance(fact.value, str) and _ISO.match(fact.value):
        return _iso(fact.value)
    first, _, last = fact.period.partition("/")
    if not _ISO.match(first) or (last and not _ISO.match(last)):
        return None
    begun, ended = _iso(first), _iso(last or first)
    return Period(begun.first, ended.last)


def _iso(text: str) -> Period:
    year, month, *day = (int(part) for part in text.split("-"))
    return _month(year, month) if not day else Period(date(year, month, day[0]), date(year, month, day[0]))


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def find_periods(masked: str, facts: Sequence[Fact]) -> tuple[list[Period], str]:
    """Periods that the text names, and the text with a mask over them. A day without a year has that of the facts."""
    years = sorted(
        {each.first.year for each in map(fact_period, facts) if each}
        | {each.last.year for each in map(fact_period, facts) if each}
    )
    periods: list[Period] = []
    for pattern, read in _FORMS:
        for found in list(pattern.finditer(masked)):
            if MASK in found.group():
                continue
            period = read(found, years)
            if period is not None:
                start, end = found.span()
                periods.append(Period(period.first, period.last, start, end))
                masked = masked[:start] + MASK * (end - start) + masked[end:]
    return sorted(periods, key=lambda period: period.start), masked


def _day_month_year(found: re.Match[str], years: Sequence[int]) -> Period | None:
    month = _month_number(found["month"])
    year = found.groupdict().get("year")
    for candidate in [int(year)] if year else [*reversed(years)]:
        try:
            day = date(candidate, month, int(found["day"]))
        except ValueError:
            return None
        return Period(day, day)
    return None


def _month_number(text: str) -> int:
    return int(text) if text.isdigit() else lexicon().months[text.lower().rstrip(".")]


def _month_year(found: re.Match[str], years: Sequence[int]) -> Period | None:
    year = found.groupdict().get("year")
    if year is None and not years:
        return None
    month = _month_number(found["month"])
    return _month(int(year) if year else years[-1], month) if 1 <= month <= 12 else None


def _part_of_year(found: re.Match[str], years: Sequence[int]) -> Period | None:
    year = int(found["year"]) if found["year"] else (years[-1] if years else None)
    if year is None:
        return None
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
    number = words.get((found["which"] or "").lower()) or int(found["number"] or found["which"])
    months = 3 if found["kind"].lower().startswith("q") else 6
    first = _month(year, months * (number - 1) + 1)
    return Period(first.first, _month(year, months * number).last)


def _week(found: re.Match[str], _: Sequence[int]) -> Period | None:
    try:
        monday = date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
    except ValueError:
        return None
    return Period(monday, monday + timedelta(days=6))


def _year(found: re.Match[str], _: Sequence[int]) -> Period | None:
    year = int(found["year"])
    return Period(date(year, 1, 1), date(year, 12, 31))


_NAMES = r"(?P<month>(?i:" + alternatives(lexicon().months) + r"))\.?"
_MONTH_ONLY = r"(?P<month>" + alternatives([name.capitalize() for name in lexicon().months if len(name) > 2]) + ")"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_WHEN_WORDS = ("in", "since", "until", "before", "after", "during", "from", "year", "of", "early", "mid", "late",
               "around", "about")  # fmt: skip
_WHEN = "(?:" + "|".join(f"(?<={word} )" for word in _WHEN_WORDS) + "|(?<=mid-))"
_Reader = Callable[[re.Match[str], Sequence[int]], Period | None]
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"\b{_YEAR}-W(?P<week>\d{{2}})\b", _week),
        (r"\b[Ww]eek (?P<week>\d{1,2})(?: of|,)? " + _YEAR + r"\b", _week),
        (rf"\b{_YEAR}-(?P<month>\d{{2}})-(?P<day>\d{{2}})\b", _day_month_year),
        (rf"\b(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}\b", _day_month_year),
        (rf"\b(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/{_YEAR}\b", _day_month_year),
        (rf"\b{_DAY}(?: of)? {_NAMES},? {_YEAR}\b", _day_month_year),
        (rf"\b{_NAMES} {_DAY},? {_YEAR}\b", _day_month_year),
        (rf"\b{_DAY}(?: of)? {_MONTH_ONLY}\b", _day_month_year),
        (rf"\b{_MONTH_ONLY} {_DAY}\b(?!,\d|\.\d|\s?%)", _day_month_year),
        (rf"\b{_NAMES},?(?: of)? {_YEAR}\b", _month_year),
        (rf"\b{_YEAR}-(?P<month>\d{{2}})\b(?!-)", _month_year),
        (rf"\b(?P<kind>[QH])(?P<number>[1-4])(?P<which>)(?:[ /-]{_YEAR})?\b", _part_of_year),
        (
            rf"\b(?P<which>first|second|third|fourth|last)(?P<number>) (?P<kind>quarter|half)(?: of)?(?: {_YEAR})\b",
            _part_of_year,
        ),
        (rf"{_WHEN}{_MONTH_ONLY}\b", _month_year),
        (rf"{_WHEN}{_YEAR}\b(?![.,]\d|\s*%)", _year),
    )
)
