"""What a session does with simulations: keeps them, holds them, or says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.assistant import tools
from spareverse.assistant.answers import explain
from spareverse.assistant.session import LongWork, Session
from spareverse.assistant.tool import Call
from spareverse.errors import NotFound, UsageError
from spareverse.explainer.grounding import check
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


TRIED = Call("simulate", {"disturbances": [FIRE], "replications": 2, "until_days": 200})


@pytest.mark.parametrize(
    "question",
    ["When was service worst?", "Why did customers wait?", "Which causes of waiting are largest?",
     "When was the stock value highest?"],
)  # fmt: skip
def test_after_a_what_if_questions_are_of_the_network_as_it_is(world_folder: Path, question: str) -> None:
    session = Session(Twin.open(world_folder), keep=False)
    tools.run(session, TRIED)
    answer = explain(session, question)
    assert "in the network as it is" in answer.understood
    assert "in the network as it is" in answer.sentences()[0]
    assert "what if" not in " ".join(answer.sentences())


@pytest.mark.parametrize(
    "question",
    ["When was service worst there?", "And when was service worst in that run?", "Why did customers wait then?",
     "Why did customers wait in that scenario?"],
)  # fmt: skip
def test_a_question_may_go_on_from_what_was_tried(world_folder: Path, question: str) -> None:
    session = Session(Twin.open(world_folder), keep=False)
    tools.run(session, TRIED)
    answer = explain(session, question)
    assert 'under "what if"' in answer.understood
    assert 'under "what if"' in answer.sentences()[0]


def test_where_we_stand_is_not_told_by_what_was_tried(world_folder: Path) -> None:
    session = Session(Twin.open(world_folder), keep=False)
    tools.run(session, TRIED)
    assert "what if" not in " ".join(explain(session).sentences())
    assert "what if" not in " ".join(explain(session, "How good is our service?").sentences())


def test_an_observed_network_without_a_record_stands_where_it_was_observed(observed_folder: Path) -> None:
    session = Session(Twin.open(observed_folder), wait=False)
    found = tools.run(session, Call("status", {}))
    assert found.subject.kind == "viability"
    assert {"coherence", "fill_rate.value", "total_cost.at_most"} <= {fact.id for fact in found.facts}
    assert found.sentences == explain(session).sentences()


def test_when_service_was_worst_is_told_from_the_record(record_observed: Session) -> None:
    answer = explain(record_observed, "When did service drop?")
    worst = "In the record the share of orders served on time was worst in the year until 2022-02-28: 80 % [76-84]."
    assert answer.sentences()[0] == worst
    assert not check(" ".join(answer.sentences()), list(answer.facts))
