"""Questions that point at one thing: whom to blame, what was accepted, the worst limit, which way service goes."""

from __future__ import annotations

from typing import Any

from spareverse.assistant.quantities import duration_days, numbers_said
from spareverse.assistant.question import Question, Understanding, asked
from spareverse.assistant.session import Session
from spareverse.explainer.narratives.limits import measure_words

Given = dict[str, Any]

BLAME = r"blam(?:e|ed|ing)\b|fault\b|culprits?\b|guilty|responsible\b|accountable\b"
_LATE = r"late|delay|deliver|wait|slow|service|on.?time|short(?:age)?s?\b|stock-?outs?\b|backorder|unfilled|unserved"
ADVICE = r"advice|advise|recommend|nudges?\b|suggestions?\b|proposed measures?\b"
ACCEPT = (
    r"accept|follow(?:ed|s)?\b|adopt|took|taken|take up|heed|listen|ignor|implement|acted on|act on|approv|reject|"
    r"declin|turn(?:ed)? down"
)
_LIMIT = r"limits?\b|targets?\b|bounds?\b|thresholds?\b"
_WORST = (
    r"worst|most\b|furthest|farthest|biggest|closest|nearest|tightest|first\b|least\b|break|broke|miss|violat|exceed"
)
_POINTS = r"(?:stock ?points?|stocking points?|stock-?keeping (?:units?|locations?))\b"
_FIRST = r"start|which|first\b|most\b|worst|priorit|urgent|attention|critical|look at|start with|begin with|top\b"
_TREND = (
    r"(?:getting|got|gets|become|becoming|gone|going|been|is it|are we) (?:\w+ ){0,3}(?:better|worse|up or down|uphill|"
    r"downhill)|better or worse|worse or better|(?:better|worse) than (?:last|a|the|in|before|we)|"
    r"improv|deteriorat|worsen|declin|slip|trend|direction|"
    r"(?:up|down)(?:ward)?s?\b|rising|falling|dropp"
)
_MEASURES = (
    (r"workload|work load|exceptions?\b|fire-?fight|overload", "exceptions_per_week"),
    (r"purchas|spend", "purchases_cost"),
    (r"recover", "recovery_days"),
    (r"amplif|bullwhip", "order_amplification"),
    (r"service|on.?time|availab|fill rate|punctual|perform|customers? (?:served|happy|satisf)", "service_on_time"),
)
"""What the record tells of its years; bare ``we`` is service."""
_FOLLOW_ON = r"^(?:and|but|or|now for|what about|how about|same|also|then)\b"
NEVER = (
    r"(?:never|not|don't|doesn't|do not|does not|hardly|didn't|no longer|without) (?:ever |been |any )?"
    r"(?:mov|us(?:e|ed|ing)\b|sold|sell|need|order|ask|consum|turn|demand)|dead\b|unmoved|obsolete|"
    r"no (?:demand|movement|sales|consumption)|nobody|no one|unused|slow.?mov|non-?mov|idle|gather(?:ing)? dust"
)


def pointed(session: Session, question: Question) -> Understanding | None:
    """The first of them that fits."""
    if question.has(r"if\b|suppose|imagine|what would"):
        return None
    return next((found for each in _EACH if (found := each(session, question)) is not None), None)


def _follow_on(session: Session, question: Question) -> Understanding | None:
    """A question that goes on from one before that is not there, or of which it does not say what to change."""
    named = question.mentions and not question.has(r"^(?:and|but|or|also|same)\b")  # "What about part X?" is of X
    if len(question.words.split()) > 6 or named or not question.has(_FOLLOW_ON):
        return None
    return Understanding(
        "",
        "It is not clear which question this goes on from, or what of it changes: ask it whole, as "
        '"What is coming in the next 8 weeks?".',
    )


def _accepted(session: Session, question: Question) -> Understanding | None:
    if (
        not question.mentions
        and question.has(ADVICE)
        and question.has(ACCEPT)
        and not question.has(r"should|would|if\b")
    ):
        return asked("about", "about what came of the recommendations accepted", ("follow_ups", {}))
    return None


def _blamed(session: Session, question: Question) -> Understanding | None:
    """Nobody is blamed: of waiting its causes and the suppliers by lateness, of cost whose pay works against whom."""
    if question.mentions or not question.has(BLAME):
        return None
    if question.has(_LATE):
        simulated = session.has("simulation")
        ranked: list[tuple[str, Given]] = [("suppliers", {"by": "late_risk"})] if session.has("analysis") else []
        causes: list[tuple[str, Given]] = [("why", {})] if simulated else []
        if not ranked and not causes and session.has("network"):
            causes = [("simulate", {"scenarios": []}), ("why", {})]
        words = "why: suppliers by how often they are late, and causes of waiting as far as simulated"
        return asked("why", words, *ranked, *causes) if ranked or causes else None
    if question.has(r"cost|money|misalign|loss|pay\b|paid"):
        return asked("about", "about whose own pay works against whom", ("incentives", {}))
    return Understanding("", "Nobody is blamed here. Ask which suppliers are late most often, why customers waited, or "
                             "who is paid against whom.")  # fmt: skip


