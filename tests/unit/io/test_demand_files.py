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


WIDE = "Plant;Part;Jan 2024;Feb 2024;Mar 2024;Grand total\nN;A;1;;3;4\nN;B;0;2,5;0;2,5\nS;A;4;0;1;5\n"


@pytest.mark.parametrize(
    ("totals", "left_out"),
    [
        (";Total;5;2,5;4;11,5\n", 3),
        ("Grand total;;5;2,5;4;11,5\n", 3),
        ("N;Total;1;2,5;3;6,5\nS;Total;4;0;1;5\n;Gesamtergebnis;5;2,5;4;11,5\n", 9),
        (";Total A and B;5;;4;9\n", 3),
    ],
)
def test_a_row_of_sums_is_no_part(twin: TwinFolder, write: Write, totals: str, left_out: int) -> None:
    report = import_files(twin, {"demand": write("wide.csv", WIDE + totals)}).files[0]
    assert (report.taken, report.not_applicable, report.quarantined) == (9, left_out, 0)
    assert report.reasons == {"sum of other rows": left_out}
    assert set(twin.table("demand")["part_id"]) == {"A", "B"}
    assert any("no part and is left out" in notice for notice in report.notices)
    assert any("'Grand total' holds the sums of the periods" in notice for notice in report.notices)


def test_a_subtotal_sums_what_stands_above_it(twin: TwinFolder, write: Write) -> None:
    path = write(
        "wide.csv", "part_id,2024-01,2024-02\nA,1,2\nB,3,0\nPumps total,4,2\nC,5,5\nValves total,5,5\nTotal,9,7\n"
    )
    import_files(twin, {"demand": path})
    assert set(twin.table("demand")["part_id"]) == {"A", "B", "C"}


def test_a_part_that_is_only_named_as_a_total_is_taken_and_said(twin: TwinFolder, write: Write) -> None:
    report = import_files(twin, {"demand": write("wide.csv", WIDE + ";Total;5;2,5;9;16,5\n")}).files[0]
    assert (report.taken, report.not_applicable) == (12, 0)
    assert report.flagged == {"named_as_total": 3}
    said = next(notice for notice in report.notices if "'Total' (row 5)" in notice)
    assert "9 against 4 in 2024-03-01" in said


def test_a_column_of_totals_that_does_not_add_up_is_said(twin: TwinFolder, write: Write) -> None:
    path = write("wide.csv", "part_id,2024-01,2024-02,Total\nA,1,2,3\nB,3,0,7\n")
    notices = import_files(twin, {"demand": path}).files[0].notices
    assert any("In 1 rows it is not the sum of the periods (row 3: 7 against 3)" in notice for notice in notices)


def test_names_of_periods_say_how_long_they_are(twin: TwinFolder, write: Write) -> None:
    path = write("long.csv", "part_id,period,quantity\nA,2024-01,1\nA,2024-02,1\nB,Q1 2024,4\nC,2024-01-01,4\n")
    import_files(twin, {"demand": path}, answers={"missing_periods": "missing"})
    assert twin.table("demand").sort("part_id", "period")["period_unit"].to_list() == [
        "month",
        "month",
        "quarter",
        None,
    ]


def test_a_month_and_the_quarter_it_lies_in_are_refused(twin: TwinFolder, write: Write) -> None:
    for name, text in (
        ("begin.csv", "part_id,period,quantity\nA,2024-01,1\nA,Q1 2024,4\n"),
        ("inside.csv", "part_id,period,quantity,absent\nA,2024-02,1,zero\nA,Q1 2024,4,zero\n"),
        ("wide.csv", "part_id,Q1 2024,2024-05,2024-06,Q2 2024\nA,1,2,3,5\n"),
    ):
        with pytest.raises(InputRejected) as caught:
            import_files(twin, {"demand": write(name, text)})
        assert "told twice, in periods of different lengths" in caught.value.message
        problem = caught.value.problems[0]
        assert problem.row
        assert problem.column == "period"
        assert problem.remedy
        assert str(problem.file).startswith(name)
    assert twin.table("demand").is_empty()


@pytest.mark.parametrize("quarters", ["Q1 2024,Q2 2024", "2024-01-01,2024-04-01"])
def test_a_month_never_replaces_the_quarter_that_begins_with_it(twin: TwinFolder, write: Write, quarters: str) -> None:
    import_files(twin, {"demand": write("quarters.csv", f"part_id,{quarters}\nA,9,3\n")})
    with pytest.raises(InputRejected, match="told twice") as caught:
        import_files(twin, {"demand": write("months.csv", "part_id,2024-01,2024-02\nA,1,2\n")})
    assert {problem.file for problem in caught.value.problems} == {
        "months.csv, column 2024-01", "months.csv, column 2024-02"
    }  # fmt: skip
    # the same quarter again is a correction
    import_files(twin, {"demand": write("again.csv", f"part_id,{quarters}\nA,8,3\n")})
    assert twin.table("demand").sort("period")["quantity"].to_list() == [8.0, 3.0]


def test_weeks_and_months_are_refused_even_across_files(twin: TwinFolder, write: Write) -> None:
    import_files(twin, {"demand": write("months.csv", "part_id,2024-01,2024-02\nA,1,2\n")})
    with pytest.raises(InputRejected) as caught:
        import_files(twin, {"demand": write("weeks.csv", "part_id,2024-W05,2024-W06\nB,1,2\n")})
    problems = caught.value.problems
    assert [(problem.file, problem.row, problem.value) for problem in problems] == [
        ("weeks.csv, column 2024-W05", 2, "2024-01-29"), ("weeks.csv, column 2024-W06", 2, "2024-02-05")
    ]  # fmt: skip
    assert "a week lies across the months of other rows (part B)" in problems[0].reason
    assert "per month" in problems[0].remedy


def test_car_parts_keep_their_missing_months(twin: TwinFolder, shared: Path) -> None:
    report = import_files(twin, {"demand": shared / "data" / "demand-carparts" / "carparts.csv"}).files[0]
    assert report.read == report.taken == 2674 * 51
    rows = twin.table("demand")
    assert rows["quantity"].null_count() == 6122
    assert rows["quantity"].sum() == 66194.0
