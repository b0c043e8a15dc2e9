"""Commands optimise and backtest on a table of months: what they print, write and refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import spareverse as sv
from spareverse.cli.main import run
from spareverse.cli.optimise import proof_words
from spareverse.network.plan_tables import POLICY_EXPORT

ASSUMED = ["--lead-time-days", "60", "--unit-cost", "10"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty parts of four criticality classes, three years of months."""
    folder = tmp_path_factory.mktemp("months")
    random = np.random.default_rng(4)
    rates = random.gamma(0.6, 0.6, 60)
    months = {f"20{20 + t // 12}-{t % 12 + 1:02d}": random.poisson(rates) for t in range(36)}
    names = [f"P{number:02d}" for number in range(60)]
    pl.DataFrame({"part_id": names, **months}).write_csv(folder / "months.csv")
    pl.DataFrame({"part_id": names, "criticality": ["A", "B"] * 30}).write_csv(folder / "parts.csv")
    twin = sv.create(folder / "twin")
    twin.import_orders(demand=folder / "months.csv", parts=folder / "parts.csv")
    return folder / "twin"


@pytest.fixture
def twin(made: Path, tmp_path: Path) -> str:
    shutil.copytree(made, tmp_path / "twin")
    return str(tmp_path / "twin")


def test_a_plan_is_printed_with_its_proof(twin: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "plan.csv"
    assert run(["optimise", twin, "--fill-rate", "0.9", "--floor", "A=1", "--out", str(out), *ASSUMED]) == 0
    shown = capsys.readouterr()
    assert "60 parts stocked" in shown.out or "of 60 parts" in shown.out
    assert "Proof: " in shown.out
    assert "promised" in shown.out
    assert "60 days (assumed)" in shown.err
    assert "0 rules for upload" in shown.err
    assert tuple(pl.read_csv(out).columns) == POLICY_EXPORT
    assert run(["plans", twin, "--adopt", "latest"]) == 0
    assert run(["export", twin, "--policies", "--undecided", "--out", str(out)]) == 0
    assert "60 rules for upload" in capsys.readouterr().out
    policies = pl.read_csv(out)
    assert (policies.filter(pl.col("part_id") == "P00")["reorder_point"] >= 0).all()
    assert policies["reorder_point"].drop_nulls().min() == 0
    assert run(["optimise", twin, "--fill-rate", "0.9", "--floor", "A=1", "--curve", *ASSUMED]) == 0
    assert "chosen" in capsys.readouterr().out


def test_what_to_do_first_names_its_money_and_counts_small_actions(
    twin: str, made: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = [f"P{number:02d}" for number in range(60)]
    pl.DataFrame({"part_id": names, "as_of": ["2022-12-31"] * 60, "on_hand": [0] * 60}).write_csv(
        tmp_path / "stock.csv"
    )
    assert run(["import", twin, "--stock", str(tmp_path / "stock.csv")]) == 0
    wanted = ["optimise", twin, "--fill-rate", "0.9", "--no-proof", *ASSUMED]
    assert run([*wanted, "--least-action", "25"]) == 0
    shown = capsys.readouterr()
    assert "worth EUR" in shown.out
    assert "stock EUR" in shown.out
    assert "-0" not in shown.out.split()
    assert "Not listed: " in shown.err
    assert "worth less than 25 EUR each" in shown.err
    assert run([*wanted, "--least-action", "0", "--top", "60"]) == 0
    assert "Not listed" not in capsys.readouterr().err


def test_a_replaced_part_is_called_so_and_not_met_at_none(
    twin: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = [f"P{number:02d}" for number in range(60)]
    successors = ["P01"] + [None] * 59
    pl.DataFrame({"part_id": names, "superseded_by": successors}).write_csv(tmp_path / "parts.csv")
    stock = {"part_id": names, "as_of": ["2022-12-31"] * 60, "on_hand": [900] + [0] * 59}
    pl.DataFrame(stock).write_csv(tmp_path / "stock.csv")
    assert run(["import", twin, "--parts", str(tmp_path / "parts.csv"), "--stock", str(tmp_path / "stock.csv")]) == 0
    capsys.readouterr()
    wanted = ["optimise", twin, "--fill-rate", "0.9", "--no-proof", "--top", "60", "--least-action", "0", *ASSUMED]
    assert run(wanted) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["P00"])
    assert "replaced" in row


def test_a_plan_is_a_trial_until_it_is_adopted(twin: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = ["optimise", twin, "--fill-rate", "0.8", "--no-proof", *ASSUMED]
    assert run(made) == 0
    assert f"spareverse plans {twin} --adopt" in capsys.readouterr().err
    assert run(["plans", twin]) == 0
    assert "trial" in capsys.readouterr().out
    assert run(["plans", twin, "--adopt", "latest", "--json"]) == 0
    assert [plan["adopted"] for plan in json.loads(capsys.readouterr().out)["plans"]] == [True]
    assert run(["plans", twin, "--withdraw"]) == 0
    said = capsys.readouterr().out
    assert "is a trial again; no plan of record is left." in said
    assert said.count("plan of record") == 1
    assert run(["plans", twin, "--withdraw"]) == 1
    assert "No plan has been adopted yet." in capsys.readouterr().err
    assert run([*made, "--adopt"]) == 0
    assert "trial" not in capsys.readouterr().err
    first = sv.open(twin).plan().id
    assert run(["optimise", twin, "--fill-rate", "0.7", "--no-proof", "--adopt", *ASSUMED]) == 0
    assert run(["plans", twin, "--withdraw"]) == 0
    assert f"is a trial again; plan {first}, adopted before it, is the plan of record." in capsys.readouterr().out
    assert sv.open(twin).plan().id == first
    assert run(["plans", twin]) == 0
    assert "plan of record" in capsys.readouterr().out


def test_json_is_one_document(twin: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["optimise", twin, "--budget", "500", "--no-proof", "--curve", "--json", *ASSUMED]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["proof"]["verdict"] == "no proof"
    assert document["summary"]["stock_value"] <= 500
    assert document["curve"][0]["kind"] == "efficient"
    fit = ["--fit-until", "2022-01-01", "--policy", "months-of-cover"]
    assert run(["backtest", twin, "--fill-rate", "0.9", "--json", *fit, *ASSUMED]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {row["policy"] for row in document["results"]} == {"plan", "months-of-cover"}
    assert document["proof"]["fit_until"] == "2022-01-01"


def test_a_back_test_is_printed_and_written(twin: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "backtest.xlsx"
    assert run(["backtest", twin, "--fill-rate", "0.9", "--out", str(out), *ASSUMED]) == 0
    shown = capsys.readouterr().out
    assert "croston-normal" in shown
    assert "company" not in shown
    assert "The plan by class" in shown
    assert out.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["optimise"], 1, "60 parts have no lead time"),
        (["optimise", "--fill-rate", "95", *ASSUMED], 2, "between 0 and 1"),
        (["optimise", "--budget", "1", "--fill-rate", "0.5", *ASSUMED], 2, "only one target"),
        (["optimise", "--fill-rate", "1", "--no-proof", *ASSUMED], 2, "the most is"),
        (["optimise", "--floor", "A", *ASSUMED], 2, "CLASS=N"),
        (["optimise", "--floor", "Z=1", *ASSUMED], 1, "no part has this criticality class"),
        (["optimise", "--lead-time-days", "-3"], 1, "at least 0"),
        (["optimise", "--unit-cost", "0", "--lead-time-days", "30"], 1, "above 0"),
        (["optimise", "--budget", "1", "--floor", "A=5", "--no-proof", *ASSUMED], 2, "cannot avoid"),
        (["backtest", "--policy", "hope", *ASSUMED], 2, "hope"),
        (["backtest", "--fit-until", "2031-01-01", *ASSUMED], 1, "ends before"),
        (["import", "--demand", "{months}", "--answer", "missing_periods=perhaps"], 2, "missing_periods=zero"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, said: str, twin: str, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *rest = arguments
    rest = [word.replace("{months}", str(made.parent / "months.csv")) for word in rest]
    assert run([command, twin, *rest]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("verdict", ["not enough lines", "no promise"])
def test_a_proof_of_hardly_any_lines_says_so(verdict: str) -> None:
    promised = None if verdict == "no promise" else 0.9
    proof = {"verdict": verdict, "cause": "", "fit_until": "2023-07-01", "until": "2024-01-01", "lines": 2}
    shares = {f"{name}{end}": promised for name in ("promised_fill_rate", "fill_rate") for end in ("", "_low", "_high")}
    said = proof_words(proof | shares)
    assert said.startswith("Proof: not enough data")
    assert said == said.strip()
