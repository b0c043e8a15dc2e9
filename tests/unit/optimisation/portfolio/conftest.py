"""Small portfolios with known laws of demand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from spareverse.optimisation.portfolio.problem import PortfolioProblem
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]


def law_of(demand: Sequence[Floats], sizes: Sequence[Floats], lines_a_year: Floats, means: Floats) -> LeadTimeDemand:
    """Laws from masses of D and of J (index = pieces); lines arrive independently of D."""
    points = max(len(mass) + len(size) - 1 for mass, size in zip(demand, sizes, strict=True))
    mass = np.zeros((len(demand), points), dtype=np.float32)
    line = np.zeros_like(mass)
    for i, (one, size) in enumerate(zip(demand, sizes, strict=True)):
        mass[i, : len(one)] = one
        both = np.convolve(one, size)[:points]
        line[i, : len(both)] = both
    line_mean = np.array([np.arange(len(size)) @ size for size in sizes])
    return LeadTimeDemand(
        mass, mass, line, np.ones(len(demand)), means, line_mean, lines_a_year, -np.expm1(-lines_a_year)
    )


def poisson_law(means: Floats, lines_a_year: Floats | None = None, points: int = 60) -> LeadTimeDemand:
    """Lines of one piece, Poisson demand over the lead time."""
    mass = [poisson.pmf(np.arange(points), mean) for mean in means]
    lines = 6.0 * means if lines_a_year is None else lines_a_year
    return law_of(mass, [np.array([0.0, 1.0])] * len(means), lines, means)


def problem_of(law: LeadTimeDemand, unit_cost: Floats, **changed: Any) -> PortfolioProblem:
    """A problem without floors, ceilings, decisions or limits, but for what is ``changed``."""
    count = len(law)
    plain: dict[str, Any] = {
        "order_quantity": np.ones(count, dtype=np.int64),
        "weight": np.ones(count),
        "least": np.full(count, -1),
        "most": np.full(count, 10**6),
        "fixed": np.full(count, -2),
        "volume": np.zeros(count),
    }
    return PortfolioProblem(demand=law, unit_cost=unit_cost, **(plain | changed))


def lumpy_problem(seed: int, items: int, *, points: int = 12, **changed: Any) -> PortfolioProblem:
    """Few items with lumpy demand, so that gains are not concave, some ordered in lots."""
    rng = np.random.default_rng(seed)
    demand, sizes = [], []
    for _ in range(items):
        mass = nbinom.pmf(np.arange(points), rng.uniform(0.2, 2.0), rng.uniform(0.3, 0.8))
        mass *= rng.random(points) < 0.7
        mass[0] += 0.1
        demand.append(mass / mass.sum())
        sizes.append(np.concatenate([[0.0], rng.dirichlet(np.ones(3))]))
    means = np.array([np.arange(points) @ mass for mass in demand])
    law = law_of(demand, sizes, rng.uniform(0.5, 20.0, items), means)
    plain = {"order_quantity": rng.integers(1, 4, items)}
    return problem_of(law, np.round(rng.lognormal(1.0, 1.0, items), 2) + 0.1, **(plain | changed))


@dataclass(frozen=True)
class Plans:
    """Every plan up to a reorder point, by enumeration; arrays are [plans] or [plans, items]."""

    reorder_point: NDArray[np.int64]
    stock_value: Floats
    gain: dict[str, Floats]
    value_of: Floats
    on_hand_of: Floats
    lines_of: Floats
    """Weighted lines met a year."""
    owed_of: Floats


def every_plan(problem: PortfolioProblem, most: int) -> Plans:
    """From the definition: means over positions and demands, one item and reorder point after the other."""
    law = problem.demand
    per_item = []
    for i in range(len(problem)):
        mass, line = law.mass[i].astype(float), law.with_line[i].astype(float)
        x = np.arange(len(mass))
        rows = []
        for s in range(-1, most + 1):
            quantity = int(problem.order_quantity[i]) if s >= 0 else 1
            y = np.arange(s + 1, s + quantity + 1)[:, None]
            on_hand = (np.maximum(y - x, 0) * mass).sum(axis=1).mean()
            met = ((y >= x) * line).sum(axis=1).mean()
            pieces = on_hand - (np.maximum(y - x, 0) * line).sum(axis=1).mean()
            lines = problem.weight[i] * law.lines_a_year[i]
            owed = law.mean[i] - y.mean() + on_hand
            rows.append(
                (problem.unit_cost[i] * on_hand, on_hand, lines * met, lines * pieces, problem.weight[i] * owed)
            )
        per_item.append(np.array(rows))
    plans = np.array(list(itertools.product(range(most + 2), repeat=len(problem))))
    figures = np.stack([per_item[i][plans[:, i]] for i in range(len(problem))], axis=1)
    lines = problem.weight * law.lines_a_year
    return Plans(
        plans - 1,
        figures[:, :, 0].sum(axis=1),
        {
            "lines": figures[:, :, 2].sum(axis=1) / lines.sum(),
            "pieces": figures[:, :, 3].sum(axis=1) / (lines * law.line_mean).sum(),
            "backorders": -figures[:, :, 4].sum(axis=1),
        },
        figures[:, :, 0],
        figures[:, :, 1],
        figures[:, :, 2],
        figures[:, :, 4],
    )


@pytest.fixture
def company() -> PortfolioProblem:
    """Forty parts, Poisson demand."""
    rng = np.random.default_rng(5)
    return problem_of(poisson_law(rng.lognormal(-0.5, 1.0, 40)), rng.lognormal(3.0, 1.0, 40))
