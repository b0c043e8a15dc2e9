"""The grammar: questions of five kinds, recognised by their words, each answered by calls of the twin's own verbs.

Nothing is guessed: what no pattern fits is said not to be understood, with questions that would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from spareverse.assistant.coverage import uncovered
from spareverse.assistant.follow_up import whole
from spareverse.assistant.names import Names
from spareverse.assistant.observer_questions import changed, followed, observed, standing_calls
from spareverse.assistant.pointed_questions import NEVER, pointed
from spareverse.assistant.question import LONGEST_QUESTION, Question, Understanding, asked
from spareverse.assistant.scenario_words import asked_scenario, of_scenario
from spareverse.assistant.session import Session
from spareverse.assistant.stock_questions import TIED_UP, stock_held
from spareverse.assistant.time_questions import orders, when
from spareverse.assistant.what_if_questions import TRIABLE, agents_pay, what_if
from spareverse.errors import UsageError
from spareverse.simulation.universe_run import BASE

Pattern = Callable[[Session, Question], Understanding | None]
_TWO = (
    r"(?:what|when|where|why|which|who|how)\b.*(?:,|;|\?|\band) (?:and )?(?:what|when|where|why|which|who|how) "
    r"(?:is|are|was|were|will|do|does|did|can|could|should|would|many|much|long|late|has|have)\b"
)
_ONE_AT_A_TIME = "You asked two things: this is the answer to one of them, ask the other by itself."
_EXACT = r"interval|confidence|95 ?%|error bars?|how (?:precise|accurate|exact)|uncertain|noise|margin of error"
_WAIT = r"wait|delay|backorder|queue|unserved|service|fill rate|short(?:age|ages)?\b|stock-?outs?\b"


def understand(session: Session, text: str, after: str = "") -> Understanding:
    """How the question is understood; UsageError for what is no question.

    after
        The question before: one that goes on from it and changes one thing of it is that question so changed.
    """
    text = checked_question(text)
    taken = whole(session, text, checked_question(after)) if after.strip() else ""
    if not taken:
        return _alone(session, text)
    found = _alone(session, checked_question(taken))
    if found.calls and found.calls == _alone(session, checked_question(after)).calls:
        return Understanding("", f'The answer to "{after.strip()}" does not take that change: ask it whole.')
    return replace(found, question=taken)


def _alone(session: Session, text: str) -> Understanding:
    """How a question is understood that goes on from none."""
    question = Question.of(text, *Names(session).find(text))
    hints = tuple(str(each) for each in question.unknown)
    hints += (_ONE_AT_A_TIME,) if question.has(_TWO) else ()
    for pattern in _PATTERNS:
        found = pattern(session, question)
        if found is not None:
            if question.unknown and not question.mentions:  # asked of something there is not: no other is meant
                break
            if found.calls and (instead := uncovered(question, found)):  # part of it would be answered by another
                return Understanding("", f"I cannot answer that. {instead}", (), hints)
            return replace(found, hints=hints, exact=question.has(_EXACT))
    return Understanding("", "I did not understand the question." if not hints else "", (), hints)


def checked_question(text: str) -> str:
    """The question on one line; UsageError where it is empty or longer than any question."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_QUESTION:
        raise UsageError(f"A question has 1 to {LONGEST_QUESTION:,} letters, not {len(text):,}.")
    return text


def _compare(session: Session, question: Question) -> Understanding | None:
    if not question.has(
        r"compare|comparison|versus|vs\b|differen|better|worse|beside|against|instead of|rather than|or <>"
    ):
        return None
    if question.names("scenario"):
        return _scenarios_compared(session, question.names("scenario"))
    for kind in ("supplier", "part", "place"):
        names = question.names(kind)
        if len(names) >= 2:
            words = f"compare: {kind}s {' and '.join(names[:4])}"
            if kind == "place":
                return asked("compare", words, *(_at_place(session, name) for name in names[:4]))
            return asked("compare", words, *((kind, {f"{kind}_id": name}) for name in names[:4]))
    if question.has(r"options?\b|warehouse|study|print|digital"):
        return asked(
            "compare", "compare: the options of the warehouse study", ("study", {"study": question.name("study")})
        )
    if question.has(r"plans?\b|rule|policy|policies|company|croston|today"):
        return asked(
            "compare", "compare: the plan with today's rule and other policies", ("plan", {}), *_proof(session)
        )
    if question.has("scenario|network|run"):
        return asked("compare", "compare: the scenarios of the newest simulation", ("compare", {}))
    if question.has("supplier"):
        return asked("compare", "compare: the suppliers", ("suppliers", {}))
    if question.has(r"compare|versus|vs\b") and question.has(
        r"doubl|halv|twice|half|rais|lower|cutt|longer|shorter|more|less"
    ):
        return Understanding("", f"{TRIABLE} Scenarios of the twin can be compared by their names.")
    return None


