"""Which plan is shown: the plan of record or a trial; how one becomes the other; what must be known before deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.service.plans import OPTIMISE
from spareverse.web.pages import plan_run
from spareverse.web.pages.cards import box, button, note_bar, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import moment

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan

MOST_PLANS = 30
"""How many kept plans are offered."""
RECORD, TRIAL = "plan of record", "trial"


def bars(place: Place, plan: Plan) -> None:
    """What must be known before anything is decided."""
    if plan.failed:
        bar = note_bar(
            "This plan failed its proof: made the same way on the earlier history, it did not keep its promise on what "
            "came. The back-test says why, and what to do.",
            tone="bad",
            icon="gpp_bad",
        )
        bar.props("data-failed")
        with bar:
            button("Back-test", slim=True, href=place.link("/backtest", backtest=plan.proof.get("backtest")))
    if not plan.adopted:
        _trial(place, plan)
    elif place.workspace.plans.stale(plan.document):
        with note_bar("Files were imported or undone, or costs changed, since this plan was made.", icon="update"):
            button("Plan again", lambda: plan_run.start(place, plan_run.wish_of(plan)), slim=True)


def _trial(place: Place, plan: Plan) -> None:
    """A trial says so, and offers to become the plan."""
    leading = place.workspace.plans.adopted_ids()
    words = "This is a trial: nothing follows from it. " + (
        "Decisions, worklist, promises and exports go with the plan of record."
        if leading
        else "No plan has been adopted yet: make it the plan to decide on its changes."
    )
    with note_bar(words, icon="science").props("data-trial"):
        button("Make this the plan", lambda: _adopt(place, plan), icon="check", slim=True, main=True).props(
            "data-adopt"
        )
        if leading:
            button("Plan of record", slim=True, href=place.link("/plan"))


def chooser(place: Place, plan: Plan) -> None:
    """All kept plans, each with what it is, and the way back for the one that was adopted."""
    plans = place.workspace.plans
    ids, leading = plans.ids()[:MOST_PLANS], plans.adopted_ids()[:1]
    names = {run: _name(place, run, RECORD if run in leading else TRIAL) for run in ids}
    with box("row-gap"):
        if len(ids) > 1:
            choice = ui.select(names, label="Plan", value=plan.id if plan.id in names else None).props(plan_run.LOOK)
            choice.style("width: 560px; max-width: 100%").props("data-plans")
            choice.on_value_change(lambda event: ui.navigate.to(place.link("/plan", plan=str(event.value))))
        if plan.id in leading:
            text("Plan of record", "grade")
            undo = button("Make it a trial again", lambda: _withdraw(place, plan), icon="undo", slim=True)
            undo.props('data-withdraw title="The plan adopted before it leads then, where there is one"')
        else:
            text("Trial", "grade")


def _name(place: Place, run: str, what: str) -> str:
    document = place.workspace.plans.document(OPTIMISE, run)
    words = plan_run.wish_words(document["wish"], place.workspace.currency)
    return f"{what.capitalize()}: {words}, made {moment(document.get('made_at'))} UTC"


def _adopt(place: Place, plan: Plan) -> None:
    try:
        plan.adopt()
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.to(place.link("/plan"))


def _withdraw(place: Place, plan: Plan) -> None:
    try:
        place.workspace.twin.withdraw(plan.id)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.to(place.link("/plan", plan=plan.id))
