"""Recommendations: nudges that were simulated against doing nothing and survived.

All candidates run under the same random numbers as the network as it is; those that are clearly no better are dropped
early (a subset is kept by their paired limits, as in ranking and selection), the rest are scored on fresh seeds, and a
nudge is shown only if its gain stands at the 95 % level for all that are scored together (Holm). Where waiting costs
nothing in a network, cheaper is not better: what serves clearly worse is dropped, and what serves clearly better is
shown with its cost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.observer_tables import NUDGES, RECOMMENDATIONS
from spareverse.network.scenario import Scenario
from spareverse.observer.incentive_nudges import PayNudge, pay_nudges
from spareverse.observer.nudges import Nudge, candidates
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import MEASURES, per_replication
from spareverse.simulation.universe_run import BASE, run_universe, run_variants
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
SEARCH_REPLICATIONS, REPLICATIONS = 6, 24
MOST_SCORED = 10
SIGNIFICANT = 0.05
"""Error of the first kind for all nudges scored together."""
EFFECTS = {
    "cost_change": ("total_cost", 1.0), "fill_change": ("fill_rate", None),
    "waiting_change": ("waiting_piece_days", 1.0), "stock_change": ("stock_value", None),
    "workload_change": ("emergency_orders", 7.0),
}  # fmt: skip
"""Column -> measure, and the days its sum is told for (None: a mean)."""
PAY_EFFECTS = {"cost_change": "total_cost", "fill_change": "fill_rate", "stock_change": "stock_value"}
SIDE_EFFECTS = ("fill_rate", "stock_value", "emergency_orders", "co2_kg", "purchases_cost", "late_share", "lost_share")


@dataclass(frozen=True)
class Advice:
    """What would help."""

    table: pl.DataFrame
    """Schema RECOMMENDATIONS without the text of the change; every nudge that was tried, with its verdict"""
    scenarios: dict[str, Scenario]
    """By nudge_id"""
    runs: int
    events: int

    @property
    def shown(self) -> pl.DataFrame:
        """Those that survived."""
        return self.table.filter(pl.col("verdict") == "survives").sort("rank")


def recommend(
    network: Network,
    *,
    expedites: pl.DataFrame | None = None,
    more: Sequence[Nudge] = (),
    kinds: Collection[str] = NUDGES,
    replications: int = REPLICATIONS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Advice:
    """Nudges for a checked network over its horizon, from the state it starts with, each simulated.

    ``more`` are candidates of the caller's own, ``kinds`` those looked for. Raises Cancelled.
    """
    network = with_distances(network)
    run = partial(run_universe, network, threads=threads, cancel=cancel)
    first = run(replications=SEARCH_REPLICATIONS, seed=seed, progress=_part(progress, 0.0, 0.15, "Looking for causes"))
    found = candidates(network, first.tables["points"], first.tables["causes"], expedites)
    candidate = {nudge.id: nudge for nudge in (*(nudge for nudge in found if nudge.kind in kinds), *more)}
    changed = _fitting(network, candidate.values())
    tried = [candidate[name] for name in changed]
    days = float(network.setting("horizon_days"))
    screen = _Trial(
        network, changed, tried, SEARCH_REPLICATIONS, seed, threads, _part(progress, 0.15, 0.6, "Trying nudges"), cancel
    )
    priced = bool(screen.values("penalty_cost").any() or screen.values("lost_sales_cost").any())
    kept = _promising(screen, priced)
    rows = [_row(screen, nudge, days, "screened") for nudge in tried if nudge not in kept]
    events, runs = first.events + screen.events, SEARCH_REPLICATIONS * (len(tried) + 2)
    if kept:
        again = _Trial(network, changed, kept, replications, seed + 1_000_003, threads,
                       _part(progress, 0.6, 1.0, "Scoring nudges on fresh futures"), cancel)  # fmt: skip
        verdicts = _verdicts(again, priced)
        rows += [_row(again, nudge, days, verdicts[nudge.id]) for nudge in kept]
        events, runs = events + again.events, runs + replications * (len(kept) + 1)
    of_pay, more_runs, more_events = (
        pay_nudges(network, replications=replications, seed=seed, threads=threads, cancel=cancel)
        if "incentive" in kinds else ([], 0, 0)
    )  # fmt: skip
    rows += _pay_rows(of_pay, replications)
    every = [*tried, *(one.nudge for one in of_pay)]
    return Advice(
        _ranked(rows), {nudge.id: nudge.scenario for nudge in every}, runs + more_runs, events + more_events
    )  # fmt: skip


def _pay_rows(of_pay: Sequence[PayNudge], replications: int) -> list[dict[str, object]]:
    """Nudges of pay, by Holm among themselves: they are held against the drift, not against today."""
    luck = {one.nudge.id: _chance_of_luck(one.changes["total_cost"]) for one in of_pay}
    survivors = _standing(luck)
    rows = []
    for one in of_pay:
        nudge, change = one.nudge, one.changes["total_cost"]
        verdict = "survives" if nudge.id in survivors else "harms" if _limits(change)[1] > 0 else "not clear"
        row: dict[str, object] = {
            "nudge_id": nudge.id, "kind": nudge.kind, "title": nudge.title, "agent_id": one.agent,
            "replications": replications, "verdict": verdict, "side_effects": nudge.remark,
        }  # fmt: skip
        for column, measure in PAY_EFFECTS.items():
            if measure in one.changes:
                row[column], row[f"{column}_low"], row[f"{column}_high"] = _limits(one.changes[measure])
        rows.append(row)
    return rows


def _fitting(network: Network, tried: Iterable[Nudge]) -> dict[str, Network]:
    """The network with each candidate that changes it at all: a factor may move no whole number."""
    fitting = {}
    for nudge in tried:
        try:
            changed = apply_scenario(network, nudge.scenario)
        except InputRejected:  # e.g. the column is empty in all rows the nudge is about
            continue
        tables = {override.table for override in nudge.scenario.overrides}
        if any(not changed[name].equals(network[name]) for name in tables):
            fitting[nudge.id] = changed
    return fitting


class _Trial:
    """Nudges beside doing nothing, paired by replication."""

    def __init__(
        self, network: Network, changed: Mapping[str, Network], nudges: Sequence[Nudge], replications: int, seed: int,
        threads: int | None, progress: Progress | None, cancel: Cancel | None,
    ) -> None:  # fmt: skip
        self.nudges, self.replications = list(nudges), replications
        networks = {BASE: network, **{nudge.id: changed[nudge.id] for nudge in nudges}}
        variants = [(name, partial(networks.__getitem__, name)) for name in networks]
        tables, self.events = run_variants(
            variants, replications=replications, seed=seed, threads=threads, progress=progress, cancel=cancel
        )
        self._series = tables["series"]
        self._known: dict[str, dict[str, Floats]] = {}

    def values(self, measure: str, name: str = BASE) -> Floats:
        """[replications] of a measure of one variant."""
        if measure not in self._known:
            every = per_replication(self._series, measure).partition_by("scenario", as_dict=True)
            self._known[measure] = {
                str(key[0]): part["value"].fill_null(0.0).to_numpy() for key, part in every.items()
            }  # fmt: skip
        return self._known[measure][name]

    def change(self, measure: str, nudge: Nudge) -> Floats:
        return self.values(measure, nudge.id) - self.values(measure)


def _limits(change: Floats, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and Student's limits."""
    n = len(change)
    half = float(student_quantile(n - 1, 0.5 + level / 2)) * float(change.std(ddof=1)) / n**0.5
    mean = float(change.mean())
    return mean, mean - half, mean + half


