"""Means and ratios with their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from spareverse.optimisation.warehouse.estimates import columns, mean_estimate, ratio_estimate


def test_mean_has_student_limits() -> None:
    sample = np.array([1.0, 4.0, 2.0, 7.0])
    low, high = stats.t.interval(0.95, 3, sample.mean(), stats.sem(sample))
    assert mean_estimate(sample) == pytest.approx((3.5, low, high))


def test_one_replication_has_no_limits() -> None:
    found = mean_estimate([5.0])
    assert found.value == 5.0
    assert columns("x", found) == {"x": 5.0, "x_low": None, "x_high": None}
    assert not found.clear


def test_no_noise_is_clear() -> None:
    assert mean_estimate([0.1 + 0.2] * 5).clear
    assert mean_estimate([0.0] * 5) == (0.0, 0.0, 0.0)


def test_limits_of_a_ratio_cover_it() -> None:
    """95 % limits over 2,000 samples of 40 correlated pairs: within 1.5 points of 95."""
    rng = np.random.default_rng(1)
    common = rng.normal(0.0, 1.0, (2000, 40))
    top = 30.0 + 4.0 * common + rng.normal(0.0, 2.0, (2000, 40))
    bottom = 10.0 + common
    covered = [low <= 3.0 <= high for _, low, high in (ratio_estimate(a, b) for a, b in zip(top, bottom, strict=True))]
    assert abs(np.mean(covered) - 0.95) < 0.015


def test_limits_of_a_ratio_over_a_noisy_denominator() -> None:
    """Means 3 and 1, errors of a third: Fieller still covers; where the denominator may be zero there are no limits."""
    rng = np.random.default_rng(2)
    top, bottom = rng.normal(3.0, 1.0, (3000, 10)), rng.normal(1.0, 1.0, (3000, 10))
    found = [ratio_estimate(a, b) for a, b in zip(top, bottom, strict=True)]
    unknown = np.mean([math.isnan(estimate.low) for estimate in found])
    held = np.mean([math.isnan(e.low) or e.low <= 3.0 <= e.high for e in found])
    assert 0.1 < unknown < 0.5
    assert held > 0.94


def test_constant_denominator_gives_the_limits_of_the_mean() -> None:
    assert ratio_estimate([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) == pytest.approx(mean_estimate([0.5, 1.0, 1.5]))


def test_ratio_over_nothing_is_unknown() -> None:
    assert math.isnan(ratio_estimate([1.0, 2.0], [0.0, 0.0]).value)
