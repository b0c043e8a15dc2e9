"""Which roundings of a figure a text may show."""

from __future__ import annotations

import re

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.figures import numbers

ROUGH, HEDGED = 0.02, 0.05
"""How far, as a share of it, a figure may be rounded coarser than shown: silently, and behind a word like about."""
OF_WIDTH = 0.1
"""How far a limit may be rounded, as a share of the width of its interval."""
BOUNDED = 0.1
"""The same behind more than and less than, on the side that is said."""
CONVERTED = 0.03
"""The same of a figure in another unit than its own: 8 weeks are not 2 months."""
_EPSILON = 1e-9
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def legal(said: Quantity, value: float, fact: Fact, factor: float, *, limit: bool) -> bool:
    """Whether ``said`` is ``value`` of a fact, rounded as it may be.

    factor
        What the fact is multiplied by to be in the unit that is said (100 for per cent).
    limit
        Whether the value is one of its limits.
    """
    exact = abs(factor * value)
    if said.near:
        return abs(exact - said.value) <= said.near + (0.03 * said.value if said.hedge else 0.0)
    if said.hedge in "<>" and said.hedge:
        return exact < said.value if said.hedge == "<" else exact > said.value
    error = abs(said.value - exact)
    upper = limit and value == _larger_limit(fact)
    shown = _shown(fact, limit=limit, upper=upper)
    if factor in (1.0, 100.0) and any(abs(said.value - each) <= _EPSILON * each for each in shown):
        return True
    if factor not in (1.0, 100.0) and error > CONVERTED * exact:
        return False
    known = _known(fact, factor, limit=limit, upper=upper)
    if said.place < known * (1 - _EPSILON) and not _same_digits(said, exact, fact, factor):
        return False
    if error <= 0.5 * known * (1 + _EPSILON) + _EPSILON * said.value:
        return True
    # two digits are two digits: 90 % is no rounding of 91 % unless it says so
    place = said.place if said.hedge or said.value >= 100 else min(said.place, 1.0)
    rounded = error <= 0.5 * place * (1 + _EPSILON) + _EPSILON * said.value
    if rounded and error <= max(ROUGH * exact, OF_WIDTH * _width(fact, factor) if limit else 0.0):
        return True
    if said.hedge == "about" and rounded and error <= HEDGED * exact:
        return True
    if said.hedge in ("over", "under"):
        right = said.value < exact if said.hedge == "over" else said.value > exact
        return right and error <= min(said.place, BOUNDED * exact)
    return False


def _shown(fact: Fact, *, limit: bool, upper: bool) -> list[float]:
    """The figure, or a limit, as the narrative shows it, and a share also in the digits that its interval carries."""
    texts = [fact.shown]
    if fact.unit == "share" and isinstance(fact.value, (int, float)) and (fact.low is not None or not fact.shown):
        texts.append(numbers.carried(fact.value, fact.low, fact.high, share=True))
    place = (2 if upper else 1) if limit else 0
    found = [_NUMBER.findall(text) for text in texts]
    return [
        float(each[place].replace(",", "")) for each in found
        if len(each) > place and (not limit or len(each) == 3)
    ]  # fmt: skip


def _larger_limit(fact: Fact) -> float | None:
    """The limit that is written last: of a fall, told without its sign, the lower one."""
    return fact.low if fact.high is not None and fact.high <= 0 else fact.high


def _width(fact: Fact, factor: float) -> float:
    return 0.0 if fact.low is None or fact.high is None else factor * (fact.high - fact.low)


def _known(fact: Fact, factor: float, *, limit: bool, upper: bool) -> float:
    """Unit of the last digit that is known: as the narrative shows the figure, else as figures are written."""
    found = _NUMBER.findall(fact.shown)
    if found and factor in (1.0, 100.0):
        text = found[min(2 if upper else 1, len(found) - 1)] if limit else found[0]
        whole, _, decimals = text.replace(",", "").partition(".")
        zeros = len(whole) - len(whole.rstrip("0")) if len(whole) > 2 and not decimals else 0
        return float(10.0 ** (zeros - len(decimals)))
    value = factor * float(fact.value) if isinstance(fact.value, (int, float)) else 0.0
    text = numbers.percent(abs(value) / 100.0) if fact.unit in ("share", "points") else numbers.digits(abs(value), 3)
    text = text.strip("<>% ")
    return float(10.0 ** -len(text.partition(".")[2]))


def _same_digits(said: Quantity, exact: float, fact: Fact, factor: float) -> bool:
    """A figure in another unit than its own may need a digit more: 10 days are 1.4 weeks."""
    return factor not in (1.0, 100.0) and said.place >= 0.1 and abs(said.value - exact) <= 0.5 * said.place
