"""The verbs that bring networks and scenarios into a twin, run them, and ask why customers waited."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import NotFound, Problem, UsageError
from spareverse.io.network_files import read_network
from spareverse.io.scenario_files import read_scenario, scenario_text
from spareverse.io.scenario_folder import ScenarioFolder, check_name
from spareverse.jit import Cancel, Progress
from spareverse.network.components import COMPONENTS
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.scenario import Scenario
from spareverse.simulation.scenarios import MOST_NAMED, apply_scenario, within_run
from spareverse.simulation.universe_run import BASE, UniverseRun, run_universe
from spareverse.simulation.waiting import counterfactuals
from spareverse.twin.builder import NETWORK, Builder
from spareverse.twin.built_network import BuiltNetwork
from spareverse.twin.records import announce_compiling
from spareverse.twin.simulation import Simulation

SIMULATION, COUNTERFACTUALS = "simulation", "counterfactuals"
"""Kinds of runs by which the twin keeps them."""
MOST_REPLICATIONS = 10_000


class Simulator(Builder):
    """Networks of a twin, under scenarios."""

    def import_network(self, source: Network | str | Path) -> BuiltNetwork:
        """Bring a network of one's own: a workbook, a folder of CSV or Parquet files, or a ``Network``.

        It is the twin's network from now on; those before it are kept. InputRejected lists everything wrong with it.
        """
        network = source if isinstance(source, Network) else read_network(source)
        document = {
            "version": spareverse.__version__,
            "digest": digest(network),
            "name": network.name or self.folder.settings.name,
            "start": None,
            "made_at": _now(),
            "notices": list(network.notices),
            "summary": {"rows": {table.name: network[table.name].height for table in COMPONENTS}, "verdicts": []},
        }
        with self.folder.writing():
            tables = {name: frame for name, frame in network.tables.items() if frame.height}
            return self.network(self.folder.save_run(NETWORK, document, tables))

    @property
    def _scenarios(self) -> ScenarioFolder:
        return ScenarioFolder(self.folder.path)

    def scenario_names(self) -> list[str]:
        """Names of the scenarios the twin keeps."""
        return self._scenarios.names()

    def scenario(self, name: str) -> Scenario:
        """A kept scenario; NotFound where there is none of that name."""
        return self._scenarios.read(name)

    def scenario_text(self, name: str) -> str:
        """The file of a kept scenario, as it stands."""
        return self._scenarios.text(name)

    def check_scenario(self, scenario: Scenario) -> None:
        """InputRejected where its name cannot be kept, or it does not fit the twin's network where there is one."""
        check_name(scenario.name)
        if self.folder.runs(NETWORK):
            apply_scenario(self.network().network, scenario)

    def save_scenario(self, scenario: Scenario | str | Path) -> Scenario:
        """Keep a scenario, or that of a file, in place of one of the same name; checked as ``check_scenario`` does."""
        found = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
        self.check_scenario(found)
        with self.folder.writing():
            self._scenarios.save(found)
        return found

    def delete_scenario(self, name: str) -> None:
        """NotFound where there is none of that name. Runs that were made with it stay."""
        with self.folder.writing():
            self._scenarios.delete(name)

    def simulate(
        self,
        scenarios: Sequence[Scenario | str] = (),
        from_state: bool = True,
        replications: int = 10,
        seed: int = 1,
        until: float | date | str | None = None,
        *,
        log: bool = True,
        network: str = "latest",
        keep: bool = True,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Simulation:
        """The twin's network as it is and under each scenario, paired by common random numbers.

        scenarios
            Kept ones by name, or scenarios themselves.
        from_state
            Start from the stock, the orders under way and the customers waiting of the day the network was built; else
            with all the stock its rules allow and nothing under way, which is far from what they keep in the long run.
            A network of one's own always starts as its tables say.
        until
            End of the run: days from its start or, for a network built from the record, a day. What would begin later
            does not happen, and is said; a disturbance beyond the run of the network itself is refused.
        log
            Keep the event record of the first replication, which the animation and the accounts open down to.
        keep
            Keep the run in the twin; else it lives as long as what is returned, and nothing is written.

        Kept in the twin; asked again with the same inputs, the kept one is returned. NotFound, UsageError,
        InputRejected, Cancelled; a run that fails or is cancelled leaves the twin as it was.
        """
        built, chosen, made_of = self._asked(scenarios, from_state, replications, seed, until, log, network)
        if (kept := self.made_before(SIMULATION, made_of)) is not None:
            if keep and kept != self.folder.runs(SIMULATION)[0]:  # what was asked for last is what "latest" means
                with self.folder.writing():
                    self.folder.renew_run(SIMULATION, kept)
            return self.simulation(kept)
        announce_compiling(progress)
        begun, said = started(built, from_state=from_state, until_days=made_of["until_days"])
        cut = [within_run(scenario, begun.run_days, built.network.run_days) for scenario in chosen]
        said += [text for _, texts in cut for text in texts]
        run = run_universe(
            begun, [scenario for scenario, _ in cut], replications=replications, seed=seed, log=log,
            progress=progress, cancel=cancel,
        )  # fmt: skip
        document = self._simulated(made_of, built, run, said)
        if not keep:
            return self._opened(f"trial-{uuid.uuid4().hex[:6]}", document, run.tables, keep=False)
        with self.folder.writing():
            # lazily: the event record may be larger than memory
            kept = self.folder.save_run(SIMULATION, document, {name: run.tables.scan(name) for name in run.tables})
        return self.simulation(kept)

    def simulated_before(
        self,
        scenarios: Sequence[Scenario | str] = (),
        from_state: bool = True,
        replications: int = 10,
        seed: int = 1,
        until: float | date | str | None = None,
        *,
        log: bool = True,
        network: str = "latest",
    ) -> str | None:
        """Id of the kept run that ``simulate`` would return for these; None where it would have to run first."""
        return self.made_before(
            SIMULATION, self._asked(scenarios, from_state, replications, seed, until, log, network)[2]
        )

    def _asked(
        self, scenarios: Sequence[Scenario | str], from_state: bool, replications: int, seed: int,
        until: float | date | str | None, log: bool, network: str,
    ) -> tuple[BuiltNetwork, tuple[Scenario, ...], dict[str, Any]]:  # fmt: skip
        """The network, the scenarios, and what the run depends on."""
        if not 1 <= replications <= MOST_REPLICATIONS:
            raise UsageError(f"Replications are 1 to {MOST_REPLICATIONS:,}, not {replications:,}.")
        if seed < 0:
            raise UsageError(f"The random numbers start at 0 or later, not at {seed}.")
        built = self.network(network)
        chosen = self._chosen(scenarios)
        made_of: dict[str, Any] = {
            "version": spareverse.__version__,
            "network": built.id,
            "scenarios": [scenario_text(scenario) for scenario in chosen],
            "from_state": bool(from_state),
            "replications": replications,
            "seed": seed,
            "until_days": until_days(until, built),
            "log": log,
        }
        return built, chosen, made_of

    def _chosen(self, scenarios: Sequence[Scenario | str]) -> tuple[Scenario, ...]:
        chosen = tuple(self.scenario(one) if isinstance(one, str) else one for one in scenarios)
        names = [scenario.name for scenario in chosen]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"The scenario {name!r} is named twice.", [Problem("twice", "Name it once.")])
            check_name(name)
        return chosen

    def _simulated(
        self, made_of: dict[str, Any], built: BuiltNetwork, run: UniverseRun, said: Sequence[str]
    ) -> dict[str, Any]:
        """How a run was made, as it is kept."""
        return {
            **made_of,
            "digest": digest(built.network),
            "name": run.network.name or self.folder.settings.name,
            "start": None if built.start is None else built.start.isoformat(),
            "made_at": _now(),
            "events": run.events,
            "notices": [*said, *run.notices],
            "currency": str(run.network.setting("currency")),
        }

    def simulation(self, id: str = "latest") -> Simulation:  # noqa: A002 -- the word users know
        """A kept run; NotFound when there is none."""
        runs = self.folder.runs(SIMULATION)
        if id == "latest" and not runs:
            raise NotFound("This twin has no simulation yet. `spareverse simulate` makes one.")
        run = runs[0] if id == "latest" else id
        return self._opened(run, *self.folder.load_run(SIMULATION, run))

    def _opened(
        self, run: str, document: dict[str, Any], tables: Mapping[str, pl.DataFrame], *, keep: bool = True
    ) -> Simulation:
        def network() -> Network:
            built = self.network(document["network"])
            begun, _ = started(built, from_state=document["from_state"], until_days=document["until_days"])
            return with_distances(begun)

        return Simulation(run, document, tables, network, _Removals(self, keep=keep))


