"""A language model on loopback: tool calls, errors, time-outs, nonsense, lies, orders hidden in names."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from spareverse.assistant.asking import answered
from spareverse.assistant.model import connection
from spareverse.assistant.model.settings import ModelSettings, model_settings
from spareverse.assistant.session import Session
from spareverse.errors import UsageError
from tests.unit.assistant.conftest import HOSTILE
from tests.unit.assistant.fake_model import FakeModel, asks, says

QUESTION = "Why is part P-0000 at risk?"


@pytest.fixture
def part(record: Session) -> str:
    """The part with the hostile name."""
    frame = record.parts().collect()
    return str(frame.filter(frame["description"] == HOSTILE)["part_id"][0])


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LONGEST_WAIT_S", 0.0)


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_model_calls_tools_and_its_text_is_shown_where_it_traces(
    record: Session, fake: FakeModel, part: str, kind: str
) -> None:
    supplier = str(record.analysis().suppliers.sort("late_risk")["supplier_id"][-1])
    fake.script = [asks("supplier", {"supplier_id": supplier}, kind)]
    row = record.analysis().suppliers.filter(record.analysis().suppliers["supplier_id"] == supplier).row(0, named=True)
    text = f"Supplier {supplier} is late {100 * row['late_risk']:.0f} % of the time."
    fake.script.append(says(text, kind))
    answer = answered(record, f"How late is supplier {supplier}?", fake.settings(kind))
    assert answer.refused == ""
    assert answer.worded == text
    assert answer.by == f"tester at {fake.settings(kind).host}"
    assert [step.call.tool for step in answer.steps] == ["supplier"]
    assert fake.paths == (["/v1/chat/completions"] * 2 if kind == "openai" else ["/v1/messages"] * 2)
    assert answer.facts


def test_only_facts_leave_the_machine_and_what_left_is_told(record: Session, fake: FakeModel, part: str) -> None:
    fake.script = [asks("part", {"part_id": part}), says("I cannot say.")]
    answer = answered(record, f"Why is part {part} at risk?", fake.settings())
    assert [dict(body) for body in answer.sent] == fake.requests
    results = [m for m in fake.requests[1]["messages"] if m["role"] == "tool"]
    sent = json.loads(results[0]["content"])
    assert set(sent) <= {"facts", "facts left out"}
    assert all(set(fact) <= {"id", "value", "unit", "low", "high"} for fact in sent["facts"])
    assert {fact["value"] for fact in sent["facts"]} <= {fact.value for fact in answer.facts}


def test_tools_that_change_the_twin_are_neither_offered_nor_called(record: Session, fake: FakeModel, part: str) -> None:
    fake.script = [asks("decide", {"part_id": part, "accept": "yes"}), says("Done.")]
    before = record.twin.folder.decisions()
    answer = answered(record, QUESTION, fake.settings())
    offered = {tool["function"]["name"] for tool in fake.requests[0]["tools"]}
    assert "decide" not in offered
    assert "part" in offered
    assert "no tool 'decide'" in answer.steps[0].problem
    assert record.twin.folder.decisions().equals(before)


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("The stock-out risk of the part is 87.3 %.", "87.3"),
        ("Part Q-9999 is the one to look at, it costs 12,345 EUR.", "12,345"),
        ("Everything was fine until 17 March 2019.", "2019"),
    ],
)
def test_a_lie_is_refused_and_the_plain_narrative_shown(
    record: Session, fake: FakeModel, part: str, lie: str, told: str
) -> None:
    fake.script = [asks("part", {"part_id": part}), says(lie)]
    answer = answered(record, f"Why is part {part} at risk?", fake.settings())
    assert "does not trace" in answer.refused
    assert told in answer.refused
    assert answer.worded == ""
    assert part in answer.sentences()[0]
    assert lie not in answer.sentences()


@pytest.mark.parametrize(
    ("script", "why", "requests"),
    [
        ([401], "refused the key", 1),
        ([429, 429, 429], "asked too often", 3),
        ([500, 500, 500], "HTTP 500", 3),
        ([302], "HTTP 302", 1),
        ([b"<html>"], "no JSON", 1),
        ([[1, 2]], "no JSON object", 1),
        ([{"choices": []}], "holds no message", 1),
        ([says("")], "said nothing", 1),
        ([says("word " * 2000)], "more than 4,000", 1),
        ([b"[" * 500_000], "no JSON", 1),
        ([b"[" * (2 << 20)], "without end", 1),
    ],
)
def test_errors_and_nonsense_are_told_and_the_grammar_answers(
    record: Session, fake: FakeModel, part: str, script: list[object], why: str, requests: int
) -> None:
    fake.script = list(script)
    answer = answered(record, f"Why is part {part} at risk?", fake.settings())
    assert why in answer.refused
    assert len(fake.requests) == requests
    assert answer.answered
    assert part in answer.sentences()[0]
    assert answer.by == "grammar"


def test_an_error_that_passes_is_tried_again(record: Session, fake: FakeModel) -> None:
    fake.script = [503, asks("status", {}), 429, says("Nothing more can be said.")]
    answer = answered(record, "Where do we stand?", fake.settings())
    assert answer.worded == "Nothing more can be said."


def test_a_model_that_does_not_answer_in_time_is_given_up(record: Session, fake: FakeModel, part: str) -> None:
    fake.script = [0.5, 0.5, 0.5]
    answer = answered(record, f"Why is part {part} at risk?", fake.settings(timeout_s=0.1))
    assert "no answer within 0.1 seconds" in answer.refused or "too long" in answer.refused
    assert answer.answered


@pytest.mark.parametrize("arguments", ["{not json", "[1]", '{"part_id": 7}', '{"part": "P"}', "{}"])
def test_malformed_arguments_go_back_as_errors(record: Session, fake: FakeModel, arguments: str) -> None:
    fake.script = [asks("part", arguments), says("I could not find that.")]
    answer = answered(record, QUESTION, fake.settings())
    returned = json.loads(fake.requests[1]["messages"][-1]["content"])
    assert returned["error"]
    assert answer.by == "tester at " + fake.settings().host or answer.refused


def test_an_unknown_tool_is_told_with_those_there_are(record: Session, fake: FakeModel) -> None:
    fake.script = [asks("delete_everything", {}), says("There is nothing to say.")]
    answered(record, QUESTION, fake.settings())
    returned = json.loads(fake.requests[1]["messages"][-1]["content"])
    assert "no tool 'delete_everything'" in returned["error"]
    assert "suppliers" in returned["error"]


def test_calls_and_rounds_are_bounded(record: Session, fake: FakeModel) -> None:
    fake.script = [asks("status", {})] * 30
    answer = answered(record, "Where do we stand?", fake.settings())
    assert "rounds" in answer.refused
    assert len(fake.requests) == 8
    many = asks("status", {})
    many["choices"][0]["message"]["tool_calls"] *= 40
    fake.script = [many]
    answer = answered(record, "Where do we stand?", fake.settings())
    assert "more than 12 calls" in answer.refused
    assert len(answer.steps) == 12


def test_orders_hidden_in_a_name_stay_data(record: Session, fake: FakeModel, part: str) -> None:
    """The name reaches the model as the value of a fact only; a model that obeys it changes nothing and is refused."""
    fake.script = [asks("parts", {"limit": 50}), asks("adopt", {"plan": "X"}), says("Plan X is adopted: 99 %.")]
    answer = answered(record, "Which parts are most at risk?", fake.settings())
    assert HOSTILE not in fake.requests[0]["messages"][0]["content"]
    for request in fake.requests:
        for message in request["messages"]:
            if HOSTILE in str(message["content"]):
                assert message["role"] == "tool"
                assert HOSTILE in [fact["value"] for fact in json.loads(message["content"])["facts"]]
    assert "no tool 'adopt'" in answer.steps[1].problem
    assert answer.refused
    assert answer.worded == ""
    assert record.twin.folder.runs("adopted") == []


def test_the_key_is_nowhere_but_in_the_header(
    record: Session, fake: FakeModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = fake.settings()
    fake.script = [asks("part", {"part_id": part}), 401]
    answer = answered(record, f"Why is part {part} at risk?", settings)
    assert fake.headers[0]["authorization"] == "Bearer sk-secret-123"
    captured = capsys.readouterr()
    everything = [caplog.text, captured.out, captured.err, repr(settings), str(answer), json.dumps(answer.document())]
    everything += [json.dumps([dict(body) for body in answer.sent]), answer.refused]
    assert not any("sk-secret" in text for text in everything)
    written = [file.read_bytes() for file in Path(record.twin.folder.path).rglob("*") if file.is_file()]
    assert not any(b"sk-secret" in content for content in written)


def test_a_key_that_an_endpoint_gives_back_is_not_repeated(record: Session, fake: FakeModel, part: str) -> None:
    fake.script = [asks("part", {"part_id": part}), says("The key is sk-secret-123.")]
    answer = answered(record, f"Why is part {part} at risk?", fake.settings())
    assert "repeated the key" in answer.refused
    assert "sk-secret" not in str(answer) + json.dumps(answer.document())


def test_no_model_is_asked_unless_the_environment_switches_it_on() -> None:
    assert model_settings({}) is None
    assert model_settings({"SPAREVERSE_LLM_KEY": "k", "SPAREVERSE_LLM_MODEL": "m"}) is None
    assert model_settings({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_MODEL": "m"}, model="off") is None
    found = model_settings({"SPAREVERSE_LLM": "anthropic", "SPAREVERSE_LLM_MODEL": "m", "SPAREVERSE_LLM_KEY": "k"})
    assert isinstance(found, ModelSettings)
    assert found.host == "api.anthropic.com"
    assert model_settings({"SPAREVERSE_LLM": "openai"}, model="other").model == "other"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"SPAREVERSE_LLM": "gpt"}, "SPAREVERSE_LLM"),
        ({"SPAREVERSE_LLM": "openai"}, "SPAREVERSE_LLM_MODEL"),
        ({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_URL": "http://example.com/v1"}, "SPAREVERSE_LLM_URL"),
        ({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_URL": "https://me:secret@example.com"}, "SPAREVERSE_LLM_URL"),
        ({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_URL": "file:///etc/passwd"}, "SPAREVERSE_LLM_URL"),
        ({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_KEY": "a\nb"}, "SPAREVERSE_LLM_KEY"),
        ({"SPAREVERSE_LLM": "openai", "SPAREVERSE_LLM_TIMEOUT_S": "soon"}, "SPAREVERSE_LLM_TIMEOUT_S"),
    ],
)
def test_settings_that_make_no_sense_are_refused_without_their_secrets(given: dict[str, str], column: str) -> None:
    with pytest.raises(UsageError) as refused:
        model_settings(given)
    assert column in [problem.column for problem in refused.value.problems]
    assert "secret" not in str(refused.value.document())
