"""Numbers in a text, in digits and in words, with unit, rate, hedge and what they are the limits of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from spareverse.explainer.grounding.lexicon import alternatives, lexicon

_DIGITS = re.compile(
    r"(?<![\w.])(?P<sign>(?<![\d\w%\])])[+-]\s?)?(?P<number>\d{1,3}(?:[,' \u202f]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+)"
)
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])\d+,\d{1,2}(?![\d,])")
_MIDDLE = re.compile(r"\s*(?:-|to|till|through)\s*(?P<sign>[+-])?$", re.IGNORECASE)
_FILLERS = 3
_SKIPPED = frozenset(
    [
        "of",
        "the",
        "its",
        "their",
        "our",
        "these",
        "those",
        "all",
        "more",
        "fewer",
        "less",
        "other",
        "extra",
        "additional",
        "further",
        "open",
        "new",
        "spare",
        "whole",
        "full",
        "per",
        "calendar",
        "or",
        "so",
        "simulated",
        "paired",
        "and",
    ]
)
_ENDED = re.compile(r"[.;:()\[\]!?]|,\s")


@dataclass(frozen=True)
class Quantity:
    """One number as a reader takes it.

    place
        Unit of its last digit; ``near`` how far off a fraction in words may be (0: as its digits say).
    role
        ``value``; ``low`` and ``high`` of a pair; ``from`` and ``to`` of a pair that may be a change.
    """

    start: int
    end: int
    value: float
    place: float
    sign: int = 0
    units: frozenset[str] = frozenset()
    per: str = ""
    hedge: str = ""
    near: float = 0.0
    tense: str = ""
    role: str = "value"
    partner: int = -1
    """Of low and high: position of the number whose limits they are, -1: none."""
    mate: int = -1
    """Of a pair: position of the other."""
    fraction: bool = False


def find_quantities(masked: str) -> list[Quantity]:
    """All numbers of a text whose names and dates are masked, in order."""
    plain = _DECIMAL_COMMA.sub(lambda found: found.group().replace(",", "."), masked)
    found = sorted([*_digits(plain), *_words(plain), *_fractions(plain)], key=lambda each: (each.start, -each.end))
    kept: list[Quantity] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    kept = [_with_context(plain, each, kept) for each in kept]
    return _constants_dropped(plain, _pairs(plain, _inherited(plain, kept)))


def _digits(text: str) -> Iterator[Quantity]:
    for found in _DIGITS.finditer(text):
        if re.search(r"\bCO$", text[: found.start()]):
            continue
        number = re.sub(r"[,' \u202f]", "", found["number"])
        value, decimals = float(number), len(number.partition(".")[2])
        zeros = len(number) - len(number.rstrip("0")) if value and not decimals else 0
        sign = {"+": 1, "-": -1}.get((found["sign"] or "").strip(), 0)
        quantity = Quantity(found.start("number"), found.end(), value, 10.0 ** (zeros - decimals), sign)
        yield _scaled(text, quantity)


def _scaled(text: str, quantity: Quantity) -> Quantity:
    found = re.compile(r"\s?(k|m|mn|bn|thousand|million|billion)(?![\w-])", re.IGNORECASE).match(text, quantity.end)
    if not found or (found[1] == "m" and not re.search(r"[A-Z]{3}\s?$|[€$£]\s?$", text[: quantity.start])):
        return quantity
    scale = lexicon().scales[found[1].lower()]
    return replace(quantity, value=quantity.value * scale, place=quantity.place * scale, end=found.end())


def _words(text: str) -> Iterator[Quantity]:
    """Numbers in words: twelve, twenty-one, two hundred and five, a dozen."""
    for found in _word_numbers().finditer(text):
        words = re.findall(r"[a-z]+", found.group().lower())
        value = _of_words(words)
        if value is None or (words == ["one"] and not _counts(text, found.end())):
            continue
        digits = f"{value:.0f}"
        zeros = len(digits) - len(digits.rstrip("0")) if value else 0
        yield Quantity(found.start(), found.end(), value, 10.0 ** min(zeros, 0 if value < 100 else zeros))


@cache
def _word_numbers() -> re.Pattern[str]:
    bare = rf"\b(?:{'|'.join(sorted(lexicon().numbers, key=len, reverse=True))})\b"
    front = r"(?:\b(?:half a|a)\s+(?=dozen|hundred|thousand|million))?"
    return re.compile(rf"{front}{bare}(?:(?:\s+|-|\s+and\s+){bare})*", re.IGNORECASE)


@cache
def _fraction_words() -> re.Pattern[str]:
    return re.compile(alternatives(lexicon().fractions), re.IGNORECASE)


@cache
def _so_many_of() -> re.Pattern[str]:
    """One in ten, nine out of ten."""
    number = rf"(?:\d+|{alternatives(lexicon().numbers)})"
    return re.compile(rf"(?P<n>{number}) (?:in|out of)(?: every)? (?P<m>{number})(?!\w)(?![.,-]?\d)", re.IGNORECASE)


def _of_words(words: list[str]) -> float | None:
    table = lexicon().numbers
    total, group = 0.0, 0.0
    factor = 0.5 if words[:2] == ["half", "a"] else 1.0
    for word in words:
        if word in ("and", "a", "half"):
            continue
        value = table[word]
        if value in (12,) and word == "dozen":
            group = (group or 1.0) * 12
        elif value == 100:
            group = (group or 1.0) * 100
        elif value >= 1000:
            total, group = total + (group or 1.0) * value, 0.0
        else:
            group += value
    return factor * (total + group)


def _counts(text: str, end: int) -> bool:
    """Whether the word one counts something: one piece, one in ten; not: the one thing, one of them."""
    found = lexicon().units.pattern.match(text, end + 1)
    return bool(found) or bool(
        re.match(
            r" (?:in|out of) (?:every )?(?:\d|[a-z]+ty\b|ten\b|five\b|four\b|three\b|two\b|six\b|eight\b|twelve\b|a hundred)",
            text[end:],
        )
    )


def _fractions(text: str) -> Iterator[Quantity]:
    table = lexicon().fractions
    for found in _fraction_words().finditer(text):
        if re.match(r"\s+(?:a dozen|year|quarter)|-(?:year|yearly|width)", text[found.end() :]):
            continue
        share, near = table[found.group().lower()]
        units = frozenset({"times", "share"}) if share > 1 else frozenset({"share"})
        if share > 1 or _fraction_of(text, found.end()):
            value = share if share > 1 else 100.0 * share
            yield Quantity(
                found.start(),
                found.end(),
                value,
                1.0,
                units=units,
                near=near * (1 if share > 1 else 100),
                fraction=True,
            )
    for found in _so_many_of().finditer(text):
        n, m = (_one_number(found[group]) for group in ("n", "m"))
        if 0 < n < m <= 100 and (m in (2, 3, 4, 5, 8, 10, 20, 50, 100)) and not _unit_at(text, found.end()):
            yield Quantity(
                found.start(), found.end(), 100.0 * n / m, 1.0, units=frozenset({"share"}), near=25.0 / m, fraction=True
            )


def _fraction_of(text: str, end: int) -> bool:
    """Whether a fraction is one of something (half of the lines, half the money), not half a year or half past."""
    return bool(re.match(r"\s+(?:of|the|its|their|as)\b|[.,;:)]|\s*$", text[end:]))


def _one_number(text: str) -> float:
    return float(text) if text.isdigit() else float(lexicon().numbers[text.lower()])


def _with_context(text: str, quantity: Quantity, all_of_them: list[Quantity]) -> Quantity:
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
    for begin, end, meant in lexicon().hedges.find(front):
        if len(front[end:].split()) <= 1 and begin >= 0:
            hedge = meant[0]
    if re.search(r"<\s*$", front):
        hedge = "<"
    elif re.search(r">\s*$", front):
        hedge = ">"
    for _, end, meant in lexicon().tenses.find(front):
        if len(front[end:].split()) <= 1:
            tense = meant[0]
    return hedge, tense


def _unit_at(text: str, position: int) -> re.Match[str] | None:
    gap = re.compile(r"[\s-]*").match(text, position)
    return _free_units().match(text, gap.end() if gap else position)


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
        if _free_units().match(text, position):
            return _longest(text, position)
        word = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\ue000+").match(text, position)
        if not word or (word.group().lower() not in _SKIPPED and not _adjective(word.group())):
            break
        position = word.end()
    return frozenset(), start


def _longest(text: str, position: int) -> tuple[frozenset[str], int]:
    found = _free_units().match(text, position)
    if not found:
        return frozenset(), position
    return frozenset(lexicon().units.meaning[found.group().lower()]), found.end()


@cache
def _free_units() -> re.Pattern[str]:
    """Units wherever they begin: 8-week, 12d."""
    words = sorted(lexicon().units.meaning, key=len, reverse=True)
    letters = r"(?<![^\W\d_])"
    bounded = (
        (letters if word[0].isalnum() else "") + re.escape(word) + (r"(?![^\W_])" if word[-1].isalnum() else "")
        for word in words
    )
    return re.compile("|".join(bounded), re.IGNORECASE)


def _adjective(word: str) -> bool:
    """A plain word that may stand between a number and what it counts."""
    return word.islower() and word not in _VERBS


_VERBS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "should",
        "must",
        "and",
        "or",
        "but",
        "while",
        "whereas",
        "than",
        "instead",
        "against",
        "compared",
        "versus",
        "with",
        "without",
        "at",
        "in",
        "on",
        "to",
        "from",
        "for",
        "by",
        "as",
        "if",
        "when",
        "where",
        "which",
        "that",
        "who",
        "because",
        "so",
        "then",
        "though",
        "although",
        "per",
        "until",
        "since",
        "before",
        "after",
        "under",
        "over",
        "above",
        "below",
        "during",
        "within",
        "between",
    ]
)


def _rate_at(text: str, position: int) -> str:
    gap = re.compile(r"\s*").match(text, position)
    for start in {position, gap.end() if gap else position}:
        found = lexicon().rates.pattern.match(text, start)
        if found:
            return lexicon().rates.meaning[found.group().lower()][0]
    return ""


def _inherited(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """A bare number takes the unit of the next one where they are listed: 16 and 22 pieces, 8-20 %, 5 of 12 parts."""
    done = list(quantities)
    for index in range(len(done) - 2, -1, -1):
        one, other = done[index], done[index + 1]
        gap = text[one.end : other.start]
        if (
            not one.units
            and other.units
            and re.fullmatch(r"\s*(?:-|to|and|or|,|\.\.|of|of the|out of|out of the|of its|of all)\s*[+-]?\s*", gap)
        ):
            done[index] = replace(one, units=other.units, per=one.per or other.per)
    for index in range(1, len(done)):
        one, other = done[index], done[index - 1]
        between = text[other.end : one.start]
        if not one.units and other.units and not re.search(r"[.;!?]", between):
            inside = re.search(r"\[[^\]]*$|\([^)]*$", text[: one.start])
            listed = len(between) <= 40
            if inside or listed:
                done[index] = replace(one, units=other.units | {"bare"}, per=one.per or other.per)
    return done


def _pairs(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Two numbers joined as 8-20, 8 to 20, between 8 and 20: limits, or what something changed from and to."""
    done = list(quantities)
    for index in range(len(done) - 1):
        one, other = done[index], done[index + 1]
        if one.role != "value" or one.fraction or other.fraction:
            continue
        gap = _free_units().sub(" ", text[one.end : other.start])
        front = text[max(0, one.start - 30) : one.start].lower().rstrip(" +-")
        between = bool(
            re.search(
                r"\b(?:between|anywhere from|anything from|range of|limits|limits of|interval|limits are)(?: about| roughly| an? estimated)?$",
                front,
            )
        )
        joined = bool(_MIDDLE.match(gap)) and "\n" not in gap
        if not joined and not (between and gap.strip() in ("and", "and +", "and -", "to", ",")):
            continue
        if (
            re.search(r"\bfrom$", front)
            and not between
            and not re.search(r"(?:anywhere|anything|range|ranges) from$", front)
        ):
            roles = ("from", "to")
        else:
            roles = ("low", "high")
        sign = other.sign or ({"+": 1, "-": -1}.get(gap.strip()[-1:], 0) if len(gap.strip()) > 1 else 0)
        partner = index - 1 if index and roles[0] == "low" and _bracketed(text, done[index - 1], one) else -1
        units = one.units if one.units - {"bare"} and not one.units == other.units else other.units
        if partner >= 0 and done[partner].units and not (one.units | other.units) - {"bare"} - done[partner].units:
            one, other, units = (replace(each, units=done[partner].units) for each in (one, other, other))
            units = other.units
        done[index] = replace(one, role=roles[0], mate=index + 1, partner=partner, units=one.units or other.units)
        done[index + 1] = replace(
            other, role=roles[1], mate=index, partner=partner, sign=sign, units=other.units or units
        )
    return done


