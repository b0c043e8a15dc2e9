"""Warehouse options: all studies of the twin, the examples to start from, and the way to bring one's own."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse
from nicegui import app, events, run, ui

from spareverse.errors import SpareverseError
from spareverse.io.excel import write_tables
from spareverse.io.study_files import write_template
from spareverse.network.study_tables import STUDY_TABLES
from spareverse.service import uploads
from spareverse.service.studies import TABLE_FILES
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, note_bar, text, title
from spareverse.web.pages.files import send
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import moment, percent, plural

EXAMPLES: dict[str, tuple[str, str]] = {
    "el-thalji-2025": (
        "One critical part of a platform",
        "Physical, digital, enhanced physical and hybrid warehouse, as El-Thalji (2025) compares them.",
    ),
    "package-500": (
        "A package of 500 lines",
        "Tags, vendors and criticalities of a whole SPIR package, from its Excel workbook.",
    ),
    "wind-farm": (
        "An offshore wind farm",
        "Many turbines, weather windows, and down time that costs more in winter.",
    ),
}


def include(workspace: Workspace) -> None:
    page(workspace, "/warehouse", "Warehouse options")(show)

    @app.get("/files/study-template.xlsx")
    async def template() -> FileResponse:
        return await send("spareverse-package.xlsx", write_template)

    @app.get("/files/studies/{name}/package.xlsx")
    async def package(name: str) -> FileResponse:
        study = workspace.studies.definition(name)
        tables = {"lines": study.lines} | ({"stock_levels": study.stock} if study.stock.height else {})
        return await send(f"{name}-package.xlsx", lambda path: write_tables(path, tables, STUDY_TABLES))


def show(place: Place) -> None:
    title("Warehouse options", "Where should each spare live: on site, in a central warehouse, or as a file to print?")
    names = place.workspace.studies.names()
    if names:
        with box("tiles studies"):
            for name in names:
                _study(place, name)
    else:
        states.state(
            "warehouse",
            "No study yet",
            "A study compares ways to keep and supply a package of spare parts by simulation: availability, cost and "
            "CO2 of each, with intervals, and the filled SPIR workbook. Start from an example, or bring your own.",
        )
    with box("two"):
        _examples(place)
        Bring(place)


def _study(place: Place, name: str) -> None:
    """One study: what its newest run says, and how it stands."""
    studies = place.workspace.studies
    card_ = ui.element("a").classes("tile study").props(f"data-study={name}")
    card_.props["href"] = place.link(f"/warehouse/{name}")
    with card_:
        try:
            study = studies.definition(name)
            text(study.name, "section", "h2")
            text(f"{plural(len(study.options), 'option')} · {plural(study.lines.height, 'line')}", "quiet small")
            runs = studies.runs(name)
            if not runs:
                text("Not run yet.", "said")
                return
            newest = studies.run(name)
            text(newest.decision.headline, "said")
            changed = " · inputs changed since" if studies.stale(name, newest) else ""
            text(f"Run {moment(newest.document.get('made_at'))} UTC{changed}", "quiet small")
        except SpareverseError as error:
            text(name, "section", "h2")
            text(error.message, "said")
        job = studies.active(name)
        if job:
            text(f"Running: {percent(job.progress)}", "grade")


def _examples(place: Place) -> None:
    with card("Start from an example", "a copy that you may change"), box("stack"):
        for name, (heading, words) in EXAMPLES.items():
            with box("example"):
                with box("grow"):
                    text(heading, "strong")
                    text(words, "quiet small")
                start = button("Start", slim=True).props(f'data-example={name} aria-label="Start from {heading}"')
                start.on("click", lambda _, name=name: _start(place, name))


async def _start(place: Place, example: str) -> None:
    try:
        made = await run.io_bound(place.workspace.studies.create_example, example)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.to(place.link(f"/warehouse/{made}"))


class Bring:
    """The drop zone for a study file and its tables. What was dropped stays until the study is whole."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._files: list[Path] = []
        with card("Bring your own", "a study file (TOML) with the Excel, CSV or Parquet table it names"):
            self._zone = ui.upload(
                label="Drop both files here, or choose them with +",
                multiple=True,
                auto_upload=True,
                on_multi_upload=self._came,
            )
            self._zone.props(f'flat accept=".toml,{",".join(TABLE_FILES)}"').classes("drop").mark("drop")
            self._said = ui.element("div").classes("stack")
            with box("row-gap").style("margin-top: 10px"):
                button("Blank package workbook", icon="download", slim=True, href="/files/study-template.xlsx")

    async def _came(self, event: events.MultiUploadEventArguments) -> None:
        for file in event.files:
            path = self._room(file.name)
            await file.save(path)
            self._files = [*(one for one in self._files if one != path), path]
        self._said.clear()
        try:
            workspace = self._place.workspace
            made = await run.io_bound(workspace.studies.create, self._files, history=workspace.history())
        except SpareverseError as error:
            with self._said:
                note_bar(error.message, tone="bad", icon="error_outline")
                states.problems_table([vars(problem) for problem in error.problems])
                names = ", ".join(path.name for path in self._files)
                text(f"Here by now: {names}. Bring what is missing, or a mended file of the same name.", "quiet small")
            self._zone.reset()
            return
        uploads.discard(self._files[0])
        ui.navigate.to(self._place.link(f"/warehouse/{made}"))

    def _room(self, name: str) -> Path:
        """All files of one study lie in one folder."""
        if not self._files:
            return uploads.new_place(self._place.workspace.path, name)
        return self._files[0].parent / uploads.safe_name(name)
