"""Every format and every damage of a file, as text cells or as one clear refusal."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from spareverse.errors import InputRejected, NotFound
from spareverse.io import workbooks
from spareverse.io.readers import as_sheet, read_bytes, read_cells
from spareverse.io.sheets import DAMAGE, LONG, ROW, SHORT, UNBALANCED, Sheet

KNOWN = frozenset({"partid", "quantity", "orderedon"})
HEAD = "part_id,quantity,ordered_on\n"


def sheet_of(content: str | bytes, name: str = "orders.csv") -> Sheet:
    content = content.encode() if isinstance(content, str) else content
    return as_sheet(read_cells(name, content)[0], KNOWN)


def rows_of(content: str | bytes) -> list[tuple[object, ...]]:
    return sheet_of(content).frame.drop("__file").rows()


def refusal(content: str | bytes) -> str:
    with pytest.raises(InputRejected) as caught:
        sheet_of(content)
    assert caught.value.problems
    assert caught.value.problems[0].file == "orders.csv"
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, newline: str) -> None:
    text = newline.join(delimiter.join(row) for row in (["part_id", "quantity"], ["007", "1"], ["A", "2"])) + newline
    sheet = sheet_of(text)
    assert sheet.delimiter == delimiter
    assert sheet.frame.select("part_id", "quantity", ROW).rows() == [("007", "1", 2), ("A", "2", 3)]


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings(encoding: str, reported: str) -> None:
    sheet = sheet_of((HEAD + "Dichtung groß,1,2024-01-31\n" * 3).encode(encoding))
    assert sheet.encoding == reported
    assert sheet.frame["part_id"][0] == "Dichtung groß"


def test_mixed_encodings_are_read_and_reported() -> None:
    sheet = sheet_of(HEAD.encode() + "ä,1,2024-01-31\n".encode() + "é,2,2024-01-31\n".encode("cp1252"))
    assert sheet.frame["part_id"].to_list() == ["ä", "é"]
    assert "1 characters were not utf-8" in sheet.notices[0]


def test_quoted_line_breaks_delimiters_and_marks() -> None:
    sheet = sheet_of(HEAD + '"a,\nb",1,2024-01-31\n"1/2"" bolt",2,2024-02-01\n')
    assert sheet.frame["part_id"].to_list() == ["a,\nb", '1/2" bolt']
    assert sheet.frame[DAMAGE].null_count() == 2


def test_a_stray_quotation_mark_in_a_field_is_text() -> None:
    assert sheet_of(HEAD + '1/2" bolt,1,2024-01-31\nB,2,2024-01-31\n').frame["part_id"].to_list() == ['1/2" bolt', "B"]


def test_short_and_long_rows_are_marked_not_dropped() -> None:
    frame = sheet_of(HEAD + "A,1,2024-01-31\nB,2\nC,3,2024-01-31,extra\nD,4,2024-01-31,\n").frame
    assert frame[DAMAGE].to_list() == [None, SHORT, LONG, None]
    assert frame[ROW].to_list() == [2, 3, 4, 5]


def test_an_open_quotation_mark_spoils_one_row_only() -> None:
    frame = sheet_of(HEAD + 'A,1,2024-01-31\n"B,2,2024-01-31\nC,3,2024-01-31\n"D",4,2024-01-31\n').frame
    assert frame[DAMAGE].to_list() == [None, UNBALANCED, None, None]
    assert frame["part_id"].to_list()[2:] == ["C", "D"]


def test_blank_lines_do_not_count_but_keep_the_numbering() -> None:
    assert sheet_of(HEAD + "\nA,1,2024-01-31\n,,\n\nB,2,2024-01-31\n").frame[ROW].to_list() == [3, 6]


def test_titles_above_the_header_are_skipped() -> None:
    frame = sheet_of("Purchase orders\nPrinted 2024\n\n" + HEAD + "A,1,2024-01-31\n").frame
    assert frame.columns[:3] == ["part_id", "quantity", "ordered_on"]
    assert frame[ROW].to_list() == [5]


def test_the_delimiter_line_of_excel() -> None:
    assert sheet_of("sep=;\npart_id;quantity\nA;1\n").frame["part_id"].to_list() == ["A"]


def test_repeated_headings_are_named_and_not_used() -> None:
    sheet = sheet_of("part_id,quantity,quantity\nA,1,2\n")
    assert sheet.repeated == {"quantity"}
    assert "quantity" in sheet.notices[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (HEAD.encode(), "no lines"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "old Excel"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\x1f\x8b\x08" + b"x" * 99, "compressed"),
        (b"abc\x00\x01\x02" * 50, "not a text table"),
        (b"PAR1 broken", "damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        (HEAD.encode() + b"A,1,2024-01-31\nB,2", "cut off"),
        (HEAD.encode() + b'A,1,2024-01-31\n"B', "cut off"),
        (HEAD.encode() + b'A,1,2024-01-31\n"B\nand', "cut off"),
        ((HEAD + "ä,1,2024\n").encode("utf-16")[:-1], "breaks off"),
    ],
)
def test_files_that_cannot_be_trusted(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        read_bytes(tmp_path / "no.csv")


def workbook(**sheets: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return buffer.getvalue()


def test_excel_keeps_zeros_dates_digits_and_formula_like_ids() -> None:
    content = workbook(
        Orders=[
            ["part_id", "quantity", "ordered_on"],
            ["007", 5, date(2024, 1, 31)],
            ["=A1", 5.25, "31.01.2024"],
            [12345678901, 1e15, None],
        ]
    )
    assert sheet_of(content).frame.drop("__file", ROW, DAMAGE).rows() == [
        ("007", "5", "2024-01-31"),
        ("=A1", "5.25", "31.01.2024"),
        ("12345678901", "1000000000000000", None),
    ]


def test_excel_numbers_keep_all_their_decimals() -> None:
    """As text a workbook's numbers have nine decimals; a price per gram or a rate per hour has more."""
    numbers = [1 / 3, 1.23456789012e-7, 2.5e-10, 1234.567890123456, 0, -1 / 7]
    content = workbook(Orders=[["part_id", "price"], *([f"P{i}", value] for i, value in enumerate(numbers))])
    read = [float(text) for text in sheet_of(content).frame["price"]]
    assert read == pytest.approx(numbers, rel=1e-15, abs=0.0)  # the file itself holds 16 digits
    texts = ["0.1234567890123", "000.1234567", "0"]
    content = workbook(Orders=[["part_id", "price"], *([text, 1.5] for text in texts)])
    assert sheet_of(content).frame["part_id"].to_list() == texts


