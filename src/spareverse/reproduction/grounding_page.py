"""The page of the grounding test."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from spareverse.reproduction.grounding import OF_DEVELOPED, columns, rows
from spareverse.reproduction.grounding_mutations import CLASSES

Document = dict[str, Any]
INTRODUCTION = """\
# Are texts grounded?

Written by `python docs/write_grounding.py`; do not edit. `spareverse reproduce grounding` shows the same.

Every number, name, period and direction of a text has to trace to a fact, or the text is refused and the plain
narrative is shown: [how that is checked](../background/explainer.md). Two things can go wrong: a wrong text passes, or
a right one is refused. Both are measured here on ten narratives of constructed rows (printed below) and
{texts} right texts about them, written as a language model would put it: paraphrases, legal roundings, clauses in
another order, numbers in words, dates in other formats. Each text is marked, so that it is known of which fact every
figure is; wrong texts are made of the right ones by changing one marked place, {mutants} of each class of the set held
out and {of_developed} of each other set (seed {seed}). The maker of wrong texts shares no code with the checker.

The texts were written by the same hands as the checker. A set was written and scored once, then what it showed was
mended and a new set written. What a text from nowhere meets is the last line of the second table, not the first table.

## Caught, and refused

Per cent of wrong texts that are refused. Mutants are drawn with repetition: the last column says how many different
texts there were of the set held out. Classes with few different texts (rose / fell, dropped interval) have fewer
places to change than draws.
"""
FIRST = """
## What each set gave when it was first scored

What a text from nowhere met at each stage. After the last line a few readings were mended (names in quotes within
lists, *saves more*, *from 9 to 9*, limits that read as their figure), so that the first table's column *held out* is a
little better than what a new text would meet.
"""
REFUSED = """
## Right texts that are refused
"""
MISSED = """
## Wrong texts of the set held out that pass
"""
TOLD = """
## The ten narratives

At the plain level, then at the expert level. All pass the check with their own facts, and with those of another part,
warning or scenario beside them.
"""


def page(document: Document) -> str:
    """Markdown."""
    texts = sum(each["texts"] for each in document["sets"])
    lines = INTRODUCTION.format(
        texts=texts, of_developed=min(OF_DEVELOPED, document["mutants"]), **document
    ).splitlines()
    lines += ["", *_table(columns(), rows(document)), "", _speed(document)]
    lines += [*FIRST.splitlines(), "", *_first(document)]
    lines += [*REFUSED.splitlines(), ""]
    lines += [_refused(each["set"], one) for each in document["sets"] for one in each["refused"]] or ["None."]
    lines += [*MISSED.splitlines(), ""]
    held = document["sets"][-1]["classes"]
    lines += [f"* {one['class']}: {text}" for one in held for text in one["missed"][:5]] or ["None."]
    lines += TOLD.splitlines()
    for one in document["narratives"]:
        lines += [
            "",
            f"**{one['case'].capitalize()}**, {one['level']} ({one['facts']} facts):",
            "",
            _quoted(one["text"]),
        ]
    return "\n".join(lines) + "\n"


def _table(heads: tuple[str, ...], body: list[tuple[str, ...]]) -> list[str]:
    rule = "|".join("---" if not number else "---:" for number in range(len(heads)))
    return [f"| {' | '.join(heads)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in body)]


def _speed(document: Document) -> str:
    slowest = max(each["milliseconds"] for each in document["sets"])
    return f"A text is checked in {'less than 50 ms' if slowest < 50 else f'{slowest:.0f} ms'} on average."


def _first(document: Document) -> list[str]:
    scores = document["first"]
    heads = ("set", "right texts refused", *CLASSES)
    body = [
        (each["set"], f"{each['refused']} of {each['texts']}", *(f"{each['caught'][label]:.1f} %" for label in CLASSES))
        for each in scores
    ]
    return _table(heads, body)


def _refused(name: str, one: Document) -> str:
    faults = ", ".join(f"{text} ({kind})" for text, kind in one["faults"])
    return f"* {name}: {one['text']} *Refused for: {faults}.*"


def _quoted(text: str) -> str:
    return fill(text, 118, initial_indent="> ", subsequent_indent="> ", break_long_words=False, break_on_hyphens=False)