def _chance_of_luck(change: Floats) -> float:
    """One-sided p-value of a mean below zero."""
    from scipy.stats import t

    deviation = float(change.std(ddof=1))
    if deviation == 0.0:
        return 0.0 if change.mean() < 0 else 1.0
    return float(t.cdf(change.mean() / (deviation / len(change) ** 0.5), len(change) - 1))


def _promising(trial: _Trial, priced: bool) -> list[Nudge]:
    """Those whose gain is not ruled out, the most promising first, no more than are scored."""
    scored = []
    for nudge in trial.nudges:
        cost, fill = trial.change("total_cost", nudge), trial.change("fill_rate", nudge)
        low, fill_high = _limits(cost)[1], _limits(fill)[2]
        if low < 0 and (priced or _limits(fill)[2] >= 0):
            scored.append((float(cost.mean()) / max(float(trial.values("total_cost").mean()), 1e-9), nudge))
        elif not priced and fill_high > 0 and fill.mean() > 0:
            scored.append((-float(fill.mean()), nudge))
    scored.sort(key=lambda pair: (pair[0], pair[1].id))
    return [nudge for gain, nudge in scored if gain < 0][:MOST_SCORED]


def _verdicts(trial: _Trial, priced: bool) -> dict[str, str]:
    """By Holm over the nudges scored together."""
    luck = {}
    for nudge in trial.nudges:
        cost, fill = trial.change("total_cost", nudge), trial.change("fill_rate", nudge)
        chances = [_chance_of_luck(cost) if priced or _limits(fill)[2] >= 0 else 1.0]
        if not priced:
            chances.append(_chance_of_luck(-fill))
        luck[nudge.id] = min(chances) * (1 if priced else 2)
    survivors = _standing(luck)
    verdicts = {name: "survives" if name in survivors else "not clear" for name in luck}
    for nudge in trial.nudges:
        if _limits(trial.change("total_cost", nudge))[1] > 0 and priced:
            verdicts[nudge.id] = "harms"
    return verdicts


