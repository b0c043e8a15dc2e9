"""A file as it was read: text cells under their headings, each row with its number in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.network import schema, spelling

plain = spelling.plain
ROW = schema.ROW
FILE = schema.FILE
FIELDS = "__fields"
DAMAGE = "__damage"
"""Why the row as a whole cannot be trusted; empty = it can."""

SHORT = "row has fewer fields than the header"
LONG = "row has more fields than the header"
UNBALANCED = "quotation marks do not balance"


@dataclass(frozen=True)
class Cells:
    """Rows as read, before the header is known: columns c0, c1, ... of text, then ROW and DAMAGE.

    Text files also have FIELDS, the number of fields of each row as written.
    """

    file: str
    sheet: str
    frame: pl.DataFrame
    encoding: str = ""
    delimiter: str = ""
    notices: tuple[str, ...] = ()
    ends_with_newline: bool = True


@dataclass(frozen=True)
class Sheet:
    """One table of a file: all columns text (empty = null), plus FILE, ROW and DAMAGE.

    ``repeated`` are headings that occur more than once; nothing may be read from them.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    frame: pl.DataFrame
    encoding: str = ""
    delimiter: str = ""
    notices: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()
    decimal: str | None = None
    """Decimal sign, where it was told before."""

    @property
    def typed(self) -> bool:
        """Whether the format itself knows numbers and dates (Excel, Parquet)."""
        return not self.delimiter


def rejected(file: str, reason: str, remedy: str = "", **where: object) -> InputRejected:
    """The whole file is refused, for one reason."""
    problem = Problem(reason=reason, remedy=remedy, file=file, **where)  # type: ignore[arg-type]
    return InputRejected(f"{file}: {reason}{' ' + remedy if remedy else ''}", [problem])


def content_columns(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in (FILE, ROW, DAMAGE, FIELDS)]


def unique_header(header: Sequence[str | None]) -> tuple[list[str], frozenset[str]]:
    """Names of the columns, and which headings are repeated; an empty heading becomes 'column N'."""
    names: list[str] = []
    repeated: set[str] = set()
    for position, heading in enumerate(header, start=1):
        name = " ".join((heading or "").split()) or f"column {position}"
        if name in names:
            repeated.add(name)
            name = f"{name} (column {position})"
        names.append(name)
    return names, frozenset(repeated)
