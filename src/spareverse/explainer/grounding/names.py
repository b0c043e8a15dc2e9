"""Names in a text: those of the facts, and those of nobody. Names are data: what they say is never read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spareverse.explainer.facts import MOVER, TEXT, Fact
from spareverse.explainer.grounding.lexicon import alternatives, lexicon

MASK = "\ue000"
"""Stands in the text, letter by letter, where a name was: a part called 99 is no number."""
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_WORD = re.compile(r"(?<![\w&;])[^\W\d_][\w'-]*|(?<![\w.,])\d+[^\W\d_][\w-]*")
_CODE = re.compile(r"[^\W\d_]+[-_/]?\d[\w/-]*|0\d+(?:\.\d+)*|\d{5,}|\d+-\d[\d-]*|\d{3,}\.\d{3,}")
"""Spelt as no figure is: letters with digits, leading zeros, five digits and more in a row, many decimals."""
_RUN = re.compile(rf"(?:{_WORD.pattern})(?: (?:[^\W\d_a-zà-ÿ][\w'-]*))*")
"""A word and those with capitals right behind it."""
_QUOTED = re.compile(r"\"([^\W\d_][^\"\ue000]{0,60})\"")
_ENDINGS = ("'s", "s", "es", "d", "ed", "ing", "ly", "er", "est", "'")
_STARTS = re.compile(r"(?:^|[.!?:;]\s+|[\n\"'(\[*|]\s*|\s-\s|\d\.\s+)$")
_GLUED = re.compile(r"\d+(?:\.\d+)?(?:st|nd|rd|th|k|m|mn|bn|d|h|t|kg|x|pp|s)?", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """A stretch of the text and what it stands for."""

    kind: str
    value: str
    start: int
    end: int


def named(facts: Iterable[Fact]) -> dict[str, set[str]]:
    """Name -> its kinds, of all names of the facts; a kind is empty where it is not told."""
    names: dict[str, set[str]] = {}
    for fact in facts:
        if isinstance(fact.value, str) and fact.value and not _DATE.fullmatch(fact.value):
            names.setdefault(fact.value, set()).add(fact.unit)
        for kind, name in fact.about.items():
            if name and kind != MOVER:
                names.setdefault(name, set()).add(kind)
    return names


def ambiguous(name: str) -> bool:
    """Whether a name could be read as something else: 99, May, rose, twelve days. It is read as a name in quotes only,
    or behind the word for its kind: part 99."""
    if _CODE.fullmatch(name):
        return False
    words = [word.lower() for word in re.findall(r"[^\W\d_]+|\d+", name)]
    known = lexicon()
    return all(word.isdigit() or word in known.meaningful for word in words) and any(
        word.isdigit() or word in known.claiming for word in words
    )


def quoted(name: str, kind: str = "") -> str:
    """The name as a sentence has it: in quotes where it could be read as something else; not so names of our own."""
    own = lexicon().aliases.get(kind)
    if own is not None and any(name in meant for meant in own.meaning.values()):
        return name
    return f'"{name}"' if ambiguous(name) else name


def order_words(order_id: object, line: object) -> str:
    """``order 4500001234 line 10``: behind the word for its kind a line is read as a name without quotes."""
    return f"order {quoted(str(order_id))}" + (f" line {line}" if line else "")


def find_names(text: str, facts: Sequence[Fact]) -> tuple[list[Mention], str]:
    """Mentions of the names of the facts, and the text with a mask over them."""
    names = named(facts)
    aliases = {
        (kind, name) for kind, table in lexicon().aliases.items() for meant in table.meaning.values() for name in meant
    }
    mentions: list[Mention] = []
    masked = text
    for name in sorted(names, key=len, reverse=True):
        kinds = {kind for kind in names[name] if (kind, name) not in aliases}
        for start, end in _places(masked, name, kinds) if kinds else ():
            if MASK not in masked[start:end]:
                mentions += [Mention(kind, name, start, end) for kind in sorted(kinds)]
                masked = masked[:start] + MASK * (end - start) + masked[end:]
    mentions += _aliases(masked, {kind for kinds in names.values() for kind in kinds})
    for each in _in_titles(masked, facts):
        mentions.append(each)
        masked = masked[: each.start] + MASK * (each.end - each.start) + masked[each.end :]
    return sorted(mentions, key=lambda mention: mention.start), masked


def _places(text: str, name: str, kinds: set[str]) -> list[tuple[int, int]]:
    name = (
        (name.rstrip(".!?") or name) if TEXT in kinds else name
    )  # its full stop stays, so that the next sentence begins
    exact = re.escape(name)
    if name.isalpha() and name.isupper() and len(name) > 3:
        exact = f"(?:{name}|{name.capitalize()})"  # BOLOGNA as people write it
    if TEXT in kinds and name[0].isalpha():
        exact = f"[{name[0].lower()}{name[0].upper()}]{re.escape(name[1:])}"  # at the beginning of a sentence, too
    if TEXT in kinds or not ambiguous(name):
        pattern = ("(?<![\\w-])" if name[0].isalnum() else "") + exact
        pattern += r"(?!\w|-\w|[.,]\d)" if name[-1].isalnum() else ""
        pattern += _no_unit() if not any(letter.isalpha() for letter in name) else ""
        if "order" in kinds:  # of which a line is told behind its number
            pattern += rf"|(?<=\b[oO]rder ){exact}(?= line\b)"
    else:
        pattern = rf"(?<=\"){exact}(?=\")|(?<='){exact}(?=')|(?<={MASK}){exact}(?={MASK})"
        pattern += "".join(rf"|(?<=\b{word} ){exact}(?![\w-]|[.,]\d|\s*%)" for word in _kind_words(kinds))
    return [_with_quotes(text, *found.span()) for found in re.finditer(pattern, text)]


def _in_titles(masked: str, facts: Sequence[Fact]) -> list[Mention]:
    """What only some of several titles of ours name stands for those: Bearings for what is advised of Bearings."""
    titles = {fact.about[TEXT] for fact in facts if TEXT in fact.about}
    words: dict[str, set[str]] = {}
    for title in titles:
        for found in _WORD.finditer(title):
            if found.start() and found.group()[0].isupper():
                words.setdefault(found.group(), set()).add(title)
    return [
        Mention(TEXT, title, *found.span())
        for word, meant in words.items() if len(meant) < len(titles)
        for found in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", masked)
        for title in sorted(meant)
    ]  # fmt: skip


@cache
def _no_unit() -> str:
    """Digits with a unit behind them are a figure, whatever is called so."""
    return rf"(?!\s*(?:%|{alternatives(lexicon().units.meaning)}))"


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    inside = start > 0 and end < len(text) and text[start - 1] == text[end] == '"'
    return (start - 1, end + 1) if inside else (start, end)


def _kind_words(kinds: set[str]) -> list[str]:
    words = [word for word, meant in lexicon().kinds.meaning.items() if "" in kinds or kinds & set(meant)]
    return [*words, *(word.capitalize() for word in words)]


def _aliases(text: str, kinds: set[str]) -> list[Mention]:
    """Names of our own that texts may write in other words: causes, scenarios, components; capacity loss is no loss."""
    found = [
        Mention(kind, name, start, end)
        for kind, phrases in lexicon().aliases.items()
        if kind in kinds
        for start, end, meant in phrases.find(text)
        for name in meant
    ]
    return [
        each for each in found
        if not any(
            other.start <= each.start and each.end <= other.end and other.end - other.start > each.end - each.start
            for other in found
        )
    ]  # fmt: skip


def foreign_names(masked: str, facts: Iterable[Fact]) -> list[Mention]:
    """Words of a masked text that look like names and are none of the facts', nor within one of them."""
    within = _beginnings(facts)
    found = [Mention("", each.group(1), *each.span(1)) for each in _QUOTED.finditer(masked)]
    for match in _RUN.finditer(masked):
        found += _foreign_in(match.group(), match.start(), masked, within)
    return found


