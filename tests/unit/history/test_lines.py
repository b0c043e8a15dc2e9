"""Demand lines, items, groups, measures and windows."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from company import company, day, table, tables
from spareverse.errors import NotEnoughData, UsageError
from spareverse.history.cycles import reorder_cycles
from spareverse.history.groups import EVERYTHING, choose_groups
from spareverse.history.history import prepare
from spareverse.history.lines import demand_lines
from spareverse.history.measures import demand_measures, made_to_order, overdue_lines, purchase_measures
from spareverse.history.window import Window, choose_window, last_known_day, months_before
from spareverse.optimisation.rolling import windows_of

WINDOW = Window(day(0), day(400), day(399))


def issue(when: int, pieces: float, order: str | None = "W1", part: str = "A") -> dict[str, object]:
    return {"part_id": part, "work_order": order, "issued_on": when, "quantity": pieces, "asset_id": "M1"}


def test_goods_issues_stand_in_for_sales() -> None:
    rows = [issue(5, 2.0), issue(9, 3.0, "W2") | {"required_on": 7}]
    found = demand_lines(table("sales"), table("consumption", rows), day(100))
    assert found.select("ordered_on", "quantity", "customer_id").rows() == [(day(5), 2.0, "M1"), (day(7), 3.0, "M1")]


def test_sales_win_over_goods_issues() -> None:
    sales = table("sales", [{"part_id": "A", "ordered_on": 3, "quantity": 1.0}])
    assert demand_lines(sales, table("consumption", [issue(5, 2.0)]), day(100)).height == 1


def test_returns_are_taken_off_the_earliest_issues() -> None:
    rows = [issue(5, 2.0), issue(9, 3.0), issue(12, -4.0), issue(12, 6.0, "W2"), issue(20, -9.0, "W3")]
    found = demand_lines(table("sales"), table("consumption", rows), day(100))
    assert found.select("ordered_on", "quantity").rows() == [(day(9), 1.0), (day(12), 6.0)]


def test_a_return_after_the_extract_is_not_known_yet() -> None:
    rows = [issue(5, 2.0), issue(30, -2.0)]
    assert demand_lines(table("sales"), table("consumption", rows), day(20))["quantity"].to_list() == [2.0]
    assert demand_lines(table("sales"), table("consumption", rows), day(30)).height == 0


def test_catalogue_parts_without_a_line_are_items_too() -> None:
    given = tables(
        parts=[{"part_id": "B"}, {"part_id": "A"}],
        sales=[{"part_id": "A", "place_id": "X", "ordered_on": 1, "quantity": 1.0}],
        purchases=[{"part_id": "A", "place_id": "Y", "ordered_on": 1, "quantity": 1.0}],
    )
    items = prepare(given, WINDOW).items
    assert items.select("part_id", "place_id").rows() == [("A", "X"), ("A", "Y"), ("B", "")]
    assert items["item"].to_list() == [0, 1, 2]


def test_groups_take_the_finest_level_that_is_large_enough() -> None:
    fine = pl.Series(["x", "x", "x", "y", "", "x"])
    coarse = pl.Series(["c", "c", "c", "c", "c", ""])
    groups = choose_groups([fine, coarse], np.array([10.0, 10.0, 15.0, 5.0, 5.0, 5.0]), 40)
    assert groups.label_of_part().to_list() == ["x", "x", "x", "c", "c", "x"]
    members = {
        label: sorted(groups.member[groups.member_group == number].tolist())
        for number, label in enumerate(groups.labels)
    }
    # A group's members are all that carry its label, whatever they lean on themselves.
    assert members == {EVERYTHING: [0, 1, 2, 3, 4, 5], "c": [0, 1, 2, 3, 4], "x": [0, 1, 2, 5]}


def test_measures_by_hand() -> None:
    rows = [
        {"part_id": "A", "ordered_on": 0, "promised_on": 30, "received_on": 20, "quantity": 1.0},
        {"part_id": "A", "ordered_on": 10, "promised_on": 40, "received_on": 50, "quantity": 1.0},
        {"part_id": "A", "ordered_on": 20, "promised_on": 20, "received_on": 120, "quantity": 1.0},
        {"part_id": "A", "ordered_on": 90, "promised_on": 100, "quantity": 1.0},
        {
            "part_id": "A",
            "ordered_on": 95,
            "promised_on": 90,
            "received_on": 60,
            "quantity": 1.0,
            "flag": "delivered_before_ordered",
        },
    ]
    sales = [
        {"part_id": "A", "ordered_on": 1, "promised_on": 9, "delivered_on": 5, "customer_id": "K", "country": "IT"},
        {"part_id": "A", "ordered_on": 2, "promised_on": 9, "delivered_on": 12, "customer_id": "L", "country": "IT"},
        {"part_id": "A", "ordered_on": 3, "customer_id": None, "country": "DE"},
    ]
    history = prepare(tables(purchases=rows, sales=[row | {"quantity": 2.0} for row in sales]), WINDOW)
    cycles = reorder_cycles(history.lines, history.demand, 1, WINDOW)
    found = purchase_measures(cycles, "item").row(0, named=True)
    assert (found["purchase_lines"], found["open_lines"], found["cycles"]) == (5, 1, 3)
    assert found["lead_time_mean_days"] == pytest.approx((20 + 40 + 100) / 3)
    assert found["lead_time_median_days"] == 40.0
    # Promises on the day of the order promise nothing: 30, 30 and 10 remain.
    assert found["promised_median_days"] == 30.0
    assert found["on_time"] == pytest.approx(1 / 3)
    assert found["slip_median_days"] == 10.0
    assert overdue_lines(cycles, "item", WINDOW)["overdue_lines"].to_list() == [1]
    shown = demand_measures(history.demand, WINDOW).row(0, named=True)
    assert shown == {
        "item": 0,
        "sales_lines": 3,
        "pieces_sold": 6.0,
        "customers": 2,
        "countries": 2,
        "customer_on_time": 0.5,
        "days_to_customer": 7.0,
    }


def test_only_contradictions_that_spoil_a_lead_time_keep_it_out() -> None:
    flags = ["delivered_before_ordered", "promised_before_ordered", "future_date; promised_before_ordered", None]
    rows = [{"part_id": "A", "ordered_on": 0, "received_on": 20, "quantity": 1.0, "flag": flag} for flag in flags]
    history = prepare(tables(purchases=rows), WINDOW)
    assert history.lines["flag"].to_list() == ["delivered_before_ordered", None, "future_date", None]


def test_made_to_order_matches_part_order_and_line() -> None:
    def line(part: str, order: str | None, when: int) -> dict[str, object]:
        return {"part_id": part, "order_id": order, "line": "1", "ordered_on": when, "quantity": 1.0}

    purchases = table("purchases", [line("A", "1", 10), line("A", "2", 10), line("B", "1", 10), line("A", None, 10)])
    demand = table("sales", [line("A", "1", 10), line("A", "2", 11), line("C", "1", 1), line("A", None, 1)])
    assert made_to_order(purchases, demand) == (1, 2)


# windows


def test_the_extract_date_is_the_last_sound_day() -> None:
    purchases = table(
        "purchases",
        [
            {"part_id": "A", "ordered_on": 5, "received_on": 40, "quantity": 1.0},
            {"part_id": "A", "ordered_on": 900, "received_on": 990, "quantity": 1.0, "flag": "in_the_future"},
        ],
    )
    sales = table("sales", [{"part_id": "A", "ordered_on": 30, "delivered_on": 44, "quantity": 1.0}])
    assert last_known_day(purchases, sales) == day(44)
    with pytest.raises(NotEnoughData, match="Import purchases and sales"):
        last_known_day(table("purchases"), table("sales"))
    window = choose_window(purchases, sales, None, None, None)
    assert (window.until, window.as_of) == (day(45), day(44))
    assert window.since == date(2018, 2, 15)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        Window(day(5), day(5), day(5))


def test_months_are_counted_back_in_calendars() -> None:
    assert months_before(date(2023, 3, 1), 38) == date(2020, 1, 1)
    assert months_before(date(2023, 3, 31), 1) == date(2023, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2023, 1, 15), 12) == date(2022, 1, 15)
    assert months_before(date(2022, 12, 1), -1) == date(2023, 1, 1)


def test_the_thirteen_windows_of_the_article() -> None:
    """T1 = January 2017 to February 2020 ... T13 = January 2020 to February 2023, three months apart."""
    purchases = table(
        "purchases",
        [
            {"part_id": "A", "ordered_on": date(2017, 1, 2), "received_on": date(2017, 3, 1), "quantity": 1.0},
            {"part_id": "A", "ordered_on": date(2022, 12, 1), "received_on": date(2023, 2, 27), "quantity": 1.0},
        ],
    )
    windows = windows_of(purchases, table("sales"), 38, 3)
    assert len(windows) == 13
    assert (windows[0].since, windows[0].until) == (date(2017, 1, 1), date(2020, 3, 1))
    assert (windows[7].until, windows[8].until) == (date(2021, 12, 1), date(2022, 3, 1))
    assert (windows[12].since, windows[12].until) == (date(2020, 1, 1), date(2023, 3, 1))
    # Each window knows nothing of what came after it.
    assert all((window.until - window.as_of).days == 1 for window in windows)


def test_a_history_shorter_than_a_window_makes_one() -> None:
    purchases = table("purchases", [{"part_id": "A", "ordered_on": 5, "quantity": 1.0}])
    assert len(windows_of(purchases, table("sales"), 38, 3)) == 1
    with pytest.raises(NotEnoughData):
        windows_of(table("purchases"), table("sales", [{"part_id": "A", "ordered_on": 1, "quantity": 1.0}]), 38, 3)


def test_the_company_of_the_tests_has_something_of_everything() -> None:
    given = company(40, 1)
    assert given["purchases"]["received_on"].null_count() > 0
    assert given["parts"]["expected_lead_time_days"].null_count() > 0
    assert given["sales"]["part_id"].n_unique() < 40
