"""The special functions of our own against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc, stdtrit
from scipy.stats import gamma, norm

from spareverse.special import gamma_cdf, gamma_quantile, normal_quantile, student_quantile, wilson_hilferty

probabilities = st.floats(1e-9, 1.0 - 1e-9)


@settings(max_examples=300, deadline=None)
@given(st.floats(0.01, 2e3), st.floats(0.0, 3.0))
def test_gamma_distribution(shape: float, relative: float) -> None:
    x = shape * relative
    assert gamma_cdf(shape, x) == pytest.approx(gammainc(shape, x), rel=1e-9, abs=1e-13)


@settings(max_examples=300, deadline=None)
@given(st.floats(0.05, 1e4), probabilities)
def test_gamma_quantile(shape: float, probability: float) -> None:
    assert gamma_quantile(shape, probability) == pytest.approx(gamma.ppf(probability, shape), rel=1e-7)


def test_gamma_quantile_of_a_hardly_known_rate() -> None:
    # Far below one order in the life of the universe the digits no longer matter.
    for shape in (0.002, 0.01, 0.03):
        for probability in (0.025, 0.5, 0.975):
            truth = gamma.ppf(probability, shape)
            assert gamma_quantile(shape, probability) == pytest.approx(truth, rel=1e-6, abs=1e-30)


@settings(max_examples=200, deadline=None)
@given(probabilities)
def test_normal_quantile(probability: float) -> None:
    assert normal_quantile(probability) == pytest.approx(norm.ppf(probability), rel=1e-9, abs=1e-12)


def test_edges() -> None:
    assert gamma_cdf(2.0, 0.0) == 0.0
    assert gamma_quantile(2.0, 0.0) == 0.0
    assert normal_quantile(0.5) == pytest.approx(0.0, abs=1e-15)
    assert normal_quantile(0.0) == -np.inf
    assert normal_quantile(1.0) == np.inf


def test_the_shortcut_for_large_shapes_is_right_to_three_digits() -> None:
    for shape in (60.0, 150.0, 1e4):
        x = gamma.ppf(np.linspace(0.001, 0.999, 41), shape)
        ours = np.array([wilson_hilferty(shape, value) for value in x])
        np.testing.assert_allclose(ours, gamma.cdf(x, shape), atol=5e-4)


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.4, 0.5, 0.9, 0.975, 0.999])
def test_student_quantile(probability: float) -> None:
    for degrees in [*range(1, 60), 99, 198, 199, 200, 201, 999, 10_000, 10_000_000]:
        truth = stdtrit(degrees, probability)
        assert student_quantile(degrees, probability) == pytest.approx(truth, rel=1e-12, abs=1e-15)


def test_student_quantile_of_nothing() -> None:
    for degrees, probability in ((0, 0.975), (5, 0.9999), (5, 0.0)):
        with pytest.raises(ValueError, match="degrees of freedom"):
            student_quantile(degrees, probability)
