"""Limits that are set for a twin: every observation is held against them, nothing is simulated again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.io.twin_folder import TwinFolder
from spareverse.network.agent_tables import LIMITS
from spareverse.service.jobs import JobQueue
from spareverse.service.observations import Observations
from spareverse.twin.observation import DEFAULT_LIMITS_TAKEN
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    twin = Twin(TwinFolder.create(tmp_path / "acme", name="Acme"))
    twin.folder.save_run("observation", made.document(notices=[DEFAULT_LIMITS_TAKEN, "Said."]), made.tables())
    return twin


def limits(*rows: tuple[str, str, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=LIMITS.schema, orient="row")


def test_without_own_limits_it_stays_as_it_was_made(twin: Twin) -> None:
    assert twin.limits().is_empty()
    assert (twin.observation().now or {})["viable"] == "unsure"
    assert DEFAULT_LIMITS_TAKEN in twin.observation().notices


def test_own_limits_move_verdict_margin_and_centre(twin: Twin) -> None:
    twin.set_limits(limits(("fill_rate", "service", 0.8, None)))
    found = twin.observation()
    now = found.now or {}
    assert now["viable"] == "yes"
    assert now["margin"] == pytest.approx((0.9 - 0.8) / 0.8)
    assert (now["coherence"], now["homeostasis"]) == (0.82, 0.44)
    assert found.document["centre"] == "now"  # all points have the same fill rate: the first of them
    assert found.notices == ("Said.",)
    held = found.table("viability_measures").filter(pl.col("point") == "now")
    assert held.filter(pl.col("margin").is_not_null())["measure"].to_list() == ["fill_rate"]
    assert held["side"].to_list() == ["service", "money", "money", "workload"]
    changed = found.table("recommendations")["margin_change"][0]
    assert changed == pytest.approx(0.03 / 0.8)
    twin.set_limits(limits(("fill_rate", "service", 0.99, None), ("total_cost", "money", None, 1e6)))
    assert (twin.observation().now or {})["viable"] == "no"
    assert twin.limits()["measure"].to_list() == ["fill_rate", "total_cost"]
    twin.set_limits(LIMITS.empty())
    assert (twin.observation().now or {})["viable"] == "unsure"


def test_limits_that_limit_nothing_are_refused_and_none_is_changed(twin: Twin) -> None:
    twin.set_limits(limits(("fill_rate", "service", 0.8, None)))
    for wrong in (("tea", "service", 0.1, None), ("fill_rate", "service", None, None),
                  ("fill_rate", "service", 0.9, 0.8)):  # fmt: skip
        with pytest.raises(UsageError) as refused:
            twin.set_limits(limits(wrong))
        assert refused.value.problems[0].value == wrong[0]
    assert twin.limits().rows() == [("fill_rate", "service", 0.8, None)]


def test_the_way_of_todays_point_is_one_dot_for_every_network(twin: Twin) -> None:
    for network, at in (("n", "2026-11-23"), ("m", "2026-11-24"), ("m", "2026-11-25"), ("k", "2026-11-26")):
        twin.folder.save_run(
            "observation", made.document(network=network, made_at=f"{at}T10:00:00+00:00"), made.tables()
        )
    observations = Observations(twin, JobQueue(twin.folder.path, target=lambda *_: None))
    way = observations.trajectory(observations.observation())
    assert way["point"].to_list() == ["2026-11-23", "2026-11-25"]
    assert observations.limits_of_network() is False
