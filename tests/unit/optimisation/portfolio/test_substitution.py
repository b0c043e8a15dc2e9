"""Whose demand is planned as whose, where parts may stand in for others."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from spareverse.history.planning_data import PlanningData
from spareverse.network.planning_tables import SUBSTITUTES
from spareverse.optimisation.portfolio.substitution import with_substitutes
from spareverse.optimisation.portfolio.supersession import is_superseded, with_demand_moved
from unit.optimisation.portfolio.planning_case import planning_case

TODAY = date(2024, 1, 1)


def company(**costs: float) -> PlanningData:
    rows: list[dict[str, Any]] = [
        {"part_id": name, "unit_cost": cost, "expected_lead_time_days": 60.0} for name, cost in costs.items()
    ]
    return planning_case(rows, [5.0] * len(rows))


def table(*rows: tuple[str, str, str], day: date | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["part_id", "substitute_id", "kind"], orient="row")
    return SUBSTITUTES.completed(frame.with_columns(pl.lit(day, pl.Date).alias("valid_from")))


def heirs(data: PlanningData, *rows: tuple[str, str, str]) -> dict[str, str | None]:
    found = with_substitutes(data, table(*rows), TODAY)
    return dict(found.items.select("part_id", "superseded_by").rows())


def test_parts_that_serve_for_one_another_are_planned_as_the_cheapest() -> None:
    data = company(A=10.0, B=8.0, C=12.0, D=1.0)
    pairs = [("A", "B", "two_way"), ("C", "B", "two_way")]
    assert heirs(data, *pairs) == {"A": "B", "B": None, "C": "B", "D": None}
    found = with_substitutes(data, table(*pairs), TODAY)
    moved = with_demand_moved(found)
    pieces = np.add.reduceat(moved.event_pieces, moved.event_starts[[1, 3]])
    assert pieces.sum() == data.event_pieces.sum()
    assert is_superseded(moved).tolist() == [True, False, True, False]
    assert "Demand of 2 parts" in found.notices[-1]
    assert "planned together with B" in found.items["remarks"][0]


def test_one_way_in_a_circle_is_both_ways() -> None:
    data = company(A=10.0, B=8.0, C=12.0)
    circle = [("A", "B", "one_way"), ("B", "C", "one_way"), ("C", "A", "one_way")]
    assert heirs(data, *circle) == {"A": "B", "B": None, "C": "B"}


def test_a_better_part_that_is_no_dearer_takes_the_demand() -> None:
    assert heirs(company(A=10.0, B=10.0), ("A", "B", "one_way")) == {"A": "B", "B": None}
    assert heirs(company(A=10.0, B=9.0, C=8.0), ("A", "B", "one_way"), ("A", "C", "one_way"))["A"] == "C"


def test_a_dearer_part_leaves_a_lower_limit() -> None:
    data = company(A=10.0, B=11.0)
    found = with_substitutes(data, table(("A", "B", "one_way")), TODAY)
    assert found.items["superseded_by"].to_list() == [None, None]
    assert "B may serve for it as well: its fill rate is a lower limit" in found.items["remarks"][0]
    assert "lower limit" in found.notices[-1]


def test_a_slower_part_is_not_taken_either() -> None:
    data = company(A=10.0, B=10.0)
    slow = data.items.with_columns(pl.Series("expected_lead_time_days", [60.0, 90.0]))
    data.__dict__["items"] = slow
    assert heirs(data, ("A", "B", "one_way")) == {"A": None, "B": None}


def test_a_group_goes_on_as_a_whole() -> None:
    data = company(A=10.0, B=9.0, C=5.0)
    assert heirs(data, ("A", "B", "two_way"), ("A", "C", "one_way")) == {"A": "B", "B": "C", "C": None}
    moved = with_demand_moved(
        with_substitutes(data, table(("A", "B", "two_way"), ("A", "C", "one_way")), TODAY)
    )  # fmt: skip
    assert np.diff(moved.event_starts).tolist()[:2] == [0, 0]


def test_superseded_goes_before_everything_and_only_from_its_day() -> None:
    data = company(A=10.0, B=80.0, C=1.0)
    pairs = [("A", "B", "superseded"), ("A", "C", "two_way")]
    assert heirs(data, *pairs) == {"A": "B", "B": None, "C": None}
    later = with_substitutes(data, table(pairs[0], day=date(2025, 1, 1)), TODAY)
    assert later.items["superseded_by"].to_list() == [None] * 3


def test_places_are_kept_apart_and_what_is_nowhere_is_said() -> None:
    rows = [
        {"part_id": "A", "place_id": "X"}, {"part_id": "A", "place_id": "Y"}, {"part_id": "B", "place_id": "X"},
    ]  # fmt: skip
    found = with_substitutes(planning_case(rows, [5.0] * 3), table(("A", "B", "one_way"), ("A", "Z", "one_way")), TODAY)
    assert found.items["superseded_by"].to_list() == ["B", None, None]
    assert "1 substitutes are not stocked where their part is (A by Z)" in found.notices[-1]
