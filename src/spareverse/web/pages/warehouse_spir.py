"""The SPIR as a table on the page, row for row what the workbook holds; and the workbook to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.io.spir_rows import spir_rows
from spareverse.optimisation.warehouse.part_by_part import MIXTURE
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import Cell, box, button, card, lines, table, text
from spareverse.web.pages.warehouse_answers import option as option_words
from spareverse.web.pages.warehouse_answers import recommendation_rule, still_open
from spareverse.web.pages.wording import number

ROWS = 40
Row = dict[str, Any]


def spir_view(name: str, run: SavedRun) -> None:
    """Rows of the workbook's sheets: what is recommended for each part, or every part under one option."""
    who = run.gallery.comparison
    still_open(run)
    base = f"/api/v1/studies/{name}/runs/{run.id}"
    with card("Spare parts and interchangeability record"):
        with box("row-gap").style("margin-bottom: 8px"):
            choices = {"": MIXTURE.capitalize()} | {option: who.title(option) for option in who.names}
            choice = ui.select(choices, label="Option", value="").props("outlined dense options-dense stack-label")
            choice.style("min-width: 260px")
            rule = text("", "quiet small grow").props("data-rule")
            button("SPIR workbook", icon="download", main=True, href=f"{base}/spir").props("download")
        slot = ui.element("div")

    def draw() -> None:
        slot.clear()
        option = str(choice.value or "")
        rule.set_content("" if option else recommendation_rule(run))
        frame = rows(run, option)
        with slot:
            cells = _cells(run, frame, "Option" if option else "Recommended option")
            table(frame.head(ROWS).to_dicts(), cells, mark="spir")
            if frame.height > ROWS:
                text(f"The first {ROWS} of {frame.height:,} parts; the workbook has them all.", "quiet small")

    choice.on_value_change(draw)
    draw()


def rows(run: SavedRun, option: str = "") -> pl.DataFrame:
    """Rows of the workbook's sheet of one option, or of its main sheet (schema ``spir_columns.TABLE``)."""
    return spir_rows(run.definition, run.tables, run.tables, option or None)


def _cells(run: SavedRun, frame: pl.DataFrame, heading: str) -> list[Cell]:
    """Two short things to a cell, so that a row fits the window; columns that no part fills are left out."""
    currency, option = run.definition.currency, option_words(run)
    cells = [
        Cell("Part", lambda r: lines(r["part_id"], r["description"])),
        Cell(heading, lambda r: lines(option(r), r["location"])),
        Cell("Consequence", lambda r: lines(r["criticality"])),
        Cell("Demand", lambda r: numbers.digits(r["demand_per_year"]), "a year", right=True),
        Cell("Price", lambda r: numbers.digits(r["unit_price"]), currency, right=True),
        Cell("Delivery", lambda r: numbers.digits(r["lead_time_days"], 2), "days", right=True),
        Cell("Stock at start", _start, "pieces", right=True),
        Cell("Reorder at, order", _levels, "pieces", right=True),
    ]
    cells += [
        Cell(words, _count(name), "pieces", right=True)
        for name, words in (("first_fill", "First fill"), ("two_year", "Two years"), ("insurance", "Insurance"))
        if frame[name].max()
    ]
    cells.append(Cell("Availability", _availability, right=True))
    return [*cells, Cell("Remark", lambda r: lines(r["remark"]))] if frame["remark"].fill_null("").max() else cells


def _availability(row: Row) -> str:
    ends = row["availability_low"], row["availability_high"]
    return "" if row["availability"] is None else numbers.measured(row["availability"], *ends, share=True, limits=False)


def _start(row: Row) -> str:
    """Pieces at commissioning, and how many of them on site where that is not all."""
    if row["commissioning"] is None:
        return ""
    apart = row["at_site"] is not None and 0 < row["at_site"] < row["commissioning"]
    return lines(number(row["commissioning"]), f"{number(row['at_site'])} on site" if apart else "")


def _levels(row: Row) -> str:
    """``2, 4`` or ``2, up to 6``, on site and below it in the central warehouse."""

    def level(place: str) -> str:
        at, pieces, up_to = (row[f"{place}{name}"] for name in ("reorder_point", "order_quantity", "order_up_to"))
        order = number(pieces) if pieces is not None else f"up to {number(up_to)}" if up_to is not None else ""
        return ", ".join(filter(None, ("" if at is None else number(at), order)))

    central = level("central_")
    return lines(level(""), f"central {central}" if central else "")


def _count(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None else number(row[name])
