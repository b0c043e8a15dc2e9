"""A network while it is checked: its typed tables, and every trouble found so far with the place it was found at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from spareverse.errors import Problem
from spareverse.network.components import COMPONENTS
from spareverse.network.distributions import Distribution
from spareverse.network.schema import FILE, ROW, Table
from spareverse.network.spelling import did_you_mean

MOST_EXAMPLES = 20
"""Rows listed with one and the same trouble; further ones are counted."""
_MOST_NAMES = 2_000
"""Names compared for a hint; of more than these, those that begin alike."""

TABLES: Mapping[str, Table] = {table.name: table for table in COMPONENTS}


@dataclass
class Draft:
    """Typed tables with FILE and ROW; ``laws`` holds every distribution that could be read, by column and text."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    laws: dict[tuple[str, str], dict[str, Distribution]] = field(default_factory=dict)
    misread: set[str] = field(default_factory=set)
    """Tables without a required column: nothing is concluded from what they lack."""
    supply: pl.DataFrame | None = None
    """Sources of every stock point, once made."""

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    def reject(
        self, table: str, bad: pl.Expr | pl.Series, column: str, reason: str | pl.Expr, remedy: str = ""
    ) -> None:
        """A problem for every row of the table where ``bad`` holds; an expression as reason says it row by row."""
        if self[table].height:
            self.report(self[table].filter(bad), column, reason, remedy)

    def report(self, rows: pl.DataFrame, column: str, reason: str | pl.Expr, remedy: str = "") -> None:
        """The same for rows picked already, with FILE, ROW and the column; the first ones listed, the rest counted."""
        if rows.is_empty():
            return
        words = reason if isinstance(reason, pl.Expr) else pl.lit(reason)
        value = pl.col(column).cast(pl.String) if column in rows.columns else pl.lit(None, pl.String)
        shown = rows.head(MOST_EXAMPLES).select(FILE, ROW, value=value, reason=words)
        for file, row, cell, text in shown.rows():
            self.problems.append(Problem(text, remedy, file, row, column, cell))
        if (more := rows.height - MOST_EXAMPLES) > 0:
            file, row = rows.select(FILE, ROW).row(MOST_EXAMPLES)
            self.problems.append(Problem(f"{more:,} more rows have the same trouble.", "", file, row, column))

    def doubt(self, rows: pl.DataFrame, words: str) -> None:
        """A notice about rows that may be meant as they are written."""
        if rows.height:
            file, row = rows.select(FILE, ROW).row(0)
            where = f"{file} row {row}" if rows.height == 1 else f"{rows.height:,} rows of {file}, first row {row}"
            self.notices.append(f"{where}: {words}")

    def names(self, *tables: str) -> pl.Series:
        """Every name in the identity columns of these tables."""
        found = [self[table][TABLES[table].identity[0]] for table in tables]
        return pl.concat([each.alias("name") for each in found]).drop_nulls().unique(maintain_order=True)

    def mean(self, table: str, column: str) -> pl.Expr:
        """Mean of a column of distributions: days, or pieces; null where there is none or it cannot be read."""
        means = {text: law.mean / _HOURS_PER_DAY for text, law in self.laws.get((table, column), {}).items()}
        return pl.col(column).replace_strict(means, default=None, return_dtype=pl.Float64)


_HOURS_PER_DAY = 24.0


def meant(value: str | None, names: pl.Series) -> str:
    """`` Did you mean 'x'?`` for the nearest of possibly very many names, else nothing."""
    if not value:
        return ""
    near = names
    for letters in range(1, len(value)):
        if len(near) <= _MOST_NAMES:
            break
        near = near.filter(near.str.to_lowercase().str.starts_with(value[:letters].lower()))
    return did_you_mean(value, near.head(_MOST_NAMES).to_list())
