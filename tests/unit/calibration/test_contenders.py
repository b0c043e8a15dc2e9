"""The rules a plan must beat, by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from spareverse.calibration import contenders
from spareverse.calibration.replay import ORDERS, STOCK, Track, replay
from unit.calibration.lists import planning


def test_the_company_keeps_its_rule_and_buys_the_rest_on_demand():
    data = planning([[(1, 1)], [(2, 1)]], steps=100, company=[(3, 5), None])
    found = contenders.company(data)
    assert found.rules[0].reorder_point.tolist() == [3, -1]
    assert found.rules[0].order_quantity.tolist() == [5, 1]
    assert contenders.company(planning([[(1, 1)]], steps=10)) is None


def test_the_company_fills_up_to_its_level_where_that_is_its_rule():
    data = planning([[(1, 7), (40, 1)], [(1, 7), (40, 1)]], steps=100, company=[(3, 5), (3, 5)])
    levels = replace(data, items=data.items.with_columns(pl.Series("current_fills_up", [True, False])))
    rule = contenders.company(levels).rules[0]
    assert np.asarray(rule.order_up_to).tolist() == [True, False]
    none = np.zeros(0, np.int64)
    track = Track(
        data.event_starts, data.event_step, data.event_pieces, np.zeros(3, np.int64), none, none,
        np.zeros(2, np.int64), np.ones(2, np.int64), np.array([10.0]), 100, 0, 0,
    )  # fmt: skip
    # 8 - 7 = 1 on hand for ten days; then 8 again, or 1 + 5; at 40 days 8 - 1 = 7, or 6 - 1 = 5, above the point of 3
    found = replay(track, [rule])[0]
    assert found[:, STOCK] * 100 == pytest.approx([8 + 10 + 29 * 8 + 60 * 7, 8 + 10 + 29 * 6 + 60 * 5])
    assert found[:, ORDERS].tolist() == [1.0, 1.0]


def test_months_are_counted_back_from_the_end_and_gaps_are_not_zeros():
    data = planning([[(0, 2), (2, 1)], [(1, 4)]], steps=4, continuous=False, gaps=[[], [(2, 4)]])
    np.testing.assert_array_equal(contenders.monthly(data), [[2, 0, 1, 0], [0, 4, np.nan, np.nan]])
    days = planning([[(1, 5), (100, 2), (121, 3)]], steps=122)
    assert contenders.monthly(days).tolist() == [[5.0, 0.0, 0.0, 5.0]]


def test_months_of_cover_is_mean_demand_times_months():
    data = planning([[(step, 2) for step in range(12)], []], steps=12, continuous=False, lead=2.0)
    found = contenders.months_of_cover(data, np.array([4, 4]))
    assert [rule.reorder_point.tolist() for rule in found.rules[:4]] == [[1, -1], [2, -1], [3, -1], [4, -1]]
    assert found.rules[1].order_quantity.tolist() == [4, 1]


def test_poisson_base_stock_covers_lead_time_and_review():
    data = planning([[(0, 12)]], steps=12, continuous=False, lead=2.0)
    found = contenders.poisson_base_stock(data)
    at = dict(zip(contenders.SERVICE, (int(rule.reorder_point[0]) for rule in found.rules), strict=True))
    # Poisson with mean 3: P(<= 3) = .647, P(<= 6) = .966
    assert at[0.6] == 3 - 1
    assert at[0.95] == 6 - 1


def test_croston_normal_is_forecast_and_spread():
    data = planning([[(step, 1) for step in range(0, 24, 2)]], steps=24, continuous=False, lead=1.0)
    found = contenders.croston_normal(data, np.array([1]))
    at = dict(zip(contenders.SERVICE, (int(rule.reorder_point[0]) for rule in found.rules), strict=True))
    # about half a piece a month over two months, standard deviation .5 sqrt(2)
    assert at[0.5] == pytest.approx(1, abs=1)
    assert at[0.999] == pytest.approx(np.ceil(1.0 + 3.09 * 0.707), abs=1)


def test_a_part_that_never_moved_is_stocked_by_nobody():
    data = planning([[], [(3, 1)]], steps=24, continuous=False)
    for contender in contenders.peers(data, np.array([1, 1])):
        assert all(rule.reorder_point[0] == -1 for rule in contender.rules), contender.policy
