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
from spareverse.observer.incentive_nudges import pay_nudges
from spareverse.observer.intervals import Interval, mean
from spareverse.observer.nudge_trials import EFFECTS, NudgeTrial
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
    priced = any(screen.values(name).any() for name in ("waiting_cost", "penalty_cost", "lost_sales_cost"))
    kept = _promising(screen, priced)
    rows = [_row(screen, nudge, "screened") for nudge in tried if nudge not in kept]
    events, runs = first.events + screen.events, SEARCH_REPLICATIONS * (len(tried) + 2)
    if kept:
        again = NudgeTrial(network, changed, kept, replications, seed + 1_000_003, threads,
                           _part(progress, 0.6, 1.0, "Scoring nudges on fresh futures"), cancel, sample)  # fmt: skip
        verdicts = _verdicts(again, priced)
        rows += [_row(again, nudge, verdicts[nudge.id]) for nudge in kept]
        events, runs = events + again.events, runs + replications * (len(kept) + 1)
    if "incentive" in kinds:
        paid = pay_nudges(network, seed=seed, threads=threads, cancel=cancel)
        tried += paid.nudges
        events, runs = events + paid.events, runs + paid.runs
        if paid.nudges:  # by Holm among themselves: they are held against the drift, not against today
            resting = NudgeTrial(paid.drift, paid.rests, paid.nudges, replications, seed + 1_000_003, threads, None,
                                 cancel, sample)  # fmt: skip
            verdicts = _verdicts(resting, priced)
            rows += [_pay_row(resting, nudge, paid.agents[nudge.id], verdicts[nudge.id]) for nudge in paid.nudges]
            events, runs = events + resting.events, runs + replications * (len(paid.nudges) + 1)
    settled = {"ranked_by": MONEY if priced else SERVICE, "simulated_days": float(network.setting("horizon_days"))}
    scenarios = {nudge.id: (nudge.whole or nudge).scenario for nudge in tried}
    return Advice(_ranked([row | settled for row in rows]), scenarios, runs, events)


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
    return row | {"side_effects": "; ".join(_worse(trial, nudge)) or None, "remark": shown.remark or None}


def _pay_row(trial: NudgeTrial, nudge: Nudge, agent: str, verdict: str) -> dict[str, object]:
    """A nudge of pay: how its effects are meant is said before what gets worse."""
    worse = "; ".join(_worse(trial, nudge))
    said = f"{nudge.remark} Gets worse: {worse}" if worse else nudge.remark
    return {**_row(trial, nudge, verdict), "agent_id": agent, "side_effects": said, "remark": None}


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
