"""Names in a question: parts, places, suppliers, customers, links, scenarios and studies that this twin knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from spareverse.assistant.session import Session
from spareverse.assistant.study_tools import study_names
from spareverse.network.spelling import did_you_mean, plain

KIND_WORDS = {
    "part": "part", "parts": "part", "item": "part", "sku": "part", "material": "part", "article": "part",
    "supplier": "supplier", "suppliers": "supplier", "vendor": "supplier", "maker": "supplier", "source": "supplier",
    "place": "place", "warehouse": "place", "site": "place", "hub": "place", "depot": "place", "store": "place",
    "customer": "customer", "customers": "customer", "link": "link", "lane": "link", "route": "link",
    "scenario": "scenario", "scenarios": "scenario", "study": "study", "plan": "plan",
}  # fmt: skip
"""Words that say of what kind the next name is."""
ORDINARY = frozenset((
    "a", "all", "an", "and", "are", "at", "be", "best", "by", "can", "come", "compare", "cost", "day", "days",
    "delay", "demand", "did", "do", "does", "double", "for", "from", "had", "has", "have", "hold", "how", "if",
    "in", "is", "it", "its", "late", "lead", "longest", "me", "month", "months", "more", "most", "much", "name",
    "no", "not", "of", "on", "one", "open", "or", "order", "orders", "out", "over", "overdue", "plan", "risk",
    "rule", "run", "show", "stock", "stop", "stops", "supply", "than", "that", "the", "their", "there", "they",
    "time", "to", "today", "under", "us", "value", "wait", "was", "we", "week", "weeks", "well", "were", "what",
    "when", "where", "which", "who", "why", "will", "with", "worst", "would", "year", "years", "you",
))  # fmt: skip
"""Words that are a name only in quotes or behind the word for their kind."""
_LONGEST = 6
_CANDIDATES = 300
_TOKEN = re.compile(r"\"[^\"]+\"|'[^']+'(?!\w)|\S+")


@dataclass(frozen=True)
class Mention:
    """A name of the twin in the question, and of what kinds it may be."""

    name: str
    kinds: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True)
class Unknown:
    """A word that stands where a name should, and none is so called."""

    word: str
    kind: str
    hint: str

    def __str__(self) -> str:
        return f"There is no {self.kind} {self.word!r} in this twin.{self.hint}"


class Names:
    """What the twin's things are called."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _few(self) -> dict[str, dict[str, set[str]]]:
        """Plain spelling -> name -> kinds, of everything but parts."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for kind, names in self._by_kind().items():
            for name in names:
                if plain(name):
                    found[plain(name)][name].add(kind)
        return found

    def _by_kind(self) -> dict[str, list[str]]:
        session = self._session
        found: dict[str, list[str]] = {"scenario": session.twin.scenario_names(), "study": study_names(session)}
        found["supplier"], found["place"] = [], []
        if session.has("analysis"):
            found["supplier"] += _texts(session.analysis().suppliers["supplier_id"])
            found["place"] += _texts(session.place_ids())
        if session.has("network"):
            network = session.network().network
            for kind in ("supplier", "place", "customer", "link"):
                found[kind] = [*found.get(kind, []), *_texts(network[f"{kind}s"][f"{kind}_id"])]
        if session.has("simulation"):
            found["scenario"] = [*found["scenario"], *session.simulation().names]
        return found

    @cached_property
    def parts(self) -> pl.Series:
        """Ids of all parts of the newest analysis and of the network."""
        return self._session.known_parts()

    def of(self, kind: str) -> list[str]:
        """Names of a kind, in the order of the alphabet; not of parts."""
        return sorted({name for names in self._few.values() for name, kinds in names.items() if kind in kinds})

    def find(self, question: str) -> tuple[list[Mention], list[Unknown]]:
        """Names in a question, longest first where they overlap, and words that should be names and are none."""
        tokens = [(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(question)]
        mentions: list[Mention] = []
        taken = [False] * len(tokens)
        parts = self._parts_in([_stripped(text) for _, _, text in tokens])
        for length in range(min(_LONGEST, len(tokens)), 0, -1):
            for first in range(len(tokens) - length + 1):
                if any(taken[first : first + length]):
                    continue
                found = self._named(tokens, first, length, parts)
                if found is not None:
                    mentions.append(found)
                    taken[first : first + length] = [True] * length
        unknown = [each for number in range(1, len(tokens)) if (each := self._missed(tokens, number, taken))]
        return sorted(mentions, key=lambda mention: mention.start), unknown

    def _named(
        self, tokens: list[tuple[int, int, str]], first: int, length: int, parts: dict[str, str]
    ) -> Mention | None:
        start, end = tokens[first][0], tokens[first + length - 1][1]
        words = [_stripped(text) for _, _, text in tokens[first : first + length]]
        text = " ".join(words)
        before = _stripped(tokens[first - 1][2]).lower() if first else ""
        wanted = KIND_WORDS.get(before, "")
        quoted = length == 1 and tokens[first][2][:1] in "\"'"
        named = {name: set(kinds) for name, kinds in self._few.get(plain(text), {}).items()}
        if length == 1 and text.lower() in parts:
            named.setdefault(parts[text.lower()], set()).add("part")
        if not named or not (wanted or quoted or len(tokens) == 1 or _telling(words)):
            return None
        name = text if text in named else next(iter(named))
        kinds = frozenset({wanted} if wanted in named[name] else named[name])
        shift = len(tokens[first][2]) - len(tokens[first][2].lstrip("\"'([,")) if not quoted else 0
        tail = len(tokens[first + length - 1][2]) - len(tokens[first + length - 1][2].rstrip("?!.,;:)\"'"))
        return Mention(name, kinds, start + shift, end - (0 if quoted else tail))

    def _parts_in(self, words: list[str]) -> dict[str, str]:
        """Lower case -> id, of the words that are ids of parts."""
        if not words or self.parts.is_empty():
            return {}
        lower = [word.lower() for word in words]
        alike = self.parts.filter(self._session.known_parts_in_lower_case().is_in(lower))
        # where two parts differ by their letters' case only, the one as it is spelt here comes last and stays
        return {str(name).lower(): str(name) for name in sorted(alike, key=lambda name: (name in words, name))}

    def _missed(self, tokens: list[tuple[int, int, str]], number: int, taken: list[bool]) -> Unknown | None:
        """A word with a digit, or in quotes, behind a kind of thing, that no such thing is called."""
        kind = KIND_WORDS.get(_stripped(tokens[number - 1][2]).lower(), "")
        word = _stripped(tokens[number][2])
        looks = any(letter.isdigit() for letter in word) or tokens[number][2][:1] in "\"'"
        if not kind or kind == "plan" or taken[number] or not looks or len(word) < 2:
            return None
        near = self._near_parts(word) if kind == "part" else self.of(kind)
        return Unknown(word[:100], kind, did_you_mean(word, near))

    def _near_parts(self, word: str) -> Iterable[str]:
        """Ids that begin or end alike: a look at all of them would take seconds."""
        ids, key = self.parts, plain(word)
        spelled = ids.str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
        alike = spelled.str.starts_with(key[:3]) | spelled.str.ends_with(key[-3:])
        near = (spelled.str.len_chars().cast(pl.Int64) - len(key)).abs() <= 2
        return [str(name) for name in ids.filter((alike & near).fill_null(value=False)).head(_CANDIDATES)]


def _stripped(token: str) -> str:
    if len(token) > 2 and token[0] in "\"'" and token[-1] == token[0]:  # a name in quotes is taken as it stands
        return token[1:-1].strip()
    return token.strip("?!.,;:()[]\"'")


def stands_alone(name: str) -> bool:
    """Whether a name is known for one without quotes and without the word for its kind."""
    return _telling(name.split()) and _stripped(name) == name


def _telling(words: list[str]) -> bool:
    """Whether a name cannot be taken for ordinary words or a plain number; 000123 is no number."""
    return any(word.lower() not in ORDINARY and not re.fullmatch(r"[1-9][\d,]{0,5}|0", word) for word in words)


def _texts(column: pl.Series) -> list[str]:
    return [str(value) for value in column.drop_nulls().unique() if str(value).strip()]
