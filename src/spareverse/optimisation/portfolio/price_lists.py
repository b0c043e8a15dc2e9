"""Price lists: which breaks hold for which item, and what a piece costs without any of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.history.planning_data import PlanningData

LISTED = "price list"
"""Source of a unit cost that is the list price of one piece."""
MOST_NAMED = 20


@dataclass(frozen=True)
class Priced:
    """Items at their list prices, and the breaks: item, from_quantity, unit_cost, ascending and falling."""

    data: PlanningData
    breaks: pl.DataFrame | None
    """None where no item has any."""


def with_price_list(data: PlanningData, table: pl.DataFrame) -> Priced:
    """Items with the prices of the declared table ``price_breaks``.

    A line counts for the part's own supplier, or for whichever where it names none. The price from one piece on takes
    the place of what was paid on average, which may hold breaks already. InputRejected for breaks that make no sense,
    row by row; what does not count is said in the notices.
    """
    if table.is_empty():
        return Priced(data, None)
    _check(table)
    own = pl.col("supplier_id")
    offered = data.items.select("item", "part_id", pl.col("supplier_id").alias("own")).join(
        table.select("part_id", "supplier_id", pl.col("from_quantity").ceil(), "unit_cost"), on="part_id"
    )
    counting = offered.filter(own.is_null() | pl.col("own").is_null() | (own == pl.col("own")))
    ladder = (
        counting.group_by("item", "from_quantity")
        .agg(pl.col("unit_cost").min())
        .sort("item", "from_quantity")
        .filter(pl.col("unit_cost") < pl.col("unit_cost").cum_min().shift(1).over("item").fill_null(float("inf")))
    )
    notices = [*data.notices, *_said(data, table, offered, counting)]
    listed = ladder.filter(pl.col("from_quantity") <= 1).select("item", pl.col("unit_cost").alias("listed"))
    breaks = ladder.filter(pl.col("from_quantity") > 1)
    priced = replace(data, items=_at_list_price(data.items, listed), notices=notices)
    return Priced(priced, breaks if breaks.height else None)


def _at_list_price(items: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """The price of one piece from the list, and what holding it costs then."""
    joined = items.join(listed, on="item", how="left", maintain_order="left")
    price = pl.coalesce("listed", "unit_cost")
    source = pl.when(pl.col("listed").is_not_null()).then(pl.lit(LISTED)).otherwise("unit_cost_source")
    return joined.with_columns(
        pl.col("holding_cost") * price / pl.col("unit_cost"), price.alias("unit_cost"), source.alias("unit_cost_source")
    ).drop("listed")


def _said(data: PlanningData, table: pl.DataFrame, offered: pl.DataFrame, counting: pl.DataFrame) -> list[str]:
    said = []
    unknown = table.join(data.items, on="part_id", how="anti")["part_id"].unique().sort()
    if len(unknown):
        named = ", ".join(unknown.head(3))
        said.append(f"Price breaks of {len(unknown):,} parts that are not planned ({named}) are not used.")
    others = offered.join(counting, on="item", how="anti")["part_id"].unique().sort()
    if len(others):
        named = ", ".join(others.head(3))
        said.append(
            f"Price breaks of parts that are not bought from their suppliers are not used: {len(others):,} ({named})."
        )
    return said


def _check(table: pl.DataFrame) -> None:
    """Imports have checked their own lines; lines of several imports, or of a call, are checked here."""
    needed = ("part_id", "supplier_id", "from_quantity", "unit_cost")
    if lacking := [name for name in needed if name not in table.columns]:
        problems = [Problem("The table of price breaks lacks a column.", column=name) for name in lacking]
        raise InputRejected("The price breaks cannot be used.", problems)
    fine = (pl.col("from_quantity") >= 1) & (pl.col("unit_cost") > 0) & pl.col("unit_cost").is_finite()
    ladder = ["part_id", "supplier_id"]
    rows = table.with_row_index("number").sort(*ladder, "from_quantity").with_columns(
        (pl.col("unit_cost") >= pl.col("unit_cost").cum_min().shift(1).over(ladder)).alias("climbs"),
        fine.fill_null(value=False).alias("fine"),
    )  # fmt: skip
    wrong = rows.filter(~pl.col("fine") | pl.col("climbs").fill_null(value=False)).sort("number")
    if wrong.height:
        problems = [_problem(row) for row in wrong.head(MOST_NAMED).iter_rows(named=True)]
        raise InputRejected(f"{wrong.height:,} price breaks cannot be used.", problems)


def _problem(row: dict[str, object]) -> Problem:
    place = {"file": str(row.get("file") or "") or None, "row": row.get("row", row["number"])}
    value = f"{row['part_id']}: {row['unit_cost']} from {row['from_quantity']}"
    if not row["fine"]:
        reason, remedy = "A break needs a quantity of one or more and a price above zero.", "Correct the line."
    else:
        reason, remedy = "A larger order costs as much or more a piece.", "Prices fall as from_quantity rises."
    return Problem(reason, remedy, column="unit_cost", value=value, **place)  # type: ignore[arg-type]
