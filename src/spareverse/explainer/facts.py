"""Facts, and the sentences made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

TEXT = "text"
"""Unit of a fact that is a sentence of our own, not a name from the data."""
MOVER = "mover"
"""What a fact is about beside its agent: the other agent, who does it to that one."""


@dataclass(frozen=True)
class Fact:
    """One figure or name: where it comes from, its unit, its 95 % limits where it has them, and what it is about.

    unit
        ``share`` stands for 0 to 1 and is written in per cent; ``points`` for a difference of shares, written in
        percentage points. Of a name its kind (part, supplier, ...); ``text`` for a sentence of our own.
    source
        ``table.column``, a run or a query: what to open.
    about
        Kind -> name of what it is a figure of, e.g. ``{"part": "P-1", "place": "Oslo"}``.
    measure
        Which measure it is, by its name in the lexicon of grounding; empty: not checked against words.
    period
        ``2025-01-01/2025-03-31``, a day, ``today``, ``proposed``, ``before``, ``after``, ``next 8 weeks``, ...
    direction
        1 rise, -1 fall of what is spoken of, 0: not a difference.
    shown
        As the narrative wrote it: no text may show more digits.
    """

    id: str
    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    source: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    measure: str = ""
    period: str = ""
    direction: int = 0
    shown: str = ""


@dataclass(frozen=True)
class Narrative:
    """Sentences in reading order, the decision first, and the facts they are made of."""

    sentences: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def headline(self) -> str:
        return self.sentences[0]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def document(self) -> dict[str, Any]:
        return {"headline": self.headline, "text": self.text, "facts": [asdict(fact) for fact in self.facts]}
