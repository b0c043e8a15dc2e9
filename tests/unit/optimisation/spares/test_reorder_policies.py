"""Exact ordering policies against a plain simulation of stock, demand by demand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.optimisation.spares.palm import expected_backorders, fill_rate, mean_on_hand
from spareverse.optimisation.spares.reorder_policies import (
    StockPerformance,
    adaptive_limit,
    base_stock,
    periodic_review,
    reorder_point,
)

RATE, LEAD = 0.01, 400.0
DEMANDS = 60_000
BATCHES = 40


def simulated(review_h: float, reorder: int, up_to: int | None, quantity: int) -> tuple[StockPerformance, list[float]]:
    """Net stock followed in time, demands and deliveries merged; and four standard errors of the first four figures."""
    rng = np.random.default_rng(11)
    demand = np.cumsum(rng.exponential(1.0 / RATE, DEMANDS))
    looks = np.arange(review_h, demand[-1], review_h) if review_h else demand
    position = reorder + (quantity if up_to is None else up_to - reorder)
    first, orders, seen = position, [], 0
    for look in looks:
        now = np.searchsorted(demand, look, side="right")
        position -= now - seen
        seen = now
        if position <= reorder:
            size = quantity * ((reorder - position) // quantity + 1) if up_to is None else up_to - position
            orders.append((look + LEAD, size))
            position += size
    times = np.concatenate([demand, [t for t, _ in orders]])
    steps = np.concatenate([-np.ones(DEMANDS), [size for _, size in orders]])
    order = np.argsort(times, kind="stable")
    net = first + np.cumsum(steps[order])
    spent = np.append(np.diff(times[order]), 0.0)
    before = net + 1
    at_demand = (order < DEMANDS).astype(float)
    figures = []
    for top, bottom in (
        (np.maximum(-net, 0) * spent, spent),
        (at_demand * (before > 0), at_demand),
        ((net >= 0) * spent, spent),
        (np.maximum(net, 0) * spent, spent),
    ):
        parts = np.array([[part.sum() for part in np.array_split(x, BATCHES)] for x in (top, bottom)])
        ratio = parts[0].sum() / parts[1].sum()
        error = (parts[0] - ratio * parts[1]).std(ddof=1) / parts[1].mean() / math.sqrt(BATCHES)
        figures.append((ratio, 4.0 * error))
    values = [float(value) for value, _ in figures]
    return StockPerformance(*values, len(orders) / demand[-1]), [float(error) for _, error in figures]


def compare(exact: StockPerformance, found: StockPerformance, errors: list[float]) -> None:
    pairs = zip(
        (exact.expected_backorders, exact.fill_rate, exact.ready_rate, exact.mean_on_hand),
        (found.expected_backorders, found.fill_rate, found.ready_rate, found.mean_on_hand),
        errors,
        strict=True,
    )
    for value, simulation, error in pairs:
        assert value == pytest.approx(simulation, abs=error)
    assert exact.orders_per_h == pytest.approx(found.orders_per_h, rel=0.02)


@pytest.mark.parametrize(("reorder", "quantity"), [(2, 1), (4, 5), (0, 3), (-2, 2)])
def test_reorder_point(reorder: int, quantity: int) -> None:
    compare(reorder_point(reorder, quantity, RATE, LEAD), *simulated(0.0, reorder, None, quantity))


@pytest.mark.parametrize(("review", "reorder", "up_to"), [(300.0, 4, 8), (900.0, 11, 12), (150.0, 2, 10)])
def test_periodic_review(review: float, reorder: int, up_to: int) -> None:
    compare(periodic_review(review, reorder, up_to, RATE, LEAD), *simulated(review, reorder, up_to, 1))


def test_review_without_pause_is_continuous_review() -> None:
    often = periodic_review(0.01, 3, 7, RATE, LEAD)
    always = reorder_point(3, 4, RATE, LEAD)
    assert often.expected_backorders == pytest.approx(always.expected_backorders, rel=1e-3)
    assert often.fill_rate == pytest.approx(always.fill_rate, rel=1e-3)
    assert often.mean_on_hand == pytest.approx(always.mean_on_hand, rel=1e-3)
    assert often.orders_per_h == pytest.approx(always.orders_per_h, rel=1e-3)


def test_base_stock_is_palms() -> None:
    for level in (0, 1, 4, 9):
        found = base_stock(level, RATE, LEAD)
        assert found.expected_backorders == pytest.approx(float(expected_backorders(level, RATE * LEAD)))
        assert found.fill_rate == pytest.approx(float(fill_rate(level, RATE * LEAD)))
        assert found.mean_on_hand == pytest.approx(float(mean_on_hand(level, RATE * LEAD)))
        assert found.orders_per_h == RATE


def test_adaptive_reorder_point_settles_at_the_quantile() -> None:
    assert adaptive_limit(0.95, RATE, LEAD) == 8  # P(X <= 7) = .949, P(X <= 8) = .979
    assert adaptive_limit(0.94, RATE, LEAD) == 7


def test_impossible_policies_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(s, Q\)"):
        reorder_point(1, 0, RATE, LEAD)
    with pytest.raises(ValueError, match=r"\(R, s, S\)"):
        periodic_review(100.0, 5, 5, RATE, LEAD)
