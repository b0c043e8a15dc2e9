"""Decisions of a whole company against brute force, and what must not change them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
import pytest
from scipy.special import betaincinv

from company import company, day, tables
from spareverse.history.window import Window
from spareverse.network.results import CYCLE_RESULTS, LANE_RESULTS, PART_RESULTS, ROLLING_RESULTS, SUPPLIER_RESULTS
from spareverse.optimisation.analysis import Options, Result, analyse_history
from spareverse.optimisation.costs import CostFile, CostParameters
from spareverse.optimisation.rolling import rolling_windows
from spareverse.optimisation.safety_cover import UnitCosts, cost_curve

PARTS = 90
WINDOW = Window(day(0), day(700), day(699))


def analysed(
    given: dict[str, pl.DataFrame], lateness: Literal["probability", "duration"] = "probability", **costs: float
) -> Result:
    parameters = {"carrying_rate": 0.25, "early_factor": 1.62, "stock_out_factor": 26.1, "ordering_cost": 60.0}
    return analyse_history(given, WINDOW, CostFile(CostParameters(**(parameters | costs))), Options(lateness))


def ruled(parts: int, seed: int) -> dict[str, pl.DataFrame]:
    """A company that reorders when nothing is left."""
    given = company(parts, seed)
    rules = [{"part_id": part, "reorder_point": 0.0} for part in given["parts"]["part_id"]]
    return given | {"policies": tables(policies=rules)["policies"]}


@pytest.fixture(scope="module")
def result() -> Result:
    return analysed(ruled(PARTS, 3))


@pytest.fixture(scope="module")
def decided(result: Result) -> pl.DataFrame:
    return result.parts.filter(pl.col("optimal_cover").is_not_null())


def test_tables_have_their_declared_schemas(result: Result) -> None:
    assert result.parts.schema == PART_RESULTS.schema
    assert result.cycles.schema == CYCLE_RESULTS.schema
    assert result.suppliers.schema == SUPPLIER_RESULTS.schema
    assert result.lanes.schema == LANE_RESULTS.schema
    assert result.parts.height == PARTS


@pytest.mark.parametrize("lateness", ["probability", "duration"])
def test_the_optimum_is_the_cheapest_point_of_its_own_curve(lateness: Literal["probability", "duration"]) -> None:
    rows = analysed(ruled(PARTS, 5), lateness).parts.filter(pl.col("optimal_cover").is_not_null())
    assert rows.height > 60
    for row in rows.iter_rows(named=True):
        costs = UnitCosts(row["holding_cost"], row["early_holding_cost"], row["stock_out_cost"])
        curve = cost_curve(row["risk_curve"], row["risk_step"], costs, row["late_weight"], row["early_weight"])
        chosen = round(row["optimal_cover"] / row["risk_step"])
        assert curve.total[chosen] <= curve.total.min() * (1 + 1e-5)
        assert row["optimal_cost"] == pytest.approx(curve.total[chosen], rel=1e-4)
        shares = [row[f"share_{name}"] for name in ("stock_out", "early", "holding")]
        assert shares == pytest.approx(curve.shares(chosen), abs=1e-4)
        assert row["optimal_risk"] == pytest.approx(row["risk_curve"][chosen])
        today = min(int(row["current_cover"] / row["risk_step"]), len(curve.total) - 1)
        assert row["current_cost"] == pytest.approx(curve.total[today], rel=1e-4)
        assert row["money_at_risk"] == pytest.approx(curve.stock_out[today], rel=1e-4)
        assert row["saving"] == pytest.approx(row["current_cost"] - row["optimal_cost"])
        assert row["saving"] >= -1e-6 * row["optimal_cost"]


def test_curves_and_intervals_are_in_order(result: Result, decided: pl.DataFrame) -> None:
    for low, middle, high in result.parts.select("risk_curve_low", "risk_curve", "risk_curve_high").iter_rows():
        for curve in map(np.array, (low, middle, high)):
            assert (curve >= 0.0).all()
            assert (curve <= 1.0).all()
        assert (np.diff(middle) <= 1e-6).all()
        assert (np.array(low) <= np.array(middle) + 1e-6).all()
        assert (np.array(middle) <= np.array(high) + 1e-6).all()
    for name in ("late_risk", "optimal_cover", "optimal_risk", "current_risk"):
        within = decided.filter((pl.col(f"{name}_low") <= pl.col(name)) & (pl.col(name) <= pl.col(f"{name}_high")))
        assert within.height == decided.height


def test_equal_cases_decided_once_are_decided_as_if_alone(result: Result) -> None:
    """Silent parts of one group share a decision; their money follows their own price."""
    given = company(60, 8)
    silent = [
        {"part_id": f"Z{number}", "category": "C0", "unit_cost": cost, "expected_lead_time_days": 60.0}
        for number, cost in enumerate((1.0, 17.0, 17.0, 400.0))
    ]
    given["parts"] = pl.concat([given["parts"], tables(parts=silent)["parts"]])
    rows = analysed(given).parts.filter(pl.col("part_id").str.starts_with("Z")).sort("part_id")
    assert rows["optimal_cover"].n_unique() == 1
    for name in ("optimal_cost", "money_at_risk"):
        np.testing.assert_allclose(rows[name] / rows["unit_cost"], rows[name][0] / 1.0, rtol=1e-9)
    # Another price pattern breaks the case apart without moving a figure: b for one part is given outright.
    parameters = CostParameters(carrying_rate=0.25, early_factor=1.62, stock_out_factor=26.1, ordering_cost=60.0)
    apart = {f"Z{number}": CostParameters(early_factor=1.62 + 1e-7 * number) for number in range(4)}
    again = analyse_history(given, WINDOW, CostFile(parameters, part=apart)).parts
    again = again.filter(pl.col("part_id").str.starts_with("Z")).sort("part_id")
    for name in ("optimal_cover", "optimal_cost", "current_cost", "money_at_risk", "optimal_risk", "late_risk"):
        np.testing.assert_allclose(again[name], rows[name], rtol=1e-6)


def test_the_order_of_the_rows_does_not_matter(result: Result) -> None:
    given = {name: frame.sample(fraction=1.0, shuffle=True, seed=4) for name, frame in ruled(PARTS, 3).items()}
    other = analysed(given).parts.sort("part_id")
    mine = result.parts.sort("part_id")
    for name in mine.columns:
        if mine[name].dtype == pl.Float64:
            np.testing.assert_allclose(
                other[name].fill_null(-1), mine[name].fill_null(-1), rtol=1e-7, atol=1e-9, err_msg=name
            )
        elif mine[name].dtype != pl.List:
            assert other[name].to_list() == mine[name].to_list(), name


def test_a_part_elsewhere_is_felt_only_through_a_group_it_belongs_to() -> None:
    """A newcomer of another supplier and category belongs to the group of all parts and to no other.

    What happened to a part, its own fits and the demand of its group never move. Lead times of groups large enough to
    stand alone start their iteration from the spread of all parts, and so move within its last digits.
    """
    given = company(160, 3)
    far = {"part_id": "X", "supplier_id": "far", "quantity": 1.0}
    late = [far | {"ordered_on": 10 * n, "received_on": 10 * n + 250} for n in range(3)]
    extra = tables(
        parts=[{"part_id": "X", "category": "other", "supplier_id": "far", "unit_cost": 50.0}],
        purchases=late,
        sales=[{"part_id": "X", "ordered_on": 50 * n, "quantity": 9.0} for n in range(8)],
    )
    both = {name: pl.concat([frame, extra[name]]) for name, frame in given.items()}
    other = analysed(both).parts.filter(pl.col("part_id") != "X").sort("part_id")
    mine = analysed(given).parts.sort("part_id")
    exact = (
        "cycles", "sales_lines", "pieces_sold", "lead_time_mean_days", "weibull_shape", "weibull_scale_days",
        "weibull_p_value", "expected_lead_time_days", "paper_shape", "paper_scale", "paper_no_sale", "unit_cost",
        "lead_time_group", "demand_group",
    )  # fmt: skip
    for name in exact:
        assert other[name].to_list() == mine[name].to_list(), name
    alone = (mine["lead_time_group"] != "all parts") & (mine["demand_group"] != "all parts")
    assert 0.8 < alone.mean() < 1.0
    for name, tolerance in (("order_rate", 1e-9), ("order_size", 1e-9), ("late_risk", 0.02), ("optimal_cost", 0.02)):
        one, two = (rows.filter(alone)[name].fill_null(-1.0) for rows in (mine, other))
        np.testing.assert_allclose(two, one, rtol=tolerance, err_msg=name)
    assert other.filter(~alone)["order_rate"].to_list() != mine.filter(~alone)["order_rate"].to_list()


def test_a_dearer_stock_out_never_lowers_an_optimum(decided: pl.DataFrame) -> None:
    dearer = analysed(company(PARTS, 3), stock_out_factor=60.0).parts
    both = decided.join(dearer, on="part_id", suffix="_dearer")
    assert (both["optimal_cover_dearer"] >= both["optimal_cover"]).all()
    assert (both["optimal_cover_dearer"] > both["optimal_cover"]).any()


def test_a_free_stock_out_holds_nothing() -> None:
    rows = analysed(company(40, 2), stock_out_factor=0.0).parts
    assert rows["optimal_cover"].drop_nulls().unique().to_list() == [0.0]
    assert rows["money_at_risk"].drop_nulls().unique().to_list() == [0.0]


def test_a_free_stock_still_has_finite_money() -> None:
    rows = analysed(company(40, 2), holding_cost=0.0, early_holding_cost=0.1, stock_out_cost=2.0).parts
    known = rows.filter(pl.col("optimal_cover").is_not_null())
    assert known["optimal_cost"].is_finite().all()
    assert (known["optimal_cost"] > 0).any()


def test_without_any_plan_there_is_a_risk_but_no_optimum(result: Result) -> None:
    rows = result.parts.filter(pl.col("expected_lead_time_source") == "missing")
    assert rows.height > 0
    assert rows["optimal_cover"].null_count() == rows.height
    assert rows["risk_curve"].null_count() == 0
    assert rows["remarks"].str.contains("no optimum").all()


def test_sources_and_grades(result: Result) -> None:
    rows = result.parts
    grade = {"strong": (20, 10**9), "fair": (8, 19), "weak": (1, 7), "borrowed": (0, 0)}
    for evidence, cycles in rows.select("evidence", "cycles").iter_rows():
        low, high = grade[evidence]
        assert low <= cycles <= high
    promised = rows.filter(pl.col("expected_lead_time_source") == "promise")
    assert promised["expected_lead_time_days"].unique().to_list() == [55.0]
    assert rows.filter(pl.col("expected_lead_time_source") == "master")[
        "expected_lead_time_days"
    ].unique().to_list() == [60.0]


def test_suppliers_and_lanes_sum_their_parts(result: Result) -> None:
    total = result.parts["money_at_risk"].fill_null(0.0).sum()
    assert result.suppliers["money_at_risk"].sum() == pytest.approx(total)
    assert result.lanes["money_at_risk"].sum() == pytest.approx(total)
    assert result.suppliers["money_at_risk"].is_sorted(descending=True)
    assert result.suppliers["parts"].sum() == result.parts["supplier_id"].drop_nulls().len()
    worst = result.suppliers.row(0, named=True)
    of_supplier = result.parts.filter(pl.col("supplier_id") == worst["supplier_id"])
    assert of_supplier.sort("money_at_risk", descending=True, nulls_last=True)["part_id"][0] == worst["worst_part_id"]
    assert (result.suppliers["late_risk_low"] < result.suppliers["late_risk"]).all()
    assert (result.suppliers["late_risk"] < result.suppliers["late_risk_high"]).all()


def test_todays_stock_and_rules() -> None:
    given = company(30, 6) | {
        "stock": tables(
            stock=[
                {"part_id": "P0001", "as_of": 100, "on_hand": 9.0},
                {"part_id": "P0001", "as_of": 600, "on_hand": 4.0},
                {"part_id": "P0001", "as_of": 900, "on_hand": 77.0},
                {"part_id": "P0002", "as_of": 600, "on_hand": 5.0},
            ]
        )["stock"],
        "policies": tables(
            policies=[
                {"part_id": "P0002", "reorder_point": 12.0, "planner": "Ann"},
                {"part_id": "P0004", "policy": "on_demand"},
                {"part_id": "P0005", "policy": "base_stock", "order_up_to": 6.0},
                {"part_id": "P0006", "policy": "sS", "reorder_point": 9.0, "order_up_to": 4.0},
            ]
        )["policies"],
    }
    rows = {row["part_id"]: row for row in analysed(given).parts.iter_rows(named=True)}
    assert (rows["P0001"]["current_cover"], rows["P0001"]["current_source"]) == (4.0, "stock")
    assert (rows["P0002"]["current_cover"], rows["P0002"]["current_source"]) == (12.0, "policy")
    assert rows["P0002"]["planner"] == "Ann"
    assert (rows["P0003"]["current_cover"], rows["P0003"]["current_source"]) == (None, "none")
    # as the plan reads them: bought on demand holds nothing, base stock reorders below its level
    assert (rows["P0004"]["current_cover"], rows["P0004"]["current_source"]) == (0.0, "policy")
    assert (rows["P0005"]["current_cover"], rows["P0005"]["current_order_quantity"]) == (5.0, 1.0)
    assert rows["P0006"]["current_source"] == "none"
    assert "above its maximum" in rows["P0006"]["remarks"]


def test_nothing_is_claimed_of_today_where_no_rule_and_no_stock_is_known() -> None:
    """Not a stock of zero: no risk, cost, saving or stock value of today; at risk is the cost of holding nothing."""
    given = company(30, 6)
    zero = tables(policies=[{"part_id": "P0003", "reorder_point": 0.0}])["policies"]
    unknown, nought = (
        {row["part_id"]: row for row in analysed(each).parts.iter_rows(named=True)}["P0003"]
        for each in (given, given | {"policies": zero})
    )
    for name in ("current_cover", "current_risk", "current_risk_high", "current_cost", "saving", "stock_value_now"):
        assert unknown[name] is None, name
        assert nought[name] is not None, name
    for name in ("money_at_risk", "optimal_cover", "change"):
        assert unknown[name] == nought[name], name
    assert "rule and stock unknown" in unknown["remarks"]


def test_an_empty_twin_is_guessed_and_says_so() -> None:
    rows = tables(parts=[{"part_id": "A", "expected_lead_time_days": 30.0, "unit_cost": 5.0}])
    result = analysed(rows)
    assert result.parts.height == 1
    assert any("guesses of the prior" in notice for notice in result.notices)
    assert any("no purchase lines yet" in notice for notice in result.notices)
    assert any("No order line falls in the window" in notice for notice in result.notices)
    assert result.parts["evidence"].to_list() == ["borrowed"]


def test_rolling_windows_follow_a_part() -> None:
    given = company(25, 3, days=1_500)
    received = given["purchases"].filter(pl.col("promised_on") > pl.col("ordered_on")).drop_nulls("received_on")
    busiest = received.sort("received_on")["part_id"][-1]
    rows = rolling_windows(given, CostFile(), busiest, None, window_months=24, step_months=6)
    assert rows.schema == ROLLING_RESULTS.schema
    assert rows["window"].to_list() == [f"T{number}" for number in range(1, rows.height + 1)]
    assert rows.height >= 4
    last = rows.row(-1, named=True)
    done = received.filter(
        (pl.col("part_id") == busiest)
        & pl.col("ordered_on").is_between(last["since"], last["until"], closed="left")
        & (pl.col("received_on") < last["until"])
    )
    assert last["cycles"] == done.height > 0
    punctual = int((done["received_on"] <= done["promised_on"]).sum())
    assert last["on_time"] == pytest.approx(punctual / done.height)
    assert last["on_time_low"] == pytest.approx(betaincinv(punctual + 0.5, done.height - punctual + 0.5, 0.025))
