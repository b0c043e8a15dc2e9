"""Studies written and read back: the same study, to the last digit; and the blank workbook to fill in."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from spareverse.examples import STUDIES
from spareverse.io.study_files import LinesFormat, read_study, study_document, write_study, write_template
from spareverse.io.study_lines import PACKAGE
from spareverse.network.study import Study
from tests.unit.io.study_cases import LINE, POLICY, document, option, study_of, written


def assert_same(one: Study, other: Study) -> None:
    for field in fields(Study):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.equals(right) if isinstance(left, pl.DataFrame) else left == right, field.name


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("name", STUDIES)
def test_examples_survive_writing(name: str, kind: LinesFormat, tmp_path: Path) -> None:
    study = read_study(STUDIES[name](tmp_path)["study"])
    assert_same(read_study(write_study(study, tmp_path / "again", lines=kind)), study)


def test_a_study_with_everything_survives(tmp_path: Path) -> None:
    months = [1.0] * 11 + [0.1]
    study = study_of(
        tmp_path,
        study={"name": "s", "currency": "NOK", "horizon_years": 7.3, "warm_up_days": 3, "period_months": 1,
               "emergency": "none", "notes": ["by hand"]},
        economics={"discount_rate": 0.07, "co2_price_per_tonne": 123.4, "downtime_season": months},
        seasons={"failure_factors": months},
        campaign=[{"start_months": 3.3, "end_months": 6, "factor": 2}],
        bursts={"gap_days": 100, "length_days": 1.1, "factor": 4},
        access={"visit_interval_days": 91, "open_mean_h": [40], "closed_mean_h": months, "must_fit": True},
        target={"availability": 0.95},
        stock=[{"option": "central", "part_id": "SEAL", "place": "central", "initial_stock": 9}],
        line=[{**LINE, "life": "weibull(shape=2)", "warning": "uniform(1, 3) d", "shelf_life_months": 7.7}],
        option=[
            option(
                "central", title="Far, and \"near\"", central={**POLICY, "kind": "adaptive", "service_level": 0.9},
                lead_time_days="mixture(0.8: triangular(20, 30, 50), 0.2: 90)", shelf_life_months=12.5,
                transfer={"time_days": 2, "mode": "hgv", "distance_km": 100},
                fee={"per_month": 5, "pay_per_use": 2, "covers": ["holding", "parts"], "escalation_per_year": -0.02},
                transport={"mode": "rail", "distance_km": 900.5, "well_to_tank": True, "shipment_weight_kg": 3},
                expedite={"lead_time_days": "lognormal(mean=3, cv=0.4)", "price": 50},
                holding={"cost_per_piece_h": 0.1, "share_of_price_per_year": 0.2},
                investment=3, scrap_share=0.1, order_cost=7, price_factor=1.1, parts_charged="on_use",
                order_on_warning=True, target_availability=0.9,
            ),
            option("printed", "digital", qualified_only=True, fallback="central", policy={"kind": "on_demand"}),
        ],
    )  # fmt: skip
    assert_same(read_study(write_study(study, tmp_path / "again")), study)


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    study = study_of(tmp_path, line=[{**LINE, "description": '=HYPERLINK("http://x")', "vendor": "+1"}])
    again = write_study(study, tmp_path / "again")
    assert_same(read_study(again), study)
    sheet = openpyxl.load_workbook(again.with_name("lines.xlsx"))["lines"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_pooled_study_is_not_pooled_again_when_read_back(tmp_path: Path) -> None:
    study = study_of(tmp_path, line=[{**LINE, "record_failures": 3, "record_hours": 8760}])
    assert study_document(study)["study"]["rates_pooled"] is True
    assert_same(read_study(write_study(study, tmp_path / "again")), study)


def test_the_template_is_a_form(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "package.xlsx"))
    sheet = book["lines"]
    headings = {cell.value: cell for cell in sheet[1]}
    assert set(headings) == set(PACKAGE.names)
    for column in PACKAGE.columns:
        assert column.meaning in headings[column.name].comment.text
    offered = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    assert offered['"low,medium,high"'].endswith("1001")
    assert {"lines", "stock_levels", "about lines", "about stock_levels"} == set(book.sheetnames)


def test_a_template_filled_in_is_a_package(tmp_path: Path) -> None:
    path = write_template(tmp_path / "package.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["lines"]
    line: dict[str, Any] = {**LINE, "failures_per_month": 0.5, "failures_per_year": None, "am_qualified": "yes"}
    for cell in list(sheet[1]):
        sheet.cell(row=2, column=cell.column, value=line.get(cell.value))
    book.save(path)
    study = read_study(written(tmp_path, document(line=None, study={"name": "s", "lines": path.name})))
    assert study.lines["failures_per_year"].to_list() == [6.0]
    assert study.lines["am_qualified"].to_list() == [True]
