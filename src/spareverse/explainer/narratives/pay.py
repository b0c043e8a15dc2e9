"""Other pay in words: coherence and the price of misalignment before and after, and where all who follow it end up."""

from __future__ import annotations

import math

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling

COLUMNS = {"coherence": "coherence", "price": "price", "cost_drift": "cost", "fill_drift": "fill"}


def pay_narrative(now: Row, then: Row, currency: str, *, expert: bool = False) -> Narrative:
    """Rows of VIABILITY: of today, and of a scenario in which agents are paid otherwise.

    Limits are told to everybody: without them nobody could say whether anything changes.
    """
    tell = Telling("pay", "viability", expert)
    scenario = {"scenario": str(then["point"])}
    tell.put("scenario", then["point"], "scenario", source="viability.point")
    tell.put("one", 1, measure="scale", source="viability: the greatest an index can be")
    units = {"coherence": "", "price": f"{currency}/day", "cost_drift": f"{currency}/day", "fill_drift": "share"}
    measures = {"coherence": "coherence", "price": "price", "cost_drift": "total_cost", "fill_drift": "fill_rate"}
    periods = {"now": "today", "then": "after"}
    for column, name in COLUMNS.items():
        for end, row, about in (("now", now, {}), ("then", then, scenario)):
            tell.estimate(row, column, units[column], name=f"{name}_{end}", measure=measures[column], about=about,
                          period=periods[end], source=f"viability.{column}")  # fmt: skip
    _rise(tell, now, then)
    saved = _saved(tell, now, then, currency)
    for key in ("happened.price", "means.drift", saved, "means.service", "means.at_once", "sure.limits"):
        tell.say(key)
    return tell.narrative()


def _saved(tell: Telling, now: Row, then: Row, currency: str) -> str:
    """The key of what is said of the cost: what is saved or spent, or that the limits overlap."""
    ends = [row[f"cost_drift{end}"] for row in (now, then) for end in ("", "_low", "_high")]
    if ends[0] is None or ends[3] is None:
        return ""
    change = {"saved": ends[3] - ends[0]}
    if None not in ends:  # of two runs that are not paired
        wide = math.hypot(*(max(high - value, value - low) for value, low, high in (ends[:3], ends[3:])))
        change |= {"saved_low": change["saved"] - wide, "saved_high": change["saved"] + wide}
    tell.change(change, "saved", f"{currency}/day", measure="total_cost",
                source="viability.cost_drift of both, their difference")  # fmt: skip
    if None in ends or (ends[4] <= ends[2] and ends[5] >= ends[1]):
        return "means.saved_same"
    return "means.saved" if ends[3] < ends[0] else "means.spent"


def _rise(tell: Telling, now: Row, then: Row) -> None:
    """Whether coherence changes: beyond both intervals, or it is not said to."""
    if now["coherence"] is None or then["coherence"] is None:
        return
    way = "same"
    if then["coherence_low"] is not None and now["coherence_low"] is not None:
        way = "rise" if then["coherence_low"] > now["coherence_high"] else way
        way = "fall" if then["coherence_high"] < now["coherence_low"] else way
    change = then["coherence"] - now["coherence"]
    tell.change({"coherence_change": change}, "coherence_change", measure="coherence",
                source="viability.coherence of both, their difference", direction=_way(way))  # fmt: skip
    tell.say(f"happened.coherence_{way}")


def _way(word: str) -> int:
    return {"rise": 1, "fall": -1}.get(word, 0)
