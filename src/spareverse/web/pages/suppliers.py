"""Suppliers: who delivers late, how surely, and what it costs."""

from __future__ import annotations

import polars as pl

from spareverse.errors import NotFound
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, box, card, table, tile, title
from spareverse.web.pages.home import stale_bar
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import money, number, percent, share_of

SHOWN = 300


def include(workspace: Workspace) -> None:
    page(workspace, "/suppliers", "Suppliers")(show)


def show(place: Place) -> None:
    try:
        analysis = place.workspace.analysis(place.window)
    except NotFound:
        title("Suppliers")
        states.no_analysis(place) if place.workspace.has_data() else states.no_data(place)
        return
    suppliers = analysis.suppliers.sort("money_at_risk", descending=True, nulls_last=True)
    title("Suppliers", "Late risk is the chance that a line takes longer than its own promise.")
    stale_bar(place, analysis)
    if suppliers.is_empty():
        states.state(
            "local_shipping",
            "No supplier is named in this window",
            "Add the column supplier_id to the purchase lines and import them again.",
        )
        return
    currency = place.workspace.currency
    with box("tiles"):
        tile("Suppliers", number(suppliers.height))
        tile(
            "Lines open",
            number(suppliers["open_lines"].sum()),
            note=f"{number(suppliers['overdue_lines'].sum())} past their promise",
        )
        tile("On time", percent(_weighted_on_time(suppliers)), note="of the receipts with a promise")
        tile("Money at risk", money(suppliers["money_at_risk"].sum()), unit=f"{currency}/day")
    with card(
        "All suppliers",
        f"the {SHOWN} with most money at risk" if suppliers.height > SHOWN else "most money at risk first",
    ):
        table(
            suppliers.head(SHOWN).to_dicts(),
            [
                Cell(
                    "Supplier", lambda r: r["supplier_id"], href=lambda r: place.supplier(r["supplier_id"]), nowrap=True
                ),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
                Cell(
                    "Late risk",
                    lambda r: share_of(r, "late_risk"),
                    right=True,
                ),
                Cell("On time", lambda r: percent(r["on_time"]), right=True),
                Cell("Slip, median", lambda r: number(r["slip_median_days"]), "days", right=True),
                Cell("Slip, 90 %", lambda r: number(r["slip_p90_days"]), "days", right=True),
                Cell("Lead time, median", lambda r: number(r["lead_time_median_days"]), "days", right=True),
                Cell("Promised, median", lambda r: number(r["promised_median_days"]), "days", right=True),
                Cell("Lines", lambda r: number(r["lines"]), right=True),
                Cell("Open", lambda r: number(r["open_lines"]), "lines", right=True),
                Cell("Overdue", lambda r: number(r["overdue_lines"]), "lines", right=True),
                Cell("Parts", lambda r: number(r["parts"]), right=True),
                Cell(
                    "Worst part",
                    lambda r: r["worst_part_id"] or "",
                    href=lambda r: place.part(r["worst_part_id"]) if r["worst_part_id"] else "",
                    nowrap=True,
                ),
            ],
            mark="suppliers",
        )


def _weighted_on_time(suppliers: pl.DataFrame) -> float | None:
    known = suppliers.filter(suppliers["on_time"].is_not_null() & (suppliers["lines"] > 0))
    weighted = known.select((pl.col("on_time") * pl.col("lines")).sum() / pl.col("lines").sum())
    return float(weighted.item()) if known.height else None
