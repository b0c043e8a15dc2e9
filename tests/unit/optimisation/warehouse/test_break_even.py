"""Break-even fees and prices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.network.distributions import Constant
from spareverse.network.study import Fee, Option, Policy, Study
from spareverse.network.study_answers import BREAK_EVEN, NOT_ENOUGH
from spareverse.network.study_tables import STUDY_LINES
from spareverse.optimisation.warehouse.break_even import break_even, charged_pieces, own_months
from spareverse.simulation.study_run import run_study


def _with_fee(study: Study, **fee: float) -> Study:
    options = tuple(replace(option, fee=Fee(**fee)) if option.name == "hybrid" else option for option in study.options)
    return replace(study, options=options)


def _row(found: pl.DataFrame, lever: str, *, downtime: bool = True, against: str = "enhanced") -> dict[str, Any]:
    rows = found.filter(option="hybrid", against=against, lever=lever, includes_downtime=downtime)
    return rows.row(0, named=True)


@pytest.mark.parametrize("lever", ["fee_per_month", "pay_per_use", "pay_per_use_alone"])
def test_at_break_even_both_cost_the_same(platform: Study, simulation: Any, lever: str) -> None:
    run = simulation(_with_fee(platform, per_month=2625.0, pay_per_use=10.0), replications=40, seed=1)
    found = break_even(run)
    assert found.schema == BREAK_EVEN.schema
    row = _row(found, lever)
    fee = {"fee_per_month": {"per_month": row["value"], "pay_per_use": 10.0},
           "pay_per_use": {"per_month": 2625.0, "pay_per_use": row["value"]},
           "pay_per_use_alone": {"pay_per_use": row["value"]}}[lever]  # fmt: skip
    again = simulation(_with_fee(platform, **fee), replications=40, seed=1).tables["replications"]
    cost = dict(again.group_by("option").agg(pl.col("total_cost").mean()).iter_rows())
    assert cost["hybrid"] == pytest.approx(cost["enhanced"], rel=1e-9)
    assert row["value_low"] < row["value"] < row["value_high"]


def test_with_and_without_down_time(platform: Study, simulation: Any) -> None:
    found = break_even(simulation(platform, replications=40, seed=1))
    with_it = _row(found, "fee_per_month", against="physical")
    without = _row(found, "fee_per_month", against="physical", downtime=False)
    assert with_it["value"] > without["value"]
    free = replace(platform, economics=replace(platform.economics, downtime_cost_per_h=0.0))
    assert not break_even(simulation(free, replications=5, seed=1))["includes_downtime"].any()


def test_options_that_do_not_print_have_no_fee(platform: Study, simulation: Any) -> None:
    found = break_even(simulation(platform, replications=5, seed=1))
    assert set(found["option"]) == {"digital", "hybrid"}
    assert set(found["lever"]) == {"fee_per_month", "pay_per_use", "pay_per_use_alone"}


def test_verdicts(platform: Study, simulation: Any) -> None:
    dear = break_even(simulation(_with_fee(platform, per_month=90_000.0), replications=40, seed=1))
    assert _row(dear, "fee_per_month")["verdict"] == "dearer"
    cheap = break_even(simulation(_with_fee(platform), replications=40, seed=1))
    assert _row(cheap, "fee_per_month")["verdict"] == "cheaper"
    even = _with_fee(platform, per_month=_row(cheap, "fee_per_month")["value"])
    assert _row(break_even(simulation(even, replications=40, seed=1)), "fee_per_month")["verdict"] == NOT_ENOUGH
    never = cheap.filter(option="digital", against="hybrid", lever="fee_per_month", includes_downtime=True)
    assert never["verdict"][0] == "never"
    assert never["value_high"][0] < 0


def test_escalating_months(platform: Study) -> None:
    option = _with_fee(platform, per_month=1.0, escalation_per_year=0.1).option("hybrid")
    assert own_months(option, replace(platform, horizon_h=2.5 * 8760.0)) == pytest.approx(12 * (1 + 1.1 + 0.5 * 1.21))
    assert own_months(platform.option("digital"), platform) == pytest.approx(240.0)


def test_pieces_paid_when_ordered_or_when_used(platform: Study, simulation: Any) -> None:
    options = (replace(platform.options[0], parts_charged="on_use"), *platform.options[1:])
    run = simulation(replace(platform, options=options), replications=5, seed=1)
    run.tables["replications"] = run.tables["replications"].with_columns(failures=pl.lit(7.0))
    found = charged_pieces(run)
    assert (found[:, 0] == 7.0).all()
    bought = run.tables["replications"].filter(option="hybrid")["pieces_bought"] + 4  # and the first stock
    assert found[:, 3].tolist() == bought.to_list()


def test_the_break_even_fee_is_that_of_the_option_not_of_its_fallback() -> None:
    """At the fee found both cost the same, though the option also pays the subscription its other parts need."""
    shelf = Option("shelf", "physical", policy=Policy("base_stock", 1, order_up_to=1), lead_time=Constant(720.0))
    other = Option("other", "digital", policy=Policy("on_demand"), lead_time=Constant(240.0), fee=Fee(500.0))
    printed = Option(
        "printed", "digital", policy=Policy("on_demand"), lead_time=Constant(120.0), qualified_only=True,
        fallback="other", fee=Fee(300.0, pay_per_use=7.0, escalation_per_year=0.03), parts_charged="on_use",
    )  # fmt: skip
    lines = [
        {"tag": f"T{i}", "part_id": f"P{i}", "failures_per_year": 3.0, "unit_price": 100.0, "am_qualified": i == 0}
        for i in range(2)
    ]
    table = pl.concat([STUDY_LINES.empty(), pl.DataFrame(lines)], how="diagonal_relaxed")
    study = Study("two", table.cast(dict(STUDY_LINES.schema)), (shelf, other, printed), horizon_h=3 * 8760.0)
    found = break_even(run_study(study, replications=30, seed=1)).filter(
        option="printed", against="shelf", lever="fee_per_month"
    )
    fee = replace(printed.fee, per_month=found["value"][0])
    again = run_study(
        replace(study, options=(shelf, other, replace(printed, fee=fee))), replications=30, seed=1
    ).tables["options"].filter(measure="total_cost")  # fmt: skip
    cost = dict(again.select("option", "mean").iter_rows())
    assert cost["printed"] == pytest.approx(cost["shelf"], rel=1e-9)
    assert found["today"][0] == 300.0
