"""A part in words: its rule or what it holds, how late its supply is, what is at risk, what to hold instead."""

from __future__ import annotations

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling


def part_narrative(row: Row, currency: str, *, expert: bool = False) -> Narrative:
    """One row of PART_RESULTS."""
    about = {"part": str(row["part_id"])} | ({"place": str(row["place_id"])} if row["place_id"] else {})
    tell = Telling("part", "parts", expert, about)
    _facts(tell, row, currency)
    known = row["current_source"] != "none" and tell.has("current_cover", "current_risk")
    tell.say(f"happened.{row['current_source']}" if known else "happened.unknown")
    if row["open_lines"]:
        tell.say("happened.open")
    tell.say("why.supplier_late" if tell.has("supplier") else "why.late")
    tell.say("why.demand")
    if known and row["money_at_risk"]:
        tell.say("means.risk")
    tell.say(f"do.{_action(tell, row, known=known)}")
    tell.say(f"sure.{row['evidence']}")
    return tell.narrative()


def _facts(tell: Telling, row: Row, currency: str) -> None:
    tell.put("part", row["part_id"], "part", source="parts.part_id")
    tell.put("supplier", row["supplier_id"], "supplier", source="parts.supplier_id")
    daily = f"{currency}/day"
    tell.estimate(row, "current_cover", "pieces", measure="cover", period="today")
    tell.estimate(row, "current_risk", "share", measure="stock_out_risk", period="today")
    tell.estimate(row, "optimal_cover", "pieces", measure="cover", period="proposed")
    tell.estimate(row, "optimal_risk", "share", measure="stock_out_risk", period="proposed")
    supplied = dict(tell.about or {}) | ({"supplier": str(row["supplier_id"])} if row["supplier_id"] else {})
    tell.estimate(row, "late_risk", "share", measure="late_risk", about=supplied)
    tell.change(row, "change", "pieces", measure="cover")
    tell.put("saving", row["saving"], daily, measure="saving", direction=-1 if (row["saving"] or 0.0) > 0 else 1)
    tell.put("money_at_risk", row["money_at_risk"], daily, measure="money_at_risk")
    tell.put("order_quantity", row["order_quantity"], "pieces", measure="order_quantity")
    tell.put("expected_lead_time_days", row["expected_lead_time_days"], "days", measure="lead_time",
             about=supplied)  # fmt: skip
    tell.put("pieces_sold", row["pieces_sold"], "pieces", measure="demand")
    tell.put("sales_lines", row["sales_lines"], "sales lines", measure="demand")
    tell.put("open_lines", row["open_lines"], "purchase lines", measure="open_lines")
    tell.put("cycles", row["cycles"], "completed cycles", measure="cycles")


def _action(tell: Telling, row: Row, *, known: bool) -> str:
    if not tell.has("optimal_cover"):
        return "nothing"
    if not known:
        return "start"
    return {1: "raise", -1: "lower", 0: "keep"}[tell.clear("change")]
