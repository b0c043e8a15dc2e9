"""The answers on runs of the engine itself."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.network.study import Economics, Fee, Policy, Study, Transport
from spareverse.network.study_answers import STUDY_ANSWERS
from spareverse.optimisation.warehouse.answers import answers
from spareverse.optimisation.warehouse.break_even import break_even
from spareverse.optimisation.warehouse.downtime_switches import downtime_switches
from spareverse.optimisation.warehouse.factors import repriced
from spareverse.optimisation.warehouse.fee_chart import fee_chart
from spareverse.optimisation.warehouse.runs import by_replication, downtime_hours
from spareverse.optimisation.warehouse.stock_search import search
from spareverse.simulation.study_run import StudyRun, run_study

RUNS = 60


@pytest.fixture(scope="module")
def priced() -> Study:
    """The platform with every kind of cost at work."""
    from spareverse.network.distributions import Triangular
    from spareverse.network.study import Option
    from spareverse.network.study_tables import STUDY_LINES

    lines = pl.DataFrame(
        {"tag": ["T"], "part_id": ["P"], "installed_quantity": [1], "failures_per_year": [18.0],
         "replacement": ["8 h"], "unit_price": [1500.0]}
    )  # fmt: skip
    far = Transport("ship", 20_000.0, 0.01, "El-Thalji 2025", 3_000.0, 0.0, 100.0)
    near, long = Triangular(120.0, 168.0, 336.0), Triangular(480.0, 720.0, 1200.0)
    common = {"holding_per_piece_h": 1.0, "holding_rate_per_year": 0.1, "scrap_share": 0.2, "order_cost": 40.0}

    def stock(pieces: int) -> Policy:
        return Policy("reorder_point", pieces, pieces - 1, pieces, basis="on_hand")

    options = (
        Option("physical", "physical", policy=stock(3), lead_time=long, transport=far, **common),  # type: ignore[arg-type]
        Option("hybrid", "hybrid", policy=stock(4), lead_time=near, fee=Fee(2625.0, 30.0, escalation_per_year=0.02),
               **common),  # type: ignore[arg-type]
        Option("digital", "digital", policy=Policy("on_demand"), lead_time=near, fee=Fee(1312.5)),
    )  # fmt: skip
    return Study(
        "platform",
        pl.concat([STUDY_LINES.empty(), lines], how="diagonal"),
        options,
        currency="NOK",
        economics=Economics(0.05, 0.1, 40.0),
        target_availability=0.98,
    )


@pytest.fixture(scope="module")
def run(priced: Study) -> StudyRun:
    return run_study(priced, replications=RUNS, seed=5)


def test_repricing_is_a_new_run(priced: Study, run: StudyRun) -> None:
    """All prices moved at once give the costs of the repriced study, replication by replication."""
    dearer = replace(
        priced,
        lines=priced.lines.with_columns(unit_price=pl.lit(1500.0 * 1.2)),
        economics=Economics(0.05, 0.1 * 3, 40.0 * 0.5),
        options=tuple(
            replace(
                option,
                fee=replace(option.fee, per_month=option.fee.per_month * 1.5, pay_per_use=option.fee.pay_per_use * 1.5),
                holding_per_piece_h=option.holding_per_piece_h * 0.7,
                holding_rate_per_year=option.holding_rate_per_year * 0.7,
            )
            for option in priced.options
        ),
    )
    settings = {"unit_price": 1.2, "co2_price": 3.0, "downtime_cost": 0.5, "fee": 1.5, "holding": 0.7}
    again = run_study(dearer, replications=RUNS, seed=5)
    assert repriced(run, settings) == pytest.approx(by_replication(again, "total_cost"), rel=1e-9)


@pytest.mark.parametrize("lever", ["fee_per_month", "pay_per_use", "pay_per_use_alone"])
def test_at_break_even_both_cost_the_same(priced: Study, run: StudyRun, lever: str) -> None:
    found = break_even(run).filter(option="hybrid", against="physical", lever=lever, includes_downtime=True)
    value = float(found["value"][0])
    fee = priced.option("hybrid").fee
    moved = {
        "fee_per_month": replace(fee, per_month=value),
        "pay_per_use": replace(fee, pay_per_use=value),
        "pay_per_use_alone": replace(fee, per_month=0.0, pay_per_use=value),
    }[lever]
    options = tuple(replace(o, fee=moved) if o.name == "hybrid" else o for o in priced.options)
    cost = by_replication(run_study(replace(priced, options=options), replications=RUNS, seed=5), "total_cost")
    assert cost[:, 1].mean() == pytest.approx(cost[:, 0].mean(), rel=1e-9)


def test_at_a_switch_both_cost_the_same(priced: Study, run: StudyRun) -> None:
    switch = downtime_switches(run).filter(rank=2).row(0, named=True)
    economics = replace(priced.economics, downtime_cost_per_h=switch["from_cost"])
    again = run_study(replace(priced, economics=economics), replications=RUNS, seed=5)
    cost = dict(zip([o.name for o in priced.options], by_replication(again, "total_cost").mean(axis=0), strict=True))
    best = sorted(cost.values())
    assert best[0] == pytest.approx(best[1], rel=1e-9)
    assert cost[switch["option"]] == pytest.approx(best[0], rel=1e-9)


@pytest.mark.parametrize("name", ["digital", "physical"])
def test_search_of_one_line(priced: Study, name: str) -> None:
    """One for one against the closed form, and the paper's way of ordering; 5 s at most, each."""
    begun = perf_counter()
    found, ladder = search(priced, name, 0.98, run_study, seed=2)
    assert perf_counter() - begun < 5.0
    row = found.row(0, named=True)
    assert row["verdict"] == "confirmed"
    assert row["availability_low"] >= 0.98 > row["below_high"]
    assert ladder.sort("initial_stock")["availability"].is_sorted()
    if name == "digital":
        assert row["initial_stock"] == row["exact_stock"] == 3
        off = ladder.select((pl.col("exact") - pl.col("availability")).abs()).to_series()
        # the chain takes lead time and replacement as exponential; the platform's are not
        assert off.max() < 0.006  # type: ignore[operator]
    else:
        assert row["initial_stock"] == 5


