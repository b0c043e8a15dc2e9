"""The five questions, the recommendation, and all answers together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import fixtures_study
from spareverse.network.study import Fee, Study
from spareverse.network.study_answers import (
    BREAK_EVEN,
    NOT_ENOUGH,
    QUESTIONS,
    RECOMMENDATION,
    SMALLEST_STOCK,
    STUDY_ANSWERS,
)
from spareverse.optimisation.warehouse.answers import answers
from spareverse.optimisation.warehouse.fee_chart import fee_chart
from spareverse.optimisation.warehouse.pareto import pareto_of_steps
from spareverse.optimisation.warehouse.questions import questions, simulated_uptimes


@pytest.fixture(autouse=True)
def few_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spareverse.optimisation.warehouse.answers.SAMPLES", 2)


@pytest.fixture
def package() -> Study:
    """The fixtures' package, with lead times."""
    study = fixtures_study.study(lines=12)
    return replace(study, lines=study.lines.with_columns(lead_time=pl.lit("30 d")))


@pytest.fixture
def made(platform: Study, simulation: Any) -> dict[str, pl.DataFrame]:
    return answers(simulation(platform, replications=40, seed=2), simulate=simulation, thorough=True)


def _check(found: dict[str, pl.DataFrame]) -> None:
    """Declared columns, choices and identities, in the declared order."""
    assert list(found) == list(STUDY_ANSWERS)
    for name, table in STUDY_ANSWERS.items():
        frame = found[name]
        assert frame.schema == table.schema, name
        assert frame.select(table.identity).is_duplicated().sum() == 0, name
        for column in table.columns:
            if column.choices:
                assert set(frame[column.name].drop_nulls()) <= set(column.choices), f"{name}.{column.name}"


def test_all_tables_of_the_platform(made: dict[str, pl.DataFrame]) -> None:
    _check(made)
    # one part has nothing to mix; the stand-in has no periods
    assert [name for name, frame in made.items() if frame.is_empty()] == ["part_by_part", "fee_chart"]
    assert set(made["pareto"]["variant"]) == {"", "-2", "-1", "+1", "+2"}


def test_all_tables_of_a_package(package: Study, simulation: Any) -> None:
    run = simulation(package, replications=4, seed=0)
    _check(answers(replace(run, tables=fixtures_study.tables(package))))


def test_uptime_without_stock(made: dict[str, pl.DataFrame]) -> None:
    """37.6 % under conventional supply and 69.3 % under digital, closed form and simulation side by side."""
    for number, expected in ((1, 0.376), (3, 0.693)):
        rows = made["questions"].filter(question=number)
        assert rows["part_id"].to_list() == ["", "P0"]
        assert rows["exact"].to_list() == pytest.approx([expected] * 2, abs=0.0005)
        assert rows["value"].to_list() == pytest.approx([expected] * 2, abs=0.006)
        assert (rows["value_low"] < rows["exact"]).all()
        assert (rows["value_high"] > rows["exact"]).all()
        assert rows["verdict"].unique().to_list() == ["answered"]


def test_uptime_of_parts_that_share_an_asset(package: Study, simulation: Any) -> None:
    """Each part alone against its own closed form, the package as parts in series."""
    study = replace(package, lines=package.lines.with_columns(asset_id=pl.lit("A")), target_availability=None)
    run = replace(simulation(package, replications=4, seed=0), study=study, tables=fixtures_study.tables(study))
    uptimes = simulated_uptimes(study, simulation, replications=40, seed=0)
    assert uptimes.package is not uptimes.parts
    found = questions(run, SMALLEST_STOCK.empty(), BREAK_EVEN.empty(), uptimes).filter(question=1)
    parts = found.filter(pl.col("part_id") != "")
    assert (parts["value"] - parts["exact"]).abs().max() < 0.006
    down = (1 / parts["exact"] - 1).sum()
    assert found["exact"][0] == pytest.approx(1 / (1 + down))
    assert "series" in found["method"][0]


