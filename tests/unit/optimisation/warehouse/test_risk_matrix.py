"""The risk matrix, and the parts that differ from it; the best option of each part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.network.spare_class import ClassThresholds, spare_class
from spareverse.network.study import Study
from spareverse.network.study_answers import BEST_OPTIONS, MATRIX_LINES, NOT_ENOUGH, RISK_MATRIX
from spareverse.network.study_tables import LINE_RESULTS
from spareverse.optimisation.warehouse.best_options import best_options
from spareverse.optimisation.warehouse.risk_matrix import MATRIX, matrix_lines, risk_matrix

COSTS = {"physical": 100.0, "digital": 60.0, "enhanced": 130.0, "hybrid": 90.0}


def _run(study: Study, simulation: Any, error: float | None = 1.0, **columns: Any) -> Any:
    """One part per cell of the matrix, with these costs under the platform's options."""
    rows = [
        {"option": option.name, "follows": option.name, "part_id": f"{row}/{column}", "description": column,
         "spare_class": row, "criticality": column, "failures_per_year": 1.0, "unit_price": 10.0,
         "initial_stock": option.policy.initial_stock, "central_stock": 0, "availability": 0.9,
         "availability_low": 0.89, "availability_high": 0.91, "supply_cost": COSTS[option.name], "downtime_cost": 5.0,
         "cost_error": error}
        for row, column in MATRIX
        for option in study.options
    ]  # fmt: skip
    frame = pl.concat([LINE_RESULTS.empty(), pl.DataFrame(rows)], how="diagonal_relaxed").cast(LINE_RESULTS.schema)
    run = simulation(study, replications=10, seed=1)
    return replace(run, tables={**run.tables, "line_results": frame.with_columns(**columns)})


def test_table_3() -> None:
    assert [MATRIX[row, "low"] for row in ("first_line", "not_frequent", "capital")] == ["digital_no_stock"] * 3
    assert [MATRIX[row, "medium"] for row in ("first_line", "not_frequent", "capital")] == [
        "central_minimum", "digital_no_stock", "digital_no_stock"
    ]  # fmt: skip
    assert [MATRIX[row, "high"] for row in ("first_line", "not_frequent", "capital")] == [
        "site_and_central", "central_minimum", "case_by_case"
    ]  # fmt: skip


def test_options_that_hold_as_the_matrix_says(platform: Study, simulation: Any) -> None:
    lines = matrix_lines(_run(platform, simulation))
    assert lines.schema == MATRIX_LINES.schema
    found = {row["part_id"]: row for row in lines.iter_rows(named=True)}
    assert found["first_line/low"]["matrix_option"] == "digital"
    assert found["first_line/low"]["verdict"] == "agrees"
    assert found["first_line/high"]["matrix_option"] == "hybrid"  # the cheapest with stock on site
    assert found["first_line/high"]["money"] == 30.0
    assert found["first_line/high"]["verdict"] == "differs"
    assert found["first_line/medium"]["matrix_option"] is None  # no central stock in the study
    assert found["first_line/medium"]["verdict"] == "no_option"
    assert found["capital/high"]["verdict"] == "agrees"
    cells = risk_matrix(lines)
    assert cells.schema == RISK_MATRIX.schema
    assert cells["parts"].to_list() == [1] * 9
    assert cells.filter(pl.col("differing") > 0).select("spare_class", "criticality", "money").rows() == [
        ("first_line", "high", 30.0)
    ]


def test_central_stock_is_found(platform: Study, simulation: Any) -> None:
    central = pl.when(pl.col("option") == "physical").then(2).otherwise(0)
    site = pl.when(pl.col("option") == "physical").then(0).otherwise("initial_stock")
    lines = matrix_lines(_run(platform, simulation, central_stock=central, initial_stock=site))
    assert lines.filter(part_id="first_line/medium")["matrix_option"][0] == "physical"


def test_differences_within_noise(platform: Study, simulation: Any) -> None:
    for error in (40.0, None):
        lines = matrix_lines(_run(platform, simulation, error=error))
        assert lines.filter(part_id="first_line/high")["verdict"][0] == NOT_ENOUGH


def test_class_by_rate_and_price() -> None:
    parts = pl.DataFrame({"failures_per_year": [2.0, 0.3, 0.01, 0.01], "unit_price": [9e9, 10.0, 10.0, 500.0]})
    assert parts.select(spare_class()).to_series().to_list() == [
        "first_line",
        "not_frequent",
        "not_frequent",
        "not_frequent",
    ]
    own = ClassThresholds(first_line_per_year=5.0, capital_per_year=1.0, capital_price_ratio=1.5)
    assert parts.select(spare_class(own)).to_series().to_list() == [
        "not_frequent",
        "not_frequent",
        "not_frequent",
        "capital",
    ]


def test_derived_class_is_named(platform: Study, simulation: Any) -> None:
    lines = matrix_lines(_run(platform, simulation, spare_class=pl.lit(None, pl.String)))
    assert lines["class_source"].unique().to_list() == ["derived"]
    assert lines["spare_class"].unique().to_list() == ["first_line"]


def test_best_options(platform: Study, simulation: Any) -> None:
    found = best_options(_run(platform, simulation))
    assert found.schema == BEST_OPTIONS.schema
    assert found["part_id"][0] == ""
    assert found["saving"][0] > 0
    row = found.row(1, named=True)
    assert (row["best_option"], row["runner_up"], row["saving"], row["verdict"]) == ("digital", "hybrid", 30.0, "clear")
    assert row["saving_high"] - row["saving"] == pytest.approx(1.96 * 2**0.5, rel=1e-3)


def test_a_part_that_falls_back_has_one_option_less(platform: Study, simulation: Any) -> None:
    follows = pl.when(pl.col("option") == "digital").then(pl.lit("physical")).otherwise("option")
    row = best_options(_run(platform, simulation, follows=follows)).row(1, named=True)
    assert (row["best_option"], row["runner_up"]) == ("hybrid", "physical")


def test_a_single_option_has_no_runner_up(platform: Study, simulation: Any) -> None:
    study = replace(platform, options=platform.options[:1])
    found = best_options(simulation(study, replications=5, seed=0))
    assert found["verdict"].to_list() == ["only", "only"]
    assert found["runner_up"].null_count() == 2
