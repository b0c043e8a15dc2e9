"""One request after the other to the endpoint: bounded in time, size and tries; no error repeats what was answered."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spareverse.assistant.model.settings import ModelSettings
from spareverse.errors import UsageError

if TYPE_CHECKING:
    import httpx

TRIES = 3
LONGEST_WAIT_S = 5.0
LARGEST_ANSWER_BYTES = 1 << 20
_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)
_WORDS = {400: "it did not accept the request", 401: "it refused the key", 403: "it refused the key",
          404: "there is no such model or address", 429: "it is asked too often"}  # fmt: skip


class ModelFailed(Exception):
    """The model gave no usable answer; the text says why, without anything that was sent or answered."""


class Connection:
    """Posts JSON to one endpoint. ``sent`` holds the bodies that left, without the key."""

    def __init__(self, settings: ModelSettings) -> None:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise UsageError(
                "Asking a language model needs the package httpx: pip install 'spareverse[llm]'."
            ) from error
        self._settings = settings
        self._httpx = httpx
        # what the environment says of proxies holds for other machines only; nothing is sent on to another address
        self._client = httpx.Client(timeout=settings.timeout_s, follow_redirects=False, trust_env=not settings.local)
        self._until = time.monotonic() + 3.0 * settings.timeout_s
        self.sent: list[Mapping[str, Any]] = []

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that is answered; ModelFailed after a refusal, or when tries or time are used up."""
        self.sent.append(body)
        problem = "no answer"
        for number in range(TRIES):
            if time.monotonic() > self._until:
                raise ModelFailed("The language model took too long.")
            try:
                status, content, wait = self._once(path, body, headers)
            except self._httpx.TimeoutException:
                problem = f"no answer within {self._settings.timeout_s:g} seconds"
                continue
            except (self._httpx.HTTPError, self._httpx.InvalidURL, ValueError) as error:
                problem = f"the connection failed ({type(error).__name__})"
                continue
            if status == 200:
                return _object(content)
            problem = f"{_WORDS.get(status, 'it answered with an error')} (HTTP {status})"
            if status not in _AGAIN:
                break
            if number + 1 < TRIES:
                time.sleep(min(wait, LONGEST_WAIT_S))
        raise ModelFailed(f"The language model at {self._settings.host} cannot be asked: {problem}.")

    def _once(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, bytes, float]:
        """Status, content and how long to wait before the next try [s]."""
        received = b""
        with self._client.stream("POST", self._settings.url + path, json=dict(body), headers=dict(headers)) as answer:
            for piece in answer.iter_bytes():
                received += piece
                if len(received) > LARGEST_ANSWER_BYTES:
                    raise ModelFailed("The language model answered without end.")
                if time.monotonic() > self._until:
                    raise ModelFailed("The language model took too long.")
            return answer.status_code, received, _wait_s(answer)


def _wait_s(answer: httpx.Response) -> float:
    try:
        return max(float(answer.headers.get("retry-after", 0.5)), 0.0)
    except ValueError:
        return 0.5


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFailed("The language model answered something that is no JSON.") from error
    if not isinstance(found, dict):
        raise ModelFailed("The language model answered something that is no JSON object.")
    return found
