"""The whole portfolio as one plan: the curve of all efficient plans, and the best plan at a budget."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator

import numpy as np
from measuring import Measurement, timed
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.stats import poisson

from spareverse.optimisation.portfolio.frontier import Frontier, efficient_frontier
from spareverse.optimisation.portfolio.problem import FREE, UNBOUNDED, PortfolioProblem
from spareverse.optimisation.portfolio.steps import performance
from spareverse.statistics.lead_time_demand import LeadTimeDemand

POINTS = 64
SHARE = 0.2


def measure(*, quick: bool) -> Iterator[Measurement]:
    sizes = (300, 3_000) if quick else (3_000, 30_000, 300_000)
    first: float | None = None
    for items in sizes:
        problem = portfolio(items)
        wall, cpu, frontier = timed(lambda problem=problem: efficient_frontier(problem))
        beside, theirs = ("items times the smallest", first * items / sizes[0]) if first else ("", None)
        first = first or wall
        remark = f"{len(frontier):,} plans"
        yield Measurement(f"curve of {items:,} parts", wall, "s", beside, theirs, cpu_seconds=cpu, remark=remark)
        budget = SHARE * float(frontier.stock_value[-1])
        wall, cpu, point = timed(lambda frontier=frontier, budget=budget: frontier.at_budget(budget))
        remark = f"gap {point.gap:.1e} of the fill rate"
        yield Measurement(f"plan at a budget, {items:,} parts", wall, "s", cpu_seconds=cpu, remark=remark)
        if items == sizes[0]:
            yield _beside_heap(problem, frontier)
    yield _beside_solver(portfolio(100 if quick else 400))


def portfolio(items: int) -> PortfolioProblem:
    """Poisson lines of one piece, mostly slow movers; prices over four decades; some parts in lots."""
    random = np.random.default_rng(1)
    means = np.exp(np.linspace(np.log(0.001), np.log(20.0), 2_000))
    mass = poisson.pmf(np.arange(POINTS), means[:, None]).astype(np.float32)
    line = np.zeros_like(mass)
    line[:, 1:] = mass[:, :-1]
    drawn = np.exp(random.normal(-1.5, 1.5, items)).clip(0.001, 20.0)
    kind = np.searchsorted(means, drawn).clip(max=len(means) - 1)
    ones = np.ones(items)
    law = LeadTimeDemand(mass[kind], mass[kind], line[kind], ones, means[kind], ones, 6.0 * means[kind], ones)
    return PortfolioProblem(
        demand=law,
        unit_cost=np.exp(random.normal(4.0, 1.5, items)),
        order_quantity=random.choice([1, 1, 1, 2, 5, 10], items),
        weight=ones,
        least=np.full(items, -1),
        most=np.full(items, UNBOUNDED),
        fixed=np.full(items, FREE),
        volume=np.zeros(items),
    )


def _beside_heap(problem: PortfolioProblem, frontier: Frontier) -> Measurement:
    """Buy the next piece where it gains most, piece by piece from a heap, up to the same budget."""
    budget = SHARE * float(frontier.stock_value[-1])
    begin = time.process_time()
    fill = _greedy(problem, budget)
    theirs = time.process_time() - begin
    _, cpu, point = timed(lambda: efficient_frontier(problem).at_budget(budget))
    remark = f"fill rate {point.fill_rate:.6f} beside {fill:.6f}"
    return Measurement(
        f"one budget, {len(problem):,} parts, CPU", cpu, "s", "greedy with a Python heap", theirs, remark=remark
    )


def _greedy(problem: PortfolioProblem, budget: float) -> float:
    law = problem.demand
    cumulated = np.cumsum(law.with_line.astype(float), axis=1)
    shelf = np.cumsum(np.cumsum(law.mass.astype(float), axis=1), axis=1)

    def figures(i: int, s: int) -> tuple[float, float]:
        if s < 0:
            return 0.0, 0.0
        positions = np.minimum(np.arange(s + 1, s + problem.order_quantity[i] + 1), POINTS - 1)
        gain = law.lines_a_year[i] * cumulated[i, positions].mean()
        return problem.unit_cost[i] * shelf[i, positions - 1].mean(), gain

    now = [(0.0, 0.0)] * len(problem)
    stock = [-1] * len(problem)
    heap: list[tuple[float, int]] = []

    def push(i: int) -> None:
        value, gain = figures(i, stock[i] + 1)
        heapq.heappush(heap, (-(gain - now[i][1]) / max(value - now[i][0], 1e-12), i))

    for i in range(len(problem)):
        push(i)
    spent = met = 0.0
    while heap:
        _, i = heapq.heappop(heap)
        value, gain = figures(i, stock[i] + 1)
        if spent + value - now[i][0] > budget or stock[i] + 1 >= POINTS - 2:
            continue
        spent, met = spent + value - now[i][0], met + gain - now[i][1]
        now[i], stock[i] = (value, gain), stock[i] + 1
        push(i)
    return met / float(law.lines_a_year.sum())


def _beside_solver(problem: PortfolioProblem) -> Measurement:
    """The same as one integer programme over every reorder point of every part, solved by HiGHS."""
    frontier = efficient_frontier(problem)
    budget = SHARE * float(frontier.stock_value[-1])
    begin = time.perf_counter()
    fill = _integer_programme(problem, budget)
    theirs = time.perf_counter() - begin
    wall, _, point = timed(lambda: efficient_frontier(problem).at_budget(budget))
    remark = f"fill rate {point.fill_rate:.6f} beside {fill:.6f}, gap {point.gap:.1e}"
    return Measurement(
        f"one budget, {len(problem):,} parts", wall, "s", "HiGHS, all reorder points", theirs, remark=remark
    )


def _integer_programme(problem: PortfolioProblem, budget: float) -> float:
    items = len(problem)
    reorder = np.arange(-1, POINTS - 10)
    rows = [
        performance(problem.demand, np.full(items, s), np.where(s >= 0, problem.order_quantity, 1)) for s in reorder
    ]
    value = np.stack([problem.unit_cost * row[:, 0] for row in rows], axis=1).ravel()
    lines = problem.demand.lines_a_year
    gain = np.stack([lines * row[:, 1] for row in rows], axis=1).ravel() / lines.sum()
    item = np.repeat(np.arange(items), len(reorder))
    one = csr_array((np.ones(len(item)), (item, np.arange(len(item)))))
    solved = milp(
        -gain,
        integrality=np.ones(len(gain)),
        bounds=Bounds(0.0, 1.0),
        constraints=[LinearConstraint(one, 1.0, 1.0), LinearConstraint(value[None] / budget, -np.inf, 1.0)],
        options={"time_limit": 60.0, "mip_rel_gap": 1e-6},
    )
    return -float(solved.fun)
