"""Exponential smoothing and the forecasts from aggregated demand, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from spareverse.statistics.forecasting import aggregation, smoothing
from spareverse.statistics.forecasting.aggregation import adida, adida_origins, imapa, imapa_origins
from spareverse.statistics.forecasting.smoothing import best_alpha, best_constants, exponential_smoothing, squared_error

NAN = np.nan


def demand(series: int, periods: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(9)
    values = random.poisson(0.3, series * periods) * random.geometric(0.4, series * periods).astype(float)
    values[random.random(series * periods) < 0.05] = NAN
    return values, np.arange(series + 1) * periods


def test_smoothing_begins_with_the_first_known_period() -> None:
    assert exponential_smoothing([NAN, 1, 3, NAN, 2, 0, 0, NAN, NAN, 1, -1], [0, 5, 7, 9, 11], 0.5) == pytest.approx(
        [2.0, 0.0, NAN, NAN], nan_ok=True
    )


def test_the_squared_error_one_step_ahead() -> None:
    # errors 2, then 0 - 1 = -1, then 4 - 0.5
    assert squared_error(np.array([0.0, 2.0, 0.0, 4.0]), 4, 0.5) == pytest.approx(4 + 1 + 3.5**2)


def test_the_best_constant_is_that_of_a_fine_search() -> None:
    values, _ = demand(40, 30)
    grid = np.linspace(0.05, 0.6, 5_501)
    for stream in np.nan_to_num(values).reshape(40, 30):
        errors = [squared_error(stream, 30, alpha) for alpha in grid]
        assert squared_error(stream, 30, best_alpha(stream, 30, 0.05, 0.6)) == pytest.approx(min(errors), rel=1e-6)


def test_where_all_constants_fit_alike_it_is_the_middle() -> None:
    for stream in ([3.0], [3.0, 9.0], [5.0, 5.0, 5.0], [0.0, 0.0, 0.0, 7.0]):
        assert best_constants(stream, [0, len(stream)], "periods", (0.1, 0.3)) == pytest.approx([0.2])


def test_streams_of_a_series() -> None:
    values, out = np.array([0, 4, NAN, 0, 0, 7, 2, 0]), np.empty(8)
    expected = {0: [0, 4, 0, 0, 7, 2, 0], 1: [4, 7, 2], 2: [2, 3, 1], 3: [0, 1, 0, 0, 1, 1, 0]}
    for kind, stream in expected.items():
        for take in (smoothing.take_stream, smoothing.take_stream.py_func):
            assert out[: take(values, 0, 8, kind, out)].tolist() == stream


def test_adida_smooths_sums_over_a_mean_interval() -> None:
    # interval 2: sums 2 and 4, level 2 + 0.2 (4 - 2) = 2.4 for two periods
    assert adida([0, 2, 0, 4], [0, 4]) == pytest.approx([1.2])
    # what is left over at the beginning is not used
    assert adida([0, 0, 2, 0, 4], [0, 5]) == pytest.approx([1.2])


def test_imapa_is_the_mean_over_levels() -> None:
    # single periods 0, 2, 0, 4 fit best with 0.3: levels 0, 0.6, 0.42, 1.494
    assert imapa([0, 2, 0, 4], [0, 4]) == pytest.approx([(1.494 + 1.2) / 2], abs=1e-5)


@pytest.mark.parametrize("method", [adida, imapa])
def test_without_demand_there_is_no_forecast(method: type) -> None:
    assert np.isnan(method([0, 0, NAN, NAN, 3, -1], [0, 2, 4, 6])).all()
    assert method([0, 0, 6], [0, 3]) == pytest.approx([2.0] if method is adida else [(1.2 + 3 + 2) / 3], abs=1e-5)


@pytest.mark.parametrize(("method", "origins"), [(adida, adida_origins), (imapa, imapa_origins)])
def test_a_forecast_at_an_origin_is_that_of_the_periods_before(method: type, origins: type) -> None:
    values, starts = demand(6, 40)
    path = origins(values, starts)
    for i in range(6):
        series = values[starts[i] : starts[i + 1]]
        expected = [method(series[:k], [0, k])[0] for k in range(40)]
        assert_allclose(path[starts[i] : starts[i + 1]], expected, rtol=1e-12)


def test_bounds_that_do_not_ascend_are_refused() -> None:
    for bounds in ((0.0, 0.3), (0.4, 0.3), (0.1, 1.5)):
        with pytest.raises(ValueError, match="bounds"):
            best_constants([1.0], [0, 1], "sizes", bounds)
        with pytest.raises(ValueError, match="bounds"):
            imapa([1.0], [0, 1], bounds)


def test_compiled_and_plain_agree() -> None:
    values, starts = demand(12, 40)
    for every_level, method, origins in ((False, adida, adida_origins), (True, imapa, imapa_origins)):
        rate, path = np.full(12, NAN), np.full(480, NAN)
        aggregation._aggregate_many.py_func(values, starts, 0, 12, every_level, 0.1, 0.3, rate)
        aggregation._aggregate_origins.py_func(values, starts, 0, 12, every_level, 0.1, 0.3, path)
        assert_allclose(rate, method(values, starts), rtol=1e-12)
        assert_allclose(path, origins(values, starts), rtol=1e-12)
    stream, sums = np.nan_to_num(values[:40]), np.empty(40)
    for kernel, arguments in (
        (best_alpha, (stream, 40, 0.1, 0.3)),
        (squared_error, (stream, 40, 0.2)),
        (smoothing.smooth, (stream, 40, 0.2)),
        (aggregation._mean_interval, (stream, 40)),
        (aggregation._at_level, (stream, 40, 3, 0.1, 0.3, sums)),
        (aggregation._aggregate, (stream, 40, True, 0.1, 0.3, sums)),
    ):
        assert kernel.py_func(*arguments) == pytest.approx(kernel(*arguments), rel=1e-12)
