"""A file of limits for one plan, read as an import would read it and kept nowhere."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.importing import translated
from spareverse.io.twin_folder import Settings

TABLE = "limits"
MOST_NAMED = 200


def read_limits(path: str | Path, settings: Settings) -> pl.DataFrame:
    """Rows of the declared table ``limits`` with file and row; InputRejected names every line that cannot be used."""
    found = translated(path, TABLE, settings)
    if found.quarantine.height:
        problems = [
            Problem(row["reason"], row["remedy"] or "", row["file"], row["row"], row["column"], row["value"])
            for row in found.quarantine.head(MOST_NAMED).iter_rows(named=True)
        ]
        raise InputRejected(f"{Path(path).name}: {found.quarantine.height:,} limits cannot be used.", problems)
    return found.rows
