"""Exit codes, and what an unexpected failure looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spareverse.cli import doctor
from spareverse.cli.main import run


def fail() -> dict[str, object]:
    raise RuntimeError("the disk sang\nand more")


def test_an_unexpected_failure_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "examination", fail)
    assert run(["doctor"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "RuntimeError: the disk sang" in shown.err
    assert "--debug" in shown.err


@pytest.mark.parametrize("arguments", [["--debug", "doctor"], ["doctor", "--debug"]])
def test_debug_shows_the_trace(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examination", fail)
    assert run(arguments) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_unexpected_failure_with_json_is_a_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "examination", fail)
    assert run(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "failed"


def test_something_missing_is_exit_code_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = doctor.examination()
    monkeypatch.setattr(doctor, "examination", lambda: {**sound, "missing": ["disk: full"]})
    assert run(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["missing"] == ["disk: full"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import spareverse

    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == spareverse.__version__


def test_new_writes_an_example_network_and_names_all_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", str(tmp_path / "game"), "--example", "beer-game", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert set(written) == {"network", "scenarios"}
    assert (tmp_path / "game" / "beer-game.xlsx").is_file()
    assert run(["new", str(tmp_path / "split"), "--example", "split-incentives"]) == 0
    assert "spareverse observe" in capsys.readouterr().out  # its scenarios change pay, which no run reacts to
    assert run(["new", str(tmp_path / "other"), "--example", "bear-game"]) == 2
    assert "beer-game" in capsys.readouterr().err
