"""A simulated year with and without the Observer's nudges, the same futures for both.

The company is that of the split incentives, smaller. Every half-year the Observer sees its state (stock, open orders
by age, who waits), looks ahead with its own model, and what it recommends is done, but for what it cannot price: more
capacity. The company without it goes on as it is. In half of the futures the world is what the model believes; in the
other half lead times are a quarter longer and demand a tenth higher than it believes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import spareverse
from spareverse.examples import incentives
from spareverse.examples.drawn_companies import company as drawn
from spareverse.jit import Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.observer_tables import NUDGES
from spareverse.observer.packages import package
from spareverse.observer.recommendations import recommend
from spareverse.observer.warnings import warn
from spareverse.reproduction.early_warning import KNOWN, WORLDS
from spareverse.simulation.midway import states_after, with_residual_lead_times
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import MEASURES, per_replication
from spareverse.simulation.universe_run import run_variants
from spareverse.special import student_quantile

PARTS, FUTURES, SEED = 80, 30, 1
PAST_DAYS, STEP_DAYS, STEPS, AHEAD_DAYS = 400.0, 182.5, 2, 365.0
REPLICATIONS, WEEKS = 16, 8
KINDS = tuple(kind for kind in NUDGES if kind not in ("capacity", "incentive"))
DRIFT = "drift"
MEASURED = (
    "fill_rate",
    "wait_days",
    "total_cost",
    "stock_value",
    "emergency_orders",
    "orders",
    "purchases_cost",
    "co2_kg",
)
SUMS = ("total_cost", "emergency_orders", "orders", "purchases_cost", "co2_kg")

Document = dict[str, Any]


@dataclass
class _Company:
    """One arm of one future: what it believes, and how its half-years went."""

    network: Network
    series: list[pl.DataFrame] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    one_off: float = 0.0

    def live(self, world: Callable[[Network], Network], seed: int) -> None:
        """A half-year in the world as it is; the state after it, with the company's own rules."""
        true = _of_length(world(self.network), STEP_DAYS)
        tables, _ = run_variants([("year", lambda: true)], replications=1, seed=seed, threads=1)
        self.series.append(tables["series"])
        after = states_after(true, STEP_DAYS, [0], seed=seed)[0]
        state = {name: after[name] for name in ("opening_orders", "opening_backorders")}
        stock = self.network["stock"].with_columns(after["stock"]["initial_stock"])
        self.network = Network({**self.network.tables, **state, "stock": stock}, self.network.name)

    def nudged(self, seed: int, replications: int) -> None:
        """Do what the Observer recommends."""
        seen = _of_length(with_residual_lead_times(self.network), AHEAD_DAYS)
        outlook = warn(seen, weeks=WEEKS, seed=seed)
        advice = recommend(seen, expedites=outlook.expedites, kinds=KINDS, replications=replications, seed=seed)
        chosen = package(seen, advice, replications=replications, seed=seed + 7)
        for nudge_id in chosen:
            self.network = apply_scenario(self.network, advice.scenarios[nudge_id])
        rows = advice.table.filter(pl.col("nudge_id").is_in(chosen))
        self.one_off += float(rows["one_off_cost"].fill_null(0.0).sum())
        self.done += rows["kind"].to_list()


def run(
    *, parts: int = PARTS, futures: int = FUTURES, seed: int = SEED, replications: int = REPLICATIONS,
    record: Path | None = None, progress: Progress | None = None,
) -> Document:  # fmt: skip
    """``futures`` years of a small company, with and without the Observer; one document of it all."""
    say = progress or (lambda _share, _what: None)
    began = time.perf_counter()
    network = with_distances(drawn(incentives.COMPANY, seed=incentives.SEED, parts=parts, name="observed company"))
    years = []
    for number in range(futures):
        say(number / futures, f"Year {number + 1} of {futures}")
        world = KNOWN if number % 2 == 0 else DRIFT
        start = states_after(network, PAST_DAYS, [number], seed=seed)[0]
        alone, observed = _Company(start), _Company(start)
        for step in range(STEPS):
            own_seed = seed + 10_000 * (number + 1) + step
            observed.nudged(own_seed, replications)
            for company in (alone, observed):
                company.live(_world(world), own_seed + 100)
        years.append({"world": world, **_measured(alone, "without"), **_measured(observed, "with"),
                      "nudges": observed.done})  # fmt: skip
    document = {
        "network": network.name, "parts": parts, "stock_points": network["stock"].height, "futures": futures,
        "steps": STEPS, "replications": replications, "seed": seed, "version": spareverse.__version__,
        "results": [row for kind in ("all", KNOWN, DRIFT) for row in _compared(years, kind)],
        "nudges": {kind: sum(year["nudges"].count(kind) for year in years)
                   for kind in sorted({kind for year in years for kind in year["nudges"]})},
        "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip
    if record is not None:
        record.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return document


def _world(kind: str) -> Callable[[Network], Network]:
    """What the world makes of a company that believes otherwise; open orders come when they come."""

    def changed(network: Network) -> Network:
        true = WORLDS[kind](network)
        return Network({**true.tables, "opening_orders": network["opening_orders"]}, network.name)

    return changed


def _of_length(network: Network, days: float) -> Network:
    settings = network["settings"].with_columns(
        horizon_days=pl.lit(days), warm_up_days=pl.lit(0.0), period_days=pl.lit(days)
    )
    return Network({**network.tables, "settings": settings}, network.name, network.notices)


def _measured(company: _Company, arm: str) -> Document:
    """Measures of the year: sums of its halves, quotients of the sums."""
    year = pl.concat([part.with_columns(period=pl.lit(k, pl.Int64)) for k, part in enumerate(company.series)])
    found = {name: float(per_replication(year, name)["value"][0]) for name in MEASURED}
    found["total_cost"] += company.one_off
    return {f"{name} {arm}": value for name, value in found.items()}


def _compared(years: list[Document], kind: str) -> list[Document]:
    """Both arms and their paired difference, with Student's limits."""
    chosen = [year for year in years if kind in ("all", year["world"])]
    rows = []
    for name in MEASURED:
        before, after = (np.array([year[f"{name} {arm}"] for year in chosen]) for arm in ("without", "with"))
        change = after - before
        half = float(student_quantile(len(change) - 1, 0.975)) * float(change.std(ddof=1)) / len(change) ** 0.5
        unit = MEASURES[name].unit + ("/year" if name in SUMS else "")
        rows.append({"world": kind, "futures": len(chosen), "measure": name, "unit": unit,
                     "without": float(before.mean()), "with": float(after.mean()), "difference": float(change.mean()),
                     "low": float(change.mean()) - half, "high": float(change.mean()) + half})  # fmt: skip
    return rows
