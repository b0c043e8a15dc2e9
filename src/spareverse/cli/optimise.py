"""Command optimise: the stock of all parts that does most for its money, proved before it is shown."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder, day
from spareverse.cli.plan_limits import LimitsFile, NoLimits, limit_records, limits_asked, show_last_orders, show_limits
from spareverse.errors import UsageError
from spareverse.figures import numbers

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan


class Measure(StrEnum):
    """What a plan meets as much of as it can."""

    LINES = "lines"
    PIECES = "pieces"
    BACKORDERS = "backorders"


LeadTime = Annotated[
    float | None,
    typer.Option("--lead-time-days", metavar="N", help="Lead time assumed where the tables say nothing."),
]
UnitCost = Annotated[
    float | None, typer.Option("--unit-cost", metavar="X", help="Cost of a piece assumed where the tables say nothing.")
]
Floors = Annotated[
    list[str] | None,
    typer.Option("--floor", metavar="CLASS=N", help="Keep at least N pieces of parts of a criticality class."),
]
Budget = Annotated[float | None, typer.Option(metavar="X", help="Mean stock value the plan may hold.")]
FillRate = Annotated[float | None, typer.Option(metavar="F", help="Share of demand met at once, such as 0.95.")]
Availability = Annotated[
    float | None, typer.Option(metavar="A", help="Share of assets that do not wait for a part (needs --assets).")
]

CURVE_FILLS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999)
"""Fill rates of lines at which ``--curve`` shows a plan."""


def optimise(
    folder: Folder,
    budget: Budget = None,
    fill_rate: FillRate = None,
    availability: Availability = None,
    curve: Annotated[bool, typer.Option("--curve", help="Show the curve of fill rate against stock value.")] = False,
    measure: Annotated[Measure, typer.Option(help="What is met at once.")] = Measure.LINES,
    since: Annotated[
        Any, typer.Option("--from", parser=day, metavar="DAY", help="First day of demand looked at.")
    ] = None,
    until: Annotated[
        Any, typer.Option("--to", parser=day, metavar="DAY", help="Plan as of this day; forget all later.")
    ] = None,
    lead_time_days: LeadTime = None,
    unit_cost: UnitCost = None,
    floor: Floors = None,
    limits: LimitsFile = None,
    no_limits: NoLimits = False,
    assets: Annotated[float, typer.Option(min=0, metavar="N", help="Installed assets, for availability.")] = 0.0,
    least_action: Annotated[
        float | None,
        typer.Option(metavar="X", help="List actions worth this much; by default what an order line costs."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many parts to show.")] = 20,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="Do not replay the plan on later history.")] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="Make it the plan of record; else it is a trial.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the plan: .xlsx to fill in, .csv for upload.")
    ] = None,
    undecided: Annotated[
        bool, typer.Option("--undecided", help="Let the rules for upload hold proposals nobody has decided on too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan the stock of all parts under one budget or target.

    With no target the plan holds what today's rule holds. Unless told otherwise, the plan is first made on three
    quarters of the history and replayed on the rest; one that breaks its promise there is shown as failed.

    A plan is a trial until it is adopted: change list, worklist, promises and exports follow the adopted one.

    Example: spareverse optimise acme --budget 2500000 --out plan.xlsx
    Example: spareverse optimise acme --fill-rate 0.95 --floor A=1
    Example: spareverse optimise acme --curve --lead-time-days 60 --unit-cost 1
    Example: spareverse optimise acme --budget 2500000 --limits limits.csv
    """
    from spareverse import open as open_twin

    floors = parsed_floors(floor or [])
    twin = open_twin(folder)
    asked = limits_asked(twin, limits, none=no_limits)
    with screen.progress() as progress:
        plan = twin.optimise(
            budget=budget,
            fill_rate=fill_rate,
            availability=availability,
            measure=measure.value,
            since=since,
            until=until,
            lead_time_days=lead_time_days,
            unit_cost=unit_cost,
            floors=floors,
            limits=asked,
            installed_assets=assets,
            least_action=least_action,
            prove=not no_proof,
            adopt=adopt,
            progress=progress,
        )
    if out:
        rules = plan.export(out, undecided=undecided)
        screen.remark(written(plan, out, rules, undecided=undecided))
    if as_json:
        shown = plan.curve if curve else plan.plan.head(top)
        told = {"plan": plan.id, "adopted": plan.adopted, **plan.document, **limit_records(plan)}
        screen.document(told | {"curve" if curve else "rows": screen.records(shown)})
        return
    show_plan(plan)
    if curve:
        show_curve(plan)
    else:
        show_rows(plan, top)
    show_limits(plan)
    show_last_orders(plan)
    for text in plan.document["notices"]:
        screen.remark(f"* {text}")
    if not plan.adopted:
        screen.remark(f"This is a trial. To make it the plan: spareverse plans {folder} --adopt {plan.id}")


def written(plan: Plan, path: Path, rules: int, *, undecided: bool) -> str:
    """What was written, and what the rules for upload leave out."""
    said = f"Wrote {path}: {rules:,} rules for upload"
    if undecided or rules == plan.plan.height:
        return said
    return f"{said}, those accepted or with an own figure; --undecided adds the proposals nobody has decided on"


def parsed_floors(words: list[str]) -> dict[str, int]:
    """CLASS=N options as a mapping; UsageError for anything else."""
    floors = {}
    for word in words:
        name, _, pieces = word.partition("=")
        if not name or not (pieces.isascii() and pieces.isdigit()):
            raise UsageError(f"--floor {word}: write CLASS=N, for example A=1.")
        floors[name] = int(pieces)
    return floors


