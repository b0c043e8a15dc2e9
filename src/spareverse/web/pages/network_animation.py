"""The animation of a network on a page: one or two scenarios with one clock; a click on a node or link comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import events, ui

from spareverse.figures.network.animation import SCRIPTS, STYLE, Animation, encoded
from spareverse.web.pages.place import Place


@dataclass(frozen=True)
class Selected:
    """What was clicked: a place, a supplier or a link, in which scenario and on which day of the run."""

    kind: str
    id: str
    scenario: str
    day: int


def animation_head() -> None:
    """Style and scripts of the player; a page calls it while it is built, for a browser runs no script later."""
    ui.add_head_html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    for script in SCRIPTS:
        ui.add_head_html(f"<script>{script.read_text(encoding='utf-8')}</script>")


def network_animation(
    place: Place, animations: Sequence[Animation], select: Callable[[Selected], Awaitable[None]] | None = None
) -> ui.element:
    """The player, on a page with ``animation_head``; ``select`` is called with what the user clicks or chooses."""
    host = ui.element("div").props("data-network-animation")

    async def clicked(event: events.GenericEventArguments) -> None:
        found = event.args
        known = (
            isinstance(found, dict) and isinstance(found.get("id"), str) and isinstance(found.get("day"), (int, float))
        )
        if select is not None and known:
            await select(Selected(str(found.get("kind")), found["id"], str(found.get("scenario")), int(found["day"])))

    name = f"network-selected-{host.id}"
    ui.on(name, clicked)
    options = f"{{dark: {str(place.dark).lower()}, select: (found) => emitEvent({name!r}, found)}}"
    ui.run_javascript(
        f"window.spareverseNetwork.attach(document.getElementById({host.html_id!r}), {encoded(animations)}, {options})"
    )
    return host
