"""How sure the fill rates of a plan are: what the limits of each part's demand rate, and a common drift, do to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.optimisation.portfolio.steps import LINE_FILL, performance
from spareverse.statistics.demand_models.occurrence import CERTAIN, Occurrence
from spareverse.statistics.lead_time_demand import LeadTimeDemand, lead_time_laws

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

Z = 1.959963984540054
SAMPLED = 4000
"""Parts the band of the curve rests on: half of them those with most lines, half drawn from the rest."""


@dataclass(frozen=True)
class FillLimits:
    """95 % limits of fill rates of lines."""

    low: Floats
    high: Floats


def fill_limits(
    data: PlanningData, models: DemandModels, items: Integers, reorder_point: Integers, order_quantity: Integers
) -> FillLimits:
    """Of each of some items: its fill rate were its demand rate at its own upper and lower 95 % limit."""
    low, high = (
        performance(_laws_at(data, models, items, models.occurrence.limits(p)[items]), reorder_point, order_quantity)
        for p in (0.975, 0.025)
    )
    return FillLimits(low[:, LINE_FILL], high[:, LINE_FILL])


def curve_limits(
    data: PlanningData, models: DemandModels, frontier: Frontier, entries: Integers, seed: int = 0
) -> FillLimits:
    """Of the whole plan at some entries of the curve.

    Errors of the parts' own rates are independent and add up by squares; a drift of the whole portfolio (the models'
    ``drift``) shifts all parts alike. Both are estimated on a sample of the parts.
    """
    lines = frontier.problem.weight * frontier.problem.demand.lines_a_year
    items, share = _sample(lines, np.random.default_rng(np.random.SeedSequence([seed, 47])))
    if not len(items):
        return FillLimits(np.full(len(entries), np.nan), np.full(len(entries), np.nan))
    expected = models.occurrence.expected()[items]
    shift = np.exp(Z * models.drift[1])
    own = [_laws_at(data, models, items, models.occurrence.limits(p)[items]) for p in (0.975, 0.025)]
    common = [_laws_at(data, models, items, expected * factor) for factor in (shift, 1.0, 1.0 / shift)]
    low, high = np.empty(len(entries)), np.empty(len(entries))
    total = lines.sum()
    for k, entry in enumerate(entries):
        point = frontier.at(int(entry))
        rule = point.reorder_point[items], point.order_quantity[items]
        lower, upper = (performance(law, *rule)[:, LINE_FILL] for law in own)
        counted = lines[items] / total
        spread = np.sqrt((share * (counted * (upper - lower) / (2.0 * Z)) ** 2).sum()) * Z
        drifted = [float((share * counted * performance(law, *rule)[:, LINE_FILL]).sum()) for law in common]
        low[k] = point.fill_rate - np.hypot(spread, drifted[1] - drifted[0])
        high[k] = point.fill_rate + np.hypot(spread, drifted[2] - drifted[1])
    return FillLimits(np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0))


def _sample(lines: Floats, random: np.random.Generator) -> tuple[Integers, Floats]:
    """Items of the sample, and how many items each stands for."""
    order = np.argsort(-lines, kind="stable")
    order = order[lines[order] > 0]
    if len(order) <= SAMPLED:
        return order, np.ones(len(order))
    half = SAMPLED // 2
    drawn = random.choice(order[half:], half, replace=False)
    return np.concatenate([order[:half], drawn]), np.repeat([1.0, (len(order) - half) / half], half)


def _laws_at(data: PlanningData, models: DemandModels, items: Integers, rate: Floats) -> LeadTimeDemand:
    """Laws of some items, were their rates [events per step] known."""
    periodic = models.occurrence.periodic
    known = np.minimum(rate, 1.0) if periodic else rate
    certain = Occurrence(np.ones((len(items), 1)), known[:, None], np.full((len(items), 1), CERTAIN), periodic)
    sizes = models.sizes
    counts = np.diff(sizes.starts)[items]
    starts = np.concatenate([[0], np.cumsum(counts)])
    rows = np.repeat(sizes.starts[items] - starts[:-1], counts) + np.arange(starts[-1])
    some = replace(sizes, sizes=sizes.sizes[rows], weights=sizes.weights[rows], starts=starts, group=sizes.group[items])
    return lead_time_laws(certain, some, data.lead_nodes[items], data.lead_weights, 365.0 / data.step_days)