def _foreign_in(run: str, start: int, masked: str, within: set[str]) -> Iterator[Mention]:
    """The words of a row of words that begin with capitals, but for what is the beginning of a name."""
    words = [(each.group().rstrip("-'").removesuffix("'s"), start + each.start()) for each in _WORD.finditer(run)]
    at = 0
    while at < len(words):
        known = next((end for end in range(len(words), at, -1)
                      if " ".join(word for word, _ in words[at:end]) in within), None)  # fmt: skip
        if known is not None:
            at = known
            continue
        word, place = words[at]
        if word and MASK not in word and not _ordinary(word, masked, place):
            yield Mention("", word, place, place + len(word))
        at += 1


def _beginnings(facts: Iterable[Fact]) -> set[str]:
    """How rows of words with capitals in names and in our own sentences begin: Norsk, Norsk Forge."""
    texts = [fact.value for fact in facts if isinstance(fact.value, str)]
    texts += [name for fact in facts for name in fact.about.values()]
    found: set[str] = set()
    for text in set(texts):
        for run in _RUN.findall(text):
            words = _WORD.findall(run)
            found.update(" ".join(words[:end]) for end in range(1, len(words) + 1))
    return found


def _ordinary(word: str, text: str, start: int) -> bool:
    words, word = lexicon(), word.partition("'")[0]
    if any(letter.isdigit() for letter in word):
        return word in words.capitals or bool(_GLUED.fullmatch(word)) or _of_unit(word)
    if word in words.capitals or word.islower() or word.lower() in words.months:
        return True
    if not word[0].isupper() and any(letter.isupper() for letter in word):
        return word.removesuffix("s") in words.capitals
    if "-" in word:
        return all(_ordinary(part, text, start) for part in word.split("-") if part)
    if word.isupper() and len(word) > 1:
        return _known(word.lower())
    return bool(_STARTS.search(text[:start])) and _known(word.lower())


def _of_unit(word: str) -> bool:
    """``8-week``, ``95-percent``: a number and words, no code."""
    number, _, rest = word.partition("-")
    return bool(_GLUED.fullmatch(number)) and rest.islower() and rest.replace("-", "").isalpha()


def _known(word: str) -> bool:
    words = lexicon().vocabulary
    if word in words or word in lexicon().meaningful:
        return True
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return any(
        stem in words
        or f"{stem}e" in words
        or (stem[:-1] in words and stem[-1:] == stem[-2:-1])
        or (stem.endswith("i") and f"{stem[:-1]}y" in words)
        for stem in stems
        if len(stem) > 1
    )
