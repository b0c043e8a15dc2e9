"""Which parts lend one another strength: cells of alike parts, made of what is known before any demand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.groups import Groups, choose_groups
from spareverse.history.planning_data import PlanningData

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.25
PRICE_LIMITS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0, 30_000.0)
INSTALLED_LIMITS = (0.5, 1.5, 4.5, 9.5, 19.5, 49.5, 99.5, 499.5)
AGE_LIMITS = (1.0, 2.0, 4.0)
LEAST_FRAILTY_PARTS = 300
LEAST_GROUP_LINES = 40
EVERY_PART = "all parts"


@dataclass(frozen=True)
class Cells:
    """Parts that share every known factor form a cell."""

    cell: Integers
    """[items] number of each item's cell."""
    factors: Integers
    """[cells, factors] level of each factor."""
    labels: list[str]
    """[cells]"""
    spread: Integers
    """[items] number of the group whose spread of rates the item shares."""
    spreads: int
    band: Integers
    """[items] price band, numbered from 0."""
    bands: int
    sizes: Groups
    """Groups of order sizes."""


def _bands(value: pl.Expr, limits: tuple[float, ...], unit: str) -> pl.Expr:
    """Band of a number in words; empty where unknown."""
    text = pl.lit("")
    bounds = (-np.inf, *limits, np.inf)
    for low, high in pairwise(bounds):
        if low == -np.inf:
            name = f"below {high:,g} {unit}"
        elif high == np.inf:
            name = f"{low:,g} {unit} and more"
        else:
            name = f"{low:,g} to {high:,g} {unit}"
        text = pl.when((value >= low) & (value < high)).then(pl.lit(name)).otherwise(text)
    return text


def make_cells(data: PlanningData) -> Cells:
    """Cells of category, criticality, price band, installed quantity and age; unknown is a level of its own."""
    years = (data.steps - pl.Series(data.known_from)) * data.step_days / DAYS_A_YEAR
    young = pl.when(pl.lit(pl.Series(data.known_from > 0))).then(pl.lit(years)).otherwise(pl.lit(None))
    bands = data.items.select(
        pl.col("category").cast(pl.String).fill_null("").alias("category"),
        pl.col("criticality").cast(pl.String).fill_null("").alias("criticality"),
        _bands(pl.col("unit_cost"), PRICE_LIMITS, "a piece").fill_null("").alias("price"),
        _bands(pl.col("installed"), INSTALLED_LIMITS, "installed").fill_null("").alias("installed"),
        _bands(young, AGE_LIMITS, "years old").fill_null("").alias("age"),
    )
    known = [name for name in bands.columns if bands[name].n_unique() > 1]
    count = len(data)
    if not known:
        cell, factors, labels = np.zeros(count, dtype=np.int64), np.zeros((1, 0), dtype=np.int64), [EVERY_PART]
    else:
        distinct = bands.select(known).unique().sort(known).with_row_index("cell")
        cell = bands.join(distinct, on=known, how="left", maintain_order="left")["cell"].cast(pl.Int64).to_numpy()
        factors = np.stack(
            [distinct[name].rank("dense").cast(pl.Int64).to_numpy() - 1 for name in known], axis=1
        ).astype(np.int64)
        labels = distinct.select(
            pl.concat_list(known).list.eval(pl.element().filter(pl.element() != "")).list.join(", ").alias("label")
        )["label"].to_list()
        labels = [label or EVERY_PART for label in labels]
    category = bands["category"]
    fine = bands.select(
        pl.when((pl.col("category") != "") & (pl.col("price") != ""))
        .then(pl.col("category") + ", " + pl.col("price"))
        .otherwise(pl.lit(""))
    ).to_series()
    spread = choose_groups([fine, bands["price"], category], np.ones(count), LEAST_FRAILTY_PARTS)
    lines = np.diff(data.event_starts).astype(np.float64)
    sizes = choose_groups([fine, category], lines, LEAST_GROUP_LINES)
    band = bands["price"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return Cells(cell, factors, labels, spread.number, len(spread), band, int(band.max(initial=0)) + 1, sizes)
