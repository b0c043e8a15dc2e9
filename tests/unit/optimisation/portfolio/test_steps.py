"""What a reorder point does, beside other ways to know it."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.optimisation.portfolio.problem import OrderOptions
from spareverse.optimisation.portfolio.single_part import single_part_reorder_points
from spareverse.optimisation.portfolio.steps import efficient_points, performance
from spareverse.optimisation.single_item.demand_laws import compound_poisson, from_chances
from spareverse.optimisation.single_item.reorder_point import evaluate_reorder_point
from spareverse.statistics.lead_time_demand import LeadTimeDemand
from unit.optimisation.portfolio.conftest import law_of, lumpy_problem, poisson_law, problem_of

SIZES = from_chances({1: 0.5, 2: 0.3, 6: 0.2})
LINES_A_DAY, LEAD_DAYS = 0.05, 60


def compound_law() -> LeadTimeDemand:
    demand = compound_poisson(LINES_A_DAY * LEAD_DAYS, SIZES)
    size = np.concatenate([np.zeros(SIZES.first), SIZES.mass])
    return law_of([demand.mass], [size], np.array([LINES_A_DAY * 365.0]), np.array([demand.mean]))


@pytest.mark.parametrize(("reorder", "quantity"), [(-1, 1), (0, 1), (4, 3), (11, 8), (2, 40)])
def test_performance_as_the_exact_single_part_gives_it(reorder: int, quantity: int) -> None:
    demand = compound_poisson(LINES_A_DAY * LEAD_DAYS, SIZES)
    exact = evaluate_reorder_point(reorder, quantity, demand, LINES_A_DAY * SIZES.mean, line_sizes=SIZES)
    found = performance(compound_law(), np.array([reorder]), np.array([quantity]))[0]
    expected = [exact.mean_on_hand, exact.line_fill_rate, exact.fill_rate, exact.expected_backorders]
    assert found == pytest.approx(expected, abs=2e-5)


def test_performance_of_a_simulated_stock() -> None:
    """200,000 lines, each met whole at once or backordered; 95 % limits from 100 batches."""
    reorder, quantity, lines = 7, 5, 200_000
    random = np.random.default_rng(12)
    time = np.cumsum(random.exponential(1.0 / LINES_A_DAY, lines))
    pieces = random.choice([1, 2, 6], lines, p=[0.5, 0.3, 0.2])
    position, ordered = reorder + quantity, np.empty(lines)
    for k in range(lines):
        position -= pieces[k]
        ordered[k] = quantity * np.ceil((reorder + 1 - position) / quantity) if position <= reorder else 0
        position += ordered[k]
    arrived = np.concatenate([[0.0], np.cumsum(ordered)])[np.searchsorted(time + LEAD_DAYS, time)]
    net = reorder + quantity + arrived - np.cumsum(pieces)  # after the line
    met = np.mean((net >= 0).reshape(100, -1), axis=1)
    served = np.minimum(np.maximum(net + pieces, 0), pieces).reshape(100, -1).sum(axis=1)
    piece_fill = served / pieces.reshape(100, -1).sum(axis=1)
    found = performance(compound_law(), np.array([reorder]), np.array([quantity]))[0]
    for simulated, expected in ((met, found[1]), (piece_fill, found[2])):
        assert abs(simulated.mean() - expected) < 4.0 * simulated.std(ddof=1) / np.sqrt(100)


def test_a_coarse_grid_serves_where_it_holds_the_law() -> None:
    """Demand in lots of five on a grid of fives is the same law as on a grid of ones."""
    chances = np.array([0.5, 0.3, 0.2])
    fine, line = np.zeros(31, dtype=np.float32), np.zeros(31, dtype=np.float32)
    fine[[0, 5, 10]] = chances
    line[[5, 10, 15]] = chances
    ones, means = np.ones(1), np.array([3.5])
    wide = LeadTimeDemand(fine[None], fine[None], line[None], ones, means, 5.0 * ones, ones, ones)
    coarse = LeadTimeDemand(
        *(law[None, ::5].copy() for law in (fine, fine, line)), 5.0 * ones, means, 5.0 * ones, ones, ones
    )
    for reorder in (-1, 0, 3, 4, 9, 17):
        for quantity in (1, 4, 7):
            rule = np.array([reorder]), np.array([quantity])
            assert performance(coarse, *rule) == pytest.approx(performance(wide, *rule), abs=1e-6)
    hulls = [efficient_points(problem_of(law, np.array([2.0]))) for law in (wide, coarse)]
    assert hulls[0].reorder_point.tolist() == hulls[1].reorder_point.tolist() == [-1, 4, 9, 14]


def test_single_part_optimum_by_enumeration() -> None:
    law = lumpy_problem(4, 6).demand
    quantity = np.array([1, 2, 3, 1, 5, 4])
    holding, owing = np.full(6, 1.0), np.array([0.2, 2.0, 5.0, 9.0, 20.0, 80.0])
    found = single_part_reorder_points(law, quantity, holding, owing)
    every = []
    for s in range(-1, 25):
        rows = performance(law, np.full(6, s), quantity if s >= 0 else np.ones(6, dtype=np.int64))
        every.append(holding * rows[:, 0] + owing * rows[:, 3])
    best = np.min(every, axis=0)
    assert np.array(every)[found + 1, np.arange(6)] == pytest.approx(best, rel=1e-5)


def test_hulls_start_at_floors_and_end_at_ceilings() -> None:
    problem = problem_of(
        poisson_law(np.full(4, 2.0)),
        np.ones(4),
        least=np.array([-1, 2, -1, -1]),
        most=np.array([10**6, 10**6, 3, -1]),
        fixed=np.array([5, -2, -2, -2]),
    )
    hulls = efficient_points(problem)
    points = [hulls.reorder_point[hulls.starts[i] : hulls.starts[i + 1]] for i in range(4)]
    assert points[0].tolist() == [5]
    assert points[1][0] == 2
    assert (points[2][0], points[2][-1]) == (-1, 3)
    assert points[3].tolist() == [-1]


def test_a_cheaper_larger_order_is_chosen_where_it_holds_less_money() -> None:
    options = OrderOptions(np.array([0, 2]), np.array([1, 6]), np.array([10.0, 2.0]))
    hulls = efficient_points(problem_of(poisson_law(np.array([3.0])), np.array([10.0]), order_options=options))
    assert options.quantity[hulls.option[-1]] == 6
    value = options.unit_cost[hulls.option] * hulls.performance[:, 0]
    for number, (quantity, price) in enumerate(zip(options.quantity, options.unit_cost, strict=True)):
        alone = problem_of(poisson_law(np.array([3.0])), np.array([price]), order_quantity=np.array([quantity]))
        other = efficient_points(alone)
        on_hull = np.interp(price * other.performance[:, 0], value, hulls.performance[:, 1])
        assert (other.performance[:, 1] <= on_hull + 1e-9).all(), number
