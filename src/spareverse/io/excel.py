"""Sheets and text tables for people: formatted, frozen, filterable, and never a formula in disguise."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.io.storage import UNFINISHED, storage_errors
from spareverse.network.harmless import harmless, kept_apart
from spareverse.network.schema import Column, Table

LARGEST_SHEET_ROWS = 1_048_575
"""Rows of one Excel sheet below its header; longer tables go on in a further sheet."""
LONGEST_SHEET_NAME = 31
_WIDEST, _NARROWEST = 48, 9
_WIDTH_SAMPLE_ROWS = 200

_FORMAT_BY_UNIT = {
    "pieces": "#,##0.##",
    "lines": "#,##0",
    "cycles": "#,##0",
    "days": "#,##0.0",
    "currency": "#,##0.00",
    "currency/piece": "#,##0.00",
    "currency/day": "#,##0.00",
    "currency/year": "#,##0",
}
_SHARES = ("risk", "share", "on_time", "late_weight", "early_weight", "no_sale", "fill_rate", "availability")
_LEVEL = '#,##0.##;"none";0'
"""Reorder points: below zero none is kept in stock."""


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of ``path`` once it is complete."""
    temporary = path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}{path.suffix}")
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _file_errors() -> Iterator[None]:
    """XlsxWriter hides what the disk refused in an exception of its own."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield
    except FileCreateError as error:
        raise OSError(str(error)) from error


def write_tables(
    path: str | Path,
    sheets: Mapping[str, pl.DataFrame],
    schemas: Mapping[str, Table] | None = None,
    *,
    choices: Mapping[str, tuple[str, ...]] | None = None,
    headings: Mapping[str, Mapping[str, str]] | None = None,
    blank_rows: int = 0,
) -> None:
    """Write an Excel workbook, one sheet per table; texts stay texts, whatever they begin with.

    schemas
        Declared table of a sheet: gives number formats by unit and the meaning of each column as a note.
    choices
        Column, or sheet.column where sheets differ -> texts to choose from when filling it in.
    headings
        Sheet -> column -> its heading; the others are headed by their names.
    blank_rows
        Rows of an empty table that offer their choices too.
    """
    with new_workbook(Path(path), constant_memory=True) as workbook:
        styles = _Styles(workbook)
        for name, frame in sheets.items():
            table = (schemas or {}).get(name)
            listed = {column.removeprefix(f"{name}."): texts for column, texts in (choices or {}).items()}
            for part, rows in enumerate(_parts(frame), start=1):
                title = sheet_name(name) if part == 1 else sheet_name(f"{name[:26]} {part}")
                offered = rows.height or (blank_rows if table else 0)
                named = (headings or {}).get(name, {})
                _write_sheet(workbook.add_worksheet(title), rows, table, styles, listed, named, offered)


@contextmanager
def new_workbook(path: Path, *, constant_memory: bool = False) -> Iterator[Any]:
    """A workbook that takes the place of ``path`` once complete, and in which no text becomes a formula or a link.

    constant_memory
        Rows must then be written in order.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
        "constant_memory": constant_memory,
        "default_date_format": "yyyy-mm-dd",
    }
    with finished_file(path) as temporary, _file_errors(), xlsxwriter.Workbook(str(temporary), options) as workbook:
        yield workbook


def sheet_name(text: str) -> str:
    """Text as Excel allows it for the name of a sheet."""
    clean = "".join(" " if character in "[]:*?/\\'" else character for character in text).strip()
    return clean[:LONGEST_SHEET_NAME] or "Sheet"


def write_csv(path: str | Path, frame: pl.DataFrame, *, delimiter: str = ",") -> None:
    """Write a CSV file; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    path = Path(path)
    safe = without_lists(frame).with_columns(harmless(pl.col(pl.String)))
    with finished_file(path) as temporary:
        safe.write_csv(temporary, separator=delimiter, include_bom=True)


def without_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """The table without columns that hold many values per row."""
    return frame.select(name for name, kind in frame.schema.items() if not kind.is_nested())


class _Styles:
    """Cell formats of a workbook, made once each."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._formats: dict[str, Any] = {}
        self.header = workbook.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "top"}
        )

    def number(self, number_format: str) -> Any:
        if number_format not in self._formats:
            self._formats[number_format] = self._workbook.add_format({"num_format": number_format})
        return self._formats[number_format]


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    frame = without_lists(frame).with_columns(kept_apart(pl.col(pl.String)))
    yield frame.head(LARGEST_SHEET_ROWS)
    for start in range(LARGEST_SHEET_ROWS, frame.height, LARGEST_SHEET_ROWS):
        yield frame.slice(start, LARGEST_SHEET_ROWS)


def _write_sheet(
    sheet: Any,
    frame: pl.DataFrame,
    table: Table | None,
    styles: _Styles,
    choices: Mapping[str, tuple[str, ...]],
    headings: Mapping[str, str],
    offered: int,
) -> None:
    columns = [_declared(table, name) for name in frame.columns]
    for position, (name, column) in enumerate(zip(frame.columns, columns, strict=True)):
        number_format = _number_format(name, frame.schema[name], column)
        style = styles.number(number_format) if number_format else None
        sheet.set_column(position, position, _width(frame, name, headings.get(name, name)), style)
        if name in choices and offered:
            rule = {"validate": "list", "source": list(choices[name]), "ignore_blank": True}
            sheet.data_validation(1, position, offered, position, rule)
    for position, (name, column) in enumerate(zip(frame.columns, columns, strict=True)):
        sheet.write_string(0, position, headings.get(name, name), styles.header)
        if column:
            unit = f" [{column.unit}]" if column.unit else ""
            sheet.write_comment(0, position, f"{column.meaning}{unit}")
    writers = [_writer(sheet, kind) for kind in frame.dtypes]
    for row, values in enumerate(frame.iter_rows(), start=1):
        for position, value in enumerate(values):
            if value is not None:
                writers[position](row, position, value)
    sheet.freeze_panes(1, 1)
    if frame.width:
        sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)


def _writer(sheet: Any, kind: pl.DataType) -> Any:
    if kind.is_numeric():
        return sheet.write_number
    if kind == pl.Boolean:
        return sheet.write_boolean
    if kind.is_temporal():
        return sheet.write_datetime
    return sheet.write_string


def _declared(table: Table | None, name: str) -> Column | None:
    return table.column(name) if table and name in table.names else None


def _number_format(name: str, kind: pl.DataType, column: Column | None) -> str | None:
    if kind == pl.Date:
        return "yyyy-mm-dd"
    if kind.is_integer():
        return "#,##0"
    if not kind.is_float():
        return None
    if name.endswith("reorder_point"):
        return _LEVEL
    unit = column.unit if column else ""
    if unit in _FORMAT_BY_UNIT:
        return _FORMAT_BY_UNIT[unit]
    if not unit and any(word in name for word in _SHARES):
        return "0.0%"
    return "General"


def _width(frame: pl.DataFrame, name: str, heading: str) -> int:
    sample = frame[name].head(_WIDTH_SAMPLE_ROWS).drop_nulls().cast(pl.String, strict=False)
    longest = int(sample.str.len_chars().max() or 0) if len(sample) else 0  # type: ignore[arg-type]
    widest_word = max(len(word) for word in heading.replace("_", " ").split()) + 3
    return max(_NARROWEST, min(_WIDEST, max(longest + 2, widest_word)))
