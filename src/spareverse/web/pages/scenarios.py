"""Scenarios: what might happen to the network, kept as small files; run some of them beside one another."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from spareverse.errors import InputRejected, SpareverseError
from spareverse.figures import numbers
from spareverse.network.scenario import Scenario
from spareverse.service.workspace import Workspace
from spareverse.simulation.universe_run import BASE
from spareverse.web.pages import network_run, states
from spareverse.web.pages.cards import box, button, card, link, note_bar, text, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING, plural


def include(workspace: Workspace) -> None:
    page(workspace, "/scenarios", "Scenarios")(show)


def show(place: Place) -> None:
    universe = place.workspace.universe
    names = universe.scenario_names()
    with box("headline"):
        with box("words"):
            title(
                "Scenarios",
                "What might happen to the network, or be changed in it; each run is paired with the network as it is.",
            )
        with box("run-line"):
            button("New scenario", icon="add", href=place.link("/scenarios/edit"))
    if not universe.has_network():
        note_bar("There is no network yet: scenarios are checked, and run, once there is one.").props("data-no-network")
    network_run.running(place)
    if not names:
        row = states.state(
            "alt_route",
            "No scenarios yet",
            "A scenario is a small list: a supplier stops from one day to another, a link is closed, demand doubles, a "
            "lead time, a price or a rule is another one.",
        )
        with row:
            button("Make one", icon="add", main=True, href=place.link("/scenarios/edit"))
        return
    Listing(place, names)


class Listing:
    """All scenarios, with what the newest run says of each; those that are ticked are run together."""

    def __init__(self, place: Place, names: list[str]) -> None:
        self._place = place
        self._ticked: dict[str, ui.checkbox] = {}
        self._effects = _effects(place)
        with card() as holder:
            holder.props("data-scenario-list")
            with box("head"):
                text("Tick those to run beside the network as it is", "section", "h2")
                runs = ui.number("Runs", value=10, min=1, max=1000, precision=0).props(network_run.LOOK)
                runs.style("width: 84px")
                button("Run", lambda: self._run(int(runs.value or 10)), icon="play_arrow", main=True).props("data-run")
            for name in names:
                self._row(name)

    def _row(self, name: str) -> None:
        universe = self._place.workspace.universe
        with box("example").props(f'data-scenario="{name}"'):
            self._ticked[name] = ui.checkbox(value=False).props(f'dense aria-label="Run {name}"')
            with box("grow"):
                link(name, self._place.link("/scenarios/edit", name=name), "link strong")
                try:
                    found = universe.scenario(name)
                except InputRejected as error:
                    text(error.message, "small")
                    self._ticked[name].props("disable")
                    return
                text(found.title or MISSING, "small")
                text(about(found), "quiet small")
            if effect := self._effects.get(name):
                link(effect, self._place.link("/network", scenario=name, tab="compare"), "link num small")
            button("Edit", slim=True, href=self._place.link("/scenarios/edit", name=name))
            copy = button("", slim=True, icon="content_copy", href=self._place.link("/scenarios/edit", copy=name))
            copy.props(f'aria-label="Copy {name}" title="Copy"')

    def _run(self, replications: int) -> None:
        chosen = [name for name, box_ in self._ticked.items() if box_.value]
        if not chosen:
            ui.notify("Tick at least one scenario.", type="warning")
            return
        network_run.start(self._place, {"scenarios": chosen, "replications": replications})


def about(scenario: Scenario) -> str:
    """What a scenario does, in a line."""
    said = [_disturbed(row) for row in scenario.disturbances[:2]]
    if len(scenario.disturbances) > 2:
        said.append(plural(len(scenario.disturbances) - 2, "more disturbance"))
    said += [_changed(each) for each in scenario.overrides[:3]]
    if len(scenario.overrides) > 3:
        said.append(plural(len(scenario.overrides) - 3, "more change"))
    if scenario.switched_off:
        said.append(f"without {', '.join(scenario.switched_off)}")
    return " · ".join(said) or "Changes nothing yet."


def _disturbed(row: Any) -> str:
    what = str(row.get("kind", "")).replace("_", " ")
    factor = f" x {row['factor']:g}" if row.get("factor") is not None else ""
    when = f"from day {row['start_day']:g}" if row.get("start_day") is not None else "at random"
    target = "everything" if row.get("target_id") == "*" else row.get("target_id")
    return f"{what}{factor} of {target} {when} for {row.get('days', 0):g} days"


def _changed(each: Any) -> str:
    of = ", ".join(f"{value}" for value in each.where.values())
    change = f"x {each.factor:g}" if each.factor is not None else f"= {each.value}"
    return f"{each.table}.{each.column} {change}{f' ({of})' if of else ''}"


def _effects(place: Place) -> dict[str, str]:
    """What each scenario changed in the newest run that is still up to date: waiting, against the network as it is."""
    universe = place.workspace.universe
    try:
        simulation = universe.simulation()
    except SpareverseError:
        return {}
    if universe.stale(simulation):
        return {}
    base = simulation.table("measures").filter(measure="waiting_piece_days", scenario=BASE)["mean"][0]
    rows = simulation.table("differences").filter(measure="waiting_piece_days").iter_rows(named=True)
    return {row["scenario"]: _effect(row, base) for row in rows}


def _effect(row: dict[str, Any], base: float | None) -> str:
    if not base or row["low"] is None or row["low"] <= 0 <= row["high"]:
        return "waiting: no change clear of noise"
    change, low, high = (100.0 * row[name] / base for name in ("difference", "low", "high"))
    told = numbers.measured(change, low, high, "%")
    return f"waiting {'+' if change > 0 else ''}{told}"
