"""Merged cells of a workbook, told from its own file."""

from __future__ import annotations

import io

import openpyxl
import pytest

from spareverse.io.merged_cells import MergedRange, merged_ranges


def saved(*ranges: str, title: str = "Package") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet(title)
    sheet["A1"] = "x"
    for each in ranges:
        sheet.merge_cells(each)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_ranges_are_told_by_sheet() -> None:
    found = merged_ranges(saved("B4:B6", "AA1:AC2"))
    assert set(found) == {"Package"}
    assert sorted(found["Package"], key=lambda area: area.first_row) == [
        MergedRange("AA1:AC2", 1, 2, 26, 28),
        MergedRange("B4:B6", 4, 6, 1, 1),
    ]


def test_a_name_with_marks_is_read_as_it_stands() -> None:
    assert set(merged_ranges(saved("A1:A2", title='Pumps & "seals" <2>'))) == {'Pumps & "seals" <2>'}


@pytest.mark.parametrize("content", [b"", b"tag;part\n", saved()])
def test_other_files_have_none(content: bytes) -> None:
    assert merged_ranges(content) == {}
