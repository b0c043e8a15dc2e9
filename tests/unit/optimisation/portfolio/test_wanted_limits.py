"""Limits as people write them, and how binding they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import PLAN_LIMITS
from spareverse.network.planning_tables import LIMITS
from spareverse.optimisation.demand_choice import DemandModels, model_demand
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.limit_table import BUDGET, limit_table
from spareverse.optimisation.portfolio.planning import make_problem
from spareverse.optimisation.portfolio.wanted_limits import Limit, limits_given, limits_of, without_volume, wrong_limits
from spareverse.twin.wish import Wish
from unit.optimisation.portfolio.planning_case import planning_case

Case = tuple[PlanningData, DemandModels]


@pytest.fixture(scope="module")
def case() -> Case:
    random = np.random.default_rng(8)
    rows: list[dict[str, Any]] = [
        {
            "part_id": f"P{i:02}",
            "place_id": "XY"[i % 2],
            "criticality": "AB"[i % 2],
            "contract": "C-1" if i < 5 else None,
            "unit_cost": float(np.round(random.lognormal(3.0, 1.0), 2)),
            "volume_m3": None if i == 7 else 0.1 + 0.01 * i,
        }
        for i in range(16)
    ]
    data = planning_case(rows, random.lognormal(0.8, 0.8, 16).tolist())
    return data, model_demand(data, choose=False)


def planned(case: Case, *limits: Limit, budget: float | None = None) -> Any:
    data, models = case
    frontier = efficient_frontier(make_problem(data, models, limits=limits))
    point = frontier.at_fill_rate(0.85) if budget is None else frontier.at_budget(budget)
    return frontier, point, limit_table(data, models, frontier, point, limits, "EUR")


def test_rows_of_the_table_become_limits() -> None:
    rows = [
        {"group": "all", "value": None, "measure": "volume", "at_least": None, "at_most": 10.0, "file": "l", "row": 2},
        {"group": "part", "value": "P1", "measure": "pieces_each", "at_least": 1.0, "at_most": 4.0, "file": "l",
         "row": 3},
        {"group": "criticality", "value": "A", "measure": "fill_rate", "at_least": 0.9, "at_most": None, "file": "l",
         "row": 4},
    ]  # fmt: skip
    found = limits_of(pl.DataFrame(rows))
    assert found == (
        Limit("volume", 10.0),
        Limit("floor", 1.0, "part_id", "P1"),
        Limit("ceiling", 4.0, "part_id", "P1"),
        Limit("fill_rate", 0.9, "criticality", "A"),
    )
    assert [(limit.file, limit.row) for limit in found] == [("l", 2), ("l", 3), ("l", 3), ("l", 4)]
    assert limits_of(LIMITS.empty()) == ()


def test_what_is_no_limit_is_refused_together() -> None:
    assert limits_given([{"kind": "volume", "bound": 1.0}]) == (Limit("volume", 1.0),)
    with pytest.raises(InputRejected) as trouble:
        limits_given([{"kind": "volume"}, {"kind": "volume", "bound": 1.0, "colour": "red"}])
    assert len(trouble.value.problems) == 2
    unknown = [Limit("size", 1.0), Limit("fill_rate", 95.0), Limit("volume", -1.0, "colour", "red")]  # type: ignore[arg-type]
    reasons = [problem.reason for problem in wrong_limits(unknown)]
    assert reasons == [
        "there is no such kind of limit",
        "a fill rate is at most 1",
        "parts are not grouped by this column",
        "the bound is not a number from zero up",
    ]


def test_an_unknown_kind_is_no_key_error(case: Case) -> None:
    with pytest.raises(InputRejected, match="wishes"):
        make_problem(*case, limits=[Limit("size", 1.0)])  # type: ignore[arg-type]


def test_every_part_keeps_its_own_bounds(case: Case) -> None:
    data, _ = case
    limits = [Limit("floor", 2.0, "place_id", "X"), Limit("ceiling", 6.0, "contract", "C-1")]
    _, point, table = planned(case, *limits)
    assert (point.reorder_point[(data.items["place_id"] == "X").to_numpy()] >= 1).all()
    covered = (data.items["contract"] == "C-1").fill_null(value=False).to_numpy()
    assert (point.reorder_point[covered] + point.order_quantity[covered] <= 6).all()
    assert table["parts"].to_list() == [16, 8, 5]
    assert table["reached"][1] == (point.reorder_point[::2] == 1).sum()


def test_minima_above_maxima_are_named_part_by_part(case: Case) -> None:
    limits = [Limit("floor", 9.0, "contract", "C-1"), Limit("ceiling", 6.0, "contract", "C-1")]
    with pytest.raises(InputRejected) as trouble:
        make_problem(*case, limits=limits)
    assert [problem.value for problem in trouble.value.problems] == ["P00 X", "P01 Y", "P02 X", "P03 Y", "P04 X"]
    assert "at least 9 pieces and at most 6" in trouble.value.problems[0].reason


def test_volume_and_pieces_hold_and_what_has_no_volume_is_said(case: Case) -> None:
    data, models = case
    free = planned(case)[1]
    pieces = Limit("pieces", 12.0, "place_id", "Y")
    room = Limit("volume", 4.0)
    frontier, point, table = planned(case, pieces, room, budget=free.stock_value)
    assert table["reached"][1] <= 12.0
    assert table["reached"][2] <= 4.0
    assert point.gap >= 0.0
    assert not frontier.keeps_limits
    assert without_volume(data, models, [pieces, room]) == [
        "Limit on volume of all parts: 1 of its 16 parts have no volume_m3 and take no room in it."
    ]


def test_a_ceiling_makes_orders_small(case: Case) -> None:
    data, models = case
    free = make_problem(data, models)
    ceiling = make_problem(data, models, limits=[Limit("ceiling", 5.0)])
    assert (free.order_quantity > 3).any()
    assert ceiling.order_quantity.max() == 3
    assert (ceiling.order_quantity <= free.order_quantity).all()
    assert (ceiling.most + ceiling.order_quantity == 5).all()
    breaks = pl.DataFrame({"item": [0, 1], "from_quantity": [40.0, 2.0], "unit_cost": [0.01, 0.01]})
    offered = make_problem(data, models, limits=[Limit("ceiling", 5.0)], price_breaks=breaks).options
    assert offered.quantity.max() <= 3
    assert offered.unit_cost[0] == data.items["unit_cost"][0]


def test_a_shadow_price_is_what_easing_the_limit_brings() -> None:
    """Against plans with 5 % more and 5 % less of the limit; pieces are whole, so within a quarter."""
    random = np.random.default_rng(3)
    rows: list[dict[str, Any]] = [
        {"part_id": f"P{i:03}", "place_id": "XY"[i % 2], "unit_cost": float(random.lognormal(2.0, 0.7))}
        for i in range(120)
    ]
    data = planning_case(rows, random.lognormal(0.8, 0.8, 120).tolist())
    case = data, model_demand(data, choose=False)
    budget = planned(case)[1].stock_value
    lines_a_year = float(case[1].law.lines_a_year.sum())

    def at(bound: float) -> Any:
        return planned(case, Limit("stock_value", bound, "place_id", "X"), budget=budget)

    bound = 0.3 * budget
    table = at(bound)[2]
    row = table.row(1, named=True)
    assert table.schema == PLAN_LIMITS.schema
    assert table["name"].to_list() == [BUDGET, "stock value of place X"]
    assert (row["binds"], row["worth"], row["step"]) == (True, "lines a year", "1,000 EUR")
    more, less = (at(bound * factor)[1].fill_rate * lines_a_year for factor in (1.05, 0.95))
    assert row["shadow_price"] == pytest.approx(1000 * (more - less) / (0.1 * bound), rel=0.25)


def test_a_floor_of_service_has_its_price_and_a_loose_one_none(case: Case) -> None:
    held = planned(case)[1].stock_value
    tight, loose = (
        planned(case, Limit("fill_rate", bound, "criticality", "B"), budget=held)[2].row(1, named=True)
        for bound in (0.88, 0.05)
    )
    assert tight["reached"] >= 0.88 - 1e-9
    assert tight["binds"]
    assert tight["shadow_price"] > 0
    assert tight["step"] == "1 percentage point"
    assert not loose["binds"]
    assert loose["shadow_price"] == 0.0


def test_why_there_is_a_limit_stands_beside_it(case: Case) -> None:
    written = {"group": "all", "value": None, "at_least": None, "file": "l", "row": 2}
    rows = [
        written | {"measure": "volume", "at_most": 0.5, "comment": "one hall"},
        written | {"measure": "pieces_each", "at_most": 50.0, "comment": "shelves hold no more."},
    ]
    limits = limits_of(pl.DataFrame(rows))
    _, _, table = planned(case, *limits, budget=1_000.0)
    comments = table["comment"].to_list()
    assert comments[1].startswith("one hall.")
    assert comments[2] == "shelves hold no more."
    assert Wish(limits=limits).document()["limits"][0]["comment"] == "one hall"
