"""Which name a number is said of: that of its clause, else of what stands before it, else of what follows."""

from __future__ import annotations

import re

from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.reading import AS_IT_IS, Mention, Reading

_COMPARED = re.compile(
    r"\W*(?:against|than|compared (?:with|to)|versus|vs\.?|instead of|rather than|as against|unlike)\b", re.IGNORECASE
)


_BETWEEN = re.compile(r"\s*(?:%|[^\W\d_]+)?\s*(?:,|\band\b|,\s*and\b)\s*[+-]?")
"""What stands between the numbers of a list: a unit at most, and a comma or and."""


def subjects_around(reading: Reading, said: Quantity, kind: str) -> set[str]:
    """Names of a kind that a number may be said of; empty where the text names none before it."""
    clause, sentence = reading.clause(said.start), reading.sentence(said.start)
    zipped = _respectively(reading, said, kind)
    if zipped:
        return {zipped}
    groups = reading.groups(kind, clause)
    if groups:
        return _nearest(groups, said) if len(groups) > 1 else _values(groups[0])
    before = _spoken_of(reading, reading.groups(kind, (sentence[0], clause[0])))
    if before:
        return _values(before[-1])
    after = _spoken_of(reading, reading.groups(kind, (clause[1], sentence[1])))
    if after:
        return _values(after[0])
    return _topic(reading, sentence[0], kind)


def _spoken_of(reading: Reading, groups: list[list[Mention]]) -> list[list[Mention]]:
    """Without those that something is only compared with: than Oslo, against 22 in Oslo, the network as it is."""
    groups = [group for group in groups if group[0].value != AS_IT_IS or reading.main.get(group[0].kind) == AS_IT_IS]
    return [group for group in groups if not _COMPARED.match(reading.masked, reading.clause(group[0].start)[0])]


def _values(group: list[Mention]) -> set[str]:
    return {each.value for each in group}


def _nearest(groups: list[list[Mention]], said: Quantity) -> set[str]:
    """Of several names in one clause the last before the number and the first behind it."""
    before = [group for group in groups if group[-1].end <= said.start]
    after = [group for group in groups if group[0].start >= said.end]
    chosen = before[-1:] or after[:1]
    return {name for group in chosen for name in _values(group)}


def _topic(reading: Reading, start: int, kind: str) -> set[str]:
    """Names of the nearest sentence before that has any, and the first name of the text."""
    groups = _spoken_of(reading, reading.groups(kind, (0, start)))
    earlier = [each for group in groups for each in group]
    if not earlier:
        return set()
    first, _ = reading.sentence(earlier[-1].start)
    return {each.value for each in earlier if each.start >= first} | {earlier[0].value}


def _respectively(reading: Reading, said: Quantity, kind: str) -> str:
    """A and B hold 16 and 22 pieces: the name that stands where the number does in the other list."""
    sentence = reading.sentence(said.start)
    numbers = number_list(reading, said)
    if len(numbers) < 2:
        return ""
    for group in reading.groups(kind, sentence):
        if len(group) == len(numbers):
            return group[[each.start for each in numbers].index(said.start)].value
    return ""


def number_list(reading: Reading, said: Quantity) -> list[Quantity]:
    run: list[Quantity] = []
    for each in reading.quantities:
        listed = run and _BETWEEN.fullmatch(reading.masked[run[-1].end : each.start])
        if not listed:
            if said in run:
                break
            run = []
        run.append(each)
    return run if said in run else []
