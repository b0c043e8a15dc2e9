"""Does the check of texts catch what is wrong and let pass what is right? Measured on marked texts and mutants.

Right texts come in sets. Each set but the first was kept apart and scored once; what a scoring showed was then mended,
so that the set counts as developed on and a new one was written. Only the last, held out, has not been learned from.
"""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check
from spareverse.jit import Progress
from spareverse.reproduction.grounding_cases import facts, narratives
from spareverse.reproduction.grounding_mutations import CLASSES, Maker, Mutant
from spareverse.reproduction.grounding_texts import HELD_OUT, SETS, RightText, right_texts

MUTANTS, OF_DEVELOPED, SEED = 600, 150, 1
"""Wrong texts of each class: of the set held out, and at most of each other one."""
TRIES = 40
"""Draws for each mutant that is wanted: not every text has what a class changes."""
Document = dict[str, Any]


def run(*, mutants: int = MUTANTS, seed: int = SEED, progress: Progress | None = None) -> Document:
    """For each set of texts: the right ones refused, and of each class of mutants how many were caught.

    mutants
        How many of each class, of the set held out; of the others ``OF_DEVELOPED`` at most.
    """
    known = {case: facts(case) for case in narratives()}
    document: Document = {
        "mutants": mutants,
        "seed": seed,
        "sets": [],
        "narratives": _told(known),
        "first": first_scores(),
    }
    for number, name in enumerate(SETS):
        if progress is not None:
            progress(number / len(SETS), f"Checking texts: {name}")
        wanted = mutants if name == HELD_OUT else min(mutants, OF_DEVELOPED)
        document["sets"].append(_scored(name, known, wanted, seed))
    return document


def first_scores() -> list[Document]:
    """What each set that was kept apart gave when it was scored the first time."""
    file = resources.files("spareverse.reproduction").joinpath("grounding_corpus", "first_scores.toml")
    return list(tomllib.loads(file.read_text(encoding="utf-8"))["score"])


def _told(known: dict[str, list[Fact]]) -> list[Document]:
    """The ten narratives at both levels, with what the check says of them."""
    told = []
    for expert in (False, True):
        for case, narrative in narratives(expert=expert).items():
            faults = check(narrative.text, known[case], expert=expert)
            told.append({"case": case, "level": "expert" if expert else "plain", "text": narrative.text,
                         "facts": len(narrative.facts), "faults": [fault.text for fault in faults]})  # fmt: skip
    return told


def _scored(name: str, known: dict[str, list[Fact]], mutants: int, seed: int) -> Document:
    texts = right_texts(name)
    began = time.perf_counter()
    faults = [check(text.text, known[text.case], expert=text.expert) for text in texts]
    each_ms = 1e3 * (time.perf_counter() - began) / len(texts)
    passed = [text for text, found in zip(texts, faults, strict=True) if not found]
    refused = [
        {"text": text.text, "faults": [[fault.text, fault.kind] for fault in found]}
        for text, found in zip(texts, faults, strict=True)
        if found
    ]
    classes = []
    for label, maker in CLASSES.items():
        made = make(maker, passed, known, mutants, random.Random(f"{seed} {name} {label}"))
        missed = [each for each in made if not check(each.text, each.facts, expert=each.expert)]
        classes.append({
            "class": label, "mutants": len(made), "different": len({each.text for each in made}),
            "caught": len(made) - len(missed), "missed": sorted({each.text for each in missed}),
        })  # fmt: skip
    return {"set": name, "texts": len(texts), "refused": refused, "milliseconds": each_ms, "classes": classes}


def make(
    maker: Maker, texts: Sequence[RightText], known: dict[str, list[Fact]], wanted: int, draw: random.Random
) -> list[Mutant]:
    """Mutants of one class, drawn at random over texts and places; texts that lack what is changed are passed over."""
    made: list[Mutant] = []
    for _ in range(TRIES * wanted):
        text = draw.choice(texts)
        mutant = maker(text, known[text.case], draw)
        if mutant is not None:
            made.append(mutant)
        if len(made) == wanted:
            break
    return made


def rows(document: Document) -> list[tuple[str, ...]]:
    """Per class: caught of each set, per cent; then the right texts refused."""
    sets = document["sets"]
    table = []
    for number, label in enumerate(CLASSES):
        found = [each["classes"][number] for each in sets]
        table.append((label, *(_share(one["caught"], one["mutants"]) for one in found), str(found[-1]["different"])))
    refused = (f"{len(each['refused'])} of {each['texts']}" for each in sets)
    return [*table, ("right texts refused", *refused, "")]


def columns() -> tuple[str, ...]:
    """Heads of ``rows``."""
    return ("class", *SETS, "different, held out")


def _share(caught: int, made: int) -> str:
    return f"{100.0 * caught / made:.1f} %" if made else "-"
