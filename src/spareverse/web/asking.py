"""Questions to the twin of a server: answered at once, or by the job that makes what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from spareverse.assistant import tools
from spareverse.assistant.answers import Answer, Level
from spareverse.assistant.asking import answered
from spareverse.assistant.examples import example_questions
from spareverse.assistant.findings import Findings
from spareverse.assistant.model.settings import ModelSettings, model_settings
from spareverse.assistant.session import LongWork, Session
from spareverse.assistant.tool import Call
from spareverse.errors import UsageError

if TYPE_CHECKING:
    from spareverse.service.jobs import Job
    from spareverse.service.workspace import Workspace


class Asking:
    """What pages and REST ask of one workspace. Long work is never done here: it becomes a job."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._session = Session(workspace.twin, wait=False)

    def model(self) -> ModelSettings | None:
        """The language model that the server's environment switches on; None where there is none, or not rightly."""
        try:
            return model_settings()
        except UsageError:
            return None

    def examples(self) -> list[str]:
        """Questions that can be asked of this twin."""
        return example_questions(self._session)

    def answer(
        self, question: str, level: Level = "plain", *, after: str = "", worded: bool = False
    ) -> Answer | LongWork:
        """The answer, or what has to be simulated first; may take a while where a language model words it.

        ``after``: the question before. ``worded``: ask the language model, where one is switched on.
        """
        try:
            return answered(self._session, question, self.model() if worded else None, level, after)
        except LongWork as work:
            return work

    def found(self, call: Call) -> Findings | LongWork:
        """What one of the tools that change nothing finds."""
        try:
            return tools.run(self._session, call)
        except LongWork as work:
            return work

    def order(self, work: LongWork) -> Job:
        """Queue what is missing, or return the job that does it already; on the server's loop only."""
        universe, given = self._workspace.universe, work.arguments
        if work.kind == "observe":
            return self._workspace.observations.order(given)
        if work.kind == "counterfactuals":
            run = universe.simulation(str(given["simulation"]))
            return universe.order_counterfactuals(run, str(given["scenario"]), int(given["top"]))
        return universe.order(given)


_ASKED: WeakKeyDictionary[Workspace, Asking] = WeakKeyDictionary()


def asking(workspace: Workspace) -> Asking:
    """The one of a workspace."""
    if workspace not in _ASKED:
        _ASKED[workspace] = Asking(workspace)
    return _ASKED[workspace]


def described() -> list[dict[str, Any]]:
    """The tools that change nothing, with the JSON schema of their arguments."""
    return [
        {"name": tool.name, "title": tool.title, "description": tool.description, "arguments": tool.schema}
        for tool in tools.offered()
    ]
