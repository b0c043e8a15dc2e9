"""One study: left its inputs, right what the newest run says of them; stale results are marked."""

from __future__ import annotations

from typing import Any

from nicegui import events, run, ui

from spareverse.errors import SpareverseError
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.service import uploads
from spareverse.service.jobs import Job
from spareverse.service.studies import TABLE_FILES
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, note_bar, notes, text, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.warehouse_inputs import Inputs
from spareverse.web.pages.warehouse_results import Results
from spareverse.web.pages.warehouse_run import Progress, run_controls
from spareverse.web.pages.wording import moment, plural


def include(workspace: Workspace) -> None:
    page(workspace, "/warehouse/{study}", "Warehouse options", here="/warehouse")(show)


def show(place: Place) -> None:
    with box("crumb"):
        ui.html(f'<a class="link" href="{place.link("/warehouse")}">Warehouse options</a>', sanitize=False)
    StudyPage(place, place.query["study"])


MOST_RUNS = 30


def _size(document: dict[str, Any]) -> str:
    return f"{int(document.get('replications') or 0):,} runs, seed {document.get('seed', 0)}"


class StudyPage:
    """The two columns and what passes between them."""

    def __init__(self, place: Place, name: str) -> None:
        self._place, self._name = place, name
        self._studies = place.workspace.studies
        self._headline()
        with box("study-columns") as self._columns:
            with box("left", "aside").props('aria-label="Inputs of the study"'):
                self._package()
                with card() as inputs:
                    with box("head"):
                        text("Inputs", "section", "h2")
                        button("Undo", self._undo, icon="undo", slim=True).props('title="Take the last change back"')
                    inputs.props("data-inputs")
                    self._inputs = Inputs(place, name, self._changed)
            with box("right"):
                self._state = ui.element("div").classes("stack")
                self._running = ui.element("div").classes("stack")
                self._results = ui.element("div").classes("stack results")
        self._folded = False
        if self._studies.runs(name):
            self.fold()
        self._show_results()
        self._follow(self._studies.active(name))

    def _headline(self) -> None:
        """The name, and what must stay in reach whether or not the inputs are shown: Run."""
        study = self._studies.definition(self._name)
        with box("headline"):
            with box("words"):
                title(study.name, f"{plural(len(study.options), 'option')} for {plural(study.lines.height, 'line')}")
            run_controls(self._place, self._name, lambda: self._inputs, self._started)
            button("Inputs", self.fold, icon="view_sidebar").props(
                'data-fold title="Show the inputs, or put them away"'
            )

    def fold(self) -> None:
        """Put the inputs away, or back: results need the room once there are any."""
        self._folded = not self._folded
        self._columns.classes(add="folded") if self._folded else self._columns.classes(remove="folded")

    def _package(self) -> None:
        """The lines: how many, take them away as Excel, bring others; what was assumed of them."""
        study = self._studies.definition(self._name)
        with card() as holder:
            holder.props("data-package-card")
            with box("head"):
                text("Package", "section", "h2")
                self._lines = text(plural(study.lines.height, "line"), "quiet small num")
            zone = ui.upload(auto_upload=True, on_upload=self._replace).props(f'accept="{",".join(TABLE_FILES)}"')
            zone.style("display: none")
            with box("row-gap"):
                lines = button(
                    "Edit lines", icon="edit", slim=True, href=self._place.link(f"/warehouse/{self._name}/lines")
                )
                lines.props("data-edit-lines")
                button("Excel", icon="download", slim=True, href=f"/files/studies/{self._name}/package.xlsx")
                replace = button("Bring another", icon="upload_file", slim=True)
                replace.on("click", js_handler=f"() => getElement({zone.id}).pickFiles()")
            self._refused = ui.element("div").classes("stack")
            self._zone = zone
            self._notes = ui.element("div")
            self._show_notes()

    def _show_notes(self) -> None:
        self._notes.clear()
        told = self._studies.definition(self._name).notes
        with self._notes:
            if told:
                with ui.expansion(f"What was assumed ({len(told)})").props("dense").classes("more"):
                    notes(told)

    async def _replace(self, event: events.UploadEventArguments) -> None:
        path = uploads.new_place(self._place.workspace.path, event.file.name)
        await event.file.save(path)
        self._refused.clear()
        try:
            history = self._place.workspace.history()
            study = await run.io_bound(self._studies.replace_lines, self._name, path, history=history)
        except SpareverseError as error:
            with self._refused:
                note_bar(error.message, tone="bad", icon="error_outline")
                states.problems_table([vars(problem) for problem in error.problems])
        else:
            if study is not None:  # None when the server is being stopped
                self._lines.set_content(plural(study.lines.height, "line"))
            self._inputs.reload()
            self._changed()
        finally:
            uploads.discard(path)
            self._zone.reset()

    def _changed(self) -> None:
        """The inputs on disk are others, or wrong: say so above the results."""
        self._show_state()
        self._show_notes()

    async def _undo(self) -> None:
        if not await self._inputs.undo():
            ui.notify("Nothing was changed on this page.")

    def _started(self) -> None:
        self._follow(self._studies.active(self._name))

    def _follow(self, job: Job | None) -> None:
        self._running.clear()
        self._show_state()
        if job is not None:
            self._results.classes("of-before")
            with self._running:
                Progress(self._place, job, Comparison.of(self._studies.definition(self._name)), self._finished)

    def _finished(self, job: Job) -> None:
        self._running.clear()
        self._results.classes(remove="of-before")
        if job.status == "done":
            if len(self._studies.runs(self._name)) == 1 and not self._folded:
                self.fold()
            self._show_results(str((job.result or {}).get("run", "")))
        self._show_state()

    def _show_results(self, run_id: str = "") -> None:
        """The chosen run, else the one the address names, else the newest."""
        self._results.clear()
        runs = self._studies.runs(self._name)
        if not runs:
            return
        asked = run_id or self._place.query.get("run", "")
        chosen = asked if asked in runs else runs[0]
        with self._results:
            if len(runs) > 1:
                made = {run: self._studies.run(self._name, run).document for run in runs[:MOST_RUNS]}
                names = {run: f"{moment(told.get('made_at'))} UTC, {_size(told)}" for run, told in made.items()}
                choice = ui.select(names, label="Run", value=chosen if chosen in names else None)
                choice.props("outlined dense options-dense stack-label").style("width: 340px; max-width: 100%")
                choice.on_value_change(lambda event: self._show_results(str(event.value)))
            Results(self._place, self._name, self._studies.run(self._name, chosen))

    def _show_state(self) -> None:
        """What must be known before the results are read: none yet, stale, the last run failed."""
        self._state.clear()
        runs, last = self._studies.runs(self._name), self._studies.last(self._name)
        with self._state:
            if self._studies.active(self._name) is not None:
                return
            if last is not None and last.status in ("failed", "interrupted"):
                states.failed_job(self._place, last)
            elif last is not None and last.status == "cancelled":
                note_bar("The last run was cancelled; nothing of it was kept.")
            if not runs and self._inputs.wrong:
                states.state("error_outline", "Not run yet", "Mend the inputs marked red first, or take them back.")
            elif not runs:
                states.state(
                    "query_stats",
                    "Not run yet",
                    "The inputs are in order. Run simulates every option under the same random numbers until the "
                    "answer is as sure as wanted; it can be ended early at any time.",
                )
            elif self._studies.stale(self._name, newest := self._studies.run(self._name)):
                words = "Inputs changed since this run: the results below are of the inputs before."
                bar = note_bar(words, icon="history")
                bar.props("data-stale")

                async def restore() -> None:
                    await run.io_bound(self._studies.restore, self._name, newest)
                    self._inputs.reload()
                    self._changed()

                with bar:
                    button("Take its inputs back", restore, slim=True, icon="undo")
