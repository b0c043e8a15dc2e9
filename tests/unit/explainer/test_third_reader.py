"""Texts of a third reader about kinds of answers that no earlier text was of: right ones pass, wrong ones are refused.

``third_reader/facts.jsonl`` holds the facts of the answers; a line of the others is ``class | answer | level | text``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check

FOLDER = Path(__file__).parent / "third_reader"
KNOWN = {
    "first": ("The chance that P049 at REGION-4 runs out is 43 %, at most", "A price of 215 EUR/day"),
    "second": ("When SUPPLIER-B stands still", "Coherence goes from 0.89 to 1.000"),
}
"""Beginnings of the texts that are misjudged, right and wrong: what grounding.md tells of."""


@cache
def facts() -> dict[str, list[Fact]]:
    lines = (FOLDER / "facts.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["set"]: [Fact(**fact) for fact in row["facts"]] for row in map(json.loads, lines)}


@pytest.mark.parametrize("name", ["first", "second"])
def test_texts_of_a_third_reader_are_judged_right_but_for_those_known(name: str) -> None:
    wrong = []
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        kind, of, level, text = line.split(" | ", 3)
        passes = not check(text, facts()[of], expert=level == "expert")
        wrong += [text] if passes != (kind == "right") else []
    assert [text for text in wrong if not text.startswith(KNOWN[name])] == []
