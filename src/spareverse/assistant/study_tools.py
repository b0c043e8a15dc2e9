"""Tools on warehouse studies of the twin: which there are, and what their newest run answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import Findings, Listing, Shown, Subject, listed
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact
from spareverse.explainer.warehouse import decision
from spareverse.explainer.warehouse_questions import five_questions
from spareverse.io.study_files import read_study
from spareverse.io.study_runs import StudyTables
from spareverse.network.spelling import did_you_mean

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure


def study_names(session: Session) -> list[str]:
    """Studies of the twin, in the order of the alphabet."""
    parent = session.twin.folder.path / "studies"
    return sorted(path.parent.name for path in parent.glob("*/study.toml"))


def studies(session: Session) -> Findings:
    """Which warehouse studies there are, and which have been run."""
    rows = [{"name": name, "run": "yes" if _runs(session, name) else "no"} for name in study_names(session)]
    frame = pl.DataFrame(rows, schema={"name": pl.String, "run": pl.String})
    listing = Listing.of("studies", "Warehouse studies", (Shown("name", "Study"), Shown("run", "Has been run")), frame,
                         frame.height, key=("name",))  # fmt: skip
    said = [f"The twin has {frame.height:,} warehouse {'study' if frame.height == 1 else 'studies'}."]
    facts = (Fact("studies.total", frame.height, "studies", source="studies counted"),)
    return listed(listing, "studies", Subject("studies"), said, facts)


def study(session: Session, study: str = "") -> Findings:
    """What the newest run of a study decides, and its answers to the five questions."""
    names = study_names(session)
    name = study or next((each for each in names if _runs(session, each)), "")
    if not name:
        raise NotFound("This twin has no warehouse study that was run.")
    if name not in names:
        raise NotFound(f"There is no study {name!r}.{did_you_mean(name, names)}")
    runs = _runs(session, name)
    if not runs:
        raise NotFound(f"The study {name} has not been run yet.")
    definition, tables = read_study(runs[0]), StudyTables(runs[0])
    told = decision(definition, tables, tables)
    answers = five_questions(definition, tables["questions"])
    facts = [*told.facts]
    for number, each in answers.items():
        facts += [replace(fact, id=f"question{number}.{fact.id}") for fact in each.facts]
    expert = [*told.sentences, *(sentence for each in answers.values() for sentence in each.sentences)]
    titles = {option.name: option.title or option.name for option in definition.options}
    wanted = pl.col("measure").is_in(["availability", "total_cost", "stock_outs", "mean_stock", "co2_kg"])
    options = (
        tables["options"]
        .filter(wanted)
        .with_columns(
            pl.col("option").replace(titles).alias("title"), pl.col("unit").str.replace("currency", definition.currency)
        )
    )
    options = options.rename({"low": "mean_low", "high": "mean_high"})
    listing = Listing.of("options", "Options compared", _OPTION, options, options.height, key=("title", "measure"))
    return Findings(
        told.sentences[:3], (*facts, *listing.facts("options")), tuple(expert), (listing,), _figures(runs[0]),
        Subject("study", name),
    )  # fmt: skip


_OPTION = (
    Shown("title", "Option"),
    Shown("measure", "Measure", fact=False),
    Shown("mean", "Mean", unit_of="unit"),
    Shown("unit", "Unit", fact=False),
)


def _figures(folder: Path) -> dict[str, Callable[[], Figure]]:
    def drawn(name: str) -> Figure:
        from spareverse.figures.warehouse.gallery import Gallery

        tables = StudyTables(folder)
        return Gallery(read_study(folder), tables, tables).figure(name)

    return {name: partial(drawn, name) for name in ("options", "costs")}


def _runs(session: Session, name: str) -> list[Path]:
    """Folders of the finished runs of a study, newest first."""
    parent = session.twin.folder.path / "studies" / name / "runs"
    return sorted((file.parent for file in parent.glob("*/run.json")), reverse=True)


TOOLS = (
    Tool("studies", "Warehouse studies", "Warehouse-option studies of the twin and which have been run.", studies),
    Tool(
        "study", "Answers of a warehouse study",
        "What the newest run of a study decides (stock on shelf, print on demand, or both), its price, and its answers "
        "to the five questions: uptime without stock, smallest stock for the target, cheaper or not and at what fee.",
        study, (Argument("study", "text", "Name of the study; the first that was run if not given"),),
    ),
)  # fmt: skip
"""Verbs on studies; none changes anything."""
