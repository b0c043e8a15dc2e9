"""Settings of the levers tried out: simulated side by side under common random numbers, measured per replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.observer.levers import Lever, Steps, turned
from spareverse.simulation.universe.measures import per_replication
from spareverse.simulation.universe_run import run_variants

Floats = NDArray[np.float64]
COST = "total_cost"
"""The enterprise objective: all controllable cost, per day of the counted time."""


@dataclass(frozen=True)
class Outcomes:
    """What came of settings: ``points`` [V, levers] and each measure [V, R]."""

    points: Floats
    measures: Mapping[str, Floats]
    parts: pl.DataFrame
    """Controllable cost per part and day, means over the replications: ``part_id`` and a column for each setting."""

    @property
    def cost(self) -> Floats:
        return self.measures[COST]

    def only(self, rows: Sequence[int]) -> Outcomes:
        """Some of the settings, in this order."""
        measures = {name: values[list(rows)] for name, values in self.measures.items()}
        parts = self.parts.select("part_id", *(pl.col(str(row)).alias(str(new)) for new, row in enumerate(rows)))
        return Outcomes(self.points[list(rows)], measures, parts)

    def more_replications(self, other: Outcomes) -> Outcomes:
        """The same settings under further random numbers."""
        mine, others = self.cost.shape[1], other.cost.shape[1]
        measures = {name: np.hstack([self.measures[name], other.measures[name]]) for name in self.measures}
        both = (self.parts.drop("part_id") * mine + other.parts.drop("part_id") * others) / (mine + others)
        return Outcomes(self.points, measures, self.parts.select("part_id").hstack(both))

    def more_settings(self, other: Outcomes) -> Outcomes:
        """Other settings under the same random numbers."""
        measures = {name: np.vstack([self.measures[name], other.measures[name]]) for name in self.measures}
        renamed = other.parts.drop("part_id").rename(lambda name: str(int(name) + len(self.points)))
        return Outcomes(np.vstack([self.points, other.points]), measures, self.parts.hstack(renamed))


@dataclass
class Trials:
    """A network with levers to turn; counts what has been simulated."""

    network: Network
    levers: Sequence[Lever]
    measures: Sequence[str]
    planned_runs: int
    """How many runs are to come, for the progress."""
    progress: Progress | None = None
    cancel: Cancel | None = None
    threads: int | None = None
    runs: int = field(default=0, init=False)
    events: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # results by places and periods are of no use here: one period for all
        horizon = float(self.network.setting("horizon_days"))
        settings = self.network["settings"].with_columns(period_days=pl.lit(horizon))
        tables = {**self.network.tables, "settings": settings}
        self.network = Network(tables, self.network.name, self.network.notices)
        self.measures = tuple(dict.fromkeys((COST, *self.measures)))

    def run(self, points: Sequence[Steps], *, replications: int, seed: int) -> Outcomes:
        """Each setting ``replications`` times; the same ``seed`` means the same random numbers. Raises Cancelled."""
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
        return self._outcomes(np.array(points, dtype=np.float64), tables, replications)

    def _share(self, count: int) -> Progress | None:
        if self.progress is None:
            return None
        whole, told = max(self.planned_runs, self.runs + count), self.progress
        return lambda share, words: told((self.runs + share * count) / whole, "Trying settings of the levers")

    def _outcomes(self, points: Floats, tables: Mapping[str, pl.DataFrame], replications: int) -> Outcomes:
        days = float(self.network.setting("horizon_days"))
        order = pl.col("scenario").cast(pl.Int64)
        measures = {}
        for name in self.measures:
            rows = per_replication(tables["series"], name).sort(order, "replication")
            values = rows["value"].to_numpy().reshape(len(points), replications)
            measures[name] = values / days if name.endswith("_cost") else values
        costs = [name for name in tables["points"].columns if name.endswith("_cost") and name != "purchases_cost"]
        cost = pl.sum_horizontal(costs) / days
        parts = tables["points"].group_by("scenario", "part_id", maintain_order=True).agg(cost.sum().alias("cost"))
        wide = parts.pivot("scenario", index="part_id", values="cost", maintain_order=True)
        return Outcomes(points, measures, wide.select("part_id", *(str(number) for number in range(len(points)))))
