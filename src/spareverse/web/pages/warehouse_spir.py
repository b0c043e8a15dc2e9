"""The filled SPIR as a table on the page, and the workbook to take away."""

from __future__ import annotations

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import Cell, box, button, card, table, text
from spareverse.web.pages.warehouse_answers import option as option_words
from spareverse.web.pages.warehouse_answers import still_open
from spareverse.web.pages.wording import number

ROWS = 40


def spir_view(name: str, run: SavedRun) -> None:
    """Rows as in the workbook's main sheet, for one option at a time; the best option of each part is chosen first."""
    who = run.gallery.comparison
    still_open(run)
    base = f"/api/v1/studies/{name}/runs/{run.id}"
    with card("Spare parts and interchangeability record"):
        with box("row-gap").style("margin-bottom: 8px"):
            choices = {"": "Best option of each part"} | {option: who.title(option) for option in who.names}
            choice = ui.select(choices, label="Option", value="").props("outlined dense options-dense stack-label")
            choice.style("min-width: 260px")
            ui.element("div").style("flex: 1")
            button("SPIR workbook", icon="download", main=True, href=f"{base}/spir").props("download")
        slot = ui.element("div")

    def draw() -> None:
        slot.clear()
        frame = rows(run, str(choice.value or ""))
        with slot:
            table(frame.head(ROWS).to_dicts(), _cells(run), mark="spir")
            if frame.height > ROWS:
                text(f"The first {ROWS} of {frame.height:,} lines; the workbook has them all.", "quiet small")

    choice.on_value_change(draw)
    draw()


def rows(run: SavedRun, option: str = "") -> pl.DataFrame:
    """Stocked parts under one option, or each under its best one."""
    bought = run.tables["quantities"].select("option", "part_id", "first_fill", "two_year", "insurance")
    lines = run.tables["line_results"].join(bought, on=["option", "part_id"], how="left", maintain_order="left")
    if option:
        return lines.filter(pl.col("option") == option)
    best = run.tables["best_options"].filter(pl.col("part_id").fill_null("") != "")
    chosen = best.select("part_id", option="best_option")
    return lines.join(chosen, on=["part_id", "option"], how="semi").sort("part_id")


def _cells(run: SavedRun) -> list[Cell]:
    kinds = {option.name: option.warehouse for option in run.definition.options}
    currency = run.definition.currency
    return [
        Cell("Part", lambda r: str(r["part_id"]), nowrap=True),
        Cell("Description", lambda r: str(r["description"] or "")),
        Cell("Option", option_words(run)),
        Cell("Warehouse", lambda r: kinds.get(r["follows"] or r["option"], "")),
        Cell("Consequence", lambda r: str(r["criticality"] or "")),
        Cell("Demand", lambda r: numbers.digits(r["failures_per_year"]), "pieces/year", right=True),
        Cell("Price", lambda r: numbers.digits(r["unit_price"]), f"{currency}/piece", right=True),
        Cell("Delivery", lambda r: numbers.digits(r["lead_time_days"], 2), "days", right=True),
        Cell("At commissioning", lambda r: number(r["initial_stock"]), "pieces", right=True),
        Cell("Reorder point", lambda r: number(r["reorder_point"]), "pieces", right=True),
        Cell("Order quantity", lambda r: number(r["order_quantity"]), "pieces", right=True),
        Cell("Central", lambda r: number(r["central_stock"]), "pieces", right=True),
        Cell("First fill", lambda r: number(r["first_fill"]), "pieces", right=True),
        Cell("Two years", lambda r: number(r["two_year"]), "pieces", right=True),
        Cell("Insurance", lambda r: number(r["insurance"]), "pieces", right=True),
        Cell("Availability", lambda r: numbers.percent(r["availability"]), right=True),
    ]
