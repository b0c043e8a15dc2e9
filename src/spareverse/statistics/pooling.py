"""Lead times that borrow strength: a hierarchy of Weibulls, one per part inside its group.

Within a group the parts' parameters m = ln(scale) and s = ln(shape) are normal around the group's
centre; centre and spread are estimated from the parts of the group by expectation-maximisation (empirical
Bayes; Carlin & Louis, Bayesian Methods for Data Analysis, 3rd ed. 2009, chapter 5). A part's posterior mean
and covariance come from adaptive Gauss-Hermite quadrature around its mode (Naylor & Smith 1982), because
with one or two cycles the posterior is far from normal. Open lines are right-censored; a lead time of zero
days is known only to lie in (0, 1].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.weibull import FITTED, WeibullFits, fit_many

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]

# What a lone part is assumed to share with parts nobody has seen: lead times of similar parts differ by a
# factor of e^0.5 and shapes by e^0.3. Weighs as much as PRIOR_PARTS parts, in groups too small to tell.
DEFAULT_SPREAD = (0.25, 0.09)
PRIOR_PARTS = 5.0
SMALL_GROUP = 30
ROUNDS = 25
# Enough parts to know a group's centre and spread; more only cost time.
MOST_PARTS = 150
LEAST_SPREAD = 1e-4
# Days are whole, so lead times cannot show a coefficient of variation below some 6 % (shape 20); and a shape
# below 0.2 would make a mean lead time of 120 times its scale.
LEAST_LOG_SHAPE, MOST_LOG_SHAPE = math.log(0.2), math.log(20.0)


def _rule(points: int) -> Floats:
    """Nodes of a standard normal and their log weights, as two rows."""
    nodes, node_weights = np.polynomial.hermite.hermgauss(points)
    return np.stack([np.sqrt(2.0) * nodes, np.log(node_weights) + nodes**2])


# A group's centre averages over many parts: three nodes an axis do; a part's own figures get five.
COARSE, FINE = _rule(3), _rule(5)


@dataclass(frozen=True)
class Hierarchy:
    """Centres (groups x 2) and variances (groups x 2) of (ln scale, ln shape) and the variance of the centres."""

    centre: Floats
    spread: Floats
    centre_variance: Floats
    parts: Integers


@dataclass(frozen=True)
class Posterior:
    """Per part: mean (parts x 2) of (ln scale, ln shape) and covariance (parts x 3: mm, ms, ss)."""

    mean: Floats
    covariance: Floats


@kernel
def _slopes(
    values: Floats,
    censored: Booleans,
    first: int,
    last: int,
    m: float,
    s: float,
    centre: Floats,
    weight: Floats,
    out: Floats,
) -> float:
    """Log posterior at (m, s); out = gradient (2) and negative Hessian (mm, ms, ss)."""
    shape = math.exp(s)
    dm = m - centre[0]
    ds = s - centre[1]
    total: float = -0.5 * (weight[0] * dm * dm + weight[1] * ds * ds)
    g0 = -weight[0] * dm
    g1 = -weight[1] * ds
    h00 = weight[0]
    h01 = 0.0
    h11 = weight[1]
    for j in range(first, last):
        t = values[j]
        if t <= 0.0:
            if censored[j]:
                continue
            z = -shape * m
            w = math.exp(z)
            q = w / math.expm1(w) if w < 700.0 else 0.0
            curve = q * (1.0 - w - q)
            total += math.log(-math.expm1(-w)) if w > 1e-300 else z
            g0 -= shape * q
            g1 += z * q
            h00 -= curve * shape * shape
            h01 += shape * (curve * z + q)
            h11 -= curve * z * z + q * z
            continue
        z = shape * (math.log(t) - m)
        w = math.exp(min(z, 500.0))
        total -= w
        g0 += shape * w
        g1 -= z * w
        h00 += shape * shape * w
        h01 -= shape * w * (1.0 + z)
        h11 += z * w * (1.0 + z)
        if not censored[j]:
            total += s + z
            g0 -= shape
            g1 += 1.0 + z
            h01 += shape
            h11 -= z
    out[0] = g0
    out[1] = g1
    out[2] = h00
    out[3] = h01
    out[4] = h11
    return float(total)


@kernel
def _value(
    values: Floats, censored: Booleans, first: int, last: int, m: float, s: float, centre: Floats, weight: Floats
) -> float:
    """Log posterior at (m, s), up to a constant."""
    shape = math.exp(s)
    dm = m - centre[0]
    ds = s - centre[1]
    total: float = -0.5 * (weight[0] * dm * dm + weight[1] * ds * ds)
    for j in range(first, last):
        t = values[j]
        if t <= 0.0:
            if not censored[j]:
                z = -shape * m
                w = math.exp(z)
                total += math.log(-math.expm1(-w)) if w > 1e-300 else z
            continue
        z = shape * (math.log(t) - m)
        total -= math.exp(min(z, 500.0))
        if not censored[j]:
            total += s + z
    return float(total)


@kernel
def _climb(
    values: Floats,
    censored: Booleans,
    first: int,
    last: int,
    centre: Floats,
    weight: Floats,
    point: Floats,
    slopes: Floats,
) -> float:
    """Newton from ``point`` (m, s) to the mode, left in ``point``; slopes hold the curvature there."""
    best = _slopes(values, censored, first, last, point[0], point[1], centre, weight, slopes)
    for _ in range(50):
        h00 = slopes[2]
        h01 = slopes[3]
        h11 = slopes[4]
        # Away from the mode the posterior need not be concave: fall back to a damped gradient step.
        if h00 <= 0.0 or h00 * h11 - h01 * h01 <= 1e-12 * abs(h00 * h11):
            h00 = max(h00, weight[0]) + 1.0
            h11 = abs(h11) + abs(h01) + 1.0
            h01 = 0.0
        determinant = h00 * h11 - h01 * h01
        step_m = (h11 * slopes[0] - h01 * slopes[1]) / determinant
        step_s = (h00 * slopes[1] - h01 * slopes[0]) / determinant
        size = max(abs(step_m), abs(step_s))
        if size < 1e-5:
            break
        factor = min(1.0, 1.0 / size)
        value = best
        for _ in range(30):
            value = _slopes(
                values,
                censored,
                first,
                last,
                point[0] + factor * step_m,
                point[1] + factor * step_s,
                centre,
                weight,
                slopes,
            )
            if value >= best - 1e-10 * abs(best):
                break
            factor *= 0.5
        point[0] += factor * step_m
        point[1] += factor * step_s
        best = value
        if not LEAST_LOG_SHAPE <= point[1] <= MOST_LOG_SHAPE:
            point[1] = min(max(point[1], LEAST_LOG_SHAPE), MOST_LOG_SHAPE)
            best = _slopes(values, censored, first, last, point[0], point[1], centre, weight, slopes)
    return best


@kernel
def posterior_range(
    values: Floats,
    censored: Booleans,
    starts: Integers,
    group: Integers,
    centre: Floats,
    weight: Floats,
    first: int,
    last: int,
    rule: Floats,
    mode: Floats,
    mean: Floats,
    covariance: Floats,
) -> None:
    """Posterior moments of parts first..last-1; ``mode`` is the start of the climb and is updated."""
    slopes = np.empty(5)
    count = rule.shape[1]
    height = np.empty((count, count))
    place = np.empty((count, count))
    for i in range(first, last):
        a = starts[i]
        b = starts[i + 1]
        g = group[i]
        best = _climb(values, censored, a, b, centre[g], weight[g], mode[i], slopes)
        h00 = slopes[2]
        h01 = slopes[3]
        h11 = slopes[4]
        if h00 <= 0.0 or h00 * h11 - h01 * h01 <= 1e-12 * abs(h00 * h11):
            h00 = weight[g][0]
            h11 = weight[g][1]
            h01 = 0.0
        determinant = h00 * h11 - h01 * h01
        # Cholesky factor of the inverse curvature: node (p, q) lies at mode + L (p, q).
        l00 = math.sqrt(h11 / determinant)
        l10 = -h01 / determinant / l00
        l11 = math.sqrt(max(h00 / determinant - l10 * l10, 0.0))
        for p in range(count):
            for q in range(count):
                m = l00 * rule[0, p]
                s = l10 * rule[0, p] + l11 * rule[0, q]
                s = min(max(s, LEAST_LOG_SHAPE - mode[i, 1]), MOST_LOG_SHAPE - mode[i, 1])
                place[p, q] = s
                value = _value(values, censored, a, b, mode[i, 0] + m, mode[i, 1] + s, centre[g], weight[g])
                height[p, q] = math.exp(min(value - best + rule[1, p] + rule[1, q], 50.0))
        mass = 0.0
        u0 = 0.0
        u1 = 0.0
        u00 = 0.0
        u01 = 0.0
        u11 = 0.0
        for p in range(count):
            for q in range(count):
                w = height[p, q]
                m = l00 * rule[0, p]
                s = place[p, q]
                mass += w
                u0 += w * m
                u1 += w * s
                u00 += w * m * m
                u01 += w * m * s
                u11 += w * s * s
        u0 /= mass
        u1 /= mass
        mean[i, 0] = mode[i, 0] + u0
        mean[i, 1] = mode[i, 1] + u1
        covariance[i, 0] = u00 / mass - u0 * u0
        covariance[i, 1] = u01 / mass - u0 * u1
        covariance[i, 2] = u11 / mass - u1 * u1


@kernel
def _likelihood_range(
    values: Floats, censored: Booleans, starts: Integers, chosen: Integers, first: int, last: int, out: Floats
) -> None:
    """Maximum likelihood of the chosen samples, from and into ``out`` (ln scale, ln shape)."""
    slopes = np.empty(5)
    # A prior too weak to matter; it only keeps the climb finite where the data leave a direction open.
    centre = np.array([4.0, 0.4])
    weight = np.array([1e-8, 1e-8])
    for k in range(first, last):
        i = chosen[k]
        _climb(values, censored, starts[i], starts[i + 1], centre, weight, out[k], slopes)


def own_fits(values: Floats, censored: Booleans, starts: Integers) -> WeibullFits:
    """Maximum likelihood of every sample by itself, lead times of zero days counted as within (0, 1]."""
    fits = fit_many(values, censored, starts)
    sample = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    zeros = np.bincount(sample[~censored & (values <= 0)], minlength=len(starts) - 1)
    chosen = np.flatnonzero((zeros > 0) & (fits.status == FITTED))
    mode = np.stack([np.log(fits.scale[chosen]), np.log(fits.shape[chosen])], axis=1)
    run_in_chunks(
        lambda first, last: _likelihood_range(values, censored, starts, chosen, first, last, mode),
        len(chosen),
        chunk=512,
    )
    fits.scale[chosen], fits.shape[chosen] = np.exp(mode[:, 0]), np.exp(mode[:, 1])
    # The likelihood of whole and censored observations is no longer that of ``fit_many``.
    fits.log_likelihood[chosen] = np.nan
    return fits


def _moments(
    values: Floats,
    censored: Booleans,
    starts: Integers,
    group: Integers,
    centre: Floats,
    spread: Floats,
    mode: Floats,
    rule: Floats,
) -> Posterior:
    mean = np.empty_like(mode)
    covariance = np.empty((len(mode), 3))
    weight = 1.0 / spread
    run_in_chunks(
        lambda first, last: posterior_range(
            values, censored, starts, group, centre, weight, first, last, rule, mode, mean, covariance
        ),
        len(mode),
        chunk=512,
    )
    return Posterior(mean, covariance)


def fit_hierarchy(
    values: Floats,
    censored: Booleans,
    starts: Integers,
    group: Integers,
    groups: int,
    start: Floats,
    base: Floats | None = None,
) -> Hierarchy:
    """Centre and spread of every group.

    ``start`` (groups x 2) is a first guess of the centres; ``base`` (groups x 2) the spread that groups with few
    parts lean on (of their parent group; DEFAULT_SPREAD at the top). Pass parts with observations only.
    """
    parts = np.bincount(group, minlength=groups)
    share = np.maximum(parts, 1)
    lean = np.where(parts < SMALL_GROUP, PRIOR_PARTS, 0.0)[:, None]
    centre = start.copy()
    base = np.tile(np.array(DEFAULT_SPREAD), (groups, 1)) if base is None else base
    spread = base.copy()
    mode = centre[group].copy()
    own = np.zeros((groups, 2))
    stride = np.ones((groups, 2))
    before = np.zeros((groups, 2))
    for _ in range(ROUNDS):
        found = _moments(values, censored, starts, group, centre, spread, mode, COARSE)
        total = np.empty((groups, 2))
        for k, column in ((0, 0), (1, 2)):
            mean = np.bincount(group, found.mean[:, k], groups) / share
            centre[:, k] = np.where(parts > 0, mean, start[:, k])
            own[:, k] = np.bincount(group, found.covariance[:, column], groups) / share
            total[:, k] = np.bincount(group, (found.mean[:, k] - centre[group, k]) ** 2, groups) + own[:, k] * parts
        # The plain step creeps when the spread is nearly zero: lengthen it while its sign stays the same.
        step = np.log(np.maximum((total + lean * base) / (share[:, None] + lean), 1e-12) / spread)
        stride = np.where(step * before > 0, np.minimum(stride * 1.6, 40.0), np.maximum(stride * 0.4, 1.0))
        spread = np.maximum(spread * np.exp(np.clip(stride * step, -1.0, 1.0)), LEAST_SPREAD)
        before = step
    return Hierarchy(centre, spread, (spread + own) / share[:, None], parts)


def posterior(values: Floats, censored: Booleans, starts: Integers, group: Integers, hierarchy: Hierarchy) -> Posterior:
    """Mean and covariance of every part; a part without observations gets its group's prediction."""
    found = Posterior(hierarchy.centre[group].copy(), np.zeros((len(group), 3)))
    found.covariance[:, 0] = hierarchy.spread[group, 0]
    found.covariance[:, 2] = hierarchy.spread[group, 1]
    informed = np.flatnonzero(np.diff(starts) > 0)
    # Parts without observations take no rows, so the others' rows stay where they are.
    own_starts = np.append(starts[informed], starts[-1])
    own = _moments(
        values, censored, own_starts, group[informed], hierarchy.centre, hierarchy.spread, found.mean[informed], FINE
    )
    found.mean[informed] = own.mean
    found.covariance[informed] = own.covariance
    # The group's centre is itself an estimate: its error reaches the part as far as the part leans on it.
    lean = np.stack([found.covariance[:, 0], found.covariance[:, 2]], axis=1) / hierarchy.spread[group]
    extra = np.minimum(lean, 1.0) ** 2 * hierarchy.centre_variance[group]
    found.covariance[:, 0] += extra[:, 0]
    found.covariance[:, 2] += extra[:, 1]
    return found
