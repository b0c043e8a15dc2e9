"""Items: the parts x places that a history is about, and their number in all arrays."""

from __future__ import annotations

import polars as pl

KEY = ("part_id", "place_id")
PARTS_NAMED = 5


def items_of(frames: list[pl.DataFrame], parts: pl.DataFrame) -> pl.DataFrame:
    """Distinct (part_id, place_id) of the frames, plus every catalogue part that none of them names.

    Sorted, with the column ``item`` numbering the rows.
    """
    named = pl.concat([frame.select(KEY) for frame in frames]).drop_nulls("part_id").unique()
    silent = parts.select("part_id").unique().join(named.select("part_id").unique(), on="part_id", how="anti")
    everything = pl.concat([named, silent.with_columns(pl.lit("").alias("place_id"))])
    return everything.sort(KEY).with_row_index("item").with_columns(pl.col("item").cast(pl.Int64))


def numbered(frame: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with its rows' item numbers, in the same order."""
    return frame.join(items.select("item", *KEY), on=KEY, how="inner", maintain_order="left")


def counted(count: int, one: str, many: str) -> str:
    """``1 part has``, ``1,234 parts have``."""
    return f"{count:,} {one if count == 1 else many}"


def some_parts(part_id: pl.Series) -> str:
    """The first few parts by name."""
    names = part_id.unique().sort()
    return ", ".join(names.head(PARTS_NAMED)) + (", ..." if names.len() > PARTS_NAMED else "")
