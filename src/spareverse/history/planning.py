"""What a plan knows of its items beside demand and lead times, as known on a day.

The whole of it, lead times and money included, is put together by ``optimisation.planning_inputs.planning_data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from spareverse.history.demand_events import DemandEvents
from spareverse.history.item_master import total
from spareverse.history.items import numbered, some_parts
from spareverse.history.lines import with_place
from spareverse.network.tables import PARTS

ITEM_COLUMNS = (
    "item", "part_id", "place_id", "description", "category", "criticality", "supplier_id", "planner", "unit_cost",
    "unit_cost_source", "min_order_quantity", "pack_size", "superseded_by", "installed", "current_reorder_point",
    "current_order_quantity", "current_order_up_to", "current_fills_up", "on_hand", "on_order", "backordered",
    "holding_cost", "ordering_cost", "stock_out_cost", "expected_lead_time_days", "cycles", "contract", "volume_m3",
    "last_order_on", "needed_until", "salvage_value", "shortage_cost", "remarks",
)  # fmt: skip
_DATED = {"stock": "as_of", "policies": "valid_from", "demand": "period", "installed": "since"}


def as_known(tables: Mapping[str, pl.DataFrame], end: date, *, past: bool) -> dict[str, pl.DataFrame]:
    """The tables without what is dated ``end`` or later; in the ``past``, undated stock is not known either.

    Order lines are cut where they are joined, since their receipts have days of their own.
    """
    known = dict(tables)
    for name, day in _DATED.items():
        keep = pl.col(day) < end
        undated = pl.lit(value=not (past and name == "stock"))
        known[name] = tables[name].filter(pl.when(pl.col(day).is_null()).then(undated).otherwise(keep))
    return known


def with_master(items: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Items with the columns of the parts table that they lack."""
    master = PARTS.completed(parts).rename({"unit_cost": "master_cost"}).unique("part_id", keep="last")
    wanted = (
        "description", "category", "criticality", "supplier_id", "expected_lead_time_days", "min_order_quantity",
        "pack_size", "superseded_by", "master_cost", "contract", "volume_m3", "last_order_on", "needed_until",
        "salvage_value", "shortage_cost",
    )  # fmt: skip
    lacking = [name for name in wanted if name not in items.columns]
    return items.join(master.select("part_id", *lacking), on="part_id", how="left", maintain_order="left")


def installed_pieces(installed: pl.DataFrame, items: pl.DataFrame, *, by_place: bool) -> pl.DataFrame:
    """Pieces in assets per item: columns item, installed."""
    return numbered(with_place(installed, by_place), items).group_by("item").agg(total("quantity").alias("installed"))


def with_todays_rule(items: pl.DataFrame) -> pl.DataFrame:
    """Today's rule in the plan's words: order at or below the reorder point, a quantity or up to a level.

    Bought on demand is reorder point -1 and quantity 1; base stock S orders one piece for one. A minimum above its
    maximum is no rule: column ``contradicts``. Orders that go up to the level: column ``current_fills_up``.
    """
    point, quantity, level = (pl.col(f"current_{name}") for name in ("reorder_point", "order_quantity", "order_up_to"))
    kind = pl.col("current_policy").fill_null("")
    wrong = (point > level).fill_null(value=False)
    base = pl.coalesce(level, point)
    fills_up = level.is_not_null() & ((kind == "sS") | ((kind == "") & quantity.is_null()))
    replaced = items.with_columns(
        wrong.alias("contradicts"),
        pl.when(wrong).then(None)
        .when(kind == "on_demand").then(-1.0)
        .when(kind.is_in(["base_stock", "periodic"])).then(base - 1.0)
        .otherwise(point)
        .alias("current_reorder_point"),
        pl.when(wrong).then(None)
        .when(kind.is_in(["on_demand", "base_stock", "periodic"])).then(1.0)
        .when(fills_up).then(level - point)
        .otherwise(pl.coalesce(quantity, level - point))
        .alias("current_order_quantity"),
        (fills_up & ~wrong).alias("current_fills_up"),
    )  # fmt: skip
    known = pl.col("current_reorder_point").is_not_null()
    up_to = pl.coalesce("current_order_up_to", pl.col("current_reorder_point") + pl.col("current_order_quantity"))
    return replaced.with_columns(pl.when(known).then(up_to).alias("current_order_up_to"))


def with_remarks(items: pl.DataFrame, events: DemandEvents) -> pl.DataFrame:
    """What a planner should know of each item's inputs, in the column ``remarks``.

    ``items`` with master_cost, unit_cost_source, contradicts and the columns of the parts table.
    """
    demands = pl.Series("demands", events.event_starts[1:] - events.event_starts[:-1])
    known = pl.Series("known", events.known_steps)
    assumed = pl.col("unit_cost_source").replace_strict(
        {"given": "as given", "category": "median of its category", "assumed": "median of all parts, or 1"},
        default=None,
    )
    notes: list[tuple[pl.Expr, str | pl.Expr]] = [
        (pl.col("known") == 0, "nothing is known of its demand: that of its group"),
        ((pl.col("known") > 0) & (pl.col("demands") == 0), "no demand yet: chance of its group"),
        (pl.col("demands") == 1, "one demand only: leans on its group"),
        (pl.col("master_cost") <= 0.0, "price zero or below counts as unknown"),
        (pl.col("expected_lead_time_days") <= 0.0, "planned lead time of zero or less"),
        (pl.col("contradicts"), "today's minimum is above its maximum: the rule is left out"),
        ((pl.col("min_order_quantity") < 0) | (pl.col("pack_size") < 0), "negative order quantities count as unknown"),
        (pl.col("superseded_by").is_not_null(), pl.lit("superseded by ") + pl.col("superseded_by")),
        (assumed.is_not_null(), pl.lit("unit cost assumed: ") + assumed),
    ]
    said = [pl.when(when).then(pl.lit(text) if isinstance(text, str) else text) for when, text in notes]
    return (
        items.with_columns(demands, known)
        .with_columns(pl.concat_str(said, separator="; ", ignore_nulls=True).alias("remarks"))
        .drop("demands", "known")
    )


def input_notices(items: pl.DataFrame, currency: str = "") -> list[str]:
    """How many items lack what, which first, and what is taken instead; their remarks say it one by one."""
    source = pl.col("unit_cost_source")
    small = "and orders are as small as they may be"
    counted = (
        (source == "given", f"have no unit_cost; {{amount}} is assumed, {small}"),
        (source == "category", "have no unit_cost; the median of their category is assumed"),
        (source == "assumed", f"have no unit_cost; {{amount}} (the median of all parts, or 1) is assumed, {small}"),
        (pl.col("master_cost") <= 0.0, "have a price of zero or below, which counts as unknown"),
        (pl.col("contradicts"), "have a rule whose minimum is above its maximum; it is left out"),
    )
    said = []
    for when, text in counted:
        found = items.filter(when)
        if found.height:
            amount = f"{found['unit_cost'][0]:,g} {currency}".strip()
            some = some_parts(found["part_id"])
            said.append(f"{found.height:,} of {items.height:,} items ({some}) {text.format(amount=amount)}.")
    return said
