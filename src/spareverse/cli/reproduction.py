"""Command reproduce: the figures of a paper beside ours, with a verdict for every cell; an outage simulated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson
from spareverse.errors import UsageError


class Paper(StrEnum):
    """Papers whose figures can be made again, and what Spareverse shows of its own."""

    SIRRI_2023 = "sirri-2023"
    EL_THALJI_2025 = "el-thalji-2025"
    KNOWN_ANSWERS = "known-answers"
    AIRBUS_REMOVALS = "airbus-removals"
    CAR_PARTS = "car-parts"
    ANTS = "ants"
    OUTAGE = "outage"
    HOMEOSTASIS = "homeostasis"
    COHERENCE = "coherence"
    GROUNDING = "grounding"
    EARLY_WARNING = "early-warning"
    OBSERVER_YEAR = "observer-year"
    ALL = "all"


_SIMULATED = ("seed", "replications")
TAKES: dict[Paper, tuple[str, ...]] = {
    Paper.SIRRI_2023: (),
    Paper.EL_THALJI_2025: _SIMULATED,
    Paper.KNOWN_ANSWERS: ("cases", "area", *_SIMULATED),
    Paper.AIRBUS_REMOVALS: ("data", "seed"),
    Paper.CAR_PARTS: ("data", "record", "again", "rehearse"),
    Paper.ANTS: _SIMULATED,
    Paper.OUTAGE: (*_SIMULATED, "parts", "record"),
    Paper.HOMEOSTASIS: (*_SIMULATED, "parts", "record"),
    Paper.COHERENCE: (*_SIMULATED, "record"),
    Paper.GROUNDING: ("seed",),
    Paper.EARLY_WARNING: ("seed", "parts", "record"),
    Paper.OBSERVER_YEAR: (*_SIMULATED, "parts", "record"),
    Paper.ALL: _SIMULATED,
}
"""Options of each paper beside --json."""
PRINTED = (
    Paper.AIRBUS_REMOVALS, Paper.CAR_PARTS, Paper.ANTS, Paper.OUTAGE, Paper.HOMEOSTASIS, Paper.COHERENCE,
    Paper.GROUNDING, Paper.EARLY_WARNING, Paper.OBSERVER_YEAR,
)  # fmt: skip
"""Each has a module of its name beside this one, whose ``reproduce`` takes these options; None: not given."""
NEEDS: dict[Paper, tuple[str, str]] = {
    Paper.KNOWN_ANSWERS: ("cases", "the collection to answer"),
    Paper.AIRBUS_REMOVALS: ("data", "the workbook of the removals"),
    Paper.CAR_PARTS: ("data", "the file of monthly demand"),
}


def reproduce(
    paper: Annotated[Paper, typer.Argument(help="Which paper.")],
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="S", min=0, help="Seed of the simulated figures.", show_default="0; outage, homeostasis 1"
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=2, help="Runs of every simulated scenario.", show_default="300; outage 10, homeostasis 16"
        ),
    ] = None,
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Collection of published answers, for known-answers.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="A", help="Only this area of the collection: its name or number.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The data, for airbus-removals and car-parts.")
    ] = None,
    parts: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=12,
            help="Parts of the simulated network, or of each company.",
            show_default="outage 20,000, homeostasis 60, early-warning 1,000, observer-year 80",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where car-parts keeps its scores, beside the data if not given; where"
            " outage, homeostasis and coherence write what they found, nowhere if not given.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Score car-parts although they were scored before.")] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Score car-parts on months 28 to 39 and keep no record.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a paper's figures beside ours.

    Every cell has a verdict; inputs are marked as inputs, never as matches. A simulated figure agrees when the
    paper's lies inside the 95 % interval of one run. Papers without simulation take no seed.

    known-answers answers every case of a collection, a JSON list of cases with inputs, expected and tolerance;
    with --replications it simulates those that are systems, too.

    airbus-removals fits the lives of a part and forecasts its last four quarters, each with what was known then.

    car-parts plans the stock of the public car parts from months 1 to 39 and scores it once on the last 12.

    ants compares adaptive sourcing with fixed mixes and the cheapest supplier, under outages and tight capacity.

    outage stops the main supplier of the world network for six weeks: who waits, why, and what without each cause.

    homeostasis ranks fifty drawn companies by the index of the battery beside the service they lose otherwise.

    coherence holds ways of paying agents against the cost they drift to when they try things for a year.

    grounding checks right texts about ten narratives, and wrong ones made of them: how many are caught or refused.

    early-warning scores warnings on futures they did not know, half of them from worlds they do not know.

    observer-year plays a year with and without what the Observer recommends, futures paired.

    Example: spareverse reproduce el-thalji-2025 --seed 7 --replications 1000;
    spareverse reproduce known-answers --cases cases.json --area 3;
    spareverse reproduce airbus-removals --data removals.xlsx;
    spareverse reproduce car-parts --data carparts.csv;
    spareverse reproduce outage --parts 20000
    """
    options: dict[str, object] = {
        "seed": seed, "replications": replications, "cases": cases, "area": area, "data": data, "parts": parts,
        "record": record, "again": again or None, "rehearse": rehearse or None,
    }  # fmt: skip
    _check_options(paper, options)
    if paper in PRINTED:
        module = import_module(f"spareverse.cli.{paper.value.replace('-', '_')}")
        module.reproduce(**{name: options[name] for name in TAKES[paper]}, as_json=as_json)
        return
    if paper is Paper.KNOWN_ANSWERS and cases is not None:
        _known_answers(cases, area, replications, seed or 0, as_json)
        return
    papers = (Paper.SIRRI_2023, Paper.EL_THALJI_2025) if paper is Paper.ALL else (paper,)
    with screen.progress() as progress:
        results = [_reproduced(one, seed, replications, progress) for one in papers]
    if as_json:
        screen.document(results[0] if len(results) == 1 else {"papers": results})
        return
    for result in results:
        _show(result)


