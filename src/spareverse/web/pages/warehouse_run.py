"""Running a study: how far, from which seed; while it runs, how sure the answer is by now, and the way to end early."""

from __future__ import annotations

import re
from collections.abc import Callable

from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.figures import numbers
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.figures.warehouse.precision import shrinking
from spareverse.service.jobs import Job
from spareverse.web.pages.cards import box, button, card, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.warehouse_inputs import Inputs
from spareverse.web.pages.wording import duration, percent

WISHES: dict[str, tuple[str, dict[str, float | int]]] = {
    "0.005": ("availability to ±0.5 points", {"precision": 0.005}),
    "0.002": ("availability to ±0.2 points", {"precision": 0.002}),
    "0.001": ("availability to ±0.1 points", {"precision": 0.001}),
    "0.0005": ("availability to ±0.05 points", {"precision": 0.0005}),
    "50": ("50 runs of every option", {"replications": 50}),
    "200": ("200 runs of every option", {"replications": 200}),
    "1000": ("1,000 runs of every option", {"replications": 1000}),
}
USUAL = "0.002"
USUAL_OF_A_PACKAGE = "200"
"""The availability of a whole package is soon known; which option is best for each of its parts is not."""
PACKAGE_LINES = 20
SHARE_OF_RUNS = 0.8
"""Of the progress of a study; the rest are its answers, which cannot be ended early."""
_SAID = re.compile(r"availability (?P<options>.+) \((?P<runs>[\d,]+) runs\)")
_OPTION = re.compile(r"(?P<name>[^,]+) [\d.]+ ± (?P<half>[\d.]+)")


def run_controls(place: Place, name: str, inputs: Callable[[], Inputs], started: Callable[[], None]) -> None:
    """How far to run, the seed, and the button."""
    with box("run-line"):
        choices = {key: words for key, (words, _) in WISHES.items()}
        many = place.workspace.studies.definition(name).lines.height > PACKAGE_LINES
        usual = USUAL_OF_A_PACKAGE if many else USUAL
        wish = ui.select(choices, label="Run until", value=usual).props("outlined dense options-dense stack-label")
        seed = ui.number("Seed", value=0, min=0, precision=0).props("outlined dense stack-label").style("width: 84px")

        thorough = ui.checkbox("Thorough").props("dense")
        thorough.tooltip(
            "Also vary all inputs at once: shares of the variance by input (Sobol). Hundreds of further runs."
        )

        async def start() -> None:
            if not await inputs().settled():
                ui.notify("Mend the inputs marked red first.", type="negative")
                return
            wanted = WISHES[str(wish.value)][1]
            precision, replications = wanted.get("precision"), wanted.get("replications")
            try:
                place.workspace.studies.order(
                    name,
                    precision=None if precision is None else float(precision),
                    replications=None if replications is None else int(replications),
                    seed=int(seed.value or 0),
                    thorough=bool(thorough.value),
                )
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            started()

        button("Run", start, icon="play_arrow", main=True).props("data-run")


class Progress:
    """A running job of a study: bar, what it says, half-widths so far, end early or cancel."""

    def __init__(self, place: Place, job: Job, comparison: Comparison, done: Callable[[Job], None]) -> None:
        self._place, self._job_id, self._comparison, self._done = place, job.id, comparison, done
        self._steps: dict[str, list[tuple[int, float]]] = {}
        self._drawing: Drawing | None = None
        self._wanted = job.arguments.get("precision")
        with card("Running", job.title) as self.card:
            self.card.props("data-progress")
            with box("bar").props("role=progressbar aria-valuemin=0 aria-valuemax=100") as self._bar:
                self._fill = ui.element("div").style("width: 0%")
            with box("row-gap").style("margin: 8px 0"):
                self._says = text("Waiting", "quiet small num grow").props("aria-live=polite")
                jobs = place.workspace.jobs
                self._stop = button("End early, keep what was run", self._end_early, slim=True, icon="done")
                self._stop.props("data-stop")
                button("Cancel", lambda: jobs.cancel(job.id), slim=True)
            self._why = text("", "quiet small").props("data-why aria-live=polite")
        self._asked = False
        self._slot = ui.element("div")
        self._timer = ui.timer(0.3, self._look)

    def _end_early(self) -> None:
        self._asked = True
        self._place.workspace.jobs.stop(self._job_id)

    def _look(self) -> None:
        job = self._place.workspace.jobs.get(self._job_id)
        why = cannot_end_early(job, asked=self._asked)
        self._stop.props("disabled") if why else self._stop.props(remove="disabled")
        self._why.set_content(why)
        self._fill.style(f"width: {job.progress:.0%}")
        self._bar.props(f"aria-valuenow={job.progress * 100:.0f}")
        left = f", about {duration(job.remaining_seconds)} left" if job.remaining_seconds else ""
        told = half_widths(job.what)
        self._says.set_content(f"{percent(job.progress)} · {_words(told) or job.what or job.status}{left}")
        self._take(told)
        if job.finished:
            self._timer.deactivate()
            self._done(job)

    def _take(self, told: dict[str, tuple[int, float]]) -> None:
        """Add what the job says by now to the curve."""
        before = sum(map(len, self._steps.values()))
        for option, (runs, half) in told.items():
            steps = self._steps.setdefault(option, [])
            if not steps or steps[-1][0] < runs:
                steps.append((runs, half))
        if sum(map(len, self._steps.values())) == before:
            return
        figure = shrinking(self._steps, self._comparison, wanted=self._wanted)
        if self._drawing is None and figure.drawn:
            with self._slot:
                self._drawing = Drawing(self._place, figure)
        elif self._drawing is not None:
            self._drawing.redraw(figure)


def cannot_end_early(job: Job, *, asked: bool = False) -> str:
    """Why there is nothing to end early by now; empty while there is."""
    if job.status == "queued":
        return "It waits for the job before it; Cancel takes it out of the queue."
    if job.progress >= SHARE_OF_RUNS:
        return "The runs are done and kept. What they say is being worked out: the report follows by itself."
    return "It ends as soon as the runs under way are done." if asked else ""


def _words(told: dict[str, tuple[int, float]]) -> str:
    if not told:
        return ""
    runs, half = max(runs for runs, _ in told.values()), max(half for _, half in told.values())
    return f"{runs:,} runs of every option, availability known to ±{numbers.digits(100 * half, 2)} points"


def half_widths(what: str) -> dict[str, tuple[int, float]]:
    """Option -> runs and half-width [share], as a running job says them; empty while it says something else."""
    said = _SAID.fullmatch(what)
    if said is None:
        return {}
    runs = int(said["runs"].replace(",", ""))
    return {found["name"].strip(): (runs, float(found["half"])) for found in _OPTION.finditer(said["options"])}
