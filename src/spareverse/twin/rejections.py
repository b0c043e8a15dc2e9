"""Proposals that planners rejected: today's rule stays in the next plans, until they would propose something else."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import POLICY_KEY
from spareverse.optimisation.portfolio.problem import FREE, PortfolioProblem
from spareverse.optimisation.portfolio.todays_rule import todays_rule

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_DRIFT, DRIFT_SHARE = 1.0, 0.25
"""A rejection holds while what the plan would propose lies within a piece, or a quarter, of what was rejected."""
REFUSED = pl.Schema({"part_id": pl.String(), "place_id": pl.String(), "refused": pl.Float64()})


def refused_proposals(decisions: pl.DataFrame) -> pl.DataFrame:
    """Schema REFUSED: what planners said no to, of the decisions so far."""
    return decisions.filter((pl.col("accept") == "no") & pl.col("proposed_reorder_point").is_not_null()).select(
        "part_id", pl.col("place_id").fill_null(""), pl.col("proposed_reorder_point").alias("refused")
    )


@dataclass(frozen=True)
class Rejections:
    """Rejected proposals of the items of a plan."""

    item: Integers
    """[rejections] items whose proposal was rejected and that no planner decided otherwise."""
    refused: Floats
    """[rejections] reorder point that was rejected [pieces]."""

    @classmethod
    def of(cls, data: PlanningData, refused: pl.DataFrame | None) -> Rejections:
        """Those of the items at hand; none where nothing was rejected."""
        if refused is None or refused.is_empty():
            return cls(np.empty(0, dtype=np.int64), np.empty(0))
        places = data.items.select("part_id", pl.col("place_id").fill_null("")).with_row_index("item")
        found = places.join(refused.unique(list(POLICY_KEY), keep="last"), on=list(POLICY_KEY), maintain_order="left")
        return cls(found["item"].cast(pl.Int64).to_numpy(), found["refused"].to_numpy())

    def __len__(self) -> int:
        return len(self.item)

    def kept(self, problem: PortfolioProblem, data: PlanningData) -> PortfolioProblem:
        """The problem in which these items keep today's rule; where none is known they are bought on demand.

        Where order quantities are chosen with the price, only the reorder point is kept.
        """
        rule, free = todays_rule(data), problem.fixed[self.item] == FREE
        item = self.item[free]
        fixed, quantity = problem.fixed.copy(), problem.order_quantity.copy()
        fixed[item] = rule.reorder_point[item]
        stocked = item[rule.reorder_point[item] >= 0]
        quantity[stocked] = rule.order_quantity[stocked]
        return replace(problem, fixed=fixed, order_quantity=quantity)

    def still(self, proposed: Integers) -> Rejections:
        """Those that still stand where a plan in which nothing is rejected holds ``proposed`` [items]."""
        drift = np.maximum(LEAST_DRIFT, DRIFT_SHARE * np.maximum(self.refused, 0.0))
        same = np.abs(proposed[self.item] - self.refused) <= drift
        return Rejections(self.item[same], self.refused[same])


def rejection_notices(kept: int, released: int) -> tuple[str, ...]:
    """What the reader of a plan should know of rejected proposals."""
    said = []
    if kept:
        parts = "1 part whose proposal was" if kept == 1 else f"{kept:,} parts whose proposals were"
        said.append(f"{parts} rejected: today's rule stays there, and no budget goes into a change.".capitalize())
    if released:
        parts = "1 rejected part is" if released == 1 else f"{released:,} rejected parts are"
        said.append(
            f"{parts} open again: the plan would hold something else than what was rejected, by more than a piece and "
            f"{100 * DRIFT_SHARE:.0f} %."
        )
    return tuple(said)


def as_rejected(rows: pl.DataFrame, rejections: Rejections) -> pl.DataFrame:
    """Rows of PLAN, in the order of the items, that say why today's rule stays; no planner set a figure there."""
    refused = np.full(rows.height, np.nan)
    refused[rejections.item] = rejections.refused
    said = pl.col("refused").cast(pl.Int64).cast(pl.String)
    level = pl.when(pl.col("refused") >= 0).then(pl.format("a reorder point of {}", said)).otherwise(pl.lit("no stock"))
    why = pl.format("The planner rejected {}: today's rule stays.", level)
    none = pl.col("refused").is_null()
    return (
        rows.with_columns(pl.Series("refused", refused, nan_to_null=True))
        .with_columns(
            pl.when(none).then("reason").otherwise(why).alias("reason"),
            pl.when(none).then("override_reorder_point").alias("override_reorder_point"),
        )
        .drop("refused")
    )
