"""A text as the checker reads it: names, periods, numbers and words that mean something, by clauses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.lexicon import Phrases, lexicon
from spareverse.explainer.grounding.names import MASK, Mention, find_names, foreign_names
from spareverse.explainer.grounding.periods import Period, find_periods
from spareverse.explainer.grounding.quantities import find_quantities
from spareverse.explainer.grounding.quantity import Quantity

_SAME = str.maketrans({
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-",
    "\u2011": "-", "\u201c": '"', "\u201d": '"', "\u2019": "'", "\u2018": "'", "\t": " ",
})  # fmt: skip
"""Characters that mean the same, one for one: positions in the text stay."""
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[^a-z])|\n\s*")
_BREAKS = re.compile(
    r"[;:()]|,(?!\d)|\s-+\s|\b(?:and|but|while|whereas|although|though|against|compared (?:with|to)|versus|instead of|"
    r"rather than|because|so|which|or|than|where|as against|vs\.?|when|if)\b",
    re.IGNORECASE,
)
AS_IT_IS = "as it is"
"""The scenario that others are compared with."""
_LISTED = re.compile(r"\s*(?:,|and|or|&|,\s*and|/)\s*")
Span = tuple[int, int]


@dataclass(frozen=True)
class Marked:
    """A word that means something and where it is."""

    meaning: tuple[str, ...]
    start: int
    end: int


class Reading:
    """One text read with the names of some facts."""

    def __init__(self, text: str, facts: Sequence[Fact]) -> None:
        self.text = text
        self.main: dict[str, str] = {}
        """What a text speaks of where it names nothing: what the first facts are of."""
        for fact in facts:
            for kind, name in fact.about.items():
                self.main.setdefault(kind, name)
        plain = text.translate(_SAME)
        self.names, masked = find_names(plain, facts)
        self.periods, self.masked = find_periods(masked, facts)
        self.foreign = foreign_names(self.masked, facts)
        for each in self.foreign:
            self.masked = self.masked[: each.start] + MASK * (each.end - each.start) + self.masked[each.end :]
        self.quantities: list[Quantity] = find_quantities(self.masked)
        self.sentences = _spans(_SENTENCE.finditer(self.masked), len(text))
        self.clauses = self._clauses()

    @cached_property
    def measures(self) -> list[Marked]:
        return self._marked(lexicon().measures)

    @cached_property
    def directions(self) -> list[Marked]:
        """Words of direction, but for those that bound a number or a word: more than 3,000, more than halves."""
        bounds = [each for each in self._marked(lexicon().hedges) if each.meaning[0] != "about"]
        bounds = [each for each in bounds if not self._behind_a_number(each)]
        return [
            word
            for word in self._marked(lexicon().directions)
            if not any(each.start <= word.start and word.end <= each.end for each in bounds)
        ]

    def _behind_a_number(self, word: Marked) -> bool:
        """7 pieces more than today: here more is a direction."""
        return any(0 <= word.start - each.end <= 25 and self.clause(each.start)[0] == self.clause(word.start)[0]
                   for each in self.quantities)  # fmt: skip

    @cached_property
    def states(self) -> list[Marked]:
        return self._marked(lexicon().states)

    @cached_property
    def advice(self) -> list[Marked]:
        return self._marked(lexicon().advice)

    @cached_property
    def limit_words(self) -> list[Marked]:
        return self._marked(lexicon().limits)

    def rates(self, position: int) -> set[str]:
        """Words like daily and a week in the sentence of a position."""
        start, end = self.sentence(position)
        return {word.meaning[0] for word in self._rates if start <= word.start < end}

    @cached_property
    def _rates(self) -> list[Marked]:
        return self._marked(lexicon().rates)

    def _marked(self, phrases: Phrases) -> list[Marked]:
        return [Marked(meaning, start, end) for start, end, meaning in phrases.find(self.masked)]

    def sentence(self, position: int) -> Span:
        return _around(self.sentences, position)

    def clause(self, position: int) -> Span:
        return _around(self.clauses, position)

    def groups(self, kind: str, span: Span) -> list[list[Mention]]:
        """Names of a kind in a span, those listed together in one group."""
        found = [each for each in self.names if each.kind == kind and span[0] <= each.start < span[1]]
        groups: list[list[Mention]] = []
        for each in found:
            if (
                groups
                and groups[-1][-1].value != AS_IT_IS
                and (
                    groups[-1][-1].start == each.start
                    or _LISTED.fullmatch(self.masked[groups[-1][-1].end : each.start])
                )
            ):
                groups[-1].append(each)
            else:
                groups.append([each])
        return groups

    def _clauses(self) -> list[Span]:
        taken = [(each.start, each.end) for each in self.quantities]
        pairs = [(each.start, self.quantities[each.mate].end) for each in self.quantities
                 if each.role in ("low", "from") and each.mate >= 0]  # fmt: skip
        inside = [*taken, *pairs, *((each.start, each.end) for each in self.periods)]
        breaks = [each for each in _BREAKS.finditer(self.masked) if not _within(each.start(), inside)]
        spans: list[Span] = []
        for start, end in self.sentences:
            own = [each for each in breaks if start <= each.start() < end]
            cuts = [start, *(each.start() for each in own), end]
            spans += [(one, other) for one, other in pairwise(cuts) if other > one]
        return spans


def _within(position: int, spans: Iterable[Span]) -> bool:
    return any(start < position < end for start, end in spans)


def _spans(breaks: Iterable[re.Match[str]], length: int) -> list[Span]:
    cuts = [0, *(each.end() for each in breaks), length]
    return [(start, end) for start, end in pairwise(cuts) if end > start] or [(0, length)]


def _around(spans: Sequence[Span], position: int) -> Span:
    return spans[max(bisect_right(spans, position, key=itemgetter(0)) - 1, 0)]


def distance(one: Quantity | Marked | Mention, other: Quantity | Marked | Mention) -> int:
    """Letters between two stretches of the text."""
    return max(one.start - other.end, other.start - one.end, 0)


__all__ = ["MASK", "Marked", "Mention", "Period", "Quantity", "Reading", "Span", "distance"]
