"""Every benchmark still runs, at small sizes; what it measures is nobody's test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.mark.long
@pytest.mark.parametrize(
    "suite",
    [
        "weibull_fits",
        "cycle_join",
        "forecasting",
        "single_item",
        "monitors",
        "engine",
        "universe",
        "start",
        "company",
        "pages",
    ],
)
def test_suite_runs_at_small_sizes(suite: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH / "run.py"), suite, "--quick"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "DIFFERENT ANSWER" not in done.stdout
    assert list((tmp_path / "bench-results").glob("*.json"))
