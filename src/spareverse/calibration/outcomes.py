"""What a replay adds up to: fill rates, waits, stock value and cost, with intervals by clusters of parts.

A part is a cluster: its lines share one stock and are not independent, while parts are taken to be. A ratio of sums
over parts has the standard error of its linearisation (Cochran 1977, section 6.3); figures that are read off a curve
are resampled, all contenders alike (Poisson weights with mean 1 per part; Chamandy et al. 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.calibration.replay import LINES, LINES_MET, ORDERS, OWED, PIECES, PIECES_MET, STOCK, WAITED

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NORMAL_95 = 1.959963984540054
RESAMPLES = 200
YEAR_DAYS = 365.25
SAME_FILL = 1e-12
"""Fill rates closer than this are the same."""


@dataclass(frozen=True)
class Prices:
    """What a replay costs; arrays are [items]."""

    unit_cost: Floats
    holding: Floats
    """[currency/piece/day]"""
    ordering: Floats
    """[currency/order]"""
    stock_out: Floats
    """[currency/piece/day] owed"""
    step_days: float
    steps: int

    @property
    def years(self) -> float:
        return self.steps * self.step_days / YEAR_DAYS

    def yearly_cost(self, counts: Floats) -> Floats:
        """[items] currency a year, of counts [items, COUNTS]."""
        cost: Floats = (
            YEAR_DAYS * (self.holding * counts[:, STOCK] + self.stock_out * counts[:, OWED])
            + self.ordering * counts[:, ORDERS] / self.years
        )
        return cost


def ratio(top: Floats, below: Floats) -> tuple[float, float, float]:
    """Sum of ``top`` over sum of ``below`` [items] with 95 % limits; NaN where there is nothing below."""
    total = float(below.sum())
    if total <= 0.0:
        return (np.nan, np.nan, np.nan)
    value = float(top.sum()) / total
    clusters = int(np.count_nonzero(below))
    if clusters < 2:
        return (value, np.nan, np.nan)
    spread = float(np.sqrt(((top - value * below) ** 2).sum() * clusters / (clusters - 1))) / total
    return (value, value - NORMAL_95 * spread, value + NORMAL_95 * spread)


def share(top: Floats, below: Floats) -> tuple[float, float, float]:
    """A ratio that lies between 0 and 1, its limits too."""
    value, low, high = ratio(top, below)
    return (value, max(low, 0.0), min(high, 1.0)) if not np.isnan(low) else (value, low, high)


def total(values: Floats) -> tuple[float, float, float]:
    """Sum over parts with 95 % limits, the parts taken as drawn from many alike; never below zero."""
    value = float(values.sum())
    spread = float(np.sqrt(len(values) * values.var())) if len(values) > 1 else np.nan
    return (value, max(value - NORMAL_95 * spread, 0.0), value + NORMAL_95 * spread)


def summary(counts: Floats, prices: Prices, chosen: Integers) -> dict[str, float]:
    """The measures of BACKTEST_RESULTS of the chosen items, of counts [items, COUNTS]."""
    c = counts[chosen]
    value = c[:, STOCK] * prices.unit_cost[chosen]
    measures = {
        "fill_rate": share(c[:, LINES_MET], c[:, LINES]),
        "fill_rate_pieces": share(c[:, PIECES_MET], c[:, PIECES]),
        "stock_value": total(value),
        "cost": total(prices.yearly_cost(counts)[chosen]),
    }
    found = {
        f"{name}{end}": figure
        for name, figures in measures.items()
        for end, figure in zip(("", "_low", "_high"), figures, strict=True)
    }
    lines = float(c[:, LINES].sum())
    return found | {
        "parts": len(chosen),
        "lines": lines,
        "pieces": float(c[:, PIECES].sum()),
        "wait_days": float(c[:, WAITED].sum()) * prices.step_days / lines if lines else np.nan,
        "orders": float(c[:, ORDERS].sum()),
    }


def value_at_fill(fill: Floats, value: Floats, wanted: float) -> float:
    """Stock value at which a contender's curve first reaches a fill rate; NaN where it never does, or lies above it.

    ``fill`` and ``value``: [settings]; between two settings the curve is taken as straight.
    """
    order = np.argsort(value, kind="stable")
    fill, value = fill[order], value[order]
    best = np.maximum.accumulate(fill)
    above = np.flatnonzero(best >= wanted)
    if not len(above):
        return float("nan")
    k = int(above[0])
    if k == 0:
        return float(value[0]) if fill[0] <= wanted + SAME_FILL else float("nan")
    rise = fill[k] - best[k - 1]
    return float(value[k - 1] + (value[k] - value[k - 1]) * (wanted - best[k - 1]) / rise)


def equal_fill(
    counts: dict[str, Floats], unit_cost: Floats, targets: Floats, against: str, seed: int = 0
) -> dict[tuple[str, float], tuple[float, ...]]:
    """Stock value of every contender at every target, and its ratio to ``against``, each with 95 % limits.

    counts: contender -> [settings, items, COUNTS]. Returns (value, low, high, ratio, low, high) per contender and
    target. Limits need nine tenths of the resamples to reach the target, else they are NaN. A contender with one
    setting is compared at its own fill rate, in each resample at what it then met.
    """
    rng = np.random.default_rng(seed)
    items = len(unit_cost)
    columns = {name: np.concatenate([c[:, :, LINES_MET], c[:, :, STOCK] * unit_cost]).T for name, c in counts.items()}
    lines = next(iter(counts.values()))[0, :, LINES]
    sums = {name: np.zeros((RESAMPLES + 1, column.shape[1])) for name, column in columns.items()}
    seen = np.zeros(RESAMPLES + 1)
    for first in range(0, items, 20_000):
        part = slice(first, min(first + 20_000, items))
        weights = np.ones((RESAMPLES + 1, part.stop - first))
        weights[1:] = rng.poisson(1.0, (RESAMPLES, part.stop - first))
        seen += weights @ lines[part]
        for name, column in columns.items():
            sums[name] += weights @ column[part]
    curves = {name: (c[:, : c.shape[1] // 2] / np.maximum(seen, 1e-300)[:, None], c) for name, c in sums.items()}

    def read(name: str, wanted: Floats) -> Floats:
        """Stock value of a contender at the fill rates wanted of each resample."""
        fills, added = curves[name]
        stock = added[:, fills.shape[1] :]
        return np.array([value_at_fill(f, v, w) for f, v, w in zip(fills, stock, wanted, strict=True)])

    found: dict[tuple[str, float], tuple[float, ...]] = {}
    for name, (fills, _) in curves.items():
        for target in targets:
            wanted = np.full(RESAMPLES + 1, float(target))
            if fills.shape[1] == 1 and name != against and abs(fills[0, 0] - target) <= SAME_FILL:
                wanted = fills[:, 0]
            value = read(name, wanted)
            with np.errstate(invalid="ignore", divide="ignore"):
                found[name, float(target)] = (*_limits(value), *_limits(value / read(against, wanted)))
    return found


def _limits(found: Floats) -> tuple[float, float, float]:
    """The plain value, first of the resamples, and its 95 % percentile limits."""
    drawn = found[1:][np.isfinite(found[1:])]
    if not np.isfinite(found[0]) or len(drawn) < 0.9 * RESAMPLES:
        return (float(found[0]), np.nan, np.nan)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return (float(found[0]), float(low), float(high))
