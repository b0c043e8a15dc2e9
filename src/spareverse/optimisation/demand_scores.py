"""Which model foretold the demand over the lead time best: CRPS over rolling origins, shrunk to the item's class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel
from spareverse.optimisation.demand_candidates import LONG_MEMORY, OWN, USUAL, OwnSeries, Pooled
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.optimisation.demand_table import LEAST_DEMANDS, demand_classes_of
from spareverse.statistics.demand_models.selection import select
from spareverse.statistics.forecasting.scores import crps_counts
from spareverse.statistics.lead_time_demand import lead_time_laws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Names = NDArray[np.str_]

MOST_LAWS = 400_000
"""Laws a choice may compute; it looks at fewer origins, then at a sample of items, to keep to it."""
MOST_CHOICE_ORIGINS = 6
LEAST_CHOICE_ORIGINS = 2
SILENT_SHARE = 0.2
"""Share of the scored items that have too few demands to choose by themselves."""
SCORE_POINTS = 64
NEVER_MOVED = "never moved"
UNCHOSEN = (NEVER_MOVED, "too few demands")


@dataclass(frozen=True)
class Scores:
    """CRPS of the scored items [pieces]; NaN where an item could not be scored."""

    items: Integers
    """[scored] item numbers."""
    values: Floats
    """[origins, models, scored]"""
    classes: Names
    """[origins, scored] class of the item as it was known at the origin."""
    scale: Floats
    """[scored] pieces that scores of an item are compared in: what its demand was expected to scatter by."""

    @property
    def origins(self) -> int:
        return len(self.values)

    def labels(self) -> list[str]:
        return sorted(set(self.classes.ravel().tolist()))

    def mean_of(self, label: str, model: int) -> tuple[float, int]:
        """Mean score of a model over the items of a class at the origin, and how many forecasts it is over."""
        values = self.values[:, model][self.classes == label]
        known = values[~np.isnan(values)]
        return (float(known.mean()) if len(known) else float("nan")), len(known)


def score_models(
    history: DemandHistory,
    pooled: dict[str, dict[int, Pooled]],
    origins: list[int],
    horizon: Integers,
    part_id: pl.Series,
    seed: int,
    progress: Callable[[float, str], None] | None = None,
    cancel: Cancel | None = None,
) -> Scores:
    """Score the pooled models and ``OWN`` at the last origins before the end of the history."""
    steps = origins[-1]
    models = len(pooled) + len(OWN)
    counts = history.seen(steps).counts
    items = _sample(counts, part_id, MOST_LAWS // (LEAST_CHOICE_ORIGINS * models), seed)
    few = int(np.clip(MOST_LAWS // (models * max(len(items), 1)), LEAST_CHOICE_ORIGINS, MOST_CHOICE_ORIGINS))
    chosen = [origin for origin in origins[1:-1] if origin + horizon.min() <= steps][-few:]
    values = np.full((len(chosen), models, len(items)), np.nan)
    classes = np.empty((len(chosen), len(items)), dtype="<U24")
    scale = np.zeros(len(items))
    own = np.flatnonzero(counts[items] >= LEAST_DEMANDS)
    nodes, one = horizon[:, None].astype(np.float64), np.ones(1)
    for k, origin in enumerate(chosen):
        if progress is not None:
            progress(0.5 + 0.4 * k / len(chosen), "Scores of the demand models")
        until = origin + horizon
        known = (history.known_between(origin, until) >= horizon) & (until <= steps)
        came = np.where(known, history.between(origin, until)[1], np.nan)[items]
        classes[k] = demand_classes_of(history, origin)[3][items]
        for m, name in enumerate(pooled):
            model = pooled[name][origin]
            law = lead_time_laws(
                model.posterior(items),
                model.sizes,
                nodes[items],
                one,
                history.steps_a_year,
                items=items,
                points=SCORE_POINTS,
                cancel=cancel,
            )
            values[k, m] = crps_counts(law.mass, law.step, came)
            scale += np.sqrt(law.mean * law.line_mean) / (len(chosen) * len(pooled))
        if len(own) == 0:
            continue
        series = OwnSeries.of(history, items[own], origin)
        sizes = next(iter(pooled.values()))[origin].sizes
        for m, name in enumerate(OWN, start=len(pooled)):
            law = series.laws(name, history, sizes, nodes, one, SCORE_POINTS, origin, cancel)
            values[k, m, own] = crps_counts(law.mass, law.step, came[own])
    return Scores(items, values, classes, scale)


def _sample(counts: Floats, part_id: pl.Series, most: int, seed: int) -> Integers:
    """Items to score: all, or a sample that does not depend on their order, mostly of items that can choose."""
    if len(counts) <= most:
        return np.arange(len(counts))
    key = part_id.cast(pl.String).fill_null("").hash(seed).to_numpy()
    taken = []
    can = counts >= LEAST_DEMANDS
    room = most - round(SILENT_SHARE * most)
    for members, limit in ((np.flatnonzero(can), room), (np.flatnonzero(~can), most - min(room, int(can.sum())))):
        taken.append(members[np.argsort(key[members], kind="stable")[:limit]])
    return np.sort(np.concatenate(taken))


def choose_by_score(scores: Scores | None, classes: Names, names: list[str]) -> tuple[Integers, Floats]:
    """[items] number of the model in ``names``, and its score [pieces]; NaN where nothing was scored.

    Scores are compared in units of what the item's demand was expected to scatter by, never of what came. Items that
    were not scored get the model of their class.
    """
    never = classes == NEVER_MOVED
    chosen = np.where(never, names.index(LONG_MEMORY), names.index(USUAL))
    score = np.full(len(classes), np.nan)
    if scores is None or scores.origins == 0:
        return chosen, score
    labels, code = np.unique(np.concatenate([classes, scores.classes.ravel()]), return_inverse=True)
    now, then = code[: len(classes)], code[len(classes) :].reshape(scores.classes.shape)
    scale = np.maximum(scores.scale, 1e-6)
    of_class, of_item, gain = select(
        scores.values / scale,
        then,
        now[scores.items],
        np.array([name in OWN for name in names]),
        ~np.isin(labels, UNCHOSEN),
    )
    chosen = of_class[now]
    chosen[scores.items] = of_item
    chosen[never] = names.index(LONG_MEMORY)
    for c, label in enumerate(labels):
        score[now == c] = scores.mean_of(str(label), int(of_class[c]))[0]
    best = scores.values[:, of_class[now[scores.items]], np.arange(len(scores.items))]
    known = ~np.isnan(best)
    alone = known.any(axis=0) & ~np.isin(classes[scores.items], UNCHOSEN)
    mean = np.where(known, best, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    score[scores.items[alone]] = (mean + gain * scale)[alone]
    return chosen, score
