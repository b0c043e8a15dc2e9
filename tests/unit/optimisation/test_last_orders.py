"""Last orders of parts that will be made no more."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from spareverse.network.plan_tables import LAST_ORDERS
from spareverse.optimisation.demand_choice import Ageing, model_demand
from spareverse.optimisation.last_orders import day_of_plan, ended_notice, is_ended, last_orders
from spareverse.optimisation.portfolio.planning import make_problem
from spareverse.optimisation.single_item.last_time_buy import remaining_demand
from unit.optimisation.portfolio.planning_case import planning_case

TODAY = date(2023, 12, 31)
SOON, END = date(2024, 6, 30), date(2028, 12, 30)
ROWS: list[dict[str, Any]] = [
    {"part_id": "A", "last_order_on": SOON, "needed_until": END, "on_hand": 4.0},
    {"part_id": "B", "last_order_on": SOON, "needed_until": END, "on_hand": 4.0, "shortage_cost": 1000.0},
    {"part_id": "C", "last_order_on": date(2023, 1, 1), "needed_until": END, "on_hand": 9.0},
    {"part_id": "D", "last_order_on": SOON},
    {"part_id": "E", "last_order_on": SOON, "needed_until": END, "min_order_quantity": 500.0, "pack_size": 40.0},
    {"part_id": "F", "needed_until": date(2023, 6, 1)},
    {"part_id": "G"},
]


def test_quantities_last_until_the_end_of_service() -> None:
    data = planning_case(ROWS, [6.0] * 7)
    models = model_demand(data, choose=False)
    assert day_of_plan(data) == TODAY
    table = last_orders(data, models)
    assert table.schema == LAST_ORDERS.schema
    assert table["part_id"].to_list() == ["C", "A", "B", "D", "E"]
    found = {row["part_id"]: row for row in table.to_dicts()}
    a, b = found["A"], found["B"]
    assert a["demand"] == pytest.approx(1827 / 365 * a["pieces_a_year"])
    assert a["demand_low"] < a["demand"] < a["demand_high"]
    assert a["quantity"] + a["stock"] > 0.9 * a["demand"]
    assert b["quantity"] > a["quantity"], "a dearer shortage asks for more"
    assert b["chance_enough"] > a["chance_enough"]
    assert "10 times its unit cost" in a["remarks"]
    assert b["remarks"].startswith("demand is taken to stay at today's rate")
    late = found["C"]
    assert (late["quantity"], late["expected_short"] > 0.0) == (0.0, True)
    assert "can be ordered no more" in late["remarks"]
    assert found["D"]["quantity"] is None
    assert "needed_until is missing" in found["D"]["remarks"]
    assert "the supplier takes orders of 520" in found["E"]["remarks"]


def test_a_row_says_what_its_demand_is_taken_to_be_after_the_next_year() -> None:
    within = {"last_order_on": SOON, "needed_until": date(2024, 9, 30), "on_hand": 4.0, "shortage_cost": 1000.0}
    rows = [
        within | {"part_id": "A", "needed_until": END},
        within | {"part_id": "B", "needed_until": END},
        within | {"part_id": "C"},
    ]
    data = planning_case(rows, [6.0] * 3)
    older = Ageing(*(np.array([each, np.nan, np.nan]) for each in (2.0, 1.8, 2.2)))
    found = {
        row["part_id"]: row for row in last_orders(data, model_demand(data, choose=False, ageing=older)).to_dicts()
    }
    assert found["A"]["pieces_a_year"] > found["B"]["pieces_a_year"]
    assert (
        found["A"]["remarks"]
        == "demand is next year's by the ages of the installed base, and taken to stay so after it"
    )
    assert "stay at today's rate" in found["B"]["remarks"]
    assert found["C"]["remarks"] == ""


def test_salvage_above_cost_is_left_out() -> None:
    rows = [{"part_id": "A", "last_order_on": SOON, "needed_until": END, "on_hand": 0.0, "salvage_value": 99.0}]
    data = planning_case(rows, [3.0])
    assert "salvage value above" in last_orders(data, model_demand(data, choose=False))["remarks"][0]


def test_ended_parts_are_not_planned_and_count_nothing() -> None:
    data = planning_case(ROWS, [6.0] * 7)
    assert is_ended(data).tolist() == [False, False, True, False, False, True, False]
    problem = make_problem(data, model_demand(data, choose=False))
    assert problem.weight.tolist() == [1, 1, 0, 1, 1, 0, 1]
    assert problem.most[[2, 5]].tolist() == [-1, -1]
    assert ended_notice(data)[0].startswith("2 parts can be ordered no more")


def test_sizes_of_orders_widen_what_may_come() -> None:
    """Against a simulated compound Poisson demand of known rate: sizes 1 and 9 alike, E J^2 / E J = 8.2."""
    random = np.random.default_rng(5)
    law = remaining_demand([30.0], 0.0, 8.2)[0]
    lines = random.poisson(6.0, 40_000)
    pieces = np.array([random.choice([1.0, 9.0], n).sum() for n in lines])
    assert law.mean == pytest.approx(pieces.mean(), rel=0.01)
    # the standard error of the simulated variance is under 1 %
    assert law.variance == pytest.approx(pieces.var(), rel=0.03)
    with pytest.raises(ValueError, match="one piece or more"):
        remaining_demand([1.0], 0.0, 0.5)
