"""One recommendation in words: what to do, what it saves or costs, what gets worse."""

from __future__ import annotations

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling


def advice_narrative(row: Row, currency: str, *, expert: bool = False) -> Narrative:
    """One row of RECOMMENDATIONS; its figures are facts about its title."""
    title = str(row["title"] or row["nudge_id"]).rstrip(".")
    tell = Telling("advice", "recommendations", expert, {TEXT: title})
    tell.put("title", title, TEXT)
    tell.change(row, "cost_change", f"{currency}/day", measure="total_cost")
    tell.change(row, "fill_change", "points", measure="fill_rate")
    tell.put("side_effects", str(row["side_effects"] or "").rstrip("."), TEXT, about={})
    tell.put("remark", str(row.get("remark") or "").rstrip("."), TEXT, about={})
    for name, unit in (("simulated_days", "days"), ("cost_today", f"{currency}/day")):
        tell.put(name, row.get(name), unit, measure="horizon" if unit == "days" else "total_cost", about={})
    tell.put("caution", row.get("caution"), TEXT)
    tell.say("do.caution")
    tell.say({-1: "do.saves", 1: "do.costs"}.get(tell.clear("cost_change"), "do.only"))
    tell.say({-1: "means.less", 1: "means.more"}.get(tell.clear("fill_change"), ""))
    tell.say("means.meant" if row["kind"] == "incentive" else "means.worse")
    tell.say("means.known")
    tell.say("means.span")
    return tell.narrative()
