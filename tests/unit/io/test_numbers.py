"""Numbers: decimal signs by evidence, and texts that are none."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.io.numbers import NumberReading, read_numbers


def read(texts: list[str | None], *, delimiter: str = ",", decimal: str | None = None) -> NumberReading:
    frame = pl.DataFrame({"n": texts}, schema={"n": pl.String})
    return read_numbers("orders.csv", frame, titles={}, delimiter=delimiter, decimal=decimal)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0), ("12.5", 12.5), ("1,234.56", 1234.56), ("1.234,56", 1234.56), ("1 234,5", 1234.5),
        ("1\u00a0234", 1234.0), ("1'234.50", 1234.5), ("5-", -5.0), ("-5", -5.0), ("(5)", -5.0), ("+5", 5.0),
        ("\u22125", -5.0), ("12 pcs", 12.0), ("12 ST", 12.0), ("12ea", 12.0), ("3 Stück", 3.0), ("€ 12,50", 12.5),
        ("12.50 EUR", 12.5), ("-12,5", -12.5), ("1.234.567", 1234567.0), ("1e3", 1000.0), (".5", 0.5), ("0,125", 0.125),
    ],
)  # fmt: skip
def test_ways_to_write_numbers(text: str, number: float) -> None:
    reading = read([text])
    assert reading.values["n"].to_list() == [number]


@pytest.mark.parametrize("text", ["twelve", "12 boxes", "1,2,3", "12.5.1", "nanx", "inf", "1-2", "12 34 kg", "=1+1"])
def test_texts_that_are_no_numbers(text: str) -> None:
    reading = read([text, "1"])
    assert reading.unreadable["n"].to_list() == [True, False]


@pytest.mark.parametrize("text", [None, "n/a", "-", "NULL"])
def test_texts_that_mean_no_number(text: str | None) -> None:
    reading = read([text, "1"])
    assert reading.values["n"].to_list() == [None, 1.0]
    assert not reading.unreadable["n"].any()


def test_one_clear_number_decides_for_the_column() -> None:
    reading = read(["1.234", "12,50"], delimiter=";")
    assert reading.values["n"].to_list() == [1234.0, 12.5]
    assert reading.decimal == ","


def test_another_column_decides() -> None:
    frame = pl.DataFrame({"quantity": ["1.234"], "price": ["12,50"]})
    assert read_numbers("f", frame, titles={}, delimiter=";").values.row(0) == (1234.0, 12.5)


def test_without_evidence_the_import_asks() -> None:
    with pytest.raises(InputRejected) as caught:
        read(["1.234", "5.000"], delimiter=";")
    assert "decimal" in caught.value.problems[0].remedy


def test_the_mapping_answers() -> None:
    assert read(["5.000"], delimiter=";", decimal=".").values["n"].to_list() == [5.0]
    assert read(["5.000"], delimiter=";", decimal=",").values["n"].to_list() == [5000.0]


def test_files_with_commas_between_fields_use_decimal_points() -> None:
    assert read(["1.234", "1,234"]).values["n"].to_list() == [1.234, 1234.0]
