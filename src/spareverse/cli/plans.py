"""Command plans: which plans there are, which one is the plan of record, and making one of them it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder
from spareverse.errors import UsageError

if TYPE_CHECKING:
    from spareverse.twin import Twin


def plans(
    folder: Folder,
    adopt: Annotated[
        str | None, typer.Option(metavar="ID", help="Make this trial the plan of record; latest = the newest.")
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Make the plan of record a trial again; the one before it leads then.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List plans and adopt one of them.

    What optimise makes is a trial: nothing follows from it. The plan of record is the one that was adopted: change
    list, worklist, promises and exports follow it.

    Example: spareverse plans acme
    Example: spareverse plans acme --adopt latest
    """
    from spareverse import open as open_twin

    if adopt and withdraw:
        raise UsageError("Use --adopt or --withdraw, not both.")
    twin = open_twin(folder)
    if adopt:
        twin.adopt(adopt)
    taken_back = _withdrawn(twin) if withdraw else ""
    rows = [_row(twin, run) for run in twin.folder.runs("plan")]
    if as_json:
        screen.document({"plans": rows})
        return
    if not rows:
        screen.say(f"There is no plan yet. Next: spareverse optimise {folder}")
        return
    currency = twin.folder.settings.currency
    columns = ("plan", "is", "made", f"stock {currency}", "fill rate", "proof")
    shown = (
        (
            row["plan"],
            "plan of record" if row["adopted"] else "trial",
            row["made_at"],
            screen.money(row["stock_value"]),
            screen.percent(row["fill_rate"]),
            "FAILED" if row["proof"] == "missed" else row["proof"],
        )
        for row in rows
    )
    if taken_back:
        screen.say(taken_back)
    screen.table(f"Plans of {twin.folder.settings.name}", columns, shown, right=columns[3:5])


def _withdrawn(twin: Twin) -> str:
    """Take the adoption of the plan of record back; what leads now."""
    before = twin.plan().id
    twin.withdraw(before)
    leading = twin.folder.runs("adopted")[:1]
    after = f"plan {leading[0]}, adopted before it, is the plan of record" if leading else "no plan of record is left"
    return f"Plan {before} is a trial again; {after}."


def _row(twin: Twin, run: str) -> dict[str, Any]:
    plan = twin.plan(run)
    return {
        "plan": run,
        "adopted": plan.adopted,
        "made_at": plan.document["made_at"][:16].replace("T", " "),
        "stock_value": plan.summary["stock_value"],
        "fill_rate": plan.summary["fill_rate"],
        "proof": plan.proof["verdict"],
    }
