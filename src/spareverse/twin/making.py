"""An observation in the making: a first answer, then steps that make it better, and what is kept of each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, NotEnoughData
from spareverse.history.history import prepare
from spareverse.history.window import choose_window
from spareverse.io.scenario_files import scenario_text
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.observer_tables import (
    ALARMS,
    COHERENCE,
    NOTICED,
    RECOMMENDATIONS,
    TROUBLES,
    VIABILITY,
    WORKLOAD,
)
from spareverse.network.scenario import Scenario
from spareverse.observer import coherence_validity
from spareverse.observer.coherence import coherence
from spareverse.observer.detection import battery_noticed
from spareverse.observer.homeostasis import VALIDITY
from spareverse.observer.monitoring import FALSE_DISCOVERY_RATE, watch_history
from spareverse.observer.planned import with_plan
from spareverse.observer.ranking import waiting_is_priced, with_margins
from spareverse.observer.recommendations import recommend
from spareverse.observer.record_viability import direction, record_points
from spareverse.observer.sample import sampled
from spareverse.observer.viability import (
    Point,
    centre,
    checked_limits,
    default_limits,
    viability_tables,
)
from spareverse.observer.warnings import warn
from spareverse.observer.workload import workload_table
from spareverse.simulation.scenarios import apply_scenario
from spareverse.twin.built_network import BuiltNetwork
from spareverse.twin.observation import DEFAULT_LIMITS_TAKEN, NO_EMERGENCIES, NO_PRICE_OF_WAITING, NOW
from spareverse.twin.observing import Place, go_on, kept_facts, kept_tables
from spareverse.twin.simulator import started

PARTS = 1_000
"""Simulated at most; of a larger network a sample."""
FIRST_REPLICATIONS, MORE_REPLICATIONS, MOST_REPLICATIONS = 8, 16, 120
"""Of the battery: in the first answer, added by every step that refines it, and in all."""
FIRST_SEARCH, REFINED_SEARCH, SCENARIO_SEARCH = 8, 24, 8
"""Replications in which is searched where agents come to rest: first, refined, and of scenarios."""
SCORES = 24
"""Fresh replications that coherence is scored on: with fewer, rare dear years are missed, and the limits with them."""
AXIS_RHO = 1.0
"""Width of the trust box whose coherence is the axis of the map."""
REFINED_SECONDS = 300.0
PLAN = "newest plan"
WATCHED_MONTHS = 72
"""Of the record, at its end, that the monitors look at."""


@dataclass(frozen=True)
class Wish:
    """What is to be observed, and of what."""

    made_of: Mapping[str, Any]
    """What the observation depends on, seed and weeks among it."""
    built: BuiltNetwork | None
    scenarios: Sequence[Scenario]
    record: Mapping[str, pl.DataFrame]
    """Tables as imported."""
    plans: Sequence[tuple[date, pl.DataFrame]]
    """Day and rows of the plans kept, oldest first."""
    name: str
    currency: str


@dataclass
class Making:
    """What has been found so far. Raises Cancelled within a step, and keeps what was found before it."""

    wish: Wish
    progress: Progress | None
    cancel: Cancel | None
    places: list[Place] = field(default_factory=list)
    past: list[Point] = field(default_factory=list)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    refined: bool = False
    rescored: bool = False
    """Whether coherence is as good as it will get."""
    _began: float = field(default_factory=time.perf_counter)
    _spent: float = 0.0

    def __post_init__(self) -> None:
        wish = self.wish
        self.tables[WORKLOAD.name] = workload_table(wish.record["purchases"], wish.record["policies"], wish.plans)
        self._watch()
        self.past = record_points(wish.record, None if wish.built is None else wish.built.network["limits"])
        if wish.built is None:
            self.refined = True
            return
        begun, said = started(wish.built, from_state=False, until_days=None)
        self.notices += [*said, *begun.notices]
        if not waiting_is_priced(begun):
            self.notices.append(NO_PRICE_OF_WAITING)
        if begun["stock"]["expedite_at"].is_null().all() or begun["sourcing"]["emergency_lead_time"].is_null().all():
            self.notices.append(NO_EMERGENCIES)
        seed = int(wish.made_of["seed"])
        self.places = [Place.of(NOW, "now", with_distances(begun), PARTS, seed)]
        for scenario in wish.scenarios:
            changed = with_distances(apply_scenario(begun, scenario))
            self.places.append(Place.of(scenario.name, "scenario", changed, PARTS, seed))
        if wish.built.start is not None and wish.plans:
            planned = with_plan(self.places[0].network, wish.plans[-1][1])
            if planned is not None:
                self.places.append(Place.of(PLAN, "plan", planned, PARTS, seed))
        sample = self.places[0].sample
        if sample.parts < sample.parts_in_all:
            self.notices.append(
                f"Both axes are made of a sample of {sample.parts:,} of {sample.parts_in_all:,} parts; its error is in"
                f" their limits. {sample.remark}".rstrip()
            )

    def _watch(self) -> None:
        """Monitors over all of the record."""
        purchases, sales = self.wish.record["purchases"], self.wish.record["sales"]
        demand = sales if sales.height else self.wish.record["consumption"].rename({"issued_on": "ordered_on"})
        try:
            window = choose_window(purchases, demand, None, None, None, WATCHED_MONTHS)
        except NotEnoughData:
            return
        found = watch_history(prepare(self.wish.record, window))
        self.tables |= {ALARMS.name: found.alarms, TROUBLES.name: found.troubles}
        self.notices.append(
            f"{found.tests:,} streams of the record were watched; {FALSE_DISCOVERY_RATE:.0%} of the alarms of a kind"
            f" are false on average. The season was taken out of the demand of {found.seasonal:,} of them."
        )

    @property
    def seconds(self) -> float:
        """Spent on it so far, on earlier days too."""
        return self._spent + time.perf_counter() - self._began

    def go_on(self, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        """Start where an earlier observation of the same stopped."""
        self.refined, self.rescored = bool(document["refined"]), bool(document["rescored"])
        self._spent = float(document["seconds"])
        self.notices = list(document["notices"])
        go_on(self.places, document, tables)
        self.tables = {name: tables[name] for name in tables}

    def first(self) -> None:
        """The first answer."""
        if self.places:
            self._battery(FIRST_REPLICATIONS, 0.0, 0.25)
            self._incentives(FIRST_SEARCH, 0.25, 0.5)
            self._look_ahead(0.5, 0.7)
            self._advise(0.7, 1.0)

    def refine(self) -> bool:
        """One step better; False where there is no more to gain or no more time."""
        if self.refined:
            return False
        if not self.rescored:
            self._incentives(REFINED_SEARCH, 0.0, 0.8)
            self.rescored = True
            self._battery(MORE_REPLICATIONS, 0.8, 1.0)
        else:
            self._battery(MORE_REPLICATIONS, 0.0, 1.0)
        enough = self.places[0].known.replications >= MOST_REPLICATIONS
        self.refined = enough or self.seconds >= REFINED_SECONDS
        return True

    def _battery(self, replications: int, begin: float, end: float) -> None:
        """Replications of the battery for every point; all of them, or none where it is cancelled."""
        before = [place.runs for place in self.places]
        each = (end - begin) / len(self.places)
        try:
            for number, place in enumerate(self.places):
                done = 0 if place.runs is None else place.runs.replications
                report = self._part(begin + number * each, each, place.name)
                place.simulate(replications, int(self.wish.made_of["seed"]) + done, report, self.cancel)
        except BaseException:
            for place, runs in zip(self.places, before, strict=True):
                place.runs = runs
            raise

    def _incentives(self, search: int, begin: float, end: float) -> None:
        """Coherence of today's network in both boxes, of scenarios in the narrow one."""
        each = (end - begin) / (len(self.places) + 1)
        for number, place in enumerate(self.places):
            today = not number
            report = self._part(begin + (number + (not today)) * each, each * (1 + today), place.name)
            try:
                found = coherence(
                    place.network, rhos=(AXIS_RHO, 2.0) if today else (AXIS_RHO,), parts=PARTS,
                    replications=search if today else min(search, SCENARIO_SEARCH), scores=SCORES,
                    seed=int(self.wish.made_of["seed"]), progress=report, cancel=self.cancel,
                )  # fmt: skip
            except InputRejected as rejected:
                self.notices.append(f"There is no coherence of {place.name}: {rejected.message}")
                continue
            row = found[COHERENCE.name].row(by_predicate=pl.col("rho") == AXIS_RHO, named=True)
            place.weigh(row)
            if today:
                self.tables |= found

    def _look_ahead(self, begin: float, end: float) -> None:
        """Warnings from the state the network was built for."""
        built = self.wish.built
        if built is None:
            return
        begun, _ = started(built, from_state=True, until_days=None)
        found = warn(
            begun, weeks=int(self.wish.made_of["weeks"]), seed=int(self.wish.made_of["seed"]),
            progress=self._part(begin, end - begin, "looking ahead"), cancel=self.cancel,
        )  # fmt: skip
        self.tables |= {"warnings": found.warnings, "expedites": found.expedites, "steps": found.steps}
        self.notices += found.notices

    def _advise(self, begin: float, end: float) -> None:
        """Nudges tried on the parts that are simulated, from the state the network was built for."""
        built = self.wish.built
        if built is None:
            return
        begun, _ = started(built, from_state=True, until_days=None)
        seed = int(self.wish.made_of["seed"])
        sample = sampled(begun, PARTS, seed)
        expedites = self.tables["expedites"].join(sample.strata, on="part_id", how="semi", maintain_order="left")
        found = recommend(
            sample.network, expedites=expedites, sample=sample, whole=begun if sample.remark else None, seed=seed,
            progress=self._part(begin, end - begin, "advice"), cancel=self.cancel,
        )  # fmt: skip
        texts = {name: scenario_text(scenario) for name, scenario in found.scenarios.items()}
        change = pl.col("nudge_id").replace_strict(texts, default=None, return_dtype=pl.String)
        self.tables[RECOMMENDATIONS.name] = found.table.with_columns(change=change)

    def _part(self, begin: float, length: float, name: str) -> Progress | None:
        """Progress of one part of the work."""
        report = self.progress
        if report is None:
            return None
        return lambda share, what: report(begin + length * share, f"{name}: {what}")

    def result(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        """Document and tables as they are kept."""
        tables, points, notices = dict(self.tables), list(self.past), list(self.notices)
        if self.places:
            limits, said = self._limits()
            notices += said
            today = self.places[0] if said else None
            placed, held = self.places[0].found(limits, today)
            tables |= held
            tables[NOTICED.name] = battery_noticed(self.places[0].known.series)
            points += [placed, *(place.found(limits, today)[0] for place in self.places[1:])]
            notices += [f"Left out of the battery: {text}." for text in self.places[0].known.left_out]
            if RECOMMENDATIONS.name in tables:  # against the figures of today that are shown beside them
                tried = tables[RECOMMENDATIONS.name]
                held_to = with_margins(tried, placed.measures, self._currency, defaults=bool(said))
                tables[RECOMMENDATIONS.name] = held_to
        else:
            notices.append("There is no network yet: the map shows what the record alone can stand for.")
        tables |= viability_tables(points)
        built = self.wish.built
        document = {
            **self.wish.made_of,
            "name": self.wish.name if built is None else built.network.name or self.wish.name,
            "start": None if built is None or built.start is None else built.start.isoformat(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "refined": self.refined,
            "rescored": self.rescored,
            "seconds": round(self.seconds, 1),
            "runs": kept_facts(self.places),
            "centre": centre(tables[VIABILITY.name]),
            "direction": {axis: asdict(change) for axis, change in direction(tables[VIABILITY.name]).items()},
            "currency": self._currency,
            "experimental": {
                axis: of.remark
                for axis, of in (("coherence", coherence_validity.VALIDITY), ("homeostasis", VALIDITY))
                if of.experimental and self.places
            },
            "notices": list(dict.fromkeys(notices)),
        }
        return document, {**tables, **kept_tables(self.places)}

    @property
    def _currency(self) -> str:
        built = self.wish.built
        return self.wish.currency if built is None else str(built.network.setting("currency"))

    def _limits(self) -> tuple[pl.DataFrame, list[str]]:
        """Those of the network; else defaults, and that is said."""
        today = self.places[0]
        if today.network["limits"].height:
            return checked_limits(today.network["limits"]), []
        return default_limits(today.figures()), [DEFAULT_LIMITS_TAKEN]
