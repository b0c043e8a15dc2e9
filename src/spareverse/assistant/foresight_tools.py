"""Tools on what is ahead: warnings, orders to expedite, what would help, and what came of what was accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import (
    PIECES,
    POINTS,
    SHARE,
    Findings,
    Listing,
    Shown,
    Subject,
    order_columns,
    told_rows,
)
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.facts import TEXT, Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.explainer.narratives.advice import advice_narrative
from spareverse.explainer.narratives.expedite import expedite_narrative
from spareverse.explainer.narratives.follow_up import follow_up_narrative
from spareverse.explainer.narratives.warning import warning_narrative
from spareverse.figures.viability.words import held_against
from spareverse.network.observer_tables import WARNING_KINDS
from spareverse.network.reply_tables import EXCEEDED, KEPT, TOO_FEW_LINES
from spareverse.observer.ranking import how_ranked
from spareverse.observer.warnings import cut_words
from spareverse.twin.observer import MOST_WEEKS

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.observation import Observation

SHOWN = 5
_WHOSE = {"part_id": "part", "place_id": "place", "customer_id": "customer", "source_id": "supplier"}


def warnings(
    session: Session, limit: int, kind: str = "", part_id: str = "", place_id: str = "", customer_id: str = "",
    supplier_id: str = "", weeks: int = 0,
) -> Findings:  # fmt: skip
    """What is coming within weeks, the most pressing first; snoozed ones left out."""
    found = foreseen(session, "warnings", "What is coming")
    wanted = {"part_id": part_id, "place_id": place_id, "customer_id": customer_id, "source_id": supplier_id}
    every = session.twin.warnings(found.id)
    frame = _only(every, wanted)
    frame = frame.filter(pl.col("kind") == kind) if kind else frame
    out = (pl.col("kind") == "stock_out") & ((pl.col("owed") > 0) | (pl.col("on_hand") == 0))
    frame = frame.with_columns(days_left=pl.when(out.fill_null(value=False)).then(None).otherwise("days_left"))
    columns = (
        Shown("kind", "What", fact=False), Shown("part_id", "Part"), Shown("place_id", "Place"),
        Shown("chance", "Chance", SHARE),
        Shown("expected_money", "Money expected", session.currency), Shown("days_left", "Days left", "days"),
        Shown("on_hand", "On hand", PIECES), Shown("owed", "Owed already", PIECES), Shown("reason", "Why"),
        Shown("action", "What to do"), Shown("state", "Answered"),
    )  # fmt: skip
    listing = Listing.of("warnings", "Warnings, most pressing first", columns, frame.head(limit), frame.height,
                         key=("warning_id",), of_too=("part_id", "place_id", "customer_id"))  # fmt: skip
    whose = _whose(wanted)
    what = f"{kind.replace('_', ' ')} warning" if kind else "warning"
    first = f"{_counted(frame.height, what)}{whose}, most pressing first. {cut_words(every)}".rstrip()
    none = f"No {what}{whose}: nothing that may come is likely enough to be told."
    told = _of_rows(
        listing, first if frame.height else none, "warnings", Subject("warnings", found.id), _asked_of(wanted),
        lambda row, level: warning_narrative(row, session.currency, expert=level),
    )  # fmt: skip
    return _within(told, int(found.document["weeks"]), weeks)


def _within(told: Findings, weeks: int, asked: int) -> Findings:
    """The same, saying first how far ahead it looks where that is not as far as was asked."""
    if asked in (0, weeks):
        return told
    most = min(asked, MOST_WEEKS)
    reach = "looks that far" if most == asked else "looks as far as can be"
    command = f"`spareverse observe --weeks {most}`"
    said = f"These warnings look {_counted(weeks, 'week')} ahead, not {asked:,}: {command} {reach}."
    facts = tuple(
        Fact(f"{name}.weeks", number, "weeks", source=source)
        for name, number, source in (
            ("ahead", weeks, "observation.weeks"), ("asked", asked, "the question"), ("most", most, "the command"),
        )
    )  # fmt: skip
    return replace(
        told, sentences=(said, *told.sentences), expert=(said, *told.expert), facts=(*facts, *told.facts)
    )  # fmt: skip


def expedites(session: Session, limit: int, part_id: str = "", place_id: str = "", supplier_id: str = "") -> Findings:
    """Open orders worth hurrying, best first: what changes if they come sooner, in paired runs."""
    found = foreseen(session, "expedites", "Which orders to expedite")
    wanted = {"part_id": part_id, "place_id": place_id, "source_id": supplier_id}
    frame = _only(found.table("expedites"), wanted).sort("rank")
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("source_id", "From"), *order_columns(frame),
        Shown("quantity", "To come", PIECES), Shown("ordered_days_ago", "Ordered days ago", "days"),
        Shown("due_day", "Due in", "days"), Shown("sooner_day", "If hurried", "days"),
        Shown("chance_before", "Chance now", SHARE), Shown("chance_change", "Change", POINTS),
        Shown("money_change", "Money", session.currency),
    )  # fmt: skip
    listing = Listing.of("expedites", "Open orders to expedite", columns, frame.head(limit), frame.height,
                         key=("part_id", "place_id"))  # fmt: skip
    whose = _whose(wanted)
    first = f"{_counted(frame.height, 'open order')}{whose} {'is' if frame.height == 1 else 'are'} worth expediting."
    none = f"No open order{whose} is worth expediting: hurrying those of warned stock points changes nothing clear."
    return _of_rows(
        listing, first if frame.height else none, "expedites", Subject("warnings", found.id), _asked_of(wanted),
        lambda row, level: expedite_narrative(row, session.currency, expert=level),
    )  # fmt: skip


def recommendations(session: Session, limit: int) -> Findings:
    """What would help: changes simulated in pairs against doing nothing, only those that survive it."""
    found = foreseen(session, "recommendations", "What would help")
    frame = found.table("recommendations")
    survived = frame.filter(pl.col("verdict") == "survives").sort("rank") if frame.height else frame
    daily = f"{session.currency}/day"
    columns = (
        Shown("caution", "Mind first"), Shown("title", "What to do"), Shown("cost_change", "Cost", daily),
        Shown("fill_change", "Fill rate", POINTS),
        Shown("stock_change", "Stock", session.currency), Shown("one_off_cost", "Takes once", session.currency),
        Shown("side_effects", "What gets worse"),
    )  # fmt: skip
    listing = Listing.of("recommendations", "Recommendations", columns, survived.head(limit), survived.height,
                         key=("nudge_id",), of_too=("title",))  # fmt: skip
    survive = "survives" if survived.height == 1 else "survive"
    first = f"{survived.height:,} of {frame.height:,} changes tried {survive} against doing nothing."
    if survived.height:
        first = f"{first} {how_ranked(frame)} {held_against(frame, session.currency)}".rstrip()
    tried = (Fact("recommendations.tried", frame.height, "changes", source="recommendations counted"),)
    told = _of_rows(
        listing, first, "recommendations", Subject("viability", found.id), tried,
        lambda row, level: advice_narrative(row, session.currency, expert=level),
    )  # fmt: skip
    facts = (*told.facts, *sentences("notices", found.notices))
    return replace(told, facts=facts, expert=(*told.expert, *found.notices))


def follow_ups(session: Session, limit: int) -> Findings:
    """What accepted recommendations promised, beside what the record shows since."""
    frame = session.twin.follow_ups()
    if frame.is_empty():
        accepted = session.twin.accepted_recommendations().height
        if not accepted:
            raise NotFound(
                "No recommendation has been accepted yet. Accept one on the page Warnings; after the next imports its "
                "promise stands here beside what came."
            )
        raise NotFound("The accepted recommendations promised nothing that can be followed up.")
    titles = _titles(session)
    columns = (
        Shown("title", "Recommendation"), Shown("accepted", "Accepted"), Shown("until", "Looked at until"),
        Shown("measure", "Measure", fact=False), Shown("promised", "Promised", unit_of="unit"),
        Shown("came", "Came", unit_of="unit"),
        Shown("unit", "In", fact=False),
        Shown("verdict", "Verdict", fact=False),
    )  # fmt: skip
    rows = frame.with_columns(
        unit=pl.col("unit").str.replace("^share.*", POINTS).str.replace("currency", session.currency),
        title=pl.col("nudge_id").replace_strict(titles, default=pl.col("nudge_id")),
    )
    listing = Listing.of("follow_ups", "Promised and come", columns, rows.head(limit), rows.height,
                         key=("nudge_id", "measure"))  # fmt: skip
    held = rows.filter(pl.col("verdict").is_in([KEPT, EXCEEDED])).height
    early = rows.filter(pl.col("verdict") == TOO_FEW_LINES).height
    first = _came(held, rows.height - early, early)
    counted = tuple(
        Fact(f"follow_ups.{name}", number, "effects", source="follow_ups counted")
        for name, number in (("kept", held), ("told", rows.height - early), ("early", early))
    )
    told = _of_rows(
        listing, first, "follow_ups", Subject("warnings"), counted,
        lambda row, level: follow_up_narrative(row, str(row["title"]).rstrip("."), session.currency, expert=level),
    )  # fmt: skip
    return replace(told, figures={"follow-ups": partial(_drawn, session, frame, titles)})


def _came(held: int, told: int, early: int) -> str:
    """How many promised effects came, of those that can be told."""
    waiting = f"Of {_counted(early, 'promised effect')} it is too early to tell what came."
    kept = f"{held:,} of {_counted(told, 'promised effect')} came as promised or better."
    return " ".join([*([kept] if told else []), *([waiting] if early else [])])


def foreseen(session: Session, table: str, what: str) -> Observation:
    """The observation; NotFound where it is of a record alone, of which nothing can be simulated."""
    found = session.observed()
    if table not in found.tables:
        raise NotFound(
            f"{what} is simulated from a network, and this was observed of the record alone. `spareverse build` makes "
            "a network of the record; then observe again."
        )
    return found


def sentences(name: str, texts: tuple[str, ...]) -> tuple[Fact, ...]:
    """Sentences of ours as facts, so that what they say can be opened, and said again."""
    return tuple(Fact(f"{name}.{at}", text, TEXT, source="observation") for at, text in enumerate(texts, 1))


def _of_rows(
    listing: Listing, first: str, source: str, subject: Subject, more: tuple[Fact, ...],
    tell: Callable[[dict[str, Any], bool], Narrative],
) -> Findings:  # fmt: skip
    """A sentence on all rows, then one row after the other at both levels."""
    told = told_rows(listing.rows[:SHOWN], listing.row_name, tell)
    unit = {"expedites": "orders", "follow_ups": "effects", "recommendations": "changes"}.get(source, source)
    count = Fact(f"{source}.total", listing.total, unit, source=f"{source} counted")
    return Findings(
        (first, *told.sentences), (count, *more, *told.facts, *listing.facts(source)), (first, *told.expert),
        (listing,), subject=subject,
    )  # fmt: skip


def _only(frame: pl.DataFrame, wanted: Mapping[str, str]) -> pl.DataFrame:
    for column, name in wanted.items():
        frame = frame.filter(pl.col(column) == name) if name else frame
    return frame


def _whose(wanted: Mapping[str, str]) -> str:
    return "".join(f" of {_WHOSE[column]} {quoted(name)}" for column, name in wanted.items() if name)


def _asked_of(wanted: Mapping[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(_WHOSE[column], name, _WHOSE[column], source="the question")
                 for column, name in wanted.items() if name)  # fmt: skip


def _counted(number: int, singular: str) -> str:
    return f"{number:,} {singular if number == 1 else f'{singular}s'}"


def _titles(session: Session) -> dict[str, str]:
    """Nudge -> its title, in the observation that promised it."""
    found: dict[str, str] = {}
    for nudge, run in session.twin.accepted_recommendations().select("nudge_id", "observation").rows():
        rows = session.twin.observation(run).table("recommendations").filter(pl.col("nudge_id") == nudge)
        found |= {nudge: str(rows["title"][0])} if rows.height else {}
    return found


def _drawn(session: Session, frame: pl.DataFrame, titles: dict[str, str]) -> Figure:
    from spareverse.figures.viability.effects import promises_and_outcomes

    return promises_and_outcomes(frame, titles, session.currency)


TOOLS = (
    Tool(
        "warnings", "What is coming",
        "Stock-outs, breaches of contracts and budgets that may come within weeks, most pressing first, each with its "
        "chance, the money expected, why, and what to do.",
        warnings,
        (
            rows_wanted(), Argument("kind", "text", "Only of this kind", choices=WARNING_KINDS),
            Argument("part_id", "text", "Only of this part"), Argument("place_id", "text", "Only at this place"),
            Argument("customer_id", "text", "Only of this customer"),
            Argument("supplier_id", "text", "Only of what comes from this supplier"),
            Argument("weeks", "integer", "How far ahead is asked; told where the warnings look otherwise far", least=1,
                     most=520),
        ),
    ),
    Tool(
        "expedites", "Orders to expedite",
        "Open orders that are worth hurrying, best first: due when, hurried when, and what that changes in the chance "
        "of an unfilled line and in money, in runs paired with doing nothing.",
        expedites,
        (
            rows_wanted(), Argument("part_id", "text", "Only of this part"),
            Argument("place_id", "text", "Only for this place"),
            Argument("supplier_id", "text", "Only from this supplier"),
        ),
    ),
    Tool(
        "recommendations", "What to do",
        "Changes that would help, each simulated in pairs against doing nothing: effect with interval, cost, side "
        "effects; only those that survive. Ranked by money, or by service where waiting has no price, as it says; what "
        "would leave a limit, or lowers service, says so first, and the former comes last.",
        recommendations, (rows_wanted(),),
    ),
    Tool(
        "follow_ups", "What came of it",
        "Recommendations that were accepted: the effects they promised beside what the record shows since.",
        follow_ups, (rows_wanted(),),
    ),
)  # fmt: skip
"""Verbs on what is ahead, none of which changes anything."""
