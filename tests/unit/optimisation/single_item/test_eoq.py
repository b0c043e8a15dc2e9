"""Order quantities against textbook figures, a fine search over quantities, and their refusals."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from spareverse.optimisation.single_item.eoq import (
    allowed_quantity,
    backorder_quantity,
    cycle_cost,
    discounted_quantity,
    economic_order_quantity,
    order_quantity_column,
)


def test_textbook_quantities() -> None:
    """Snyder & Shen (2019), examples 3.1 and 3.8, problem 3.22."""
    plain = economic_order_quantity(8, 0.225, 1300)
    assert (plain.quantity, plain.cost) == pytest.approx((304.0467800264368, 68.41052550594827), rel=1e-12)
    backordered = backorder_quantity(8, 0.225, 5, 1300)
    assert (backordered.quantity, backordered.cost, backordered.stockout_fraction) == pytest.approx(
        (310.8125551589646, 66.92136355097325, 0.043062200956938), rel=1e-12
    )
    made = economic_order_quantity(4, 0.08, 80, production_rate=110)
    assert (made.quantity, made.cost) == pytest.approx((171.26976771553507, 3.73679493197531), rel=1e-12)


def test_the_best_number_of_packs_is_exact() -> None:
    for best in (3.0, 31.6, 60.0, 61.3, 499.0):
        for pack in (1, 7, 25, 60, 1000):
            found = economic_order_quantity(best**2 / 2, 1.0, 1.0, pack=pack)
            costs = [cycle_cost(n * pack, best**2 / 2, 1.0, 1.0) for n in range(1, 600)]
            assert found.cost == pytest.approx(min(costs), rel=1e-12), (best, pack)
            assert found.quantity % pack == 0


def test_quantities_stay_within_their_limits() -> None:
    assert allowed_quantity(31.6, least=51, pack=25) == 75
    assert allowed_quantity(310.0, most=120) == 120
    assert allowed_quantity(310.0, most=120, pack=50) == 100
    with pytest.raises(ValueError, match="minimum order quantity of 60 lies above the maximum of 50"):
        allowed_quantity(30, least=60, most=50)
    with pytest.raises(ValueError, match="no whole number of packs of 40"):
        allowed_quantity(30, least=45, most=70, pack=40)


def test_a_table_of_quantities_is_the_single_quantity_row_by_row() -> None:
    rows = [
        # D, K, h, least, pack, expected
        (0.25, 60.0, 0.03, None, None, 32.0),
        (0.25, 60.0, 0.03, 50.0, None, 50.0),
        (0.25, 60.0, 0.03, None, 25.0, 25.0),  # 25 costs less than 50: K D / Q + h Q / 2 is .975 and 1.05
        (0.25, 60.0, 0.03, 51.0, 25.0, 75.0),
        (0.0001, 1.0, 5.0, None, None, 1.0),
        (0.25, 60.0, 0.03, None, 0.0, 32.0),
    ]
    frame = pl.DataFrame(rows, schema=["d", "k", "h", "least", "pack", "expected"], orient="row")
    found = frame.select(
        order_quantity_column(pl.col("d"), pl.col("k"), pl.col("h"), pl.col("least"), pl.col("pack"))
    ).to_series()
    assert found.to_list() == frame["expected"].to_list()
    for demand, fixed, holding, least, pack, expected in rows:
        single = allowed_quantity(math.sqrt(2 * demand * fixed / holding), least or 0, pack=pack or 1)
        assert single == expected


def discounted_cost(quantity: float, breaks: list[float], prices: list[float], incremental: bool) -> float:
    """Purchase, orders and holding at 30 % of the mean price paid, from the definition alone."""
    if incremental:
        ends = [*breaks[1:], math.inf]
        paid = sum(p * max(0.0, min(quantity, e) - b) for b, e, p in zip(breaks, ends, prices, strict=True))
    else:
        paid = prices[max(j for j, b in enumerate(breaks) if b <= quantity)] * quantity
    return (paid + 8) * 1300 / quantity + 0.3 * paid / 2


@pytest.mark.parametrize("incremental", [False, True])
def test_discounts_against_a_fine_search(incremental: bool) -> None:
    for breaks, prices in (
        ([0, 400, 800], [0.75, 0.72, 0.68]),
        ([0, 100, 5000], [0.75, 0.749, 0.5]),
        ([0, 250], [0.9, 0.899]),
    ):
        grid = np.arange(1.0, 30_000.0, 0.5)
        costs = [discounted_cost(q, breaks, prices, incremental) for q in grid]
        found = discounted_quantity(8, 0.3, 1300, breaks, prices, incremental=incremental)
        assert found.cost == pytest.approx(discounted_cost(found.quantity, breaks, prices, incremental), rel=1e-12)
        assert found.cost <= min(costs) * (1 + 1e-12)
        assert found.quantity == pytest.approx(grid[int(np.argmin(costs))], abs=1.0)


def test_discounts_in_whole_packs() -> None:
    found = discounted_quantity(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68], pack=150)
    choices = {q: discounted_cost(q, [0, 400, 800], [0.75, 0.72, 0.68], False) for q in range(150, 3000, 150)}
    assert found.quantity == min(choices, key=lambda q: choices[q])


def test_snyder_and_shen_example_3_6() -> None:
    found = discounted_quantity(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68])
    assert (found.quantity, found.cost, found.unit_cost) == pytest.approx((800, 978.6, 0.68))


def test_senseless_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="demand rate must be above zero, got -5"):
        economic_order_quantity(8, 0.2, -5)
    with pytest.raises(ValueError, match="holding cost must be above zero, got 0"):
        economic_order_quantity(8, 0.0, 5)
    with pytest.raises(ValueError, match="must exceed the demand rate"):
        economic_order_quantity(8, 0.2, 50, production_rate=50)
    with pytest.raises(ValueError, match="price must be above zero, got 0"):
        discounted_quantity(8, 0.3, 1300, [0, 400], [0.75, 0.0])
    with pytest.raises(ValueError, match="breakpoints must rise"):
        discounted_quantity(8, 0.3, 1300, [0, 400, 400], [3, 2, 1])
    with pytest.raises(ValueError, match="must not rise"):
        discounted_quantity(8, 0.3, 1300, [0, 400], [1, 2])
    with pytest.raises(ValueError, match="each breakpoint needs one price"):
        discounted_quantity(8, 0.3, 1300, [0, 400], [1])
    with pytest.raises(ValueError, match="from quantity 0"):
        discounted_quantity(8, 0.3, 1300, [1], [1])
    with pytest.raises(ValueError, match="no order quantity is allowed"):
        discounted_quantity(8, 0.3, 1300, [0], [1], least=45, most=70, pack=40)
