"""What words mean to the reader of texts, from ``lexicon.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Phrases:
    """Phrases, each with what it stands for; the longest that fits is found."""

    pattern: re.Pattern[str]
    meaning: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]]) -> Phrases:
        """``words``: what is meant -> its phrases."""
        meaning: dict[str, tuple[str, ...]] = {}
        for meant, phrases in words.items():
            for phrase in phrases:
                meaning[phrase] = (*meaning.get(phrase, ()), meant)
        return cls(re.compile(alternatives(meaning), re.IGNORECASE), meaning)

    def find(self, text: str) -> Iterable[tuple[int, int, tuple[str, ...]]]:
        for found in self.pattern.finditer(text):
            yield found.start(), found.end(), self.meaning[found.group().lower()]


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern of them, longest first, that begins and ends where words do."""
    longest = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(_bounded(phrase) for phrase in longest) + ")" if longest else "(?!)"


def _bounded(phrase: str) -> str:
    before = r"(?<![\w-])" if phrase[0].isalnum() else ""
    after = r"(?![\w-])" if phrase[-1].isalnum() else ""
    return before + re.escape(phrase) + after


@dataclass(frozen=True)
class Lexicon:
    """All tables of words, compiled."""

    units: Phrases
    count_units: frozenset[str]
    days: Mapping[str, float]
    kilograms: Mapping[str, float]
    currencies: frozenset[str]
    rates: Phrases
    numbers: Mapping[str, int]
    scales: Mapping[str, float]
    fractions: Mapping[str, tuple[float, float]]
    hedges: Phrases
    limits: Phrases
    directions: Phrases
    states: Phrases
    tenses: Phrases
    advice: Phrases
    claims: Phrases
    """Events that only a sentence of a fact may tell of."""
    ends: frozenset[str]
    """Words behind a number that its unit does not come after."""
    months: Mapping[str, int]
    kinds: Phrases
    capitals: frozenset[str]
    measures: Phrases
    good: Mapping[str, int]
    aliases: Mapping[str, Phrases]
    meaningful: frozenset[str]
    """Words that a reader gives a meaning to: a name made of nothing else may be ambiguous."""
    claiming: frozenset[str]
    """Of them those that claim something by themselves: numbers, directions, months, units of time and money."""
    vocabulary: frozenset[str]
    """Ordinary words: a sentence that begins with another one begins with a name."""


@cache
def lexicon() -> Lexicon:
    folder = resources.files("spareverse.explainer.grounding")
    read = tomllib.loads(folder.joinpath("lexicon.toml").read_text(encoding="utf-8"))
    vocabulary = folder.joinpath("vocabulary.txt").read_text(encoding="utf-8").split()
    units = {name: row["words"] for name, row in read["units"].items()}
    units |= {f"money {code}": [code.lower(), *words] for code, words in read["money"].items()}
    measures = {name: row["words"] for name, row in read["measures"].items()}
    good = {name: {"high": 1, "low": -1}[row["good"]] for name, row in read["measures"].items() if "good" in row}
    return Lexicon(
        units=Phrases.of(units),
        count_units=frozenset(name for name, row in read["units"].items() if row.get("count")),
        days={name: row["days"] for name, row in read["units"].items() if "days" in row},
        kilograms={name: row["kilograms"] for name, row in read["units"].items() if "kilograms" in row},
        currencies=frozenset(read["money"]),
        rates=Phrases.of(read["rates"]),
        numbers=read["numbers"],
        scales=read["scales"],
        fractions={phrase: (share, near) for phrase, (share, near) in read["fractions"].items()},
        hedges=Phrases.of(read["hedges"]),
        limits=Phrases.of({"limits": read["limits"]["words"]}),
        directions=Phrases.of(read["directions"]),
        states=Phrases.of(read["states"]),
        tenses=Phrases.of(read["tenses"]),
        advice=Phrases.of({"advice": read["advice"]["words"]}),
        claims=Phrases.of({"claim": read["claims"]["words"]}),
        ends=frozenset(read["ends"]["words"]),
        months=read["months"],
        kinds=Phrases.of(read["kinds"]),
        capitals=frozenset(read["capitals"]["words"]) | frozenset(read["money"]),
        measures=Phrases.of(measures),
        good=good,
        aliases={kind: Phrases.of(names) for kind, names in read["aliases"].items()},
        meaningful=_meaningful(read, units),
        claiming=_claiming(read, units),
        vocabulary=frozenset(vocabulary),
    )


def _meaningful(read: dict[str, Any], units: Mapping[str, list[str]]) -> frozenset[str]:
    tables = [*units.values(), *read["hedges"].values(), *read["directions"].values(), *read["states"].values()]
    tables += [*read["rates"].values(), *read["tenses"].values(), read["stop"]["words"], read["limits"]["words"]]
    tables += [row["words"] for row in read["measures"].values()]
    tables += [list(read[name]) for name in ("numbers", "scales", "months", "fractions")]
    return _single(tables)


def _claiming(read: dict[str, Any], units: Mapping[str, list[str]]) -> frozenset[str]:
    tables = [
        *read["directions"].values(),
        *(list(read[name]) for name in ("numbers", "scales", "months", "fractions")),
    ]
    tables += [words for name, words in units.items() if not read["units"].get(name, {}).get("count")]
    return _single(tables) - frozenset(read["stop"]["words"])


def _single(tables: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(word for phrases in tables for phrase in phrases for word in re.findall(r"[^\W\d_]+", phrase))
