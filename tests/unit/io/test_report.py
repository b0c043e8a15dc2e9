"""Templates, reports and change lists: written safely, and read back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from xlsxwriter.exceptions import FileCreateError

from spareverse.errors import InputRejected, StorageFailed, UsageError
from spareverse.io import excel
from spareverse.io.excel import sheet_name, write_csv, write_tables
from spareverse.io.report import read_changes, write_analysis_report, write_changes
from spareverse.io.templates import write_templates
from spareverse.network.results import CHANGE_LIST, PART_RESULTS
from spareverse.network.tables import TABLES

EVIL = ["=cmd()", "+1", "-1", "@x", "\tx", "plain"]


def changes(**columns: list[object]) -> pl.DataFrame:
    frame = pl.DataFrame(columns)
    return frame.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in CHANGE_LIST.schema.items() if name not in frame.columns
    ).select(pl.col(name).cast(dtype) for name, dtype in CHANGE_LIST.schema.items())


LIST = changes(
    part_id=["007", "=A", "C"], place_id=["BO", "BO", ""], proposed_reorder_point=[5.0, 6.0, 7.0],
    proposed_order_quantity=[10.0, 11.0, 12.0], accept=["yes", None, "no"], override_reorder_point=[None, 3.0, None],
    comment=[None, None, "never"],
)  # fmt: skip


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_tables(path, {"a": pl.DataFrame({"text": EVIL})})
    with zipfile.ZipFile(path) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    assert fastexcel.read_excel(path).load_sheet(0).to_polars()["text"].to_list() == EVIL


def test_texts_in_csv_are_harmless(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", pl.DataFrame({"text": EVIL, "number": [-1, 2, 3, 4, 5, 6]}))
    frame = pl.read_csv(tmp_path / "t.csv")
    assert frame["text"].to_list() == ["'=cmd()", "'+1", "'-1", "'@x", "'\tx", "plain"]
    assert frame["number"][0] == -1


def test_long_tables_go_on_in_a_further_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "LARGEST_SHEET_ROWS", 10)
    write_tables(tmp_path / "t.xlsx", {"parts": pl.DataFrame({"n": range(25)})})
    assert fastexcel.read_excel(tmp_path / "t.xlsx").sheet_names == ["parts", "parts 2", "parts 3"]


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(excel, "_write_sheet", full)
    with pytest.raises(StorageFailed):
        write_tables(tmp_path / "t.xlsx", {"a": pl.DataFrame({"n": [1]})})
    assert list(tmp_path.iterdir()) == []


def test_sheet_names_are_allowed_ones() -> None:
    assert sheet_name("a/b:c" * 10)[:5] == "a b c"
    assert len(sheet_name("a" * 99)) == 31


def test_templates_cover_every_table(tmp_path: Path) -> None:
    files = write_templates(tmp_path)
    assert len(files) == 1 + len(TABLES)
    book = fastexcel.read_excel(tmp_path / "spareverse-templates.xlsx")
    for name, table in TABLES.items():
        header = book.load_sheet(name, header_row=None, dtypes="string").to_polars().row(0)
        assert header == table.names
        assert book.load_sheet(f"about {name}").to_polars()["column"].to_list() == list(table.names)


def test_the_analysis_report_has_its_sheets(tmp_path: Path) -> None:
    document = {
        "made_at": "2024-01-01", "summary": {"parts_analysed": 3, "money_at_risk": 12.5, "evidence": {"strong": 1}},
        "assumptions": ["h is 20 % a year"], "notices": ["made to order"],
    }  # fmt: skip
    parts = PART_RESULTS.empty()
    write_analysis_report(tmp_path / "r.xlsx", document, {"changes": LIST, "parts": parts})
    book = fastexcel.read_excel(tmp_path / "r.xlsx")
    assert book.sheet_names == ["Summary", "Changes", "Parts", "Assumptions"]
    summary = dict(book.load_sheet("Summary").to_polars().rows())
    assert summary["summary: money at risk"] == "12.5"
    assert book.load_sheet("Assumptions").to_polars()["text"].to_list() == ["h is 20 % a year", "made to order"]


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_a_change_list_comes_back(tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"c.{format_}"
    assert write_changes(path, LIST, format_) == 3  # type: ignore[arg-type]
    assert read_changes(path).rows() == [
        ("007", "BO", "yes", None, None, 5.0, 10.0),
        ("=A", "BO", None, 3.0, None, 6.0, 11.0),
        ("C", "", "no", None, "never", 7.0, 12.0),
    ]


def test_the_upload_file_holds_what_was_accepted(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    accepted = LIST.with_columns(
        accept=pl.Series(["yes", "yes", "yes"]), proposed_reorder_point=pl.Series([5.0, 6.0, -1.0])
    )
    assert write_changes(path, accepted, "sap") == 3
    frame = pl.read_csv(path, separator=";", infer_schema=False)
    assert frame.columns == ["MATNR", "WERKS", "DISMM", "MINBE", "BSTFE"]
    assert frame.rows() == [
        ("007", "BO", "VB", "5.0", "10.0"), ("'=A", "BO", "VB", "3.0", "11.0"), ("C", "", "ND", None, None),
    ]  # fmt: skip
    with pytest.raises(UsageError):
        write_changes(path, LIST, "pdf")  # type: ignore[arg-type]


def test_cells_that_make_no_sense_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("part_id,place_id,accept,override_reorder_point\nA,,maybe,\n,,yes,\nB,,ja,-3\nC,,,\n")
    with pytest.raises(InputRejected) as caught:
        read_changes(path)
    assert sorted((p.row, p.column) for p in caught.value.problems) == [
        (2, "accept"), (3, "part_id"), (4, "override_reorder_point"),
    ]  # fmt: skip
    other = tmp_path / "x.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(InputRejected, match="no change list"):
        read_changes(other)


def test_a_workbook_the_disk_refuses_is_a_storage_failure(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with pytest.raises(StorageFailed, match="disk is full"), excel.finished_file(path), excel._file_errors():
        raise FileCreateError(OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []
