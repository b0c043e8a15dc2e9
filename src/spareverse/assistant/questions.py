"""The grammar: questions of five kinds, recognised by their words, each answered by calls of the twin's own verbs.

Nothing is guessed: what no pattern fits is said not to be understood, with questions that would be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spareverse.assistant.names import Names
from spareverse.assistant.quantities import amount, duration_days, factor, start_day
from spareverse.assistant.question import LONGEST_QUESTION, Question, Understanding
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Call
from spareverse.errors import UsageError

Pattern = Callable[[Session, Question], Understanding | None]
USUAL_DAYS, USUAL_START = 30.0, 90.0
"""A disturbance of which neither length nor beginning is said."""
_WAIT = r"wait|delay|backorder|queue|unserved|service|fill rate|short(?:age|ages)?\b|stock-?outs?\b"


def understand(session: Session, text: str) -> Understanding:
    """How the question is understood; UsageError for what is no question."""
    text = checked_question(text)
    question = Question.of(text, *Names(session).find(text))
    hints = tuple(str(each) for each in question.unknown)
    for pattern in _PATTERNS:
        found = pattern(session, question)
        if found is not None:
            if question.unknown and not question.mentions:  # asked of something there is not: no other is meant
                break
            return Understanding(found.kind, found.words, found.calls, hints)
    return Understanding("", "I did not understand the question." if not hints else "", (), hints)


def checked_question(text: str) -> str:
    """The question on one line; UsageError where it is empty or longer than any question."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_QUESTION:
        raise UsageError(f"A question has 1 to {LONGEST_QUESTION:,} letters, not {len(text):,}.")
    return text


def _asked(kind: str, words: str, *calls: tuple[str, dict[str, Any]]) -> Understanding:
    made = tuple(
        Call(tool, {name: value for name, value in given.items() if value not in ("", None)}) for tool, given in calls
    )
    return Understanding(kind, words, made)


def _what_if(session: Session, question: Question) -> Understanding | None:
    if not question.has(r"what if|what happens (?:if|when)|what would|suppose|assume|imagine|if\b|simulate|what does"):
        return None
    found = _other_stock(question) or _other_budget(question) or _disturbance(question)
    found = found or _kept_scenario(session, question)
    if found is None and question.has(r"what if|what happens if|suppose|imagine"):  # nothing else would be its answer
        return Understanding("", _TRIABLE)
    return found


_TRIABLE = (
    "I cannot try that. What if takes a supplier that stops, a link that closes, slower lead times, less capacity, "
    "held deliveries, other demand, another stock budget, other stock of one part, or a scenario of the twin."
)


def _other_stock(question: Question) -> Understanding | None:
    part = question.name("part")
    if not part or not question.has(r"hold|keep|kept|stock|reorder|cover|have|had"):
        return None
    cover = amount(question.words)
    if cover is None:
        return None
    words = f"what if: part {part} with a reorder point of {cover:g} pieces"
    given = {"part_id": part, "place_id": question.name("place")}
    return _asked("what if", words, ("part", {**given, "cover": cover}), ("part", given))


def _other_budget(question: Question) -> Understanding | None:
    if question.mentions or not question.has(r"budget|money|inventory|capital|stock value|stock\b|invest|spend"):
        return None
    times = factor(question.words)
    if times is not None:
        return _asked("what if", f"what if: a plan with {times:g} times the stock value", ("budget", {"factor": times}))
    money = amount(question.words)
    if money is None:
        return None
    return _asked("what if", f"what if: a plan with {money:,.0f} of stock value", ("budget", {"budget": money}))


def _disturbance(question: Question) -> Understanding | None:
    """A supplier that stops, a link that closes, lead times that stretch, demand that surges."""
    every = "*" if question.has(r"all|every|everything|everywhere|any\b|the demand|demand (?:rises|doubles)") else ""
    supplier, link = question.name("supplier"), question.name("link")
    place = question.name("place") or question.name("customer")
    source, times = supplier or link, factor(question.words)
    if question.has(r"demand|orders? (?:rise|double)|sales"):
        kind, target = "demand_surge", place or "*"
    elif question.has(r"lead times?|slow|longer|late(?:r|ness)?\b|takes?\b") and (source or every):
        kind, target = "lead_time_stretch", source or every
    elif question.has(r"capacity|throughput") and source:
        kind, target = "capacity_loss", source
        times = times if times is not None or not question.has("half") else 0.5
    elif question.has(r"quality|held\b|hold on|rejected|blocked goods") and (source or place):
        kind, target = "quality_hold", source or place
    elif link and not supplier and question.has(_STOPS):
        kind, target = "link_closure", link
    elif supplier and question.has(_STOPS):
        kind, target = "outage", supplier
    else:
        return None
    return _disturbed(question, kind, target, times)


