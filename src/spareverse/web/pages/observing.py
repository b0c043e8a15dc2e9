"""Observing the company from the browser: what to order, how it goes, whether what is shown is still true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.errors import NotFound, SpareverseError
from spareverse.network.observer_tables import OBSERVER_TABLES
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, note_bar, text, title
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, duration, moment, plural

if TYPE_CHECKING:
    from spareverse.figures.viability.gallery import ViabilityGallery
    from spareverse.service.jobs import Job
    from spareverse.twin.observation import Observation

LOOK = "outlined dense options-dense stack-label"


def observed(place: Place) -> Observation | None:
    """The newest observation, where there is one."""
    try:
        return place.workspace.observations.observation()
    except NotFound:
        return None


def tables(found: Observation) -> dict[str, pl.DataFrame]:
    """The declared tables of an observation that it has."""
    return {table.name: found.table(table.name) for table in OBSERVER_TABLES if table.name in found.tables}


def gallery(place: Place, found: Observation, *, said: dict[str, pl.DataFrame] | None = None) -> ViabilityGallery:
    """Its figures; ``said``: tables in place of its own."""
    return place.workspace.observations.gallery(found, said)


def made(found: Observation) -> str:
    """What was observed, when, and how far it has been refined."""
    document = found.document
    runs = document.get("runs", {}).get("now", {})
    many = f" · {plural(int(runs['replications']), 'run')} of the battery" if runs else ""
    stage = "refined" if found.refined else "first answer"
    since = f" as of {day(found.start)}" if found.start else ""
    how = f"{stage}{many}, observed" if runs else "the record, observed"
    return f"{document['name']}{since} · {how} {moment(document['made_at'])} UTC"


def nothing_yet(place: Place, heading: str, question: str) -> None:
    """A twin that has not been observed: what to bring, or what to press."""
    title(heading, question)
    if following(place):
        return
    network = place.workspace.universe.has_network()
    if not network and not place.workspace.has_data():
        states.no_data(place)
        return
    row = states.state(
        "explore",
        "Not observed yet",
        "The network is shaken by a battery of disturbances, its incentives are played against one another, and today's"
        " state is run forward. The first answer takes a minute or two."
        if network
        else "There is no network yet: the record alone gives the way the company has come. With a network built from"
        " it, shocks, incentives and what is coming are simulated.",
    )
    with row:
        button("Observe now", lambda: start(place, {}), icon="play_arrow", main=True).props("data-observe")
        if not network:
            button("Build the network first", icon="hub", href=place.link("/network"))


class Form:
    """Scenarios that become points of the map, how far warnings look, and the buttons."""

    def __init__(self, place: Place, found: Observation, *, scenarios: bool = True) -> None:
        self._place, self._found = place, found
        names = place.workspace.universe.scenario_names() if scenarios else []
        asked = [point for point in _scenarios(found) if point in names]
        self._scenarios = None
        with box("run-line"):
            if names:
                self._scenarios = (
                    ui.select(names, label="Scenarios as points of the map", value=asked, multiple=True)
                    .props(f"{LOOK} use-chips data-scenarios")
                    .style("min-width: 250px")
                )
            self._weeks = ui.number("Weeks ahead", value=found.document["weeks"], min=1, max=52, precision=0)
            self._weeks.props(LOOK).style("width: 104px")
            button("Observe", self._first, icon="play_arrow", main=True).props("data-observe")
            if not found.refined:
                button("Refine", self._refine, icon="more_time").props(
                    'data-refine title="Goes on for up to five minutes; intervals get narrower"'
                )

    def _wish(self) -> dict[str, Any]:
        chosen = [] if self._scenarios is None else list(self._scenarios.value or [])
        return {"scenarios": chosen, "weeks": int(self._weeks.value or 8)}

    def _first(self) -> None:
        start(self._place, self._wish())

    def _refine(self) -> None:
        start(self._place, self._wish() | {"thorough": True})


def _scenarios(found: Observation) -> list[str]:
    points = found.table("viability")
    return [str(name) for name in points.filter(pl.col("kind") == "scenario")["point"]]


def start(place: Place, wish: dict[str, Any]) -> None:
    """Order an observation and stay where its progress is seen."""
    try:
        place.workspace.observations.order(wish)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.reload()


def following(place: Place) -> bool:
    """Progress of the observation under way, or why the last one was not done; whether one is under way."""
    observations = place.workspace.observations
    job = observations.active()
    if job is not None:
        with card("Observing", job.title) as holder:
            holder.props("data-progress")
            states.follow(place, job.id, _ended)
            if job.arguments.get("thorough"):
                button("Enough: keep what there is", lambda: place.workspace.jobs.stop(job.id), slim=True)
        return True
    last, found = observations.last(), observed(place)
    since = "" if found is None else str(found.document["made_at"])
    if last is not None and last.status in ("failed", "interrupted") and (last.finished_at or "") > since:
        with card(f"{last.title}: not done") as holder:
            holder.props("data-not-done")
            states.failed_job(place, last)
    return False


def _ended(job: Job) -> None:
    ui.navigate.reload()


def stale_bar(place: Place, found: Observation) -> None:
    """Say so when the record or the network has changed since."""
    if place.workspace.observations.active() is None and place.workspace.observations.stale(found):
        with note_bar("The record or the network has changed since this observation was made.", icon="update"):
            button("Observe again", lambda: start(place, {"weeks": found.document["weeks"]}), slim=True)


def experimental_bar(found: Observation) -> None:
    """Which index did not prove itself, and why."""
    for axis, why in found.experimental.items():
        with note_bar(f"Dynamic {axis} is experimental: {why}" if axis == "homeostasis"
                      else f"Structural {axis} is experimental: {why}", icon="science") as bar:  # fmt: skip
            bar.props(f"data-experimental={axis}")


def remarks(found: Observation) -> None:
    """What was left out, assumed, or stands for something else."""
    if not found.notices:
        return
    took = duration(float(found.document["seconds"]))
    words = plural(len(found.notices), "remark on this observation", "remarks on this observation")
    with ui.expansion(f"{words}; it took {took}").props("dense data-remarks").classes("more"):
        for line in found.notices:
            text(line, "small quiet")