def _worst_limit(session: Session, question: Question) -> Understanding | None:
    if question.mentions or not (question.has(_LIMIT) and question.has(_WORST)):
        return None
    if not question.has(r"which|what|where|worst|list|show|are (?:we|any)|do (?:we|any)"):
        return None
    if question.has(r"why|deliver|raise|should"):
        return None
    return asked("which", "which: limits, the worst kept first", ("limits", {"ranked": True}))


def _points(session: Session, question: Question) -> Understanding | None:
    if question.mentions or not question.has(_POINTS) or not question.has(_FIRST):
        return None
    count = next((int(one) for one in numbers_said(question.words) if one.is_integer() and 1 <= one <= 100), None)
    given = {} if count is None else {"limit": count}
    foreseen = session.has("observation") and "warnings" in session.observation().tables
    if foreseen or not session.has("analysis"):
        return asked(
            "which",
            "which: stock points that are warned of, most pressing first",
            ("warnings", {"kind": "stock_out", **given}),
        )
    words = "which: parts ranked by money at risk, each where it is kept"
    return asked("which", words, ("parts", {"by": "money_at_risk", **given}))


def _way(session: Session, question: Question) -> Understanding | None:
    """Which way a measure of the company itself goes: the years of the record, not the streams of its monitors."""
    if question.mentions or not question.has(_TREND):
        return None
    if question.has(r"suppl|vendors?|parts?\b|items?\b|demand|lanes?\b|lead times?|orders?\b|why|when\b|should|how can|"
                    r"what (?:can|would)|if\b|cost to|raise|limits?\b|options?\b|plans?\b|scenario|since"):  # fmt: skip
        return None
    measure = next((name for words, name in _MEASURES if question.has(words)), "")
    if not measure and question.has(r"(?:are|is|have|has) (?:we|the company|the business)\b|things\b"):
        measure = "service_on_time"
    if not measure:
        return None
    if not session.has("analysis"):
        return Understanding("", f"Which way the {measure_words(measure)} goes is told of a record, and this twin has "
                                 "a network only: ask how good it is today, or what is coming.")  # fmt: skip
    return asked(
        "when", f"when: which way the {measure_words(measure)} of the record goes", ("past", {"measure": measure})
    )


_SHARE = r"share|fraction|percentage|per ?cent|proportion|how much of"
_BY_PLACE = r"(?:by|per|each|every|in which|which) (?:place|warehouse|site|depot|hub|store|location)s?\b|place by place"
_LISTED = r"list|show|(?:which|what) (?:of (?:our|the|my) )?(?:parts?|items?|skus?|materials?|articles?)\b"
USUAL_STILL = 365.0
"""Days of which stock is asked that does not move, where the question does not say so."""


def _unmoved(session: Session, question: Question) -> Understanding | None:
    """The share of stock that has not moved for a time; of no time the money in parts that never moved."""
    placed = len(question.names("place")) == len(question.mentions)
    if not placed or not question.has(NEVER) or question.has(r"why|will|should"):
        return None
    days = duration_days(question.words)
    if days is not None or question.has(rf"{_SHARE}|{_BY_PLACE}") or question.mentions:
        by = "part" if question.has(_LISTED) else "place" if question.has(_BY_PLACE) and not question.mentions else ""
        told = f"{days:g} days" if days is not None else f"{USUAL_STILL:g} days (you did not say how long)"
        given = {"unmoved_days": int(days or USUAL_STILL), "by": by, "place_id": question.name("place")}
        return asked("about", f"about the share of stock that has not moved for {told}", ("stock", given))
    if question.has(r"list|show|which (?!stock|inventory)"):
        return None
    if not question.has(r"money|capital|cash|stock value|value|tied|worth|inventory|stock\b|how much"):
        return None
    if not question.has(r"parts?\b|items?\b|skus?\b|materials?\b|articles?\b|stock|inventory|dead"):
        return None
    given = {"by": "stock_value_now", "only": "never_moved"}
    return asked("about", "about the money in parts that never moved", ("parts", given))


_EACH = (_follow_on, _unmoved, _accepted, _blamed, _worst_limit, _points, _way)
