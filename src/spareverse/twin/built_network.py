"""A network of a twin, made of its record or brought, as its reader meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.network.calibration_table import CALIBRATION
from spareverse.network.components import COMPONENTS
from spareverse.network.network import Network

CALIBRATED = "calibration"


@dataclass(frozen=True)
class BuiltNetwork:
    """A kept network. ``document`` says how it was made; tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    @cached_property
    def network(self) -> Network:
        """The network itself: to be simulated, or changed and simulated."""
        mine = {table.name: self.tables[table.name] for table in COMPONENTS if table.name in self.tables}
        return Network.of(mine, self.document["name"], self.notices)

    @property
    def start(self) -> date | None:
        """Day 0 of a network made of the record; None for a network of one's own."""
        return date.fromisoformat(self.document["start"]) if self.document.get("start") else None

    @property
    def notices(self) -> tuple[str, ...]:
        """What was assumed where the record does not tell, with counts."""
        return tuple(self.document["notices"])

    @property
    def calibration(self) -> pl.DataFrame:
        """The record beside simulations of the network (schema CALIBRATION); empty where it was not replayed."""
        return CALIBRATION.completed(self.tables.get(CALIBRATED, CALIBRATION.empty())).select(CALIBRATION.names)

    @property
    def summary(self) -> dict[str, Any]:
        """How many rows each table has, and what the replay found."""
        return dict(self.document["summary"])

    def export(self, path: str | Path) -> list[Path]:
        """Write the network to a workbook (.xlsx) or into a folder of CSV files, to be changed; returns the files."""
        from spareverse.io.network_files import write_network

        return write_network(self.network, path)

    def __str__(self) -> str:
        rows = self.summary["rows"]
        since = f" as of {self.start}" if self.start else ""
        return (
            f"Network {self.id}{since}: {rows['stock']:,} stock points at {rows['places']} places, "
            f"{rows['suppliers']} suppliers, {rows['demands']:,} streams of demand"
        )
