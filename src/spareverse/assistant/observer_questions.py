"""Questions to the Observer: what has changed, what is coming, what to do, what came of it, who works against whom."""

from __future__ import annotations

from typing import Any

from spareverse.assistant.quantities import weeks_ahead
from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.session import Session
from spareverse.explainer.narratives.viability import DISTURBANCES
from spareverse.simulation.universe_run import BASE

Given = dict[str, Any]

_FOLLOWED = (
    r"(?:came|come|become|became|happened|comes) (?:of|to|with|from) (?:\w+ ){0,3}(?:advice|recommend|nudge|suggest|"
    r"change|it\b)|"
    r"(?:did|has|have|do|does|was|were) (?:[\w']+ ){0,5}(?:advice|recommendations?|nudges?|suggestions?|measures|it|"
    r"that|"
    r"they) (?:[\w']+ ){0,3}(?:help|work|pay|deliver|kept|keep|worth|any good)|"
    r"(?:advice|recommendations?|nudges?|suggestions?) (?:that |which )?(?:we|i|you) (?:\w+ )?(?:took|accepted|"
    r"followed|gave)|"
    r"(?:accepted|followed) (?:advice|recommendation|nudge|suggestion)|follow(?:ed)?[- ]ups?\b|promises? (?:\w+ )?kept|"
    r"track record"
)


def followed(session: Session, question: Question) -> Understanding | None:
    """What came of recommendations that were accepted."""
    if question.mentions or not question.has(_FOLLOWED):
        return None
    return asked("about", "about what came of the recommendations accepted", ("follow_ups", {}))


_MOVED = (
    r"(?:changed?|changing|drift\w*|shift\w*|moved|risen|rising|fallen|falling|grown|growing|increas\w+|decreas\w+|"
    r"declin\w+|slow(?:ed|ing)|worsen\w*|deteriorat\w*|improv(?:ed|ing)|dropp(?:ed|ing))"
)
_BECOME = r"(?:get|gets|got|gotten|getting|become|becomes|became|becoming|grown|gone|going|been|any)"
_COMPARED = r"(?:slower|faster|worse|better|longer|shorter|later|earlier|less \w+|more \w+|unreliable)"
_YEARS = r"(?:year|month) by (?:year|month)|over time|over the (?:last|past) (?:\w+ )?years|each year|every year"
_CHANGED = (
    rf"drift|alarms?\b|troubles?\b|what(?:'s| is| went| has gone) wrong|anomal|unusual|trend|"
    rf"deteriorat|(?:has|have|had|is|are|did|does|"
    rf"do) (?:[\w<>'-]+ ){{0,6}}{_MOVED}\b|"
    rf"{_BECOME} (?:\w+ ){{0,2}}{_COMPARED}\b|what(?:'s| is| has| have)? (?:been )?(?:chang(?:ed|ing)|new\b|different)|"
    rf"{_MOVED} (?:lately|recently)|(?:new|recent) changes\b|any changes (?:in|at|to)|monitors?\b|"
    r"(?:suppl\w+|who|lanes?|parts?) (?:\w+ )?(?:slowed|worsened|slipped)"
)
_STREAMS = (
    (r"demand|sales|consumption|usage|customers? (?:buy|order)", "demand"),
    (r"lead times?|slow|fast|long|short(?:er|en)|deliver\w* times?", "lead time"),
    (r"late(?:r|ness|ss)?\b|punctual|on time|reliab|unreliab", "lateness"),
    (r"concentrat|depend|eggs", "concentration"),
    (r"dispers|erratic|lumpy|varia", "dispersion"),
)
_RECENT = (
    r"lately|recent|new\b|last (?:week|month|quarter|year|days|weeks|months)|this (?:week|month|quarter|year)|now\b"
)
_WAYS = {"up": r"slow|longer|later\b|worse", "down": r"fast|quick|shorter|earlier|better|punctual"}
"""Which way a lead time, or its lateness, went."""
_SINCE_LAST = (
    r"since (?:the |our )?(?:last|previous)|(?:last|previous) analysis|compared (?:to|with) (?:the )?(?:last|previous)"
)
_KINDS = {
    "supplier": r"suppliers|vendors", "part": r"parts|items|skus|materials|articles", "lane": r"lanes|routes",
    "category": r"categor|groups", "company": r"company|overall|as a whole|in total|our demand",
}  # fmt: skip


