"""What was probably meant: names compared without case, spaces and punctuation."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def plain(name: str) -> str:
    """A name without case, spaces and punctuation, for comparing."""
    return "".join(character for character in name.casefold() if character.isalnum())


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` for the nearest known word, else nothing."""
    by_plain = {plain(name): name for name in known}
    near = difflib.get_close_matches(plain(word), by_plain, n=1, cutoff=0.75)
    return f" Did you mean {by_plain[near[0]]!r}?" if near else ""
