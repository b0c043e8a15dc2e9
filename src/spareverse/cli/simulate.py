"""Commands simulate and why: run the network under scenarios, and ask why customers waited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder
from spareverse.errors import UsageError
from spareverse.figures import numbers

if TYPE_CHECKING:
    import polars as pl

    from spareverse.twin import Twin
    from spareverse.twin.simulation import Simulation

SHOWN = (
    "fill_rate", "wait_days", "waiting_piece_days", "backorders", "lost_share", "late_share", "stock_value",
    "total_cost", "holding_cost", "transport_cost", "waiting_cost", "penalty_cost", "co2_kg",
)  # fmt: skip
"""Measures shown; all of them are in the document and in the tables."""
CAUSES_SHOWN = 8
NOTICED_SHOWN = 5
"""Monitors of each disturbance."""
_NOTHING = 1e-9

Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="A scenario of the twin, or a scenario file. Repeatable."),
]
Of = Annotated[str, typer.Option("--simulation", metavar="ID", help="Which run; the newest if not given.")]


def simulate(
    folder: Folder,
    scenario: Scenarios = None,
    from_state: Annotated[
        bool,
        typer.Option(
            "--from-state/--from-rules",
            help="Start a built network from the stock and open orders of its day, or with all its rules allow.",
        ),
    ] = True,
    replications: Annotated[int, typer.Option(metavar="N", help="Runs of each scenario.")] = 10,
    seed: Annotated[int, typer.Option(metavar="S", help="Start of the random numbers.")] = 1,
    until: Annotated[
        str | None, typer.Option(metavar="T", help="End of the run: days, or a day of a network built of the record.")
    ] = None,
    monitors: Annotated[
        bool, typer.Option("--monitors", help="Also say which monitor would have noticed a scenario, and when.")
    ] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Keep no event record: smaller, but no animation.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the tables: a folder, or a workbook (.xlsx).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate the network of a twin as it is and under scenarios, in pairs under the same random numbers.

    The network comes from `spareverse build`, from `spareverse import DIR --network F` or from an example.

    Example: spareverse simulate acme --scenario outage --replications 20
    Example: spareverse simulate basin --scenario quay-closed --scenario helicopters --out results
    Example: spareverse simulate acme --scenario outage --monitors
    Example: spareverse simulate acme --until 2026-12-31
    """
    from spareverse import open as open_twin

    if monitors and replications < 2:
        raise UsageError("--monitors needs two replications at the least: one is the past of another.")
    twin = open_twin(folder)
    chosen = [chosen_scenario(twin, name) for name in scenario or ()]
    with screen.progress() as progress:
        run = twin.simulate(chosen, from_state, replications, seed, until, log=not no_log, progress=progress)
    if out:
        written = run.export(out)
        screen.remark(f"Wrote {out}" + (f" ({len(written)} tables)" if len(written) > 1 else ""))
    if as_json:
        tables = {name: screen.records(run.table(name)) for name in ("measures", "differences")}
        watched = {"noticed": screen.records(run.noticed())} if monitors else {}
        screen.document({"simulation": run.id, **run.document, **tables, "why": _charged(run), **watched})
        return
    show_simulation(run)
    if monitors:
        show_noticed(run.noticed())


def chosen_scenario(twin: Twin, name: str) -> Any:
    """A kept scenario by its name, or that of a file."""
    if name in twin.scenario_names() or not name.endswith(".toml"):
        return name
    from spareverse.io.scenario_files import read_scenario

    return read_scenario(name)


def _charged(run: Simulation) -> dict[str, Any]:
    return {name: screen.records(run.why(scenario=name, by=("cause",))) for name in run.names}


def show_simulation(run: Simulation) -> None:
    """Print measures and differences with their intervals, and the largest causes of waiting."""
    screen.say(str(run))
    for text in run.notices:
        screen.remark(f"* {text}")
    measures = {(row["scenario"], row["measure"]): row for row in run.table("measures").to_dicts()}
    changes = {(row["scenario"], row["measure"]): row for row in run.table("differences").to_dicts()}
    names = run.names
    columns = ("measure", "unit", names[0], *(word for name in names[1:] for word in (name, "change [95 %]")))
    rows = []
    for measure in SHOWN:
        first = measures[names[0], measure]
        cells: list[object] = [measure, first["unit"], numbers.digits(first["mean"], 4)]
        for name in names[1:]:
            base = abs(first["mean"] or 0.0)
            cells += [
                numbers.digits(measures[name, measure]["mean"], 4), _limits(changes[name, measure], "difference", base)
            ]  # fmt: skip
        rows.append(cells)
    over = numbers.span(float(run.network.setting("horizon_days")))
    screen.table(f"Mean of a run over {over}", columns, rows, right=columns[2:])
    last = names[-1]
    _show_charges(f"Why customers waited: {last}", run.why(scenario=last, by=("cause",)).head(CAUSES_SHOWN).to_dicts())


