"""Intervals cover what they estimate, as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.observer.intervals import Interval, bootstrap, mean


def test_the_bootstrap_of_a_quotient_covers_it() -> None:
    """True quotient 0.8, correlated and skewed costs, 16 replications: 95 % limits hold it about 95 times of 100."""
    random = np.random.default_rng(5)
    held = 0
    for trial in range(200):
        level = random.gamma(9.0, 1.0 / 9.0, 16)
        costs = np.array([0.8 * level * random.gamma(40.0, 1 / 40.0, 16), level * random.gamma(40.0, 1 / 40.0, 16)])
        found = bootstrap(costs, lambda means: means[0] / means[1], trial)
        held += found.low <= 0.8 <= found.high
    assert 180 <= held <= 198  # 190 expected; three standard errors are 9


def test_equal_costs_have_a_quotient_of_one_without_doubt() -> None:
    costs = np.array([[3.0, 5.0, 4.0, 9.0]] * 2)
    assert bootstrap(costs, lambda means: means[0] / means[1], 1) == Interval(1.0, 1.0, 1.0)


def test_a_further_error_widens_both_sides_and_limits_cut() -> None:
    wide = Interval(0.9, 0.87, 0.94).widened(0.05)
    assert wide.low == pytest.approx(0.9 - math.hypot(0.03, 1.96 * 0.05))
    assert wide.within(0.0, 1.0).high == 1.0
    assert Interval(2.0, 1.0, 4.0).times(3.0) == Interval(6.0, 3.0, 12.0)


def test_means_of_nothing_are_unknown() -> None:
    assert math.isnan(mean(np.array([np.nan, 3.0])).value)
    assert mean(np.array([1.0, np.nan, 3.0])).value == 2.0
