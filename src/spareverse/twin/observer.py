"""The verb that looks at a twin as a whole: where it stands, what is coming, what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.errors import NotFound, UsageError
from spareverse.io.scenario_files import scenario_text, write_scenario
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.scenario import Scenario
from spareverse.observer.battery import battery_of, for_battery
from spareverse.observer.viability import centre, checked_limits, default_limits, figures, viability_tables
from spareverse.simulation.scenarios import apply_scenario
from spareverse.twin.builder import NETWORK
from spareverse.twin.built_network import BuiltNetwork
from spareverse.twin.observation import NOW, OBSERVATION, Observation
from spareverse.twin.observing import Place, go_on, kept_facts, kept_tables
from spareverse.twin.records import announce_compiling
from spareverse.twin.replies import Replies
from spareverse.twin.simulator import started

BATTERY_FOLDER = "battery"
FIRST_REPLICATIONS, MORE_REPLICATIONS, MOST_REPLICATIONS = 8, 16, 120
"""Of the battery: in the first answer, added by every step that refines it, and in all."""
REFINED_SECONDS = 300.0
DEFAULT_WEEKS, MOST_WEEKS = 8, 52


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
        one is returned. NotFound where there is neither network nor record, UsageError, InputRejected, Cancelled.
        """
        answers = self.observing(scenarios, weeks, seed=seed, progress=progress, cancel=cancel)
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
    ) -> Iterator[Observation]:
        """The first answer, then better ones; each is kept, and replaces the one before it as the newest."""
        if not 1 <= weeks <= MOST_WEEKS:
            raise UsageError(f"Warnings look 1 to {MOST_WEEKS} weeks ahead, not {weeks}.")
        chosen = self._chosen(scenarios)
        built = self.network() if self.folder.runs(NETWORK) else None
        if built is None and not self.folder.fingerprint():
            raise NotFound("There is nothing to observe yet: import order files or a network first.")
        made_of: dict[str, Any] = {
            "version": spareverse.__version__,
            "inputs": self.folder.fingerprint(),
            "network": None if built is None else built.id,
            "scenarios": [scenario_text(scenario) for scenario in chosen],
            "weeks": weeks,
            "seed": seed,
        }
        announce_compiling(progress)
        making = _Making(self, made_of, built, chosen, progress, cancel)
        if (kept := self.made_before(OBSERVATION, made_of)) is not None:
            found = self.observation(kept)
            go_on(making.places, found.document, found.tables)
            making.go_on(found)
            yield found
        else:
            making.first()
            yield self._keep_observation(making)
        while making.refine():
            yield self._keep_observation(making)

    def _keep_observation(self, making: _Making) -> Observation:
        with self.folder.writing():
            kept = self.folder.save_run(OBSERVATION, *making.result(self.folder.settings.name))
        return self.observation(kept)


class _Making:
    """One observation in the making."""

    def __init__(
        self, twin: Observer, made_of: dict[str, Any], built: BuiltNetwork | None, chosen: Sequence[Scenario],
        progress: Progress | None, cancel: Cancel | None,
    ) -> None:  # fmt: skip
        self._twin, self._made_of, self._built = twin, made_of, built
        self._progress, self._cancel = progress, cancel
        self._began = time.perf_counter()
        self._spent = 0.0
        self.refined = built is None
        self.tables: dict[str, pl.DataFrame] = {}
        self.notices: list[str] = []
        self.places: list[Place] = []
        if built is not None:
            begun, said = started(built, from_state=False, until_days=None)
            self.notices += [*said, *begun.notices]
            self.places.append(Place(NOW, "now", with_distances(begun)))
            self.places += [
                Place(scenario.name, "scenario", with_distances(apply_scenario(begun, scenario)))
                for scenario in chosen
            ]  # fmt: skip

    @property
    def seconds(self) -> float:
        return self._spent + time.perf_counter() - self._began

    def go_on(self, found: Observation) -> None:
        """Start where an earlier observation of the same stopped."""
        self.refined, self._spent = found.refined, float(found.document["seconds"])
        self.tables = {name: found.tables[name] for name in found.tables}

    def first(self) -> None:
        """The first answer."""
        self._simulate(FIRST_REPLICATIONS)
        if self._built is not None:
            self._write_battery()

    def refine(self) -> bool:
        """One step better; False where there is no more to gain or no more time."""
        if self.refined:
            return False
        self._simulate(MORE_REPLICATIONS)
        runs = self.places[0].runs
        enough = runs is not None and runs.replications >= MOST_REPLICATIONS
        self.refined = enough or self.seconds >= REFINED_SECONDS
        return True

    def _simulate(self, replications: int) -> None:
        """Replications of the battery for every point; all of them, or none where it is cancelled."""
        before = [place.runs for place in self.places]
        try:
            for number, place in enumerate(self.places):
                share = number / len(self.places)
                done = 0 if place.runs is None else place.runs.replications
                seed = int(self._made_of["seed"]) + done
                place.simulate(replications, seed, self._part(share, 1.0 / len(self.places), place.name), self._cancel)
        except BaseException:
            for place, runs in zip(self.places, before, strict=True):
                place.runs = runs
            raise

    def _part(self, begin: float, length: float, name: str) -> Progress | None:
        """Progress of one part of the work."""
        report = self._progress
        if report is None:
            return None
        return lambda share, what: report(begin + length * share, f"{name}: {what}")

    def result(self, name: str) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        """Document and tables as they are kept."""
        tables = dict(self.tables)
        points = []
        if self.places:
            limits = self._limits()
            for number, place in enumerate(self.places):
                placed, held = place.found(limits)
                points.append(placed)
                if not number:
                    tables |= held
        tables |= viability_tables(points)
        left_out = [text for place in self.places[:1] if place.runs is not None for text in place.runs.left_out]
        built = self._built
        document = {
            **self._made_of,
            "name": name if built is None else built.network.name or name,
            "start": None if built is None or built.start is None else built.start.isoformat(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "refined": self.refined,
            "seconds": round(self.seconds, 1),
            "runs": kept_facts(self.places),
            "centre": centre(tables["viability"]),
            "currency": self._twin.folder.settings.currency
            if built is None
            else str(built.network.setting("currency")),
            "notices": [*self.notices, *(f"Left out of the battery: {text}." for text in left_out)],
        }
        return document, {**tables, **kept_tables(self.places)}

    def _limits(self) -> pl.DataFrame:
        """Those of the network; else defaults, and that is said."""
        today = self.places[0]
        if today.network["limits"].height:
            return checked_limits(today.network["limits"])
        text = "No limits are set: a tenth worse than today is taken for the limit of service, money and workload."
        if text not in self.notices:
            self.notices.append(text)
        return default_limits(figures(today.known.series), today.network)

    def _write_battery(self) -> None:
        """The battery as scenario files, to be read and run."""
        folder = Path(self._twin.folder.path) / BATTERY_FOLDER
        with self._twin.folder.writing():
            folder.mkdir(exist_ok=True)
            for scenario in battery_of(for_battery(self.places[0].network)).scenarios:
                write_scenario(scenario, folder / f"{scenario.name}.toml")