def _scenarios_compared(session: Session, names: list[str]) -> Understanding:
    beside = [name for name in names if name != BASE]
    words = f"compare: {' and '.join(beside or names)} with the network as it is"
    known = session.simulation().names if session.has("simulation") else ()
    if names and all(name in known for name in names):
        others = [name for name in names if name != known[0]] or [known[0]]
        return asked("compare", words, *(("compare", {"scenario": name}) for name in others))
    kept = [name for name in names if name in session.twin.scenario_names()]
    return asked("compare", words, ("simulate", {"scenarios": kept}))


def _proof(session: Session) -> list[tuple[str, dict[str, Any]]]:
    return [("backtest", {})] if session.has("backtest") else []


def _why(session: Session, question: Question) -> Understanding | None:
    helps = question.has(
        r"what (?:would|could|can) (?:help|go away)|without (?:which|the)|root cause|switch(?:ed)? off|goes away"
    )
    if helps and session.has("simulation"):
        name = asked_scenario(session, question)
        words = f"why: what would go away without each cause of waiting, {of_scenario(name)}"
        return asked("why", words, ("counterfactuals", {"scenario": name}))
    if not question.has(r"why|what (?:caus|is the reason|made)|cause|reason|how come|because of what"):
        return None
    if question.has(r"plans?\b|promise|proof|back-?test") and not question.names("part"):
        return asked("why", "why: how the plan did, and why", ("plan", {}), *_proof(session))
    where = {kind: question.name(kind) for kind in ("place", "part", "customer")}
    where["scenario"] = asked_scenario(session, question)
    waited = question.has(_WAIT) or where["scenario"] or where["customer"]
    if session.has("simulation") and (waited and not (where["part"] and session.has("analysis"))):
        said = ", ".join(f"{kind} {name}" for kind, name in where.items() if name and kind != "scenario")
        words = f"why: customers waited{f' ({said})' if said else ''}, {of_scenario(where['scenario'])}"
        return asked("why", f"{words}, in the newest simulation", ("why", where))
    if waited and session.has("network") and not session.has("analysis") and not where["part"]:
        scenario = [where["scenario"]] if where["scenario"] else []
        first = ("simulate", {"scenarios": scenario})
        return asked("why", "why: customers waited, in a simulation made for it", first, ("why", where))
    if where["part"]:
        given = {"part_id": where["part"], "place_id": where["place"]}
        calls = [("part", given), ("orders", {"part_id": where["part"]})]
        if session.has("observation"):
            calls.append(("warnings", given))
        return asked("why", f"why: the decision on part {where['part']} and what stands behind it", *calls)
    if question.name("supplier"):
        name = question.name("supplier")
        return asked("why", f"why: how supplier {name} delivers", ("supplier", {"supplier_id": name}))
    if question.has(r"stock|inventor"):
        return _stock_moved(session, question, where["scenario"])
    if question.has(r"change|propos|buy\b|order"):
        return asked("why", "why: the changes proposed, with their reasons", ("changes", {}))
    if question.has(_STANDS) and not session.has("analysis"):
        return asked("why", "why: how it stands, of a network without a record", *standing_calls(session))
    if question.has(_STANDS):
        ranked: tuple[str, dict[str, Any]] = ("suppliers", {"by": "late_risk", "limit": 5})
        return asked("why", "why: where the money at risk comes from", ("status", {}), ("parts", {}), ranked)
    return None


_STANDS = r"risk|money|cost|late|wait|on.?time|service|target|deliver|fill rate|availab|perform|customers?\b"
_ROSE = r"up\b|ris|rose|grow|grew|high|increas|more|much|large|big|excess"


def _stock_moved(session: Session, question: Question, scenario: str) -> Understanding:
    """Why there is so much or so little stock: how it came to be so is not kept, where it stands is."""
    if scenario:
        words = f"why: what becomes of the stock {of_scenario(scenario)}"
        return asked("why", words, ("compare", {"scenario": scenario}))
    if not session.has("analysis"):
        return Understanding("", _NO_PAST_STOCK)
    rose = question.has(_ROSE)
    ranked = {"by": "stock_value_now", "only": "too_much"} if rose else {"by": "money_at_risk", "only": "too_little"}
    where = "beyond" if rose else "below"
    words = f"why: where the stock is {where} what the proposals hold; how it came to be so is not kept"
    return asked("why", words, ("parts", ranked))


