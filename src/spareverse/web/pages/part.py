"""One part: the decision first, then the two figures that move with the sliders, then how sure and on what grounds."""

from __future__ import annotations

from typing import Any

import polars as pl
from nicegui import ui

from spareverse.errors import NotFound
from spareverse.explainer.plan import part_in_plan
from spareverse.figures.plan.lead_time_law import lead_time_law
from spareverse.network.plan_list import CHANGED, OPEN
from spareverse.service.workspace import Workspace
from spareverse.web.pages import decisions, part_evidence, part_history, states
from spareverse.web.pages.cards import box, button, card, link, note_bar, text, tile
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.home import stale_bar
from spareverse.web.pages.layout import page
from spareverse.web.pages.part_controls import Controls
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, known, money, number, percent

Row = dict[str, Any]
MODELS = (
    "The plan weighs all parts under one budget, “the part alone” only this part's own costs, both under the same "
    "demand; the headline and the figures below follow from its reorder cycles, and may differ."
)


def include(workspace: Workspace) -> None:
    page(workspace, "/part/{part_id:path}", "Part", "/portfolio")(show)


def show(place: Place) -> None:
    part_id, place_id = place.query["part_id"], place.query.get("place_id", "")
    try:
        analysis = place.workspace.analysis(place.window)
    except NotFound:
        text(part_id, "title", "h1")
        states.no_analysis(place) if place.workspace.has_data() else states.no_data(place)
        return
    part = analysis.part(part_id, place_id)
    row = part.row | _decision_of(place, part_id, place_id)
    planned = _planned(place, row)
    _crumb(place, row)
    controls = Controls(
        place, row, part.cycles, str(analysis.document.get("options", {}).get("lateness", "probability"))
    )
    with box("headline"):
        with box("words"):
            controls.sentence()
            if planned is None:
                _decided(row)
        if planned is None:
            with box("row-gap"):
                _answers(place, decisions.Proposals.of_analysis(place), row, open_=row["accept"] is None)
    stale_bar(place, analysis)
    _remarks(row)
    if planned is not None:
        _in_plan(place, planned)
    _tiles(place, row)
    controls.sliders()
    with box("two"):
        controls.figures()
    part_history.show(place, row, part.cycles)
    part_evidence.show(place, row, part.cycles, analysis, controls)


def _decision_of(place: Place, part_id: str, place_id: str) -> Row:
    """What the planner decided on this part; empty values while undecided."""
    found = place.workspace.twin.folder.decisions().filter(
        (pl.col("part_id") == part_id) & (pl.col("place_id") == place_id)
    )
    names = ("accept", "override_reorder_point", "comment")
    return {name: found[name][0] if found.height else None for name in names}


def _crumb(place: Place, row: Row) -> None:
    with box("crumb", "nav").props('aria-label="Breadcrumb"'):
        link("Portfolio", place.link("/portfolio"))
        text("›", tag="span")
        words = " · ".join(filter(None, (row["part_id"], row["description"], row["place_id"], row["category"])))
        text(words, tag="span")
        if row["criticality"]:
            text(f"criticality {row['criticality']}", tag="span")
        if row["supplier_id"]:
            text("· from", tag="span")
            link(row["supplier_id"], place.supplier(row["supplier_id"]))


def _decided(row: Row) -> None:
    if row["accept"] is None and row["override_reorder_point"] is None:
        return
    words = {"yes": "Accepted", "no": "Rejected: today's level stays", None: "Undecided"}[row["accept"]]
    if known(row["override_reorder_point"]):
        words = f"Overridden: hold {number(row['override_reorder_point'])}"
    text(words + (f" ({row['comment']})" if row["comment"] else ""), "quiet")


def _answers(place: Place, proposals: decisions.Proposals, row: Row, *, open_: bool) -> None:
    """Accept, reject and override what is proposed for one part."""
    after = ui.navigate.reload

    def answer(accept: str) -> None:
        decisions.decide(place, proposals, [row], accept, after=after)

    button("Accept", lambda: answer("yes"), icon="check", main=open_)
    button("Reject", lambda: answer("no"), icon="block")
    button("Override", lambda: decisions.override_dialog(place, proposals, [row], after), icon="edit")


