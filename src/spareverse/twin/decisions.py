"""Decisions that come back in a file: each on a part there is, none taken twice, and on which figure it was made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.figures import numbers
from spareverse.io.plan_files import with_answers
from spareverse.io.report import read_changes
from spareverse.network.plan_tables import POLICY_KEY

MOST_PROBLEMS = 200


@dataclass(frozen=True)
class BroughtBack:
    """What a filled-in list decides anew."""

    decisions: pl.DataFrame
    """Columns of a kept decision."""
    unchanged: int
    """Rows that say what was decided already."""
    on_other_figures: int
    """Rows accepted or rejected when the plan said something else: they stay to be decided."""


def brought_back(
    path: Path, kept: pl.DataFrame, plan: pl.DataFrame | None, run: str, others: pl.DataFrame | None = None
) -> BroughtBack:
    """Decisions of a change list or plan that was filled in, ready to be kept.

    kept
        Decisions so far.
    plan, run
        Rows of PLAN_LIST of the plan of record, and its id, where there is one.
    others
        Parts that may be decided on beside it: part_id, place_id.

    InputRejected names every cell that makes no sense and every part that is neither in the plan nor among the others.
    """
    read = read_changes(path)
    keys = list(POLICY_KEY)
    known = [frame.select("part_id", pl.col("place_id").fill_null("")) for frame in (plan, others) if frame is not None]
    unknown = read if not known else read.join(pl.concat(known), on=keys, how="anti", maintain_order="left")
    if unknown.height:
        problems = [
            Problem(
                "no plan and no analysis has this part and place",
                "Keep part_id and place_id as they were.",
                file=path.name,
                column="part_id",
                value=f"{part} {place}".strip(),
            )
            for part, place in unknown.select(keys).head(MOST_PROBLEMS).rows()
        ]
        what = numbers.count(unknown.height, "decision is", "decisions are")
        message = f"{path.name}: {what} on parts that are in no plan and in no analysis. Nothing was changed."
        raise InputRejected(message, problems)
    names = [*keys, "accept", "override_reorder_point", "comment"]
    before = kept.with_columns(pl.col("place_id").fill_null("")).select(names)
    if plan is not None:
        handed_out = with_answers(plan).select(names)
        before = pl.concat([handed_out, before.join(handed_out, on=keys, how="anti")])
    changed = read.join(before, on=names, how="anti", nulls_equal=True, maintain_order="left")
    if plan is None:
        return BroughtBack(changed, read.height - changed.height, 0)
    figures = plan.select(*keys, "reorder_point")
    answers = changed.filter(pl.col("accept").is_not_null() & pl.col("override_reorder_point").is_null())
    other = answers.join(figures, on=keys).filter(pl.col("proposed_reorder_point") != pl.col("reorder_point"))
    return BroughtBack(with_figures(changed, plan, run), read.height - changed.height, other.height)


def with_figures(rows: pl.DataFrame, plan: pl.DataFrame, run: str) -> pl.DataFrame:
    """Decisions with the figures each was made on: those it names, else the plan's; ``run`` is the plan's id.

    ``rows``: part_id and place_id of all decisions, and what else they say.
    """
    kinds = {"proposed_reorder_point": pl.Float64, "proposed_order_quantity": pl.Float64, "analysis_id": pl.String}
    given = rows.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in rows.columns
    )
    figures = plan.select(
        "part_id",
        pl.col("place_id").fill_null(""),
        pl.col("reorder_point").alias("planned"),
        pl.col("order_quantity").alias("planned_quantity"),
        pl.lit(run or None, pl.String).alias("planned_by"),
    )
    found = given.join(figures, on=list(POLICY_KEY), how="left", maintain_order="left")
    return found.with_columns(
        pl.coalesce("proposed_reorder_point", "planned").alias("proposed_reorder_point"),
        pl.coalesce("proposed_order_quantity", "planned_quantity").alias("proposed_order_quantity"),
        pl.coalesce("analysis_id", "planned_by").alias("analysis_id"),
    ).drop("planned", "planned_quantity", "planned_by")
