"""Names that one table takes from another: each is there, and means one thing."""

from __future__ import annotations

import polars as pl

from spareverse.errors import Problem
from spareverse.network.components import MODES_OF_TRANSPORT
from spareverse.network.network_checks.draft import MOST_EXAMPLES, TABLES, Draft, meant
from spareverse.network.spelling import did_you_mean

_SOURCES = ("suppliers", "places")
REFERENCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("links", "from_id", _SOURCES), ("links", "to_id", ("places",)),
    ("sourcing", "part_id", ("parts",)), ("sourcing", "place_id", ("places",)),
    ("sourcing", "source_id", _SOURCES), ("sourcing", "link_id", ("links",)),
    ("price_breaks", "part_id", ("parts",)), ("price_breaks", "supplier_id", ("suppliers",)),
    ("stock", "part_id", ("parts",)), ("stock", "place_id", ("places",)), ("stock", "budget_id", ("budgets",)),
    ("customers", "market_id", ("markets",)),
    ("demands", "part_id", ("parts",)), ("demands", "place_id", ("places",)),
    ("demands", "customer_id", ("customers",)), ("demands", "season_id", ("seasons",)),
    ("demand_traces", "part_id", ("parts",)), ("demand_traces", "place_id", ("places",)),
    ("demand_traces", "customer_id", ("customers",)),
    ("opening_orders", "part_id", ("parts",)), ("opening_orders", "place_id", ("places",)),
    ("opening_orders", "source_id", _SOURCES),
    ("opening_backorders", "part_id", ("parts",)), ("opening_backorders", "place_id", ("places",)),
    ("opening_backorders", "customer_id", ("customers",)),
    ("levers", "agent_id", ("agents",)), ("levers", "place_id", ("places",)),
    ("levers", "supplier_id", ("suppliers",)), ("incentives", "agent_id", ("agents",)),
)  # fmt: skip
"""Table, column, and the tables one of which has the name."""


def names_are_known(draft: Draft) -> None:
    """Every name used is the name of something."""
    for table, column, targets in REFERENCES:
        if draft.misread.intersection(targets):
            continue
        known = draft.names(*targets)
        used = pl.col(column)
        unknown = draft[table].filter(used.is_not_null() & ~used.is_in(known.implode()))
        if unknown.is_empty():
            continue
        where = " or ".join(f"the table {target}" for target in targets)
        hints = {name: meant(name, known) for name in unknown[column].head(MOST_EXAMPLES).unique()}
        reason = f"There is no such name in {where}."
        words = pl.lit(reason) + used.replace_strict(hints, default="", return_dtype=pl.String)
        draft.report(unknown, column, words, "Correct it, or add it there.")


def places_and_suppliers_differ(draft: Draft) -> None:
    """A name that both a place and a supplier have would leave open which of them sends."""
    both = draft.names("suppliers").implode()
    reason = "A place and a supplier have this name."
    draft.reject("places", pl.col("place_id").is_in(both), "place_id", reason, "Give one of them another.")


def there_is_something_to_simulate(draft: Draft) -> None:
    """Places, parts and stock are there."""
    for table in ("places", "parts", "stock"):
        if draft[table].is_empty() and table not in draft.misread:
            title = TABLES[table].meaning
            reason = f"There are no {table} ({title[0].lower()}{title[1:]})."
            draft.problems.append(Problem(reason, f"Fill in the table {table}.", table))
    if draft["demands"].is_empty() and draft["demand_traces"].is_empty() and "demands" not in draft.misread:
        draft.problems.append(Problem("Nothing is demanded.", "Fill in demands or demand_traces.", "demands"))


def modes_are_known(draft: Draft) -> None:
    """A link's mode has a speed and an emission factor."""
    known = MODES_OF_TRANSPORT
    wrong = draft["links"].filter(~pl.col("mode").is_in(known))
    hints = {mode: did_you_mean(mode, known) for mode in wrong["mode"].unique()}
    words = pl.lit("There is no such mode of transport.") + pl.col("mode").replace_strict(hints, return_dtype=pl.String)
    draft.report(wrong, "mode", words, f"Modes: {', '.join(MODES_OF_TRANSPORT)}.")


def links_lead_somewhere_else(draft: Draft) -> None:
    """A link does not end where it begins."""
    same = pl.col("from_id") == pl.col("to_id")
    draft.reject("links", same, "to_id", "The link ends where it begins.", "Correct one of the ends.")
