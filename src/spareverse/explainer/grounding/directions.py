"""Rise and fall in a text against the sign of a difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.lexicon import lexicon
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.reading import Marked, Reading, distance

_MORE = re.compile(
    r"(?:\s?(?!(?:would|will|can|could|should|may|might|to)\b)[^\W\d_/%]+|[/%]\w*){0,3}?\s(?:more|fewer|less|higher|lower|longer|shorter|cheaper|dearer|up|down)\b",
    re.IGNORECASE,
)
"""A comparison right behind a number and its unit: 12 EUR a day more."""
_TURNS = re.compile(r"\b(up|down|higher|lower|more|less) from $", re.IGNORECASE)
_BEGUN = {"proposed": ("today", "before"), "after": ("today", "before")}
"""From which state something comes to another."""
_MOVED_BY_NOTHING = (
    "service_on_time", "exceptions_per_week", "expedites_per_week", "purchases_cost", "lead_time_dispersion",
    "order_amplification", "recovery_days",
)  # fmt: skip
"""Measures of a year of the record: one that goes to a level needs a fact of another time, or of a difference."""
_FROM, _TO = re.compile(r"\bfrom\s+[+-]?$"), re.compile(r"\bto\s+[+-]?$")


def against(reading: Reading, said: Quantity, fact: Fact, facts: Iterable[Fact] = ()) -> bool:
    """Whether the words around a number say rise where its fact is a fall, or the other way round.

    Of a level that something goes to (falls to 87 %) the difference of the same measure among ``facts`` tells.
    """
    if not fact.direction:
        return _TO.search(reading.masked[: said.start]) is not None and _reached(reading, said, fact, facts)
    if said.sign:
        return said.sign != fact.direction
    behind = _MORE.match(reading.masked, said.end)
    start, end = reading.clause(said.start)
    near = [word for word in reading.directions if start <= word.start < end]
    if behind and not any(word.meaning[0] == "fall" and word.end <= said.start for word in near):
        # costs 12 less is less; saves 12 more is a saving all the same
        near = [word for word in near if word.end == behind.end()] or near
    if not near:
        begin, _ = reading.sentence(said.start)
        near = [word for word in reading.directions if begin <= word.start < start][-1:]
    signs = [(distance(word, said), sign(word, fact)) for word in near if sign(word, fact)]
    return bool(signs) and min(signs)[1] != fact.direction


def _reached(reading: Reading, said: Quantity, fact: Fact, facts: Iterable[Fact]) -> bool:
    """Whether what goes to a level goes there the wrong way: by the level of today, else by the differences."""
    earlier = [each for each in reading.quantities if each.end <= said.start and each is not _mate(reading, said)]
    start = max([reading.sentence(said.start)[0], *(each.end for each in earlier[-1:])])
    words = [word for word in reading.directions if start <= word.start < said.start]
    if not words or not isinstance(fact.value, (int, float)):
        return False
    alike = [each for each in facts if _alike(each, fact) and each is not fact]
    if fact.measure in _MOVED_BY_NOTHING and not any(each.direction or each.period != fact.period for each in alike):
        return True
    begun = _BEGUN.get(fact.period, ())
    signs = {
        1 if fact.value > each.value else -1
        for each in alike
        if not each.direction and each.period in begun and isinstance(each.value, (int, float))
        and each.unit == fact.unit and each.value != fact.value
    } or {each.direction for each in alike if each.direction}  # fmt: skip
    return bool(signs) and all(sign(words[-1], each) not in (0, each.direction) for each in
                               (replace(fact, direction=way) for way in signs))  # fmt: skip


def _mate(reading: Reading, said: Quantity) -> Quantity | None:
    return reading.quantities[said.mate] if said.mate >= 0 else None


def _alike(one: Fact, other: Fact) -> bool:
    return bool(one.measure) and one.measure == other.measure and dict(one.about) == dict(other.about)


def sign(word: Marked, fact: Fact) -> int:
    """1 rise, -1 fall of what the fact measures; better and worse by which way is better, 0 where that is unknown."""
    meant = word.meaning[0]
    if meant in ("better", "worse"):
        return lexicon().good.get(fact.measure, 0) * (1 if meant == "better" else -1)
    if meant in ("lost", "costs"):
        good = lexicon().good.get(fact.measure, 0)
        paid = good < 0 and fact.unit.partition("/")[0] in lexicon().currencies
        return 1 if paid or (meant == "costs" and good <= 0) else -1
    return 1 if meant == "rise" else -1


def from_to(reading: Reading) -> Iterable[tuple[Quantity, Quantity, int]]:
    """Pairs that something changes from and to, with the sign of the words in front of them (0: none)."""
    figures = [each for each in reading.quantities if each.role not in ("low", "high")]
    for one, other in pairwise(figures):
        turn = _TURNS.search(reading.masked[: other.start])
        if turn and one.units & other.units:
            yield (
                other,
                one,
                {"up": 1, "higher": 1, "more": 1, "down": -1, "lower": -1, "less": -1}.get(turn[1].lower(), 0),
            )
        if not _FROM.search(reading.masked[: one.start]) or not _TO.search(reading.masked[: other.start]):
            continue
        start, _ = reading.sentence(one.start)
        words = [word for word in reading.directions if start <= word.start < one.start][-1:]
        told = {1 if word.meaning[0] == "rise" else -1 for word in words if word.meaning[0] in ("rise", "fall")}
        yield one, other, told.pop() if told else 0


def unsupported(reading: Reading, facts: Sequence[Fact], used: Sequence[Quantity]) -> list[Marked]:
    """Words of direction in clauses without a number that go against every difference of what the clause speaks of."""
    wrong = []
    for word in reading.directions:
        start, end = reading.clause(word.start)
        if any(start <= each.start < end for each in used):
            continue
        told = {name for each in reading.measures if start <= each.start < end for name in each.meaning}
        names = {(each.kind, each.value) for each in reading.names if start <= each.start < end}
        about = [fact for fact in facts if fact.direction and fact.measure in told]
        about = [fact for fact in about if names & set(fact.about.items())] or about
        if about and all(sign(word, fact) == -fact.direction for fact in about):
            wrong.append(word)
    return wrong
