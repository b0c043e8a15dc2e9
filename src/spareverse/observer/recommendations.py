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

import polars as pl

from spareverse.errors import InputRejected
from spareverse.jit import Cancel, Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.observer_tables import NUDGES, RECOMMENDATIONS
from spareverse.network.scenario import Scenario
from spareverse.observer.incentive_nudges import PayNudge, pay_nudges
from spareverse.observer.intervals import Interval, mean
from spareverse.observer.nudge_trials import EFFECTS, SHARE, NudgeTrial, chance_of_luck
from spareverse.observer.nudges import Nudge, candidates
from spareverse.observer.ranking import MONEY, SERVICE, ranked, with_cautions
from spareverse.observer.sample import Sample
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import MEASURES
from spareverse.simulation.universe_run import run_universe

SEARCH_REPLICATIONS, REPLICATIONS = 6, 24
MOST_SCORED = 10
SIGNIFICANT = 0.05
"""Error of the first kind for all nudges scored together."""
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
    sample: Sample | None = None,
    whole: Network | None = None,
    more: Sequence[Nudge] = (),
    kinds: Collection[str] = NUDGES,
    replications: int = REPLICATIONS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Advice:
    """Nudges for a checked network over its horizon, from the state it starts with, each simulated.

    sample, whole
        Where the network has a sample of the parts of a whole one: effects are told for the whole, the error of the
        sample in their limits, and changes are written for it. What names its stock points is about those alone.
    more, kinds
        Candidates of the caller's own, and the kinds of those looked for.

    Raises Cancelled.
    """
    network = with_distances(network)
    run = partial(run_universe, network, threads=threads, cancel=cancel)
    first = run(replications=SEARCH_REPLICATIONS, seed=seed, progress=_part(progress, 0.0, 0.15, "Looking for causes"))
    found = candidates(network, first.tables["points"], first.tables["causes"], expedites, whole)
    candidate = {nudge.id: nudge for nudge in (*(nudge for nudge in found if nudge.kind in kinds), *more)}
    changed = _fitting(network, candidate.values())
    tried = [candidate[name] for name in changed]
    screen = NudgeTrial(network, changed, tried, SEARCH_REPLICATIONS, seed, threads,
                        _part(progress, 0.15, 0.6, "Trying nudges"), cancel, sample)  # fmt: skip
    priced = bool(screen.values("penalty_cost").any() or screen.values("lost_sales_cost").any())
    kept = _promising(screen, priced)
    rows = [_row(screen, nudge, "screened") for nudge in tried if nudge not in kept]
    events, runs = first.events + screen.events, SEARCH_REPLICATIONS * (len(tried) + 2)
    if kept:
        again = NudgeTrial(network, changed, kept, replications, seed + 1_000_003, threads,
                           _part(progress, 0.6, 1.0, "Scoring nudges on fresh futures"), cancel, sample)  # fmt: skip
        verdicts = _verdicts(again, priced)
        rows += [_row(again, nudge, verdicts[nudge.id]) for nudge in kept]
        events, runs = events + again.events, runs + replications * (len(kept) + 1)
    of_pay, more_runs, more_events = (
        pay_nudges(network, replications=replications, seed=seed, threads=threads, cancel=cancel)
        if "incentive" in kinds else ([], 0, 0)
    )  # fmt: skip
    rows += _pay_rows(of_pay, priced, replications, sample)
    every = [*tried, *(one.nudge for one in of_pay)]
    settled = {"ranked_by": MONEY if priced else SERVICE, "simulated_days": float(network.setting("horizon_days"))}
    return Advice(
        _ranked([row | settled for row in rows]), {nudge.id: (nudge.whole or nudge).scenario for nudge in every},
        runs + more_runs, events + more_events,
    )  # fmt: skip


