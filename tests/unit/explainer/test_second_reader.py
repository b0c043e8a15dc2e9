"""Texts of a second reader, who wrote them by hand before seeing the check: right ones pass, wrong ones are refused.

``second_reader/facts.jsonl`` holds the facts of twelve answers about three twins. A line of the others is
``class | answer | level | text``, or ``name of the part | right or wrong | level | text`` of the hostile ones.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check

FOLDER = Path(__file__).parent / "second_reader"
PART = "0104.2217"
KNOWN = {
    "first": (
        "Two of the three late orders",
        "GB-107 still owes you",
        "Raising the reorder points for Bearings by 40 % would cut cost",
        "Closing the south quay for three weeks",
        "Holding 40 pieces would push",
        "Company-wide, demand has been shrinking",
        "The planner works against finance",
    ),
    "second": ("SE-121 is the slowest", "The longest delay is", "The lead time of 0614.5164"),
    "hostile_first": ('Of part "{}" you hold 2 pieces',),
    "hostile_second": (),
}
"""Beginnings of the texts that are misjudged, right and wrong: what grounding.md tells of."""


@cache
def facts() -> dict[str, list[Fact]]:
    lines = (FOLDER / "facts.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["set"]: [Fact(**fact) for fact in row["facts"]] for row in map(json.loads, lines)}


def _renamed(part: str) -> list[Fact]:
    return [
        replace(
            fact,
            value=part if fact.value == PART else fact.value,
            about={kind: part if name == PART else name for kind, name in fact.about.items()},
        )
        for fact in facts()["c2"]
    ]


def _passes(text: str, of: list[Fact], level: str) -> bool:
    return not check(text.replace("\\n", "\n"), of, expert=level == "expert")


def _lines(name: str) -> list[list[str]]:
    return [line.split(" | ", 3) for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["first", "second"])
def test_texts_of_a_second_reader_are_judged_right_but_for_those_known(name: str) -> None:
    wrong = [text for kind, of, level, text in _lines(name) if _passes(text, facts()[of], level) != (kind == "right")]
    assert [text for text in wrong if not text.startswith(KNOWN[name])] == []


@pytest.mark.parametrize("name", ["hostile_first", "hostile_second"])
def test_names_that_claim_or_command_change_nothing(name: str) -> None:
    wrong = [
        (part, text)
        for part, kind, level, text in _lines(name)
        if _passes(text.format(part), _renamed(part), level) != (kind == "right")
    ]
    assert [each for each in wrong if not each[1].startswith(KNOWN[name] or ("\0",))] == []
