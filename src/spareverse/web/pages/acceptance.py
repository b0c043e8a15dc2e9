"""Accepting a recommendation: since when it is meant to hold, why, and what will be followed up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.figures.viability.effects import OUTCOMES
from spareverse.figures.viability.words import capital, change, three
from spareverse.twin.follow_ups import PROMISES
from spareverse.web.pages.cards import Cell, box, button, lines, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day

BASES = {
    "fill": "lines delivered by their promise",
    "waiting": "pieces delivered late, by days",
    "workload": "lines not delivered by their promise, and receipts hurried",
    "cost": "holding, ordering and, where the promise prices it, waiting; no penalties, lost sales or transport",
    "stock": "receipts less issues, at the cost of a piece",
}
"""Measure of a promise -> what of the record stands for it."""
Row = dict[str, Any]


def accept_dialog(place: Place, row: Row, currency: str, after: Callable[[], object]) -> None:
    """Ask from when on a recommendation (a row of RECOMMENDATIONS) is meant to hold, and why; then ``after``."""
    ends = place.workspace.observations.record_ends()
    with (
        ui.context.client.content,  # the row that asks is drawn anew when it is accepted
        ui.dialog().props('aria-label="Accept a recommendation"') as dialog,
        ui.card().style("width: 640px; max-width: 92vw").props("data-accepting"),
    ):
        text("Accept this recommendation", "section", "h2")
        text(row["title"], "strong")
        _followed_up(row, currency)
        since = (
            ui.input("Meant to hold from", value=(ends or datetime.now(UTC).date()).isoformat())
            .props(f"type=date outlined dense stack-label autofocus data-holds-from{f' min={ends}' if ends else ''}")
            .classes("full-width")
        )
        known = f"The record ends on {day(ends)}; what is accepted now cannot have held before." if ends else (
            "There is no record yet; the first import is what it will be held against.")  # fmt: skip
        text(known, "quiet small", "p").props("data-record-ends")
        why = ui.input("Comment").props("outlined dense maxlength=2000 data-comment").classes("full-width")

        def keep() -> None:
            try:
                asked = date.fromisoformat(since.value or "")
            except ValueError:
                ui.notify("Give the day from which on it is meant to hold.", type="negative")
                return
            try:
                said = (why.value or "").strip() or None
                place.workspace.observations.accept(row["nudge_id"], comment=said, holds_from=asked)
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            dialog.close()
            after()

        for field in (since, why):
            field.on("keydown.enter", keep)
        with box("row-gap"):
            button("Accept", keep, main=True).props("data-keep")
            button("Cancel", dialog.close).props("data-cancel")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _followed_up(row: Row, currency: str) -> None:
    """What the record will be held against."""
    promised = [(name.removesuffix("_change"), name, unit) for name, unit in PROMISES.items() if row[name] is not None]
    if not promised:
        text("It promises nothing that a record can show; that it was accepted is kept.", "quiet small", "p")
        return
    table(
        [{"measure": measure, "name": name, "unit": unit} for measure, name, unit in promised],
        [
            Cell(
                "Followed up", lambda r: lines(capital(OUTCOMES.get(r["measure"], r["measure"])), BASES[r["measure"]])
            ),
            Cell("Promised", lambda r: change(*three(row, r["name"]), r["unit"], currency), right=True),
        ],
        mark="to-follow",
    ).style("white-space: pre-line")
    compared = "After the next imports the time since is compared with as long a time before, under What came of it."
    text(compared, "quiet small", "p")