def changed(session: Session, question: Question) -> Understanding | None:
    """Which streams of the record have left what they were."""
    if question.has(rf"why|{_YEARS}|not (?:been )?(?:moved|used|sold)"):  # of causes, of years, and of what lies still
        return None
    if question.names("scenario") or question.has(r"should|would|could|what if|propos|if\b"):
        return None
    if question.has(_SINCE_LAST) and session.has("analysis"):
        return asked("about", "about what changed since the last analysis", ("status", {}), *_alarmed(session, {}))
    if not question.has(_CHANGED):
        return None
    given = question.named("part", "supplier", "place")
    stream = next((name for words, name in _STREAMS if question.has(words)), "")
    of = "" if given else question.first(_KINDS)
    said = "".join(f" of {name}" for name in given.values()) or (f" of {of}s" if of and of != "company" else "")
    # of who got slower the last is asked for, not the surest of years ago
    newest = question.has(rf"{_RECENT}|{_BECOME} (?:\w+ ){{0,2}}{_COMPARED}")
    way = question.first(_WAYS) if stream in ("lead time", "lateness") else ""
    more: Given = {"stream": stream, "of": of, **({"newest": True} if newest else {}), "went": way}
    return asked(
        "about", f"about what has changed{f' in {stream}' if stream else ''}{said}", ("alarms", {**more, **given})
    )


def _alarmed(session: Session, given: Given) -> list[tuple[str, Given]]:
    watched = session.has("observation") and "alarms" in session.observation().tables
    return [("alarms", {"newest": True, **given})] if watched else []


_EXPEDITED = (
    r"who (?:should|do|must|can) (?:we|i) (?:call|phone|contact|ring)|expedit|hurr(?:y|ied)|chas(?:e|ing)\b|"
    r"rush|speed(?:ing)? up|escalat|accelerat|follow up (?:with|on)|push\b"
)
_INCENTIVES = (
    r"incentive|misalign|aligned|alignment|paid\b|pay\b|bonus|against whom|externalit|who (?:hurts|harms)|hurts? whom|"
    r"agents?\b|conflict|(?:planners?|buyers?|finance|sales|departments?) (?:\w+ ){0,3}(?:fight|disagree|pull|"
    r"against|each other)|"
    r"works? against|cross purposes|same (?:goal|direction)"
)
_VIABILITY = (
    r"viab|coheren|homeosta|resilien|robust|stable|stability|steady|shocks?\b|disturbances?\b|hurts?\b|fragile|"
    r"vulnerab|"
    r"healthy|health\b|survive|under control|in control|sustainab|absorb"
)
_WHICH_THING = r"(?:which|what|whose) (?:\w+ ){0,2}(?:suppliers?|vendors?|parts?|items?|orders?)\b"
_RECOVERY = (
    r"recover|back to normal|bounce|get over|settle\b|normal again|"
    r"(?:how (?:long|quick\w*|fast)) .*(?:shock|outage|pulse|closure|normal)"
)
_AMPLIFIED = r"bullwhip|amplif"
_SHOCKS = {
    "pulse": r"pulse|surge|demand", "lead-time": r"lead.?times?|slower|delay", "closure": r"clos|link|lane|quay|route",
    "capacity": r"capacity", "outage": r"outage|suppliers?\b|vendor",
}  # fmt: skip
_NOISE = r"noise|noisy|replications?\b|how many runs|(?:sampling|standard) error|random numbers?"
_LIMITS = (
    r"(?:our|the|my) (?:limits?|targets?|goals?)\b|service level|(?:within|inside|outside|over) (?:\w+ )?(?:limits?|"
    r"budget)|"
    r"on target|(?:total|controllable|whole) costs?\b|costs? (?:us )?(?:per|a|each) (?:year|day)|"
    r"fill rate (?:is|now|today)|(?:our|the) (?:fill rate|service)\b|how (?:good|bad|high|low|well) (?:is|"
    r"do) (?:our|we|the)"
)
_WORK = r"workload|work load|overload|overwork|exceptions?\b|too (?:busy|much work)|fire-?fight|limits?\b"
_RUNS_OUT = (
    r"run(?:s|ning)? (?:out|short|dry)|stock-?outs?|out of stock|shortages?\b|be short|last (?:for|us|until|till)\b|"
    r"(?:will|does|do) <> last\b|enough stock|enough of"
)
_AHEAD = (
    r"what(?: i|'?)s coming|coming\b|warn|soon|next (?:\w+ )?(?:weeks?|months?|days)|runs? out next|ahead|"
    r"contracts?\b|breach|"
    r"going to|about to|danger|threat|go(?:es)? wrong|worr(?:y|ied)|(?:biggest|main|largest|top|greatest|key) risks?|"
    r"will (?:\w+ ){0,4}(?:run|break|fail|overrun)|budget (?:\w+ )?overrun|urgent|attention|expect\b"
)
_ADVISED = (
    r"recommend|what (?:should|can|could|shall|must|do|ought) (?:we|i)|should (?:we|i)\b|what to do|do first|advice|"
    r"advise|"
    r"suggest|nudge|improve\b|priorit|where (?:do|should) (?:we|i) (?:start|begin|look|act)|next steps?\b|actions?\b|"
    r"what(?:'s| is) to be done"
)
_WARNED_OF = ("part", "place", "customer")


