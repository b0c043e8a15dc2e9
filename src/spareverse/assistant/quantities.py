"""Amounts, durations and factors as people write them: six weeks, 1.2 million, 20 % more, twice."""

from __future__ import annotations

import re

WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
    "hundred": 100, "half a": 0.5,
}  # fmt: skip
DAYS = {"day": 1.0, "week": 7.0, "month": 30.0, "quarter": 91.0, "year": 365.0}
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SOME = rf"(?P<number>{_NUMBER}|{'|'.join(sorted(WORDS, key=len, reverse=True))})"
_DURATION = re.compile(rf"\b{_SOME}[ -](?P<unit>{'|'.join(DAYS)})s?\b", re.IGNORECASE)
_START = re.compile(
    rf"\b(?:from|on|at|in|after|starting(?: in| at| on)?) (?P<unit>day|week|month) (?P<number>{_NUMBER})\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(rf"\b(?:next|coming|following) (?P<unit>{'|'.join(DAYS)})\b", re.IGNORECASE)
_PERCENT = re.compile(rf"(?P<number>{_NUMBER}) ?(?:%|per ?cent)", re.IGNORECASE)
_TIMES = re.compile(rf"\b{_SOME} times\b", re.IGNORECASE)
_SCALE = rf"(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})?"
_AMOUNT = re.compile(rf"(?P<number>{_NUMBER}) ?{_SCALE}\b(?! ?(?:%|per ?cent|times))", re.IGNORECASE)
_LESS = re.compile(
    r"\b(?:less|fewer|falls?|fell|drops?|dropped|shrinks?|cuts?|reduced?|reduces|lower(?:ed)?|down|loses?|lost|decreased?)\b",
    re.IGNORECASE,
)
_FACTORS = (
    (re.compile(r"\b(?:doubles?|doubled|twice|double)\b", re.IGNORECASE), 2.0),
    (re.compile(r"\b(?:triples?|tripled|thrice)\b", re.IGNORECASE), 3.0),
    (re.compile(r"\b(?:halves|halved|half|halve)\b", re.IGNORECASE), 0.5),
)


def number_of(text: str) -> float:
    """``1,200``, ``six``."""
    return float(WORDS[text.lower()] if text.lower() in WORDS else text.replace(",", ""))


def duration_days(text: str) -> float | None:
    """``for six weeks`` -> 42; None where no duration is said."""
    found = _DURATION.search(re.sub(r"\bhalf[ -](?!a )", "half a ", text, flags=re.IGNORECASE))
    return None if found is None else number_of(found["number"]) * DAYS[found["unit"].lower()]


def start_day(text: str) -> float | None:
    """``from day 200`` -> 200, ``in week 10`` -> 63, its first day."""
    found = _START.search(text)
    if found is None:
        return None
    unit = found["unit"].lower()
    return number_of(found["number"]) if unit == "day" else (number_of(found["number"]) - 1.0) * DAYS[unit]


def weeks_ahead(text: str) -> int | None:
    """``in the next 13 weeks`` -> 13, ``next quarter`` -> 13; None where no such time is said."""
    found, days = _AHEAD.search(text), duration_days(text)
    days = days if days is not None or found is None else DAYS[found["unit"].lower()]
    return None if days is None else max(round(days / 7.0), 1)


def factor(text: str) -> float | None:
    """``doubles`` -> 2, ``rises by 20 %`` -> 1.2, ``30 % less`` -> 0.7, ``1.8 times``; None where nothing is said."""
    times, percent = _TIMES.search(text), _PERCENT.search(text)
    if times is not None:
        return number_of(times["number"])
    if percent is not None:
        share = number_of(percent["number"]) / 100.0
        return max(1.0 - share, 0.0) if _LESS.search(text) else 1.0 + share
    return next((value for pattern, value in _FACTORS if pattern.search(text)), None)


def percentage(text: str) -> float | None:
    """``to 99 %`` -> 0.99; None where no percentage is said."""
    found = _PERCENT.search(text)
    return None if found is None else number_of(found["number"]) / 100.0


def amount(text: str) -> float | None:
    """``1.2 million`` -> 1,200,000, ``12,000 EUR`` -> 12,000; the first number that is no percentage and no factor."""
    found = _AMOUNT.search(text)
    return None if found is None else number_of(found["number"]) * SCALES.get((found["scale"] or "").lower(), 1.0)


def numbers_said(text: str) -> list[float]:
    """Every number of a text, in figures or as a word."""
    words = re.findall(r"[a-z]+", text.lower())
    said = [number_of(found) for found in re.findall(_NUMBER, text)]
    return [*said, *(float(WORDS[word]) for word in words if word in WORDS and word not in ("a", "an"))]