_STOPS = (
    r"stops?\b|stopped|stand|fail|bankrupt|out\b|down\b|burns?|strike|clos|block|shut|dies|gone|drops? out|unavailable|"
    r"cannot|can't|lost|lose"
)


def _disturbed(question: Question, kind: str, target: str, times: float | None) -> Understanding:
    row: dict[str, Any] = {
        "kind": kind, "target_id": target, "days": duration_days(question.words) or USUAL_DAYS,
        "start_day": start_day(question.words) or USUAL_START,
    }  # fmt: skip
    if kind in ("lead_time_stretch", "demand_surge", "capacity_loss"):
        row["factor"] = times if times is not None else {"capacity_loss": 0.5}.get(kind, 2.0)
    said = {"outage": "stands still", "link_closure": "is closed", "quality_hold": "has its goods held"}
    words = {"demand_surge": "has demand", "lead_time_stretch": "has lead times", "capacity_loss": "has capacity"}
    does = said.get(kind) or f"{words[kind]} times {row['factor']:g}"
    usual = "" if duration_days(question.words) else " (you did not say how long)"
    who = "everything" if target == "*" else target
    told = f"what if: {who} {does} for {row['days']:g} days{usual} from day {row['start_day']:g} of the run"
    return _asked("what if", told, ("simulate", {"disturbances": [row]}))


def _kept_scenario(session: Session, question: Question) -> Understanding | None:
    kept = session.twin.scenario_names()
    names = [name for name in question.names("scenario") if name in kept]
    if not names:
        return None
    return _asked("what if", f"what if: {' and '.join(names)}", ("simulate", {"scenarios": names}))


def _compare(session: Session, question: Question) -> Understanding | None:
    if not question.has(
        r"compare|comparison|versus|vs\b|differen|better|worse|beside|against|instead of|rather than|or <>"
    ):
        return None
    if question.names("scenario"):
        return _scenarios_compared(session, question.names("scenario"))
    for kind in ("supplier", "part"):
        names = question.names(kind)
        if len(names) >= 2:
            calls = [(kind, {f"{kind}_id": name}) for name in names[:4]]
            return _asked("compare", f"compare: {kind}s {' and '.join(names[:4])}", *calls)
    if question.has(r"options?\b|warehouse|study|print|digital"):
        return _asked(
            "compare", "compare: the options of the warehouse study", ("study", {"study": question.name("study")})
        )
    if question.has(r"plans?\b|rule|policy|policies|company|croston|today"):
        return _asked(
            "compare", "compare: the plan with today's rule and other policies", ("plan", {}), *_proof(session)
        )
    if question.has("scenario|network|run"):
        return _asked("compare", "compare: the scenarios of the newest simulation", ("compare", {}))
    if question.has("supplier"):
        return _asked("compare", "compare: the suppliers", ("suppliers", {}))
    return None


def _scenarios_compared(session: Session, names: list[str]) -> Understanding:
    words = f"compare: {' and '.join(names)} with the network as it is"
    known = session.simulation().names if session.has("simulation") else ()
    if names and all(name in known for name in names):
        asked = [name for name in names if name != known[0]] or [known[0]]
        return _asked("compare", words, *(("compare", {"scenario": name}) for name in asked))
    kept = [name for name in names if name in session.twin.scenario_names()]
    return _asked("compare", words, ("simulate", {"scenarios": kept}))


def _proof(session: Session) -> list[tuple[str, dict[str, Any]]]:
    return [("backtest", {})] if session.has("backtest") else []