def _pay_rows(
    of_pay: Sequence[PayNudge], priced: bool, replications: int, sample: Sample | None
) -> list[dict[str, object]]:
    """Nudges of pay, by Holm among themselves: they are held against the drift, not against today.

    Where waiting has no price, cheaper is not better if it serves clearly less.

    Of a sample the money is scaled up; other limits than those of cost are not known, since the error is not.
    """
    factor = 1.0 if sample is None else sample.factor
    errors = {one.nudge.id: 0.0 if sample is None else sample.error(one.part_ids, one.of_parts) for one in of_pay}
    luck = {
        one.nudge.id: 1.0 if not priced and mean(one.changes["fill_rate"]).high < 0
        else chance_of_luck(one.changes["total_cost"], errors[one.nudge.id] / factor)
        for one in of_pay
    }  # fmt: skip
    survivors = _standing(luck)
    rows = []
    for one in of_pay:
        nudge, effects = one.nudge, {column: mean(one.changes[of]) for column, of in PAY_EFFECTS.items()}
        cost = effects.pop("cost_change").times(factor).widened(errors[nudge.id])
        row: dict[str, object] = {
            "nudge_id": nudge.id, "kind": nudge.kind, "title": nudge.title, "agent_id": one.agent,
            "replications": replications, "side_effects": nudge.remark, **_limits("cost_change", cost),
            "verdict": "survives" if nudge.id in survivors else "harms" if cost.low > 0 else "not clear",
        }  # fmt: skip
        for column, effect in effects.items():
            whole = effect if column == SHARE else effect.times(factor)
            row |= _limits(column, whole) if factor == 1.0 else {column: whole.value}
        rows.append(row)
    return rows


def _limits(name: str, interval: Interval) -> dict[str, object]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


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


def _promising(trial: NudgeTrial, priced: bool) -> list[Nudge]:
    """Those whose gain is not ruled out, the most promising first, no more than are scored."""
    scored = []
    for nudge in trial.nudges:
        cost, fill = trial.effect("cost_change", nudge), trial.effect("fill_change", nudge)
        gain = float(trial.change("total_cost", nudge).mean()) / max(float(trial.values("total_cost").mean()), 1e-9)
        promises = [gain] if cost.low < 0 and (priced or fill.high >= 0) else []
        if not priced and fill.high > 0:
            promises.append(-fill.value)
        if min(promises, default=0.0) < 0:
            scored.append((min(promises), nudge))
    scored.sort(key=lambda pair: (pair[0], pair[1].id))
    return [nudge for _, nudge in scored][:MOST_SCORED]


def _verdicts(trial: NudgeTrial, priced: bool) -> dict[str, str]:
    """By Holm over the nudges scored together."""
    luck = {}
    for nudge in trial.nudges:
        worse = not priced and trial.effect("fill_change", nudge).high < 0
        chances = [1.0 if worse else trial.chance_of_luck("cost_change", nudge)]
        if not priced:
            chances.append(trial.chance_of_luck("fill_change", nudge, more=True))
        luck[nudge.id] = min(chances) * (1 if priced else 2)
    survivors = _standing(luck)
    verdicts = {name: "survives" if name in survivors else "not clear" for name in luck}
    for nudge in trial.nudges:
        if priced and trial.effect("cost_change", nudge).low > 0:
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


def _row(trial: NudgeTrial, nudge: Nudge, verdict: str) -> dict[str, object]:
    shown = nudge.whole or nudge
    row: dict[str, object] = {
        "nudge_id": nudge.id, "kind": nudge.kind, "title": shown.title, "part_id": nudge.part_id,
        "place_id": nudge.place_id, "source_id": nudge.source_id, "one_off_cost": nudge.one_off_cost,
        "replications": trial.replications, "verdict": verdict, "cost_today": trial.cost_today(),
    }  # fmt: skip
    for column in EFFECTS:
        row |= _limits(column, trial.effect(column, nudge))
    row["side_effects"] = "; ".join([*_worse(trial, nudge), *([shown.remark] if shown.remark else [])]) or None
    return row


def _worse(trial: NudgeTrial, nudge: Nudge) -> list[str]:
    """Measures that get clearly worse, in words."""
    said = []
    for name in SIDE_EFFECTS:
        change, more_is_better = mean(trial.change(name, nudge)), MEASURES[name].better == "more"
        if not (change.high < 0 if more_is_better else change.low > 0):
            continue
        base, word = float(trial.values(name).mean()), name.removesuffix("_kg").replace("_", " ")
        if MEASURES[name].unit.startswith("share"):
            said.append(f"{word} {100 * change.value:+.2g} points")
        else:
            said.append(f"{word} {100 * change.value / base:+.2g} %" if base else f"{word} {change.value:+.3g}")
    return said


def _ranked(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Schema RECOMMENDATIONS in order, with what is to be said first."""
    if not rows:
        return RECOMMENDATIONS.empty()
    table = RECOMMENDATIONS.completed(pl.DataFrame(rows, infer_schema_length=None)).select(RECOMMENDATIONS.names)
    return ranked(with_cautions(table.cast(RECOMMENDATIONS.schema)))


def _part(progress: Progress | None, start: float, end: float, text: str) -> Progress | None:
    if progress is None:
        return None
    return lambda share, _text: progress(start + (end - start) * share, text)