_NO_PAST_STOCK = (
    "I cannot say why the stock is what it is: of a network without a record its past is not known. What a scenario "
    "does to it can be simulated, and what today is worth stands under service, money and workload."
)
_RANKINGS = (
    (
        r"too (?:much|many)|over-?stock|excess|surplus|more than (?:we )?need",
        {"by": "stock_value_now", "only": "too_much"},
    ),
    (r"too (?:little|few)|under-?stock|not enough|need more", {"by": "money_at_risk", "only": "too_little"}),
    (rf"{NEVER}|never", {"by": "stock_value_now", "only": "never_moved"}),
    (r"sav", {"by": "saving"}),
    (r"decide|decision|change|act on|waiting for", {"by": "saving", "only": "to_decide"}),
    (r"stock-?out|run out|runs out|short", {"by": "current_risk"}),
    (r"lead time|longest|long lead", {"by": "expected_lead_time_days"}),
    (r"late(?!ly)|unreliab|supply", {"by": "late_risk"}),
    (r"stock value|most (?:money|capital) in stock|expensive stock|tie", {"by": "stock_value_now"}),
    (r"critical|class a", {"by": "money_at_risk", "only": "critical"}),
    (r"valu|turnover|sell|sold", {"by": "annual_value"}),
    (r"", {"by": "money_at_risk"}),
)
"""What parts are ranked by: the first whose words are there."""


_SUBJECTS = {
    "scenario": r"scenarios?\b", "cause": r"causes?\b|reasons?\b", "study": r"stud(?:y|ies)\b|options?\b",
    "order": r"orders?\b|lines\b|deliver(?:y|ies)\b", "supplier": r"suppliers?\b|vendors?\b",
    "change": r"changes?\b|proposals?\b", "part": r"parts?\b|items?\b|skus?\b|materials?\b|articles?\b",
}  # fmt: skip


def _which(session: Session, question: Question) -> Understanding | None:
    if question.has(_TO_ORDER) and not question.names("part") and session.has("analysis"):
        return asked("which", "which: the changes proposed, with what to order", ("changes", {}))
    if not question.has(
        r"which|what are|what is the worst|list|show|who|where are|top|worst|most|any\b|are there|how many"
    ):
        return None
    subject = question.first(_SUBJECTS)
    if subject == "scenario":
        return asked("which", "which: the scenarios there are", ("scenarios", {}))
    if subject == "cause" and session.has("simulation"):
        name = asked_scenario(session, question)
        words = f"which: the largest causes of waiting, {of_scenario(name)}"
        return asked("which", words, ("why", {"scenario": name}))
    if subject == "study":
        return asked("which", "which: the option that the warehouse study recommends", ("study", {}))
    if question.names("part") and question.has(_HOW_MANY) and not question.has(_ORDERED):
        return None  # of what to hold and to order: about the part
    if subject == "order":
        return orders(question, "which")
    if subject == "supplier":
        by = "late_risk" if question.has(_UNRELIABLE) else "money_at_risk"
        by = "overdue_lines" if question.has("overdue|past") else by
        return asked("which", f"which: suppliers ranked by {by.replace('_', ' ')}", ("suppliers", {"by": by}))
    if subject == "change":
        return asked("which", "which: the changes proposed", ("changes", {"supplier_id": question.name("supplier")}))
    if subject == "part" or question.has("what is the worst"):
        chosen = next(given for words, given in _RANKINGS if question.has(words))
        where = {"supplier_id": question.name("supplier"), "place_id": question.name("place")}
        said = "".join(f" of {name}" for name in where.values() if name)
        words = f"which: parts{said} ranked by {chosen['by'].replace('_', ' ')}"
        return asked("which", words, ("parts", {**chosen, **where}))
    return None


_UNRELIABLE = (
    r"late|reliab|unreliab|worst|on time|punctual|slip|(?:lets?|letting) (?:us|me|\w+) down|disappoint|fail|"
    r"break\w* (?:\w+ )?promises?|dependab"
)
_TO_ORDER = (
    r"(?:what|how much|which \w+) (?:should|must|shall|do|to|can|ought) (?:(?:i|we) )?(?:to |need to |have to )?"
    r"(?:re)?(?:order|buy|purchase)\b|(?:one|another|each|every|next|extra) (?:more |extra |additional )?"
    r"(?:euro|eur\b|dollar|usd|pound|currency)"
)


