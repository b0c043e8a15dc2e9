"""The package as people have it: titles, units in headings, commas, merged cells; and what one part must agree on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from spareverse.errors import Problem
from spareverse.io.study_files import read_study
from spareverse.network.study import Study
from tests.unit.io.study_cases import LINE, document, problems_of, refused, study_of, written

HEADINGS = ["Tag No.", "Part no", "Failures per year", "Unit price [EUR]", "Delivery time (weeks)", "Remarks", "AM"]
ROWS: list[list[Any]] = [
    ["P-1", "SEAL", 0.5, 120.25, 6, "x", "yes"],
    ["P-2", "SEAL", 0.5, "120,25", "6", None, "ja"],
    ["P-3", "BEARING", "0,123456789012", 80, 4, None, "no"],
]
Change = Callable[[Any], None]


def workbook(folder: Path, change: Change | None = None, rows: list[list[Any]] | None = None) -> Path:
    """A study with a package workbook: two title rows, a header, the rows; changed before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Spares"
    sheet.append(["Spare parts list, revision 3"])
    sheet.append([])
    sheet.append(HEADINGS)
    for row in rows or ROWS:
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    if change:
        change(sheet)
    book.save(folder / "package.xlsx")
    options = [{"name": "shelf", "warehouse": "physical", "policy": {"reorder_point": 1, "order_quantity": 1}}]
    return written(folder, document(line=None, option=options, study={"name": "s", "lines": "package.xlsx"}))


def read(folder: Path, change: Change | None = None) -> Study:
    return read_study(workbook(folder, change))


def at(problems: list[Problem], column: str) -> list[tuple[int | None, str | None]]:
    return [(problem.row, problem.value) for problem in problems if problem.column == column]


def test_a_workbook_with_titles_units_and_commas_is_read(tmp_path: Path) -> None:
    study = read(tmp_path)
    assert study.lines["tag"].to_list() == ["P-1", "P-2", "P-3"]
    assert study.lines["unit_price"].to_list() == [120.25, 120.25, 80.0]
    assert study.lines["failures_per_year"].to_list() == [0.5, 0.5, 0.123456789012]
    assert study.lines["lead_time"].to_list() == ["6 week", "6 week", "4 week"]
    assert study.lines["am_qualified"].to_list() == [True, True, False]


def test_defaults_are_filled_in_and_said(tmp_path: Path) -> None:
    study = read(tmp_path)
    filled = study.lines.select(
        "asset_id", "criticality", "installed_quantity", "needed_quantity", "replacement", "life"
    )
    assert filled.row(0) == ("P-1", "medium", 1, 1, "8 h", "exponential")
    said = " ".join(study.notes)
    assert "columns not used: Remarks" in said
    assert "criticality medium" in said
    assert "replacement 8 h" in said


def test_digits_of_a_workbook_are_kept(tmp_path: Path) -> None:
    rows = [["P-1", "SEAL", 0.000012345678901, 1 / 3, 6, None, None]]
    study = read_study(workbook(tmp_path, rows=rows))
    assert study.lines["failures_per_year"][0] == 0.000012345678901
    assert study.lines["unit_price"][0] == pytest.approx(1 / 3, rel=1e-11)


