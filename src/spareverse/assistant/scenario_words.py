"""Scenarios in words: a disturbance made the one that is simulated, and which one a question is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spareverse.assistant.question import Question
from spareverse.assistant.session import Session
from spareverse.errors import InputRejected
from spareverse.io.scenario_folder import check_name
from spareverse.network.scenario import Scenario
from spareverse.simulation.universe_run import BASE

FOLLOWING = (
    r"in (?:that|this|the (?:last|newest|latest)|your) (?:run|case|scenario|simulation|event|what-?if)|"
    r"(?:under|with|during|after) (?:that|it)\b|(?<!is )(?<!are )(?<!was )(?<!were )there\b"
    r"(?! (?:is|are|was|were|a|any))|then\b|in that\b"
)
"""Words by which a question goes on from what was tried last."""
NAMES = {
    "outage": "{target} stands still",
    "capacity_loss": "{target} with {factor:g} of its capacity",
    "lead_time_stretch": "{target} takes {factor:g} times as long",
    "demand_surge": "demand at {target} times {factor:g}",
    "link_closure": "{target} is closed",
    "quality_hold": "deliveries of {target} are held",
}


def what_if(disturbances: Sequence[Mapping[str, Any]], name: str = "what if") -> Scenario:
    """A scenario of these disturbances (rows of the table of disturbances), titled in words.

    InputRejected for a name no scenario can have.
    """
    rows = [{"disturbance_id": f"event-{number}", **row} for number, row in enumerate(disturbances, start=1)]
    title = "; ".join(_title(row) for row in rows)
    try:
        check_name(name)
    except InputRejected:
        name = "what if"
    return Scenario(name, title, disturbances=tuple(rows))


def _title(row: Mapping[str, Any]) -> str:
    target = "everybody" if row["target_id"] == "*" else str(row["target_id"])
    said = NAMES[str(row["kind"])].format(target=target, factor=row.get("factor") or 1.0)
    since = "" if row.get("start_day") is None else f" from day {row['start_day']:g}"
    return f"{said} for {row['days']:g} days{since}"


def asked_scenario(session: Session, question: Question) -> str:
    """The scenario asked about: the one named, the one tried last where the question goes on from it; else none, which
    is the network as it is."""
    named = question.name("scenario")
    if named or not session.has("simulation") or not question.has(FOLLOWING):
        return named
    return session.simulation().names[-1]


def of_scenario(name: str) -> str:
    return f'under "{name}"' if name and name != BASE else "in the network as it is"
