"""Order amplification (the bullwhip): how much more orders and net stock vary than the demand behind them.

Closed forms hold for a stock that orders up to a level in every period and may return goods freely; demand is AR(1),
d_t = c + correlation d_(t-1) + noise, with correlation 0 independent. ``lead_time`` counts the review period: what is
ordered at the end of a period serves the demand of the ``lead_time`` periods that follow.

Sources: Lee, Padmanabhan & Whang 1997; Chen, Drezner, Ryan & Simchi-Levi 2000; Chen, Ryan & Simchi-Levi 2000; Disney &
Towill 2003. Figures of net stock that they do not print follow from the same filters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.special import student_quantile

Floats = NDArray[np.float64]
LEAST_BATCHES, PERIODS_A_BATCH = 8, 12


@dataclass(frozen=True)
class Amplification:
    """Variances over that of demand: of orders, and of net stock (on hand less backorders)."""

    orders: float
    net_stock: float


def moving_average(lead_time: float, periods: int, correlation: float = 0.0) -> Amplification:
    """Order-up-to level of ``lead_time`` times the mean of the last ``periods`` demands."""
    _check(lead_time, correlation)
    if periods < 1:
        raise ValueError(f"a moving average needs at least one period, got {periods}")
    share = lead_time / periods
    orders = 1.0 + (2.0 * share + 2.0 * share**2) * (1.0 - correlation**periods)
    return Amplification(orders, _of_net_stock(lead_time, np.full(periods, share, dtype=np.float64), correlation))


def exponential_smoothing(lead_time: float, weight: float, correlation: float = 0.0) -> Amplification:
    """Order-up-to level of ``lead_time`` times the smoothed demand; ``weight`` is that of the newest demand."""
    _check(lead_time, correlation)
    if not 0.0 < weight <= 1.0:
        raise ValueError(f"the weight of a smoothing lies in (0, 1], got {weight:g}")
    swing = 2.0 * lead_time * weight + 2.0 * (lead_time * weight) ** 2 / (2.0 - weight)
    orders = 1.0 + swing * (1.0 - correlation) / (1.0 - (1.0 - weight) * correlation)
    if correlation == 0.0:
        return Amplification(orders, lead_time + lead_time**2 * weight / (2.0 - weight))
    past = 1 if weight == 1.0 else min(math.ceil(-40.0 / math.log1p(-weight)), 5000)
    shares: Floats = lead_time * weight * (1.0 - weight) ** np.arange(past, dtype=np.float64)
    return Amplification(orders, _of_net_stock(lead_time, shares, correlation))


def best_forecast(lead_time: float, correlation: float) -> Amplification:
    """Order-up-to level from the forecast of least error, which knows the correlation of the demand."""
    _check(lead_time, correlation)
    steps = _whole(lead_time)
    orders = 1.0 + 2.0 * correlation * (1.0 - correlation**steps) * (1.0 - correlation ** (steps + 1)) / (
        1.0 - correlation
    )
    errors = (1.0 - correlation ** np.arange(1, steps + 1)) / (1.0 - correlation)
    return Amplification(orders, float((errors**2).sum()) * (1.0 - correlation**2))


def smoothed_orders(lead_time: float, adjustment_periods: float) -> Amplification:
    """Constant forecast, and orders that close 1 / ``adjustment_periods`` of the gap; demand is independent.

    Above one, orders vary less than demand and net stock more: the price of calm.
    """
    _check(lead_time, 0.0)
    if adjustment_periods <= 0.5:
        raise ValueError(f"orders that close the gap in {adjustment_periods:g} periods swing without end")
    orders = 1.0 / (2.0 * adjustment_periods - 1.0)
    return Amplification(orders, lead_time + (adjustment_periods - 1.0) ** 2 * orders)


def variance_ratio(outgoing: Floats, incoming: Floats) -> tuple[float, float, float]:
    """Var(outgoing) / Var(incoming) with 95 % limits; both [replications, periods] in pieces per period.

    The limits are Student's on the logarithm, from leaving out one replication at a time, or one stretch of at least
    twelve periods where replications are few; NaN where there is too little of both or demand does not vary.
    """
    out, into = np.atleast_2d(outgoing), np.atleast_2d(incoming)
    if out.shape != into.shape:
        raise ValueError(f"streams of one length are compared, got {out.shape} and {into.shape}")
    batches = _batches(out), _batches(into)
    ratio = _ratio(*(moments.sum(axis=0) for moments in batches))
    count = len(batches[0])
    if count < 2 or not 0.0 < ratio < math.inf:
        return ratio, math.nan, math.nan
    without = [_ratio(*(moments.sum(axis=0) - moments[b] for moments in batches)) for b in range(count)]
    logs = np.log(without)
    if not np.isfinite(logs).all():
        return ratio, math.nan, math.nan
    error = math.sqrt((count - 1) / count * float(((logs - logs.mean()) ** 2).sum()))
    half = float(student_quantile(count - 1, 0.975)) * error
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)


def _batches(stream: Floats) -> Floats:
    """[batches, (count, sum, sum of squares)] of deviations from the stream's mean."""
    centred = stream - stream.mean()
    rows = list(centred)
    if len(rows) < LEAST_BATCHES:
        parts = max(1, min(math.ceil(LEAST_BATCHES / len(rows)), stream.shape[1] // PERIODS_A_BATCH))
        rows = [part for row in rows for part in np.array_split(row, parts)]
    return np.array([(len(row), row.sum(), (row**2).sum()) for row in rows], dtype=np.float64)


def _ratio(out: Floats, into: Floats) -> float:
    variances = [moments[2] / moments[0] - (moments[1] / moments[0]) ** 2 for moments in (out, into)]
    return float(variances[0] / variances[1]) if variances[1] > 0.0 else math.nan


def _of_net_stock(lead_time: float, shares: Floats, correlation: float) -> float:
    """Variance of the level set from past demands less the demand of the lead time, over that of demand."""
    weights = np.concatenate([-np.ones(_whole(lead_time)), shares])
    total = float(weights @ weights)
    if correlation != 0.0:
        power = correlation
        for lag in range(1, len(weights)):
            if abs(power) < 1e-17:
                break
            total += 2.0 * power * float(weights[lag:] @ weights[:-lag])
            power *= correlation
    return total


def _whole(lead_time: float) -> int:
    if lead_time != int(lead_time):
        raise ValueError(f"a lead time of whole periods is needed, got {lead_time:g}")
    return int(lead_time)


def _check(lead_time: float, correlation: float) -> None:
    if lead_time <= 0.0 or not -1.0 < correlation < 1.0:
        raise ValueError(
            f"a lead time above zero and a correlation within (-1, 1), got {lead_time:g} and {correlation:g}"
        )
