"""One scenario, as a form and as its text; checked against the network when it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nicegui import run, ui

from spareverse.errors import NotFound, SpareverseError
from spareverse.io.scenario_files import scenario_of, scenario_text
from spareverse.network.components import DISTURBANCES, TARGET_KINDS
from spareverse.network.scenario import SWITCHES, Scenario
from spareverse.service.workspace import Workspace
from spareverse.web.pages import network_run, states
from spareverse.web.pages.cards import box, button, card, link, note_bar, text, title
from spareverse.web.pages.disturbance_rows import FACTORS, USUAL_FACTOR, DisturbanceRows
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.scenario_rows import OverrideRows

LOOK = "outlined dense options-dense stack-label"
DAYS = 42.0
"""What a disturbance begins with that was placed on the network: it can be changed in the form."""


def include(workspace: Workspace) -> None:
    page(workspace, "/scenarios/edit", "Scenario", here="/scenarios")(show)


def show(place: Place) -> None:
    universe = place.workspace.universe
    name, copied = place.query.get("name", ""), place.query.get("copy", "")
    link("Scenarios", place.link("/scenarios"), "crumb link")
    title(name or "New scenario", "What happens to the network, and what is changed in it.")
    if not (name or copied):
        Editor(place, "", _struck(place.query))
        return
    written = universe.scenario_text(name or copied)
    if copied:
        found = universe.scenario(copied)
        written = scenario_text(Scenario(f"{copied} copy"[:60], found.title, found.overrides, found.disturbances,
                                         found.switched_off))  # fmt: skip
    Editor(place, name, written)


def _struck(query: Mapping[str, str]) -> str:
    """The beginning of a scenario for what was clicked on the network; nothing where the address says nothing."""
    kind, target = query.get("kind", ""), query.get("target", "")
    if kind not in DISTURBANCES or not target:
        return ""
    day = float(query["day"]) if query.get("day", "").isdigit() else 0.0
    row: dict[str, Any] = {"disturbance_id": f"{kind} {target}", "kind": kind, "target_id": target,
                           "start_day": day, "days": DAYS}  # fmt: skip
    if kind in FACTORS:
        row["factor"] = USUAL_FACTOR[kind]
    if query.get("of") in TARGET_KINDS:
        row["target_kind"] = query["of"]
    name = re.sub(r"[^a-z0-9]+", "-", f"{target} {kind}".lower()).strip("-")[:50]
    title_ = f"{kind.replace('_', ' ').capitalize()} of {target} for six weeks"
    return scenario_text(Scenario(name, title_, (), (row,), ()))


class Editor:
    """The form, or the text; whichever is open is what is kept."""

    def __init__(self, place: Place, name: str, written: str) -> None:
        self._place, self._name = place, name
        self._said = box("stack")
        try:
            found = scenario_of(f"{name or 'scenario'}.toml", written.encode()) if written else Scenario("")
            self._as_text = place.query.get("as") == "text"
        except SpareverseError as error:
            found, self._as_text = Scenario(name), True
            self._refused(error)
        with box("row-gap"):
            self._switch = ui.toggle(
                {False: "Form", True: "Text"}, value=self._as_text,
                on_change=lambda event: self._turn(bool(event.value)),
            ).props("dense no-caps unelevated")  # fmt: skip
            text("", "grow")
            button("Save", self._save, icon="check").props("data-save")
            button("Save and run", self._save_and_run, icon="play_arrow", main=True).props("data-save-run")
            if name:
                button("Delete", self._delete, icon="delete", slim=True).props("data-delete")
        self._content = box("stack")
        self._show(found, written)

    def _show(self, scenario: Scenario, written: str) -> None:
        self._content.clear()
        with self._content:
            if self._as_text:
                self._text(written or scenario_text(scenario))
            else:
                self._form(scenario)

    def _text(self, written: str) -> None:
        with card("As text", "the file (TOML) as it is kept in the twin's folder"):
            self._area = ui.textarea(value=written).props(f"{LOOK} autogrow spellcheck=false data-text")
            self._area.classes("full-width").props('input-style="font-family: monospace"')

    def _form(self, scenario: Scenario) -> None:
        with card("What it is called"), box("fields"):
            self._named = ui.input("Name", value=scenario.name, placeholder="milan-stops").props(f"{LOOK} data-name")
            self._titled = (
                ui.input("Title for people", value=scenario.title).props(f"{LOOK} data-title").classes("wide")
            )
        network = (
            self._place.workspace.universe.network().network if self._place.workspace.universe.has_network() else None
        )
        self._disturbances = DisturbanceRows(network, scenario.disturbances)
        self._overrides = OverrideRows(network, scenario.overrides)
        with card("What is taken away", "causes of waiting that this scenario does without"):
            self._off = (
                ui.select(list(SWITCHES), label="Switched off", value=list(scenario.switched_off), multiple=True)
                .props(f"{LOOK} use-chips")
                .classes("full-width")
            )

    def _given(self) -> Scenario:
        """The scenario as it stands on the page; SpareverseError says what cannot be read."""
        if self._as_text:
            return scenario_of("the text", str(self._area.value or "").encode())
        return Scenario(
            str(self._named.value or "").strip(),
            str(self._titled.value or "").strip(),
            self._overrides.given(),
            self._disturbances.given(),
            tuple(self._off.value or ()),
        )

    def _turn(self, as_text: bool) -> None:
        if as_text == self._as_text:
            return
        self._said.clear()
        try:
            found = self._given()
            written = scenario_text(found)
        except SpareverseError as error:
            self._refused(error)
            self._switch.set_value(self._as_text)
            return
        self._as_text = as_text
        self._show(found, written)

    async def _keep(self) -> Scenario | None:
        """Check and keep it; what is wrong stands at the top of the page."""
        self._said.clear()
        universe = self._place.workspace.universe
        try:
            given = self._given()
            kept: Scenario | None = await run.io_bound(universe.save_scenario, given)
        except SpareverseError as error:
            self._refused(error)
            return None
        if kept is not None and self._name and kept.name != self._name:
            ui.notify(f"Kept as {kept.name!r}; {self._name!r} is still there.")
        return kept

    async def _save(self) -> None:
        kept = await self._keep()
        if kept is not None:
            ui.navigate.to(self._place.link("/scenarios"))

    async def _save_and_run(self) -> None:
        kept = await self._keep()
        if kept is not None:
            network_run.start(self._place, {"scenarios": [kept.name]})

    def _delete(self) -> None:
        """Taken away at once, with a way back."""
        universe = self._place.workspace.universe
        try:
            written = universe.scenario_text(self._name)
            universe.delete_scenario(self._name)
        except NotFound as error:
            self._refused(error)
            return
        self._content.clear()
        with self._said, note_bar(f"The scenario {self._name!r} is removed.", tone="good", icon="delete"):

            def back() -> None:
                universe.save_scenario(written, self._name)
                ui.navigate.reload()

            button("Undo", back, slim=True).props("data-undo")

    def _refused(self, error: SpareverseError) -> None:
        self._said.clear()
        with self._said:
            note_bar(error.message, tone="bad", icon="error_outline").props("data-refused")
            states.problems_table([vars(problem) for problem in error.problems])
