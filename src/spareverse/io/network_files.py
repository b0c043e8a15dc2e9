"""A network as files: a workbook with one sheet per table, or a folder with one CSV or Parquet file per table."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import polars as pl

from spareverse.errors import InputRejected, NotFound, Problem, UsageError
from spareverse.io.excel import finished_file, write_csv, write_tables
from spareverse.io.merged_cells import MergedRange, merged_ranges
from spareverse.io.readers import as_sheet, read_bytes, read_cells
from spareverse.io.sheets import FILE, ROW, Cells, rejected
from spareverse.io.study_sheets import Reading, reject_merged, sheet_rows
from spareverse.io.study_table import Form
from spareverse.io.templates import describe
from spareverse.network.components import COMPONENTS, SETTINGS
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.schema import Table
from spareverse.network.spelling import did_you_mean, plain

FolderKind = Literal["csv", "parquet"]
NOTICES = "notices"
"""Sheet or file of the assumptions under which a network was made."""
_ABOUT = "about"
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_PARQUET = ".parquet"
_CONTINUED = re.compile(r"\s+\d+$")
_UNFORMULA = r"^'([=+\-@\t\r])"
_BLANK_ROWS = 1_000
"""Rows of a template that offer their choices."""
_NAMES: Mapping[str, Table] = {plain(word): table for table in COMPONENTS for word in (table.title, table.name)}


def _form(table: Table) -> Form:
    """A table for reading cells alone: what is required and what may be chosen is checked with the whole network."""
    columns = tuple(replace(column, required=False, choices=()) for column in table.columns)
    remedy = "Write decimals with a point, or bring Excel or Parquet, which know their numbers."
    return Form(replace(table, columns=columns), decimal_remedy=remedy)


@dataclass
class _Found:
    """Tables read so far, with what was wrong or remarkable about their files."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def tables(self) -> dict[str, pl.DataFrame]:
        return {name: pl.concat(each, how="diagonal_relaxed") for name, each in self.frames.items() if each}

    def unknown(self, name: str, file: str, what: str) -> None:
        """A sheet or file that is no table: a slip where the name is nearly one, else left out and said."""
        if hint := did_you_mean(name, [table.name for table in COMPONENTS]).strip():
            self.problems.append(Problem(f"A network has no such {what}.", hint, file, value=name))
        else:
            self.notices.append(f"{file}: the {what} {name!r} is no table of a network and was not used.")


def read_network(path: str | Path) -> Network:
    """The network of a workbook or a folder; InputRejected lists everything that is wrong with it.

    Sheets and files are named as the tables are (``network.components``); a long table may go on in "stock 2".
    The network has the name of the file or folder.
    """
    path = Path(path)
    if not path.exists():
        raise NotFound(f"There is no workbook and no folder {path}.")
    if not path.is_dir():
        return network_of_workbook(path.name, read_bytes(path))
    found = _Found()
    for file in sorted(path.iterdir()):
        if file.is_file() and file.suffix.lower() in (*_TEXT_ENDINGS, _PARQUET):
            _read_file(file, found)
    if not found.frames:
        names = f"{SETTINGS.name}.csv, places.csv, ..."
        raise NotFound(f"The folder {path} has no tables of a network. They are called {names} (or .parquet).")
    return _network(path.resolve().name, found)


def network_of_workbook(file: str, content: bytes) -> Network:
    """The network of a workbook's content; ``file`` is its name. InputRejected as ``read_network``."""
    if not content.startswith(b"PK"):
        raise rejected(file, "A network is an Excel workbook or a folder of CSV or Parquet files.", "Name one of them.")
    found, sheets = _Found(), read_cells(file, content)
    merged = merged_ranges(content)
    for cells in sheets:
        name = plain(_CONTINUED.sub("", cells.sheet))
        if name in _NAMES:
            _read_cells(cells, _NAMES[name], found, merged.get(cells.sheet, []))
        elif name == NOTICES:
            found.notices += _notices(cells)
        elif not cells.sheet.startswith(f"{_ABOUT} "):
            found.unknown(cells.sheet, file, "sheet")
    return _network(Path(file).stem, found)


def _network(name: str, found: _Found) -> Network:
    return checked_network(found.tables(), name=name, notices=tuple(found.notices), problems=found.problems)


def _read_file(file: Path, found: _Found) -> None:
    name = plain(file.stem)
    try:
        if name == NOTICES:
            found.notices += _notices(read_cells(file.name, read_bytes(file))[0])
        elif name not in _NAMES:
            found.unknown(file.stem, file.name, "file")
        elif _NAMES[name].name in found.frames:
            reason = f"The table {_NAMES[name].name} stands in another file of the folder too."
            found.problems.append(Problem(reason, "Keep one of the files.", file.name))
        elif file.suffix.lower() == _PARQUET:
            found.frames[_NAMES[name].name] = [_read_parquet(file)]
        else:
            for cells in read_cells(file.name, read_bytes(file)):
                _read_cells(cells, _NAMES[name], found, [])
    except InputRejected as error:
        found.problems += error.problems


