"""What a text claims without a figure: events, times told from today, and which names belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from spareverse.explainer.facts import MOVER, Fact
from spareverse.explainer.grounding.lexicon import lexicon
from spareverse.explainer.grounding.names import Mention
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.reading import Reading

_FROM_TODAY = re.compile(
    r"\b(?:yesterday|tomorrow|(?:last|this|past|previous|next|coming) (?:day|week|month|quarter))\b", re.IGNORECASE
)
_BELONG = (("order", "supplier"), ("order", "part"), ("order", "place"), ("part", "place"))
"""Kinds of which the first is of the second where a fact is about both."""
_JOINED = re.compile(
    r"\s*(?:[a-z]+ ){0,3}(?:at|from|with|by|of|in)\s+(?:(?:the|its|supplier|place|part|vendor|site)\s+)*", re.IGNORECASE
)


def unheard(reading: Reading, facts: Iterable[Fact]) -> list[str]:
    """Events, such as a cancelled order, that no sentence of a fact tells."""
    told = _told(facts)
    return [
        reading.text[start:end]
        for start, end, _ in lexicon().claims.find(reading.masked)
        if reading.text[start:end].lower() not in told
    ]


def untimed(reading: Reading, facts: Iterable[Fact]) -> list[str]:
    """Times told from today, such as last month, that are of no fact."""
    told = _told(facts)
    return [found.group() for found in _FROM_TODAY.finditer(reading.masked) if found.group().lower() not in told]


def _told(facts: Iterable[Fact]) -> str:
    texts = (text for fact in facts for text in (fact.value, fact.period) if isinstance(text, str))
    return "\n".join(texts).lower()


def unrelated(reading: Reading, facts: Sequence[Fact]) -> list[str]:
    """Names that the text joins, the order from this supplier, of which every fact joins the first to others."""
    faults = []
    for one, other in pairwise(_apart(reading.names)):
        joined = _JOINED.fullmatch(reading.masked[one[0].end : other[0].start])
        if joined and any(_never(a, b, facts) for a in one for b in other) and not _ever(one, other, facts):
            faults.append(reading.text[one[0].start : other[0].end])
    return faults


def _apart(names: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions by where they stand: a name may be of several kinds."""
    places: dict[int, list[Mention]] = {}
    for each in names:
        places.setdefault(each.start, []).append(each)
    return [places[start] for start in sorted(places)]


def _never(one: Mention, other: Mention, facts: Sequence[Fact]) -> bool:
    """Whether facts are about the first and things of the other's kind, and never about both."""
    if (one.kind, other.kind) not in _BELONG:
        return False
    mine = (fact.about for fact in facts if fact.about.get(one.kind) == one.value)
    known = {about[other.kind] for about in mine if other.kind in about}
    return bool(known) and other.value not in known


def _ever(one: Sequence[Mention], other: Sequence[Mention], facts: Sequence[Fact]) -> bool:
    return any((a.kind, b.kind) in _BELONG and fact.about.get(a.kind) == a.value and fact.about.get(b.kind) == b.value
               for a in one for b in other for fact in facts)  # fmt: skip


def by_another(reading: Reading, said: Quantity, fact: Fact) -> bool:
    """Whether the sentence names agents beside the one that it falls on, and not the one who does it."""
    others = set(_agents(reading, said)) - {fact.about.get("agent")}
    return MOVER in fact.about and bool(others) and fact.about[MOVER] not in others


def done_to(reading: Reading, said: Quantity, fact: Fact) -> bool:
    """Whether the sentence names first the agent who does it, then the one that it falls on."""
    told = _agents(reading, said)
    mover, on = fact.about.get(MOVER), fact.about.get("agent")
    return mover in told and on in told and told.index(mover) < told.index(on)


def _agents(reading: Reading, said: Quantity) -> list[str]:
    start, end = reading.sentence(said.start)
    return [each.value for each in reading.names if each.kind == "agent" and start <= each.start < end]
