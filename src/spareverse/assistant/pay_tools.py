"""The tool on other pay: what becomes of coherence, its price in money, service and cost."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import Findings, Subject, told_rows
from spareverse.assistant.foresight_tools import foreseen, sentences
from spareverse.assistant.session import LongWork, Session
from spareverse.assistant.tool import Tool
from spareverse.errors import InputRejected, NotFound, UsageError
from spareverse.explainer.facts import Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.explainer.narratives.advice import advice_narrative
from spareverse.explainer.narratives.pay import pay_narrative
from spareverse.io.scenario_files import scenario_text
from spareverse.network.scenario import Scenario
from spareverse.twin.observer import DEFAULT_WEEKS


def pay(session: Session, scenario: str = "", agent: str = "") -> Findings:
    """A scenario that changes what agents are paid for, beside today: both as the Observer weighs them.

    ``agent``: instead what was tried on the pay of this agent alone.
    """
    if not agent and not scenario:
        raise UsageError("Name a kept scenario that changes pay, or an agent.")
    if agent:
        return pay_of(session, agent)
    kept = session.twin.scenario(scenario)
    if kept.nature != "pay":
        raise NotFound(f'"{scenario}" does more than change what agents are paid for: simulate it instead.')
    now, then, doubts, run = _points(session, kept)
    plain, expert = (pay_narrative(now, then, session.currency, expert=level) for level in (False, True))
    more = Narrative(doubts, sentences("doubts", doubts))
    told = Findings.told(plain, expert, Subject("viability", run), more)
    return Findings((*told.sentences, *doubts), told.facts, told.expert, subject=told.subject)


def pay_of(session: Session, agent: str) -> Findings:
    """What was tried on the pay of one agent, whether it survived or not; NotFound where nothing was."""
    found = foreseen(session, "recommendations", "Other pay of one agent")
    rows = (
        found.table("recommendations").filter(pl.col("agent_id") == agent, pl.col("kind") == "incentive").sort("rank")
    )
    if rows.is_empty():
        raise NotFound(
            f"Other pay of {quoted(agent)} alone was not tried: what is known is what all follow today, and "
            "scenarios of pay that are kept."
        )
    told = told_rows(
        rows.to_dicts(), lambda row: str(row["nudge_id"]),
        lambda row, level: advice_narrative(row, session.currency, expert=level),
    )  # fmt: skip
    survived = rows.filter(pl.col("verdict") == "survives").height
    ways = "other way was" if rows.height == 1 else "other ways were"
    said = f"{rows.height} {ways} tried to pay {quoted(agent)}; {survived} survived against the pay of today."
    facts = (
        Fact("agent", agent, "agent", source="the question"),
        Fact("tried", rows.height, "ways", source="recommendations counted"),
        Fact("survived", survived, "ways", source="recommendations counted"),
    )
    return Findings((said, *told.sentences), (*facts, *told.facts), (said, *told.expert),
                    subject=Subject("viability", found.id))  # fmt: skip


def _points(session: Session, kept: Scenario) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...], str]:
    """Rows of VIABILITY of today and of the scenario, what did not prove itself, and of which observation."""
    found, scenario = session.observation() if session.has("observation") else None, kept.name
    # as it is now: changed since, what was found of it is of other pay
    if found is None or scenario_text(kept) not in found.document["scenarios"]:
        weeks = DEFAULT_WEEKS if found is None else int(found.document["weeks"])
        if not session.wait:
            raise LongWork("observe", {"scenarios": [scenario], "weeks": weeks}, f"Observe the company with {scenario}")
        if not session.keep:
            raise NotFound(
                f'"{scenario}" was not observed yet: `spareverse observe --scenario {scenario}` weighs what it changes.'
            )
        found = session.twin.observe([scenario], weeks, progress=session.progress, cancel=session.cancel)
    rows = {str(row["point"]): row for row in found.table("viability").to_dicts()}
    now = found.now
    if now is None or scenario not in rows or rows[scenario]["coherence"] is None:
        raise NotFound("There is no coherence of it: incentives are weighed where the network has agents with levers.")
    doubts = tuple(f"The axis {axis} is experimental: {why}" for axis, why in found.experimental.items()
                   if axis == "coherence")  # fmt: skip
    return now, rows[scenario], doubts, found.id


def pay_scenarios(session: Session) -> list[Scenario]:
    """Kept scenarios that change pay and nothing else."""
    found = []
    for name in session.twin.scenario_names():
        try:
            scenario = session.twin.scenario(name)
        except InputRejected:  # told where scenarios are listed
            continue
        found += [scenario] if scenario.nature == "pay" else []
    return found


def for_all(scenario: Scenario) -> bool:
    """Whether everybody is paid for the enterprise alone."""
    return any(
        (one.table, one.column, one.value) == ("agents", "enterprise_share", 1.0) and not one.where
        for one in scenario.overrides
    )


TOOLS = (
    Tool(
        "pay", "Other pay",
        "A kept scenario in which agents are paid otherwise, beside today: coherence and the price of misalignment, "
        "each with its interval, and service and cost where all follow their pay. Takes a minute or two where it was "
        "not observed yet.",
        pay,
        (Argument("scenario", "text", "Kept scenario that changes pay"),
         Argument("agent", "text", "Instead what was tried on the pay of this agent alone")),
    ),
)  # fmt: skip
"""A verb that adds an observation where one is missing, and changes nothing else."""
