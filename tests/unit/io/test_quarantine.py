"""Out to Excel, mended, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter

from spareverse.errors import InputRejected
from spareverse.io.importing import import_files
from spareverse.io.quarantine import export_quarantine, resubmit_quarantine
from spareverse.io.twin_folder import TwinFolder

Write = Callable[[str, str | bytes], Path]
TEXT = (
    "Teil;Bestellung;Pos;Bestelldatum;Menge;Preis\n007;PO1;1;25.01.2024;1,5;2,5\n=1+1;PO1;2;bald;3;1,125\n"
    "009;PO1;3;03.02.2024;drei;1\n;PO1;4;03.02.2024;1;1\n"
)


def mend(source: Path, target: Path, changes: dict[str, dict[str, object]]) -> Path:
    """Write the export again with some cells (by heading of the row with that position) set."""
    book = fastexcel.read_excel(source)
    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "default_date_format": "dd.mm.yyyy"}) as new:
        for name in book.sheet_names:
            frame = book.load_sheet(name, dtypes="string").to_polars()
            page = new.add_worksheet(name)
            page.write_row(0, 0, frame.columns)
            for number, row in enumerate(frame.iter_rows(named=True), start=1):
                cells = {**row, **changes.get(str(row["Pos"]), {})}
                for column, value in enumerate(cells.values()):
                    page.write(number, column, value)
    return target


@pytest.fixture
def exported(twin: TwinFolder, write: Write, tmp_path: Path) -> Path:
    report = import_files(twin, {"purchases": write("po.csv", TEXT)}).files[0]
    assert (report.taken, report.quarantined) == (1, 3)
    assert export_quarantine(twin, tmp_path / "q.xlsx") == 3
    return tmp_path / "q.xlsx"


def test_the_export_shows_the_raw_line_and_what_is_wrong(exported: Path) -> None:
    frame = fastexcel.read_excel(exported).load_sheet(0, dtypes="string").to_polars()
    assert frame["Teil"].to_list() == ["=1+1", "009", None]
    assert frame["quarantine_row"].to_list() == ["3", "4", "5"]
    assert frame["quarantine_reason"].to_list() == [
        "ordered_on is no date",
        "quantity is no number",
        "part_id is empty",
    ]


def test_mended_lines_come_in_and_leave_the_quarantine(twin: TwinFolder, exported: Path, tmp_path: Path) -> None:
    changes = {"2": {"Bestelldatum": date(2024, 2, 3)}, "3": {"Menge": 3}}
    fixed = mend(exported, tmp_path / "fixed.xlsx", changes)
    report = resubmit_quarantine(twin, fixed).files[0]
    assert (report.read, report.taken, report.quarantined) == (3, 2, 1)
    rows = twin.table("purchases").sort("row")
    assert rows.select("part_id", "ordered_on", "quantity", "unit_cost", "file", "row").rows() == [
        ("007", date(2024, 1, 25), 1.5, 2.5, "po.csv", 2),
        ("=1+1", date(2024, 2, 3), 3.0, 1.125, "po.csv", 3),
        ("009", date(2024, 2, 3), 3.0, 1.0, "po.csv", 4),
    ]
    assert twin.quarantine()["row"].to_list() == [5]
    assert resubmit_quarantine(twin, fixed).files[0].taken == 0
    assert twin.table("purchases").height == 3


def test_undoing_the_mended_import_brings_the_lines_back(twin: TwinFolder, exported: Path, tmp_path: Path) -> None:
    fixed = mend(exported, tmp_path / "fixed.xlsx", {"3": {"Menge": 3}})
    report = resubmit_quarantine(twin, fixed).files[0]
    assert twin.quarantine().height == 2
    twin.undo(str(report.import_id))
    assert twin.quarantine().height == 3


def test_lines_left_as_they_were_change_nothing(twin: TwinFolder, exported: Path) -> None:
    before = twin.fingerprint()
    report = resubmit_quarantine(twin, exported).files[0]
    assert (report.taken, report.quarantined, report.import_id) == (0, 3, None)
    assert twin.fingerprint() == before


def test_another_file_is_refused(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(InputRejected, match="no exported quarantine"):
        resubmit_quarantine(twin, write("x.csv", "a,b\n1,2\n"))


def test_an_empty_quarantine_gives_an_empty_sheet(twin: TwinFolder, tmp_path: Path) -> None:
    assert export_quarantine(twin, tmp_path / "q.xlsx") == 0
    assert pl.read_excel(tmp_path / "q.xlsx", raise_if_empty=False).is_empty()
