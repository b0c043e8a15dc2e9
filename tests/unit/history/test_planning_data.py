"""What a plan is made of: events, gaps, truncation, today's rule, and what came after the fit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from company import company, day, tables
from spareverse.errors import InputRejected, NotEnoughData
from spareverse.history.demand_events import events_of_periods
from spareverse.history.later_demand import later_demand
from spareverse.history.periods import Periods
from spareverse.optimisation.planning_inputs import planning_data
from spareverse.statistics.compound import LEAD_WEIGHTS
from spareverse.statistics.lead_time_prediction import predictive_nodes
from spareverse.statistics.pooling import Posterior


def month(number: int) -> date:
    return date(2020 + number // 12, number % 12 + 1, 1)


def months(part: str, values: list[float | None], first: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [{"part_id": part, "period": month(first + i), "quantity": value} | more for i, value in enumerate(values)]


def item(data: Any, part: str) -> dict[str, Any]:
    row: dict[str, Any] = data.items.filter(pl.col("part_id") == part).row(0, named=True)
    return row


def gaps(data: Any, number: int) -> list[tuple[int, int]]:
    first, last = data.gap_starts[number], data.gap_starts[number + 1]
    return list(zip(data.gap_from[first:last].tolist(), data.gap_until[first:last].tolist(), strict=True))


def test_empty_months_are_gaps_and_a_late_start_is_an_introduction() -> None:
    given_ = tables(demand=months("A", [1, None, 0, 2, None, None]) + months("B", [None, None, 3, 0, 0, 1]))
    data = planning_data(given_, lead_time_days=31, unit_cost=2.0)
    assert (data.steps, data.continuous, data.lead_nodes.tolist()) == (6, False, [[1.0], [1.0]])
    assert data.step_days == pytest.approx(30.4375)
    assert gaps(data, 0) == [(1, 2), (4, 6)]
    assert data.known_from.tolist() == [0, 2]
    assert data.known_steps.tolist() == [3, 4]
    assert data.event_step[data.event_starts[1] :].tolist() == [2, 5]
    assert data.event_pieces.tolist() == [1.0, 2.0, 3.0, 1.0]
    assert any("3 months of parts are not known" in text for text in data.notices)


@pytest.mark.parametrize(("absent", "known"), [("zero", [4, 4, 4]), ("missing", [4, 1, 0]), (None, [4, 1, 0])])
def test_absent_months_are_zero_only_where_the_file_says_so(absent: str | None, known: list[int]) -> None:
    rows = months("A", [1, 0, 0, 2], absent=absent) + months("B", [5], first=1, absent=absent)
    data = planning_data(tables(demand=rows, parts=[{"part_id": "C"}]), lead_time_days=30, unit_cost=1.0)
    assert data.known_steps.tolist() == known
    assert "nothing is known" in item(data, "C")["remarks"] or absent == "zero"


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=5, max_size=5), min_size=1, max_size=4))
def test_known_steps_gaps_and_introduction_make_up_the_whole(rows: list[list[int | None]]) -> None:
    frame = pl.DataFrame(
        [
            {"item": i, "period": month(t), "quantity": v, "absent": None}
            for i, row in enumerate(rows)
            for t, v in enumerate(row)
        ],
        schema={"item": pl.Int64, "period": pl.Date, "quantity": pl.Float64, "absent": pl.String},
    )
    events = events_of_periods(frame, len(rows), Periods(month(0), "month", 1), 0, 5)
    for i, row in enumerate(rows):
        inside = sum(until - begin for begin, until in gaps(events, i))
        assert events.known_from[i] + inside + events.known_steps[i] == 5
        assert events.known_steps[i] == sum(value is not None for value in row)
        first, last = events.event_starts[i], events.event_starts[i + 1]
        assert events.event_step[first:last].tolist() == [t for t, v in enumerate(row) if v]


@pytest.mark.parametrize(
    ("days", "name", "step_days"),
    [
        ([date(2024, 1, 1), date(2024, 3, 1)], "period of 2 months", 60.875),
        ([date(2024, 1, 1), date(2024, 4, 1), date(2024, 10, 1)], "quarter", 91.3125),
        ([date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 29)], "week", 7.0),
    ],
)
def test_periods_are_found_from_their_first_days(days: list[date], name: str, step_days: float) -> None:
    periods = Periods.of(pl.Series(days))
    assert (periods.name, periods.step_days) == (name, step_days)
    assert [periods.first_day(periods.number_of(one)) for one in days] == days


def test_nothing_of_later_days_leaks_into_a_fit() -> None:
    whole = company(30, seed=5)
    end = day(400)
    later = {
        "stock": [{"part_id": "P0001", "as_of": 500, "on_hand": 9.0}, {"part_id": "P0002", "on_hand": 7.0}],
        "policies": [{"part_id": "P0001", "valid_from": 500, "reorder_point": 4.0}],
    }
    extra = tables(**later)
    full = {name: pl.concat([frame, extra[name]]) for name, frame in whole.items()}
    cut = dict(whole)
    for name in ("purchases", "sales"):
        cut[name] = whole[name].filter(pl.col("ordered_on") < end)
    cut["purchases"] = cut["purchases"].with_columns(
        pl.when(pl.col("received_on") < end).then(pl.col("received_on")).alias("received_on")
    )
    known, shorter = planning_data(full, until=end), planning_data(cut, until=end)
    assert known.items.equals(shorter.items)
    np.testing.assert_array_equal(known.event_pieces, shorter.event_pieces)
    np.testing.assert_allclose(known.lead_nodes, shorter.lead_nodes)
    assert known.items["on_hand"].null_count() == len(known)
    assert any("Stock without a day" in text for text in known.notices)


def test_order_lines_give_days_and_predictive_lead_times() -> None:
    given_ = company(40, seed=2)
    data = planning_data(given_)
    assert data.continuous
    assert data.lead_nodes.shape == (40, 24)
    assert len(data.event_step) == given_["sales"].height
    assert np.all(np.diff(data.lead_nodes, axis=1) >= 0.0)
    assert np.isclose(data.lead_weights.sum(), 1.0)
    assert (data.items["unit_cost"] > 0).all()


def test_nodes_of_an_uncertain_weibull_match_its_moments() -> None:
    """Against 400,000 draws; the bound is five standard errors of the mean."""
    mean, spread = np.array([4.0, 0.5]), np.array([[0.2, 0.05], [0.05, 0.09]])
    posterior = Posterior(mean[None, :], np.array([[0.2, 0.05, 0.09]]))
    nodes = predictive_nodes(posterior)[0]
    random = np.random.default_rng(3)
    m, s = random.multivariate_normal(mean, spread, 400_000).T
    drawn = np.exp(m + np.log(random.exponential(size=len(m))) / np.exp(s))
    assert abs(nodes @ LEAD_WEIGHTS - drawn.mean()) < 5 * drawn.std() / np.sqrt(len(drawn))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"policy": "sQ", "reorder_point": 2.0, "order_quantity": 5.0}, (2.0, 5.0, 7.0, False)),
        ({"policy": "sS", "reorder_point": 2.0, "order_up_to": 6.0}, (2.0, 4.0, 6.0, True)),
        ({"policy": "sS", "reorder_point": 2.0, "order_up_to": 6.0, "order_quantity": 9.0}, (2.0, 4.0, 6.0, True)),
        ({"reorder_point": 2.0, "order_up_to": 6.0}, (2.0, 4.0, 6.0, True)),
        ({"policy": "on_demand"}, (-1.0, 1.0, 0.0, False)),
        ({"policy": "base_stock", "order_up_to": 3.0}, (2.0, 1.0, 3.0, False)),
        ({"policy": "sS", "reorder_point": 8.0, "order_up_to": 6.0}, (None, None, None, False)),
    ],
)
def test_todays_rule_is_put_in_the_plans_words(
    rule: dict[str, Any], expected: tuple[float | None, float | None, float | None, bool]
) -> None:
    given_ = tables(
        sales=[{"part_id": "A", "ordered_on": 1, "quantity": 1.0}],
        policies=[{"part_id": "A"} | rule],
        parts=[{"part_id": "A", "expected_lead_time_days": 10.0, "unit_cost": 0.0}],
    )
    row = item(planning_data(given_), "A")
    words = ("current_reorder_point", "current_order_quantity", "current_order_up_to", "current_fills_up")
    found = tuple(row[name] for name in words)
    assert found == expected
    assert "price zero" in row["remarks"]
    assert "one demand only" in row["remarks"]
    assert ("minimum is above its maximum" in row["remarks"]) == (expected[0] is None)


def test_bad_inputs_are_collected() -> None:
    with pytest.raises(NotEnoughData):
        planning_data(tables())
    rows = [{"part_id": part, "ordered_on": 1, "quantity": 1.0} for part in ("A", "B", "C")]
    with pytest.raises(InputRejected) as caught:
        planning_data(tables(sales=rows))
    assert len(caught.value.problems) == 1
    found = caught.value.problems[0]
    assert (found.column, found.value) == ("expected_lead_time_days", "A, B, C")
    assert found.reason == "3 of 3 parts have no lead time"
    assert "lead_time_days" in found.remedy
    with pytest.raises(InputRejected) as caught:
        planning_data(tables(sales=rows), lead_time_days=-1.0, unit_cost=0.0)
    assert [problem.column for problem in caught.value.problems] == ["lead_time_days", "unit_cost"]


def test_later_demand_of_lines_brings_real_lead_times() -> None:
    given_ = company(40, seed=2)
    end = day(450)
    data = planning_data(given_, until=end)
    later = later_demand(given_, data, end)
    sold = given_["sales"].filter(pl.col("ordered_on") >= end)
    assert later.event_pieces.sum() == sold["quantity"].sum()
    assert later.first == end
    assert (later.lead_until > later.lead_from).all()
    lines = given_["purchases"].filter((pl.col("ordered_on") >= end) & (pl.col("part_id") == "P0001"))
    number = item(data, "P0001")["item"]
    if later.lead_source[number] == 0:
        own = later.lead_times[later.lead_from[number] : later.lead_until[number]]
        real = (lines["received_on"].fill_null(day(699)) - lines["ordered_on"]).dt.total_days()
        assert set(own) <= set(real.cast(pl.Float64))
    with pytest.raises(NotEnoughData):
        later_demand(given_, data, end + timedelta(days=2000))


def test_later_demand_of_months_keeps_gaps_and_the_assumed_lead_time() -> None:
    given_ = tables(demand=months("A", [1, 1, 1, None, 2]) + months("B", [0, 1, 0, None, None]))
    data = planning_data(given_, until=month(3), lead_time_days=61, unit_cost=1.0)
    later = later_demand(given_, data, month(3))
    assert (data.steps, later.steps, later.first) == (3, 2, month(3))
    assert gaps(later, 0) == [(0, 1)]
    assert gaps(later, 1) == [(0, 2)]
    assert later.event_pieces.tolist() == [2.0]
    assert later.lead_times[later.lead_from].tolist() == [2.0, 2.0]


def test_car_parts_are_read_as_they_are(shared: Any) -> None:
    path = shared / "data" / "demand-carparts" / "carparts.csv"
    wide = pl.read_csv(path, infer_schema_length=0)
    rows = wide.unpivot(index="part", variable_name="month", value_name="quantity")
    demand = rows.select(
        part_id="part",
        place_id=pl.lit(None, pl.String),
        period=(pl.col("month") + "-01").str.to_date(),
        quantity=pl.col("quantity").cast(pl.Float64),
        absent=pl.lit(None, pl.String),
        flag=pl.lit(None, pl.String),
    )
    data = planning_data({**tables(), "demand": demand}, lead_time_days=30, unit_cost=1.0)
    assert (len(data), data.steps) == (2674, 51)
    assert data.known_steps.sum() == 2674 * 51 - 6122
    assert data.event_pieces.sum() == 66194.0


def test_what_is_assumed_is_said_with_its_amount_and_the_parts() -> None:
    rows = [row for k in range(7) for row in months(f"P{k}", [1, 0, 2])]
    parts = [{"part_id": "P0", "expected_lead_time_days": 10.0, "unit_cost": 3.0}]
    data = planning_data(tables(demand=rows, parts=parts), lead_time_days=30, unit_cost=1.0, currency="EUR")
    some = "(P1, P2, P3, P4, P5, ...)"
    assert f"6 parts have no expected_lead_time_days {some}: 30 days (assumed) are taken." in data.notices
    assert any(f"6 of 7 items {some} have no unit_cost; 1 EUR is assumed" in said for said in data.notices)
    with pytest.raises(InputRejected) as caught:
        planning_data(tables(demand=rows, parts=parts))
    assert [problem.value for problem in caught.value.problems] == [some[1:-1]]
    assert caught.value.problems[0].reason == "6 of 7 parts have no lead time"


def test_months_and_quarters_are_planned_and_replayed_per_quarter() -> None:
    rows = months("A", [1, 2, 0] * 8, period_unit="month")
    rows += [
        {"part_id": "B", "period": month(3 * k), "quantity": 4.0 * (k % 2), "period_unit": "quarter"} for k in range(8)
    ]
    given_ = tables(demand=rows)
    data = planning_data(given_, until=month(12), lead_time_days=100, unit_cost=1.0)
    assert (data.steps, data.step_days) == (4, pytest.approx(91.3125))
    assert data.event_pieces.tolist() == [3.0] * 4 + [4.0] * 2
    assert data.lead_nodes.tolist() == [[2.0], [2.0]]
    assert any("per month for 1 parts (A) and per quarter for 1 parts (B)" in said for said in data.notices)
    later = later_demand(given_, data, month(12))
    assert later.steps == 4
    assert later.event_pieces.tolist() == [3.0] * 4 + [4.0] * 2


def test_a_table_without_any_demand_carries_no_plan() -> None:
    with pytest.raises(NotEnoughData, match="There is no demand from 2020-01-01 until 2020-05-01"):
        planning_data(tables(demand=months("A", [0, 0, 0, 0])), lead_time_days=30, unit_cost=1.0)


def test_demands_that_cannot_be_are_named_all_together() -> None:
    rows = months("A", [1, 1e308, 0]) + months("B", [2, 0, 3e9]) + months("C", [1, 0, 1e9])
    with pytest.raises(InputRejected, match="2 demands are of more than") as caught:
        planning_data(tables(demand=rows), lead_time_days=30, unit_cost=1.0)
    assert [problem.reason.split()[-1] for problem in caught.value.problems] == ["A", "B"]


def test_the_rows_of_a_day_may_come_in_any_order() -> None:
    lines = [{"part_id": "A", "ordered_on": 1 + k // 4, "quantity": float(k % 3 + 1)} for k in range(12)]
    numbered = [line | {"order_id": f"S{k:02d}"} for k, line in enumerate(lines)]
    for rows in (lines, numbered):
        parts = [{"part_id": "A", "expected_lead_time_days": 10.0}]
        found = [planning_data(tables(sales=each, parts=parts)).event_pieces.tolist() for each in (rows, rows[::-1])]
        assert found[0] == found[1]
    assert found[0] == [line["quantity"] for line in lines]
