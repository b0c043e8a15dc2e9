"""Command build: the network of a company made of its record, and the record held against it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder, day

if TYPE_CHECKING:
    from spareverse.twin.built_network import BuiltNetwork

WORST = 15
"""Differences shown; all of them are in the document and in the kept table."""


def build(
    folder: Folder,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day, metavar="DAY", help="First day the network does not know: its day 0."),
    ] = None,
    horizon_days: Annotated[float, typer.Option(min=1.0, metavar="DAYS", help="Length of its runs.")] = 1095.0,
    lead_time_days: Annotated[
        float | None, typer.Option(min=0.0, metavar="DAYS", help="Lead time where the tables know none.")
    ] = None,
    unit_cost: Annotated[
        float | None, typer.Option(min=0.0, metavar="MONEY", help="Cost of a piece where the tables know none.")
    ] = None,
    choose_models: Annotated[
        bool, typer.Option("--choose-models", help="Choose each part's demand model by its score; slower.")
    ] = False,
    no_replay: Annotated[
        bool, typer.Option("--no-replay", help="Do not hold the record against simulations of the network.")
    ] = False,
    replications: Annotated[int, typer.Option(min=3, help="Simulations the record is held against.")] = 24,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx|DIR", help="Write the network as a workbook or a folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the network of a company from its record.

    Places, suppliers, lead times, rules, demand and the state of the last day become tables that can be simulated and
    changed; every assumption is said. The last three years of the record are then held against simulations.

    Example: spareverse build acme --out network.xlsx
    Example: spareverse build acme --until 2022-01-01 --no-replay
    """
    from spareverse import open as open_twin

    twin = open_twin(folder)
    with screen.progress() as progress:
        built = twin.build(
            until=until,
            horizon_days=horizon_days,
            lead_time_days=lead_time_days,
            unit_cost=unit_cost,
            choose_models=choose_models,
            replay=not no_replay,
            replications=replications,
            progress=progress,
        )
    if out:
        built.export(out)
        screen.remark(f"Wrote {out}")
    if as_json:
        differs = built.calibration.filter(built.calibration["verdict"] == "differs")
        screen.document({"network": built.id, **built.document, "differences": screen.records(differs)})
        return
    show_network(built)


def show_network(built: BuiltNetwork) -> None:
    """Print what a network has, what was assumed, and where the record differs from its simulations."""
    screen.say(str(built))
    for text in built.notices:
        screen.remark(f"* {text}")
    if built.calibration.is_empty():
        return
    screen.say("\nThe record beside simulations of the network")
    screen.remark(built.document["thresholds"])
    counted = ((row["measure"], row["verdict"], row["subjects"]) for row in built.summary["verdicts"])
    screen.table("Verdicts", ("measure", "verdict", "subjects"), counted, right=("subjects",))
    _show_differences(built)


def _show_differences(built: BuiltNetwork) -> None:
    """The largest differences, where there are any."""
    found = built.calibration.filter(built.calibration["verdict"] == "differs").sort("p_value").head(WORST)
    if found.is_empty():
        return
    columns = ("measure", "of", "lines", "observed", "simulated", "band", "unit")
    rows = (
        (
            row["measure"],
            ", ".join(row[name] for name in ("supplier_id", "group", "place_id") if row[name]),
            row["lines"],
            screen.shown(row["observed"]),
            screen.shown(row["simulated"]),
            f"{screen.shown(row['low'])}-{screen.shown(row['high'])}",
            row["unit"],
        )
        for row in found.to_dicts()
    )
    screen.table("Differences, surest first", columns, rows, right=columns[2:6])