def _why(session: Session, question: Question) -> Understanding | None:
    helps = question.has(
        r"what (?:would|could|can) (?:help|go away)|without (?:which|the)|root cause|switch(?:ed)? off|goes away"
    )
    if helps and session.has("simulation"):
        given = {"scenario": question.name("scenario")}
        return _asked("why", "why: what would go away without each cause of waiting", ("counterfactuals", given))
    if not question.has(r"why|what (?:caus|is the reason|made)|cause|reason|how come|because of what"):
        return None
    if question.has(r"plans?\b|promise|proof|back-?test") and not question.names("part"):
        return _asked("why", "why: how the plan did, and why", ("plan", {}), *_proof(session))
    where = {kind: question.name(kind) for kind in ("place", "part", "customer", "scenario")}
    waited = question.has(_WAIT) or where["scenario"] or where["customer"]
    if session.has("simulation") and (waited and not (where["part"] and session.has("analysis"))):
        said = ", ".join(f"{kind} {name}" for kind, name in where.items() if name)
        return _asked(
            "why", f"why: customers waited{f' ({said})' if said else ''}, in the newest simulation", ("why", where)
        )
    if where["part"]:
        given = {"part_id": where["part"], "place_id": where["place"]}
        calls = [("part", given), ("orders", {"part_id": where["part"]})]
        return _asked("why", f"why: the decision on part {where['part']} and what stands behind it", *calls)
    if question.name("supplier"):
        name = question.name("supplier")
        return _asked("why", f"why: how supplier {name} delivers", ("supplier", {"supplier_id": name}))
    if question.has(r"change|propos|buy\b|order"):
        return _asked("why", "why: the changes proposed, with their reasons", ("changes", {}))
    if question.has(r"risk|money|cost|late|wait|stock"):
        ranked: tuple[str, dict[str, Any]] = ("suppliers", {"by": "late_risk", "limit": 5})
        return _asked("why", "why: where the money at risk comes from", ("status", {}), ("parts", {}), ranked)
    return None


