"""The battery simulated: each disturbance and the undisturbed network under the same random numbers, added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.simulation_tables import SERIES
from spareverse.observer.battery import UNDISTURBED, battery_of, disturbed, for_battery
from spareverse.simulation.universe_run import run_variants

OUTER, INNER = "buys from suppliers", "is sent to"
"""What stands for the places of a series that has been added up."""
_PART_SUMS = (
    "demands", "pieces_demanded", "pieces_lost", "waiting_piece_days", "emergency_orders",
)  # fmt: skip


@dataclass(frozen=True)
class BatteryRuns:
    """Replications of the battery so far; more are added by ``and_more``."""

    series: pl.DataFrame
    """Schema SERIES, ``scenario`` the disturbance; places added up to those that buy from suppliers and the others."""
    parts: pl.DataFrame
    """Per disturbance and part, means over replications: for the error of a sample of parts."""
    left_out: tuple[str, ...]
    replications: int
    events: int

    def and_more(self, other: BatteryRuns) -> BatteryRuns:
        """These replications and those of another run of the same battery, numbered on."""
        later = other.series.with_columns(pl.col("replication") + self.replications)
        together = self.replications + other.replications
        weighed = pl.concat(
            [one.parts.with_columns(pl.col(_PART_SUMS) * (one.replications / together)) for one in (self, other)]
        )
        parts = weighed.group_by("scenario", "part_id", maintain_order=True).agg(pl.col(_PART_SUMS).sum())
        return replace(
            self, series=pl.concat([self.series, later]), parts=parts, replications=together,
            events=self.events + other.events,
        )  # fmt: skip


def run_battery(
    network: Network,
    *,
    replications: int,
    seed: int,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> BatteryRuns:
    """``replications`` runs of the undisturbed network and of each disturbance, paired. Raises Cancelled."""
    base = with_distances(for_battery(network))
    battery = battery_of(base)
    variants: list[tuple[str, Callable[[], Network]]] = [(UNDISTURBED, lambda: base)]
    variants += [(scenario.name, partial(disturbed, base, scenario)) for scenario in battery.scenarios]
    tables, events = run_variants(variants, replications=replications, seed=seed, progress=progress, cancel=cancel)
    buying = base["sourcing"].filter(pl.col("source_id").is_in(base["suppliers"]["supplier_id"].implode()))
    parts = tables["points"].group_by("scenario", "part_id", maintain_order=True).agg(pl.col(_PART_SUMS).sum())
    return BatteryRuns(
        added_up(tables["series"], buying["place_id"].unique().to_list()), parts, battery.left_out, replications, events
    )


def added_up(series: pl.DataFrame, buying: Sequence[str]) -> pl.DataFrame:
    """A series with its places added up to two; every measure of the whole network stays what it is."""
    sums = [name for name in SERIES.names if name not in SERIES.identity and name not in ("start_day", "days")]
    outer = pl.when(pl.col("place_id").is_in(list(buying))).then(pl.lit(OUTER)).otherwise(pl.lit(INNER))
    keys = ["scenario", "replication", "place_id", "period"]
    added = series.with_columns(place_id=outer).group_by(keys, maintain_order=True).agg(
        pl.col("start_day", "days").first(), pl.col(sums).sum()
    )  # fmt: skip
    return added.select(SERIES.names).cast(SERIES.schema).sort(keys)
