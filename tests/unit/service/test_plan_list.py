from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from spareverse.network.plan_tables import PLAN
from spareverse.service.plan_list import BACKTEST_LIST, PLAN_LIST, PlanRows, backtest_rows
from tests import fixtures_plan as made

N = 400


@pytest.fixture
def rows() -> PlanRows:
    return PlanRows(made.plan(N), "EUR")


def decision(rows: PlanRows, at: int, **values: Any) -> dict[str, Any]:
    row = rows.frame.row(at, named=True)
    proposed = {"proposed_reorder_point": row["reorder_point"]}
    empty = {"accept": None, "override_reorder_point": None, "comment": None}
    return {"part_id": row["part_id"], "place_id": row["place_id"], **empty, **proposed, **values}


def decided(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    kinds = {"override_reorder_point": pl.Float64, "proposed_reorder_point": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=kinds | {"accept": pl.String, "comment": pl.String})


def test_what_the_plan_does_to_todays_rule_is_named(rows: PlanRows) -> None:
    raised, dropped = rows.frame.row(0, named=True), rows.frame.row(1, named=True)
    assert (raised["kind"], raised["change"], raised["state"]) == ("raise", 4.0, "open")
    assert (dropped["kind"], dropped["state"]) == ("do not stock", "open")
    assert raised["lines_gained"] == pytest.approx(
        raised["lines_a_year"] * (raised["fill_rate"] - raised["current_fill_rate"])
    )
    same = rows.frame.filter(pl.col("kind").is_null())
    assert same.height
    assert set(same["state"]) == {"as today"}


def test_another_order_quantity_alone_is_a_change_to_decide(rows: PlanRows) -> None:
    plan = rows.frame.with_columns(
        current_reorder_point=pl.col("reorder_point"),
        current_order_quantity=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("order_quantity") + 1.0).otherwise(
            pl.col("order_quantity")
        ),
    )  # fmt: skip
    first, *others = PlanRows(plan.select(PLAN.names), "EUR").frame.select("kind", "state").rows()
    assert first == ("order size", "open")
    assert set(others) == {(None, "as today")}


def test_a_decision_holds_for_the_figure_it_was_made_on(rows: PlanRows) -> None:
    at = [0, 1, 2, 3]
    rows.decide(
        decided(
            [
                decision(rows, at[0], accept="yes"),
                decision(rows, at[1], accept="no"),
                decision(rows, at[2], accept="yes", override_reorder_point=9.0, comment="seen"),
            ]
        )
    )
    assert rows.frame["state"][:3].to_list() == ["accepted", "rejected", "own figure"]
    rows.decide(decided([decision(rows, at[3], override_reorder_point=9.0)]))
    assert rows.frame["state"][3] == "own figure"
    before = decision(rows, at[0], accept="yes") | {"proposed_reorder_point": 3.0}
    rows.decide(decided([before]))
    assert rows.frame["state"][0] == "changed since"
    assert rows.count(PLAN_LIST.query(view="decided")) == 0


def test_every_view_filters(rows: PlanRows) -> None:
    counts = {name: rows.count(PLAN_LIST.query(view=name)) for name in PLAN_LIST.views}
    assert counts["all"] == N
    assert counts.pop("decided") == 0
    assert all(0 < counts[name] < N for name in counts if name != "all")
    shown = rows.all(PLAN_LIST.query(view="never_moved"))
    assert set(shown["demand_class"]) == {"never moved"}
    assert shown["stocked"].all()


def test_actions_worth_too_little_are_counted_and_left_out() -> None:
    every, some = (PlanRows(made.plan(N), "EUR", least_action=least) for least in (0.0, 500.0))
    for view in ("buy", "surplus"):
        listed = some.all(PLAN_LIST.query(view=view))
        assert every.small(view) == 0 < some.small(view)
        assert listed.height + some.small(view) == every.count(PLAN_LIST.query(view=view))
        acted = listed.filter(pl.col("action") != "watch")
        assert acted["worth"].min() >= 500  # type: ignore[operator]
    assert some.small("all") == 0
    assert some.count(PLAN_LIST.query(view="all")) == N


def test_parts_enter_and_leave_with_the_budget(rows: PlanRows) -> None:
    low, high = 100_000.0, 400_000.0
    between = rows.frame.filter((pl.col("enters_at") > low) & (pl.col("enters_at") <= high)).height
    coming, entering, going, leaving = rows.entering(high, low, most=5)
    assert (entering, leaving, coming.height, going.height) == (between, 0, 5, 0)
    coming, entering, going, leaving = rows.entering(low, high, most=5)
    assert (entering, leaving, coming.height, going.height) == (0, between, 0, 5)
    assert going["lines_a_year"].to_list() == sorted(going["lines_a_year"], reverse=True)
    assert rows.entering(low, low)[1] == rows.entering(low, low)[3] == 0


def test_a_backtest_shows_the_company_beside_the_plan() -> None:
    rows = backtest_rows(made.backtest_parts(N))
    assert rows.frame.height == N
    better, worse = (rows.all(BACKTEST_LIST.query(view=name)) for name in ("better", "worse"))
    assert better["lines_gained"].min() > 0 > worse["lines_gained"].max()  # type: ignore[operator]
    moved = rows.frame.filter(pl.col("lines") > 0)
    assert moved.select((pl.col("fill_rate") * pl.col("lines") - pl.col("lines_met")).abs().max()).item() < 1e-9