def show_plan(plan: Plan) -> None:
    """Print what the plan does, what today's rule does, and how the proof went."""
    summary = plan.summary
    currency, today = summary["currency"], summary["today"]
    screen.say(
        f"Plan {plan.id}: {summary['parts_stocked']:,} of {summary['parts']:,} parts stocked, mean stock "
        f"{screen.money(summary['stock_value'])} {currency}, {screen.percent(summary['fill_rate'])} of lines and "
        f"{screen.percent(summary['fill_rate_pieces'])} of pieces met at once"
    )
    if today:
        screen.say(
            f"Today's rule under the same demand: mean stock {screen.money(today['stock_value'])} {currency}, "
            f"{screen.percent(today['fill_rate'])} of lines met at once"
        )
        _show_unknown(summary)
    screen.say(proof_words(plan.proof))


def _show_unknown(summary: dict[str, Any]) -> None:
    """Where some rules are not known: the plan on the parts whose rule is, and what it keeps of the others."""
    apart = summary.get("without_rule") or {}
    if not apart.get("parts"):
        return
    beside, currency = summary["beside_today"], summary["currency"]
    screen.say(
        f"The plan on the same {beside['parts']:,} parts: mean stock {screen.money(beside['stock_value'])} {currency}, "
        f"{screen.percent(beside['fill_rate'])} of lines met at once; no rule is known of {apart['parts']:,} parts, "
        f"the plan stocks {apart['parts_stocked']:,} of them for {screen.money(apart['stock_value'])} {currency}"
    )


def proof_words(proof: dict[str, Any]) -> str:
    """The proof in one line; a failed one is called so."""
    words = {
        "kept": "Proof: kept",
        "not enough lines": "Proof: not enough data to tell, fewer than 30 lines came",
        "missed": "Proof: FAILED",
        "exceeded": "Proof: more than promised",
        "no promise": "Proof: not enough data for a promise",
    }
    head = words.get(proof["verdict"], "Proof: none")
    if proof.get("promised_fill_rate") is None:
        return f"{head}. {proof['cause']}".rstrip()
    promised, came = (share(proof, name) for name in ("promised_fill_rate", "fill_rate"))
    cause = f" {proof['cause']}." if proof["cause"] else ""
    return (
        f"{head}. Planned as of {proof['fit_until']} and replayed to {proof['until']} ({proof['lines']:,} lines): "
        f"promised {promised}, came {came}.{cause}"
    )


def share(row: dict[str, Any], name: str) -> str:
    """A share with its limits."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    limits = "" if low is None or high is None else f" [{100 * low:.1f}-{100 * high:.1f}]"
    return screen.percent(row[name]) + limits


def show_rows(plan: Plan, count: int) -> None:
    """Print what to do first, by the money it moves; what is worth too little is counted."""
    from spareverse.network.plan_list import ACTED

    rows, currency = plan.decided(), plan.summary["currency"]
    acted = rows.filter(rows["action"].is_in(ACTED))
    small = acted.filter(acted["small"])
    acted = acted.filter(~acted["small"]).sort("worth", descending=True, nulls_last=True)
    shown = acted if acted.height else rows.sort("stock_value", descending=True)
    columns = (
        "part", "place", "name", "today", "plan", "up to", "order", "fill today", "fill plan", f"stock {currency}",
        "do", "pieces", f"worth {currency}",
    )  # fmt: skip
    screen.table(
        "What to do first" if acted.height else "Parts by stock value",
        columns,
        (
            (
                row["part_id"],
                row["place_id"] or "",
                (row["description"] or "")[:28],
                screen.level(row["current_reorder_point"]),
                screen.level(row["reorder_point"]),
                row["order_up_to"] if row["stocked"] else "-",
                row["order_quantity"] if row["stocked"] else "-",
                screen.percent(row["current_fill_rate"]),
                _fill_words(row),
                screen.money(row["stock_value"]),
                row["action"],
                row["action_pieces"],
                screen.money(row["worth"]),
            )
            for row in shown.head(count).to_dicts()
        ),
        right=(*columns[3:10], *columns[11:]),
    )
    if small.height:
        screen.remark(
            f"Not listed: {numbers.count(small.height, 'action')} worth less than {screen.money(plan.least_action)} "
            f"{currency} each, {screen.money(float(small['worth'].sum()))} {currency} together (--least-action changes "
            "that)."
        )


def _fill_words(row: dict[str, Any]) -> str:
    """Share of its lines met at once; why there is none where the part is planned no more."""
    from spareverse.optimisation.portfolio.plan_rows import ENDED, REPLACED

    return {REPLACED: "replaced", ENDED: "ended"}.get(row["reason"]) or screen.percent(row["fill_rate"])


def show_curve(plan: Plan) -> None:
    """Print some points of the curve, today's rule and the chosen plan among them."""
    efficient = plan.curve.filter(plan.curve["kind"] == "efficient")
    # where budgets are decided: at round fill rates, the last of them the most that stock can reach
    fill = efficient["fill_rate"].to_numpy()
    places = sorted({int((fill >= wanted).argmax()) for wanted in CURVE_FILLS if wanted <= fill[-1]} | {len(fill) - 1})
    points = efficient[places].vstack(plan.curve.filter(plan.curve["kind"] != "efficient"))
    columns = (f"stock {plan.summary['currency']}", "fill rate", "of pieces", "owed pieces", "parts stocked", "")
    screen.table(
        "Fill rate against stock value",
        columns,
        (
            (
                screen.money(row["stock_value"]),
                share(row, "fill_rate"),
                screen.percent(row["fill_rate_pieces"]),
                row["expected_backorders"],
                row["parts_stocked"],
                "" if row["kind"] == "efficient" else row["kind"],
            )
            for row in points.sort("stock_value").to_dicts()
        ),
        right=columns[:5],
    )
