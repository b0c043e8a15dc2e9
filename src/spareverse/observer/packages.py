"""Recommendations taken together: survivors may overlap, so a package is built and simulated nudge by nudge."""

from __future__ import annotations

import polars as pl

from spareverse.jit import Cancel
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario
from spareverse.observer.recommendations import Advice
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import per_replication
from spareverse.simulation.universe_run import run_variants

MOST_TOGETHER = 6


def package(
    network: Network, advice: Advice, *, replications: int, seed: int, cancel: Cancel | None = None
) -> list[str]:  # fmt: skip
    """Ids of recommendations to follow together, best first: each is taken if the cost falls further with it, so this
    is for networks in which waiting has its price.

    Of nudges that change the same cells only the better one is tried; nudges of pay act by and by. Raises Cancelled.
    """
    candidates: list[str] = []
    touched: set[tuple[str, str, str]] = set()
    for nudge_id in advice.shown.filter(pl.col("kind") != "incentive")["nudge_id"]:
        cells = {_cell(override) for override in advice.scenarios[nudge_id].overrides}
        if not cells & touched:
            candidates.append(nudge_id)
            touched |= cells
    chosen: list[str] = []
    best = _cost(network, [], advice, replications, seed, cancel) if len(candidates) > 1 else 0.0
    for nudge_id in candidates[:MOST_TOGETHER]:
        cost = _cost(network, [*chosen, nudge_id], advice, replications, seed, cancel) if len(candidates) > 1 else -1.0
        if cost < best:
            chosen, best = [*chosen, nudge_id], cost
    return chosen


def _cell(override: Override) -> tuple[str, str, str]:
    return override.table, override.column, repr(sorted(override.where.items()))


def _cost(
    network: Network, chosen: list[str], advice: Advice, replications: int, seed: int, cancel: Cancel | None
) -> float:  # fmt: skip
    """Mean controllable cost with these nudges."""
    together = Scenario(
        "package", "", tuple(override for nudge_id in chosen for override in advice.scenarios[nudge_id].overrides)
    )
    tables, _ = run_variants(
        [("package", lambda: apply_scenario(network, together))], replications=replications, seed=seed, cancel=cancel
    )
    mean = per_replication(tables["series"], "total_cost").select(pl.col("value").mean()).item()
    return float(mean)
