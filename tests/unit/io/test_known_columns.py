"""Part lists that hold some of the columns only."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.io.known_columns import with_known_columns
from spareverse.network.tables import PARTS


def parts(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"currency": "EUR"} | row for row in rows], schema=PARTS.schema)


FULL = parts(
    {"part_id": "A", "description": "Seal", "unit_cost": 4.0, "currency": "USD"},
    {"part_id": "B", "description": "Pump", "unit_cost": 9.0},
)


def test_columns_a_file_says_nothing_in_stay_as_known() -> None:
    first, second = with_known_columns([FULL, parts({"part_id": "A", "contract": "X"}, {"part_id": "C"})], PARTS)
    assert first.equals(FULL)
    a, c = second.to_dicts()
    assert (a["description"], a["unit_cost"], a["currency"], a["contract"]) == ("Seal", 4.0, "USD", "X")
    assert (c["description"], c["unit_cost"], c["currency"]) == (None, None, "EUR")


def test_an_empty_cell_of_a_column_that_has_values_counts() -> None:
    newer = parts({"part_id": "A", "description": None}, {"part_id": "B", "description": "Pump 2"})
    assert with_known_columns([FULL, newer], PARTS)[1]["description"].to_list() == [None, "Pump 2"]


def test_amounts_in_another_currency_are_not_mixed_into_a_row() -> None:
    newer = parts({"part_id": "A", "salvage_value": 1.0}, {"part_id": "B", "salvage_value": 1.0})
    found = with_known_columns([FULL, newer], PARTS)[1]
    assert found["unit_cost"].to_list() == [None, 9.0]
    assert found["currency"].to_list() == ["EUR", "EUR"]


def test_what_was_known_passes_through_several_files() -> None:
    newer = [parts({"part_id": "B", "contract": "X"}), parts({"part_id": "B", "weight_kg": 2.0})]
    last = with_known_columns([FULL, *newer], PARTS)[2].row(0, named=True)
    assert (last["description"], last["contract"], last["weight_kg"]) == ("Pump", "X", 2.0)
