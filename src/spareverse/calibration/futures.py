"""What is replayed: the history as it came, or a future drawn from the demand models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spareverse.calibration.backtest import Expected, Future
from spareverse.calibration.replay import Track
from spareverse.history.later_demand import LaterDemand, expected_lead_times
from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_choice import DemandModels

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

YEAR_DAYS = 365.25


def track_of(data: PlanningData, later: LaterDemand) -> Track:
    """The scored part of the history, and as much of the fit before it (a year at most) for the rules to settle."""
    warm = min(data.steps, max(1, round(YEAR_DAYS / data.step_days)))
    item, step, pieces = _before(data, warm)
    after = np.repeat(np.arange(len(data)), np.diff(later.event_starts))
    starts, steps, sizes = _joined(
        len(data),
        np.concatenate([item, after]),
        np.concatenate([step, later.event_step]),
        np.concatenate([pieces, later.event_pieces]),
    )
    return Track(
        starts,
        steps,
        sizes,
        later.gap_starts,
        later.gap_from,
        later.gap_until,
        later.lead_from,
        later.lead_until,
        later.lead_times,
        later.steps,
        warm,
        0 if data.continuous else 1,
    )


def futures(data: PlanningData, models: DemandModels, track: Track) -> Callable[[int], Future]:
    """Draws of the demand of the scored steps after the real one before them: rates with their common drift, then
    the times and sizes of demands. The same seed gives the same future."""
    item, step, pieces = _before(data, track.warm_steps)
    years = track.steps * data.step_days / YEAR_DAYS
    lead_times = expected_lead_times(data)

    def draw(seed: int) -> Future:
        random = np.random.default_rng(np.random.SeedSequence([seed, 47]))
        rate = models.sampled_rates(1, seed, years)[0]
        if data.continuous:
            demanded = np.repeat(np.arange(len(data)), random.poisson(rate * track.steps))
            when = random.integers(0, track.steps, len(demanded))
        else:
            demanded, when = np.nonzero(random.random((len(data), track.steps)) < rate[:, None])
        demand = _joined(
            len(data),
            np.concatenate([item, demanded]),
            np.concatenate([step, when]),
            np.concatenate([pieces, models.sizes.sample(demanded, random)]),
        )
        return Future(*demand, *lead_times)

    return draw


def expected(data: PlanningData, models: DemandModels, steps: int) -> Expected:
    """What the models expect of the scored part."""
    lines = models.law.lines_a_year * steps * data.step_days / YEAR_DAYS
    return Expected(lines, lines * models.law.line_mean, data.lead_nodes @ data.lead_weights)


def _before(data: PlanningData, warm: int) -> tuple[Integers, Integers, Floats]:
    """Item, step (negative) and pieces of the demand in the last ``warm`` steps of the fit."""
    item = np.repeat(np.arange(len(data)), np.diff(data.event_starts))
    step = data.event_step - data.steps
    recent = step >= -warm
    return item[recent], step[recent], data.event_pieces[recent]


def _joined(items: int, item: Integers, step: Integers, pieces: Floats) -> tuple[Integers, Integers, Floats]:
    order = np.lexsort((step, item))
    starts = np.zeros(items + 1, dtype=np.int64)
    np.cumsum(np.bincount(item, minlength=items), out=starts[1:])
    return starts, step[order].astype(np.int64), pieces[order]
