"""What if: a part with other stock, a plan with another budget, something that happens to the network."""

from __future__ import annotations

from typing import Any

from spareverse.assistant.pay_tools import for_all, pay_scenarios
from spareverse.assistant.quantities import amount, duration_days, factor, percentage, start_day
from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.session import Session
from spareverse.explainer.grounding.names import quoted
from spareverse.io.scenario_files import scenario_text

USUAL_DAYS, USUAL_START = 30.0, 90.0
"""A disturbance of which neither length nor beginning is said."""


def what_if(session: Session, question: Question) -> Understanding | None:
    if not question.has(
        r"what if|what happens (?:if|when)|what would|suppose|assume|imagine|if\b|simulate|what does|what do (?:we|"
        r"i) need|how much (?:stock|money|budget|more)|"
        r"(?:can|could|may|should) (?:we|i) (?:cut|reduce|lower|raise|increase|halve|double)"
    ):
        return None
    if (paid := agents_pay(session, question) or _other_pay(session, question)) is not None:
        return paid
    found = _other_stock(question) or _other_service(question) or _other_budget(question) or _disturbance(question)
    found = found or _kept_scenario(session, question)
    if found is None and question.has(
        r"what if|what happens (?:if|when)|suppose|imagine"
    ):  # nothing else would be its answer
        return Understanding("", _unnamed(session, question) or TRIABLE)
    return found


_PAY = (
    r"paid\b|pay\b|paying\b|bonus|incentive|salar|reward|"
    r"(?:company|enterprise|common|same|overall) (?:goal|target|objective|cost)"
)
_EVERYBODY = r"all\b|every|enterprise|company|common|shared?\b|same|together|overall|whole"


_AGENTS = {
    "planner": r"planners?\b", "buyer": r"buyers?\b|purchasers?\b", "finance": r"finance\b|controllers?\b",
    "service": r"service (?:managers?|people|team|staff)\b",
}  # fmt: skip
"""Agents as every company has them; a network may name others."""
_PAY_OTHERWISE = r"should|chang|worth|other|differen|better|otherwise|instead|how much|sav"


def agents_pay(session: Session, question: Question) -> Understanding | None:
    """Other pay of agents that are named: what was tried on it, who is paid against whom, and kept pay for all."""
    agents = [name for name, words in _AGENTS.items() if question.has(words)]
    if not agents or question.mentions or not question.has(_PAY):
        return None
    whole = question.has(_EVERYBODY) and not question.has(r"for (?:their|its|his|her) ")
    if (not whole and not question.has(_PAY_OTHERWISE)) or question.has(r"paid for (?:service|stock|price)"):
        return None
    observed = session.observation().document["scenarios"] if session.has("observation") else []
    kept = [one for one in (pay_scenarios(session) if session.has("network") else []) if scenario_text(one) in observed]
    calls: list[tuple[str, dict[str, Any]]] = [("pay", {"agent": agent}) for agent in agents]
    calls += [("pay", {"scenario": one.name}) for one in kept[:2]]
    words = f"what if: other pay of {' and '.join(agents)}, as far as it was tried"
    return asked("what if", words, *calls, ("incentives", {}))


def _other_pay(session: Session, question: Question) -> Understanding | None:
    """What becomes of coherence and its price where agents are paid otherwise, as a kept scenario has it."""
    kept = {scenario.name: scenario for scenario in pay_scenarios(session)} if session.has("network") else {}
    named = [name for name in question.names("scenario") if name in kept]
    if not named and not question.has(_PAY):
        return None
    if not named and question.has(_EVERYBODY) and not question.has(r"for (?:their|its|his|her) |instead of"):
        named = [name for name, scenario in kept.items() if for_all(scenario)]
    if named:
        return asked("what if", f"what if: {named[0]}, which changes what agents are paid for",
                     ("pay", {"scenario": named[0]}))  # fmt: skip
    if not question.has(r"what if|suppose|imagine|would|were\b"):
        return None  # about pay as it is
    known = f" Kept here: {', '.join(kept)}." if kept else ""
    return Understanding("", f"{_NO_PAY}{known}")


_NO_PAY = (
    "I cannot try that pay. Other pay is tried by a kept scenario that changes the agents (their enterprise_share) or "
    "their incentives; ask for it by its name."
)


def _unnamed(session: Session, question: Question) -> str:
    """Something stops, but it is not said who."""
    which = r"(?:the|a|an|our|one|any|some|another) (?:\w+ )?(?:supplier|vendor)s?\b"
    if not question.has(which) or question.mentions or not session.has("network"):
        return ""
    names = session.network().network["suppliers"]["supplier_id"].sort().to_list()
    known = ", ".join(quoted(str(name)) for name in names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    return f"Say which supplier: {known}."


MOST_NAMED = 8
TRIABLE = (
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
    return asked("what if", words, ("part", {**given, "cover": cover}), ("part", given))


def _other_service(question: Question) -> Understanding | None:
    """What a plan of better service takes."""
    wanted = percentage(question.words)
    target = question.has(r"service|fill rate|availab") and question.has(
        rf"(?:to|at|of|with|for|reach\w*|had) {_PERCENT}"
    )
    if question.mentions or wanted is None or not target or wanted >= 1.0:
        return None
    return asked("what if", f"what if: a plan that meets {100 * wanted:g} % of the demand at once",
                 ("budget", {"fill_rate": wanted}))  # fmt: skip


_PERCENT = r"\d[\d.]* ?(?:%|per ?cent)"


def _other_budget(question: Question) -> Understanding | None:
    if question.mentions or not question.has(r"budget|money|inventory|capital|stock value|stock\b|invest|spend"):
        return None
    times = factor(question.words)
    if times is not None:
        return asked("what if", f"what if: a plan with {times:g} times the stock value", ("budget", {"factor": times}))
    money = amount(question.words)
    if money is None:
        return None
    return asked("what if", f"what if: a plan with {money:,.0f} of stock value", ("budget", {"budget": money}))


def _disturbance(question: Question) -> Understanding | None:
    """A supplier that stops, a link that closes, lead times that stretch, demand that surges."""
    every = "*" if question.has(r"all|every|everything|everywhere|any\b|the demand|demand (?:rises|doubles)") else ""
    supplier, link = question.name("supplier"), question.name("link")
    place = question.name("place") or question.name("customer")
    source, times = supplier or link, factor(question.words)
    if question.has(r"demand|orders? (?:rise|double)|sales"):
        kind, target = "demand_surge", place or "*"
    elif question.has(r"lead times?|slow|longer|late(?:r|ness)?\b|takes?\b") and (
        source or every or not question.mentions
    ):
        kind, target = "lead_time_stretch", source or "*"
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
    return asked("what if", told, ("simulate", {"disturbances": [row]}))


def _kept_scenario(session: Session, question: Question) -> Understanding | None:
    kept = session.twin.scenario_names()
    names = [name for name in question.names("scenario") if name in kept]
    if not names:
        return None
    return asked("what if", f"what if: {' and '.join(names)}", ("simulate", {"scenarios": names}))
