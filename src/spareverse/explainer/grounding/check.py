"""The check of a text against facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.claims import unheard, unrelated, untimed
from spareverse.explainer.grounding.directions import from_to, unsupported
from spareverse.explainer.grounding.names import named
from spareverse.explainer.grounding.reading import Reading
from spareverse.explainer.grounding.tracing import VALUE, Candidate, Tracer
from spareverse.figures import numbers

CLOSED = ("disturbance",)
"""Kinds whose names are a fixed list, with no other use as words."""
REASONS = {
    "number": "no fact has this figure, rounded as it may be",
    "interval": "no fact has it as a figure and these as its limits",
    "unit": "the fact with this figure has another unit",
    "name": "the fact with this figure is of something else",
    "period": "the fact with this figure is of another time",
    "measure": "the fact with this figure measures something else",
    "direction": "the fact goes the other way",
}


_NAME = r"([^\W\d_a-zà-ÿ][\w-]*(?: [^\W\d_a-zà-ÿ][\w-]*)*)"
_THAN = re.compile(r"\bthan(?: \w+)? $")
_MOVE = re.compile(rf"\bfrom {_NAME} to {_NAME}")


@dataclass(frozen=True)
class Fault:
    """What of a text traces to no fact.

    kind
        number, interval, unit, name, period, measure, direction, claim or dropped interval.
    """

    text: str
    kind: str
    reason: str


def check(text: str, facts: Sequence[Fact], *, expert: bool = False) -> list[Fault]:
    """What of a text does not trace to the facts; empty: it may be shown.

    expert
        Whether the text is of the expert level, where each estimate that is told needs its limits beside it, once.
    """
    reading = Reading(text, facts)
    tracer = Tracer(reading, facts)
    faults = [Fault(each.value, "name", "no fact has this name") for each in reading.foreign]
    faults += _strangers(reading, facts)
    faults += _advised(reading, facts)
    faults += _moves(reading, facts)
    faults += _periods(reading, tracer)
    faults += [Fault(each, "claim", "no fact says so") for each in unheard(reading, facts)]
    faults += [Fault(each, "period", "no fact is of this time") for each in untimed(reading, facts)]
    faults += [Fault(each, "name", "no fact is of both") for each in unrelated(reading, facts)]
    told: list[list[Candidate]] = []
    for index, said in enumerate(reading.quantities):
        found, kind = tracer.trace(index)
        told.append(found)
        if kind:
            faults.append(Fault(text[said.start : said.end], kind, REASONS[kind]))
    faults += _directions(reading, facts)
    return [*faults, *_dropped(told, facts)] if expert else faults


def _strangers(reading: Reading, facts: Sequence[Fact]) -> list[Fault]:
    """Disturbances of the battery that no fact is about."""
    known = named(facts)
    return [
        Fault(reading.text[each.start : each.end], "name", "no fact has this name")
        for each in reading.names
        if each.kind in CLOSED and each.value not in known
    ]


def _moves(reading: Reading, facts: Sequence[Fact]) -> list[Fault]:
    """From one place to another: as a sentence of ours says, where one says."""
    known = {pair for fact in facts if isinstance(fact.value, str) for pair in _MOVE.findall(fact.value)}
    return [
        Fault(found.group(), "name", "no fact moves anything so")
        for found in _MOVE.finditer(reading.text)
        if found[1] == found[2] or (known and found.groups() not in known)
    ]


def _advised(reading: Reading, facts: Sequence[Fact]) -> list[Fault]:
    """Advice about another than the first that the facts are of, with no figure to trace; one compared with itself."""
    rivals = {kind for kind in reading.main if len({fact.about.get(kind) for fact in facts} - {None}) > 1}
    faults = []
    for each in reading.names:
        start, end = reading.clause(each.start)
        if each.kind not in rivals or any(start <= said.start < end for said in reading.quantities):
            continue
        told = {other.value for other in reading.names if other.kind == each.kind and start <= other.start < end}
        advised = any(start <= word.start < end for word in reading.advice)
        if advised and reading.main[each.kind] not in told:
            faults.append(Fault(each.value, "name", "the facts put another first"))
    return faults + [
        Fault(one.value, "name", "compared with itself")
        for one, other in pairwise(reading.names)
        if one.value == other.value
        and one.end < other.start
        and reading.sentence(one.start) == reading.sentence(other.start)
        and _THAN.search(reading.masked[one.end : other.start])
    ]


def _periods(reading: Reading, tracer: Tracer) -> list[Fault]:
    return [
        Fault(reading.text[each.start : each.end], "period", "no fact is of this time")
        for each in reading.periods
        if not tracer.dated(each)
    ]


def _directions(reading: Reading, facts: Sequence[Fact]) -> list[Fault]:
    faults = [
        Fault(reading.text[min(low.start, high.start) : max(low.end, high.end)], "direction", "it goes the other way")
        for low, high, sign in from_to(reading)
        if sign and (high.value - low.value) * sign < 0
    ]
    return faults + [
        Fault(reading.text[word.start : word.end], "direction", REASONS["direction"])
        for word in unsupported(reading, facts, reading.quantities)
    ]


def _limited(fact: Fact) -> bool:
    """Whether a fact has limits that do not read as the figure itself."""
    if fact.low is None or isinstance(fact.value, str):
        return False
    share = fact.unit in ("share", "points")
    return "[" in numbers.measured(fact.value, fact.low, fact.high, share=share)


def _dropped(told: Sequence[Sequence[Candidate]], facts: Sequence[Fact]) -> list[Fault]:
    """Estimates that are told without their limits, here or where the same figure has them."""
    limited = {_estimate(each.fact) for found in told for each in found if each.end != VALUE}
    estimates = {_estimate(fact) for fact in facts if _limited(fact)}
    return [
        Fault(found[0].fact.id, "dropped interval", "an estimate needs its limits beside it")
        for found in told
        if found and all(each.end == VALUE and _estimate(each.fact) in estimates for each in found)
        and not limited & {_estimate(each.fact) for each in found}
    ]  # fmt: skip


def _estimate(fact: Fact) -> tuple[object, ...]:
    """The same for facts of one figure, told with its limits and without."""
    if not fact.measure or isinstance(fact.value, str):
        return (fact.id,)
    return fact.measure, fact.period, fact.unit, fact.value, tuple(sorted(fact.about.items()))
