"""The demand model of every item, chosen on what it foretold, and the laws a plan is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.jit import Cancel
from spareverse.optimisation.demand_candidates import (
    HALF_LIVES,
    LONG_MEMORY,
    OWN,
    USUAL,
    OwnSeries,
    Pooled,
    pooled_models,
)
from spareverse.optimisation.demand_drift import class_drift, portfolio_drift
from spareverse.optimisation.demand_groups import make_cells
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.optimisation.demand_scores import Scores, choose_by_score, score_models
from spareverse.optimisation.demand_table import demand_classes_of, demand_table
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.order_sizes import OrderSizes
from spareverse.statistics.lead_time_demand import LeadTimeDemand, lead_time_laws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Progress = Callable[[float, str], None]

WINDOWS_A_YEAR = 4
MOST_ORIGINS = 9
PLAIN_ORIGINS = 5
"""Origins that correct the rates where no model is chosen."""
LEAST_HISTORY = 0.25
"""Share of the history before the first origin."""
WEARS_OUT = "ages of the installed base"
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class DemandModels:
    """Every item's demand: its law over the lead time, what is known of its rate, and which model says so."""

    law: LeadTimeDemand
    table: pl.DataFrame
    """Columns of ``DEMAND_RESULTS`` and ``item``."""
    models: tuple[str, ...]
    """Names of the candidates."""
    occurrence: Occurrence
    """Posterior of each item's rate [events per step]."""
    sizes: OrderSizes
    drift: Floats
    """Mean and spread of the change of the whole portfolio's demand in a year, in the logarithm."""
    class_drift: float
    """Spread of the change of a class's demand against the whole portfolio's, likewise."""
    origins: int
    """Rolling origins the choice rests on; 0: not chosen."""
    scores: pl.DataFrame
    """Mean score of every model by class of the item when it was scored: demand_class, model, score [pieces],
    items; empty where nothing was chosen."""

    def sampled_rates(self, samples: int, seed: int = 0, years: float = 1.0) -> Floats:
        """[samples, items] draws of every item's events per step over the coming ``years``.

        Items are drawn from their own posteriors; each sample shifts all of them by one common drift, and those of a
        class by one more.
        """
        random = np.random.default_rng(np.random.SeedSequence([seed, 41]))
        factor = self.sampled_drift(samples, seed, years)
        classes = self.table["demand_class"].fill_null("").rank("dense").cast(pl.Int64).to_numpy() - 1
        own = _drifts(self.class_drift, (samples, int(classes.max(initial=0)) + 1), [seed, 53], years)
        rates = np.stack([self.occurrence.sample(random) * factor[k] * own[k, classes] for k in range(samples)])
        return np.minimum(rates, 1.0) if self.occurrence.periodic else rates

    def sampled_drift(self, samples: int, seed: int = 0, years: float = 1.0) -> Floats:
        """[samples] factors on all rates over the coming ``years``: what no single item's history shows."""
        return _drifts(float(self.drift[1]), (samples,), [seed, 43], years)


def _drifts(spread: float, shape: tuple[int, ...], seed: list[int], years: float) -> Floats:
    """Log-normal factors with mean 1; ``spread`` is that of a year."""
    random = np.random.default_rng(np.random.SeedSequence(seed))
    spread *= math.sqrt(0.5 * (1.0 + years))
    return np.asarray(np.exp(spread * random.standard_normal(shape) - 0.5 * spread**2))


@dataclass(frozen=True)
class Ageing:
    """Next year's expected demand rate over that of the record, with 95 % limits; NaN where nothing wears out.

    Arrays are [items].
    """

    multiplier: Floats
    low: Floats
    high: Floats


