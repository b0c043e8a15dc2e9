"""Whether a language model is asked, and which: from the environment only.

A folder that came from somebody else cannot switch it on, nor send facts or the key anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from spareverse.errors import Problem, UsageError

Kind = Literal["openai", "anthropic"]
KIND, URL, MODEL, KEY, TIMEOUT = (f"SPAREVERSE_LLM{end}" for end in ("", "_URL", "_MODEL", "_KEY", "_TIMEOUT_S"))
USUAL_URL: Mapping[str, str] = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ModelSettings:
    """An endpoint that speaks as OpenAI's or Anthropic's does. The key is never shown."""

    kind: Kind
    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 60.0

    @property
    def host(self) -> str:
        """Where facts would go."""
        return urlsplit(self.url).netloc

    @property
    def local(self) -> bool:
        return urlsplit(self.url).hostname in LOOPBACK


def model_settings(environment: Mapping[str, str] | None = None, model: str = "") -> ModelSettings | None:
    """What the environment says; None where no model is switched on.

    ``model``: another one of the same endpoint; ``off``: none. UsageError for settings that make no sense.
    """
    given = os.environ if environment is None else environment
    kind = given.get(KIND, "").strip().lower()
    if model == "off" or (not model and kind in ("", "off")):
        return None
    problems: list[Problem] = []
    if kind not in USUAL_URL:
        problems.append(Problem("no language model is switched on", "Set it to openai or anthropic.", column=KIND))
    url = given.get(URL, "").strip().rstrip("/") or USUAL_URL.get(kind, "")
    name = model or given.get(MODEL, "").strip()
    if not name:
        problems.append(Problem("which model to ask is not said", "Name one.", column=MODEL))
    key = given.get(KEY, "").strip()
    if not key.isascii() or any(not letter.isprintable() or letter.isspace() for letter in key):
        problems.append(Problem("the key holds letters that no key has", "Copy it again.", column=KEY))
    problems += _wrong_url(url) if url else []
    timeout = _seconds(given.get(TIMEOUT, ""), problems)
    if problems:
        raise UsageError("The language model cannot be asked.", problems)
    return ModelSettings("anthropic" if kind == "anthropic" else "openai", url, name, key, timeout)


def _wrong_url(url: str) -> list[Problem]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return [Problem("not an address of an endpoint", "Write https://host/path.", column=URL, value=parts.hostname)]
    if parts.username or parts.password:
        return [Problem("an address holds no password", f"Put the key into {KEY}.", column=URL, value=parts.hostname)]
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [Problem("facts and key would travel unencrypted", "Use https.", column=URL, value=parts.hostname)]
    return []


def _seconds(text: str, problems: list[Problem]) -> float:
    try:
        seconds = float(text or 60.0)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 600:
        problems.append(
            Problem("no time to wait for an answer", "Give seconds, 600 at most.", column=TIMEOUT, value=text)
        )
    return seconds
