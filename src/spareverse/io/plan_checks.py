"""Lines of limits, price breaks and substitutes that no plan can keep to: set aside one by one, with the reason."""

from __future__ import annotations

import polars as pl

from spareverse.io.findings import Findings

AT_MOST_ONLY = ("stock_value", "volume", "pieces")
"""Measures without a lower limit: nobody must hold money or fill room."""


def planning_lines(table: str, rows: pl.DataFrame, findings: Findings) -> None:
    """Add what is wrong with rows of the tables ``limits``, ``price_breaks`` and ``substitutes``."""
    if table == "limits":
        _limits(rows, findings)
    if table == "price_breaks":
        _price_breaks(rows, findings)
    if table == "substitutes":
        remedy = "Name two parts, or delete the line."
        same = rows["part_id"] == rows["substitute_id"]
        findings.add("unreadable", same, "a part is its own substitute", column="substitute_id", remedy=remedy)


def _limits(rows: pl.DataFrame, findings: Findings) -> None:
    least, most, measure = rows["at_least"], rows["at_most"], rows["measure"]

    def refuse(mask: pl.Series, reason: str, column: str, remedy: str) -> None:
        value = rows[column].cast(pl.String)
        findings.add("unreadable", mask.fill_null(value=False), reason, column=column, value=value, remedy=remedy)

    refuse(least.is_null() & most.is_null(), "no limit is given", "at_most", "Fill in at_least or at_most.")
    refuse(least > most, "the minimum is above the maximum", "at_least", "Lower at_least or raise at_most.")
    for bound, name in ((least, "at_least"), (most, "at_most")):
        refuse((bound < 0) | ~bound.is_finite(), f"{name} is not a number from zero up", name, "Write a plain number.")
    refuse((rows["group"] != "all") & rows["value"].is_null(), "the group is not named", "value",
           "Write which one, such as A or WAREHOUSE-2.")  # fmt: skip
    share = measure == "fill_rate"
    refuse(share & (least > 1), "a fill rate is at most 1", "at_least", "Write 0.95 for 95 %.")
    refuse(share & most.is_not_null(), "service has no upper limit", "at_most", "Limit stock_value instead.")
    money = measure.is_in(list(AT_MOST_ONLY)) & least.is_not_null()
    refuse(money, "stock has no lower limit by money, volume or pieces of a group", "at_least",
           "Ask for a fill_rate, or for pieces_each.")  # fmt: skip


def _price_breaks(rows: pl.DataFrame, findings: Findings) -> None:
    quantity, price = rows["from_quantity"], rows["unit_cost"]
    small, free = ~(quantity >= 1), ~((price > 0) & price.is_finite())
    pieces, money = quantity.cast(pl.String), price.cast(pl.String)
    reason, remedy = "a price holds from one piece on", "Write the least quantity of an order at this price."
    findings.add("unreadable", small, reason, column="from_quantity", value=pieces, remedy=remedy)
    reason, remedy = "the price is not above zero", "Write the cost of one piece."
    findings.add("unreadable", free, reason, column="unit_cost", value=money, remedy=remedy)
    ladder = ["part_id", "supplier_id"]
    usable = rows.select(*ladder, "from_quantity", "unit_cost").with_row_index("index").filter(findings.clean())
    climbing = (
        usable.sort(*ladder, "from_quantity", nulls_last=False)
        .with_columns(pl.col("unit_cost").cum_min().shift(1).over(ladder).alias("before"),
                      pl.col("from_quantity").shift(1).over(ladder).alias("smaller"))
        .filter((pl.col("unit_cost") >= pl.col("before")) & (pl.col("from_quantity") > pl.col("smaller")))
    )  # fmt: skip
    wrong = pl.Series(rows.with_row_index("index")["index"].is_in(climbing["index"].implode()))
    reason = "a larger order costs as much or more a piece"
    remedy = "Prices fall as from_quantity rises; correct or delete the line."
    findings.add("unreadable", wrong, reason, column="unit_cost", value=money, remedy=remedy)
