"""Any file people bring -> sheets of text cells. The type is told by the content, not by the name."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl

from spareverse.errors import NotFound, UsageError
from spareverse.io.sheets import DAMAGE, FILE, ROW, Cells, Sheet, content_columns, plain, rejected, unique_header
from spareverse.io.text_files import mark_ragged_rows, read_text_file
from spareverse.io.workbooks import read_parquet_file, read_workbook
from spareverse.network.harmless import as_written

_HEADER_WITHIN_ROWS = 30
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"BZh": "a compressed file",
    b"\x28\xb5\x2f\xfd": "a compressed file",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text document",
}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BRING = "Bring CSV, TSV, Excel (.xlsx) or Parquet."


def read_bytes(path: Path) -> bytes:
    """Content of a file; NotFound or UsageError in words when there is none."""
    if not path.exists():
        raise NotFound(f"There is no file {path}.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the file in it.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_cells(file: str, content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> list[Cells]:
    """Cells of every sheet of a file; InputRejected when the file as a whole cannot be trusted.

    Encoding and delimiter of text files are found out unless given.
    """
    if not content.strip():
        raise rejected(file, "The file is empty.", "Export it again with its header and lines.")
    for magic, what in _FOREIGN.items():
        if content.startswith(magic):
            raise rejected(file, f"The file is {what}, not a table.", _BRING)
    if content.startswith(_OLD_EXCEL):
        reason = "The file is an old Excel workbook (.xls) or one with a password."
        raise rejected(file, reason, "Save it as .xlsx without password.")
    if content.startswith(b"PK"):
        return [_as_written(cells) for cells in read_workbook(file, content)]
    if content.startswith(b"PAR1"):
        return [read_parquet_file(file, content)]
    if content[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise rejected(file, "The file is a web page or XML, not a table.", _BRING)
    return [_as_written(read_text_file(file, content, encoding=encoding, delimiter=delimiter))]


def _as_written(cells: Cells) -> Cells:
    """Texts without the apostrophe that kept a spreadsheet from running them."""
    frame = cells.frame
    quoted = [name for name in content_columns(frame) if frame[name].str.starts_with("'").any()]
    return replace(cells, frame=frame.with_columns(as_written(pl.col(quoted)))) if quoted else cells


def as_sheet(cells: Cells, known: frozenset[str]) -> Sheet:
    """Find the header (titles may stand above it) and name the columns.

    known
        Headings, made plain, that a mapping understands; they tell the header from titles.
    """
    header_row, heading = _header(cells, known)
    names, repeated = unique_header(heading)
    below = replace(cells, frame=cells.frame.filter(pl.col(ROW) > header_row))
    body = mark_ragged_rows(below, len(names))
    frame = body.select(
        *(
            pl.col(f"c{i}").str.strip_chars().replace("", None).alias(name) if f"c{i}" in body.columns
            else pl.lit(None, pl.String).alias(name)
            for i, name in enumerate(names)
        ),
        pl.lit(f"{cells.file} [{cells.sheet}]" if cells.sheet else cells.file).alias(FILE),
        ROW,
        DAMAGE,
    )  # fmt: skip
    frame = frame.filter(pl.any_horizontal(pl.col(names).is_not_null()))
    if frame.is_empty():
        raise rejected(cells.file, "The file has a header but no lines.", "Export it again with its lines.")
    notices = cells.notices
    if repeated:
        notices = (*notices, f"Headings that occur more than once are not used: {', '.join(sorted(repeated))}.")
    return Sheet(cells.file, cells.sheet, tuple(names), frame, cells.encoding, cells.delimiter, notices, repeated)


def _header(cells: Cells, known: frozenset[str]) -> tuple[int, list[str | None]]:
    top = cells.frame.head(_HEADER_WITHIN_ROWS)
    rows = top.select(content_columns(top)).rows()
    scores = [sum(plain(value) in known for value in row if value) for row in rows]
    best = max(range(len(rows)), key=lambda i: scores[i])
    heading: list[str | None] = list(rows[best])
    while heading and not (heading[-1] or "").strip():
        heading.pop()
    return int(top[ROW][best]), heading