class _Removals:
    """Counterfactual runs of a twin, kept since they take as long as simulations; of a trial they are not."""

    def __init__(self, twin: Simulator, *, keep: bool = True) -> None:
        self._twin, self._keep = twin, keep

    def kept(self, simulation: str, scenario: str, top: int) -> pl.DataFrame | None:
        run = self._twin.made_before(COUNTERFACTUALS, _removal_of(simulation, scenario, top))
        return None if run is None else self._twin.folder.load_run(COUNTERFACTUALS, run)[1][COUNTERFACTUALS]

    def run(
        self, simulation: Simulation, scenario: str, top: int, progress: Progress | None, cancel: Cancel | None
    ) -> pl.DataFrame:
        if (table := self.kept(simulation.id, scenario, top)) is not None:
            return table
        announce_compiling(progress)
        named = {each.name: each for each in simulation.scenarios}
        chosen = None if scenario == BASE else within_run(named[scenario], simulation.network.run_days)[0]
        table = counterfactuals(
            simulation.network, chosen,
            simulation.why(scenario=scenario, by=("cause",)), top=top, replications=simulation.replications,
            seed=int(simulation.document["seed"]), progress=progress, cancel=cancel,
        )  # fmt: skip
        document = {**_removal_of(simulation.id, scenario, top), "made_at": _now()}
        if not self._keep:
            return table
        with self._twin.folder.writing():
            self._twin.folder.save_run(COUNTERFACTUALS, document, {COUNTERFACTUALS: table})
        return table


