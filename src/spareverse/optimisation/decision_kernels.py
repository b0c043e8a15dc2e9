"""The compiled part of a decision: settings of the unknowns, curves, limits, optimum. See ``decision``."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.optimisation.safety_cover import lateness_weights
from spareverse.special import gamma_quantile
from spareverse.statistics.compound import LOG_HAZARDS, lead_time_nodes, safety_cover_tails
from spareverse.statistics.grid import crossing_of, fill_sizes, logistic, logit, nice_step, tilt_to_mean
from spareverse.statistics.pooling import LEAST_LOG_SHAPE, MOST_LOG_SHAPE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_POINTS = 192
Z = 1.959963984540054
# Weight of each of the two points at +-Z standard deviations in a three-point rule.
HALF_WEIGHT = 0.5 / (Z * Z)

# Columns of the decision table.
COLUMNS = (
    "late_risk", "late_risk_low", "late_risk_high", "late_weight", "early_weight",
    "optimal_cover", "optimal_cover_low", "optimal_cover_high",
    "optimal_risk", "optimal_risk_low", "optimal_risk_high",
    "cost_stock_out", "cost_early", "cost_holding",
    "current_risk", "current_risk_low", "current_risk_high", "current_cost", "money_at_risk",
    "order_size", "risk_step",
)  # fmt: skip
WIDTH = len(COLUMNS)


@kernel
def _lead_time_settings(
    mean: Floats,
    covariance: Floats,
    expected: float,
    duration: bool,
    axes: Floats,
    nodes: Floats,
    late: Floats,
    early: Floats,
    risk: Floats,
) -> None:
    """Lead time at its centre (row 4) and at the 95 % limits of its two principal axes (rows 0 .. 3).

    axes: (ln scale, ln shape); nodes: lead times [days]; late, early: weights L and E; risk: P(RC_LT > T).
    """
    a = covariance[0]
    b = covariance[1]
    c = covariance[2]
    radius = math.sqrt(0.25 * (a - c) * (a - c) + b * b)
    angle = 0.5 * math.atan2(2.0 * b, a - c)
    long = Z * math.sqrt(max(0.5 * (a + c) + radius, 0.0))
    short = Z * math.sqrt(max(0.5 * (a + c) - radius, 0.0))
    for sign in range(2):
        factor = 1.0 - 2.0 * sign
        axes[sign, 0] = mean[0] + factor * long * math.cos(angle)
        axes[sign, 1] = mean[1] + factor * long * math.sin(angle)
        axes[2 + sign, 0] = mean[0] - factor * short * math.sin(angle)
        axes[2 + sign, 1] = mean[1] + factor * short * math.cos(angle)
    axes[4, 0] = mean[0]
    axes[4, 1] = mean[1]
    for k in range(5):
        axes[k, 1] = min(max(axes[k, 1], LEAST_LOG_SHAPE), MOST_LOG_SHAPE)
        lead_time_nodes(axes[k, 0], axes[k, 1], nodes[k])
        late[k] = math.nan
        early[k] = math.nan
        risk[k] = math.nan
        if not math.isnan(expected):
            late[k], early[k] = lateness_weights(axes[k, 0], axes[k, 1], expected, duration)
            risk[k], _ = lateness_weights(axes[k, 0], axes[k, 1], expected, False)


@kernel
def _mean_over_axes(values: Floats) -> float:
    """Posterior mean of a figure known at the five lead-time settings: a three-point rule per axis."""
    total = values[4]
    for k in range(4):
        total += HALF_WEIGHT * (values[k] - values[4])
    return float(total)


@kernel
def _spread(values: Floats, centre: float, pairs: int) -> tuple[float, float]:
    """Distances from ``centre`` to the limits: values come in pairs, one pair per unknown (MOVER)."""
    down = 0.0
    up = 0.0
    for k in range(0, 2 * pairs, 2):
        one = values[k] - centre
        other = values[k + 1] - centre
        low = min(one, other, 0.0)
        high = max(one, other, 0.0)
        down += low * low
        up += high * high
    return math.sqrt(down), math.sqrt(up)


@kernel
def _combine(tails: Floats, best: Floats, points: int, curve: NDArray[np.float32]) -> None:
    """Predictive risk and its limits from the plug-in curves: row 0 the centre, then a pair per unknown.

    ``best`` comes with the order rate integrated exactly; the other unknowns are added by the three-point rule.
    """
    values = np.empty(8)
    highest = 1.0
    for x in range(points):
        value = best[x]
        for k in range(3, 9):
            value += HALF_WEIGHT * (tails[k, x] - tails[0, x])
        highest = min(max(value, 0.0), highest)
        best[x] = highest
        centre = logit(tails[0, x])
        for k in range(8):
            values[k] = logit(tails[k + 1, x])
        down, up = _spread(values, centre, 4)
        curve[0, x] = highest
        curve[1, x] = min(logistic(centre - down), highest)
        curve[2, x] = max(logistic(centre + up), highest)


@kernel
def _optimum(
    tails: Floats,
    best: Floats,
    points: int,
    ratio: float,
    late: Floats,
    early: Floats,
    lead: Integers,
    h: float,
    h_early: float,
    b: float,
) -> tuple[int, float, float]:
    """Grid index of the cheapest cover and its limits [grid steps].

    The cheapest cover is the first whose risk is not above the ratio of holding to stock-out cost.
    """
    choice = points - 1
    for x in range(points):
        if best[x] <= ratio:
            choice = x
            break
    values = np.empty(9)
    for k in range(9):
        row = lead[k]
        values[k] = crossing_of(tails[k], points, (h_early * early[row] + h) / (b * max(late[row], 1e-12)))
    down, up = _spread(values[1:], values[0], 4)
    low = min(max(math.ceil(values[0] - down), 0.0), float(choice))
    high = max(math.ceil(values[0] + up), 0.0, float(choice))
    return choice, low, high


@kernel
def _shortage(best: Floats, first: int, points: int, step: float) -> float:
    """Expected pieces short: the risk summed from a grid index on."""
    total = 0.0
    for x in range(first, points):
        total += best[x]
    return total * step


@kernel
def _size_posterior(
    sizes: Floats, first: int, last: int, concentration: float, mean: float, square: float
) -> tuple[float, float, float]:
    """Mean order size [pieces], its standard error and the variance of sizes, leaning on the group's moments."""
    total = concentration * mean
    squares = concentration * square
    for j in range(first, last):
        total += sizes[j]
        squares += sizes[j] * sizes[j]
    weight = last - first + concentration
    size = total / weight
    variance = max(squares / weight - size * size, 0.0)
    return size, math.sqrt(variance / (weight + 1.0)), variance


