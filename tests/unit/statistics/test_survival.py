"""Limits of S(x), of the hurdle model and p-values: they must hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, kstest

from spareverse.statistics import weibull
from spareverse.statistics.goodness import LEAST_SAMPLE, weibull_p_values
from spareverse.statistics.hurdle import fit_hurdles
from spareverse.statistics.survival import survival_quantiles

SAMPLES = 1_500
# Four standard errors of a share of 0.95.
SLACK = 4.0 * (0.95 * 0.05 / SAMPLES) ** 0.5


def even_starts(samples: int, size: int) -> np.ndarray:
    return np.arange(samples + 1, dtype=np.int64) * size


@pytest.mark.parametrize(("size", "shape"), [(4, 2.12), (8, 0.8), (25, 1.44)])
def test_limits_of_a_survival_hold_in_95_percent_of_complete_samples(size: int, shape: float) -> None:
    random = np.random.default_rng(size)
    values = 80.0 * random.weibull(shape, SAMPLES * size)
    censored, starts = np.zeros(len(values), dtype=bool), even_starts(SAMPLES, size)
    fits = weibull.fit_many(values, censored, starts)
    for truth in (0.5, 0.1):
        x = np.full(SAMPLES, 80.0 * (-np.log(truth)) ** (1 / shape))
        low, middle, high = survival_quantiles(values, censored, starts, fits.shape, x, (0.025, 0.5, 0.975)).T
        assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.95, abs=SLACK)
        # Each side misses as often as the other.
        assert (high < truth).mean() == pytest.approx(0.025, abs=0.75 * SLACK)
        assert (low <= middle).all()
        assert (middle <= high).all()


def test_limits_hold_with_censoring() -> None:
    random = np.random.default_rng(4)
    size = 15
    lives, ends = 80.0 * random.weibull(2.0, (SAMPLES, size)), random.uniform(20.0, 250.0, (SAMPLES, size))
    values, censored = np.minimum(lives, ends).ravel(), (lives > ends).ravel()
    starts = even_starts(SAMPLES, size)
    fits = weibull.fit_many(values, censored, starts)
    x = np.full(SAMPLES, 80.0 * (-np.log(0.3)) ** 0.5)
    low, high = survival_quantiles(values, censored, starts, fits.shape, x, (0.025, 0.975)).T
    assert 0.93 < ((low <= 0.3) & (high >= 0.3)).mean() < 0.97


def test_limits_scale_with_time() -> None:
    random = np.random.default_rng(9)
    values, starts = 10.0 * random.weibull(1.5, 60), even_starts(6, 10)
    done = np.zeros(60, dtype=bool)
    shape = weibull.fit_many(values, done, starts).shape
    one = survival_quantiles(values, done, starts, shape, np.full(6, 9.0), (0.025, 0.975))
    other = survival_quantiles(values * 24.0, done, starts, shape, np.full(6, 9.0 * 24.0), (0.025, 0.975))
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_no_limits_from_fewer_than_two_failures() -> None:
    values, censored = np.array([5.0, 9.0, 3.0]), np.array([False, True, True])
    out = survival_quantiles(values, censored, np.array([0, 3]), np.array([1.0]), np.array([4.0]), (0.025, 0.975))
    assert np.isnan(out).all()


def test_hurdle_by_hand() -> None:
    covers = np.array([0.0, 3.0, 8.0, 0.0, 14.0, 0.0, 0.0, 5.0])
    fits = fit_hurdles(covers, np.array([0, 5, 7, 8, 8], dtype=np.int64))
    np.testing.assert_array_equal(fits.cycles, [5, 2, 1, 0])
    np.testing.assert_array_equal(fits.positive, [3, 0, 1, 0])
    np.testing.assert_allclose(fits.no_sale, [0.4, 1.0, 0.0, np.nan])
    own = weibull.fit(np.array([3.0, 8.0, 14.0])).distribution
    assert (fits.shape[0], fits.scale[0]) == pytest.approx((own.shape, own.scale))
    assert np.isnan(fits.shape[1:]).all()
    x = np.array([6.0, 6.0, 6.0, 6.0])
    assert fits.risk(x)[0] == pytest.approx(0.6 * float(own.survival(6.0)))
    low, high = fits.limits(x)
    assert low[0] < fits.risk(x)[0] < high[0] < 1.0
    assert np.isnan(low[1:]).all()


def test_hurdle_limits_approach_those_of_a_share_where_every_cover_exceeds() -> None:
    random = np.random.default_rng(1)
    sold = random.random(400) < 0.7
    covers = np.where(sold, 100.0 * random.weibull(5.0, 400), 0.0)
    low, high = fit_hurdles(covers, np.array([0, 400], dtype=np.int64)).limits(np.array([0.5]))
    jeffreys = beta(sold.sum() + 0.5, (~sold).sum() + 0.5)
    assert (low[0], high[0]) == pytest.approx((jeffreys.ppf(0.025), jeffreys.ppf(0.975)), abs=2e-3)


def test_hurdle_limits_exist_where_the_survival_underflows() -> None:
    """Two nearly equal covers fit a huge shape; far beyond them the survival is no float any more."""
    covers = np.array([5.0, 5.001, 0.0])
    low, high = fit_hurdles(covers, np.array([0, 3], dtype=np.int64)).limits(np.array([60.0]))
    assert 0.0 <= low[0] <= high[0] <= 1.0


@pytest.mark.parametrize("size", [5, 12, 60])
def test_p_values_are_uniform_when_the_weibull_holds(size: int) -> None:
    random = np.random.default_rng(size + 1)
    p = weibull_p_values(40.0 * random.weibull(1.7, 800 * size), even_starts(800, size))
    assert kstest(p, "uniform").pvalue > 1e-3


def test_p_values_see_what_is_no_weibull() -> None:
    random = np.random.default_rng(3)
    two_humps = np.concatenate([random.normal(20, 1, (50, 30)), random.normal(200, 5, (50, 30))], axis=1).ravel()
    assert (weibull_p_values(two_humps, even_starts(50, 60)) < 0.01).all()


def test_p_values_need_enough_data_and_ignore_the_order() -> None:
    random = np.random.default_rng(6)
    values = random.weibull(2.0, LEAST_SAMPLE - 1 + 20)
    starts = np.array([0, LEAST_SAMPLE - 1, len(values)], dtype=np.int64)
    p = weibull_p_values(values, starts)
    assert np.isnan(p[0])
    assert 0.0 < p[1] <= 1.0
    shuffled = np.concatenate([values[: LEAST_SAMPLE - 1], random.permutation(values[LEAST_SAMPLE - 1 :])])
    np.testing.assert_array_equal(weibull_p_values(shuffled, starts), p)
