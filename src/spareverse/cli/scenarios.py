"""Command scenarios: what a twin keeps of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder, file_option
from spareverse.errors import InputRejected, UsageError

if TYPE_CHECKING:
    from spareverse.twin import Twin


def scenarios(
    folder: Folder,
    show: Annotated[str | None, typer.Option(metavar="NAME", help="Print the file of a scenario.")] = None,
    save: Annotated[Path | None, file_option("Keep the scenario of a file (TOML), or replace it.")] = None,
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="Remove a scenario.")] = None,
    as_json: AsJson = False,
) -> None:
    """List, show, keep and remove the scenarios of a twin.

    A scenario is a small file of overrides and disturbances; it is checked against the network before it is kept.

    Example: spareverse scenarios acme --save outage.toml
    Example: spareverse scenarios acme --show outage
    """
    from spareverse import open as open_twin

    if sum(word is not None for word in (show, save, remove)) > 1:
        raise UsageError("Give one of --show, --save and --remove.")
    twin = open_twin(folder)
    if show is not None:
        text = twin.scenario_text(show)
        if as_json:
            screen.document({"name": show, "text": text})
        else:
            screen.say(text.rstrip())
        return
    if save is not None:
        screen.remark(f"Kept the scenario {twin.save_scenario(save).name!r}.")
    if remove is not None:
        twin.delete_scenario(remove)
        screen.remark(f"Removed the scenario {remove!r}.")
    _list(twin, as_json=as_json)


def _list(twin: Twin, *, as_json: bool) -> None:
    rows: list[dict[str, object]] = []
    for name in twin.scenario_names():
        try:
            found = twin.scenario(name)
        except InputRejected as error:
            rows.append({"name": name, "title": "", "overrides": None, "disturbances": None, "problem": error.message})
        else:
            counts = {"overrides": len(found.overrides), "disturbances": len(found.disturbances)}
            rows.append({"name": name, "title": found.title, **counts, "problem": ""})
    if as_json:
        screen.document({"scenarios": rows})
        return
    if not rows:
        screen.say("This twin has no scenarios yet. Keep one: spareverse scenarios DIR --save FILE.toml")
        return
    columns: tuple[str, ...] = ("name", "title", "overrides", "disturbances", "problem")
    if not any(row["problem"] for row in rows):
        columns = columns[:4]
    values = [[row[name] for name in columns] for row in rows]
    screen.table("Scenarios", columns, values, right=columns[2:4])
