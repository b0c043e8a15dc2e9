"""What stands for the axes in a record: windows, directions, and figures by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from spareverse.network.agent_tables import LIMITS
from spareverse.network.tables import TABLES
from spareverse.observer.record_viability import direction, record_points
from spareverse.observer.viability import viability_tables
from spareverse.observer.workload import nervousness, recorded_workload, workload_table

MONTHS = 18


def record(
    late_from: int = 99, orders: Mapping[int, float] | None = None, months: int = MONTHS
) -> dict[str, pl.DataFrame]:
    """Five lines a month, promised after 20 days: received in 20, from a month on in 60; two pieces sold a month."""
    purchases, sales = [], []
    for month in range(months):
        year, of_year = divmod(month, 12)
        for line in range(5):
            ordered = date(2020 + year, of_year + 1, 1 + line)
            took = 60 if month >= late_from else 20
            purchases.append({"part_id": "P", "ordered_on": ordered, "promised_on": ordered + timedelta(days=20),
                              "received_on": ordered + timedelta(days=took),
                              "quantity": (orders or {}).get(month, 1.0), "unit_cost": 10.0})  # fmt: skip
        sold = date(2020 + year, of_year + 1, 5 + month % 3)
        sales.append({"part_id": "P", "ordered_on": sold, "promised_on": sold + timedelta(days=2),
                      "delivered_on": sold + timedelta(days=1), "quantity": 2.0 + month % 2})  # fmt: skip
    given = {"purchases": purchases, "sales": sales}
    return {name: _complete(name, given.get(name, [])) for name in TABLES}


def _complete(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    table = TABLES[name]
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else table.empty()
    return table.completed(frame).select(table.names).cast(table.schema)


def test_a_point_for_every_twelve_months() -> None:
    tables = viability_tables(record_points(record()))
    points = tables["viability"]
    assert points["point"][0] == "2020-01 to 2020-12"
    assert points["until"].diff().drop_nulls().dt.total_days().is_between(28, 31).all()
    assert set(points["kind"]) == {"past"}
    assert points["basis"].str.contains("stand-ins of the record").all()
    first = {row["measure"]: row["value"] for row in tables["viability_measures"].head(6).iter_rows(named=True)}
    # the eleven months with receipts of the first twelve: those of December come in January
    assert first["service_on_time"] == 1.0
    assert first["exceptions_per_week"] == 0.0
    assert first["purchases_cost"] == pytest.approx(12 * 5 * 10.0)
    assert first["lead_time_dispersion"] == pytest.approx(0.0, abs=1e-6)
    assert points["homeostasis"][0] == pytest.approx(1.0)


def test_lateness_and_swinging_orders_move_the_axes_down() -> None:
    good = viability_tables(record_points(record()))["viability"]
    late = viability_tables(record_points(record(late_from=12)))["viability"]
    swinging = viability_tables(record_points(record(orders=dict.fromkeys(range(0, MONTHS, 3), 9.0))))["viability"]
    assert late["homeostasis"][-1] < 0.8 < good["homeostasis"][-1]
    assert late["homeostasis"][0] == good["homeostasis"][0]
    assert swinging["coherence"][-1] < 0.6 * good["coherence"][-1]
    assert swinging["homeostasis"][-1] == good["homeostasis"][-1]
    assert (late["homeostasis_low"] <= late["homeostasis"]).all()


def test_a_short_or_thin_record_has_no_points() -> None:
    assert record_points(record(months=11)) == []
    thin = record()
    thin["purchases"] = thin["purchases"].filter(pl.col("ordered_on").dt.day() == 1)
    assert record_points(thin) == []
    assert record_points({name: table.empty() for name, table in TABLES.items()}) == []


def test_limits_that_a_record_can_be_held_against_apply() -> None:
    held = pl.DataFrame(
        [{"measure": "exceptions_per_week", "side": "workload", "at_least": None, "at_most": 0.5},
         {"measure": "fill_rate", "side": "service", "at_least": 0.9, "at_most": None}],
        schema=LIMITS.schema,
    )  # fmt: skip
    points = viability_tables(record_points(record(late_from=12), held))["viability"]
    assert points["viable"][0] == "yes"
    assert points["margin"][0] == pytest.approx(1.0)
    assert points["margin"][-1] < 1.0


def test_exceptions_per_planner_and_week() -> None:
    tables = record(late_from=2, months=3)
    policies = _complete("policies", [{"part_id": "P", "planner": "Ann"}])
    found = recorded_workload(tables["purchases"], policies)
    assert set(found["planner"]) == {"Ann"}
    # the lines of March, all in the weeks of their promise
    assert (found["late"].sum(), found["expedited"].sum(), found["exceptions"].sum()) == (5, 0, 5)
    assert found.filter(pl.col("late") > 0)["week"].to_list() == [date(2020, 3, 16), date(2020, 3, 23)]
    hurried = tables["purchases"].with_columns(received_on=pl.col("ordered_on") + pl.duration(days=9))
    assert recorded_workload(hurried, policies)["expedited"].sum() == 15
    assert recorded_workload(hurried, policies.clear())["planner"].unique().to_list() == [""]


def test_nervousness_weighs_changes_by_value() -> None:
    rows = {"part_id": ["A", "B"], "place_id": [None, "X"], "unit_cost": [100.0, 10.0]}
    before = pl.DataFrame({**rows, "reorder_point": [3.0, 20.0]})
    after = pl.DataFrame({**rows, "reorder_point": [4.0, 15.0]})
    assert nervousness(before, after) == pytest.approx((100.0 + 50.0) / (300.0 + 200.0))
    assert nervousness(before, before) == 0.0
    assert nervousness(before, after.clear()) is None


def test_the_workload_table_holds_weeks_and_plans() -> None:
    tables = record(late_from=2, months=3)
    plan = pl.DataFrame({"part_id": ["A"], "place_id": [""], "unit_cost": [1.0], "reorder_point": [4.0]})
    later = plan.with_columns(reorder_point=pl.lit(5.0))
    plans = [(date(2020, 1, 1), plan), (date(2020, 2, 1), later)]
    found = workload_table(tables["purchases"], tables["policies"], plans)
    assert found.filter(pl.col("measure") == "late lines")["value"].sum() == 5.0
    nervous = found.filter(pl.col("measure") == "plan nervousness").row(0, named=True)
    assert (nervous["value"], nervous["week"], nervous["unit"]) == (0.25, date(2020, 2, 1), "share")
    assert found.unique(["measure", "planner", "week"]).height == found.height


def test_the_direction_is_from_one_year_to_the_next() -> None:
    worse = viability_tables(record_points(record(late_from=12, months=26)))["viability"]
    found = direction(worse)
    assert found["homeostasis"].value == pytest.approx(worse["homeostasis"][-1] - worse["homeostasis"][-13])
    assert found["homeostasis"].value < -0.1
    assert found["homeostasis"].low < found["homeostasis"].value < found["homeostasis"].high
    assert found["coherence"].low <= 0.0 <= found["coherence"].high
    assert direction(viability_tables(record_points(record(months=18)))["viability"]) == {}
