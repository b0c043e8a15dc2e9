"""Classes that drift by themselves: the spread is found, and bands of their demand hold as often as they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_choice import DemandModels, model_demand
from spareverse.optimisation.demand_drift import ASSUMED_DRIFT, class_drift
from spareverse.optimisation.demand_history import DemandHistory
from unit.optimisation.planning_fixture import planning_data, planning_items

YEAR = 365
FUTURES = 60


def drifting(
    seed: int, spread: float, years: int = 5, *, lasting: bool = True
) -> tuple[PlanningData, NDArray[np.int64]]:
    """Smooth, lumpy and intermittent parts whose rates move by a common factor a class and year; the year after.

    ``lasting``: from where the year before ended; else about the same level.
    """
    random = np.random.default_rng(seed)
    kind = np.repeat([0, 1, 2], (60, 250, 250))
    rate = np.where(kind == 0, random.gamma(20, 2, len(kind)), random.gamma(8, 0.5, len(kind)))
    moved = random.normal(0.0, spread, (years + 1, 3))
    if lasting:
        moved = np.cumsum(moved, axis=0)
        moved -= moved[years - 1]
    rates = rate * np.exp(moved)[:, kind]
    lines = random.poisson(rates[:years])
    item = np.concatenate([np.repeat(np.arange(len(kind)), one) for one in lines])
    year = np.repeat(np.arange(years), lines.sum(axis=1))
    pieces = np.where(kind[item] == 1, np.ceil(random.lognormal(0.5, 1.3, len(item))), 1.0)
    step = year * YEAR + random.integers(0, YEAR, len(item))
    data = planning_data(item, step, pieces, items=planning_items(len(kind)), steps=years * YEAR)
    return data, random.poisson(rates[years])


def held(models: DemandModels, later: NDArray[np.int64], seed: int) -> list[bool]:
    """Whether the later lines of each large class lie in the 95 % band of the futures."""
    random = np.random.default_rng(seed)
    rates = models.sampled_rates(FUTURES, seed=seed)
    label = models.table["demand_class"].to_numpy()
    found = []
    for name in ("smooth", "lumpy", "intermittent"):
        drawn = random.poisson(rates[:, label == name].sum(axis=1) * YEAR)
        low, high = np.quantile(drawn, [0.025, 0.975], method="weibull")
        found.append(bool(low <= later[label == name].sum() <= high))
    return found


def test_bands_of_classes_that_drift_hold() -> None:
    """36 bands: standard error 4 points. Without the classes' own drift two in three hold."""
    own, common = [], []
    for seed in range(12):
        data, later = drifting(seed, 0.2)
        models = model_demand(data, choose=False)
        own += held(models, later, seed)
        common += held(replace(models, class_drift=0.0), later, seed)
    assert np.mean(own) >= 0.87
    assert np.mean(common) <= 0.8


def test_bands_hold_where_the_drift_is_drawn_anew_each_year() -> None:
    """24 bands: standard error 5 points."""
    found = []
    for seed in range(8):
        data, later = drifting(seed, 0.25, lasting=False)
        found += held(model_demand(data, choose=False), later, seed)
    assert np.mean(found) >= 0.87


@pytest.mark.parametrize(("spread", "low", "high"), [(0.0, 0.0, 0.06), (0.1, 0.07, 0.13), (0.2, 0.14, 0.26)])
def test_the_spread_of_classes_is_found_where_the_history_is_long(spread: float, low: float, high: float) -> None:
    found = [_spread(drifting(seed, spread, years=9)[0]) for seed in range(8)]
    assert low <= np.mean(found) <= high


def test_a_short_history_says_what_is_assumed() -> None:
    assert _spread(drifting(1, 0.3, years=1)[0]) == pytest.approx(ASSUMED_DRIFT)


def _spread(data: PlanningData) -> float:
    return class_drift(DemandHistory.of(data), data.steps)
