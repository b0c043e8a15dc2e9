"""How the two kinds of endpoints are spoken to: messages, tools, results of tools, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from spareverse.assistant.model.connection import Connection, ModelFailed
from spareverse.assistant.model.settings import ModelSettings
from spareverse.assistant.tool import Tool

MOST_TOKENS = 1500
ANTHROPIC_VERSION = "2023-06-01"


@dataclass(frozen=True)
class Wanted:
    """A call that the model asks for; ``arguments`` None where they cannot be read."""

    id: str
    tool: str
    arguments: dict[str, Any] | None


@dataclass(frozen=True)
class Reply:
    """Calls that are asked for, or the final text."""

    text: str
    wanted: tuple[Wanted, ...]


class Dialect(Protocol):
    """One conversation with a model."""

    def ask(self) -> Reply:
        """Send all that was said; ModelFailed where nothing usable comes back."""
        ...

    def answer(self, results: Sequence[tuple[Wanted, str, bool]]) -> None:
        """Results of the calls of the last reply: content, and whether it is an error."""
        ...


def dialect_of(
    connection: Connection, settings: ModelSettings, system: str, question: str, tools: Sequence[Tool]
) -> Dialect:
    """The conversation in the way the endpoint speaks."""
    kind = Anthropic if settings.kind == "anthropic" else OpenAI
    return kind(connection, settings, system, question, tools)


class OpenAI:
    """``POST /chat/completions`` with functions as tools."""

    def __init__(
        self, connection: Connection, settings: ModelSettings, system: str, question: str, tools: Sequence[Tool]
    ) -> None:
        self._connection, self._settings = connection, settings
        self._headers = {"authorization": f"Bearer {settings.key}"} if settings.key else {}
        self._messages: list[dict[str, Any]] = [
            {"role": "system", "content": system}, {"role": "user", "content": question}
        ]  # fmt: skip
        self._tools = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.schema}}
            for t in tools
        ]

    def ask(self) -> Reply:
        body = {"model": self._settings.model, "messages": list(self._messages), "tools": self._tools}
        found = self._connection.post("/chat/completions", body, self._headers)
        message = _at(found, "choices", 0, "message")
        if not isinstance(message, dict):
            raise ModelFailed("The language model's answer holds no message.")
        calls = message.get("tool_calls") or []
        wanted = tuple(_function(call) for call in calls) if isinstance(calls, list) else ()
        kept = [
            {"id": w.id, "type": "function",
             "function": {"name": w.tool, "arguments": json.dumps(w.arguments or {})}} for w in wanted
        ]  # fmt: skip
        text = message.get("content")
        text = text if isinstance(text, str) else ""
        self._messages.append({"role": "assistant", "content": text, **({"tool_calls": kept} if kept else {})})
        return Reply(text, wanted)

    def answer(self, results: Sequence[tuple[Wanted, str, bool]]) -> None:
        self._messages += [
            {"role": "tool", "tool_call_id": wanted.id, "content": content} for wanted, content, _ in results
        ]


class Anthropic:
    """``POST /v1/messages`` with tools."""

    def __init__(
        self, connection: Connection, settings: ModelSettings, system: str, question: str, tools: Sequence[Tool]
    ) -> None:
        self._connection, self._settings, self._system = connection, settings, system
        self._headers = {"anthropic-version": ANTHROPIC_VERSION}
        self._headers |= {"x-api-key": settings.key} if settings.key else {}
        self._messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
        self._tools = [{"name": t.name, "description": t.description, "input_schema": t.schema} for t in tools]

    def ask(self) -> Reply:
        body = {
            "model": self._settings.model, "max_tokens": MOST_TOKENS, "system": self._system,
            "messages": list(self._messages), "tools": self._tools,
        }  # fmt: skip
        blocks = self._connection.post("/v1/messages", body, self._headers).get("content")
        if not isinstance(blocks, list):
            raise ModelFailed("The language model's answer holds no content.")
        known = [block for block in blocks if isinstance(block, dict)]
        text = "\n".join(str(block.get("text") or "") for block in known if block.get("type") == "text").strip()
        wanted = tuple(_use(block) for block in known if block.get("type") == "tool_use")
        said: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
        said += [{"type": "tool_use", "id": w.id, "name": w.tool, "input": w.arguments or {}} for w in wanted]
        self._messages.append({"role": "assistant", "content": said or [{"type": "text", "text": "-"}]})
        return Reply(text, wanted)

    def answer(self, results: Sequence[tuple[Wanted, str, bool]]) -> None:
        content = [
            {"type": "tool_result", "tool_use_id": wanted.id, "content": said, "is_error": failed}
            for wanted, said, failed in results
        ]
        self._messages.append({"role": "user", "content": content})


def _function(call: Any) -> Wanted:
    """A call as OpenAI's endpoints write it: arguments are JSON in a text."""
    arguments = _at(call, "function", "arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            arguments = None
    return Wanted(
        str(_at(call, "id") or "call"), str(_at(call, "function", "name") or ""),
        arguments if isinstance(arguments, dict) else None,
    )  # fmt: skip


def _use(block: dict[str, Any]) -> Wanted:
    arguments = block.get("input")
    return Wanted(
        str(block.get("id") or "call"), str(block.get("name") or ""), arguments if isinstance(arguments, dict) else None
    )


def _at(value: Any, *path: str | int) -> Any:
    """What lies at a path of a JSON value; None where there is nothing."""
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value
