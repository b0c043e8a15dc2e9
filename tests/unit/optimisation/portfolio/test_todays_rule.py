"""What today's rule does, as one item's exact law says it, and on which parts a plan is held against it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_choice import DemandModels, model_demand
from spareverse.optimisation.portfolio.frontier import efficient_frontier
from spareverse.optimisation.portfolio.plan_rows import curve_table, plan_table
from spareverse.optimisation.portfolio.planning import make_problem
from spareverse.optimisation.portfolio.steps import performance
from spareverse.optimisation.portfolio.todays_rule import TodaysRule, compared, rule_performance, todays_rule
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw, from_chances
from spareverse.optimisation.single_item.order_up_to import evaluate_order_up_to
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.lead_time_demand import LeadTimeDemand
from unit.optimisation.portfolio.planning_case import planning_case

SIZES = {1: 0.5, 2: 0.3, 6: 0.2}
BUSY, LEAD = 0.15, 4
POINTS = 64


def on_grid(law: DiscreteLaw) -> np.ndarray:
    mass = np.zeros(POINTS, dtype=np.float32)
    mass[law.first : law.last + 1] = law.mass[: POINTS - law.first]
    return mass[None]


def periodic_item() -> tuple[DiscreteLaw, LeadTimeDemand, OrderSizes]:
    """A period's demand, its laws over lead time and review, and the sizes of the periods with demand."""
    period = from_chances({0: 1.0 - BUSY, **{size: BUSY * chance for size, chance in SIZES.items()}})
    before, protected, size = period.times(LEAD), period.times(LEAD + 1), from_chances(SIZES)
    ones = np.ones(1)
    law = LeadTimeDemand(
        on_grid(protected), on_grid(before), on_grid(before.plus(size)), ones, ones * protected.mean, ones * size.mean,
        ones * BUSY * 12, ones,
    )  # fmt: skip
    none, zero = np.empty(0), np.zeros(1, dtype=np.int64)
    values, chances = np.array(list(SIZES), dtype=float), np.array(list(SIZES.values()))
    sizes = OrderSizes(none, none, np.zeros(2, dtype=np.int64), zero, values, chances, np.array([0, 3]), ones)
    return period, law, sizes


def rule(point: int, quantity: int, *, fills_up: bool) -> TodaysRule:
    return TodaysRule(np.array([True]), np.array([point]), np.array([quantity]), np.array([fills_up]))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (2, 7), (5, 6), (3, 25), (-1, 4)])
def test_orders_up_to_a_level_do_what_the_exact_law_of_one_item_says(low: int, high: int) -> None:
    period, law, sizes = periodic_item()
    exact = evaluate_order_up_to(low, high, period, LEAD)
    found = rule_performance(rule(low, high - low, fills_up=True), law, sizes)[0]
    expected = [exact.mean_on_hand, exact.line_fill_rate, exact.expected_backorders]
    assert found[[0, 1, 3]] == pytest.approx(expected, abs=2e-5)
    lots = rule_performance(rule(low, high - low, fills_up=False), law, sizes)
    assert lots == pytest.approx(performance(law, np.array([low]), np.array([high - low])))
    if high - low > 1:
        assert found[0] > lots[0, 0] + 0.01


def test_a_wide_span_is_evaluated_in_coarser_positions() -> None:
    """3,000 positions on a grid of 1,024; lots of one piece order up to the same level."""
    _, law, sizes = periodic_item()
    found = rule_performance(rule(0, 3_000, fills_up=True), law, sizes)[0]
    # far above any demand: stock is the mean position less the demand over the lead time
    assert found[0] == pytest.approx(1_500.0, rel=0.01)
    assert found[1] == pytest.approx(1.0, abs=0.01)


@pytest.fixture(scope="module")
def case() -> tuple[PlanningData, DemandModels]:
    """Twelve parts: four ordered in lots, four filled up, four without a known rule."""
    rows = [
        {"part_id": f"P{i:02}", "unit_cost": 5.0 + i, "on_hand": 3.0}
        | ({"current_reorder_point": 1.0, "current_order_quantity": 4.0, "current_fills_up": i >= 4} if i < 8 else {})
        for i in range(12)
    ]
    data = planning_case(rows, [0.5 + 0.4 * i for i in range(12)])
    return data, model_demand(data, choose=False)


def test_a_part_without_a_known_rule_is_in_no_comparison(case: tuple[PlanningData, DemandModels]) -> None:
    data, models = case
    problem = make_problem(data, models)
    frontier = efficient_frontier(problem)
    point = frontier.at_fill_rate(0.9)
    plan = plan_table(data, models, frontier, point, "EUR")
    both = compared(todays_rule(data), problem, models, point)
    assert both is not None
    known, others = plan.head(8), plan.tail(4)
    assert (both.parts, both.unknown_parts) == (8, 4)
    assert both.plan["stock_value"] == pytest.approx(known["stock_value"].sum())
    assert both.today["stock_value"] == pytest.approx(known["current_stock_value"].sum())
    for figures, column in ((both.plan, "fill_rate"), (both.today, "current_fill_rate")):
        met = (known[column] * known["lines_a_year"]).sum() / known["lines_a_year"].sum()
        assert figures["fill_rate"] == pytest.approx(met)
    assert both.lines_share == pytest.approx(known["lines_a_year"].sum() / plan["lines_a_year"].sum())
    assert both.unknown_stocked == others["stocked"].sum() > 0
    assert both.unknown_stock_value == pytest.approx(others["stock_value"].sum())
    none = replace(data, items=data.items.with_columns(pl.lit(None, pl.Float64).alias("current_reorder_point")))
    assert compared(todays_rule(none), problem, models, point) is None


def test_todays_point_of_the_curve_does_what_its_rules_do(case: tuple[PlanningData, DemandModels]) -> None:
    """Filled up where that is the rule, and the plan's figures where no rule is known."""
    data, models = case
    problem = make_problem(data, models)
    frontier = efficient_frontier(problem)
    point = frontier.at_fill_rate(0.9)
    today = curve_table(data, models, frontier, point).filter(pl.col("kind") == "today").row(0, named=True)
    rules = rule_performance(todays_rule(data), problem.demand, models.sizes)
    planned = performance(problem.demand, point.reorder_point, point.order_quantity)
    on_hand = np.where(np.arange(12) < 8, rules[:, 0], planned[:, 0])
    met = np.where(np.arange(12) < 8, rules[:, 1], planned[:, 1])
    assert today["stock_value"] == pytest.approx(problem.unit_cost @ on_hand)
    assert today["fill_rate"] == pytest.approx(np.average(met, weights=problem.demand.lines_a_year))
    plan = plan_table(data, models, frontier, point, "EUR")
    assert plan["current_fill_rate"].head(8).to_numpy() == pytest.approx(rules[:8, 1])
    assert plan["current_fill_rate"].tail(4).null_count() == 4
