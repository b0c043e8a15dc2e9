"""Lists that come back: nothing twice, nothing on parts there are not, and on which figure it was decided."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from spareverse.errors import InputRejected
from spareverse.io.twin_folder import TwinFolder
from tests import fixtures_plan as made

N = 40


@pytest.fixture
def twin(tmp_path: Path) -> sv.Twin:
    """A twin whose plan of record is made of constructed tables."""
    twin = sv.Twin(TwinFolder.create(tmp_path / "acme", name="Acme"))
    summary = {"parts": N, "parts_stocked": 20, "stock_value": 3e5, "fill_rate": 0.8, "currency": "EUR", "today": None}
    document = made.plan_document() | {"summary": summary, "known_until": "2023-02-28", "version": "1"}
    tables = {"plan": made.plan(N), "curve": made.plan_curve(N), "demand": made.demand(N)}
    twin.adopt(twin.folder.save_run("plan", document, tables))
    return twin


def answers(path: Path, rows: list[dict[str, object]]) -> Path:
    pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    return path


def test_a_list_brought_back_as_it_went_out_decides_nothing(twin: sv.Twin, tmp_path: Path) -> None:
    plan = twin.plan()
    rows = plan.decided().filter(pl.col("kind").is_not_null()).head(3)
    answered = rows.select("part_id", "place_id", pl.Series("accept", ["yes", "no", "yes"]))
    figures = rows["reorder_point"] + pl.Series([0.0, 0.0, 4.0])
    twin.decide(answered.with_columns(figures.alias("proposed_reorder_point")))
    plan.export(tmp_path / "plan.xlsx")
    read = twin.bring_back(tmp_path / "plan.xlsx")
    assert read.decisions.is_empty()
    assert read.unchanged == 2  # the third was accepted on another figure: its answer is not handed out
    assert plan.decided().filter(pl.col("part_id") == rows["part_id"][2])["state"].item() == "changed since"


def test_an_answer_to_another_figure_is_no_answer_to_the_plan(twin: sv.Twin, tmp_path: Path) -> None:
    row = twin.plan().decided().filter(pl.col("kind").is_not_null()).row(0, named=True)
    answer = {"Part": row["part_id"], "Place": row["place_id"], "Accept": "yes", "Plan [pieces]": 77}
    read = twin.bring_back(answers(tmp_path / "c.csv", [answer]))
    assert (read.decisions.height, read.on_other_figures) == (1, 1)
    twin.decide(read.decisions)
    assert twin.promises().is_empty()
    kept = twin.plan().decided().filter(pl.col("part_id") == row["part_id"])
    assert kept["state"].item() == "changed since"


def test_parts_of_no_plan_are_refused_with_their_cells(twin: sv.Twin, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"part_id": part, "place_id": "", "accept": "yes", "override_reorder_point": None, "comment": None}
        for part in ("nobody", "000001", "nothing")
    ]
    with pytest.raises(InputRejected, match="2 decisions are on parts") as caught:
        twin.bring_back(answers(tmp_path / "c.csv", rows))
    assert [problem.value for problem in caught.value.problems] == ["nobody", "nothing"]
    assert twin.folder.decisions().is_empty()
