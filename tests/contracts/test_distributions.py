"""What every law of durations promises, in Python and in the engine.

Simulated statistics have fixed seeds: a sampled mean or variance lies within five standard errors, an empirical
distribution function within the Kolmogorov-Smirnov bound of one in a million.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.engine.sampling import LAW_SIZE, quantile, sample
from spareverse.engine.streams import seed_stream, uniform
from spareverse.jit import kernel
from spareverse.network.distributions import Distribution, Mixture, Triangular, Truncated, parse
from spareverse.simulation.compile_distributions import compile_distributions

TEXTS = (
    "30 d",
    "exponential(mean=486.67)",
    "triangular(20, 30, 50) d",
    "triangular(5, 5, 14) d",
    "triangular(0, 9, 9)",
    "weibull(shape=2.12, scale=81.79 d)",
    "weibull(shape=0.8, scale=30)",
    "gamma(shape=2.5, mean=40)",
    "gamma(shape=0.6, scale=10)",
    "gamma(shape=150, scale=1)",
    "lognormal(mean=30 d, cv=0.4)",
    "lognormal(median=5, sigma=1)",
    "uniform(5, 10) d",
    "empirical(12, 15, 15, 40, 90)",
    "mixture(0.8: triangular(20, 30, 50), 0.2: 90) d",
    "mixture(0.5: gamma(4, 2), 0.5: mixture(0.25: uniform(100, 120), 0.75: empirical(3, 60)))",
    "kde(12, 15, 40; bandwidth=4)",
    "kde(1, 2, 5; bandwidth=3) week",
    "truncated(weibull(2, 40), 10, 60)",
    "truncated(exponential(5), 2, inf) d",
    "truncated(kde(1, 2, 5; bandwidth=3), 2, 6)",
    "truncated(empirical(1, 2, 2, 7), 2, 7)",
    "truncated(mixture(0.5: gamma(2, 10), 0.3: empirical(1, 2, 40), 0.2: uniform(1, 30)), 2, 20)",
    "truncated(truncated(lognormal(5, 0.5), 0, 10), 1, 12)",
)
LAWS = [parse(text) for text in TEXTS]
MEMORY = compile_distributions(LAWS)
N = 40_000
KOLMOGOROV = 2.69
"""sqrt(n) times the largest distance exceeds it once in a million (Kolmogorov 1933)."""

every_law = pytest.mark.parametrize("index", range(len(LAWS)), ids=TEXTS)


def ends(law: Distribution) -> NDArray[np.float64]:
    """Where to cut integrals over a law: at its kinks, elsewhere in steps of probability that shrink in the tails."""
    if isinstance(law, Truncated):
        inner = ends(law.law)
        return np.unique(np.clip(inner, law.lower, min(law.upper, inner.max())))
    if isinstance(law, Mixture):
        return np.unique(np.concatenate([ends(each) for each in law.laws]))
    tails = np.logspace(-15, -2.01, 60)
    grid = law.quantile(np.concatenate([[0.0], tails, np.linspace(0.01, 0.99, 200), 1.0 - tails[::-1]]))
    kinks = [law.minimum, law.mode, law.maximum] if isinstance(law, Triangular) else []
    return np.unique(np.concatenate([grid, kinks]))


def nodes(law: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and weights of an integral over a law, twelve in a row for each piece."""
    cuts = ends(law)
    at, weight = np.polynomial.legendre.leggauss(12)
    half = 0.5 * np.diff(cuts)[:, None]
    return (cuts[:-1, None] + half * (1.0 + at)).ravel(), (half * weight).ravel()


@every_law
def test_moments_are_those_of_density_and_atoms(index: int) -> None:
    law = LAWS[index]
    x, weight = nodes(law)
    mass = weight * law.density(x)
    values, probabilities = np.array(law.atoms).reshape(-1, 2).T
    mean = np.sum(x * mass) + np.sum(values * probabilities)
    variance = np.sum((x - mean) ** 2 * mass) + np.sum((values - mean) ** 2 * probabilities)
    assert np.sum(mass) + np.sum(probabilities) == pytest.approx(1.0, abs=1e-7)
    assert law.mean == pytest.approx(mean, rel=1e-7)
    assert law.variance == pytest.approx(variance, rel=1e-6, abs=1e-9)


