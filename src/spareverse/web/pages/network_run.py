"""Running the network: which scenarios, how often, from when; and how a network comes into a twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import events, run, ui

from spareverse.errors import SpareverseError
from spareverse.service import uploads
from spareverse.service.universe import BUILD, SIMULATE
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, note_bar, title
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.service.jobs import Job
    from spareverse.twin.built_network import BuiltNetwork

LOOK = "outlined dense options-dense stack-label"
WORKBOOKS = (".xlsx", ".xlsm")


def no_network(place: Place) -> None:
    """A twin without a network: make it of the record, or bring it."""
    title("Network", "What if a supplier stops for six weeks, a quay is closed, demand doubles: who waits, and why?")
    if _following(place, BUILD):
        return
    record = place.workspace.has_data()
    row = states.state(
        "hub",
        "No network yet",
        "A network has places, suppliers, links, parts, rules and customers. "
        + ("It can be made of the imported record, with every assumption said, or brought as a workbook."
           if record else "Bring it as a workbook, or import order files first and have it made of them."),
    )  # fmt: skip
    with row:
        if record:
            button("Build it from the record", lambda: _build(place), icon="hub", main=True).props("data-build")
        else:
            button("Import files", icon="upload_file", href=place.link("/data"))
        button("Blank workbook", icon="download", href="/files/network-template.xlsx")
    Bring(place)


def _build(place: Place) -> None:
    place.workspace.universe.order_build()
    ui.navigate.reload()


class Bring:
    """The drop zone for a network's workbook."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with card("Bring a network", "an Excel workbook with one sheet per table"):
            self._zone = ui.upload(
                label="Drop the workbook here, or choose it with +", auto_upload=True, on_upload=self._came
            )
            self._zone.props(f'flat accept="{",".join(WORKBOOKS)}"').classes("drop").mark("network")
            self._said = box("stack")

    async def _came(self, event: events.UploadEventArguments) -> None:
        workspace = self._place.workspace
        path = uploads.new_place(workspace.path, event.file.name)
        await event.file.save(path)
        self._said.clear()
        try:
            built = await run.io_bound(workspace.twin.import_network, path)
        except SpareverseError as error:
            with self._said:
                note_bar(error.message, tone="bad", icon="error_outline").props("data-refused")
                states.problems_table([vars(problem) for problem in error.problems])
            self._zone.reset()
            return
        finally:
            uploads.discard(path)
        if built is not None:  # None when the server is being stopped
            ui.navigate.to(self._place.link("/network"))


class RunForm:
    """Scenarios and the number of runs in one line; the rest behind a button."""

    def __init__(self, place: Place, built: BuiltNetwork) -> None:
        self._place = place
        names = place.workspace.universe.scenario_names()
        asked = [name for name in place.query.get("run", "").split(",") if name in names]
        with box("run-line"):
            self._scenarios = (
                ui.select(names, label="Scenarios beside the network as it is", value=asked, multiple=True)
                .props(f"{LOOK} use-chips data-scenarios")
                .style("min-width: 290px")
            )
            self._runs = ui.number("Runs", value=10, min=1, max=1000, precision=0).props(LOOK).style("width: 84px")
            with button("More", icon="tune", slim=True), ui.menu().props("no-auto-close"):
                self._more(built)
            button("Run", self._start, icon="play_arrow", main=True).props("data-run")
            if not names:
                button("Make a scenario", slim=True, icon="add", href=place.link("/scenarios/edit"))

    def _more(self, built: BuiltNetwork) -> None:
        with box("stack").style("padding: 14px; width: 300px"):
            self._seed = ui.number("Seed of the random numbers", value=1, min=0, precision=0).props(LOOK)
            hint = "days or YYYY-MM-DD" if built.start else "days"
            self._until = ui.input("End of the run", placeholder=hint).props(LOOK)
            self._from_state = ui.checkbox("Start from the stock and open orders of that day", value=True)
            self._from_state.set_visibility(built.start is not None)

    def _start(self) -> None:
        until = str(self._until.value or "").strip() or None
        wish: dict[str, Any] = {
            "scenarios": list(self._scenarios.value or []),
            "replications": int(self._runs.value or 10),
            "seed": int(self._seed.value if self._seed.value is not None else 1),
            "until": until,
            "from_state": bool(self._from_state.value),
        }
        start(self._place, wish)


def start(place: Place, wish: dict[str, Any]) -> None:
    """Order a simulation and go where its progress is seen."""
    try:
        place.workspace.universe.order(wish)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.to(place.link("/network"))


def running(place: Place) -> None:
    """Progress of what is under way, or why the last run was not done."""
    for kind in (BUILD, SIMULATE):
        _following(place, kind)


def _following(place: Place, kind: str) -> bool:
    universe = place.workspace.universe
    job = universe.active(kind)
    if job is not None:
        with card("Running", job.title) as holder:
            holder.props("data-progress")
            states.follow(place, job.id, lambda done: _ended(place, done))
        return True
    last = universe.last(kind)
    made = universe.made_at() if kind == SIMULATE else universe.network_made_at()
    if last is not None and last.status in ("failed", "interrupted") and (last.finished_at or "") > made:
        with card(f"{last.title}: not done") as holder:
            holder.props("data-not-done")
            states.failed_job(place, last)
    return False


def _ended(place: Place, job: Job) -> None:
    ui.navigate.to(result_link(place, job))


def result_link(place: Place, job: Job) -> str:
    """The page of what a finished job made."""
    result = job.result or {}
    if job.kind == "counterfactuals":
        asked = job.arguments
        return place.link("/network", simulation=asked["simulation"], scenario=asked["scenario"], tab="why")
    return place.link("/network", simulation=result.get("simulation"))