def _remarks(row: Row) -> None:
    remarks = [words.strip() for words in (row["remarks"] or "").split(";") if words.strip()]
    if remarks:
        sentence = ". ".join(words[0].upper() + words[1:] for words in remarks)
        note_bar(sentence + ("" if sentence.endswith(".") else "."), icon="info")


def _planned(place: Place, row: Row) -> Row | None:
    """The part's row of the plan of record; None where no plan is adopted or it does not have the part."""
    plans = place.workspace.plans
    if not plans.adopted_ids():
        return None
    key = (pl.col("part_id") == row["part_id"]) & (pl.col("place_id") == (row["place_id"] or ""))
    found = plans.rows().frame.filter(key).to_dicts()
    return found[0] if found else None


def _in_plan(place: Place, planned: Row) -> None:
    """What the plan of record holds of this part, to be decided on, beside what the part alone would want."""
    plans = place.workspace.plans
    plan = plans.plan()
    proposals = decisions.Proposals(plans.rows(), plan.id, "reorder_point", pl.col("kind").is_not_null())
    with card() as holder:
        holder.props("data-in-plan")
        text(part_in_plan(planned, place.workspace.currency).text, tag="p")
        text(MODELS, "quiet small", "p")
        with box("row-gap").style("margin-top: 10px"):
            if planned["kind"] is not None:
                _answers(place, proposals, planned, open_=planned["state"] in (OPEN, CHANGED))
            button("Plan", icon="insights", href=place.link("/plan", search=planned["part_id"], view="all"))
            _decided(planned)
            if planned["state"] == CHANGED:
                text("The plan said something else then: to be decided again.", "quiet")
        law = plan.law(planned["part_id"], planned["place_id"] or "")
        if law is not None:
            _law(place, planned, *law)


def _law(place: Place, planned: Row, mass: list[float], step: float) -> None:
    """The demand over the lead time as the plan sees it, drawn when it is asked for."""
    with (
        ui.expansion("Demand over the lead time")
        .props("dense data-law")
        .classes("more")
        .style("margin-top: 8px") as fold
    ):
        slot = ui.element("div").style("width: 100%")

    def draw() -> None:
        if fold.value and not slot.default_slot.children:
            with slot:
                Drawing(place, lead_time_law(mass, step, planned, single_part=planned["single_part_reorder_point"]))

    fold.on_value_change(draw)


def _tiles(place: Place, row: Row) -> None:
    currency = place.workspace.currency
    today = (
        "no stock and no policy known"
        if row["current_source"] == "none"
        else f"today {number(row['current_cover'])} by {row['current_source']}"
    )
    with box("tiles six"):
        tile(
            "Hold",
            number(row["optimal_cover"]),
            unit="pieces",
            note=today,
            mark="hold",
            range_=interval(row["optimal_cover_low"], row["optimal_cover_high"]),
        )
        tile(
            "Stock-out risk",
            percent(row["optimal_risk"]),
            note=f"today {percent(row['current_risk'])}",
            mark="risk",
            range_=interval(row["optimal_risk_low"], row["optimal_risk_high"], share=True),
        )
        tile(
            "Late risk",
            percent(row["late_risk"]),
            note=f"longer than {number(row['expected_lead_time_days'])} days",
            range_=interval(row["late_risk_low"], row["late_risk_high"], share=True),
        )
        tile(
            "Cost",
            money(row["optimal_cost"]),
            unit=f"{currency}/day",
            note=f"today {money(row['current_cost'])}, saves {money(row['saving'])}",
        )
        tile(
            "Order", number(row["order_quantity"]), unit="pieces", note=f"today {number(row['current_order_quantity'])}"
        )
        tile(
            "Demand",
            number(row["pieces_sold"]),
            unit="pieces",
            note=f"{number(row['sales_lines'])} lines, {number(row['customers'])} customers",
        )
