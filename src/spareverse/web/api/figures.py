"""``/api/v1/figures``: the figures of the pages as ECharts options, or the numbers behind them as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import polars as pl
from fastapi import APIRouter, Query
from fastapi.responses import Response

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.figures.figure import Figure
from spareverse.figures.lead_times import lead_time_histogram, lead_time_trend, slip_histogram
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.figures.rolling import rolling
from spareverse.figures.suppliers import supplier_comparison
from spareverse.figures.timeline import timeline
from spareverse.network.tables import PURCHASES, SALES
from spareverse.service.workspace import Window, Workspace
from spareverse.web.api.asked import Asked

PART_FIGURES = ("shanghai", "cost-curve", "risk-curve", "weibull", "lead-times", "slips")
NAMES = (*PART_FIGURES, "timeline", "rolling", "portfolio", "money-at-risk", "suppliers", "supplier-slips",
         "supplier-lead-times", "supplier-trend")  # fmt: skip


def router(workspace: Workspace) -> APIRouter:
    """The addresses of the figures."""
    figures = APIRouter(prefix="/figures", tags=["figures"])

    @figures.get("")
    def names() -> list[str]:
        """Names of the figures."""
        return list(NAMES)

    @figures.get("/{name}", response_model=None)
    def figure(
        name: str,
        asked: Asked,
        part_id: str = "",
        place_id: str = "",
        supplier_id: str = "",
        form: Annotated[
            Literal["json", "csv"], Query(alias="format", description="json: options, csv: numbers")
        ] = "json",
    ) -> Response:
        """One figure; those of a part need ``part_id``, those of a supplier ``supplier_id``."""
        drawn = _figure(workspace, name, asked, part_id, place_id, supplier_id)
        if form == "csv":
            return Response(drawn.csv(), media_type="text/csv; charset=utf-8")
        return Response(drawn.json(), media_type="application/json")

    return figures


def _figure(workspace: Workspace, name: str, asked: Window, part_id: str, place_id: str, supplier_id: str) -> Figure:
    if name not in NAMES:
        raise NotFound(
            f"There is no figure {name!r}.", [Problem("unknown figure", f"Use one of {', '.join(NAMES)}.", value=name)]
        )
    if name in (*PART_FIGURES, "timeline") and not part_id:
        raise UsageError(
            f"The figure {name!r} is of one part.", [Problem("missing", "Give part_id.", column="part_id")]
        )
    if name.startswith("supplier-") and not supplier_id:
        raise UsageError(
            f"The figure {name!r} is of one supplier.", [Problem("missing", "Give supplier_id.", column="supplier_id")]
        )
    if name == "rolling":
        return rolling(workspace.rolling(part_id or None, place_id or None), whole=not part_id)
    analysis = workspace.analysis(asked)
    if name in PART_FIGURES:
        return analysis.part(part_id, place_id).figure(name)

    def of_supplier() -> pl.DataFrame:
        return analysis.cycles.filter(pl.col("supplier_id") == supplier_id)

    drawings: dict[str, Callable[[], Figure]] = {
        "timeline": lambda: _timeline(workspace, part_id, place_id),
        "portfolio": lambda: portfolio_scatter(analysis.parts, workspace.currency),
        "money-at-risk": lambda: money_pareto(analysis.parts, workspace.currency, by=("part_id", "place_id")),
        "suppliers": lambda: supplier_comparison(analysis.suppliers, supplier_id or None),
        "supplier-slips": lambda: slip_histogram(of_supplier()),
        "supplier-lead-times": lambda: lead_time_histogram(of_supplier()),
        "supplier-trend": lambda: lead_time_trend(of_supplier()),
    }
    return drawings[name]()


def _timeline(workspace: Workspace, part_id: str, place_id: str) -> Figure:
    purchases, sales = workspace.twin.part_lines(part_id, place_id)
    return timeline(purchases.select(PURCHASES.names), sales.select(SALES.names))
