"""Studies of a twin: made, changed, refused, ordered, stale, taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import InputRejected, NotFound, UsageError
from spareverse.io.study_files import read_study, write_study
from spareverse.io.twin_folder import TwinFolder
from spareverse.service.studies import Studies, new_run, plain_name
from spareverse.service.workspace import Workspace
from tests import fixtures_study as made


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(TwinFolder.create(tmp_path / "acme", name="Acme").path)
    yield opened
    opened.jobs.close()


@pytest.fixture
def studies(workspace: Workspace) -> Studies:
    return workspace.studies


@pytest.fixture
def platform(studies: Studies, tmp_path: Path) -> str:
    """A study of constructed lines, brought as files."""
    (tmp_path / "source").mkdir()
    write_study(made.study(lines=6), tmp_path / "source")
    return studies.create(sorted((tmp_path / "source").iterdir()))


def test_a_study_is_brought_as_files_and_reads_back_the_same(studies: Studies, platform: str) -> None:
    assert studies.names() == [platform] == ["platform"]
    study, source = studies.definition(platform), made.study(lines=6)
    assert [option.name for option in study.options] == [option.name for option in source.options]
    assert study.lines["failures_per_year"].to_list() == source.lines["failures_per_year"].to_list()
    assert studies.runs(platform) == []


def test_the_same_files_again_make_a_second_study(studies: Studies, platform: str, tmp_path: Path) -> None:
    again = studies.create(sorted((tmp_path / "source").iterdir()))
    assert studies.names() == [platform, again]


def test_an_example_is_a_copy_that_may_be_changed(studies: Studies) -> None:
    name = studies.create_example("el-thalji-2025")
    assert [option.name for option in studies.definition(name).options] == ["physical", "digital", "enhanced", "hybrid"]
    with pytest.raises(NotFound, match="moon-base"):
        studies.create_example("moon-base")


def test_files_that_are_no_study_are_refused_and_leave_nothing(studies: Studies, tmp_path: Path) -> None:
    table = tmp_path / "lines.csv"
    table.write_text("tag,part_id\nA,B\n", encoding="utf-8")
    with pytest.raises(UsageError, match="one is needed"):
        studies.create([table])
    plan = tmp_path / "study.toml"
    plan.write_text('[study]\nname = "x"\nlines = "absent.xlsx"\n', encoding="utf-8")
    with pytest.raises(InputRejected) as refused:
        studies.create([plan, table])
    assert any(problem.column == "study.lines" for problem in refused.value.problems)
    assert studies.names() == []


@pytest.mark.parametrize(
    "name", ["../twin.toml", "..", "platform/../platform", "PLATFORM", "platform ", "", "a//b", ".x"]
)
def test_names_cannot_leave_the_folder(studies: Studies, platform: str, name: str) -> None:
    for ask in (studies.definition, studies.runs, studies.document):
        with pytest.raises(NotFound):
            ask(name)
    with pytest.raises(NotFound):
        studies.run(platform, f"../{name}")


def test_a_lines_file_outside_the_folder_is_not_read(studies: Studies, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("tag,part_id\nA,B\n", encoding="utf-8")
    folder = tmp_path / "source"
    folder.mkdir()
    plan = folder / "study.toml"
    plan.write_text('[study]\nname = "x"\nlines = "../secret.csv"\n', encoding="utf-8")
    with pytest.raises(InputRejected, match="wrong"):
        studies.create([plan])


@pytest.mark.parametrize(
    ("text", "name"), [("Pumps & Valves 7", "pumps-valves-7"), ("../..", "study"), ("æøå", "study")]
)
def test_names_become_plain(text: str, name: str) -> None:
    assert plain_name(text) == name
    assert len(plain_name("x" * 500)) <= 60


def test_a_change_is_kept_and_a_wrong_one_is_refused_whole(studies: Studies, platform: str) -> None:
    document = studies.document(platform)
    document["study"]["horizon_years"] = 10
    assert studies.change(platform, document).horizon_h == 10 * 8760
    document["study"]["horizon_years"] = 5
    document["option"][0]["policy"]["reorder_point"] = -2
    with pytest.raises(InputRejected) as refused:
        studies.change(platform, document)
    assert {problem.column for problem in refused.value.problems} == {"option[physical].policy.reorder_point"}
    assert {problem.file for problem in refused.value.problems} == {"study.toml"}
    assert studies.definition(platform).horizon_h == 10 * 8760
    left = {path.name for path in studies.folder(platform).iterdir()}
    assert left == {"study.toml", "lines.parquet"}


def test_another_package_takes_the_place_of_the_first(studies: Studies, platform: str, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    made.study(lines=3).lines.select("tag", "part_id", "failures_per_year", "unit_price").write_csv(path)
    assert studies.replace_lines(platform, path).lines.height == 3
    assert studies.definition(platform).lines.height == 3
    broken = tmp_path / "broken.csv"
    broken.write_text("tag,part_id,failures_per_year\nA,B,-4\n", encoding="utf-8")
    with pytest.raises(InputRejected):
        studies.replace_lines(platform, broken)
    with pytest.raises(UsageError):
        studies.replace_lines(platform, tmp_path / "program.exe")
    assert studies.definition(platform).lines.height == 3


def test_lines_are_edited_added_and_removed(studies: Studies, platform: str) -> None:
    given = studies.definition(platform).lines.to_dicts()
    given[0] |= {"unit_price": " 1 750.5 ", "am_qualified": True, "description": 'Impeller,\n"large"'}
    added = {"tag": "X-1", "part_id": "007", "failures_per_year": 0.5, "unit_price": "200"}
    studies.change_lines(platform, [*given[:-1], added])
    lines = studies.definition(platform).lines
    assert lines["part_id"].to_list() == [*(line["part_id"] for line in given[:-1]), "007"]
    assert lines["unit_price"].to_list() == [1750.5, *(line["unit_price"] for line in given[1:-1]), 200.0]
    assert lines.row(0, named=True)["description"] == 'Impeller, "large"'
    assert (lines["criticality"][-1], lines["asset_id"][-1]) == ("medium", "X-1")
    notes = studies.definition(platform).notes
    assert "Assumed for 1 of 6 lines: criticality medium." in notes
    studies.change_lines(platform, lines.to_dicts())
    assert studies.definition(platform).lines.equals(lines)
    assert studies.definition(platform).notes == notes


def test_wrong_lines_are_refused_whole_each_trouble_at_its_line(studies: Studies, platform: str) -> None:
    before = studies.definition(platform).lines
    rows = before.to_dicts()
    rows[1]["unit_price"] = -5
    rows[3]["failures_per_year"] = "often"
    rows.append({"part_id": "S-new"})
    with pytest.raises(InputRejected) as rejected:
        studies.change_lines(platform, rows)
    places = {(problem.row, problem.column) for problem in rejected.value.problems}
    assert places >= {(2, "unit_price"), (4, "failures_per_year"), (7, "tag"), (7, "failures_per_year")}
    with pytest.raises(InputRejected, match="columns that no package has"):
        studies.change_lines(platform, [{"colour": "red"}])
    assert studies.definition(platform).lines.equals(before)


def test_stock_levels_go_with_the_last_line_of_their_part(studies: Studies) -> None:
    name = studies.create_example("package-500")
    study = studies.definition(name)
    assert study.stock.height
    part = study.stock["part_id"][0]
    group = pl.coalesce("interchange_group", "part_id")
    kept = study.lines.filter((pl.col("part_id") != part) & (group != part))
    studies.change_lines(name, kept.to_dicts())
    after = studies.definition(name)
    assert part not in after.stock["part_id"].to_list()
    assert after.stock.equals(study.stock.filter(pl.col("part_id") != part))


def test_results_are_stale_once_inputs_change_and_can_be_taken_back(studies: Studies, platform: str) -> None:
    made.save_run(studies.definition(platform), studies.folder(platform))
    run = studies.run(platform)
    assert not studies.stale(platform, run)
    document = studies.document(platform)
    document["economics"]["downtime_cost_per_h"] = 99
    studies.change(platform, document)
    assert studies.stale(platform, run)
    studies.restore(platform, run)
    assert not studies.stale(platform, run)
    lines = studies.definition(platform).lines.with_columns(unit_price=pl.lit(1.0))
    write_study(
        dataclasses.replace(studies.definition(platform), lines=lines), studies.folder(platform), lines="parquet"
    )
    assert studies.stale(platform, run)


def test_a_run_gives_its_decision_figures_and_package(studies: Studies, platform: str) -> None:
    made.save_run(studies.definition(platform), studies.folder(platform))
    run = studies.run(platform)
    assert run.decision.headline.startswith("Physical warehouse is the cheapest of 4 options")
    assert run.gallery.figure("options").drawn
    assert run.package.height == 6
    assert run.package["best_option"].null_count() == 0
    assert run.package["initial_stock"].null_count() == 0
    assert run.file("SPIR.xlsx").is_file()
    with pytest.raises(NotFound):
        run.file("secrets.txt")
    with pytest.raises(NotFound, match="nothing-like-it"):
        studies.run(platform, "nothing-like-it")


def test_an_unfinished_run_is_not_listed(workspace: Workspace, platform: str) -> None:
    unfinished, finished = new_run(workspace.path, platform)
    unfinished.mkdir()
    (unfinished / "run.json").write_text("{}", encoding="utf-8")
    assert [name for name in workspace.studies.runs(platform) if not name.startswith(".")] == []
    assert not finished.exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"precision": 0.0},
        {"precision": 0.9},
        {"replications": 1},
        {"replications": 10**9},
        {"precision": 0.01, "replications": 5},
        {"seed": -1},
    ],
)
def test_impossible_wishes_are_never_queued(studies: Studies, platform: str, wish: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        studies.order(platform, **wish)  # type: ignore[arg-type]
    assert studies.active(platform) is None


def test_the_same_order_twice_is_one_job(studies: Studies, platform: str) -> None:
    first = studies.order(platform, precision=0.002)
    assert studies.order(platform, precision=0.002) == first == studies.active(platform)
    assert studies.order(platform, precision=0.002, seed=1) != first


def test_reading_a_run_needs_only_its_folder(studies: Studies, platform: str) -> None:
    folder = made.save_run(studies.definition(platform), studies.folder(platform))
    assert read_study(folder).name == "platform"
