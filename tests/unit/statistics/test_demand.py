"""Order rates and sizes that borrow strength, against simulation and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import gamma, nbinom

from spareverse.statistics import demand


def test_rate_prior_is_the_negative_binomial_maximum() -> None:
    random = np.random.default_rng(1)
    counts = random.poisson(random.gamma(1.5, 20.0 / 1.5, 400))
    shape, mean = demand.rate_priors(counts, np.zeros(400, dtype=np.int64), 1)

    def loss(log_shape: np.ndarray) -> float:
        r = float(np.exp(log_shape[0]))
        return -float(nbinom.logpmf(counts, r, r / (r + counts.mean())).sum())

    best = minimize(loss, [0.0], method="Nelder-Mead", options={"xatol": 1e-6}).x[0]
    assert mean[0] == pytest.approx(counts.mean())
    assert shape[0] == pytest.approx(np.exp(best), rel=1e-3)


def test_rate_priors_of_groups_do_not_mix() -> None:
    random = np.random.default_rng(2)
    counts = random.poisson(np.repeat([1.0, 30.0, 0.0], 200))
    group = np.repeat([0, 1, 2], 200).astype(np.int64)
    order = random.permutation(600)
    shape, mean = demand.rate_priors(counts[order], group[order], 3)
    np.testing.assert_allclose(mean[:2], [counts[:200].mean(), counts[200:400].mean()])
    # Counts that are Poisson with one rate have hardly any spread between parts.
    assert (shape[:2] > 10).all()
    # A group that never ordered still has a small rate: half an order over all its parts.
    assert mean[2] == pytest.approx(0.5 / 200)


def test_posterior_rates_hold_the_truth() -> None:
    random = np.random.default_rng(3)
    days, parts = 362.0, 4_000
    rate = random.gamma(1.5, 0.084 / 1.5, parts)
    counts = random.poisson(rate * days).astype(float)
    none = np.zeros(parts)
    shape, exposure = demand.rate_posterior(
        counts, days, none, np.full(parts, 72.0), np.full(parts, 1.5), np.full(parts, 0.084 * days)
    )
    np.testing.assert_allclose(shape, 1.5 + counts)
    np.testing.assert_allclose(exposure, 1.5 / 0.084 + days)
    low, high = gamma.ppf([[0.025], [0.975]], shape, scale=1.0 / exposure)
    assert ((low <= rate) & (rate <= high)).mean() == pytest.approx(0.95, abs=0.012)


def test_swings_in_time_weigh_the_window_down() -> None:
    args = (np.array([30.0]), 362.0)
    tail = (np.array([72.0]), np.array([1.5]), np.array([30.0]))
    calm = demand.rate_posterior(*args, np.array([0.0]), *tail)
    wild = demand.rate_posterior(*args, np.array([0.7]), *tail)
    assert wild[0][0] < calm[0][0]
    assert wild[0][0] / wild[1][0] == pytest.approx(calm[0][0] / calm[1][0], rel=0.02)


@pytest.mark.parametrize("truth", [0.0, 0.4])
def test_dispersion_is_recovered(truth: float) -> None:
    random = np.random.default_rng(4)
    mean = np.full(20_000, 6.0)
    swing = random.gamma(1 / truth, truth, len(mean)) if truth else 1.0
    counts = random.poisson(mean * swing).astype(float)
    share = np.zeros(len(mean))
    found = demand.dispersion_by_group(counts, mean, share, np.zeros(len(mean), np.int64), 2)
    assert found[0] == pytest.approx(truth, abs=0.02)
    assert found[1] == 0.0


def test_orders_alike_within_a_part_give_a_small_concentration() -> None:
    random = np.random.default_rng(5)
    parts, orders = 200, 10
    part = np.repeat(np.arange(parts), orders)
    group = np.zeros(parts, dtype=np.int64)
    between = random.normal(0.0, 1.0, parts)[part]
    noise = random.normal(0.0, 1.0, parts * orders)
    # Intraclass correlation 1 / (1 + concentration): one half, then none.
    assert demand.size_concentration(between + noise, part, group, 1)[0] == pytest.approx(1.0, rel=0.35)
    assert demand.size_concentration(noise, part, group, 1)[0] > 20.0
    assert demand.size_concentration(between, part, group, 1)[0] == demand.LEAST_CONCENTRATION
