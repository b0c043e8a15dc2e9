"""The verbs of a twin on a small company: what is kept, what is made again, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from company import company, day
from spareverse.errors import NotEnoughData, NotFound, SpareverseError, UsageError
from spareverse.network.results import CHANGE_LIST, ROLLING_RESULTS

FILES = ("purchases", "sales", "parts")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    given = company(40, 12)
    for name in FILES:
        given[name].drop("flag").write_csv(folder / f"{name}.csv")
    return {name: folder / f"{name}.csv" for name in FILES}


@pytest.fixture(scope="module")
def made(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twins") / "made"
    twin = sv.create(folder, name="Test company", currency="CHF")
    twin.import_orders(**files)
    twin.analyse(since=day(0))
    return folder


@pytest.fixture
def twin(made: Path, tmp_path: Path) -> sv.Twin:
    """A copy that may be changed."""
    shutil.copytree(made, tmp_path / "twin")
    return sv.open(tmp_path / "twin")


def test_the_public_names() -> None:
    assert set(sv.__all__) == set(dir(sv)) == {"Analysis", "Study", "Twin", "__version__", "create", "open"}
    assert sv.__version__[0].isdigit()
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = sv.nothing_of_the_kind


def test_the_same_inputs_are_analysed_once(twin: sv.Twin) -> None:
    first = twin.analysis()
    again = twin.analyse(since=day(0).isoformat())
    assert again.id == first.id
    assert again.parts.equals(first.parts)
    assert len(twin.folder.runs("analysis")) == 1


def test_other_inputs_or_options_make_a_new_analysis(twin: sv.Twin, files: dict[str, Path]) -> None:
    seen = {twin.analysis().id}
    for options in ({"lateness": "duration"}, {"pairs": "positive"}, {"since": day(30)}, {"until": day(600)}):
        seen.add(twin.analyse(**({"since": day(0)} | options)).id)
    (twin.folder.path / "costs.toml").write_text("[default]\ncarrying_rate = 0.5\n")
    dearer = twin.analyse(since=day(0))
    seen.add(dearer.id)
    assert dearer.parts["holding_cost"].sum() == pytest.approx(2 * twin.analysis(min(seen)).parts["holding_cost"].sum())
    one_more = files["sales"].with_name("more.csv")
    pl.DataFrame({"part_id": ["P0001"], "ordered_on": [day(650)], "quantity": [3], "order_id": ["new"]}).write_csv(
        one_more
    )
    twin.import_orders(sales=one_more)
    seen.add(twin.analyse(since=day(0)).id)
    assert len(seen) == 7


def test_an_analysis_is_kept_with_all_that_made_it(twin: sv.Twin) -> None:
    analysis = sv.open(twin.folder.path).analysis()
    document = json.loads(json.dumps(analysis.document))
    made_of = {"version", "since", "until", "as_of", "options", "inputs", "costs"}
    assert made_of | {"made_at", "assumptions", "notices", "summary"} <= set(document)
    assert document["options"] == {"lateness": "probability", "pairs": "all", "receipt": "complete"}
    assert document["version"] == sv.__version__
    summary = document["summary"]
    assert summary["currency"] == "CHF"
    assert summary["parts_analysed"] == summary["catalogue_parts"] == analysis.parts.height == 40
    assert summary["purchase_lines"] == analysis.cycles.height
    assert summary["open_lines"] == analysis.cycles["open"].sum()
    assert summary["cycles"] + summary["open_lines"] == analysis.cycles.height
    assert summary["pieces_sold"] == analysis.parts["pieces_sold"].sum()
    for name in ("money_at_risk", "saving", "stock_value_now", "stock_value_proposed"):
        assert summary[name] == pytest.approx(analysis.parts[name].sum())
    assert sum(summary["evidence"].values()) == 40
    assert str(analysis).startswith(f"Analysis {analysis.id}")


def test_a_part_carries_its_row_and_cycles(twin: sv.Twin) -> None:
    analysis = twin.analysis()
    busiest = analysis.cycles["part_id"].mode().sort()[0]
    part = analysis.part(busiest)
    assert part.row["part_id"] == busiest
    assert part.cycles.height == part.row["purchase_lines"] > 0
    curve = part.cost_curve()
    assert curve is not None
    assert curve.cover[curve.optimum] == part.row["optimal_cover"]
    purchases, sales = twin.part_lines(busiest)
    assert purchases.height == part.row["purchase_lines"]
    assert sales["quantity"].sum() == part.row["pieces_sold"]
    with pytest.raises(NotFound, match="no part 'nowhere'"):
        analysis.part("nowhere")
    with pytest.raises(NotFound, match=" at X "):
        analysis.part(busiest, "X")
    with pytest.raises(UsageError, match="shanghai"):
        part.figure("nonsense")


def test_changes_are_decided_and_remembered(twin: sv.Twin) -> None:
    analysis = twin.analysis()
    changes = twin.changes(analysis)
    assert changes.schema == CHANGE_LIST.schema
    assert changes.height == analysis.summary["parts_to_decide"] > 3
    assert changes["saving"].is_sorted(descending=True)
    assert (changes["pieces"] == changes["proposed_reorder_point"] - changes["current_reorder_point"]).all()
    first, second = changes["part_id"][0], changes["part_id"][1]
    twin.decide(pl.DataFrame({"part_id": [first], "accept": ["yes"]}))
    later = {"part_id": [first, second], "accept": ["no", "yes"], "override_reorder_point": [None, 7.0]}
    twin.decide(pl.DataFrame(later | {"comment": ["c", None]}))
    again = {row["part_id"]: row for row in sv.open(twin.folder.path).changes(analysis).iter_rows(named=True)}
    assert (again[first]["accept"], again[first]["comment"]) == ("no", "c")
    assert (again[second]["accept"], again[second]["override_reorder_point"]) == ("yes", 7.0)
    assert sum(row["accept"] is not None for row in again.values()) == 2
    with pytest.raises(UsageError, match="yes, no or empty"):
        twin.decide(pl.DataFrame({"part_id": [first], "accept": ["maybe"]}))


def test_rolling_windows_of_a_part_and_of_all(twin: sv.Twin) -> None:
    for part in (None, "P0001"):
        rows = twin.rolling(part, window_months=12, step_months=6)
        assert rows.schema == ROLLING_RESULTS.schema
        assert rows.height >= 2
    with pytest.raises(NotFound, match="no part"):
        twin.rolling("nowhere")


def test_an_empty_twin_says_what_to_do(tmp_path: Path) -> None:
    twin = sv.create(tmp_path / "new")
    with pytest.raises(NotFound, match="analyse"):
        twin.analysis()
    with pytest.raises(NotEnoughData, match="Import"):
        twin.analyse()
    with pytest.raises(UsageError, match="at least one file"):
        twin.import_orders()
    with pytest.raises(NotFound):
        sv.open(tmp_path / "elsewhere")


def test_wrong_calls_leave_no_analysis_behind(twin: sv.Twin) -> None:
    before = twin.folder.runs("analysis")
    for options in ({"since": "soon"}, {"since": day(50), "until": day(50)}, {"lateness": "never"}, {"pairs": "some"}):
        with pytest.raises(UsageError):
            twin.analyse(**options)
    with pytest.raises(SpareverseError):
        twin.analysis("nonsense")
    with pytest.raises(SpareverseError):
        twin.analyse(since=day(1), cancel=lambda: True)
    (twin.folder.path / "costs.toml").write_text("[default]\ncarrying_rat = 0.5\n")
    with pytest.raises(SpareverseError, match=r"costs\.toml"):
        twin.analyse(since=day(2))
    assert twin.folder.runs("analysis") == before
