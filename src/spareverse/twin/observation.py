"""What the Observer found, as its reader meets it: where we stand, what is coming, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.network.observer_tables import OBSERVER_TABLES, VIABILITY
from spareverse.network.reply_tables import ACCEPTED, WARNING_STATES, WITHDRAWN

OBSERVATION = "observation"
"""Kind of run by which the twin keeps observations."""
NOW = "now"
DEFAULT_LIMITS_TAKEN = (
    "No limits are set: a tenth worse than today is taken for the limit of service, money and workload."
)
NO_PRICE_OF_WAITING = (
    "Nobody pays for waiting in this network: every cost here, and the price of misalignment, is lower the less lies in"
    " stock. Give waiting_cost_per_piece_day in the table stock."
)
NO_EMERGENCIES = (
    "The network has no emergency orders: firefighting is held in full under every disturbance, and lifts the index of"
    " homeostasis."
)
TABLES = {table.name: table for table in OBSERVER_TABLES}


@dataclass(frozen=True)
class Observation:
    """A kept observation. ``document`` says how it was made; tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    def table(self, name: str) -> pl.DataFrame:
        """A table by its name in ``network.observer_tables``; empty where this observation has none."""
        if name not in TABLES or name in (WARNING_STATES.name, ACCEPTED.name, WITHDRAWN.name):
            problem = Problem("unknown table", f"Use one of {', '.join(TABLES)}.", value=name)
            raise NotFound(f"An observation has no table {name!r}.", [problem])
        table = TABLES[name]
        return table.completed(self.tables.get(name, table.empty())).select(table.names)

    @property
    def now(self) -> dict[str, Any] | None:
        """Today's point of the map (schema VIABILITY): of the network, else the newest of the record; None without."""
        points = self.table(VIABILITY.name)
        for kind in (NOW, "past"):
            own = points.filter(pl.col("kind") == kind)
            if own.height:
                return own.row(-1, named=True)
        return None

    @property
    def direction(self) -> dict[str, dict[str, float]]:
        """Change of each axis of the record over the last year: value, low, high; empty for a short record."""
        return dict(self.document.get("direction", {}))

    @property
    def refined(self) -> bool:
        """Whether it is as good as it will get; a first answer can still be made better."""
        return bool(self.document["refined"])

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should know: what was left out, assumed, or stands for something else."""
        return tuple(self.document["notices"])

    @property
    def start(self) -> date | None:
        """The day it was made for; None for a network of one's own."""
        return date.fromisoformat(self.document["start"]) if self.document.get("start") else None

    @property
    def experimental(self) -> dict[str, str]:
        """Axes that did not prove themselves on drawn companies, and why."""
        return dict(self.document.get("experimental", {}))

    def export(self, path: str | Path, said: Mapping[str, pl.DataFrame] | None = None) -> list[Path]:
        """Write all tables: to a workbook (.xlsx), or as Parquet into a folder.

        ``said``: what was said of it and came of it, by the names of ``network.reply_tables``; empty ones are left out.
        """
        from spareverse.io.excel import finished_file, write_tables

        path = Path(path)
        given = {name: self.table(name) for name in TABLES if name in self.tables}
        given |= {name: frame for name, frame in (said or {}).items() if frame.height}
        if path.suffix.lower() == ".xlsx":
            sheets = {TABLES[name].title[:31]: frame for name, frame in given.items()}
            write_tables(path, sheets, {TABLES[name].title[:31]: TABLES[name] for name in given})
            return [path]
        if path.suffix:
            raise UsageError(f"An observation is written as a workbook (.xlsx) or into a folder, not to {path.name}.")
        files = []
        for name, frame in given.items():
            files.append(path / f"{name}.parquet")
            with finished_file(files[-1]) as temporary:
                frame.write_parquet(temporary)
        return files

    def __str__(self) -> str:
        stage = "refined" if self.refined else "first answer"
        return f"Observation {self.id} of {self.document['name']} ({stage}, {self.document['seconds']:.0f} s)"
