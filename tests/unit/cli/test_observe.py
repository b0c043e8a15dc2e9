"""The command that observes: what it prints, what it writes, and a twin with a record only."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from spareverse.cli.main import run
from spareverse.examples.drawn_companies import drawn_company
from spareverse.twin import making
from spareverse.twin.twin import Twin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("observed") / "acme"
    Twin.create(path).import_network(drawn_company(3, parts=12))
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FIRST_REPLICATIONS", 2), ("FIRST_SCORES", 4)):
        monkeypatch.setattr(making, name, value)


def test_it_prints_where_we_stand_and_writes_the_tables(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["observe", str(folder), "--out", str(tmp_path / "found.xlsx")]) == 0
    shown = capsys.readouterr()
    for heading in ("Where we stand", "How it holds itself", "Service, money and workload: now", "What is coming"):
        assert heading in shown.out
    assert "price of misalignment" in shown.out
    assert "Experimental: homeostasis" in shown.err
    assert set(pl.read_excel(tmp_path / "found.xlsx", sheet_id=0)) >= {"Viability", "Warnings", "Dynamic homeostasis"}
    assert run(["observe", str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["viability"][0]["point"] == "now"
    assert "battery_runs" not in document
    assert len(document["homeostasis"]) == 23


def test_a_record_alone_has_its_own_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = tmp_path / "po.csv"
    lines = [f"P,2020-{month:02d}-{day:02d},2020-{month:02d}-{day + 8:02d},2020-{month:02d}-{day + 9:02d},2,5"
             for month in range(1, 13) for day in range(1, 8)]  # fmt: skip
    lines += ["P,2021-01-02,2021-01-09,2021-01-31,2,5"]
    orders.write_text("\n".join(["part_id,ordered_on,promised_on,received_on,quantity,unit_cost", *lines]) + "\n")
    Twin.create(tmp_path / "record").import_orders(purchases=orders)
    assert run(["observe", str(tmp_path / "record")]) == 0
    shown = capsys.readouterr()
    assert "2020-01 to 2020-12" in shown.out
    assert "stand-ins of the record" in shown.out
    assert "There is no network yet" in shown.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["--scenario", "nobody"], 1, "nobody"), (["--weeks", "0"], 2, "1 to 52"), (["--tea"], 2, "--tea")],
)
def test_wrong_options(
    folder: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["observe", str(folder), *arguments]) == code
    assert said in capsys.readouterr().err
