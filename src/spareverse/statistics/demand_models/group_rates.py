"""The mean rate of every group of alike parts, small groups leaning on what their parts have in common with others.

Groups are cells: parts that share every factor (category, criticality, price band, ...). The mean rate of a cell is
a product of one effect per factor, fitted by penalised quasi-likelihood (Poisson regression whose variance allows
for the spread of rates within a cell), times the cell's own deviation as far as its own counts support it
(credibility; Buehlmann & Straub 1970). A cell without a single part that moved gets the rate its factors imply.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

EFFECT_SPREAD = 1.5
"""Prior standard deviation of an effect, in the logarithm of the rate."""
ROUNDS = 30


def cell_rates(counts: Floats, exposure: Floats, cell: Integers, factors: Integers, dispersion: float) -> Floats:
    """[cells] mean events per step.

    counts and exposure [parts], ``cell`` the number of each part's cell, ``factors`` [cells, factors] levels of each
    cell, numbered from 0. ``dispersion``: squared coefficient of variation of the rates within a cell.
    """
    cells = len(factors)
    total, time, square = (np.bincount(cell, each, cells).astype(float) for each in (counts, exposure, exposure**2))
    base = (total.sum() + 0.5) / max(time.sum(), 1e-9)
    if factors.shape[1] == 0 or cells == 1:
        return np.full(cells, base)
    effect = _effects(total, time, square, factors, dispersion, base)
    rate = base * np.exp(effect)
    own: Floats = rate * _deviations(total, time, square, rate, dispersion)
    return own


def _effects(total: Floats, time: Floats, square: Floats, factors: Integers, dispersion: float, base: float) -> Floats:
    """ln of each cell's rate relative to ``base``, by Newton steps on intercept and effects."""
    levels = factors.max(axis=0) + 1
    column = factors + np.concatenate([[0], np.cumsum(levels)[:-1]]) + 1
    column = np.concatenate([np.zeros((len(factors), 1), dtype=np.int64), column], axis=1)
    size = int(levels.sum()) + 1
    penalty = np.full(size, 1.0 / EFFECT_SPREAD**2)
    penalty[0] = 1e-6
    coefficient = np.zeros(size)
    pairs = column[:, :, None] * size + column[:, None, :]
    width = column.shape[1]
    effect = np.zeros(len(total))
    for _ in range(ROUNDS):
        mean = base * np.exp(effect) * time
        # Var(total) = mean + dispersion rate^2 sum of squared exposures
        weight = mean**2 / np.maximum(mean + dispersion * (base * np.exp(effect)) ** 2 * square, 1e-300)
        ratio = np.where(mean > 0, (total - mean) / np.maximum(mean, 1e-300), 0.0)
        score = np.bincount(column.ravel(), np.repeat(weight * ratio, width), size) - penalty * coefficient
        information = np.bincount(pairs.ravel(), np.repeat(weight, width * width), size * size).reshape(size, size)
        move = np.linalg.solve(information + np.diag(penalty), score)
        coefficient += np.clip(move, -2.0, 2.0)
        effect = np.clip(coefficient[column].sum(axis=1), -20.0, 20.0)
        if np.abs(move).max() < 1e-8:
            break
    return effect


def _deviations(total: Floats, time: Floats, square: Floats, rate: Floats, dispersion: float) -> Floats:
    """Each cell's own factor on its rate, shrunk to 1 by its credibility."""
    mean = rate * time
    noise = mean + dispersion * rate**2 * square
    # Moments: E (total - mean)^2 = noise + mean^2 spread
    weight = np.where(noise > 0, mean**2 / np.maximum(noise, 1e-150) ** 2, 0.0)
    surplus = (weight * ((total - mean) ** 2 - noise)).sum()
    spread = max(surplus / max((weight * mean**2).sum(), 1e-300), 0.0)
    credibility = np.where(mean > 0, mean**2 * spread / np.maximum(noise + mean**2 * spread, 1e-300), 0.0)
    factor = 1.0 + credibility * np.where(mean > 0, (total - mean) / np.maximum(mean, 1e-300), 0.0)
    return np.asarray(np.maximum(factor, 0.05))


def rate_dispersion(counts: Floats, exposure: Floats, rate: Floats) -> float:
    """Squared coefficient of variation of the parts' rates around ``rate`` [parts], by moments."""
    mean = rate * exposure
    scale = float((mean**2 / (1.0 + mean) ** 2).sum())
    surplus = float((((counts - mean) ** 2 - mean) / (1.0 + mean) ** 2).sum())
    return min(max(surplus / scale, 0.0), 1e3) if scale > 0 else 1.0
