"""The workbook of an example's package, as vendors send them: a title block, then the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

_WIDTHS = {"description": 42, "tag": 16, "part_id": 16, "vendor": 24}
_WIDTH = 12


def write_package(
    path: Path,
    title: Sequence[str],
    lines: pl.DataFrame,
    headings: Mapping[str, str],
    stock: pl.DataFrame | None = None,
) -> Path:
    """Sheet ``Package`` with the title block above its header, and sheet ``stock_levels``.

    headings
        Column -> heading, where the workbook calls it something else.
    """
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        bold = workbook.add_format({"bold": True, "font_size": 14})
        header = workbook.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF4", "bottom": 1})
        sheet = workbook.add_worksheet("Package")
        sheet.merge_range(0, 0, 0, 7, title[0], bold)
        for row, text in enumerate(title[1:], start=1):
            sheet.write_string(row, 0, text)
        top = len(title) + 1
        _write(sheet, top, lines.rename(headings), header)
        for position, name in enumerate(lines.columns):
            sheet.set_column(position, position, _WIDTHS.get(name, _WIDTH))
        sheet.freeze_panes(top + 1, 2)
        sheet.autofilter(top, 0, top + lines.height, lines.width - 1)
        if stock is not None:
            levels = workbook.add_worksheet("stock_levels")
            _write(levels, 0, stock, header)
            levels.set_column(0, stock.width - 1, 16)
            levels.freeze_panes(1, 0)
    return path


def _write(sheet: Any, top: int, frame: pl.DataFrame, header: Any) -> None:
    for position, name in enumerate(frame.columns):
        sheet.write_string(top, position, name, header)
        values = frame[name].to_list()
        if frame.schema[name] == pl.Boolean:
            values = [None if value is None else "yes" if value else "no" for value in values]
        for row, value in enumerate(values, start=top + 1):
            if value is not None:
                sheet.write(row, position, value)
