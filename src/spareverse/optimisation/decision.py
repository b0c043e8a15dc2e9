"""Risk curve, optimal safety cover and their intervals for many items, under the estimator 'process'.

SC is the demand over the lead time: gamma posterior of the order rate, Dirichlet-process posterior of order
sizes, hierarchical posterior of the lead time (see ``statistics``). The reported risk is the posterior
predictive. Limits recover the variance of each unknown from the curve at its own 95 % limits and
combine them by squares (MOVER; Zou & Donner 2008, Statistics in Medicine 27), on the logit of the risk and on
the interpolated crossing for the optimum; exact where one unknown dominates, free of any symmetry assumption.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import Cancel, kernel, run_in_chunks
from spareverse.optimisation.safety_cover import Lateness, lateness_weights
from spareverse.statistics.compound import LOG_HAZARDS, lead_time_nodes, safety_cover_tails
from spareverse.statistics.grid import crossing_of, fill_sizes, logistic, logit, nice_step, tilt_to_mean
from spareverse.statistics.special import gamma_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_POINTS = 192
Z = 1.959963984540054

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


@dataclass(frozen=True)
class Items:
    """What is known of each item, all arrays of one length unless said otherwise."""

    rate_shape: Floats
    rate_days: Floats
    dispersion: Floats
    sizes: Floats
    """Order sizes of all items end to end [pieces]."""
    size_starts: Integers
    size_group: Integers
    group_sizes: Floats
    """Distinct sizes of the groups end to end, with their chances and each group's start."""
    group_chances: Floats
    group_starts: Integers
    concentration: Floats
    """Per group."""
    lead_mean: Floats
    """Items x 2: posterior mean of (ln scale, ln shape)."""
    lead_covariance: Floats
    """Items x 3."""
    expected_lead_time: Floats
    """Days; NaN where unknown: then there is a risk curve but no optimum."""
    holding: Floats
    early_holding: Floats
    stock_out: Floats
    current_cover: Floats
    """Pieces; today's reorder point."""

    def __len__(self) -> int:
        return len(self.rate_shape)


