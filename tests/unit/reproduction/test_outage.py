"""The outage of the main supplier: both ledgers exact, who is hurt, and where charge and removal part."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spareverse.network.scenario import SWITCHES
from spareverse.network.simulation_tables import CAUSES
from spareverse.reproduction import outage
from spareverse.simulation.universe_run import UniverseRun, run_universe
from tests.fixtures_causes import strike

RECORD = Path(__file__).parents[3] / "docs" / "validation" / "outage.json"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("outage") / "outage.json"
    found = outage.run(parts=400, replications=3, record=path)
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(found))
    return found


@pytest.fixture(scope="module")
def run() -> UniverseRun:
    return run_universe(strike(), replications=1)


def _check(document: dict[str, Any]) -> None:
    for one in document["ledgers"]:
        assert one["timeline_seconds"] == one["critical_seconds"] == one["waiting_seconds"] > 0
    assert {row["cause"] for row in document["causes"]} <= set(CAUSES)
    assert [one["kind"] for one in document["hurt"]] == ["part"] * 3 + ["customer"] * 3
    for one in document["hurt"]:
        assert one["more"] == pytest.approx(one["after"] - one["before"])
        sums = [sum(each[f"{name}_seconds"] for each in one["causes"]) for name in ("timeline", "critical")]
        assert sums[0] == sums[1]
        assert sums[0] == pytest.approx(one["after"] * outage.DAY_SECONDS * document["replications"])
    charges = [one["critical_days"] for one in document["counterfactuals"]]
    assert charges == sorted(charges, reverse=True)
    for one in document["counterfactuals"]:
        assert one["cause"] in SWITCHES
        assert one["still_charged"] == 0
        assert one["critical_days"] + sum(one["others"].values()) == pytest.approx(one["removed_days"])
        assert one["low"] < one["removed_days"] < one["high"]
        assert {each["id"] for each in one["hurt"]} == {each["id"] for each in document["hurt"]}


def test_ledgers_charges_and_removals_fit_together(small: dict[str, Any]) -> None:
    _check(small)
    differences = [row["difference"] for row in small["measures"] if row["measure"] == "waiting_piece_days"]
    assert all(row["mean"] > 0 for row in differences)


def test_the_kept_record_is_of_the_whole_thing() -> None:
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    _check(kept)
    assert kept["parts"] >= 20_000
    assert kept["replications"] == 10
    assert len(kept["counterfactuals"]) == outage.TOP_CAUSES
    found = {row["measure"]: row["difference"] for row in kept["measures"] if row["span"] == "about the outage"}
    assert found["fill_rate"]["high"] < 0 < found["penalty_cost"]["low"]


def test_the_largest_causes_that_can_be_taken_away(run: UniverseRun) -> None:
    """Cover and time in plan are large here, and stay."""
    causes = run.tables["causes"]
    assert outage.switched_off(causes, "as it is") == ["disruption", "capacity queue"]
    assert outage.switched_off(causes, "as it is", top=1) == ["disruption"]


@pytest.mark.parametrize("wrong", ["one ledger", "both ledgers", "a cause"])
def test_ledgers_that_do_not_add_up_are_told(run: UniverseRun, wrong: str) -> None:
    assert outage.ledger_sums(run)[0]["timeline_seconds"] == 103 * outage.DAY_SECONDS
    causes = run.tables["causes"]
    if wrong == "one ledger":
        causes = causes.with_columns(pl.col("critical_seconds") + 1)
    elif wrong == "both ledgers":
        causes = causes.with_columns(pl.col("timeline_seconds", "critical_seconds") * 2)
    else:
        causes = causes.with_columns(cause=pl.lit("other"))
    with pytest.raises(ArithmeticError):
        outage.ledger_sums(replace(run, tables={**run.tables, "causes": causes}))
