"""One measure of service, money or workload in words: its value, its limit, inside or not."""

from __future__ import annotations

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling

SHARE = "share"
WORDS = {
    "wait_days": "mean wait of a piece", "purchases_cost": "cost of purchases", "total_cost": "controllable cost",
    "exceptions_per_week": "workload", "expedites_per_week": "number of emergency orders",
    "service_on_time": "share of orders served on time", "lead_time_dispersion": "dispersion of lead times",
    "order_amplification": "order amplification", "recovery_days": "time to recover",
}  # fmt: skip
"""Measures in words; any other by its name."""
_UNITS = {
    "d": "days",
    "d/piece": "days",
    "share of lines": "share",
    "variance ratio": "",
    "standard deviation of log": "",
}


_WEEKLY = {"exceptions_per_week": "exceptions/week", "expedites_per_week": "orders/week"}


def measure_words(name: str) -> str:
    """``share of orders served on time``."""
    return WORDS.get(name, name.replace("_", " "))


def unit_words(name: str, unit: str, currency: str) -> str:
    """The unit of a measure as sentences have it: ``EUR/year`` of ``currency/year``, of ``1/week`` what is counted."""
    return _WEEKLY.get(name) or _UNITS.get(unit, unit.replace("currency", currency))


def margin_unit(row: Row, currency: str) -> str:
    """The unit of the margin of a row of VIABILITY_MEASURES: a share, or of a limit of 0 that of the measure."""
    if (row.get("margin_unit") or SHARE) == SHARE:
        return SHARE
    return unit_words(str(row["measure"]), str(row["margin_unit"]), currency)


def limit_narrative(
    row: Row, currency: str, *, past: bool = False, unset: bool = False, expert: bool = False
) -> Narrative:
    """One row of VIABILITY_MEASURES; ``past``: of the newest year of a record; ``unset``: nobody has set limits."""
    name = str(row["measure"])
    unit = unit_words(name, str(row["unit"] or ""), currency)
    tell = Telling("limits", "viability_measures", expert)
    tell.estimate(row, "value", unit, measure=name)
    for side in ("at_least", "at_most"):
        tell.put(side, row[side], unit, measure=name)
    bound = "unset" if unset else next((side for side in ("at_least", "at_most") if row[side] is not None), "")
    words = {
        "what": measure_words(name),
        "when": "In the last year of the record" if past else "Today",
    }
    tell.say(f"happened.{bound or 'free'}", **words, verdict=_verdict(row))
    return tell.narrative()


def _verdict(row: Row) -> str:
    low, high = (row["margin"] if row[f"margin_{end}"] is None else row[f"margin_{end}"] for end in ("low", "high"))
    if low is None or high is None or low <= 0 <= high:
        return "whether that is kept cannot be said"
    return "that is kept" if low > 0 else "that is missed"
