"""Tables of demand per period: long and wide, missing and zero, negative and repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import AbsentPeriods, InputRejected, UsageError
from spareverse.io.importing import import_files, preview
from spareverse.io.period_names import period_named, periods_named
from spareverse.io.quarantine import export_quarantine, resubmit_quarantine
from spareverse.io.twin_folder import TwinFolder

Write = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1998-01", date(1998, 1, 1)), ("1998/3", date(1998, 3, 1)), ("199812", date(1998, 12, 1)),
        ("Jan 1998", date(1998, 1, 1)), ("Mai-24", date(2024, 5, 1)), ("dicembre 2023", date(2023, 12, 1)),
        ("03/2024", date(2024, 3, 1)), ("2024-W05", date(2024, 1, 29)), ("KW 5 2024", None),
        ("KW5 2024", date(2024, 1, 29)), ("2024-Q3", date(2024, 7, 1)), ("Q1 2024", date(2024, 1, 1)),
        ("2024-02-01 00:00:00", date(2024, 2, 1)), ("M3", None), ("part", None), ("1998-13", None),
        ("2024-W54", None), ("12345678", None), ("Total", None),
    ],
)  # fmt: skip
def test_names_of_periods(text: str, day: date | None) -> None:
    assert period_named(text) == day


def test_first_days_written_either_way_round_are_told_by_all_of_them() -> None:
    assert periods_named(["01/02/2024", "01/03/2024"]) == {
        "01/02/2024": date(2024, 2, 1), "01/03/2024": date(2024, 3, 1)
    }  # fmt: skip
    assert periods_named(["02/01/2024", "03/01/2024"])["03/01/2024"] == date(2024, 3, 1)
    assert periods_named(["02/03/2024"]) == {}


def test_a_column_per_month_becomes_rows(twin: TwinFolder, write: Write) -> None:
    path = write("wide.csv", "Part;Plant;Jan 2024;Feb 2024;Mar 2024\n0012;N;1;;3\n0013;S;0;2,5;0\n")
    assert preview(path, settings=twin.settings).table == "demand"
    report = import_files(twin, {"demand": path}).files[0]
    assert (report.read, report.taken, report.quarantined) == (6, 6, 0)
    rows = twin.table("demand").sort("part_id", "period")
    assert rows["part_id"].to_list() == ["0012"] * 3 + ["0013"] * 3
    assert rows["quantity"].to_list() == [1.0, None, 3.0, 0.0, 2.5, 0.0]
    assert rows["period"].to_list()[:3] == [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]
    assert rows["row"].to_list() == [2, 2, 2, 3, 3, 3]


def test_absent_months_are_asked_for_and_both_answers_kept(twin: TwinFolder, write: Write) -> None:
    path = write("long.csv", "part_id,month,demand\nA,2024-01,1\nA,2024-02,0\nB,2024-02,4\n")
    with pytest.raises(AbsentPeriods) as caught:
        import_files(twin, {"demand": path})
    assert caught.value.problems[0].column == "missing_periods"
    assert "B with 1 of 2" in caught.value.problems[0].reason
    assert twin.table("demand").is_empty()
    with pytest.raises(UsageError):
        import_files(twin, {"demand": path}, answers={"missing_periods": "perhaps"})
    import_files(twin, {"demand": path}, answers={"missing_periods": "zero"})
    assert twin.table("demand")["absent"].to_list() == ["zero"] * 3
    import_files(twin, {"demand": path}, answers={"missing_periods": "missing"})
    assert twin.table("demand")["absent"].unique().to_list() == ["missing"]


def test_a_file_may_say_itself_what_absence_means(twin: TwinFolder, write: Write) -> None:
    path = write("long.csv", "part_id,period,quantity,absent\nA,2024-01,1,zero\nB,2024-03,4,zero\n")
    import_files(twin, {"demand": path})
    assert twin.table("demand").height == 2


def test_a_new_month_without_a_known_part_asks(twin: TwinFolder, write: Write) -> None:
    import_files(twin, {"demand": write("one.csv", "part_id,period,quantity\nA,2024-01,1\nB,2024-01,1\n")})
    with pytest.raises(AbsentPeriods):
        import_files(twin, {"demand": write("two.csv", "part_id,period,quantity\nA,2024-02,1\n")})


def test_negative_demand_is_quarantined_and_mended(twin: TwinFolder, write: Write, tmp_path: Path) -> None:
    path = write("wide.csv", "part_id,2024-01,2024-02\nA,-3,-4\nB,1,x\n")
    report = import_files(twin, {"demand": path}).files[0]
    assert (report.taken, report.quarantined) == (1, 3)
    assert set(twin.quarantine()["reason"]) == {"demand is negative", "quantity is no number"}
    assert twin.quarantine()["file"].to_list().count("wide.csv, column 2024-02") == 2
    export_quarantine(twin, tmp_path / "fix.xlsx")
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "fix.xlsx")
    sheet = book.worksheets[0]
    heading = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, heading["quantity"])
        cell.value = "7" if cell.value == "-4" else cell.value
    book.save(tmp_path / "fixed.xlsx")
    resubmit_quarantine(twin, tmp_path / "fixed.xlsx")
    assert twin.quarantine().height == 2
    rows = twin.table("demand").filter(pl.col("part_id") == "A")
    assert rows.select("period", "quantity").rows() == [(date(2024, 2, 1), 7.0)]


def test_two_columns_of_one_month_are_refused(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(InputRejected) as caught:
        import_files(twin, {"demand": write("wide.csv", "part_id,2024-01,Jan 2024,2024-02\nA,1,2,3\n")})
    assert [problem.column for problem in caught.value.problems] == ["2024-01", "Jan 2024"]


def test_car_parts_keep_their_missing_months(twin: TwinFolder, shared: Path) -> None:
    report = import_files(twin, {"demand": shared / "data" / "demand-carparts" / "carparts.csv"}).files[0]
    assert report.read == report.taken == 2674 * 51
    rows = twin.table("demand")
    assert rows["quantity"].null_count() == 6122
    assert rows["quantity"].sum() == 66194.0
