"""A warning in words: what may come, why, what it would cost, what to do about it, how it was found."""

from __future__ import annotations

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling
from spareverse.figures.viability.warnings import out_already
from spareverse.observer.warnings import LIKELY

SUBJECTS = {"part": "part_id", "place": "place_id", "customer": "customer_id", "budget": "budget_id"}


def warning_narrative(row: Row, currency: str, *, expert: bool = False) -> Narrative:
    """One row of WARNINGS."""
    about = {kind: str(row[column]) for kind, column in SUBJECTS.items() if row[column]}
    tell = Telling("warning", "warnings", expert, about)
    for kind, name in about.items():
        tell.put(kind, name, kind, source=f"warnings.{SUBJECTS[kind]}")
    _facts(tell, row, currency)
    tell.say(happened(tell, row), more="will" if row["chance"] >= LIKELY else "may")
    tell.say("why.stock")
    tell.say("why.due")
    tell.say("why.reason")
    costs = "means.beyond" if row["kind"] == "budget_overrun" else "means.money"
    tell.say(costs if tell.has("expected_money") else "means.no_price")
    tell.say("means.next" if out_already(row) else "means.time")
    tell.say("do.action" if tell.has("action") else "do.watch")
    tell.say(f"sure.{row['method']}")
    return tell.narrative()


def happened(tell: Telling, row: Row) -> str:
    """Name of the first sentence: a stock-out may come, or customers wait already, or nothing is on hand."""
    if not out_already(row):
        return f"happened.{row['kind']}"
    return "happened.owed" if tell.has("owed") else "happened.none"


def _facts(tell: Telling, row: Row, currency: str) -> None:
    weeks = row["within_weeks"]
    coming = f"next {weeks} weeks"
    tell.put("within_weeks", weeks, "weeks", period=coming, measure="horizon", about={})
    tell.estimate(row, "chance", "share", measure="chance", period=coming)
    tell.put("expected_money", row["expected_money"], currency, measure="expected_money")
    tell.put("days_left", row["days_left"], "days", measure="days_left")
    tell.put("half", 0.5, "share", source="warnings.days_left", about={})
    tell.put("on_hand", row["on_hand"], "pieces", measure="on_hand")
    tell.put("owed", row.get("owed") or None, "pieces", measure="owed")
    tell.put("under_way", row["under_way"], "pieces", measure="under_way")
    tell.put("demand", row["demand"], "pieces", measure="demand", period=coming)
    supplied = dict(tell.about or {}) | ({"supplier": str(row["source_id"])} if row["source_id"] else {})
    if row["under_way"] != 0:  # else it is of an order that the future has yet to bring
        tell.put("due_day", row["due_day"], "days", measure="due", about=supplied)
    tell.put("source", row["source_id"], "supplier", source="warnings.source_id")
    tell.put("paths", row["paths"], "paths", measure="replications", about={})
    tell.put("reason", str(row["reason"] or "").rstrip("."), TEXT)
    tell.put("action", str(row["action"] or "").rstrip("."), TEXT)
