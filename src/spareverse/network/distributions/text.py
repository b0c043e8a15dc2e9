"""Distributions as people write them: ``30 d``, ``triangular(20, 30, 50) d``, ``weibull(shape=2, scale=1000 h)``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from spareverse.network.distributions.bounded import Constant, Triangular, Uniform
from spareverse.network.distributions.composed import Empirical, Mixture, Truncated
from spareverse.network.distributions.distribution import Distribution
from spareverse.network.distributions.kernel_density import KernelDensity, rule_of_thumb
from spareverse.network.distributions.unbounded import Exponential, Gamma, LogNormal, Weibull

Unit = Literal["s", "min", "h", "d", "week", "month", "year"]

HOURS: dict[str, float] = {
    "s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "week": 168.0, "month": 730.0, "year": 8760.0,
}  # fmt: skip
"""Hours in a unit of time: a month is a twelfth of a year of 365 days."""

SPELLINGS = {
    "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "hr": "h",
    "hrs": "h", "day": "d", "days": "d", "w": "week", "weeks": "week", "months": "month", "y": "year", "years": "year",
}  # fmt: skip
PLAIN = frozenset({"shape", "sigma", "cv"})
SHORT = {"min": "minimum", "max": "maximum"}
TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_][\w-]*)|(.))")


def gamma_of_variation(mean: float, cv: float) -> Gamma:
    return Gamma(cv**-2.0, mean * cv**2)


def log_normal_of_variation(mean: float, cv: float) -> LogNormal:
    return LogNormal(mean / math.sqrt(1.0 + cv * cv), math.sqrt(math.log1p(cv * cv)))


FORMS: dict[str, tuple[tuple[tuple[str, ...], Callable[..., Distribution]], ...]] = {
    "constant": ((("value",), Constant),),
    "exponential": ((("mean",), Exponential),),
    "weibull": (
        (("shape", "scale"), Weibull),
        (("shape", "mean"), lambda shape, mean: Weibull(shape, 1.0).scaled(mean / Weibull(shape, 1.0).mean)),
    ),
    "gamma": (
        (("shape", "scale"), Gamma),
        (("shape", "mean"), lambda shape, mean: Gamma(shape, mean / shape)),
        (("mean", "cv"), gamma_of_variation),
    ),
    "lognormal": ((("median", "sigma"), LogNormal), (("mean", "cv"), log_normal_of_variation)),
    "triangular": ((("minimum", "mode", "maximum"), Triangular),),
    "uniform": ((("minimum", "maximum"), Uniform),),
}
"""Ways to give the parameters of a law; the first one is also read by position."""

EXAMPLES = {
    "constant": "30 d",
    "exponential": "exponential(mean=500 h)",
    "weibull": "weibull(shape=2, scale=1000 h)",
    "gamma": "gamma(shape=2, mean=40 d)",
    "lognormal": "lognormal(mean=30 d, cv=0.4)",
    "triangular": "triangular(20, 30, 50) d",
    "uniform": "uniform(5, 10) d",
    "empirical": "empirical(12, 15, 15, 40) d",
    "mixture": "mixture(0.8: triangular(20, 30, 50), 0.2: 90) d",
    "kde": "kde(12, 15, 40; bandwidth=4) d",
    "truncated": "truncated(weibull(shape=2, scale=40), 0, 100) d",
}
"""How to write each law; the first word is its name."""


@dataclass
class Node:
    """A number or a law as written, with its unit if it has one; ``label`` is the name or the weight before it."""

    name: str = ""
    value: float = math.nan
    parts: tuple[Node, ...] = ()
    unit: str | None = None
    label: str | float | None = None


def parse(text: str, *, unit: Unit = "h") -> Distribution:
    """The distribution that ``text`` describes, in hours; numbers without a unit of time are in ``unit``.

    A unit behind a bracket holds for everything inside that has none of its own. ValueError says what is wrong and
    how to write it.
    """
    try:
        reader = Reader(text)
        node = reader.term()
        reader.end()
        return in_hours(node, unit_of(unit))
    except (ValueError, OverflowError, ZeroDivisionError, RecursionError) as error:
        reason = "too large, too small or too deep for a number" if not isinstance(error, ValueError) else error
        raise ValueError(f"cannot read the duration {str(text)[:80]!r}: {reason}") from None


class Reader:
    """Reads ``term = [-] number [unit] | name ( [label] term, ... ) [unit]`` from left to right."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[str, str]] = []
        for found in TOKEN.finditer(text.strip()):
            number, word, mark = found.groups()
            self.words.append(("number", number) if number else ("word", word) if word else ("mark", mark))
        self.at = 0
        if not self.words:
            raise ValueError("it is empty; write for instance 30 d or triangular(20, 30, 50) d")

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ("end", "")

    def take(self) -> str:
        self.at += 1
        return self.words[self.at - 1][1]

    def expected(self, what: str) -> ValueError:
        following = self.peek()[1]
        return ValueError(f"{what} is expected {f'before {following!r}' if following else 'at the end'}")

    def end(self) -> None:
        kind, word = self.peek()
        if kind != "end":
            hint = "; write decimals with a point" if word == "," else ""
            raise ValueError(f"{word!r} is not expected after {self.peek(-1)[1]!r}{hint}")

    def term(self) -> Node:
        sign = 1.0
        if self.peek()[1] == "-":
            self.take()
            sign = -1.0
        kind, word = self.peek()
        if kind == "number" or word == "inf":
            node = Node(value=sign * float(self.take()))
        elif kind != "word" or sign < 0.0:
            raise self.expected("a number or a law")
        elif self.peek(1)[1] != "(":
            raise ValueError(f"{word!r} is not followed by its parameters in brackets; {example_of(word)}")
        else:
            node = Node(name=self.take(), parts=self.brackets())
        if self.peek()[0] == "word":
            node.unit = unit_of(self.take())
        return node

    def brackets(self) -> tuple[Node, ...]:
        self.take()
        parts: list[Node] = []
        while self.peek()[1] != ")" or parts:
            parts.append(self.labelled())
            if self.peek()[1] == ")":
                break
            if self.peek()[1] not in (",", ";"):
                raise self.expected("a comma or a closing bracket")
            self.take()
        self.take()
        return tuple(parts)

    def labelled(self) -> Node:
        kind, word = self.peek()
        label: str | float | None = None
        if kind == "word" and self.peek(1)[1] == "=":
            label = word
        elif kind == "number" and self.peek(1)[1] == ":":
            label = float(word)
        if label is not None:
            self.take()
            self.take()
        node = self.term()
        node.label = label
        return node