def _removal_of(simulation: str, scenario: str, top: int) -> dict[str, Any]:
    return {"version": spareverse.__version__, "simulation": simulation, "scenario": scenario, "top": top}


def digest(network: Network) -> str:
    """Hash of the tables of a network; equal hashes mean equal tables."""
    found = hashlib.sha256()
    for table in COMPONENTS:
        found.update(f"\x1d{table.name}\x1d".encode())
        found.update(network[table.name].write_csv().encode())
    return found.hexdigest()[:16]


def started(built: BuiltNetwork, *, from_state: bool, until_days: float | None) -> tuple[Network, list[str]]:
    """The network as a run begins it and ends it, and what to say of that."""
    network, said = built.network, []
    tables = dict(network.tables)
    if built.start is not None and not from_state:
        said.append(
            "The run starts with all the stock that its rules allow and nothing under way, not with the state of the "
            "day it was built for: stock and service are better at first than they stay."
        )
        tables |= {name: tables[name].clear() for name in ("opening_orders", "opening_backorders")}
        tables["stock"] = tables["stock"].with_columns(pl.lit(None, pl.Int64).alias("initial_stock"))
    if until_days is not None:
        end = float(network.setting("warm_up_days")) + until_days
        later = tables["disturbances"].filter(pl.col("start_day").is_between(end, network.run_days, closed="left"))
        if later.height:
            names = ", ".join(later["disturbance_id"].head(MOST_NAMED))
            more = f" and {later.height - MOST_NAMED:,} more" if later.height > MOST_NAMED else ""
            said.append(f"The run ends on day {end:g}, before these disturbances of the network: {names}{more}.")
            tables["disturbances"] = tables["disturbances"].join(later, on="disturbance_id", how="anti")
        tables["settings"] = tables["settings"].with_columns(
            horizon_days=pl.lit(until_days), period_days=pl.col("period_days").clip(upper_bound=max(until_days, 1.0))
        )
        return checked_network(tables, name=network.name, notices=network.notices), said
    return Network(tables, network.name, network.notices), said


def until_days(until: float | date | str | None, built: BuiltNetwork) -> float | None:
    """Length of the run in days; UsageError for what is none."""
    if isinstance(until, str):
        try:
            until = float(until)
        except ValueError:
            try:
                until = date.fromisoformat(str(until))
            except ValueError as error:
                raise UsageError(f"{until!r} is no end of a run; write days or YYYY-MM-DD.") from error
    if isinstance(until, date):
        if built.start is None:
            raise UsageError("This network has no day on which it starts: give the end of the run in days.")
        until = float((until - built.start).days)
    if until is not None and not 0 < until < float("inf"):
        raise UsageError(f"A run ends after it starts, not at {until:g} days.")
    return None if until is None else float(until)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