@dataclass(frozen=True)
class Decisions:
    """Table (items x COLUMNS) and the risk curves of all items end to end."""

    table: Floats
    risk: NDArray[np.float32]
    risk_low: NDArray[np.float32]
    risk_high: NDArray[np.float32]
    starts: Integers

    def column(self, name: str) -> Floats:
        return self.table[:, COLUMNS.index(name)]


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
    nodes_count = len(LOG_HAZARDS)
    nodes = np.empty((5, nodes_count))
    chances = np.empty(MOST_POINTS)
    tails = np.empty((9, MOST_POINTS))
    best = np.empty(MOST_POINTS)
    # Settings: 0 centre, 1-2 rate, 3-6 lead time, 7-8 order size.
    rates = np.empty(9)
    dispersions = np.empty(9)
    lead = np.array([4, 4, 4, 0, 1, 2, 3, 4, 4])
    tilts = np.zeros(9)
    one_rate = np.empty(1)
    one_dispersion = np.empty(1)
    one_lead = np.array([4])
    no_tilt = np.zeros(1)
    late = np.empty(9)
    early = np.empty(9)
    axis_m = np.empty(4)
    axis_s = np.empty(4)
    for i in range(first, last):
        g = size_group[i]
        n = size_starts[i + 1] - size_starts[i]
        # Posterior of the order size.
        alpha = concentration[g]
        total = alpha * group_moments[g, 0]
        square = alpha * group_moments[g, 1]
        for j in range(size_starts[i], size_starts[i + 1]):
            total += sizes[j]
            square += sizes[j] * sizes[j]
        size = total / (n + alpha)
        size_variance = max(square / (n + alpha) - size * size, 0.0)
        size_error = math.sqrt(size_variance / (n + alpha + 1.0))
        rate = rate_shape[i] / rate_days[i]
        rate_low = gamma_quantile(rate_shape[i], 0.025) / rate_days[i]
        rate_high = gamma_quantile(rate_shape[i], 0.975) / rate_days[i]
        disp = dispersion[i]
        mixed = disp + (1.0 + disp) / rate_shape[i]
        # A trace of dispersion is Poisson to any figure shown.
        disp = disp if disp > 1e-6 else 0.0
        # Principal axes of the lead-time posterior: independent directions.
        m = lead_mean[i, 0]
        s = lead_mean[i, 1]
        a = lead_covariance[i, 0]
        b = lead_covariance[i, 1]
        c = lead_covariance[i, 2]
        middle = 0.5 * (a + c)
        radius = math.sqrt(0.25 * (a - c) * (a - c) + b * b)
        angle = 0.5 * math.atan2(2.0 * b, a - c)
        long = Z * math.sqrt(max(middle + radius, 0.0))
        short = Z * math.sqrt(max(middle - radius, 0.0))
        for sign in range(2):
            factor = 1.0 - 2.0 * sign
            axis_m[sign] = m + factor * long * math.cos(angle)
            axis_s[sign] = s + factor * long * math.sin(angle)
            axis_m[2 + sign] = m - factor * short * math.sin(angle)
            axis_s[2 + sign] = s + factor * short * math.cos(angle)
        lead_time_nodes(m, s, nodes[4])
        for k in range(4):
            lead_time_nodes(axis_m[k], axis_s[k], nodes[k])
        # Late risk and weights, plug-in at each setting: 0 centre, 1-2 rate, 3-6 lead time, 7-8 size.
        known = not math.isnan(expected[i])
        for k in range(9):
            if not known:
                late[k] = math.nan
                early[k] = math.nan
            elif 3 <= k <= 6:
                late[k], early[k] = lateness_weights(axis_m[k - 3], axis_s[k - 3], expected[i], duration)
            elif k == 0:
                late[k], early[k] = lateness_weights(m, s, expected[i], duration)
            else:
                late[k] = late[0]
                early[k] = early[0]
        # Weights of a three-point rule per axis at +-Z standard deviations.
        node_weight = 0.5 / (Z * Z)
        late_mean = late[0]
        early_mean = early[0]
        for k in range(3, 7):
            late_mean += node_weight * (late[k] - late[0])
            early_mean += node_weight * (early[k] - early[0])
        late_mean = min(max(late_mean, 1e-12), 1.0) if not duration else max(late_mean, 1e-12)
        early_mean = max(early_mean, 0.0)
        ratio = math.inf
        if known and stock_out[i] > 0.0:
            ratio = (early_holding[i] * early_mean + holding[i]) / (stock_out[i] * late_mean)
        # The grid: long enough that the risk at its end no longer matters.
        mean_lead = math.exp(m + math.lgamma(1.0 + math.exp(-s)))
        mean_cover = rate * mean_lead * size
        enough = min(0.002, 0.1 * ratio)
        step = nice_step(mean_cover / 60.0)
        spread = math.sqrt(
            rate * mean_lead * (size_variance + size * size)
            + mean_cover * mean_cover * (mixed + 0.5 * math.exp(-2.0 * s) + min(a, 1.0))
        )
        points = 24
        while points < MOST_POINTS and points * step < mean_cover + 3.0 * spread:
            points *= 2
        while True:
            fill_sizes(
                i, sizes, size_starts, g, group_sizes, group_chances, group_starts, alpha, step, chances[:points]
            )
            one_rate[0] = rate
            one_dispersion[0] = mixed
            trial = tails[:1, :points]
            safety_cover_tails(one_rate, one_dispersion, one_lead, nodes, no_tilt, chances[:points], trial)
            if trial[0, points - 1] <= enough or step > 1e12:
                best[:points] = trial[0]
                break
            if points < MOST_POINTS:
                points *= 2
            else:
                step = nice_step(step * 1.5)
        # Plug-in curves at each setting.
        f = chances[:points]
        rates[:] = rate
        rates[1] = rate_low
        rates[2] = rate_high
        dispersions[:] = disp
        tilts[:] = 0.0
        if size_error > 1e-4 * size:
            mass = 0.0
            grid_mean = 0.0
            for j in range(points):
                mass += f[j]
                grid_mean += j * f[j]
            grid_mean /= max(mass, 1e-300)
            for sign in range(2):
                target = grid_mean * math.exp((2.0 * sign - 1.0) * Z * size_error / size)
                tilts[7 + sign] = tilt_to_mean(f, grid_mean, target)
        safety_cover_tails(rates, dispersions, lead, nodes, tilts, f, tails[:, :points])
        # Predictive risk: the rate is integrated exactly, the other unknowns by the three-point rule.
        highest = 1.0
        for x in range(points):
            value = best[x]
            for k in range(3, 9):
                value += node_weight * (tails[k, x] - tails[0, x])
            highest = min(max(value, 0.0), highest)
            best[x] = highest
            centre = logit(tails[0, x])
            down = 0.0
            up = 0.0
            for k in range(1, 9, 2):
                one = logit(tails[k, x]) - centre
                other = logit(tails[k + 1, x]) - centre
                down += min(one, other, 0.0) ** 2
                up += max(one, other, 0.0) ** 2
            curves[i - first, 0, x] = highest
            curves[i - first, 1, x] = min(logistic(centre - math.sqrt(down)), highest)
            curves[i - first, 2, x] = max(logistic(centre + math.sqrt(up)), highest)
        lengths[i - first] = points
        out = table[i]
        for k in range(len(out)):
            out[k] = math.nan
        out[19] = size
        out[20] = step
        # Today.
        position = int(min(current[i] / step, 1e9)) if not math.isnan(current[i]) else 0
        for k in range(3):
            out[14 + k] = curves[i - first, k, position] if position < points else (0.0 if k < 2 else enough)
        if not known:
            continue
        # Late risk with limits on the scale ln(-ln S).
        plain = late[0]
        limits_down = 0.0
        limits_up = 0.0
        risk0 = plain
        if duration:
            risk0, _ = lateness_weights(m, s, expected[i], False)
        risk_mean = risk0
        centre = logit(risk0)
        for k in range(0, 4, 2):
            one, _ = lateness_weights(axis_m[k], axis_s[k], expected[i], False)
            other, _ = lateness_weights(axis_m[k + 1], axis_s[k + 1], expected[i], False)
            risk_mean += node_weight * (one + other - 2.0 * risk0)
            limits_down += min(logit(one) - centre, logit(other) - centre, 0.0) ** 2
            limits_up += max(logit(one) - centre, logit(other) - centre, 0.0) ** 2
        out[1] = logistic(centre - math.sqrt(limits_down))
        out[2] = logistic(centre + math.sqrt(limits_up))
        out[0] = min(max(risk_mean, out[1]), out[2])
        out[3] = late_mean
        out[4] = early_mean
        # Optimum: the first cover whose risk is not above the ratio of holding to stock-out cost.
        choice = points - 1
        for x in range(points):
            if best[x] <= ratio:
                choice = x
                break
        crossing = crossing_of(
            tails[0], points, (early_holding[i] * early[0] + holding[i]) / (stock_out[i] * max(late[0], 1e-12))
        )
        down = 0.0
        up = 0.0
        for k in range(1, 9, 2):
            one = crossing_of(
                tails[k], points, (early_holding[i] * early[k] + holding[i]) / (stock_out[i] * max(late[k], 1e-12))
            )
            other = crossing_of(
                tails[k + 1],
                points,
                (early_holding[i] * early[k + 1] + holding[i]) / (stock_out[i] * max(late[k + 1], 1e-12)),
            )
            down += min(one - crossing, other - crossing, 0.0) ** 2
            up += max(one - crossing, other - crossing, 0.0) ** 2
        out[5] = choice * step
        out[6] = min(max(math.ceil(crossing - math.sqrt(down)), 0.0), choice) * step
        out[7] = max(math.ceil(crossing + math.sqrt(up)), 0.0, choice) * step
        for k in range(3):
            out[8 + k] = curves[i - first, k, choice]
        # Costs: expected shortage is the risk summed above the cover.
        shortage_best = 0.0
        shortage_now = 0.0
        for x in range(points):
            if x >= choice:
                shortage_best += best[x] * step
            if x >= position:
                shortage_now += best[x] * step
        out[11] = stock_out[i] * shortage_best * late_mean
        out[12] = early_holding[i] * out[5] * early_mean
        out[13] = holding[i] * out[5]
        held = current[i] if not math.isnan(current[i]) else 0.0
        out[18] = stock_out[i] * shortage_now * late_mean
        out[17] = out[18] + (early_holding[i] * early_mean + holding[i]) * held


