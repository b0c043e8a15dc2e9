"""The grounding test itself: marks are read, mutants are wrong, right texts pass and most wrong ones are caught."""

from __future__ import annotations

import json
import random

import pytest
from typer.testing import CliRunner

from spareverse.cli.main import app
from spareverse.reproduction import grounding
from spareverse.reproduction.grounding_cases import facts, narratives
from spareverse.reproduction.grounding_mutations import CLASSES, in_words
from spareverse.reproduction.grounding_page import page
from spareverse.reproduction.grounding_texts import SETS, right_texts


@pytest.fixture(scope="module")
def document() -> grounding.Document:
    return grounding.run(mutants=15, seed=3)


def test_marks_are_of_facts_of_their_case() -> None:
    for name in SETS:
        for text in right_texts(name):
            known = facts(text.case)
            ids = {fact.id for fact in known}
            for slot in text.slots:
                assert text.text[slot.start : slot.end] == slot.text
                if slot.kind != "name" and not slot.key.startswith("="):
                    assert slot.key.partition("@")[0] in ids, (text.case, slot.key)
    assert {text.case for name in SETS for text in right_texts(name)} == set(narratives())


def test_each_mutant_differs_from_its_text() -> None:
    texts = right_texts("developed")
    known = {case: facts(case) for case in narratives()}
    for label, maker in CLASSES.items():
        made = grounding.make(maker, texts, known, 30, random.Random(label))
        assert len(made) == 30, label
        assert not {each.text for each in made} & {text.text for text in texts}


def test_wrong_texts_are_caught_and_right_ones_pass(document: grounding.Document) -> None:
    """15 mutants of each class and set: a class caught in less than 90 % of 75 would be far from what the page says."""
    caught = dict.fromkeys(CLASSES, 0)
    for each in document["sets"]:
        assert len(each["refused"]) <= 2
        for one in each["classes"]:
            assert one["mutants"] == 15
            caught[one["class"]] += one["caught"]
    assert min(caught.values()) >= 0.9 * 15 * len(SETS), caught
    assert all(not one["faults"] for one in document["narratives"])
    assert len(document["narratives"]) == 20


def test_the_page_says_all_of_it(document: grounding.Document) -> None:
    text = page(document)
    for label in (*CLASSES, *SETS, *narratives()):
        assert label in text or label.capitalize() in text
    assert "right texts refused" in text


def test_the_command_prints_the_same(document: grounding.Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grounding, "run", lambda **_: document)
    shown = CliRunner().invoke(app, ["reproduce", "grounding"])
    assert shown.exit_code == 0, shown.output
    assert "right texts refused" in shown.output
    asked = CliRunner().invoke(app, ["reproduce", "grounding", "--json"])
    assert json.loads(asked.output)["seed"] == 3
    assert CliRunner().invoke(app, ["reproduce", "grounding", "--parts", "200"]).exit_code != 0


@pytest.mark.parametrize(
    ("number", "text"), [(0, "zero"), (12, "twelve"), (57, "fifty-seven"), (305, "three hundred and five")]
)
def test_numbers_in_words(number: int, text: str) -> None:
    assert in_words(number) == text
