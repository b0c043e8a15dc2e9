"""The worst parts and suppliers, with the reason in words."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.reasons import worst_reasons
from spareverse.explainer.summaries import supplier_summary
from spareverse.service.portfolio import PARTS, Portfolio
from spareverse.web.pages.cards import Cell, card, link, table
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import money


def parts(place: Place, portfolio: Portfolio, count: int) -> None:
    """The parts with most money at risk, each with why."""
    currency = place.workspace.currency
    _, rows = portfolio.page(PARTS.query(sort="-money_at_risk"), 0, count)
    with card("Worst parts"):
        table(
            worst_reasons(rows, count).to_dicts(),
            [
                Cell(
                    "Part", lambda r: r["part_id"], href=lambda r: place.part(r["part_id"], r["place_id"]), nowrap=True
                ),
                Cell("Place", lambda r: r["place_id"], nowrap=True),
                Cell("Why", lambda r: r["reason"]),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
            ],
            mark="worst-parts",
        )
        link("All parts by money at risk", place.link("/portfolio", sort="-money_at_risk"), "link small")


def suppliers(place: Place, frame: pl.DataFrame, count: int) -> None:
    """The suppliers with most money at risk, each with why."""
    currency = place.workspace.currency
    with card("Worst suppliers"):
        table(
            frame.sort("money_at_risk", descending=True, nulls_last=True).head(count).to_dicts(),
            [
                Cell(
                    "Supplier", lambda r: r["supplier_id"], href=lambda r: place.supplier(r["supplier_id"]), nowrap=True
                ),
                Cell("Why", lambda r: " ".join(supplier_summary(r, currency).sentences[:1])),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
            ],
            mark="worst-suppliers",
        )
        link("All suppliers", place.link("/suppliers"), "link small")
