"""A simulated network as its reader meets it: measures, series, causes of waiting, accounts down to their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import polars as pl

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.figures.network.gallery import NetworkGallery
from spareverse.figures.viability.noticed import noticed_delays
from spareverse.figures.viability.noticed_strip import noticed_strip
from spareverse.io.scenario_files import scenario_of
from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_answers import ANSWERS
from spareverse.network.simulation_tables import SIMULATION_TABLES
from spareverse.observer.detection import changes, detections
from spareverse.simulation import waiting
from spareverse.simulation.scenarios import apply_scenario, within_run
from spareverse.simulation.universe import accounts, story
from spareverse.simulation.universe.measures import MEASURES, measured
from spareverse.simulation.universe_run import BASE

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.figures.network.animation import Animation
    from spareverse.figures.network.causes import Drill

Per = Literal["month", "period"]
PLACED = {"place": "place_id", "part": "part_id", "customer": "customer_id"}


class Removal(Protocol):
    """Runs a scenario again without its largest causes of waiting, and keeps what came of it."""

    def run(
        self, simulation: Simulation, scenario: str, top: int, progress: Progress | None, cancel: Cancel | None
    ) -> pl.DataFrame: ...

    def kept(self, simulation: str, scenario: str, top: int) -> pl.DataFrame | None: ...


@dataclass(frozen=True)
class Simulation:
    """A kept run of a network under scenarios. ``document`` says how it was made; tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    network_of: Callable[[], Network] = field(repr=False, compare=False)
    """Makes the network as it was simulated."""
    removal: Removal = field(repr=False, compare=False)

    @cached_property
    def network(self) -> Network:
        """The network as it is, with what was assumed about distances."""
        return self.network_of()

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What was compared with the network as it is, in order."""
        return tuple(scenario_of("scenario", text.encode()) for text in self.document["scenarios"])

    @property
    def names(self) -> tuple[str, ...]:
        """Names in every table: the network as it is first."""
        return (BASE, *(scenario.name for scenario in self.scenarios))

    @property
    def replications(self) -> int:
        return int(self.document["replications"])

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should know: how the run began, and what was assumed of the network."""
        return tuple(self.document["notices"])

    def table(self, name: str) -> pl.DataFrame:
        """A result table by its name in ``network.simulation_tables``; empty where the run did not keep it."""
        declared = {table.name: table for table in SIMULATION_TABLES}
        if name not in declared:
            problem = Problem("unknown table", f"Use one of {', '.join(declared)}.", value=name)
            raise NotFound(f"A simulation has no table {name!r}.", [problem])
        table = declared[name]
        return table.completed(self.tables.get(name, table.empty())).select(table.names)

    def measure(
        self, name: str, by: Sequence[str] = (), where: Mapping[str, str] | None = None, per: Per | None = None
    ) -> pl.DataFrame:
        """Mean and 95 % limits of a measure per scenario and what ``by`` names, per month or period.

        UsageError for a measure or column there is not; the measures are ``simulation.universe.measures.MEASURES``.
        """
        if name not in MEASURES:
            problem = Problem("unknown measure", f"Use one of {', '.join(MEASURES)}.", value=name)
            raise UsageError(f"There is no measure {name!r}.", [problem])
        known = ("scenario", "place_id", "period")
        if wrong := [column for column in (*by, *(where or {})) if column not in known]:
            problem = Problem("unknown column", f"Use some of {', '.join(known[1:])}.", value=wrong[0])
            raise UsageError(f"Measures are not told apart by {wrong[0]!r}.", [problem])
        return measured(self.table("series"), name, by=by, where=where, per=per)

    def why(
        self, *, scenario: str | None = None, place: str | None = None, part: str | None = None,
        customer: str | None = None, period: int | None = None, by: Sequence[str] = waiting.BY[:3],
    ) -> pl.DataFrame:  # fmt: skip
        """Why customers waited, by both ledgers (schema WHY), most first; ``by`` tells apart further.

        scenario
            By default the last one, or the network as it is where there is no other.
        period
            In which the waits ended, counted from 0.

        NotFound for a scenario, place, part or customer there is not.
        """
        self._must_know(place=place, part=part, customer=customer)
        where: dict[str, str | int | list[int] | None] = {
            "place_id": place, "part_id": part, "customer_id": customer, "period": period,
        }  # fmt: skip
        name = self.known(scenario)
        return waiting.why(self.table("causes"), name, self.replications, by=by, where=where)

    def counterfactuals(
        self, top: int = 5, *, scenario: str | None = None, progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """The largest causes of waiting beside runs without each of them (schema COUNTERFACTUALS).

        Paired with the run itself. Takes as long as simulating up to ``top`` scenarios; kept in the twin. Cancelled.
        """
        return self.removal.run(self, self.known(scenario), top, progress, cancel)

    def kept_counterfactuals(self, top: int = 5, *, scenario: str | None = None) -> pl.DataFrame | None:
        """What ``counterfactuals`` found before; None where it was not asked."""
        return self.removal.kept(self.id, self.known(scenario), top)

    @cached_property
    def _noticed(self) -> pl.DataFrame:
        told = [change for one in self.scenarios for change in changes(one)]
        return detections(self.table("series"), self.table("events"), told, base=BASE)

    def noticed(self, *, scenario: str | None = None) -> pl.DataFrame:
        """Which monitor would have noticed what begins in a scenario, by default in any, and after how many days
        (schema NOTICED), the surest and quickest first; false alarms are those of the undisturbed runs.

        NotFound for a scenario there is not, UsageError for a run of one replication.
        """
        return self._noticed if scenario is None else self._noticed.filter(scenario=self.known(scenario))

    def accounts(self, *, scenario: str | None = None, place: str | None = None) -> pl.DataFrame:
        """Money, emissions and service of a scenario (schema ACCOUNTS), and what their events add up to."""
        self._must_know(place=place)
        name = self.known(scenario)
        return accounts.accounts(self.table("series"), self.table("events"), self._changed(name), name, place_id=place)

    def account_events(
        self, account: str, *, scenario: str | None = None, place: str | None = None, part: str | None = None
    ) -> pl.DataFrame:
        """The events an account of the recorded replication is made of, each with its ``amount``."""
        self._must_know(place=place, part=part)
        name = self.known(scenario)
        return accounts.account_events(
            self.table("events"), self._changed(name), name, account, place_id=place, part_id=part
        )

    def waits(
        self, *, scenario: str | None = None, place: str | None = None, part: str | None = None,
        customer: str | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Events of the recorded replication that ended a wait, longest first (schema EVENTS)."""
        wanted = {"place": place, "part": part, "customer": customer}
        self._must_know(**wanted)
        where = {PLACED[name]: value for name, value in wanted.items() if value}
        return story.waits(self.table("events"), self.known(scenario), where)

    def story(self, part: str, place: str, day: float, *, scenario: str | None = None) -> pl.DataFrame:
        """How the wait for a part that ended at a place on ``day`` came about (schema STORY): orders behind it, and
        disturbances on their way. NotFound where no wait of the recorded replication ended then."""
        self._must_know(place=place, part=part)
        name = self.known(scenario)
        struck = self._changed(name)["disturbances"].iter_rows(named=True)
        return story.story(self.table("events"), name, part, place, day, struck)

    def _changed(self, scenario: str) -> Network:
        """The network as a scenario of this run changed it."""
        found = next((one for one in self.scenarios if one.name == scenario), None)
        if found is None:
            return self.network
        return apply_scenario(self.network, within_run(found, self.network.run_days)[0])

    def known(self, scenario: str | None) -> str:
        """The name of a scenario of this run, the last one for None; NotFound for another."""
        if scenario is None:
            return self.names[-1]
        if scenario not in self.names:
            raise NotFound(f"This run has no scenario {scenario!r}; it has: {', '.join(self.names)}.")
        return scenario

    def _must_know(self, **wanted: str | None) -> None:
        for what, value in wanted.items():
            column = PLACED[what]
            if value and value not in self.network[f"{what}s"][column]:
                raise NotFound(f"The network has no {what} {value!r}.")

    @cached_property
    def gallery(self) -> NetworkGallery:
        """Every figure of the run."""
        return NetworkGallery(self.network, self.tables, self.scenarios)

    def figure(
        self, name: str, *, scenario: str | None = None, place_id: str | None = None, link_id: str | None = None,
        drill: Drill | None = None,
    ) -> Figure:  # fmt: skip
        """One figure: network-map, network-layers, place-series, link-series, causes, scenarios, hurt, noticed,
        noticed-strip."""
        watched = {"noticed": noticed_delays, "noticed-strip": noticed_strip}
        if name in watched:
            return watched[name](self.noticed(scenario=scenario))
        return self.gallery.figure(name, scenario=scenario, place_id=place_id, link_id=link_id, drill=drill)

    def animation(self, scenario: str | None = None, *, part_id: str | None = None) -> Animation:
        """One scenario to watch, from the event record; ``to_html`` writes it as a page of its own."""
        return self.gallery.animation(None if scenario is None else self.known(scenario), part_id=part_id)

    def export(self, path: str | Path) -> list[Path]:
        """Write all tables: to a workbook (.xlsx, without the event record), or as Parquet into a folder."""
        from spareverse.io.excel import finished_file, write_tables

        path = Path(path)
        if path.suffix.lower() == ".xlsx":
            declared = {table.title: table for table in (*SIMULATION_TABLES, *ANSWERS) if table.name != "events"}
            given = {**self.tables, "accounts": self.accounts()}
            sheets = {title: given[table.name] for title, table in declared.items() if table.name in given}
            write_tables(path, sheets, {title: declared[title] for title in sheets})
            return [path]
        if path.suffix:
            raise UsageError(f"A simulation is written as a workbook (.xlsx) or into a folder, not to {path.name}.")
        files = []
        for name, frame in self.tables.items():
            files.append(path / f"{name}.parquet")
            with finished_file(files[-1]) as temporary:
                frame.write_parquet(temporary)
        return files

    def __str__(self) -> str:
        runs = f"{self.replications} replications, seed {self.document['seed']}"
        return f"Simulation {self.id} of {self.document['name']}: {', '.join(self.names)} ({runs})"
