"""From a path to the sheet that will be read: which files, which sheets, which mapping, which table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, NotFound, Problem, UsageError
from spareverse.io import sap
from spareverse.io.date_formats import ORDERS
from spareverse.io.demand_files import as_demand
from spareverse.io.mapping import GENERIC, headings_of, nearest_table, recognise, shipped_mapping, with_usual_headings
from spareverse.io.mapping import Mapping as ColumnMapping
from spareverse.io.readers import as_sheet, checksum, read_bytes, read_cells
from spareverse.io.sheets import Sheet

Source = str | Path | Sequence[str | Path]
"""A file, a folder of files, or several files that belong together."""

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")


@dataclass(frozen=True)
class Recognised:
    """The sheet to read, how, and as what; ``sha256`` is of the content of all its files."""

    sheet: Sheet
    mapping: ColumnMapping
    table: str
    sha256: str


def recognise_source(
    source: Source, table: str | None, mapping: ColumnMapping | None, answers: Mapping[str, str] | None = None
) -> Recognised:
    """Read the files and find the sheet that fits; InputRejected when the columns fit no table."""
    sheets: list[Sheet] = []
    hashes: list[str] = []
    for path in _files(source):
        content = read_bytes(path)
        sheets += [as_demand(sheet, table, mapping) for sheet in _sheets(path, content, mapping)]
        hashes.append(checksum(content))
    sha256 = hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(sorted(hashes)).encode()).hexdigest()
    joined = _joined_extracts(sheets, table, mapping, answers)
    if joined is not None:
        return Recognised(*joined, sha256)
    sheet, chosen, name = _fitting(sheets, table, mapping)
    if chosen.table(name).join == "sap-mard":
        sheet = sap.add_up_stock(sheet)
    return Recognised(sheet, chosen, name, sha256)


def _files(source: Source) -> list[Path]:
    if not isinstance(source, str | Path):
        return [Path(path) for path in source] or _no_file("(none)")
    path = Path(source)
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES) or _no_file(str(path))
    return [path]


def _no_file(where: str) -> list[Path]:
    raise NotFound(f"There is no table file in {where}. Bring CSV, TSV, Excel (.xlsx) or Parquet.")


def _sheets(path: Path, content: bytes, mapping: ColumnMapping | None) -> list[Sheet]:
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else (None, None)
    known = headings_of(mapping or shipped_mapping(GENERIC))
    return [as_sheet(c, known) for c in read_cells(path.name, content, encoding=encoding, delimiter=delimiter)]


def _joined_extracts(
    sheets: list[Sheet], table: str | None, mapping: ColumnMapping | None, answers: Mapping[str, str] | None
) -> tuple[Sheet, ColumnMapping, str] | None:
    """SAP purchasing extracts brought together, joined; None when the sheets are something else."""
    chosen = mapping or shipped_mapping("sap-purchases")
    if table not in (None, "purchases") or chosen.table("purchases").join != "sap-purchases":
        return None
    found = sap.extracts([with_usual_headings(sheet, chosen) for sheet in sheets])
    if not found or (len(found) == 1 and "BEDAT" in found["EKPO"].header):
        return None
    orders = {name: {"*": order} for name, answer in (answers or {}).items() for order in ORDERS if answer == order}
    return sap.join_purchases(found, orders), chosen, "purchases"


def _fitting(sheets: list[Sheet], table: str | None, mapping: ColumnMapping | None) -> tuple[Sheet, ColumnMapping, str]:
    fitting = [(sheet, match) for sheet in sheets if (match := recognise(sheet, table, mapping))]
    if not fitting:
        sheet = max(sheets, key=lambda sheet: sheet.frame.height)
        table = table or nearest_table(sheet, mapping or shipped_mapping(GENERIC))
        if table is None:
            reason = "The columns fit no table."
            remedy = f"Say which table it is, or bring a mapping file. Columns found: {', '.join(sheet.header[:20])}."
            raise InputRejected(f"{sheet.file}: {reason} {remedy}", [Problem(reason, remedy, file=sheet.file)])
        return sheet, mapping or shipped_mapping(GENERIC), table
    first, (chosen, name) = fitting[0]
    same = [sheet for sheet, _ in fitting if sheet.header == first.header]
    other_files = sorted({sheet.file for sheet in sheets} - {sheet.file for sheet in same})
    if other_files:
        raise UsageError(
            f"{', '.join(other_files)} has other columns than {first.file}. Import files of different make one by one."
        )
    unread = [sheet.sheet for sheet in sheets if sheet not in same]
    notices = [notice for sheet in same for notice in sheet.notices]
    if unread:
        notices.append(f"Sheets not read: {', '.join(unread)}.")
    frame = pl.concat([sheet.frame for sheet in same])
    file = first.file if len({sheet.file for sheet in same}) == 1 else f"{first.file} and {len(same) - 1} more"
    return with_usual_headings(replace(first, file=file, frame=frame, notices=tuple(notices)), chosen), chosen, name
