"""Limits of the viable zone as a file: CSV, Excel or Parquet with the columns of the table ``limits`` of a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, Problem, UsageError
from spareverse.io.excel import finished_file, write_csv, write_tables
from spareverse.io.readers import read_bytes
from spareverse.io.sheets import FILE, ROW
from spareverse.io.study_sheets import Reading, read_file
from spareverse.io.study_table import Form, Rows
from spareverse.network.agent_tables import LIMITS
from spareverse.network.spelling import did_you_mean
from spareverse.observer.viability import LIMITABLE, NO_SHARE, SIDES, beyond_shares

# the side of most measures is known, so it need not be given
_COLUMNS = tuple(replace(column, required=column.name == "measure") for column in LIMITS.columns)
_FORM = Form(
    replace(LIMITS, columns=_COLUMNS), sheets=(LIMITS.name,),
    decimal_remedy="Write decimals with a point, or bring Excel or Parquet.",
)  # fmt: skip
_ENDINGS = (".csv", ".xlsx", ".parquet")


def read_viable_limits(path: str | Path, notices: list[str] | None = None) -> pl.DataFrame:
    """Rows of schema LIMITS; of a workbook its sheet ``limits``, where there is one.

    ``side`` may be empty for a measure that has one by itself. InputRejected names every row that cannot be used, and
    every heading that is nearly that of a column; what else is not used is added to ``notices``.
    """
    path = Path(path)
    problems: list[Problem] = []
    rows = read_file(_FORM, path.name, read_bytes(path), problems, Reading())
    if rows is not None:
        rows.problems.extend((*_slips(rows), *_wrong(rows)))
        if notices is not None:
            notices.extend(rows.notes)
    if rows is None or problems:
        raise InputRejected(f"{path.name}: these limits cannot be used.", problems)
    found = LIMITS.completed(rows.frame.drop(FILE, ROW)).select(LIMITS.names).cast(LIMITS.schema)
    return found.with_columns(pl.coalesce("side", pl.col("measure").replace_strict(dict(SIDES), default=None)))


def write_viable_limits(limits: pl.DataFrame, path: str | Path) -> Path:
    """Write limits (schema LIMITS) as ``read_viable_limits`` reads them; the ending tells the kind of file."""
    path = Path(path)
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"Limits are written to a file that ends in {', '.join(_ENDINGS)}, not to {path.name}.")
    if path.suffix.lower() == ".xlsx":
        choices = {f"{LIMITS.name}.side": LIMITS.column("side").choices}
        write_tables(path, {LIMITS.name: limits}, {LIMITS.name: LIMITS}, choices=choices)
    elif path.suffix.lower() == ".csv":
        write_csv(path, limits)
    else:
        with finished_file(path) as temporary:
            limits.write_parquet(temporary)
    return path


def _slips(rows: Rows) -> Iterator[Problem]:
    """Headings that are nearly that of a column which is missing: a limit in there would be lost."""
    for file, headings in rows.headings.items():
        missing = [name for name in LIMITS.names if name not in headings]
        for heading in rows.unused.get(file, ()):
            if hint := did_you_mean(heading, missing).strip():
                yield Problem("There is no such column.", hint, file, column=heading)


def _wrong(rows: Rows) -> Iterator[Problem]:
    seen: set[str] = set()
    frame = LIMITS.completed(rows.frame)
    for row in frame.select(FILE, ROW, *LIMITS.names).iter_rows(named=True):
        name = str(row["measure"] or "")

        def problem(reason: str, remedy: str, column: str, value: object, at: dict[str, object] = row) -> Problem:
            return Problem(
                reason, remedy, str(at[FILE]), int(str(at[ROW])), column, None if value is None else str(value)
            )

        if name not in LIMITABLE:
            hint = did_you_mean(name, tuple(LIMITABLE)).strip() or f"Measures: {', '.join(LIMITABLE)}."
            yield problem("There is no such measure.", hint, "measure", name)
            continue
        if name in seen:
            yield problem("The measure is limited twice.", "Keep one row, with both limits.", "measure", name)
        seen.add(name)
        if row["side"] is None and name not in SIDES:
            sides = ", ".join(LIMITS.column("side").choices)
            yield problem("It is not said what it is about.", f"Give side: {sides}.", "side", name)
        if row["at_least"] is None and row["at_most"] is None:
            yield problem("It limits nothing.", "Give at_least, at_most or both.", "at_least", name)
        elif row["at_least"] is not None and row["at_most"] is not None and row["at_least"] > row["at_most"]:
            yield problem("The lower limit is above the upper one.", "Swap them.", "at_least", row["at_least"])
        if (column := beyond_shares(row)) is not None:
            yield problem(*NO_SHARE, column, row[column])
