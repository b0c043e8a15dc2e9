"""Questions to the Observer: what has changed, what is coming, what to do, what came of it, who works against whom."""

from __future__ import annotations

from typing import Any

from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.session import Session
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
_SINCE_LAST = (
    r"since (?:the |our )?(?:last|previous)|(?:last|previous) analysis|compared (?:to|with) (?:the )?(?:last|previous)"
)
_KINDS = {
    "supplier": r"suppliers|vendors", "part": r"parts|items|skus|materials|articles", "lane": r"lanes|routes",
    "category": r"categor|groups", "company": r"company|overall|as a whole|in total|our demand",
}  # fmt: skip


def changed(session: Session, question: Question) -> Understanding | None:
    """Which streams of the record have left what they were."""
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
    more: Given = {"stream": stream, "of": of, **({"newest": True} if question.has(_RECENT) else {})}
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
_LIMITS = (
    r"(?:our|the|my) (?:limits?|targets?|goals?)\b|service level|(?:within|inside|outside|over) (?:\w+ )?(?:limits?|"
    r"budget)|"
    r"on target|(?:total|controllable|whole) costs?\b|costs? (?:us )?(?:per|a|each) (?:year|day)|"
    r"fill rate (?:is|now|today)|(?:our|the) (?:fill rate|service)\b|how (?:good|bad|high|low|well) (?:is|"
    r"do) (?:our|we|the)"
)
_WORK = (
    r"workload|work load|overload|overwork|exceptions?\b|too (?:busy|much work)|fire-?fight|bullwhip|amplif|limits?\b"
)
_RUNS_OUT = (
    r"run(?:s|ning)? (?:out|short|dry)|stock-?outs?|out of stock|shortages?\b|be short|last\b|enough stock|enough of"
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
    if question.mentions:
        return _named_ahead(session, question)
    if question.has(_INCENTIVES):
        return asked("about", "about who is paid against whom", ("incentives", {}))
    if question.has(_VIABILITY) and not question.has(r"(?:which|what|whose) (?:suppliers?|vendors?|parts?)\b"):
        return asked("about", "about whether we are viable", ("viability", {}))
    if question.has(_RUNS_OUT) and question.has(rf"will|how many|{_AHEAD}") and session.has("observation"):
        return asked("about", "about which stock-outs are coming", ("warnings", {"kind": "stock_out"}))
    if question.has(r"plans?\b|orders?\b|changes?\b|parts?\b|suppliers?\b"):
        return None
    return _in_general(session, question)


def _in_general(session: Session, question: Question) -> Understanding | None:
    """Of no part and no supplier: the limits, what is ahead, what to do."""
    if question.has(rf"{_WORK}|{_LIMITS}") and not question.has(r"when|why|cost to|raise"):
        calls = standing_calls(session)
        if session.has("observation") and question.has(_WORK):
            calls = [("limits", {})]
        return asked("about", "about service, money and workload", *calls)
    if question.has(_AHEAD):
        risks: list[tuple[str, Given]] = (
            [("parts", {})] if question.has(r"risks?\b") and session.has("analysis") else []
        )
        return asked("about", "about what is coming", ("warnings", _kind(question)), *risks)
    if question.has(_ADVISED):
        return asked("about", "about what to do", *_to_do(session))
    return None


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
    calls: list[tuple[str, Given]] = [("warnings", given)]
    if question.name("part"):
        calls.append(("part", question.named("part", "place")))
    return asked("about", f"about what is coming of {' at '.join(given.values())}", *calls)
