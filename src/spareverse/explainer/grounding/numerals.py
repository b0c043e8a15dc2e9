"""Numbers as they are written: digits, words, fractions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from spareverse.explainer.grounding.lexicon import alternatives, lexicon
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.written_units import unit_at

_DIGITS = re.compile(
    r"(?<![\w.])(?P<sign>(?<![\d\w%\])])[+-])?"
    r"(?P<number>\d{1,3}(?:[,' \u202f]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+)"
)
_SCALE = re.compile(r"\s?(k|m|mn|bn|thousand|million|billion)(?![\w-])", re.IGNORECASE)
_MANY = r"\d|[a-z]+ty\b|(?:two|three|four|five|six|eight|ten|twelve|a hundred)\b"
_SCALED = "(?:(?<=hundred)|(?<=thousand)|(?<=million))"
"""Behind these a number goes on after and; nine and eleven are two."""
_AND_A_HALF = re.compile(r"\s+and a half\b", re.IGNORECASE)
_DENOMINATORS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 20, 50, 100)
_IN_SO_MANY = re.compile(rf" (?:in|out of) (?:every )?(?:{_MANY})")


def find_numerals(text: str) -> list[Quantity]:
    """All numbers in order, the longest where several begin together."""
    found = sorted([*_digits(text), *_words(text), *_fractions(text)], key=lambda each: (each.start, -each.end))
    kept: list[Quantity] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _digits(text: str) -> Iterator[Quantity]:
    for found in _DIGITS.finditer(text):
        if re.search(r"\bCO$", text[: found.start()]):
            continue
        number = re.sub(r"[,' \u202f]", "", found["number"])
        value, decimals = float(number), len(number.partition(".")[2])
        zeros = len(number) - len(number.rstrip("0")) if value and not decimals else 0
        sign = {"+": 1, "-": -1}.get((found["sign"] or "").strip(), 0)
        quantity = Quantity(found.start("number"), found.end(), value, 10.0 ** (zeros - decimals), sign)
        yield _scaled(text, quantity)


def _scaled(text: str, quantity: Quantity) -> Quantity:
    found = _SCALE.match(text, quantity.end)
    if not found or (found[1] == "m" and not re.search(r"[A-Z]{3}\s?$|[€$£]\s?$", text[: quantity.start])):
        return quantity
    scale = lexicon().scales[found[1].lower()]
    return replace(quantity, value=quantity.value * scale, place=quantity.place * scale, end=found.end())


def _words(text: str) -> Iterator[Quantity]:
    """Numbers in words: twelve, twenty-one, two hundred and five, a dozen."""
    for found in _word_numbers().finditer(text):
        words = re.findall(r"[a-z]+", found.group().lower())
        value = _of_words(words)
        if value is None or (words == ["one"] and not _counts(text, found.end())):
            continue
        half = _AND_A_HALF.match(text, found.end())
        if half:
            yield Quantity(found.start(), half.end(), value + 0.5, 0.1)
            continue
        digits = f"{value:.0f}"
        zeros = len(digits) - len(digits.rstrip("0")) if value else 0
        yield Quantity(found.start(), found.end(), value, 10.0 ** min(zeros, 0 if value < 100 else zeros))


@cache
def _word_numbers() -> re.Pattern[str]:
    bare = rf"\b(?:{'|'.join(sorted(lexicon().numbers, key=len, reverse=True))})\b"
    front = r"(?:\b(?:half a|a)\s+(?=dozen|hundred|thousand|million))?"
    return re.compile(rf"{front}{bare}(?:(?:\s+|-|{_SCALED}\s+and\s+){bare})*", re.IGNORECASE)


@cache
def _fraction_words() -> re.Pattern[str]:
    return re.compile(alternatives(lexicon().fractions), re.IGNORECASE)


@cache
def _so_many_of() -> re.Pattern[str]:
    """One in ten, nine out of ten."""
    number = rf"(?:\d+|{alternatives(lexicon().numbers)})"
    return re.compile(
        rf"(?P<n>{number})(?: (?!(?:of|in|or|and|to)\b)[a-z]+)? (?P<of>in|out of|of)(?: every)? (?P<m>{number})"
        r"(?!\w)(?![.,-]?\d)",
        re.IGNORECASE,
    )


def _of_words(words: list[str]) -> float | None:
    table = lexicon().numbers
    total, group = 0.0, 0.0
    factor = 0.5 if words[:2] == ["half", "a"] else 1.0
    for word in words:
        if word in ("and", "a", "half"):
            continue
        value = table[word]
        if word == "dozen":
            group = (group or 1.0) * 12
        elif value == 100:
            group = (group or 1.0) * 100
        elif value >= 1000:
            total, group = total + (group or 1.0) * value, 0.0
        else:
            group += value
    return factor * (total + group)


def _counts(text: str, end: int) -> bool:
    """Whether the word one counts something: one piece, one in ten; not: the one thing, one of them."""
    found = lexicon().units.pattern.match(text, end + 1)
    return bool(found) or bool(_IN_SO_MANY.match(text, end))


def _fractions(text: str) -> Iterator[Quantity]:
    table = lexicon().fractions
    for found in _fraction_words().finditer(text):
        if re.match(r"\s+(?:a dozen|year|quarter)|-(?:year|yearly|width)", text[found.end() :]):
            continue
        share, near = table[found.group().lower()]
        units = frozenset({"times", "share"}) if share > 1 else frozenset({"share"})
        if share > 1 or _fraction_of(text, found.end()):
            value = share if share > 1 else 100.0 * share
            yield Quantity(
                found.start(),
                found.end(),
                value,
                1.0,
                units=units,
                near=near * (1 if share > 1 else 100),
                fraction=True,
            )
    for found in _so_many_of().finditer(text):
        n, m = (_one_number(found[group]) for group in ("n", "m"))
        spoken = found["n"].isalpha() and found["m"].isalpha()
        if not (0 < n < m and m in _DENOMINATORS) or not (
            spoken or (found["of"] != "of" and not unit_at(text, found.end()))
        ):
            continue
        share, near = 100.0 * n / m, min(25.0 / m, 4.0)
        units = frozenset({"share"})
        yield Quantity(found.start(), found.end(), share, 1.0, units=units, near=near, fraction=True)


def _fraction_of(text: str, end: int) -> bool:
    """Whether a fraction is one of something (half of the lines, half the money), not half a year or half past."""
    return bool(re.match(r"\s+(?:of|the|its|their|as|at|for|from)\b|[.,;:)]|\s*$", text[end:]))


def _one_number(text: str) -> float:
    return float(text) if text.isdigit() else float(lexicon().numbers[text.lower()])