_RANKINGS = (
    (r"never|dead|unmoved|obsolete|not moved|no demand", {"by": "stock_value_now", "only": "never_moved"}),
    (r"sav", {"by": "saving"}),
    (r"decide|decision|change|act on|waiting for", {"by": "saving", "only": "to_decide"}),
    (r"stock-?out|run out|runs out|short", {"by": "current_risk"}),
    (r"lead time|longest|long lead", {"by": "expected_lead_time_days"}),
    (r"late|unreliab|supply", {"by": "late_risk"}),
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
    if not question.has(
        r"which|what are|what is the worst|list|show|who|where are|top|worst|most|any\b|are there|how many"
    ):
        return None
    subject = question.first(_SUBJECTS)
    if subject == "scenario":
        return _asked("which", "which: the scenarios there are", ("scenarios", {}))
    if subject == "cause" and session.has("simulation"):
        return _asked("which", "which: the largest causes of waiting", ("why", {"scenario": question.name("scenario")}))
    if subject == "study":
        return _asked("which", "which: the option that the warehouse study recommends", ("study", {}))
    if subject == "order":
        return _orders(question, "which")
    if subject == "supplier":
        by = "late_risk" if question.has("late|reliab|worst|on time") else "money_at_risk"
        by = "overdue_lines" if question.has("overdue|past") else by
        return _asked("which", f"which: suppliers ranked by {by.replace('_', ' ')}", ("suppliers", {"by": by}))
    if subject == "change":
        return _asked("which", "which: the changes proposed", ("changes", {"supplier_id": question.name("supplier")}))
    if subject == "part" or question.has("what is the worst"):
        chosen = next(given for words, given in _RANKINGS if question.has(words))
        where = {"supplier_id": question.name("supplier"), "place_id": question.name("place")}
        said = "".join(f" of {name}" for name in where.values() if name)
        words = f"which: parts{said} ranked by {chosen['by'].replace('_', ' ')}"
        return _asked("which", words, ("parts", {**chosen, **where}))
    return None


_OBSERVED = (
    (
        (
            r"viab|coheren|homeosta|incentive|resilien|robust|stable|steady|aligned|misalign|externalit|hurts?\b|agents?\b|"
            r"(?:planners?|buyers?) and \w+ (?:fight|disagree|pull)|own pay"
        ),
        "viability",
    ),
    (
        (
            r"what(?: i|'?)s coming|coming (?:up|next)|warn|expedite|soon|next weeks?|runs? out next|ahead|"
            r"contracts?\b|breach"
        ),
        "warnings",
    ),
    (r"recommend|what should|should we|what to do|advice|advise|suggest|nudge", "recommendations"),
)


def _observed(session: Session, question: Question) -> Understanding | None:
    """Whether the company is viable, what is coming, what to do."""
    if question.mentions or question.has(r"stud(?:y|ies)\b|options?\b|parts?\b|suppliers?\b|plan\b"):
        return None
    tool = next((tool for words, tool in _OBSERVED if question.has(words)), "")
    if not tool or not (session.has("observation") or session.has("network") or session.has("analysis")):
        return None
    said = {"viability": "whether we are viable", "warnings": "what is coming", "recommendations": "what to do"}
    return _asked("about", f"about {said[tool]}", (tool, {}))


def _orders(question: Question, kind: str) -> Understanding:
    state = "overdue" if question.has(r"late|overdue|past|expedit|missing|delayed") else "open"
    state = (
        "received"
        if question.has(r"received|arrived|last (?:order|deliver)|was|were|did") and state == "open"
        else state
    )
    given = {"state": state, "part_id": question.name("part"), "supplier_id": question.name("supplier")}
    said = " ".join(name for name in (given["part_id"], given["supplier_id"]) if name)
    return _asked(kind, f"{kind}: purchase lines {state}{f' of {said}' if said else ''}", ("orders", given))


_MEASURES = (
    (r"cost|expens|money", "total_cost"), (r"stock value|stock is", "stock_value"), (r"wait|queue", "wait_days"),
    (r"lost", "lost_share"), (r"emission|co2", "co2_kg"), (r"", "fill_rate"),
)  # fmt: skip


def _when(session: Session, question: Question) -> Understanding | None:
    if not question.has(r"when|what month|which month|how long until|since when"):
        return None
    lowest = question.has(r"worst|lowest|best|highest|dip|peak|low\b|high\b|bad|most|least|service|wait|cost")
    if session.has("simulation") and lowest and not question.names("part"):
        measure = next(name for words, name in _MEASURES if question.has(words))
        given = {"measure": measure, "scenario": question.name("scenario"), "place": question.name("place")}
        return _asked("when", f"when: {measure.replace('_', ' ')} month by month, worst and best", ("over_time", given))
    if question.has(r"order|arriv|deliver|receiv|come|promis|ship") or question.name("part"):
        return _orders(question, "when")
    return None


def _about(session: Session, question: Question) -> Understanding | None:
    """A name, or a thing, without a question that says what of it."""
    part, supplier, scenario = (question.name(kind) for kind in ("part", "supplier", "scenario"))
    if part:
        return _asked("about", f"about part {part}", ("part", {"part_id": part, "place_id": question.name("place")}))
    if supplier:
        return _asked("about", f"about supplier {supplier}", ("supplier", {"supplier_id": supplier}))
    if scenario:
        return _scenarios_compared(session, [scenario])
    if question.names("study") or question.has(r"stud(?:y|ies)\b|digital|print(?:ing|ed)?\b"):
        return _asked("about", "about the warehouse study", ("study", {"study": question.name("study")}))
    if question.names("place"):
        name = question.name("place")
        if session.has("analysis"):
            return _asked("about", f"about the parts at {name}", ("parts", {"place_id": name}))
        return _asked("about", f"about waiting at {name}", ("why", {"place": name}))
    for words, tool in _THINGS:
        if question.has(words):
            return _asked("about", f"about {'where we stand' if tool == 'status' else 'the ' + tool}", (tool, {}))
    return None


_THINGS = (
    (r"back-?test|proof|proved", "backtest"), (r"accounts?\b|emissions?\b|co2", "accounts"), (r"plan\b", "plan"),
    (r"changes?\b|change list|proposals?\b", "changes"), (r"scenarios?\b", "scenarios"), (r"network\b", "network"),
    (r"suppliers?\b", "suppliers"), (r"orders?\b", "orders"), (r"wait", "why"), (r"simulation\b|run\b", "compare"),
    (r"stand|status|how are we|overview|summar|at risk|money|service|on time|company|overall|doing|news", "status"),
    (r"parts?\b", "parts"),
)  # fmt: skip


_PATTERNS: tuple[Pattern, ...] = (_what_if, _compare, _why, _observed, _when, _which, _about)
