"""Whether the index tells what it should: the small thing runs, and the kept record is the one the product quotes."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spareverse.cli.main import run
from spareverse.examples.drawn_companies import drawn_company
from spareverse.observer.battery import battery_of
from spareverse.observer.homeostasis import REFERENCES, VALIDITY, WEIGHTS, Validity
from spareverse.reproduction import homeostasis

RECORD = Path(__file__).parents[3] / "docs" / "validation" / "homeostasis.json"


def test_ranks_with_ties() -> None:
    """By hand: ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4."""
    found = homeostasis.spearman(np.array([1.0, 5.0, 5.0, 9.0]), np.array([10.0, 20.0, 30.0, 40.0]))
    assert found == pytest.approx(4.5 / np.sqrt(4.5 * 5.0))
    assert homeostasis.spearman(np.ones(3), np.arange(3.0)) == 0.0
    assert homeostasis.spearman(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1.0)


def test_none_of_the_other_disturbances_is_in_the_battery() -> None:
    battery = {
        (row["kind"], row["days"], row["factor"])
        for scenario in battery_of(drawn_company(1, parts=12)).scenarios
        for row in scenario.disturbances
    }
    assert len(homeostasis.OTHERS) == 10
    assert not battery & {(other.kind, other.days, other.factor) for other in homeostasis.OTHERS}


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                        monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(homeostasis, "run", partial(homeostasis.run, companies=3))
    monkeypatch.setattr(homeostasis, "EQUALS", 1)
    monkeypatch.setattr(homeostasis, "RESAMPLED", 40)
    record = tmp_path / "homeostasis.json"
    arguments = ["reproduce", "homeostasis", "--parts", "12", "--replications", "2", "--record", str(record)]
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert shown.startswith("3 drawn companies of 12 parts, 2 runs each, seed 1")
    assert [row["seed"] for row in kept["rows"]] == [1, 2, 3]
    assert all(row["low"] <= row["index"] <= row["high"] for row in kept["rows"])
    fills = [one["fill_rate"] for name, one in kept["equal_service"][0].items() if name != "seed"]
    assert max(fills) - min(fills) < 0.06


def test_the_product_quotes_the_kept_record() -> None:
    kept: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    assert kept["companies"] >= 50
    assert kept["references"] == REFERENCES
    assert kept["weights"] == WEIGHTS
    first = kept["correlations"][0]
    quoted = (VALIDITY.correlation, VALIDITY.low, VALIDITY.high, VALIDITY.companies)
    assert quoted == pytest.approx((first["rank_correlation"], first["low"], first["high"], 50), abs=1e-3)
    assert VALIDITY.experimental
    assert "may be below 0.5" in VALIDITY.remark
    assert not Validity(0.8, 0.6, 0.9, 50).experimental
