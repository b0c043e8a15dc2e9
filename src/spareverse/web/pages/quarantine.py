"""The quarantine: lines that could not be read, with the reason and the remedy; to Excel and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
from nicegui import events, ui

from spareverse.service import uploads
from spareverse.web.pages import reports, states
from spareverse.web.pages.cards import Cell, box, button, card, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import number, plural

SHOWN = 1000
WIDE = 200


def quarantine_card(place: Place, changed: Callable[[], None]) -> None:
    """What waits for a remedy, by reason, and line by line."""
    waiting = place.workspace.twin.folder.quarantine()
    if waiting.is_empty():
        return
    note = f"{plural(waiting.height, 'line')} set aside; the good lines of the same files were taken"
    with card("Quarantine", note) as holder:
        holder.props("data-quarantine")
        told = ("table", "column", "reason", "remedy")
        reasons = (
            waiting.group_by(*told).agg(lines=pl.len()).sort("lines", *told, descending=[True, *[False] * len(told)])
        )
        with box("scroll-y"):
            table(
                reasons.head(30).to_dicts(),
                [
                    Cell("Reason", lambda r: r["reason"]),
                    Cell("Table", lambda r: r["table"]),
                    Cell("Column", lambda r: r["column"] or ""),
                    Cell("Remedy", lambda r: r["remedy"] or ""),
                    Cell("Lines", lambda r: number(r["lines"]), right=True),
                ],
                mark="quarantine-reasons",
            )
        with box("row-gap").style("margin: 12px 0"):
            button("Export to Excel", icon="download", href="/files/quarantine.xlsx")
            text("Mend the lines in that file and bring it back here; it keeps the rest of the columns.", "quiet small")
        result = ui.element("div")
        _resubmission(place, result, changed)
        _grid(waiting)


def _resubmission(place: Place, result: ui.element, changed: Callable[[], None]) -> None:
    async def take(event: events.UploadEventArguments) -> None:
        path = uploads.new_place(place.workspace.path, event.file.name)
        await event.file.save(path)
        job = place.workspace.jobs.submit(
            "resubmit", {"file": str(path), "uploads": [str(path)]}, title=f"Mended quarantine {Path(path).name}"
        )
        result.clear()
        with result:
            states.follow(place, job.id, lambda done: reports.outcome(place, result, done, changed))

    ui.upload(label="Bring the mended file (.xlsx)", auto_upload=True, max_files=1, on_upload=take).props(
        "flat accept=.xlsx"
    ).classes("drop slim")


def _grid(waiting: pl.DataFrame) -> None:
    columns = {"file": 150, "row": 70, "table": 100, "column": 130, "value": 140, "reason": 320, "remedy": 320}
    shown = waiting.select(list(columns)).head(SHOWN)
    ui.aggrid(
        {
            "columnDefs": [
                {
                    "field": name,
                    "headerName": name.capitalize(),
                    "minWidth": width,
                    "filter": True,
                    "tooltipField": name,
                }
                | ({"flex": 1} if width > WIDE else {"width": width})
                for name, width in columns.items()
            ],
            "rowData": shown.to_dicts(),
            "rowHeight": 32,
            "headerHeight": 38,
            "enableCellTextSelection": True,
        },
        auto_size_columns=False,
    ).classes("grid short").props("data-grid=quarantine")
    if waiting.height > SHOWN:
        text(f"The first {SHOWN:,} lines are shown; the export holds all.", "quiet small")
