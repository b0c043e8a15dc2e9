"""Settings of the levers tried out: simulated side by side under common random numbers, measured per replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress
from spareverse.network.agent_tables import MEASURES_PAID
from spareverse.network.network import Network
from spareverse.observer.levers import Lever, Steps, turned
from spareverse.simulation.universe.measures import CONTROLLABLE, per_replication
from spareverse.simulation.universe_run import run_variants

Floats = NDArray[np.float64]
COST = "total_cost"
"""The enterprise objective: all controllable cost, per day of the counted time."""


@dataclass(frozen=True)
class Outcomes:
    """What came of settings: ``points`` [V, levers], each measure [V, R], mean cost per part and day [V, parts]."""

    points: Floats
    measures: Mapping[str, Floats]
    of_parts: Floats

    @property
    def cost(self) -> Floats:
        return self.measures[COST]

    def more_replications(self, other: Outcomes) -> Outcomes:
        """The same settings under further random numbers."""
        mine, others = self.cost.shape[1], other.cost.shape[1]
        measures = {name: np.hstack([self.measures[name], other.measures[name]]) for name in self.measures}
        both = (self.of_parts * mine + other.of_parts * others) / (mine + others)
        return Outcomes(self.points, measures, both)


@dataclass(frozen=True)
class _Outcome:
    """What came of one setting: each measure [R], and cost per part, in the order of ``Trials.part_ids``."""

    measures: Mapping[str, Floats]
    of_parts: Floats


@dataclass
class Trials:
    """A network with levers to turn. What was simulated is remembered, so that other pay costs no other runs."""

    network: Network
    levers: Sequence[Lever]
    planned_runs: int = 1
    """How many runs are to come, for the progress."""
    progress: Progress | None = None
    cancel: Cancel | None = None
    threads: int | None = None
    runs: int = field(default=0, init=False)
    events: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # results by places and periods are of no use here: one period for all
        self._days = float(self.network.setting("horizon_days"))
        settings = self.network["settings"].with_columns(period_days=pl.lit(self._days))
        tables = {**self.network.tables, "settings": settings}
        self.network = Network(tables, self.network.name, self.network.notices)
        self.part_ids = self.network["stock"]["part_id"].unique().sort()
        self._known: dict[tuple[float, ...], _Outcome] = {}

    def run(self, points: Sequence[Steps], *, replications: int, seed: int) -> Outcomes:
        """Each setting ``replications`` times; the same ``seed`` means the same random numbers. Raises Cancelled."""
        keys = [(float(seed), float(replications), *point.tolist()) for point in points]
        new = {key: point for key, point in zip(keys, points, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, self._simulated(list(new.values()), replications, seed), strict=True))
        found = [self._known[key] for key in keys]
        measures = {name: np.vstack([one.measures[name] for one in found]) for name in found[0].measures}
        return Outcomes(np.array(points, dtype=np.float64), measures, np.vstack([one.of_parts for one in found]))

    def _simulated(self, points: Sequence[Steps], replications: int, seed: int) -> list[_Outcome]:
        variants = [
            (str(number), partial(turned, self.network, self.levers, steps)) for number, steps in enumerate(points)
        ]
        count = len(points) * replications
        tables, events = run_variants(
            variants, replications=replications, seed=seed, threads=self.threads, progress=self._share(count),
            cancel=self.cancel,
        )  # fmt: skip
        self.runs += count
        self.events += events
        measures = self._measures(tables["series"], len(points), replications)
        of_parts = self._of_parts(tables["points"], len(points))
        return [
            _Outcome({name: values[row] for name, values in measures.items()}, of_parts[row])
            for row in range(len(points))
        ]

    def _share(self, count: int) -> Progress | None:
        if self.progress is None:
            return None
        whole, told = max(self.planned_runs, self.runs + count), self.progress
        return lambda share, _: told((self.runs + share * count) / whole, "Trying settings of the levers")

    def _measures(self, series: pl.DataFrame, settings: int, replications: int) -> dict[str, Floats]:
        """[settings, R] of every measure; costs per day."""
        measures = {}
        for name in MEASURES_PAID:
            rows = per_replication(series, name).sort(pl.col("scenario").cast(pl.Int64), "replication")
            values = rows["value"].cast(pl.Float64).to_numpy().reshape(settings, replications)
            measures[name] = values / self._days if name.endswith("_cost") else values
        return measures

    def _of_parts(self, points: pl.DataFrame, settings: int) -> Floats:
        """[settings, parts] controllable cost per day, means over the replications."""
        rows = points.group_by(pl.col("scenario").cast(pl.Int64), "part_id").agg(
            pl.sum_horizontal(CONTROLLABLE).sum().alias("cost")
        )
        values = rows.sort("scenario", "part_id")["cost"].to_numpy() / self._days
        of_parts: Floats = values.reshape(settings, len(self.part_ids))
        return of_parts
