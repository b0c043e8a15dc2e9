"""An open order that is worth hurrying, in words: when it comes as it is, and what it does if it comes sooner."""

from __future__ import annotations

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling


def expedite_narrative(row: Row, currency: str, *, expert: bool = False) -> Narrative:
    """One row of EXPEDITES."""
    about = {"part": str(row["part_id"]), "place": str(row["place_id"])}
    supplied = about | ({"supplier": str(row["source_id"])} if row["source_id"] else {})
    tell = Telling("expedite", "expedites", expert, about)
    for name, column, kind in (("part", "part_id", "part"), ("place", "place_id", "place"),
                               ("source", "source_id", "supplier"), ("order", "order_id", "order"),
                               ("line", "line", "line")):  # fmt: skip
        tell.put(name, row[column], kind, source=f"expedites.{column}")
    tell.put("quantity", row["quantity"], "pieces", measure="under_way")
    tell.put("ordered_days_ago", row["ordered_days_ago"], "days", measure="order_age", about=supplied)
    for name in ("due_day", "sooner_day"):
        tell.put(name, row[name], "days", measure="due", about=supplied)
    tell.put("chance_before", row["chance_before"], "share", measure="chance")
    tell.change(row, "chance_change", "points", measure="chance")
    tell.change(row, "money_change", currency, measure="expected_money")
    line = " line {line:name}" if tell.has("line") else ""
    which = f"order {{order}}{line}: " if tell.has("order") else ""
    tell.say("happened.from" if row["source_id"] else "happened.order", which=which)
    tell.say("means.due")
    chance = tell.clear("chance_change")
    tell.say({-1: "means.lower", 1: "means.higher", 0: "means.unclear"}[chance])
    if tell.clear("money_change") < 0:
        tell.say("means.saves")
    return tell.narrative()
