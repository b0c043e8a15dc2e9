"""One scenario against the network as it is, in words: what changes clear of noise, and whether it is worth it."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.run import span, unit_of
from spareverse.explainer.narratives.telling import Telling
from spareverse.network.scenario import Nature

TOLD = ("fill_rate", "late_share", "wait_days", "total_cost", "stock_value", "emergency_orders")
SLIGHT = 0.001
"""A change of service below this share, or of cost below this share of all cost, is hardly one, however clear."""
SERVICE, COST = {1: "better", -1: "worse", 0: ""}, {1: "dearer", -1: "cheaper", 0: ""}


def comparison_narrative(
    differences: pl.DataFrame,
    measures: pl.DataFrame,
    *,
    scenario: str,
    base: str,
    currency: str,
    replications: int,
    days: float | None = None,
    nature: Nature = "choice",
    expert: bool = False,
) -> Narrative:
    """Rows of DIFFERENCES and MEASURES_TABLE; ``base``: the scenario that others are compared with.

    ``days``: the counted time of one run, over which its costs are sums. ``nature``: what befalls the
    company is prepared for, not decided on; what changes pay alone changes no run.
    """
    tell = Telling("comparison", "differences", expert, {"scenario": scenario})
    tell.put("scenario", scenario, "scenario", source="differences.scenario")
    tell.put("base", base, "scenario", source="measures.scenario")
    tell.put("replications", replications, "runs", source="run.replications", about={}, measure="replications")
    span(tell, days)
    for row in differences.filter((pl.col("scenario") == scenario) & pl.col("measure").is_in(TOLD)).to_dicts():
        unit = unit_of(str(row["unit"] or ""), currency).replace("share", "points")
        values = {"change": row["difference"], "change_low": row["low"], "change_high": row["high"]}
        tell.change(values, "change", unit, name=row["measure"], measure=row["measure"],
                    source=f"differences.{row['measure']}")  # fmt: skip
    _levels(tell, measures, scenario, base, currency)
    tell.put("slight_points", SLIGHT, "points", about={}, source="what counts as a change", measure="fill_rate")
    tell.put("slight_share", SLIGHT, "share", about={}, source="what counts as a change", measure="total_cost")
    if nature == "pay":
        tell.say("happened.pay")
        tell.say("do.pay")
        return tell.narrative()
    verdict = _verdict(tell)
    traded = nature == "event" and verdict in ("better_dearer", "worse_cheaper")  # nobody bought or saved anything
    tell.say(f"{'befell' if traded else 'happened'}.{verdict}")
    for measure in TOLD:
        clear = tell.clear(measure)
        over = "_over" if measure == "total_cost" and tell.has("span") else ""
        tell.say(f"{measure}.{'rise' if clear > 0 else 'fall'}{over}" if clear else f"unclear.{measure}")
    tell.say(f"{'prepare' if nature == 'event' else 'do'}.{verdict}")
    tell.say("sure.runs")
    return tell.narrative()


def _levels(tell: Telling, measures: pl.DataFrame, scenario: str, base: str, currency: str) -> None:
    """What each measure is under both, for those who ask."""
    for row in measures.filter(pl.col("measure").is_in(TOLD)).to_dicts():
        if row["scenario"] not in (scenario, base):
            continue
        end = "level" if row["scenario"] == scenario else "base"
        tell.put(f"{row['measure']}_{end}", row["mean"], unit_of(str(row["unit"] or ""), currency), low=row["low"],
                 high=row["high"], measure=row["measure"], about={"scenario": row["scenario"]},
                 source=f"measures.{row['measure']}")  # fmt: skip


def _verdict(tell: Telling) -> str:
    service, cost = tell.clear("fill_rate") or -tell.clear("late_share"), tell.clear("total_cost")
    changed = (0 if _slight_service(tell) else service), (0 if _slight_cost(tell) else cost)
    words = [word for word in (SERVICE[changed[0]], COST[changed[1]]) if word]
    return "_".join(words) or ("hardly" if service or cost else "nothing")


def _slight_service(tell: Telling) -> bool:
    return all(abs(tell.value(name) or 0.0) < SLIGHT for name in ("fill_rate", "late_share"))


def _slight_cost(tell: Telling) -> bool:
    change, base = tell.value("total_cost"), tell.value("total_cost_base")
    return change is not None and base is not None and abs(change) < SLIGHT * abs(base)
