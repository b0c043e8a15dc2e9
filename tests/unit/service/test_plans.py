"""Plans as the server holds them: compared with the one before, decided on from a sheet, ordered once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from spareverse.errors import InputRejected, NotFound
from spareverse.io.twin_folder import TwinFolder
from spareverse.service.jobs import JobQueue
from spareverse.service.plans import OPTIMISE, Plans
from spareverse.service.workspace import Workspace
from spareverse.twin import Twin
from tests import fixtures_plan as made

N = 60


def keep(twin: Twin, plan: pl.DataFrame) -> str:
    summary = {"parts": N, "parts_stocked": 20, "stock_value": 3e5, "fill_rate": 0.83, "currency": "EUR", "today": None}
    document = made.plan_document() | twin.made_of() | {"summary": summary, "known_until": "2023-02-28"}
    tables = {"plan": plan, "curve": made.plan_curve(), "demand": made.demand(N)}
    return twin.adopt(twin.folder.save_run("plan", document, tables)).id


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    twin = Twin(TwinFolder.create(tmp_path / "acme", name="Acme"))
    jobs = JobQueue(twin.folder.path, target=lambda *_: None)
    yield Workspace(twin, jobs)
    jobs.close()


@pytest.fixture
def plans(workspace: Workspace) -> Plans:
    return workspace.plans


def test_without_a_plan_nothing_waits(plans: Plans) -> None:
    assert plans.to_decide() is None
    with pytest.raises(NotFound):
        plans.plan()


def test_a_trial_is_no_news(workspace: Workspace) -> None:
    first = keep(workspace.twin, made.plan(N))
    waiting, news = workspace.plans.to_decide(), workspace.plans.changes()
    trial = keep(workspace.twin, made.plan(N).with_columns(pl.col("reorder_point") + 3))
    assert workspace.plans.changes().height != news.height
    workspace.twin.withdraw()
    assert workspace.plans.adopted_ids() == [first]
    assert workspace.plans.ids() == [trial, first]
    assert (workspace.plans.plan().id, workspace.plans.plan("latest").id) == (first, trial)
    assert workspace.plans.to_decide() == waiting
    assert workspace.plans.changes().equals(news)
    workspace.twin.withdraw()
    assert workspace.plans.to_decide() is None


def test_the_first_plan_is_all_new(workspace: Workspace) -> None:
    keep(workspace.twin, made.plan(N))
    news = workspace.plans.changes()
    assert set(news["news"]) == {"new"}
    assert news.height == workspace.plans.to_decide()
    assert not workspace.plans.stale(workspace.plans.plan().document)


def test_what_changed_since_the_plan_before_is_told(workspace: Workspace) -> None:
    before = made.plan(N)
    keep(workspace.twin, before)
    today, first = pl.col("current_reorder_point"), pl.col("part_id")
    kept = pl.col("reorder_point")
    after = before.with_columns(
        reorder_point=pl.when(first == "000000")  # proposed before, not now
        .then(today)
        .when(first == "000001")  # proposed before with another figure
        .then(kept + 2)
        .otherwise(kept)
    )
    same = before.filter(kept == today)["part_id"][0]
    after = after.with_columns(reorder_point=pl.when(first == same).then(today + 5).otherwise("reorder_point"))
    keep(workspace.twin, after)
    news = dict(workspace.plans.changes().select("part_id", "news").rows())
    assert news == {"000000": "gone", "000001": "changed", same: "new"}


def test_a_filled_in_list_becomes_decisions_on_this_plan(workspace: Workspace, tmp_path: Path) -> None:
    run = keep(workspace.twin, made.plan(N))
    file = tmp_path / "plan.xlsx"
    workspace.plans.plan().export(file)
    fill(file, {"000000": ("yes", None), "000001": ("no", None), "000002": ("yes", 9)})
    read = workspace.twin.bring_back(file).decisions.sort("part_id")
    assert read["analysis_id"].unique().to_list() == [run]
    assert read["proposed_reorder_point"].to_list() == made.plan(N)["reorder_point"][:3].to_list()
    workspace.decide(read)
    assert workspace.plans.rows().frame["state"][:3].to_list() == ["accepted", "rejected", "own figure"]


def test_decisions_on_unknown_parts_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    keep(workspace.twin, made.plan(N))
    file = tmp_path / "plan.xlsx"
    workspace.plans.plan().export(file)
    fill(file, {"000000": ("yes", None)}, rename="nobody")
    with pytest.raises(InputRejected, match="in no plan and in no analysis") as refused:
        workspace.twin.bring_back(file)
    assert [problem.value for problem in refused.value.problems] == ["nobody"]


def fill(file: Path, answers: dict[str, tuple[str, float | None]], rename: str = "") -> None:
    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets[:2]:
        names = [str(cell.value).partition(" [")[0] for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            part = row[names.index("Part")]
            if part.value in answers:
                row[names.index("Accept")].value, row[names.index("Own figure")].value = answers[part.value]
                part.value = rename or part.value
    book.save(file)


def test_the_same_plan_is_ordered_once(plans: Plans) -> None:
    first = plans.order(OPTIMISE, {"budget": 1e6, "fill_rate": None}, "Plan")
    assert first.arguments == {"budget": 1e6}
    assert plans.order(OPTIMISE, {"budget": 1e6}, "Plan").id == first.id
    assert plans.active(OPTIMISE) == first
