"""Whether the calls that were understood cover the whole question: what they would leave out is not passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from spareverse.assistant.pointed_questions import ACCEPT, ADVICE, BLAME, NEVER
from spareverse.assistant.question import Question, Understanding
from spareverse.explainer.grounding.names import quoted

_AGENT, _PAID = r"(?:planners?|buyers?|finance|service managers?)\b", r"(?:paid|pay|bonus|reward|incentiv)"
_COVERED: tuple[tuple[str, frozenset[str], str], ...] = (
    (
        rf"(?:{NEVER})",
        frozenset(("never_moved", "stock", "part", "alarms", "past", "warnings", "over_time", "recommendations")),
        "Parts that never moved are told of a record: ask which parts never moved.",
    ),
    (BLAME, frozenset(("suppliers", "supplier", "why", "incentives", "counterfactuals", "part")),
     "Ask which suppliers are late most often, why customers waited, or who is paid against whom."),
    (rf"(?:{ACCEPT})\b.*\b(?:{ADVICE})", frozenset(("follow_ups", "part", "changes", "simulate", "pay")),
     "Ask what came of the advice we took."),
    (
        r"how much (?:\w+ ){0,2}(?:would|could|can|do|did|will|might|should) (?:\w+ ){0,2}sav",
        frozenset(("parts", "part", "plan", "changes", "pay", "budget", "recommendations", "compare", "simulate",
                   "study", "incentives", "expedites", "follow_ups", "backtest", "counterfactuals")),
        "What can be saved is told by part, by the plan, and by what we should do.",
    ),
    (
        r"(?:getting|gets|got|become|becoming) (?:\w+ )?(?:better|worse)",
        frozenset(("alarms", "past", "over_time", "compare", "pay", "supplier", "part", "shocks", "status",
                   "simulate")),
        "Ask which way service goes, or what has changed.",
    ),
    (
        rf"{_AGENT}.*\b{_PAID}|{_PAID}\w*\b.*\b{_AGENT}",
        frozenset(("pay", "incentives", "simulate", "compare")),
        "Ask who is paid against whom.",
    ),
)  # fmt: skip
"""Words that change what a question is about, the tools that tell of that, and what can be asked instead."""

_CURRENCY = r"(?:eur|euros?|usd|dollars?|gbp|pounds?|€|\$)"
_SAID = re.compile(rf"\d[\d,.]* ?(?:%|per ?cent\b)|\d[\d,.]* ?(?:k|thousand|mn?|million)? ?{_CURRENCY}(?!\w)|"
                   rf"[€$] ?\d[\d,.]*(?: ?(?:k|thousand|mn?|million)\b)?")  # fmt: skip
"""A percentage or an amount of money: no answer is of it that does not take it."""
_LIMITS_OF_95 = r"interval|confidence|limits?\b|error bars?"
_COMMON = frozenset(re.findall(r"\w+", """
    a about actually after again all already also always am an and any are article as ask at be because been begin
    being both but by can case cause caused company could d day days depot did do does doing done each else every
    for from get give go going good had happen happened happening happens has have how hub i if in into is it item
    items its just keep know last like ll long look m made make many material matter me mean month months more most
    much must my need needs never next not now number of off often ok on one ones only or our out over part parts
    place please quarter quite re really reason reasons right s say see seem shall should show since site sku so
    some stand start still such supplier suppliers t tell than that the their them then there these they thing
    things this those time times to today told too under up us use ve vendor very want warehouse was we week weeks
    well were what when where which while who whole why will with within would year years you your
"""))  # fmt: skip
"""Words that ask, and that name what is asked about."""
_OF_STOCK = frozenset(re.findall(r"\w+", """
    accurate advice arrive arrived arrives arriving attention availability available backorder backorders bad best
    big bought buy buying certain chance chances change changed changes coming confident cost costs cover critical
    criticality customer customers cut danger decide decided decision decisions decrease delay delayed delays
    deliver delivered deliveries delivery demand detail details empty enough estimate evidence exact excess expect
    expected expensive explain facing few fill forecast held high higher hold holding holds increase insufficient
    interval inventory kept large late lateness later lead level levels likelihood likely little low lower money
    network news open optimal optimum order ordered ordering orders outstanding overdue overview perform performance
    performing performs piece pieces placed plan planned point points policy position precise probability probable
    problem promise promised proposal proposals propose proposed punctual purchase quantity raise raised rate
    received recommend recommendation recommended reduce reliable reorder reordered reordering risk risks risky rule
    run running runs safe safety sales save saving savings served service short shortage shortages simulation
    situation slip slow slower small sold soon spare spares status stock stocked stocking stockout stockouts stocks
    store suggest suggested summary sure trust uncertain unreliable unserved urgent usage value wait waited waiting
    waits warned warning warnings way worried worry worst worth wrong
