"""What the pages of a study work out by themselves: progress in words, and values on their way into the study file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fastexcel
import polars as pl
import pytest

from spareverse.errors import Problem
from spareverse.io.spir import write_spir
from spareverse.io.study_keys import ECONOMICS, FEE, OPTION, POLICY, STUDY
from spareverse.io.study_schema import Key, Section
from spareverse.service.jobs import Job
from spareverse.service.studies import SavedRun
from spareverse.web.pages.warehouse_answers import _stock_rows, against_one_for_all, recommendation_rule
from spareverse.web.pages.warehouse_inputs import _at, _campaign_words, _put, _read, _spoken, _summary
from spareverse.web.pages.warehouse_lines import as_told, as_written, by_line
from spareverse.web.pages.warehouse_package import _told
from spareverse.web.pages.warehouse_run import cannot_end_early, half_widths
from spareverse.web.pages.warehouse_spir import _cells, rows
from tests import fixtures_study as made


def key(section: Section, name: str) -> Key:
    return next(key for key in section.keys if key.name == name)


def test_progress_of_a_run_is_read_from_its_words() -> None:
    said = "availability on site 0.9843 ± 0.0012, digital 0.6926 ± 0.0100 (1,200 runs)"
    assert half_widths(said) == {"on site": (1200, 0.0012), "digital": (1200, 0.01)}
    assert half_widths("Sensitivity to lead time") == {}


@pytest.mark.parametrize(
    ("given_key", "text", "value"),
    [
        (key(STUDY, "horizon_years"), " 20 ", 20),
        (key(STUDY, "horizon_years"), "20.5", 20.5),
        (key(POLICY, "reorder_point"), "three", "three"),
        (key(OPTION, "lead_time_days"), "triangular(20, 30, 50)", "triangular(20, 30, 50)"),
        (key(OPTION, "lead_time_days"), "33", 33),
        (key(OPTION, "unit_price"), "12 500", 12500),
        (key(ECONOMICS, "downtime_season"), "1, 1.2; 0.8", [1, 1.2, 0.8]),
        (key(FEE, "covers"), ["parts"], ["parts"]),
        (key(OPTION, "title"), " Hybrid ", "Hybrid"),
    ],
)
def test_what_is_typed_becomes_what_the_file_holds(given_key: Key, text: Any, value: Any) -> None:
    assert _read(given_key, text) == value


def test_sections_come_and_go_with_their_keys() -> None:
    document: dict[str, Any] = {"study": {"name": "x"}, "option": [{"name": "hybrid"}]}
    _put(document, ("option", 0, "fee", "per_month"), 5)
    assert document["option"] == [{"name": "hybrid", "fee": {"per_month": 5}}]
    assert _at(document, ("option", 0, "fee", "per_month")) == 5
    assert _at(document, ("option", 0, "central", "kind")) is None
    _put(document, ("option", 0, "fee", "per_month"), "")
    assert document["option"] == [{"name": "hybrid"}]


def test_key_paths_are_those_of_the_reader() -> None:
    document = {"option": [{"name": "physical"}, {}]}
    assert _spoken(document, ("option", 0, "policy", "reorder_point")) == "option[physical].policy.reorder_point"
    assert _spoken(document, ("option", 1, "title")) == "option[2].title"
    assert _spoken(document, ("study", "horizon_years")) == "study.horizon_years"
    assert _spoken(document, ("campaign", 1, "end_months")) == "campaign[2].end_months"
    assert _campaign_words({"start_months": 12, "end_months": 18.5}) == "months 12-18.5 x?"


def test_the_page_recommends_what_the_workbook_recommends(tmp_path: Path) -> None:
    study = dataclasses.replace(made.study(lines=6), target_availability=0.98)
    run = SavedRun("20260101T000000-abcdef", made.save_run(study, tmp_path))
    cheapest = run.tables["best_options"].filter(pl.col("part_id") != "")["best_option"]
    shown = rows(run)
    assert shown["option"].to_list() != cheapest.to_list(), "the target must rule some of the cheapest out"
    parts = run.tables["line_results"].join(shown, on=["part_id", "option"])
    assert parts.height == 6
    assert (parts["availability"] >= 0.98).all()
    assert recommendation_rule(run).startswith("The cheapest option that reaches 98 % availability")
    assert recommendation_rule(SavedRun("x", made.save_run(made.study(), tmp_path / "free"))) == (
        "The cheapest option, down time included."
    )

    package = run.package.sort("part_id")
    assert package["option"].to_list() == shown.sort("part_id")["option"].to_list()
    dearer = package.filter(pl.col("option") != pl.col("best_option"))
    assert dearer.height > 0
    assert dearer["saving"].null_count() == dearer.height
    assert f"For {dearer.height} of 6 parts another is cheaper." in _told(run)
    assert "simulated as one package, this costs" in _told(run)
    assert against_one_for_all(run) == "costs 25,000 NOK/year [20,000-30,000] less than Physical warehouse for all"
    assert against_one_for_all(run, short=True) == "saves 25,000 NOK/year"

    outcome = SimpleNamespace(
        run=SimpleNamespace(study=study, seed=7, replications=60, tables=run.tables, half_widths={}),
        answers=run.tables,
        document=run.document,
    )
    sheet = fastexcel.read_excel(write_spir(tmp_path / "SPIR.xlsx", outcome)).load_sheet("SPIR", header_row=None)
    text = "\n".join(str(row) for row in sheet.to_polars().rows())
    for row in shown.iter_rows(named=True):
        assert all(cell.show(row) is not None for cell in _cells(run, shown, "Recommended option"))
        assert any(row["part_id"] in line and f"'{row['option']}'" in line for line in text.splitlines())


def test_a_run_is_ended_early_only_while_that_does_something() -> None:
    job = Job("1", "study", "Study x", {}, status="running", progress=0.3)
    assert cannot_end_early(job) == ""
    assert "as soon as" in cannot_end_early(job, asked=True)
    assert "The runs are done" in cannot_end_early(dataclasses.replace(job, progress=0.85))
    assert "waits" in cannot_end_early(dataclasses.replace(job, status="queued"))


def test_lines_are_written_as_one_types_them() -> None:
    lines = as_written(made.study(lines=3).lines)
    assert (lines[0]["unit_price"], lines[0]["am_qualified"], lines[0]["installed_quantity"]) == ("1500", "yes", "1")
    assert as_told(lines)[2].keys() == set(made.study().lines.columns)
    found = by_line([Problem("Wrong.", "Mend it.", row=2, column="tag"), Problem("No option.", column="option[a]")])
    assert found == {2: {"tag": "Wrong. Mend it."}}


def test_stock_given_by_part_is_not_said_to_be_none() -> None:
    option = {"name": "port", "warehouse": "physical"}
    assert _summary(option, by_part=True) == "physical · stock by part"
    assert _summary(option, by_part=False) == "physical · no stock"
    assert _summary(option | {"policy": {"initial_stock": 3}, "fee": {}}, by_part=False) == "physical · stock 3 · fee"


def test_smallest_stocks_are_one_row_for_each_part_and_the_unreachable_come_first() -> None:
    keys = ("part_id", "option", "quantity", "value", "value_low", "value_high", "exact", "verdict", "limit")
    given = [
        (part, "port", quantity, None, None, None, exact, verdict, limit)
        for part, figures, verdict, limit in (
            ("A", (0.0, -1.0, 0.99), "exact_only", None),
            ("B", (3.0, 2.0, 0.98), "exact_only", None),
            ("C", (0.0, -1.0, 0.90), "unreachable", "access"),
        )
        for quantity, exact in zip(("initial_stock", "reorder_point", "availability"), figures, strict=True)
    ]
    numbers = dict.fromkeys(("value", "value_low", "value_high"), pl.Float64)
    rows = _stock_rows(pl.DataFrame(given, schema=keys, schema_overrides=numbers, orient="row"))
    assert [row["part_id"] for row in rows] == ["C", "B", "A"]
    assert [row["reorder_point"] for row in rows] == [-1.0, 2.0, -1.0]
    assert [row["availability"] for row in rows] == [0.90, 0.98, 0.99]
