"""Tools on what the Observer found: is the company viable, what is coming, what should be done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.assistant.findings import PIECES, POINTS, SHARE, Findings, Listing, Shown, Subject, cell
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.facts import TEXT, Fact, Narrative
from spareverse.explainer.narratives.viability import viability_narrative
from spareverse.explainer.narratives.warning import warning_narrative

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.observation import Observation

_WARNED_SHOWN = 5


def viability(session: Session) -> Findings:
    """Whether the company is inside its limits, whether its incentives agree, and how well it holds itself."""
    found = session.observed()
    plain, expert = (viability_narrative(found.tables, session.currency, expert=level) for level in (False, True))
    doubts = tuple(f"The axis {axis} is experimental: {why}" for axis, why in found.experimental.items())
    more = Narrative((*doubts, *found.notices), _sentences("doubts", doubts) + _sentences("notices", found.notices))
    names = ("viability-map", "components", "externalities", "recovery")
    figures = {name: partial(_drawn, found, session.currency, name) for name in names}
    told = Findings.told(plain, expert, Subject("viability", found.id), more, figures=figures)
    # what did not prove itself is said to everybody
    return replace(told, sentences=(*told.sentences, *doubts))


def _sentences(name: str, texts: tuple[str, ...]) -> tuple[Fact, ...]:
    """Sentences of ours as facts, so that what they say can be opened, and said again."""
    return tuple(Fact(f"{name}.{at}", text, TEXT, source="observation") for at, text in enumerate(texts, 1))


def _drawn(found: Observation, currency: str, name: str) -> Figure:
    from spareverse.figures.viability.gallery import ViabilityGallery

    return ViabilityGallery(found.tables, currency, experimental=found.experimental).figure(name)


def warnings(session: Session, limit: int) -> Findings:
    """What is coming within weeks, ranked by the money expected and the time left; snoozed ones left out."""
    found = _foreseen(session, "warnings", "What is coming")
    frame = session.twin.warnings(found.id)
    currency = session.currency
    columns = (
        Shown("kind", "What"), Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("chance", "Chance", SHARE),
        Shown("expected_money", "Money expected", currency), Shown("days_left", "Days left", "days"),
        Shown("on_hand", "On hand", PIECES), Shown("reason", "Why"), Shown("action", "What to do"),
        Shown("state", "Answered"),
    )  # fmt: skip
    listing = Listing.of("warnings", "Warnings, most pressing first", columns, frame.head(limit), frame.height,
                         key=("warning_id",))  # fmt: skip
    first = f"{frame.height:,} {'warning' if frame.height == 1 else 'warnings'}, most pressing first."
    first = first if frame.height else "No warnings: nothing that may come is likely enough to be told."
    count = Fact("warnings.total", frame.height, "warnings", source="warnings counted")
    return _of_rows(session, frame, listing, first, count, Subject("warnings", found.id))


def _foreseen(session: Session, table: str, what: str) -> Observation:
    """The observation; NotFound where it is of a record alone, of which nothing can be simulated."""
    found = session.observed()
    if table not in found.tables:
        raise NotFound(
            f"{what} is simulated from a network, and this was observed of the record alone. `spareverse build` makes "
            "a network of the record; then observe again."
        )
    return found


def _of_rows(
    session: Session, frame: pl.DataFrame, listing: Listing, first: str, count: Fact, subject: Subject
) -> Findings:
    """A warning after the other, at both levels."""
    rows = frame.head(_WARNED_SHOWN).to_dicts()
    plain, expert = (
        [warning_narrative(row, session.currency, expert=level) for row in rows] for level in (False, True)
    )
    told = [Findings.told(*both, subject) for both in zip(plain, expert, strict=True)]
    facts = [
        replace(fact, id=f"{row['warning_id']}.{fact.id}")
        for row, one in zip(rows, told, strict=True) for fact in one.facts
    ]  # fmt: skip
    return Findings(
        (first, *(" ".join(one.sentences) for one in told)), (count, *facts, *listing.facts("warnings")),
        (first, *(" ".join(one.expert) for one in told)), (listing,), subject=subject,
    )  # fmt: skip


def recommendations(session: Session, limit: int) -> Findings:
    """What would help: changes simulated in pairs against doing nothing, only those that survive it."""
    found = _foreseen(session, "recommendations", "What would help")
    frame = found.table("recommendations")
    survived = frame.filter(pl.col("verdict") == "survives").sort("rank") if frame.height else frame
    daily = f"{session.currency}/day"
    columns = (
        Shown("title", "What to do"), Shown("cost_change", "Cost", daily), Shown("fill_change", "Fill rate", POINTS),
        Shown("stock_change", "Stock", session.currency), Shown("one_off_cost", "Takes once", session.currency),
        Shown("side_effects", "What gets worse"),
    )  # fmt: skip
    listing = Listing.of("recommendations", "Recommendations", columns, survived.head(limit), survived.height,
                         key=("nudge_id",))  # fmt: skip
    said = [f"{survived.height:,} of {frame.height:,} changes tried survive against doing nothing."]
    said += [_said(row, daily) for row in listing.rows[:5]]
    facts = [
        Fact("recommendations.total", survived.height, source="recommendations counted"),
        Fact("recommendations.tried", frame.height, "changes", source="recommendations counted"),
        *(Fact(f"title.{row['nudge_id']}", str(row["title"]), TEXT, source="recommendations.title")
          for row in listing.rows),
    ]  # fmt: skip
    return Findings(
        tuple(said), (*facts, *listing.facts("recommendations"), *_sentences("notices", found.notices)),
        (*said, *found.notices), (listing,), subject=Subject("viability", found.id),
    )  # fmt: skip


def _said(row: dict[str, Any], daily: str) -> str:
    title = str(row["title"]).rstrip(".")
    if row["cost_change"] is None:
        return f"{title}."
    turned = {"cost": abs(row["cost_change"])}
    low, high = row["cost_change_low"], row["cost_change_high"]
    if low is not None and high is not None and low * high > 0:
        turned |= {"cost_low": min(abs(low), abs(high)), "cost_high": max(abs(low), abs(high))}
    return f"{title}: {'saves' if row['cost_change'] < 0 else 'costs'} {cell(turned, 'cost', daily)}."


TOOLS = (
    Tool(
        "viability", "Is the company viable",
        "Where the company stands: inside its own limits of service, money and workload or not, whether its incentives "
        "agree (coherence), how well it holds itself under shocks (homeostasis), as the Observer last found.",
        viability,
    ),
    Tool(
        "warnings", "What is coming",
        "Stock-outs, breaches of contracts and budgets that may come within weeks, most pressing first, each with its "
        "chance, the money expected, why, and what to do.",
        warnings, (rows_wanted(),),
    ),
    Tool(
        "recommendations", "What to do",
        "Changes that would help, each simulated in pairs against doing nothing: effect with interval, cost, side "
        "effects; only those that survive.",
        recommendations, (rows_wanted(),),
    ),
)  # fmt: skip
"""Verbs on the newest observation, none of which changes anything."""