def _read_parquet(file: Path) -> pl.DataFrame:
    """A Parquet file knows its numbers: nothing is guessed. Rows count from 1, below no heading."""
    try:
        frame = pl.read_parquet(io.BytesIO(read_bytes(file)))
    except pl.exceptions.PolarsError as error:
        raise rejected(file.name, "The Parquet file is damaged or cut off.", "Export the file again.") from error
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return frame.with_columns(pl.lit(file.name).alias(FILE), number.alias(ROW))


def _read_cells(cells: Cells, table: Table, found: _Found, merged: Sequence[MergedRange]) -> None:
    """Add the rows of one sheet; headings that are not known stay, empty, for the checks to tell."""
    form = _form(table)
    frames = found.frames.setdefault(table.name, [])
    if cells.frame.height < 2:
        return
    try:
        sheet = as_sheet(cells, form.known)
    except InputRejected:  # headings alone: the table is empty
        return
    rows = sheet_rows(form, sheet, found.problems, Reading())
    reject_merged(rows, cells, merged, sheet)
    sources = form.sources(sheet.header)
    frame = rows.frame.select(FILE, ROW, *sources)
    if sheet.delimiter:
        frame = frame.with_columns(pl.col(pl.String).exclude(FILE).str.replace(_UNFORMULA, "${1}"))
    known = {source.heading for source in sources.values()}
    others = [name for name in sheet.header if name not in known and not name.startswith("column ")]
    frames.append(frame.with_columns(pl.lit(None).alias(name) for name in others))


def _notices(cells: Cells) -> list[str]:
    texts = cells.frame["c0"].drop_nulls()
    if cells.delimiter:
        texts = texts.str.replace(_UNFORMULA, "${1}")
    return [text for text in texts if plain(text) != NOTICES]


def write_network(network: Network, path: str | Path, *, kind: FolderKind = "csv") -> list[Path]:
    """Write a network that ``read_network`` reads back as it is; returns the files.

    path
        A workbook (.xlsx), or else a folder, which gets a file of that ``kind`` for every table.
    """
    path = Path(path)
    notices = pl.DataFrame({NOTICES: list(network.notices)}, schema={NOTICES: pl.String})
    frames = {**network.tables, NOTICES: notices}
    if path.suffix.lower() == ".xlsx":
        write_tables(path, frames, {table.name: table for table in COMPONENTS}, choices=_choices())
        return [path]
    if path.suffix.lower() in (".xls", ".xlsm", *_TEXT_ENDINGS, _PARQUET):
        raise UsageError(f"A network is written as a workbook (.xlsx) or into a folder, not to {path.name}.")
    _no_other_kind(path, kind)
    files = [path / f"{name}.{kind}" for name in frames]
    for file, frame in zip(files, frames.values(), strict=True):
        _write_table(file, frame, kind)
    return files


def _no_other_kind(folder: Path, kind: FolderKind) -> None:
    """Tables of another kind beside the new ones would say everything twice."""
    endings = {*_TEXT_ENDINGS, _PARQUET} - {f".{kind}"}
    there = folder.iterdir() if folder.is_dir() else ()
    others = [file.name for file in there if file.suffix.lower() in endings and plain(file.stem) in _NAMES]
    if others:
        raise UsageError(f"{folder} already has {sorted(others)[0]}: write {kind} files into another folder.")


def _write_table(file: Path, frame: pl.DataFrame, kind: FolderKind) -> None:
    if kind == "csv":
        write_csv(file, frame)
        return
    with finished_file(file) as temporary:
        frame.write_parquet(temporary)


def write_network_template(path: str | Path) -> list[Path]:
    """Write blank tables to fill in: a workbook (.xlsx) with choices and explanations, or a folder of CSV files."""
    path = Path(path)
    blank = {table.name: table.empty() for table in COMPONENTS}
    blank[SETTINGS.name] = Network.of({})[SETTINGS.name]
    if path.suffix.lower() != ".xlsx":
        return write_network(Network(blank), path)
    sheets = {**blank, **{f"{_ABOUT} {table.name}": describe(table) for table in COMPONENTS}}
    schemas = {table.name: table for table in COMPONENTS}
    write_tables(path, sheets, schemas, choices=_choices(), blank_rows=_BLANK_ROWS)
    return [path]


def _choices() -> dict[str, tuple[str, ...]]:
    return {
        f"{table.name}.{column.name}": column.choices
        for table in COMPONENTS
        for column in table.columns
        if column.choices
    }