@kernel
def _size_tilts(chances: Floats, relative_error: float, tilts: Floats) -> None:
    """Tilts of the order sizes to the 95 % limits of their mean."""
    mass = 0.0
    mean = 0.0
    for j in range(len(chances)):
        mass += chances[j]
        mean += j * chances[j]
    mean /= max(mass, 1e-300)
    tilts[7] = tilt_to_mean(chances, mean, mean * math.exp(-Z * relative_error))
    tilts[8] = tilt_to_mean(chances, mean, mean * math.exp(Z * relative_error))


@kernel
def decide_range(
    rate_shape: Floats,
    rate_days: Floats,
    dispersion: Floats,
    sizes: Floats,
    size_starts: Integers,
    size_group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    group_moments: Floats,
    concentration: Floats,
    lead_mean: Floats,
    lead_covariance: Floats,
    expected: Floats,
    holding: Floats,
    early_holding: Floats,
    stock_out: Floats,
    current: Floats,
    duration: bool,
    first: int,
    last: int,
    table: Floats,
    curves: NDArray[np.float32],
    lengths: Integers,
) -> None:
    """Decide items first..last-1; curves is (last - first) x 3 x MOST_POINTS."""
    nodes = np.empty((5, len(LOG_HAZARDS)))
    axes = np.empty((5, 2))
    late = np.empty(5)
    early = np.empty(5)
    risk = np.empty(5)
    logits = np.empty(4)
    chances = np.empty(MOST_POINTS)
    tails = np.empty((10, MOST_POINTS))
    # Settings: 0 centre, 1-2 rate, 3-6 lead time, 7-8 order size, 9 the rate integrated; lead = which lead-time
    # row holds.
    lead = np.array([4, 4, 4, 0, 1, 2, 3, 4, 4, 4])
    rates = np.empty(10)
    dispersions = np.empty(10)
    tilts = np.zeros(10)
    for i in range(first, last):
        out = table[i]
        for k in range(len(out)):
            out[k] = math.nan
        g = size_group[i]
        size, size_error, size_variance = _size_posterior(
            sizes, size_starts[i], size_starts[i + 1], concentration[g], group_moments[g, 0], group_moments[g, 1]
        )
        rate = rate_shape[i] / rate_days[i]
        mixed = dispersion[i] + (1.0 + dispersion[i]) / rate_shape[i]
        _lead_time_settings(lead_mean[i], lead_covariance[i], expected[i], duration, axes, nodes, late, early, risk)
        known = not math.isnan(expected[i])
        late_mean = max(_mean_over_axes(late), 1e-12)
        early_mean = max(_mean_over_axes(early), 0.0)
        ratio = math.inf
        if known and stock_out[i] > 0.0:
            ratio = (early_holding[i] * early_mean + holding[i]) / (stock_out[i] * late_mean)
        # The grid: long enough that the risk at its end no longer matters.
        m = lead_mean[i, 0]
        s = lead_mean[i, 1]
        cover = rate * size * math.exp(m + math.lgamma(1.0 + math.exp(-s)))
        swing = mixed + 0.5 * math.exp(-2.0 * s) + min(lead_covariance[i, 0], 1.0)
        spread = math.sqrt(cover * (size_variance / size + size) + cover * cover * swing)
        enough = min(0.002, 0.1 * ratio)
        step = nice_step(cover / 60.0)
        points = 24
        while points < MOST_POINTS and points * step < cover + 3.0 * spread:
            points *= 2
        rates[1] = gamma_quantile(rate_shape[i], 0.025) / rate_days[i]
        rates[2] = gamma_quantile(rate_shape[i], 0.975) / rate_days[i]
        for k in range(10):
            if k == 0 or k > 2:
                rates[k] = rate
            # A trace of dispersion is Poisson to any figure shown.
            dispersions[k] = dispersion[i] if dispersion[i] > 1e-6 else 0.0
        dispersions[9] = mixed
        while True:
            grid = chances[:points]
            fill_sizes(i, sizes, size_starts, g, group_sizes, group_chances, group_starts, concentration[g], step, grid)
            tilts[7] = 0.0
            tilts[8] = 0.0
            if size_error > 1e-4 * size:
                _size_tilts(grid, size_error / size, tilts)
            safety_cover_tails(rates, dispersions, lead, nodes, tilts, grid, tails[:, :points])
            # Where demand swings wildly the risk fades too slowly to wait for: twelve standard deviations must do.
            if tails[9, points - 1] <= enough or points * step > cover + 12.0 * spread:
                break
            if points < MOST_POINTS:
                points *= 2
            else:
                step = nice_step(step * 1.5)
        best = tails[9]
        curve = curves[i - first]
        _combine(tails, best, points, curve)
        lengths[i - first] = points
        out[19] = size
        out[20] = step
        held = current[i] if not math.isnan(current[i]) else 0.0
        position = int(min(held / step, 1e9))
        for k in range(3):
            out[14 + k] = curve[k, position] if position < points else (0.0 if k < 2 else enough)
        if not known:
            continue
        for k in range(4):
            logits[k] = logit(risk[k])
        down, up = _spread(logits, logit(risk[4]), 2)
        out[1] = logistic(logit(risk[4]) - down)
        out[2] = logistic(logit(risk[4]) + up)
        out[0] = min(max(_mean_over_axes(risk), out[1]), out[2])
        out[3] = late_mean
        out[4] = early_mean
        choice, low, high = _optimum(
            tails, best, points, ratio, late, early, lead, holding[i], early_holding[i], stock_out[i]
        )
        out[5] = choice * step
        out[6] = low * step
        out[7] = high * step
        for k in range(3):
            out[8 + k] = curve[k, choice]
        out[11] = stock_out[i] * _shortage(best, choice, points, step) * late_mean
        out[12] = early_holding[i] * out[5] * early_mean
        out[13] = holding[i] * out[5]
        out[18] = stock_out[i] * _shortage(best, position, points, step) * late_mean
        out[17] = out[18] + (early_holding[i] * early_mean + holding[i]) * held
