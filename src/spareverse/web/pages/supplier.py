"""One supplier: how late, how surely, since when, and which parts it puts at risk."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.explainer.summaries import supplier_summary
from spareverse.figures.lead_times import lead_time_histogram, lead_time_trend, slip_histogram
from spareverse.figures.suppliers import supplier_comparison
from spareverse.service.rows import Query, Where
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, box, card, link, table, text, tile
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.home import stale_bar
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, money, number, percent, pieces_of, share_of

Row = dict[str, Any]
PARTS_SHOWN = 25
PROMISE_BANDS = (0, 15, 30, 60, 90, 120, 180)
"""Lower ends of the classes of promised lead time, days."""


def include(workspace: Workspace) -> None:
    page(workspace, "/supplier/{supplier_id:path}", "Supplier", "/suppliers")(show)


def show(place: Place) -> None:
    supplier_id = place.query["supplier_id"]
    try:
        analysis = place.workspace.analysis(place.window)
    except NotFound:
        text(supplier_id, "title", "h1")
        states.no_analysis(place) if place.workspace.has_data() else states.no_data(place)
        return
    found = analysis.suppliers.filter(pl.col("supplier_id") == supplier_id)
    if found.is_empty():
        states.not_found(
            place,
            f"There is no supplier {supplier_id} in this window",
            "Choose a longer window, or look at the list of suppliers.",
        )
        return
    row = found.row(0, named=True)
    cycles = analysis.cycles.filter(pl.col("supplier_id") == supplier_id)
    with box("crumb", "nav").props('aria-label="Breadcrumb"'):
        link("Suppliers", place.link("/suppliers"))
        text("›", tag="span")
        text(supplier_id, tag="span")
    summary = supplier_summary(row, place.workspace.currency)
    text(summary.headline, "decision", "h1")
    text(" ".join(summary.sentences[1:]), "paragraph", "p")
    stale_bar(place, analysis)
    _tiles(place, row)
    with box("two"):
        Drawing(place, slip_histogram(cycles))
        _by_promise(cycles)
        Drawing(place, lead_time_trend(cycles))
        Drawing(place, supplier_comparison(analysis.suppliers, supplier_id))
    _parts(place, supplier_id)
    Drawing(place, lead_time_histogram(cycles, row["promised_median_days"]))


def _tiles(place: Place, row: Row) -> None:
    with box("tiles"):
        tile(
            "Late risk",
            percent(row["late_risk"]),
            range_=interval(row["late_risk_low"], row["late_risk_high"], share=True),
            note="a line takes longer than its promise",
            mark="late-risk",
        )
        tile("On time", percent(row["on_time"]), note="receipts not later than promised")
        tile(
            "Slip",
            number(row["slip_median_days"]),
            unit="days",
            note=f"one in ten above {number(row['slip_p90_days'])} days",
        )
        tile(
            "Lead time",
            number(row["lead_time_median_days"]),
            unit="days",
            note=f"one in ten above {number(row['lead_time_p90_days'])} days",
        )
        tile(
            "Lines",
            number(row["lines"]),
            note=f"{number(row['open_lines'])} open, {number(row['overdue_lines'])} overdue",
        )
        tile(
            "Money at risk",
            money(row["money_at_risk"]),
            unit=f"{place.workspace.currency}/day",
            note=f"over {number(row['parts'])} parts",
        )


def _by_promise(cycles: pl.DataFrame) -> None:
    """Share late by how long the supplier itself promised to take."""
    counted = cycles.filter(
        (pl.col("flag").fill_null("") == "") & ~pl.col("open") & pl.col("promised_lead_time_days").is_not_null()
    )
    with card("Late by promised lead time", "do short promises fail more often?"):
        if counted.is_empty():
            text("No completed delivery with a promise in this window.", "quiet")
            return
        names = [f"{low} to {high - 1}" for low, high in pairwise(PROMISE_BANDS)] + [f"{PROMISE_BANDS[-1]} and more"]
        band = pl.col("promised_lead_time_days").cut(list(PROMISE_BANDS[1:]), labels=names, left_closed=True)
        grouped = (
            counted.group_by(band=band)
            .agg(
                lines=pl.len(),
                late=(pl.col("slip_days") > 0).mean(),
                slip=pl.median("slip_days"),
                at=pl.min("promised_lead_time_days"),
            )
            .sort("at")
        )
        table(
            [
                row | dict(zip(("low", "high"), _wilson(row["late"], row["lines"]), strict=True))
                for row in grouped.to_dicts()
            ],
            [
                Cell("Promised", lambda r: str(r["band"]), "days"),
                Cell(
                    "Late",
                    lambda r: f"{percent(r['late'])} {interval(r['low'], r['high'], share=True)}",
                    "share of deliveries",
                    right=True,
                ),
                Cell("Slip, median", lambda r: number(r["slip"]), "days", right=True),
                Cell("Deliveries", lambda r: number(r["lines"]), right=True),
            ],
            mark="by-promise",
        )


def _wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927), which stays inside 0..1 for few deliveries."""
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5 / (1 + z * z / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _parts(place: Place, supplier_id: str) -> None:
    currency = place.workspace.currency
    portfolio = place.workspace.portfolio(place.workspace.analysis(place.window))
    total, rows = portfolio.page(
        Query((Where("supplier_id", "eq", supplier_id),), "", ("-money_at_risk",)), 0, PARTS_SHOWN
    )
    with card("Its parts at risk", f"{min(total, PARTS_SHOWN):,} of {total:,}, most money at risk first"):
        table(
            rows.to_dicts(),
            [
                Cell(
                    "Part", lambda r: r["part_id"], href=lambda r: place.part(r["part_id"], r["place_id"]), nowrap=True
                ),
                Cell("Description", lambda r: r["description"] or ""),
                Cell("At risk", lambda r: money(r["money_at_risk"]), f"{currency}/day", right=True),
                Cell(
                    "Risk today",
                    lambda r: share_of(r, "current_risk"),
                    right=True,
                ),
                Cell("Today", lambda r: number(r["current_cover"]), "pieces", right=True),
                Cell(
                    "Proposed",
                    lambda r: pieces_of(r, "optimal_cover"),
                    "pieces",
                    right=True,
                ),
                Cell("Saving", lambda r: money(r["saving"]), f"{currency}/day", right=True),
                Cell("Evidence", lambda r: r["evidence"]),
            ],
            mark="supplier-parts",
        )
        link(
            "Open these in the portfolio", place.link("/portfolio", where=f"supplier_id:eq:{supplier_id}"), "link small"
        )
