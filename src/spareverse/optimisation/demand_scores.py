"""Which model foretold the demand over the lead time best: CRPS over rolling origins, shrunk to the item's class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel
from spareverse.optimisation.demand_candidates import OWN, OwnSeries, Pooled
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.optimisation.demand_table import LEAST_DEMANDS, demand_classes_of
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
CAUTION = 2.0
"""Standard errors by which an item must gain from a model that is not its class's best."""
SCORE_POINTS = 64
UNCHOSEN = ("never moved", "too few demands")


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


def choose_by_score(scores: Scores | None, classes: Names, names: list[str], usual: str) -> tuple[Integers, Floats]:
    """[items] number of the model in ``names``, and its score [pieces]; NaN where nothing was scored.

    Scores are compared in units of what the item's demand was expected to scatter by, never of what came. An item's mean over the origins is drawn to its class's, so that a
    few lucky forecasts do not choose.
    """
    reference = names.index(usual)
    chosen = np.full(len(classes), reference)
    score = np.full(len(classes), np.nan)
    if scores is None or scores.origins == 0:
        return chosen, score
    base = scores.values[:, reference]
    item_base = _mean(base, axis=0)
    scale = np.maximum(scores.scale, 1e-6)
    relative = (scores.values - base[:, None, :]) / scale
    everywhere = _class_means(relative, np.ones_like(scores.classes, dtype=np.bool_))
    for label in np.unique(classes):
        of_class = np.flatnonzero(classes == label)
        at_origin = scores.classes == label
        centre = _class_means(relative, at_origin)
        centre = np.where(np.isnan(centre), everywhere, centre)
        if label in UNCHOSEN:
            centre[[m for m, name in enumerate(names) if name in OWN]] = np.nan
        centre[np.isnan(centre)] = np.inf
        best = int(np.argmin(centre))
        chosen[of_class] = best
        values = scores.values[:, best][at_origin]
        score[of_class] = float(_mean(values, axis=0))
        if label in UNCHOSEN:
            continue
        mine = np.flatnonzero(classes[scores.items] == label)
        gains = _gains(relative[:, :, mine], centre, best)
        pick = np.where(gains.min(axis=0) < 0.0, np.argmin(gains, axis=0), best)
        chosen[scores.items[mine]] = pick
        score[scores.items[mine]] = gains.min(axis=0) * scale[mine] + _mean(scores.values[:, best, mine], axis=0)
    return chosen, score


def _mean(values: Floats, axis: int) -> Floats:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / known.sum(axis=axis))


def _class_means(relative: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """[models] mean over the forecasts of a class; NaN where there are fewer than five."""
    means = np.full(relative.shape[1], np.nan)
    for m in range(relative.shape[1]):
        values = relative[:, m][chosen]
        known = values[~np.isnan(values)]
        if len(known) >= 5:
            means[m] = known.mean()
    return means


def _gains(relative: Floats, centre: Floats, best: int) -> Floats:
    """[models, items] expected score relative to the class's best model; a model that is no gain for sure has 0.

    An item's mean over the origins is drawn to its class's as far as it does not last: what lasts is the covariance,
    over the items, of the mean over the earlier origins with that over the later ones. Luck that some items had with
    a model does not repeat itself; a model that suits them does. The gain must exceed its own standard error clearly.
    """
    gain = relative - relative[:, best : best + 1]
    mean, count = _mean(gain, axis=0), (~np.isnan(gain)).sum(axis=0)
    half = len(gain) // 2
    expected = np.where(np.isinf(centre), 0.0, centre - centre[best])[:, None]
    early, late = (_mean(part, axis=0) - expected for part in (gain[:half], gain[half:]))
    both = ~np.isnan(early + late)
    lasting = np.maximum(_mean(np.where(both, early * late, np.nan), axis=1), 0.0)
    variance = _mean(np.where(both, (mean - expected) ** 2, np.nan), axis=1)
    weight = np.nan_to_num(np.minimum(lasting / np.maximum(variance, 1e-12), 1.0))[:, None]
    drawn = expected + weight * np.nan_to_num(mean - expected)
    spread = np.sqrt(_mean((gain - mean) ** 2, axis=0) / np.maximum(count - 1, 1))
    sure = (count >= LEAST_CHOICE_ORIGINS) & (mean + CAUTION * spread < 0.0) & ~np.isinf(centre)[:, None]
    return np.where(sure, np.minimum(drawn, 0.0), 0.0)
