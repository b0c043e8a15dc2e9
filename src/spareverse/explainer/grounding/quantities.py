"""Numbers in a text, with unit, rate, hedge and what they are the limits of."""

from __future__ import annotations

import re
from dataclasses import replace

from spareverse.explainer.grounding.numerals import find_numerals
from spareverse.explainer.grounding.quantity import Quantity
from spareverse.explainer.grounding.written_units import free_units, with_context

_DECIMAL_COMMA = re.compile(r"(?<![\w.,])\d+,\d{1,2}(?![\d,])")

_MIDDLE = re.compile(r"\s*(?:-|to|till|through)\s*[<>]?(?P<sign>[+-])?$", re.IGNORECASE)

_LISTED = re.compile(r"\s*(?:-|to|and|or|,|\.\.|of|of the|out of|out of the|of its|of all)\s*[+-]?\s*")
_INSIDE = re.compile(r"\[[^\]]*$|\([^)]*$")
_NEAR = 40
"""Letters between two numbers of which the second may do without the unit of the first."""
_BETWEEN = re.compile(
    r"\b(?:between|anywhere from|anything from|range of|limits|limits of|interval|limits are)"
    r"(?: about| roughly| an? estimated|:)?$"
)
_ANYWHERE = re.compile(r"(?:anywhere|anything|range|ranges) from$")
_LEVEL_BEHIND = re.compile(
    r"\s*(?:%|per ?cent)?[ -]?(?:confidence|interval|limits?|certain|sure|range|credible|band|uncertainty|region|ci\b)"
)
_LEVEL_BEFORE = re.compile(r"(?:confidence|interval|certain|sure|level|limits)[a-z ]{0,12}$")
_META = re.compile(
    r"\s(?:\w+ )?(?:figures?|numbers?|things?|reasons?|facts?|issues?|problems?|questions?|words|sentences?|aspects?|"
    r"answers?|messages?)\b(?! of)",
    re.IGNORECASE,
)
"""What a text counts of its own: two figures matter, three things."""
_ITEM = re.compile(r"[.)]\s")


def find_quantities(masked: str) -> list[Quantity]:
    """All numbers of a text whose names and dates are masked, in order."""
    plain = _DECIMAL_COMMA.sub(lambda found: found.group().replace(",", "."), masked)
    found = find_numerals(plain)
    found = [with_context(plain, each, found) for each in found]
    return _pairs(plain, _inherited(plain, _without_constants(plain, found)))


def _inherited(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """A bare number takes the unit of the next one where they are listed, or of one just before: 16 and 22 pieces."""
    done = list(quantities)
    for index in range(len(done) - 2, -1, -1):
        one, other = done[index], done[index + 1]
        if not one.units and other.units and _LISTED.fullmatch(text[one.end : other.start]):
            done[index] = replace(one, units=other.units, per=one.per or other.per)
    for index in range(1, len(done)):
        one, other = done[index], done[index - 1]
        between = text[other.end : one.start]
        near = len(between) <= _NEAR or _INSIDE.search(text[: one.start])
        if near and not one.units and other.units and not re.search(r"[.;!?]", between):
            done[index] = replace(one, units=other.units | {"bare"}, per=one.per or other.per)
    return done


def _pairs(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Two numbers joined as 8-20, 8 to 20, between 8 and 20: limits, or what something changed from and to."""
    done = list(quantities)
    for index in range(len(done) - 1):
        one, other = done[index], done[index + 1]
        if one.role != "value" or one.fraction or other.fraction:
            continue
        gap = free_units().sub(" ", text[one.end : other.start])
        roles = _roles(gap, text[max(0, one.start - 30) : one.start].lower().rstrip(" +-"))
        if roles is None:
            continue
        sign = other.sign or ({"+": 1, "-": -1}.get(gap.strip()[-1:], 0) if len(gap.strip()) > 1 else 0)
        partner = index - 1 if index and roles[0] == "low" and _bracketed(text, done[index - 1], one) else -1
        units = done[partner].units if partner >= 0 else frozenset()
        if not units or (one.units | other.units) - {"bare"} - units:
            units = one.units if one.units - {"bare"} and one.units != other.units else other.units
            one, other = (replace(each, units=each.units or units) for each in (one, other))
        else:
            one, other = (replace(each, units=units) for each in (one, other))
        done[index] = replace(one, role=roles[0], mate=index + 1, partner=partner)
        done[index + 1] = replace(other, role=roles[1], mate=index, partner=partner, sign=sign)
    return done


def _roles(gap: str, front: str) -> tuple[str, str] | None:
    """What two numbers are to one another, by what stands between them and before; None: nothing."""
    between = bool(_BETWEEN.search(front))
    joined = bool(_MIDDLE.match(gap)) and "\n" not in gap
    if not joined and not (between and gap.strip() in ("and", "and +", "and -", "to", ",")):
        return None
    change = front.endswith("from") and not between and not _ANYWHERE.search(front)
    return ("from", "to") if change else ("low", "high")


def _bracketed(text: str, value: Quantity, low: Quantity) -> bool:
    """Whether limits follow their figure directly: 13 % [8-20], 13 % (95 % interval 8 to 20)."""
    between = text[value.end : low.start]
    opened = re.search(r"[\[(]", between)
    return bool(opened) and not re.search(r"[,;.!?]|\band\b", between[: opened.start() if opened else 0])


def _without_constants(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Without numbers that are no claims: the 95 % of an interval, the numbers of a list."""
    kept: list[Quantity] = []
    for each in quantities:
        behind, front = text[each.end : each.end + 32].lower(), text[: each.start]
        level = each.value == 95 and (_LEVEL_BEHIND.match(behind) or _LEVEL_BEFORE.search(front[-40:].lower()))
        item = re.search(r"(?:^|\n)\s*$", front) and _ITEM.match(behind)
        if not level and not item and not _META.match(text, each.end):
            kept.append(each)
    return kept