def unit_of(word: str) -> str:
    """The unit of time a word means."""
    unit = SPELLINGS.get(word.lower(), word.lower())
    if unit not in HOURS:
        close = get_close_matches(unit, [*HOURS, *SPELLINGS], 1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{word!r} is not a unit of time{meant} Units: {', '.join(HOURS)}")
    return unit


def example_of(name: str) -> str:
    """How to write the law that was probably meant."""
    close = get_close_matches(known(name), EXAMPLES, 1)
    return f"write for instance {EXAMPLES[close[0] if close else 'triangular']}"


def known(name: str) -> str:
    plain = name.lower().replace("_", "").replace("-", "")
    return "kde" if plain == "kerneldensity" else plain


def in_hours(node: Node, unit: str) -> Distribution:
    """The law of the whole text. Where one unit holds for all of it the law is checked as written, then converted."""
    hours = HOURS[node.unit or unit]
    if any(map(has_unit, node.parts)):
        return law_of(node, hours)
    node.unit = None
    law = law_of(node, 1.0)
    return law if hours == 1.0 else law.scaled(hours)


def has_unit(node: Node) -> bool:
    return node.unit is not None or any(map(has_unit, node.parts))


def law_of(node: Node, hours: float) -> Distribution:
    """The law of a node; ``hours`` in the unit that holds where none is written."""
    if not node.name:
        return Constant(time_of(node, hours))
    hours = HOURS[node.unit] if node.unit is not None else hours
    name = known(node.name)
    if name in FORMS:
        return formula(name, node, hours)
    if name in LISTS:
        return LISTS[name](node, hours)
    close = get_close_matches(name, EXAMPLES, 1)
    meant = f"did you mean {close[0]!r}? " if close else ""
    raise ValueError(f"there is no law {node.name!r}; {meant}Laws: {', '.join(EXAMPLES)}")


def time_of(node: Node, hours: float) -> float:
    """Hours of a node that must be a plain number."""
    if node.name:
        raise ValueError(f"a number is expected where {node.name}(...) stands")
    if node.value < 0.0:
        raise ValueError(f"a time cannot be negative, got {node.value:g}")
    return node.value * (HOURS[node.unit] if node.unit is not None else hours)


def arguments(name: str, node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    """Parts by the name they were given, or by their position among ``names``."""
    found: dict[str, Node] = {}
    for position, part in enumerate(node.parts):
        if isinstance(part.label, float):
            raise ValueError(f"weights belong in a mixture: {EXAMPLES['mixture']}")
        if part.label is None and position >= len(names):
            raise ValueError(f"{name} has too many numbers; write {EXAMPLES[name]}")
        label = SHORT.get(part.label, part.label) if part.label else names[position]
        if label in found:
            raise ValueError(f"{name} has {label!r} twice")
        found[label] = part
    return found


def formula(name: str, node: Node, hours: float) -> Distribution:
    """A law with a formula, by whichever of its forms was used."""
    forms = FORMS[name]
    given = arguments(name, node, forms[0][0])
    for names, build in forms:
        if set(names) == set(given):
            return build(*(plain_of(n, given[n]) if n in PLAIN else time_of(given[n], hours) for n in names))
    ways = " or ".join(f"{name}({', '.join(names)})" for names, _ in forms)
    raise ValueError(f"{name} cannot be made from ({', '.join(given)}); give {ways}, for instance {EXAMPLES[name]}")


def plain_of(label: str, node: Node) -> float:
    if node.name or node.unit is not None:
        raise ValueError(f"{label} is a number without a unit")
    if not 0.0 < node.value < math.inf:
        raise ValueError(f"{label} must be above 0, got {node.value:g}")
    return node.value


def observed(node: Node, hours: float, allowed: str | None = None) -> tuple[tuple[float, ...], Node | None]:
    """The listed values, and the one part with the allowed name."""
    named = [part for part in node.parts if part.label is not None]
    for part in named:
        if part.label != allowed:
            raise ValueError(f"{node.name} does not know {part.label!r}; write {EXAMPLES[known(node.name)]}")
    if len(named) > 1:
        raise ValueError(f"{node.name} has {allowed!r} twice")
    values = tuple(time_of(part, hours) for part in node.parts if part.label is None)
    return values, named[0] if named else None


def empirical(node: Node, hours: float) -> Distribution:
    return Empirical(observed(node, hours)[0])


def kernel_density(node: Node, hours: float) -> Distribution:
    points, bandwidth = observed(node, hours, "bandwidth")
    return KernelDensity(points, time_of(bandwidth, hours) if bandwidth is not None else rule_of_thumb(points))


def mixture(node: Node, hours: float) -> Distribution:
    weights = [part.label for part in node.parts if isinstance(part.label, float)]
    if len(weights) < len(node.parts) or not weights:
        raise ValueError(f"every part of a mixture needs its weight: {EXAMPLES['mixture']}")
    return Mixture(tuple(weights), tuple(law_of(part, hours) for part in node.parts))


def truncated(node: Node, hours: float) -> Distribution:
    given = arguments("truncated", node, ("law", "lower", "upper"))
    if "law" not in given or not set(given) <= {"law", "lower", "upper"}:
        raise ValueError(f"truncated needs a law and its limits: {EXAMPLES['truncated']}")
    lower = time_of(given["lower"], hours) if "lower" in given else 0.0
    upper = time_of(given["upper"], hours) if "upper" in given else math.inf
    return Truncated(law_of(given["law"], hours), lower, upper)


LISTS: dict[str, Callable[[Node, float], Distribution]] = {
    "empirical": empirical, "mixture": mixture, "kde": kernel_density, "truncated": truncated,
}  # fmt: skip
