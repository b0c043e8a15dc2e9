"""Agents who turn something and are paid for something, and limits that can be kept."""

from __future__ import annotations

import polars as pl

from spareverse.network.agent_tables import MEASURES_PAID
from spareverse.network.components import PLACE_KINDS
from spareverse.network.network_checks.draft import Draft
from spareverse.network.spelling import did_you_mean


def agents_turn_something_for_pay(draft: Draft) -> None:
    """An agent has a lever, and is paid for a measure or for the enterprise."""
    agent = pl.col("agent_id")
    idle = ~agent.is_in(draft["levers"]["agent_id"].drop_nulls().implode())
    draft.reject("agents", idle, "agent_id", "The agent has no lever.", "Add a row to levers, or take the agent away.")
    unpaid = ~agent.is_in(draft["incentives"]["agent_id"].drop_nulls().implode()) & (pl.col("enterprise_share") == 0)
    remedy = "Add a row to incentives, or give an enterprise_share."
    draft.reject("agents", unpaid, "agent_id", "The agent is paid for nothing.", remedy)


def measures_are_known(draft: Draft) -> None:
    """Pay and limits are about measures of a simulated network."""
    for table in ("incentives", "limits"):
        measure = pl.col("measure")
        wrong = draft[table].filter(measure.is_not_null() & ~measure.is_in(list(MEASURES_PAID)))
        hints = {name: did_you_mean(name, MEASURES_PAID) for name in wrong["measure"].unique()}
        if hints:
            words = pl.lit("There is no such measure.") + measure.replace_strict(hints, return_dtype=pl.String)
            draft.report(wrong, "measure", words, f"Measures: {', '.join(MEASURES_PAID)}.")


def pay_has_a_weight(draft: Draft) -> None:
    """Doubt: a measure of weight zero is not paid for."""
    draft.doubt(draft["incentives"].filter(pl.col("weight") == 0), "a weight of zero pays for nothing.")


def levers_turn_something(draft: Draft) -> None:
    """Groups of parts and kinds of places are there; doubt: levers that find nothing to turn."""
    groups = draft["parts"]["category"].drop_nulls().unique(maintain_order=True)
    wrong = draft["levers"].filter(pl.col("category").is_not_null() & ~pl.col("category").is_in(groups.implode()))
    draft.report(wrong, "category", "No part is of this group.", "Correct it, or leave it empty for all parts.")
    kind = pl.col("place_kind")
    odd = draft["levers"].filter(kind.is_not_null() & ~kind.is_in(list(PLACE_KINDS)))
    draft.report(odd, "place_kind", "There is no such kind of place.", f"Kinds: {', '.join(PLACE_KINDS)}.")
    stock = draft["stock"]
    needed = {
        "expedite_at": bool(stock["expedite_at"].is_not_null().any()),
        "source_share": bool((stock["sourcing_rule"] == "share").any()),
        "budget": not draft["budgets"].is_empty(),
        "capacity": bool(draft["suppliers"]["lines"].is_not_null().any()),
    }
    for lever, there in needed.items():
        if not there:
            rows = draft["levers"].filter(pl.col("lever") == lever)
            draft.doubt(rows, f"the lever {lever} turns nothing: the network has none of its kind.")


def limits_leave_room(draft: Draft) -> None:
    """A limit has a side, and its lower side is below its upper."""
    low, high = pl.col("at_least"), pl.col("at_most")
    neither = low.is_null() & high.is_null()
    draft.reject("limits", neither, "at_least", "Neither at_least nor at_most is given.", "Give one of them.")
    draft.reject("limits", low > high, "at_most", "It is below at_least: nothing is viable.", "Correct one of them.")
