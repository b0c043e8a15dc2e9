"""Which price breaks hold for which part."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.optimisation.portfolio.price_lists import LISTED, with_price_list
from unit.optimisation.portfolio.planning_case import planning_case

ROWS: list[dict[str, Any]] = [
    {"part_id": "A", "supplier_id": "S1", "unit_cost": 9.2, "unit_cost_source": "purchases"},
    {"part_id": "B", "supplier_id": "S2", "unit_cost": 5.0},
    {"part_id": "C", "unit_cost": 5.0},
]


def breaks(*rows: tuple[str, str | None, float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={"part_id": pl.String, "supplier_id": pl.String, "from_quantity": pl.Float64, "unit_cost": pl.Float64},
        orient="row",
    )


def test_the_list_price_takes_the_place_of_what_was_paid() -> None:
    data = planning_case(ROWS, [5.0] * 3)
    found = with_price_list(data, breaks(("A", "S1", 1, 10.0), ("A", "S1", 10, 9.0), ("A", "S1", 50, 8.0)))
    assert found.data.items["unit_cost"].to_list() == [10.0, 5.0, 5.0]
    assert found.data.items["unit_cost_source"][0] == LISTED
    share = found.data.items["holding_cost"] / found.data.items["unit_cost"]
    assert share.to_list() == pytest.approx([0.25 / 365.0] * 3)
    assert found.breaks is not None
    assert found.breaks.rows() == [(0, 10.0, 9.0), (0, 50.0, 8.0)]


def test_breaks_of_other_suppliers_and_parts_are_not_used_and_said() -> None:
    data = planning_case(ROWS, [5.0] * 3)
    found = with_price_list(
        data, breaks(("A", "S9", 10, 1.0), ("B", None, 10, 4.0), ("C", "S7", 10, 3.0), ("Z", None, 5, 1.0))
    )
    assert found.breaks is not None
    assert found.breaks.rows() == [(1, 10.0, 4.0), (2, 10.0, 3.0)]
    assert "1 parts that are not planned (Z)" in found.data.notices[-2]
    assert "not bought from their suppliers are not used: 1 (A)." in found.data.notices[-1]


def test_breaks_that_make_no_sense_come_in_one_report() -> None:
    data = planning_case(ROWS, [5.0] * 3)
    wrong = breaks(("A", "S1", 10, 9.0), ("A", "S1", 50, 9.5), ("B", None, 0.5, 1.0), ("B", None, 20, -1.0))
    with pytest.raises(InputRejected, match="3 price breaks") as trouble:
        with_price_list(data, wrong.with_columns(pl.lit("prices.csv").alias("file"), pl.Series("row", [2, 3, 4, 5])))
    assert [(problem.file, problem.row) for problem in trouble.value.problems] == [
        ("prices.csv", 3), ("prices.csv", 4), ("prices.csv", 5),
    ]  # fmt: skip
    with pytest.raises(InputRejected) as trouble:
        with_price_list(data, pl.DataFrame({"part_id": ["A"], "least_quantity": [0.0]}))
    assert [problem.column for problem in trouble.value.problems] == ["supplier_id", "from_quantity", "unit_cost"]
