"""The axis of time on which disturbances are drawn, moved and stretched; ``assets/strip.js`` is its other half."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from nicegui import events, ui

from spareverse.network.network import Network

USUAL_DAYS = 3 * 365.0
"""Length of the axis where there is no network yet."""


@dataclass(frozen=True)
class Bar:
    """A disturbance on days given: its first day and its length [d]; ``key`` is its owner's name for it."""

    key: int
    from_: float
    days: float
    words: str


class TimeStrip:
    """Bars over the days of a run. ``drawn(from, days)`` and ``moved(key, from, days)`` are called with whole days."""

    def __init__(
        self,
        network: Network | None,
        drawn: Callable[[float, float], None],
        moved: Callable[[int, float, float], None],
    ) -> None:
        self._drawn, self._moved = drawn, moved
        self._host = ui.element("div").classes("time-strip").props("data-time-strip")
        self._host.props('role=group aria-label="Disturbances over the days of the run"')
        self._length = USUAL_DAYS if network is None else network.run_days
        not_counted = 0.0 if network is None else float(network.setting("warm_up_days"))
        event = f"time-strip-{self._host.id}"
        ui.on(event, self._told)
        options = {"event": event, "length": self._length, "notCounted": not_counted, "bars": []}
        self._run("attach", f"document.getElementById({self._host.html_id!r})", _written(options))

    def show(self, bars: Sequence[Bar]) -> None:
        """These bars instead of those before; one that begins after the run is not on the strip."""
        told = [
            {"from" if name == "from_" else name: value for name, value in asdict(bar).items()}
            for bar in bars if 0 <= bar.from_ < self._length and bar.days > 0
        ]  # fmt: skip
        self._run("show", repr(self._host.html_id), _written(told))

    def drawing(self, words: str) -> None:
        """What the next bar is called while it is drawn."""
        self._run("drawing", repr(self._host.html_id), _written(words))

    def _run(self, verb: str, *arguments: str) -> None:
        ui.run_javascript(f"window.spareverseStrip.{verb}({', '.join(arguments)})")

    def _told(self, event: events.GenericEventArguments) -> None:
        said = event.args if isinstance(event.args, dict) else {}
        start, days, key = said.get("from"), said.get("days"), said.get("key")
        if not (isinstance(start, int | float) and isinstance(days, int | float)):
            return
        if key is None:
            self._drawn(float(start), float(days))
        elif isinstance(key, int):
            self._moved(key, float(start), float(days))


def _written(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")
