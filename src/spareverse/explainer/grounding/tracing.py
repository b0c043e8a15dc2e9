"""Which fact a number of a text comes from, and where it fails if from none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from spareverse.explainer.facts import MOVER, TEXT, Fact
from spareverse.explainer.grounding.claims import by_another, done_to
from spareverse.explainer.grounding.directions import against
from spareverse.explainer.grounding.lexicon import lexicon
from spareverse.explainer.grounding.names import find_names
from spareverse.explainer.grounding.periods import Period, fact_period
from spareverse.explainer.grounding.quantities import find_quantities
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.reading import Reading, distance
from spareverse.explainer.grounding.rounding import legal
from spareverse.explainer.grounding.scope import number_list, subjects_around

_BY = re.compile(
    r"\b(?:rises?|falls?|drops?|grows?|shrinks?|increases?|decreases?|lower|higher|up|down|risen|fallen) by\s+$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:\s?(?!(?:would|will|can|could|should|may|might|to)\b)[^\W\d_/%]+){0,2}?\s(?:more|fewer|less|higher|lower|longer|shorter|cheaper|dearer)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\W*(?:once|if|when|with|under|should|as soon as)\b", re.IGNORECASE)
"""So begins a clause that says under what the rest of the sentence holds: once the proposal is followed, ..."""
_TIMES_AS = re.compile(r"\S+ times (?:as|more|less)\b", re.IGNORECASE)
STATES = ("today", "proposed", "before", "after")
VALUE, LOW, HIGH = "value", "low", "high"


@dataclass(frozen=True)
class Candidate:
    """A fact, and which of its numbers is meant."""

    fact: Fact
    end: str

    @property
    def number(self) -> float:
        return float(getattr(self.fact, self.end))


class Tracer:
    """Traces the numbers of one reading to facts."""

    def __init__(self, reading: Reading, facts: Sequence[Fact]) -> None:
        self.reading, self.facts = reading, facts
        self.candidates = [
            Candidate(fact, end)
            for fact in facts
            for end in (VALUE, LOW, HIGH)
            if isinstance(getattr(fact, end), (int, float)) and not isinstance(getattr(fact, end), bool)
            and isinstance(fact.value, (int, float))
        ]  # fmt: skip
        self.candidates += [Candidate(each, VALUE) for each in _of_titles(facts)]
        self.titles = {fact.about[TEXT]: self._named_in(fact.about[TEXT]) for fact in facts if TEXT in fact.about}
        self.states = {fact.period for fact in facts if fact.period in STATES}
        self.bare = {fact.measure for fact in facts if fact.measure and not fact.unit}
        self.counted = {fact.measure for fact in facts if fact.measure and counted(fact)}

    def trace(self, index: int) -> tuple[list[Candidate], str]:
        """Facts that a number may come from; where none, the kind of fault; neither if the text counts itself."""
        said = self.reading.quantities[index]
        if self._counts_names(said):
            return [], ""
        steps: list[tuple[str, Callable[[Candidate], bool]]] = [
            ("number", lambda each: self._equal(said, each)),
            ("interval", lambda each: self._in_its_place(index, each)),
            (
                "unit",
                lambda each: (
                    factor(said, each.fact, self.reading.rates(said.start)) is not None
                    and not (counted(each.fact) and _TIMES_AS.match(self.reading.masked, said.start))
                ),
            ),
            ("direction", lambda each: said.sign == 0 or each.number == 0 or (each.number > 0) == (said.sign > 0)),
            ("name", lambda each: self._of_subject(said, each.fact)),
            ("period", lambda each: self._of_period(said, each.fact)),
            ("measure", lambda each: self._of_measure(said, each)),
            (
                "direction",
                lambda each: (
                    self._limit_with_sign(said, each) or not against(self.reading, said, each.fact, self.facts)
                ),
            ),
            ("direction", lambda each: self._as_difference(said, each.fact)),
        ]
        left = self.candidates
        for kind, passes in steps:
            found = [each for each in left if passes(each)]
            if not found:
                return [], kind
            left = found
        return self._settled(said, left), ""

    def _limit_with_sign(self, said: Quantity, candidate: Candidate) -> bool:
        """A limit on the other side of zero is told with its own sign, whichever way the figure goes."""
        return candidate.end != VALUE and bool(said.sign) and (candidate.number > 0) == (said.sign > 0)

    def _as_difference(self, said: Quantity, fact: Fact) -> bool:
        """Differences are told as such; of counts, which are easily mistaken, in a sentence that says more or less."""
        if not fact.direction:
            return not self._difference(said)
        if said.sign or not counted(fact):
            return True
        start, end = self.reading.sentence(said.start)
        return any(start <= word.start < end for word in self.reading.directions)

    def _difference(self, said: Quantity) -> bool:
        """Whether a figure is told as one, by 7 or 7 fewer, where facts of its unit say which are."""
        front, behind = self.reading.masked[: said.start], self.reading.masked[said.end :]
        if not (_BY.search(front) or _MORE.match(behind)):
            return False
        rates = self.reading.rates(said.start)
        return any(each.fact.direction and factor(said, each.fact, rates) is not None for each in self.candidates)

    def _settled(self, said: Quantity, found: list[Candidate]) -> list[Candidate]:
        """Without a word of direction a figure is a level rather than a difference."""
        figure = self.reading.quantities[said.partner] if said.partner >= 0 else said
        start, end = self.reading.clause(figure.start)
        levels = [each for each in found if not each.fact.direction]
        turned = said.sign or any(start <= word.start < end for word in self.reading.directions)
        return found if turned or not levels else levels

    def _counts_names(self, said: Quantity) -> bool:
        """Two parts, where two are named: the text counts what it tells of."""
        if said.place != 1.0 or said.value < 2 or said.per or said.role != VALUE:
            return False
        named: dict[str, set[str]] = {}
        for each in self.reading.names:
            named.setdefault(each.kind, set()).add(each.value)
        kinds = {unit for unit in said.units if unit.removesuffix("s") in named}
        if not kinds and not said.units and re.search(r"\b(?:the|these|those)\s+$", self.reading.masked[: said.start]):
            return any(len(names) == said.value for names in named.values())
        return any(len(named[unit.removesuffix("s")]) == said.value for unit in kinds)

    def _equal(self, said: Quantity, candidate: Candidate) -> bool:
        fact, limit = candidate.fact, candidate.end != VALUE
        tried = factor(said, fact, self.reading.rates(said.start))
        for scale in {tried} if tried is not None else {1.0, 100.0 if fact.unit in ("share", "points") else 1.0}:
            if legal(said, candidate.number, fact, scale, limit=limit):
                return True
        return False

    def _in_its_place(self, index: int, candidate: Candidate) -> bool:
        """A limit where limits are told, a figure where figures are, and both of one fact."""
        said = self.reading.quantities[index]
        if said.role in (LOW, HIGH):
            if candidate.end == VALUE:
                return said.partner < 0 and self._two_levels(index, candidate)
            return self._both_ends(index, candidate.fact) and self._figure_of(said, candidate.fact)
        if candidate.end != VALUE:
            return self._told_as_limit(said)
        return said.role not in ("from", "to") or self._level_of_a_change(index, candidate.fact)

    def _level_of_a_change(self, index: int, fact: Fact) -> bool:
        """From 9 to 16: two levels of one measure, not one level and what it changes by."""
        mate = self.reading.quantities[self.reading.quantities[index].mate]
        others = [each for each in self.candidates if each.end == VALUE and self._equal(mate, each)]
        alike = (
            each.fact
            for each in others
            if each.fact is not fact and each.fact.measure == fact.measure and dict(each.fact.about) == dict(fact.about)
        )
        return not fact.direction and any(not other.direction for other in alike)

    def _both_ends(self, index: int, fact: Fact) -> bool:
        said, mate = self.reading.quantities[index], self.reading.quantities[self.reading.quantities[index].mate]
        low, high = (said, mate) if said.role == LOW else (mate, said)
        if fact.low is None or fact.high is None:
            return False
        ends = (
            sorted((fact.low, fact.high), key=abs)
            if fact.high <= 0 and not (low.sign or high.sign)
            else [fact.low, fact.high]
        )
        if fact.low < 0 < fact.high and low.sign >= 0:
            return False
        return all(self._is(each, end, fact) for each, end in zip((low, high), ends, strict=True))

    def _is(self, said: Quantity, value: float, fact: Fact) -> bool:
        scale = factor(said, fact, self.reading.rates(said.start))
        return scale is not None and legal(said, value, fact, scale, limit=True)

    def _figure_of(self, said: Quantity, fact: Fact) -> bool:
        """Whether the figure in front of the limits is of the same fact."""
        if said.partner < 0:
            return True
        figure = self.reading.quantities[said.partner]
        return self._equal(figure, Candidate(fact, VALUE))

    def _two_levels(self, index: int, candidate: Candidate) -> bool:
        """8 to 12 pieces may be two figures, 16 and 22 in a list, too, but not one and a limit."""
        mate = self.reading.quantities[self.reading.quantities[index].mate]
        said = self.reading.quantities[index]
        between = self.reading.masked[min(said.end, mate.end) : max(said.start, mate.start)]
        return "-" not in between and any(self._equal(mate, each) for each in self.candidates if each.end == VALUE)

    def _told_as_limit(self, said: Quantity) -> bool:
        start, _ = self.reading.clause(said.start)
        told = (word for word in self.reading.limit_words if start <= word.start and word.end <= said.start)
        return any(distance(word, said) <= 30 for word in told) or (said.hedge in ("over", "under"))

    def _of_subject(self, said: Quantity, fact: Fact) -> bool:
        if by_another(self.reading, said, fact):
            return False
        settled = {MOVER, "agent"} if done_to(self.reading, said, fact) else {MOVER}
        about = {kind: name for kind, name in fact.about.items() if kind not in settled}
        told = {kind: subjects_around(self.reading, said, kind) for kind in about}
        if TEXT in told:  # only what is advised is a subject, no other sentence of ours
            told[TEXT] &= self.titles.keys()
        if self._advised_of_another(said, fact):
            return False
        if any(told[kind] and name not in told[kind] for kind, name in about.items()):
            return False
        if self._told_of_another(said, fact, {kind for kind in told if told[kind]}):
            return False
        # where the text names another thing than the main one, the rest of what a fact is about goes with that
        another = any(told[kind] and name != self.reading.main[kind] for kind, name in about.items())
        return another or all(told[kind] or self.reading.main[kind] == name for kind, name in about.items())

    def dated(self, period: Period) -> bool:
        """Whether a fact is of a time that is told: one of what the text speaks of there, and of what happened."""
        start, _ = self.reading.clause(period.start)
        place = Quantity(period.start, period.end, 0.0, 1.0)
        told = {name for word in self.reading.measures if start <= word.start < period.start for name in word.meaning}
        known = [fact for fact in self.facts if (dates := fact_period(fact)) and period.touches(dates)]
        events = {fact.measure for fact in self.facts if isinstance(fact.value, str) and fact_period(fact)} - {""}
        return any(
            not isinstance(fact.value, str)
            or (
                self._of_subject(place, replace(fact, measure=""))
                and (not fact.measure or not told & events or fact.measure in told)
            )
            for fact in known
        )

    def _named_in(self, title: str) -> dict[str, set[str]]:
        """Kind -> names that a title of ours names."""
        others = [fact for fact in self.facts if fact.unit != TEXT and TEXT not in fact.about]
        found: dict[str, set[str]] = {}
        for each in find_names(title, others)[0]:
            found.setdefault(each.kind, set()).add(each.value)
        return found

    def _advised_of_another(self, said: Quantity, fact: Fact) -> bool:
        """Whether the sentence advises it of a name, where the title that the fact is of names another."""
        start, end = self.reading.sentence(said.start)
        return any(
            not names & told
            for kind, names in self.titles.get(fact.about.get(TEXT, ""), {}).items()
            if (told := {each.value for each in self.reading.names if each.kind == kind and start <= each.start < end})
        )

    def _told_of_another(self, said: Quantity, fact: Fact, told: set[str]) -> bool:
        """Whether the clause names a thing of a kind by which such figures are known, and this one is of none."""
        if not fact.measure or told:
            return False
        start, end = self.reading.clause(said.start)
        kinds = {each.kind for each in self.reading.names if start <= each.start < end} - {"", *fact.about}
        words = [set(word.meaning) for word in self.reading.measures if start <= word.start < end]
        measures = {fact.measure}.union(*(each for each in words if fact.measure in each))
        return any(
            other.measure in measures and other.unit == fact.unit and bool(kinds & other.about.keys())
            for other in self.facts
        )

    def _of_period(self, said: Quantity, fact: Fact) -> bool:
        if said.tense and fact.period.split(" ")[0] in ("next", "last") and said.units & set(lexicon().days):
            return fact.period.startswith(said.tense)
        if fact.period in STATES:
            state = self._state(said)
            return (
                not state
                or state == fact.period
                or {state, fact.period} <= {"today", "before"}
                or ({state, fact.period} <= {"proposed", "after"})
            )
        dates = fact_period(fact)
        if dates is None:
            own_unit = said.units and "bare" not in said.units
            return bool(own_unit) or self._state(said) not in self.states
        named = self._periods(said)
        return not named or any(each.touches(dates) for each in named)

    def _periods(self, said: Quantity) -> list[Period]:
        start, end = self.reading.clause(said.start)
        own = [each for each in self.reading.periods if start <= each.start < end]
        if own:
            return own
        begin, finish = self.reading.sentence(said.start)
        earlier = [each for each in self.reading.periods if begin <= each.start < said.start]
        if earlier:
            return earlier[-1:] if len(earlier) == 1 or not self._range(earlier[-2:]) else earlier[-2:]
        return [each for each in self.reading.periods if said.start < each.start < finish][:1]

    def _range(self, pair: list[Period]) -> bool:
        between = self.reading.masked[pair[0].end : pair[1].start]
        return bool(re.fullmatch(r"\s*(?:to|-|and|until|through)\s*", between))

    def _state(self, said: Quantity) -> str:
        """today, proposed, ...: the word that is nearest to this number in its clause, or to one listed with it."""
        begin, finish = self.reading.sentence(said.start)
        for word in self.reading.states:
            if not begin <= word.start < finish:
                continue
            start, end = self.reading.clause(word.start)
            others = [each for each in self.reading.quantities if start <= each.start < end]
            if not others and _CONDITION.match(self.reading.masked, start):
                others = [each for each in self.reading.quantities if end <= each.start < finish][:1]
            nearest = min(others, key=lambda each: (distance(word, each), each.start < word.start), default=None)
            if nearest is not None and said in (nearest, *number_list(self.reading, nearest)):
                return word.meaning[0]
        return ""

    def _of_measure(self, said: Quantity, candidate: Candidate) -> bool:
        fact = candidate.fact
        if not fact.measure:
            return True
        start, end = self.reading.clause(said.start)
        rates = self.reading.rates(said.start)
        alike = {
            each.fact.measure
            for each in self.candidates
            if each.fact.measure and factor(said, each.fact, rates) is not None
        }
        if counted(fact):
            alike = self.counted | (
                set() if said.units else self.bare
            )  # counts are told apart by the words around them, whatever they count
        told = [set(word.meaning) & alike for word in self.reading.measures if start <= word.start < end]
        told = [each for each in told if each]
        return not told or any(fact.measure in each for each in told)


def _of_titles(facts: Sequence[Fact]) -> list[Fact]:
    """Shares that our own sentences about a recommendation tell: raise them by 40 %, stock value +10 %."""
    return [
        Fact(fact.id, said.value / 100.0, "share", about=fact.about, shown=f"{said.value:g} %")
        for fact in facts
        if fact.unit == TEXT and TEXT in fact.about and isinstance(fact.value, str)
        for said in find_quantities(fact.value)
        if "share" in said.units
    ]


def factor(said: Quantity, fact: Fact, rates: set[str]) -> float | None:
    """What the fact is multiplied by to be in the unit that is said; None where the units do not agree."""
    base, _, per = fact.unit.partition("/")
    words = lexicon()
    per = {"d": "day", "h": "hour", "run": "", "a": "year"}.get(per, per)
    units, concepts = said.units - {"bare"}, _concepts(base)
    if "bare" in said.units and not concepts & units and base not in ("share", "points"):
        return 1.0 if _bare(concepts) else None
    if said.per != per and not (not said.per and (per in rates or not per)) and not (said.per == "run" and not per):
        return None
    if base == "share":
        return 100.0 if units & {"share"} else (1.0 if not units and not said.fraction else None)
    if base == "points":
        return 100.0 if "points" in units else None
    if not units:
        return 1.0 if _bare(concepts) or not base else None
    if concepts & units or (units & words.count_units and not concepts and base in ("", "1")):
        return 1.0
    for table in (words.days, words.kilograms):
        ours, theirs = concepts & set(table), units & set(table)
        if ours and theirs:
            return table[min(ours)] / table[min(theirs)]
    if units & {"any", "times"} and concepts & words.count_units:
        return 1.0
    return None


def counted(fact: Fact) -> bool:
    """Whether a fact is a count of something: pieces, lines, runs."""
    return bool(_concepts(fact.unit.partition("/")[0]) & lexicon().count_units)


def _concepts(base: str) -> frozenset[str]:
    words = lexicon()
    if base in ("", "1"):
        return frozenset()
    if base in words.currencies:
        return frozenset({f"money {base}"})
    return frozenset(
        words.units.meaning.get(base.lower()) or words.units.meaning.get(base.lower().split()[-1], (base,))
    )


def _bare(concepts: frozenset[str]) -> bool:
    """Whether figures of the unit are told without it, too: counts, and indices without a unit."""
    return not concepts or bool(concepts & lexicon().count_units)
