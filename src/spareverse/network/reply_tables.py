"""The declared tables of what people say to the Observer, and of what came of it."""

from __future__ import annotations

from spareverse.network.schema import Column, Table, estimate

KEPT, MISSED, EXCEEDED = "kept", "missed", "exceeded"
UNCLEAR, TOO_FEW_LINES = "neither kept nor missed clearly", "not enough lines"
FOLLOW_UP_VERDICTS = (KEPT, EXCEEDED, MISSED, UNCLEAR, TOO_FEW_LINES)
FOLLOW_UPS = Table(
    "follow_ups",
    "What became of accepted recommendations",
    "Promised effects beside what the record shows since",
    (
        Column("nudge_id", "text", "Nudge", required=True),
        Column("title", "text", "What was recommended"),
        Column("accepted", "date", "When it was accepted"),
        Column("holds_from", "date", "From when on it was meant to hold; compared is the time before"),
        Column("until", "date", "Last day of the record looked at"),
        Column("measure", "text", "Measure", required=True),
        Column("unit", "text", "Unit"),
        *estimate("promised", "Change promised"),
        *estimate("came", "Change seen"),
        Column("verdict", "text", "Whether the promise was kept", choices=FOLLOW_UP_VERDICTS),
        Column("comment", "text", "What was said with the acceptance"),
    ), identity=("nudge_id", "measure"),
)  # fmt: skip
WARNING_STATES = Table(
    "warning_states",
    "What was done about warnings",
    "The newest word of a planner on each warning; it holds for later observations that warn of the same thing",
    (
        Column("warning_id", "text", "Warning", required=True),
        Column("state", "text", "acknowledged, snoozed until a day, or acted upon",
               choices=("acknowledged", "snoozed", "acted"), required=True),
        Column("snoozed_until", "date", "Not shown before this day"),
        Column("comment", "text", "Why, or what was done"),
        Column("at", "text", "When it was said (ISO, UTC)"),
        Column("chance_then", "number", "Chance of the warning when it was said"),
        Column("chance_then_high", "number", "Its upper 95 % limit; a snooze ends where all of the newest is above"),
    ), identity=("warning_id",),
)  # fmt: skip
_ACCEPTANCE = (
    Column("nudge_id", "text", "Nudge", required=True),
    Column("accepted", "date", "When it was accepted", required=True),
    Column("observation", "text", "Observation it comes from", required=True),
    Column("known_until", "date", "Last day of the record when it was accepted"),
    Column("comment", "text", "Why"),
    Column("holds_from", "date", "From when on it is meant to hold; empty where kept by an earlier version: accepted"),
)
ACCEPTED = Table(
    "accepted",
    "Accepted recommendations",
    "Which recommendation was accepted when, and the observation that promised its effects",
    _ACCEPTANCE, identity=("nudge_id",),
)  # fmt: skip
WITHDRAWN = Table(
    "withdrawn",
    "Acceptances taken back",
    "Recommendations that were accepted and are no longer followed up; never changed once written",
    (
        *_ACCEPTANCE,
        Column("title", "text", "What was recommended"),
        Column("withdrawn", "text", "When it was taken back (ISO, UTC)", required=True),
    ), identity=("nudge_id", "withdrawn"),
)  # fmt: skip
