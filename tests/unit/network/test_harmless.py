"""Texts that look like formulas leave harmless and come back as they were, through CSV and Excel, time after time."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spareverse.io.excel import write_csv, write_tables
from spareverse.io.readers import as_sheet, read_bytes, read_cells
from spareverse.io.report import read_changes, write_changes
from spareverse.io.viable_limit_files import read_viable_limits, write_viable_limits
from spareverse.network.agent_tables import LIMITS
from spareverse.network.harmless import as_written, harmless
from spareverse.network.results import CHANGE_LIST

TEXTS = ["=1+1", "'=1+1", "''=1+1", "+49 30 1234", "-", "@planner", "'tis asked for", "plain", "a = b"]
RUNS = ("=", "+", "-", "@", "\t", "\r")


@given(st.text(alphabet="'=+-@\t\rab ", max_size=6))
def test_no_text_that_leaves_runs_and_all_come_back(text: str) -> None:
    frame = pl.DataFrame({"text": [text]})
    out = frame.with_columns(harmless(pl.col("text")))
    assert not out["text"][0].startswith(RUNS)
    assert out.with_columns(as_written(pl.col("text"))).equals(frame)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_texts_come_back_from_a_file_as_they_were_each_time(ending: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": [f"n{at}" for at in range(len(TEXTS))], "text": TEXTS})
    for _ in range(2):
        path = tmp_path / f"texts{ending}"
        if ending == ".csv":
            write_csv(path, frame)
            with path.open(encoding="utf-8-sig") as file:
                assert not any(cell.startswith(RUNS) for row in csv.reader(file) for cell in row)
        else:
            write_tables(path, {"texts": frame})
        sheet = as_sheet(read_cells(path.name, read_bytes(path))[0], frozenset({"name", "text"}))
        frame = sheet.frame.select("name", "text")
        assert frame["text"].to_list() == TEXTS


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_why_a_limit_was_set_comes_back_as_it_was(ending: str, tmp_path: Path) -> None:
    row = {"side": "service", "measure": "fill_rate", "at_least": 0.9, "comment": '=HYPERLINK("http://x")'}
    limits = LIMITS.completed(pl.DataFrame([row])).select(LIMITS.names).cast(LIMITS.schema)
    path = write_viable_limits(limits, tmp_path / f"limits{ending}")
    assert read_viable_limits(path)["comment"].to_list() == [row["comment"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_comment_of_a_decision_comes_back_as_it_was(kind: str, tmp_path: Path) -> None:
    rows = [{"part_id": f"P{at}", "place_id": "-A", "accept": "yes", "comment": text} for at, text in enumerate(TEXTS)]
    changes = CHANGE_LIST.completed(pl.DataFrame(rows)).select(CHANGE_LIST.names).cast(CHANGE_LIST.schema)
    path = tmp_path / f"changes.{kind}"
    write_changes(path, changes, kind)  # type: ignore[arg-type]
    found = read_changes(path)
    assert found["comment"].to_list() == TEXTS
    assert found["place_id"].unique().to_list() == ["-A"]


def test_a_workbook_holds_texts_and_no_formulas(tmp_path: Path) -> None:
    write_tables(tmp_path / "texts.xlsx", {"texts": pl.DataFrame({"text": TEXTS})})
    cells = fastexcel.read_excel(tmp_path / "texts.xlsx").load_sheet(0, dtypes="string").to_polars()["text"].to_list()
    assert cells[0] == "=1+1"  # as a text: a formula would have been read as what it comes to
    with zipfile.ZipFile(tmp_path / "texts.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
