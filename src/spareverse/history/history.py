"""Order lines made ready for a window: receipts joined, truncated at the extract date, items numbered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.history.items import items_of, numbered
from spareverse.history.lines import compares_places, demand_lines, purchase_lines, with_place
from spareverse.history.window import Window

ORIGIN = ("import_id", "file", "row", "currency", "unit_price", "kind")


@dataclass(frozen=True)
class History:
    """Order lines made ready for a window: lines, demand, items; all frames carry the column ``item``."""

    window: Window
    items: pl.DataFrame
    lines: pl.DataFrame
    demand: pl.DataFrame
    by_place: bool


def prepare(tables: Mapping[str, pl.DataFrame], window: Window, receipt: str = "complete") -> History:
    """Join receipts, truncate at the extract date and number the items."""
    # Where a row came from no longer matters here, and big tables are copied more than once below.
    bought, sold, used = (tables[name].drop(ORIGIN, strict=False) for name in ("purchases", "sales", "consumption"))
    lines = purchase_lines(bought, window.as_of, receipt)
    demand = demand_lines(sold, used, window.as_of)
    by_place = compares_places(lines, demand)
    lines, demand = with_place(lines, by_place), with_place(demand, by_place)
    today = [with_place(tables[name], by_place) for name in ("stock", "policies")]
    items = items_of([lines, demand, *today], tables["parts"])
    master = tables["parts"].select(
        "part_id",
        "description",
        "category",
        "criticality",
        "supplier_id",
        "expected_lead_time_days",
        "min_order_quantity",
        "pack_size",
        pl.col("unit_cost").alias("master_cost"),
    )
    items = items.join(master.unique("part_id", keep="last"), on="part_id", how="left", maintain_order="left")
    return History(window, items, numbered(lines, items), numbered(demand, items), by_place)
