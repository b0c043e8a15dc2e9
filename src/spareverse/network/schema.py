"""A declared table: the one source for validation, templates, typo hints, documentation and REST schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

FILE, ROW = "__file", "__row"
"""Columns a frame may carry besides: the file (and sheet) a row comes from, and its number there (the first is 1)."""

Kind = Literal["text", "integer", "number", "date", "boolean", "numbers"]

POLARS_TYPE: Mapping[Kind, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "boolean": pl.Boolean(),
    "numbers": pl.List(pl.Float32()),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, kind of value, unit and meaning; ``choices`` closes the set of texts."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: str | float | None = None
    choices: tuple[str, ...] = ()
    consequence: str = ""
    """What the user loses when the column is missing."""


def estimate(name: str, meaning: str, unit: str = "") -> tuple[Column, Column, Column]:
    """A figure with its 95 % limits."""
    return (
        Column(name, "number", meaning, unit),
        Column(f"{name}_low", "number", f"{meaning}: lower 95 % limit", unit),
        Column(f"{name}_high", "number", f"{meaning}: upper 95 % limit", unit),
    )


@dataclass(frozen=True)
class Table:
    """One table; ``identity`` names the columns that make two rows the same thing."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def schema(self) -> pl.Schema:
        return pl.Schema({column.name: POLARS_TYPE[column.kind] for column in self.columns})

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name!r} has no column {name!r}")

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)

    def completed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame written by an earlier version, with the columns that the table has gained since: empty."""
        missing = [name for name in self.names if name not in frame.columns]
        return frame.with_columns(pl.lit(None, self.schema[name]).alias(name) for name in missing)