def test_an_archive_that_is_no_workbook() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders.csv", HEAD)
    assert "archive" in refusal(buffer.getvalue())


def test_an_empty_workbook() -> None:
    assert "empty" in refusal(workbook(Sheet1=[]))


def bomb(size: int) -> bytes:
    buffer = io.BytesIO(workbook(Sheet1=[["part_id"], ["A"]]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(size))
    return buffer.getvalue()


def test_a_zip_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_RATIO_MATTERS_FROM", 1 << 20)
    assert "unpack to more than" in refusal(bomb(8 << 20))


def test_a_zip_bomb_that_lies_about_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_RATIO_MATTERS_FROM", 1 << 20)
    size = 8 << 20
    content = bomb(size).replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert "unpack to more than" in refusal(content) or "damaged" in refusal(content)


def with_cell(cell: bytes) -> bytes:
    """A workbook to whose only sheet a cell is added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(Sheet1=[["part_id"], ["A"]]))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</row></sheetData>", cell + b"</row></sheetData>"))
    return buffer.getvalue()


def test_a_far_away_cell_cannot_fill_the_memory() -> None:
    assert "far outside the table" in refusal(with_cell(b'<c r="XFD1048576"><v>1</v></c>'))
    assert "far outside the table" in refusal(with_cell(b"<c r='ZZ1048576' s='1'><v>1</v></c>"))
    assert rows_of(with_cell(b'<c r="XFD1048576" s="1"/>')) == rows_of(with_cell(b""))


def test_a_very_long_field_is_read() -> None:
    text = "x" * 200_000
    assert rows_of(f"{HEAD}{text},1,2024-01-02\n")[0][0] == text


def test_parquet_keeps_types_as_text() -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"part_id": ["007"], "quantity": [2.5], "ordered_on": [date(2024, 1, 31)], "n": [[1]]}).write_parquet(
        buffer
    )
    sheet = sheet_of(buffer.getvalue())
    assert sheet.frame.select("part_id", "quantity", "ordered_on").row(0) == ("007", "2.5", "2024-01-31")
    assert "nested" in sheet.notices[0]
