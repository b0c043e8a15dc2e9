"""Run lengths of normal charts: published tables, simulation, and the limits designed from them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.statistics.monitors.run_length import (
    cusum_limit,
    cusum_run_length,
    ewma_limit,
    ewma_run_length,
)

SHIFTS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5]


def test_lucas_and_crosier_with_half_a_head_start() -> None:
    """Lucas & Crosier 1982, table 2: two-sided, k 0.5, h 4, both sums begun at 2."""
    printed = [149, 62.7, 20.1, 8.97, 5.29, 2.86, 2.01, 1.59]
    found = [cusum_run_length(0.5, 4, shift, headstart=2, two_sided=True) for shift in SHIFTS]
    assert found == pytest.approx(printed, rel=4e-3)


def test_crowder_and_lucas_and_saccucci() -> None:
    """EWMA: in-control run length 500 at (0.25, 2.998), (0.1, 2.814), (0.03, 2.437); Shewhart's chart at weight 1."""
    for weight, limit in [(0.25, 2.998), (0.1, 2.814), (0.03, 2.437)]:
        assert ewma_run_length(weight, limit) == pytest.approx(500, rel=2e-3)
    assert ewma_run_length(1.0, 3.0) == pytest.approx(1.0 / math.erfc(3.0 / math.sqrt(2.0)), rel=1e-9)
    assert ewma_run_length(0.5, 3.0) == pytest.approx(397.46, rel=1e-4)


def simulated(k: float, h: float, shift: float, headstart: float, two_sided: bool) -> tuple[float, float]:
    """Mean run length and its standard error of 4,000 charts."""
    rng = np.random.default_rng(3)
    up, down = np.full(4000, headstart), np.full(4000, headstart if two_sided else -math.inf)
    length, running = np.zeros(4000), np.ones(4000, dtype=bool)
    while running.any():
        x = rng.normal(shift, 1.0, 4000)
        up = np.maximum(0.0, up + x - k)
        down = np.maximum(0.0, down - x - k) if two_sided else down
        length += running
        running &= (up <= h) & (down <= h)
    return float(length.mean()), float(length.std() / math.sqrt(4000))


@pytest.mark.parametrize(
    ("k", "h", "shift", "headstart", "two_sided"),
    [(0.5, 3, 0, 0, False), (0.25, 4, 0.5, 2, False), (0.5, 3, 0.3, 1.5, True), (0.3, 3, 0, 1.8, True)],
)
def test_simulated_charts_last_as_long(k: float, h: float, shift: float, headstart: float, two_sided: bool) -> None:
    """Within four standard errors."""
    mean, error = simulated(k, h, shift, headstart, two_sided)
    assert abs(mean - cusum_run_length(k, h, shift, headstart=headstart, two_sided=two_sided)) < 4 * error


def test_limits_give_the_run_length_wanted() -> None:
    assert cusum_limit(0.5, 500, two_sided=True) == pytest.approx(5.0707, abs=1e-3)
    assert cusum_run_length(0.5, cusum_limit(0.5, 1e6)) == pytest.approx(1e6, rel=1e-6)
    with_start = cusum_limit(0.5, 500, headstart_share=0.5)
    assert cusum_run_length(0.5, with_start, headstart=0.5 * with_start) == pytest.approx(500, rel=1e-6)
    assert ewma_limit(0.1, 500) == pytest.approx(2.8143, abs=1e-3)


def test_more_spread_alarms_sooner_and_far_shifts_at_once() -> None:
    assert cusum_run_length(0.5, 4, sd=1.3) < 0.5 * cusum_run_length(0.5, 4)
    assert cusum_run_length(0.5, 4, 50.0, two_sided=True) == pytest.approx(1.0)
    assert cusum_run_length(0.5, 4, -8.0) == math.inf
    one_sided = ewma_run_length(0.1, 2.7, 1.0, two_sided=False)
    assert one_sided == pytest.approx(ewma_run_length(0.1, 2.7, 1.0), rel=0.1)


def test_what_makes_no_chart_is_refused() -> None:
    with pytest.raises(ValueError, match="head start"):
        cusum_run_length(0.5, 4, headstart=5)
    with pytest.raises(ValueError, match="h / 2"):
        cusum_run_length(0.5, 4, headstart=3, two_sided=True)
    with pytest.raises(ValueError, match="above zero"):
        cusum_run_length(0.5, 0)
    with pytest.raises(ValueError, match="weight"):
        ewma_run_length(1.5, 3)
    with pytest.raises(ValueError, match="run length"):
        cusum_limit(0.5, 0.5)
