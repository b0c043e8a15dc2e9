"""Ask: a question in plain words, how it was understood, the answer, and the facts beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import run, ui

from spareverse.assistant.answers import Answer
from spareverse.assistant.question import LONGEST_QUESTION
from spareverse.assistant.session import LongWork
from spareverse.errors import SpareverseError
from spareverse.service.workspace import Workspace
from spareverse.web.asking import asking
from spareverse.web.pages import ask_answer, states
from spareverse.web.pages.cards import box, button, card, text, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.assistant.answers import Level
    from spareverse.service.jobs import Job

LEVELS = {"plain": "Plain", "expert": "Expert"}


def include(workspace: Workspace) -> None:
    page(workspace, "/ask", "Ask")(show)


async def show(place: Place) -> None:
    title(
        "Ask",
        "Why, what if, compare, which, when: answered by the twin's own calculations, every number with its source.",
    )
    form = Form(place)
    await form.begin()


class Form:
    """The box, the examples and the answer below; the question stands in the address."""

    def __init__(self, place: Place) -> None:
        self._place, self._asking = place, asking(place.workspace)
        self.level: Level = "expert" if place.query.get("level") == "expert" else "plain"
        model = self._asking.model()
        with card():
            with box("ask-line"):
                self._field = (
                    ui.input(placeholder="Ask about parts, suppliers, plans, scenarios", value=place.query.get("q", ""))
                    .props(f'outlined dense autofocus maxlength={LONGEST_QUESTION} aria-label="Question" data-question')
                    .classes("grow")
                    .on("keydown.enter", self._ask)
                )
                button("Ask", self._ask, icon="arrow_forward", main=True).props("data-ask")
            with box("row-gap ask-options"):
                self._levels = ui.toggle(LEVELS, value=self.level, on_change=self._told).props(
                    "dense no-caps data-level"
                )
                self._worded = ui.checkbox(f"Let {model.model} at {model.host} answer: facts go there" if model else "")
                self._worded.set_visibility(model is not None)
                self._worded.props("dense")
        self._answer, self._after = box("stack"), box("stack")
        self._found: ask_answer.Shown | None = None
        self._before = str(place.query.get("after", ""))
        """The question answered last, which the next may go on from."""

    async def begin(self) -> None:
        """The answer to what the address asks, where that takes no simulation; else examples."""
        if self._field.value:
            await self._work(start=False)
        else:
            with self._answer:
                self._examples()

    async def _ask(self) -> None:
        if not str(self._field.value or "").strip():
            return
        address = self._place.link(
            "/ask", q=str(self._field.value), after=self._before or None,
            level=self.level if self.level != "plain" else None,
        )  # fmt: skip
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")
        await self._work(start=True)

    async def _work(self, *, start: bool) -> None:
        """Answer; ``start``: order what has to be simulated first, else offer it."""
        question, worded = str(self._field.value), start and bool(self._worded.value)
        self._answer.clear()
        with self._answer:
            states.skeleton(160)
        try:
            found = await run.io_bound(self._asking.answer, question, self.level, after=self._before, worded=worded)
        except SpareverseError as error:
            self._answer.clear()
            with self._answer:
                states.error(self._place, error)
            return
        self._answer.clear()
        with self._answer:
            if isinstance(found, LongWork):
                self._missing(found, start=start)
            elif isinstance(found, Answer):  # neither when the server is being stopped
                self._before = found.question if found.answered else self._before
                self._found = ask_answer.Shown(self._place, found, self.level)
                self._examples(found.examples or None)

    def _missing(self, work: LongWork, *, start: bool) -> None:
        """What has to be simulated before the question can be answered."""
        row = states.state(
            "hourglass_top",
            work.title,
            "The answer appears by itself when the simulation is done; it is kept as a run.",
        )
        with row:
            if start:
                states.follow(self._place, self._asking.order(work).id, self._made)
            else:
                button("Simulate and answer", lambda: self._work(start=True), icon="play_arrow", main=True)

    def _made(self, job: Job) -> None:
        if job.status == "done":
            with self._after:
                ui.timer(0.0, lambda: self._work(start=True), once=True)
            return
        self._answer.clear()
        with self._answer:
            states.failed_job(self._place, job)

    def _told(self) -> None:
        self.level = "expert" if self._levels.value == "expert" else "plain"
        if self._found is not None:
            self._answer.clear()
            with self._answer:
                self._found = ask_answer.Shown(self._place, self._found.answer, self.level)
                self._examples()

    def _examples(self, questions: tuple[str, ...] | None = None) -> None:
        """Questions of this twin, each asked by a click."""
        asked = list(questions or self._asking.examples())
        with box("stack").props("data-examples"):
            text("Questions that can be asked here", "quiet small")
            with box("row-gap"):
                for question in asked:
                    button(question, lambda question=question: self._take(question), slim=True)

    async def _take(self, question: str) -> None:
        self._field.set_value(question)
        await self._ask()