"""))  # fmt: skip
_RANKED = frozenset(re.findall(r"\w+", """
    address articles attention biggest call class costliest costly critical dangerous eight endanger endangered
    endangers exposed fifteen first five four grave gravest greatest harm headache headaches hurt hurts important
    largest least likeliest list look main materials matters nine painful phone points press presses pressing priority
    problematic problems rank ranked ranking riskiest serious seriously seven severe severest sites six skus suffer
    talk ten they threaten threatened three top trouble troubles twelve twenty two urgently vendors warehouses weakest
    where whose
"""))  # fmt: skip
_TOLD: Mapping[str, frozenset[str]] = {
    "part": _OF_STOCK, "why": _OF_STOCK, "supplier": _OF_STOCK | {"quick", "fast", "hurt", "hurts"},
    "parts": _OF_STOCK | _RANKED, "suppliers": _OF_STOCK | _RANKED,
}  # fmt: skip
"""Words that an answer covers where nothing but a name or a kind of thing chose it, by the tool that gives it."""
_ABOUT = {
    "part": "what to hold of a part and why, what stands behind it, its orders, and how much stock there is where",
    "supplier": "how late a supplier is, its lead times, and what its parts put at risk",
    "parts": "parts by money at risk, stock, lateness, saving or lead time, and how much stock there is",
    "suppliers": "suppliers by money at risk, by how often they are late, and by lines past their promise",
    "why": "what is waited for at a place, and why",
}


def uncovered(question: Question, found: Understanding) -> str:
    """What to ask instead where a word, name or figure is not covered by any call that would answer; else empty."""
    tools = {call.tool for call in found.calls} | {str(call.arguments.get("only", "")) for call in found.calls}
    hint = next((hint for words, told, hint in _COVERED if question.has(words) and not tools & told), "")
    return (
        hint or _name_left_out(question, found) or _figure_left_out(question, found) or _word_left_out(question, found)
    )


def _name_left_out(question: Question, found: Understanding) -> str:
    """A name that no call takes: the answer would be of everything, or of another."""
    taken = {str(value) for call in found.calls for value in _values(call.arguments)}
    for mention in question.mentions:
        if mention.name not in taken and not mention.kinds & {"scenario", "study"}:
            return f"The answer there is would leave out {quoted(mention.name)}: ask about it alone, or without it."
    return ""


def _figure_left_out(question: Question, found: Understanding) -> str:
    """A percentage or an amount of money that no call takes, or of one part any number."""
    said = _SAID.search(question.words)
    if said is None and found.calls[0].tool == "part":
        said = re.search(r"(?<![\w.,])\d[\d.,]*(?!\w)", question.words)
    if said is None or question.has(_LIMITS_OF_95):
        return ""
    for call in found.calls:
        given = [value for name, value in call.arguments.items() if name not in ("limit", "weeks")]
        if any(isinstance(value, int | float) for value in _values(given)):
            return ""
    return f"The answer there is does not take the figure {said.group().strip()}: ask without it, or ask what if."


def _word_left_out(question: Question, found: Understanding) -> str:
    """A word that the answer has nothing on: all there is about a name, or the usual ranking, would be said to it."""
    tool, about = found.calls[0].tool, found.calls[0].arguments
    usual = (
        tool in ("parts", "suppliers") and about.get("by", "money_at_risk") == "money_at_risk" and "only" not in about
    )
    named = {"part_id", "place_id", "supplier_id", "place"} & set(about) and found.kind != "which"
    if tool not in _TOLD or found.kind not in ("about", "why", "which") or not (usual or named):
        return ""
    words = re.findall(r"[a-z]+", re.sub(r"[-‑]", "", question.words.replace("<>", " ")))
    left = [word for word in words if word not in _COMMON and word not in _TOLD[tool] and len(word) > 1]
    return f'Nothing here tells of "{left[0]}". I can tell {_ABOUT[tool]}.' if left else ""


def _values(given: Any) -> Iterator[Any]:
    """Every single value of arguments, however deep."""
    if isinstance(given, Mapping):
        given = list(given.values())
    if isinstance(given, list | tuple):
        for each in given:
            yield from _values(each)
    else:
        yield given
