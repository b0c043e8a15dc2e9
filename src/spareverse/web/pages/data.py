"""Data: what the twin holds, new files with a look before anything is written, the quarantine, the history."""

from __future__ import annotations

from typing import Any

from nicegui import run, ui

from spareverse.errors import SpareverseError
from spareverse.network.tables import TABLES
from spareverse.service.workspace import Workspace
from spareverse.web.pages import incoming
from spareverse.web.pages.cards import Cell, box, button, card, table, tile, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.quarantine import quarantine_card
from spareverse.web.pages.wording import moment, number

USUAL = ("purchases", "sales", "consumption", "parts", "stock", "policies")
_ABSENT = {
    "purchases": "no lead times without them",
    "sales": "or goods issues: no demand without them",
    "consumption": "goods issues, instead of sales",
    "parts": "names, categories, unit costs",
    "stock": "today's level is taken from it",
    "policies": "today's reorder points",
}


def include(workspace: Workspace) -> None:
    page(workspace, "/data", "Data")(show)


def show(place: Place) -> None:
    with box("headline"):
        with box("words"):
            title("Data", "Bring files, see what was understood, mend what could not be read, take an import back.")
        button("Blank template", icon="download", href="/files/template.xlsx")

    @ui.refreshable
    def holdings() -> None:
        _holdings(place)

    @ui.refreshable
    def records() -> None:
        quarantine_card(place, changed)
        _history(place, changed)

    def changed() -> None:
        holdings.refresh()
        records.refresh()

    holdings()
    incoming.Incoming(place, changed)
    records()


def _holdings(place: Place) -> None:
    """How many lines of each table count."""
    imports = place.workspace.twin.folder.imports()
    live = imports.filter(~imports["undone"])
    with box("tiles six"):
        for name in USUAL:
            taken = live.filter(live["table"] == name)["taken"].sum()
            tile(
                TABLES[name].title,
                number(taken) if taken else "none",
                note="lines" if taken else _ABSENT[name],
                mark=f"table-{name}",
            )


def _history(place: Place, changed: Any) -> None:
    imports = place.workspace.twin.folder.imports()
    if imports.is_empty():
        return
    with card("Imports", "newest first; an import taken back can be brought in again"):
        rows = imports.head(50).to_dicts()
        cells = [
            Cell("At", lambda r: moment(r["at"]), "UTC", nowrap=True),
            Cell("File", lambda r: r["file"]),
            Cell("Table", lambda r: r["table"]),
            Cell("Mapping", lambda r: r["mapping"]),
            Cell("Read", lambda r: number(r["read"]), "lines", right=True),
            Cell("Taken", lambda r: number(r["taken"]), "lines", right=True),
            Cell("Not applicable", lambda r: number(r["not_applicable"]), "lines", right=True),
            Cell("Quarantined", lambda r: number(r["quarantined"]), "lines", right=True),
            Cell("State", lambda r: "taken back" if r["undone"] else "counts"),
        ]
        table(rows, cells, mark="imports")
        live = [row for row in rows if not row["undone"]]
        if live:
            with box("row-gap"):
                choice = ui.select(
                    {row["import_id"]: f"{row['file']} ({row['table']}, {moment(row['at'])})" for row in live},
                    value=live[0]["import_id"],
                )
                choice.props('outlined dense options-dense aria-label="Import to take back"').style("min-width: 340px")
                button("Take back", lambda: _undo(place, str(choice.value), changed), icon="undo")


async def _undo(place: Place, import_id: str, changed: Any) -> None:
    try:
        await run.io_bound(place.workspace.twin.folder.undo, import_id)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.notify("Taken back. Its lines no longer count; analyse again to see the effect.")
    changed()
