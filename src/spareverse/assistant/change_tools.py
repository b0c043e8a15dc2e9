"""Tools that change the twin; offered only where that is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import Findings, Subject
from spareverse.assistant.network_tools import EVENT
from spareverse.assistant.plan_tools import plan as plan_told
from spareverse.assistant.scenario_words import what_if
from spareverse.assistant.session import Session
from spareverse.assistant.standing_tools import stands
from spareverse.assistant.tool import Tool
from spareverse.explainer.facts import TEXT, Fact


def analyse(session: Session, since: str = "", until: str = "") -> Findings:
    """Analyse the record anew and tell where the twin stands."""
    session.twin.analyse(since=since or None, until=until or None, progress=session.progress, cancel=session.cancel)
    return stands(session)


def optimise(
    session: Session, budget: float | None = None, fill_rate: float | None = None, availability: float | None = None,
    installed_assets: float = 0.0,
) -> Findings:  # fmt: skip
    """Make a trial plan, prove it on history, and tell what it does."""
    found = session.twin.optimise(
        budget=budget, fill_rate=fill_rate, availability=availability, installed_assets=installed_assets,
        progress=session.progress, cancel=session.cancel,
    )  # fmt: skip
    return plan_told(session, found.id)


def adopt(session: Session, plan: str) -> Findings:
    """Make a plan the plan of record."""
    session.twin.adopt(plan)
    return plan_told(session, plan)


def decide(session: Session, part_id: str, accept: str, place_id: str = "", reorder_point: float | None = None,
           comment: str = "") -> Findings:  # fmt: skip
    """Keep a planner's decision on one proposal."""
    row: dict[str, Any] = {
        "part_id": part_id, "place_id": place_id, "accept": accept, "override_reorder_point": reorder_point,
        "comment": comment or None,
    }  # fmt: skip
    schema = {"override_reorder_point": pl.Float64, "comment": pl.String}
    session.twin.decide(pl.DataFrame([row], schema_overrides=schema))
    name = f"{part_id}{f' at {place_id}' if place_id else ''}"
    said = f"{name}: {'accepted' if accept == 'yes' else 'rejected'}"
    facts = [
        Fact("part_id", part_id, "part", source="the question"),
        Fact("place_id", place_id, "place", source="the question"),
    ]
    if reorder_point is not None:
        said += f", reorder at {reorder_point:g}"
        facts.append(Fact("reorder_point", reorder_point, "pieces", source="the question"))
    return Findings((f"{said}.",), tuple(facts), subject=Subject("part", part_id, place_id))


def save_scenario(session: Session, name: str, disturbances: Sequence[dict[str, Any]]) -> Findings:
    """Keep a scenario in the twin, checked against its network."""
    kept = session.twin.save_scenario(what_if(disturbances, name))
    facts = (
        Fact("scenario", kept.name, "scenario", source="the question"),
        Fact("title", kept.title, TEXT, source="the question"),
    )
    return Findings((f"The scenario {kept.name} is kept: {kept.title}.",), facts, subject=Subject("scenarios"))


TOOLS = (
    Tool(
        "analyse", "Analyse anew", "Analyse the record again, by default its last 36 months, and keep the analysis.",
        analyse,
        (
            Argument("since", "text", "First day, YYYY-MM-DD"),
            Argument("until", "text", "Day after the last, YYYY-MM-DD"),
        ),
        changes=True,
    ),
    Tool(
        "optimise", "Make a plan",
        "Make a trial plan for one target (budget, fill rate or availability; today's stock value with none) and prove "
        "it on history. Nothing follows from it until it is adopted. Takes minutes on large twins.",
        optimise,
        (
            Argument("budget", "number", "Mean stock value [currency]", least=0, most=1e15),
            Argument("fill_rate", "number", "Share of demand lines met at once", least=0, most=1),
            Argument("availability", "number", "Share of installed assets that run", least=0, most=1),
            Argument("installed_assets", "number", "How many assets there are, for an availability", least=0, most=1e9),
        ),
        changes=True,
    ),
    Tool("adopt", "Adopt a plan", "Make a trial plan the plan of record: change list and exports follow it.", adopt,
         (Argument("plan", "text", "Id of the plan", required=True),), changes=True),
    Tool(
        "decide", "Decide on a proposal",
        "Keep the planner's decision on one part's proposal; an own reorder point may be given.",
        decide,
        (
            Argument("part_id", "text", "Part", required=True),
            Argument("accept", "text", "Whether it is accepted", required=True, choices=("yes", "no")),
            Argument("place_id", "text", "Place, where the part is kept at several"),
            Argument("reorder_point", "number", "The planner's own figure [pieces]", least=-1, most=1e9),
            Argument("comment", "text", "Why"),
        ),
        changes=True,
    ),
    Tool(
        "save_scenario", "Keep a scenario", "Keep disturbances as a scenario of the twin, checked against its network.",
        save_scenario,
        (Argument("name", "text", "Short name", required=True),
         Argument("disturbances", "rows", "What goes wrong", required=True, fields=EVENT)),
        changes=True,
    ),
)  # fmt: skip
"""Verbs that change the twin."""
