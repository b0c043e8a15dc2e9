"""Reorder cycles and safety cover, by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from company import day, tables
from spareverse.history.cycles import reorder_cycles
from spareverse.history.history import History, prepare
from spareverse.history.window import Window
from spareverse.network.results import CYCLE_RESULTS

WINDOW = Window(day(0), day(400), day(399))


def cycles_of(given: dict[str, pl.DataFrame], window: Window = WINDOW, receipt: str = "complete") -> pl.DataFrame:
    history: History = prepare(given, window, receipt)
    return reorder_cycles(history.lines, history.demand, history.items.height, window)


def bought(start: int, end: int | None, part: str = "A", **more: object) -> dict[str, object]:
    return {"part_id": part, "ordered_on": start, "received_on": end, "quantity": 5.0, **more}


def sold(when: int, pieces: float = 1.0, part: str = "A", **more: object) -> dict[str, object]:
    return {"part_id": part, "ordered_on": when, "quantity": pieces, **more}


def test_two_orders_of_one_and_three_pieces_make_a_cover_of_four() -> None:
    """The worked example of Sirri et al. 2023, figure 2."""
    found = cycles_of(tables(purchases=[bought(10, 60)], sales=[sold(5, 7), sold(20, 1), sold(45, 3), sold(90, 2)]))
    assert found.select("safety_cover", "sales_lines", "lead_time_days", "open").row(0) == (4.0, 2, 50.0, False)


def test_the_day_of_emission_counts_and_the_day_of_delivery_does_not() -> None:
    found = cycles_of(tables(purchases=[bought(10, 60)], sales=[sold(9), sold(10, 2), sold(59, 4), sold(60, 8)]))
    assert found["safety_cover"].to_list() == [6.0]


def test_overlapping_cycles_count_the_same_sale_twice() -> None:
    found = cycles_of(tables(purchases=[bought(10, 60), bought(40, 80)], sales=[sold(50, 3), sold(70, 1)]))
    assert found["safety_cover"].to_list() == [3.0, 4.0]


def test_received_on_the_day_it_was_ordered() -> None:
    found = cycles_of(tables(purchases=[bought(10, 10)], sales=[sold(10)]))
    assert found.select("lead_time_days", "safety_cover", "open").row(0) == (0.0, 0.0, False)


def test_lines_of_other_parts_do_not_count() -> None:
    found = cycles_of(tables(purchases=[bought(10, 60), bought(0, 99, "C")], sales=[sold(20, 5, "B"), sold(30, 2)]))
    assert found["safety_cover"].to_list() == [2.0, 0.0]


def test_an_open_line_is_as_old_as_the_extract() -> None:
    found = cycles_of(tables(purchases=[bought(300, None)], sales=[sold(310, 2), sold(398, 3)]))
    assert found.select("lead_time_days", "open", "safety_cover").row(0) == (99.0, True, 5.0)
    assert found["received_on"].to_list() == [None]


def test_the_window_takes_the_first_day_and_leaves_the_last() -> None:
    window = Window(day(10), day(20), day(399))
    found = cycles_of(tables(purchases=[bought(start, 90) for start in (9, 10, 19, 20)]), window)
    assert found["ordered_on"].to_list() == [day(10), day(19)]


def test_receipts_and_sales_after_the_window_count_up_to_the_extract() -> None:
    lines = tables(purchases=[bought(10, 60)], sales=[sold(50, 3)])
    later = cycles_of(lines, Window(day(0), day(20), day(399)))
    assert later.select("open", "lead_time_days", "safety_cover").row(0) == (False, 50.0, 3.0)
    earlier = cycles_of(lines, Window(day(0), day(20), day(40)))
    assert earlier.select("open", "lead_time_days", "safety_cover").row(0) == (True, 30.0, 0.0)


def test_promises_and_slips() -> None:
    rows = [bought(10, 60, promised_on=50), bought(10, 45, promised_on=50), bought(10, None, promised_on=50)]
    found = cycles_of(tables(purchases=rows))
    assert found["promised_lead_time_days"].to_list() == [40.0, 40.0, 40.0]
    assert found["slip_days"].to_list() == [10.0, -5.0, None]


def test_cycles_have_the_declared_schema() -> None:
    found = cycles_of(tables(purchases=[bought(1, 2)], sales=[sold(1)])).drop("item")
    assert found.schema == CYCLE_RESULTS.schema


def test_no_lines_no_cycles() -> None:
    assert cycles_of(tables()).height == 0


def test_places_part_the_stock_only_where_both_sides_name_them() -> None:
    rows = [bought(10, 60, place_id="X"), bought(10, 60, place_id="Y")]
    both = cycles_of(tables(purchases=rows, sales=[sold(20, 3, place_id="X")]))
    assert dict(both.select("place_id", "safety_cover").rows()) == {"X": 3.0, "Y": 0.0}
    one_side = cycles_of(tables(purchases=rows, sales=[sold(20, 3)]))
    assert one_side["place_id"].unique().to_list() == [""]
    assert one_side["safety_cover"].to_list() == [3.0, 3.0]


# split deliveries


def split(*receipts: tuple[int | None, float, float | None]) -> list[dict[str, object]]:
    """Rows (received on, quantity, received quantity) of one order line."""
    return [
        bought(10, end, order_id="O1", line="1", quantity=quantity, received_quantity=part)
        for end, quantity, part in receipts
    ]


@pytest.mark.parametrize(
    ("rows", "complete", "first", "quantity"),
    [
        # receipts that state how much of the ordered ten came
        (split((40, 10.0, 4.0), (70, 10.0, 6.0)), 70, 40, 10.0),
        (split((40, 10.0, 4.0), (70, 10.0, 3.0)), None, 40, 10.0),
        (split((70, 10.0, 6.0), (40, 10.0, 4.0)), 70, 40, 10.0),
        # schedule lines: the rows' own quantities add up
        (split((40, 4.0, None), (70, 6.0, None)), 70, 40, 10.0),
        (split((40, 4.0, None), (None, 6.0, None)), None, 40, 10.0),
        # one row that came short
        (split((40, 10.0, 4.0)), None, 40, 10.0),
        (split((40, 10.0, 10.0)), 40, 40, 10.0),
    ],
)
def test_split_deliveries(
    rows: list[dict[str, object]], complete: int | None, first: int | None, quantity: float
) -> None:
    for receipt, end in (("complete", complete), ("first", first)):
        found = cycles_of(tables(purchases=rows), receipt=receipt)
        assert found["quantity"].to_list() == [quantity]
        assert found["received_on"].to_list() == [None if end is None else day(end)]
        assert found["open"].to_list() == [end is None]


def test_a_closed_line_that_came_short_is_complete() -> None:
    rows = [row | {"status": "closed"} for row in split((40, 10.0, 4.0), (70, 10.0, 3.0))]
    assert cycles_of(tables(purchases=rows))["received_on"].to_list() == [day(70)]
    assert cycles_of(tables(purchases=rows[:1]))["received_on"].to_list() == [day(40)]


def test_a_receipt_after_the_extract_is_not_known_yet() -> None:
    rows = split((40, 10.0, 4.0), (70, 10.0, 6.0))
    window = Window(day(0), day(61), day(60))
    assert cycles_of(tables(purchases=rows), window)["open"].to_list() == [True]
    assert cycles_of(tables(purchases=rows), window, "first")["received_on"].to_list() == [day(40)]


def test_lines_without_an_order_number_stay_apart() -> None:
    assert cycles_of(tables(purchases=[bought(10, 60), bought(10, 60)])).height == 2


def test_an_order_nobody_closed_is_flagged() -> None:
    window = Window(day(0), day(1000), day(999))
    rows = [bought(10, None, promised_on=50), bought(600, None, promised_on=660), bought(10, 60)]
    assert cycles_of(tables(purchases=rows), window)["flag"].to_list() == ["open_for_years", None, None]


def test_without_any_receipt_in_the_books_no_line_counts_as_late() -> None:
    rows = [bought(10, None, promised_on=50), bought(390, None, promised_on=450)]
    assert cycles_of(tables(purchases=rows))["flag"].to_list() == ["no_receipts_recorded", None]
    kept = cycles_of(tables(purchases=[*rows, bought(20, 60)]))
    assert kept["flag"].to_list() == [None, None, None]


def test_days_far_apart_do_not_mix_up_the_sorting() -> None:
    rows = {
        "purchases": [bought(0, 5) | {"ordered_on": date(1995, 1, 1), "received_on": date(2021, 6, 1)}],
        "sales": [sold(0) | {"ordered_on": date(1994, 12, 31)}, sold(0, 4) | {"ordered_on": date(2021, 5, 31)}],
    }
    found = cycles_of(tables(**rows), Window(date(1990, 1, 1), date(2022, 1, 1), date(2021, 12, 31)))
    assert found["safety_cover"].to_list() == [4.0]
