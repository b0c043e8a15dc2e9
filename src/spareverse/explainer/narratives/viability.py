"""The viability of the system in words: inside its limits or not, what pulls it apart, what shakes it, what to do."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.limits import margin_unit
from spareverse.explainer.narratives.telling import Row, Telling

Tables = Mapping[str, pl.DataFrame]
DISTURBANCES: Mapping[str, str] = {
    "pulse": "demand pulse", "outage": "supplier outage", "lead-time": "lead-time stretch", "closure": "link closure",
    "capacity": "capacity loss",
}  # fmt: skip
"""Scenarios of the battery as sentences have them, and as the check knows them."""


def viability_narrative(tables: Tables, currency: str, *, expert: bool = False) -> Narrative:
    """The tables of the Observer by name, any of them may be missing: viability, viability_measures, coherence,
    externalities, homeostasis, recommendations."""
    tell = Telling("viability", "viability", expert)
    tell.put("one", 1, measure="scale", source="viability: the greatest an index can be")
    verdict = _where(tell, tables, currency)
    tell.say(f"happened.{verdict}" if verdict else "happened.none")
    tell.say("happened.axes")
    _coherence(tell, tables, currency)
    _homeostasis(tell, tables)
    _recommendation(tell, tables, currency)
    tell.say("sure.runs")
    return tell.narrative()


def _first(tables: Tables, name: str, *conditions: pl.Expr, by: str = "", descending: bool = False) -> Row | None:
    """The first row of a table that meets conditions, in the order of a column."""
    table = tables.get(name)
    if table is None:
        return None
    found = table.filter(*conditions) if conditions else table
    if by:
        found = found.drop_nulls(by).sort(by, descending=descending)
    return found.row(0, named=True) if found.height else None


def _where(tell: Telling, tables: Tables, currency: str) -> str:
    point = _first(tables, "viability", pl.col("kind") == "now")
    if point is None:
        return _record(tell, tables)
    for axis in ("coherence", "homeostasis"):
        tell.estimate(point, axis, measure=axis, period="today")
    # the limit that decides: the one an interval crosses, else the one with the least margin
    by = "margin_low" if point["viable"] == "unsure" else "margin"
    nearest = _first(tables, "viability_measures", pl.col("point") == point["point"], by=by)
    if nearest is None:
        return ""
    tell.put("measure", str(nearest["measure"]).replace("_", " "), "measure", source="viability_measures.measure")
    tell.estimate(
        nearest,
        "margin",
        margin_unit(nearest, currency),
        measure="margin",
        source="viability_measures.margin",
        period="today",
    )
    return str(point["viable"])


def _record(tell: Telling, tables: Tables) -> str:
    """Of a record alone: its newest year, by what stands for the axes."""
    point = _first(tables, "viability", pl.col("kind") == "past", by="until", descending=True)
    if point is None:
        return ""
    for axis in ("coherence", "homeostasis"):
        tell.estimate(point, axis, name=f"{axis}_of_record", measure=axis)
    return "record"


def _coherence(tell: Telling, tables: Tables, currency: str) -> None:
    row = _first(tables, "coherence", by="rho")
    if row is None:
        return
    daily = f"{currency}/day"
    tell.change(row, "price", daily, measure="price", source="coherence.price")
    for name, unit in (("replications", "runs"), ("parts", ""), ("parts_in_all", "parts")):
        tell.put(
            name, row[name], unit, source=f"coherence.{name}", measure="replications" if unit == "runs" else "parts"
        )
    tell.put("rho", row["rho"], "steps", source="coherence.rho", measure="box")
    tell.say("why.price" if tell.clear("price") > 0 else "why.aligned")
    harm = _first(tables, "externalities", pl.col("rho") == row["rho"], pl.col("on") == "enterprise",
                  pl.col("clear") == "yes", pl.col("change") > 0, by="change", descending=True)  # fmt: skip
    if harm is not None:
        about = {"agent": str(harm["mover"])}
        tell.put("mover", harm["mover"], "agent", source="externalities.mover")
        values = {"harm": harm["change"], "harm_low": harm["change_low"], "harm_high": harm["change_high"]}
        tell.change(values, "harm", daily, measure="total_cost", about=about, source="externalities.change")
        tell.say("why.conflict")


def _homeostasis(tell: Telling, tables: Tables) -> None:
    worst = _first(tables, "homeostasis", by="h")
    if worst is None:
        return
    disturbance = DISTURBANCES.get(str(worst["disturbance"]), str(worst["disturbance"]))
    about = {"component": str(worst["component"])} | ({"disturbance": disturbance} if disturbance != "none" else {})
    tell.put("component", worst["component"], "component", source="homeostasis.component")
    tell.put("disturbance", disturbance, "disturbance", source="homeostasis.disturbance")
    values = {f"component_value{end}": worst[f"value{end}"] for end in ("", "_low", "_high")}
    unit = {"d": "days"}.get(str(worst["unit"] or ""), str(worst["unit"] or ""))
    tell.estimate(values, "component_value", unit, about=about, source="homeostasis.value")
    tell.estimate(worst, "h", measure="homeostasis", about=about, source="homeostasis.h")
    tell.say("why.undisturbed" if disturbance == "none" else "why.weakest")


def _recommendation(tell: Telling, tables: Tables, currency: str) -> None:
    if "recommendations" not in tables:  # none was tried: of a record alone nothing can be simulated
        return
    row = _first(tables, "recommendations", pl.col("verdict") == "survives", by="rank")
    if row is None:
        tell.say("do.nothing")
        return
    recommended(tell, row, currency)
    tell.say("do.nudge")
    cost, fill = tell.clear("cost_change"), tell.clear("fill_change")
    tell.say({1: "do.costs", -1: "do.saves", 0: "do.effect"}[cost])
    if fill:
        tell.say("do.fill" if fill > 0 else "do.less")
    tell.say("do.span")
    tell.say("do.meant" if row["kind"] == "incentive" else "do.side")


def recommended(tell: Telling, row: Row, currency: str) -> None:
    """The facts of one row of RECOMMENDATIONS, which are about its title: that names what is to be done, and where.

    What is to be minded of it is told before it is named.
    """
    title = str(row["title"] or "").rstrip(".")
    about = {TEXT: title} if title else {}
    tell.put("title", title, TEXT, source="recommendations.title")
    source = "recommendations"
    tell.change(
        row, "cost_change", f"{currency}/day", measure="total_cost", about=about, source=f"{source}.cost_change"
    )
    tell.change(row, "fill_change", "points", measure="fill_rate", about=about, source=f"{source}.fill_change")
    tell.put("side_effects", str(row["side_effects"] or "").rstrip("."), TEXT, source=f"{source}.side_effects")
    tell.put("simulated_days", row.get("simulated_days"), "days", measure="horizon", source=f"{source}.simulated_days")
    tell.put("caution", row.get("caution"), TEXT, source=f"{source}.caution")
    tell.say("do.caution")
