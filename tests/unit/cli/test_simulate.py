"""Commands simulate, why, scenarios, and import --network: what they print and keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import spareverse as sv
from spareverse.cli.main import run
from spareverse.cli.simulate import _limits, show_noticed
from spareverse.io.network_files import write_network
from tests import fixtures_observation as made
from tests.networks_small import OUTAGE_TEXT, chain

Screen = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulate")
    write_network(chain(), folder / "chain.xlsx")
    sv.create(folder / "twin")
    (folder / "outage.toml").write_text(OUTAGE_TEXT)
    assert run(["import", str(folder / "twin"), "--network", str(folder / "chain.xlsx")]) == 0
    assert run(["scenarios", str(folder / "twin"), "--save", str(folder / "outage.toml")]) == 0
    return folder / "twin"


def document(screen: Screen) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(screen.readouterr().out)
    return found


def test_a_run_is_told_with_its_differences_and_causes(folder: Path, tmp_path: Path, capsys: Screen) -> None:
    asked = ["simulate", str(folder), "--scenario", "outage", "--replications", "3"]
    assert run([*asked, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "fill_rate" in shown.out
    assert "change [95 %]" in shown.out
    assert "disruption" in shown.out
    assert "Simulating: outage" in shown.err
    assert (tmp_path / "out" / "series.parquet").is_file()
    assert run([*asked, "--json"]) == 0
    told = document(capsys)
    assert {row["scenario"] for row in told["differences"]} == {"outage"}
    assert set(told["why"]) == {"as it is", "outage"}


def test_it_says_which_monitor_would_have_noticed(folder: Path, capsys: Screen) -> None:
    asked = ["simulate", str(folder), "--scenario", "outage", "--replications", "3", "--monitors"]
    assert run([*asked, "--json"]) == 0
    rows = document(capsys)["noticed"]
    assert {row["disturbance"] for row in rows} == {"stop"}
    assert {"demand", "orders", "receipts", "waiting", "stock"} <= {row["stream"] for row in rows}
    assert all(0 <= row[name] <= row["runs"] for row in rows for name in ("noticed", "false_alarms"))
    assert run(asked) == 0
    said = capsys.readouterr().out
    assert "What the monitors would have noticed" in said or "No monitor noticed stop (outage)" in said


def test_monitors_of_a_single_run_are_refused_before_it_is_made(folder: Path, capsys: Screen) -> None:
    from spareverse import open as open_twin

    before = open_twin(folder).folder.runs("simulation")
    assert run(["simulate", str(folder), "--replications", "1", "--monitors"]) != 0
    assert "two replications" in capsys.readouterr().err
    assert open_twin(folder).folder.runs("simulation") == before


def test_what_was_noticed_is_told_in_weeks_beside_false_alarms(capsys: Screen) -> None:
    show_noticed(made.noticed().with_columns(subject_id=pl.lit("OSLO")))
    said = capsys.readouterr().out
    assert "waiting at OSLO (EWMA)" in said
    assert "2.9 weeks (1.4 to 8.6)" in said
    assert "9 of 10 runs" in said
    assert "orders at OSLO" not in said
    show_noticed(made.noticed().with_columns(false_alarms=pl.lit(10, pl.Int64)))
    assert "No monitor noticed outage (outage) more often than by chance." in capsys.readouterr().out


def test_a_scenario_may_be_a_file(folder: Path, capsys: Screen) -> None:
    file = folder.parent / "other.toml"
    file.write_text(OUTAGE_TEXT.replace('"outage"\n', '"other"\n', 1))
    assert (
        run(["simulate", str(folder), "--scenario", str(file), "--replications", "1", "--until", "120", "--json"]) == 0
    )
    told = document(capsys)
    assert told["until_days"] == 120.0
    assert {row["scenario"] for row in told["measures"]} == {"as it is", "other"}


def test_why_by_place_and_without_causes(folder: Path, capsys: Screen) -> None:
    assert run(["simulate", str(folder), "--scenario", "outage", "--replications", "3"]) == 0
    capsys.readouterr()
    assert run(["why", str(folder), "--place", "S", "--by", "part", "--by", "cause", "--json"]) == 0
    told = document(capsys)
    assert told["scenario"] == "outage"
    assert {row["part_id"] for row in told["why"]} <= {"p", "q"}
    assert run(["why", str(folder), "--counterfactuals", "5"]) == 0
    shown = capsys.readouterr().out
    assert "Causes switched off" in shown
    assert "Cannot be switched off" in shown


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["why", "--place", "OSLO"], 1, "no place 'OSLO'"),
        (["why", "--by", "colour"], 2, "use cause, entity, part"),
        (["why", "--simulation", "none"], 1, "no simulation 'none'"),
        (["simulate", "--scenario", "strike"], 1, "no scenario 'strike'"),
        (["simulate", "--until", "soon"], 2, "no end of a run"),
        (["scenarios", "--show", "a", "--remove", "b"], 2, "one of --show"),
        (["scenarios", "--remove", "strike"], 1, "no scenario 'strike'"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, capsys: Screen, words: list[str], code: int, said: str) -> None:
    assert run([words[0], str(folder), *words[1:]]) == code
    assert said in capsys.readouterr().err


def test_scenarios_are_listed_shown_and_removed(folder: Path, capsys: Screen) -> None:
    file = folder.parent / "gone.toml"
    file.write_text(OUTAGE_TEXT.replace('"outage"\n', '"gone"\n', 1))
    assert run(["scenarios", str(folder), "--save", str(file), "--json"]) == 0
    assert [row["name"] for row in document(capsys)["scenarios"]] == ["gone", "outage"]
    assert run(["scenarios", str(folder), "--show", "gone"]) == 0
    assert 'kind = "outage"' in capsys.readouterr().out
    assert run(["scenarios", str(folder), "--remove", "gone"]) == 0
    assert "gone" not in capsys.readouterr().out
    file.write_text(OUTAGE_TEXT.replace("target_id", "target"))
    assert run(["scenarios", str(folder), "--save", str(file), "--json"]) == 1
    assert document(capsys)["error"]["problems"]


def test_without_a_network_the_next_step_is_said(tmp_path: Path, capsys: Screen) -> None:
    sv.create(tmp_path / "empty")
    assert run(["simulate", str(tmp_path / "empty")]) == 1
    assert "spareverse build" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"difference": 1e-10, "low": -2e-11, "high": 2e-10}, "0"),
        ({"difference": 4069.0, "low": 2631.0, "high": 5508.0}, "+4,100 [2,600-5,500]"),
        ({"difference": -466.8, "low": -595.2, "high": -338.4}, "-470 [-600 to -340]"),
        ({"difference": None, "low": None, "high": None}, "-"),
    ],
)
def test_a_change_has_the_digits_its_interval_carries_and_no_noise_of_subtraction(
    row: dict[str, float | None], told: str
) -> None:
    assert _limits(row, "difference", 723_991.0) == told
