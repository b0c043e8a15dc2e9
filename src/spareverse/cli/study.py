"""Command study: warehouse options compared by simulation, with the decision first."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.interrupts import ended_by_interrupt
from spareverse.cli.options import AsJson
from spareverse.cli.study_answers import show_study, study_document
from spareverse.errors import UsageError


class Emergency(StrEnum):
    """What an asset does at a failure without a spare."""

    FIRST_ARRIVAL = "first_arrival"
    OWN_PIECE = "own_piece"
    NONE = "none"


def study(
    file: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.", show_default=False)],
    precision: Annotated[
        float | None,
        typer.Option(metavar="W", help="Run until the half-width of availability is W, a share: 0.002."),
    ] = None,
    replications: Annotated[int | None, typer.Option(metavar="N", min=2, help="Run each option N times.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="S", min=0, help="Seed of the random numbers.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the run folder: tables, SPIR workbook, report.")
    ] = None,
    emergency: Annotated[
        Emergency | None, typer.Option(help="What an asset without a spare does; else as the study says.")
    ] = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Also vary all inputs at once: hundreds of further simulations.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare ways to keep and supply spare parts.

    Simulates every option with the same random numbers and prints the decision, the comparison, the five questions,
    break-even fees and the costs of down time at which the cheapest option changes. Ctrl-C ends it early and keeps
    what has been simulated.

    Example: spareverse study platform.toml --precision 0.002 --seed 7 --out run
    """
    if precision is not None and replications is not None:
        raise UsageError("Give --precision or --replications, not both.")
    if precision is not None and not 0.0 < precision < 0.5:
        raise UsageError(f"--precision {precision:g}: write a share between 0 and 0.5; 0.002 is 0.2 points.")
    if resume and out is None:
        raise UsageError("--resume goes on with a run folder: name it with --out.")
    with screen.progress() as progress, ended_by_interrupt("Ending after the runs under way;") as stop:
        progress(0.0, f"Reading {file.name}")
        from spareverse.twin.warehouse_study import Study  # after the first sign of life: it loads the compiler

        subject = Study.load(file)
        if emergency is not None:
            subject = subject.with_emergency(emergency.value)
        result = subject.run(
            precision=precision,
            replications=replications,
            seed=seed or 0,
            out=out,
            resume=resume,
            thorough=thorough,
            progress=progress,
            stop=stop,
        )
    if as_json:
        screen.document(study_document(result))
    else:
        show_study(result)
    if out:
        screen.remark(f"Wrote the run to {out}: SPIR.xlsx, report.html, the tables as Parquet.")
