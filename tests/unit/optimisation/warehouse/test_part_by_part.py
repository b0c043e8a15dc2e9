"""What is recommended for each part, all together as one option of the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.explainer.study_report import study_sections
from spareverse.network.distributions import Constant
from spareverse.network.study import Economics, Fee, Option, Policy, Study
from spareverse.network.study_answers import PART_BY_PART
from spareverse.network.study_tables import MEASURES, STUDY_LINES
from spareverse.optimisation.warehouse.answers import answers
from spareverse.optimisation.warehouse.part_by_part import mixture, part_by_part, with_mixture
from spareverse.optimisation.warehouse.runs import by_replication
from spareverse.simulation.study_run import StudyRun, run_study


def _study(*lines: dict[str, Any]) -> Study:
    """A dear part that is better printed, a cheap one that is better on the shelf; each option has a subscription."""
    usual = {"installed_quantity": 1, "failures_per_year": 2.0, "replacement": "8 h", "am_qualified": True}
    rows = [{**usual, "tag": f"T{i}", "part_id": f"P{i}", **line} for i, line in enumerate(lines)]
    table = pl.concat([STUDY_LINES.empty(), pl.DataFrame(rows)], how="diagonal_relaxed").cast(dict(STUDY_LINES.schema))
    full = Policy("base_stock", 4, order_up_to=4)
    shelf = Option("shelf", "physical", policy=full, lead_time=Constant(720.0), fee=Fee(1.0), holding_rate_per_year=0.5)
    printed = Option(
        "printed", "digital", policy=Policy("on_demand"), lead_time=Constant(48.0), fee=Fee(2.0), investment=30.0,
        qualified_only=True, fallback="shelf",
    )  # fmt: skip
    economics = Economics(downtime_cost_per_h=10.0)
    return Study("two", table, (shelf, printed), horizon_h=3 * 8760.0, economics=economics)


DEAR = {"unit_price": 9000.0, "digital_price": 100.0}
CHEAP = {"unit_price": 1.0, "digital_price": 100.0}


@pytest.fixture(scope="module")
def run() -> StudyRun:
    return run_study(_study(DEAR, CHEAP), replications=40, seed=2)


@pytest.fixture(scope="module")
def made(run: StudyRun) -> dict[str, pl.DataFrame]:
    return answers(run, simulate=run_study)


def test_each_part_follows_its_own_and_both_subscriptions_are_paid(
    run: StudyRun, made: dict[str, pl.DataFrame]
) -> None:
    found = made["part_by_part"]
    assert found.schema == PART_BY_PART.schema
    assert found["measure"].to_list() == list(MEASURES)
    assert set(found["followed"]) == {"shelf (1), printed (1)"}
    assert set(found["replications"]) == {40}
    value = dict(found.select("measure", "value").iter_rows())
    assert value["fee_cost"] == pytest.approx(36 * (1.0 + 2.0))
    assert value["investment_cost"] == pytest.approx(30.0)
    lines = run.tables["line_results"]
    best = lines.filter(
        (pl.col("part_id") == "P0") & (pl.col("option") == "printed")
        | (pl.col("part_id") == "P1") & (pl.col("option") == "shelf")
    )
    for measure in ("downtime_cost", "failures", "stock_outs", "pieces_bought"):  # each part has its own asset
        assert value[measure] == pytest.approx(best[measure].sum()), measure


def test_its_difference_from_the_recommended_option_is_paired(run: StudyRun, made: dict[str, pl.DataFrame]) -> None:
    row = made["part_by_part"].filter(measure="total_cost").row(0, named=True)
    against = by_replication(run, "total_cost", [row["against"]])[:, 0].mean()
    assert row["difference"] == pytest.approx(row["value"] - against)
    assert row["difference_high"] < 0.0
    fact = made["recommendation"].filter(fact_id="saved_by_choosing_part_by_part").row(0, named=True)
    assert fact["source"] == "part_by_part"
    assert (fact["value"], fact["value_low"]) == pytest.approx((-row["difference"], -row["difference_high"]))


def test_it_stands_beside_the_options(run: StudyRun, made: dict[str, pl.DataFrame]) -> None:
    options, results = with_mixture(run.study, run.tables["options"], made)
    assert [option.name for option in options] == ["shelf", "printed", "recommended for each part"]
    assert results.height == 3 * len(MEASURES)
    (compared,) = (s for s in study_sections(run.study, run.tables, made, {}) if s.title == "Options")
    assert compared.table is not None
    assert compared.table.columns[-1] == "Recommended for each part"


def test_one_option_for_all_parts_needs_no_further_run(run: StudyRun) -> None:
    def never(*_: object, **__: object) -> StudyRun:
        raise AssertionError("simulated")

    same = run_study(_study(CHEAP, CHEAP), replications=4, seed=2)
    found = part_by_part(same, answers(same), never, replications=4)
    assert found.equals(PART_BY_PART.empty())
    assert with_mixture(same.study, same.tables["options"], {"part_by_part": found})[0] == same.study.options


def test_a_part_that_does_not_qualify_follows_the_fallback(run: StudyRun) -> None:
    lines = run.study.lines.with_columns(am_qualified=pl.col("part_id") != "P0")
    study = replace(run.study, lines=lines)
    short = run_study(study, replications=2)
    mixed = replace(mixture(short, answers(short)), follows={"P0": "printed", "P1": "printed"})
    varied = replace(study, options=(*study.options, mixed))
    follows = run_study(varied, replications=2, only=[mixed.name]).tables["line_results"]
    assert dict(follows.select("part_id", "follows").iter_rows()) == {"P0": "shelf", "P1": "printed"}
