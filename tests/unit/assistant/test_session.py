"""What a session does with simulations: keeps them, holds them, or says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.assistant import tools
from spareverse.assistant.session import LongWork, Session
from spareverse.assistant.tool import Call
from spareverse.errors import NotFound, UsageError
from spareverse.service.worker import KINDS
from spareverse.twin.twin import Twin

FIRE = {"kind": "outage", "target_id": "F", "days": 30, "start_day": 100}


def test_a_session_that_does_not_wait_names_the_job_that_makes_what_is_missing(world_folder: Path) -> None:
    session = Session(Twin.open(world_folder), wait=False)
    with pytest.raises(LongWork, match="F stands still") as missing:
        tools.run(session, Call("simulate", {"disturbances": [FIRE], "replications": 2}))
    assert missing.value.kind in KINDS
    assert missing.value.arguments["replications"] == 2
    assert 'target_id = "F"' in missing.value.arguments["texts"][0]
    kept = tools.run(session, Call("simulate", {"scenarios": ["outage"], "replications": 4}))
    assert kept.subject.id in Twin.open(world_folder).folder.runs("simulation")


def test_a_run_that_is_not_kept_lives_in_the_session(world_folder: Path) -> None:
    session = Session(Twin.open(world_folder), keep=False)
    before = session.twin.folder.runs("simulation")
    found = tools.run(session, Call("simulate", {"disturbances": [FIRE], "replications": 2, "until_days": 200}))
    assert found.subject.id.startswith("trial-")
    assert session.twin.folder.runs("simulation") == before
    assert session.simulation().id == found.subject.id
    assert tools.run(session, Call("why", {"simulation": found.subject.id})).facts
    with pytest.raises(NotFound):
        Session(Twin.open(world_folder)).simulation(found.subject.id)


@pytest.mark.parametrize(
    "arguments",
    [{"disturbances": [{"kind": "flood", "target_id": "F", "days": 3}]}, {"disturbances": [{"kind": "outage"}]},
     {"replications": 0}, {"seed": 1.5}, {"scenarios": "outage"}, {"from_state": "yes"}, {"until_days": float("nan")}],
)  # fmt: skip
def test_arguments_are_checked_before_anything_runs(world: Session, arguments: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="cannot be called so") as refused:
        tools.run(world, Call("simulate", arguments))
    assert refused.value.problems
