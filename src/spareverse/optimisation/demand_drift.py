"""How demand drifts in a way that no part's own history shows: of the whole portfolio, and of its classes against it.

Errors of the parts' own rates average out over many parts; what they have in common does not, and it is what makes the
bands of a promise wide.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spareverse.optimisation.demand_history import DemandHistory
from spareverse.optimisation.demand_table import demand_classes_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ASSUMED_DRIFT, ASSUMED_COUNT = 0.1, 2.0
"""Assumed spread of a drift where the history is short, and how many changes that assumption counts."""


def portfolio_drift(history: DemandHistory, steps: int) -> Floats:
    """Mean and spread of the yearly change of all pieces demanded, in the logarithm, from whole years."""
    year = round(history.steps_a_year)
    rates = []
    for last in range(steps, year - 1, -year):
        until = np.full(len(history), last)
        _, pieces = history.between(last - year, until)
        known = history.known_between(last - year, until)
        rates.append((pieces.sum() + 0.5) / max(float(known.sum()), 1.0))
    changes = -np.diff(np.log(rates)) if len(rates) > 1 else np.empty(0)
    square = (float((changes**2).sum()) + ASSUMED_COUNT * ASSUMED_DRIFT**2) / (len(changes) + ASSUMED_COUNT)
    return np.array([float(changes.sum()) / (len(changes) + ASSUMED_COUNT), math.sqrt(square)])


def class_drift(history: DemandHistory, steps: int) -> float:
    """Spread of the yearly change of a class's demand lines against those of all classes, in the logarithm.

    From whole years, of parts known in both: how much further the lines of classes moved apart than parts that change
    each for itself explain (a weighted method of moments). Drawn to the assumed spread as far as the years are few or
    the lines of a class scatter.
    """
    labels, code = np.unique(demand_classes_of(history, steps)[3], return_inverse=True)
    year = round(history.steps_a_year)
    excess, counted = 0.0, 0.0
    for middle in range(steps - year, year - 1, -year):
        lines = [_lines(history, first, first + year) for first in (middle - year, middle)]
        both = (lines[0][1] >= year) & (lines[1][1] >= year)
        one = _moments(lines[0][0] * both, lines[1][0] * both, code, len(labels))
        excess, counted = excess + one[0], counted + one[1]
    square = (excess + ASSUMED_COUNT * ASSUMED_DRIFT**2) / (counted + ASSUMED_COUNT)
    return math.sqrt(max(square, 0.0))


def _lines(history: DemandHistory, first: int, last: int) -> tuple[Floats, Floats]:
    """[items] demand lines in a year, and the steps of it with information."""
    until = np.full(len(history), last)
    return history.between(first, until)[0], history.known_between(first, until)


def _moments(before: Floats, after: Floats, code: Integers, classes: int) -> tuple[float, float]:
    """Weighted excess of the classes' squared changes over their noise, and how many changes it counts."""
    sums = [np.bincount(code, lines, classes) for lines in (before, after)]
    told = (sums[0] > 0.0) & (sums[1] > 0.0)
    if told.sum() < 2:
        return 0.0, 0.0
    old, new = (np.where(told, one, 1.0) for one in sums)
    noise = np.bincount(code, (after / new[code] - before / old[code]) ** 2, classes)
    change = np.log(new / old) - math.log(sums[1][told].sum() / sums[0][told].sum())
    share = np.where(told, old, 0.0) / sums[0][told].sum()
    # against the sum of all, a class's own change is partly taken for theirs
    left = 1.0 - 2.0 * share + (share**2).sum()
    weight = np.where(told, ASSUMED_DRIFT**2 / (ASSUMED_DRIFT**2 + noise), 0.0) ** 2
    return float(weight @ (change**2 - noise)), float(weight @ left)