def test_hard_spaces_are_spaces(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["A4"], sheet["D4"] = "\u00a0P-1\u00a0 A ", "1\u00a0200,50"
        sheet["B4"] = "OTHER"

    lines = read(tmp_path, change).lines
    assert (lines["tag"][0], lines["unit_price"][0]) == ("P-1 A", 1200.5)


def test_merged_cells_are_refused_with_their_place(tmp_path: Path) -> None:
    found = refused(workbook(tmp_path, lambda sheet: sheet.merge_cells("B4:B5")))
    merged = [problem for problem in found if "merged" in problem.reason]
    assert [(p.file, p.row, p.column, p.value) for p in merged] == [("package.xlsx [Spares]", 4, "Part no", "SEAL")]
    assert "B4:B5" in merged[0].reason


def test_a_merged_cell_in_a_column_nobody_reads_does_not_matter(tmp_path: Path) -> None:
    assert read(tmp_path, lambda sheet: sheet.merge_cells("F4:F6")).lines.height == 3


def test_missing_tags_and_texts_in_number_cells_are_told_by_cell(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["A5"], sheet["D6"], sheet["C4"], sheet["G4"] = None, "on request", "often", "perhaps"
        sheet["E6"] = "soon"

    found = refused(workbook(tmp_path, change))
    assert at(found, "Tag No.") == [(5, None)]
    assert at(found, "Unit price [EUR]") == [(6, "on request"), (6, None)]
    assert at(found, "Failures per year")[0] == (4, "often")
    assert at(found, "AM") == [(4, "perhaps")]
    assert at(found, "Delivery time (weeks)")[0] == (6, "soon")


@pytest.mark.parametrize(
    ("cell", "text", "words"),
    [
        ("D3", "Unit price [NOK]", "NOK"),
        ("E3", "Delivery time (fortnights)", "fortnights"),
        ("D3", "Tag No.", "more than"),
    ],
)
def test_headings_that_mislead_are_refused(tmp_path: Path, cell: str, text: str, words: str) -> None:
    found = refused(workbook(tmp_path, lambda sheet: sheet.__setitem__(cell, text)))
    assert any(words in problem.reason for problem in found), [str(problem) for problem in found]


def test_a_workbook_without_tags_names_its_headings(tmp_path: Path) -> None:
    found = refused(workbook(tmp_path, lambda sheet: sheet.__setitem__("A3", "Position")))
    assert [problem.column for problem in found] == ["tag"]
    assert "Part no" in found[0].remedy


def test_an_unknown_sheet_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    content = path.read_text().replace('lines = "package.xlsx"', 'lines = "package.xlsx"\nsheet = "Spars"')
    path.write_text(content)
    assert "'Spares'" in refused(path)[0].remedy


def test_sheets_are_read_together_and_templates_beside_them_are_not(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("Electrical")
        other.append(HEADINGS)
        other.append(["E-1", "RELAY", 0.2, 10, 3, None, "no"])
        sheet.parent.create_sheet("Read me").append(["This is how to fill it in"])

    study = read(tmp_path, change)
    assert study.lines["part_id"].to_list() == ["SEAL", "SEAL", "BEARING", "RELAY"]
    assert any("2 sheets" in note for note in study.notes)


def test_a_csv_with_semicolons_and_commas_is_read(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(
        "tag;part_id;mtbf_h;unit_price;lead_time\nP-1;A;4380;1.200,50;12,5\nP-2;B;8760;800,25;triangular(5, 6, 7)\n"
    )
    options = [{"name": "shelf", "warehouse": "physical", "policy": {"reorder_point": 1, "order_quantity": 1}}]
    study = read_study(
        written(tmp_path, document(line=None, option=options, study={"name": "s", "lines": "lines.csv"}))
    )
    assert study.lines["unit_price"].to_list() == [1200.5, 800.25]
    assert study.lines["failures_per_year"].to_list() == [2.0, 1.0]
    assert study.lines["lead_time"].to_list() == ["12.5 d", "triangular(5, 6, 7) d"]


def two_lines(**other: Any) -> list[dict[str, Any]]:
    return [dict(LINE), {**LINE, "tag": "P-2", **other}]


def test_what_one_line_knows_of_a_part_holds_for_the_others(tmp_path: Path) -> None:
    second = {"tag": "P-2", "part_id": "SEAL"}
    study = study_of(tmp_path, line=[dict(LINE), second])
    for name in ("unit_price", "lead_time", "am_qualified", "failures_per_year"):
        assert study.lines[name].n_unique() == 1, name
    assert any("another line of the same part" in note for note in study.notes)


# changed lines -> column and words of the problem
CONTRADICTIONS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "two rates": (two_lines(failures_per_year=3), "line[2].failures_per_year", "another failures_per_year"),
    "two prices": (two_lines(unit_price=3), "line[2].unit_price", "another unit_price"),
    "same line twice": ([dict(LINE), dict(LINE)], "line[2].part_id", "earlier line"),
    "rate twice": ([{**LINE, "mtbf_h": 10}], "line[1].failures_per_year", "more than one way"),
    "no rate": ([{**LINE, "failures_per_year": ""}], "line[1].failures_per_year", "no failure rate"),
    "negative rate": ([{**LINE, "failures_per_year": -1}], "line[1].failures_per_year", "negative"),
    "no life": ([{**LINE, "failures_per_year": "", "mtbf_h": 0}], "line[1].mtbf_h", "above 0"),
    "k above n": ([{**LINE, "installed_quantity": 2, "needed_quantity": 3}], "line[1].needed_quantity", "k > n"),
    "more than once an hour": ([{**LINE, "failures_per_year": 9000}], "line[1].failures_per_year", "once an hour"),
    "a million pieces": ([{**LINE, "installed_quantity": 10**6}], "line[1].installed_quantity", "in one tag"),
    "too dear": ([{**LINE, "unit_price": 1e16}], "line[1].unit_price", "too large"),
    "a thousand years": ([{**LINE, "lead_time": "1000 years"}], "line[1].lead_time", "longer than 100 years"),
    "half a record": ([{**LINE, "record_failures": 2}], "line[1].record_hours", "without their hours"),
    "no record": ([{**LINE, "rate_source": "records"}], "line[1].rate_source", "no records"),
    "no history": ([{**LINE, "failures_per_year": "", "rate_source": "history"}], "line[1].rate_source", "twin"),
    "life": ([{**LINE, "life": "weibul(shape=2)"}], "line[1].life", "weibull"),
    "half a piece": ([{**LINE, "installed_quantity": 1.5}], "line[1].installed_quantity", "whole number"),
    "unknown column": ([{**LINE, "pric": 3}], "line[1].pric", "no such column"),
    "no part": ([{**LINE, "part_id": ""}], "line[1].part_id", "missing"),
    "no tag at all": ([{"part_id": "A"}], "line[1].tag", "missing"),
    "two costs of one asset": (
        [{**LINE, "asset_id": "A"}, {**LINE, "tag": "P-2", "asset_id": "A", "downtime_cost_per_h": 99}],
        "line[2].downtime_cost_per_h", "another cost",
    ),
    "some lead times missing": (
        [dict(LINE), {**LINE, "tag": "P-2", "part_id": "B", "lead_time": ""}], "line[2].lead_time", "option shelf",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_lines_that_contradict_themselves_are_told(tmp_path: Path, name: str) -> None:
    lines, column, words = CONTRADICTIONS[name]
    found = problems_of(tmp_path, line=lines)
    assert any(p.column == column and words in p.reason + p.remedy for p in found), [str(p) for p in found]


def test_more_than_five_thousand_lines_are_refused(tmp_path: Path) -> None:
    many = pl.DataFrame({"tag": [f"T-{i}" for i in range(5_001)], "part_id": [f"P-{i}" for i in range(5_001)]})
    many.with_columns(failures_per_year=1.0, unit_price=1.0, lead_time=3.0).write_csv(tmp_path / "lines.csv")
    found = refused(written(tmp_path, document(line=None, study={"name": "s", "lines": "lines.csv"})))
    assert any("5,001 lines" in problem.reason and problem.row == 5_002 for problem in found)


def test_the_same_trouble_in_many_rows_is_counted(tmp_path: Path) -> None:
    lines = [{**LINE, "tag": f"P-{i}", "unit_price": -1} for i in range(50)]
    found = [problem for problem in problems_of(tmp_path, line=lines) if "unit_price" in str(problem.column)]
    assert len(found) == 21
    assert "30 more rows" in found[-1].reason


STOCK: dict[str, tuple[dict[str, Any], str, str]] = {
    "option": ({"option": "shelv", "part_id": "SEAL"}, "option", "no such option"),
    "part": ({"option": "shelf", "part_id": "SEEL"}, "part_id", "No line"),
    "negative": ({"option": "shelf", "part_id": "SEAL", "initial_stock": -1}, "initial_stock", "negative"),
    "central": ({"option": "shelf", "part_id": "SEAL", "place": "central"}, "place", "no central"),
    "too many": ({"option": "shelf", "part_id": "SEAL", "order_up_to": 10**7}, "order_up_to", "too large"),
    "batch": ({"option": "shelf", "part_id": "SEAL", "order_quantity": 0}, "order_quantity", "at least 1"),
}


@pytest.mark.parametrize("name", STOCK)
def test_stock_levels_belong_to_the_study(tmp_path: Path, name: str) -> None:
    row, column, words = STOCK[name]
    found = problems_of(tmp_path, stock=[row])
    assert [(p.column, words in p.reason) for p in found] == [(f"stock[1].{column}", True)]


def test_stock_levels_of_a_sheet_arrive(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        levels = sheet.parent.create_sheet("stock_levels")
        levels.append(["option", "part_id", "initial_stock", "reorder_point"])
        levels.append(["shelf", "SEAL", 7, 5])

    study = read(tmp_path, change)
    assert study.stock.rows() == [("shelf", "SEAL", "site", 7, 5, None, None)]
    assert study.lines.height == 3
