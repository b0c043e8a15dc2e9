"""Stand-ins for the real work, importable by a spawned process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from spareverse.errors import Cancelled, InputRejected, Problem
from spareverse.service import worker


def echo(path: str, arguments: Mapping[str, Any], progress: Any, cancel: Any, stop: Any) -> dict[str, Any]:
    return dict(arguments)


def reject(path: str, arguments: Mapping[str, Any], progress: Any, cancel: Any, stop: Any) -> dict[str, Any]:
    raise InputRejected("The file cannot be read.", [Problem("empty", "Fill it in.", row=3)])


def die(path: str, arguments: Mapping[str, Any], progress: Any, cancel: Any, stop: Any) -> dict[str, Any]:
    os._exit(9)


def wait(
    path: str, arguments: Mapping[str, Any], progress: Callable[[float, str], None], cancel: Any, stop: Any
) -> dict[str, Any]:
    for _ in range(6000):  # longer than any test: only a signal ends it
        progress(0.5, "Waiting")
        time.sleep(0.05)
        if cancel():
            raise Cancelled("Stopped.")
        if stop():
            return {"kept": True}
    return {}


def work(path: str, kind: str, arguments: Mapping[str, Any], messages: Connection, *signals: Event) -> None:
    worker.KINDS.update({"echo": echo, "reject": reject, "die": die, "wait": wait})
    worker.work(path, kind, arguments, messages, *signals)
