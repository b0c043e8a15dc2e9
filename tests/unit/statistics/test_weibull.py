"""Maximum-likelihood Weibull fits against 40-digit arithmetic, SciPy, and what holds for every sample."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, weibull_min

from spareverse.errors import NotEnoughData
from spareverse.statistics import weibull

samples = st.lists(
    st.tuples(st.floats(0.05, 900.0), st.booleans()), min_size=3, max_size=25, unique_by=lambda pair: round(pair[0], 2)
).filter(lambda pairs: sum(not censored for _, censored in pairs) >= 2)


def precise_fit(values: list[float], censored: list[bool]) -> tuple[float, float, float]:
    """Shape, scale and log-likelihood to 40 digits: the root of the profiled likelihood equation, bracketed."""
    with mpmath.workdps(40):
        times = [mpmath.mpf(value) for value in values]
        logs = [mpmath.log(t) for t in times]
        failed = [y for y, flag in zip(logs, censored, strict=True) if not flag]
        mean = sum(failed) / len(failed)
        top = max(logs)

        def equation(shape: mpmath.mpf) -> mpmath.mpf:
            weights = [mpmath.exp(shape * (y - top)) for y in logs]
            return sum(w * y for w, y in zip(weights, logs, strict=True)) / sum(weights) - 1 / shape - mean

        low, high = mpmath.mpf("1e-6"), mpmath.mpf(1)
        while equation(high) < 0:
            high *= 2
        shape = mpmath.findroot(equation, (low, high), solver="anderson", tol=1e-60, maxsteps=500)
        scale = (sum(t**shape for t in times) / len(failed)) ** (1 / shape)
        likelihood = sum(
            -((t / scale) ** shape) + (0 if flag else mpmath.log(shape / scale) + (shape - 1) * mpmath.log(t / scale))
            for t, flag in zip(times, censored, strict=True)
        )
        return float(shape), float(scale), float(likelihood)


def fitted(values: list[float], censored: list[bool]) -> tuple[float, float, float]:
    found = weibull.fit(np.array(values), np.array(censored))
    return found.distribution.shape, found.distribution.scale, found.log_likelihood


@settings(max_examples=40, deadline=None)
@given(samples)
def test_agrees_with_forty_digits(pairs: list[tuple[float, bool]]) -> None:
    values, censored = map(list, zip(*pairs, strict=True))
    try:
        found = fitted(values, censored)
    except NotEnoughData:
        # Completed times that all equal the largest one leave the likelihood without a maximum.
        done = [value for value, flag in pairs if not flag]
        assert min(done) == max(values)
        return
    truth = precise_fit(values, censored)
    assert found[0] == pytest.approx(truth[0], rel=1e-9)
    assert found[1] == pytest.approx(truth[1], rel=1e-9)
    assert found[2] == pytest.approx(truth[2], rel=1e-9, abs=1e-9)


def test_agrees_with_scipy() -> None:
    random = np.random.default_rng(5)
    for shape, size, share in ((0.6, 40, 0.0), (2.12, 12, 0.3), (5.0, 200, 0.5)):
        values = 80.0 * random.weibull(shape, size)
        censored = random.random(size) < share
        theirs = weibull_min.fit(CensoredData(uncensored=values[~censored], right=values[censored]), floc=0)
        ours = weibull.fit(values, censored)
        assert (ours.failures, ours.censored) == ((~censored).sum(), censored.sum())
        assert ours.distribution.shape == pytest.approx(theirs[0], rel=2e-4)
        assert ours.distribution.scale == pytest.approx(theirs[2], rel=2e-4)


@settings(max_examples=60, deadline=None)
@given(samples, st.floats(1e-3, 1e3))
def test_scaling_time_scales_the_scale_only(pairs: list[tuple[float, bool]], factor: float) -> None:
    values, censored = (np.array(column) for column in zip(*pairs, strict=True))
    starts = np.array([0, len(values)], dtype=np.int64)
    one, other = weibull.fit_many(values, censored, starts), weibull.fit_many(values * factor, censored, starts)
    assert one.status[0] == other.status[0]
    np.testing.assert_allclose(other.shape, one.shape, rtol=1e-9)
    np.testing.assert_allclose(other.scale, factor * one.scale, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(samples, st.integers(0, 24))
def test_censoring_an_observation_never_shortens_the_mean_life(pairs: list[tuple[float, bool]], which: int) -> None:
    values, censored = (np.array(column) for column in zip(*pairs, strict=True))
    which %= len(values)
    later = censored.copy()
    later[which] = True
    starts = np.array([0, len(values)], dtype=np.int64)
    # At a given shape: the scale is (sum of t^shape / failures)^(1 / shape).
    before, after = (weibull.fit_many(values, flags, starts) for flags in (censored, later))
    for fits, flags in ((before, censored), (after, later)):
        if fits.status[0] == weibull.FITTED:
            shape = fits.shape[0]
            top = values.max()
            closed = top * (np.sum((values / top) ** shape) / np.sum(~flags)) ** (1.0 / shape)
            assert fits.scale[0] == pytest.approx(closed, rel=1e-9)
    if np.sum(~later) < 1:
        assert after.status[0] == weibull.NO_FAILURE


def test_every_sample_is_fitted_as_if_alone() -> None:
    random = np.random.default_rng(11)
    sizes = random.integers(0, 9, 400)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    values = 50.0 * random.weibull(1.4, starts[-1])
    censored = random.random(starts[-1]) < 0.25
    together = weibull.fit_many(values, censored, starts)
    assert {weibull.FITTED, weibull.NO_FAILURE, weibull.NO_SPREAD} == set(together.status.tolist())
    for i in random.integers(0, 400, 60):
        part = slice(starts[i], starts[i + 1])
        alone = weibull.fit_many(values[part], censored[part], np.array([0, sizes[i]], dtype=np.int64))
        np.testing.assert_array_equal(
            [alone.shape[0], alone.scale[0], alone.log_likelihood[0], alone.status[0]],
            [together.shape[i], together.scale[i], together.log_likelihood[i], together.status[i]],
        )


def test_the_compiled_kernel_is_its_own_source() -> None:
    random = np.random.default_rng(2)
    values, censored = 30.0 * random.weibull(2.0, 60), random.random(60) < 0.3
    starts = np.arange(0, 61, 6, dtype=np.int64)
    results = []
    for run in (weibull.fit_range, weibull.fit_range.py_func):  # type: ignore[attr-defined]
        out, status = np.empty((10, 3)), np.empty(10, dtype=np.int64)
        run(values, censored, 0.4 * values, starts, 0, 10, out, status)
        results.append((out, status))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-13)
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_times_of_zero_are_left_out() -> None:
    with_zeros = weibull.fit(np.array([0.0, 12.0, 30.0, 0.0, 44.0]))
    without = weibull.fit(np.array([12.0, 30.0, 44.0]))
    assert with_zeros.distribution == without.distribution
    assert with_zeros.failures == 3


@pytest.mark.parametrize(
    ("values", "censored", "why"),
    [
        ([5.0, 9.0], [True, True], "at least one completed"),
        ([], [], "at least one completed"),
        ([0.0, 0.0], [False, False], "at least one completed"),
        ([7.0, 7.0, 7.0], [False] * 3, "differ"),
        ([7.0, 3.0], [False, True], "differ"),
        ([7.0], [False], "differ"),
    ],
)
def test_a_sample_that_cannot_be_fitted_says_why(values: list[float], censored: list[bool], why: str) -> None:
    with pytest.raises(NotEnoughData, match=why):
        weibull.fit(np.array(values, dtype=float), np.array(censored, dtype=bool))


def test_extreme_samples_stay_finite_and_right() -> None:
    for values in ([1e-8, 1e8], [100.0, 100.0001], [1.0, 1.0, 1.0, 1.0, 1e6], list(np.linspace(1, 2, 5000))):
        shape, scale, likelihood = fitted(list(values), [False] * len(values))
        truth = precise_fit(list(values), [False] * len(values)) if len(values) < 10 else None
        assert all(map(math.isfinite, (shape, scale, likelihood)))
        if truth:
            assert (shape, scale) == pytest.approx(truth[:2], rel=1e-7)