def show_noticed(table: pl.DataFrame) -> None:
    """Print which monitors noticed what, the surest and quickest of each scenario first."""
    from spareverse.figures.viability.noticed import monitor_words, of_use, runs_words, weeks_words

    if table.is_empty():
        screen.say("The monitors had nothing to notice: no scenario, or runs too short to be watched.")
        return
    useful = of_use(table).group_by("scenario", "disturbance", maintain_order=True).head(NOTICED_SHOWN)
    for row in table.select("scenario", "disturbance").unique(maintain_order=True).iter_rows(named=True):
        if useful.filter(**row).is_empty():
            screen.say(f"No monitor noticed {row['disturbance']} ({row['scenario']}) more often than by chance.")
    rows = [
        (row["scenario"], row["disturbance"], monitor_words(row), row["direction"], runs_words(row["noticed"], row),
         weeks_words(row), runs_words(row["false_alarms"], row))
        for row in useful.to_dicts()
    ]  # fmt: skip
    columns = ("scenario", "what began", "monitor", "direction", "noticed in", "after", "alarms without it in")
    if rows:
        screen.table("What the monitors would have noticed", columns, rows, right=columns[4:])


def _limits(row: dict[str, Any], name: str, base: float = 0.0) -> str:
    """``+1.2 [0.8-1.6]``; 0 for what is left of numbers as large as ``base`` when equal ones are subtracted."""
    if row[name] is None:
        return "-"
    if abs(row[name]) <= _NOTHING * base:
        return "0"
    told = numbers.measured(row[name], row["low"], row["high"])
    return f"+{told}" if row[name] > 0 else told


def _show_charges(title: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        screen.say(f"{title}: nobody waited.")
        return
    kept = ("timeline_days", "timeline_share", "critical_days", "critical_share", "waits")
    names = [name for name in rows[0] if name not in kept]
    heads = ("timeline, piece d", "share", "critical path, piece d", "share ", "main cause of waits")
    lines = [
        [row[name] for name in names]
        + [numbers.digits(row["timeline_days"], 4), screen.percent(row["timeline_share"]),
           numbers.digits(row["critical_days"], 4), screen.percent(row["critical_share"]),
           numbers.digits(row["waits"], 4)]
        for row in rows
    ]  # fmt: skip
    screen.table(title, (*(name.removesuffix("_id") for name in names), *heads), lines, right=heads)


def why(
    folder: Folder,
    simulation: Of = "latest",
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help='Scenario of the run, or "as it is"; the last one if not given.')
    ] = None,
    place: Annotated[str | None, typer.Option(metavar="ID", help="Only who waited at this place.")] = None,
    part: Annotated[str | None, typer.Option(metavar="ID", help="Only who waited for this part.")] = None,
    customer: Annotated[str | None, typer.Option(metavar="ID", help="Only this customer.")] = None,
    period: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only waits that ended in this period, counted from 0.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Tell apart by cause, entity, part, place, customer or period."),
    ] = None,
    counterfactuals: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also run without each of the N largest causes.")
    ] = 0,
    top: Annotated[int, typer.Option(min=1, help="How many rows to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Why customers waited in a simulation, by both ledgers side by side.

    The timeline says what was happening while they waited, the critical path what the delay came from. Both add up to
    the same waiting.

    Example: spareverse why acme --place OSLO --period 2
    Example: spareverse why acme --scenario outage --by place --by cause
    Example: spareverse why acme --scenario outage --counterfactuals 5
    """
    from spareverse import open as open_twin
    from spareverse.figures.network.causes import LEVELS

    columns: tuple[str, ...] = ("cause", "entity_kind", "entity_id")
    if by:
        if unknown := [word for word in by if word not in (*LEVELS, "period")]:
            raise UsageError(f"--by {unknown[0]}: use {', '.join((*LEVELS, 'period'))}.")
        columns = tuple("period" if word == "period" else LEVELS[word] for word in by)
    run = open_twin(folder).simulation(simulation)
    asked = {"scenario": scenario, "place": place, "part": part, "customer": customer}
    rows = run.why(**asked, period=period, by=columns).to_dicts()
    removed = []
    if counterfactuals:
        with screen.progress() as progress:
            removed = run.counterfactuals(counterfactuals, scenario=scenario, progress=progress).to_dicts()
    if as_json:
        of = {**asked, "scenario": run.known(scenario), "period": period}
        screen.document({"simulation": run.id, **of, "why": rows, "counterfactuals": removed})
        return
    words = [value for value in (place, part, customer) if value] + ([f"period {period}"] if period is not None else [])
    _show_charges(f"Why customers waited: {', '.join([run.known(scenario), *words])}", rows[:top])
    if len(rows) > top:
        screen.remark(f"... and {len(rows) - top:,} more; --json lists them all")
    _show_removed(removed)


def _show_removed(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = ("cause", "timeline", "critical path", "goes away without it", "which means")
    lines = [
        (row["cause"], numbers.digits(row["timeline_days"], 4), numbers.digits(row["critical_days"], 4),
         _limits(row, "removed_days").removeprefix("+"), row["remark"])
        for row in rows
    ]  # fmt: skip
    screen.table("Causes switched off, piece-days a run", columns, lines, right=columns[1:4])
