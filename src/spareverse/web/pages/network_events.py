"""Events of the recorded run as a short table."""

from __future__ import annotations

from typing import Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.simulation.universe.story import ENDS
from spareverse.web.pages.cards import Cell, table, text
from spareverse.web.pages.place import Place

MOST = 200


def show(element: ui.element) -> None:
    """Bring what was asked for into view: it came after the page did."""
    ui.run_javascript(f"document.getElementById({element.html_id!r})?.scrollIntoView({{block: 'nearest'}})")


def story_of(place: Place, row: dict[str, Any], **query: str) -> str:
    """Where the story of the wait is told that an event ended; nowhere for other events."""
    if row["kind"] not in ENDS or not row["days"] or not row["place_id"]:
        return ""
    return place.here(**query, part=row["part_id"], place=row["place_id"], story=f"{row['day']:.5f}")


def events_table(place: Place, events: pl.DataFrame, *, amount: str = "") -> None:
    """The first events, waits with the way to their story; ``amount``: heading of what each adds, if it is there."""

    def told(row: dict[str, Any]) -> str:
        return story_of(place, row, tab="why", account="")

    cells = [
        Cell("Day", lambda row: f"{row['day']:,.1f}", right=True),
        Cell("What", lambda row: str(row["kind"]).replace("_", " "), nowrap=True),
        Cell("Part", lambda row: row["part_id"] or ""),
        Cell("Place", lambda row: row["place_id"] or ""),
        Cell("Customer", lambda row: row["customer_id"] or ""),
        Cell("From", lambda row: row["source_id"] or ""),
        Cell("Pieces", lambda row: _whole(row["quantity"]), right=True),
        Cell("On hand after", lambda row: _whole(row["on_hand"]), right=True),
        Cell("Days", lambda row: numbers.digits(row["days"]) if row["days"] else "", right=True, href=told),
    ]
    if amount:
        cells.append(Cell(amount, lambda row: numbers.digits(row["amount"]), right=True))
    rows: list[dict[str, Any]] = list(events.head(MOST).iter_rows(named=True))
    shown = [cell for cell in cells if cell.right or any(cell.show(row) for row in rows)]
    table(rows, shown, mark="events")
    if events.height > MOST:
        text(f"The first {MOST} of {events.height:,}; REST and the tables have all of them.", "quiet small")


def _whole(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
