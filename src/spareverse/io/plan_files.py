"""A plan on its way to people and planning systems: policies for upload, the list to fill in and bring back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import UsageError
from spareverse.io.excel import write_csv, write_tables
from spareverse.network.plan_list import ACCEPTED, ACTED, CHANGED, OPEN, OWN, PLAN_LIST, REJECTED, heading_with_unit
from spareverse.network.plan_tables import LAST_ORDERS, PLAN_CURVE, PLAN_LIMITS, POLICY_EXPORT
from spareverse.network.schema import Table
from spareverse.network.tables import TABLES

FORMATS = (".xlsx", ".csv")
TO_DECIDE, OTHERS, POLICIES, CURVE, ABOUT = "To decide", "All others", "Policies", "Curve", "About"
_MORE = {"limits": PLAN_LIMITS, "last_orders": LAST_ORDERS}
_OWN_RULES = TABLES["policies"]
_POLICIES = Table("policies", POLICIES, "The plan as rules", tuple(_OWN_RULES.column(name) for name in POLICY_EXPORT))
_FIRST = (
    "part_id", "place_id", "description", "accept", "override_reorder_point", "comment", "current_reorder_point",
    "reorder_point", "order_quantity", "action", "action_pieces", "worth", "lines_gained", "value_change", "effect",
    "reason", "current_fill_rate", "fill_rate", "fill_rate_low", "fill_rate_high", "evidence",
    "single_part_reorder_point", "state", "planner",
)  # fmt: skip
"""Columns of the lists that are read first; the others follow."""


def write_plan(
    path: str | Path, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame], *, undecided: bool = False
) -> int:
    """Write a plan; returns the rules written.

    csv: the rules as columns POLICY_EXPORT. xlsx: what waits for a decision or is to be done now, most money first,
    then all other rows, both to be filled in (accept, own figure, comment) and brought back; the rules; the curve; how
    binding its limits are; last-time buys; how the plan was made and proved. ``tables``: plan (schema PLAN_LIST),
    curve, and where there are any limits, last_orders. ``undecided`` as of ``as_policies``.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise UsageError(f"A plan is written as {' or '.join(FORMATS)}, not {ending or str(path)!r}.")
    policies = as_policies(tables["plan"], undecided=undecided)
    if ending == ".csv":
        write_csv(path, _whole(policies))
        return policies.height
    sheets = {**_lists(tables["plan"]), POLICIES: policies, CURVE: tables["curve"]}
    sheets |= {table.title: tables[name] for name, table in _MORE.items() if name in tables and tables[name].height}
    sheets[ABOUT] = _about(document)
    headings = {name: heading_with_unit(name, str(document["summary"]["currency"])) for name in PLAN_LIST.names}
    write_tables(
        path,
        sheets,
        {TO_DECIDE: PLAN_LIST, OTHERS: PLAN_LIST, POLICIES: _POLICIES, CURVE: PLAN_CURVE}
        | {table.title: table for table in _MORE.values()},
        choices={"accept": PLAN_LIST.column("accept").choices},
        headings={TO_DECIDE: headings, OTHERS: headings},
    )
    return policies.height


def _lists(plan: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows that ask for something, most money first, and the others."""
    acted = pl.col("action").is_in(ACTED) & ~pl.col("small").fill_null(value=False) & (pl.col("state") != REJECTED)
    asks = (pl.col("state").is_in([OPEN, CHANGED]) | acted).fill_null(value=False)
    rest = [name for name in PLAN_LIST.names if name not in _FIRST]
    rows = with_answers(plan).select(*_FIRST, *rest)
    most = rows.sort("worth", "lines_gained", descending=True, nulls_last=True, maintain_order=True)
    return {TO_DECIDE: most.filter(asks), OTHERS: most.filter(~asks)}


def with_answers(plan: pl.DataFrame) -> pl.DataFrame:
    """Rows of PLAN_LIST as they are handed out: an answer to another figure is none to this one."""
    return plan.with_columns(pl.when(pl.col("state") != CHANGED).then(pl.col("accept")).alias("accept"))


def as_policies(plan: pl.DataFrame, *, undecided: bool = False) -> pl.DataFrame:
    """Columns POLICY_EXPORT of the rows of PLAN_LIST that were accepted or have an own figure, which comes first.

    A part that is bought on demand has the policy ``on_demand`` and no figures.

    undecided
        Of all rows but rejected ones.
    """
    taken = pl.col("state") != REJECTED if undecided else pl.col("state").is_in([ACCEPTED, OWN])
    own = pl.when(pl.col("state") == OWN).then(pl.col("override_reorder_point"))
    point = pl.coalesce(own, "reorder_point")
    stocked = point >= 0
    # a part that the plan buys on demand has no order quantity of the plan's
    quantity = pl.when(pl.col("reorder_point") >= 0).then("order_quantity").otherwise(pl.lit(1.0))
    return (
        plan.filter(taken)
        .with_columns(
            pl.when(stocked).then(pl.lit("sQ")).otherwise(pl.lit("on_demand")).alias("policy"),
            pl.when(stocked).then(point).alias("reorder_point"),
            pl.when(stocked).then(quantity).alias("order_quantity"),
        )
        .with_columns((pl.col("reorder_point") + pl.col("order_quantity")).alias("order_up_to"))
        .select(POLICY_EXPORT)
    )


def _whole(policies: pl.DataFrame) -> pl.DataFrame:
    """Pieces without a decimal point, where all are whole: quantities with one are refused by some systems."""
    pieces = ("reorder_point", "order_up_to", "order_quantity")
    whole = [name for name in pieces if (policies[name].drop_nulls() % 1.0 == 0.0).all()]
    return policies.with_columns(pl.col(whole).cast(pl.Int64))


PARTED = ("today", "beside_today", "without_rule")
"""Figures of today's rule, of the plan on the same parts, and of the parts without a known rule."""


def _about(document: Mapping[str, Any]) -> pl.DataFrame:
    proof, summary = document["proof"], document["summary"]
    rows = [("proof", str(proof["verdict"]) + (f": {proof['cause']}" if proof.get("cause") else ""))]
    facts = ("id", "is", "made_at", "version", "known_until", "least_action")
    rows += [(name.replace("_", " "), str(document[name])) for name in facts if document.get(name) is not None]
    rows += [(f"asked: {name.replace('_', ' ')}", str(value)) for name, value in document["wish"].items() if value]
    parted = {name: value for name, value in summary.items() if name in PARTED}
    rows += [(name.replace("_", " "), _number(value)) for name, value in summary.items() if name not in parted]
    for part, figures in parted.items():
        head = part.replace("_", " ")
        rows += [(f"{head}: {name.replace('_', ' ')}", _number(value)) for name, value in (figures or {}).items()]
    rows += [("notice", str(text)) for text in document["notices"]]
    return pl.DataFrame(rows, schema={"figure": pl.String, "value": pl.String}, orient="row")


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"
    return "" if value is None else str(value)
