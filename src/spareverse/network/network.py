"""A network as people write it: one table per kind of component (see ``components``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from spareverse.network.components import COMPONENTS


@dataclass(frozen=True)
class Network:
    """Tables by name, each complete: every column of its declaration, defaults filled in, rows checked.

    ``notices`` are the assumptions under which it was made, in words.
    """

    tables: Mapping[str, pl.DataFrame]
    name: str = ""
    notices: tuple[str, ...] = field(default=())

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame], name: str = "", notices: tuple[str, ...] = ()) -> Network:
        """With empty tables where none is given, and defaults where a value is missing. KeyError on unknown tables."""
        known = {table.name: table for table in COMPONENTS}
        for given in tables:
            if given not in known:
                raise KeyError(f"a network has no table {given!r}")
        complete = {}
        for table_name, table in known.items():
            frame = table.completed(tables.get(table_name, table.empty())).select(table.names).cast(table.schema)
            defaults = [
                pl.col(column.name).fill_null(pl.lit(column.default))
                for column in table.columns
                if column.default is not None
            ]
            complete[table_name] = frame.with_columns(defaults).cast(table.schema)
        if not complete["settings"].height:
            settings = known["settings"]
            complete["settings"] = pl.DataFrame(
                [{column.name: column.default for column in settings.columns}], schema=settings.schema
            )
        return cls(complete, name, notices)

    def setting(self, name: str) -> float | str:
        """The value of a setting."""
        value: float | str = self.tables["settings"][name][0]
        return value

    @property
    def run_days(self) -> float:
        """Length of a run, with what of it is not counted [d]."""
        return float(self.setting("warm_up_days")) + float(self.setting("horizon_days"))