def test_smallest_stocks_and_fees(made: dict[str, pl.DataFrame]) -> None:
    found = made["questions"]
    assert found.schema == QUESTIONS.schema
    for number in (2, 4):
        rows = found.filter(question=number)
        stock, reorder, availability = rows["value"]
        assert reorder == stock - 1
        assert availability >= 0.98
    assert found.filter(question=2)["value"][0] > found.filter(question=4)["value"][0]
    package = found.filter(question=5, part_id="", quantity="total_cost")
    assert len(package) == 4
    assert set(found.filter(question=5)["quantity"]) == {
        "total_cost",
        "fee_per_month",
        "pay_per_use",
        "pay_per_use_alone",
    }


def test_without_simulation_closed_forms_stand_alone(platform: Study, simulation: Any) -> None:
    found = answers(simulation(platform, replications=40, seed=2))
    _check(found)
    assert found["questions"].filter(question=1)["verdict"].to_list() == ["exact_only"] * 2
    assert found["smallest_stock"]["verdict"].to_list() == ["exact_only"] * 2
    assert found["stock_ladder"].is_empty()
    assert found["global_sensitivity"].is_empty()
    assert len(simulation.calls) == 1


def test_unreachable_target_is_an_answer(platform: Study, simulation: Any) -> None:
    found = answers(simulation(replace(platform, target_availability=0.999), replications=10, seed=2))
    rows = found["questions"].filter(question=2)
    assert rows["verdict"].unique().to_list() == ["unreachable"]
    assert rows["limit"].unique().to_list() == ["replacement"]


def test_recommendation_reaches_the_target(platform: Study, simulation: Any) -> None:
    for target, expected in ((0.98, "hybrid"), (0.5, "enhanced"), (None, "enhanced")):
        study = replace(platform, target_availability=target)
        found = answers(simulation(study, replications=40, seed=2))["recommendation"]
        assert found.schema == RECOMMENDATION.schema
        assert found.row(0, named=True)["text"] == expected
    cheap = replace(platform, economics=replace(platform.economics, downtime_cost_per_h=0.0), target_availability=None)
    free = answers(simulation(cheap, replications=40, seed=2))["recommendation"]
    assert free["text"][0] == "physical"
    above = answers(simulation(replace(cheap, target_availability=0.97), replications=40, seed=2))["recommendation"]
    assert above["text"][0] == "enhanced"
    assert "above_target" in above["fact_id"].to_list()


def test_progress_rises_to_the_end(platform: Study, simulation: Any) -> None:
    shares: list[float] = []
    run = simulation(platform, replications=5, seed=2)
    answers(run, simulate=simulation, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0


def test_stock_steps_beside_options(platform: Study, simulation: Any) -> None:
    found = pareto_of_steps(simulation(platform, replications=20, seed=2), simulation, (-1, 0, 1))
    assert found.height == 3 * 3 + 1
    assert set(found["option"]) == {"physical", "digital", "enhanced", "hybrid"}
    stock = found.filter(option="physical").sort("variant")
    assert stock["variant"].to_list() == ["", "+1", "-1"]
    assert found.filter(option="physical", variant="+1")["availability"][0] > stock["availability"][0]
    assert set(found["verdict"]) <= {"efficient", "dominated", NOT_ENOUGH}


def test_fee_chart_opens_with_what_no_period_holds(package: Study, simulation: Any) -> None:
    study = replace(package, options=(package.option("physical"), package.option("hybrid")))
    tables = fixtures_study.tables(study)
    first = 4500.0
    tables["replications"] = tables["replications"].with_columns(
        parts_cost=pl.col("parts_cost") + pl.when(pl.col("option") == "physical").then(first).otherwise(0.0)
    )
    run = replace(simulation(study, replications=4, seed=0), tables=tables)
    chart = fee_chart(run)
    parts = chart.filter(option="physical", kind="parts")
    assert parts["cumulative"][0] == pytest.approx(first)
    total = tables["replications"].filter(option="physical")["parts_cost"].mean()
    assert parts["cumulative"][-1] == pytest.approx(total)
    assert chart.filter(option="physical", kind="covered")["cumulative"].to_list() == parts["cumulative"].to_list()
    assert chart.filter(option="hybrid", kind="fee")["cumulative"].is_sorted()
    free = replace(study, options=tuple(replace(option, fee=Fee(50.0)) for option in study.options))
    assert fee_chart(replace(run, study=free)).filter(kind="covered")["cumulative"].max() == 0.0
    assert chart.filter(kind="total", period=3)["cumulative_low"].null_count() == 0
