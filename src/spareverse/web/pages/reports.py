"""What became of imported files, in counts and reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from spareverse.service.jobs import Job
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, box, button, card, notes, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import number


def outcome(place: Place, slot: ui.element, job: Job, changed: Callable[[], None]) -> None:
    """The result of an import job in place of its progress; the rest of the page is told."""
    slot.clear()
    with slot:
        if job.status != "done":
            states.failed_job(place, job)
            return
        for file in (job.result or {}).get("files", []):
            file_report(file)
    changed()


def file_report(file: dict[str, Any]) -> None:
    """One file: read, taken, set aside, by reason; how dates and numbers were read; what is missing."""
    with card(f"{file['file']} → {file['table']}", f"mapping {file['mapping']}") as holder:
        holder.props("data-report")
        table(
            [file],
            [
                Cell("Read", lambda r: number(r["read"]), "lines"),
                Cell("Taken", lambda r: number(r["taken"]), "lines"),
                Cell("Not applicable", lambda r: number(r["not_applicable"]), "lines"),
                Cell("Quarantined", lambda r: number(r["quarantined"]), "lines"),
                Cell("Taken with a flag", lambda r: number(sum(r["flagged"].values())), "lines"),
            ],
        )
        counted = [
            {"kind": kind, "why": why, "count": count}
            for kind, name in (("set aside", "reasons"), ("flagged", "flagged"))
            for why, count in sorted(file[name].items(), key=lambda item: -item[1])
        ]
        if counted:
            table(
                counted[:30],
                [
                    Cell("Why", lambda r: r["why"]),
                    Cell("What", lambda r: r["kind"]),
                    Cell("Lines", lambda r: number(r["count"]), right=True),
                ],
            )
        notes([str(notice) for notice in file["notices"]])


def reading(file: dict[str, Any]) -> str:
    """How a file was read, in one line: encoding, delimiter, decimal sign, date formats."""
    delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(file["delimiter"], file["delimiter"])
    words = [
        f"encoding {file['encoding']}" if file["encoding"] else "",
        f"separated by {delimiter}" if delimiter else "",
    ]
    words.append(
        {".": "decimal point", ",": "decimal comma"}.get(
            file["decimal"], f"decimal sign {file['decimal']}" if file["decimal"] else ""
        )
    )
    for column, formats in file["formats"].items():
        counts = ", ".join(f"{name} ({number(count)})" for name, count in formats.items())
        words.append(f"{column} as {counts}")
    return " · ".join(word for word in words if word)


def analyse_button(place: Place) -> None:
    """After an import the next question is what it changes."""

    def start() -> None:
        place.workspace.order_analysis(place.window)
        ui.navigate.to(place.link("/"))

    with box("row-gap"):
        button("Analyse now", start, icon="play_arrow", main=True)
        text("Fits lead times and demand of every part and prices what to hold.", "quiet small")
