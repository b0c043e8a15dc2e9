"""Counts over a lead time against the laws they are known to follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spareverse.statistics.demand_models.occurrence import CERTAIN, Occurrence, beta_cdf, count_chances, count_moments

ONE = np.ones(1)


def law(
    mean: float, strength: float, periodic: bool, lead: list[float], weights: list[float] | None = None
) -> np.ndarray:
    chance = np.empty(400)
    shares = np.full(len(lead), 1.0 / len(lead)) if weights is None else np.array(weights)
    count_chances(ONE, np.array([mean]), np.array([strength]), periodic, np.array(lead, dtype=float), shares, chance)
    return chance


@pytest.mark.parametrize(("mean", "strength", "lead"), [(0.001, 0.5, 30.0), (0.2, 3.0, 60.0), (2.0, 400.0, 90.0)])
def test_gamma_rates_make_negative_binomial_counts(mean: float, strength: float, lead: float) -> None:
    n = np.arange(400)
    exact = stats.nbinom.pmf(n, strength, strength / (strength + mean * lead))
    assert np.allclose(law(mean, strength, False, [lead]), exact, atol=2e-8)


def test_known_rates_make_poisson_counts_even_where_the_first_chances_underflow() -> None:
    chance = np.empty(2000)
    count_chances(ONE, np.array([10.0]), np.array([CERTAIN]), False, np.array([120.0]), ONE, chance)
    assert np.allclose(chance, stats.poisson.pmf(np.arange(2000), 1200.0), atol=1e-8)
    assert chance.sum() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("mean", "strength", "periods"), [(0.02, 5.0, 3), (0.4, 2.5, 6), (0.97, 40.0, 12)])
def test_chances_per_period_make_beta_binomial_counts(mean: float, strength: float, periods: int) -> None:
    exact = stats.betabinom.pmf(np.arange(400), periods, mean * strength, (1 - mean) * strength)
    assert np.allclose(law(mean, strength, True, [periods]), exact, atol=1e-9)
    sure = stats.binom.pmf(np.arange(400), periods, mean)
    assert np.allclose(law(mean, 2 * CERTAIN, True, [periods]), sure, atol=1e-9)


def test_lead_times_and_parts_of_the_mixture_are_mixed() -> None:
    half = 0.5 * law(0.3, 2.0, True, [1.0]) + 0.5 * law(0.3, 2.0, True, [2.0])
    assert np.allclose(law(0.3, 2.0, True, [1.5]), half)
    assert np.allclose(law(0.1, 2.0, False, [5.0, 50.0], [0.25, 0.75]),
                       0.25 * law(0.1, 2.0, False, [5.0]) + 0.75 * law(0.1, 2.0, False, [50.0]), atol=1e-8)  # fmt: skip
    chance = np.empty(400)
    count_chances(np.array([0.3, 0.5]), np.array([0.1, 1.0]), np.array([2.0, 9.0]), False, np.array([9.0]), ONE, chance)
    parts = 0.3 * law(0.1, 2.0, False, [9.0]) + 0.5 * law(1.0, 9.0, False, [9.0])
    parts[0] += 0.2
    assert np.allclose(chance, parts, atol=1e-8)


@given(
    mean=st.floats(1e-4, 0.95),
    strength=st.floats(1.0, 200.0),
    periodic=st.booleans(),
    lead=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=3),
)
def test_moments_are_those_of_the_law(mean: float, strength: float, periodic: bool, lead: list[float]) -> None:
    chance = law(mean, strength, periodic, lead)
    n = np.arange(len(chance))
    first, variance = count_moments(
        ONE, np.array([mean]), np.array([strength]), periodic, np.array(lead), np.full(len(lead), 1.0 / len(lead))
    )
    assert chance.sum() <= 1.0 + 1e-9
    # the law is cut where less than 1e-5 is left: the moments lack the pieces beyond, not far from the cut
    left, cut = 1.0 - chance.sum(), 2.0 * (np.flatnonzero(chance)[-1] + 1.0)
    assert chance @ n == pytest.approx(first, rel=1e-4, abs=1e-4 + left * cut)
    assert chance @ n**2 - first**2 == pytest.approx(variance, rel=2e-3, abs=1e-4 + left * cut**2)


def test_limits_and_samples_of_a_rate() -> None:
    gamma = Occurrence(np.array([[1.0], [1.0]]), np.array([[0.2], [3.0]]), np.array([[0.7], [80.0]]), False)
    exact = stats.gamma.ppf(0.975, gamma.strength[:, 0], scale=gamma.mean[:, 0] / gamma.strength[:, 0])
    assert np.allclose(gamma.limits(0.975), exact, rtol=2e-3)
    beta = Occurrence(np.array([[1.0]]), np.array([[0.3]]), np.array([[8.0]]), True)
    assert beta.limits(0.025)[0] == pytest.approx(stats.beta.ppf(0.025, 2.4, 5.6), rel=2e-3)
    many = Occurrence(np.full((40_000, 2), 0.4), np.tile([0.1, 0.5], (40_000, 1)), np.full((40_000, 2), 2.0), False)
    drawn = many.sample(np.random.default_rng(1))
    # 0.24 with a standard error of 0.0017
    assert drawn.mean() == pytest.approx(many.expected()[0], abs=0.007)
    assert (drawn == 0.0).mean() == pytest.approx(0.2, abs=0.01)
    assert np.quantile(drawn, 0.9) == pytest.approx(many.take(np.arange(1)).limits(0.9)[0], rel=0.03)


def test_chance_of_any_demand() -> None:
    occurrence = Occurrence(np.array([[0.6]]), np.array([[0.01]]), np.array([[1.5]]), False)
    assert occurrence.chance_of_any(365.0)[0] == pytest.approx(0.6 * (1 - (1.5 / (1.5 + 3.65)) ** 1.5))


@given(alpha=st.floats(0.05, 300.0), beta=st.floats(0.05, 300.0), x=st.floats(0.0, 1.0))
def test_beta_distribution(alpha: float, beta: float, x: float) -> None:
    assert beta_cdf(alpha, beta, x) == pytest.approx(stats.beta.cdf(x, alpha, beta), abs=1e-8)
