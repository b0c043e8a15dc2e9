"""Command reproduce: the figures of a paper beside ours, with a verdict for every cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson
from spareverse.errors import UsageError


class Paper(StrEnum):
    """Papers whose figures can be made again."""

    SIRRI_2023 = "sirri-2023"
    EL_THALJI_2025 = "el-thalji-2025"
    ALL = "all"


def reproduce(
    paper: Annotated[Paper, typer.Argument(help="Which paper.")],
    seed: Annotated[
        int | None, typer.Option(metavar="S", min=0, help="Seed of the simulated figures.", show_default="0")
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar="N", min=2, help="Runs of every simulated scenario.", show_default="300"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a paper's figures beside ours.

    Every cell has a verdict; inputs are marked as inputs, never as matches. A simulated figure agrees when the
    paper's lies inside the 95 % interval of one run. Papers without simulation take no seed.

    Example: spareverse reproduce el-thalji-2025 --seed 7 --replications 1000
    """
    if paper is Paper.SIRRI_2023 and (seed is not None or replications is not None):
        raise UsageError("sirri-2023 is computed, not simulated: it takes neither --seed nor --replications.")
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


def _show(result: dict[str, Any]) -> None:
    simulated = "replications" in result
    limits = ("mean from", "to", "run from", "to ") if simulated else ()
    rows = (
        (
            cell["name"],
            cell["option"],
            cell["kind"],
            cell["paper"],
            cell["ours"],
            *((cell["low"], cell["high"], cell["run_low"], cell["run_high"]) if simulated else ()),
            cell["unit"],
            cell["verdict"],
            cell["remark"],
        )
        for cell in result["cells"]
    )
    columns = ("figure", "option", "kind", "paper", "ours", *limits, "unit", "verdict", "remark")
    title = f"Reproduction of {result['paper']}"
    if simulated:
        title += f", {result['replications']:,} runs of each scenario, seed {result['seed']}"
    screen.table(title, columns, rows, right=("paper", "ours", *limits))
    _list("The paper contradicts itself", result.get("contradictions", ()))


def _list(heading: str, lines: Iterable[str]) -> None:
    for number, text in enumerate(lines):
        if not number:
            screen.say(f"{heading}:")
        screen.say(f"* {text}")
