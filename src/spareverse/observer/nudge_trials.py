"""Nudges tried beside doing nothing, paired by replication, and what each changes in the whole company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.observer.intervals import Interval, mean
from spareverse.observer.nudges import Nudge
from spareverse.observer.sample import Sample
from spareverse.observer.viability import LIMITABLE
from spareverse.simulation.universe.measures import CONTROLLABLE, per_replication
from spareverse.simulation.universe_run import BASE, run_variants

Floats = NDArray[np.float64]
EFFECTS: Mapping[str, tuple[str, float | None]] = {
    "cost_change": ("total_cost", 1.0), "fill_change": ("fill_rate", None),
    "waiting_change": ("waiting_piece_days", 1.0), "stock_change": ("stock_value", None),
    "workload_change": ("exceptions_per_week", None), "expedites_change": ("expedites_per_week", None),
}  # fmt: skip
"""Column -> measure, and the days its sum is told for (None: a mean)."""
SHARE = "fill_change"
"""The effect that does not grow with the number of parts."""


class NudgeTrial:
    """Nudges and the network as it is under the same random numbers.

    sample
        Where the network has some of the parts of a company only: effects are told for all of it.
    """

    def __init__(
        self, network: Network, changed: Mapping[str, Network], nudges: Sequence[Nudge], replications: int, seed: int,
        threads: int | None, progress: Progress | None, cancel: Cancel | None, sample: Sample | None = None,
    ) -> None:  # fmt: skip
        self.nudges, self.replications = list(nudges), replications
        self._days = float(network.setting("horizon_days"))
        self._sample = sample if sample is not None and sample.parts < sample.parts_in_all else None
        networks = {BASE: network, **{nudge.id: changed[nudge.id] for nudge in nudges}}
        variants = [(name, partial(networks.__getitem__, name)) for name in networks]
        tables, self.events = run_variants(
            variants, replications=replications, seed=seed, threads=threads, progress=progress, cancel=cancel
        )
        self._series = tables["series"]
        self._known: dict[str, dict[str, Floats]] = {}
        self._of_parts = {} if self._sample is None else _by_part(network, tables["points"], self._days)

    def values(self, measure: str, name: str = BASE) -> Floats:
        """[replications] of a measure of one variant."""
        if measure not in self._known:
            every = per_replication(self._series, LIMITABLE[measure]).partition_by("scenario", as_dict=True)
            self._known[measure] = {
                str(key[0]): part["value"].fill_null(0.0).to_numpy() for key, part in every.items()
            }  # fmt: skip
        return self._known[measure][name]

    def change(self, measure: str, nudge: Nudge) -> Floats:
        """[replications] of a measure with a nudge less that without, of the parts simulated."""
        return self.values(measure, nudge.id) - self.values(measure)

    def effect(self, column: str, nudge: Nudge) -> Interval:
        """Of EFFECTS, for the whole company: scaled up from a sample, the error of which widens the limits.

        What is about stock points that it names is about no others, and stays as it is.
        """
        measure, per_days = EFFECTS[column]
        found = mean(self.change(measure, nudge) * (1.0 if per_days is None else per_days / self._days))
        if self._sample is None or nudge.named:
            return found
        whole = found if column == SHARE else found.times(self._sample.factor)
        return whole.widened(self._error(column, nudge))

    def cost_today(self) -> float:
        """Controllable cost per day of the whole company as it is, in these runs."""
        found = float(self.values("total_cost").mean()) / self._days
        return found if self._sample is None else found * self._sample.factor

    def chance_of_luck(self, column: str, nudge: Nudge, *, more: bool = False) -> float:
        """One-sided p-value of a mean effect below zero (``more``: above), the error of the sample in it."""
        measure, per_days = EFFECTS[column]
        change = self.change(measure, nudge) * (1.0 if per_days is None else per_days / self._days)
        if self._sample is None or nudge.named:
            return chance_of_luck(-change if more else change)
        error = self._error(column, nudge) / (1.0 if column == SHARE else self._sample.factor)
        return chance_of_luck(-change if more else change, error)

    def _error(self, column: str, nudge: Nudge) -> float:
        """What the sample of parts leaves open of an effect on the whole (standard error)."""
        if self._sample is None:
            return 0.0
        before, after = self._of_parts[BASE], self._of_parts[nudge.id]
        per_part = after[column].to_numpy() - before[column].to_numpy()
        scale = 1.0
        if column == SHARE:  # a quotient of two sums: by what each part adds to the one beyond its share of the other
            demands = after["demands"].to_numpy()
            per_part = per_part - per_part.sum() / max(demands.sum(), 1.0) * demands
            scale = self._sample.factor * max(float(demands.sum()), 1.0)
        return self._sample.error(before["part_id"], per_part) / scale


def _by_part(network: Network, points: pl.DataFrame, days: float) -> dict[str, pl.DataFrame]:
    """Means over the replications of what makes up each effect, by part, for each variant."""
    prices = network["parts"].select("part_id", pl.col("unit_cost").fill_null(0.0))
    value = pl.col("on_hand_piece_days") * pl.col("unit_cost")
    rows = points.join(prices, on="part_id", how="left", maintain_order="left")
    sums = rows.group_by("scenario", "part_id", maintain_order=True).agg(
        pl.col("demands").sum(),
        cost_change=pl.sum_horizontal(CONTROLLABLE).sum() / days,
        fill_change=pl.col("filled").sum().cast(pl.Float64),
        waiting_change=pl.col("waiting_piece_days").sum() / days,
        stock_change=value.fill_null(0.0).sum() / days,
        workload_change=7.0 / days * (pl.col("demands") - pl.col("filled") + pl.col("emergency_orders")).sum(),
        expedites_change=7.0 / days * pl.col("emergency_orders").sum(),
    )
    parts = sums.sort("scenario", "part_id").partition_by("scenario", as_dict=True)
    return {str(key[0]): part for key, part in parts.items()}


def chance_of_luck(change: Floats, further_error: float = 0.0) -> float:
    """One-sided p-value of a mean below zero; ``further_error``: a standard error that replications do not show."""
    from scipy.stats import t

    error = float(np.hypot(change.std(ddof=1) / len(change) ** 0.5, further_error))
    if error == 0.0:
        return 0.0 if change.mean() < 0 else 1.0
    return float(t.cdf(change.mean() / error, len(change) - 1))
