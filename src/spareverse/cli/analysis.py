"""Commands analyse, rolling, export: risks and stock decisions, their course over time, and the hand-over."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder, day
from spareverse.errors import UsageError

if TYPE_CHECKING:
    from spareverse.twin import Analysis
    from spareverse.twin.plan import Plan


class Lateness(StrEnum):
    """How being late or early weighs in the cost: by its chance, or by its mean length."""

    PROBABILITY = "probability"
    DURATION = "duration"


class Pairs(StrEnum):
    """Which completed cycles the estimator of the paper uses."""

    ALL = "all"
    POSITIVE = "positive"


class Format(StrEnum):
    """File formats of the change list."""

    XLSX = "xlsx"
    CSV = "csv"
    SAP = "sap"


def analyse(
    folder: Folder,
    since: Annotated[
        date | None, typer.Option("--from", parser=day, metavar="DAY", help="First day of the window, YYYY-MM-DD.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--to", parser=day, metavar="DAY", help="First day after the window.")
    ] = None,
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=day, metavar="DAY", help="Forget everything known later.")
    ] = None,
    part: Annotated[str | None, typer.Option(metavar="ID", help="Show one part.")] = None,
    place: Annotated[str, typer.Option(metavar="ID", help="Place of that part.")] = "",
    lateness: Annotated[Lateness, typer.Option(help="How lateness enters the cost.")] = Lateness.PROBABILITY,
    pairs: Annotated[Pairs, typer.Option(help="Cycles of the estimator 'paper'.")] = Pairs.ALL,
    top: Annotated[int, typer.Option(min=1, help="How many parts to show.")] = 20,
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write the Excel report.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find risks and optimal stock from history.

    Prints the totals and the parts with the most money at risk; the run is kept in the twin.

    Example: spareverse analyse acme --from 2020-01-01 --to 2023-03-01 --out report.xlsx
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    with screen.progress() as progress:
        result = twin.analyse(
            since=since, until=until, as_of=as_of, lateness=lateness.value, pairs=pairs.value, progress=progress
        )
    if out:
        from spareverse.io.report import write_analysis_report

        tables = {"changes": twin.changes(result), "parts": result.parts, "suppliers": result.suppliers}
        write_analysis_report(out, result.document, {**tables, "lanes": result.lanes})
        screen.remark(f"Wrote {out}")
    row = result.part(part, place).row if part else None
    if as_json:
        parts = [row] if row else screen.records(worst(result, top))
        screen.document({"analysis": result.id, **result.document, "parts": parts})
    elif row:
        show_part(row)
    else:
        show_summary(result, top)


def rolling(
    folder: Folder,
    part: Annotated[str | None, typer.Option(metavar="ID", help="One part; else the whole portfolio.")] = None,
    place: Annotated[str | None, typer.Option(metavar="ID", help="Place of that part.")] = None,
    window: Annotated[int, typer.Option(min=1, help="Length of a window in months.")] = 38,
    step: Annotated[int, typer.Option(min=1, help="Months from one window to the next.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Follow on-time rate and stock through time.

    Example: spareverse rolling acme --part P-1042 --window 38 --step 3
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    with screen.progress() as progress:
        windows = twin.rolling(part, place, window_months=window, step_months=step, progress=progress)
    if as_json:
        screen.document({"part_id": part, "windows": screen.records(windows)})
        return
    rows = (
        (
            row["window"],
            row["since"],
            row["until"],
            row["cycles"],
            row["sales_lines"],
            _share(row, "on_time"),
            _interval(row, "optimal_cover"),
            _share(row, "late_risk"),
            row["lead_time_median_days"],
        )
        for row in windows.to_dicts()
    )
    columns = ("window", "from", "to", "cycles", "sales lines", "on time", "optimal cover", "late risk", "median days")
    screen.table(f"Rolling windows of {part or 'the portfolio'}", columns, rows, right=columns[3:])


def export(
    folder: Folder,
    changes: Annotated[bool, typer.Option("--changes", help="Export the change list.")] = False,
    policies: Annotated[
        bool, typer.Option("--policies", help="Export the plan of record as rules for your planning system.")
    ] = False,
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Let the rules hold proposals nobody has decided on too.")
    ] = False,
    file_format: Annotated[
        Format, typer.Option("--format", help="xlsx and csv for people, sap for upload.")
    ] = Format.XLSX,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it.", show_default="changes.xlsx")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the change list, or the plan as rules.

    The change list says for every part what to change, why, and what that is worth: by the plan of record where there
    is one, else by the newest analysis.

    The rules (--policies, CSV) are those that were accepted or have an own figure, with the columns of the table of
    policies.

    Example: spareverse export acme --changes --format xlsx --out changes.xlsx
    Example: spareverse export acme --policies --out policies.csv
    """
    from spareverse import open as open_twin
    from spareverse.io.report import write_changes

    if changes == policies:
        raise UsageError("Say what to export: --changes or --policies.")
    twin = open_twin(folder)
    if policies:
        _export_policies(twin.plan(), out or Path("policies.csv"), undecided=undecided, as_json=as_json)
        return
    planned_only = twin.folder.runs("adopted") and not twin.folder.runs("analysis")
    if twin.folder.runs("plan") and not twin.folder.runs("adopted"):
        screen.remark("All plans are trials, so the analysis leads this list. To adopt one: spareverse plans")
    listed = twin.changes(None if planned_only else twin.analysis())
    path = out or Path(f"changes.{'csv' if file_format is Format.SAP else file_format.value}")
    rows = write_changes(path, listed, file_format.value)
    if as_json:
        screen.document({"file": str(path), "format": file_format.value, "changes": rows})
    else:
        screen.say(f"Wrote {rows:,} changes to {path}.")
        if file_format is Format.SAP and rows < len(listed):
            screen.remark(f"Only accepted rows go into an upload file; {len(listed) - rows:,} are not accepted yet.")


