"""A study from the command line: from an example to the run folder, stopped and taken up again, and refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

PROGRAM = Path(sys.executable).parent / "spareverse"


def spareverse(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def document(*arguments: object, cwd: Path | None = None) -> dict[str, Any]:
    done = spareverse(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("platform") / "study"
    files = document("new", folder, "--example", "el-thalji-2025")
    assert Path(files["study"]) == folder / "study.toml"
    return folder / "study.toml"


@pytest.fixture(scope="module")
def first(platform: Path) -> dict[str, Any]:
    return document("study", platform, "--replications", 50, "--seed", 3)


def test_the_decision_comes_first_then_what_it_rests_on(platform: Path, tmp_path: Path) -> None:
    done = spareverse("study", platform, "--replications", 100, "--seed", 3, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("What an hour down costs decides: 2 Digital warehouse is cheapest below ")
    for words in (
        "95 % interval",
        "3. Uptime without stock under digital supply: 69",
        "Break-even prices",
        "hours down",
    ):
        assert words in done.stdout
    assert "%" in done.stderr, "progress shows while it runs"
    written = {path.name for path in (tmp_path / "run").iterdir()}
    assert written >= {"study.toml", "run.json", "options.parquet", "SPIR.xlsx", "report.html"}


def test_one_document_with_seed_rule_and_answers(platform: Path, first: dict[str, Any]) -> None:
    again = document("study", platform, "--replications", 50, "--seed", 3)
    assert first["options"] == again["options"], "the same seed gives the same bits"
    assert (first["seed"], first["replications"], first["emergency"]) == (3, 50, "first_arrival")
    assert first["decision"]["facts"]
    assert {row["option"] for row in first["options"]} == {"physical", "digital", "enhanced", "hybrid"}
    assert set(first["five_questions"]) == {"1", "2", "3", "4", "5"}
    assert first["answers"]["downtime_switches"]


def test_rule_and_seed_are_the_caller_s(platform: Path, first: dict[str, Any]) -> None:
    def availability(found: dict[str, Any]) -> float:
        rows = found["options"]
        return next(row["mean"] for row in rows if row["option"] == "physical" and row["measure"] == "availability")

    other = document("study", platform, "--replications", 50, "--seed", 4, "--emergency", "own_piece")
    assert other["emergency"] == "own_piece"
    assert availability(other) < availability(first) - 0.03
    assert other["options"] != first["options"]


def test_a_wanted_precision_is_reached(platform: Path) -> None:
    found = document("study", platform, "--precision", 0.002)
    halves = [0.5 * (row["high"] - row["low"]) for row in found["options"] if row["measure"] == "availability"]
    assert max(halves) <= 0.002


def test_stopped_by_ctrl_c_it_keeps_what_it_has_and_goes_on(platform: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [PROGRAM, "study", platform, "--replications", "400000", "--seed", "3", "--out", out, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        while "availability" not in child.stderr.readline():  # until replications are under way
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        text, _ = child.communicate(timeout=280)
    assert child.returncode == 0
    stopped = json.loads(text)
    assert 2 <= stopped["replications"] < 400_000
    kept = pl.read_parquet(out / "replications.parquet")
    more = stopped["replications"] + 200
    resumed = document("study", platform, "--seed", 3, "--replications", more, "--out", out, "--resume")
    assert resumed["replications"] == more
    whole = pl.read_parquet(out / "replications.parquet")
    first = whole.filter(pl.col("replication") < stopped["replications"])
    keys = ["option", "replication"]
    assert first.sort(keys).equals(kept.sort(keys))
    straight = document("study", platform, "--seed", 3, "--replications", more)
    assert straight["options"] == resumed["options"]


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("study", "nowhere.toml"), 1, "not_found"),
        (("study", "{study}", "--precision", "0.01", "--replications", "10"), 2, "usage"),
        (("study", "{study}", "--precision", "7"), 2, "usage"),
        (("study", "{study}", "--replications", "1"), 2, "usage"),
        (("study", "{study}", "--emergency", "pray"), 2, "usage"),
        (("study", "{study}", "--resume"), 2, "usage"),
        (("study", "bad.toml"), 1, "input_rejected"),
        (("new", "full", "--example", "el-thalji-2025"), 2, "usage"),
        (("new", "empty", "--example", "titanic"), 2, "usage"),
        (("reproduce", "sirri-2023", "--seed", "1"), 2, "usage"),
    ],
)
def test_errors_are_one_document_with_a_stable_kind(
    arguments: tuple[str, ...], code: int, kind: str, platform: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text('[study]\nname = "x"\n[[option]]\nname = "a"\nwarehouse = "cellar"\n')
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    done = spareverse(*(word.format(study=platform) for word in arguments), "--json", cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert json.loads(done.stdout)["error"]["kind"] == kind


def test_everything_wrong_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        '[study]\nname = "x"\nhorizon_years = -2\n[[option]]\nname = "a"\nwarehouse = "physical"\n'
        'lead_time_days = "triangular(30, 20, 50)"\n[[line]]\ntag = "T"\npart_id = "P"\nfailures_per_year = -1\n'
    )
    done = spareverse("study", tmp_path / "bad.toml", "--json")
    problems = json.loads(done.stdout)["error"]["problems"]
    assert {problem["column"] for problem in problems} >= {"study.horizon_years", "option[a].lead_time_days"}
    assert len(problems) >= 3
    assert all(problem["reason"] for problem in problems)


def test_reproduce_takes_seed_and_replications() -> None:
    everything = document("reproduce", "all", "--seed", 5, "--replications", 30)
    assert [paper["paper"] for paper in everything["papers"]] == ["sirri-2023", "el-thalji-2025"]
    found = everything["papers"][1]
    assert (found["seed"], found["replications"]) == (5, 30)
    assert {cell["verdict"] for cell in found["cells"]} <= {"agrees", "differs", "cannot be told", "input"}
