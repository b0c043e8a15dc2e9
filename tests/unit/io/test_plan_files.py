"""A plan as a file: what waits for a decision first, answers near the front, rules that a system can take."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from spareverse.io.plan_files import OTHERS, TO_DECIDE, as_policies, write_plan
from spareverse.io.report import read_changes
from spareverse.network.plan_list import heading_with_unit
from spareverse.network.plan_tables import POLICY_EXPORT
from spareverse.twin.plan_list import described, with_decisions
from tests import fixtures_plan as made

N = 120
LEAST = 60.0


def listed(decisions: pl.DataFrame | None = None) -> pl.DataFrame:
    return with_decisions(described(made.plan(N), "CHF", LEAST), decisions)


def document() -> dict[str, object]:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    summary = {"parts": N, "parts_stocked": 40, "currency": "CHF", "today": None}
    return made.plan_document() | {"summary": summary, "made_at": made_at, "version": "1", "known_until": "2023-02-28"}


def decision(row: dict[str, object], **values: object) -> dict[str, object]:
    empty = {"accept": None, "override_reorder_point": None, "comment": None}
    key = {"part_id": row["part_id"], "place_id": row["place_id"]}
    return key | empty | {"proposed_reorder_point": row["reorder_point"]} | values


@pytest.fixture
def decided() -> pl.DataFrame:
    """Accepted, rejected, own figure, bought on demand by own wish, accepted when the plan said something else."""
    rows = listed().filter(pl.col("kind").is_not_null() & (pl.col("reorder_point") >= 0)).head(5).to_dicts()
    taken = [
        decision(rows[0], accept="yes"),
        decision(rows[1], accept="no"),
        decision(rows[2], accept="yes", override_reorder_point=9.0),
        decision(rows[3], accept="yes", override_reorder_point=-1.0),
        decision(rows[4], accept="yes", proposed_reorder_point=float(rows[4]["reorder_point"]) + 1),
    ]
    return pl.DataFrame(taken, infer_schema_length=None, schema_overrides={"comment": pl.String})


def test_only_what_was_decided_goes_to_a_planning_system(decided: pl.DataFrame) -> None:
    rules = as_policies(listed(decided))
    assert rules.columns == list(POLICY_EXPORT)
    by_part = {row["part_id"]: row for row in rules.to_dicts()}
    assert set(by_part) == {decided["part_id"][i] for i in (0, 2, 3)}
    assert by_part[decided["part_id"][2]]["reorder_point"] == 9
    on_demand = by_part[decided["part_id"][3]]
    assert (on_demand["policy"], on_demand["reorder_point"], on_demand["order_quantity"]) == ("on_demand", None, None)
    everything = as_policies(listed(decided), undecided=True)
    assert everything.height == N - 1
    assert everything["reorder_point"].drop_nulls().min() >= 0  # type: ignore[operator]


def test_rules_for_upload_are_in_whole_pieces(decided: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "policies.csv"
    write_plan(path, document(), {"plan": listed(decided), "curve": made.plan_curve(N)}, undecided=True)
    rules = pl.read_csv(path)
    assert {rules.schema[name] for name in ("reorder_point", "order_up_to", "order_quantity")} == {pl.Int64}


def test_a_heading_names_its_unit_once() -> None:
    assert heading_with_unit("action_pieces", "CHF") == "Pieces now"
    assert heading_with_unit("lines_a_year", "CHF") == "Lines a year"
    assert heading_with_unit("unit_cost", "CHF") == "Unit cost [CHF/piece]"


def test_what_asks_for_something_comes_first(decided: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan(path, document(), {"plan": listed(decided), "curve": made.plan_curve(N)})
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == [TO_DECIDE, OTHERS, "Policies"]
    first, others = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets[:2])
    assert len(first) + len(others) == N + 2
    names = [str(name) for name in first[0]]
    assert names[:6] == ["Part", "Place", "Description", "Accept", "Own figure [pieces]", "Comment"]
    assert {"Do now", "Worth [CHF]", "Effect", "Decision", "Lines gained [/year]"} <= set(names)
    at = {name: position for position, name in enumerate(names)}
    worth = [row[at["Worth [CHF]"]] for row in first[1:]]
    assert worth == sorted(worth, key=lambda value: -float(str(value)))
    for row in others[1:]:
        assert row[at["Decision"]] in ("as today", "accepted", "rejected", "own figure")
        small = row[at["Small"]] in (None, True)
        assert small or row[at["Do now"]] in (None, "keep", "watch") or row[at["Decision"]] == "rejected"
    changed = next(row for row in first[1:] if row[at["Decision"]] == "changed since")
    assert changed[at["Accept"]] is None


def test_answers_in_either_list_come_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan(path, document(), {"plan": listed(), "curve": made.plan_curve(N)})
    book = openpyxl.load_workbook(path)
    answered = {}
    for sheet, answer in zip(book.worksheets[:2], ("yes", "no"), strict=True):
        names = [str(cell.value).partition(" [")[0] for cell in sheet[1]]
        row = sheet[3]
        row[names.index("Accept")].value = answer
        row[names.index("Comment")].value = "seen"
        answered[row[names.index("Part")].value] = (answer, row[names.index("Plan")].value)
    book.save(path)
    read = {row["part_id"]: row for row in read_changes(path).to_dicts()}
    assert {part: (row["accept"], row["proposed_reorder_point"]) for part, row in read.items()} == answered
    assert {row["comment"] for row in read.values()} == {"seen"}
