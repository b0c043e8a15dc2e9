"""Demand of superseded parts becomes their successors'."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.portfolio.actions import actions, first_actions
from spareverse.optimisation.portfolio.supersession import is_superseded, with_demand_moved, with_replaced_stock
from unit.optimisation.portfolio.planning_case import planning_case


def chain(*superseded_by: str | None) -> PlanningData:
    rows = [{"part_id": "ABCDE"[i], "superseded_by": by} for i, by in enumerate(superseded_by)]
    return planning_case(rows, [5.0] * len(rows))


def pieces_of(data: PlanningData, item: int) -> float:
    return float(data.event_pieces[data.event_starts[item] : data.event_starts[item + 1]].sum())


def test_a_chain_ends_at_its_last_part_and_nothing_is_lost() -> None:
    data = chain("B", "C", None, None)
    moved = with_demand_moved(data)
    assert pieces_of(moved, 2) == sum(pieces_of(data, item) for item in (0, 1, 2))
    assert pieces_of(moved, 3) == pieces_of(data, 3)
    assert is_superseded(moved).tolist() == [True, True, False, False]
    for item in range(4):
        assert (np.diff(moved.event_step[moved.event_starts[item] : moved.event_starts[item + 1]]) >= 0).all()
    assert "2 superseded" in moved.notices[-1]


def test_what_there_is_of_replaced_parts_is_used_up_before_more_is_bought() -> None:
    rows = [
        {"part_id": "A", "superseded_by": "B", "on_hand": 7.0, "on_order": 2.0, "backordered": 1.0},
        {"part_id": "B", "on_hand": 1.0},
        {"part_id": "C", "superseded_by": "gone", "on_hand": 5.0},
    ]
    data = with_demand_moved(planning_case(rows, [5.0] * 3))
    order = {
        "reorder_point": [-1.0, 4.0, 1.0],
        "order_quantity": [1.0, 6.0, 2.0],
        "most_pieces_a_year": [0.1, 9.0, 9.0],
    }
    stock = data.items.with_columns(**{name: pl.Series(values) for name, values in order.items()})
    known = with_replaced_stock(stock, data)
    assert known["replaced_stock"].to_list() == [0.0, 8.0, 0.0]
    assert known["most_pieces_a_year"].to_list() == [9.0, 9.0, 9.0]
    assert first_actions(actions(stock))["action"].to_list()[1] == "buy"
    assert first_actions(actions(known))["action"].to_list()[1] == "keep"
    assert first_actions(actions(stock))["action"].to_list()[0] == "cut"
    assert "scrap" not in actions(known)["action"].to_list()


@pytest.mark.parametrize(("point", "cut"), [(4.0, 0.0), (0.0, 1.0), (-1.0, 2.0)])
def test_orders_that_a_successor_counts_on_are_not_cut(point: float, cut: float) -> None:
    rows = [
        {"part_id": "A", "superseded_by": "B", "on_hand": 7.0, "on_order": 2.0, "backordered": 1.0},
        {"part_id": "B", "on_hand": 1.0},
    ]
    data = with_demand_moved(planning_case(rows, [5.0] * 2))
    order = {
        "reorder_point": [-1.0, point],
        "order_quantity": [1.0, 8.0 if point >= 0 else 1.0],
        "most_pieces_a_year": [9.0, 9.0],
    }
    stock = data.items.with_columns(**{name: pl.Series(values) for name, values in order.items()})
    found = actions(with_replaced_stock(stock, data)).filter((pl.col("item") == 0) & (pl.col("action") == "cut"))
    assert found["action_pieces"].sum() == cut


def test_other_places_and_unknown_successors_are_left_alone() -> None:
    data = planning_case(
        [
            {"part_id": "A", "place_id": "X", "superseded_by": "B"},
            {"part_id": "B", "place_id": "Y"},
            {"part_id": "C", "superseded_by": "gone"},
        ],
        [5.0] * 3,
    )
    moved = with_demand_moved(data)
    assert moved.event_pieces.tolist() == data.event_pieces.tolist()
    assert not is_superseded(moved).any()
    assert "2 parts are superseded by parts that are not stocked there" in moved.notices[-1]


def test_substitutes_pool_their_demand() -> None:
    data = chain(None, None)
    moved = with_demand_moved(data, {"A": "B"})
    assert pieces_of(moved, 1) == data.event_pieces.sum()


def test_a_successor_is_known_wherever_its_ancestor_is() -> None:
    data = replace(
        chain("B", None),
        known_from=np.array([0, 500]),
        known_steps=np.array([1460 - 60, 1460 - 500 - 20]),
        gap_starts=np.array([0, 1, 2]),
        gap_from=np.array([480, 520]),
        gap_until=np.array([540, 540]),
    )
    moved = with_demand_moved(data)
    assert moved.known_from[1] == 0
    # unknown: 480 to 499 (not yet introduced, gap of the other) and 520 to 539 (gap of both)
    mine = slice(*moved.gap_starts[1:3])
    assert (moved.gap_from[mine].tolist(), moved.gap_until[mine].tolist()) == ([480, 520], [500, 540])
    assert moved.known_steps[1] == 1460 - 40


def test_demand_of_one_period_becomes_one_demand() -> None:
    data = replace(
        chain("B", None),
        continuous=False,
        event_starts=np.array([0, 2, 4]),
        event_step=np.array([3, 7, 7, 9]),
        event_pieces=np.array([1.0, 2.0, 4.0, 8.0]),
    )
    moved = with_demand_moved(data)
    assert (moved.event_step.tolist(), moved.event_pieces.tolist()) == ([3, 7, 9], [1.0, 6.0, 8.0])


def test_a_circle_is_refused() -> None:
    with pytest.raises(InputRejected, match="circle") as trouble:
        with_demand_moved(chain("B", "A", None))
    assert [problem.value for problem in trouble.value.problems] == ["A", "B"]
