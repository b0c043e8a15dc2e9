"""What happened with a part: rolling windows, its orders on a time line, its reorder cycles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from nicegui import run, ui

from spareverse.errors import SpareverseError
from spareverse.figures.figure import Figure
from spareverse.figures.rolling import rolling
from spareverse.figures.timeline import timeline
from spareverse.network.tables import PURCHASES, SALES
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, box, card, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, number, order_line

Row = dict[str, Any]
CYCLES_SHOWN = 200
FIGURE_HEIGHT = 360


def show(place: Place, row: Row, cycles: pl.DataFrame) -> None:
    """Two figures that come when they are ready, and the cycles."""
    with box("two"):
        _later(place, "Rolling windows", lambda: rolling(place.workspace.rolling(row["part_id"], row["place_id"])))
        _later(place, "Sales and purchases", lambda: _timeline(place, row))
    cycle_table(place, cycles)


def _timeline(place: Place, row: Row) -> Figure:
    purchases, sales = place.workspace.twin.part_lines(row["part_id"], row["place_id"])
    document = place.workspace.analysis(place.window).document
    since, until = (_date(document.get(name)) for name in ("since", "until"))
    inside = pl.lit(True)
    if since:
        inside &= pl.col("ordered_on") >= since
    if until:
        inside &= pl.col("ordered_on") < until
    return timeline(purchases.select(PURCHASES.names).filter(inside), sales.select(SALES.names).filter(inside), until)


def _date(text_: Any) -> date | None:
    return date.fromisoformat(str(text_)[:10]) if text_ else None


def _later(place: Place, name: str, make: Callable[[], Figure]) -> None:
    """A bone at first, the figure as soon as a thread has made it, or the reason why there is none."""
    slot = ui.element("div").style("min-width: 0")
    with slot:
        states.skeleton(FIGURE_HEIGHT + 70)

    async def fill() -> None:
        try:
            figure, why = await run.io_bound(make), ""
        except SpareverseError as error:
            figure, why = None, error.message
        if slot.is_deleted:  # the page was left meanwhile
            return
        slot.clear()
        with slot:
            if figure is not None:
                Drawing(place, figure, height=FIGURE_HEIGHT)
            else:
                with card(name):
                    text(why, "quiet")

    ui.timer(0.01, fill, once=True)


def cycle_table(place: Place, cycles: pl.DataFrame) -> None:
    """The reorder cycles, newest first."""
    note = f"the newest {CYCLES_SHOWN} of {cycles.height:,}" if cycles.height > CYCLES_SHOWN else "newest first"
    with card("Reorder cycles", note):
        if cycles.is_empty():
            text("No purchase line in this window. Lead times are borrowed from the group.", "quiet")
            return
        cells = [
            Cell("Order", lambda r: order_line(r) or "without number", nowrap=True),
            Cell(
                "Supplier",
                lambda r: r["supplier_id"] or "",
                nowrap=True,
                href=lambda r: place.supplier(r["supplier_id"]) if r["supplier_id"] else "",
            ),
            Cell("Ordered", lambda r: day(r["ordered_on"]), nowrap=True),
            Cell("Promised", lambda r: day(r["promised_on"]), nowrap=True),
            Cell("Received", lambda r: "open" if r["open"] else day(r["received_on"]), nowrap=True),
            Cell("Lead time", lambda r: number(r["lead_time_days"]), "days", right=True),
            Cell("Slip", lambda r: number(r["slip_days"]), "days", right=True),
            Cell("Quantity", lambda r: number(r["quantity"]), "pieces", right=True),
            Cell("Safety cover", lambda r: number(r["safety_cover"]), "pieces", right=True),
            Cell("Sales", lambda r: number(r["sales_lines"]), "lines", right=True),
        ]
        if cycles["flag"].fill_null("").ne("").any():
            cells.append(Cell("Left out because", lambda r: r["flag"] or ""))
        with box("scroll-y"):
            table(cycles.sort("ordered_on", descending=True).head(CYCLES_SHOWN).to_dicts(), cells, mark="cycles")
