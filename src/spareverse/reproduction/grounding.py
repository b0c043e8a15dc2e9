"""Does the check of texts catch what is wrong and let pass what is right? Measured on marked texts and mutants."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding import check
from spareverse.jit import Progress
from spareverse.reproduction.grounding_cases import facts, narratives
from spareverse.reproduction.grounding_mutations import CLASSES, Maker, Mutant
from spareverse.reproduction.grounding_texts import SETS, RightText, right_texts

MUTANTS, SEED = 600, 1
TRIES = 40
"""Draws for each mutant that is wanted: not every text has what a class changes."""
Document = dict[str, Any]


def run(*, mutants: int = MUTANTS, seed: int = SEED, progress: Progress | None = None) -> Document:
    """For each set of texts: the right ones refused, and of each class of mutants how many were caught."""
    known = {case: facts(case) for case in narratives()}
    document: Document = {"mutants": mutants, "seed": seed, "sets": [], "narratives": _told(known)}
    for number, name in enumerate(SETS):
        if progress is not None:
            progress(number / len(SETS), f"Checking texts: {name}")
        document["sets"].append(_scored(name, known, mutants, seed))
    return document


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
    refused = [(text, faults) for text in texts if (faults := check(text.text, known[text.case], expert=text.expert))]
    each_ms = 1e3 * (time.perf_counter() - began) / len(texts)
    passed = [text for text in texts if text not in [each for each, _ in refused]]
    classes = []
    for label, maker in CLASSES.items():
        made = make(maker, passed, known, mutants, random.Random(f"{seed} {name} {label}"))
        missed = [each for each in made if not check(each.text, each.facts, expert=each.expert)]
        classes.append({"class": label, "mutants": len(made), "different": len({each.text for each in made}),
                        "caught": len(made) - len(missed), "missed": sorted({each.text for each in missed})})  # fmt: skip
    return {
        "set": name,
        "texts": len(texts),
        "refused": [
            {"text": text.text, "faults": [[fault.text, fault.kind] for fault in faults]} for text, faults in refused
        ],
        "milliseconds": each_ms,
        "classes": classes,
    }


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