def test_uptimes_agree_with_renewal(priced: Study, run: StudyRun) -> None:
    found = answers(run, simulate=run_study)
    assert list(found) == list(STUDY_ANSWERS)
    for number, exact in ((1, 486.667 / (486.667 + 808)), (3, 486.667 / (486.667 + 216))):
        row = found["questions"].filter(question=number, part_id="").row(0, named=True)
        assert row["exact"] == pytest.approx(exact, abs=1e-5)
        # three standard errors of 60 runs
        assert abs(row["value"] - exact) < 1.5 * (row["value_high"] - row["value_low"])


def test_chart_ends_at_the_totals(run: StudyRun) -> None:
    chart = fee_chart(run)
    for option in run.study.options:
        for kind in ("parts", "holding", "fee", "total"):
            end = chart.filter(option=option.name, kind=kind)["cumulative"][-1]
            assert end == pytest.approx(by_replication(run, f"{kind}_cost", [option.name]).mean(), rel=1e-9, abs=1e-6)
    opening = chart.filter(option="physical", kind="parts", period=0)["cumulative"][0]
    assert opening == pytest.approx(3 * 1500.0)
    band = chart.filter(option="physical", kind="total").drop_nulls("cumulative_low")
    assert (band["cumulative_low"] <= band["cumulative"]).all()
    assert np.isfinite(band["cumulative_high"].to_numpy()).all()


def test_hours_down_are_counted_after_the_warm_up(priced: Study) -> None:
    warm = run_study(replace(priced, warm_up_h=5 * 8760.0), replications=10, seed=5)
    hours = downtime_hours(warm)
    assert hours / (15 * 8760.0) == pytest.approx(1.0 - by_replication(warm, "availability"), abs=1e-9)


@pytest.mark.parametrize("lever", ["pay_per_use", "pay_per_use_alone"])
def test_a_price_per_piece_is_charged_only_on_parts_that_follow_the_option(priced: Study, lever: str) -> None:
    """At break-even both options cost the same, although half of the pieces are bought by the fallback."""
    both = pl.concat([priced.lines, priced.lines.with_columns(tag=pl.lit("U"), part_id=pl.lit("Q"))])
    lines = both.with_columns(am_qualified=pl.col("part_id") == "P")
    shelf, printed = priced.options[0], priced.options[1]

    def charging(**fee: float) -> Study:
        option = replace(printed, qualified_only=True, fallback=shelf.name, fee=Fee(**fee))
        return replace(priced, lines=lines, options=(shelf, option))

    found = break_even(run_study(charging(per_month=500.0, pay_per_use=30.0), replications=20))
    value = found.filter(lever=lever, includes_downtime=True)["value"].item()
    again = run_study(charging(per_month=500.0 * (lever == "pay_per_use"), pay_per_use=value), replications=20)
    cost = by_replication(again, "total_cost").mean(axis=0)
    assert cost[0] == pytest.approx(cost[1], rel=1e-9)


def test_a_run_ended_between_two_options_compares_the_runs_that_all_have(priced: Study) -> None:
    asked = iter(range(1000))
    run = run_study(priced, replications=400, seed=3, stop=lambda: next(asked) >= 9)
    assert run.stopped_early
    assert 0 < run.replications < 400
    as_many = run_study(priced, replications=run.replications, seed=3)
    for name in run.tables:
        assert_frame_equal(run.tables[name], as_many.tables[name], check_exact=True)
    assert run.half_widths == as_many.half_widths
    assert answers(run)["recommendation"].height
