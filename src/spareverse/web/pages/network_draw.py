"""What goes wrong, drawn below the run that is watched, and run beside it as a scenario."""

from __future__ import annotations

from nicegui import run, ui

from spareverse.errors import InputRejected, SpareverseError
from spareverse.network.scenario import Scenario
from spareverse.web.pages import network_run, states
from spareverse.web.pages.cards import box, button, note_bar, text
from spareverse.web.pages.disturbance_rows import DisturbanceRows
from spareverse.web.pages.place import Place
from spareverse.web.pages.scenario_rows import LOOK


class _Drawing(DisturbanceRows):
    heading = "Draw what goes wrong"
    add = "Add it by its days"


class DrawnScenario:
    """Disturbances of the scenario that is shown, to be moved and added to, and the scenario they are kept as."""

    def __init__(self, place: Place, shown: Scenario | None) -> None:
        self._place = place
        self._shown = shown or Scenario("")
        self._rows = _Drawing(place.workspace.universe.network().network, self._shown.disturbances)
        with self._rows.card.props("data-draw"):
            with box("row-gap"):
                self._name = ui.input("Keep as the scenario", value=self._shown.name or self._new_name())
                self._name.props(f"{LOOK} data-draw-name").style("width: 250px")
                button("Keep and run", self._run, icon="play_arrow", main=True).props("data-draw-run")
                text(
                    "It runs beside the network as it is, and can be edited on the page Scenarios.", "quiet small grow"
                )
            self._said = box("stack")

    def _new_name(self) -> str:
        taken = self._place.workspace.universe.scenario_names()
        return next(name for at in range(1, len(taken) + 2) if (name := f"drawn-{at}") not in taken)

    async def _run(self) -> None:
        self._said.clear()
        universe = self._place.workspace.universe
        name, shown = str(self._name.value or "").strip(), self._shown
        title = shown.title if name == shown.name else ""
        try:
            given = Scenario(name, title, shown.overrides, self._rows.given(), shown.switched_off)
            kept = await run.io_bound(universe.save_scenario, given)
        except SpareverseError as error:
            with self._said:
                note_bar(error.message, tone="bad", icon="error_outline").props("data-refused")
                if isinstance(error, InputRejected):
                    states.problems_table([vars(problem) for problem in error.problems])
            return
        if kept is not None:  # None when the server is being stopped
            network_run.start(self._place, {"scenarios": [kept.name]})
