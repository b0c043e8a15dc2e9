"""A simulated run in words: service, what the waiting came from, what it costs, where to look first."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling

UNITS = {"d/piece": "days", "piece d": "piece d", "pieces": "pieces", "lines": "lines", "orders": "orders", "kg": "kg"}


def run_narrative(
    measures: pl.DataFrame,
    why: pl.DataFrame,
    counterfactuals: pl.DataFrame | None = None,
    *,
    scenario: str,
    currency: str,
    days: float,
    replications: int,
    expert: bool = False,
) -> Narrative:
    """Rows of MEASURES_TABLE, WHY and COUNTERFACTUALS of one scenario; ``days``: the counted time of one run."""
    tell = Telling("run", "measures", expert, {"scenario": scenario})
    tell.put("scenario", scenario, "scenario", source="measures.scenario")
    span(tell, days)
    tell.put("replications", replications, "runs", source="run.replications", measure="replications")
    measured(tell, measures.filter(pl.col("scenario") == scenario), currency)
    tell.say("happened.service")
    tell.say("happened.late")
    cause = _cause(tell, why, counterfactuals, scenario)
    tell.say(_cost(tell))
    tell.say("means.stock")
    if tell.value("late_share") == 0:
        tell.say("means.calm")
    tell.say(f"do.{cause or 'nothing'}")
    tell.say("sure.runs")
    return tell.narrative()


def span(tell: Telling, days: float | None) -> None:
    """The counted time of one run, in years where it is whole ones."""
    years = None if days is None else days / 365.0
    value, unit = (years, "years") if years is not None and years.is_integer() else (days, "days")
    tell.put("span", value, unit, source="settings.horizon_days", measure="horizon")


def _cost(tell: Telling) -> str:
    """Which text tells what makes the cost."""
    for name, text in (("penalty_cost", "means.cost"), ("waiting_cost", "means.cost_of_waiting")):
        if tell.has(name) and tell.value(name):
            return text
    return "means.cost_alone"


def measured(tell: Telling, rows: pl.DataFrame, currency: str) -> None:
    """Every measure of a scenario as a fact."""
    for row in rows.iter_rows(named=True):
        unit = unit_of(str(row["unit"] or ""), currency)
        tell.put(row["measure"], row["mean"], unit, low=row["low"], high=row["high"], measure=row["measure"],
                 source=f"measures.{row['measure']}")  # fmt: skip


def unit_of(unit: str, currency: str) -> str:
    """Unit of a measure as facts have it."""
    if unit.startswith("share"):
        return "share"
    return UNITS.get(unit, unit.replace("currency", currency))


def _cause(tell: Telling, why: pl.DataFrame, counterfactuals: pl.DataFrame | None, scenario: str) -> str:
    """The cause that most of the waiting is charged to, told with what goes away without it."""
    by_cause = why.group_by("cause").agg(pl.col("critical_share", "timeline_share").sum())
    ranked = by_cause.filter(pl.col("critical_share") > 0).sort("critical_share", "cause", descending=[True, False])
    if ranked.is_empty():
        return ""
    first: Row = ranked.row(0, named=True)
    cause = str(first["cause"])
    about = {"scenario": scenario, "cause": cause}
    tell.put("cause", cause, "cause", source="why.cause")
    tell.put("cause_share", first["critical_share"], "share", about=about, measure="cause_share",
             source="why.critical_share")  # fmt: skip
    tell.put("timeline_share", first["timeline_share"], "share", about=about, measure="cause_share",
             source="why.timeline_share")  # fmt: skip
    places = why.filter((pl.col("cause") == cause) & pl.col("entity_id").is_not_null()).sort(
        "critical_share", descending=True
    )
    if places.height:
        place: Row = places.row(0, named=True)
        tell.put("entity", place["entity_id"], str(place["entity_kind"]), source="why.entity_id")
    if counterfactuals is not None:
        for row in counterfactuals.filter((pl.col("scenario") == scenario) & (pl.col("cause") == cause)).to_dicts():
            if row["switched_off"] == "yes" and (row["low"] or 0.0) > 0.0:
                tell.put("removed", row["removed_days"], "piece d", low=row["low"], high=row["high"], about=about,
                         measure="waiting_days", source="counterfactuals.removed_days")  # fmt: skip
    for key in ("why.cause", "why.at", "why.without"):
        tell.say(key)
    return cause
