"""Command build: what it prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import spareverse as sv
from spareverse.cli.main import run
from spareverse.io.network_files import read_network
from tests.recorded_company import record


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    files = {}
    for name, frame in record().items():
        if frame.height:
            files[name] = folder / f"{name}.csv"
            frame.drop("flag").write_csv(files[name])
    sv.create(folder / "twin").import_orders(**files)
    return folder / "twin"


def test_a_network_is_told_with_its_assumptions_and_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "network.xlsx"
    assert run(["build", str(folder), "--no-replay", "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "4 stock points at 2 places, 2 suppliers" in shown.out
    assert "stock points follow the company's own rule" in shown.err
    assert set(read_network(out)["places"]["place_id"]) == {"CENTRE", "NORTH"}
    assert run(["build", str(folder), "--no-replay", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["summary"]["rows"]["stock"] == 4
    assert document["differences"] == []
    assert run(["build", str(folder), "--replications", "4"]) == 0
    shown = capsys.readouterr()
    assert "The record beside simulations of the network" in shown.out
    assert "A difference of up to 5% is none" in shown.err


def test_a_day_before_all_demand_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(folder), "--until", "2019-01-01", "--no-replay"]) == 1
    assert "There is no demand before 2019-01-01" in capsys.readouterr().err
