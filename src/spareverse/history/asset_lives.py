"""Lives of the parts in assets, told from the installed base and the issues that replaced them. Ages are in days.

A piece counts from its asset's first day of service, or from the issue that replaced the one before it, to the issue
that replaced it in turn, or to the end of the window. Pieces that were there before the first recorded issue count
from the age they had reached by then.
"""

from __future__ import annotations

from datetime import date

import polars as pl

MOST_PIECES = 1000
"""Of a part in one asset; more are a consumable, whose ages nobody knows."""
_PAIR = ("part_id", "place_id", "asset_id")


def asset_lives(installed: pl.DataFrame, consumption: pl.DataFrame, begins: date, until: date) -> pl.DataFrame:
    """One row per life seen between the mornings of ``begins`` and ``until``.

    Columns: part_id, place_id, asset_id, piece, entry and exit [days of age], ended [days before ``until``; 0 = still
    at work], failed, at_work, single (the only piece of its part in its asset, so that its ages are sure).

    Preventive and project issues end a life without failure. Several pieces of a part in one asset are taken to be
    replaced in turn, the oldest first. Assets without a day ``since`` and issues without an asset are left out.
    """
    pairs = (
        installed.filter((pl.col("since") < until) & (pl.col("quantity") >= 0.5))
        .group_by(_PAIR)
        .agg(pl.col("quantity").sum().round().cast(pl.Int64).alias("pieces"), pl.col("since").min())
        .filter(pl.col("pieces").is_between(1, MOST_PIECES))
    )
    starts = pairs.with_columns(pl.int_ranges(0, "pieces").alias("piece")).explode("piece")
    first = starts.select(*_PAIR, "piece", "pieces", pl.col("since").alias("day"), pl.lit(value=False).alias("failed"))
    replaced = _replacements(pairs, consumption, begins, until)
    position = (*_PAIR, "piece")
    ends = pl.col("day").shift(-1).over(position)
    lived = (
        pl.concat([first, replaced.select(first.columns)])
        .sort(*position, "day", "failed")
        .with_columns(
            ends.alias("end"), pl.col("failed").shift(-1).over(position).fill_null(value=False).alias("fails")
        )
        .filter(pl.col("end").is_null() | (pl.col("end") > begins))
    )
    age_then = (pl.lit(begins) - pl.col("day")).dt.total_days()
    return lived.select(
        *position,
        age_then.clip(lower_bound=0).cast(pl.Float64).alias("entry"),
        (pl.col("end").fill_null(until) - pl.col("day")).dt.total_days().cast(pl.Float64).alias("exit"),
        (pl.lit(until) - pl.col("end")).dt.total_days().fill_null(0).cast(pl.Float64).alias("ended"),
        pl.col("fails").alias("failed"),
        pl.col("end").is_null().alias("at_work"),
        (pl.col("pieces") == 1).alias("single"),
    )


def _replacements(pairs: pl.DataFrame, consumption: pl.DataFrame, begins: date, until: date) -> pl.DataFrame:
    """Issues to assets in turn over the pieces: part_id, place_id, asset_id, piece, pieces, day, failed."""
    planned = pl.col("kind").is_in(["preventive", "project"]).fill_null(value=False)
    issues = (
        consumption.filter(
            pl.col("asset_id").is_not_null()
            & (pl.col("quantity") >= 0.5)
            & pl.col("issued_on").is_between(begins, until, "left")
        )
        .group_by("part_id", "asset_id", pl.col("issued_on").alias("day"))
        .agg(pl.col("quantity").sum().round().cast(pl.Int64), (~planned).any().alias("failed"))
        .join(pairs, on=("part_id", "asset_id"), how="inner")
        .filter(pl.col("day") > pl.col("since"))
        .with_columns(pl.min_horizontal("quantity", "pieces").alias("quantity"))
        .sort(*_PAIR, "day")
    )
    before = pl.col("quantity").cum_sum().over(_PAIR) - pl.col("quantity")
    numbers = pl.int_ranges(before, before + pl.col("quantity")).alias("number")
    each = issues.with_columns(numbers).explode("number")
    return each.with_columns((pl.col("number") % pl.col("pieces")).alias("piece"))
