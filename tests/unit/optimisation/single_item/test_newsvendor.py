"""The newsvendor and periodic base stock against textbook figures, integrals and enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from spareverse.network.distributions import Gamma, LogNormal
from spareverse.optimisation.single_item.demand_laws import from_chances, poisson
from spareverse.optimisation.single_item.newsvendor import (
    base_stock,
    base_stock_normal,
    margins,
    newsvendor,
    newsvendor_continuous,
    newsvendor_normal,
)


def test_textbook_examples() -> None:
    """Snyder & Shen (2019), examples 4.2 to 4.4 and problems 4.7 and 4.8."""
    assert vars(newsvendor_normal(50, 8, 0.18, 0.7)) == pytest.approx(
        {"level": 56.60395592743389, "cost": 1.997605193176645, "chance_enough": 0.7 / 0.88}, rel=1e-9
    )
    late = base_stock_normal(50, 8, 4, 0.18, 0.7)
    assert (late.level, late.cost) == pytest.approx((264.7668943741548, 4.466781004149578), rel=1e-9)
    holding, stockout = margins(1.0, 0.3, 0.12)
    assert stockout * 50 - newsvendor_normal(50, 8, holding, stockout).cost == pytest.approx(33.002394806823354)
    counted = newsvendor(poisson(18), 200, 270)
    assert (counted.level, counted.cost) == pytest.approx((19, 786.0884409351115), rel=1e-9)
    chances = dict(zip(range(1, 9), (0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05), strict=True))
    tried = newsvendor(from_chances(chances), 500_000, 1_000_000)
    assert (tried.level, tried.cost) == pytest.approx((5, 1_225_000))
    lasting = newsvendor_continuous(LogNormal(math.exp(6), 0.3), 1, 0.1765)
    assert (lasting.level, lasting.cost) == pytest.approx((295.6266448071368, 29.44254358213536), rel=1e-9)


def test_continuous_cost_is_its_integral() -> None:
    law = Gamma(2.0, 30.0)
    found = newsvendor_continuous(law, 2.0, 9.0)
    left = integrate.quad(lambda x: float(law.cdf(x)), 0, found.level)[0]
    short = integrate.quad(lambda x: float(law.survival(x)), found.level, math.inf)[0]
    assert found.cost == pytest.approx(2 * left + 9 * short, rel=1e-8)


def test_any_level_can_be_priced() -> None:
    level, mean, sd = 61.0, 50.0, 8.0
    shortage = integrate.quad(lambda x: stats.norm.sf(x, mean, sd), level, mean + 12 * sd)[0]
    found = newsvendor_normal(mean, sd, 0.18, 0.7, level=level)
    assert found.cost == pytest.approx(0.18 * (level - mean + shortage) + 0.7 * shortage, rel=1e-9)
    assert found.chance_enough == pytest.approx(stats.norm.cdf(level, mean, sd))
    assert newsvendor(poisson(6), 1, 4, level=3).cost > newsvendor(poisson(6), 1, 4).cost


def test_no_spread_means_no_cost() -> None:
    assert newsvendor_normal(50, 0, 1, 9).cost == 0.0
    assert newsvendor_normal(50, 0, 1, 9, level=48).cost == 18.0


def test_base_stock_against_simulated_periods() -> None:
    """Order up to S at the start of each period, receipt two periods later, cost at the end; 4 standard errors."""
    lead, periods = 2, 40_000
    demand = np.random.default_rng(3).poisson(2.5, periods + lead)
    best = base_stock(poisson(2.5), lead, 1.0, 12.0)
    met_by_then = np.convolve(demand, np.ones(lead + 1), mode="valid")
    net = best.level - met_by_then
    costs = np.where(net >= 0, net, -12.0 * net)
    error = np.array([block.mean() for block in np.array_split(costs, 40)]).std(ddof=1) / math.sqrt(40)
    assert best.cost == pytest.approx(costs.mean(), abs=4 * error)


def test_senseless_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="stockout cost must be above zero, got -1"):
        newsvendor(poisson(5), 1, -1)
    with pytest.raises(ValueError, match="standard deviation must not be negative, got -8"):
        newsvendor_normal(50, -8, 1, 2)
    with pytest.raises(ValueError, match="lead time must not be negative"):
        base_stock_normal(50, 8, -1, 1, 2)
    with pytest.raises(ValueError, match="at least 0"):
        base_stock(poisson(5), -2, 1, 2)
    with pytest.raises(ValueError, match="salvage value < purchase cost < revenue"):
        margins(1.0, 2.0)
