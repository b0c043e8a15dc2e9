"""What came of a recommendation that was accepted, in words: promised, come, kept or not."""

from __future__ import annotations

from collections.abc import Mapping

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling
from spareverse.network.reply_tables import TOO_FEW_LINES

MEASURES: Mapping[str, tuple[str, str, str]] = {
    "fill": ("fill rate", "points", "fill_rate"),
    "waiting": ("waiting", "piece-days/day", "waiting_days"),
    "workload": ("number of exceptions", "exceptions/week", "emergency_orders"),
    "cost": ("controllable cost", "{currency}/day", "total_cost"),
    "stock": ("stock value", "{currency}", "stock_value"),
}
"""Measure of FOLLOW_UPS -> its words, its unit, and its name in the lexicon of grounding."""


def follow_up_narrative(row: Row, title: str, currency: str, *, expert: bool = False) -> Narrative:
    """One row of FOLLOW_UPS; ``title``: of the recommendation, as it was made."""
    words, unit, measure = MEASURES[str(row["measure"])]
    tell = Telling("follow_up", "follow_ups", expert, {TEXT: title})
    tell.put("title", title, TEXT, source="recommendations.title")
    for name in ("promised", "came"):
        tell.change(row, name, unit.format(currency=currency), measure=measure)
    for name in ("accepted", "holds_from", "until"):
        if row[name] is not None:
            tell.put(name, row[name].isoformat(), source=f"follow_ups.{name}")
    verdict = str(row["verdict"])
    ways = {f"{name}_way": _way(row[name]) for name in ("promised", "came")}
    tell.say("happened.unknown" if verdict == TOO_FEW_LINES else "happened.known", what=words, verdict=verdict, **ways)
    return tell.narrative()


def _way(change: float | None) -> str:
    return "rise" if (change or 0.0) >= 0 else "fall"
