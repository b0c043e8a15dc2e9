"""The declared tables of questions asked of a simulated network: why somebody waited, what removing a cause does, and
what an account is made of.

Piece-days and money are those of one run: means over the replications, but for what comes from the event record, which
is of the first replication.
"""

from __future__ import annotations

from spareverse.network.schema import Column, Table
from spareverse.network.simulation_tables import CAUSES, ENTITY_KINDS

WHY = Table(
    "why",
    "Why they waited",
    "Waiting charged by both ledgers side by side; each adds up to the same waiting",
    (
        Column("cause", "text", "Cause", choices=CAUSES),
        Column("entity_kind", "text", "Kind of what it happened at", choices=ENTITY_KINDS),
        Column("entity_id", "text", "What it happened at"),
        Column("timeline_days", "number", "What was happening during the wait", "piece d/run"),
        Column("timeline_share", "number", "Share of all waiting asked for"),
        Column("critical_days", "number", "What the delay came from", "piece d/run"),
        Column("critical_share", "number", "Share of all waiting asked for"),
        Column("waits", "number", "Waits of which it is the main cause", "waits/run"),
    ),
)
COUNTERFACTUALS = Table(
    "counterfactuals",
    "Causes switched off",
    "The largest causes of waiting, and runs without each of them under the same random numbers",
    (
        Column("scenario", "text", "Scenario", required=True),
        Column("cause", "text", "Cause", choices=CAUSES, required=True),
        Column("timeline_days", "number", "Charged by the timeline", "piece d/run"),
        Column("critical_days", "number", "Charged by the critical path", "piece d/run"),
        Column("switched_off", "text", "yes, or no where a run cannot do without it", choices=("yes", "no")),
        Column("removed_days", "number", "Waiting that goes away without it", "piece d/run"),
        Column("low", "number", "Lower limit of it, 95 %", "piece d/run"),
        Column("high", "number", "Upper limit of it, 95 %", "piece d/run"),
        Column("remark", "text", "How charge and removal compare"),
    ),
    identity=("scenario", "cause"),
)
ACCOUNTS = Table(
    "accounts",
    "Accounts",
    "Money, emissions and service of a scenario, each with what the event record of its first replication adds up to",
    (
        Column("account", "text", "Account", required=True),
        Column("unit", "text", "Unit"),
        Column("mean", "number", "Mean over the replications"),
        Column("low", "number", "Lower limit of the mean, 95 %"),
        Column("high", "number", "Upper limit of the mean, 95 %"),
        Column("recorded", "number", "Total of the replication whose events are recorded"),
        Column("of_events", "number", "What its events add up to"),
        Column("events", "integer", "How many they are"),
    ),
    identity=("account",),
)
STORY = Table(
    "story",
    "Story of a wait",
    "How one wait of the recorded run came to its end: the orders behind it, from the customer upwards",
    (
        Column("day", "number", "When", "d", required=True),
        Column("step", "text", "What", required=True,
               choices=("disturbance", "wanted", "ordered", "emergency order", "budget free again", "in stock", "sent",
                        "arrived", "handed over", "given up")),
        Column("place_id", "text", "Where; of a disturbance what it strikes"),
        Column("source_id", "text", "Supplier or place the goods come from; of a demand the customer"),
        Column("link_id", "text", "Link they travel on; of a disturbance its kind"),
        Column("quantity", "integer", "Pieces", "pieces"),
        Column("days", "number", "How long it took: from the order, on the way, or of the whole wait", "d"),
    ),
)  # fmt: skip
ANSWERS: tuple[Table, ...] = (WHY, COUNTERFACTUALS, ACCOUNTS, STORY)
