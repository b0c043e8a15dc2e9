"""What can be done against a stock-out that is coming: steps tried one by one, in runs paired with doing nothing.

Hurry the next open order; order more today; move pieces from another place. A step helps where the chance of a line not
filled falls beyond noise, or the time that customers wait, by a piece-day at least, and neither rises so. Pieces that
are moved are missing where they lay: what that does there is counted in. What a step itself costs is not in it.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from spareverse.jit import Cancel
from spareverse.network.components import OPENING_ORDERS
from spareverse.network.network import Network
from spareverse.network.observer_tables import STEPS
from spareverse.observer.expediting import PATHS, changes, estimated, no_worse, quickest, rows_of, tried_orders, worth
from spareverse.observer.paths import of_parts
from spareverse.observer.screen import POINT
from spareverse.simulation.forward import Futures, run_forward

MOVE_DAYS = 3.0
"""Where no lane between the two places is known, pieces are taken to need so many days."""
_KEEPS = pl.max_horizontal("reorder_point", "order_up_to").fill_null(0)
_FULL = pl.coalesce(
    "initial_stock",
    pl.when(pl.col("policy").is_in(["reorder_point", "adaptive"]))
    .then(pl.col("reorder_point") + pl.col("order_quantity"))
    .when(pl.col("policy") != "on_demand").then("order_up_to"),
    0,
)  # fmt: skip
"""Pieces on hand at the start: where they are not given, as many as the rule fills up to."""


def steps(
    network: Network, warned: pl.DataFrame, *, days: float, seed: int, threads: int | None = None,
    cancel: Cancel | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """(schema STEPS, orders tried as of ``tried_orders``) of stock-outs warned of, in their order.

    ``warned``: warning_id, part_id, place_id, on_hand, under_way, owed, demand, lead_days, source_id,
    expected_money. Raises Cancelled.
    """
    if warned.is_empty():
        return STEPS.empty(), pl.DataFrame()
    orders = tried_orders(network, warned, days=days, seed=seed, threads=threads, cancel=cancel)
    rows = [] if orders.is_empty() else [_hurrying(orders, warned)]
    candidates = [found for found in (_ordering(network, warned), _moving(network, warned)) if found.height]
    if candidates:
        own = of_parts(network, pl.concat([found["part_id"] for found in candidates]).to_list())
        ahead = partial(run_forward, days=days, paths=PATHS, seed=seed, threads=threads, cancel=cancel)
        before = ahead(own)
        rows += [_judged(found, before, ahead(_arriving(own, found)), days) for found in candidates]
    rows = [STEPS.completed(found).select(STEPS.names).cast(STEPS.schema) for found in rows]
    table = pl.concat([STEPS.empty(), *rows])
    order = warned.select("warning_id").with_row_index("place")
    if warned["expected_money"].is_null().all():
        names = [f"money_change{end}" for end in ("", "_low", "_high")]
        table = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in names)
    table = table.join(order, on="warning_id", maintain_order="left").sort("place", "waiting_change", "chance_change")
    return table.drop("place"), orders


def best(steps: pl.DataFrame) -> pl.DataFrame:
    """Of each warning the step that helps most: that spares customers most waiting, then most of the chance."""
    helping = steps.filter(pl.col("verdict") == "helps").sort("waiting_change", "chance_change", *POINT, "step")
    return helping.unique("warning_id", keep="first", maintain_order=True)


def effect() -> pl.Expr:
    """What a step that helps does, in a few words: ``chance -5 points [-9 to -1], -12 piece-days of waiting``."""
    chance = [_short(100.0 * pl.col(f"chance_change{end}")) for end in ("", "_low", "_high")]
    falls, shorter = (pl.col(f"{name}_change_high") < 0 for name in ("chance", "waiting"))
    return pl.concat_str(
        pl.when(falls).then(pl.format("chance {} points [{} to {}]", *chance)),
        pl.when(shorter).then(pl.format("{} piece-days of waiting", _short(pl.col("waiting_change")))),
        separator=", ", ignore_nulls=True,
    )  # fmt: skip


def _short(number: pl.Expr) -> pl.Expr:
    """One digit behind the point where there is one before it, else none."""
    rounded = pl.when(number.abs() < 10.0).then(number.round(1)).otherwise(number.round(0))
    return rounded.cast(pl.String).str.strip_suffix(".0").replace("-0", "0")


def _hurrying(orders: pl.DataFrame, warned: pl.DataFrame) -> pl.DataFrame:
    """Rows of STEPS of open orders that were tried."""
    own = orders.join(warned.select("warning_id", *POINT), on=list(POINT), how="inner", maintain_order="left")
    words = pl.concat_str(
        pl.coalesce(
            pl.format("expedite order {}{} of {}", "order_id", _line(), _pieces()),
            pl.format("expedite the open order of {}", "quantity"),
        ),
        _from(pl.col("source_id")),
    )
    return own.with_columns(step=pl.lit("expedite"), title=words, arrives_day="sooner_day", verdict=_verdict(worth()))


def _ordering(network: Network, warned: pl.DataFrame) -> pl.DataFrame:
    """One more order today for every warned point, from its first source; a place gives what it has on hand."""
    stock = network["stock"].select(*POINT, "order_quantity", "order_up_to")
    place = network["places"]["place_id"]
    rows = _wanting(warned).join(stock, on=list(POINT), how="left", maintain_order="left")
    rows = rows.join(quickest(network), on=list(POINT), how="left", maintain_order="left")
    hurried = (pl.col("quick") < pl.col("lead_days")).fill_null(value=False)
    rows = rows.filter(pl.col("source_id").is_not_null()).with_columns(
        quantity=pl.max_horizontal("wanted", pl.col("order_quantity").fill_null(1)).cast(pl.Int64),
        giver=pl.when(pl.col("source_id").is_in(place.implode())).then("source_id"),
        arrives_day=pl.when(hurried).then("quick").otherwise("lead_days"),
        urgent=pl.when(hurried).then(pl.lit(" by emergency")).otherwise(pl.lit("")),
    )
    rows = _as_far_as_it_goes(network, rows, _FULL)
    words = pl.format("order {} now{}{}", "quantity", _from(pl.col("source_id")), "urgent")
    return rows.with_columns(step=pl.lit("order"), title=words)


def _moving(network: Network, warned: pl.DataFrame) -> pl.DataFrame:
    """Pieces from the place that has most beyond its rule, where there is one that is not the source."""
    spare = _lying(network).with_columns(spare=_FULL - pl.col("owed") - _KEEPS).filter(pl.col("spare") > 0)
    givers = spare.select("part_id", pl.col("place_id").alias("giver"), "spare")
    rows = _wanting(warned).join(givers, on="part_id", how="inner", maintain_order="left_right")
    rows = rows.filter(pl.col("giver") != pl.col("place_id"), pl.col("giver").ne_missing(pl.col("source_id")))
    rows = rows.sort("place", "spare", "giver", descending=[False, True, False])
    rows = rows.unique("warning_id", keep="first", maintain_order=True)
    rows = _as_far_as_it_goes(network, rows.with_columns(quantity=pl.col("wanted")), _FULL - _KEEPS)
    words = pl.format("move {}{}", "quantity", _from(pl.col("giver")))
    return rows.with_columns(step=pl.lit("move"), title=words, source_id="giver", arrives_day=pl.lit(MOVE_DAYS))


def _wanting(warned: pl.DataFrame) -> pl.DataFrame:
    """Warned points with their ``place`` in the list and the pieces ``wanted`` within the horizon, one at least."""
    lacking = pl.col("demand") + pl.col("owed") - pl.col("on_hand") - pl.col("under_way")
    return warned.with_row_index("place").with_columns(wanted=lacking.ceil().clip(lower_bound=1).cast(pl.Int64))


def _lying(network: Network) -> pl.DataFrame:
    owed = network["opening_backorders"].group_by(POINT).agg(pl.col("quantity").sum().alias("owed"))
    stock = network["stock"].join(owed, on=list(POINT), how="left", maintain_order="left")
    return stock.with_columns(pl.col("owed").fill_null(0))


def _as_far_as_it_goes(network: Network, rows: pl.DataFrame, available: pl.Expr) -> pl.DataFrame:
    """Rows with no more pieces than their ``giver`` has, the first of the list first; suppliers have all."""
    lying = _lying(network).select(
        "part_id", pl.col("place_id").alias("giver"), (available - pl.col("owed")).alias("has")
    )
    rows = rows.sort("place").join(lying, on=["part_id", "giver"], how="left", maintain_order="left")
    before = pl.col("quantity").cum_sum().over("part_id", "giver") - pl.col("quantity")
    left = (pl.col("has").fill_null(0) - before).clip(lower_bound=0)
    given = pl.when(pl.col("giver").is_null()).then("quantity").otherwise(pl.min_horizontal("quantity", left))
    return rows.with_columns(quantity=given.cast(pl.Int64)).filter(pl.col("quantity") > 0)


def _arriving(network: Network, rows: pl.DataFrame) -> Network:
    """The network with those pieces under way, taken from where they lay."""
    table, stock = network["opening_orders"], network["stock"]
    coming = rows.select(
        *POINT, "source_id", "quantity", pl.lit(0.0).alias("ordered_days_ago"),
        pl.format("{} d", pl.col("arrives_day").round(3)).alias("due_in"),
    )  # fmt: skip
    given = rows.drop_nulls("giver").group_by("part_id", pl.col("giver").alias("place_id")).agg(
        pl.col("quantity").sum().alias("given")
    )  # fmt: skip
    less = stock.join(given, on=list(POINT), how="left", maintain_order="left")
    left = pl.when(pl.col("given").is_null()).then("initial_stock").otherwise(_FULL - pl.col("given"))
    tables = {
        **network.tables,
        "opening_orders": pl.concat(
            [table, OPENING_ORDERS.completed(coming).select(table.columns).cast(dict(table.schema))]  # type: ignore[arg-type]
        ),
        "stock": less.with_columns(initial_stock=left).select(stock.columns).cast(dict(stock.schema)),  # type: ignore[arg-type]
    }
    return Network(tables, network.name, network.notices)


def _judged(rows: pl.DataFrame, before: Futures, after: Futures, days: float) -> pl.DataFrame:
    """Rows of STEPS with what they change at their point and at the place that gives."""
    own = rows_of(before, rows.select(POINT))
    giving = rows.select("part_id", pl.col("giver").alias("place_id"))
    at = rows_of(before, giving)
    has = ~np.isnan(at.astype(np.float64))
    giver = np.where(has, at, 0).astype(np.int64)
    found = rows.with_columns(changes(before, after, own, days))
    failed = [(one.first_unfilled <= days).astype(np.float64) for one in (before, after)]
    there = np.where(has[:, None], failed[1][giver] - failed[0][giver], 0.0)
    waited = (after.waiting - before.waiting).astype(np.float64)
    both = [
        *estimated("chance_in_all", failed[1][own] - failed[0][own] + there),
        *estimated("waiting_in_all", waited[own] + np.where(has[:, None], waited[giver], 0.0)),
    ]
    found = found.with_columns(estimated("giver_change", there)).with_columns(both)
    gives = pl.Series(has)
    unknown = [pl.when(gives).then(name).alias(name) for name in found.columns if name.startswith("giver_change")]
    better = (pl.col("chance_in_all_high") < 0) | (pl.col("waiting_in_all_high") < 0)
    helps = worth() & better & no_worse("chance_in_all", "waiting_in_all")
    return found.with_columns(*unknown, verdict=_verdict(helps))


def _from(source: pl.Expr) -> pl.Expr:
    return pl.when(source.is_null()).then(pl.lit("")).otherwise(pl.format(" from {}", source))


def _line() -> pl.Expr:
    return pl.when(pl.col("line").is_null()).then(pl.lit("")).otherwise(pl.format(" line {}", "line"))


def _pieces() -> pl.Expr:
    noun = pl.when(pl.col("quantity") == 1).then(pl.lit("piece")).otherwise(pl.lit("pieces"))
    return pl.format("{} {}", "quantity", noun)


def _verdict(helps: pl.Expr) -> pl.Expr:
    return pl.when(helps).then(pl.lit("helps")).otherwise(pl.lit("not clear"))
