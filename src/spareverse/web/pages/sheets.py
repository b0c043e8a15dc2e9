"""Tables as Excel files. Text is always written as text, so that no cell of an export can run as a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import xlsxwriter


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its name in the table, its heading, and the Excel number format."""

    name: str
    heading: str
    number_format: str = "General"
    width: float = 14


def workbook(sheet_name: str, frame: pl.DataFrame, columns: Sequence[SheetColumn], note: str = "") -> bytes:
    """An Excel file with one sheet: headings frozen and filterable, numbers as numbers, dates as dates."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(sheet_name)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef2f7"})
        for at, column in enumerate(columns):
            shape = book.add_format({"num_format": column.number_format})
            sheet.set_column(at, at, column.width, shape)
            sheet.write_string(0, at, column.heading, head)
            _fill(sheet, at, frame[column.name].to_list(), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(frame.height, 1), len(columns) - 1)
        if note:
            sheet.write_comment(0, 0, note)
    return buffer.getvalue()


def _fill(sheet: Any, at: int, values: Sequence[Any], day_format: Any) -> None:
    for row, value in enumerate(values, 1):
        if value is None:
            continue
        if isinstance(value, bool | str):
            sheet.write_string(row, at, str(value))
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, day_format)
        elif value == value and abs(value) != float("inf"):
            sheet.write_number(row, at, value)
