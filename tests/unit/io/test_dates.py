"""Dates: many formats in one column, day and month told apart by evidence or asked."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from spareverse.errors import AmbiguousDates
from spareverse.io.date_formats import order_of_format
from spareverse.io.dates import DateReading, read_dates

DAY = date(2024, 3, 2)


def read(*, events: list[tuple[str, str]] | None = None, orders: dict | None = None, **columns: list) -> DateReading:
    texts = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return read_dates("orders.csv", texts, titles={}, events=events or [], orders=orders)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-02", "2024-3-2", "2024/03/02", "2024.03.02", "20240302", "02.03.2024", "2.3.24", "2-Mar-24",
        "02 Mar 2024", "2 March 2024", "02-MAR-2024", "2. März 2024", "2 mars 2024", "2 marzo 2024", "March 2, 2024",
        "Mar 2 2024", "2nd March 2024", "2024-03-02 13:45", "2024-03-02T13:45:10.5Z", "02.03.2024 07:30:00",
        "2024-03-02 1:45 PM", "45353", "45353.5", "20240302103000", "Sat, 2 Mar 2024",
    ],
)  # fmt: skip
def test_formats(text: str) -> None:
    reading = read(on=[text])
    assert reading.values["on"].to_list() == [DAY]
    assert sum(reading.formats["on"].values()) == 1


@pytest.mark.parametrize("text", [None, "00000000", "00.00.0000", "n/a", "-", "99991231", "31.12.9999"])
def test_texts_that_mean_no_date(text: str | None) -> None:
    reading = read(on=[text, "2024-03-02"])
    assert reading.values["on"].to_list() == [None, DAY]
    assert not reading.unreadable["on"].any()


@pytest.mark.parametrize(
    "text", ["soon", "2024-13-01", "31.02.2024", "45.45.2024", "0214-03-02", "2024", "1234567", "13/13/2024"]
)
def test_texts_that_are_no_dates(text: str) -> None:
    assert read(on=[text, "2024-03-02"]).unreadable["on"].to_list() == [True, False]


def test_two_digit_years() -> None:
    assert read(on=["2-Mar-68", "2-Mar-69"]).values["on"].dt.year().to_list() == [2068, 1969]


def test_the_reading_with_fewest_impossible_rows_wins() -> None:
    reading = read(on=["03/02/2024", "03/25/2024", "04/30/2024"])
    assert reading.values["on"][0] == DAY
    assert reading.formats["on"] == {"mm/dd/yyyy": 3}


def test_each_format_of_a_column_is_decided_by_itself() -> None:
    reading = read(on=["3/25/2024", "3/2/2024", "25.03.2024", "2.3.2024"])
    assert reading.values["on"].to_list() == [date(2024, 3, 25), DAY, date(2024, 3, 25), DAY]


def test_contradictions_with_another_date_decide() -> None:
    ordered = ["01-02-2024", "03-04-2024", "05-06-2024", "07-08-2024"]
    received = ["2024-01-20", "2024-03-20", "2024-05-20", "2024-07-20"]
    reading = read(events=[("ordered", "received")], ordered=ordered, received=received)
    assert reading.values["ordered"][1] == date(2024, 3, 4)
    assert "month first" in reading.notices[0]


def test_one_odd_row_does_not_turn_the_evidence() -> None:
    ordered = ["01-02-2024"] * 40 + ["03-04-2024"]
    received = ["2024-01-20"] * 40 + ["2024-01-01"]
    reading = read(events=[("ordered", "received")], ordered=ordered, received=received)
    assert reading.values["ordered"][0] == date(2024, 1, 2)


def test_another_column_written_the_same_way_decides() -> None:
    reading = read(promised=["25/03/2024", "26/03/2024"], received=["02/03/2024", "03/03/2024"])
    assert reading.values["received"][0] == DAY


def test_columns_that_are_ambiguous_together_decide_each_other() -> None:
    reading = read(
        events=[("ordered", "received")],
        ordered=["11/02/2024", "12/03/2024", "01/02/2024"],
        received=["01/03/2024", "04/04/2024", "03/02/2024"],
    )
    assert reading.values["ordered"].to_list() == [date(2024, 2, 11), date(2024, 3, 12), date(2024, 2, 1)]


def test_without_evidence_the_import_asks() -> None:
    with pytest.raises(AmbiguousDates) as caught:
        read(on=["01/02/2024", "03/04/2024"])
    problem = caught.value.problems[0]
    assert problem.file == "orders.csv"
    assert problem.column == "on"
    assert "01/02/2024" in problem.reason
    assert "date_formats" in problem.remedy


def test_an_answer_decides() -> None:
    assert read(on=["01/02/2024"], orders={"on": {"*": "month"}}).values["on"][0] == date(2024, 1, 2)
    assert read(on=["01/02/2024"], orders={"on": {"/yyyy": "day"}}).values["on"][0] == date(2024, 2, 1)


def test_equal_day_and_month_need_no_answer() -> None:
    assert read(on=["02/02/2024"]).values["on"][0] == date(2024, 2, 2)


def test_a_date_that_reads_one_way_only_is_not_asked_about() -> None:
    found = read(events=[("on", "received")], on=["13/02/2022", "31/02/2022"], received=["2022-02-03", "2022-02-03"])
    assert found.values["on"].to_list() == [date(2022, 2, 13), None]


def test_full_stops_mean_day_first_unless_the_rows_say_otherwise() -> None:
    assert read(on=["01.02.2024"]).values["on"][0] == date(2024, 2, 1)
    assert read(on=["01.02.2024", "01.20.2024"]).values["on"][0] == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("pattern", "order"),
    [
        ("dd.mm.yyyy", (".yyyy", "day")), ("m/d/yy", ("/yy", "month")), ("%d-%m-%Y", ("-yyyy", "day")),
        ("month", ("*", "month")), ("yyyy-mm-dd", None), ("d-Mon-yy", None),
    ],
)  # fmt: skip
def test_formats_named_in_a_mapping(pattern: str, order: tuple[str, str] | None) -> None:
    assert order_of_format(pattern) == order


def test_two_habits_in_one_column_are_noticed() -> None:
    reading = read(on=["03/25/2024", "03/26/2024", "03/27/2024", "03/28/2024", "25/03/2024"])
    assert reading.unreadable["on"].to_list() == [False] * 4 + [True]
    assert any("1 dates like 25/03/2024 exist only day first" in notice for notice in reading.notices)
