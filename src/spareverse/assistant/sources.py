"""Which fact each number and name of a sentence comes from, so that a reader can open it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from spareverse.assistant.findings import POINTS, SHARE
from spareverse.explainer.facts import TEXT, Fact
from spareverse.explainer.grounding.names import ambiguous
from spareverse.explainer.grounding.reading import Reading
from spareverse.explainer.grounding.tracing import Tracer

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
# on its own, or an end of an interval in brackets; not within a name or a date
_NUMBER = re.compile(rf"(?<![\w.,-]){_DIGITS}(?![\w-]|[.,]\d)|(?<=\[){_DIGITS}(?=-\d)|(?<=\d-){_DIGITS}(?=\])")
SHORTEST_NAME = 2


def segments(sentence: str, facts: Sequence[Fact]) -> list[tuple[str, Fact | None]]:
    """The sentence in pieces, in order: each number or name with its fact, what lies between with none."""
    own = [fact for fact in facts if all(name in sentence for name in fact.about.values())]
    known = {id(fact) for fact in own}
    others = [fact for fact in facts if id(fact) not in known]
    found = [*_names(sentence, [*own, *others]), *_numbers(sentence, own, others)]
    found.sort(key=lambda each: (each[0], -each[1]))
    pieces: list[tuple[str, Fact | None]] = []
    at = 0
    for start, end, fact in found:
        if start < at:
            continue
        pieces += [(sentence[at:start], None)] if start > at else []
        pieces.append((sentence[start:end], fact))
        at = end
    return [*pieces, (sentence[at:], None)] if at < len(sentence) else pieces


def _names(sentence: str, facts: Sequence[Fact]) -> Iterator[tuple[int, int, Fact]]:
    seen = set()
    for fact in facts:
        name = fact.value
        if not isinstance(name, str) or len(name) < SHORTEST_NAME or name in seen or fact.unit == TEXT:
            continue
        seen.add(name)
        # line 10 is a name, 10 pieces are not
        before = rf'(?<=")|(?<=\b{re.escape(fact.unit)} )' if ambiguous(name) else r"(?<![\w.-])"
        for match in re.finditer(rf"(?:{before}){re.escape(name)}(?![\w-]|\.\w)", sentence):
            yield match.start(), match.end(), fact


def _numbers(sentence: str, own: Sequence[Fact], others: Sequence[Fact]) -> Iterator[tuple[int, int, Fact]]:
    """Each number with the fact that the check of the text traces it to; where it traces to none, with the nearest.

    ``own``: facts that are about nothing but what the sentence names, which come before the others.
    """
    texts = [
        (at, at + len(fact.value), fact) for fact in (*own, *others)
        if fact.unit == TEXT and isinstance(fact.value, str) and fact.value and (at := sentence.find(fact.value)) >= 0
    ]  # fmt: skip
    tracer = Tracer(Reading(sentence, own), own)
    for match in _NUMBER.finditer(sentence):
        start, end = match.span()
        fact = next((fact for first, last, fact in texts if first <= start < last), None)
        fact = fact or _traced(tracer, start) or _nearest(match.group(), sentence[end:], (*own, *others))
        if fact is not None:
            yield start, end, fact


def _traced(tracer: Tracer, start: int) -> Fact | None:
    """The fact that the number which begins there comes from, as far as the check can tell."""
    for index, said in enumerate(tracer.reading.quantities):
        if said.start <= start < said.end:
            found, _ = tracer.trace(index)
            return found[0].fact if found else None
    return None


def _nearest(text: str, after: str, facts: Sequence[Fact]) -> Fact | None:
    """The first fact that the number is a rounding of, of the unit behind it if there is one: of its value before that
    of its limits."""
    shown = float(text.replace(",", ""))
    decimals = len(text.partition(".")[2])
    zeros = 0 if decimals or not shown else len(text) - len(text.rstrip("0"))
    per_cent = after.lstrip().startswith("%")
    of_unit = sorted(facts, key=lambda fact: not (fact.unit and after.lstrip().startswith(fact.unit)))
    for limits in (False, True):
        for fact in of_unit:
            if per_cent and fact.unit != SHARE:
                continue
            values = (fact.low, fact.high) if limits else (fact.value,)
            if any(_rounds_to(value, fact.unit, shown, decimals, zeros) for value in values):
                return fact
    return None


def _rounds_to(value: float | str | None, unit: str, shown: float, decimals: int, zeros: int) -> bool:
    if isinstance(value, str) or value is None or not math.isfinite(value):
        return False
    told = abs(value) * (100.0 if unit in (SHARE, POINTS) else 1.0)
    if abs(told - shown) <= 0.5 * 10.0**-decimals + 1e-9 * shown:
        return True
    # about three digits of a large amount: 43,000
    return bool(zeros) and abs(told - shown) <= 0.5 * 10.0**zeros and abs(told - shown) <= 0.05 * shown
