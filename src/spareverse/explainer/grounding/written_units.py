"""Units, rates, hedges and tenses around a number."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from spareverse.explainer.grounding.lexicon import lexicon
from spareverse.explainer.grounding.quantity import Quantity

_FILLERS = 3
"""Words that may stand between a number and its unit: 12 open purchase lines."""
_ENDED = re.compile(r"[.;:()\[\]!?]|,\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\ue000+")


_REACHES = re.compile(
    r"\b(?:goes|go|went|going|gone|comes|climbs|climbed|moves|moved|rises|rose) up to$", re.IGNORECASE
)
"""Here up to bounds nothing: it says where something goes."""


def with_context(text: str, quantity: Quantity, all_of_them: list[Quantity]) -> Quantity:
    """The number with its unit, rate, hedge and tense."""
    hedge, tense = _before(text, quantity.start)
    if not hedge and re.match(r"\s*\S*\s*or so\b", text[quantity.end :]):
        hedge = "about"
    if quantity.fraction:
        return replace(quantity, hedge=hedge, tense=tense)
    following = min((each.start for each in all_of_them if each.start >= quantity.end), default=len(text))
    units, end = _unit_after(text, quantity.end, following)
    money = re.search(r"(?:\b([A-Z]{3})|([€$£]))\s?[+-]?\s?$", text[: quantity.start])
    if money:
        code = money[1] if money[1] in lexicon().currencies else None
        meant = [f"money {code}"] if code else lexicon().units.meaning.get(money[2] or "", ())
        units, end = (frozenset(meant), quantity.end) if meant else (units, end)
    if not tense and units & set(lexicon().days) and re.match(r"\s*(?:ahead|to come|from now)\b", text[end:]):
        tense = "next"
    if not tense and re.match(r"\s*ago\b", text[end:]):
        tense = "last"
    per = _rate_at(text, end)
    return replace(quantity, hedge=hedge, tense=tense, units=units, per=per)


def _before(text: str, start: int) -> tuple[str, str]:
    """Hedge and tense by the few words in front of a number."""
    front = re.split(r"[.;:()!?]|,\s", text[max(0, start - 45) : start])[-1]
    front = re.sub(r"\d[\d.,]*", "\ue002", front).rpartition("\ue002")[2]
    hedge = tense = ""
    for _, end, meant in lexicon().hedges.find(front):
        if len(front[end:].split()) <= 1 and not _REACHES.search(front[:end]):
            hedge = meant[0]
    if re.search(r"<\s*$", front):
        hedge = "<"
    elif re.search(r">\s*$", front):
        hedge = ">"
    for _, end, meant in lexicon().tenses.find(front):
        if len(front[end:].split()) <= 1:
            tense = meant[0]
    return hedge, tense


def unit_at(text: str, position: int) -> re.Match[str] | None:
    gap = re.compile(r"[\s-]*").match(text, position)
    return free_units().match(text, gap.end() if gap else position)


def _unit_after(text: str, start: int, following: int) -> tuple[frozenset[str], int]:
    """The unit behind a number, at most a few words on; where it ends."""
    position = start
    glued = re.compile(r"(?:%|[a-z]+)", re.IGNORECASE).match(text, start)
    if glued and glued.group().lower() in lexicon().units.meaning:
        return _longest(text, start)
    for _ in range(_FILLERS + 1):
        gap = re.compile(r"[ \t\n-]*").match(text, position)
        position = gap.end() if gap else position
        if position >= min(following, len(text)) or _ENDED.match(text, position):
            break
        if free_units().match(text, position):
            return _longest(text, position)
        word = _WORD.match(text, position)
        if not word or not word.group().islower() or word.group() in lexicon().ends:
            break
        position = word.end()
    return frozenset(), start


def _longest(text: str, position: int) -> tuple[frozenset[str], int]:
    found = free_units().match(text, position)
    if not found:
        return frozenset(), position
    return frozenset(lexicon().units.meaning[found.group().lower()]), found.end()


@cache
def free_units() -> re.Pattern[str]:
    """Units wherever they begin: 8-week, 12d."""
    words = sorted(lexicon().units.meaning, key=len, reverse=True)
    letters = r"(?<![^\W\d_])"
    bounded = (
        (letters if word[0].isalnum() else "") + re.escape(word) + (r"(?![^\W_])" if word[-1].isalnum() else "")
        for word in words
    )
    return re.compile("|".join(bounded), re.IGNORECASE)


def _rate_at(text: str, position: int) -> str:
    gap = re.compile(r"\s*").match(text, position)
    for start in {position, gap.end() if gap else position}:
        found = lexicon().rates.pattern.match(text, start)
        if found:
            return lexicon().rates.meaning[found.group().lower()][0]
    return ""