def _about(session: Session, question: Question) -> Understanding | None:
    """A name, or a thing, without a question that says what of it."""
    part, supplier, scenario = (question.name(kind) for kind in ("part", "supplier", "scenario"))
    if (part or supplier) and question.has(_ORDERED):
        return orders(question, "which")
    if part and not session.has("analysis") and question.has(_OF_A_DECISION):
        return Understanding("", _NO_DECISION)
    if part:
        return asked("about", f"about part {part}", ("part", {"part_id": part, "place_id": question.name("place")}))
    if supplier:
        return asked("about", f"about supplier {supplier}", ("supplier", {"supplier_id": supplier}))
    if scenario:
        return _scenarios_compared(session, [scenario])
    if question.names("study") or question.has(r"stud(?:y|ies)\b|digital|print(?:ing|ed)?\b"):
        return asked("about", "about the warehouse study", ("study", {"study": question.name("study")}))
    if question.names("place"):
        name = question.name("place")
        words = f"about the parts at {name}" if session.has("analysis") else f"about waiting at {name}"
        return asked("about", words, _at_place(session, name))
    if question.has(TIED_UP) and session.has("analysis"):
        return asked("about", "about the money in stock", ("parts", {"by": "stock_value_now"}))
    if question.has(_TRUST):
        return asked("about", "about how sure this is", ("evidence", {}), *_proof(session))
    for words, tool in _THINGS:
        if question.has(words):
            if tool == "status":
                return asked("about", "about where we stand", *standing_calls(session))
            return asked("about", f"about the {tool}", (tool, {}))
    return None


def _at_place(session: Session, name: str) -> tuple[str, dict[str, Any]]:
    """What there is on a place: its parts in the record, else who waits there."""
    return ("parts", {"place_id": name}) if session.has("analysis") else ("why", {"place": name})


_OF_A_DECISION = (
    r"too (?:much|many|high|low|little|few)|excess|enough|optim|best\b|sav|propos|recommend|sure\b|certain|confident|"
    r"evidence|trust|reliab"
)
_NO_DECISION = (
    "What to hold of a part, and how sure that is, is told of a record. Of a network: how the part is kept, how it did "
    "in the newest simulation, and what is warned of it."
)
_HOW_MANY = r"how (?:many|much)\b.*\b(?:should|must|shall|ought|need|to order|to buy|to hold|to keep)\b"
_ORDERED = (
    r"on order|open orders?\b|orders?\b(?: \w+)* (?:open|late|placed|outstanding)|(?:late|open|overdue|"
    r"last) orders?|deliver(?:y|ies)\b|on the way|arriv"
)
_TRUST = (
    r"how (?:sure|certain|reliable|good|confident|much can (?:we|i) trust)|(?:can|should) (?:we|i) (?:trust|"
    r"rely)|evidence|trust\b|confiden"
)
_THINGS = (
    (r"back-?test|proof|proved", "backtest"), (r"accounts?\b|emissions?\b|co2", "accounts"), (r"plan\b", "plan"),
    (r"changes?\b|change list|proposals?\b", "changes"), (r"scenarios?\b", "scenarios"), (r"network\b", "network"),
    (r"suppliers?\b", "suppliers"), (r"orders?\b", "orders"), (r"wait", "why"), (r"simulation\b|run\b", "compare"),
    (r"stand|status|how are we|overview|summar|at risk|money|service|on time|company|overall|doing|news", "status"),
    (r"board\b|management\b|directors?\b", "status"),
    (r"parts?\b", "parts"),
)  # fmt: skip


_UNTOLD = (
    (
        r"(?:which|what|who|whose) (?:\w+ ){0,3}(?:planners?|buyers?|people|employees?)\b",
        "Work is not told by person: neither orders nor parts say whose they are. Ask how high the workload is.",
    ),
    (
        r"(?:explain|define|definition of) the (?:term|word)|what (?:is|are) an? \w|what does (?:[\w-]+ ){1,4}mean\b",
        "I tell of this company, not what words mean: that is in the guides and the background pages.",
    ),
    (
        r"forecast|demand (?:model|method)|which method|what method",
        "Demand is told part by part: ask about one by its number, and an expert is told how it was estimated.",
    ),
)
"""What nothing here tells, and what to do instead."""


def _untold(session: Session, question: Question) -> Understanding | None:
    if question.mentions:
        return None
    return next((Understanding("", told) for words, told in _UNTOLD if question.has(words)), None)


_PATTERNS: tuple[Pattern, ...] = (
    pointed, what_if, agents_pay, _untold, followed, changed, _compare, _why, observed, when, stock_held, _which,
    _about,
)  # fmt: skip