def _export_policies(plan: Plan, path: Path, *, undecided: bool, as_json: bool) -> None:
    from spareverse.cli.optimise import written

    rules = plan.export(path, undecided=undecided)
    if as_json:
        screen.document({"file": str(path), "plan": plan.id, "rules": rules})
    else:
        screen.say(written(plan, path, rules, undecided=undecided))


def worst(result: Analysis, count: int) -> Any:
    """The parts with the most money at risk, without their risk curves."""
    curves = [name for name in result.parts.columns if name.startswith("risk_curve")]
    return result.parts.drop(curves).sort("money_at_risk", descending=True, nulls_last=True).head(count)


def show_summary(result: Analysis, count: int) -> None:
    """Print the totals of an analysis, what it assumes, and its worst parts."""
    summary = result.document["summary"]
    currency = summary.get("currency", "")
    screen.say(
        f"Analysis {result.id}: {result.document['since']} to {result.document['until']}, "
        f"{summary['parts_analysed']:,} parts, {summary['cycles']:,} completed cycles, "
        f"{summary['sales_lines']:,} sales lines"
    )
    screen.say(
        f"Money at risk {screen.shown(summary['money_at_risk'])} {currency}/day; the proposals save "
        f"{screen.shown(summary['saving'])} {currency}/day; "
        f"supply on time {screen.percent(summary['supply_on_time'])}; {summary['parts_to_decide']:,} parts to decide"
    )
    rows = (
        (
            row["part_id"],
            row["place_id"] or "",
            row["description"],
            row["current_cover"],
            _interval(row, "optimal_cover"),
            _share(row, "current_risk"),
            _share(row, "optimal_risk"),
            row["order_quantity"],
            row["money_at_risk"],
            row["evidence"],
        )
        for row in worst(result, count).to_dicts()
    )
    columns = (
        "part",
        "place",
        "name",
        "today",
        "hold",
        "risk today",
        "risk then",
        "order",
        f"{currency}/day",
        "evidence",
    )
    screen.table("Parts by money at risk", columns, rows, right=(*columns[3:9],))
    for text in (*result.document.get("notices", ()), *result.document.get("assumptions", ())):
        screen.remark(f"* {text}")


def show_part(row: dict[str, Any]) -> None:
    """Print the decision for one part, then every figure of it with its unit and meaning."""
    from spareverse.network.results import PART_RESULTS

    screen.say(
        f"{row['part_id']}: hold {_interval(row, 'optimal_cover')} pieces "
        f"(today {screen.shown(row['current_cover'])}), order {screen.shown(row['order_quantity'])} at a time; "
        f"stock-out risk {_share(row, 'optimal_risk')} instead of {_share(row, 'current_risk')}. "
        f"Evidence: {row['evidence']}, {row['cycles']} cycles."
    )
    rows = (
        (column.name, row[column.name], column.unit, column.meaning)
        for column in PART_RESULTS.columns
        if column.kind != "numbers" and row.get(column.name) is not None
    )
    screen.table("All figures", ("name", "value", "unit", "meaning"), rows, right=("value",))


def _interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    limits = "" if low is None or high is None else f" [{screen.shown(low)}-{screen.shown(high)}]"
    return screen.shown(row[name]) + limits


def _share(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    limits = "" if low is None or high is None else f" [{100 * low:.0f}-{100 * high:.0f}]"
    return screen.percent(row[name]) + limits
