"""Observations as jobs: what a worker does, when it stops, and what the server says is out of date."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from spareverse.errors import NotFound
from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.agent_tables import LIMITS
from spareverse.network.observer_tables import RECOMMENDATIONS
from spareverse.observer.recommendations import Advice
from spareverse.service.jobs import JobQueue
from spareverse.service.observations import Observations
from spareverse.service.worker import KINDS
from spareverse.twin import making
from spareverse.twin.twin import Twin


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    made = Twin.create(tmp_path_factory.mktemp("served") / "acme")
    made.import_network(drawn_company(3, parts=12))
    return made


@pytest.fixture
def observations(twin: Twin) -> Iterator[Observations]:
    jobs = JobQueue(twin.folder.path, target=lambda *_: None)
    yield Observations(twin, jobs)
    jobs.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FIRST_REPLICATIONS", 2), ("MORE_REPLICATIONS", 2), ("MOST_REPLICATIONS", 4),
                        ("FIRST_SEARCH", 4), ("REFINED_SEARCH", 4), ("SCORES", 4)):  # fmt: skip
        monkeypatch.setattr(making, name, value)
    monkeypatch.setattr(making, "recommend", lambda *_, **__: Advice(RECOMMENDATIONS.empty(), {}, 0, 0))


def test_a_worker_observes_and_stops_early_when_told(twin: Twin, observations: Observations) -> None:
    path, said = str(twin.folder.path), []
    first = KINDS["observe"](path, {"thorough": True}, lambda _, what: said.append(what), lambda: False, lambda: True)
    assert first["refined"] is False
    assert said[0] == "Opening the twin"
    assert observations.ids() == [first["observation"]]
    best = KINDS["observe"](path, {"thorough": True}, lambda *_: None, lambda: False, lambda: False)
    assert best["refined"] is True
    assert observations.observation().id == best["observation"] != first["observation"]
    assert not observations.stale(observations.observation())
    _limits_set_elsewhere_hold_at_once(twin, observations)
    twin.import_network(drawn_company(4, parts=12))
    assert observations.stale(observations.observation())


def _limits_set_elsewhere_hold_at_once(twin: Twin, observations: Observations) -> None:
    """As from a terminal, past the server."""
    before = observations.observation().now
    twin.set_limits(pl.DataFrame({"measure": ["fill_rate"], "at_least": [0.999]}))
    held = observations.observation().now
    twin.set_limits(LIMITS.empty())
    assert (before or {})["viable"] == "default" != (held or {})["viable"]
    assert observations.observation().now == before


def test_alike_orders_are_one_job(observations: Observations) -> None:
    job = observations.order({"weeks": 6, "scenarios": [], "thorough": False})
    assert observations.order({"weeks": 6}).id == job.id
    assert observations.order({"weeks": 7}).id != job.id
    assert observations.active() is not None
    assert observations.last() is not None
    with pytest.raises(NotFound):
        observations.order({"scenarios": ["nobody"]})
