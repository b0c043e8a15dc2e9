"""The command that shows published answers beside ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spareverse.cli.main import run

CASES = [
    {
        "id": "EOQ-1", "area": "3-single-item", "inputs": {"fixed_cost": 8, "holding_cost": 0.225, "demand_rate": 1300},
        "expected": {"Q": 304.0467800264368}, "tolerance": {"rel": 1e-9},
    },
    {"id": "CUSUM-1", "area": "99-later", "inputs": {}, "expected": {"arl": [1.0, 2.0, 3.0]}, "tolerance": {}},
]  # fmt: skip


@pytest.fixture
def cases(tmp_path: Path) -> str:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(CASES), encoding="utf-8")
    return str(path)


def test_table(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", "known-answers", "--cases", cases]) == 0
    shown = capsys.readouterr().out
    assert "EOQ-1" in shown
    assert "304.04678" in shown
    assert "2 cases: 1 agrees, 1 not offered yet." in shown
    assert "CUSUM-1: This area is not offered yet." in shown


def test_document(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", "known-answers", "--cases", cases, "--area", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [case["verdict"] for case in document["cases"]] == ["agrees"]
    figure = document["cases"][0]["figures"][0]
    assert (figure["name"], figure["tolerance"]) == ("Q", "rel 1e-09")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["known-answers"], "needs --cases FILE"),
        (["known-answers", "--cases", "x.json", "--parts", "300"], "not --parts"),
        (["sirri-2023", "--area", "3"], "takes no options and --json, not --area"),
    ],
)
def test_wrong_options(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", *arguments]) == 2
    assert message in capsys.readouterr().err
