"""Availability of one asset against simple simulations of its renewal cycles, and against limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.network.distributions import Constant, Distribution, Exponential, Gamma, Triangular, Weibull
from spareverse.optimisation.spares import single_asset

CYCLES = 200_000


def simulated(life: Distribution, down: np.ndarray) -> tuple[float, float]:
    """Availability of cycles, and four standard errors of it."""
    x = life.sample(np.random.default_rng(5), CYCLES)
    ratio = x.sum() / (x + down).sum()
    error = (x - ratio * (x + down)).std() / (x + down).mean() / math.sqrt(CYCLES)
    return float(ratio), 4.0 * float(error)


@pytest.mark.parametrize(
    ("life", "warning", "lead_time"),
    [
        (Exponential(500.0), Exponential(300.0), Gamma(4.0, 100.0)),
        (Weibull(2.0, 600.0), Constant(200.0), Triangular(480.0, 720.0, 1200.0)),
        (Exponential(500.0), Constant(350.0), Constant(400.0)),
        (Weibull(3.0, 900.0), Triangular(0.0, 100.0, 400.0), Exponential(250.0)),
    ],
)
def test_ordering_on_a_warning(life: Distribution, warning: Distribution, lead_time: Distribution) -> None:
    rng = np.random.default_rng(5)
    x = life.sample(rng, CYCLES)
    wait = np.maximum(lead_time.sample(rng, CYCLES) - np.minimum(warning.sample(rng, CYCLES), x), 0.0)
    exact = single_asset.with_warning(life, warning, lead_time, 8.0)
    found, error = simulated(life, wait + 8.0)
    assert exact == pytest.approx(found, abs=error)


def test_constant_times_are_integrated_to_the_last_digit() -> None:
    """E[(400 - min(350, X))+] = 50 + the integral of P(X <= t) up to 350."""
    wait = 50.0 + 350.0 - 500.0 * (1.0 - math.exp(-0.7))
    exact = single_asset.with_warning(Exponential(500.0), Constant(350.0), Constant(400.0))
    assert exact == pytest.approx(500.0 / (500.0 + wait), rel=1e-10)


def test_a_warning_at_once_leaves_no_more_than_a_stockless_asset() -> None:
    none = single_asset.with_warning(Exponential(500.0), Constant(0.0), Constant(400.0), 8.0)
    assert none == pytest.approx(single_asset.without_stock(500.0, 400.0, 8.0), rel=1e-9)


@pytest.mark.parametrize(("interval", "replacement"), [(2190.0, 0.0), (2190.0, 8.0), (100.0, 250.0), (100.0, 100.0)])
def test_visits(interval: float, replacement: float) -> None:
    x = Exponential(1_000.0).sample(np.random.default_rng(5), CYCLES)
    cycle = np.maximum(np.ceil((replacement + x) / interval), 1.0) * interval
    found, error = simulated(Exponential(1_000.0), cycle - x)
    assert single_asset.at_visits(1_000.0, interval, replacement) == pytest.approx(found, abs=error)


def test_frequent_visits_cost_half_an_interval() -> None:
    assert single_asset.at_visits(1_000.0, 1e-3) == pytest.approx(1_000.0 / (1_000.0 + 5e-4), rel=1e-9)


def test_weather() -> None:
    """Cycle by cycle: the two-state weather is carried over replacement and life by its exact transition law."""
    rng = np.random.default_rng(6)
    life, opened, closed, work = 400.0, 60.0, 35.0, 24.0
    x = Exponential(life).sample(np.random.default_rng(5), CYCLES)
    fade = np.exp(-(1 / opened + 1 / closed) * (x + work))
    shut = rng.random(CYCLES) < closed / (opened + closed) * (1.0 - fade)
    found, error = simulated(Exponential(life), work + shut * rng.exponential(closed, CYCLES))
    assert single_asset.in_weather(life, opened, closed, work) == pytest.approx(found, abs=error)
    assert single_asset.in_weather(life, opened, 1e-9, work) == pytest.approx(life / (life + work), rel=1e-9)


def test_smallest_spares_reach_the_target_and_no_fewer_do() -> None:
    for target in (0.5, 0.9, 0.99999):
        found = single_asset.smallest_spares(target, 500.0, 800.0)
        assert single_asset.one_for_one(found, 500.0, 800.0) >= target
        assert found == 0 or single_asset.one_for_one(found - 1, 500.0, 800.0) < target
