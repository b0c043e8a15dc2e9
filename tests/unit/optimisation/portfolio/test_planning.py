"""From planning data to a plan's tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import PLAN, PLAN_CURVE
from spareverse.optimisation.demand_choice import DemandModels, model_demand
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.order_quantities import order_quantities
from spareverse.optimisation.portfolio.plan_rows import amount_text
from spareverse.optimisation.portfolio.planning import Limit, curve_table, make_problem, plan_table
from spareverse.optimisation.portfolio.price_lists import with_price_list
from spareverse.optimisation.portfolio.supersession import with_demand_moved
from unit.optimisation.portfolio.planning_case import planning_case

Case = tuple[PlanningData, DemandModels]


@pytest.fixture(scope="module")
def case() -> Case:
    """Twenty parts of two classes, with a rule and stock of today; one superseded, one never moved."""
    random = np.random.default_rng(8)
    rows: list[dict[str, Any]] = [
        {
            "part_id": f"P{i:02}",
            "criticality": "AB"[i % 2],
            "unit_cost": float(np.round(random.lognormal(3.0, 1.0), 2)),
            "current_reorder_point": 1.0,
            "current_order_quantity": 3.0,
            "on_hand": float(random.integers(0, 9)),
            "on_order": 0.0,
        }
        for i in range(20)
    ]
    rows[3]["superseded_by"] = "P04"
    rows[5].update(current_reorder_point=None, current_order_quantity=None, on_hand=None)
    rows[6].update(min_order_quantity=12.0, pack_size=5.0)
    rates = [*random.lognormal(0.5, 1.0, 19), 0.0]
    data = with_demand_moved(planning_case(rows, rates))
    return data, model_demand(data, choose=False)


def test_the_plan_says_what_its_point_does(case: Case) -> None:
    data, models = case
    frontier = efficient_frontier(make_problem(data, models))
    point = frontier.at_fill_rate(0.9)
    plan = plan_table(data, models, frontier, point, "EUR")
    assert plan.schema == PLAN.schema
    assert plan.height == len(data)
    assert plan["stock_value"].sum() == pytest.approx(point.stock_value)
    met = (plan["fill_rate"] * plan["lines_a_year"]).filter(plan["part_id"] != "P03").sum()
    lines = plan["lines_a_year"].filter(plan["part_id"] != "P03").sum()
    assert met / lines == pytest.approx(point.fill_rate)
    assert (plan["fill_rate_low"] <= plan["fill_rate"]).all()
    assert (plan["fill_rate"] <= plan["fill_rate_high"]).all()
    assert plan.filter("stocked")["fill_rate_low"].max() < 1.0
    assert (plan["order_up_to"] == plan["reorder_point"] + plan["order_quantity"]).all()
    bought = plan.filter(~pl.col("stocked"))
    assert (bought["reorder_point"] == -1).all()
    assert (bought["order_quantity"] == 1).all()
    assert plan["current_fill_rate"].null_count() == 1
    assert plan["reason"].null_count() == 0
    stocked = plan.filter("stocked", pl.col("gain_per_money").is_not_null())
    assert stocked["reason"].str.contains(r" EUR more in stock; the plan pays up to [0-9.,]+ EUR\.$").any()
    amounts = pl.DataFrame({"amount": [0.4242, 9.0, 503.4, 2500.0, 647_366.0, 1_055_983.0]})
    assert amounts.select(amount_text(pl.col("amount"))).to_series().to_list() == [
        "0.424", "9", "503", "2,500", "647,000", "1,060,000",
    ]  # fmt: skip


def test_a_part_enters_where_the_curve_first_stocks_it(case: Case) -> None:
    data, models = case
    frontier = efficient_frontier(make_problem(data, models))
    plan = plan_table(data, models, frontier, frontier.at_fill_rate(0.8), "EUR")
    for row in plan.filter(pl.col("enters_at").is_not_null()).sample(6, seed=1).iter_rows(named=True):
        number = int(row["part_id"][1:])
        before = int(np.searchsorted(frontier.stock_value, row["enters_at"])) - 1
        assert frontier.at(before).reorder_point[number] == -1
        assert frontier.at(before + 1).reorder_point[number] >= 0


def test_the_curve_has_todays_point_and_the_chosen_one(case: Case) -> None:
    data, models = case
    frontier = efficient_frontier(make_problem(data, models))
    point = frontier.at_fill_rate(0.9)
    curve = curve_table(data, models, frontier, point)
    assert curve.schema == PLAN_CURVE.schema
    assert curve["kind"].unique().sort().to_list() == ["chosen", "efficient", "today"]
    efficient = curve.filter(pl.col("kind") == "efficient")
    assert efficient["stock_value"].is_sorted()
    assert efficient["fill_rate"].is_sorted()
    assert ((curve["fill_rate_low"] <= curve["fill_rate"]) & (curve["fill_rate"] <= curve["fill_rate_high"])).all()
    today = curve.filter(pl.col("kind") == "today").row(0, named=True)
    same_money = np.interp(today["stock_value"], efficient["stock_value"], efficient["fill_rate"])
    assert same_money >= today["fill_rate"]


def test_floors_weights_and_decisions_are_kept(case: Case) -> None:
    data, models = case
    decisions = pl.DataFrame({"part_id": ["P01", "P02"], "place_id": ["", None], "override_reorder_point": [7.0, -1.0]})
    problem = make_problem(data, models, floors={"A": 2}, weights={"A": 5.0}, decisions=decisions)
    frontier = efficient_frontier(problem)
    least = frontier.at(0)
    critical = (data.items["criticality"] == "A").to_numpy()
    critical[[2]] = False
    assert (least.reorder_point[critical] == 1).all()
    for point in (least, frontier.at_fill_rate(0.9)):
        assert (point.reorder_point[critical] >= 1).all()
        assert point.reorder_point[[1, 2]].tolist() == [7, -1]
    plan = plan_table(data, models, frontier, least, "EUR")
    assert plan.filter(pl.col("part_id") == "P01")["reason"].item() == "Decided by the planner."
    assert "floor: 2 pieces" in plan.filter(pl.col("part_id") == "P00")["remarks"].item()


def test_a_superseded_part_is_not_bought_again(case: Case) -> None:
    data, models = case
    frontier = efficient_frontier(make_problem(data, models))
    plan = plan_table(data, models, frontier, frontier.at(len(frontier) - 1), "EUR")
    row = plan.filter(pl.col("part_id") == "P03").row(0, named=True)
    assert (row["stocked"], row["reorder_point"]) == (False, -1)
    assert "Replaced" in row["reason"]


def test_order_quantities_respect_minimum_and_pack(case: Case) -> None:
    data, models = case
    quantity = make_problem(data, models).order_quantity
    assert quantity[6] >= 12
    assert quantity[6] % 5 == 0
    two_years = np.ceil(2.0 * models.law.lines_a_year * models.law.line_mean)
    free = np.arange(len(data)) != 6
    assert (quantity <= np.maximum(two_years, 1))[free].all()
    assert quantity[19] == 1


def test_where_the_price_is_assumed_orders_are_as_small_as_they_may_be() -> None:
    rows = [{"part_id": name, "unit_cost_source": source, "pack_size": 3.0} for name, source in
            (("A", "parts"), ("B", "given"), ("C", "assumed"))]  # fmt: skip
    data = planning_case(rows, [8.0] * 3)
    found = order_quantities(data, np.full(3, 16.0))
    assert found[0] > 3
    assert found[1:].tolist() == [3, 3]


def test_limits_by_class(case: Case) -> None:
    data, models = case
    limits = [Limit("fill_rate", 0.97, "criticality", "A"), Limit("stock_value", 100.0, "part_id", "P07")]
    problem = make_problem(data, models, limits=limits)
    point = efficient_frontier(problem).at_fill_rate(0.5)
    plan = plan_table(data, models, efficient_frontier(problem), point, "EUR")
    critical = plan.filter(pl.col("criticality") == "A")
    fill = (critical["fill_rate"] * critical["lines_a_year"]).sum() / critical["lines_a_year"].sum()
    assert fill >= 0.97 - 1e-9
    assert plan.filter(pl.col("part_id") == "P07")["stock_value"].item() <= 100.0


def test_a_deep_price_break_is_taken_and_a_shallow_one_is_not(case: Case) -> None:
    data, models = case
    price = data.items["unit_cost"]
    breaks = pl.DataFrame(
        {
            "part_id": ["P00", "P08"],
            "supplier_id": [None, None],
            "from_quantity": [25.0, 200.0],
            "unit_cost": [0.5 * price[0], 0.999 * price[8]],
        },
        schema_overrides={"supplier_id": pl.String},
    )
    problem = make_problem(data, models, price_breaks=with_price_list(data, breaks).breaks)
    point = efficient_frontier(problem).at_fill_rate(0.99)
    assert (point.order_quantity[0], point.unit_cost[0]) == (25, pytest.approx(0.5 * price[0]))
    assert (point.order_quantity[8] < 200, point.unit_cost[8]) == (True, pytest.approx(price[8]))


def test_wishes_that_make_no_sense_come_in_one_report(case: Case) -> None:
    data, models = case
    decisions = pl.DataFrame({"part_id": ["P01"], "place_id": [""], "override_reorder_point": [-4.0]})
    with pytest.raises(InputRejected) as trouble:
        make_problem(
            data,
            models,
            floors={"Z": 1, "A": -2},
            decisions=decisions,
            limits=[Limit("fill_rate", 0.9, "planner", "Zoe"), Limit("fill_rate", 0.9, "criticality", "Z")],
        )
    assert [problem.column for problem in trouble.value.problems] == [
        "floors.Z",
        "floors.A",
        "override_reorder_point",
        "limits.fill rate of planner Zoe",
        "limits.fill rate of criticality Z",
    ]
