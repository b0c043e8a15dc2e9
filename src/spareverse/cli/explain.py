"""Command explain: the narrative of where a twin stands, or the answer to a question, each number with its fact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder

if TYPE_CHECKING:
    from spareverse.assistant.answers import Answer, Level
    from spareverse.assistant.findings import Listing, Shown

ROWS_SHOWN = 10


def explain(
    folder: Folder,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION]", help="In plain words; where the twin stands if not given.")
    ] = "",
    after: Annotated[
        str, typer.Option(metavar="QUESTION", help="The question before, which this one may go on from.")
    ] = "",
    level: Annotated[
        Literal["plain", "expert"], typer.Option(help="Sentences for everybody, or all there is to say.")
    ] = "plain",
    model: Annotated[
        str,
        typer.Option(metavar="NAME|off", help="Another language model of the endpoint that is switched on, or none."),
    ] = "",
    show_sent: Annotated[
        bool, typer.Option("--show-sent", help="Print what was sent to the language model, to stderr.")
    ] = False,
    facts: Annotated[bool, typer.Option("--facts", help="List the facts, each with its source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where a twin stands, or answer a question: why, what if, compare, which, when.

    Questions are answered by calling the twin's own verbs; the answer says which. What if simulates the network.
    A language model is asked only where SPAREVERSE_LLM switches one on; see the guide on asking.

    Example: spareverse explain acme
    Example: spareverse explain acme "Which parts are most at risk?" --level expert
    Example: spareverse explain acme "What if supplier S-7 stops for six weeks?"
    Example: spareverse explain acme "And for 12 weeks?" --after "What is coming in the next 8 weeks?"
    """
    from spareverse import open as open_twin
    from spareverse.assistant.asking import answered
    from spareverse.assistant.model.settings import model_settings
    from spareverse.assistant.session import Session

    settings = model_settings(model=model)
    session = Session(open_twin(folder))
    with screen.progress() as progress:
        session.progress = progress
        answer = answered(session, question, settings, level, after)
    if show_sent:
        for body in answer.sent:
            screen.remark(json.dumps(body, ensure_ascii=False, indent=1))
    if as_json:
        screen.document(answer.document(level))
    else:
        show_answer(answer, level)
        if facts:
            show_facts(answer)
    if not answer.answered:
        raise typer.Exit(1)


def show_answer(answer: Answer, level: Level) -> None:
    """Print how the question was understood, what was called, the answer, and its tables to an expert."""
    if answer.understood:
        screen.remark(answer.understood)
    for step in answer.steps:
        screen.remark(f"  calls {step.call}")
    if answer.refused:
        screen.remark(answer.refused)
    for sentence in answer.sentences(level):
        screen.say(sentence)
    if level == "expert":
        for findings in answer.found:
            for listing in findings.listings:
                _show_listing(listing)
    if not answer.answered:
        screen.remark("Questions that can be asked of this twin:")
        for example in answer.examples:
            screen.remark(f"  {example}")


def _show_listing(listing: Listing) -> None:
    shown = [column for column in listing.columns if any(row.get(column.name) is not None for row in listing.rows)]
    rows = [[_cell(row, column) for column in shown] for row in listing.rows[:ROWS_SHOWN]]
    right = [
        _heading(column) for column in shown
        if any(isinstance(row.get(column.name), int | float) for row in listing.rows)
    ]  # fmt: skip
    screen.table(listing.title, [_heading(column) for column in shown], rows, right=right)
    if listing.total > len(rows):
        screen.remark(f"... and {listing.total - len(rows):,} more; --json lists up to {len(listing.rows):,}")


def _heading(column: Shown) -> str:
    return column.heading if column.unit in ("", "share") else f"{column.heading}, {column.unit}"


def _cell(row: Mapping[str, Any], column: Shown) -> str:
    """A cell with its interval; the unit stands in the heading, but for per cent."""
    from spareverse.assistant.findings import cell

    if row.get(column.name) is None:
        return "-"
    told = cell(row, column.name, column.unit)
    return told if column.unit in ("", "share") else told.replace(f" {column.unit}", "").replace(" piece", "")


def show_facts(answer: Answer) -> None:
    """Print every fact with its limits and its source."""
    from spareverse.assistant.findings import written

    rows = [(fact.id, written(fact.value, fact.unit, fact.low, fact.high), fact.source) for fact in answer.facts]
    screen.table("Facts", ("fact", "value", "source"), rows)