def decide(
    items: Items, lateness: Lateness = "probability", progress: object = None, cancel: Cancel | None = None
) -> Decisions:
    """Risk curves and optimal covers of all items."""
    count = len(items)
    table = np.empty((count, WIDTH))
    moments = _group_moments(items)
    pieces: dict[int, tuple[NDArray[np.float32], Integers]] = {}

    def work(first: int, last: int) -> None:
        curves = np.empty((last - first, 3, MOST_POINTS), dtype=np.float32)
        lengths = np.empty(last - first, dtype=np.int64)
        decide_range(
            items.rate_shape,
            items.rate_days,
            items.dispersion,
            items.sizes,
            items.size_starts,
            items.size_group,
            items.group_sizes,
            items.group_chances,
            items.group_starts,
            moments,
            items.concentration,
            items.lead_mean,
            items.lead_covariance,
            items.expected_lead_time,
            items.holding,
            items.early_holding,
            items.stock_out,
            items.current_cover,
            lateness == "duration",
            first,
            last,
            table,
            curves,
            lengths,
        )
        kept = np.arange(MOST_POINTS)[None, :] < lengths[:, None]
        pieces[first] = (np.stack([curves[:, k][kept] for k in range(3)]), lengths)

    run_in_chunks(work, count, chunk=1024, progress=progress, cancel=cancel)  # type: ignore[arg-type]
    ordered = [pieces[first] for first in sorted(pieces)]
    risk = np.concatenate([curves for curves, _ in ordered], axis=1) if ordered else np.empty((3, 0), np.float32)
    starts = np.zeros(count + 1, dtype=np.int64)
    if ordered:
        np.cumsum(np.concatenate([lengths for _, lengths in ordered]), out=starts[1:])
    return Decisions(table, risk[0], risk[1], risk[2], starts)


def _group_moments(items: Items) -> Floats:
    """First and second moment of each group's order sizes."""
    group = np.repeat(np.arange(len(items.concentration)), np.diff(items.group_starts))
    count = len(items.concentration)
    return np.stack(
        [np.bincount(group, items.group_chances * items.group_sizes**power, count) for power in (1, 2)], axis=1
    )
