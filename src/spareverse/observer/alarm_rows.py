"""Alarms on their way to the table: what a family of streams found, and rows with all its columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from spareverse.network.observer_tables import ALARMS

NO_PLACE = pl.lit(None, pl.String).alias("place_id")


@dataclass(frozen=True)
class Found:
    """Alarms of one monitor over streams of one kind; their q-values weigh them against all of these."""

    rows: pl.DataFrame
    """Schema ALARMS."""
    tests: int
    """Charts that were held against chance."""
    too_few: int
    """Streams with too little in them to tell a change from chance."""


def complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of ALARMS in their order; what they lack is empty."""
    lacking = [pl.lit(None, kind).alias(name) for name, kind in ALARMS.schema.items() if name not in rows.columns]
    return rows.with_columns(lacking).select(pl.col(name).cast(kind) for name, kind in ALARMS.schema.items())