def _reproduced(
    paper: Paper, seed: int | None, replications: int | None, progress: Callable[[float, str], None]
) -> dict[str, Any]:
    if paper is Paper.SIRRI_2023:
        from spareverse.reproduction import sirri_2023

        return sirri_2023.run()
    from spareverse.reproduction import el_thalji_2025

    return el_thalji_2025.run(
        seed=seed or 0, replications=replications or el_thalji_2025.REPLICATIONS, progress=progress
    )


def _check_options(paper: Paper, given: dict[str, object]) -> None:
    """UsageError for options that the paper does not take, or when what it needs is missing."""
    takes = TAKES[paper]
    if surplus := [name for name, value in given.items() if value is not None and name not in takes]:
        known = ", ".join(f"--{name}" for name in takes) or "no options"
        raise UsageError(f"{paper.value} takes {known} and --json, not --{surplus[0]}.")
    name, what = NEEDS.get(paper, ("", ""))
    if name and given[name] is None:
        raise UsageError(f"{paper.value} needs --{name} FILE, {what}.")


def _known_answers(cases: Path, area: str | None, replications: int | None, seed: int, as_json: bool) -> None:
    from spareverse.reproduction import known_answers

    result = known_answers.run(cases, area, replications=replications, seed=seed)
    if as_json:
        screen.document(result)
        return
    rows = (
        (case["id"], case["area"], figure["name"], _brief(figure["expected"]), _brief(figure["got"]),
         figure["tolerance"], figure["verdict"])
        for case in result["cases"]
        for figure in case["figures"]
    )  # fmt: skip
    screen.table(
        f"Published answers of {result['file']} beside ours",
        ("case", "area", "figure", "expected", "got", "tolerance", "verdict"), rows, right=("expected", "got"),
    )  # fmt: skip
    _list("Not answered in full", (f"{case['id']}: {case['remark']}" for case in result["cases"] if case["remark"]))
    counts = ", ".join(_counted(verdict, count) for verdict, count in result["verdicts"].items() if count)
    screen.say(f"{len(result['cases'])} cases: {counts}.")


def _counted(verdict: str, count: int) -> str:
    """``54 agree``, ``1 agrees``, ``7 not offered yet``."""
    return f"{count} {'agree' if verdict == 'agrees' and count != 1 else verdict}"


def _brief(value: object) -> str:
    """A figure with all digits that matter; of a list the first three."""
    if isinstance(value, list):
        return f"{', '.join(f'{entry:.4g}' for entry in value[:2])}{f' ... ({len(value)})' if len(value) > 2 else ''}"
    return f"{value:.8g}" if isinstance(value, float) else screen.shown(value)


def _show(result: dict[str, Any]) -> None:
    """Inputs apart, then what is compared, a table for each rule of the simulation."""
    title, simulated = f"Reproduction of {result['paper']}", "replications" in result
    if simulated:
        title += f", {result['replications']:,} runs of each scenario, seed {result['seed']}"
    inputs = [cell for cell in result["cells"] if cell["kind"] == "input"]
    given = ((_name(cell), cell["option"], cell["paper"], cell["ours"], cell["unit"]) for cell in inputs)
    screen.table(f"{title}: put in", ("figure", "scenario", "paper", "ours", "unit"), given, right=("paper", "ours"))
    checks: dict[str, list[dict[str, Any]]] = {}
    for cell in result["cells"]:
        if cell["kind"] != "input":
            scenario, _, rule = cell["option"].rpartition(", ") if simulated else (cell["option"], "", "")
            checks.setdefault(rule, []).append({**cell, "option": scenario})
    for rule, cells in checks.items():
        _show_checks(f"{title}: compared" + (f", rule {rule}" if rule else ""), cells)
    _list("The paper contradicts itself", result.get("contradictions", ()))


def _show_checks(title: str, cells: list[dict[str, Any]]) -> None:
    """Our mean with its 95 % interval, 95 % of single runs where there are any, and the verdict."""
    from spareverse.figures import numbers

    def row(cell: dict[str, Any]) -> tuple[str, ...]:
        share = "availability" in cell["name"]
        said = screen.percent if share else screen.shown
        run = f"{said(cell['run_low'])} to {said(cell['run_high'])}" if cell["run_low"] is not None else "-"
        remark = f" ({cell['remark']})" if cell["remark"] else ""
        ours = numbers.measured(cell["ours"], cell["low"], cell["high"], cell["unit"] or "", share=share)
        head = (_name(cell), cell["option"], said(cell["paper"]), ours)
        return (*head, *((run,) if single else ()), cell["verdict"] + remark)

    single = any(cell["run_low"] is not None for cell in cells)
    columns = ("figure", "scenario", "paper", "ours", *(("one run",) if single else ()), "verdict")
    screen.table(title, columns, map(row, cells), right=columns[2:-1])


def _name(cell: dict[str, Any]) -> str:
    return str(cell["name"]).replace("_", " ")


def _list(heading: str, lines: Iterable[str]) -> None:
    for number, text in enumerate(lines):
        if not number:
            screen.say(f"{heading}:")
        screen.say(f"* {text}")