def model_demand(
    data: PlanningData,
    *,
    choose: bool = True,
    ageing: Ageing | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    seed: int = 0,
) -> DemandModels:
    """Model the demand of every item at the end of ``data``.

    With ``choose`` every candidate forecasts the demand over the lead time from several earlier steps (rolling
    origins) and each item gets the one with the best score (CRPS), as ``selection`` says; items without three demands
    get their class's, parts that never moved the one with the longest memory. ``seed`` chooses the sample of a large
    portfolio that is scored. Where the ages of the installed base say that demand will differ (``ageing``), no score of
    the past can know it: the longest memory is moved by what they say.
    """
    history = DemandHistory.of(data)
    cells = make_cells(data)
    origins = _origins(data.steps, history.steps_a_year, MOST_ORIGINS if choose else PLAIN_ORIGINS)
    names = list(HALF_LIVES) if choose else [LONG_MEMORY, USUAL]
    pooled: dict[str, dict[int, Pooled]] = {}
    for number, name in enumerate(names):
        if progress is not None:
            progress(0.5 * number / len(names), "Rates of demand")
        pooled[name] = pooled_models(history, cells, HALF_LIVES[name], origins)
    classes = demand_classes_of(history, data.steps)[3]
    scores = None
    if choose and len(origins) > 1:
        horizon = _horizons(data)
        scores = score_models(history, pooled, origins, horizon, data.items["part_id"], seed, progress, cancel)
        names += OWN
    chosen, score = choose_by_score(scores, classes, names)
    last = {name: pooled[name][data.steps] for name in pooled}
    if ageing is not None:
        wearing = np.isfinite(ageing.multiplier)
        chosen = np.where(wearing, names.index(LONG_MEMORY), chosen)
    occurrence, sizes = _blend(last, chosen, names)
    if ageing is not None:
        occurrence = _aged(occurrence, ageing)
    law = lead_time_laws(
        occurrence,
        sizes,
        data.lead_nodes,
        data.lead_weights,
        history.steps_a_year,
        progress=None if progress is None else lambda share: progress(0.9 + 0.1 * share, "Demand over the lead time"),
        cancel=cancel,
    )
    law, occurrence = _with_own_series(law, occurrence, sizes, data, history, chosen, names)
    model = np.array(names)[chosen]
    if ageing is not None:
        model = np.where(wearing, WEARS_OUT, model)
    table = demand_table(data, history, cells, law, occurrence, sizes, model, score)
    return DemandModels(
        law,
        table,
        tuple(names),
        occurrence,
        sizes,
        portfolio_drift(history, data.steps),
        class_drift(history, data.steps),
        0 if scores is None else scores.origins,
        _score_table(scores, names),
    )


