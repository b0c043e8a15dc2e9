"""Months for one part and quarters for another: added up exactly, or refused."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from spareverse.errors import InputRejected, NotEnoughData
from spareverse.history.demand_units import period_demand
from spareverse.network.tables import DEMAND

Row = tuple[str, str, float | None, str | None, str | None]


def demand(rows: list[Row]) -> pl.DataFrame:
    """part, first day, quantity, period_unit, absent."""
    frame = pl.DataFrame(rows, schema=["part_id", "period", "quantity", "period_unit", "absent"], orient="row")
    frame = frame.with_columns(pl.col("period").str.to_date(), pl.col("quantity").cast(pl.Float64), flag=pl.lit(None))
    return DEMAND.completed(frame).with_columns(pl.col("place_id", "flag").cast(pl.String))


def months(part: str, quantities: list[float | None], absent: str | None = None, first: int = 1) -> list[Row]:
    return [(part, f"2024-{first + k:02}-01", q, "month", absent) for k, q in enumerate(quantities)]


def quarters(part: str, quantities: list[float | None], absent: str | None = None) -> list[Row]:
    return [(part, f"2024-{1 + 3 * k:02}-01", q, "quarter", absent) for k, q in enumerate(quantities)]


def cells(rows: list[Row]) -> dict[tuple[str, int], float | None]:
    found = period_demand(demand(rows))
    assert found.periods.name == "quarter"
    return {
        (part, (day.month + 2) // 3): q for part, day, q in found.rows.select("part_id", "period", "quantity").rows()
    }


def test_months_add_up_to_quarters_and_a_quarter_with_an_unknown_month_is_unknown() -> None:
    found = cells(
        [
            *months("A", [1, 2, 3, 4, None, 6]),
            *months("B", [1, 1, 1]),
            *months("B", [2, 2], first=4),
            *quarters("C", [7, 0]),
        ]
    )
    assert found == {("A", 1): 6.0, ("A", 2): None, ("B", 1): 3.0, ("B", 2): None, ("C", 1): 7.0, ("C", 2): 0.0}


def test_an_absent_month_is_a_zero_only_where_the_table_says_so() -> None:
    rows = [*months("A", [1, 2, 3, 4, 5, 6], "zero"), *quarters("C", [7, 0])]
    rows.append(("D", "2024-01-01", 8, "month", "zero"))
    said = cells([*rows, ("B", "2024-05-01", 2, "month", "zero")])
    assert [said[key] for key in (("B", 1), ("B", 2), ("D", 1), ("D", 2))] == [0.0, 2.0, 8.0, 0.0]
    unsaid = cells([*rows, ("B", "2024-05-01", 2, "month", "missing")])
    assert [unsaid[key] for key in (("B", 1), ("B", 2), ("D", 1), ("D", 2))] == [0.0, 2.0, 8.0, None]


def test_parts_without_a_row_have_no_demand_only_where_every_table_says_so() -> None:
    monthly = months("A", [1, 2, 3, 4, 5, 6], "zero")
    every = period_demand(demand([*monthly, *quarters("C", [7, 0], "zero")])).rows
    assert set(every["absent"]) == {"zero"}
    one = period_demand(demand([*monthly, *quarters("C", [7, 0])])).rows
    assert set(one["absent"]) == {"missing"}


def test_a_part_may_change_from_months_to_quarters() -> None:
    assert cells([*months("A", [1, 2, 3]), ("A", "2024-04-01", 9, "quarter", None)]) == {("A", 1): 6.0, ("A", 2): 9.0}


def test_a_last_quarter_that_is_not_whole_waits() -> None:
    found = period_demand(demand([*months("A", [1, 2, 3, 4]), *quarters("C", [7])]))
    assert found.rows["period"].max() == date(2024, 1, 1)
    assert "waits for its end" in found.notices[-1]
    assert "per month for 1 parts (A) and per quarter for 1 parts (C)" in found.notices[0]


def test_one_unit_is_left_as_it_is() -> None:
    rows = demand(months("A", [1, 0, 2]))
    found = period_demand(rows)
    assert found.rows.equals(rows)
    assert (found.periods.name, found.notices) == ("month", [])
    # months by name stay months where only every third has a row
    assert (
        period_demand(demand([("A", f"2024-{m:02}-01", 1, "month", None) for m in (1, 4, 7)])).periods.name == "month"
    )
    assert period_demand(demand([("A", f"2024-{m:02}-01", 1, None, None) for m in (1, 4, 7)])).periods.name == "quarter"


def test_days_add_up_to_weeks() -> None:
    monday = date(2024, 1, 1)
    daily: list[Row] = [("A", str(monday + timedelta(days=k)), 1, "day", None) for k in range(14)]
    found = period_demand(demand([*daily, ("B", "2024-01-01", 5, "week", None), ("B", "2024-01-08", 6, "week", None)]))
    assert found.periods.name == "week"
    assert found.rows.sort("part_id", "period")["quantity"].to_list() == [7.0, 7.0, 5.0, 6.0]


@pytest.mark.parametrize("unit", ["week", None])
def test_weeks_across_months_are_refused(unit: str | None) -> None:
    rows = [("A", f"2024-{m:02}-01", 1.0, unit and "month", None) for m in (2, 3, 4)]
    rows += [("B", str(date(2024, 2, 5) + timedelta(days=7 * k)), 1.0, unit, None) for k in range(4)]
    with pytest.raises(InputRejected) as caught:
        period_demand(demand(rows))
    assert {str(problem.value) for problem in caught.value.problems} == {
        "2024-02-05", "2024-02-12", "2024-02-19", "2024-02-26"
    }  # fmt: skip


def test_a_month_in_a_quarter_that_is_told_too_is_refused() -> None:
    with pytest.raises(InputRejected, match="told twice"):
        period_demand(demand([*months("A", [1], first=2), *quarters("A", [7])]))


def test_no_demand_is_said() -> None:
    with pytest.raises(NotEnoughData):
        period_demand(DEMAND.empty().with_columns(flag=pl.lit(None, pl.String)))
