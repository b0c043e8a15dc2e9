"""The SPIR workbook: what stands in it, that it is harmless, and that it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.examples.platform import PUBLISHED_SPIR
from spareverse.io.spir import write_spir
from spareverse.io.spir_columns import SPIR_COLUMNS
from spareverse.io.spir_reading import read_spir
from spareverse.io.spir_rows import spir_rows
from spareverse.io.study_files import read_study
from spareverse.network.study import Study
from spareverse.network.study_answers import BEST_OPTIONS, NOT_ENOUGH, PART_BY_PART, QUANTITIES
from spareverse.network.study_tables import LINE_RESULTS, OPTION_RESULTS
from tests.unit.io.study_cases import LINE, POLICY, document, option, study_of, written

HEADER = 8


@dataclass(frozen=True)
class Run:
    """A run with results made by hand."""

    study: Study
    tables: dict[str, pl.DataFrame]
    seed: int = 7
    replications: int = 200
    half_widths: dict[str, float] = field(default_factory=lambda: {"shelf": 0.002})


@dataclass(frozen=True)
class Outcome:
    run: Run
    answers: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=lambda: {"version": "1.2.3", "made_at": "2026-02-03T04:05:06"})


def table(declared: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    filled = pl.concat([declared.empty(), pl.DataFrame(rows, infer_schema_length=None)], how="diagonal_relaxed")
    return filled.cast(dict(declared.schema))


def result(part: str, name: str, cost: float, **cells: Any) -> dict[str, Any]:
    usual = {"follows": name, "policy": "reorder_point", "initial_stock": 2, "reorder_point": 1, "order_quantity": 2,
             "order_up_to": 0, "unit_price": 100.0, "lead_time_days": 30.0, "availability": 0.95}  # fmt: skip
    return {"option": name, "part_id": part, "supply_cost": cost, "downtime_cost": 1.0, **usual, **cells}


CENTRAL = {"central_stock": 3, "central_policy": "base_stock", "central_order_up_to": 4, "central_order_quantity": 1}
PRINTED = {"policy": "on_demand", "initial_stock": 0, "reorder_point": 0, "order_quantity": 1, "lead_time_days": 5.0}


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    """Two tags share a seal; two kinds of relay replace one another; the fan is not printable."""
    lines = [
        {**LINE, "vendor": "=cmd()", "description": "Seal"},
        {**LINE, "tag": "P-2", "installed_quantity": 3, "criticality": "low"},
        {**LINE, "tag": "E-1", "part_id": "RELAY-A", "interchange_group": "RELAY", "failures_per_year": 0.1},
        {**LINE, "tag": "E-2", "part_id": "RELAY-B", "interchange_group": "RELAY", "failures_per_year": 0.1},
        {**LINE, "tag": "F-1", "part_id": "FAN", "am_qualified": False, "digital_lead_time": ""},
    ]
    options = [
        option("shelf", title="Shelf & store", central=POLICY, transfer={"time_days": 1}),
        {"name": "printed", "warehouse": "digital", "qualified_only": True, "fallback": "shelf"},
    ]
    study = study_of(tmp_path, line=lines, option=options, study={"name": "small", "currency": "NOK"})
    results = [
        result("SEAL", "shelf", 500), result("SEAL", "printed", 100, **PRINTED),
        result("RELAY", "shelf", 50, **CENTRAL), result("RELAY", "printed", 70, **PRINTED),
        result("FAN", "shelf", 50), result("FAN", "printed", 50, follows="shelf"),
    ]  # fmt: skip
    options_table = [
        {"option": name, "measure": "availability", "mean": 0.9, "low": 0.89, "high": 0.91}
        for name in ("shelf", "printed")
    ]
    tables = {"line_results": table(LINE_RESULTS, results), "options": table(OPTION_RESULTS, options_table)}
    return Outcome(Run(study, tables))


def sheet_rows(path: Path, name: str = "SPIR") -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)[name]
    names = [column.name for column in SPIR_COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=HEADER + 1, values_only=True)]


def test_one_row_for_each_part_under_its_best_option(outcome: Outcome, tmp_path: Path) -> None:
    rows = sheet_rows(write_spir(tmp_path / "spir.xlsx", outcome))
    assert [(row["item"], row["part_id"], row["tags"]) for row in rows] == [
        (1, "SEAL", "P-1, P-2 (3)"), (2, "RELAY-A", "E-1"), (3, "RELAY-B", "E-2"), (4, "FAN", "F-1"),
    ]  # fmt: skip
    seal, relay, other, fan = rows
    assert (seal["option"], seal["warehouse"], seal["location"], seal["commissioning"]) == (
        "printed",
        "digital",
        "digital",
        0,
    )
    assert (seal["installed_quantity"], seal["demand_per_year"], seal["criticality"]) == (4, 8.0, "high")
    assert seal["demand_per_month"] == pytest.approx(8 / 12)
    assert (relay["option"], relay["location"], relay["commissioning"], relay["at_site"]) == (
        "shelf",
        "on site and central",
        5,
        2,
    )
    assert (other["commissioning"], other["reorder_point"], other["remark"]) == (None, None, "stock kept under item 2")
    assert (fan["option"], fan["reorder_point"], fan["order_quantity"], fan["order_up_to"]) == ("shelf", 1, 2, None)


def test_every_option_has_its_sheet(outcome: Outcome, tmp_path: Path) -> None:
    path = write_spir(tmp_path / "spir.xlsx", outcome)
    names = ["SPIR", "Options compared", "Assumptions", "Option shelf", "Option printed", "Package"]
    assert openpyxl.load_workbook(path).sheetnames == names
    fan = sheet_rows(path, "Option printed")[3]
    assert (fan["option"], fan["remark"]) == ("shelf", "does not qualify; follows Shelf & store")


def test_answers_fill_quantities_and_choose_the_option(outcome: Outcome, tmp_path: Path) -> None:
    quantities = [{"option": "shelf", "part_id": "SEAL", "first_fill": 3, "two_year": 19, "insurance": 1}]
    best = [{"part_id": "SEAL", "best_option": "shelf", "verdict": NOT_ENOUGH},
            {"part_id": "", "best_option": "printed"}]  # fmt: skip
    answers = {"quantities": table(QUANTITIES, quantities), "best_options": table(BEST_OPTIONS, best)}
    seal = sheet_rows(write_spir(tmp_path / "spir.xlsx", Outcome(outcome.run, answers)))[0]
    assert (seal["first_fill"], seal["two_year"], seal["insurance"]) == (3, 19, 1)
    assert (seal["option"], seal["remark"]) == (
        "shelf",
        "runner-up within the noise",
    )
    demanding = replace(outcome.run, study=replace(outcome.run.study, target_availability=0.99))
    seal = sheet_rows(write_spir(tmp_path / "spir.xlsx", Outcome(demanding, answers)))[0]
    assert seal["remark"] == "misses target 99 %; starts with 2, first fill by service 3; runner-up within the noise"


@pytest.mark.parametrize(
    ("target", "printed", "chosen", "remark"),
    [
        (None, 0.93, "printed", ""),
        (0.92, 0.93, "printed", ""),
        (0.95, 0.93, "shelf", ""),
        (0.985, 0.93, "shelf", "misses target 98.5 %"),
        (0.98, 0.96, "printed", "misses target 98 %"),
    ],
)
def test_recommended_is_the_cheapest_that_reaches_the_target(
    outcome: Outcome, target: float | None, printed: float, chosen: str, remark: str
) -> None:
    study = replace(outcome.run.study, target_availability=target)
    is_printed = (pl.col("part_id") == "SEAL") & (pl.col("option") == "printed")
    lines = outcome.run.tables["line_results"].with_columns(
        availability=pl.when(is_printed).then(printed).otherwise("availability")
    )
    best = table(BEST_OPTIONS, [{"part_id": "SEAL", "best_option": "printed", "verdict": "clear"}])
    seal = spir_rows(study, {**outcome.run.tables, "line_results": lines}, {"best_options": best}).row(0, named=True)
    assert (seal["option"], seal["remark"]) == (chosen, remark)


def test_a_part_in_every_asset_has_the_interval_of_the_option(outcome: Outcome) -> None:
    tables, study = outcome.run.tables, outcome.run.study
    limits = ("availability", "availability_low", "availability_high")
    assert spir_rows(study, tables, {})["availability"].to_list() == [0.95] * 4
    alone = replace(study, lines=study.lines.filter(pl.col("part_id") == "SEAL"))
    assert spir_rows(alone, tables, {}).select(limits).row(0) == (0.9, 0.89, 0.91)


def test_words_prices_and_central_levels_are_on_the_sheet(outcome: Outcome, tmp_path: Path) -> None:
    lines = outcome.run.study.lines.with_columns(spare_class=pl.lit("first_line"), weight_kg=2.5)
    run = replace(outcome.run, study=replace(outcome.run.study, lines=lines))
    path = write_spir(tmp_path / "spir.xlsx", replace(outcome, run=run))
    relay, fan = (sheet_rows(path)[place] for place in (1, 3))
    assert (relay["spare_class"], relay["unit_of_measure"], relay["weight_kg"]) == ("first line", "each", 2.5)
    assert (relay["total_price"], relay["am_qualified"], fan["am_qualified"]) == (500.0, "yes", "no")
    levels = [relay[f"central_{name}"] for name in ("reorder_point", "order_quantity", "order_up_to")]
    assert levels == [3, None, 4]
    assert fan["location"] == "on site"
    book = openpyxl.load_workbook(path)
    heads = [{cell.value for cell in book[name][HEADER]} for name in ("SPIR", "Option shelf")]
    assert ["Recommended option" in head for head in heads] == [True, False]
    assert ["Supplied by" in head for head in heads] == [False, True]


def test_the_columns_of_the_published_sheet_are_there() -> None:
    ours = {
        "warehouse": "warehouse",
        "consequence": "criticality",
        "demand_per_month": "demand_per_month",
        "location": "location",
        "unit_price": "unit_price",
        "delivery_days": "lead_time_days",
        "at_commissioning": "commissioning",
        "operational": "two_year",
        "reorder_point": "reorder_point",
    }
    assert set(ours) == set(PUBLISHED_SPIR["physical"])
    assert set(ours.values()) <= {column.name for column in SPIR_COLUMNS}


def test_head_and_assumptions_say_how_it_was_made(outcome: Outcome, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", outcome, project="Lomvi", revision="B"))
    head = [cell for row in book["SPIR"].iter_rows(max_row=5, values_only=True) for cell in row if cell is not None]
    assert {
        "Lomvi",
        "B",
        "NOK",
        "2026-02-03",
        "E-1 to P-2 (5)",
        "recommended for each part",
        "Spareverse 1.2.3",
    } <= set(head)
    said = dict(book["Assumptions"].iter_rows(min_row=3, values_only=True))
    assert "200 replications" in said["Simulated"]
    assert "seed 7" in said["Simulated"]
    assert said["Rule at a failure"].startswith("first_arrival")


def test_the_sheet_prints_and_scrolls_as_such_sheets_do(outcome: Outcome, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", outcome))["SPIR"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.freeze_panes == f"E{HEADER + 1}"
    assert sheet.print_title_rows == f"${HEADER - 1}:${HEADER}"
    for cell, column in zip(sheet[HEADER], SPIR_COLUMNS, strict=True):
        assert cell.value.startswith(column.heading)
        assert cell.alignment.wrap_text
    assert sheet.cell(HEADER + 1, [c.name for c in SPIR_COLUMNS].index("unit_price") + 1).number_format == "#,##0.00"


def test_a_pdf_of_the_workbook_holds_what_is_for_print(outcome: Outcome, tmp_path: Path) -> None:
    """A3, one page wide, headings on every page; sheets for the screen are hidden, their areas not printed."""
    book = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", outcome))
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert shown == ["SPIR", "Options compared", "Assumptions"]
    for sheet in book:
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (8, "landscape")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows
    assert [sheet.title for sheet in book if sheet.print_area] == ["SPIR"]
    sheet = book["SPIR"]
    assert sheet.print_area == f"'SPIR'!$A$1:$AK${HEADER + 4}"
    said = dict(book["Assumptions"].iter_rows(min_row=3, values_only=True))
    assert "Option shelf, Option printed, Package" in said["More sheets"]
    assert said["First fill by service"] == "Column: pieces that last one lead time."


def test_columns_a_printed_sheet_can_do_without_are_folded(outcome: Outcome, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", outcome))["SPIR"]
    widths: dict[str, bool] = {}
    for letter, dimension in sheet.column_dimensions.items():
        first = dimension.min or openpyxl.utils.column_index_from_string(letter)
        for place in range(first, (dimension.max or first) + 1):
            widths[SPIR_COLUMNS[place - 1].name] = dimension.hidden
    folded = {name for name, hidden in widths.items() if hidden}
    assert {"unit_of_measure", "demand_per_year", "availability_low", "insurance", "order_up_to"} <= folded
    published = ("warehouse", "criticality", "demand_per_month", "location", "unit_price", "lead_time_days")
    assert not folded & {*published, "commissioning", "reorder_point", "option", "remark", "central_order_up_to"}
    told = str(sheet.cell(HEADER - 2, 1).value)
    assert "unit of measure" in told
    assert "insurance spares" in told
    printed = sum(column.width for column in SPIR_COLUMNS if column.name not in folded)
    assert printed <= 330, "a page of A3 shows smaller letters than can be read"


def test_labels_above_the_sheet_are_never_in_a_folded_column(outcome: Outcome, tmp_path: Path) -> None:
    study = replace(outcome.run.study, lines=outcome.run.study.lines.with_columns(vendor=pl.lit(None, pl.String)))
    bare = replace(outcome, run=replace(outcome.run, study=study))
    sheet = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", bare))["SPIR"]
    said = [cell for row in sheet.iter_rows(min_row=3, max_row=5) for cell in row if cell.value]
    assert {"Currency", "Date", "Revision"} <= {cell.value for cell in said}
    assert len(said) == 18
    assert not [cell.value for cell in said if sheet.column_dimensions[cell.column_letter].hidden]


def test_results_saved_before_the_central_columns_give_a_workbook(outcome: Outcome, tmp_path: Path) -> None:
    tables = dict(outcome.run.tables)
    late = [name for name in LINE_RESULTS.names if name.startswith("central_") and name != "central_stock"]
    tables["line_results"] = tables["line_results"].drop(*late, "expired_pieces")
    old = replace(outcome, run=replace(outcome.run, tables=tables))
    relay = sheet_rows(write_spir(tmp_path / "spir.xlsx", old))[1]
    assert (relay["commissioning"], relay["central_order_up_to"]) == (5, None)


def test_the_best_of_each_part_stands_beside_the_options(outcome: Outcome, tmp_path: Path) -> None:
    found = [{"measure": "availability", "value": 0.97, "value_low": 0.96, "value_high": 0.98, "replications": 9}]
    answers = {"part_by_part": table(PART_BY_PART, found)}
    path = write_spir(tmp_path / "spir.xlsx", Outcome(outcome.run, answers))
    sheet = openpyxl.load_workbook(path)["Options compared"]
    heads = [sheet.cell(3, column).value for column in (3, 6, 9)]
    assert heads == ["Shelf & store", "printed", "Recommended for each part"]
    assert [sheet.cell(5, column).value for column in (9, 10, 11)] == [0.97, 0.96, 0.98]


def test_no_text_becomes_a_formula(outcome: Outcome, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_spir(tmp_path / "spir.xlsx", outcome))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert sheet_rows(tmp_path / "spir.xlsx")[0]["vendor"] == "=cmd()"


def test_it_comes_back_as_package_and_stock(outcome: Outcome, tmp_path: Path) -> None:
    lines, stock = read_spir(write_spir(tmp_path / "spir.xlsx", outcome))
    assert lines.equals(outcome.run.study.lines)
    assert stock.rows() == [
        ("printed", "SEAL", "site", 0, None, None, None),
        ("shelf", "RELAY", "site", 2, 1, 2, None),
        ("shelf", "FAN", "site", 2, 1, 2, None),
        ("shelf", "RELAY", "central", 3, 3, None, 4),
    ]


def test_quantities_corrected_by_hand_come_into_the_next_study(outcome: Outcome, tmp_path: Path) -> None:
    path = write_spir(tmp_path / "spir.xlsx", outcome)
    book = openpyxl.load_workbook(path)
    sheet, names = book["SPIR"], [column.name for column in SPIR_COLUMNS]
    for name in ("commissioning", "at_site"):
        sheet.cell(HEADER + 4, names.index(name) + 1, value=9)
    book.save(path)
    options = document()["option"][:1]
    options[0] |= {"central": POLICY, "transfer": {"time_days": 1}}
    options.append({"name": "printed", "warehouse": "digital", "qualified_only": True, "fallback": "shelf"})
    study = {"name": "next", "lines": path.name, "currency": "NOK"}
    again = read_study(written(tmp_path, document(line=None, study=study, option=options)))
    assert again.lines.equals(outcome.run.study.lines)
    levels = {(row[0], row[1], row[2]): row[3] for row in again.stock.rows()}
    assert levels["shelf", "FAN", "site"] == 9
    assert levels["shelf", "RELAY", "central"] == 3


def test_a_sheet_of_other_origin_is_read_by_its_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Project X"])
    book.active.append(
        ["Tag(s)", "Part no", "Installed qty", "Demand rate per year", "Warehouse type", "Unit price", "Delivery time"]
    )
    book.active.append(["P-1, P-2 (2)", "A", 3, 6, "physical", 50, 20])
    book.active.append(["V-1", "B", 1, "0,5", "digital", 70, 4])
    book.save(tmp_path / "theirs.xlsx")
    lines, stock = read_spir(tmp_path / "theirs.xlsx")
    found = lines.select("tag", "part_id", "installed_quantity", "failures_per_year", "unit_price", "digital_price")
    assert found.rows() == [
        ("P-1", "A", 1, 2.0, 50.0, None), ("P-2", "A", 2, 2.0, 50.0, None), ("V-1", "B", 1, 0.5, 70.0, 70.0),
    ]  # fmt: skip
    assert lines.select("lead_time", "digital_lead_time").rows() == [("20.0 d", None)] * 2 + [(None, "4.0 d")]
    assert stock.is_empty()


@pytest.mark.parametrize("content", [b"", b"tag;part\n", b"PK\x03\x04 broken"])
def test_what_is_no_spir_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputRejected):
        read_spir(path)
