"""Figures of a record that no network can have, told with their rows before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.network.network_checks.draft import Draft
from spareverse.network.network_checks.limits import LIMITS
from spareverse.network.schema import FILE, ROW

MOST_MONEY = LIMITS["parts", "unit_cost"].most or 0.0
MOST_DAYS = LIMITS["sourcing", "planned_lead_time_days"].most or 0.0
_MONEY = {"parts": "unit_cost", "purchases": "unit_cost", "price_breaks": "unit_cost"}
_REMEDY = "Check its currency and its unit, and import it again."


def refuse_record(
    tables: Mapping[str, pl.DataFrame], lead_time_days: float | None = None, unit_cost: float | None = None
) -> None:
    """InputRejected for prices of the record, or assumptions in their place, beyond what a network can count.

    Rows are those of the twin's tables, the first one 1; the part is named beside.
    """
    draft = Draft()
    assumed = (("unit_cost", unit_cost, MOST_MONEY), ("lead_time_days", lead_time_days, MOST_DAYS))
    for name, value, most in assumed:
        if value is not None and value > most:
            beyond = f"It is more than {most:g}."
            draft.problems.append(Problem(beyond, "Give a smaller one.", "assumption", column=name, value=f"{value:g}"))
    for name, column in _MONEY.items():
        rows = tables[name].with_row_index(ROW, 1).with_columns(pl.lit(name).alias(FILE))
        reason = pl.format(f"The price of part {{}} is more than {MOST_MONEY:g}.", "part_id")
        draft.report(rows.filter(pl.col(column) > MOST_MONEY), column, reason, _REMEDY)
    if draft.problems:
        words = "One figure is" if len(draft.problems) == 1 else f"{len(draft.problems)} figures are"
        raise InputRejected(f"{words} beyond what a network can count. Nothing was built.", draft.problems)
