"""One observation while it is made: the points of the map and their replications so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.simulation_tables import SERIES
from spareverse.observer.battery_runs import BatteryRuns, run_battery
from spareverse.observer.homeostasis import assess
from spareverse.observer.sample import Sample, sampled
from spareverse.observer.viability import Estimate, Kind, Point, errors_beside, figures, point

RUNS, RUN_PARTS = "battery_runs", "battery_parts"
"""Tables in which replications are kept, so that a later answer goes on from them; column ``point`` says whose."""
SIMULATED = "simulated"
OF_PAY = tuple(f"{name}{end}" for name in ("price", "cost_drift", "fill_drift") for end in ("", "_low", "_high"))
"""Columns of COHERENCE that a point of the map keeps beside its coherence."""


@dataclass
class Place:
    """A point of the map that is simulated: a network and what is known of it so far."""

    name: str
    kind: Kind
    network: Network
    """All of it, as its rules would have it begin."""
    sample: Sample
    """The parts of it that are simulated."""
    runs: BatteryRuns | None = None
    coherence: Estimate | None = None
    of_pay: dict[str, object] = field(default_factory=dict)
    """Where pay leads: OF_PAY."""

    @classmethod
    def of(cls, name: str, kind: Kind, network: Network, parts: int, seed: int) -> Place:
        """With at most so many of its parts simulated."""
        return cls(name, kind, network, sampled(network, parts, seed))

    @property
    def known(self) -> BatteryRuns:
        """Its replications; LookupError before there are any."""
        if self.runs is None:
            raise LookupError(f"{self.name} has not been simulated yet")
        return self.runs

    def simulate(self, replications: int, seed: int, progress: Progress | None, cancel: Cancel | None) -> None:
        """Add replications of the battery. Raises Cancelled, and is as it was."""
        more = run_battery(self.sample.network, replications=replications, seed=seed, progress=progress, cancel=cancel)
        self.runs = more if self.runs is None else self.runs.and_more(more)

    def weigh(self, row: Mapping[str, Any]) -> None:
        """Take its coherence, and where pay leads, from a row of COHERENCE or VIABILITY; nothing where it has none."""
        if row["coherence"] is not None:
            self.coherence = Estimate(row["coherence"], row["coherence_low"], row["coherence_high"])
            self.of_pay = {name: row.get(name) for name in OF_PAY}

    def figures(self) -> pl.DataFrame:
        """``viability.figures`` of the whole company: sums of a sample are scaled up."""
        return figures(self.known.series, self.sample.factor)

    def found(self, limits: pl.DataFrame, today: Place | None = None) -> tuple[Point, Mapping[str, pl.DataFrame]]:
        """The point against limits, which may be defaults taken from ``today``, and the tables of its homeostasis."""
        beside = None if today is None else errors_beside(self.known.series, today.known.series)
        held = assess(self.known, self.sample)
        estimate = Estimate(held.index, held.low, held.high)
        placed = point(
            self.name, self.kind, self.figures(), limits, coherence=self.coherence, homeostasis=estimate,
            basis=SIMULATED, beside=beside,
        )  # fmt: skip
        return replace(placed, row={**placed.row, **self.of_pay}), held.tables


def kept_tables(places: Sequence[Place]) -> dict[str, pl.DataFrame]:
    """The replications of all points, as they are kept."""
    known = [(place.name, place.runs) for place in places if place.runs is not None]
    if not known:
        return {}
    return {
        RUNS: pl.concat([runs.series.with_columns(point=pl.lit(name)) for name, runs in known]),
        RUN_PARTS: pl.concat([runs.parts.with_columns(point=pl.lit(name)) for name, runs in known]),
    }


def kept_facts(places: Sequence[Place]) -> dict[str, dict[str, Any]]:
    """What the document says of them."""
    return {
        place.name: {
            "parts": place.sample.parts,
            "parts_in_all": place.sample.parts_in_all,
            "replications": place.runs.replications,
            "events": place.runs.events,
            "left_out": list(place.runs.left_out),
        }
        for place in places
        if place.runs is not None
    }


def go_on(places: Sequence[Place], document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
    """Give the places the replications and the coherence that an earlier observation of the same kept."""
    for place in places:
        fact = document["runs"].get(place.name)
        if fact is None:
            continue
        series, parts = (
            tables[table].filter(pl.col("point") == place.name).drop("point") for table in (RUNS, RUN_PARTS)
        )
        series = SERIES.completed(series).select(SERIES.names)
        place.runs = BatteryRuns(series, parts, tuple(fact["left_out"]), fact["replications"], fact["events"])
        row = tables["viability"].row(by_predicate=pl.col("point") == place.name, named=True)
        place.weigh(row)
