"""Ctrl-C while something long is under way: it ends at a good place, and says so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from spareverse.cli import screen

if TYPE_CHECKING:
    from types import FrameType


@contextmanager
def ended_by_interrupt(said: str) -> Iterator[Callable[[], bool]]:
    """A callable that is true once Ctrl-C was pressed, and ``said`` is told; pressed again it interrupts as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)
        screen.remark(f"{said} Ctrl-C again to leave at once.")

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
