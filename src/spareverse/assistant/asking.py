"""A question asked: of the grammar, or of a language model where one is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spareverse.assistant.answers import Answer, Level, explain
from spareverse.assistant.session import Session

if TYPE_CHECKING:
    from spareverse.assistant.model.settings import ModelSettings


def answered(session: Session, question: str, model: ModelSettings | None = None, level: Level = "plain") -> Answer:
    """The answer; without a question, where the twin stands.

    UsageError for what is no question; LongWork where a simulation is missing and the session does not wait.
    """
    if model is None or not question.strip():
        return explain(session, question)
    from spareverse.assistant.model.conversation import converse

    return converse(session, question, model, level)
