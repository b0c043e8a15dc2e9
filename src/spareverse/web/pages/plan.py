"""Plan: which stock does most for its money, a budget to try, and the change list that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from fastapi.responses import FileResponse
from nicegui import app, events, run, ui

from spareverse.errors import NotFound, SpareverseError
from spareverse.explainer.plan import plan_summary
from spareverse.figures import numbers
from spareverse.figures.plan.models import model_shares
from spareverse.network.plan_list import STATES
from spareverse.service import uploads
from spareverse.service.plan_list import DECIDED, PLAN_LIST, PlanRows
from spareverse.service.plans import ADOPTED, OPTIMISE
from spareverse.service.workspace import Workspace
from spareverse.web.pages import decisions, grid, plan_limits, plan_record, plan_run, states
from spareverse.web.pages.cards import box, button, card, note_bar, notes, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.files import EXCEL, Texts, send, send_shown
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.plan_curve import Curve
from spareverse.web.pages.plan_grid import plan_look
from spareverse.web.pages.wording import day, moment, money, number, plural, unbroken

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan

FILLED_IN = (".xlsx", ".xlsm", ".csv")
_FILTERS = {
    "planner": "Planner",
    "demand_class": "Demand class",
    "action": "Do now",
    "evidence": "Evidence",
    "state": "Decision",
}
_VIEW_SUMS = {
    "to_decide": ("lines_gained", "lines a year gained"),
    "enter": ("value_change", "more in stock"),
    "leave": ("value_change", "less in stock"),
    "buy": ("action_money", "to spend"),
    "surplus": ("action_money", "not spent"),
    "never_moved": ("stock_value", "in stock"),
    "decided": ("lines_gained", "lines a year gained"),
    "all": ("stock_value", "in stock"),
}


def include(workspace: Workspace) -> None:
    page(workspace, "/plan", "Plan")(show)

    @app.get("/files/plans/{plan}/rows.xlsx")
    async def shown(
        plan: str, q: str = "", view: str = "", where: Texts = None, sort: str = "", columns: str = ""
    ) -> FileResponse:
        frame = workspace.plans.rows(plan).all(PLAN_LIST.query(where or (), q, sort, view))
        return await send_shown("Plan rows", plan_look(plan), frame, columns)

    @app.get("/files/plans/{plan}/plan.{ending}")
    async def export(plan: str, ending: str, undecided: bool = False) -> FileResponse:
        media = EXCEL if ending == "xlsx" else "text/csv"
        write = partial(workspace.plans.plan(plan).export, undecided=undecided)
        return await send(f"plan.{ending}", write, media)


def show(place: Place) -> None:
    plans = place.workspace.plans
    try:
        plan = plans.plan(place.query.get("plan") or (ADOPTED if plans.adopted_ids() else "latest"))
    except NotFound:
        if place.query.get("plan"):
            raise
        _nothing(place)
        return
    adopted = plan.adopted
    rows = plans.rows(plan.id)
    with box("headline"):
        with box("words"):
            title("Plan", _made(place, plan))
        plan_run.Wish(place, plan)
    plan_run.running(place, OPTIMISE, lambda job: ui.navigate.to(plan_run.result_link(place, job)))
    plan_record.bars(place, plan)
    plan_record.chooser(place, plan)
    summary = box("")

    def summarise() -> None:
        summary.clear()
        with summary:
            waiting = plans.to_decide() if adopted else None
            text(unbroken(plan_summary(plan.document, waiting).text), "paragraph", "p").props("data-summary")

    summarise()
    Curve(place, plan, rows)
    _list(place, plan, rows, summarise, adopted=adopted)
    plan_limits.show(place, plan)
    with box("two"):
        Drawing(place, model_shares(plan.demand))
        _assumed(plan)


def _nothing(place: Place) -> None:
    title("Plan", "Which stock of all parts does most for its money?")
    if not place.workspace.has_data():
        states.no_data(place)
        return
    if plan_run.running(place, OPTIMISE, lambda _: ui.navigate.reload()):
        return
    row = states.state(
        "insights",
        "No plan yet",
        "A plan spreads one budget over all parts so that it meets most of the demand at once, and is proved on the "
        "last quarter of the history before it is shown. Without a target it holds what today's rule holds.",
    )
    with row:
        plan_run.Wish(place, None)


def _made(place: Place, plan: Plan) -> str:
    document = plan.document
    words = plan_run.wish_words(document["wish"], place.workspace.currency)
    return (
        f"For {words} · demand known until {day(document['known_until'])} · made {moment(document.get('made_at'))} UTC"
    )


def _list(place: Place, plan: Plan, rows: PlanRows, summarise: Callable[[], None], *, adopted: bool) -> None:
    """The change list; what is decided on in it is counted anew here, and in what ``summarise`` writes."""
    look = plan_look(plan.id)
    view = PLAN_LIST.views.get(place.query.get("view", ""), next(iter(PLAN_LIST.views.values())))
    search = place.query.get("search", "")
    query = PLAN_LIST.query(place.where, search, place.query.get("sort", ""), view.name)
    with box("titles").props("id=list"):
        text("Change list", "title", "h2")
        left_out = _left_out(place, plan, rows, view.name)
        text(view.meaning + left_out + (f", matching “{search}”" if search else ""), "quiet", "p")
    slot = box("tiles eight")

    def show_views() -> None:
        slot.clear()
        with slot:
            _views(place, rows, view.name)

    def decided() -> None:
        show_views()
        summarise()

    show_views()
    one_place = rows.frame["place_id"].fill_null("").n_unique() <= 1
    visible = [name for name in look.default if not (one_place and name == "place_id")]
    with box("row-gap"):
        grid.row_count()
        if search:
            button(f"Search: {search}", icon="close", slim=True, href=place.here(search=None))
        if adopted:
            proposes = pl.col("kind").is_not_null()
            decisions.bar(place, decisions.Proposals(rows, plan.id, "reorder_point", proposes, decided))
        grid.tools(look, visible)
    with box("row-gap"):
        grid.filters(look, _choices(rows), place.where)
        ui.element("div").style("flex: 1")
        button("Change list", icon="download", slim=True, href=f"/files/plans/{plan.id}/plan.xlsx").props(
            'data-list-file title="The whole plan as Excel, to be filled in and brought back"'
        )
        if adopted:
            Filled(place, decided)
            button("Policies", icon="download", slim=True, href=f"/files/plans/{plan.id}/plan.csv").props(
                'data-policies title="What was accepted or has an own figure, for your planning system, as CSV"'
            )
    start = {"view": view.name} | ({} if adopted else {"plan": plan.id}) | ({"q": search} if search else {})
    grid.grid(place, look, query, start, place.where, visible, mark="plan")


def _left_out(place: Place, plan: Plan, rows: PlanRows, view: str) -> str:
    """How many actions a view leaves out because they are worth too little."""
    count = rows.small(view)
    if not count:
        return ""
    least = numbers.rough(plan.least_action, place.workspace.currency)
    return f"; {plural(count, 'action')} worth less than {least} only under All parts"


def _views(place: Place, rows: PlanRows, chosen: str) -> None:
    currency = place.workspace.currency
    for view in PLAN_LIST.views.values():
        shown = PLAN_LIST.query(view=view.name)
        column, words = _VIEW_SUMS[view.name]
        unit = "" if column == "lines_gained" else f" {currency}"
        total = rows.total(shown, column)
        if column == "lines_gained" and total < 0:
            words = words.replace("gained", "lost")
        total = abs(total)
        tile(
            view.title,
            number(rows.count(shown)),
            note=f"{money(total) if unit else number(total)}{unit} {words}",
            here=view.name == chosen,
            href=place.here(view=view.name, sort=None) + "#list",
            mark=view.name,
        )


def _choices(rows: PlanRows) -> dict[str, tuple[str, list[str]]]:
    """What the filters offer: column -> heading and values that occur."""
    found = {}
    for column, heading in _FILTERS.items():
        values = [str(value) for value in rows.frame[column].drop_nulls().unique().sort() if value]
        ordered = [state for state in STATES if state in values] if column == "state" else values
        if len(ordered) > 1:
            found[column] = (heading, ordered)
    return found


class Filled:
    """Brings a filled-in change list back: every decision in it, or none."""

    def __init__(self, place: Place, shown: Callable[[], object]) -> None:
        self._place, self._shown = place, shown
        self._zone = ui.upload(auto_upload=True, on_upload=self._came).props(f'accept="{",".join(FILLED_IN)}"')
        self._zone.style("display: none").mark("filled")
        bring = button("Bring back", icon="upload_file", slim=True)
        bring.props('data-bring title="The change list as you filled it in"')
        bring.on("click", js_handler=f"() => getElement({self._zone.id}).pickFiles()")

    async def _came(self, event: events.UploadEventArguments) -> None:
        workspace = self._place.workspace
        path = uploads.new_place(workspace.path, event.file.name)
        await event.file.save(path)
        try:
            read = await run.io_bound(workspace.twin.bring_back, path)
        except SpareverseError as error:
            self._refused(error)
            return
        finally:
            uploads.discard(path)
            self._zone.reset()
        if read is None:  # the server is being stopped
            return
        if read.decisions.is_empty():
            none = "The file holds no decision: Accept, Own figure and Comment are empty everywhere."
            ui.notify("Everything in the file was decided so before." if read.unchanged else none)
            return
        said = f"{plural(read.decisions.height, 'decision')} brought back"
        if read.on_other_figures:
            said += f", {number(read.on_other_figures)} of them on other figures than the plan's: still to decide"
        decisions.keep(self._place, read.decisions, said, self._after)

    def _after(self) -> None:
        decisions.refresh()
        self._shown()

    def _refused(self, error: SpareverseError) -> None:
        with ui.dialog() as dialog, ui.card().style("max-width: 900px; width: 90vw"):
            note_bar(error.message, tone="bad", icon="error_outline").props("data-refused")
            states.problems_table([vars(problem) for problem in error.problems])
            button("Close", dialog.close)
        dialog.on("hide", dialog.delete)
        dialog.open()


def _assumed(plan: Plan) -> None:
    """How the plan was made and what it takes for granted."""
    document: dict[str, Any] = plan.document
    wish = document["wish"]
    said = [str(line) for line in document.get("notices", [])]
    if wish.get("lead_time_days") is not None:
        said.append(f"Lead time where the data say nothing: {wish['lead_time_days']:g} days.")
    if wish.get("unit_cost") is not None:
        currency = document["summary"]["currency"]
        said.append(f"Cost of a piece where the data say nothing: {wish['unit_cost']:g} {currency}.")
    if wish.get("floors"):
        said.append("Kept at least: " + ", ".join(f"{k} {v}" for k, v in wish["floors"].items()) + " pieces.")
    if plan.least_action:
        least = numbers.rough(plan.least_action, document["summary"]["currency"])
        said.append(f"What to buy, move, cut or scrap now is listed from {least} on.")
    decided = f"Reorder points that planners decided themselves ({DECIDED.rsplit('|')[-1]}) are respected."
    with card("What was assumed") as holder:
        holder.props("data-assumed")
        notes([*said, decided])
