"""Sentences from templates and facts: logic chooses what is said, ``texts/*.toml`` how."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

from spareverse.explainer.facts import TEXT, Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.figures import numbers

Row = Mapping[str, Any]
AS_IT_IS = "as it is"
"""The scenario in which nothing is changed."""
UNCLEAR = 0


@cache
def texts_of(kind: str) -> Mapping[str, Any]:
    """The templates of a kind of narrative."""
    file = resources.files("spareverse.explainer.narratives").joinpath("texts", f"{kind}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@dataclass
class Telling:
    """Facts that may be told of one thing, and the sentences told so far.

    kind
        Name of the file of texts.
    expert
        Whether estimates are told with their limits, and how they were made.
    about
        What facts are of unless they say otherwise.
    """

    kind: str
    source: str
    expert: bool = False
    about: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self._facts: dict[str, Fact] = {}
        self._told: dict[str, Fact] = {}
        self._sentences: list[str] = []

    def put(self, name: str, value: float | str | None, unit: str = "", **more: Any) -> None:
        """Make a fact ready; nothing where the value is not known. ``more``: fields of a Fact."""
        if value is None or (isinstance(value, (int, float)) and not numbers.known(value)) or value == "":
            return
        settled = {"source": f"{self.source}.{name}", "about": dict(self.about or {})} | more
        self._facts[name] = Fact(name, value, unit, **settled)

    def estimate(self, row: Row, column: str, unit: str = "", **more: Any) -> None:
        """A column of a row with its limits, where it has them; ``name``: that of the fact if it is another."""
        low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
        limits = {"low": low, "high": high} if low is not None and high is not None else {}
        self.put(more.pop("name", column), row.get(column), unit, **(limits | more))

    def change(self, row: Row, column: str, unit: str = "", **more: Any) -> None:
        """A difference: the sign of the value is the direction."""
        self.estimate(row, column, unit, **({"direction": _sign(row.get(column))} | more))

    def has(self, *names: str) -> bool:
        return all(name in self._facts for name in names)

    def value(self, name: str) -> Any:
        return self._facts[name].value if name in self._facts else None

    def clear(self, name: str) -> int:
        """1 or -1 where a difference is beyond its noise, 0 where it is not or is not known."""
        fact = self._facts.get(name)
        if fact is None or not isinstance(fact.value, (int, float)):
            return UNCLEAR
        if fact.low is not None and fact.high is not None and fact.low <= 0 <= fact.high:
            return UNCLEAR
        return _sign(fact.value)

    def say(self, key: str, **words: str) -> None:
        """The sentence of this name, if the texts have one for the level and all its facts are known.

        ``words``: words of ours that the template leaves open; they are no facts.
        """
        template = _template(self.kind, key, expert=self.expert)
        for name, word in words.items():
            template = template.replace(f"{{{name}}}", word)
        fields = [(name, form) for _, name, form, _ in Formatter().parse(template) if name]
        if not template or not self.has(*(name for name, _ in fields)):
            return
        shown = {name: self._written(name, form or "") for name, form in fields}
        text = "".join(before + (shown[name] if name else "") for before, name, _, _ in Formatter().parse(template))
        self._sentences.append(text[0].upper() + text[1:] if text[0].isalpha() and text[0].islower()
                               and not _begins_with_name(template, self._facts) else text)  # fmt: skip

    def narrative(self) -> Narrative:
        """What was said and the facts of it; facts that were ready and not told may be asked for, too."""
        rest = {name: fact for name, fact in self._facts.items() if name not in self._told}
        return Narrative(tuple(self._sentences), (*self._told.values(), *rest.values()))

    def _written(self, name: str, form: str) -> str:
        """``form``: exact, limits or value of figures; name: without quotes, behind the word for its kind."""
        fact = self._facts[name]
        limits = form == "limits" or (self.expert and form != "value")
        if form == "name":
            text = str(fact.value)
        else:
            text = decided(fact, limits=limits) if form == "exact" else written(fact, limits=limits)
        told = self._told.get(name)
        if told is None or len(text) > len(told.shown):
            self._told[name] = replace(fact, shown=text if not isinstance(fact.value, str) else "")
        return text


def written(fact: Fact, *, limits: bool) -> str:
    """A fact as a sentence has it; a difference without its sign, unless its limits are on both sides of zero."""
    value = fact.value
    if isinstance(value, str):
        if fact.unit == "scenario":
            return f"the network {value}" if value == AS_IT_IS else f'"{value}"'
        return value if fact.unit == TEXT else quoted(value, fact.unit)
    if value is None:
        return numbers.EMPTY
    low, high = fact.low, fact.high
    both = low is not None and high is not None and low < 0 < high
    if value < 0 and not (limits and both):
        value = abs(value)
        low, high = (None if end is None else abs(end) for end in (high, low))
    return _with_unit(value, low, high, fact.unit, limits=limits)


def decided(fact: Fact, *, limits: bool) -> str:
    """A whole number that somebody is to set: however wide its limits, it is never rounded to them."""
    if not isinstance(fact.value, (int, float)):
        return written(fact, limits=limits)
    text = written(replace(fact, low=None, high=None), limits=False)
    if not limits or fact.low is None or fact.high is None or fact.high <= fact.low:
        return text
    around = written(fact, limits=True)
    return f"{text}{around[around.index(' [') :]}" if " [" in around else text


def _with_unit(value: float, low: float | None, high: float | None, unit: str, *, limits: bool) -> str:
    share = unit in ("share", "points")
    noun = {"share": "", "points": "", "d": "days", "piece d": "piece-days"}.get(unit, unit)
    if not share and value == 1 and noun.endswith("s") and low is None:
        noun = noun.removesuffix("s")
    if low is not None and high is not None and high > low:
        text = numbers.measured(value, low, high, noun, share=share, limits=limits)
    elif unit == "share":
        text = numbers.percent(value)
    elif share:
        text = f"{numbers.digits(100.0 * value, 2)} %"
    elif float(value).is_integer() and "/" not in unit:
        text = f"{numbers.whole(value)} {noun}".strip()
    else:
        text = f"{numbers.digits(float(f'{value:.3g}'))} {noun}".strip()
    return text.replace(" %", " percentage points", 1) if unit == "points" else text


def _begins_with_name(template: str, facts: Mapping[str, Fact]) -> bool:
    before, name, _, _ = next(iter(Formatter().parse(template)))
    return not before and bool(name) and isinstance(facts[str(name)].value, str) and facts[str(name)].unit != TEXT


def _template(kind: str, key: str, *, expert: bool) -> str:
    found: Any = texts_of(kind)
    for part in key.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    if isinstance(found, dict):
        found = found.get("expert" if expert else "plain", "")
    return str(found)


def _sign(value: object) -> int:
    return int(value > 0) - int(value < 0) if isinstance(value, (int, float)) else 0
