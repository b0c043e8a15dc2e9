"""Answers: a question understood, its calls made, what they found in words, and the facts behind every number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from spareverse.assistant import tools
from spareverse.assistant.examples import example_questions
from spareverse.assistant.findings import Findings
from spareverse.assistant.questions import understand
from spareverse.assistant.session import Session
from spareverse.assistant.study_tools import study_names
from spareverse.assistant.tool import Call
from spareverse.errors import NotFound, SpareverseError
from spareverse.simulation.universe_run import BASE

if TYPE_CHECKING:
    from spareverse.explainer.facts import Fact
    from spareverse.figures.figure import Figure

Level = Literal["plain", "expert"]
GRAMMAR = "grammar"


@dataclass(frozen=True)
class Step:
    """One call and what it found; ``problem`` says why it found nothing."""

    call: Call
    findings: Findings | None = None
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer with everything it rests on."""

    question: str
    """As it was taken: of one that goes on from another, that one with what was changed."""
    understood: str
    steps: tuple[Step, ...] = ()
    by: str = GRAMMAR
    """``grammar``, or the language model that worded it."""
    worded: str = ""
    """The text of a language model that passed the check against the facts; empty: the plain narrative is shown."""
    refused: str = ""
    """Why a language model's text is not shown."""
    examples: tuple[str, ...] = ()
    exact: bool = False
    """Whether the question asks for limits: all there is to say is told at both levels."""
    sent: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """What was sent to a language model, without the key."""

    @property
    def answered(self) -> bool:
        return any(step.findings is not None for step in self.steps)

    @property
    def found(self) -> tuple[Findings, ...]:
        return tuple(step.findings for step in self.steps if step.findings is not None)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(fact for findings in self.found for fact in findings.facts)

    def sentences(self, level: Level = "plain") -> tuple[str, ...]:
        """The answer in sentences, to an expert all there is to say. Not found, not understood: what to do."""
        if self.worded and level == "plain":
            return (self.worded,)
        said = [self.worded] if self.worded else []
        for step in self.steps:
            said += [step.problem] if step.findings is None else step.findings.at("expert" if self.exact else level)
        if not self.steps and self.examples:
            said.append(f"Ask e.g. {self.examples[0]}")
        return tuple(dict.fromkeys(said))

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Figures by ``number.name`` of the call they come from."""
        return {
            f"{number}.{name}": draw
            for number, step in enumerate(self.steps, start=1) if step.findings is not None
            for name, draw in step.findings.figures.items()
        }  # fmt: skip

    def document(self, level: Level = "plain") -> dict[str, Any]:
        """As one JSON document."""
        return {
            "question": self.question,
            "understood": self.understood,
            "answered": self.answered,
            "by": self.by,
            "text": " ".join(self.sentences(level)),
            "sentences": list(self.sentences(level)),
            "refused": self.refused,
            "calls": [{"tool": step.call.tool, "arguments": dict(step.call.arguments)} for step in self.steps],
            "problems": [step.problem for step in self.steps if step.problem],
            "facts": [asdict(fact) for fact in self.facts],
            "tables": [listing.document() for findings in self.found for listing in findings.listings],
            "figures": list(self.figures()),
            "examples": list(self.examples),
        }


def explain(session: Session, question: str = "", after: str = "") -> Answer:
    """The answer of the grammar; without a question, where the twin stands.

    ``after``: the question before, which this one may go on from.

    UsageError for an empty or endless question; LongWork where a simulation is missing and the session does not wait.
    """
    if not question.strip():
        return _standing(session)
    understood = understand(session, question, after)
    taken = f'Taken as "{understood.question}" ' if understood.question else ""
    question = understood.question or question
    if not understood.calls:
        words = " ".join((f"{taken}{understood.words}", *understood.hints)).strip()
        return Answer(question, words, examples=tuple(example_questions(session)))
    steps = made(session, understood.calls)
    words = " ".join((f"{taken}Understood as {understood.words}.", *understood.hints))
    examples = () if any(step.findings for step in steps) else tuple(example_questions(session))
    return Answer(question, words, steps, examples=examples, exact=understood.exact)


def made(session: Session, calls: tuple[Call, ...]) -> tuple[Step, ...]:
    """The calls made one after the other; facts of each are told apart by its number."""
    return tuple(step(session, call, number) for number, call in enumerate(calls, start=1))


def step(session: Session, call: Call, number: int) -> Step:
    """One call; what the user can act on is told, not raised."""
    try:
        return Step(call, tools.run(session, call).marked(str(number)))
    except SpareverseError as error:
        if error.kind == "cancelled":
            raise
        return Step(call, problem=" ".join((error.message, *(str(problem) for problem in error.problems[:3]))))


def _standing(session: Session) -> Answer:
    """Where the twin stands, from what it has."""
    calls = [Call("status", {})]
    if not session.has("analysis") and not session.has("adopted") and not session.has("observation"):
        calls = [Call("network", {})] if session.has("network") else calls
        calls = [Call("study", {})] if not session.has("network") and study_names(session) else calls
        simulated = [Call("compare", {"scenario": BASE}), Call("why", {"limit": 3})]
        calls += simulated if session.has("simulation") else []
    steps = made(session, tuple(calls))
    if not any(one.findings for one in steps):
        raise NotFound(steps[0].problem)
    return Answer("", "", steps, examples=tuple(example_questions(session)))
