"""(r, Q) under normal lead-time demand against integrals, a numerical optimum and printed approximations."""

from __future__ import annotations

import pytest
from scipy import integrate, optimize

from spareverse.optimisation.single_item.normal_reorder_point import NormalStock
from spareverse.optimisation.single_item.stock_cost import normal_stock_cost

BOOK = NormalStock(1300, 150, 1 / 12, 8, 0.225, 7.5)
"""Snyder & Shen (2019), example 5.1."""


def test_cost_is_the_integral_of_the_stock_cost() -> None:
    for r, q in ((126.8, 328.5), (100.0, 250.0), (-400.0, 60.0), (300.0, 5.0)):
        inside = integrate.quad(lambda y: normal_stock_cost(y, BOOK.mean, BOOK.sd, 0.225, 7.5), r, r + q, limit=200)[0]
        assert BOOK.cost(r, q) == pytest.approx((8 * 1300 + inside) / q, rel=1e-9)


@pytest.mark.parametrize(
    "stock",
    [
        BOOK,
        NormalStock(800, 40, 4 / 365, 50, 3.1, 45),
        NormalStock(192, 17.4, 3, 85, 0.2142857, 40),
        NormalStock(10, 30, 2, 1e-3, 1, 50),
    ],
)
def test_optimum_is_the_numerical_one(stock: NormalStock) -> None:
    best = stock.best()
    direct = optimize.minimize(
        lambda x: stock.cost(x[0], abs(x[1]) + 1e-9),
        [best.reorder_point * 1.05 + 1.0, best.order_quantity * 1.2],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
    )
    assert best.cost <= direct.fun * (1 + 1e-9)
    assert best.cost == pytest.approx(direct.fun, rel=1e-6)


def test_printed_approximations() -> None:
    """Examples 5.2 to 5.5."""
    level = BOOK.expected_inventory_level()
    assert (level.reorder_point, level.order_quantity, level.cost) == pytest.approx(
        (213.97044213580244, 318.5901810768729, 95.45114022285196), rel=1e-9
    )
    backordered = BOOK.eoq_with_backorders()
    assert (backordered.reorder_point, backordered.order_quantity) == pytest.approx(
        (128.63781442427097, 308.5737801203754), rel=1e-9
    )
    safe = BOOK.eoq_with_safety_stock()
    assert (safe.reorder_point, safe.order_quantity) == pytest.approx((190.3369965715624, 304.0467800264368), rel=1e-12)
    assert BOOK.best().cost < min(backordered.cost, safe.cost)


def test_without_spread_it_is_the_eoq_with_backorders() -> None:
    stock = NormalStock(1300, 0, 1 / 12, 8, 0.225, 5)
    best = stock.best()
    assert best.order_quantity == pytest.approx(310.8125551589646, rel=1e-7)
    assert best.cost == pytest.approx(66.92136355097325, rel=1e-9)


def test_senseless_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="lead time must not be negative"):
        NormalStock(1300, 150, -1, 8, 0.225, 7.5)
    with pytest.raises(ValueError, match="mean demand must be above zero"):
        NormalStock(0, 150, 1, 8, 0.225, 7.5)
    with pytest.raises(ValueError, match="never holds stock"):
        NormalStock(10, 5, 1, 100, 9.0, 1.0).expected_inventory_level()
    with pytest.raises(ValueError, match="order quantity must be above zero"):
        BOOK.cost(10, 0)
