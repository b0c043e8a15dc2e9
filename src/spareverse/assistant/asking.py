"""A question asked: of the grammar, or of a language model where one is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spareverse.assistant.answers import Answer, Level, explain
from spareverse.assistant.follow_up import whole
from spareverse.assistant.session import Session

if TYPE_CHECKING:
    from spareverse.assistant.model.settings import ModelSettings


def answered(
    session: Session, question: str, model: ModelSettings | None = None, level: Level = "plain", after: str = ""
) -> Answer:
    """The answer; without a question, where the twin stands.

    ``after``: the question before, which this one may go on from.
    UsageError for what is no question; LongWork where a simulation is missing and the session does not wait.
    """
    if model is None or not question.strip():
        return explain(session, question, after)
    from spareverse.assistant.model.conversation import converse

    taken = whole(session, question, after) if after.strip() else ""
    return converse(session, taken or question, model, level)
