"""Questions that go on from the one before and change one thing of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.follow_up import whole
from spareverse.assistant.questions import understand
from spareverse.assistant.session import Session
from spareverse.io.twin_folder import TwinFolder
from spareverse.twin.twin import Twin
from tests import fixtures_results as results


@pytest.mark.parametrize(
    ("after", "text", "taken"),
    [
        ("What is coming in the next 8 weeks?", "And for 12 weeks?", "What is coming in the next 12 weeks?"),
        ("What is coming next quarter?", "and next month?", "What is coming next month?"),
        ("What is coming?", "And for 8 weeks?", "What is coming for 8 weeks?"),
        ("What if supplier F stops for six weeks?", "and for 12 weeks?", "What if supplier F stops for 12 weeks?"),
        ("What if demand at S rises by 20 % for a year?", "and 40 %?", "What if demand at S rises by 40 % for a year?"),
        ("What if demand at S doubles?", "And if it triples?", "What if demand at S triples?"),
        ("Why did customers wait?", "and at S?", "Why did customers wait at S?"),
        ("What if supplier F stops?", "What about the other ones?", ""),
        ("What is coming?", "And why?", ""),
        ("What is coming?", "And which limit is broken worst?", ""),
        ("What is coming?", "", ""),
    ],
)
def test_one_thing_is_changed_and_all_else_stays(world: Session, after: str, text: str, taken: str) -> None:
    assert whole(world, text or "Why did customers wait?", after) == taken


def test_a_name_takes_the_place_of_one_of_its_kind(record: Session, company: Session) -> None:
    one, other = (str(name) for name in record.part_ids()[:2])
    assert whole(record, f"What about part {other}?", f"Why is part {one} at risk?") == f"Why is part {other} at risk?"
    here, there = sorted(name for name in company.place_ids() if name)[:2]
    before = f"What share of the stock at {here} has not moved for two years?"
    assert whole(company, f"and in {there}?", before) == before.replace(here, there)


def test_names_are_data_in_a_follow_up_too(tmp_path: Path) -> None:
    """Names that are words, times or numbers stay names, and nothing is changed within one."""
    names = ["next week", "12", "why", "P-1", "20 %", 'a "b" c']
    parts = results.part_results(len(names)).with_columns(pl.Series("part_id", names))
    folder = TwinFolder.create(tmp_path / "acme")
    tables = {"parts": parts, "suppliers": results.supplier_results(parts)}
    folder.save_run("analysis", results.document(parts) | {"as_of": results.UNTIL.isoformat()}, tables)
    session = Session(Twin.open(folder.path))
    before = "How many of P-1 do we have?"
    assert whole(session, "What about part 12?", before) == 'How many of "12" do we have?'
    assert whole(session, "What about part why?", before) == 'How many of "why" do we have?'
    named = whole(session, 'What about "12"?', before)
    assert str(understand(session, named).calls[0]) == "stock(part_id='12')"
    assert whole(session, "And for 8 weeks?", 'Will part "12" run out next month?') == (
        'Will part "12" run out next 8 weeks?'
    )


def test_the_answer_says_as_what_it_was_taken_and_can_be_gone_on_from(observed: Session) -> None:
    answer = explain(observed, "And for 12 weeks?", "What is coming in the next 8 weeks?")
    assert answer.answered
    assert answer.question == "What is coming in the next 12 weeks?"
    assert answer.understood.startswith(f'Taken as "{answer.question}"')
    then = explain(observed, "and 4 weeks?", answer.question)
    assert next(str(step.call) for step in then.steps) == "warnings(weeks=4)"


def test_a_change_that_the_answer_does_not_take_is_refused(observed: Session) -> None:
    answer = explain(observed, "And last year?", "Which limit is broken worst?")
    assert not answer.answered
    assert "does not take that change" in answer.understood


def test_a_whole_question_is_not_changed_by_the_one_before(observed: Session) -> None:
    alone = explain(observed, "Which limit is broken worst?")
    assert explain(observed, "Which limit is broken worst?", "What is coming?").understood == alone.understood


def test_of_nothing_before_it_is_asked_whole(observed: Session) -> None:
    for text in ("And for 8 weeks?", "And at S?", "And 12?"):
        answer = explain(observed, text)
        assert not answer.answered
        assert "ask it whole" in answer.understood
