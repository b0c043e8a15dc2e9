"""Limits of a plan on the command line: which it keeps to, how binding they are, and last-time buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.errors import UsageError

if TYPE_CHECKING:
    from spareverse.optimisation.portfolio.wanted_limits import Limit
    from spareverse.twin import Twin
    from spareverse.twin.plan import Plan

LimitsFile = Annotated[
    Path | None,
    typer.Option(
        "--limits", metavar="FILE", exists=True, help="Keep to the limits of this file, not to the imported ones."
    ),
]
NoLimits = Annotated[bool, typer.Option("--no-limits", help="Leave the imported limits aside.")]
MOST_BUYS = 20


def limits_asked(twin: Twin, file: Path | None, *, none: bool) -> tuple[Limit, ...] | None:
    """Limits for a plan; None: those imported. UsageError where both options are given, InputRejected."""
    if file is None:
        return () if none else None
    if none:
        raise UsageError("--limits and --no-limits contradict one another. Keep one.")
    from spareverse.io.limit_files import read_limits
    from spareverse.optimisation.portfolio.wanted_limits import limits_of

    return limits_of(read_limits(file, twin.folder.settings))


def limit_records(plan: Plan) -> dict[str, Any]:
    """What a plan's JSON document says of its limits."""
    return {"limits": screen.records(plan.limits), "last_orders": screen.records(plan.last_orders)}


def show_limits(plan: Plan) -> None:
    """Print how binding each limit is, where there are any besides the stock value, and how far the plan may be off."""
    gap = plan.summary.get("gap")
    if plan.limits.height > 1:
        columns = ("limit", "parts", "", "bound", "reached", "unit", "binds", "easing it by", "brings")
        screen.table("Limits", columns, map(_limit_row, plan.limits.to_dicts()), right=("parts", "bound", "reached"))
        if gap is not None:
            unit = "pieces owed" if plan.document["wish"].get("measure") == "backorders" else "of the demand"
            shown = f"{gap:.3g} {unit}" if unit == "pieces owed" else f"{max(100 * gap, 0.001):.2g} % {unit}"
            screen.say(f"No plan within these limits is better by more than {shown}.")


def _limit_row(row: dict[str, Any]) -> tuple[object, ...]:
    share = row["unit"] == "share"
    bound, reached = (screen.percent(row[name]) if share else screen.money(row[name]) for name in ("bound", "reached"))
    price = row["shadow_price"]
    brings = "" if not price else f"{price:.3g} {row['worth']}"
    return (
        row["name"], row["parts"], row["sense"], bound, reached, row["unit"], "yes" if row["binds"] else "no",
        row["step"] if price else "", brings,
    )  # fmt: skip


def show_last_orders(plan: Plan) -> None:
    """Print the last-time buys, the soonest first."""
    buys = plan.last_orders
    if buys.is_empty():
        return
    dates, figures = ("order by", "needed until"), ("stock", "demand", "buy", "money", "enough", "left", "short")
    columns = ("part", "place", *dates, *figures)
    rows = (
        (
            row["part_id"],
            row["place_id"] or "",
            row["last_order_on"],
            row["needed_until"],
            row["stock"],
            _range(row),
            row["quantity"],
            screen.money(row["money"]),
            screen.percent(row["chance_enough"]),
            _pieces(row["expected_left"]),
            _pieces(row["expected_short"]),
        )
        for row in buys.head(MOST_BUYS).to_dicts()
    )
    screen.table("Last-time buys", columns, rows, right=figures)
    if buys.height > MOST_BUYS:
        screen.say(f"  and {buys.height - MOST_BUYS:,} more; --out FILE.xlsx has them all")


def _pieces(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _range(row: dict[str, Any]) -> str:
    if row["demand"] is None:
        return ""
    return f"{row['demand']:.1f} [{row['demand_low']:.0f}-{row['demand_high']:.0f}]"
