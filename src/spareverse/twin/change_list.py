"""The change list: what to change, from the plan of all parts where there is one, else from each part alone."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.reasons import reason_expression
from spareverse.network.plan_tables import POLICY_KEY
from spareverse.network.results import CHANGE_LIST
from spareverse.twin.analysis import Analysis
from spareverse.twin.plan import Plan
from spareverse.twin.plan_list import kind_expression

ALONE, PLANNED, FAILED_PLAN = CHANGE_LIST.column("source").choices[-1], *CHANGE_LIST.column("source").choices[:2]
_RISKS = ("", "_low", "_high")
WORTHWHILE = (pl.col("change") != 0) & ((pl.col("saving") > 0) | (pl.col("current_source") == "none"))
"""Parts of an analysis that propose a change: it saves, or nothing is known of today."""


def change_list(analysis: Analysis | None, plan: Plan | None, decisions: pl.DataFrame) -> pl.DataFrame:
    """Schema CHANGE_LIST, most saving first, with the planners' decisions."""
    alone = CHANGE_LIST.empty() if analysis is None else _alone(analysis.parts)
    planned = CHANGE_LIST.empty() if plan is None else _planned(plan, None if analysis is None else analysis.parts)
    if plan is not None:
        # What the plan leaves as it is stays as it is, whatever the part alone would do.
        alone = alone.join(plan.plan.select(POLICY_KEY), on=POLICY_KEY, how="anti")
    decided = decisions.select(
        "part_id", pl.col("place_id").fill_null(""), "accept", "override_reorder_point", "comment"
    )
    return (
        pl.concat([planned, alone])
        .drop("accept", "override_reorder_point", "comment")
        .join(decided, on=POLICY_KEY, how="left", maintain_order="left")
        .sort("saving", descending=True, nulls_last=True)
        .select(CHANGE_LIST.names)
    )


def _alone(parts: pl.DataFrame) -> pl.DataFrame:
    """The optimum of each part by itself, where it saves."""
    ruled = pl.col("current_source") == "policy"
    return _completed(
        parts.filter(WORTHWHILE).with_columns(
            pl.when(ruled).then(pl.col("current_cover")).alias("current_reorder_point"),
            pl.col("optimal_cover").alias("proposed_reorder_point"),
            pl.lit(ALONE).alias("source"),
            pl.col("optimal_cover").alias("single_part_reorder_point"),
            pl.col("order_quantity").alias("proposed_order_quantity"),
            pl.col("change").alias("pieces"),
            (pl.col("change") * pl.col("unit_cost")).alias("money"),
            *(pl.col(f"current_risk{end}").alias(f"risk_before{end}") for end in _RISKS),
            *(pl.col(f"optimal_risk{end}").alias(f"risk_after{end}") for end in _RISKS),
            reason_expression().alias("reason"),
        )
    )


def _planned(plan: Plan, parts: pl.DataFrame | None) -> pl.DataFrame:
    """The plan's rows that change something; risks are read off the analysis's risk curves."""
    before, after = pl.col("current_reorder_point").fill_null(-1.0), pl.col("reorder_point")
    changes = kind_expression(before, after, pl.col("current_order_quantity"), pl.col("order_quantity")).is_not_null()
    rows = plan.plan.join(plan.tables["worth"], on=POLICY_KEY, how="left", maintain_order="left").filter(changes)
    risks = [pl.lit(None, pl.Float64).alias(f"risk_{when}{end}") for when in ("before", "after") for end in _RISKS]
    if parts is not None:
        curves = parts.select(*POLICY_KEY, "risk_step", *(f"risk_curve{end}" for end in _RISKS))
        rows = rows.join(curves, on=POLICY_KEY, how="left", maintain_order="left")
        risks = [
            _risk_at(level, f"risk_curve{end}").alias(f"risk_{when}{end}")
            for when, level in (("before", pl.col("current_reorder_point")), ("after", after))
            for end in _RISKS
        ]
    return _completed(
        rows.with_columns(
            *risks,
            after.alias("proposed_reorder_point"),
            pl.lit(FAILED_PLAN if plan.failed else PLANNED).alias("source"),
            pl.col("order_quantity").alias("proposed_order_quantity"),
            (after - before).alias("pieces"),
            ((after - before) * pl.col("unit_cost")).alias("money"),
        )
    )


def _risk_at(level: pl.Expr, curve: str) -> pl.Expr:
    """P(demand over the lead time > level) from a curve on a grid of ``risk_step`` pieces.

    1 where nothing is held, null where the level is not known.
    """
    index = pl.min_horizontal((level / pl.col("risk_step")).floor(), pl.col(curve).list.len() - 1.0)
    at = pl.col(curve).list.get(index.clip(lower_bound=0).cast(pl.Int64), null_on_oob=True).cast(pl.Float64)
    nothing = pl.when(pl.col(curve).is_not_null()).then(1.0)
    return pl.when(level < 0).then(nothing).when(level.is_not_null()).then(at)


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns of the change list; those the frame lacks are empty."""
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in CHANGE_LIST.schema.items()
    )
