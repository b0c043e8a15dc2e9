"""Questions of when: in the record, in a simulation, and of orders."""

from __future__ import annotations

from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.scenario_words import asked_scenario, of_scenario
from spareverse.assistant.session import Session
from spareverse.explainer.narratives.limits import measure_words

_MEASURES = (
    (r"cost|expens|money", "total_cost"), (r"stock value|stock is", "stock_value"),
    (r"wait|queue|longest", "wait_days"), (r"lost", "lost_share"), (r"emission|co2", "co2_kg"), (r"", "fill_rate"),
)  # fmt: skip


def when(session: Session, question: Question) -> Understanding | None:
    if not question.has(
        r"when|what month|(?:which|what|in which) (?:month|year|quarter)|how long until|since when|over time|develop|"
        r"(?:month|year) by (?:month|year)|over the (?:last|past) (?:\w+ )?years"
    ):
        return None
    lowest = question.has(
        r"over time|develop|by (?:month|year)|worst|lowest|best|highest|dip|peak|low\b|high\b|bad|most|least|longest|"
        r"service|wait|cost|availab|drop|fell|fall|perform|work"
    )
    if lowest and not question.names("part"):
        scenario = asked_scenario(session, question)
        simulated = scenario or question.names("place") or question.has("simulat|run\\b|runs\\b|network")
        if session.has("analysis") and not simulated and (found := _past(question)):
            return found
        if session.has("simulation") or (session.has("network") and not session.has("analysis")):
            return _over_time(session, question, scenario)
    part = question.name("part")
    if part and question.has(r"run(?:s|ning)? (?:out|short|dry)|stock-?outs?|be (?:gone|empty)|last\b"):
        return _runs_out(session, question)
    if part and question.has(r"(?:should|must|shall|do|to|need to|have to) (?:i |we )?(?:re-?)?order"):
        given = {"part_id": part, "place_id": question.name("place")}
        return asked("when", f"when: at what stock to order part {part}", ("part", given))
    if question.has(r"order|arriv|deliver|receiv|come|promis|ship") or question.name("part"):
        return orders(question, "when")
    return None


_OF_RECORD = (
    (r"work|exception|busy", "exceptions_per_week"), (r"purchas|spend|bought|buy", "purchases_cost"),
    (r"recover", "recovery_days"), (r"amplif|bullwhip", "order_amplification"),
    (r"spread|dispers|erratic", "lead_time_dispersion"),
    (r"service|on time|availab|fill rate|punctual|perform|deliver", "service_on_time"),
)  # fmt: skip
"""What a record tells of its years, by the words of a question."""


def _past(question: Question) -> Understanding | None:
    """Of what the record tells: its windows of twelve months."""
    measure = next((name for words, name in _OF_RECORD if question.has(words)), "")
    if not measure and not question.has(r"we\b|worst|best"):
        return None
    measure = measure or "service_on_time"
    words = f"when: the {measure_words(measure)} in the record, twelve months at a time, worst and best"
    return asked("when", words, ("past", {"measure": measure}))


def _over_time(session: Session, question: Question, scenario: str) -> Understanding:
    measure = next(name for words, name in _MEASURES if question.has(words))
    given = {"measure": measure, "scenario": scenario, "place": question.name("place")}
    words = f"when: {measure.replace('_', ' ')} month by month, {of_scenario(scenario)}, worst and best"
    if session.has("simulation"):
        return asked("when", words, ("over_time", given))
    return asked("when", f"{words}, in a simulation made for it", ("simulate", {"scenarios": []}), ("over_time", given))


def _runs_out(session: Session, question: Question) -> Understanding:
    """When a part runs out: what is warned of it; of a record alone only how likely it is."""
    given = {"part_id": question.name("part"), "place_id": question.name("place")}
    if session.has("observation") and "warnings" in session.observation().tables:
        words = f"about what is coming of {given['part_id']}"
        return asked("about", words, ("warnings", given), ("part", given))
    return Understanding("", "When a part runs out is told by warnings, which take a network and its observation. "
                             "Of a record: ask whether the part is at risk, or how much of it is on hand.")  # fmt: skip


def orders(question: Question, kind: str) -> Understanding:
    state = "overdue" if question.has(r"late|overdue|past|expedit|missing|delayed") else "open"
    state = (
        "received"
        if question.has(r"received|arrived|last (?:order|deliver)|was|were|did") and state == "open"
        else state
    )
    given = {"state": state, "part_id": question.name("part"), "supplier_id": question.name("supplier")}
    said = " ".join(name for name in (given["part_id"], given["supplier_id"]) if name)
    return asked(kind, f"{kind}: purchase lines {state}{f' of {said}' if said else ''}", ("orders", given))
