"""Lives of parts in assets: who replaced whom, from which age on, and until when."""

from __future__ import annotations

from datetime import date

import polars as pl

from spareverse.history.asset_lives import asset_lives
from spareverse.network.tables import TABLES

BEGINS, UNTIL = date(2020, 1, 1), date(2022, 1, 1)


def installed(*rows: dict[str, object]) -> pl.DataFrame:
    return _table("installed", [{"place_id": "", "quantity": 1.0, **row} for row in rows])


def issues(*rows: tuple[str, str | None, date, float, str | None]) -> pl.DataFrame:
    names = ("part_id", "asset_id", "issued_on", "quantity", "kind")
    return _table("consumption", [dict(zip(names, row, strict=True)) for row in rows])


def _table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=TABLES[name].schema)


def lives(base: pl.DataFrame, used: pl.DataFrame) -> list[tuple[object, ...]]:
    found = asset_lives(base, used, BEGINS, UNTIL).sort("asset_id", "piece", "entry", "exit")
    return found.select("entry", "exit", "ended", "failed", "at_work").rows()


PUMP = {"asset_id": "a", "part_id": "p", "since": date(2019, 1, 1)}


def test_a_replaced_piece_and_the_one_at_work() -> None:
    used = issues(("p", "a", date(2020, 12, 31), 1.0, None))
    assert lives(installed(PUMP), used) == [(0.0, 366.0, 0.0, False, True), (365.0, 730.0, 366.0, True, False)]


def test_preventive_replacement_is_no_failure() -> None:
    used = issues(("p", "a", date(2020, 12, 31), 1.0, "preventive"))
    assert [row[3] for row in lives(installed(PUMP), used)] == [False, False]


def test_what_lies_outside_the_window_is_not_known() -> None:
    used = issues(
        ("p", "a", date(2019, 6, 1), 1.0, None),
        ("p", "a", date(2022, 6, 1), 1.0, None),
        ("p", None, date(2021, 6, 1), 1.0, None),
        ("q", "a", date(2021, 6, 1), 1.0, None),
        ("p", "a", date(2021, 6, 1), -1.0, None),
    )
    assert lives(installed(PUMP), used) == [(365.0, 1096.0, 0.0, False, True)]


def test_assets_without_a_day_or_in_the_future_are_left_out() -> None:
    base = installed(PUMP | {"since": None}, PUMP | {"since": date(2023, 1, 1)}, PUMP | {"quantity": 5_000.0})
    assert lives(base, issues()) == []


def test_pieces_of_one_asset_are_replaced_in_turn() -> None:
    days = (date(2020, 7, 1), date(2021, 1, 1), date(2021, 7, 1))
    base, used = installed(PUMP | {"quantity": 2.0}), issues(*(("p", "a", day, 1.0, None) for day in days))
    found = asset_lives(base, used, BEGINS, UNTIL)
    assert not found["single"].any()
    assert found["failed"].sum() == 3
    assert sorted(found.filter("at_work")["exit"].to_list()) == [184.0, 365.0]


def test_several_pieces_on_one_day_are_no_more_than_there_are() -> None:
    found = asset_lives(installed(PUMP), issues(("p", "a", date(2021, 1, 1), 4.0, None)), BEGINS, UNTIL)
    assert found["failed"].sum() == 1
    assert found["single"].all()
