"""The network of a twin, its scenarios and its simulations as the server holds them: read once, ordered as jobs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from spareverse.errors import InputRejected, UsageError
from spareverse.io.scenario_files import scenario_of, scenario_text

if TYPE_CHECKING:
    from spareverse.figures.network.animation import Animation
    from spareverse.network.scenario import Scenario
    from spareverse.service.jobs import Job, JobQueue
    from spareverse.twin import Twin
    from spareverse.twin.built_network import BuiltNetwork
    from spareverse.twin.simulation import Simulation

SIMULATE, COUNTERFACTUALS, BUILD = "simulate", "counterfactuals", "build"
"""Kinds of jobs."""
KEEP = 3
"""How many simulations stay in memory."""
KEEP_ANIMATIONS = 6
MOST_REPLICATIONS = 1_000


class Universe:
    """Networks, scenarios and simulations of one twin, newest first."""

    def __init__(self, twin: Twin, jobs: JobQueue) -> None:
        self._twin = twin
        self._jobs = jobs
        self._networks: OrderedDict[str, BuiltNetwork] = OrderedDict()
        self._simulations: OrderedDict[str, Simulation] = OrderedDict()
        self._animations: OrderedDict[tuple[str, str, str], Animation] = OrderedDict()
        self._lock = Lock()

    def has_network(self) -> bool:
        return bool(self._twin.folder.runs("network"))

    def network_ids(self) -> list[str]:
        return self._twin.folder.runs("network")

    def network(self, id: str = "latest") -> BuiltNetwork:  # noqa: A002 -- the word users know
        """A network of the twin; NotFound when there is none."""
        with self._lock:
            run = (self.network_ids()[:1] or [""])[0] if id == "latest" else id
            if run not in self._networks:
                self._networks[run] = self._twin.network(id)
                if len(self._networks) > KEEP:
                    self._networks.popitem(last=False)
            return self._networks[run]

    def simulation_ids(self) -> list[str]:
        return self._twin.folder.runs("simulation")

    def document(self, id: str) -> dict[str, Any]:  # noqa: A002
        """How a simulation was made, without its tables; NotFound when there is none of that id."""
        return self._twin.folder.load_run("simulation", id)[0]

    def simulation(self, id: str = "latest") -> Simulation:  # noqa: A002
        """A kept simulation; NotFound when there is none."""
        with self._lock:
            run = (self.simulation_ids()[:1] or [""])[0] if id == "latest" else id
            if run not in self._simulations:
                self._simulations[run] = self._twin.simulation(id)
                if len(self._simulations) > KEEP:
                    self._simulations.popitem(last=False)
            self._simulations.move_to_end(run)
            return self._simulations[run]

    def animation(self, simulation: Simulation, scenario: str, part_id: str = "") -> Animation:
        """One scenario to watch, remembered."""
        key = (simulation.id, scenario, part_id)
        with self._lock:
            if key not in self._animations:
                self._animations[key] = simulation.animation(scenario, part_id=part_id or None)
                if len(self._animations) > KEEP_ANIMATIONS:
                    self._animations.popitem(last=False)
            return self._animations[key]

    def stale(self, simulation: Simulation) -> bool:
        """Whether another network was built or brought, or a scenario changed, since it was simulated."""
        return self.stale_document(simulation.document)

    def stale_document(self, document: Mapping[str, Any]) -> bool:
        if document.get("network") not in self.network_ids()[:1]:
            return True
        return any(self._changed(text) for text in document.get("scenarios", ()))

    def _changed(self, text: str) -> bool:
        """Whether the scenario of that name now says something else; one that was never kept, or is gone, has not."""
        name = scenario_of("scenario", text.encode()).name
        if name not in self.scenario_names():
            return False
        try:
            return scenario_text(self._twin.scenario(name)) != text
        except InputRejected:
            return True

    def scenario_names(self) -> list[str]:
        return self._twin.scenario_names()

    def scenario(self, name: str) -> Scenario:
        """A kept scenario; NotFound, or InputRejected where its file is wrong."""
        return self._twin.scenario(name)

    def scenario_text(self, name: str) -> str:
        """Its file as it stands."""
        return self._twin.scenario_text(name)

    def save_scenario(self, scenario: Scenario | str, name: str | None = None) -> Scenario:
        """Check and keep a scenario or the text of its file; ``name``: what it must be called."""
        found = scenario_of(f"{name or 'scenario'}.toml", scenario.encode()) if isinstance(scenario, str) else scenario
        if name is not None and found.name != name:
            raise UsageError(f"The scenario is called {found.name!r}, not {name!r}.")
        return self._twin.save_scenario(found)

    def delete_scenario(self, name: str) -> None:
        self._twin.delete_scenario(name)

    def order(self, arguments: Mapping[str, Any]) -> Job:
        """Queue a simulation (arguments of ``Twin.simulate`` as JSON values), or return the job that already does it.

        ``texts``: files of scenarios that are not kept. NotFound, UsageError for what cannot be simulated, before
        anybody waits for it.
        """
        from spareverse.twin.simulator import until_days

        given = {name: value for name, value in arguments.items() if value is not None and value not in ([], ())}
        if given.get("from_state"):  # as it is without a word
            del given["from_state"]
        until_days(given.get("until"), self.network(str(given.get("network", "latest"))))
        names = [str(name) for name in given.get("scenarios", ())]
        for name in names:
            self.scenario(name)
        if len(set(names)) < len(names):
            raise UsageError("A scenario is named twice.")
        replications = int(given.get("replications", 10))
        if not 1 <= replications <= MOST_REPLICATIONS:
            raise UsageError(f"Replications are 1 to {MOST_REPLICATIONS:,}, not {replications:,}.")
        others = [scenario_of("scenario", str(text).encode()) for text in given.get("texts", ())]
        told = ", ".join([*names, *(other.title or other.name for other in others)])
        title = f"Simulate {told or 'the network as it is'}, {replications} runs"
        return self._jobs.find(SIMULATE, given) or self._jobs.submit(SIMULATE, given, title=title)

    def order_counterfactuals(self, simulation: Simulation, scenario: str, top: int = 5) -> Job:
        """Queue runs without each of the largest causes of waiting."""
        given = {"simulation": simulation.id, "scenario": simulation.known(scenario), "top": top}
        title = f"Switch off the causes of waiting: {given['scenario']}"
        return self._jobs.find(COUNTERFACTUALS, given) or self._jobs.submit(COUNTERFACTUALS, given, title=title)

    def order_build(self) -> Job:
        """Queue the making of a network from the record."""
        return self._jobs.find(BUILD, {}) or self._jobs.submit(BUILD, {}, title="Build the network from the record")

    def active(self, kind: str = SIMULATE) -> Job | None:
        """The job of a kind that waits or runs."""
        return next((job for job in self._jobs.active() if job.kind == kind), None)

    def last(self, kind: str = SIMULATE) -> Job | None:
        """The newest job of a kind, however it ended."""
        return next((job for job in self._jobs.all() if job.kind == kind), None)

    def made_at(self) -> str:
        """When the newest simulation was made (ISO, UTC); empty where there is none."""
        ids = self.simulation_ids()
        return str(self.document(ids[0]).get("made_at", "")) if ids else ""

    def network_made_at(self) -> str:
        """When the newest network was built or brought (ISO, UTC); empty where there is none."""
        return str(self.network().document.get("made_at", "")) if self.has_network() else ""