def _standing(luck: Mapping[str, float]) -> set[str]:
    """Those that stand at the level SIGNIFICANT for all together (Holm 1979)."""
    survivors: set[str] = set()
    for place, (name, chance) in enumerate(sorted(luck.items(), key=lambda pair: (pair[1], pair[0]))):
        if chance > SIGNIFICANT / (len(luck) - place):
            break
        survivors.add(name)
    return survivors


def _row(trial: _Trial, nudge: Nudge, days: float, verdict: str) -> dict[str, object]:
    row: dict[str, object] = {
        "nudge_id": nudge.id, "kind": nudge.kind, "title": nudge.title, "part_id": nudge.part_id,
        "place_id": nudge.place_id, "source_id": nudge.source_id, "one_off_cost": nudge.one_off_cost,
        "replications": trial.replications, "verdict": verdict,
    }  # fmt: skip
    for column, (measure, per_days) in EFFECTS.items():
        change = trial.change(measure, nudge) * (1.0 if per_days is None else per_days / days)
        row[column], row[f"{column}_low"], row[f"{column}_high"] = _limits(change)
    row["side_effects"] = "; ".join([*_worse(trial, nudge), *([nudge.remark] if nudge.remark else [])]) or None
    return row


def _worse(trial: _Trial, nudge: Nudge) -> list[str]:
    """Measures that get clearly worse, in words."""
    said = []
    for name in SIDE_EFFECTS:
        mean, low, high = _limits(trial.change(name, nudge))
        more_is_better = MEASURES[name].better == "more"
        if not (high < 0 if more_is_better else low > 0):
            continue
        base, word = float(trial.values(name).mean()), name.removesuffix("_kg").replace("_", " ")
        if MEASURES[name].unit.startswith("share"):
            said.append(f"{word} {100 * mean:+.2g} points")
        else:
            said.append(f"{word} {100 * mean / base:+.2g} %" if base else f"{word} {mean:+.3g}")
    return said


def _ranked(rows: list[dict[str, object]]) -> pl.DataFrame:
    """What survives first, by what it saves; nudges of pay behind those that act at once."""
    if not rows:
        return RECOMMENDATIONS.empty()
    table = RECOMMENDATIONS.completed(pl.DataFrame(rows, infer_schema_length=None)).select(RECOMMENDATIONS.names)
    order = {"survives": 0, "not clear": 1, "harms": 2, "screened": 3}
    table = table.cast(RECOMMENDATIONS.schema).with_columns(
        pl.col("verdict").replace_strict(order, return_dtype=pl.Int64).alias("order")
    )
    ranked = table.sort("order", pl.col("kind") == "incentive", "cost_change", "nudge_id").with_columns(
        rank=pl.int_range(1, pl.len() + 1)
    )
    return ranked.select(RECOMMENDATIONS.names).cast(RECOMMENDATIONS.schema)


def _part(progress: Progress | None, start: float, end: float, text: str) -> Progress | None:
    if progress is None:
        return None
    return lambda share, _text: progress(start + (end - start) * share, text)