def observed(session: Session, question: Question) -> Understanding | None:
    """Whether the company is viable, what is coming, what to do, as far as the twin can tell."""
    able = session.has("observation") or session.has("network") or session.has("analysis")
    if not able or question.has(r"stud(?:y|ies)\b|options?\b|what if"):
        return None
    if question.has(_EXPEDITED):
        return _expedited(session, question)
    if question.has(_RECOVERY):
        return _recovery(session, question)
    if question.has(_AMPLIFIED):
        return _of_battery(session, "amplification", "order_amplification", "how much orders swing")
    if question.mentions:
        return _named_ahead(session, question)
    if question.has(_INCENTIVES):
        return asked("about", "about who is paid against whom", ("incentives", {}))
    if question.has(_NOISE) and session.has("observation"):
        return asked("about", "about how large the noise is", ("viability", {}))
    if question.has(_VIABILITY) and not question.has(_WHICH_THING):
        return asked("about", "about whether we are viable", ("viability", {}))
    if question.has(_RUNS_OUT) and question.has(rf"will|how many|{_AHEAD}") and session.has("observation"):
        given = {"kind": "stock_out", **_weeks(question)}
        return asked("about", "about which stock-outs are coming", ("warnings", given))
    if question.has(r"plans?\b|orders?\b|changes?\b|parts?\b|suppliers?\b"):
        return None
    return _in_general(session, question)


def _recovery(session: Session, question: Question) -> Understanding:
    """How long until all is as before."""
    return _of_battery(session, "recovery", "recovery_days", "the time to recover", question.first(_SHOCKS))


def _of_battery(session: Session, component: str, measure: str, words: str, shock: str = "") -> Understanding:
    """A component of the battery of shocks; where none was run, the measure of the record that stands for it."""
    if session.has("analysis") and not (session.has("observation") and "homeostasis" in session.observation().tables):
        return asked("about", f"about {words} in the record", ("past", {"measure": measure}))
    said = f" after {DISTURBANCES[shock]}" if shock else ""
    return asked("about", f"about {words}{said}", ("shocks", {"component": component, "disturbance": shock}))


def _in_general(session: Session, question: Question) -> Understanding | None:
    """Of no part and no supplier: the limits, what is ahead, what to do."""
    if question.has(rf"{_WORK}|{_LIMITS}") and not question.has(
        r"when|why|cost to|raise|(?:which|what) (?:year|month)"
    ):
        calls = standing_calls(session)
        if session.has("observation") and question.has(_WORK):
            calls = [("limits", {})]
        return asked("about", "about service, money and workload", *calls)
    if question.has(_AHEAD):
        risks: list[tuple[str, Given]] = (
            [("parts", {})] if question.has(r"risks?\b") and session.has("analysis") else []
        )
        return asked("about", "about what is coming", ("warnings", _kind(question) | _weeks(question)), *risks)
    if question.has(_ADVISED):
        return asked("about", "about what to do", *_to_do(session))
    return None


def _weeks(question: Question) -> Given:
    """How far ahead, where the question says so."""
    weeks = weeks_ahead(question.words)
    return {} if weeks is None else {"weeks": weeks}


def _kind(question: Question) -> Given:
    kinds = {"contract_breach": r"contracts?\b|breach", "budget_overrun": r"budgets?\b|overrun"}
    return {"kind": question.first(kinds)}


def standing_calls(session: Session) -> list[tuple[str, Given]]:
    """Service and money from what there is: the analysis, the observation, else the newest simulation."""
    calls: list[tuple[str, Given]] = [("status", {})] if session.has("analysis") else []
    if session.has("observation"):
        return [*calls, ("limits", {})]
    return calls or [("compare", {"scenario": BASE}) if session.has("simulation") else ("network", {})]


def _to_do(session: Session) -> list[tuple[str, Given]]:
    """What survived its simulations; of a record alone that cannot be said, but its changes can."""
    tried = not session.has("observation") or "recommendations" in session.observation().tables
    record = session.has("analysis") and not tried
    return [("recommendations", {}), *([("changes", {})] if record else [])]


def _expedited(session: Session, question: Question) -> Understanding:
    """Open orders worth hurrying; of a record alone those that are past their promise."""
    given = question.named("part", "supplier")
    said = "".join(f" of {name}" for name in given.values())
    tried = session.has("observation") and "expedites" in session.observation().tables
    calls: list[tuple[str, Given]] = []
    if tried or not session.has("analysis"):
        calls.append(("expedites", {**given, **question.named("place")}))
    if session.has("analysis"):
        calls.append(("orders", {"state": "overdue", **given}))
    return asked("which", f"which: orders to expedite{said}", *calls)


def _named_ahead(session: Session, question: Question) -> Understanding | None:
    """Whether a part runs out, what a place or a customer has to expect."""
    given = question.named(*_WARNED_OF)
    ahead = question.has(_RUNS_OUT) or question.has(_AHEAD)
    why = question.has(r"why|reason|cause|how come|what if|orders?\b|deliver|arriv")
    if not given or not ahead or why or not session.has("observation"):
        return None
    if "warnings" not in session.observation().tables:
        return None
    calls: list[tuple[str, Given]] = [("warnings", given | _weeks(question))]
    if question.name("part"):
        calls.append(("part", question.named("part", "place")))
    return asked("about", f"about what is coming of {' at '.join(given.values())}", *calls)
