"""How the Observer's names are written in figures: disturbances, components, verdicts, measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.labels import join
from spareverse.figures.style import LIGHT

DISTURBANCES: Mapping[str, str] = {
    "none": "Undisturbed",
    "pulse": "Demand pulse",
    "outage": "Supplier outage",
    "lead-time": "Longer lead times",
    "closure": "Closed link",
    "capacity": "Half capacity",
}
COMPONENTS: Mapping[str, str] = {
    "loss": "demand left waiting", "recovery": "days to recover", "swing": "how far the stock swings",
    "firefighting": "emergency orders per demand", "waiting": "mean wait of a piece",
    "amplification": "how much more orders swing than demand",
}  # fmt: skip
VERDICTS: Mapping[str, str] = {
    "yes": "inside the limits", "no": "outside the limits", "unsure": "not sure", "default": "no limits set",
}  # fmt: skip
WITHIN_A_TENTH, OVER_A_TENTH = "at most a tenth worse than today", "over a tenth worse than today"
"""What is said of other points where the limits were taken from today."""
VERDICT_COLOURS: Mapping[str, str] = {"yes": LIGHT.early, "no": LIGHT.stock_out, "unsure": LIGHT.late}
VERDICT_SYMBOLS: Mapping[str, str] = {"yes": "circle", "no": "diamond", "unsure": "triangle"}
YEAR_DAYS = 365.0
NO_RUN = "Observe the company: the first answer takes a minute or two."


def disturbance_words(name: str) -> str:
    """``Supplier outage``."""
    return DISTURBANCES.get(name) or capital(plain_name(name))


def plain_name(name: object) -> str:
    """``fill rate`` of ``fill_rate``."""
    return str(name).replace("_", " ").replace("co2", "CO2")


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def point_words(name: str, kind: str) -> str:
    """A point of the map as it is called: ``today`` for that of now."""
    return "today" if kind == "now" else name


def verdict_words(point: Mapping[str, Any], *, short: bool = False) -> str:
    """Whether a point (of schema VIABILITY) keeps the limits; where nobody has set any, how it stands beside today.

    ``short``: said where it stands already that no limits are set.
    """
    if point["viable"] != "default" or point["kind"] == "now":
        return VERDICTS.get(point["viable"] or "", "no limits known")
    low, high = point["margin_low"], point["margin_high"]
    if high is not None and high < 0:
        names = [plain_name(name) for name in (point.get("beyond") or "").split(", ") if name]
        told = f"{OVER_A_TENTH}{f' on {join(names)}' if names and not short else ''}"
    else:
        told = WITHIN_A_TENTH if low is not None and low >= 0 else f"perhaps {OVER_A_TENTH}"
    return told if short else f"{told} (limits not set)"


def margin_words(row: Mapping[str, Any], currency: str) -> str:
    """The margin of a point or a measure: a share of its limit; of a limit of 0 in the unit of the measure."""
    return quantity(*three(row, "margin"), row.get("margin_unit") or "share", currency)


def quantity(
    value: float | None, low: float | None, high: float | None, unit: str | None, currency: str = "", *,
    limits: bool = True,
) -> str:  # fmt: skip
    """A figure of the Observer with its interval in its unit: shares in per cent, ``currency`` by its name."""
    unit = (unit or "").replace("currency/d", "currency/day").replace("currency", currency or "currency")
    if unit.startswith("share"):
        return numbers.measured(value, low, high, share=True, limits=limits)
    unit = {"d": "days", "1/week": "a week", "piece d/d": "pieces", "d/piece": "days"}.get(unit, unit)
    return numbers.measured(value, low, high, unit, limits=limits)


def change(
    value: float | None, low: float | None, high: float | None, unit: str | None, currency: str = "", *,
    limits: bool = True,
) -> str:  # fmt: skip
    """A difference with its sign; of shares in percentage points. Errors of floats are no difference."""
    value, low, high = map(numbers.settled, (value, low, high))
    told = quantity(value, low, high, unit, currency, limits=limits)
    if (unit or "").startswith("share"):
        told = told.replace(" %", " points", 1)
    return f"+{told}" if value is not None and value > 0 and not told.startswith("0 ") else told


def advised(row: Mapping[str, Any]) -> str:
    """What a recommendation is, after what is to be minded of it first."""
    title = str(row["title"] or row["nudge_id"])
    return f"{capital(row['caution'])}. {title}" if row["caution"] else title


def held_against(recommendations: pl.DataFrame, currency: str) -> str:
    """Over which time, and beside which cost, the changes of recommendations stand."""
    acting = recommendations.filter(pl.col("cost_today").is_not_null(), pl.col("kind") != "incentive").head(1)
    if acting.is_empty():
        return ""
    row = acting.row(0, named=True)
    today = numbers.rough(row["cost_today"], f"{currency}/day")
    span = numbers.count(row["simulated_days"], "day")
    return f"All are means over {span} simulated ahead; doing nothing costs {today} there."


def two_costs(coherence: pl.DataFrame, measures: pl.DataFrame, document: Mapping[str, Any]) -> str:
    """Why the cost of now beside the incentives is not the total cost beside the limits; nothing where one is unknown.

    ``measures``: schema VIABILITY_MEASURES; ``document``: of the observation.
    """
    now, total = coherence.sort("rho").head(1), measures.filter(point="now", measure="total_cost")
    if now.is_empty() or total.is_empty():
        return ""
    scored, held = now.row(0, named=True), total.row(0, named=True)
    value, low, high = (None if end is None else end / YEAR_DAYS for end in three(held, "value"))
    over = "" if scored["simulated_days"] is None else f" over {numbers.span(scored['simulated_days'])}"
    runs, others = scored["replications"], document["runs"]["now"]["replications"]
    cost = quantity(value, low, high, "currency/d", document["currency"])
    told = f"Cost now is the mean of {numbers.count(runs, 'run')}{over}; total cost beside the limits, {cost}, is that"
    told += f" of {numbers.count(others, 'other run')} over two years after one to settle."
    known = low is not None and high is not None and scored["cost_now_low"] is not None
    if known and low <= scored["cost_now_high"] and scored["cost_now_low"] <= high:
        return f"{told} They differ by chance."
    return f"{told} Other years are looked at."


def three(row: Mapping[str, Any], name: str) -> tuple[float | None, float | None, float | None]:
    """A figure of a row with its limits."""
    return row[name], row[f"{name}_low"], row[f"{name}_high"]


def clear(low: float | None, high: float | None) -> bool:
    """Whether a change is beyond its noise."""
    return low is not None and high is not None and (low > 0 or high < 0)
