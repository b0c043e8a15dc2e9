"""Order amplification: closed forms beside the same policies run on random demand, and measured ratios."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.statistics.order_amplification import (
    best_forecast,
    exponential_smoothing,
    moving_average,
    smoothed_orders,
    variance_ratio,
)

Floats = NDArray[np.float64]
PERIODS = 400_000


def demand(correlation: float) -> Floats:
    noise = np.random.default_rng(8).normal(0.0, 1.0, PERIODS)
    found = np.empty(PERIODS)
    found[0] = noise[0]
    for t in range(1, PERIODS):
        found[t] = correlation * found[t - 1] + noise[t]
    return found


def ratios(seen: Floats, level: Floats, lead: int) -> tuple[float, float]:
    """Orders after each period up to the level; net stock is the level less the demand of the lead time after it."""
    orders = level[1:] - level[:-1] + seen[1:]
    after = np.convolve(seen, np.ones(lead), "valid")
    net = level[: -lead - 1] - after[1 : len(level) - lead]
    keep = slice(100, None)
    return float(orders[keep].var() / seen.var()), float(net[keep].var() / seen.var())


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.4])
def test_moving_average_and_smoothing_as_run(correlation: float) -> None:
    seen, lead = demand(correlation), 3
    mean = np.convolve(seen, np.ones(4) / 4)[:PERIODS]
    found = moving_average(lead, 4, correlation)
    assert (found.orders, found.net_stock) == pytest.approx(ratios(seen, lead * mean, lead), rel=0.02)
    smooth = np.empty(PERIODS)
    smooth[0] = 0.0
    for t in range(1, PERIODS):
        smooth[t] = 0.8 * smooth[t - 1] + 0.2 * seen[t]
    found = exponential_smoothing(lead, 0.2, correlation)
    assert (found.orders, found.net_stock) == pytest.approx(ratios(seen, lead * smooth, lead), rel=0.02)


@pytest.mark.parametrize("correlation", [0.6, -0.4])
def test_best_forecast_as_run(correlation: float) -> None:
    """Orders of negatively correlated demand vary less than the demand itself [Lee et al. 1997]."""
    seen, lead = demand(correlation), 3
    ahead = sum(correlation**i for i in range(1, lead + 1))
    found = best_forecast(lead, correlation)
    assert (found.orders, found.net_stock) == pytest.approx(ratios(seen, ahead * seen, lead), rel=0.02)
    assert (found.orders > 1.0) == (correlation > 0.0)


def test_smoothed_orders_as_run() -> None:
    """Disney & Towill 2003: the gap of the inventory position is closed by a third each period."""
    seen, lead, ti = demand(0.0), 2, 3.0
    orders, position = np.zeros(PERIODS), 0.0
    for t in range(PERIODS):
        position -= seen[t]
        orders[t] = -position / ti
        position += orders[t]
    arrived = np.concatenate([np.zeros(lead), orders[:-lead]])
    net = np.cumsum(arrived - seen)
    found = smoothed_orders(lead, ti)
    assert (found.orders, found.net_stock) == pytest.approx((orders.var() / seen.var(), net.var()), rel=0.02)


def test_measured_ratio_covers_the_closed_form() -> None:
    """40 small runs each: at least 34 of the 95 % intervals hold the closed form (binomial: all but 1 in 2,500 do)."""
    truth, held = moving_average(2, 5).orders, 0
    for seed in range(40):
        seen = np.random.default_rng(seed).normal(10.0, 2.0, (12, 130))
        level = 2.0 * np.apply_along_axis(lambda row: np.convolve(row, np.ones(5) / 5, "valid"), 1, seen)
        orders = level[:, 1:] - level[:, :-1] + seen[:, 5:]
        _, low, high = variance_ratio(orders, seen[:, 5:])
        held += low <= truth <= high
    assert held >= 34


def test_measured_ratio_of_one_series_and_of_nothing() -> None:
    seen = np.random.default_rng(1).poisson(3.0, 200).astype(float)
    assert variance_ratio(2.0 * seen, seen) == pytest.approx((4.0, 4.0, 4.0))
    ratio, low, high = variance_ratio(seen, np.full(200, 3.0))
    assert np.isnan([ratio, low, high]).all()
    assert np.isnan(variance_ratio(seen[:10], seen[1:11])[1:]).all()
    with pytest.raises(ValueError, match="one length"):
        variance_ratio(seen, seen[1:])


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="lead time"):
        moving_average(0, 3)
    with pytest.raises(ValueError, match="swing"):
        smoothed_orders(2, 0.4)
    with pytest.raises(ValueError, match="correlation"):
        best_forecast(2, 1.0)
