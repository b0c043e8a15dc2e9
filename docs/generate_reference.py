"""Write the reference pages that follow from the declared tables and the commands: make docs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from spareverse.network.results import RESULTS
from spareverse.network.schema import Column, Table
from spareverse.network.tables import TABLES

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- made by docs/generate_reference.py (make docs); do not edit -->"
KINDS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "date": "date",
    "boolean": "yes/no",
    "numbers": "list of numbers",
}

TABLES_INTRODUCTION = """\
# Tables you bring

Column names are the product's own; a [mapping file](../guides/mapping-files.md) translates any other file into them.
Columns marked * are required; everything else may be missing, and the import says once what that costs.
*Identity* names the columns that make two rows the same thing: of two imports the newest wins."""

RESULTS_INTRODUCTION = """\
# Tables an analysis produces

The web pages, the figures, the Excel report, the REST interface and Python all read these tables.
`_low` and `_high` are the limits of a 95 % interval. *currency* is the one currency of the twin."""

CLI_INTRODUCTION = """\
# Commands

Every command answers `--help`. With `--json` it prints exactly one JSON document to stdout; progress and remarks go to
stderr. Exit codes: 0 done, 1 failed, 2 bad usage. A failed command leaves the twin as it was. Errors with `--json` are

```json
{"error": {"kind": "...", "message": "...",
           "problems": [{"file": "...", "row": 1, "column": "...", "value": "...", "reason": "...", "remedy": "..."}]}}
```

where `kind` is one of `usage`, `not_found`, `input_rejected`, `ambiguous_dates`, `not_enough_data`, `twin_busy`,
`storage_failed`, `cancelled` and `failed`. `spareverse --debug COMMAND ...` shows the trace of an unexpected error."""


def pages() -> dict[Path, str]:
    """Every generated page by its path."""
    return {
        REFERENCE / "tables.md": _page(TABLES_INTRODUCTION, map(_table, TABLES.values())),
        REFERENCE / "results.md": _page(RESULTS_INTRODUCTION, map(_table, RESULTS.values())),
        REFERENCE / "cli.md": _page(CLI_INTRODUCTION, _commands()),
    }


def _page(introduction: str, sections: Iterable[str]) -> str:
    return "\n\n".join((MADE, introduction, *sections)) + "\n"


def _table(table: Table) -> str:
    lines = [f"## {table.title} (`{table.name}`)", "", f"{table.meaning}."]
    if table.identity:
        lines.append("Identity: " + ", ".join(f"`{name}`" for name in table.identity) + ".")
    lines += ["", "| column | kind | unit | meaning |", "|---|---|---|---|"]
    lines += [_row(column) for column in table.columns]
    if losses := [f"* `{column.name}`: {column.consequence}" for column in table.columns if column.consequence]:
        lines += ["", "What you lose when a column is missing:", "", *losses]
    return "\n".join(lines)


def _row(column: Column) -> str:
    meaning = column.meaning
    if column.choices:
        meaning += " (" + ", ".join(f"`{choice}`" for choice in column.choices) + ")"
    if column.default is not None:
        meaning += f"; default `{column.default}`"
    star = " *" if column.required else ""
    return f"| `{column.name}`{star} | {KINDS[column.kind]} | {column.unit} | {meaning.replace('|', chr(92) + '|')} |"


def _commands() -> Iterable[str]:
    # the width of the help is read from the environment when the command line is loaded
    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = "100"
    from typer.main import get_command

    from spareverse.cli.main import app

    program = get_command(app)
    for name, command in program.commands.items():  # type: ignore[attr-defined]
        context = command.make_context(f"spareverse {name}", [], resilient_parsing=True)
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        yield f"## {name}\n\n```text\n{text}\n```"


def main() -> int:
    """Write the pages; with --check only tell whether they are up to date."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is not up to date: make docs")
        return bool(stale)
    for path, text in stale.items():
        path.write_text(text)
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
