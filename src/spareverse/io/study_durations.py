"""Durations of a study file: numbers in the unit of their key, or distributions as text."""

from __future__ import annotations

import math
import re
from functools import cache

from spareverse.io.study_schema import HOURS_PER, UNITS
from spareverse.network.distributions import Distribution, parse

LONGEST_H = 100 * HOURS_PER["years"]
_NUMBER = re.compile(r"^[+-]?\d*[.,]?\d+(?:[eE][+-]?\d+)?$")


@cache
def read_duration(text: str, unit: str) -> Distribution:
    """The distribution, in hours, that a text stands for; a decimal comma in a plain number is read as such.

    unit
        Of a text that names none; a key of ``HOURS_PER``. ValueError says what is wrong.
    """
    plain = " ".join(text.replace("\u00a0", " ").split())
    if _NUMBER.match(plain):
        plain = plain.replace(",", ".")
        if plain.startswith("-"):
            raise ValueError("A time cannot be negative")
    duration = parse(plain, unit=UNITS[unit])
    try:
        mean = duration.mean
    except OverflowError:
        mean = math.inf
    if not mean <= LONGEST_H:
        raise ValueError(f"{plain!r} is longer than {LONGEST_H / HOURS_PER['years']:g} years on average")
    return duration


def duration_text(duration: Distribution, unit: str = "h") -> str:
    """Text that ``read_duration`` reads back to the same value, in ``unit`` where that loses nothing."""
    text = f"{duration.scaled(1.0 / HOURS_PER[unit]).expression} {UNITS[unit]}"
    return text if read_duration(text, unit) == duration else duration.text
