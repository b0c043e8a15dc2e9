"""Variance over mean and Herfindahl's index, earlier against later: false alarms, and planted changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drawn_streams import drawn, of_table
from spareverse.statistics.monitors.concentration import compare_concentrations, herfindahl
from spareverse.statistics.monitors.dispersion import compare_dispersions


@pytest.mark.parametrize(("rate", "dispersion"), [(1.0, 1.0), (10.0, 1.0), (2.0, 2.0), (10.0, 3.0)])
def test_false_alarms_of_dispersion(rate: float, dispersion: float) -> None:
    """5,000 streams whose rate moves and whose dispersion does not: p-values below 5 % and 1 % as often as they say,
    give or take a third and three standard errors."""
    means = np.full((5000, 72), rate)
    means[:, 36:] *= 1.5
    found = compare_dispersions(drawn(means, 17, dispersion))
    for most in (0.05, 0.01):
        share = np.mean(found.p_value < most)
        assert share < 4 / 3 * most + 3.0 * math.sqrt(most / len(found.stream))
    assert np.mean(found.p_value < 0.05) > 0.02


def test_bursts_are_found_and_told_with_limits() -> None:
    """The same four lines a month, in the second half with three times the variance; more than 85 % at p < 0.01."""
    table = np.random.default_rng(4).poisson(4.0, (400, 72))
    table[:, 36:] = np.random.default_rng(5).negative_binomial(1.0, 0.2, (400, 36))
    found = compare_dispersions(of_table(table))
    assert np.mean((found.p_value < 0.01) & (found.ratio > 1.0)) > 0.85
    held = (found.after[1] <= 5.0) & (found.after[2] >= 5.0)
    assert held.mean() > 0.8
    assert ((found.before[1] <= 1.0) & (found.before[2] >= 1.0)).mean() > 0.9


def test_streams_with_little_in_either_half_are_left_out() -> None:
    table = np.zeros((2, 72), np.int64)
    table[0, :36] = 3
    table[1] = 1
    assert compare_dispersions(of_table(table)).stream.tolist() == [1]


def test_herfindahl() -> None:
    assert herfindahl(np.array([1.0, 1.0, 1.0, 1.0])) == 0.25
    assert herfindahl(np.array([5.0, 0.0])) == 1.0
    assert math.isnan(herfindahl(np.zeros(3)))


def test_false_alarms_of_concentration_whatever_the_money() -> None:
    """200 companies of ten suppliers with heavy-tailed spend: p-values below 10 % in 10 % of them (three errors)."""
    rng = np.random.default_rng(6)
    low = 0
    for seed in range(200):
        amounts = rng.pareto(1.5, (48, 10)) * rng.gamma(0.5, 1.0, 10)
        found = compare_concentrations(amounts, 24, seed)
        assert found is not None
        low += found.p_value < 0.1
    assert abs(low / 200 - 0.1) < 3.0 * math.sqrt(0.09 / 200)


def test_a_supplier_that_takes_over_is_named() -> None:
    amounts = np.random.default_rng(7).gamma(2.0, 1.0, (48, 6))
    amounts[24:, 3] *= 6.0
    found = compare_concentrations(amounts, 24)
    assert found is not None
    assert found.p_value < 0.001
    assert found.gained == 3
    assert found.share_before < 0.25 < 0.45 < found.share_after
    assert found.before[1] <= found.before[0] <= found.before[2] < found.after[1] <= found.after[2]
    assert compare_concentrations(amounts[:20], 10) is None
