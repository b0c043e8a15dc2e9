"""The verb that looks at a twin as a whole: where it stands, what is coming, what to do."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import NotFound, UsageError
from spareverse.io.scenario_files import scenario_text, write_scenario
from spareverse.jit import Cancel, Progress
from spareverse.network.scenario import Scenario
from spareverse.observer.battery import battery_of, for_battery
from spareverse.twin.builder import NETWORK
from spareverse.twin.making import PLAN, Making, Wish
from spareverse.twin.observation import NOW, OBSERVATION, Observation
from spareverse.twin.records import announce_compiling
from spareverse.twin.replies import Replies

BATTERY_FOLDER = "battery"
MOST_PLANS = 12
"""So many plans are compared, each with the one before it."""
DEFAULT_WEEKS, MOST_WEEKS = 8, 52
PATIENCE_SECONDS = 120.0
"""How long a finished observation waits for another writer before it gives up."""


class Observer(Replies):
    """Observations of a twin."""

    def observe(
        self,
        scenarios: Sequence[Scenario | str] = (),
        weeks: int = DEFAULT_WEEKS,
        *,
        thorough: bool = False,
        seed: int = 1,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Observation:
        """Where the company stands on the viability map, what is coming within some weeks, and what to do.

        scenarios
            Kept ones by name, or scenarios themselves: each is a further point of the map.
        thorough
            Go on after the first answer until five minutes are over. Cancelled meanwhile, what was found is kept, and
            asked again it goes on from there.

        A twin with a record only gets the record's map. Kept in the twin; asked again with the same inputs, the kept
        one is returned. NotFound where there is neither network nor record, UsageError, InputRejected, Cancelled;
        TwinBusy at once where another observation of the twin is under way.
        """
        with closing(self.observing(scenarios, weeks, seed=seed, progress=progress, cancel=cancel)) as answers:
            found = next(answers)
            if thorough:
                for found in answers:  # noqa: B007 -- the last one is the best
                    pass
            return found

    def observing(
        self,
        scenarios: Sequence[Scenario | str] = (),
        weeks: int = DEFAULT_WEEKS,
        *,
        seed: int = 1,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Generator[Observation, None, None]:
        """The first answer, then better ones; each is kept, and replaces the one before it as the newest."""
        if not 1 <= weeks <= MOST_WEEKS:
            raise UsageError(f"Warnings look 1 to {MOST_WEEKS} weeks ahead, not {weeks}.")
        if seed < 0:
            raise UsageError(f"The random numbers start at 0 or later, not at {seed}.")
        chosen = self._chosen(scenarios)
        if taken := [scenario.name for scenario in chosen if scenario.name in (NOW, PLAN)]:
            raise UsageError(f"The map has a point {taken[0]!r} of its own. Name the scenario otherwise.")
        built = self.network() if self.folder.runs(NETWORK) else None
        if built is None and not self.folder.fingerprint():
            raise NotFound("There is nothing to observe yet: import order files or a network first.")
        made_of: dict[str, Any] = {
            "version": spareverse.__version__,
            "inputs": self.folder.fingerprint(),
            "network": None if built is None else built.id,
            "scenarios": [scenario_text(scenario) for scenario in chosen],
            "plan": self.folder.runs("plan")[:1],
            "weeks": weeks,
            "seed": seed,
        }
        announce_compiling(progress)
        settings = self.folder.settings
        wish = Wish(made_of, built, chosen, self.tables(), self._plans(), settings.name, settings.currency)
        kept = self.made_before(OBSERVATION, made_of)
        found = None if kept is None else self.observation(kept)
        if found is not None:
            self._renew(found)
            yield found
            if found.refined:
                return
        with self.folder.observing():
            making = Making(wish, progress, cancel)
            if found is None:
                making.first()
                yield self._keep_observation(making)
            else:
                making.go_on(found.document, found.tables)
            while making.refine():
                yield self._keep_observation(making)

    def _plans(self) -> list[tuple[date, pl.DataFrame]]:
        """Day and rows of the newest plans, oldest first."""
        kept = [self.folder.load_run("plan", run) for run in reversed(self.folder.runs("plan")[:MOST_PLANS])]
        return [(datetime.fromisoformat(document["made_at"]).date(), tables["plan"]) for document, tables in kept]

    def _renew(self, found: Observation) -> None:
        """What was asked for last is what "latest" means."""
        if found.id != self.folder.runs(OBSERVATION)[0]:
            with self.folder.writing():
                self.folder.renew_run(OBSERVATION, found.id)

    def _keep_observation(self, making: Making) -> Observation:
        # minutes of work are not lost because somebody imports a file just now
        with self.folder.writing(PATIENCE_SECONDS):
            self._write_battery(making)
            kept = self.folder.save_run(OBSERVATION, *making.result())
        return self.observation(kept)

    def _write_battery(self, making: Making) -> None:
        """The battery of today's network as scenario files, to be read and run."""
        if not making.places:
            return
        folder = Path(self.folder.path) / BATTERY_FOLDER
        folder.mkdir(exist_ok=True)
        for scenario in battery_of(for_battery(making.places[0].network)).scenarios:
            write_scenario(scenario, folder / f"{scenario.name}.toml")
