"""The worst parts and suppliers, with the reason in words."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.web.pages.cards import Cell, card, link, table
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, money, number, percent


def parts(place: Place, rows: pl.DataFrame) -> None:
    """Parts by money at risk, each with why."""
    currency = place.workspace.currency
    with card("Worst parts"):
        table(
            rows.to_dicts(),
            [
                Cell("Part", lambda r: r["part_id"], href=lambda r: place.part(r["part_id"], r["place_id"]), nowrap=True),
                Cell("Why", part_reason),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
            ],
            mark="worst-parts",
        )
        link("All parts by money at risk", place.link("/portfolio", sort="-money_at_risk"), "link small")


def suppliers(place: Place, rows: pl.DataFrame) -> None:
    """Suppliers by money at risk, each with why."""
    currency = place.workspace.currency
    with card("Worst suppliers"):
        table(
            rows.to_dicts(),
            [
                Cell("Supplier", lambda r: r["supplier_id"], href=lambda r: place.supplier(r["supplier_id"]), nowrap=True),
                Cell("Why", supplier_reason),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
            ],
            mark="worst-suppliers",
        )
        link("All suppliers", place.link("/suppliers"), "link small")


def part_reason(row: dict[str, Any]) -> str:
    """Why a part is at risk, largest cause first."""
    words = [f"stock-out risk {percent(row['current_risk'])} {interval(row['current_risk_low'], row['current_risk_high'], share=True)}"]
    if row["current_source"] == "none":
        words.append("no stock and no policy known")
    else:
        words.append(f"holds {number(row['current_cover'])}")
    if row["late_risk"] is not None and row["late_risk"] > 0.5:
        words.append(f"supply later than expected in {percent(row['late_risk'])}")
    if row["customers"]:
        words.append(f"{number(row['customers'])} customers")
    return ", ".join(words)


def supplier_reason(row: dict[str, Any]) -> str:
    """Why a supplier is on the list."""
    words = [f"late risk {percent(row['late_risk'])} {interval(row['late_risk_low'], row['late_risk_high'], share=True)}"]
    if row["slip_median_days"] is not None:
        words.append(f"half of the receipts slip {number(row['slip_median_days'])} days or more")
    if row["overdue_lines"]:
        words.append(f"{number(row['overdue_lines'])} lines overdue")
    return ", ".join(words)
