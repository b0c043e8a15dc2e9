"""A declared table as people bring it, and what is wrong with its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from spareverse.errors import Problem
from spareverse.io.sheets import FILE, ROW, plain
from spareverse.io.study_schema import HOURS_PER
from spareverse.network.schema import Table

MOST_EXAMPLES = 20
"""Rows listed with one and the same trouble; further ones are counted."""
_BRACKET = re.compile(r"\s*[\[(]\s*([^\[\]()]*?)\s*[\])]\s*")


@dataclass(frozen=True)
class Source:
    """Where a column is read from: its heading, and the unit the heading names."""

    heading: str
    unit: str = ""


@dataclass(frozen=True)
class Form:
    """A declared table as people may bring it: other headings of its columns, and the unit of its durations.

    ``sheets``: names of which a workbook's sheet, where there is one, holds the whole table.
    """

    table: Table
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    durations: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    decimal_remedy: str = 'Say it under [study]: decimal = "," or decimal = ".".'

    def spellings(self, column: str) -> tuple[str, ...]:
        """Headings of a column, its own name first."""
        units = HOURS_PER if column in self.durations else ()
        return (column, *(f"{column}_{unit}" for unit in units), *self.headings.get(column, ()))

    @property
    def known(self) -> frozenset[str]:
        return frozenset(plain(text) for column in self.table.names for text in self.spellings(column))

    def sources(self, header: Sequence[str]) -> dict[str, Source]:
        """Column -> heading; a unit in brackets, or at the end of the name, is taken off and kept."""
        by_plain: dict[str, Source] = {}
        for heading in reversed(header):
            unit = found[1] if (found := _BRACKET.search(heading)) else ""
            by_plain[plain(_BRACKET.sub(" ", heading))] = Source(heading, unit)
            by_plain.setdefault(plain(heading), Source(heading))
        found_sources = {}
        for column in self.table.names:
            for text in self.spellings(column):
                if source := by_plain.get(plain(text)):
                    ending = text.removeprefix(f"{column}_") if column in self.durations else ""
                    unit = source.unit or (ending if ending in HOURS_PER else "")
                    found_sources[column] = Source(source.heading, unit)
                    break
        return found_sources


@dataclass
class Rows:
    """Typed rows with FILE and ROW, the headings they were read from, and the troubles and remarks so far."""

    frame: pl.DataFrame
    headings: dict[str, dict[str, str]]
    problems: list[Problem]
    notes: list[str]
    inline: str = ""
    """Name of the section where the rows stand in the study file itself."""
    unused: dict[str, list[str]] = field(default_factory=dict)
    """Headings of each file that no column is read from."""

    def reject(self, mask: pl.Series | pl.Expr, column: str, reason: str, remedy: str = "") -> None:
        """A problem for every row where the mask holds; the first ones listed, the rest counted."""
        marked = self.frame.with_columns(__bad=mask).filter(pl.col("__bad").fill_null(value=False))
        value = pl.col(column).cast(pl.String) if column in marked.columns else pl.lit(None, pl.String)
        self.report(marked.select(FILE, ROW, value=value), column, reason, remedy)

    def report(self, where: pl.DataFrame, column: str, reason: str, remedy: str = "") -> None:
        """The same for rows given with FILE, ROW and value."""
        for file, row, value in where.head(MOST_EXAMPLES).rows():
            self.problems.append(Problem(reason, remedy, **self._place(file, row, column), value=value))
        if (more := where.height - MOST_EXAMPLES) > 0:
            file, row, _ = where.row(MOST_EXAMPLES)
            self.problems.append(
                Problem(f"{more:,} more rows have the same trouble.", **self._place(file, row, column))
            )

    def _place(self, file: str, row: int, column: str) -> dict[str, Any]:
        if self.inline:
            return {"file": file, "column": f"{self.inline}[{row}].{column}"}
        return {"file": file, "row": row, "column": self.headings.get(file, {}).get(column, column)}
