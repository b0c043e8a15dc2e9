"""The comparison of a study's options as text: one row per measure, each value with its interval."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.warehouse.comparison import asset_count
from spareverse.network.study import Study
from spareverse.network.study_tables import COST_KINDS, MEASURES

SHARES = ("availability", "system_availability", "fill_rate")
COMPARED = (
    "availability", "up_hours", "failures", "stock_outs", "stock_out_wait_hours", "lead_time_hours", "orders",
    "global_shipments", "mean_stock", "unused_pieces", "expired_pieces", "co2_kg",
)  # fmt: skip
"""Measures a person compares first; costs that are not all zero follow."""


def comparison_rows(study: Study, options: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    """Rows of (measure with its unit, value under each option); what is nought everywhere is left out."""
    found = {(row["option"], row["measure"]): row for row in options.iter_rows(named=True)}
    costs = [f"{kind}_cost" for kind in COST_KINDS]
    discounted = ["net_present_cost"] if study.economics.discount_rate else []
    assets = asset_count(study)
    together = ["system_availability"] if assets > 1 else []
    first, *others = COMPARED
    words = {"availability": f"availability (mean of {assets:,} assets)"} if assets > 1 else {}
    for measure in (first, *together, *others, *costs, "total_cost", *discounted):
        rows = [found.get((option.name, measure)) for option in study.options]
        if measure == "availability" or any(row and row["mean"] for row in rows):
            unit = MEASURES[measure][1]
            unit = study.currency if unit == "currency" else unit
            yield (
                f"{words.get(measure) or _words(measure)}{f', {unit}' if unit else ''}",
                *(_interval(row, measure) for row in rows),
            )


def _words(measure: str) -> str:
    """The measure's name without its unit."""
    stem = re.sub("_(hours|kg|pieces)$", "", measure.removesuffix("_cost"))
    special = {
        "co2_kg": "CO2",
        "co2_cost": "CO2 price",
        "total_cost": "total cost",
        "system_availability": "all critical assets at once",
    }
    return special.get(measure, stem.replace("_", " "))


def _interval(row: Mapping[str, Any] | None, measure: str) -> str:
    if row is None or row["mean"] is None:
        return "-"
    return numbers.measured(row["mean"], row["low"], row["high"], share=measure in SHARES)
