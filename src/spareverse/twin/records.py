"""What a twin keeps and every verb starts from: its tables, cost parameters, and runs that were made before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import UsageError
from spareverse.io.twin_folder import TwinFolder
from spareverse.jit import Progress, is_compiled
from spareverse.network.tables import TABLES
from spareverse.optimisation.costs import CostFile

Day = date | str | None
# How many earlier runs are looked at for one that was made of the same inputs.
REMEMBERED = 50


class Records:
    """A twin folder with what is read from it."""

    def __init__(self, folder: TwinFolder) -> None:
        self.folder = folder

    def costs(self) -> CostFile:
        """The cost parameters of ``costs.toml``; documented defaults where it is silent."""
        return CostFile.read(self.folder.path / "costs.toml")

    def tables(self) -> dict[str, pl.DataFrame]:
        """All input tables as imported so far."""
        return {name: self.folder.table(name) for name in TABLES}

    def made_of(self) -> dict[str, Any]:
        """What any result depends on: the program, the imports, the cost parameters."""
        costs = self.folder.path / "costs.toml"
        return {
            "version": spareverse.__version__,
            "inputs": self.folder.fingerprint(),
            "costs": hashlib.sha256(costs.read_bytes()).hexdigest()[:16] if costs.exists() else "defaults",
        }

    def made_before(self, kind: str, made_of: Mapping[str, Any]) -> str | None:
        """The run that was made of exactly this; None when there is none."""
        for run in self.folder.runs(kind)[:REMEMBERED]:
            document, _ = self.folder.load_run(kind, run)
            if all(document.get(name) == value for name, value in made_of.items()):
                return run
        return None


def announce_compiling(progress: Progress | None) -> None:
    if progress is not None and not is_compiled():
        progress(0.0, "Compiling the calculations for this machine; only the first run does this")


def as_text(value: Day) -> str | None:
    """A day as it is kept in a document."""
    day = as_day(value)
    return None if day is None else day.isoformat()


def as_day(value: Day) -> date | None:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is not a day; write YYYY-MM-DD.") from error
