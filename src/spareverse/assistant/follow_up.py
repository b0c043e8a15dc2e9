"""Questions that go on from the one before and change one thing of it: a name, a time, an amount, what is asked of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spareverse.assistant.examples import quoted
from spareverse.assistant.names import KIND_WORDS, Mention, Names, stands_alone
from spareverse.assistant.question import Question
from spareverse.assistant.session import Session

_OPENS = r"(?:and|but|or|ok|okay|now|then|so|also|same|what about|how about|and what about|and how about)\b"
_BARE = r"(?:for|in|at|of|with|from|over|on|by|during|since|until|to|last|next|this)\b"
_LONGEST = 12
"""Words of a question that goes on from another; a longer one stands for itself."""
_LINKS = frozenset(
    ("and", "but", "or", "ok", "okay", "now", "then", "so", "also", "same", "what", "how", "about", "for", "in", "at",
     "of", "with", "from", "over", "on", "by", "during", "to", "the", "a", "an", "only", "instead", "part", "supplier",
     "place", "customer", "scenario", "link", "warehouse", "site", "depot", "vendor", "item", "it", "is", "if",
     "please", "just", "our", "my", "again", "one", "question", "thing")
)  # fmt: skip
"""Words that join a follow-up to the question before and change nothing of it."""
_LEADS = r"(?:next|coming(?! next)|following|last|past|previous|this)\b"
_AHEAD = rf"\b{_LEADS} (?:(?:\d+|\w+) )?(?:day|week|month|quarter|year)s?\b"
_LENGTH = (
    r"\b(?:\d[\d,.]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half a)[ -]"
    r"(?:day|week|month|quarter|year)s?\b"
)
_CHANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("time", (_AHEAD, _LENGTH)),
    ("share", (r"(?<!\w)\d[\d.,]* ?(?:%|per ?cent\b)",)),
    ("factor", (r"\b(?:doubles?|doubled|halves|halved|triples?|tripled|twice|half)\b|\b\d[\d.]* times\b",)),
    ("end", (r"\b(?:worst|best|highest|lowest|largest|smallest)\b",)),
    ("thing", (r"\b(?:parts?|items?|suppliers?|vendors?|orders?|places?|customers?|scenarios?)\b(?! <)",)),
    ("measure", (r"\b(?:service|workload|fill rate|stock value|purchases?|costs?|emissions?|lead times?|demand)\b",)),
    ("number", (r"(?<![\w.,])\d[\d,.]*(?![\w%])(?! ?%)",)),
)
"""What may be changed, and how it is said; one change is made by the first that the follow-up says."""


@dataclass(frozen=True)
class Span:
    """Where something stands in a text, and what stands there."""

    start: int
    end: int
    text: str


def goes_on(question: Question) -> bool:
    """Whether a question begins like one that goes on from another."""
    count = len(question.words.split())
    return count <= _LONGEST and re.match(rf"(?:{_OPENS}|{_BARE})", question.words) is not None


def whole(session: Session, text: str, after: str) -> str:
    """The question before with the one thing changed that ``text`` says; empty where it does not do just that."""
    names = Names(session)
    question = Question.of(text, *names.find(text))
    if not goes_on(question) or question.unknown:
        return ""
    before, _ = names.find(after)
    made, said = after, question.words
    for mention in question.mentions:
        found = _renamed(made, before, mention)
        if not found or len(question.mentions) > 1:
            return ""
        made = found
    said = re.sub(rf"(?:\b(?:{'|'.join(KIND_WORDS)}) )?<>", " ", said)
    for kind, patterns in _CHANGES:
        wanted = _first(patterns, said)
        if wanted is None:
            continue
        changed = _changed(made, kind, patterns, wanted.text, names)
        if not changed:
            return ""
        made = changed
        said = f"{said[: wanted.start]} {said[wanted.end :]}"
    left = [word for word in re.findall(r"[a-z0-9']+", said) if word not in _LINKS]
    return "" if left or made == after else made


def _renamed(after: str, before: list[Mention], mention: Mention) -> str:
    """Another name in the place of one of its kind; where there is none, it is added with the word for its kind."""
    if '"' in mention.name:
        return ""
    name = quoted(mention.name) if stands_alone(mention.name) else f'"{mention.name}"'
    alike = [one for one in before if one.kinds & mention.kinds]
    if len(alike) == 1:
        one = alike[0]
        return f"{after[: one.start]}{name}{after[one.end :]}"
    if alike:
        return ""
    kind = next((each for each in ("place", "supplier", "part", "customer", "scenario", "link")
                 if each in mention.kinds), "")  # fmt: skip
    word = {"place": "at", "customer": "at customer", "scenario": "under scenario"}.get(kind, f"of {kind}")
    return f"{after.rstrip(' ?.!')} {word} {name}{_end(after)}" if kind else ""


def _changed(after: str, kind: str, patterns: tuple[str, ...], wanted: str, names: Names) -> str:
    """The same kind of thing said otherwise; a time that was not said is added."""
    mentions, _ = names.find(after)
    free = list(after)
    for mention in mentions:  # nothing is changed within a name
        free[mention.start : mention.end] = "<" * (mention.end - mention.start)
    where = _first(patterns, "".join(free).lower())
    if where is not None and kind == "time" and re.fullmatch(_LENGTH, wanted):
        ahead = re.match(_LEADS, where.text)
        wanted = f"{ahead.group()} {wanted}" if ahead else wanted  # next quarter, for 8 weeks: the next 8 weeks
    if where is not None:
        return f"{after[: where.start]}{wanted}{after[where.end :]}"
    if kind == "time":
        lead = "in the" if re.match(_AHEAD, wanted) and not wanted.startswith(("last", "this")) else ""
        lead = lead or ("" if wanted.startswith(("last", "this", "past", "previous")) else "for")
        return f"{after.rstrip(' ?.!')} {lead} {wanted}".replace("  ", " ") + _end(after)
    return ""


def _first(patterns: tuple[str, ...], text: str) -> Span | None:
    """The first place where one of the patterns fits, of the first pattern that does."""
    for pattern in patterns:
        found = re.search(pattern, text, re.IGNORECASE)
        if found is not None:
            return Span(found.start(), found.end(), found.group())
    return None


def _end(after: str) -> str:
    """The mark at the end of a question."""
    return after.rstrip()[-1] if after.rstrip()[-1:] in "?.!" else ""
