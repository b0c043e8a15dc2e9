"""Facts and the sentences made of them, with the proof that no sentence holds a number of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

# the 2 of CO2 is no figure
_NUMBER = re.compile(r"(?P<bound>[<>]?)(?<!\bCO)(?P<number>\d[\d,]*(?:\.\d+)?)")
_EPSILON = 1e-9


@dataclass(frozen=True)
class Fact:
    """One figure or name: where it comes from (``table.column``), its unit, and its 95 % limits where it has them.

    Unit ``share`` stands for 0 to 1 and is written in per cent.
    """

    id: str
    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    source: str = ""

    def written(self) -> Iterator[float]:
        """The numbers a reader may see for this fact."""
        factor = 100.0 if self.unit == "share" else 1.0
        for value in (self.value, self.low, self.high):
            if isinstance(value, (int, float)) and math.isfinite(value):
                yield abs(factor * value)

    @property
    def looseness(self) -> float:
        """Largest power of ten, 1 at least, that its numbers may be rounded to: no wider than its interval."""
        if self.low is None or self.high is None or not 1.0 <= self.high - self.low < math.inf:
            return 1.0
        return 10.0 ** math.floor(math.log10(self.high - self.low))


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


def untraced_numbers(narrative: Narrative) -> list[str]:
    """Numbers of the text that are no rounding of any fact's value or limit; empty for an honest narrative.

    Tens, hundreds and so on may be rounded away only where the fact's own interval is wider.
    Names (facts whose value is text) are taken out first, so that a part called 000123 is not read as a number.
    """
    text = narrative.text
    names = {fact.value for fact in narrative.facts if isinstance(fact.value, str) and fact.value}
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.,]){re.escape(name)}(?!\w|[.,]\d)", " ", text)
    values = [(value, fact.looseness) for fact in narrative.facts for value in fact.written()]
    return [found.group() for found in _NUMBER.finditer(text) if not _traced(found, values)]


def _traced(found: re.Match[str], values: list[tuple[float, float]]) -> bool:
    digits = found["number"].rstrip(",").replace(",", "")
    shown = float(digits)
    if found["bound"] == "<":
        return any(value < shown for value, _ in values)
    if found["bound"] == ">":
        return any(value > shown for value, _ in values)
    decimals = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if shown and not decimals else 0

    def near(value: float, looseness: float) -> bool:
        unit = 10.0**-decimals if decimals else min(10.0**zeros, looseness)
        return abs(value - shown) <= 0.5 * unit * (1 + _EPSILON) + _EPSILON * shown

    return any(near(value, looseness) for value, looseness in values)
