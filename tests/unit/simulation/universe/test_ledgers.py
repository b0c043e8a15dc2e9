"""Both ledgers on a network whose waits are reckoned by hand (docs/background/causes.md)."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.network.scenario import Scenario
from spareverse.simulation.universe_run import UniverseRun, run_universe
from tests.fixtures_causes import strike

DAY = 86_400


@pytest.fixture(scope="module")
def run() -> UniverseRun:
    without = [Scenario(cause, switched_off=(cause,)) for cause in ("disruption", "capacity queue")]
    return run_universe(strike(), without, replications=1)


def charged(run: UniverseRun, scenario: str, ledger: str) -> dict[tuple[str, str], int]:
    """(cause, where) -> days."""
    own = run.tables["causes"].filter(pl.col("scenario") == scenario)
    sums = own.group_by("cause", "entity_id").agg(pl.col(f"{ledger}_seconds").sum())
    return {(cause, where): seconds // DAY for cause, where, seconds in sums.rows() if seconds}


def test_the_timeline_tells_what_was_happening(run: UniverseRun) -> None:
    assert charged(run, "as it is", "timeline") == {
        ("transport in plan", "HUB DEPOT"): 1 + 2 + 2 + 2,
        ("transport in plan", "MAKER HUB"): 3 + 3 + 3,
        ("disruption", "MAKER"): 20 + 20 + 18,
        ("lead time in plan", "MAKER"): 5 + 9 + 15,
    }


def test_the_critical_path_tells_what_the_delay_came_from(run: UniverseRun) -> None:
    """The queue was over before the customer came; the shadow clock keeps the knock-on apart from it."""
    assert charged(run, "as it is", "critical") == {
        ("disruption", "MAKER"): 20 + 20 + 20,
        ("capacity queue", "MAKER"): 4,
        ("cover above", "HUB"): 10 + 9 + 17,
        ("cover here", "DEPOT"): 1 + 0 + 1 + 1,
    }


def test_removal_equals_the_charge_or_not(run: UniverseRun) -> None:
    """All of the strike goes away without it; twice what the queue is charged, since orders begin before the strike."""
    waits = dict(run.tables["series"].group_by("scenario").agg(pl.col("waiting_piece_days").sum()).rows())
    assert waits == {"as it is": 103, "disruption": 43, "capacity queue": 95}
    assert ("disruption", "MAKER") not in charged(run, "disruption", "critical")
    assert ("capacity queue", "MAKER") not in charged(run, "capacity queue", "critical")
