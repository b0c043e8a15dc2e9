"""Laws of whole pieces against SciPy, against enumeration, and their refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from spareverse.optimisation.single_item.demand_laws import (
    DiscreteLaw,
    certain,
    compound_poisson,
    from_chances,
    negative_binomial,
    poisson,
)

SIZES = from_chances({1: 0.5, 2: 0.2, 5: 0.3})


@pytest.mark.parametrize("mean", [1e-6, 0.3, 7.5, 480.0, 2e5])
def test_poisson_is_scipys(mean: float) -> None:
    law = poisson(mean)
    values = np.arange(law.first, law.last + 1)
    assert law.mean == pytest.approx(mean, rel=1e-12)
    assert law.variance == pytest.approx(mean, rel=1e-9)
    assert law.cdf(values) == pytest.approx(stats.poisson.cdf(values, mean), abs=1e-11)


def test_negative_binomial_is_scipys() -> None:
    law = negative_binomial(3.0, 12.0)
    values = np.arange(law.last + 1)
    assert law.cdf(values) == pytest.approx(stats.nbinom.cdf(values, 1.0, 0.25), abs=1e-12)
    assert (law.mean, law.variance) == pytest.approx((3.0, 12.0), rel=1e-10)


@pytest.mark.parametrize("orders", [0.4, 12.0, 900.0, 30_000.0])
def test_compound_poisson_has_its_moments(orders: float) -> None:
    law = compound_poisson(orders, SIZES)
    assert law.mean == pytest.approx(orders * SIZES.mean, rel=1e-10)
    assert law.variance == pytest.approx(orders * (SIZES.variance + SIZES.mean**2), rel=1e-9)


def test_compound_poisson_is_the_sum_over_the_number_of_orders() -> None:
    law = compound_poisson(1.7, SIZES)
    for pieces in range(8):
        direct = sum(
            stats.poisson.pmf(lines, 1.7)
            * sum(
                np.prod([SIZES.mass[size - 1] for size in chosen])
                for chosen in itertools.product((1, 2, 5), repeat=lines)
                if sum(chosen) == pieces
            )
            for lines in range(pieces + 1)
        )
        assert float(law.cdf(pieces) - law.cdf(pieces - 1)) == pytest.approx(direct, abs=1e-14)


def test_shortage_and_surplus_are_sums_over_the_law() -> None:
    law = from_chances({2: 0.25, 3: 0.25, 7: 0.5})
    values, chances = np.array([2, 3, 7]), np.array([0.25, 0.25, 0.5])
    for stock in range(-3, 12):
        assert float(law.shortage(stock)) == pytest.approx(float(chances @ np.maximum(values - stock, 0)))
        assert float(law.surplus(stock)) == pytest.approx(float(chances @ np.maximum(stock - values, 0)))


def test_small_tails_keep_their_digits() -> None:
    law = poisson(10.0)
    exact = sum((k - 50) * stats.poisson.pmf(k, 10.0) for k in range(51, 90))
    assert float(law.shortage(50)) == pytest.approx(exact, rel=1e-3)
    assert exact < 1e-17


def test_sums_of_periods() -> None:
    assert poisson(2.0).times(5).cdf(9) == pytest.approx(stats.poisson.cdf(9, 10.0), abs=1e-13)
    assert poisson(2.0).times(0).mean == 0.0
    mixed = poisson(2.0).over(from_chances({1: 0.5, 3: 0.5}))
    assert mixed.cdf(4) == pytest.approx(0.5 * stats.poisson.cdf(4, 2.0) + 0.5 * stats.poisson.cdf(4, 6.0), abs=1e-13)
    assert certain(3).plus(certain(4)).mean == 7.0


def test_quantile_is_reached_where_the_law_reaches_it_exactly() -> None:
    law = from_chances(dict.fromkeys(range(10), 0.1))
    assert [law.quantile(p) for p in (0.0, 0.1, 0.3, 0.31, 1.0)] == [0, 0, 2, 3, 9]
    with pytest.raises(ValueError, match="between 0 and 1"):
        law.quantile(1.2)


def test_impossible_laws_are_refused() -> None:
    with pytest.raises(ValueError, match="demand must be a whole number of at least 0, got -1"):
        from_chances({-1: 1.0})
    with pytest.raises(ValueError, match=r"add up to one, got 0\.9"):
        from_chances({0: 0.5, 1: 0.4})
    with pytest.raises(ValueError, match="at least one value"):
        from_chances({})
    with pytest.raises(ValueError, match="not negative"):
        DiscreteLaw(0, np.array([1.5, -0.5]))
    with pytest.raises(ValueError, match="starts at -2"):
        DiscreteLaw(-2, np.ones(1))
    with pytest.raises(ValueError, match="mean demand must not be negative, got -3"):
        poisson(-3.0)
    with pytest.raises(ValueError, match="variance above its mean"):
        negative_binomial(3.0, 2.0)
    with pytest.raises(ValueError, match="at least one piece"):
        compound_poisson(1.0, from_chances({0: 0.5, 1: 0.5}))