def _bracketed(text: str, value: Quantity, low: Quantity) -> bool:
    """Whether limits follow their figure directly: 13 % [8-20], 13 % (95 % interval 8 to 20)."""
    between = text[value.end : low.start]
    opened = re.search(r"[\[(]", between)
    return bool(opened) and not re.search(r"[,;.!?]|\band\b", between[: opened.start() if opened else 0])


def _constants_dropped(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Numbers that are no claims: the 95 % of an interval, the numbers of a list."""
    kept, moved = [], {}
    for index, each in enumerate(quantities):
        after, front = text[each.end : each.end + 32].lower(), text[: each.start]
        level = (
            each.value == 95
            and re.match(
                r"\s*(?:%|per ?cent)?[ -]?(?:confidence|interval|limits?|certain|sure|range|credible|band|uncertainty|region|ci\b)",
                after,
            )
        ) or (
            each.value == 95
            and re.search(r"(?:confidence|interval|certain|sure|level|limits)[a-z ]{0,12}$", front.lower())
        )
        item = re.search(r"(?:^|\n)\s*$", front) and re.match(r"[.)]\s", after)
        if not level and not item:
            moved[index] = len(kept)
            kept.append(each)
    return [replace(each, partner=_partner(each.partner, moved), mate=moved.get(each.mate, -1)) for each in kept]


def _partner(index: int, moved: dict[int, int]) -> int:
    """The figure itself, also where the 95 % of its interval stood between."""
    while index >= 0 and index not in moved:
        index -= 1
    return moved.get(index, -1)
