"""The rows of a plan as people decide on them: what each does to today's rule, in words, and where it stands."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.plan import effect_expression
from spareverse.network.plan_list import (
    ACCEPTED,
    ACTED,
    AS_TODAY,
    CHANGED,
    DECISION_COLUMNS,
    OPEN,
    OWN,
    PLAN_LIST,
    REJECTED,
)
from spareverse.network.plan_tables import POLICY_KEY

_DECISIONS = tuple(column.name for column in DECISION_COLUMNS)
_DECIDED_ON = "decided_reorder_point"


def described(plan: pl.DataFrame, currency: str, least_action: float = 0.0) -> pl.DataFrame:
    """Rows of PLAN with the columns of PLAN_LIST that no decision changes.

    least_action
        Worth of an action [currency] below which it is small.
    """
    before, after = pl.col("current_reorder_point"), pl.col("reorder_point")
    acted = pl.col("action").is_in(ACTED).fill_null(value=False)
    change = pl.col("stock_value") - pl.col("current_stock_value")
    moved = (pl.col("action_pieces") * pl.col("unit_cost")).fill_null(0.0)
    return plan.drop(_DECISIONS, strict=False).with_columns(
        pl.col("place_id").fill_null(""),
        kind_expression(before, after, pl.col("current_order_quantity"), pl.col("order_quantity")).alias("kind"),
        (after - before).alias("change"),
        (pl.col("lines_a_year") * (pl.col("fill_rate") - pl.col("current_fill_rate"))).alias("lines_gained"),
        change.alias("value_change"),
        pl.when(acted).then(moved).otherwise(pl.coalesce(change, "stock_value").abs()).alias("worth"),
        pl.when(acted).then(moved < least_action).alias("small"),
        effect_expression(currency),
    )


def kind_expression(before: pl.Expr, after: pl.Expr, ordered: pl.Expr, orders: pl.Expr) -> pl.Expr:
    """What a change does: stock, do not stock, raise, lower, order size; null where nothing changes.

    before, after
        Reorder points; an unknown one keeps none.
    ordered, orders
        Order quantities today and then.
    """
    today = before.fill_null(-1.0)
    return (
        pl.when((today < 0) & (after >= 0))
        .then(pl.lit("stock"))
        .when((today >= 0) & (after < 0))
        .then(pl.lit("do not stock"))
        .when(after > today)
        .then(pl.lit("raise"))
        .when(after < today)
        .then(pl.lit("lower"))
        .when((today >= 0) & (ordered != orders))
        .then(pl.lit("order size"))
    )


def with_decisions(rows: pl.DataFrame, decisions: pl.DataFrame | None) -> pl.DataFrame:
    """``described`` rows with what was decided on each, and where that stands."""
    kinds = {name: PLAN_LIST.schema[name] for name in (*_DECISIONS, _DECIDED_ON)}
    if decisions is None or decisions.is_empty():
        rows = rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    else:
        latest = decisions.with_columns(pl.col("place_id").fill_null("")).select(
            *POLICY_KEY, *_DECISIONS, pl.col("proposed_reorder_point").alias(_DECIDED_ON)
        )
        latest = latest.unique(list(POLICY_KEY), keep="last", maintain_order=True)
        rows = rows.join(latest, on=list(POLICY_KEY), how="left", maintain_order="left")
    own = pl.col("override_reorder_point").is_not_null()
    accepted, rejected = pl.col("accept") == "yes", pl.col("accept") == "no"
    same = pl.col(_DECIDED_ON) == pl.col("reorder_point")
    state = (
        pl.when(own & ~rejected.fill_null(value=False))
        .then(pl.lit(OWN))
        .when(accepted & same)
        .then(pl.lit(ACCEPTED))
        # where today's rule is kept, what was refused stays refused
        .when(rejected & (same | pl.col("kind").is_null()))
        .then(pl.lit(REJECTED))
        .when(pl.col("kind").is_null())
        .then(pl.lit(AS_TODAY))
        .when(accepted | rejected)
        .then(pl.lit(CHANGED))
        .otherwise(pl.lit(OPEN))
    )
    return rows.with_columns(state.alias("state"))
