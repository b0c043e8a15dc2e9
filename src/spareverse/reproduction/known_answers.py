"""Published answers beside ours: every case of a collection, each figure within the tolerance the case states.

A collection is a JSON list of cases: id, area, source, inputs, expected, tolerance, note, provenance. Which model
answers follows from the area, the inputs that are given and the figures that are wanted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spareverse.errors import InputRejected, Problem, SpareverseError
from spareverse.reproduction import (
    answers_of_chains,
    answers_of_echelons,
    answers_of_forecasts,
    answers_of_lives,
    answers_of_monitors,
    answers_of_spares,
    answers_of_stock,
    simulated_answers,
)
from spareverse.reproduction.case_comparison import AGREES, DIFFERS, NOT_OFFERED, Figure, compare
from spareverse.reproduction.case_inputs import CaseInputs

AREAS: dict[str, Callable[[CaseInputs], dict[str, Any]]] = {
    "1": answers_of_lives.answer,
    "2": answers_of_forecasts.answer,
    "3": answers_of_stock.answer,
    "4a": answers_of_spares.single_site,
    "4b": answers_of_echelons.answer,
    "5": answers_of_spares.finite_population,
    "6a": answers_of_chains.stages,
    "6b": answers_of_chains.amplification,
    "7": answers_of_monitors.answer,
}
"""By the number with which an area's name begins."""
PARTLY, FAILED = "agrees in part", "cannot be answered"
VERDICTS = (AGREES, PARTLY, DIFFERS, FAILED, NOT_OFFERED)
_KEYS = ("id", "area", "inputs", "expected", "tolerance")


def run(path: Path, area: str | None = None, *, replications: int | None = None, seed: int = 0) -> dict[str, Any]:
    """Verdicts of all cases, or of those whose area is or begins with ``area``.

    With ``replications`` the systems among them (areas 4a, 4b, 5) are simulated, too.

    InputRejected for a file that is no such collection, or holds no case of the area.
    """
    cases = [case for case in _read(path) if area is None or _number(case["area"]) == area or case["area"] == area]
    if not cases:
        raise InputRejected(
            f"{path.name} holds no case of the area {area!r}." if area else f"{path.name} holds no case.",
            [Problem("Nothing to answer.", "Areas are named as in the cases, or by their number.", file=path.name)],
        )
    answered = [_answered(case, replications, seed) for case in cases]
    counts = Counter(case["verdict"] for case in answered)
    return {"file": path.name, "cases": answered, "verdicts": {verdict: counts[verdict] for verdict in VERDICTS}}


def _answered(case: Mapping[str, Any], replications: int | None, seed: int) -> dict[str, Any]:
    shown = {name: case.get(name, "") for name in ("id", "area", "source", "provenance", "note")}
    solve = AREAS.get(_number(case["area"]))
    found: dict[str, Any] = {}
    simulated: list[Figure] = []
    remark = "" if solve else "This area is not offered yet."
    if solve:
        words = " ".join(str(case.get(name, "")) for name in ("id", "source", "note"))
        try:
            inputs = CaseInputs(case["inputs"], case["expected"], words)
            found = solve(inputs)
            if replications:
                number = _number(case["area"])
                simulated = simulated_answers.figures(number, inputs, case["tolerance"], replications, seed)
        except (ValueError, KeyError, TypeError, StopIteration, SpareverseError) as error:
            missing = isinstance(error, KeyError)
            remark = f"The input {error} is missing." if missing else str(error) or type(error).__name__
    figures = [*compare(case["expected"], found, case["tolerance"]), *simulated]
    verdict = FAILED if solve and remark else _verdict([figure.verdict for figure in figures])
    return {**shown, "verdict": verdict, "remark": remark, "figures": [asdict(figure) for figure in figures]}


def _verdict(figures: list[str]) -> str:
    """One difference makes a case differ; a figure that is not offered keeps it from agreeing as a whole."""
    if DIFFERS in figures:
        return DIFFERS
    if NOT_OFFERED not in figures:
        return AGREES
    return PARTLY if AGREES in figures else NOT_OFFERED


def _number(area: str) -> str:
    return area.partition("-")[0]


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputRejected(
            f"{path.name} cannot be read as JSON.", [Problem(str(error), "Name a JSON file of cases.", file=path.name)]
        ) from error
    if not isinstance(cases, list):
        raise InputRejected(
            f"{path.name} is not a collection of cases.",
            [Problem("The file must hold a list of cases.", "Each with id, area, inputs, expected, tolerance.")],
        )
    problems = [problem for row, case in enumerate(cases, start=1) for problem in _problems(path.name, row, case)]
    if problems:
        raise InputRejected(f"{path.name} holds {len(problems)} problems.", problems)
    return cases


def _problems(file: str, row: int, case: Any) -> list[Problem]:
    if not isinstance(case, dict):
        return [Problem("A case is an object with names and values.", file=file, row=row, value=repr(case)[:80])]
    kinds = {"id": str, "area": str, "inputs": dict, "expected": dict, "tolerance": dict}
    return [
        Problem(
            f"{'is missing' if name not in case else 'must be ' + ('a text' if kinds[name] is str else 'an object')}.",
            f"A case needs {', '.join(_KEYS)}.", file=file, row=row, column=name,
        )
        for name in _KEYS
        if not isinstance(case.get(name), kinds[name])
    ]  # fmt: skip
