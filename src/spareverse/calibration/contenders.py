"""What a plan must beat: the company's own rule, and the rules that planners and other programs use.

All of them order in the plan's order quantities, so that only the reorder point is compared; the base stock policy
orders piece for piece, as its name says. Each runs through settings from mean to generous, so that stock can be read at
equal fill rate. A part without demand in the fit has no forecast under any of the textbook rules and is not stocked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spareverse.calibration.backtest import Contender
from spareverse.calibration.rules import Rules
from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.optimisation.portfolio.problem import PlanPoint
from spareverse.optimisation.portfolio.steps import LINE_FILL, performance
from spareverse.optimisation.portfolio.todays_rule import todays_rule
from spareverse.optimisation.spares.palm import poisson_quantile
from spareverse.special import normal_quantile
from spareverse.statistics.forecasting.croston import croston

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONTH_DAYS = 365.25 / 12.0
SERVICE = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999)
MONTHS_OF_COVER = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 18.0, 24.0)
PEERS = ("croston-normal", "months-of-cover", "poisson-base-stock")


PLAN_TARGETS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)
"""Fill rates of lines at which a plan's curve is replayed, as far as it reaches them."""
CLOSE = 0.002
"""Fill rates nearer to the chosen plan's add nothing."""


def planned(frontier: Frontier, chosen: PlanPoint) -> Contender:
    """The plan itself and other plans along its curve; the setting is the promised fill rate of lines."""
    others = [
        frontier.at(int(np.argmax(frontier.fill_rate >= target)))
        for target in PLAN_TARGETS
        if target <= frontier.fill_rate[-1] and abs(target - chosen.fill_rate) > CLOSE
    ]
    points = sorted([chosen, *others], key=lambda point: point.stock_value)
    rules = []
    for point in points:
        filled = performance(frontier.problem.demand, point.reorder_point, point.order_quantity)[:, LINE_FILL]
        rules.append(
            Rules("plan", point.fill_rate, point.reorder_point, point.order_quantity, False, promised_fill_rate=filled)
        )
    return Contender(tuple(rules), next(k for k, point in enumerate(points) if point is chosen))


def company(data: PlanningData) -> Contender | None:
    """The company's reorder points and order quantities, or levels, at the fit; None where none is known.

    An item without a rule is bought on demand in the replay, and is in no comparison.
    """
    rule = todays_rule(data)
    if not (rule.reorder_point >= 0).any():
        return None
    rules = _rules("company", 1.0, rule.reorder_point.astype(np.float64), rule.order_quantity)
    known = None if rule.known.all() else rule.known
    return Contender((replace(rules, order_up_to=rule.fills_up),), 0, known)


def croston_normal(data: PlanningData, quantity: Integers) -> Contender:
    """Croston's forecast by month (constant 0.1) and normal demand: mean + z s sqrt(L), s of a month's demand."""
    series = monthly(data)
    months = _protection(data) * data.step_days / _month(data)
    forecast = croston(series.reshape(-1), np.arange(len(data) + 1) * series.shape[1]).rate
    spread = np.nanstd(series, axis=1)
    mean = np.nan_to_num(forecast) * months

    def point(service: float) -> Floats:
        level: Floats = np.ceil(mean + normal_quantile(service) * spread * np.sqrt(months) - 1e-9)
        return level

    return _stocked("croston-normal", SERVICE, point, data, quantity)


def months_of_cover(data: PlanningData, quantity: Integers) -> Contender:
    """Reorder at so many months of mean demand."""
    mean = _mean_demand(data) * MONTH_DAYS / data.step_days
    return _stocked("months-of-cover", MONTHS_OF_COVER, lambda months: np.ceil(mean * months - 1e-9), data, quantity)


def poisson_base_stock(data: PlanningData) -> Contender:
    """Base stock at a quantile of Poisson demand over the mean lead time, one piece for one."""
    mean = _mean_demand(data) * _protection(data)
    distinct, case = np.unique(np.round(mean, 6), return_inverse=True)

    def point(service: float) -> Floats:
        level = np.array([poisson_quantile(service, value) for value in distinct], dtype=np.float64)
        return level[case] - 1.0

    return _stocked("poisson-base-stock", SERVICE, point, data, np.ones(len(data), dtype=np.int64))


def peers(data: PlanningData, quantity: Integers) -> list[Contender]:
    """All textbook contenders, in the order of PEERS. ``quantity``: order quantities of the plan [items]."""
    return [croston_normal(data, quantity), months_of_cover(data, quantity), poisson_base_stock(data)]


def monthly(data: PlanningData) -> Floats:
    """[items, months] pieces of each month, the last month whole; NaN where a month is not fully known.

    Demand per period stays in its periods.
    """
    length = 1.0 if not data.continuous else MONTH_DAYS / data.step_days
    months = max(int(data.steps / length + 1e-9), 1)
    begin = data.steps - months * length
    item = np.repeat(np.arange(len(data)), np.diff(data.event_starts))
    month = np.floor((data.event_step - begin) / length + 1e-9).astype(np.int64)
    inside = (month >= 0) & (month < months)
    series = np.zeros((len(data), months))
    np.add.at(series, (item[inside], month[inside]), data.event_pieces[inside])
    gap = np.repeat(np.arange(len(data)), np.diff(data.gap_starts))
    for which, low, high in zip(gap, data.gap_from, data.gap_until, strict=True):
        first, last = np.floor((low - begin) / length + 1e-9), np.ceil((high - begin) / length - 1e-9)
        series[which, max(int(first), 0) : max(int(last), 0)] = np.nan
    return series


def _month(data: PlanningData) -> float:
    """Days of a period of ``monthly``."""
    return MONTH_DAYS if data.continuous else data.step_days


def _protection(data: PlanningData) -> Floats:
    """[items] steps that a reorder point has to cover: the mean lead time and, by periods, the review."""
    mean: Floats = data.lead_nodes @ data.lead_weights
    return mean + (0.0 if data.continuous else 1.0)


def _mean_demand(data: PlanningData) -> Floats:
    """[items] pieces a known step."""
    sums = np.concatenate([[0.0], np.cumsum(data.event_pieces)])
    mean: Floats = (sums[data.event_starts[1:]] - sums[data.event_starts[:-1]]) / np.maximum(data.known_steps, 1)
    return mean


def _stocked(
    policy: str, settings: tuple[float, ...], point: Callable[[float], Floats], data: PlanningData, quantity: Integers
) -> Contender:
    """The contender at every setting; items without demand in the fit are not stocked."""
    moved = np.diff(data.event_starts) > 0
    rules = tuple(
        _rules(policy, setting, np.where(moved, np.maximum(point(setting), -1.0), -1.0), quantity)
        for setting in settings
    )
    return Contender(rules, settings.index(0.95) if 0.95 in settings else len(settings) // 2)


def _rules(policy: str, setting: float, point: Floats, quantity: Integers) -> Rules:
    return Rules(policy, setting, point.astype(np.int64), np.where(point >= 0, quantity, 1), order_up_to=False)
