"""Scores of forecasts against what happened: proper ones, that nobody can better by saying what they do not believe.

Observations that are missing (NaN) get NaN. Scores are in pieces, and smaller is better.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.statistics.forecasting.series import Floats, Integers
from spareverse.statistics.limits import limits_of_mean


def crps_counts(
    mass: NDArray[np.floating], step: ArrayLike, observed: ArrayLike, law: ArrayLike | None = None
) -> Floats:
    """[observations] Continuous ranked probability score of laws on a grid: the area between F and the observed step.

    mass
        [laws, points] P(D = x step). What is missing from 1 counts as lying at the first point beyond the grid.
    step
        [laws] pieces per grid point, or one for all.
    observed
        [observations] pieces, 0 and more; need not lie on the grid.
    law
        [observations] row of each observation's law; the observation's own number unless given.

    For a law that is certain it is the absolute error (Matheson & Winkler 1976; Gneiting & Raftery 2007).
    """
    laws, steps, seen, rows = _matched(mass, step, observed, law)
    scores = np.full(len(seen), np.nan)
    run_in_chunks(lambda a, b: _crps_many(laws, steps, seen, rows, a, b, scores), len(seen))
    return scores


def law_quantiles(mass: NDArray[np.floating], step: ArrayLike, levels: ArrayLike) -> Floats:
    """[laws, levels] Smallest grid value x with P(D <= x) >= level [pieces]; inf where it lies beyond the grid."""
    chances = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    if ((chances <= 0.0) | (chances >= 1.0)).any():
        raise ValueError("levels lie between 0 and 1")
    cumulated = np.cumsum(mass, axis=1, dtype=np.float64)
    # a level that the law meets exactly is met in spite of rounding
    slack = 100.0 * np.finfo(mass.dtype).eps
    place = np.stack([(cumulated < level - slack).sum(axis=1) for level in chances], axis=1)
    steps = np.reshape(np.asarray(step, dtype=np.float64), (-1, 1))
    found = np.where(place < cumulated.shape[1], place * steps, np.inf)
    return np.where(np.isnan(cumulated[:, -1:]), np.nan, found)


def pinball(quantile: ArrayLike, observed: ArrayLike, level: ArrayLike) -> Floats:
    """Score of a forecast quantile: ``level`` per piece of demand above it, 1 - ``level`` per piece below."""
    excess = np.asarray(observed, dtype=np.float64) - np.asarray(quantile, dtype=np.float64)
    share = np.asarray(level, dtype=np.float64)
    scores: Floats = np.maximum(share * excess, (share - 1.0) * excess)
    return scores


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, level: float = 0.95) -> Floats:
    """Width of a central interval plus 2 / (1 - level) per piece by which it is missed (Gneiting & Raftery 2007)."""
    if not 0.0 < level < 1.0:
        raise ValueError("level lies between 0 and 1")
    bottom, top, seen = (np.asarray(part, dtype=np.float64) for part in (low, high, observed))
    missed = np.maximum(bottom - seen, 0.0) + np.maximum(seen - top, 0.0)
    scores: Floats = top - bottom + 2.0 / (1.0 - level) * missed
    return scores


def coverage(low: ArrayLike, high: ArrayLike, observed: ArrayLike) -> tuple[float, float, float]:
    """Share of the known observations that lie in their interval, ends included, with its 95 % limits.

    The limits take observations as independent. NaN without any known observation.
    """
    bottom, top, seen = (np.asarray(part, dtype=np.float64) for part in (low, high, observed))
    inside = ((bottom <= seen) & (seen <= top))[~np.isnan(bottom + top + seen)]
    return limits_of_mean(inside, 0.0, 1.0) if inside.size else (math.nan, math.nan, math.nan)


def _matched(
    mass: NDArray[np.floating], step: ArrayLike, observed: ArrayLike, law: ArrayLike | None
) -> tuple[NDArray[np.floating], Floats, Floats, Integers]:
    """Arrays of one kernel call; ValueError where they do not fit together."""
    laws = np.ascontiguousarray(mass)
    steps = np.ascontiguousarray(np.broadcast_to(np.asarray(step, dtype=np.float64), (len(laws),)))
    seen = np.ascontiguousarray(observed, dtype=np.float64)
    rows = np.arange(len(seen)) if law is None else np.ascontiguousarray(law, dtype=np.int64)
    if len(rows) != len(seen) or (len(rows) and not 0 <= rows.min() <= rows.max() < len(laws)):
        raise ValueError("every observation needs the row of its law")
    return laws, steps, seen, rows


@kernel
def _crps_many(
    mass: NDArray[np.floating], step: Floats, observed: Floats, law: Integers, a: int, b: int, scores: Floats
) -> None:
    for i in range(a, b):
        if observed[i] >= 0.0 and not math.isinf(observed[i]):
            scores[i] = _crps(mass[law[i]], step[law[i]], observed[i])


@kernel
def _crps(mass: NDArray[np.floating], step: float, observed: float) -> float:
    total = 0.0
    below = 0.0
    for x in range(len(mass)):
        below += mass[x]
        passed = min(max(observed - x * step, 0.0), step)
        total += passed * below * below + (step - passed) * (1.0 - below) * (1.0 - below)
    # past the grid all is at or below, what was missing included
    return float(total + max(observed - len(mass) * step, 0.0))
