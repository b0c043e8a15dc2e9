"""What to hold of one part, as a planner would say it: the decision, how sure it is, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spareverse.explainer.facts import Narrative
from spareverse.explainer.wording import Wording
from spareverse.figures.risk_curve import risk_at

UNSUPPORTED = 0.05
"""Below this Anderson-Darling p-value a Weibull is not supported by the lead times."""

MEASURES = {
    "optimal_cover": "cover", "current_cover": "cover", "optimal_risk": "stock_out_risk",
    "current_risk": "stock_out_risk", "order_quantity": "order_quantity", "cycles": "cycles",
    "open_lines": "open_lines", "saving": "saving", "stock_value_change": "stock_value",
}  # fmt: skip
PERIODS = {
    "optimal_cover": "proposed", "optimal_risk": "proposed", "current_cover": "today", "current_risk": "today",
}  # fmt: skip


def part_decision(
    row: Mapping[str, Any], currency: str, *, cover: float | None = None, cost: float | None = None
) -> Narrative:
    """The decision for one row of PART_RESULTS.

    ``cover`` [pieces] and ``cost`` [currency/day] replace the proposal where someone tries another stock level.
    """
    if cover is not None:
        row = {**row, **_tried(row, cover, cost)}
    about = {kind: str(row[f"{kind}_id"]) for kind in ("part", "place") if row[f"{kind}_id"]}
    write = Wording(row, "parts", currency, about=about, measures=MEASURES, periods=PERIODS)
    if not write.has("optimal_cover"):
        return write.narrative(*_undecided(write, row))
    tried = cover is not None
    return write.narrative(
        _headline(write, row, tried=tried),
        _evidence(write, row),
        "" if tried else _worth(write, row),
        _fit(write, row),
        _assumed(row),
    )


def _tried(row: Mapping[str, Any], cover: float, cost: float | None) -> dict[str, Any]:
    curves = {
        "optimal_risk": "risk_curve",
        "optimal_risk_low": "risk_curve_low",
        "optimal_risk_high": "risk_curve_high",
    }
    risks = {column: risk_at(row, cover, curve) for column, curve in curves.items()}
    no_limits = {"optimal_cover_low": None, "optimal_cover_high": None}
    return {"optimal_cover": cover, "optimal_cost": cost, **no_limits, **risks}


def _headline(write: Wording, row: Mapping[str, Any], *, tried: bool) -> str:
    known_today = row["current_source"] != "none"
    same = known_today and row["current_cover"] == row["optimal_cover"]
    today = ""
    if known_today and not same:
        where = " in stock" if row["current_source"] == "stock" else ""
        today = f" (today {write.pieces('current_cover')}{where})"
    clauses = [f"stock-out risk {write.percent_interval('optimal_risk')}"]
    if today and write.has("current_risk"):
        clauses[0] += f" instead of {write.percent('current_risk')}"
    if write.has("optimal_cost"):
        clauses.append(write.money("optimal_cost", "day"))
    if write.has("order_quantity"):
        clauses.append(f"order {write.pieces('order_quantity')} at a time")
    verb = "Keep" if same and not tried else "Hold"
    text = f"{verb} {write.pieces('optimal_cover')}{today}: {', '.join(clauses)}."
    return text if known_today else f"{text} Today's reorder point and stock are not known."


def _evidence(write: Wording, row: Mapping[str, Any]) -> str:
    grade = str(row["evidence"])
    if grade == "borrowed":
        text = "Borrowed evidence: no completed cycle"
    else:
        text = f"{grade.capitalize()} evidence: {write.count('cycles', 'cycle')}"
    if row["open_lines"]:
        text += f", {write.whole('open_lines')} open"
    if grade == "borrowed" and write.has("lead_time_group"):
        return f"{text}; lead times come from the group {write.name('lead_time_group')}."
    if grade == "weak" and write.has("lead_time_group"):
        return f"{text}; pooled with the group {write.name('lead_time_group')}."
    return text + "."


def _worth(write: Wording, row: Mapping[str, Any]) -> str:
    """What the change saves and what stock it binds or frees."""
    if row["current_source"] == "none" or not row["change"] or not write.has("saving", "unit_cost"):
        return ""
    bound = float(row["change"]) * float(row["unit_cost"])
    more = 1 if bound > 0 else -1
    write.derive("stock_value_change", bound, "parts.change x parts.unit_cost", direction=more)
    amount = write.money("stock_value_change")
    binds = f"binds {amount} more stock" if bound > 0 else f"frees {amount} of stock"
    if float(row["saving"]) <= 0:
        return f"The change {binds}."
    return f"The change saves {write.money('saving', 'day')} and {binds}."


def _fit(write: Wording, row: Mapping[str, Any]) -> str:
    if not write.has("weibull_p_value") or row["weibull_p_value"] >= UNSUPPORTED:
        return ""
    p_value = write.number("weibull_p_value", 2)
    return (
        f"A Weibull is not supported by this part's own lead times (Anderson-Darling p = {p_value}): "
        "look at the probability plot before trusting the late risk."
    )


def _assumed(row: Mapping[str, Any]) -> str:
    return {
        "category": "The unit cost is the median of the category, an assumption.",
        "assumed": "The unit cost is an assumption.",
    }.get(str(row["unit_cost_source"]), "")


def _undecided(write: Wording, row: Mapping[str, Any]) -> list[str]:
    """No proposal: what is missing, the next step, and what is known all the same."""
    if row["expected_lead_time_source"] == "missing" or not write.has("expected_lead_time_days"):
        first = "No decision yet: the expected lead time is missing, so it cannot be said how often supply is late."
        step = "Import purchase lines with promised dates, or a parts table with expected_lead_time_days."
    else:
        first = "No decision yet: the data cannot carry one for this part."
        step = "Look at the remarks of the part, then import its purchase and sales lines."
    known = ""
    if row["current_source"] != "none" and write.has("current_risk"):
        risk = write.percent_interval("current_risk")
        known = f"With today's {write.pieces('current_cover')} the stock-out risk is {risk}."
    return [first, step, known, _evidence(write, row)]
