"""The standard report of an analysis: the portfolio, then its worst parts and suppliers, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.explainer.decision import part_decision
from spareverse.explainer.reasons import worst_reasons
from spareverse.explainer.summaries import portfolio_summary, supplier_summary
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.figures.report import Section, html_report
from spareverse.figures.risk_curve import risk_curve
from spareverse.figures.shanghai import shanghai
from spareverse.figures.suppliers import supplier_comparison


def analysis_report(
    title: str,
    document: Mapping[str, Any],
    parts: pl.DataFrame,
    cycles: pl.DataFrame,
    suppliers: pl.DataFrame,
    *,
    worst: int = 5,
) -> str:
    """HTML of the report; tables as in ``network.results``, ``worst`` parts are shown one by one."""
    currency = str(document["summary"]["currency"])
    sections = [_portfolio(document, parts, currency), _suppliers(suppliers, currency)]
    ranked = parts.filter(pl.col("money_at_risk") > 0).top_k(worst, by="money_at_risk")
    for row in ranked.sort("money_at_risk", descending=True).iter_rows(named=True):
        own = cycles.filter((pl.col("part_id") == row["part_id"]) & (pl.col("place_id") == row["place_id"]))
        place = f" at {row['place_id']}" if row["place_id"] else ""
        name = f"{row['part_id']}{place} {row['description'] or ''}".rstrip()
        figures = [figure for figure in (shanghai(row, own), risk_curve(row)) if figure.drawn]
        sections.append(Section(name, part_decision(row, currency).sentences, figures))
    return html_report(title, document, sections)


def _portfolio(document: Mapping[str, Any], parts: pl.DataFrame, currency: str) -> Section:
    headers = {
        "part_id": "Part",
        "place_id": "Place",
        "description": "Name",
        "supplier_id": "Supplier",
        "current_cover": "Today, pieces",
        "optimal_cover": "Proposed, pieces",
        "money_at_risk": f"At risk, {currency}/day",
        "reason": "Why",
    }
    table = worst_reasons(parts, 10)
    if (table["place_id"] == "").all():
        table = table.drop("place_id")
    sentences = portfolio_summary(document, parts).sentences
    return Section("Portfolio", sentences, [portfolio_scatter(parts, currency)], table, headers)


def _suppliers(suppliers: pl.DataFrame, currency: str) -> Section:
    worst = suppliers.filter(pl.col("money_at_risk") > 0).top_k(1, by="money_at_risk")
    sentences = supplier_summary(worst.row(0, named=True), currency).sentences if worst.height else ()
    figures = [money_pareto(suppliers, currency, by=("supplier_id",), name="suppliers"), supplier_comparison(suppliers)]
    return Section("Suppliers", sentences, figures)
