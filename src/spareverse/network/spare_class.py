"""Class of a spare where the package gives none: first-line, not frequent, or capital (the rows of NORSOK Z-008).

The standard describes the classes in words; the thresholds are ours and can be changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class ClassThresholds:
    """A part is first-line at or above ``first_line_per_year``; capital below ``capital_per_year`` and dear.

    Failures of all its pieces a year. Dear: at least ``capital_price_ratio`` times the median price of the package,
    so that the rule does not depend on the currency.
    """

    first_line_per_year: float = 0.5
    capital_per_year: float = 0.1
    capital_price_ratio: float = 10.0


def spare_class(thresholds: ClassThresholds | None = None) -> pl.Expr:
    """Class derived from ``failures_per_year`` and ``unit_price`` of a frame with one row per part."""
    limits = thresholds or ClassThresholds()
    rate, price = pl.col("failures_per_year"), pl.col("unit_price")
    dear = (price >= limits.capital_price_ratio * price.median()).fill_null(False)
    return (
        pl.when(rate >= limits.first_line_per_year)
        .then(pl.lit("first_line"))
        .when((rate < limits.capital_per_year) & dear)
        .then(pl.lit("capital"))
        .otherwise(pl.lit("not_frequent"))
    )
