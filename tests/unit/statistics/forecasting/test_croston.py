"""Croston, SBA and TSB, worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from spareverse.statistics.forecasting import croston as family
from spareverse.statistics.forecasting.croston import Forecasts, croston, sba, tsb
from spareverse.statistics.forecasting.smoothing import best_constants

NAN = np.nan
METHODS = pytest.mark.parametrize("method", [croston, sba, tsb])
Method = Callable[..., Forecasts]


def one(method: Method, values: list[float], *constants: float) -> tuple[float, float, float, list[float]]:
    found = method(values, [0, len(values)], *constants, origins=True)
    return found.size[0], found.chance[0], found.rate[0], found.origins.tolist()


def test_croston_smooths_sizes_and_intervals_at_each_demand() -> None:
    # size 2, interval 2; then size (2 + 4) / 2 = 3, interval (2 + 3) / 2 = 2.5
    size, chance, rate, origins = one(croston, [0, 2, 0, 0, 4], 0.5)
    assert (size, chance, rate) == pytest.approx((3.0, 0.4, 1.2))
    assert_allclose(origins, [NAN, NAN, 1.0, 1.0, 1.0])


def test_a_constant_of_its_own_for_the_interval() -> None:
    # interval 2 + 0.1 (3 - 2) = 2.1
    assert one(croston, [0, 2, 0, 0, 4], 0.5, 0.1)[:3] == pytest.approx((3.0, 1 / 2.1, 3 / 2.1))
    assert one(sba, [0, 2, 0, 0, 4], 0.5, 0.1)[2] == pytest.approx(0.95 * 3 / 2.1)


def test_sba_takes_the_bias_back() -> None:
    size, chance, rate, origins = one(sba, [0, 2, 0, 0, 4], 0.5)
    assert (size, chance, rate) == pytest.approx((3.0, 0.4, 0.9))
    assert_allclose(origins, [NAN, NAN, 0.75, 0.75, 0.75])


def test_tsb_fades_while_nothing_is_asked_for() -> None:
    # chance 0, 0.5, 0.25, 0.125, 0.5625; size 2, then 3
    size, chance, rate, origins = one(tsb, [0, 2, 0, 0, 4], 0.5, 0.5)
    assert (size, chance, rate) == pytest.approx((3.0, 0.5625, 1.6875))
    assert_allclose(origins, [NAN, NAN, 1.0, 0.5, 0.25])
    assert one(tsb, [4.0, 0.0], 0.5, 0.5)[2] == 2.0


@METHODS
def test_missing_periods_change_nothing_but_have_a_forecast(method: Method) -> None:
    *plain, path = one(method, [0, 2, 0, 0, 4, 0], 0.5, 0.3)
    *gaps, with_gaps = one(method, [NAN, 0, 2, NAN, NAN, 0, 0, 4, NAN, 0], 0.5, 0.3)
    assert gaps == plain
    assert_allclose([with_gaps[k] for k in (1, 2, 5, 6, 7, 9)], path)
    assert with_gaps[3] == with_gaps[4] == path[2]


@METHODS
def test_without_demand_there_is_no_forecast(method: Method) -> None:
    found = method([0, 0, NAN, NAN, 3, -1, 3, np.inf], np.arange(5) * 2, origins=True)
    for part in (found.size, found.chance, found.rate, found.origins):
        assert np.isnan(part).all()


def test_one_demand_is_its_own_forecast() -> None:
    assert one(croston, [0, 0, 6, 0], 0.1)[:3] == pytest.approx((6.0, 1 / 3, 2.0))


@METHODS
def test_constants_of_each_series(method: Method) -> None:
    values = np.array([0, 2, 0, 0, 4, 1, 0, 5, 5, 0], dtype=float)
    together = method(values, [0, 5, 10], [0.1, 0.7], [0.2, 0.4])
    assert together.rate[0] == method(values[:5], [0, 5], 0.1, 0.2).rate[0]
    assert together.rate[1] == method(values[5:], [0, 5], 0.7, 0.4).rate[0]
    for constants in (([0.1, NAN], [0.2, 0.4]), ([0.1, 0.7], [0.2, NAN])):
        without = method(values, [0, 5, 10], *constants)
        assert without.rate[0] == together.rate[0]
        assert np.isnan(without.rate[1])


@METHODS
def test_constants_outside_their_range_are_refused(method: Method) -> None:
    for constant in (0.0, -0.1, 1.1):
        with pytest.raises(ValueError, match="above 0"):
            method([1.0], [0, 1], constant)
        with pytest.raises(ValueError, match="above 0"):
            method([1.0], [0, 1], 0.1, constant)


def test_fitted_constants_serve_as_arguments() -> None:
    random = np.random.default_rng(5)
    values = random.poisson(0.7, 3_000).astype(float)
    starts = np.arange(51) * 60
    sizes, intervals = (best_constants(values, starts, stream) for stream in ("sizes", "intervals"))
    assert ((sizes >= 0.1) & (sizes <= 0.3)).all()
    assert np.isfinite(croston(values, starts, sizes, intervals).rate).all()


@METHODS
def test_compiled_and_plain_agree(method: Method) -> None:
    random = np.random.default_rng(4)
    values = random.poisson(0.4, 2_000).astype(float)
    values[random.random(2_000) < 0.1] = NAN
    starts = np.arange(41) * 50
    expected = method(values, starts, 0.15, 0.25, origins=True)
    kernel = family._tsb_many if method is tsb else family._croston_many
    factor = np.full(40, 0.875 if method is sba else 1.0)
    found, path = np.full((3, 40), NAN), np.full(2_000, NAN)
    kernel.py_func(values, starts, 0, 40, np.full(40, 0.15), np.full(40, 0.25), factor, found, path)
    assert_allclose(found, [expected.size, expected.chance, expected.rate], rtol=1e-12)
    assert_allclose(path, expected.origins, rtol=1e-12)
