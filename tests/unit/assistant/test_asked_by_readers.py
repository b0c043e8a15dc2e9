"""Classes of questions that planners, researchers and directors asked and that were once answered by something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.quantities import start_day, weeks_ahead
from spareverse.assistant.questions import understand
from spareverse.assistant.session import Session
from spareverse.explainer.grounding import check
from spareverse.twin.twin import Twin


def calls(session: Session, question: str) -> list[str]:
    return [str(call) for call in understand(session, question).calls]


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("Which ten parts hurt us most if they run out?", "parts(by='current_risk')"),
        ("Which parts did nobody use?", "parts(by='stock_value_now', only='never_moved')"),
        ("What should I order today?", "changes()"),
        ("Where would one more euro help most?", "changes()"),
        ("Why is our on-time rate below target?", "status()"),
        ("Why did the stock go up?", "parts(by='stock_value_now', only='too_much')"),
        ("Why has inventory fallen?", "parts(by='money_at_risk', only='too_little')"),
        ("How did availability develop over the last two years?", "past(measure='service_on_time')"),
        ("How has our delivery performance changed year by year?", "past(measure='service_on_time')"),
        ("Which items have not moved in years?", "parts(by='stock_value_now', only='never_moved')"),
        ("In which year was our workload highest?", "past(measure='exceptions_per_week')"),
    ],
)
def test_what_is_asked_of_the_record(record: Session, question: str, call: str) -> None:
    assert calls(record, question)[0] == call


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("How quickly do we recover after a supplier outage?", "shocks(component='recovery', disturbance='outage')"),
        ("How long until we are back to normal?", "shocks(component='recovery')"),
        ("How many replications were run?", "viability()"),
        ("Who runs out in the next 13 weeks?", "warnings(kind='stock_out', weeks=13)"),
        ("What is coming in the next quarter?", "warnings(weeks=13)"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_observer(observed: Session, question: str, call: str) -> None:
    assert calls(observed, question)[0] == call


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which planner has the most work?", "not told by person"),
        ("What is a base-stock level?", "not what words mean"),
        ("What is the forecast method of the most critical part?", "part by part"),
        ("What if the supplier is down for 4 weeks?", "Say which supplier: "),
        ("Compare doubling the reorder points with halving the lead time", "What if takes a supplier that stops"),
        ("Why did the stock go up?", "its past is not known"),
    ],
)
def test_what_cannot_be_told_is_said_with_what_can(observed: Session, question: str, told: str) -> None:
    answer = explain(observed, question)
    assert not answer.answered
    assert told in answer.understood


def test_warnings_say_when_they_look_otherwise_far_than_asked(observed: Session) -> None:
    answer = explain(observed, "What is coming in the next 13 weeks?")
    assert answer.sentences()[0] == (
        "These warnings look 8 weeks ahead, not 13: `spareverse observe --weeks 13` looks that far."
    )
    assert not check(" ".join(answer.sentences()), list(answer.facts))
    assert "look" not in explain(observed, "What is coming in the next 8 weeks?").sentences()[0]
    further = explain(observed, "What is coming in the next 90 weeks?")
    assert "not 90: `spareverse observe --weeks 52` looks as far as can be." in further.sentences()[0]
    assert not check(further.sentences()[0], list(further.facts))


def test_who_asks_for_limits_is_told_them(observed: Session) -> None:
    plain, exact = (explain(observed, f"How high is the fill rate{end}") for end in ("?", " and its interval?"))
    assert "the fill rate is 90 %," in plain.sentences()[0]
    assert "the fill rate is 90 % [88-92]," in exact.sentences()[0]


def test_days_to_recover_trace_to_their_facts(observed: Session) -> None:
    answer = explain(observed, "How long does it take to recover from a demand pulse?")
    assert answer.sentences()[0].startswith("Recovery after demand pulse: ")
    assert not check(" ".join(answer.sentences()), list(answer.facts))


def test_money_of_a_simulation_is_in_the_currency_of_the_company(world_folder: Path) -> None:
    answer = explain(Session(Twin.open(world_folder), keep=False), "Compare scenario outage with the network as it is.")
    (cost,) = (fact for fact in answer.facts if fact.id.endswith("measures[as it is at total_cost].mean"))
    assert cost.unit == "EUR"
    amount = cost.shown.partition(" ")[0]
    said = f"In the network as it is the total cost of a run is {amount} EUR."
    assert not check(said, list(answer.facts))
    assert check(said.replace("EUR", "USD"), list(answer.facts))
    assert not any(fact.unit.startswith("currency") for fact in answer.facts)


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("in the next 13 weeks", 13), ("next quarter", 13), ("the coming half year", 26), ("soon", None)],
)
def test_how_far_ahead_is_read(text: str, weeks: int | None) -> None:
    assert weeks_ahead(text) == weeks


@pytest.mark.parametrize(
    ("text", "day"), [("from day 200", 200.0), ("from week 10", 63.0), ("starting in week 1", 0.0)]
)
def test_the_first_day_of_a_disturbance_is_read(text: str, day: float) -> None:
    assert start_day(text) == day
