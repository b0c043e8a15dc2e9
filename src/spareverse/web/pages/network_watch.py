"""The run played: one scenario, or two side by side with one clock; a click opens the course of a place or a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import run, ui

from spareverse.figures.figure import Figure
from spareverse.figures.network.animation import Animation
from spareverse.simulation.universe_run import BASE
from spareverse.web.pages.cards import box, button, card, link, note_bar, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.network_animation import Selected, network_animation
from spareverse.web.pages.network_draw import DrawnScenario
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

LOOK = "outlined dense options-dense stack-label"
_NOBODY = "nothing beside it"
WHAT_IF = {
    "supplier": (("What if it stands still", "outage"), ("What if it is slower", "lead_time_stretch")),
    "link": (("What if it is closed", "link_closure"), ("What if it is slower", "lead_time_stretch")),
    "place": (("What if demand surges here", "demand_surge"),),
}
"""Disturbances of what was clicked: words and kind."""


class Watch:
    """The player, and below it the series of what was clicked."""

    @staticmethod
    def read(place: Place, simulation: Simulation) -> list[Animation]:
        """What is played, made away from the page: large records take seconds."""
        names = [simulation.known(place.query.get("scenario") or None)]
        if place.query.get("beside") in simulation.names and place.query.get("beside") not in names:
            names.append(str(place.query["beside"]))
        part = place.query.get("part", "")
        if simulation.table("events").is_empty():
            return []
        return [place.workspace.universe.animation(simulation, name, part) for name in names]

    def __init__(self, place: Place, simulation: Simulation, scenario: str, animations: list[Animation]) -> None:
        self._place, self._simulation = place, simulation
        if not animations:
            note_bar("This run kept no event record, so there is nothing to play. Run it again to watch it.")
            self._series(simulation.figure("place-series"))
            return
        with box("row-gap"):
            others = {"": _NOBODY} | {name: name for name in simulation.names if name != scenario}
            if len(others) > 1:
                beside = place.query.get("beside", "")
                ui.select(
                    others, label="Beside it", value=beside if beside in others else "",
                    on_change=lambda event: ui.navigate.to(place.here(beside=str(event.value or ""))),
                ).props(f"{LOOK} data-beside").style("width: 220px")  # fmt: skip
            self._part_field()
            text("The first run of each; a click on a place or a link opens its course below.", "quiet small grow")
        with card() as holder:
            holder.props("data-watch")
            network_animation(place, animations, self._selected)
        DrawnScenario(place, next((one for one in simulation.scenarios if one.name == scenario), None))
        self._slot = box("stack")
        with self._slot:
            self._series(simulation.figure("place-series"))

    def _part_field(self) -> None:
        """Only one part, by its id."""
        field = ui.input("Only this part", value=self._place.query.get("part", "")).props(
            f"{LOOK} clearable data-part"
        ).style("width: 180px")  # fmt: skip

        def go() -> None:
            wanted = str(field.value or "").strip()
            parts = self._simulation.network["parts"]["part_id"]
            if wanted and not (parts == wanted).any():
                ui.notify(f"The network has no part {wanted!r}.", type="warning")
                return
            ui.navigate.to(self._place.here(part=wanted))

        field.on("keydown.enter", go)
        field.on("clear", lambda: ui.navigate.to(self._place.here(part=None)))

    async def _selected(self, found: Selected) -> None:
        figure = await run.io_bound(self._figure, found)
        if figure is None:  # the server is being stopped
            return
        self._slot.clear()
        with self._slot:
            self._facts(found)
            self._series(figure)

    def _figure(self, found: Selected) -> Figure:
        if found.kind == "link":
            return self._simulation.figure("link-series", link_id=found.id)
        if found.kind == "place":
            return self._simulation.figure("place-series", place_id=found.id)
        return self._simulation.figure("causes", scenario=self._scenario_of(found), drill=_by_entity(found.id))

    def _scenario_of(self, found: Selected) -> str:
        return found.scenario if found.scenario in self._simulation.names else BASE

    def _series(self, figure: Figure) -> None:
        Drawing(self._place, figure).card.props("data-series")

    def _facts(self, found: Selected) -> None:
        """The way on: what if it is struck on this day, why customers of that place waited, and what it cost."""
        here = {"scenario": self._scenario_of(found), "place": found.id}
        with box("row-gap"):
            for words, kind in WHAT_IF[found.kind if found.kind in WHAT_IF else "supplier"]:
                href = self._place.link("/scenarios/edit", kind=kind, target=found.id, of=found.kind, day=found.day)
                button(f"{words} from day {found.day:,} on?", icon="alt_route", slim=True, href=href).props(
                    "data-what-if"
                )
            if found.kind == "place":
                link("Why customers waited here", self._place.here(**here, tab="why"))
                link("Accounts of this place", self._place.here(**here, tab="accounts"))


def _by_entity(name: str) -> Any:
    from spareverse.figures.network.causes import Drill

    return Drill(by="cause", entity=name)
