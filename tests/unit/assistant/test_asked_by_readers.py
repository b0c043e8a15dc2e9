"""Classes of questions that planners, researchers and directors asked and that were once answered by something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.coverage import uncovered
from spareverse.assistant.past_tools import way
from spareverse.assistant.quantities import start_day, weeks_ahead
from spareverse.assistant.question import Question, asked
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
        ("Is our service getting better or worse?", "past(measure='service_on_time')"),
        ("Is our service better than last year?", "past(measure='service_on_time')"),
        ("Which inventory is obsolete?", "parts(by='stock_value_now', only='never_moved')"),
        ("Are we improving?", "past(measure='service_on_time')"),
        ("Is the workload going down?", "past(measure='exceptions_per_week')"),
        ("How much money is tied up in parts that never move?", "parts(by='stock_value_now', only='never_moved')"),
        ("How much stock value lies in parts without demand?", "parts(by='stock_value_now', only='never_moved')"),
        ("Who is to blame for our late deliveries?", "suppliers(by='late_risk')"),
        ("Whose fault is it that customers wait?", "suppliers(by='late_risk')"),
        ("Did anyone accept the advice?", "follow_ups()"),
        ("Were any recommendations rejected?", "follow_ups()"),
        ("Which suppliers got slower?", "alarms(stream='lead time', of='supplier', newest=True, went='up')"),
        ("Which suppliers got faster?", "alarms(stream='lead time', of='supplier', newest=True, went='down')"),
        ("Which 5 stock points first?", "parts(by='money_at_risk', limit=5)"),
        ("How big is the bullwhip effect?", "past(measure='order_amplification')"),
    ],
)
def test_what_is_asked_of_the_record(record: Session, question: str, call: str) -> None:
    assert calls(record, question)[0] == call


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("How quickly do we recover after a supplier outage?", "shocks(component='recovery', disturbance='outage')"),
        ("How long until we are back to normal?", "shocks(component='recovery')"),
        ("How big is the bullwhip effect?", "shocks(component='amplification')"),
        ("How many replications were run?", "viability()"),
        ("Who runs out in the next 13 weeks?", "warnings(kind='stock_out', weeks=13)"),
        ("What is coming in the next quarter?", "warnings(weeks=13)"),
        ("Which limit is broken worst?", "limits(ranked=True)"),
        ("Which 5 stock points first?", "warnings(kind='stock_out', limit=5)"),
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
        ("And for 8 weeks?", "ask it whole"),
        ("Now for 12 weeks?", "ask it whole"),
        ("What about the other ones?", "ask it whole"),
        ("Who is to blame?", "Nobody is blamed"),
        ("Is our service getting better or worse?", "told of a record"),
    ],
)
def test_what_cannot_be_told_is_said_with_what_can(observed: Session, question: str, told: str) -> None:
    answer = explain(observed, question)
    assert not answer.answered
    assert told in answer.understood


def test_limits_are_ranked_by_what_they_have_to_spare(observed: Session) -> None:
    answer = explain(observed, "Which limit is broken worst?")
    (listing,) = answer.found[0].listings
    margins = [row["margin"] for row in listing.rows]
    assert margins == sorted(margins)
    assert "broken most first, by what is to spare" in answer.sentences()[0]
    assert not check(" ".join(answer.sentences()), list(answer.facts))


def test_which_way_service_goes_is_said_only_beyond_noise(record_observed: Session) -> None:
    """A year before the newest window there is none: no way is said, and nothing else is made of it."""
    answer = explain(record_observed, "Is our service getting better or worse?")
    assert answer.sentences()[0].startswith("In the record the share of orders served on time was worst")
    now = {"value_low": 0.6, "value_high": 0.7}
    for before, said in (((0.75, 0.8), "got worse"), ((0.5, 0.55), "got better"), ((0.65, 0.8), "no change")):
        assert said in way({"value_low": before[0], "value_high": before[1]}, now, more=True)


def test_a_word_that_no_call_covers_is_not_answered_by_another_question() -> None:
    words = "how much would we save with fewer places"
    question = Question.of(words, [], [])
    assert uncovered(question, asked("about", "", ("network", {})))
    assert not uncovered(question, asked("about", "", ("plan", {})))


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


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the MTBF of part {part}?", 'Nothing here tells of "mtbf"'),
        ("Why did you recommend moving part {part} elsewhere?", 'Nothing here tells of "moving"'),
        ("Is there surplus that {place} could use?", 'Nothing here tells of "surplus"'),
        ("Which parts should we buy first with 50,000 euro?", "does not take the figure 50,000 euro"),
        ("How many of part {part} do I need for 95 percent fill rate?", "does not take the figure 95 percent"),
        ("Why does {place} have to wait so long for parts?", "would leave out {place}"),
        ("What happens when we close {place}?", "I cannot try that"),
        ("When will part {part} run out?", "is told by warnings"),
        ("How many demands did we have last year?", "did not understand"),
        ("How risky is it to keep only 2 of part {part}?", "does not take the figure 2"),
        ("What did we spend on parts last year?", 'Nothing here tells of "spend"'),
        ("What is the average lead time of our suppliers?", 'Nothing here tells of "average"'),
        ("Which parts at {place} have not been painted lately?", 'Nothing here tells of "painted"'),
    ],
)
def test_what_no_answer_covers_whole_is_refused_not_answered_by_another(
    company: Session, question: str, said: str
) -> None:
    names = {"part": str(company.part_ids()[0]), "place": min(name for name in company.place_ids() if name)}
    answer = explain(company, question.format(**names))
    assert not answer.answered
    assert said.format(**names) in answer.understood


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("Which vendor lets us down most often?", "suppliers(by='late_risk')"),
        ("When should I reorder part {part}?", "part(part_id='{part}')"),
        ("How likely is a stock-out of part {part}?", "part(part_id='{part}')"),
        ("Which supplier should we talk to first?", "suppliers(by='money_at_risk')"),
        ("How many of part {part} do we own?", "stock(part_id='{part}')"),
        ("How much money is tied up at {place}?", "stock(place_id='{place}')"),
        ("What share of our stock has not moved for two years?", "stock(unmoved_days=730)"),
        ("Which parts have not moved for 18 months?", "stock(unmoved_days=540, by='part')"),
        ("What percentage of the stock at {place} is dead?", "stock(unmoved_days=365, place_id='{place}')"),
        ("How much of the stock did not move for a year, by warehouse?", "stock(unmoved_days=365, by='place')"),
    ],
)
def test_stock_and_suppliers_are_asked_for_in_other_words(company: Session, question: str, call: str) -> None:
    names = {"part": str(company.part_ids()[0]), "place": min(name for name in company.place_ids() if name)}
    assert calls(company, question.format(**names))[0] == call.format(**names)


def test_of_a_network_alone_no_decision_on_a_part_is_told(world: Session) -> None:
    part = str(world.known_parts()[0])
    for question in (f"Is the stock of part {part} too high?", f"How sure are you about the demand of part {part}?"):
        answer = explain(world, question)
        assert not answer.answered
        assert "is told of a record" in answer.understood


def test_who_asks_two_things_is_told_that_one_is_answered(observed: Session) -> None:
    two = "What is our availability and what is it going to be next quarter?"
    assert "You asked two things" in explain(observed, two).understood
    assert "You asked two things" not in explain(observed, "What is coming in the next quarter?").understood


def test_places_are_compared_side_by_side(company: Session) -> None:
    one, other = sorted(name for name in company.place_ids() if name)[:2]
    assert calls(company, f"Compare {one} with {other}.") == [
        f"parts(place_id='{one}')", f"parts(place_id='{other}')"
    ]  # fmt: skip
