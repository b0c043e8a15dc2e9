"""A question with its names found: what is asked about, and the words around them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spareverse.assistant.names import Mention, Unknown
from spareverse.assistant.tool import Call

LONGEST_QUESTION = 1000


@dataclass(frozen=True)
class Question:
    """``words``: the question in lower case with ``<>`` where a name stands, so that a name is never read as a word."""

    text: str
    words: str
    mentions: tuple[Mention, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @classmethod
    def of(cls, text: str, mentions: list[Mention], unknown: list[Unknown]) -> Question:
        words, at = [], 0
        for mention in mentions:
            words += [text[at : mention.start], "<>"]
            at = mention.end
        masked = "".join((*words, text[at:])).lower().replace("’", "'")
        return cls(text, " ".join(masked.split()), tuple(mentions), tuple(unknown))

    def has(self, pattern: str) -> bool:
        """Whether the words hold a pattern, at the edges of words."""
        return re.search(rf"\b(?:{pattern})", self.words) is not None

    def first(self, patterns: Mapping[str, str]) -> str:
        """The key of the pattern that stands first; empty where none does."""
        found = {key: re.search(rf"\b(?:{pattern})", self.words) for key, pattern in patterns.items()}
        starts = {key: match.start() for key, match in found.items() if match is not None}
        return min(starts, key=lambda key: starts[key]) if starts else ""

    def names(self, kind: str) -> list[str]:
        """Names that may be of a kind, in the order they stand, each once."""
        return list(dict.fromkeys(mention.name for mention in self.mentions if kind in mention.kinds))

    def named(self, *kinds: str) -> dict[str, str]:
        """Arguments of a tool by the names that stand here: ``{"part_id": "P-1"}``."""
        return {f"{kind}_id": self.name(kind) for kind in kinds if self.name(kind)}

    def name(self, kind: str) -> str:
        """The first name that may be of a kind; empty where there is none."""
        return next(iter(self.names(kind)), "")


@dataclass(frozen=True)
class Understanding:
    """How a question was understood: its kind, that in words, and the calls that answer it; none: not understood."""

    kind: str
    words: str
    calls: tuple[Call, ...] = ()
    hints: tuple[str, ...] = ()
    question: str = ""
    """The question as it was taken, where it went on from one before."""
    exact: bool = False
    """Whether limits are asked for: then they are told to everybody."""


def asked(kind: str, words: str, *calls: tuple[str, dict[str, Any]]) -> Understanding:
    """Understood so; arguments that are empty are left out."""
    made = tuple(
        Call(tool, {name: value for name, value in given.items() if value not in ("", None)}) for tool, given in calls
    )
    return Understanding(kind, words, made)
