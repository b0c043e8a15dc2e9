"""Right texts whose figures, names, periods and directions are marked, so that wrong ones can be made of them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

SETS = {
    "developed": "developed.toml",
    "second": "second.toml",
    "third": "third.toml",
    "fourth": "fourth.toml",
    "held out": "held_out.toml",
}
HELD_OUT = "held out"
_SLOT = re.compile(r"\{(?:(?P<kind>name|dir|int|per):)?(?P<key>[^|{}]+)\|(?P<text>[^{}]*)\}")


@dataclass(frozen=True)
class Slot:
    """A marked stretch: ``kind`` figure, name, dir, int or per; ``key`` what of."""

    kind: str
    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class RightText:
    """A right text of one case, at one level."""

    case: str
    text: str
    expert: bool
    slots: tuple[Slot, ...]

    def with_slot(self, slot: Slot, text: str) -> str:
        """The text with another wording of one slot."""
        return self.text[: slot.start] + text + self.text[slot.end :]


def right_texts(name: str) -> list[RightText]:
    """The texts of a set: developed or held out."""
    file = resources.files("spareverse.reproduction").joinpath("grounding_corpus", SETS[name])
    read = tomllib.loads(file.read_text(encoding="utf-8"))["text"]
    return [_parsed(row["case"], row["text"], bool(row.get("expert"))) for row in read]


def _parsed(case: str, marked: str, expert: bool) -> RightText:
    text, slots, last = "", [], 0
    for found in _SLOT.finditer(marked):
        text += marked[last : found.start()]
        start = len(text)
        text += found["text"]
        slots.append(Slot(found["kind"] or "figure", found["key"], found["text"], start, len(text)))
        last = found.end()
    return RightText(case, text + marked[last:], expert, tuple(slots))
