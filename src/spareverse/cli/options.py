"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer


def day(text: str) -> date:
    """Read a day written as year-month-day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2023-03-01") from None


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the twin.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout.")]


def file_option(meaning: str) -> Any:
    """An option that names an existing file, or a folder of extracts that belong together."""
    return typer.Option(metavar="FILE", exists=True, show_default=False, help=meaning)
