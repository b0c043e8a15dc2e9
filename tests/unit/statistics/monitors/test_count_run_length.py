"""Run lengths of charts of counts: an exact chain, beside simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from spareverse.statistics.monitors.count_run_length import (
    best_reference,
    count_chances,
    count_cusum_limit,
    count_cusum_run_length,
    count_ewma_run_length,
)


def test_chances_are_those_of_scipy() -> None:
    for mean in (0.02, 7.3, 900.0):
        found = count_chances(mean)
        assert found == pytest.approx(stats.poisson.pmf(np.arange(len(found)), mean), abs=1e-13)
    found = count_chances(3.0, 2.5)
    assert found == pytest.approx(stats.nbinom.pmf(np.arange(len(found)), 2.0, 0.4), abs=1e-13)
    assert found.sum() == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize(
    ("mean", "dispersion", "k", "h", "headstart", "upward"),
    [(0.1, 1.0, 0.18, 1.6, 0.0, True), (4.0, 1.0, 3.2, 6.0, 0.0, False), (1.0, 1.0, 1.5, 4.0, 2.0, True),
     (2.0, 1.8, 2.75, 6.0, 0.0, True)],
)  # fmt: skip
def test_simulated_charts_last_as_long(
    mean: float, dispersion: float, k: float, h: float, headstart: float, upward: bool
) -> None:
    """4,000 charts, within four standard errors."""
    rng = np.random.default_rng(5)
    sums, length, running = np.full(4000, headstart), np.zeros(4000), np.ones(4000, dtype=bool)
    while running.any():
        if dispersion > 1.0:
            x = rng.negative_binomial(mean / (dispersion - 1.0), 1.0 / dispersion, 4000)
        else:
            x = rng.poisson(mean, 4000)
        sums = np.maximum(0.0, sums + (x - k if upward else k - x))
        length += running
        running &= sums < h - 1e-9
    exact = count_cusum_run_length(count_chances(mean, dispersion), k, h, headstart=headstart, upward=upward)
    assert abs(length.mean() - exact) < 4 * length.std() / math.sqrt(4000)


def test_the_limit_is_the_smallest_on_the_lattice() -> None:
    chances = count_chances(0.1)
    limit = count_cusum_limit(chances, 0.18, 1000)
    assert count_cusum_run_length(chances, 0.18, limit) >= 1000 > count_cusum_run_length(chances, 0.18, limit - 0.02)


def test_a_slow_mover_cannot_alarm_at_one_piece() -> None:
    """0.1 a month, one false alarm in a hundred years: four pieces in quick succession at the least."""
    k = best_reference(0.1, 3.0)
    assert count_cusum_limit(count_chances(0.1), k, 1200) > 3.0


def test_best_reference() -> None:
    assert best_reference(2.0, 2.0) == pytest.approx(2.0 / math.log(2.0))
    with pytest.raises(ValueError, match="ratio"):
        best_reference(2.0, 1.0)


def test_run_length_of_an_ewma_of_counts_against_simulation() -> None:
    """Mean 1, weight 0.25, limit 2: 3,000 simulated charts within four standard errors and one per cent."""
    said = count_ewma_run_length(count_chances(1.0), 1.0, 0.25, 2.0)
    random = np.random.default_rng(6)
    z, lengths, going = np.ones(3000), np.zeros(3000), np.ones(3000, np.bool_)
    while going.any():
        z = np.maximum(1.0, 0.75 * z + 0.25 * random.poisson(1.0, 3000))
        lengths[going] += 1.0
        going &= z <= 2.0
    assert abs(lengths.mean() - said) < 0.01 * said + 4.0 * lengths.std() / np.sqrt(3000)
    with pytest.raises(ValueError, match="above a mean"):
        count_ewma_run_length(count_chances(1.0), 1.0, 0.25, 0.5)


@pytest.mark.parametrize(("mean", "ewma_limit"), [(1.0, 2.441), (25.0, 31.186)])
def test_a_cusum_of_counts_is_as_quick_as_an_ewma(mean: float, ewma_limit: float) -> None:
    """Both with a run length of 1,000: from one and a half times the rate on the CUSUM needs no longer (5 %)."""
    k = round(8.0 * best_reference(mean, 1.0 + 1.5 / mean**0.5)) / 8.0
    limit = count_cusum_limit(count_chances(mean), k, 1000.0)
    ewma = count_ewma_run_length(count_chances(mean), mean, 0.25, ewma_limit, states=150)
    assert ewma == pytest.approx(1000.0, rel=0.1)
    for factor in (1.5, 2.0, 3.0):
        chances = count_chances(factor * mean)
        other = count_ewma_run_length(chances, mean, 0.25, ewma_limit, states=150)
        assert count_cusum_run_length(chances, k, limit) < 1.05 * other
