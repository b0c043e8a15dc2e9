"""Command limits: what the company must keep to be viable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson, Folder
from spareverse.errors import NotFound, UsageError

if TYPE_CHECKING:
    import polars as pl

    from spareverse.twin import Twin

SOURCES = {
    "twin": "Limits set for this twin; every observation is held against them.",
    "network": "The limits of the network's own table. `--set FILE` sets others; nothing is simulated again.",
    "default": "No limits are set: a tenth worse than today is taken. `--set FILE` sets yours; nothing is simulated"
    " again.",
    "none": "No limits are set. `spareverse observe` takes a tenth worse than today until they are.",
}


def limits(
    folder: Folder,
    set_file: Annotated[
        Path | None,
        typer.Option(
            "--set", metavar="FILE", help="Set the limits of this file (.csv, .xlsx, .parquet), and no others."
        ),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Take them back: those of the network hold again, or the defaults.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the limits that hold, to be changed and set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or set the limits of the viable zone: what service, money and workload must keep.

    Columns of the file: measure, side, at_least, at_most, comment. Observations made before are held against new
    limits too. (Limits of a plan are others: see `spareverse optimise`.)

    Example: spareverse limits basin --out limits.csv
    Example: spareverse limits basin --set limits.csv
    """
    from spareverse import open as open_twin

    if set_file is not None and reset:
        raise UsageError("--set and --reset contradict one another. Keep one.")
    twin = open_twin(folder)
    if set_file is not None:
        from spareverse.io.viable_limit_files import read_viable_limits

        notices: list[str] = []
        twin.set_limits(read_viable_limits(set_file, notices))
        for text in notices:
            screen.remark(f"* {text}")
    elif reset:
        from spareverse.network.agent_tables import LIMITS

        twin.set_limits(LIMITS.empty())
    source, held = _held(twin)
    if out is not None:
        from spareverse.io.viable_limit_files import write_viable_limits

        screen.remark(f"Wrote {write_viable_limits(held, out)}")
    if as_json:
        screen.document({"source": source, "limits": screen.records(held), "today": _today(twin)})
        return
    show(source, held, _today(twin), _currency(twin))


def _held(twin: Twin) -> tuple[str, pl.DataFrame]:
    """Whose limits hold (see SOURCES), and these (schema LIMITS)."""
    import polars as pl

    from spareverse.network.agent_tables import LIMITS

    held = twin.limits_held()
    if held.height:
        return "twin" if twin.limits().height else "network", held
    today = [row for row in _today(twin) if row["at_least"] is not None or row["at_most"] is not None]
    rows = [{name: row.get(name) for name in LIMITS.names} for row in today]
    return ("default", pl.DataFrame(rows, schema=LIMITS.schema)) if rows else ("none", LIMITS.empty())


def _today(twin: Twin) -> list[dict[str, Any]]:
    """Today's measures of the newest observation (schema VIABILITY_MEASURES), held against the limits."""
    import polars as pl

    try:
        found = twin.observation()
    except NotFound:
        return []
    now = found.now
    return [] if now is None else found.table("viability_measures").filter(pl.col("point") == now["point"]).to_dicts()


def _currency(twin: Twin) -> str:
    try:
        return str(twin.observation().document["currency"])
    except NotFound:
        return twin.folder.settings.currency


def show(source: str, held: pl.DataFrame, today: list[dict[str, Any]], currency: str) -> None:
    """Print the limits beside what today is."""
    from spareverse.figures.viability.words import margin_words, quantity, three

    known = {row["measure"]: row for row in today}

    def today_of(name: str, column: str) -> str:
        row = known.get(name)
        if row is None or row[column] is None:
            return "-"
        return (
            margin_words(row, currency) if column == "margin" else quantity(*three(row, column), row["unit"], currency)
        )

    rows = [
        (row["side"], row["measure"], screen.shown(row["at_least"]), screen.shown(row["at_most"]),
         today_of(row["measure"], "value"), today_of(row["measure"], "margin"), row["comment"] or "")
        for row in held.to_dicts()
    ]  # fmt: skip
    if rows:
        columns = ("side", "measure", "at least", "at most", "today [95 %]", "margin [95 %]", "comment")
        screen.table("Limits of the viable zone", columns, rows, right=columns[2:6])
    screen.say(SOURCES[source])