def _aged(occurrence: Occurrence, ageing: Ageing) -> Occurrence:
    """Posteriors moved by the multiplier; its uncertainty, taken as log-normal, adds to theirs."""
    wearing = np.isfinite(ageing.multiplier)
    factor = np.where(wearing, ageing.multiplier, 1.0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.log(ageing.high / ageing.low) / (2.0 * NORMAL_95)
    variance = np.where(wearing, np.expm1(np.nan_to_num(spread) ** 2), 0.0)[:, None]
    mean = occurrence.mean * factor
    if occurrence.periodic:
        mean = np.minimum(mean, 1.0)
    # squared coefficients of variation of a product of two independent factors
    own = 1.0 / occurrence.strength
    return replace(occurrence, mean=mean, strength=1.0 / (own + variance + own * variance))


def _origins(steps: int, steps_a_year: float, most: int) -> list[int]:
    """Steps to forecast from, a quarter of a year apart, the last one the end of the history."""
    stride = max(1, round(steps_a_year / WINDOWS_A_YEAR))
    first = max(LEAST_HISTORY * steps, 1.0)
    count = max(1, min(most, 1 + int((steps - first) // stride)))
    return [steps - stride * back for back in range(count - 1, -1, -1)]


def _horizons(data: PlanningData) -> Integers:
    """[items] whole steps that stand for the lead time when models are scored."""
    mean = data.lead_nodes @ data.lead_weights
    return np.clip(np.rint(mean), 1, max(1, data.steps // 3)).astype(np.int64)


def _blend(models: dict[str, Pooled], chosen: Integers, names: list[str]) -> tuple[Occurrence, OrderSizes]:
    """Posterior and sizes of all items, each from its own pooled model; others from the usual one."""
    usual = models[USUAL]
    number = np.array([list(models).index(name if name in models else USUAL) for name in names])[chosen]
    whole = usual.posterior()
    sizes = [models[name].sizes for name in models]
    item = np.repeat(np.arange(len(chosen)), np.diff(usual.sizes.starts))
    weights = np.stack([one.weights for one in sizes])[number[item], np.arange(len(item))]
    for position, name in enumerate(models):
        mine = np.flatnonzero(number == position)
        if name == USUAL or len(mine) == 0:
            continue
        part = models[name].posterior(mine)
        whole.weight[mine], whole.mean[mine], whole.strength[mine] = part.weight, part.mean, part.strength
    groups = len(usual.sizes.concentration)
    bounds = [one.group_starts[:-1] + sum(len(other.group_sizes) for other in sizes[:k]) for k, one in enumerate(sizes)]
    together = OrderSizes(
        usual.sizes.sizes,
        weights,
        usual.sizes.starts,
        usual.sizes.group + groups * number,
        np.concatenate([one.group_sizes for one in sizes]),
        np.concatenate([one.group_chances for one in sizes]),
        np.append(np.concatenate(bounds), sum(len(one.group_sizes) for one in sizes)),
        np.concatenate([one.concentration for one in sizes]),
    )
    return whole, together


def _with_own_series(
    law: LeadTimeDemand,
    occurrence: Occurrence,
    sizes: OrderSizes,
    data: PlanningData,
    history: DemandHistory,
    chosen: Integers,
    names: list[str],
) -> tuple[LeadTimeDemand, Occurrence]:
    """Put in the laws of items whose model knows their own series only, and move their rates to what it expects."""
    mean, lines, chance = law.mean.copy(), law.lines_a_year.copy(), law.chance_of_demand.copy()
    mass, before, with_line, step = law.mass, law.before_line, law.with_line, law.step.copy()
    lead = data.lead_nodes @ data.lead_weights
    factor = np.ones(len(data))
    for number, name in enumerate(names):
        mine = np.flatnonzero(chosen == number)
        if name not in OWN or len(mine) == 0:
            continue
        series = OwnSeries.of(history, mine, data.steps)
        own = series.laws(name, history, sizes, data.lead_nodes, data.lead_weights, mass.shape[1], data.steps)
        mass[mine], before[mine], with_line[mine] = own.mass, own.before_line, own.with_line
        step[mine], mean[mine] = own.step, own.mean
        per_step = own.mean / np.maximum(lead[mine], 1e-9) / own.line_mean
        factor[mine] = per_step / np.maximum(occurrence.expected()[mine], 1e-12)
        lines[mine] = per_step * history.steps_a_year
    moved = replace(occurrence, mean=occurrence.mean * factor[:, None])
    if occurrence.periodic:
        moved = replace(moved, mean=np.minimum(moved.mean, 1.0))
    own_items = np.flatnonzero(factor != 1.0)
    chance[own_items] = moved.take(own_items).chance_of_any(history.steps_a_year)
    return LeadTimeDemand(mass, before, with_line, step, mean, law.line_mean, lines, chance), moved


def _score_table(scores: Scores | None, names: list[str]) -> pl.DataFrame:
    schema = {"demand_class": pl.String, "model": pl.String, "score": pl.Float64, "forecasts": pl.Int64}
    if scores is None:
        return pl.DataFrame(schema=schema)
    return pl.DataFrame(
        [(label, names[m], *scores.mean_of(label, m)) for label in scores.labels() for m in range(len(names))],
        schema=schema,
        orient="row",
    )
