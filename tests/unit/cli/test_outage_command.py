"""The command that stops the main supplier of the world network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spareverse.cli.main import run


def test_it_says_who_waits_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "outage.json"
    arguments = ["reproduce", "outage", "--parts", "150", "--replications", "2", "--seed", "3", "--record", str(record)]
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert (kept["parts"], kept["replications"], kept["seed"]) == (150, 2, 3)
    assert shown.startswith(f"{kept['supplier']}, supplier of {kept['parts_of_supplier']} of 150 parts")
    assert f"{kept['ledgers'][0]['timeline_seconds']:,} s" in shown
    for one in (*kept["hurt"], *kept["counterfactuals"]):
        assert str(one.get("id") or one["cause"]) in shown
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["measures"] == kept["measures"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["outage", "--data", "x.csv"], "takes --seed, --replications, --parts, --record and --json, not --data"),
        (["sirri-2023", "--parts", "200"], "not --parts"),
        (["outage", "--parts", "2000000"], "100 to 1,000,000 parts"),
    ],
)
def test_wrong_options(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reproduce", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
