"""Tools on the twin as a whole: where it stands, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spareverse.assistant.findings import Findings, Subject
from spareverse.assistant.foresight_tools import sentences
from spareverse.assistant.observer_tools import limits, viability
from spareverse.assistant.plan_tools import plan
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact
from spareverse.explainer.narratives.director import director_narrative
from spareverse.explainer.summaries import portfolio_summary


def stands(session: Session) -> Findings:
    """Where the twin stands: what changed since the analysis before, what is coming, the one thing to do."""
    if not session.has("analysis"):
        if session.has("adopted"):
            return plan(session)
        if session.has("observation"):  # a network without a record: what was observed of it
            return _observed(session)
        raise NotFound(_nothing_yet(session))
    summary = session.analysis().summary
    money = session.money()
    worst = money.head(1)
    given: dict[str, Any] = {
        "tables": session.observation().tables if session.has("observation") else None,
        "previous": session.summary_before(), "worst": worst.row(0, named=True) if worst.height else None,
        "to_decide": summary["parts_to_decide"] if session.to_decide() is None else session.to_decide(),
    }  # fmt: skip
    plain, expert = (director_narrative(summary, **given, expert=level) for level in (False, True))
    more = portfolio_summary(session.analysis().document, money, session.to_decide())
    return Findings.told(plain, expert, Subject("twin"), more)


def _observed(session: Session) -> Findings:
    """Viable or not and why, then each measure against its limit."""
    first, then = viability(session), limits(session)
    known = {fact.id for fact in first.facts}
    return replace(
        first, sentences=tuple(dict.fromkeys((*first.sentences, *then.sentences))),
        expert=tuple(dict.fromkeys((*first.expert, *then.expert))),
        facts=(*first.facts, *(fact for fact in then.facts if fact.id not in known)),
        listings=(*first.listings, *then.listings),
    )  # fmt: skip


def evidence(session: Session) -> Findings:
    """How sure the figures are: what the decisions rest on, and what the Observer says of its own axes."""
    said: list[str] = []
    facts: list[Fact] = []
    if session.has("analysis"):
        grades = session.analysis().summary["evidence"]
        every = sum(grades.values())
        named = [f"{count:,} {grade}" for grade, count in grades.items()]
        said.append(f"Of {every:,} decisions on parts the evidence is: {', '.join(named)}.")
        said.append("Strong rests on many reorder cycles of the part itself, borrowed on those of similar parts only.")
        facts += [Fact(f"evidence.{grade}", count, measure=f"evidence_{grade}", source=f"summary.evidence.{grade}")
                  for grade, count in grades.items()]  # fmt: skip
        facts.append(Fact("evidence.total", every, "decisions", source="summary.evidence added up"))
    assumed: tuple[str, ...] = ()
    if session.has("observation"):
        found = session.observation()
        doubts = tuple(f"The axis {axis} is experimental: {why}" for axis, why in found.experimental.items())
        said += doubts
        assumed = tuple(found.notices)
        facts += sentences("doubts", (*doubts, *assumed))
    if not said and not assumed:
        raise NotFound(_nothing_yet(session))
    plain = list(said)
    if assumed:  # to a planner they are many, and of the making
        plain.append("What the observation assumed besides is told to an expert.")
    return Findings(tuple(plain), tuple(facts), (*said, *assumed))


def _nothing_yet(session: Session) -> str:
    if session.has("network"):
        return "This twin has a network but no record: ask why customers waited, or what if something happens."
    return "This twin has no analysis yet. `spareverse analyse` makes one."


TOOLS = (
    Tool(
        "status",
        "Where the twin stands",
        "Money at risk, what waits for a decision, deliveries on time, how good the evidence is, and the plan of "
        "record, as of the newest analysis; of a network without a record what was observed of it.",
        stands,
    ),
    Tool(
        "evidence",
        "How sure this is",
        "What the decisions on parts rest on (strong, fair, weak, borrowed evidence) and what the Observer says of "
        "itself.",
        evidence,
    ),
)
"""Verbs on the twin as a whole, none of which changes anything."""
