"""Excel workbooks and Parquet files, read as text without losing leading zeros, dates or digits."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

import polars as pl

from spareverse.io.sheets import DAMAGE, ROW, Cells, rejected

if TYPE_CHECKING:
    import fastexcel

LARGEST_UNPACKED_BYTES = 4 << 30
LARGEST_RATIO = 200
_RATIO_MATTERS_FROM = 64 << 20
LARGEST_GRID = 64_000_000
"""Cells of the rectangle from A1 to the farthest cell of a sheet; all of it is held in memory, empty or not."""
_PIECE = 1 << 20
_LONGEST_TAG = 200
_FILLED = rb"\s%s[^<>]*(?<!/)>"
_FAR_COLUMN = re.compile(_FILLED % rb"r=[\"']([A-Za-z]{2,})\d+[\"']")
_FAR_ROW = re.compile(_FILLED % rb"r=[\"'][A-Za-z]*(\d{4,})[\"']")
_NUMBER = r"^-?\d+(\.\d+)?$"
_CUT = r"^-?0$|^-?\d+\.\d{7,9}$"
"""Texts of numbers that may have had more decimals."""
_BOMB_REMEDY = "Save the sheet as a new workbook or as CSV."


def check_archive(file: str, content: bytes) -> None:
    """Refuse archives that unpack to far more than they are, whatever their directory declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
                raise rejected(file, "The file is an archive, not an Excel workbook.", "Unpack it and bring the table.")
            allowed = min(LARGEST_UNPACKED_BYTES, max(_RATIO_MATTERS_FROM, LARGEST_RATIO * len(content)))
            declared = sum(entry.file_size for entry in entries)
            if declared > allowed or _unpacked(archive, entries, allowed) > allowed:
                reason = f"The workbook would unpack to more than {allowed >> 20:,} MB and was not opened."
                raise rejected(file, reason, _BOMB_REMEDY)
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and _grid(archive, entry) > LARGEST_GRID:
                    reason = "A cell far outside the table makes the sheet too large to open."
                    raise rejected(file, reason, "Delete the empty rows and columns around the table, or save as CSV.")
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        reason = "The workbook is damaged, cut off or protected by a password."
        raise rejected(
            file, reason, "Open it in Excel, save it again without password, and bring that file."
        ) from error


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], allowed: int) -> int:
    total = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while piece := stream.read(1 << 20):
                total += len(piece)
                if total > allowed:
                    return total
    return total


def _grid(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """At least the number of cells in the rectangle around all filled cells of a sheet, as its XML names them."""
    columns, rows = {b"Z"}, {b"999"}
    with archive.open(entry) as stream:
        tail = b""
        while piece := stream.read(_PIECE):
            text = tail + piece
            columns.update(_FAR_COLUMN.findall(text))
            rows.update(_FAR_ROW.findall(text))
            tail = text[-_LONGEST_TAG:]
    return max(map(_column_number, columns)) * max(map(int, rows))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def read_workbook(file: str, content: bytes) -> list[Cells]:
    """Cells of every sheet that has any."""
    import fastexcel

    check_archive(file, content)
    try:
        workbook = fastexcel.read_excel(content)
        sheets = [(name, _exact(workbook, name)) for name in workbook.sheet_names]
    except fastexcel.FastExcelError as error:
        reason = "The workbook cannot be read."
        raise rejected(file, reason, "Open it in Excel, save it as .xlsx, and bring that file.") from error
    cells = [
        Cells(file, name, frame)
        for name, sheet in sheets
        if not (frame := _numbered(_without_midnight(sheet))).is_empty()
    ]
    if not cells:
        raise rejected(file, "The file is empty.", "Export it again with its header and lines.")
    return cells


def _exact(workbook: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The sheet as text, its numbers to their last digit: as text they are cut after nine decimals."""
    text = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    doubtful = [place for place, column in enumerate(text.columns) if text[column].str.contains(_CUT).any()]
    if not doubtful:
        return text
    kinds: dict[str | int, fastexcel.DType] = dict.fromkeys(doubtful, "float")
    numbers = workbook.load_sheet(name, header_row=None, skip_rows=0, use_columns=doubtful, dtypes=kinds).to_polars()
    for place, own in zip(doubtful, numbers.get_columns(), strict=True):
        shown = text.to_series(place)
        # texts that look like numbers say the same as their own number, and stay as they are written
        cut = (shown.cast(pl.Float64, strict=False) != own).fill_null(value=False) & shown.str.contains(_NUMBER)
        text = text.with_columns(shown.zip_with(~cut, own.cast(pl.String)))
    return text


def _without_midnight(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().str.strip_suffix(" 00:00:00"))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.rename({old: f"c{i}" for i, old in enumerate(frame.columns)})
    frame = frame.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), pl.lit(None, pl.String).alias(DAMAGE)
    )
    return frame.filter(pl.any_horizontal(pl.exclude(ROW, DAMAGE).is_not_null())) if frame.width > 2 else frame.clear()


def read_parquet_file(file: str, content: bytes) -> Cells:
    """Cells of a Parquet file, its column names as first row."""
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise rejected(file, "The Parquet file is damaged or cut off.", "Export the file again.") from error
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]
    frame = frame.drop(nested)
    if frame.width == 0 or frame.is_empty():
        raise rejected(file, "The file is empty.", "Export it again with its lines.")
    names = frame.columns
    text = frame.select(
        pl.col(name).dt.to_string("iso").alias(f"c{i}") if frame.schema[name].is_temporal() else
        pl.col(name).cast(pl.String).alias(f"c{i}")
        for i, name in enumerate(names)
    )  # fmt: skip
    header = pl.DataFrame({f"c{i}": [name] for i, name in enumerate(names)}, schema=text.schema)
    notices = (f"Columns with nested values are left out: {', '.join(nested)}.",) if nested else ()
    return Cells(file, "", _numbered(_without_midnight(pl.concat([header, text]))), notices=notices)
