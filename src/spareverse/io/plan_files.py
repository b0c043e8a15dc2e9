"""A plan on its way to people and planning systems: policies for upload, the list to fill in and bring back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import UsageError
from spareverse.io.excel import write_csv, write_tables
from spareverse.network.plan_tables import PLAN, PLAN_CURVE, POLICY_EXPORT
from spareverse.network.schema import Table

FORMATS = (".xlsx", ".csv")
_POLICIES = Table("policies", "Policies", "The plan as rules", tuple(PLAN.column(name) for name in POLICY_EXPORT))
POLICIES, LIST, CURVE, ABOUT = _POLICIES.title, "Plan", "Curve", "About"


def write_plan(path: str | Path, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> int:
    """Write a plan; returns its rows.

    csv: part_id, place_id, reorder_point, order_up_to, order_quantity, a planner's own figure first; what was refused
    is left out. xlsx: the same as sheet Policies, the whole list to fill in (accept, override, comment) as sheet Plan,
    the curve, and how the plan was made and proved. ``tables``: plan (schema PLAN with decisions), curve.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise UsageError(f"A plan is written as {' or '.join(FORMATS)}, not {ending or str(path)!r}.")
    policies = as_policies(tables["plan"])
    if ending == ".csv":
        write_csv(path, policies)
        return policies.height
    sheets = {LIST: tables["plan"], POLICIES: policies, CURVE: tables["curve"], ABOUT: _about(document)}
    schemas = {LIST: PLAN, POLICIES: _POLICIES, CURVE: PLAN_CURVE}
    write_tables(path, sheets, schemas, choices={"accept": PLAN.column("accept").choices})
    return policies.height


def as_policies(plan: pl.DataFrame) -> pl.DataFrame:
    """Columns POLICY_EXPORT of the rows that were not refused, a planner's own reorder point first."""
    point = pl.coalesce("override_reorder_point", "reorder_point")
    quantity = pl.when(point >= 0).then(pl.col("order_quantity")).otherwise(1.0)
    return (
        plan.filter(pl.col("accept").fill_null("") != "no")
        .with_columns(point.alias("reorder_point"), quantity.alias("order_quantity"))
        .with_columns((pl.col("reorder_point") + pl.col("order_quantity")).alias("order_up_to"))
        .select(POLICY_EXPORT)
    )


def _about(document: Mapping[str, Any]) -> pl.DataFrame:
    proof, summary = document["proof"], document["summary"]
    rows = [("proof", str(proof["verdict"]) + (f": {proof['cause']}" if proof.get("cause") else ""))]
    rows += [(name.replace("_", " "), str(document[name])) for name in ("made_at", "version", "known_until")]
    rows += [(f"asked: {name.replace('_', ' ')}", str(value)) for name, value in document["wish"].items() if value]
    rows += [(name.replace("_", " "), _number(value)) for name, value in summary.items() if name != "today"]
    rows += [(f"today: {name.replace('_', ' ')}", _number(value)) for name, value in (summary["today"] or {}).items()]
    rows += [("notice", str(text)) for text in document["notices"]]
    return pl.DataFrame(rows, schema={"figure": pl.String, "value": pl.String}, orient="row")


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"
    return "" if value is None else str(value)
