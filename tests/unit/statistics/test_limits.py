"""Limits of a mean: Student's, and those of rare events, which stay in the possible range and cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from spareverse.special import student_quantile
from spareverse.statistics.limits import limits_of_mean, standard_error


def test_students_limits_where_they_fit() -> None:
    sample = np.array([1.0, 4.0, 2.0, 7.0])
    low, high = stats.t.interval(0.95, 3, sample.mean(), stats.sem(sample))
    assert limits_of_mean(sample, lowest=-10.0) == pytest.approx((3.5, low, high))
    assert limits_of_mean(sample + 100.0, 0.0, 200.0) == pytest.approx((103.5, low + 100.0, high + 100.0))


def test_a_mean_wait_of_few_stock_outs_is_not_negative() -> None:
    mean, low, high = limits_of_mean([10.0, 800.0, 15.0, 20.0], lowest=0.0)
    student = stats.t.interval(0.95, 3, mean, standard_error([10.0, 800.0, 15.0, 20.0]))
    assert student[0] < -100.0
    assert 0.0 < low < 100.0
    assert high >= student[1]


def test_an_availability_is_not_above_one() -> None:
    sample = [1.0] * 19 + [0.9]
    mean, low, high = limits_of_mean(sample, 0.0, 1.0)
    assert stats.t.interval(0.95, 19, mean, stats.sem(sample))[1] > 1.0
    assert mean < high < 1.0
    assert 0.95 < low < mean


def test_both_ends_hold() -> None:
    mean, low, high = limits_of_mean([0.0, 1.0], 0.0, 1.0)
    assert (mean, high) == (0.5, 1.0)
    assert 0.0 < low < 0.5
    assert limits_of_mean([0.4, 0.4], 0.0, 1.0) == (0.4, 0.4, 0.4)
    assert math.isnan(limits_of_mean([0.4], 0.0, 1.0)[1])


@pytest.mark.parametrize(("runs", "events"), [(20, 3.0), (40, 6.0), (200, 4.0), (100, 10.0)])
def test_limits_of_rare_events_cover(runs: int, events: float) -> None:
    """Down time of compound Poisson runs with so many events in all: 92 to 99 % of 1,500 intervals hold the truth.

    Samples without any event say nothing about their size and are left out. Error of the share: 0.7 points.
    """
    rng = np.random.default_rng(runs)
    counts = rng.poisson(events / runs, (1500, runs))
    down = 0.01 * np.where(counts > 0, rng.standard_gamma(np.maximum(counts, 1)), 0.0)
    truth = 1.0 - 0.01 * events / runs
    ours, students = [], []
    for sample in 1.0 - down[counts.any(axis=1)]:
        mean, low, high = limits_of_mean(sample, 0.0, 1.0)
        assert 0.0 <= low <= mean <= high <= 1.0
        ours.append(low <= truth <= high)
        half = student_quantile(runs - 1, 0.975) * standard_error(sample)
        students.append(mean - half <= truth <= mean + half)
    assert 0.915 <= np.mean(ours) <= 0.99
    assert np.mean(students) < 0.92
