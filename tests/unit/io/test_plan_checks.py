"""Limits, price breaks and substitutes on their way in: what is taken, set aside with its reason, undone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from spareverse.network.tables import TABLES

LIMITS = """group,value,measure,at_least,at_most
criticality,A,fill_rate,0.97,
class,B,fill rate,0.9,
all,,volume,,120
place,ZRH,money,,250000
category,pumps,pieces_each,1,6
category,valves,pieces_each,5,2
supplier,S1,stock_value,100,
colour,red,stock_value,,100
criticality,A,fill_rate,95,
criticality,,stock_value,,100
planner,Ada,pieces,,
planner,Bea,pieces,,-3
contract,C-1,fill_rate,,0.9
"""
BREAKS = """part_id,supplier_id,from_quantity,unit_cost,currency
007,S1,1,10,EUR
007,S1,10,9,EUR
007,S1,50,9.5,EUR
007,S1,100,8,EUR
008,,0.5,3,EUR
008,,20,0,EUR
008,,40,2,USD
"""
SUBSTITUTES = """part_id,substitute_id,kind,valid_from
A,B,two-way,
C,D,,2024-05-01
E,E,one_way,
F,G,superseded,
"""


@pytest.fixture
def twin(tmp_path: Path) -> sv.Twin:
    return sv.create(tmp_path / "twin", currency="EUR")


def brought(twin: sv.Twin, table: str, text: str) -> pl.DataFrame:
    path = twin.folder.path.parent / f"{table}.csv"
    path.write_text(text)
    twin.import_orders(**{table: path})
    return twin.folder.table(table)


def reasons(twin: sv.Twin) -> list[str]:
    return twin.folder.quarantine()["reason"].to_list()


def test_limits_are_taken_or_set_aside_with_their_reason(twin: sv.Twin) -> None:
    taken = brought(twin, "limits", LIMITS)
    assert taken["group"].to_list() == ["criticality", "criticality", "all", "place", "category"]
    assert taken["measure"].to_list() == ["fill_rate", "fill_rate", "volume", "stock_value", "pieces_each"]
    wrong = twin.folder.quarantine()
    assert wrong["row"].to_list() == list(range(7, 15))
    for reason, words in zip(
        reasons(twin),
        (
            "minimum is above the maximum", "no lower limit", "group is not known", "at most 1", "group is not named",
            "no limit is given", "at_most is not a number from zero up", "no upper limit",
        ),
        strict=True,
    ):  # fmt: skip
        assert words in reason
    assert all(wrong["remedy"].str.len_chars() > 10)
    assert "Use one of: all, part" in wrong["remedy"][2]


def test_an_import_of_limits_is_undone(twin: sv.Twin) -> None:
    brought(twin, "limits", LIMITS)
    twin.folder.undo(twin.folder.imports()["import_id"][0])
    assert twin.folder.table("limits").is_empty()


def test_prices_fall_with_the_quantity(twin: sv.Twin) -> None:
    taken = brought(twin, "price_breaks", BREAKS)
    assert taken.select("part_id", "from_quantity").rows() == [("007", 1.0), ("007", 10.0), ("007", 100.0)]
    found = reasons(twin)
    assert "costs as much or more" in found[0]
    assert "from one piece on" in found[1]
    assert "not above zero" in found[2]
    assert "no rate for USD" in found[3]


def test_substitutes(twin: sv.Twin) -> None:
    taken = brought(twin, "substitutes", SUBSTITUTES)
    assert taken["kind"].to_list() == ["two_way", "one_way", "superseded"]
    assert "its own substitute" in reasons(twin)[0]


def test_files_are_recognised_without_being_named(twin: sv.Twin, tmp_path: Path) -> None:
    from spareverse.io.importing import preview

    for table, text in (("limits", LIMITS), ("price_breaks", BREAKS), ("substitutes", SUBSTITUTES)):
        path = tmp_path / f"{table}.csv"
        path.write_text(text)
        assert preview(path, settings=twin.folder.settings).table == table


def test_parts_of_an_earlier_version_lack_no_column(twin: sv.Twin) -> None:
    parts = brought(twin, "parts", "part_id,description\nA,pump\n")
    kept = next((twin.folder.path / "imports").glob("*/rows.parquet"))
    pl.read_parquet(kept).drop("volume_m3", "last_order_on", "contract").write_parquet(kept)
    again = sv.open(twin.folder.path).folder.table("parts")
    assert again.schema == parts.schema
    assert set(TABLES["parts"].names) < set(again.columns)
