"""Deciding on parts: accept, reject or override the proposal, one part or many, always with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.service.rows import Rows
from spareverse.web.pages.cards import box, button, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import plural

_SCHEMA = {
    "part_id": pl.String,
    "place_id": pl.String,
    "accept": pl.String,
    "override_reorder_point": pl.Float64,
    "comment": pl.String,
    "proposed_reorder_point": pl.Float64,
    "proposed_order_quantity": pl.Float64,
    "analysis_id": pl.String,
}
Row = dict[str, Any]
UNDO_SECONDS = 10


@dataclass(frozen=True)
class Proposals:
    """What is decided on: the rows of one run, and the columns that propose."""

    rows: Rows
    run: str
    reorder_point: str
    open: pl.Expr
    """Rows that propose a change."""
    shown: Callable[[], object] | None = None
    """What else shows decisions beside the grid, to be shown anew."""

    @classmethod
    def of_analysis(cls, place: Place) -> Proposals:
        """Each part alone, as the analysis of the window proposes."""
        analysis = place.workspace.analysis(place.window)
        proposed = pl.col("optimal_cover").is_not_null() & (pl.col("change") != 0)
        return cls(place.workspace.portfolio(analysis), analysis.id, "optimal_cover", proposed)


def decide(
    place: Place,
    proposals: Proposals,
    parts: Sequence[Row],
    accept: str | None,
    *,
    override: float | None = None,
    comment: str | None = None,
    after: Callable[[], object],
) -> None:
    """Record one decision for some part rows, say so, and offer to take it back."""

    def record(rows: Sequence[Row]) -> bool:
        try:
            place.workspace.decide(pl.DataFrame(list(rows), schema=_SCHEMA, orient="row"))
        except SpareverseError as error:
            ui.notify(error.message, type="negative")
            return False
        after()
        return True

    basis = [
        {
            "part_id": part["part_id"],
            "place_id": part["place_id"] or "",
            "proposed_reorder_point": part[proposals.reorder_point],
            "proposed_order_quantity": part["order_quantity"],
            "analysis_id": proposals.run,
        }
        for part in parts
    ]
    made = [row | {"accept": accept, "override_reorder_point": override, "comment": comment} for row in basis]
    before = [
        row | {name: part.get(name) for name in ("accept", "override_reorder_point", "comment")}
        for row, part in zip(basis, parts, strict=True)
    ]
    if record(made):
        words = {"yes": "accepted", "no": "rejected", None: "set back to undecided"}[accept]
        said = f"{plural(len(parts), 'part')} {words}" + (
            f", reorder point {override:g}" if override is not None else ""
        )
        _undoable(said, lambda: record(before))


def keep(place: Place, rows: pl.DataFrame, said: str, after: Callable[[], object]) -> None:
    """Record decisions that came in a file, and offer to take them back. Columns as of a kept decision."""
    keys = ["part_id", "place_id"]
    folder = place.workspace.twin.folder
    before = rows.select(*keys).join(folder.decisions().drop("decided_at"), on=keys, how="left", maintain_order="left")

    def record(decided: pl.DataFrame) -> bool:
        try:
            place.workspace.decide(decided)
        except SpareverseError as error:
            ui.notify(error.message, type="negative")
            return False
        after()
        return True

    if record(rows):
        _undoable(said, lambda: record(before))


def bar(place: Place, proposals: Proposals) -> None:
    """Accept, reject and override for the parts ticked in the grid."""
    button("Accept", lambda: _on_selected(place, proposals, "yes"), icon="check", slim=True)
    button("Reject", lambda: _on_selected(place, proposals, "no"), icon="block", slim=True)
    button("Override", lambda: _ask_override(place, proposals), icon="edit", slim=True)
    button("Accept all shown", lambda: _accept_shown(place, proposals), icon="done_all", slim=True)


async def _selected() -> list[Row]:
    return list(await ui.run_javascript("window.spareverse.selected()") or [])


def refresh() -> None:
    """Let the grid read its rows again."""
    ui.run_javascript("window.spareverse.refresh()")


def _refresh(proposals: Proposals) -> None:
    refresh()
    if proposals.shown is not None:
        proposals.shown()


async def _on_selected(place: Place, proposals: Proposals, accept: str) -> None:
    parts = await _selected()
    if not parts:
        ui.notify("Tick the parts first, in the first column of the table.")
        return
    decide(place, proposals, parts, accept, after=lambda: _refresh(proposals))


async def _accept_shown(place: Place, proposals: Proposals) -> None:
    """Accept every part the grid shows under its filters, also those not loaded."""
    shown = await ui.run_javascript("window.spareverse.shown()")
    first = {name: values[0] for name, values in shown.items()}
    asked = shown.get("where", []), first.get("q", ""), first.get("sort", ""), first.get("view", "")
    parts = proposals.rows.all(proposals.rows.listing.query(*asked)).filter(proposals.open)
    if parts.is_empty():
        ui.notify("None of the parts shown has a change to accept.")
        return
    decide(place, proposals, parts.to_dicts(), "yes", after=lambda: _refresh(proposals))


async def _ask_override(place: Place, proposals: Proposals) -> None:
    parts = await _selected()
    if not parts:
        ui.notify("Tick the parts first, in the first column of the table.")
        return
    override_dialog(place, proposals, parts, lambda: _refresh(proposals))


def override_dialog(place: Place, proposals: Proposals, parts: Sequence[Row], after: Callable[[], object]) -> None:
    """Ask for the planner's own reorder point and why."""
    with ui.dialog() as dialog, ui.card().style("min-width: 380px"):
        text(f"Own reorder point for {plural(len(parts), 'part')}", "section")
        proposed = parts[0][proposals.reorder_point] if len(parts) == 1 else None
        level = (
            ui.number("Reorder point, pieces", value=proposed, min=0, step=1)
            .props("outlined dense")
            .classes("full-width")
        )
        why = ui.input("Why").props("outlined dense maxlength=500").classes("full-width")

        def keep() -> None:
            if level.value is None or level.value < 0:
                ui.notify("Give a reorder point of 0 or more.", type="negative")
                return
            dialog.close()
            own = float(level.value)
            decide(place, proposals, parts, "yes", override=own, comment=why.value or None, after=after)

        with box("row-gap"):
            button("Keep", keep, main=True)
            button("Cancel", dialog.close)
    dialog.on("hide", dialog.delete)
    dialog.open()


def _undoable(said: str, undo: Callable[[], object]) -> None:
    """What was done, at the foot of the page, with a button to take it back."""
    with ui.context.client.content, ui.element("div").classes("undo-bar").props("role=status") as strip:
        text(said)

        def take_back() -> None:
            undo()
            strip.delete()

        button("Undo", take_back, slim=True)
        ui.timer(UNDO_SECONDS, strip.delete, once=True)
