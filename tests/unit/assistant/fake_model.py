"""An endpoint on loopback that answers as OpenAI's or Anthropic's does, from a script, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from spareverse.assistant.model.settings import ModelSettings


class FakeModel:
    """``script`` holds an answer per request: a JSON value, bytes, a status, or seconds to wait before an empty one."""

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                fake.requests.append(json.loads(body))
                fake.headers.append({name.lower(): value for name, value in self.headers.items()})
                fake.paths.append(self.path)
                self._say(fake.script.pop(0) if fake.script else 500)

            def _say(self, answer: Any) -> None:
                status, content = 200, b"{}"
                if isinstance(answer, float):
                    time.sleep(answer)
                elif isinstance(answer, int):
                    status, content = answer, b'{"error": {"message": "key sk-secret-123 is wrong"}}'
                elif isinstance(answer, bytes):
                    content = answer
                else:
                    content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.send_header("retry-after", "0")
                if status == 302:
                    self.send_header("location", "http://127.0.0.1:9/stolen")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, kind: str = "openai", timeout_s: float = 60.0) -> ModelSettings:
        url = f"{self.url}/v1" if kind == "openai" else self.url
        return ModelSettings(
            "anthropic" if kind == "anthropic" else "openai", url, "tester", "sk-secret-123", timeout_s
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def asks(tool: str, arguments: Any, kind: str = "openai") -> dict[str, Any]:
    """An answer that asks for a call; ``arguments`` as a text is sent as it is."""
    if kind == "anthropic":
        return {"content": [{"type": "text", "text": "Let me look."},
                            {"type": "tool_use", "id": "c1", "name": tool, "input": arguments}]}  # fmt: skip
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "c1", "type": "function", "function": {"name": tool, "arguments": written}}
    return {"choices": [{"message": {"role": "assistant", "content": None, "tool_calls": [call]}}]}


def says(text: str, kind: str = "openai") -> dict[str, Any]:
    """An answer that is the final text."""
    if kind == "anthropic":
        return {"content": [{"type": "text", "text": text}]}
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}