@every_law
def test_partial_moments(index: int) -> None:
    law = LAWS[index]
    x, weight = nodes(law)
    mass = weight * law.density(x)
    values, probabilities = np.array(law.atoms).reshape(-1, 2).T
    for end in ends(law)[[len(ends(law)) // 3, len(ends(law)) // 2]]:
        for order in (0, 1, 2):
            below = np.sum((x**order * mass)[x <= end]) + np.sum((values**order * probabilities)[values <= end])
            assert law.partial_moment(order, float(end)) == pytest.approx(below, rel=1e-6, abs=1e-9)
    assert law.partial_moment(1, math.inf) == pytest.approx(law.mean, rel=1e-9)
    assert law.partial_moment(2, math.inf) == pytest.approx(law.variance + law.mean**2, rel=1e-9)
    assert law.partial_moment(1, -1.0) == 0.0


@every_law
def test_quantile_inverts_the_distribution_function(index: int) -> None:
    law = LAWS[index]
    p = np.linspace(0.001, 0.999, 333)
    x = law.quantile(p)
    assert np.all(np.diff(x) >= 0.0)
    below = law.cdf(np.nextafter(x, -np.inf))
    assert np.all(law.cdf(x) >= p - 1e-9)
    assert np.all(below <= p + 1e-9)
    if not law.atoms:
        np.testing.assert_allclose(law.cdf(x), p, rtol=1e-9)


@every_law
def test_density_integrates_to_the_distribution_function(index: int) -> None:
    law = LAWS[index]
    x, weight = nodes(law)
    pieces = np.sum((weight * law.density(x)).reshape(-1, 12), axis=1)
    cuts = ends(law)[1:]
    steps = np.sum([probability * (cuts >= value) for value, probability in law.atoms], axis=0)
    np.testing.assert_allclose(law.cdf(cuts), np.cumsum(pieces) + steps, atol=1e-7)
    np.testing.assert_allclose(law.survival(x), 1.0 - law.cdf(x), atol=1e-12)
    assert np.all(law.density([-5.0, -1e-9]) == 0.0)
    assert np.all(law.cdf([-5.0, -1e-9]) == 0.0)
    assert np.all(law.survival([-5.0, -1e-9]) == 1.0)


@every_law
def test_scaled_is_the_law_of_a_multiple(index: int) -> None:
    law, scaled = LAWS[index], LAWS[index].scaled(2.5)
    assert scaled.mean == pytest.approx(2.5 * law.mean, rel=1e-12)
    assert scaled.variance == pytest.approx(6.25 * law.variance, rel=1e-9)
    u = np.linspace(0.005, 0.995, 100)
    np.testing.assert_allclose(scaled.quantile(u), 2.5 * law.quantile(u), rtol=1e-9)
    np.testing.assert_allclose(scaled.draw(u), 2.5 * law.draw(u), rtol=1e-9)
    if not law.atoms:
        x = law.quantile(u)
        np.testing.assert_allclose(scaled.cdf(2.5 * x), law.cdf(x), rtol=1e-9)
        np.testing.assert_allclose(scaled.density(2.5 * x), law.density(x) / 2.5, rtol=1e-9)


@every_law
def test_text_reads_back(index: int) -> None:
    law = LAWS[index]
    assert parse(law.text) == law
    assert parse(law.text, unit="year") == law
    assert str(law) == law.text
    assert law == parse(TEXTS[index])
    assert hash(law) == hash(parse(TEXTS[index]))


def distance(law: Distribution, values: NDArray[np.float64]) -> float:
    """Largest distance between the law and the sample, on both sides of each step; times sqrt(n)."""
    ordered, counts = np.unique(values, return_counts=True)
    after = np.cumsum(counts) / len(values)
    above = np.abs(after - law.cdf(ordered))
    below = np.abs(after - counts / len(values) - law.cdf(np.nextafter(ordered, -np.inf)))
    return float(max(above.max(), below.max()) * math.sqrt(len(values)))


def check_sample(law: Distribution, values: NDArray[np.float64]) -> None:
    assert np.all(values >= 0.0)
    assert values.mean() == pytest.approx(law.mean, abs=5.0 * math.sqrt(law.variance / len(values)) + 1e-9 * law.mean)
    fourth = np.mean((values - values.mean()) ** 4) - law.variance**2
    assert values.var() == pytest.approx(law.variance, abs=5.0 * math.sqrt(max(fourth, 0.0) / len(values)) + 1e-9)
    assert distance(law, values) < KOLMOGOROV


@every_law
def test_samples_follow_the_law(index: int) -> None:
    check_sample(LAWS[index], LAWS[index].sample(np.random.default_rng(20240 + index), N))


@kernel
def engine_quantiles(f: NDArray[np.float64], law: int, u: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(len(u)):
        out[i] = quantile(f, law, u[i])


@kernel
def engine_samples(
    f: NDArray[np.float64], law: int, states: NDArray[np.uint64], stream: int, out: NDArray[np.int64]
) -> None:
    for i in range(len(out)):
        out[i] = sample(f, law, states, stream)


@every_law
def test_the_engine_draws_what_python_draws(index: int) -> None:
    u = np.concatenate([np.linspace(1e-5, 1.0 - 1e-5, 2001), [1e-9, 1e-7, 1.0 - 1e-7, 1.0 - 1e-9]])
    seconds = np.empty(len(u))
    engine_quantiles(MEMORY, index * LAW_SIZE, u, seconds)
    hours = LAWS[index].draw(u)
    np.testing.assert_allclose(seconds[:-4] / 3600.0, hours[:-4], rtol=1e-9)
    # where 1 - u has few digits left, or a kernel is cut next to zero
    np.testing.assert_allclose(seconds[-4:] / 3600.0, hours[-4:], rtol=1e-6)


@every_law
def test_the_engine_samples_the_law(index: int) -> None:
    states = np.zeros((2, 4), np.uint64)
    seed_stream(states, 1, np.uint64(7), index, np.uint64(99), 3)
    seconds = np.empty(N, np.int64)
    engine_samples(MEMORY, index * LAW_SIZE, states, 1, seconds)
    # undo the rounding to whole seconds, so that ties do not count as steps
    jitter = 0.0 if LAWS[index].atoms else np.random.default_rng(1).uniform(-0.5, 0.5, N)
    check_sample(LAWS[index], np.maximum((seconds + jitter) / 3600.0, 0.0))


@every_law
def test_one_uniform_number_a_draw(index: int) -> None:
    states = np.zeros((2, 4), np.uint64)
    seed_stream(states, 0, np.uint64(7), index, np.uint64(99), 3)
    seed_stream(states, 1, np.uint64(7), index, np.uint64(99), 3)
    sample(MEMORY, index * LAW_SIZE, states, 0)
    uniform(states, 1)
    np.testing.assert_array_equal(states[0], states[1])
