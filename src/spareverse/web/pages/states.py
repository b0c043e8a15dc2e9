"""What stands where there is nothing to show yet: empty, loading, failed; and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.service.jobs import Job
from spareverse.web.pages.cards import Cell, box, button, link, note_bar, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import duration, percent


def state(icon: str, say: str, next_: str) -> ui.element:
    """A sentence and the next step; returns the row for its buttons."""
    with box("state"):
        ui.icon(icon).props("aria-hidden=true")
        text(say, "say")
        text(next_, "next")
        return ui.element("div").classes("row-gap")


def no_data(place: Place) -> None:
    """A twin into which nothing was imported."""
    row = state(
        "upload_file",
        "This twin has no order files yet" if place.workspace.universe.has_network() else "This twin has no data yet",
        "Bring the purchase lines and the sales lines (or goods issues) as your system exports them. "
        "The product recognises the columns and shows what it understood before anything is written.",
    )
    network = place.workspace.universe.has_network()
    with row:
        if network:
            button("Open its network", icon="hub", main=True, href=place.link("/network"))
        button("Import files", icon="upload_file", main=not network, href=place.link("/data"))
        button("Blank template", icon="download", href="/files/template.xlsx")


def no_analysis(place: Place) -> None:
    """Data are there, but this window was never computed: offer to compute it and show the progress."""
    job = place.workspace.jobs.find("analyse", place.window.texts)
    if job:
        computing(place, job)
        return
    window = place.window
    what = f"The window {window.since} to {window.until} has not been computed" if window.texts else "Not analysed yet"
    row = state(
        "query_stats",
        what,
        "The analysis fits lead times and demand of every part and prices what to hold. It takes seconds.",
    )

    def start() -> None:
        place.workspace.order_analysis(place.window)
        ui.navigate.reload()

    with row:
        button("Analyse now", start, icon="play_arrow", main=True)


def computing(place: Place, job: Job) -> None:
    """Progress of the job this page waits for; the page opens itself when it is done."""
    row = state("hourglass_top", "Computing this window", "The page opens by itself when the work is done.")
    with row:
        follow(place, job.id, lambda done: ui.navigate.reload())


def follow(place: Place, job_id: str, on_done: Callable[[Job], None]) -> None:
    """A progress line that follows a job and calls back once it has ended."""
    with box("stack").style("width: 420px; max-width: 100%"):
        with box("bar").props("role=progressbar aria-valuemin=0 aria-valuemax=100") as bar:
            fill = ui.element("div").style("width: 0%")
        says = ui.label("Waiting").classes("quiet small num")
        stop = button("Cancel", lambda: place.workspace.jobs.cancel(job_id), slim=True)

    def look() -> None:
        job = place.workspace.jobs.get(job_id)
        fill.style(f"width: {job.progress:.0%}")
        bar.props(f"aria-valuenow={job.progress * 100:.0f}")
        left = f", about {duration(job.remaining_seconds)} left" if job.remaining_seconds else ""
        says.text = f"{percent(job.progress)} · {job.what or job.status}{left}"
        if job.finished:
            timer.deactivate()
            stop.delete()
            on_done(job)

    timer = ui.timer(0.25, look)


def failed_job(place: Place, job: Job) -> None:
    """Why a job failed, with every problem it found."""
    problem = job.problem or {}
    words = {"cancelled": "The work was cancelled; the twin is as it was.",
             "interrupted": "The server stopped while this ran; the twin is as it was. Repeat it."}  # fmt: skip
    with box("stack").style("margin-top: 10px"):
        note_bar(
            str(problem.get("message") or words.get(job.status, "The work failed.")), tone="bad", icon="error_outline"
        )
        problems_table([dict(found) for found in problem.get("problems", [])])


def problems_table(problems: list[dict[str, object]]) -> None:
    if not problems:
        return
    names = ("file", "row", "column", "value", "reason", "remedy")
    shown = [name for name in names if any(found.get(name) not in (None, "") for found in problems)]

    def cell(name: str) -> Cell:
        return Cell(name.capitalize(), lambda found: "" if found.get(name) is None else str(found[name]))

    table(problems[:200], [cell(name) for name in shown], mark="problems")


def error(place: Place, problem: SpareverseError) -> None:
    """An error of the page itself."""
    row = state("error_outline", problem.message, " ".join(str(found) for found in problem.problems[:3]))
    with row:
        button("Back to Home", href=place.link("/"))


def not_found(place: Place, what: str, next_: str) -> None:
    row = state("search_off", what, next_)
    with row:
        button("Search the portfolio", main=True, href=place.link("/portfolio"))
        link("Home", place.link("/"))


def skeleton(height: int) -> ui.element:
    """A grey bone of some height [px] until the content is there."""
    return ui.element("div").classes("bone").style(f"height: {height}px").props("aria-busy=true aria-label=Loading")
