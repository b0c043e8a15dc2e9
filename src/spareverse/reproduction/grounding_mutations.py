"""Wrong texts made of right ones, class by class; made without the checker's code."""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from spareverse.explainer.facts import Fact
from spareverse.reproduction.grounding_texts import RightText, Slot


@dataclass(frozen=True)
class Mutant:
    """A wrong text and the facts it is checked against."""

    text: str
    facts: tuple[Fact, ...]
    expert: bool
    of: str
    """The slot as it was."""


Facts = Sequence[Fact]
Maker = Callable[[RightText, Facts, random.Random], Mutant | None]
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


@cache
def _words() -> dict[str, Any]:
    file = resources.files("spareverse.reproduction").joinpath("grounding_corpus", "mutations.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _figures(text: RightText, *, limits: bool = False) -> list[Slot]:
    kinds = ("figure", "int") if limits else ("figure",)
    return [slot for slot in text.slots if slot.kind in kinds]


def _numbers(text: RightText, *, below: float = math.inf) -> list[tuple[Slot, re.Match[str]]]:
    """Figures in digits, each with its number."""
    found = ((slot, _NUMBER.search(slot.text)) for slot in _figures(text))
    return [(slot, number) for slot, number in found if number and _value(number.group()) < below]


def _pick(slots: Sequence[Slot], draw: random.Random) -> Slot | None:
    return draw.choice(slots) if slots else None


def _made(text: RightText, slot: Slot, new: str, facts: Facts) -> Mutant | None:
    return Mutant(text.with_slot(slot, new), tuple(facts), text.expert, slot.text) if new != slot.text else None


def digit(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """One digit is another one."""
    slot = _pick([each for each in _figures(text, limits=True) if _NUMBER.search(each.text)], draw)
    if slot is None:
        return None
    level = re.search(r"95 %", slot.text)
    places = [found.start() for found in re.finditer(r"\d", slot.text) if not level or found.start() > level.end()]
    place = draw.choice(places)
    other = draw.choice([each for each in "0123456789" if each != slot.text[place]])
    new = slot.text[:place] + other + slot.text[place + 1 :]
    if re.search(r"(?<![\d.,])0\d|(?<![\d.,])0,", new) or _as_good(slot.text, new):
        return None
    return _made(text, slot, new, facts)


def _as_good(old: str, new: str) -> bool:
    """Whether all figures are so near the right ones that they may be roundings of them."""
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False)
    return all(abs(_value(one) - _value(other)) <= 0.02 * _value(one) for one, other in pairs)


def unit(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """A figure has another unit."""
    slots = [
        (slot, word)
        for slot in _figures(text)
        for word in _words()["units"]
        if re.search(rf"(?<![\w-]){re.escape(word)}(?!\w)|(?<=R){re.escape(word)}\b", slot.text)
    ]
    if not slots:
        return None
    slot, word = draw.choice(slots)
    return _made(text, slot, slot.text.replace(word, draw.choice(_words()["units"][word])), facts)


def per_cent(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """Per cent where percentage points are meant, and the other way round."""
    points = r"percentage points|points"
    slots = [slot for slot in _figures(text) if re.search(rf"%|per ?cent|{points}", slot.text)]
    slot = _pick(slots, draw)
    if slot is None:
        return None
    if re.search(points, slot.text):
        return _made(text, slot, re.sub(points, draw.choice(["%", "per cent", "percent"]), slot.text), facts)
    return _made(text, slot, re.sub(r"%|per ?cent", draw.choice(["percentage points", "points"]), slot.text), facts)


def turned(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """Rose for fell."""
    slot = _pick([each for each in text.slots if each.kind == "dir"], draw)
    if slot is None:
        return None
    return _made(text, slot, _words()["turned"][slot.text], facts)


def name(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """Another name of the same kind: one of the facts', or one of nobody."""
    slot = _pick([each for each in text.slots if each.kind == "name"], draw)
    if slot is None:
        return None
    known = {value for fact in facts for kind, value in fact.about.items() if kind == slot.key}
    known |= {str(fact.value) for fact in facts if fact.unit == slot.key}
    pool = sorted(known - {slot.text}) if draw.random() < 0.5 else _words()["strangers"][slot.key]
    pool = [each for each in pool if each not in slot.text and each != "as it is"]
    return _made(text, slot, draw.choice(pool), facts) if pool else None


def period(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """Another time: another length, next for last, another month or year."""
    slot = _pick([each for each in text.slots if each.kind == "per"], draw)
    if slot is None:
        return None
    return _made(text, slot, _another_time(slot.text, draw), facts)


def _another_time(text: str, draw: random.Random) -> str:
    ways: list[str] = []
    past, months = ("last", "past", "previous"), _words()["months"]
    ways += [text.replace(word, draw.choice(past)) for word in ("next", "coming") if word in text]
    ways += [
        text.replace(month, draw.choice([each for each in months if each != month]))
        for month in months
        if month in text
    ]
    if found := re.search(r"\b20\d\d\b", text):
        ways.append(text.replace(found.group(), str(int(found.group()) + draw.choice([-2, -1, 1, 2]))))
    if re.search(r"-03-", text):
        ways.append(text.replace("-03-", f"-{draw.choice(['01', '02', '04', '05', '09', '11'])}-"))
    if found := re.search(r"\b(?:eight|8|three|3)\b", text):
        wrong = draw.choice([1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 16, 20, 26, 52])
        ways.append(text.replace(found.group(), str(wrong) if found.group().isdigit() else in_words(wrong)))
    for one, other in (("weeks", "months"), ("weeks", "days"), ("years", "months")):
        if one in text:
            ways.append(text.replace(one, other))
    return str(draw.choice(ways))


def words(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """A wrong number in words."""
    slots = _numbers(text, below=1000)
    if not slots:
        return None
    slot, found = draw.choice(slots)
    right = _value(found.group())
    wrong = draw.choice([right + 1, right - 1, right + 10, right * 2, right / 2, right + draw.randint(2, 9), 12, 7])
    wrong = max(round(wrong), 0)
    if abs(wrong - right) <= max(0.5, 0.05 * right) or wrong == 1:
        return None
    return _made(text, slot, slot.text[: found.start()] + in_words(wrong) + slot.text[found.end() :], facts)


def interval(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """An estimate without its limits, in a text of the expert level."""
    slot = _pick([each for each in text.slots if each.kind == "int"], draw) if text.expert else None
    return _made(text, slot, "", facts) if slot else None


def rounding(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """Fewer digits than may be, or more than are known."""
    slots = _numbers(text)
    if not slots:
        return None
    slot, found = draw.choice(slots)
    right, shown = _value(found.group()), found.group()
    hedged = any(word in text.text[max(0, slot.start - 18) : slot.start].lower() for word in _words()["hedges"])
    if draw.random() < 0.5 and "million" not in slot.text:
        decimals = len(shown.partition(".")[2])
        wrong = right + draw.choice([-1, 1]) * draw.randint(1, 4) * 10.0 ** -(decimals + 1)
        new = f"{wrong:,.{decimals + 1}f}"
        exact = _exact(slot, facts)
        if exact is not None and abs(exact - wrong) <= 0.5 * 10.0 ** -(decimals + 1):
            return None
    else:
        place = 10.0 ** draw.choice(range(-1, len(f"{right:.0f}") + 1))
        wrong = round(right / place) * place
        if abs(wrong - right) <= (0.06 if hedged else 0.021) * right or wrong == 0:
            return None
        new = f"{wrong:,.{1 if place < 1 else 0}f}"
    return _made(text, slot, slot.text[: found.start()] + new + slot.text[found.end() :], facts)


def _exact(slot: Slot, facts: Facts) -> float | None:
    """The figure with all its digits, in the unit of the slot."""
    key, _, name = slot.key.partition("@")
    for fact in facts:
        if fact.id == key and (not name or name in fact.about.values()) and isinstance(fact.value, (int, float)):
            return abs(fact.value) * (100.0 if fact.unit in ("share", "points") else 1.0)
    return None


def wrong_part(text: RightText, facts: Facts, draw: random.Random) -> Mutant | None:
    """The figure of something else of the same kind, which is among the facts as well."""
    slots = [(slot, number) for slot, number in _numbers(text) if "@" not in slot.key]
    if not slots:
        return None
    slot, found = draw.choice(slots)
    fact = next((each for each in facts if each.id == slot.key), None)
    if fact is None or not fact.about or not isinstance(fact.value, (int, float)):
        return None
    strangers = _words()["strangers"]
    kind = next((kind for kind in fact.about if kind in strangers), None)
    if kind is None:  # the figure of a recommendation, which is about its own title
        return None
    stranger = draw.choice(strangers[kind])
    factors = {each.id: draw.choice([0.4, 0.55, 0.7, 1.35, 1.6, 2.2]) for each in facts}
    main = fact.about[kind]
    rivals = [_rival(each, kind, stranger, factors[each.id]) for each in facts if each.about.get(kind) == main]
    right, shown = _value(found.group()), found.group()
    decimals = len(shown.partition(".")[2])
    # the figures of the other one have the digits of those shown here, so that a text may show them
    scaled = right * factors[fact.id]
    size = 10.0 ** (3 if right >= 10_000 else 0)
    wrong = round(scaled / size) * size if not decimals else round(scaled, decimals)
    if abs(wrong - right) <= max(0.12 * right, 0.5 if not decimals else 0.0) or wrong in (0, 1):
        return None
    exact = wrong / right * fact.value
    rivals = [replace(each, value=exact) if each.id == fact.id else each for each in rivals]
    new = slot.text[: found.start()] + f"{wrong:,.{decimals}f}" + slot.text[found.end() :]
    return _made(text, slot, new, [*facts, *rivals])


def _rival(fact: Fact, kind: str, stranger: str, factor: float) -> Fact:
    def times(value: float | None) -> float | None:
        return None if value is None else value * factor

    value = times(fact.value) if isinstance(fact.value, (int, float)) else fact.value
    return replace(
        fact, value=value, low=times(fact.low), high=times(fact.high), about={**fact.about, kind: stranger}, shown=""
    )


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def in_words(number: int) -> str:
    """A whole number below a thousand in English words."""
    if number < 20:
        return str(_words()["ones"][number])
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_words()['tens'][tens - 2]}-{_words()['ones'][ones]}" if ones else str(_words()["tens"][tens - 2])
    hundreds, rest = divmod(number, 100)
    return f"{in_words(hundreds)} hundred" + (f" and {in_words(rest)}" if rest else "")


CLASSES: dict[str, Maker] = {
    "digit": digit,
    "unit": unit,
    "per cent against points": per_cent,
    "rose / fell": turned,
    "swapped name": name,
    "swapped period": period,
    "number in words": words,
    "dropped interval": interval,
    "rounding beyond the shown digits": rounding,
    "right number of the wrong part": wrong_part,
}
