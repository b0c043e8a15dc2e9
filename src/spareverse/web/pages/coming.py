"""The first warnings and the first recommendations, in short, for pages that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.viability.alarms import level_words, trouble_words, troubles
from spareverse.figures.viability.warnings import subject_words, time_left
from spareverse.figures.viability.words import advised, capital, change, held_against, three
from spareverse.network.observer_tables import WARNINGS
from spareverse.observer.ranking import how_ranked
from spareverse.web.pages.cards import Cell, below, button, card, lines, link, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

WARNINGS_SHOWN, NUDGES_SHOWN, STREAMS_SHOWN = 4, 3, 3


def unanswered(place: Place, found: Observation | None) -> pl.DataFrame:
    """Warnings (schema WARNINGS) that nobody has answered and that do not sleep."""
    if found is None:
        return WARNINGS.empty()
    awake = place.workspace.observations.warnings(found.id)
    return awake.filter(pl.col("state").is_null()).select(WARNINGS.names)


def first_warnings(place: Place, found: Observation, warnings: pl.DataFrame) -> None:
    """The first of the list, or in words why there is none."""
    currency = str(found.document["currency"])
    with card("What is coming", f"within {found.document['weeks']} weeks") as holder:
        holder.props("data-coming")
        if found.document["network"] is None:
            text("With a network built from the record, it is run forward from today's state.", "quiet")
            button("Build the network", slim=True, href=place.link("/network"))
            return
        if warnings.is_empty():
            text("Nothing waits for an answer.", "quiet")
            link("All warnings", place.link("/warnings"), "link small")
            return
        cells = [
            Cell("What", lambda r: lines(subject_words(r), r["reason"])),
            Cell("Chance", lambda r: below(numbers.percent_interval(*three(r, "chance"))), right=True),
            Cell("Left", lambda r: below(" ".join(time_left(r)).removesuffix(" left")), right=True),
            Cell("Expected", lambda r: numbers.rough(r["expected_money"]), currency, right=True),
        ]
        table(warnings.head(WARNINGS_SHOWN).to_dicts(), cells, mark="first-warnings")
        link(f"All {warnings.height:,} warnings", place.link("/warnings"), "link small")


def first_nudges(place: Place, found: Observation) -> None:
    """What survived its simulations, the best first."""
    if found.document["network"] is None:
        return
    currency = str(found.document["currency"])
    rows = found.table("recommendations").filter(pl.col("verdict") == "survives").sort("rank")
    with card("What helps", "simulated in pairs against doing nothing"):
        if rows.is_empty():
            text("Nothing that was tried does better than doing nothing.", "quiet")
            return
        cells = [
            Cell("What to do", advised),
            Cell("Cost", lambda r: below(change(*three(r, "cost_change"), "")), f"{currency}/day", right=True),
            Cell("Fill rate", lambda r: below(change(*three(r, "fill_change"), "share")), right=True),
        ]
        table(rows.head(NUDGES_SHOWN).to_dicts(), cells, mark="first-nudges")
        text(f"{how_ranked(rows)} {held_against(rows, currency)}".rstrip(), "quiet small", "p")
        link(f"All {rows.height:,}, with what gets worse", place.link("/warnings", tab="advice"), "link small")


def first_changes(place: Place, found: Observation) -> None:
    """Troubles the monitors noticed in the record, the surest first; nothing where there is none."""
    changed = troubles(found.table("alarms"))
    if not changed:
        return
    with card("What changed", "streams that have left what they were"):
        cells = [
            Cell("What", lambda r: lines(capital(trouble_words(r)), level_words(r))),
            Cell("Since", lambda r: day(r["since"]), nowrap=True),
        ]
        table(changed[:STREAMS_SHOWN], cells, mark="first-changes")
        link(f"All {len(changed):,}", place.link("/warnings", tab="alarms"), "link small")
