"""A verb of the twin as a tool: name, meaning, arguments, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spareverse.assistant.arguments import Argument, checked_arguments, object_schema
from spareverse.assistant.findings import Findings
from spareverse.assistant.session import Session

MOST_ROWS = 50


@dataclass(frozen=True)
class Tool:
    """One verb. ``changes``: it changes data, decisions or scenarios of the twin, or what the twin keeps."""

    name: str
    title: str
    description: str
    work: Callable[..., Findings]
    """Called with the session and the arguments by name."""
    arguments: tuple[Argument, ...] = ()
    changes: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of the arguments."""
        return object_schema(self.arguments)

    def call(self, session: Session, given: Mapping[str, Any]) -> Findings:
        """UsageError lists all that is wrong with the arguments; else what the verb raises, and LongWork."""
        return self.work(session, **checked_arguments(self.name, self.arguments, given))


@dataclass(frozen=True)
class Call:
    """A tool with its arguments, as an answer says which it made."""

    tool: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.tool}({given})"


def rows_wanted(default: int = 10) -> Argument:
    return Argument("limit", "integer", "Rows to return", default=default, least=1, most=MOST_ROWS)
